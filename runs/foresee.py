"""What would stop a run behind its graph, seen in the tables: so that check says it, too."""

from __future__ import annotations

from typing import Literal

import duckdb
import numpy as np
from scipy import sparse

from ..analytics.networks import benchmarks
from ..core.errors import ClosedClassError, InputError, show
from ..core.matrix import LabelledMatrix
from ..graph.aggregate import Flow
from ..graph.schema import UNMAPPED
from ..ingest.concordance import Audit
from ..ingest.contract import table
from ..ingest.economy import Economy, keeps_negative
from ..ingest.study import Study
from .networks import require_production
from .weights import amounts_of, no_weight, require_output
from .why_none import why_none

__all__ = ["foresee", "nothing_arrives", "require_outputs"]


def foresee(
    con: duckdb.DuckDBPyConnection, study: Study, economy: Economy, years: list[int]
) -> list[str]:
    """Refuse a study of which no network will come, and say what will be missing of it.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the views ``ok_NAME``, and what counts of them.
    study : Study
        The study.
    economy : Economy
        What its tables say.
    years : list of int
        Report years.

    Returns
    -------
    list of str
        Warnings that a run will give: of weights that are not whole.

    Raises
    ------
    ClosedClassError, InputError
        As a run would raise it.
    """
    for flow in economy.flows:
        if flow.name in {"citations", "trade"} and not _arrives(con, study, economy, flow):
            causes = why_none(con, flow, _audit(study, economy, flow))
            raise nothing_arrives(flow, flow.input, study.about.target, causes)
    # With the diagonal kept cells differ from those of the accounts; the run itself looks then.
    if economy.accounts and study.options.diagonal == "split":
        trade = {year: _on(each.flows, economy.labels) for year, each in economy.accounts.items()}
        negative: Literal["keep", "refuse"] = "keep" if keeps_negative(study) else "refuse"
        for year in years:
            try:
                require_production(year, trade, economy.output, negative)
            except ClosedClassError as error:
                firm = _firm_of_itself(con, study, economy, error.classes)
                raise ClosedClassError(f"{error}{firm}", error.classes) from None
    warnings = []
    for year in _table_years(con, economy, years):
        if economy.output is not None:
            amounts = amounts_of(year, economy.output, economy.labels)
            warnings += no_weight(year, amounts, economy.output)
    return warnings


def require_outputs(con: duckdb.DuckDBPyConnection, economy: Economy, years: list[int]) -> None:
    """Refuse deliveries without output before anything is loaded: no S will come of them.

    Parameters
    ----------
    con, economy, years
        As in :func:`foresee`.

    Raises
    ------
    InputError
        Naming the first year without output.
    """
    if not any(flow.name == "trade" for flow in economy.flows):
        return
    if economy.output is None:
        raise InputError(
            "S needs gross output: add [tables.io_output] to the study. A row or a column of a "
            'printed table is read with printed = { gross_output = "…" }.'
        )
    for year in _table_years(con, economy, years):
        require_output(year, economy.output)


def _table_years(con: duckdb.DuckDBPyConnection, economy: Economy, years: list[int]) -> list[int]:
    """Return the years with deliveries that the S of the report years are made of."""
    trade = next((flow for flow in economy.flows if flow.name == "trade"), None)
    if trade is None:
        return []
    if trade.table is not None:
        known = set(map(int, trade.table["year"].to_pylist()))
    else:
        counted = f"counted_{trade.origin} WHERE {trade.measure} <> 0"
        rows = con.execute(f"SELECT DISTINCT year FROM {counted}")  # noqa: S608 - our names
        known = {int(year) for (year,) in rows.fetchall()}
    used = {at for year in years for at in benchmarks(known, year)[:2]} if known else set()
    return sorted(used)


