"""One value for a table of results, from which every format is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from .tables import Head, Table, make_table

__all__ = ["CODES", "ResultTable", "form_of", "page_table", "result_table"]

#: Columns that hold codes of sectors, as our tables call them.
CODES = ("code", "label", "sector", "industry", "receiver", "source")


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
    """

    name: str
    frame: pd.DataFrame
    meanings: Mapping[str, str] = field(default_factory=dict)

    @property
    def keys(self) -> int:
        """Number of columns of text before the first number: what names a row."""
        texts = [form_of(self.frame[column]) == "text" for column in self.frame]
        return texts.index(False) if False in texts else len(texts)


def result_table(
    name: str,
    frame: pd.DataFrame,
    names: Mapping[str, str],
    meanings: Mapping[str, str] | None = None,
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
        By column, what it is, with its unit.

    Returns
    -------
    ResultTable
        A column ``name`` follows the first column of codes, if there is none yet; further
        columns of codes are followed by ``source_name`` and the like.

    Examples
    --------
    >>> frame = pd.DataFrame({"benefit": [1.5]}, index=pd.Index(["24"], name="code"))
    >>> result_table("sums", frame, {"24": "Steel"}).frame.to_dict("list")
    {'code': ['24'], 'name': ['Steel'], 'benefit': [1.5]}
    """
    plain = frame.index.names == [None] and isinstance(frame.index, pd.RangeIndex)
    whole = frame.reset_index(drop=plain).rename(columns=str)
    codes = [column for column in whole if column in CODES]
    for column in codes:
        title = "name" if column == codes[0] and len(codes) == 1 else f"{column}_name"
        told = whole[column].astype(str).map(names)
        if title not in whole and told.notna().any():
            texts = told.fillna("").astype(object)
            whole.insert(list(whole).index(column) + 1, title, texts)
    return ResultTable(name, whole, meanings or {})


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
    if "year" in str(values.name).split("_"):
        return "year"
    known = values.dropna()
    return "count" if len(known) and (known == known.round()).all() else "value"


def page_table(table: ResultTable, caption: str, *, limit: int | None = None) -> Table:
    """Return the same table for the page.

    Parameters
    ----------
    table : ResultTable
        The table.
    caption : str
        What it shows.
    limit : int, optional
        Rows to show at most.

    Examples
    --------
    >>> table = ResultTable("sums", pd.DataFrame({"code": ["24"], "benefit": [1.5]}))
    >>> [[cell.text for cell in row] for row in page_table(table, "Sums").rows]
    [['24', '1.500']]
    """
    heads = []
    for column in map(str, table.frame):
        form = "code" if column in CODES else form_of(table.frame[column])
        heads.append(Head(column.replace("_", " "), form, table.meanings.get(column, "")))
    rows = table.frame.astype(object).where(table.frame.notna(), None)
    return make_table(caption, heads, rows.to_numpy().tolist(), limit=limit)
