"""The flows of a study: citations, deliveries, and what make and use tables come to."""

from __future__ import annotations

import math
from dataclasses import replace

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..analytics.accounts import IndustryTechnology, industry_technology
from ..core.errors import InputError
from ..core.words import counted
from ..graph.aggregate import Flow
from . import sql
from .accounts.negative import negative_flows, net_flows, of_technology, of_use, to_themselves
from .accounts.use_codes import in_year, require_in_place, require_users, use_codes
from .contract import Table, flow_tables, table
from .counted import Counted
from .owners.cells import cells_by_share, sum_cells
from .stage import Staged
from .study import Study

__all__ = ["flows_of", "make_tables"]


def make_tables(
    con: duckdb.DuckDBPyConnection, study: Study, notes: list[str]
) -> dict[int, IndustryTechnology]:
    """Return the industry-by-industry table of each year with make and use tables.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the views ``ok_NAME``.
    study : Study
        The study.
    notes : list of str
        Receives what a reader should know.

    Returns
    -------
    dict of int to IndustryTechnology
        By year; empty without such tables.

    Raises
    ------
    InputError
        If one of the two has no rows for a year, or they do not fit together.
    """
    if not study.has("make"):
        return {}
    options = study.make_use
    assert options is not None
    tables, codes = {}, use_codes(con)
    require_in_place(con, options)
    # a year that one of the two lacks is refused below
    asked = "SELECT year FROM ok_make UNION SELECT year FROM ok_use ORDER BY year"
    for (year,) in con.execute(asked).fetchall():
        order = con.execute(
            "SELECT DISTINCT industry FROM ok_make WHERE year = ? ORDER BY 1", [year]
        ).fetchall()
        make = _pivot(con, "make", "industry", "commodity", year)
        use = _pivot(con, "use", "commodity", "user", year)
        industries = [industry for (industry,) in order]
        require_users(con, study, use, industries, int(year))
        goods = set(make.columns) - set(options.scrap)
        notes += of_use(use, goods, industries, options.negative, int(year))
        table = industry_technology(
            make,
            use,
            industries=industries,
            scrap=in_year(options.scrap, {*make.columns, *use.index}, codes),
            value_added_rows=in_year(options.value_added, set(use.index), codes),
            final_columns=in_year(options.final_demand, set(use.columns), codes),
            technology=options.technology,
        )
        if options.technology == "commodity":
            notes += of_technology(table.flows, options.negative, int(year))
        if options.negative == "net":
            notes += to_themselves(table.flows, int(year))
            table = replace(table, flows=net_flows(table.flows))
        tables[int(year)] = table
        dropped = {why: amount for why, amount in table.dropped.items() if amount}
        listed = ", ".join(f"{why} {amount:,.0f}" for why, amount in dropped.items())
        if listed:
            notes.append(
                f"{year}: use that no industry supplies is in no flow between industries "
                f"({study.about.money}: {listed})."
            )
    return tables


def _pivot(
    con: duckdb.DuckDBPyConnection, table: str, row: str, column: str, year: int
) -> pd.DataFrame:
    frame = con.execute(
        f"SELECT {row}, {column}, value FROM ok_{table} WHERE year = ?", [year]
    ).df()
    if frame.empty:
        raise InputError(f"table {table} has no rows for {year}, the other one has; add them.")
    return frame.pivot(index=row, columns=column, values="value").fillna(0.0)


def flows_of(
    con: duckdb.DuckDBPyConnection,
    study: Study,
    staged: dict[str, Staged],
    make_use: dict[int, IndustryTechnology],
    counted: Counted,
    notes: list[str],
) -> list[Flow]:
    """Return what is to be aggregated: citations, and all deliveries; S is made of ``trade``.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the views ``ok_NAME``, and what counts of them.
    study : Study
        The study.
    staged : dict of str to Staged
        What became of each table.
    make_use : dict of int to IndustryTechnology
        As :func:`make_tables` gives it.
    counted : Counted
        What counts of firms' flows.
    notes : list of str
        Receives what a reader should know.

    Returns
    -------
    list of Flow
    """
    flows = []
    if (origin := study.citations_from) is not None:
        declared = table(origin)
        flows.append(
            _with_cells(con, study, _of_owners(con, study, staged[origin], declared, notes), staged)
            if declared.between
            else _between_industries(con, study, declared, "citations", notes)
        )
    for source, declared in flow_tables("trade").items():
        name = "trade" if source == study.trade_from else source
        if not study.has(declared.name):
            continue
        if declared.between:
            flow = _of_links(con, study, staged[source], declared, name, counted)
            flows.append(_with_cells(con, study, flow, staged))
        elif declared.ends:
            flows.append(_between_industries(con, study, declared, name, notes))
        elif make_use:
            flows.append(_made_flow(study, name, declared, make_use))
    return flows


