"""Brokers: who stands between communities."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from ...core.labelled import MatrixLike
from ..linalg._labels import Vector, require_flows, square, texts_by_label
from ._communities import Communities
from ._constraint import constraint
from ._leiden import Members
from ._participation import participation, within_z
from ._perturb import without_own
from ._roles import ROLES, roles

__all__ = ["brokers"]


def brokers(M: MatrixLike, partition: Communities | pd.Series[Any]) -> pd.DataFrame:
    """Measure how every industry stands within its community and between the others.

    In is what others draw from an industry, as a source; out is what it draws, as a receiver. Own
    links count in none of it.

    Parameters
    ----------
    M : LabelledMatrix, shape (N, N)
        Flows or shares, not negative; rows receivers, columns sources. Of a network in which
        nearly everybody draws on everybody nearly every pair is linked, and little is left to
        broker: give a backbone.
    partition : Communities, or pandas.Series of length N
        Of :func:`communities`; or any grouping of the industries, indexed by label.

    Returns
    -------
    pandas.DataFrame, shape (N, 18), indexed by ``label``
        ``community``, as text; ``participation_in`` and ``participation_out``, 1 − Σ (share with
        each community)², 0 if all is with one, NaN without links; ``within_z_in`` and
        ``within_z_out``, the strength inside the own community as a standard score among its
        members, NaN where all are equal; ``constraint`` (Burt), low at structural holes, NaN
        without partners. For each role of Gould and Fernandez – ``coordinator``, ``gatekeeper``,
        ``representative``, ``consultant``, ``liaison`` – the number of paths source → industry →
        receiver whose ends have no flow from one to the other, and in ``…_weight`` the sum of the
        products of the two weights, in the unit squared: of shares what the paths pass on.
        ``paths`` is the number of all, ``role`` that of which it has most, the first of equals,
        empty without paths.

    Raises
    ------
    InputError
        If receivers and sources differ, an entry is negative or not finite, or an industry has no
        community.

    References
    ----------
    Guimerà & Amaral (2005), *Nature* 433, 895–900; Burt (1992), *Structural Holes*; Gould &
    Fernandez (1989), *Sociological Methodology* 19, 89–126.

    Examples
    --------
    >>> from spillgraph.core.matrix import LabelledMatrix
    >>> labels = ["ore", "steel", "cars"]
    >>> S = LabelledMatrix.build("S", [[0, 0, 0], [0.5, 0, 0], [0, 0.4, 0]], labels)
    >>> table = brokers(S, pd.Series(["metal", "metal", "vehicles"], labels))
    >>> table.loc["steel", "role"], float(table.loc["steel", "representative_weight"])
    ('representative', 0.2)
    """
    matrix = square(M)
    require_flows(matrix)
    groups = partition.table["community"] if isinstance(partition, Communities) else partition
    texts = texts_by_label(groups, matrix.rows, "partition")
    members: Members = np.unique(texts, return_inverse=True)[1].astype(np.int64)
    drawn = without_own(matrix.values)
    given = sparse.csr_array(drawn.T)
    counts, weights = _paths(drawn, members)
    most = np.argmax(np.column_stack(list(counts.values())), axis=1)
    paths = sum(counts.values())
    columns: dict[str, Any] = {
        "community": texts,
        "participation_in": participation(given, members),
        "participation_out": participation(drawn, members),
        "within_z_in": within_z(given, members),
        "within_z_out": within_z(drawn, members),
        "constraint": constraint(drawn),
        **counts,
        **{f"{role}_weight": weight for role, weight in weights.items()},
        "paths": paths,
        "role": np.where(paths > 0, np.array(list(ROLES))[most], ""),
    }
    return pd.DataFrame(columns, index=pd.Index(matrix.rows, name="label"))


def _paths(
    drawn: sparse.csr_array, members: Members
) -> tuple[dict[str, np.ndarray], dict[str, Vector]]:
    """Numbers of paths by role, and their weights, which are 0 where there are none."""
    ones = drawn.copy()
    ones.data[:] = 1.0
    counts = {role: np.rint(count).astype(np.int64) for role, count in roles(ones, members).items()}
    weights = {
        role: np.where(counts[role] > 0, np.maximum(weight, 0.0), 0.0)
        for role, weight in roles(drawn, members).items()
    }
    return counts, weights
