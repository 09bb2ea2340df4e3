"""Why nothing of a flow reaches a sector, in words and with one pair of codes to look at."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

import duckdb

from ..core.errors import show
from ..core.words import counted
from ..graph.aggregate import Flow
from ..graph.schema import UNMAPPED
from ..ingest import sql
from ..ingest.concordance import Audit

__all__ = ["why_none"]


def why_none(con: duckdb.DuckDBPyConnection, flow: Flow, audit: Audit | None) -> str:
    """Return the causes for which a flow may reach no sector, as the error puts them in brackets.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the views ``ok_NAME``.
    flow : Flow
        The flow.
    audit : Audit or None
        Of the concordance that it goes through, if it does.

    Returns
    -------
    str
        Nothing where none of them is seen.
    """
    causes = []
    if flow.input == 0:
        causes.append("all of it is 0")
    if flow.table is None and flow.by_share is None:
        none, firms = sql.one(con, "SELECT count(*) - count(industry), count(*) FROM ok_firms")
        if none:
            causes.append(f"no industry: {none:,} of {counted(firms, 'firm')}")
    if audit is not None and audit.unmapped:
        causes.append(_no_concordance(con, audit))
    if audit is not None and audit.uneven:
        causes.append(f"weights below 1: {counted(len(audit.uneven), 'code')}")
    return "; ".join(causes)


def _no_concordance(con: duckdb.DuckDBPyConnection, audit: Audit) -> str:
    """Say how many codes the concordance does not have, with one beside what comes nearest."""
    rows = con.execute(
        'SELECT DISTINCT "from" FROM ok_concordance WHERE from_classification = ? '
        "AND to_classification = ? ORDER BY 1",
        [audit.source, audit.target],
    ).fetchall()
    code, near = _pair(audit.unmapped, [str(known) for (known,) in rows if known != UNMAPPED])
    text = (
        f"no concordance: {len(audit.unmapped):,} of {counted(len(audit.codes), 'code')}, e.g. "
        f"{show(code)}, where {audit.source} → {audit.target} has {show(near)}"
    )
    if code.startswith(near):
        return f"{text}, which is coarser: give it a row for each code of the data"
    if near.startswith(code):
        return f"{text}, which is finer: give it a row for each code of the data"
    return text


def _pair(codes: Sequence[str], known: Sequence[str]) -> tuple[str, str]:
    """Return a code that is not known beside the known one that is most like it.

    Examples
    --------
    >>> _pair(["9900", "2011"], ["20", "33"])
    ('2011', '20')
    >>> _pair(["C1", "D2"], ["x", "d02"])
    ('C1', 'x')
    """
    for code in codes:
        for each in sorted(known, key=len, reverse=True):
            if code.startswith(each) or each.startswith(code):
                return code, each
    near = difflib.get_close_matches(codes[0], known, n=1, cutoff=0.5)
    return codes[0], near[0] if near else known[0]
