"""The numeric part of a run: stocks and deliveries of each report year become W, S and ψ."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from ..analytics import (
    CitationShares,
    Elements,
    ProductionShares,
    Psi,
    citation_shares,
    default_leak,
    elements,
    hub_table,
    interpolated,
    production_shares,
    psi,
    require_leakage,
)
from ..analytics.citation import Normalisation
from ..analytics.production import benchmarks
from ..core.errors import ClosedClassError, InputError
from ..core.matrix import LabelledMatrix

__all__ = ["YearNetworks", "year_networks"]

#: Sixteen arrays of so many squared fit into 1.2 GB.
MOST_ELEMENTS = 3_000


@dataclass(frozen=True, slots=True)
class YearNetworks:
    """Everything of one year.

    Parameters
    ----------
    year : int
        The report year.
    citations, trade : LabelledMatrix or None, shape (N, N)
        Citation stock up to the year, and the deliveries behind S; none where S lies between two
        tables.
    innovation : CitationShares or None
        W with own shares.
    production : ProductionShares or None
        S with value-added shares.
    spillover : Psi or None
        Sums of ψ with their proof, where there are both networks.
    parts : Elements or None
        ψ itself.
    weights : DataFrame, shape (N, K)
        Weights of the column sums, those that the study knows.
    hubs : dict of str to DataFrame
        Centralities in W, S and ψ, as :func:`~spillgraph.analytics.hub_table` gives them.
    notes : list of str
        What the reader should know about the year.
    warnings : list of str
        What the reader must know before using any number of the year.
    """

    year: int
    citations: LabelledMatrix | None = None
    trade: LabelledMatrix | None = None
    innovation: CitationShares | None = None
    production: ProductionShares | None = None
    spillover: Psi | None = None
    parts: Elements | None = None
    weights: pd.DataFrame = field(default_factory=pd.DataFrame)
    hubs: dict[str, pd.DataFrame] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def matrices(self) -> dict[str, LabelledMatrix]:
        """Return the matrices of the year by name."""
        found = {
            "citations": self.citations,
            "trade": self.trade,
            "W": self.innovation.W if self.innovation else None,
            "S": self.production.S if self.production else None,
            "psi": self.parts.psi if self.parts else None,
        }
        return {name: matrix for name, matrix in found.items() if matrix is not None}

    def scores(self) -> pd.DataFrame:
        """Return what goes back into the graph: sums of ψ, and the hubs of each network.

        Returns
        -------
        DataFrame, index = industry code
            Columns as :data:`spillgraph.graph.schema.SCORES` names them.
        """
        columns = (
            {}
            if self.spillover is None
            else {
                "psi_row_sum": self.spillover.benefit,
                "psi_column_sum": self.spillover.contribution["unit"],
            }
        )
        for network, table in self.hubs.items():
            columns |= {f"{network}_{name}": table[name] for name in table}
        return pd.DataFrame(columns)


def year_networks(
    year: int,
    citations: LabelledMatrix | None,
    trade: dict[int, LabelledMatrix],
    output: pd.DataFrame | None,
    *,
    normalisation: Normalisation = "row",
    rho: float | None = None,
) -> YearNetworks:
    """Compute W, S and ψ of one year.

    Parameters
    ----------
    year : int
        The report year.
    citations : LabelledMatrix or None, shape (N, N)
        Citation stock up to the year.
    trade : dict of int to LabelledMatrix, shape (N, N)
        Deliveries by year. Between two years with deliveries S and the weights are on the line;
        outside they are those of the nearest year.
    output : DataFrame or None, index (year, code)
        ``gross_output``, and ``value_added`` and ``final_demand`` where they are known.
    normalisation, rho
        As in :func:`~spillgraph.analytics.citation_shares`.

    Returns
    -------
    YearNetworks

    Raises
    ------
    ClosedClassError
        If W or S has a closed class; the message names the year, the matrix and the sectors.
    InputError
        If output is missing for a year of deliveries.
    """
    notes: list[str] = []
    innovation = production = spillover = parts = used = None
    weights = pd.DataFrame()
    try:
        if citations is not None:
            innovation = citation_shares(citations, normalisation, rho=rho)
            require_leakage(innovation.W, innovation.leak)
        if trade:
            production, weights = _production_of(year, trade, output, notes)
            used = trade.get(production.S.year or year)
        if innovation is not None and production is not None:
            S, W, leak = production.S, innovation.W, innovation.leak
            spillover = psi(S, W, weights=weights, own_leak=leak)
            parts = _elements(S, W, innovation, notes)
    except ClosedClassError as error:
        raise ClosedClassError(f"{year}: {error}", error.classes) from None
    except InputError as error:
        raise InputError(f"{year}: {error}") from None
    networks = {
        "W": innovation.W if innovation else None,
        "S": production.S if production else None,
        "psi": parts.psi if parts else None,
    }
    hubs = {name: hub_table(matrix) for name, matrix in networks.items() if matrix is not None}
    return YearNetworks(
        year, citations, used, innovation, production, spillover, parts, weights, hubs, notes
    )


def _elements(
    S: LabelledMatrix, W: LabelledMatrix, shares: CitationShares, notes: list[str]
) -> Elements | None:
    if len(S.rows) > MOST_ELEMENTS:
        notes.append(f"ψ itself is not formed above {MOST_ELEMENTS:,} sectors; its sums are.")
        return None
    return elements(S, W, own_leak=shares.leak)


def _production_of(
    year: int, trade: dict[int, LabelledMatrix], output: pd.DataFrame | None, notes: list[str]
) -> tuple[ProductionShares, pd.DataFrame]:
    """Return S of a year and the weights of its sectors, on the line between two tables."""
    before, after, share = benchmarks(trade, year)
    first, weights = _table_of(before, trade, output, notes)
    if before == after:
        if before != year:
            notes.append(f"S is that of {before}, the nearest year with deliveries.")
        return first, weights
    second, other = _table_of(after, trade, output, notes)
    S = interpolated({before: first.S, after: second.S}, year)
    notes.append(f"S and the weights of {year} lie on the line from {before} to {after}.")
    both = [column for column in weights if column in other]
    return (
        ProductionShares(
            S,
            default_leak(S).rename("value_added"),
            tuple(code for code in first.zero_output if code in second.zero_output),
            tuple(dict.fromkeys((*first.heavy_rows, *second.heavy_rows))),
        ),
        (1.0 - share) * weights[both] + share * other[both],
    )


def _table_of(
    year: int, trade: dict[int, LabelledMatrix], output: pd.DataFrame | None, notes: list[str]
) -> tuple[ProductionShares, pd.DataFrame]:
    """Return S and weights of a year with deliveries."""
    table = _output_of(output, year, trade[year])
    shares = production_shares(trade[year], table["gross_output"])
    if shares.zero_output:
        notes.append(f"No output and no inputs in {year}: {', '.join(shares.zero_output)}.")
    if shares.heavy_rows:
        notes.append(
            f"Inputs reach or exceed gross output in {', '.join(shares.heavy_rows)} ({year}): "
            "check them."
        )
    return shares, _weights(table, notes)


def _output_of(output: pd.DataFrame | None, year: int, trade: LabelledMatrix) -> pd.DataFrame:
    """Return output of one year in the order of the labels; absent sectors have none."""
    if output is None:
        raise InputError("S needs gross output: add [tables.io_output] to the study.")
    if year not in output.index.get_level_values("year"):
        raise InputError(f"there are deliveries but no gross output for {year}; add them.")
    table = output[output.index.get_level_values("year") == year].droplevel("year")
    return table.reindex(list(trade.rows)).fillna({"gross_output": 0.0})


def _weights(table: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    """Weights of the column sums: final demand (the theory's), value added and output, as shares.

    Those that the study does not know are left out.
    """
    found = {}
    for column in ("final_demand", "value_added", "gross_output"):
        values = table[column].fillna(0.0).astype(float)
        total = float(values.sum())
        if not table[column].notna().any() or total <= 0:
            continue
        if column == "final_demand" and (values < 0).any():
            negative = ", ".join(values.index[values < 0][:8])
            notes.append(f"Final demand is negative in {negative}: their weights are kept so.")
        found[column.replace("_", " ")] = values / total
    return pd.DataFrame(found)
