"""Tables as data: heads, cells as the reader sees them, and keys to sort by.

Numbers become text here and nowhere else; the templates only place and escape it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

__all__ = [
    "ABSENT",
    "MOST_ROWS",
    "Cell",
    "Head",
    "Table",
    "begin",
    "frame_table",
    "label",
    "largest",
    "make_table",
    "sector_table",
    "show",
]

#: What stands for a number that does not exist.
ABSENT = "–"
#: Rows of a table of sectors beyond which the page says how many it leaves out.
MOST_ROWS = 250


@dataclass(frozen=True, slots=True)
class Head:
    """Head of a column: its title, the form of its cells (see :func:`show`), and a note."""

    title: str
    form: str = "text"
    note: str = ""

    @property
    def numeric(self) -> bool:
        """Whether the cells are right aligned with tabular figures."""
        return self.form not in ("text", "code", "check")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: the text shown, the number to sort by (``None``: by the text), and its style."""

    text: str
    key: str | None
    style: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table: caption, heads, rows of cells, a note below, and whether it may be sorted.

    The first cell of every row is the head of the row.
    """

    caption: str
    heads: tuple[Head, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    sortable: bool = True


def _value(x: float) -> str:
    """Four significant digits; thousands with commas; powers of ten for the very small."""
    if x == 0:
        return "0"
    x = float(f"{x:.4g}") if abs(x) < 1000 else x  # 0.99999 is shown as 1.000, not 1.0000
    size = abs(x)
    if size < 1e-4 or size >= 1e15:
        return f"{x:.2e}"
    if size >= 1000:
        return f"{x:,.0f}"
    return f"{x:.{max(0, 3 - math.floor(math.log10(size)))}f}"


def _total(x: float) -> str:
    """Every digit that a sum of flows needs to be checked by hand, three decimals at most."""
    if abs(x) < 1e-9:
        return "0"
    return f"{x:,.0f}" if float(x).is_integer() else f"{x:,.3f}"


def _percent(x: float) -> str:
    """One decimal, and two digits of what would else read as nothing."""
    return f"{100 * x:.2g}%" if 0 < abs(x) < 1e-3 else f"{100 * x:,.1f}%"


def _gap(x: float) -> str:
    """A difference that should be zero."""
    return "0" if x == 0 else f"{x:.1e}"


def _power(x: float) -> str:
    """A condition number or the like."""
    return f"{x:,.1f}" if abs(x) < 1e5 else f"{x:.2e}"


_FORMS: dict[str, Callable[[float], str]] = {
    "count": lambda x: f"{x:,.0f}",
    "total": _total,
    "value": _value,
    "percent": _percent,
    "gap": _gap,
    "power": _power,
    "seconds": lambda x: f"{x:,.2f}",
    "year": lambda x: f"{x:.0f}",
}


def begin(text: str) -> str:
    """Begin a text with a capital, and leave all else as it is: symbols have theirs.

    Examples
    --------
    >>> begin("row sum of U = (I − S)⁻¹")
    'Row sum of U = (I − S)⁻¹'
    """
    return text[:1].upper() + text[1:]


def show(value: object, form: str) -> str:
    """Return a value as the reader sees it.

    Parameters
    ----------
    value : object
        Text, a number, a truth value, or ``None``.
    form : str
        ``text``, ``code`` (as it is), ``check`` (yes or no), ``count`` (whole), ``total`` (a
        sum of flows, all digits), ``value`` (four significant digits), ``percent`` (of a share
        0 to 1), ``gap`` (should be zero), ``power``, ``seconds``, ``year``.

    Returns
    -------
    str
        :data:`ABSENT` for ``None``, an empty text or a number that is not a number.

    Examples
    --------
    >>> show(1234567.0, "count"), show(0.123456, "value"), show(2.5, "value")
    ('1,234,567', '0.1235', '2.500')
    >>> show(0.256, "percent"), show(float("nan"), "percent"), show(True, "check")
    ('25.6%', '–', 'yes')
    >>> show(0.000247, "percent")
    '0.025%'
    >>> show(12345.5, "total"), show(2.2e-16, "gap"), show(3e-7, "value")
    ('12,345.500', '2.2e−16', '3.00e−07')
    """
    if value is None or value == "":
        return ABSENT
    if form == "check":
        return "yes" if value else "no"
    if form in ("text", "code"):
        return str(value)
    number = float(str(value))
    if math.isnan(number):
        return ABSENT
    if math.isinf(number):
        return "∞" if number > 0 else "−∞"
    return _FORMS[form](number).replace("-", "−")


def _cell(value: object, head: Head) -> Cell:
    """Make one cell; a number that does not exist sorts below all others."""
    text = show(value, head.form)
    style = "number" if head.numeric else head.form
    if head.form == "check":
        style = "check" if value is None else f"check {'good' if value else 'bad'}"
    key = None
    if head.numeric:
        key = "-Infinity" if text == ABSENT else f"{float(str(value)):.12g}"
    return Cell(text, key, style)


def make_table(
    caption: str,
    heads: Sequence[Head],
    rows: Iterable[Sequence[object]],
    *,
    note: str = "",
    sortable: bool = True,
    limit: int | None = None,
) -> Table:
    """Turn rows of values into a table.

    Parameters
    ----------
    caption : str
        What the table shows, with its unit.
    heads : sequence of Head, length C
        The columns.
    rows : iterable of sequences of length C
        The values; the first of each is the head of the row.
    note : str
        A sentence below the table.
    sortable : bool
        Whether the reader may sort it.
    limit : int, optional
        Rows to show at most; the note then tells how many were left out.

    Returns
    -------
    Table

    Examples
    --------
    >>> table = make_table("Rows", [Head("Table"), Head("Read", "count")], [("firms", 1200)])
    >>> [cell.text for cell in table.rows[0]], table.rows[0][1].style
    (['firms', '1,200'], 'number')
    """
    values = list(rows)
    if limit is not None and len(values) > limit:
        note = f"The first {limit} of {len(values):,} rows are shown. {note}".strip()
        values = values[:limit]
    cells = tuple(
        tuple(_cell(value, head) for value, head in zip(row, heads, strict=True)) for row in values
    )
    return Table(caption, tuple(heads), cells, note, sortable and len(cells) > 1)


def label(code: object, names: Mapping[str, str]) -> str:
    """Return code and name of a sector, or the code alone where it has no name of its own.

    Examples
    --------
    >>> label("26", {"26": "Electronics"}), label("27", {}), label("Steel", {"Steel": "Steel"})
    ('26 Electronics', '27', 'Steel')
    """
    name = names.get(str(code), "")
    return f"{code} {name}" if name and name != code else str(code)


def sector_table(
    caption: str,
    heads: Sequence[Head],
    numbers: pd.DataFrame,
    names: Mapping[str, str],
    note: str = "",
    limit: int | None = MOST_ROWS,
) -> Table:
    """Turn numbers by sector into a table whose first two columns are its code and its name.

    Parameters
    ----------
    caption : str
        What the table shows, with its unit.
    heads : sequence of Head, length K
        Of the numbers.
    numbers : pandas.DataFrame, shape (N, K), indexed by code
        In the order of the rows.
    names : mapping of str to str
        Names by code.
    note, limit
        As in :func:`make_table`.

    Examples
    --------
    >>> numbers = pd.DataFrame({"benefit": [1.5]}, ["01"])
    >>> table = sector_table("Sectors", [Head("Benefit", "value")], numbers, {"01": "Steel"})
    >>> [cell.text for cell in table.rows[0]]
    ['01', 'Steel', '1.500']
    """
    rows = [
        [str(code), names.get(str(code), ""), *row]
        for code, row in zip(numbers.index, numbers.to_numpy().tolist(), strict=True)
    ]
    whole = [Head("Code", "code"), Head("Sector"), *heads]
    return make_table(caption, whole, rows, note=note, limit=limit)


def frame_table(
    caption: str,
    frame: pd.DataFrame,
    names: Mapping[str, str],
    note: str = "",
    limit: int = MOST_ROWS,
) -> Table:
    """Turn a frame of numbers into a table, with a name beside each code.

    Parameters
    ----------
    caption : str
        What the table shows, with its unit.
    frame : pandas.DataFrame, shape (N, K)
        The name of the index is the first head; ``_`` in names of columns is a blank.
    names : mapping of str to str
        Names by code; a code without one stands alone.
    note, limit
        As in :func:`make_table`.

    Returns
    -------
    Table

    Examples
    --------
    >>> frame = pd.DataFrame({"own_part": [0.5]}, pd.Index(["01"], name="code"))
    >>> table = frame_table("Parts", frame, {"01": "Steel"})
    >>> [head.title for head in table.heads], [cell.text for cell in table.rows[0]]
    (['Code', 'own part'], ['01 Steel', '0.5000'])
    """
    heads = [Head(str(name).replace("_", " "), "value") for name in frame]
    heads.insert(0, Head(str(frame.index.name).capitalize(), "code"))
    codes = [label(code, names) for code in frame.index]
    rows = [[code, *row] for code, row in zip(codes, frame.to_numpy().tolist(), strict=True)]
    return make_table(caption, heads, rows, note=note, limit=limit)


def largest(
    values: pd.Series[float], names: Mapping[str, str], count: int = 3, form: str = "value"
) -> tuple[tuple[str, str], ...]:
    """Return the largest entries, as sector and number; what is not known is left out.

    Parameters
    ----------
    values : pandas.Series, indexed by code
        Any unit.
    names : mapping of str to str
        Names of the sectors, by code.
    count : int
        How many.
    form : str
        Of the numbers, as in :func:`show`.

    Examples
    --------
    >>> largest(pd.Series({"01": 0.5, "02": 2.0, "03": float("nan")}), {"01": "Steel"})
    (('02', '2.000'), ('01 Steel', '0.5000'))
    """
    top = values.dropna().sort_values(ascending=False, kind="stable").head(count)
    return tuple((label(code, names), show(x, form)) for code, x in top.items())
