"""A printed matrix of a file as header, labels and numbers, with the place of every cell."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from ...core.errors import InputError, show
from ..files.damaged import readable
from ..files.sheet import read_sheet
from .block import Numbers

__all__ = [
    "EMPTY",
    "Grid",
    "Printed",
    "column_letters",
    "from_grid",
    "read_grid",
    "read_plain",
    "read_text",
    "require_labels",
]

#: What files print where there is no number.
EMPTY = frozenset(("", "...", "..", ".", ":", "-", "--", "---", "NA", "N/A", "n.a.", "NaN", "nan"))
_BLOCK = 1 << 26
#: Numbers with a decimal comma or parted thousands, and numbers with a mark.
_SIGNS = re.compile(r"[-+−]?\d{1,3}([., '’\u00a0\u202f]?\d{3})*([.,]\d+)?")
_WRITTEN = re.compile(r"\([\d.,]+\)|[-+]?[\d.,]+\s*[%‰$€£¥]|[$€£¥]\s*[-+]?[\d.,]+")
_MARKED = re.compile(r"[-+]?\d[\d.]*\s*([*†‡]+|[a-z]{1,2}|[(\[/]\w+[)\]/])", re.IGNORECASE)
Grid = list[list[str | None]]


@dataclass(frozen=True, slots=True)
class Printed:
    """A matrix as a file prints it.

    Parameters
    ----------
    file : str
        The file, and the sheet, for messages.
    header : tuple of tuple of str
        The rows above the numbers, each as long as the numbers are wide.
    labels : tuple of tuple of str
        The cells left of the numbers, a tuple a row.
    corner : tuple of tuple of str
        The cells above the labels, a tuple a header row.
    values : ndarray
        The numbers, NaN where there is none.
    rows : tuple of int
        Row of the file, from 1, of every row of numbers.
    lettered : bool
        Whether columns go by letters, as in a workbook.
    kept : tuple of int
        Which columns of numbers these are, where some were left out.
    """

    file: str
    header: tuple[tuple[str, ...], ...]
    labels: tuple[tuple[str, ...], ...]
    corner: tuple[tuple[str, ...], ...]
    values: Numbers
    rows: tuple[int, ...]
    lettered: bool = False
    kept: tuple[int, ...] = ()

    def row(self, at: int) -> str:
        """Return where a row of numbers stands."""
        return f"row {self.rows[at]:,}"

    def column(self, at: int) -> str:
        """Return where a column of numbers stands."""
        place = self.kept[at] if self.kept else at
        place += len(self.labels[0]) if self.labels else 0
        return f"column {column_letters(place)}" if self.lettered else f"column {place + 1:,}"


def column_letters(at: int) -> str:
    """Return what a spreadsheet calls a column, counted from 0.

    Examples
    --------
    >>> column_letters(0), column_letters(27)
    ('A', 'AB')
    """
    letters = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def read_grid(path: Path, file: str, kind: str, sheet: str | None = None) -> Grid:
    """Return a workbook's sheet, or a text file, as cells.

    Parameters
    ----------
    path, file : Path, str
        The file, and its name for messages.
    kind : str
        ``sheet`` or ``csv``.
    sheet : str or None
        Name of the sheet.

    Returns
    -------
    list of list of str or None
    """
    if kind == "sheet":
        return read_sheet(path, file, sheet=sheet, range=None)[0]
    text = read_plain(path, file)
    delimiter = likely_delimiter(text)
    rows: Grid = [list(row) for row in csv.reader(io.StringIO(text), delimiter=delimiter)]
    width = max((len(row) for row in rows), default=0)
    return [row + [None] * (width - len(row)) for row in rows]


def from_grid(
    grid: Grid, file: str, *, top: int, header_rows: int, label_columns: int, lettered: bool = True
) -> Printed:
    """Cut a grid of texts into header, labels and numbers.

    Parameters
    ----------
    grid : list of list of str or None
        As :func:`read_grid` returns it.
    file : str
        For messages.
    top : int
        Row, from 0, in which the header begins.
    header_rows, label_columns : int
        How many rows and columns hold no numbers.
    lettered : bool
        Whether columns go by letters.

    Returns
    -------
    Printed

    Raises
    ------
    InputError
        If a cell among the numbers is none.
    """
    first = top + header_rows
    header = [[_clean(cell) for cell in row] for row in grid[top:first]]
    numbered = [(at, row) for at, row in enumerate(grid[first:], first) if any(map(_clean, row))]
    body = [row for _, row in numbered]
    values = np.full((len(body), len(grid[0]) - label_columns), np.nan)
    for at, (number, row) in enumerate(numbered):
        for place, cell in enumerate(row[label_columns:]):
            text = (cell or "").strip()
            if text not in EMPTY:
                values[at, place] = _number(text, file, number, place + label_columns, lettered)
    return Printed(
        file,
        tuple(tuple(row[label_columns:]) for row in header),
        tuple(tuple(map(_clean, row[:label_columns])) for row in body),
        tuple(tuple(row[:label_columns]) for row in header),
        values,
        tuple(number + 1 for number, _ in numbered),
        lettered,
    )


def read_text(
    path: Path,
    file: str,
    *,
    header_rows: int,
    label_columns: int,
    delimiter: str,
) -> Printed:
    """Read a matrix from a text file, the numbers without a detour through texts.

    Parameters
    ----------
    path, file : Path, str
        The file, and its name for messages.
    header_rows, label_columns : int
        How many rows and columns hold no numbers.
    delimiter : str
        What parts the fields.

    Returns
    -------
    Printed

    Raises
    ------
    InputError
        If a row is longer or shorter than the first, or a cell among the numbers is none.
    """
    encoding = _encoding(path)
    with readable(file), path.open(encoding=encoding, newline="") as lines:
        reader = csv.reader(lines, delimiter=delimiter)
        above = [next(reader, []) for _ in range(header_rows + 1)]
    width = len(above[-1])
    if not width:
        raise InputError(f"{file}: there is no row below the {header_rows} of the header.")
    header = [[_clean(cell) for cell in row] for row in above[:header_rows]]
    if any(len(row) != width for row in header):
        raise InputError(
            f"{file}: the header has {len(header[-1]):,} fields and the rows below have {width:,}. "
            "The file is cut off, or its columns are shifted; fetch it again."
        )
    read = _columns(path, file, encoding, header_rows, label_columns, delimiter, width)
    values = np.empty((read.num_rows, width - label_columns))
    for at in range(label_columns, width):
        values[:, at - label_columns] = read.column(at).to_numpy()
    if np.isinf(values).any():
        row, column = np.argwhere(np.isinf(values))[0]
        raise InputError(
            f"{file}, row {header_rows + 1 + row:,}, column {label_columns + 1 + column:,}: a "
            "number is larger than any amount. The file is damaged; fetch it again."
        )
    labels = [[_clean(text) for text in read.column(at).to_pylist()] for at in range(label_columns)]
    return Printed(
        file,
        tuple(tuple(row[label_columns:]) for row in header),
        tuple(zip(*labels, strict=True)) if labels else ((),) * read.num_rows,
        tuple(tuple(row[:label_columns]) for row in header),
        values,
        tuple(range(header_rows + 1, header_rows + 1 + len(values))),
    )


def _columns(
    path: Path,
    file: str,
    encoding: str,
    header_rows: int,
    label_columns: int,
    delimiter: str,
    width: int,
) -> pa.Table:
    """Return the columns below a header: labels as texts, all others as numbers."""
    names = [f"c{at}" for at in range(width)]
    types = {
        name: pa.string() if at < label_columns else pa.float64() for at, name in enumerate(names)
    }
    try:
        return pacsv.read_csv(
            path,
            pacsv.ReadOptions(
                skip_rows=header_rows,
                column_names=names,
                block_size=_BLOCK,
                encoding="utf-8" if encoding == "utf-8-sig" else encoding,
            ),
            pacsv.ParseOptions(delimiter=delimiter),
            pacsv.ConvertOptions(
                column_types=types, null_values=sorted(EMPTY), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as error:
        _name_fault(path, file, encoding, header_rows, label_columns, delimiter)
        raise InputError(f"{file}: {error}") from error


def require_labels(printed: Printed) -> Printed:
    """Refuse numbers in a row or column without a label; leave out what has neither.

    Parameters
    ----------
    printed : Printed

    Returns
    -------
    Printed

    Raises
    ------
    InputError
        Names the place.
    """
    known = ~np.isnan(printed.values)
    rows = [any(cells) for cells in printed.labels]
    columns = [any(cells) for cells in zip(*printed.header, strict=True)]
    for has, used, place in (
        (rows, known.any(axis=1), printed.row),
        (columns, known.any(axis=0), printed.column),
    ):
        bare = np.flatnonzero(used & ~np.asarray(has, dtype=bool))
        if len(bare):
            raise InputError(
                f"{printed.file}: {place(int(bare[0]))} has numbers and no label. The header is "
                "shifted, or the label is missing; give it one."
            )
    keep, across = np.flatnonzero(rows), np.flatnonzero(columns)
    return replace(
        printed,
        header=tuple(tuple(row[at] for at in across) for row in printed.header),
        labels=tuple(printed.labels[at] for at in keep),
        values=np.ascontiguousarray(printed.values[np.ix_(keep, across)]),
        rows=tuple(printed.rows[at] for at in keep),
        kept=tuple(map(int, across)),
    )


def likely_delimiter(text: str) -> str:
    """Return what parts the fields of a text: the sign that the first full lines have most of."""
    lines = [line for line in text.splitlines()[:20] if line.strip()]
    return max("\t;,|", key=lambda sign: sum(line.count(sign) for line in lines))


def read_plain(path: Path, file: str) -> str:
    """Return all of a text file, in UTF-8 or the encoding of Windows."""
    with readable(file):
        return path.read_text(encoding=_encoding(path))


def _encoding(path: Path) -> str:
    """Return UTF-8 where a file is, else that of Windows."""
    with path.open("rb") as bytes_:
        start = bytes_.read(1 << 20)
    try:
        start.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return "utf-8-sig" if error.end >= len(start) - 3 else "cp1252"
    return "utf-8-sig"


def _name_fault(
    path: Path, file: str, encoding: str, header_rows: int, label_columns: int, delimiter: str
) -> None:
    """Find the row or cell over which the fast reader failed, and say where it is."""
    with path.open(encoding=encoding, newline="") as lines:
        width = 0
        for at, row in enumerate(csv.reader(lines, delimiter=delimiter)):
            if at < header_rows or not row:
                continue
            width = width or len(row)
            if len(row) != width:
                raise InputError(
                    f"{file}, row {at + 1:,} ({show(row[0])}): {len(row):,} fields, where the rows "
                    f"above have {width:,}. The file is cut off there, or damaged; fetch it again."
                )
            for place, text in enumerate(row[label_columns:], label_columns):
                if text.strip() not in EMPTY:
                    _number(text.strip(), file, at, place, lettered=False)


def _number(text: str, file: str, row: int, column: int, lettered: bool) -> float:
    try:
        number = float(text.replace("\N{MINUS SIGN}", "-"))
    except ValueError:
        number = float("inf")
    if not np.isfinite(number):
        where = column_letters(column) if lettered else f"{column + 1:,}"
        raise InputError(
            f"{file}, row {row + 1:,}, column {where}: {show(text)} stands where a number is "
            f"needed. {_why(text)}"
        )
    return number


def _why(text: str) -> str:
    """Say what is likely wrong with a text among numbers."""
    if _SIGNS.fullmatch(text):
        return "Write numbers with a decimal point, and without signs between thousands: 1025.5."
    if _WRITTEN.fullmatch(text):
        return "Write amounts as plain numbers, and those below 0 with a minus."
    if _MARKED.fullmatch(text):
        return "Take the mark of a footnote off the number."
    return "The header is shifted, or the file is another format."


def _clean(cell: str | None) -> str:
    return " ".join((cell or "").split())
