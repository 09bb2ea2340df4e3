"""Flows of firms and patents summed to fine industries and years, from the tables."""

from __future__ import annotations

from contextlib import nullcontext

import duckdb
import pandas as pd
import pyarrow as pa

from ...graph.aggregate import Cells, Flow
from ...graph.schema import UNMAPPED
from .. import sql
from ..contract import Table, table
from ..study import Study

__all__ = ["cells_by_share", "cells_of", "date_citations", "sum_cells"]


def cells_of(flow: Flow) -> pd.DataFrame | None:
    """Return a flow between fine industries by year; firms without one are the residual.

    Parameters
    ----------
    flow : Flow
        What is aggregated.

    Returns
    -------
    DataFrame or None, columns ``receiver``, ``source``, ``year``, and ``count`` or ``value``
        None of patents without shares, whatever is known of them: what is told of a study is the
        same whether or not its graph keeps firms.
    """
    known = flow.by_share if flow.table is None else flow.table
    if known is None and flow.between == "firms" and flow.cells is not None:
        known = flow.cells.table
    return None if known is None else known.to_pandas()


def cells_by_share(con: duckdb.DuckDBPyConnection, study: Study, origin: str) -> pa.Table:
    """Sum a flow with shares to fine industries and years, from the tables.

    The store makes these sums, too, in another way: the two are held against each other.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        After :func:`make_holdings`.
    study : Study
        The study.
    origin : str
        ``patent_citations``, ``firm_citations`` or ``trade_links``.

    Returns
    -------
    pyarrow.Table
        ``receiver, source, year``, and ``count, self_count`` or ``value``.
    """
    with sql.one_thread(con):
        if table(origin).between == "patents":
            return _patent_cells(con, study)
        return _firm_cells(con, origin)


def _firm_cells(con: duckdb.DuckDBPyConnection, origin: str) -> pa.Table:
    declared = table(origin)
    (one, other), measure = declared.ends, declared.measure
    part = f"c.{measure} * i.share * j.share"
    own = f", fsum(CASE WHEN c.{one} = c.{other} THEN {part} ELSE 0 END) AS self_count"
    return con.sql(
        f"SELECT i.industry AS receiver, j.industry AS source, c.year, fsum({part}) AS {measure}"
        f"{own if measure == 'count' else ''} FROM counted_{origin} AS c "
        f"JOIN firm_in AS i ON i.firm = c.{one} AND c.year BETWEEN i.first AND i.last "
        f"JOIN firm_in AS j ON j.firm = c.{other} AND c.year BETWEEN j.first AND j.last "
        f"WHERE c.{measure} <> 0 GROUP BY ALL ORDER BY ALL"
    ).to_arrow_table()


def _patent_cells(con: duckdb.DuckDBPyConnection, study: Study) -> pa.Table:
    date_citations(con, study)

    def join(table: str, alias: str, end: str) -> str:
        at = f"d.year BETWEEN {alias}.first AND {alias}.last"
        return f"JOIN {table} AS {alias} ON {alias}.patent = d.{end} AND {at} "

    def of_firm(alias: str, holder: str) -> str:
        at = f"d.year BETWEEN {alias}.first AND {alias}.last"
        return f"JOIN firm_in AS {alias} ON {alias}.firm = {holder}.firm AND {at} "

    return con.sql(
        "SELECT receiver, source, year, fsum(count) AS count, fsum(own) AS self_count FROM ("
        "SELECT i.industry AS receiver, j.industry AS source, d.year, "
        "d.count * i.share * j.share AS count, 0.0 AS own FROM dated AS d "
        f"{join('patent_in', 'i', 'citing')}{join('patent_in', 'j', 'cited')}"
        "UNION ALL SELECT i.industry, j.industry, d.year, 0.0, "
        "d.count * h.share * k.share * i.share * j.share FROM dated AS d "
        f"{join('patent_held', 'h', 'citing')}{join('patent_held', 'k', 'cited')}"
        f"AND k.firm = h.firm {of_firm('i', 'h')}{of_firm('j', 'k')}) GROUP BY ALL ORDER BY ALL"
    ).to_arrow_table()


