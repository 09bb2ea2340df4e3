"""One value for a table of results, from which every format is written."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

__all__ = [
    "CODES",
    "SYNTHETIC",
    "TEXTS",
    "ResultTable",
    "coded_columns",
    "form_of",
    "one_line",
    "result_table",
    "short_label",
]

#: Columns that hold codes of sectors, as our tables call them.
CODES = ("code", "label", "sector", "industry", "receiver", "source")
#: Columns that hold text whatever it looks like: a code 001, a country 840, a sector called 1990.
TEXTS = (
    *CODES,
    "firm",
    "carrier",
    "firm_name",
    "name",
    "country",
    "exporter",
    "importer",
    "origin",
    "good",
    "option",
    "value",
    "quantity",
    "path",
    "drawn",
    "remark",
    "measure",
    "survives",
    "why",
    "verdict",
    "role",
    "network",
    "is_hub",
    "settled",
    "remains",
    "remains_settled",
    "second_null",
    "null",
    "region",
    "j",
    "k",
)
#: What stands in front of the numbers of an invented economy, in every format.
SYNTHETIC = "SYNTHETIC DATA: an invented economy; the numbers describe no real one."
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
#: What columns are that every capability calls alike.
_COMMON = {
    "code": "code of the sector",
    "label": "code of the sector",
    "sector": "code of the sector",
    "industry": "code of the industry",
    "receiver": "code of the sector that receives",
    "source": "code of the sector that is the source",
    "firm": "id of the firm",
    "name": "name of the sector",
    "receiver_name": "name of the sector that receives",
    "source_name": "name of the sector that is the source",
    "country": "code of the country",
    "exporter": "code of the country that exports",
    "importer": "code of the country that imports",
    "origin": "code of the country that inputs come from",
    "good": "the capital good",
    "year": "year",
    "option": "the choice that is changed",
    "value": "what is taken instead",
    "quantity": "the quantity of the sector",
}


@dataclass(frozen=True, slots=True)
class ResultTable:
    """A table as files show it.

    Parameters
    ----------
    name : str
        Of the file or the sheet, without ending.
    frame : pandas.DataFrame
        All columns, codes and names among them; the index says nothing.
    meanings : mapping of str to str
        By column, what it is, with its unit; not every column needs one.
    notice : str
        What must be read before any number; every format shows it.
    coded : frozenset of str
        Columns that are named by a code; all others have names of ours.
    """

    name: str
    frame: pd.DataFrame
    meanings: Mapping[str, str] = field(default_factory=dict)
    notice: str = ""
    coded: frozenset[str] = frozenset()

    @property
    def keys(self) -> int:
        """Number of columns of text before the first number: what names a row."""
        texts = [self.form(str(column)) == "text" for column in self.frame]
        return texts.index(False) if False in texts else len(texts)

    def form(self, column: str) -> str:
        """Return how the numbers of a column are shown: a sector called ``year`` holds none."""
        form = form_of(self.frame[column])
        return "value" if form == "year" and column in self.coded else form

    def head(self, column: str) -> str:
        """Return what stands above a column: a code as it is, a name of ours with blanks."""
        return column if column in self.coded else column.replace("_", " ")


def result_table(
    name: str,
    frame: pd.DataFrame,
    names: Mapping[str, str],
    meanings: Mapping[str, str] | None = None,
    notice: str = "",
) -> ResultTable:
    """Put the names of the sectors beside their codes.

    Parameters
    ----------
    name : str
        Of the file or the sheet, without ending.
    frame : pandas.DataFrame
        As a capability gives it: what names its rows stands in the index, or in columns.
    names : mapping of str to str
        Names of the sectors, by code.
    meanings : mapping of str to str, optional
        By column, what it is, with its unit. What every table calls alike, and columns that are
        named by a code, need none.
    notice : str
        What must be read before any number.

    Returns
    -------
    ResultTable
        A column ``name`` follows that of the codes, if there is none yet; of several columns of
        codes each is followed by its own, ``source_name`` and the like.

    Examples
    --------
    >>> frame = pd.DataFrame({"benefit": [1.5]}, index=pd.Index(["24"], name="code"))
    >>> result_table("sums", frame, {"24": "Steel"}).frame.to_dict("list")
    {'code': ['24'], 'name': ['Steel'], 'benefit': [1.5]}
    """
    plain = frame.index.names == [None] and isinstance(frame.index, pd.RangeIndex)
    whole = frame.reset_index(drop=plain).rename(columns=str)
    coded = coded_columns(whole)
    codes = [column for column in whole if column in CODES and column not in coded]
    for column in codes:
        title = "name" if len(codes) == 1 else f"{column}_name"
        told = whole[column].astype(str).map(names)
        if title not in whole and told.notna().any():
            texts = told.fillna("").astype(object)
            whole.insert(list(whole).index(column) + 1, title, texts)
    known = {column: _COMMON[column] for column in whole if column in _COMMON}
    known |= {column: f"{column} {names.get(column, '')}".strip() for column in coded}
    return ResultTable(name, whole, known | dict(meanings or {}), notice, coded)


def coded_columns(frame: pd.DataFrame) -> frozenset[str]:
    """Return the columns of a wide table, which are named by codes that its rows hold, too.

    Parameters
    ----------
    frame : pandas.DataFrame
        A table; what names its rows stands in its first columns.

    Returns
    -------
    frozenset of str
        All columns behind those of the codes, where each is called as a code in them; else none.

    Examples
    --------
    >>> rows = [["01", "02"], [0.1, 0.2], [0.3, 0.4]]
    >>> wide = pd.DataFrame(dict(zip(["receiver", "01", "02"], rows)))
    >>> sorted(coded_columns(wide)), sorted(coded_columns(wide.rename(columns={"02": "sum"})))
    (['01', '02'], [])
    """
    columns = [str(column) for column in frame]
    for keys in (1, 2):
        rest = columns[keys:]
        last = columns[keys - 1 : keys]
        if rest and last and last[0] in (*CODES, "country"):
            held = set(frame[last[0]].astype(str))
            if all(column in held for column in rest):
                return frozenset(rest)
    return frozenset()


def form_of(values: pd.Series[float]) -> str:
    """Return how numbers of a column are shown, by the names of :func:`~.tables.show`.

    Parameters
    ----------
    values : pandas.Series
        A column.

    Returns
    -------
    str
        ``text``, ``year``, ``count`` (whole numbers) or ``value``.

    Examples
    --------
    >>> form_of(pd.Series([3.0, 4.0])), form_of(pd.Series([0.5])), form_of(pd.Series(["a"]))
    ('count', 'value', 'text')
    """
    if not pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
        return "text"
    if values.name == "year":
        return "year"
    known = values.dropna()
    return "count" if len(known) and (known == known.round()).all() else "value"


def short_label(text: str, length: int) -> str:
    """Shorten a text to what a label holds, between two words.

    Parameters
    ----------
    text : str
        What is said.
    length : int
        Characters at most.

    Examples
    --------
    >>> short_label("row sum of W", 12), short_label("row sum of W", 10)
    ('row sum of W', 'row sum…')
    """
    whole = one_line(text)
    if len(whole) <= length:
        return whole
    short = textwrap.shorten(whole, length, placeholder="…")
    # One word that is too long has no place to be cut at.
    return short if short != "…" else f"{whole[: length - 1]}…"


def one_line(text: str) -> str:
    """Return a text without line breaks, and without signs that nobody sees.

    Examples
    --------
    >>> one_line("bell\\x07 rings\\ntwice")
    'bell rings twice'
    """
    return " ".join(_UNSEEN.sub(" ", text).split())