def _of_owners(
    con: duckdb.DuckDBPyConnection,
    study: Study,
    read: Staged,
    declared: Table,
    notes: list[str],
) -> Flow:
    """Return citations between firms or patents, as they count."""
    name, kind, total = declared.name, declared.network, read.total
    if study.options.citation_weight == "fractional":  # each citing patent counts once
        total = sql.one(con, f"SELECT count(DISTINCT citing) FROM counted_{name}")[0]
        notes += _left_of_patents(read)
    elif study.options.lag is not None:
        total = sql.one(con, f"SELECT count(*) FROM counted_{name}")[0]
    cells = cells_by_share(con, study, name) if study.has_shares else None
    between, fine = declared.between, study.fine_of_firms
    return Flow(kind, kind, name, fine, float(total), read.loaded, between, by_share=cells)


def _of_links(
    con: duckdb.DuckDBPyConnection,
    study: Study,
    read: Staged,
    declared: Table,
    name: str,
    counted: Counted,
) -> Flow:
    """Return deliveries between firms: a link that lasts is several."""
    cells = cells_by_share(con, study, declared.name) if study.has_shares else None
    total = counted.deliveries.get("value", read.total)
    rows = int(counted.deliveries.get("rows", read.loaded))
    between, fine = declared.between, study.fine_of_firms
    of, kind = declared.name, declared.network
    return Flow(name, kind, of, fine, total, rows, between, by_share=cells)


def _with_cells(
    con: duckdb.DuckDBPyConnection,
    study: Study,
    flow: Flow,
    staged: dict[str, Staged],
) -> Flow:
    """Sum a flow from the tables, once for all who look at it.

    Citations between patents go through two tables more, and nobody looks at their sums where the
    graph makes them.
    """
    if flow.between == "patents" and study.keeps_firms:
        return flow
    read = staged[flow.origin]
    # Rows that were summed as they stand count so, unless others own the firms, or part of them.
    if read.cells is not None and flow.by_share is None and not study.has("ownership"):
        return replace(flow, cells=read.cells)
    return replace(flow, cells=sum_cells(con, study, flow))


def _between_industries(
    con: duckdb.DuckDBPyConnection, study: Study, declared: Table, name: str, notes: list[str]
) -> Flow:
    """Return the flow of a table that is between industries already."""
    of, measure, kind = declared.name, declared.measure, declared.network
    receiver, source = declared.ends
    rows = con.sql(
        f'SELECT "{receiver}" AS receiver, "{source}" AS source, year, '
        f"{measure} FROM ok_{of} WHERE {measure} <> 0 ORDER BY ALL"
    ).to_arrow_table()
    if declared.signed and rows.num_rows:
        rows = _settle_negative(study, declared, rows, notes)
    total = math.fsum(rows[measure].to_numpy())
    return Flow(name, kind, of, study.of(of)[0].tags[0], total, rows.num_rows, table=rows)


def _settle_negative(study: Study, declared: Table, rows: pa.Table, notes: list[str]) -> pa.Table:
    """Keep or turn round negative flows as the study says."""
    if pc.min(rows["value"]).as_py() >= 0:
        return rows
    wanted = {source.entry.negative for source in study.of(declared.name)}
    frame, doubts = negative_flows(rows.to_pandas(), wanted.pop() if len(wanted) == 1 else None)
    notes += doubts
    return pa.Table.from_pandas(frame, schema=rows.schema, preserve_index=False)


def _made_flow(
    study: Study, name: str, declared: Table, make_use: dict[int, IndustryTechnology]
) -> Flow:
    parts = []
    for year, of_year in make_use.items():
        # The table is printed supplier × user; a flow runs from the source to the receiver.
        long = of_year.flows.T.melt(ignore_index=False, var_name="source").reset_index(
            names="receiver"
        )
        parts.append(long.assign(year=year))
    rows = pd.concat(parts, ignore_index=True)
    rows = rows.loc[rows["value"] != 0, ["receiver", "source", "year", "value"]]
    classification = study.of(declared.name)[0].tags[0]
    table = pa.Table.from_pandas(rows, preserve_index=False)
    total, of = math.fsum(rows["value"]), declared.origin
    return Flow(name, declared.network, of, classification, total, len(rows), table=table)


def _left_of_patents(citations: Staged) -> list[str]:
    """Say that fractions are of the citations left, where patents lost some of theirs."""
    reasons = citations.reasons.items()
    lost = sum(n for reason, n in reasons if reason.startswith("cited is not in table patents"))
    if not lost:
        return []
    refused = counted(
        lost,
        "citation of a patent that is not in table patents was refused",
        "citations of patents that are not in table patents were refused",
    )
    return [
        f"citation_weight: {refused}, so the weight of 1 that each citing patent has is shared by "
        "fewer citations, and each of these weighs more. To share it among all of them, say "
        'unmatched = "keep" in [tables.patent_citations]: the part of unknown patents is then in '
        "the residual."
    ]
