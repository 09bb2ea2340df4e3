"""One network of many countries: what stays at home and what crosses a border."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from ...core.labelled import MatrixLike
from ..linalg._labels import Vector, texts_by_label
from ..linalg._leakage import Leak
from ..linalg._operands import check_operands
from ..linalg._resolvent import Method, Resolvent, choose_method
from ._psi import put_back

__all__ = ["CROSSINGS", "BorderDecomposition", "decompose_by_border"]

#: Where a chain crosses a border: nowhere, with goods alone, with knowledge alone, with both.
CROSSINGS = ("domestic", "production", "innovation", "both")


@dataclass(frozen=True, slots=True)
class BorderDecomposition:
    """Row and column sums of ψ by where their chains cross borders, and by country.

    Parameters
    ----------
    benefit : pandas.DataFrame, shape (N, 4)
        ψ1 in %, split: ``domestic`` chains never leave their country (the rise itself is one);
        ``production`` chains cross a border with goods and never with knowledge; ``innovation``
        the other way round; ``both`` do both. The four sum to ψ1 and none is negative.
    contribution : pandas.DataFrame, shape (N, 4)
        1'ψ in % summed over sectors, split alike.
    origin : pandas.DataFrame, shape (N, C), a column for each country
        What sector i gains from 1% in all sectors of a country, Σ_{j in c} ψ_ij, in %; the
        columns sum to ψ1.
    residual : float
        Largest entry of (I − W)(I − S) ψ1 − 1, with ψ1 the sum of the four, and of its transpose
        with the contributions; 0 but for rounding.
    """

    benefit: pd.DataFrame
    contribution: pd.DataFrame
    origin: pd.DataFrame
    residual: float


def decompose_by_border(
    S: MatrixLike,
    W: MatrixLike,
    country: pd.Series[str],
    *,
    own_leak: Leak = None,
    method: Method | None = None,
) -> BorderDecomposition:
    """Split the sums of ψ of a multi-country network into domestic and foreign channels.

    With S = S_d + S_f and W = W_d + W_f (within and between countries), U_d = (I − S_d)⁻¹ and
    V_d = (I − W_d)⁻¹:

    ψ = U_d V_d + U S_f U_d V_d + U_d V W_f V_d + U S_f U_d V W_f V_d.

    Parameters
    ----------
    S, W : LabelledMatrix, shape (N, N)
        Shares between sectors of countries; of W only the diagonal, a sector of a country with
        itself, is empty.
    country : pandas.Series, length N
        Country of each sector, indexed by its label.
    own_leak, method
        As in :func:`~spillgraph.analytics.psi`.

    Returns
    -------
    BorderDecomposition
        In the order of ``S.rows``; countries in the order of their first sector.

    Raises
    ------
    InputError
        If labels differ or a country is missing; else as :func:`~spillgraph.analytics.psi`.
    ClosedClassError
        As :func:`~spillgraph.analytics.psi`.

    References
    ----------
    ψ is that of Li et al. (2024), 30th IIOA conference, §3.2, with the sectors of all countries in
    one network. The split uses U − U_d = U S_f U_d, so no difference of large numbers is taken.

    Examples
    --------
    >>> from spillgraph.core.matrix import LabelledMatrix
    >>> labels = ["US steel", "DE steel"]
    >>> S = LabelledMatrix.build("S", [[0.2, 0.2], [0.0, 0.5]], labels)
    >>> W = LabelledMatrix.build("W", [[0.0, 0.5], [0.0, 0.0]], labels)
    >>> parts = decompose_by_border(S, W, pd.Series({"US steel": "US", "DE steel": "DE"}))
    >>> parts.benefit.loc["US steel"].round(9).to_dict()
    {'domestic': 1.25, 'production': 0.5, 'innovation': 0.625, 'both': 0.0}
    >>> parts.origin.loc["US steel"].round(9).to_dict()
    {'US': 1.25, 'DE': 1.125}
    """
    S, W, _, _ = check_operands(S, W, own_leak)
    places = texts_by_label(country, S.rows, "country")
    names, where = np.unique(places, return_inverse=True)
    how = method or choose_method(len(S.rows))
    S_d, S_f = _split(S.values, where)
    W_d, W_f = _split(W.values, where)
    U, U_d = Resolvent(S.values, how), Resolvent(S_d, how)
    V, V_d = Resolvent(W.values, how), Resolvent(W_d, how)
    home = U_d.solve(V_d.reach)
    learned = V.solve(W_f @ V_d.reach)  # (V − V_d) 1
    abroad = U_d.solve(learned)
    rows = (home, U.solve(S_f @ home), abroad, U.solve(S_f @ abroad))
    index = pd.Index(S.rows, name="label")
    order = np.argsort([int(np.argmax(where == c)) for c in range(len(names))])
    members = (where[:, None] == order[None, :]).astype(np.float64)
    benefit = pd.DataFrame(dict(zip(CROSSINGS, rows, strict=True)), index=index)
    contribution = pd.DataFrame(_columns(U, U_d, S_f, V, V_d, W_f), index=index)
    sums = benefit.sum(axis=1).to_numpy(), contribution.sum(axis=1).to_numpy()[:, None]
    return BorderDecomposition(
        benefit,
        contribution,
        pd.DataFrame(
            U.solve(V.solve(members)), index=index, columns=pd.Index(names[order], name="country")
        ),
        put_back(U, V, *sums, np.ones_like(sums[1])),
    )


def _split(
    values: sparse.csr_array, where: np.ndarray
) -> tuple[sparse.csr_array, sparse.csr_array]:
    """Part a network into what stays within a country and what crosses a border."""
    coo = sparse.coo_array(values)
    inside = where[coo.row] == where[coo.col]
    halves = [
        sparse.csr_array((coo.data[part], (coo.row[part], coo.col[part])), shape=values.shape)
        for part in (inside, ~inside)
    ]
    return halves[0], halves[1]


def _columns(
    U: Resolvent,
    U_d: Resolvent,
    S_f: sparse.csr_array,
    V: Resolvent,
    V_d: Resolvent,
    W_f: sparse.csr_array,
) -> dict[str, Vector]:
    """Column sums of the four parts: first through goods, then through knowledge."""
    ones = np.ones_like(U.reach)
    bought = U_d.solve(ones, transposed=True)  # U_d'1
    sold = U_d.solve(S_f.T @ U.solve(ones, transposed=True), transposed=True)  # (U − U_d)'1
    domestic, innovation = _teach(V, V_d, W_f, bought)
    production, both = _teach(V, V_d, W_f, sold)
    return dict(zip(CROSSINGS, (domestic, production, innovation, both), strict=True))


def _teach(
    V: Resolvent, V_d: Resolvent, W_f: sparse.csr_array, start: Vector
) -> tuple[Vector, Vector]:
    """Pass column sums on through knowledge: at home alone, and across borders at least once."""
    home = V_d.solve(start, transposed=True)
    return home, V_d.solve(W_f.T @ V.solve(start, transposed=True), transposed=True)
