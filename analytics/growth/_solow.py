"""Growth of technology as the Solow residual, and what of the growth of output ψ g leaves over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd

from ...core.errors import InputError
from ...core.labelled import MatrixLike
from ..linalg._labels import Vector, by_label
from ._account import account
from ._panels import Network, check_panel, networks_of, require_same_years, to_panel

__all__ = ["Misfit", "misfit", "tfp_growth"]

# One share for all years, or one for each; in quotes for the reader of the signature.
Share: TypeAlias = "pd.Series[float] | pd.DataFrame"


@dataclass(frozen=True, slots=True)
class Misfit:
    """Growth of output that ψ g does not explain.

    Parameters
    ----------
    misfit : pandas.DataFrame, shape (T, N)
        d ln y − ψ g, in log points.
    fitted : pandas.DataFrame, shape (T, N)
        ψ g, in log points.
    summary : pandas.DataFrame, shape (N, 4)
        By sector: ``mean`` of the misfit; ``root_mean_square``; ``largest`` absolute value, all
        in log points; ``correlation`` of d ln y with ψ g over time, NaN where one of them does
        not vary.
    """

    misfit: pd.DataFrame
    fitted: pd.DataFrame
    summary: pd.DataFrame


def tfp_growth(
    output: pd.DataFrame,
    capital: pd.DataFrame,
    labour: pd.DataFrame,
    inputs: pd.DataFrame | Mapping[int, MatrixLike],
    *,
    alpha: Share,
    beta: Share,
    s: Share | Network,
    tolerance: float = 0.01,
) -> pd.DataFrame:
    """Growth of technology: that of output less that of all inputs, by Törnqvist's index.

    Δ ln A_i = Δ ln y_i − ᾱ_i Δ ln k_i − β̄_i Δ ln l_i − Σ_j s̄_ij Δ ln x_ij; bars are means of the
    two years of a step. Where only the quantity of all intermediate inputs together is known,
    the last sum is s̄_i Δ ln x_i.

    Parameters
    ----------
    output, capital, labour : pandas.DataFrame, shape (T, N)
        Quantities y, k, l: real output, capital and labour services, in units or as index
        numbers, above 0; years, consecutive, by sectors.
    inputs : pandas.DataFrame, shape (T, N), or mapping of int to LabelledMatrix, shape (N, N)
        Quantity of all intermediate inputs of each sector; or for each year the quantities
        x_ij, [user, supplier].
    alpha, beta : pandas.Series, length N, or pandas.DataFrame, shape (T, N)
        Shares of capital and of labour in the value of gross output.
    s : pandas.Series, pandas.DataFrame, LabelledMatrix or mapping of int to LabelledMatrix
        Shares of intermediate inputs in the value of gross output: by sector if ``inputs`` is a
        panel, [user, supplier] if it is a mapping.
    tolerance : float, default 0.01
        By how much the shares of a sector may miss 1 in the mean of two years; ``numpy.inf``
        switches the test off.

    Returns
    -------
    pandas.DataFrame, shape (T − 1, N)
        Δ ln A in log points, years and sectors in the order of ``output``; the row of a year is
        the step to it from the year before.

    Raises
    ------
    InputError
        If labels or years differ, a quantity is not above 0 (one that has no share in either
        year may be), shares do not add up to 1, or ``inputs`` and ``s`` are not of one kind.

    References
    ----------
    Li et al. (2024), 30th IIOA conference, §3.1: the production function, with constant returns,
    α + β + Σ s = 1. Jorgenson, Gollop & Fraumeni (1987), *Productivity and U.S. Economic Growth*,
    ch. 2.

    Examples
    --------
    >>> index = [2000, 2001]
    >>> y = pd.DataFrame({"steel": [1.0, 1.1]}, index=index)
    >>> k, l, x = (pd.DataFrame({"steel": [1.0, v]}, index=index) for v in (1.1, 1.0, 1.1))
    >>> a, b, s = (pd.Series({"steel": share}) for share in (0.3, 0.2, 0.5))
    >>> round(float(tfp_growth(y, k, l, x, alpha=a, beta=b, s=s).loc[2001, "steel"]), 6)
    0.019062
    >>> round(0.2 * float(np.log(1.1)), 6)
    0.019062
    """
    base = check_panel(output, "output", at_least=2)
    years, labels = base.index, list(base.columns)
    growth = _log_steps(base, base, "output")
    closure = np.zeros_like(growth)
    rest = growth.copy()
    for quantity, share, what in ((capital, alpha, "capital"), (labour, beta, "labour")):
        mean = _mean_share(share, base, f"share of {what}")
        rest -= mean * _log_steps(quantity, base, what)
        closure += mean
    if isinstance(inputs, pd.DataFrame):
        if not isinstance(s, pd.Series | pd.DataFrame):
            raise InputError("s: inputs are given by sector, so their shares must be a panel.")
        mean = _mean_share(s, base, "share of inputs")
        rest -= mean * _log_steps(inputs, base, "inputs")
        closure += mean
    else:
        by_year = isinstance(s, pd.DataFrame) and list(s.index) == list(years)
        if isinstance(s, pd.Series) or by_year:
            raise InputError("s: inputs are given by supplier, so their shares must be a matrix.")
        effect, mean = _by_supplier(inputs, s, years, labels)
        rest -= effect
        closure += mean
    _require_closure(closure, tolerance, years[1:], labels)
    return to_panel(rest, years[1:], labels)


def misfit(dlny: pd.DataFrame, S: Network, W: Network, g: pd.DataFrame) -> Misfit:
    """Compare the growth of output with what progress and its spillovers explain, ψ g.

    What is left over is growth of factors, changes of the networks, and all in which the
    economy is not that of the theory.

    Parameters
    ----------
    dlny : pandas.DataFrame, shape (T, N)
        Growth of real gross output in log points; years, consecutive, by sectors.
    S, W, g
        As in :func:`~spillgraph.analytics.account`; g of the same years as dlny.

    Returns
    -------
    Misfit
        Years and sectors in the order of g.

    Raises
    ------
    InputError, ClosedClassError
        As :func:`~spillgraph.analytics.account`; or if dlny has other years or sectors.

    References
    ----------
    Li et al. (2024), 30th IIOA conference, §3.2: d ln y = ψ g, where factor inputs do not change.

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import S, W
    >>> g = pd.DataFrame({"steel": [0.27], "cars": [0.0]}, index=[2001])
    >>> dlny = pd.DataFrame({"steel": [0.5], "cars": [0.2]}, index=[2001])
    >>> misfit(dlny, S, W, g).summary["mean"].abs().round(9).to_dict()
    {'steel': 0.05, 'cars': 0.0}
    """
    fitted = account(S, W, g).dlny
    observed = check_panel(dlny, "dlny", list(fitted.columns))
    require_same_years(observed, fitted.index, "dlny")
    left = observed - fitted
    summary = pd.DataFrame(
        {
            "mean": left.mean(),
            "root_mean_square": np.sqrt((left**2).mean()),
            "largest": left.abs().max(),
            "correlation": _correlation(observed.to_numpy(), fitted.to_numpy()),
        }
    )
    return Misfit(left, fitted, summary)


def _log_steps(quantity: pd.DataFrame, base: pd.DataFrame, what: str) -> Vector:
    """Δ ln of a panel of quantities, in the order of the base panel."""
    panel = check_panel(quantity, what, list(base.columns))
    require_same_years(panel, base.index, what)
    values = panel.to_numpy()
    low = np.argwhere(values <= 0)
    if len(low):
        t, i = low[0]
        raise InputError(
            f"{what}: {panel.columns[i]!r} has {values[t, i]:g} in {panel.index[t]}; a quantity "
            "above 0 is needed to take its logarithm. Shorten the panel or leave the sector out."
        )
    steps: Vector = np.diff(np.log(values), axis=0)
    return steps


def _mean_share(share: Share, base: pd.DataFrame, what: str) -> Vector:
    """Mean of each two neighbouring years, shape (T − 1, N)."""
    if isinstance(share, pd.Series):
        fixed = by_label(share, tuple(base.columns), what)
        return np.tile(fixed, (len(base) - 1, 1))
    panel = check_panel(share, what, list(base.columns))
    require_same_years(panel, base.index, what)
    values = panel.to_numpy()
    mean: Vector = (values[1:] + values[:-1]) / 2
    return mean


def _by_supplier(
    inputs: Mapping[int, MatrixLike], s: Network, years: pd.Index[int], labels: list[str]
) -> tuple[Vector, Vector]:
    """Σ_j s̄_ij Δ ln x_ij and Σ_j s̄_ij of every step, each of shape (T − 1, N)."""
    quantities = networks_of(inputs, years, labels, "inputs")
    shares = networks_of(s, years, labels, "s")
    effect = np.zeros((len(years) - 1, len(labels)))
    total = np.zeros_like(effect)
    for t in range(len(years) - 1):
        mean = (shares[t].values + shares[t + 1].values).toarray() / 2
        used = mean > 0
        before, after = (quantities[t + k].values.toarray() for k in (0, 1))
        bad = np.argwhere(used & ((before <= 0) | (after <= 0)))
        if len(bad):
            i, j = bad[0]
            raise InputError(
                f"inputs: {labels[i]!r} uses {before[i, j]:g} of {labels[j]!r} in {years[t]} and "
                f"{after[i, j]:g} in {years[t + 1]}; an input with a share needs a quantity above "
                "0 in both years. Set its share to 0 in both, or give inputs by sector."
            )
        step = np.log(np.where(used, after, 1.0) / np.where(used, before, 1.0))
        effect[t], total[t] = (mean * step).sum(axis=1), mean.sum(axis=1)
    return effect, total


def _require_closure(
    closure: Vector, tolerance: float, years: pd.Index[int], labels: list[str]
) -> None:
    """Refuse shares that do not exhaust output: money in place of shares is the usual cause."""
    bad = np.argwhere(np.abs(closure - 1) > tolerance)
    if len(bad):
        t, i = bad[0]
        raise InputError(
            f"shares: those of {labels[i]!r} add up to {closure[t, i]:.6g} in {years[t]}; shares "
            f"of gross output that add up to 1 within {tolerance:g} are needed. Divide costs by "
            "the value of output, or allow more with tolerance."
        )


def _correlation(first: Vector, second: Vector) -> Vector:
    """Correlation over time of each sector; NaN where one side does not vary."""
    a, b = first - first.mean(axis=0), second - second.mean(axis=0)
    size = np.sqrt((a**2).sum(axis=0) * (b**2).sum(axis=0))
    answer = np.full(size.shape, np.nan)
    np.divide((a * b).sum(axis=0), size, out=answer, where=size > 0)
    return answer
