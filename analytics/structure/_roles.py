"""Roles of a broker (Gould & Fernandez 1989), counted and weighed."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from ..linalg._labels import Vector
from ._leiden import Members, belongs
from ._margins import ends
from ._triples import through

__all__ = ["ROLES", "roles"]

#: Whether source, and receiver, are of the broker's community, and whether these two share one.
ROLES = {
    "coordinator": (True, True, True),
    "gatekeeper": (False, True, False),
    "representative": (True, False, False),
    "consultant": (False, False, True),
    "liaison": (False, False, False),
}


def roles(values: sparse.csr_array, members: Members) -> dict[str, Vector]:
    """Sum over paths source → broker → receiver whose ends have no link of their own.

    What flows along M[b, s] and then M[r, b], with no flow from s straight to r, goes through b.
    By communities a broker is a ``coordinator`` (all three of one), ``gatekeeper`` (lets in from
    outside: b and r of one), ``representative`` (brings out: s and b of one), ``consultant`` (s
    and r of one, b of another) or ``liaison`` (three of three).

    Parameters
    ----------
    values : scipy.sparse.csr_array, shape (N, N)
        Weights, positive, rows receivers, without links of a node with itself.
    members : ndarray of int, shape (N,)
        Communities.

    Returns
    -------
    dict of str to ndarray, each shape (N,)
        For each role the product M[b, s] M[r, b] summed over its paths. Give ones for a count.

    References
    ----------
    Gould & Fernandez (1989), *Sociological Methodology* 19, 89–126.

    Examples
    --------
    >>> line = sparse.csr_array([[0, 0, 0], [2.0, 0, 0], [0, 3.0, 0]])  # 0 → 1 → 2
    >>> found = roles(line, np.array([0, 0, 1]))
    >>> {role: sums[1].item() for role, sums in found.items() if sums.any()}
    {'representative': 6.0}
    """
    drawn, given = _split(values, members), _split(sparse.csr_array(values.T), members)
    # Links from s to r, [s, r].
    direct = _split(sparse.csr_array(values.T.astype(bool).astype(np.float64)), members)
    return {
        role: _all_paths(drawn[s], given[r], members, same)
        - through(drawn[s], direct[same], given[r])
        for role, (s, r, same) in ROLES.items()
    }


def _split(values: sparse.csr_array, members: Members) -> dict[bool, sparse.csr_array]:
    """Links within communities (True), and between them."""
    row, column = ends(values)
    same = members[row] == members[column]
    return {
        within: sparse.csr_array(
            (values.data[chosen], (row[chosen], column[chosen])), shape=values.shape
        )
        for within, chosen in ((True, same), (False, ~same))
    }


def _all_paths(
    drawn: sparse.csr_array, given: sparse.csr_array, members: Members, same: bool
) -> Vector:
    """Sum of all products between two, linked or not, of one community or of different ones."""
    community = belongs(members)
    within = np.asarray((drawn @ community).multiply(given @ community).sum(axis=1)).ravel()
    if same:  # there and back is no path between two
        paths: Vector = within - np.asarray(drawn.multiply(given).sum(axis=1)).ravel()
    else:
        strength = [np.asarray(each.sum(axis=1)).ravel() for each in (drawn, given)]
        paths = strength[0] * strength[1] - within
    return paths
