"""Which ends negative flows have: of those that are no industries, final demand was left in."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import duckdb

from ...core.errors import LISTED, show, show_some
from .. import sql
from ..entries.chosen import leaving_out
from ..study_model import Entry

__all__ = ["negative_ends"]

_BELOW = "_why.reason = 'value is negative'"
#: Our columns, what one and several do not do, and what stands there beside industries.
_ENDS = (
    ("user", "supplier", "supplies", "supply", "final demand, such as changes in inventories,"),
    ("supplier", "user", "uses", "use", "taxes, value added or a balance"),
)


def negative_ends(
    con: duckdb.DuckDBPyConnection, checked: str, entry: Entry, producers: Collection[str] = ()
) -> Iterator[str]:
    """Yield who delivers to whom below 0, and what leaves out the ends that are no industries.

    An end may be no industry where it stands on one side alone and has no gross output.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the checked rows.
    checked : str
        Name of the rows of ``io_flows``.
    entry : Entry
        The entry, or the first of several.
    producers : collection of str, optional
        Codes with gross output in the classification of the flows: these are industries.

    Yields
    ------
    str
    """
    first = sql.one(
        con,
        f'SELECT arg_min((supplier, "user"), (_entry, _part, _row)) FROM {checked} WHERE {_BELOW}',
    )[0]
    if first is None:
        return
    yield f"the first is of supplier {show(first[0])} to user {show(first[1])}."
    if not sql.one(
        con, f"SELECT count(*) FROM {checked} WHERE supplier IN ({_of('user', checked)})"
    )[0]:
        yield (
            f"no label is of a supplier and of a user ({show(first[0])}, {show(first[1])}): give "
            "rows and columns of an industry one name."
        )
        return
    left_out: dict[str, list[str]] = {}
    for end, other, does, do, what in _ENDS:
        rows = con.execute(
            f'SELECT "{end}" FROM {checked} WHERE {_BELOW} GROUP BY 1 '
            f'HAVING "{end}" NOT IN ({_of(other, checked)}) ORDER BY 1'
        ).fetchall()
        labels = [str(label) for (label,) in rows if str(label) not in producers]
        if labels:
            left_out[end] = labels[:LISTED]
            one = f"{end} {show_some(labels)} {does} nothing: if it is {what} and no industry"
            all = f"{end}s {show_some(labels)} {do} nothing: if they are {what} and no industries"
            yield f"{all if labels[1:] else one}, leave {'them' if labels[1:] else 'it'} out."
    if left_out:
        yield (
            "with what is left out already, that is "
            f"{leaving_out([entry], left_out)} in [tables.io_flows], together with all else that "
            "is not an industry."
        )


def _of(end: str, checked: str) -> str:
    return f'SELECT "{end}" FROM {checked} WHERE "{end}" IS NOT NULL'