def date_citations(con: duckdb.DuckDBPyConnection, study: Study) -> None:
    """Make ``dated``: citations between patents by year of citing, with what each counts.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``ok_patents`` and ``counted_patent_citations``.
    study : Study
        Says what a citation counts.
    """
    count = "1.0 / count(*) OVER (PARTITION BY c.citing)"
    if study.options.citation_weight == "full":
        count = "1.0::DOUBLE"
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW dated AS SELECT c.citing, c.cited, p.year, {count} AS count "
        "FROM counted_patent_citations AS c JOIN ok_patents AS p ON p.id = c.citing"
    )


def sum_cells(con: duckdb.DuckDBPyConnection, study: Study, flow: Flow) -> Cells:
    """Sum a flow of firms or patents from the tables, as the store would from its edges.

    Sums are compensated, so that they do not depend on the order of the rows.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        After :func:`~spillgraph.ingest.plan.register`.
    study : Study
        The study.
    flow : Flow
        One whose ends are firms or patents.

    Returns
    -------
    Cells
    """
    if flow.between == "patents":
        whole = study.options.citation_weight == "full" and flow.by_share is None
        with nullcontext() if whole else sql.one_thread(con):
            return _cells_of_patents(con, study, flow)
    declared = table(flow.origin)
    measure = declared.measure
    with sql.one_thread(con):
        if flow.by_share is not None:
            cells = flow.by_share
        else:
            query = _industry_sums(declared, f"counted_{flow.origin}", "shown_firms")
            cells = con.sql(query).to_arrow_table()
        (firm,) = sql.one(con, f"SELECT coalesce(fsum({measure}), 0.0) FROM counted_{flow.origin}")
    return Cells(cells, float(firm), 0.0)


def _industry_sums(declared: Table, rows: str, firms: str) -> str:
    """Return the SELECT of a flow's sums by industries and year.

    Parameters
    ----------
    declared : Table
        The flow.
    rows, firms : str
        Names of its rows and of the firms.
    """
    (one, other), measure = declared.ends, declared.measure
    own = f", fsum(CASE WHEN {one} = {other} THEN {measure} ELSE 0.0 END) AS self_count"
    return (
        f"SELECT coalesce(a.industry, {sql.text(UNMAPPED)}) AS receiver, "
        f"coalesce(b.industry, {sql.text(UNMAPPED)}) AS source, year, fsum({measure}) AS {measure}"
        f"{own if measure == 'count' else ''} FROM {rows} AS c "
        f"JOIN {firms} AS a ON a.id = c.{one} JOIN {firms} AS b ON b.id = c.{other} "
        f"WHERE {measure} <> 0 GROUP BY ALL ORDER BY ALL"
    )


def _cells_of_patents(con: duckdb.DuckDBPyConnection, study: Study, flow: Flow) -> Cells:
    date_citations(con, study)
    if flow.by_share is not None:
        at = "d.year BETWEEN {0}.first AND {0}.last"
        total, owned = sql.one(
            con,
            "SELECT coalesce(fsum(d.count * i.share * j.share), 0.0), "
            "coalesce(fsum(d.count * i.share * j.share * i.owned * j.owned), 0.0) FROM dated AS d "
            f"JOIN patent_in AS i ON i.patent = d.citing AND {at.format('i')} "
            f"JOIN patent_in AS j ON j.patent = d.cited AND {at.format('j')}",
        )
        return Cells(flow.by_share, float(total), float(total - owned))
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW owned_citations AS SELECT d.year, d.count, p.firm AS citing, "
        f"q.firm AS cited, coalesce(a.industry, '{UNMAPPED}') AS receiver, "
        f"coalesce(b.industry, '{UNMAPPED}') AS source FROM dated AS d "
        "LEFT JOIN shown_patents AS p ON p.id = d.citing "
        "LEFT JOIN shown_firms AS a ON a.id = p.firm "
        "LEFT JOIN shown_patents AS q ON q.id = d.cited "
        "LEFT JOIN shown_firms AS b ON b.id = q.firm"
    )
    cells = con.sql(
        "SELECT receiver, source, year, fsum(count) AS count, "
        "fsum(CASE WHEN citing = cited THEN count ELSE 0.0 END) AS self_count "
        "FROM owned_citations GROUP BY ALL ORDER BY ALL"
    ).to_arrow_table()
    total, unowned = sql.one(
        con,
        "SELECT coalesce(fsum(count), 0.0), coalesce(fsum(count) FILTER "
        "(citing IS NULL OR cited IS NULL), 0.0) FROM owned_citations",
    )
    return Cells(cells, float(total), float(unowned))
