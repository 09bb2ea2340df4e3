"""A year's total beside its quarters or months: where rows add up, flows count twice."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from ...core.errors import show
from .. import sql
from ..entries.chosen import leaving_out
from ..source import Opened
from ..study import TableSource

__all__ = ["whole_and_parts"]

#: A text that names a year and no part of it: 2010, 2010.0, FY2010, 2010 p.
_WHOLE = r"(?i)(fy|cy|year)?[ \-]*[0-9]{4}(\.0+)?[ \-]*(a|y|fy|cy|e|p|r|年|年度)?"


def whole_and_parts(
    con: duckdb.DuckDBPyConnection,
    sources: list[TableSource],
    checked: str,
    opened: list[Opened],
) -> Iterator[str]:
    """Yield a warning of rows of one key of which some name the year, others a part of it.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the rows of the files and the checked rows.
    sources : list of TableSource
        Entries of one table.
    checked : str
        Name of the checked rows.
    opened : list of Opened
        The same, opened.

    Yields
    ------
    str
        At most one, with the two texts and their rows.
    """
    table = sources[0].table
    needed = {"year", table.measure}  # rows without a measure are events, some dated to the day
    if "year" not in table.key or any(needed - of_entry.present for of_entry in opened):
        return
    whole = f"regexp_full_match(text, {sql.text(_WHOLE)})"
    texts = " UNION ALL ".join(
        f"SELECT {number} AS _entry, _part, _row, trim(CAST(year AS VARCHAR)) AS text "
        f"FROM {of_entry.relation}"
        for number, of_entry in enumerate(opened)
    )
    kinds = f"SELECT DISTINCT {whole} AS whole FROM (SELECT DISTINCT text FROM ({texts}))"
    if len(con.execute(f"{kinds} WHERE text <> ''").fetchall()) < 2:
        return
    keys = ", ".join(f"c.{sql.name(name)}" for name in (*table.tags, *table.key))
    wide = any(of_entry.labels is not None for of_entry in opened)
    # the cells of a matrix share the row that they stand in: there the text has to name the year
    same_year = " AND contains(text, CAST(c.year AS VARCHAR))" if wide else ""
    place = "min_by((text, c._row, c._file), (_entry, _part, c._row))"
    both = con.execute(
        f"SELECT {place} FILTER ({whole}) AS one, {place} FILTER (NOT {whole}) AS other "
        f"FROM {checked} AS c JOIN ({texts}) AS t USING (_entry, _part, _row) WHERE _why IS NULL "
        f"AND text <> ''{same_year} GROUP BY {keys} HAVING one IS NOT NULL AND other IS NOT NULL "
        "ORDER BY (one[2], one[1])"
    ).fetchall()
    if both:
        (one, row, file), (other, at, there) = both[0]
        many = f"{len(both):,} {'sum is' if len(both) == 1 else 'sums are'}"
        yield (
            f"rows add up whose year is written in two ways: {show(one)} in row {row:,} of {file}, "
            f"{show(other)} in row {at:,} of {there} ({many} of both). If one is the total of the "
            "others, as a year is of its quarters, amounts count twice: leave it out with "
            f"{leaving_out([sources[0].entry], {'year': one})}, or choose the rows of one kind."
        )
