"""A patent cites older ones: where most cited patents are younger, the columns are exchanged."""

from __future__ import annotations

import duckdb

from .. import sql
from ..study import Study

__all__ = ["younger_than_citing"]


def younger_than_citing(con: duckdb.DuckDBPyConnection, study: Study) -> list[str]:
    """Warn where most cited patents are younger than those that cite them.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the views ``ok_NAME``.
    study : Study
        The study.

    Returns
    -------
    list of str
        One warning, or none.
    """
    if not study.has("patent_citations"):
        return []
    older, younger = sql.one(
        con,
        "SELECT count(*) FILTER (b.year < a.year), count(*) FILTER (b.year > a.year) "
        "FROM ok_patent_citations AS c JOIN ok_patents AS a ON a.id = c.citing "
        "JOIN ok_patents AS b ON b.id = c.cited",
    )
    if younger <= older:
        return []
    return [
        f"In {younger:,} of {older + younger:,} citations the cited patent is younger than the one "
        "that cites it: the columns citing and cited of patent_citations are exchanged, or years "
        "are wrong. W would be turned round."
    ]
