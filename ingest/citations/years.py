"""Report years in which no citation is dated."""

from __future__ import annotations

import duckdb

from ..contract import table
from ..study import Study

__all__ = ["years_without_citations"]


def years_without_citations(con: duckdb.DuckDBPyConnection, study: Study) -> list[str]:
    """Name report years in which nobody cites: their W is that of earlier years, or empty.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the views ``ok_NAME``, and ``counted_patent_citations`` where patents cite.
    study : Study
        The study; where it names no report years the last year with citations is taken.

    Returns
    -------
    list of str
        A sentence each.
    """
    if study.citations_from is None:
        return []
    declared = table(study.citations_from)
    source = f"ok_{declared.name}"
    if declared.dated != declared.name:
        citing = declared.ends[0]
        source = f"counted_{declared.name} AS c JOIN ok_{declared.dated} AS p ON p.id = c.{citing}"
    rows = con.execute(f"SELECT DISTINCT year FROM {source} ORDER BY 1").fetchall()
    known = [int(year) for (year,) in rows if year is not None]
    warnings = []
    for year in sorted(set(study.years.report) - set(known)) if known else ():
        before = [earlier for earlier in known if earlier < year]
        what = f"W is the stock up to {before[-1]}" if before else "W is empty"
        warnings.append(f"No citation is dated {year}, a report year: {what}.")
    return warnings