def nothing_arrives(flow: Flow, amount: float, target: str, causes: str = "") -> InputError:
    """Return the error of a flow of which nothing reaches a sector.

    Parameters
    ----------
    flow : Flow
        The flow.
    amount : float
        All of it.
    target : str
        The target classification.
    causes : str
        Where it went, in words.
    """
    return InputError(
        f"{flow.name}: nothing of {flow.origin} ({amount:g} in all) reaches a sector of "
        f"{target}{f' ({causes})' if causes else ''}; look at the industries of the firms "
        "and at the concordance."
    )


def _audit(study: Study, economy: Economy, flow: Flow) -> Audit | None:
    """Return the audit of the concordance that a flow goes through, if it does."""
    if flow.classification == study.about.target:
        return None
    pair = (flow.classification, study.about.target)
    return next((a for a in economy.audits if (a.source, a.target) == pair), None)


def _arrives(con: duckdb.DuckDBPyConnection, study: Study, economy: Economy, flow: Flow) -> bool:
    """Whether a row of a flow may have a sector at both ends."""
    lost = {UNMAPPED}
    if audit := _audit(study, economy, flow):
        lost |= set(audit.unmapped)
    rows = flow.by_share if flow.table is None else flow.table
    if rows is not None:
        known = [~rows[end].to_pandas().isin(lost) for end in ("receiver", "source")]
        return bool((known[0] & known[1]).any())
    firms = "SELECT id FROM ok_firms WHERE industry IS NOT NULL AND NOT list_contains(?, industry)"
    if flow.between != "firms":
        return bool(con.execute(f"{firms} LIMIT 1", [sorted(lost)]).fetchall())
    one, two = table(flow.origin).ends
    rest = "AND value <> 0 LIMIT 1" if flow.kind == "trade" else "LIMIT 1"
    statement = (
        f"WITH known AS ({firms}) SELECT 1 FROM counted_{flow.origin} "  # noqa: S608 - our names
        f"WHERE {one} IN (FROM known) AND {two} IN (FROM known) {rest}"
    )
    return bool(con.execute(statement, [sorted(lost)]).fetchall())


def _on(Z: LabelledMatrix, labels: list[str]) -> LabelledMatrix:
    """Return flows between the given sectors, in their order; what is not there is 0."""
    place = {label: i for i, label in enumerate(Z.rows)}
    pairs = [(i, place[label]) for i, label in enumerate(labels) if label in place]
    at = np.array(pairs, dtype=int).reshape(-1, 2)
    pick = sparse.csr_array(
        (np.ones(len(at)), (at[:, 0], at[:, 1])), shape=(len(labels), len(Z.rows))
    )
    return LabelledMatrix.build("Z", sparse.csr_array(pick @ Z.values @ pick.T), labels)


def _firm_of_itself(
    con: duckdb.DuckDBPyConnection, study: Study, economy: Economy, classes: list[list[str]]
) -> str:
    """Name the firm of some sectors that delivers most to itself: one row may be the cause."""
    trade = next(each for each in economy.flows if each.name == "trade")
    if trade.between != "firms" or trade.by_share is not None:
        return ""
    target, own = study.about.target, trade.classification
    sectors = [f"{target}:{code}" for members in classes for code in members]
    mapped = economy.maps.loc[economy.maps["to"].isin(sectors), "from"]
    keys = sectors if own == target else list(mapped)
    codes = [key.removeprefix(f"{own}:") for key in keys if key.startswith(f"{own}:")]
    one, two = table(trade.origin).ends
    statement = (
        f"SELECT f.id, t.year, sum(t.value) AS value FROM counted_{trade.origin} AS t "  # noqa: S608 - our names
        f"JOIN ok_firms AS f ON f.id = t.{one} WHERE t.{one} = t.{two} "
        "AND list_contains(?, f.industry) GROUP BY ALL ORDER BY value DESC, f.id LIMIT 1"
    )
    found = con.execute(statement, [codes]).fetchone()
    if found is None or not found[2] > 0:
        return ""
    firm, year, value = found
    return (
        f" Among the deliveries there are those of firms to themselves: {show(firm)} delivers "
        f"itself {value:g} in {year}, the most of a firm of these sectors."
    )
