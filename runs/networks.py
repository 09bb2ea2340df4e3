"""The numeric part of a run: stocks and deliveries of each report year become W, S and ψ."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd

from ..analytics import (
    CitationShares,
    Elements,
    ProductionShares,
    Psi,
    citation_shares,
    elements,
    interpolate_shares,
    production_shares,
    psi,
    require_leakage,
)
from ..analytics.networks import Normalisation, benchmarks
from ..core.errors import ClosedClassError, InputError
from ..core.matrix import LabelledMatrix
from ..ingest.economy import TRADED
from .doubtful import in_one_year_only, negative_demand, trade_of_some, without_output
from .weights import amounts_of, no_weight, require_rows, weights_of

__all__ = ["YearNetworks", "require_production", "year_networks"]

#: Sixteen arrays of so many squared fit into 1.2 GB.
MOST_ELEMENTS = 3_000
#: More sectors that are cited and never cite look like a part of a file.
CITED_ALONE = 0.25


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
    final : Series, shape (N,)
        Final demand for each sector per unit of its gross output, where the study knows it; empty
        where it knows it of none.
    traded : DataFrame, shape (N, K)
        Exports, imports and changes of stocks of each sector's product per unit of its gross
        output: those that the study knows of every sector.
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
    final: pd.Series[float] = field(default_factory=lambda: pd.Series(dtype=np.float64))
    traded: pd.DataFrame = field(default_factory=pd.DataFrame)
    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def matrices(self) -> dict[str, LabelledMatrix]:
        """Return the matrices of the year by name."""
        matrices = {
            "citations": self.citations,
            "trade": self.trade,
            "W": self.innovation.W if self.innovation else None,
            "S": self.production.S if self.production else None,
            "psi": self.parts.psi if self.parts else None,
        }
        return {name: matrix for name, matrix in matrices.items() if matrix is not None}


def year_networks(
    year: int,
    citations: LabelledMatrix | None,
    trade: dict[int, LabelledMatrix],
    output: pd.DataFrame | None,
    *,
    normalisation: Normalisation = "row",
    rho: float | None = None,
    negative: Literal["refuse", "keep"] = "refuse",
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
        ``gross_output``, and ``value_added``, ``final_demand`` and ``imports`` where known.
    normalisation, rho
        As in :func:`~spillgraph.analytics.citation_shares`.
    negative
        As in :func:`~spillgraph.analytics.production_shares`.

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
    warnings: list[str] = []
    innovation = production = spillover = parts = used = None
    weights, final, traded = pd.DataFrame(), pd.Series(dtype=np.float64), pd.DataFrame()
    with _told_of(year):
        if citations is not None:
            innovation = citation_shares(citations, normalisation, rho=rho)
            require_leakage(innovation.W, innovation.leak)
            warnings += _silent(innovation)
        if trade:
            tables = _Tables(trade, output, negative, notes, warnings)
            production, weights, final, traded = _production_of(year, tables)
            used = trade.get(production.S.year or year)
        if innovation is not None and production is not None:
            S, W, leak = production.S, innovation.W, innovation.leak
            spillover = psi(S, W, weights=weights, own_leak=leak)
            parts = _elements(S, W, innovation, notes)
    if production is not None and (production.S.values.data < 0).any():
        notes.append(_SIGNED)
    return YearNetworks(
        year,
        citations,
        used,
        innovation,
        production,
        spillover,
        parts,
        weights,
        final,
        traded,
        notes,
        warnings,
    )


_SIGNED = (
    "S has negative entries, kept as they are published: bounds of ρ(S), the condition number and "
    "the bounds of errors are those of |S|; centralities take negative entries for 0."
)


def _silent(innovation: CitationShares) -> list[str]:
    """Say so where W is empty, most sectors never cite, or many that are cited never cite."""
    W, zero = innovation.W, innovation.zero_rows
    silent, sectors = len(zero), len(W.rows)
    if silent == sectors:
        return ["no sector cites: W is empty, and ψ is that of S alone."]
    if silent > sectors / 2:
        return [f"{silent} of {sectors} sectors never cite: their rows of W are empty."]
    cited = np.asarray(W.values.sum(axis=0)).ravel()[[W.columns.index(code) for code in zero]]
    alone = int((cited > 0).sum())
    if alone > CITED_ALONE * sectors:
        empty = "are cited but never cite: their rows of W are empty"
        if alone == 1:
            empty = "is cited but never cites: its row of W is empty"
        return [f"{alone:,} of {sectors:,} sectors {empty}. Is the table of citations whole?"]
    return []


def _elements(
    S: LabelledMatrix, W: LabelledMatrix, shares: CitationShares, notes: list[str]
) -> Elements | None:
    if len(S.rows) > MOST_ELEMENTS:
        notes.append(f"ψ itself is not formed above {MOST_ELEMENTS:,} sectors; its sums are.")
        return None
    return elements(S, W, own_leak=shares.leak)


@dataclass(frozen=True, slots=True)
class _Tables:
    """Deliveries and output of all years, and where to say what of them is missing."""

    trade: dict[int, LabelledMatrix]
    output: pd.DataFrame | None
    negative: Literal["refuse", "keep"]
    notes: list[str]
    warnings: list[str]


#: Of a year: S, the weights of its sectors, and per unit of output final demand and what is traded.
_Made: TypeAlias = "tuple[ProductionShares, pd.DataFrame, pd.Series[float], pd.DataFrame]"


def _production_of(year: int, tables: _Tables) -> _Made:
    """Return S of a year and what belongs to it, on the line between two tables."""
    before, after, share = benchmarks(tables.trade, year)
    first, weights, final, traded = _benchmark(year, before, tables)
    if before == after:
        if before != year:
            tables.notes.append(f"S is that of {before}, the nearest year with deliveries.")
        return first, weights, final, traded
    second, other, later, after_trade = _benchmark(year, after, tables)
    S = interpolate_shares({before: first.S, after: second.S}, year)
    tables.notes.append(f"S and the weights of {year} lie on the line from {before} to {after}.")
    both_years = {before: first, after: second}
    tables.warnings.extend(in_one_year_only(year, both_years, tables.output))
    both = [column for column in weights if column in other]
    for column in sorted({*weights, *other} - set(both)):
        lacking = after if column in weights else before
        tables.warnings.append(f"{column} is no weight here, because that of {lacking} is missing.")

    known = [column for column in traded if column in after_trade]

    def between(name: str) -> pd.Series[float]:
        one, two = getattr(first, name), getattr(second, name).reindex(S.rows)
        line: pd.Series[float] = ((1.0 - share) * one + share * two).rename(name)
        return line

    return (
        ProductionShares(
            S,
            between("value_added"),
            tuple(code for code in first.zero_output if code in second.zero_output),
            tuple(dict.fromkeys((*first.heavy_rows, *second.heavy_rows))),
            between("imports"),
            between("unexplained"),
        ),
        (1.0 - share) * weights[both] + share * other[both],
        (1.0 - share) * final + share * later if len(final) and len(later) else final[:0],
        (1.0 - share) * traded[known] + share * after_trade[known],
    )


def require_production(
    year: int,
    trade: dict[int, LabelledMatrix],
    output: pd.DataFrame | None,
    negative: Literal["refuse", "keep"],
) -> None:
    """Refuse deliveries of which no S will come, as :func:`year_networks` does.

    Parameters
    ----------
    year, trade, output, negative
        As in :func:`year_networks`.
    """
    with _told_of(year):
        _production_of(year, _Tables(trade, output, negative, [], []))


@contextmanager
def _told_of(what: int | str) -> Iterator[None]:
    """Have errors name the year, or the table."""
    try:
        yield
    except ClosedClassError as error:
        raise ClosedClassError(f"{what}: {error}", error.classes) from None
    except InputError as error:
        raise InputError(f"{what}: {error}") from None


def _benchmark(year: int, benchmark: int, tables: _Tables) -> _Made:
    """Return what :func:`_table_of` does of the year of a table; errors name it, too."""
    if benchmark == year:
        return _table_of(year, tables)
    with _told_of(f"the table of {benchmark}"):
        return _table_of(benchmark, tables)


def _table_of(year: int, tables: _Tables) -> _Made:
    """Return S and what belongs to it of a year with deliveries."""
    if tables.output is None:
        raise InputError("S needs gross output: add [tables.io_output] to the study.")
    table = amounts_of(year, tables.output, tables.trade[year].rows)
    require_rows(year, tables.trade[year], tables.output)
    shares = production_shares(
        tables.trade[year],
        table["gross_output"],
        value_added=table.get("value_added"),
        imports=table.get("imports"),
        negative=tables.negative,
    )
    if shares.zero_output:
        tables.notes.extend(without_output(year, shares.zero_output, table["gross_output"]))
    if shares.heavy_rows:
        tables.notes.append(
            f"Inputs reach or exceed gross output in {', '.join(shares.heavy_rows)} ({year}): "
            "check them."
        )
    tables.warnings.extend(no_weight(year, table, tables.output))
    tables.warnings.extend(trade_of_some(year, table))
    weights = weights_of(table)
    if "final demand" in weights:
        tables.notes.extend(negative_demand(table["final_demand"]))
    return shares, weights, _final_of(table), _traded_of(table)


def _final_of(amounts: pd.DataFrame) -> pd.Series[float]:
    """Return final demand per unit of gross output; empty where it is known of no sector."""
    if "final_demand" not in amounts or not amounts["final_demand"].notna().any():
        return pd.Series(dtype=np.float64)
    output = amounts["gross_output"].astype(float)
    return (amounts["final_demand"].astype(float) / output.where(output > 0)).rename("final")


def _traded_of(amounts: pd.DataFrame) -> pd.DataFrame:
    """Return exports, imports and changes of stocks per unit of gross output, if known of all."""
    output = amounts["gross_output"].astype(float)
    alive = output > 0
    known = [name for name in TRADED if name in amounts and amounts.loc[alive, name].notna().all()]
    shares: pd.DataFrame = amounts[known].astype(float).div(output.where(alive), axis=0)
    return shares.fillna(0.0)
