"""Directional technological proximity: where j is strong, how often is k?"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
from scipy import sparse

from ...core.errors import InputError, nearest, show
from ...core.labelled import MatrixLike, as_labelled
from ...core.matrix import LabelledMatrix
from ..linalg._labels import Vector
from ..networks import citation_shares

__all__ = ["Method", "directional_proximity"]

Method: TypeAlias = Literal["rta", "presence", "citation"]
METHODS = ("rta", "presence", "citation")
#: So much of a share is rounding: an industry exactly as strong as on average is present.
ROUNDING = 1e-12


def directional_proximity(P: MatrixLike, method: Method = "rta") -> pd.DataFrame:
    """Return how much industry j depends on the technology of k, Tech_{j→k}.

    By presence, Tech_{j→k} = Σ_c M_cj M_ck / Σ_c M_cj: the share of units in which k is present, of
    those in which j is. Where that is near 1, j is nowhere without k: j depends on k. An industry
    is present in a unit where its revealed technological advantage RTA_cj = (P_cj / P_c) / (P_j /
    P) is at least 1. By citation, it is the share of the citations made by j that goes to k.

    Parameters
    ----------
    P : DataFrame, LabelledMatrix, array_like or sparse array, shape (C, N)
        - ``rta``: patents (or another size, not negative) of industries in units: region-years or
          firms in rows.
        - ``presence``: 1 (or true) where the industry is present in the unit, else 0.
        - ``citation``, shape (N, N): citations that j (row) made to k (column), own ones on the
          diagonal.
    method : {"rta", "presence", "citation"}
        What ``P`` is, and what is made of it.

    Returns
    -------
    pandas.DataFrame, shape (N, N)
        Tech_{j→k}, j in rows (``receiver``), k in columns (``source``), 0 to 1. The row of an
        industry that is present nowhere, or that cites nobody, is NaN. By presence the diagonal is
        1; by citation it is the own share, and a row sums to 1.

    Raises
    ------
    InputError
        If a cell is negative or missing, a presence is neither 0 nor 1, or labels repeat.

    Notes
    -----
    Exact, with u_j the number of units in which j is present: u_j Tech_{j→k} = u_k Tech_{k→j}, and
    min(Tech_{j→k}, Tech_{k→j}) is the proximity of Hidalgo et al. A unit without any patent is one
    in which nobody is present.

    References
    ----------
    Hidalgo, Klinger, Barabási and Hausmann (2007), *Science* 317, 482–487, whose proximity is the
    smaller one of the two directions. Chen and Liu (2025), *Frontiers of Economics in China* 20(3),
    344–375, equation (9), keep the direction in an appendix that is not public: this formula, and
    citations in its place, are this project's reading.

    Examples
    --------
    Cars are strong only where steel is, and steel in one more region.

    >>> regions = ["north", "south", "east", "west"]
    >>> numbers = {"steel": [9, 8, 7, 0], "cars": [9, 8, 0, 0], "tea": [1, 1, 3, 9]}
    >>> tech = directional_proximity(pd.DataFrame(numbers, regions))
    >>> tech.loc["cars", "steel"], round(tech.loc["steel", "cars"], 3)
    (np.float64(1.0), np.float64(0.667))
    >>> from spillgraph.analytics.steel_and_cars import K
    >>> directional_proximity(K, "citation").to_numpy().tolist()
    [[0.6, 0.4], [0.25, 0.75]]
    """
    if method not in METHODS:
        raise InputError(f"method: got {show(method)}. {nearest(str(method), METHODS)}")
    if method == "citation":
        return _shares_of_citations(P)
    units = as_labelled(P, "P")
    present = _presence(units) if method == "rta" else _require_presence(units)
    both = (present.T @ present).toarray()
    u = np.diag(both)[:, None]
    share = np.divide(both, u, out=np.full(both.shape, np.nan), where=u > 0)
    return _frame(share, units.columns)


def _presence(P: LabelledMatrix) -> sparse.csr_array:
    """Return 1 where RTA ≥ 1, compared as P_cj P ≥ P_c P_j, which whole numbers leave exact."""
    _refuse(P, ~(np.isfinite(P.values.data) & (P.values.data >= 0)), "a size that is not negative")
    cells = P.values.tocoo()
    of_unit, of_industry = P.values.sum(axis=1), P.values.sum(axis=0)
    average = of_unit[cells.row] * of_industry[cells.col]
    strong = cells.data * P.sum() >= average * (1.0 - ROUNDING)
    where = (cells.row[strong], cells.col[strong])
    return sparse.csr_array((np.ones(int(strong.sum())), where), shape=P.shape)


def _require_presence(P: LabelledMatrix) -> sparse.csr_array:
    _refuse(P, P.values.data != 1.0, "0 or 1")
    return P.values


def _refuse(P: LabelledMatrix, bad: Any, needed: str) -> None:
    odd = np.flatnonzero(bad)
    if odd.size:
        cells, at = P.values.tocoo(), odd[0]
        raise InputError(
            f"P: row {show(P.rows[cells.row[at]])}, column {show(P.columns[cells.col[at]])} holds "
            f"{cells.data[at]:g}; {needed} is needed. Correct it, or leave the row out."
        )


def _shares_of_citations(K: MatrixLike) -> pd.DataFrame:
    """Return shares of all citations made: W with the own shares on its diagonal."""
    shares = citation_shares(K)
    values = shares.W.values.toarray()
    np.fill_diagonal(values, shares.own.to_numpy())
    values[np.isnan(shares.own.to_numpy())] = np.nan
    return _frame(values, shares.W.rows)


def _frame(values: Vector, labels: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame(values, pd.Index(labels, name="receiver"), pd.Index(labels, name="source"))
