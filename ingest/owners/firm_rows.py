"""Firm by firm what flows come to, from the tables: as queries of the graph of firms answer it."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import pandas as pd

from ...graph.schema import UNMAPPED
from .. import sql
from ..study import Study
from .cells import date_citations

__all__ = ["answer_of_tables", "citations_of_firms", "deliveries_of_firms"]

#: By name of the query, the same of ``firm_cites`` and ``firm_supplies``.
_ANSWERS = {
    "citing_firm_to_fine_citations": (
        f"SELECT citing AS firm, coalesce(b.industry, '{UNMAPPED}') AS source, year, "
        "fsum(count) AS count, fsum(CASE WHEN citing = cited THEN count ELSE 0.0 END) AS "
        "self_count FROM firm_cites JOIN shown_firms AS b ON b.id = cited "
        "GROUP BY ALL ORDER BY ALL"
    ),
    "citations_received_by_firms": (
        "SELECT cited AS firm, year, fsum(count) AS amount FROM firm_cites "
        "WHERE citing <> cited GROUP BY ALL ORDER BY ALL"
    ),
    "deliveries_between_firms": (
        "SELECT supplier, buyer, fsum(value) AS value FROM firm_supplies "
        "WHERE year = $year AND supplier <> buyer GROUP BY ALL ORDER BY ALL"
    ),
    "deliveries_made_by_firms": (
        "SELECT supplier AS firm, year, fsum(value) AS amount FROM firm_supplies "
        "WHERE supplier <> buyer GROUP BY ALL ORDER BY ALL"
    ),
    "industry_of_firms": (
        f"SELECT id AS firm, coalesce(industry, '{UNMAPPED}') AS industry FROM shown_firms "
        "ORDER BY ALL"
    ),
    "total_firm_trade": (
        "SELECT year, fsum(value) AS total FROM firm_supplies GROUP BY ALL ORDER BY ALL"
    ),
}


def answer_of_tables(
    con: duckdb.DuckDBPyConnection,
    study: Study,
    name: str,
    parameters: Mapping[str, object] | None = None,
) -> pd.DataFrame:
    """Answer a query of the graph of firms from the tables.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        After :func:`~spillgraph.ingest.plan.register`.
    study : Study
        The study, with firms.
    name : str
        One of the internal queries about firms.
    parameters : mapping of str to object, optional
        Values of its parameters.

    Returns
    -------
    DataFrame
        Columns and order as those of the query.
    """
    con.execute(f"CREATE OR REPLACE TEMP VIEW firm_cites AS {citations_of_firms(con, study)}")
    con.execute(f"CREATE OR REPLACE TEMP VIEW firm_supplies AS {deliveries_of_firms(study)}")
    with sql.one_thread(con):
        return con.execute(_ANSWERS[name], dict(parameters or {})).df()


def citations_of_firms(con: duckdb.DuckDBPyConnection, study: Study) -> str:
    """Return the SELECT of citations between firms, patents' by those who own them.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        After :func:`~spillgraph.ingest.plan.register`.
    study : Study
        The study, with firms.

    Returns
    -------
    str
        ``citing``, ``cited``, ``year``, ``count``.
    """
    if study.has("firm_citations"):
        return "SELECT citing, cited, year, count FROM counted_firm_citations WHERE count <> 0"
    if not study.has("patent_citations"):
        return "SELECT '' AS citing, '' AS cited, 0 AS year, 0.0 AS count WHERE false"
    date_citations(con, study)
    if not study.has_shares:
        return (
            "SELECT p.firm AS citing, q.firm AS cited, d.year, d.count FROM dated AS d "
            "JOIN shown_patents AS p ON p.id = d.citing JOIN shown_patents AS q ON q.id = d.cited "
            "WHERE p.firm IS NOT NULL AND q.firm IS NOT NULL"
        )
    return (
        "SELECT h.firm AS citing, k.firm AS cited, d.year, d.count * h.share * k.share AS count "
        "FROM dated AS d JOIN patent_held AS h ON h.patent = d.citing AND h.firm <> '' "
        "AND d.year BETWEEN h.first AND h.last JOIN patent_held AS k ON k.patent = d.cited "
        "AND k.firm <> '' AND d.year BETWEEN k.first AND k.last"
    )


def deliveries_of_firms(study: Study) -> str:
    """Return the SELECT of deliveries between firms: ``supplier``, ``buyer``, ``year``, ``value``.

    Parameters
    ----------
    study : Study
        The study, with firms.
    """
    if not study.has("trade_links"):
        return "SELECT '' AS supplier, '' AS buyer, 0 AS year, 0.0 AS value WHERE false"
    return "SELECT supplier, buyer, year, value FROM counted_trade_links WHERE value <> 0"
