"""Cells that hold several codes or ids: ``01,02`` where a row takes one."""

from __future__ import annotations

import duckdb

from ...core.errors import show
from .. import sql
from .remedies import Sides

__all__ = ["several_codes"]

#: What parts the items of a list in a cell.
_PARTS = r"\s*[,;|/&+\n、，；]\s*|\s+"


def several_codes(con: duckdb.DuckDBPyConnection, sides: Sides) -> str | None:
    """Return a sentence on cells that hold several of what there is.

    Cutting off the first of them would throw it away, so no key is named.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``_tried``, values that find nothing with their rows, and ``_known``.
    sides : Sides
        How the two tables are called.
    """
    bare = "regexp_replace({}, '^0+(.)', '\\1')"
    examples = con.execute(
        "SELECT v, n, list(DISTINCT p ORDER BY p) FROM (SELECT v, n, "
        f"unnest(regexp_split_to_array(v, {sql.text(_PARTS)})) AS p FROM _tried) AS t "
        f"WHERE p <> '' AND p <> v AND {bare.format('p')} IN "
        f"(SELECT {bare.format('id')} FROM _known) "
        "GROUP BY v, n HAVING count(DISTINCT p) > 1 ORDER BY v"
    ).fetchall()
    if not examples:
        return None
    value, _, parts = examples[0]
    (strangers,) = sql.one(con, "SELECT sum(n) FROM _tried")
    what = "codes" if sides.codes else "ids"
    rows = f"{sum(n for _, n, _ in examples):,} of {int(strangers):,} {sides.noun}"
    remedy = "write one in each row."
    if sides.several:
        remedy = f"give them in [tables.{sides.several}], which takes one a row."
    return (
        f"{sides.column} is {show(value)}, and {sides.where} has {show(parts[0])} and "
        f"{show(parts[1])}: the cell holds several {what}, as in {rows}; {remedy}"
    )
