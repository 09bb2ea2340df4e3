"""From flows to shares: citation stocks, citation shares W and production shares S."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import sparse

from ..core.errors import InputError
from ..core.matrix import LabelledMatrix
from .labels import Vector, by_label, require_flows, series, square
from .leakage import default_leak, require_leakage, spectral_radius

__all__ = [
    "CitationShares",
    "ProductionShares",
    "accumulate",
    "citation_shares",
    "production_shares",
]


@dataclass(frozen=True, slots=True)
class CitationShares:
    """Citation shares with what is needed to invert them.

    Parameters
    ----------
    W : LabelledMatrix, shape (N, N)
        Share of the citations of receiver i that go to source j ≠ i, in all citations that i
        makes; zero diagonal, row sums at most 1.
    own : pandas.Series, length N
        Share of its own in the citations of i; NaN where i cites nobody.
    zero_rows : tuple of str
        Sectors that cite nobody: they have no knowledge input, and their row of W is zero.
    leak : pandas.Series, length N
        Share of i that leaves the network: ``own``, and 1 for a zero row.
    """

    W: LabelledMatrix
    own: pd.Series[float]
    zero_rows: tuple[str, ...]
    leak: pd.Series[float]


@dataclass(frozen=True, slots=True)
class ProductionShares:
    """Production shares with the value added that closes them.

    Parameters
    ----------
    S : LabelledMatrix, shape (N, N)
        Input from supplier j in the gross output of user i, US$ per US$.
    value_added : pandas.Series, length N
        1 − row sum of S: share of value added in gross output; the leak of S.
    zero_output : tuple of str
        Sectors whose output is zero (or below) and that have no inputs: their row of S is zero.
    heavy_rows : tuple of str
        Sectors whose inputs reach or exceed their gross output (row sum ≥ 1).
    """

    S: LabelledMatrix
    value_added: pd.Series[float]
    zero_output: tuple[str, ...]
    heavy_rows: tuple[str, ...]


def accumulate(
    flows: Mapping[int, LabelledMatrix], delta: float = 0.0
) -> dict[int, LabelledMatrix]:
    """Sum yearly flows to stocks, K^t = (1−δ) K^{t−1} + M^t.

    Parameters
    ----------
    flows : mapping of int to LabelledMatrix, each shape (N, N)
        Flow of each year, all with the same labels and unit. A year between the first and the
        last that is missing has no flow: its stock only depreciates.
    delta : float, default 0
        Depreciation per year, from 0 (cumulative sum, as in the source) to 1 (no memory).

    Returns
    -------
    dict of int to LabelledMatrix, each shape (N, N)
        Stock at the end of every year from first to last, in the unit of the flows and the
        order of the first year's labels.

    Raises
    ------
    InputError
        If no year came, ``delta`` is outside 0…1, labels or units differ, or a flow is
        negative or not finite.

    References
    ----------
    Li et al. (2024), 30th IIOA conference: stock since 1992 without depreciation;
    δ > 0 is an extension (models.md §1.1).

    Examples
    --------
    >>> M = LabelledMatrix.build("M", [[6, 4], [1, 3]], ["steel", "cars"], unit="citations")
    >>> K = accumulate({2000: M, 2002: M}, delta=0.5)
    >>> [(year, stock.sum()) for year, stock in K.items()]
    [(2000, 14.0), (2001, 7.0), (2002, 17.5)]
    """
    if not flows:
        raise InputError("stocks: no year of flows came; give at least one.")
    if not 0 <= delta <= 1:
        raise InputError(f"stocks: depreciation must lie between 0 and 1, {delta} came.")
    years = sorted(flows)
    first = square(flows[years[0]])
    stock = sparse.csr_array(first.shape, dtype=np.float64)
    stocks: dict[int, LabelledMatrix] = {}
    for year in range(years[0], years[-1] + 1):
        # A product makes a new array: no two years may share their numbers.
        stock = stock * (1.0 - delta)
        if year in flows:
            stock = stock + _flow_of_year(flows[year], first, year)
        stocks[year] = LabelledMatrix.build(
            "K",
            stock,
            first.rows,
            unit=first.unit,
            year=year,
            provenance={**first.provenance, "stock": f"since {years[0]}, delta={delta:g}"},
        )
    return stocks


def _flow_of_year(flow: LabelledMatrix, first: LabelledMatrix, year: int) -> sparse.csr_array:
    """Return the values of one year's flow, checked and in the order of the first year."""
    named = replace(flow, name=f"{flow.name} of {year}")
    if flow.unit != first.unit:
        raise InputError(
            f"matrix {named.name}: its unit is {flow.unit!r}, the first year's {first.unit!r}; "
            "only flows in one unit add up."
        )
    require_flows(named)
    return named.aligned_to(first.rows).values


