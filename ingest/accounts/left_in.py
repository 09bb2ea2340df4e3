"""Rows and columns that ``printed`` takes for output or demand, and ``wide`` for sectors."""

from __future__ import annotations

import duckdb

from ...core.errors import LISTED, InputError
from ..entries.chosen import leaving_out
from ..study import Study

__all__ = ["require_left_out"]


def require_left_out(con: duckdb.DuckDBPyConnection, study: Study) -> list[str]:
    """Refuse flows among whose sectors are the totals that the study itself names.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the views ``ok_NAME``.
    study : Study
        The study.

    Returns
    -------
    list of str
        With ``accounts = "warn"``, a warning of them.

    Raises
    ------
    InputError
        With the key that leaves them out; not with ``accounts = "warn"``.
    """
    if not study.output_of_flows:
        return []
    named = {
        label: column
        for source in study.of("io_output")
        for column, labels in source.entry.printed.items()
        for label in labels
    }
    if not named:
        return []
    by_end = {}
    for end in ("supplier", "user"):
        rows = con.execute(
            f'SELECT "{end}" FROM ok_io_flows WHERE list_contains(?, "{end}") AND value <> 0 '
            f"GROUP BY 1 ORDER BY 1",
            [list(named)],
        ).fetchall()
        if rows:
            by_end[end] = [str(label) for (label,) in rows]
    # Final users alone show in the accounts, which say what comes of them.
    if all(named[label] == "final_demand" for labels in by_end.values() for label in labels):
        return []
    end, labels = next(iter(by_end.items()))
    column = named[labels[0]]
    entries = [source.entry for source in study.of("io_flows")]
    leave = leaving_out(entries, {end: labels[:LISTED] for end, labels in by_end.items()})
    more = sum(len(labels[LISTED:]) for labels in by_end.values())
    text = (
        f"table io_flows: {labels[0]!r} is a {end} here and {column} in printed of "
        f"[tables.io_output]; it cannot be both. Leave it out: {leave}"
        f"{f' and {more} more' if more else ''} in [tables.io_flows], together with all else that "
        "is not a sector."
    )
    if study.options.accounts == "stop":
        raise InputError(text)
    return [text]
