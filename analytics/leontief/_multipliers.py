"""Leontief and Ghosh multipliers, and the linkages that are made of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ...core.labelled import MatrixLike
from ..linalg._labels import Vector, by_label, series
from ..linalg._operands import check_production
from ..linalg._resolvent import Resolvent, choose_method

__all__ = ["KINDS", "ghosh_multipliers", "linkages", "output_multipliers"]

#: What a sector is by its normalised linkages, backward and forward, each above 1 or not.
KINDS = {
    (True, True): "key",
    (True, False): "backward",
    (False, True): "forward",
    (False, False): "independent",
}


def output_multipliers(S: MatrixLike) -> pd.Series[float]:
    """Gross output, everywhere, for one unit of final demand of a sector.

    Parameters
    ----------
    S : LabelledMatrix, shape (N, N)
        Production shares of gross output, [user, supplier].

    Returns
    -------
    pandas.Series, length N
        Row sums of U = (I − S)⁻¹, the column sums of the Leontief inverse (I − A)⁻¹, A = S'.

    Raises
    ------
    InputError
        If an entry is negative or not finite, or the spectral radius is 1 or more.
    ClosedClassError
        If sectors buy everything from each other.

    References
    ----------
    Miller & Blair (2009), *Input–Output Analysis*, 2nd ed., §6.2.1.

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import S
    >>> output_multipliers(S).round(12).to_dict()
    {'steel': 2.0, 'cars': 2.0}
    """
    S = check_production(S)
    U = Resolvent(S.values, choose_method(len(S.rows)))
    return series(U.reach, S.rows, "output_multiplier")


def ghosh_multipliers(S: MatrixLike, output: Any) -> pd.Series[float]:
    """Gross output, everywhere, that one unit of primary inputs of a sector goes through.

    Parameters
    ----------
    S : LabelledMatrix, shape (N, N)
        Production shares of gross output, [user, supplier].
    output : pandas.Series, length N
        Gross output x, any unit.

    Returns
    -------
    pandas.Series, length N
        Row sums of the Ghosh inverse (I − B)⁻¹, b_ij = z_ij / x_i, the share of i's output that j
        buys; NaN without output. Equal to upstreamness where nothing is traded.

    Raises
    ------
    InputError, ClosedClassError
        As :func:`output_multipliers`, and if labels differ.

    References
    ----------
    Ghosh (1958), *Economica* 25, 58–64; Miller & Blair (2009), §12.1.

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import S, output
    >>> ghosh_multipliers(S, output["gross_output"]).mul(9).round(9).to_dict()
    {'steel': 16.0, 'cars': 19.0}
    """
    S = check_production(S)
    x = by_label(output, S.rows, "output")
    U = Resolvent(S.values, choose_method(len(x)))
    return series(sell_on(U, x), S.rows, "ghosh_multiplier")


def sell_on(U: Resolvent, x: Vector) -> Vector:
    """Return row sums of the Ghosh inverse, which is diag(x)⁻¹ U' diag(x); NaN without output."""
    total = U.solve(x, transposed=True)
    sums: Vector = np.divide(total, x, out=np.full(len(x), np.nan), where=x > 0)
    return sums


def linkages(S: MatrixLike, output: Any) -> pd.DataFrame:
    """Backward and forward linkages, direct and total, and which sectors are key.

    Parameters
    ----------
    S : LabelledMatrix, shape (N, N)
        Production shares of gross output, [user, supplier].
    output : pandas.Series, length N
        Gross output x, any unit.

    Returns
    -------
    pandas.DataFrame, N rows
        - ``direct_backward``, ``direct_forward``: S1, inputs over output; and B1, intermediate
          sales over output (Chenery & Watanabe 1958).
        - ``total_backward``, ``total_forward``: output multiplier and Ghosh multiplier.
        - ``direct_backward_linkage``, ``direct_forward_linkage``, ``backward_linkage``,
          ``forward_linkage``: these over their means among sectors with output; above 1 is above
          average. NaN without output.
        - ``sensitivity``: column sums of U over their mean, Rasmussen's forward index, which
          weights a large and a small user alike; NaN without output.
        - ``kind``: by ``backward_linkage`` and ``forward_linkage``: ``key`` (both above 1),
          ``backward``, ``forward``, ``independent``; None without output.

    Raises
    ------
    InputError, ClosedClassError
        As :func:`output_multipliers`, and if labels differ.

    References
    ----------
    Rasmussen (1956), *Studies in Inter-sectoral Relations*, ch. 8; Beyers (1976) and Jones (1976)
    for Ghosh's inverse in forward linkages; Miller & Blair (2009), §12.2.1–12.2.4.

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import S, output
    >>> table = linkages(S, output["gross_output"])
    >>> table["forward_linkage"].mul(35).round(9).to_dict()
    {'steel': 32.0, 'cars': 38.0}
    >>> table["direct_forward"].round(12).to_dict()
    {'steel': 0.4, 'cars': 0.55}
    """
    S = check_production(S)
    x = by_label(output, S.rows, "output")
    return link(Resolvent(S.values, choose_method(len(x))), x, S.rows)


def link(U: Resolvent, x: Vector, labels: tuple[str, ...]) -> pd.DataFrame:
    """Return :func:`linkages` of a network that is factored already."""
    ones = np.ones(len(x))
    sold = U.multiply(x, transposed=True)
    raw = {
        "direct_backward": U.multiply(ones),
        "direct_forward": np.divide(sold, x, out=np.full(len(x), np.nan), where=x > 0),
        "total_backward": U.reach,
        "total_forward": sell_on(U, x),
    }
    names = (
        "direct_backward_linkage",
        "direct_forward_linkage",
        "backward_linkage",
        "forward_linkage",
    )
    table = dict(raw)
    for name, values in zip(names, raw.values(), strict=True):
        table[name] = _over_mean(values, x)
    table["sensitivity"] = _over_mean(U.solve(ones, transposed=True), x)
    frame = pd.DataFrame(table, index=pd.Index(labels, name="label"))
    ends = zip(table["backward_linkage"], table["forward_linkage"], strict=True)
    frame["kind"] = pd.Series(
        [None if np.isnan(back + ahead) else KINDS[back > 1, ahead > 1] for back, ahead in ends],
        index=frame.index,
        dtype=object,
    )
    return frame


def _over_mean(values: Vector, x: Vector) -> Vector:
    """Divide by the mean of sectors that produce: one that does not has a multiplier of 1."""
    known = values[x > 0]
    mean = known.mean() if known.size else np.nan
    over: Vector = values / mean if mean else np.full(len(values), np.nan)
    return np.where(x > 0, over, np.nan)
