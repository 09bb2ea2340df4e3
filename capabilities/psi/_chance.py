"""What chance alone gives: sums of ψ when it is random whom firms, or citations, cite."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from ...analytics import (
    Draws,
    StockDraws,
    draw_sums,
    null_pvalues,
    permute_bundles,
    permute_citations,
)
from ...analytics.networks import stock_of_year
from ...core.errors import InputError
from ...core.matrix import LabelledMatrix
from ...core.part_done import tell_draws
from ...runs.networks import YearNetworks
from ...runs.records import Source
from ._options import Chance

__all__ = ["ASSUMES", "chance"]

#: What each null hypothesis takes to be exchangeable, as the page says it.
ASSUMES: dict[Chance, str] = {
    "bundles": "p-values exchange whole bundles of citations between firms of like size",
    "citations": "p-values permute single citations and assume that they are independent; where "
    "firms cite in bundles, far too many are small",
}
#: Chains of the null need time with the square of the industries: 1,000 draws take a minute here.
MOST_PERMUTED = 200
#: Tables of bundles cost less.
MOST_EXCHANGED = 500

Made = Callable[[np.random.Generator], StockDraws]


def chance(
    source: Source,
    year: YearNetworks,
    draws: int,
    rng: np.random.Generator,
    estimate: Draws,
    null: Chance,
) -> pd.DataFrame | str:
    """Compare the sums of a year with those of chance.

    Parameters
    ----------
    source : Source
        Citations by year, between fine industries and by firm.
    year : YearNetworks
        A report year with ψ.
    draws : int
        Number of draws.
    rng : numpy.random.Generator
        Source of all randomness.
    estimate : Draws
        The sums themselves.
    null : {"bundles", "citations"}
        What is exchanged.

    Returns
    -------
    DataFrame or str
        As :func:`~spillgraph.analytics.null_pvalues` gives it; or why there is none.
    """
    assert year.production is not None
    stock = _fine_stock(source, year.year)
    if stock is None:
        return "there are no citations"
    most = MOST_EXCHANGED if null == "bundles" else MOST_PERMUTED
    if len(source.map.fine) > most:
        return f"there are more than {most} fine industries"
    permute = _bundles(source, year.year, draws) if null == "bundles" else None
    if permute is None:
        why = _not_counts(source, stock)
        if why is not None:
            return why
        permute = lambda rng: permute_citations(stock, rng, draws)  # noqa: E731
    try:
        sums = draw_sums(year.production.S, _map_draws(source, permute(rng), draws), year.weights)
    except InputError as error:  # chains that do not settle
        return str(error)
    return null_pvalues(estimate, sums)


def _not_counts(source: Source, stock: LabelledMatrix) -> str | None:
    """Why single citations cannot be permuted."""
    if source.study.options.depreciation:
        return "a depreciated stock is no count"
    if not np.allclose(stock.values.data, np.rint(stock.values.data), rtol=0, atol=1e-6):
        return "counts are not whole"
    return None


def _bundles(source: Source, t: int, draws: int) -> Made:
    """Exchange what firms cite in the stock of year t, all years of a firm together."""
    firm, cited, count = source.by_firm(t)
    assert source.industry is not None
    active, row = np.unique(firm, return_inverse=True)
    home = source.industry.iloc[active]
    fine = source.map.fine
    values = sparse.csr_array((count, (row, cited)), shape=(len(active), len(fine)))
    F = LabelledMatrix.build("citations by firm", values, [str(f) for f in home.index], fine)
    return lambda rng: permute_bundles(F, home, rng, draws)


def _map_draws(source: Source, fine: StockDraws, draws: int) -> StockDraws:
    """Bring each of so many draws to the sectors with the concordance."""
    cells = sparse.csr_array(source.cells.T)
    n = len(source.map.sectors)

    def chunks() -> Iterator[NDArray[np.float64]]:
        for chunk in tell_draws(fine, draws):
            flat = chunk.reshape(len(chunk), -1)
            yield np.ascontiguousarray((cells @ flat.T).T).reshape(-1, n, n)

    return StockDraws(tuple(source.map.sectors), chunks())


def _fine_stock(source: Source, t: int) -> LabelledMatrix | None:
    """Sum the citations between fine industries that are in the stock of year t."""
    within = source.within(t, source.fine)
    return replace(stock_of_year(within, t), name="citations") if within else None