def citation_shares(K: LabelledMatrix) -> CitationShares:
    """Turn citation counts into shares W: normalise each row first, then empty the diagonal.

    The order matters. Dividing by all citations, own ones included, leaves the own share out
    of the row sum; that leak is what makes I − W invertible. Emptying the diagonal first
    would make every row sum to 1 and I − W singular.

    Parameters
    ----------
    K : LabelledMatrix, shape (N, N)
        Citations (flow or stock) that receiver i made to source j, own ones on the diagonal.

    Returns
    -------
    CitationShares
        W in shares of all citations of the row; own shares; rows without citations; leaks.

    Raises
    ------
    InputError
        If receivers and sources differ, or a count is negative or not finite.

    References
    ----------
    Li et al. (2024), 30th IIOA conference; models.md §1.1.

    Examples
    --------
    >>> K = LabelledMatrix.build("K", [[6, 4], [1, 3]], ["steel", "cars"], unit="citations")
    >>> shares = citation_shares(K)
    >>> shares.W.to_frame().to_numpy().tolist(), shares.own.tolist()
    ([[0.0, 0.4], [0.25, 0.0]], [0.6, 0.75])
    """
    counts = square(K)
    require_flows(counts)
    total = np.asarray(counts.values.sum(axis=1), dtype=np.float64)
    own = np.full(total.shape, np.nan)
    np.divide(counts.values.diagonal(), total, out=own, where=total > 0)
    shares = sparse.coo_array(_rows_divided(counts.values, total))
    off = shares.row != shares.col
    W = sparse.csr_array((shares.data[off], (shares.row[off], shares.col[off])), shape=counts.shape)
    return CitationShares(
        LabelledMatrix.build(
            "W", W, counts.rows, unit="share", year=K.year, provenance=K.provenance
        ),
        series(own, counts.rows, "own"),
        _named(total == 0, counts.rows),
        series(np.where(total > 0, own, 1.0), counts.rows, "leak"),
    )


def _rows_divided(values: sparse.csr_array, by: Vector) -> sparse.csr_array:
    """Divide each row by its number; rows whose number is 0 have no entries and stay so."""
    coo = sparse.coo_array(values)
    # Divided, not multiplied by the inverse: 3 / 10 is one rounding, 3 · (1 / 10) two.
    return sparse.csr_array((coo.data / by[coo.row], (coo.row, coo.col)), shape=values.shape)


def _named(mask: np.ndarray, labels: tuple[str, ...]) -> tuple[str, ...]:
    """Labels where the mask is true, in order."""
    return tuple(labels[i] for i in np.flatnonzero(mask))


def production_shares(Z: LabelledMatrix, gross_output: pd.Series[float]) -> ProductionShares:
    """Turn input flows into shares of the user's gross output, S_ij = z_ij / x_i.

    Gross output, not the sum of intermediate inputs: shares of inputs would sum to 1 in every
    row and make I − S singular (erratum E-000.1 of the source).

    Parameters
    ----------
    Z : LabelledMatrix, shape (N, N)
        What user i (row) bought from supplier j (column), in money. An input–output table
        printed supplier × user must be transposed first.
    gross_output : pandas.Series, length N
        Gross output x_i of each user in the same money.

    Returns
    -------
    ProductionShares
        S in money per money of gross output; value-added shares; rows to warn about. An
        output of zero, or below (an inventory adjustment), is allowed where there are no
        inputs.

    Raises
    ------
    InputError
        If labels differ, a flow is negative or not finite, a sector has inputs but no
        positive output, or ρ(S) ≥ 1 (looked at only where a row sums to 1 or more).
    ClosedClassError
        If sectors without value added buy only from each other.

    References
    ----------
    Li et al. (2024), 30th IIOA conference: the "direct consumption coefficients"; models.md
    §1.1 and §1.3.

    Examples
    --------
    >>> Z = LabelledMatrix.build("Z", [[20, 30], [20, 80]], ["steel", "cars"], unit="US$")
    >>> shares = production_shares(Z, pd.Series({"steel": 100.0, "cars": 200.0}))
    >>> shares.S.to_frame().to_numpy().tolist(), shares.value_added.tolist()
    ([[0.2, 0.3], [0.1, 0.4]], [0.5, 0.5])
    """
    flows = square(Z)
    require_flows(flows)
    x = by_label(gross_output, flows.rows, "gross output")
    inputs = np.asarray(flows.values.sum(axis=1), dtype=np.float64)
    _require_output(x, inputs, flows)
    S = LabelledMatrix.build(
        "S",
        _rows_divided(flows.values, x),
        flows.rows,
        unit="share of gross output",
        year=Z.year,
        provenance=Z.provenance,
    )
    value_added = default_leak(S).rename("value_added")
    heavy = _named(value_added.to_numpy() <= 0, S.rows)
    if heavy:
        _require_dying_out(S, heavy)
    return ProductionShares(S, value_added, _named(x <= 0, S.rows), heavy)


def _require_output(x: Vector, inputs: Vector, flows: LabelledMatrix) -> None:
    """Refuse a sector that has inputs but no output to divide them by."""
    bad = np.flatnonzero((x <= 0) & (inputs > 0))
    if bad.size:
        i = int(bad[0])
        raise InputError(
            f"gross output: {flows.rows[i]!r} buys inputs of {inputs[i]:g} but has an output of "
            f"{x[i]:g}; a positive output is needed. Mend its output, or leave the sector out."
        )


def _require_dying_out(S: LabelledMatrix, heavy: tuple[str, ...]) -> None:
    """Refuse ρ(S) ≥ 1: the sum over supply chains would not be finite."""
    require_leakage(S)
    rho = spectral_radius(S)
    if rho >= 1:
        raise InputError(
            f"matrix S: its spectral radius is {rho:.6g}, it must be below 1. The inputs of "
            f"{', '.join(map(repr, heavy[:5]))} reach or exceed their gross output; check these "
            "rows, or merge the sectors with their main suppliers."
        )
