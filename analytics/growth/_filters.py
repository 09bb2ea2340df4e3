"""From levels of technology or output back to g, the progress before any spillover."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from ...core.matrix import LabelledMatrix
from ..linalg._labels import Vector
from ._panels import Network, check_panel, networks_of, to_panel

__all__ = ["filter_output", "filter_tfp", "rewiring"]


def filter_tfp(lnA: pd.DataFrame, W: Network) -> pd.DataFrame:
    """Take out of the growth of technology what came through citations.

    One W for all years: g_t = (I − W) Δ ln A_t. A network for each year: the exact
    g_t = Δ[(I − W_t) ln A_t], which is (I − W_t) Δ ln A_t less :func:`rewiring`. Then the level
    of ln A counts, not its changes alone: with index numbers the base year becomes part of the
    answer.

    Parameters
    ----------
    lnA : pandas.DataFrame, shape (T, N)
        Logarithm of the technology of each sector; years, consecutive, by sectors.
    W : LabelledMatrix, or mapping of int to LabelledMatrix, each shape (N, N)
        Citation shares, [citing, cited]; one for all years, or one for each year of lnA, the
        first included.

    Returns
    -------
    pandas.DataFrame, shape (T − 1, N)
        g in log points; the row of a year is the step to it from the year before.

    Raises
    ------
    InputError
        If labels differ, a year has no network, years are not consecutive or fewer than two,
        or a number is not finite.

    References
    ----------
    ln A_t = ln A_0 + δ1 t + δ2 t² + μ_t + W_t ln A_t: Li et al. (2024), 30th IIOA conference,
    §3.2, in logarithms.

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import W
    >>> lnA = pd.DataFrame({"steel": [1.0, 1.3], "cars": [2.0, 2.2]}, index=[2000, 2001])
    >>> filter_tfp(lnA, W).round(9).loc[2001].to_dict()
    {'steel': 0.22, 'cars': 0.125}
    """
    levels, networks = _levels(lnA, W)
    step = np.diff(levels.to_numpy(), axis=0)
    learnt = [M.values @ row for M, row in zip(networks[1:], step, strict=True)]
    g = step - np.array(learnt) - _rewire(levels, networks)
    return to_panel(g, levels.index[1:], levels.columns)


def rewiring(lnA: pd.DataFrame, W: Network) -> pd.DataFrame:
    """What a change of the network itself adds to technology, (W_t − W_{t−1}) ln A_{t−1}.

    The part of growth that the exact filter leaves to neither progress nor spillover:
    d ln A = (I − W_t)⁻¹ (g + rewiring). To account for all of d ln A, add it to g.

    Parameters
    ----------
    lnA, W
        As in :func:`filter_tfp`.

    Returns
    -------
    pandas.DataFrame, shape (T − 1, N)
        Log points; 0 where W does not change. It depends on the level of ln A.

    Raises
    ------
    InputError
        As :func:`filter_tfp`.

    References
    ----------
    Li et al. (2024), 30th IIOA conference, §3.2, keep W constant. Where it varies, the difference
    of (I − W_t) ln A_t has this term, too.

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import W
    >>> wider = LabelledMatrix.build("W", [[0, 0.5], [0.25, 0]], ["steel", "cars"])
    >>> lnA = pd.DataFrame({"steel": [1.0, 1.3], "cars": [2.0, 2.2]}, index=[2000, 2001])
    >>> rewiring(lnA, {2000: W, 2001: wider}).round(9).loc[2001].to_dict()
    {'steel': 0.2, 'cars': 0.0}
    """
    levels, networks = _levels(lnA, W)
    return to_panel(_rewire(levels, networks), levels.index[1:], levels.columns)


def filter_output(lny: pd.DataFrame, S: Network, W: Network) -> pd.DataFrame:
    """Take out of the growth of output what came through inputs and citations.

    g_t = (I − W_t)(I − S_t) Δ ln y_t, the exact inverse of ψ_t. It is progress only where factor
    inputs are constant; where they grow, their growth ends up in g. Then start from technology:
    :func:`~spillgraph.analytics.tfp_growth` and :func:`filter_tfp`.

    Parameters
    ----------
    lny : pandas.DataFrame, shape (T, N)
        Logarithm of real gross output; years, consecutive, by sectors.
    S : LabelledMatrix, or mapping of int to LabelledMatrix, each shape (N, N)
        Production shares of gross output, [user, supplier]; one for all years, or one for each
        year of lny but the first.
    W : LabelledMatrix, or mapping of int to LabelledMatrix, each shape (N, N)
        Citation shares, [citing, cited]; as S.

    Returns
    -------
    pandas.DataFrame, shape (T − 1, N)
        g in log points; the row of a year is the step to it from the year before.

    Raises
    ------
    InputError
        As :func:`filter_tfp`.

    References
    ----------
    Li et al. (2024), 30th IIOA conference, §3.2: d ln y = ψ g, so g = (I − W)(I − S) d ln y.

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import S, W
    >>> lny = pd.DataFrame({"steel": [0.0, 0.45], "cars": [0.0, 0.2]}, index=[2000, 2001])
    >>> abs(filter_output(lny, S, W)).round(9).loc[2001].to_dict()
    {'steel': 0.27, 'cars': 0.0}
    """
    levels = check_panel(lny, "lny", at_least=2)
    years, labels = levels.index[1:], levels.columns
    technology = _filter_rows(
        np.diff(levels.to_numpy(), axis=0), networks_of(S, years, labels, "S")
    )
    return to_panel(_filter_rows(technology, networks_of(W, years, labels, "W")), years, labels)


def _levels(lnA: pd.DataFrame, W: Network) -> tuple[pd.DataFrame, list[LabelledMatrix]]:
    """Return the panel and the network of each of its years."""
    levels = check_panel(lnA, "lnA", at_least=2)
    return levels, networks_of(W, levels.index, levels.columns, "W")


def _rewire(levels: pd.DataFrame, networks: list[LabelledMatrix]) -> Vector:
    """(W_t − W_{t−1}) ln A_{t−1}, exactly 0 where both years share one network."""
    before = levels.to_numpy()[:-1]
    change = np.zeros_like(before)
    for t, (old, new) in enumerate(pairwise(networks)):
        if new is not old:
            change[t] = (new.values - old.values) @ before[t]
    return change


def _filter_rows(growth: Vector, networks: list[LabelledMatrix]) -> Vector:
    """(I − M_t) applied to the row of each year."""
    received = [M.values @ row for M, row in zip(networks, growth, strict=True)]
    left: Vector = growth - np.array(received)
    return left
