"""Synthetic deliveries between firms, and the output of sectors that fits them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .design import SUPPLIERS, Design, Floats, Ints, quota
from .firms import Firms, Sampler

__all__ = ["BENCHMARKS", "TradeYear", "benchmark_years", "least_links", "make_trade"]

BENCHMARKS = (2007, 2012, 2017, 2020)  # the years that have input-output tables
ROUND_LINKS = 600  # a year, for 78 industries: they buy from themselves and from six hubs (540)
KEPT = 0.6  # share of deliveries that go on at the next benchmark
OUTPUT_GROWTH = 0.07
SMALLEST = 4_000.0  # employees: a smaller economy delivers as if it had so many
DIGITS = 4  # of a value in million yuan, which in a smaller economy would be too few


@dataclass(frozen=True, slots=True)
class TradeYear:
    """One year's deliveries, as arrays of length L, and the output table of N sectors.

    Parameters
    ----------
    year : int
    supplier, buyer : ndarray of int, shape (L,)
        Firm numbers; no pair twice, no firm with itself.
    value : ndarray of float, shape (L,)
        Money units, positive.
    output : DataFrame
        ``industry, year, gross_output, value_added, final_demand``, N rows; all zero for a
        sector that no firm's industry belongs to.
    """

    year: int
    supplier: Ints
    buyer: Ints
    value: Floats
    output: pd.DataFrame


def benchmark_years(years: tuple[int, int]) -> list[int]:
    """Return the benchmark years within a span, or its last year if there is none.

    Examples
    --------
    >>> benchmark_years((1992, 2015)), benchmark_years((1992, 2001))
    ([2007, 2012], [2001])
    """
    return [year for year in BENCHMARKS if years[0] <= year <= years[1]] or [years[1]]


def least_links(design: Design) -> int:
    """Return the fewest deliveries a year: every industry buys from itself and from the hubs.

    Examples
    --------
    >>> from .design import make_design
    >>> least_links(make_design()), least_links(make_design(most=5))
    (600, 21)
    """
    n, hubs = len(design.fine), len(design.positions(SUPPLIERS))
    return ROUND_LINKS if n == 78 else n + hubs * (n - 1)


def make_trade(
    design: Design, firms: Firms, links: int, years: list[int], rng: np.random.Generator
) -> Iterator[TradeYear]:
    """Make deliveries and output by the plan.

    Chance decides who delivers to whom and how a flow between two industries is shared among
    firms. The flows themselves follow from the planned input shares of the pairs of industries
    that trade: with final demand f and S of the fine industries, x = (I − Sᵀ)⁻¹ f, so that every
    industry sells what is left after final demand, and none sells more than it makes.

    Parameters
    ----------
    design : Design
        Input shares and final demand.
    firms : Firms
        Who can deliver.
    links : int
        How many rows, in all years together; at least ``least_links`` a year.
    years : list of int
        Years with trade, in ascending order.
    rng : numpy.random.Generator

    Yields
    ------
    TradeYear
    """
    weights = 1.0 + 0.1 * np.arange(len(years))  # later tables see more
    least = least_links(design)
    numbers = least + quota(weights / weights.sum(), links - least * len(years))
    pairs = np.empty(0, dtype=np.int64)
    plan = _Links(design, firms, rng)
    for year, number in zip(years, numbers.tolist(), strict=True):
        pairs = plan.pairs(number, pairs)
        supplier, buyer = np.divmod(pairs, len(firms.industry))
        scale = 0.3 * max(firms.size.sum(), SMALLEST) * np.exp(OUTPUT_GROWTH * (year - years[0]))
        value = _values(design, firms, supplier, buyer, scale, rng)
        output = _output(design, firms, supplier, buyer, value)
        output.insert(1, "year", year)
        yield TradeYear(year, supplier, buyer, value, output)


class _Links:
    """Who delivers to whom."""

    def __init__(self, design: Design, firms: Firms, rng: np.random.Generator) -> None:
        n = len(design.fine)
        self.n, self.rng, self.firms = n, rng, len(firms.industry)
        self.sampler = Sampler(firms.industry, firms.size**0.7, n)
        # Large buyers and weak ties have relatively many small deliveries.
        likely = np.bincount(firms.industry, minlength=n)[:, None] * np.sqrt(design.inputs)
        self.steps = np.cumsum(likely.ravel() / likely.sum())
        always = np.eye(n, dtype=bool)
        always[:, design.positions(SUPPLIERS)] = True
        self.always = np.flatnonzero(always)

    def pairs(self, number: int, before: Ints) -> Ints:
        """Return ``number`` distinct keys supplier × F + buyer, in ascending order."""
        pairs = np.unique(self._draw(self.always))
        stay = min(int(KEPT * len(before)), number - len(pairs))
        pairs = np.union1d(pairs, self.rng.permutation(before)[:stay])
        tries = 0
        while len(pairs) < number:
            wanted = number - len(pairs)
            if tries < 6:
                cells = np.searchsorted(self.steps, self.rng.random(wanted + wanted // 4 + 16))
                new = self._draw(np.minimum(cells, self.n**2 - 1))
            else:  # what the plan favours is taken: anybody may deliver to anybody
                i, j = self.rng.integers(0, self.firms, (2, 2 * wanted + 16))
                new = (i * self.firms + j)[i != j]
            new = np.setdiff1d(new, pairs)
            pairs = np.union1d(pairs, self.rng.permutation(new)[:wanted])
            tries += 1
        return pairs

    def _draw(self, cells: Ints) -> Ints:
        """Return one key for each cell buyer × n + supplier."""
        b, a = np.divmod(cells, self.n)
        buyer = self.sampler.draw(self.rng, b)
        supplier = self.sampler.draw_other(self.rng, a, buyer)
        return supplier * self.firms + buyer


def _values(
    design: Design,
    firms: Firms,
    supplier: Ints,
    buyer: Ints,
    scale: float,
    rng: np.random.Generator,
) -> Floats:
    n = len(design.fine)
    cell = firms.industry[buyer] * n + firms.industry[supplier]
    weight = np.sqrt(firms.size[supplier] * firms.size[buyer])
    weight *= rng.lognormal(0.0, 1.2, len(cell))
    total = np.bincount(cell, weight, n * n)
    inputs = np.where(total.reshape(n, n) > 0, design.inputs, 0.0)
    inputs /= inputs.sum(axis=1, keepdims=True)
    S = inputs / (design.B @ (1.0 / design.input_share))[:, None]
    x = np.linalg.solve(np.eye(n) - S.T, scale * design.final)
    flow = (S * x[:, None]).ravel()
    value = flow[cell] * weight / total[cell]
    return np.asarray(np.maximum(np.round(value, DIGITS), 10.0**-DIGITS))


def _output(
    design: Design, firms: Firms, supplier: Ints, buyer: Ints, value: Floats
) -> pd.DataFrame:
    n = len(design.fine)
    bought = design.B.T @ np.bincount(firms.industry[buyer], value, n)
    sold = design.B.T @ np.bincount(firms.industry[supplier], value, n)
    gross = np.round(bought / design.input_share, DIGITS)
    return pd.DataFrame(
        {
            "industry": design.sectors,
            "gross_output": gross,
            # The concordance's weights give flows two more digits than a delivery has.
            "value_added": np.round(gross - bought, DIGITS + 2),
            "final_demand": np.round(gross - sold, DIGITS + 2),
        }
    )
