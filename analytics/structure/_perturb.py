"""Networks as they might have been recorded: links drawn anew, links missing, or anybody's own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from ...core.errors import InputError
from ...core.matrix import LabelledMatrix
from ..inference import StockDraws
from ..linalg._labels import require_flows, square
from ._margins import ends

__all__ = ["PERTURBATIONS", "networks_of", "perturb", "without_own"]

#: What is done to a network before each run.
PERTURBATIONS = ("resample", "missing", "none")


def perturb(
    values: sparse.csr_array, how: str, missing: float, rng: np.random.Generator
) -> sparse.csr_array:
    """Return the network with its links drawn anew, or with some of them missing.

    Parameters
    ----------
    values : scipy.sparse.csr_array, shape (N, N)
        Weights, positive.
    how : {"resample", "missing", "none"}
        ``resample`` draws as many links as there are, with replacement: one that is drawn twice
        weighs twice. ``missing`` leaves each link out with the probability ``missing``.
    missing : float
        From 0 to 1.
    rng : numpy.random.Generator
        Source of all randomness.

    Returns
    -------
    scipy.sparse.csr_array, shape (N, N)

    Examples
    --------
    >>> values = sparse.csr_array([[0, 5.0], [1.0, 0]])
    >>> perturb(values, "missing", 1.0, np.random.default_rng(1)).nnz
    0
    """
    E = values.nnz
    if how == "none" or E == 0:
        return values
    if how == "resample":
        times = np.bincount(rng.integers(0, E, E), minlength=E).astype(np.float64)
    else:
        times = (rng.random(E) >= missing).astype(np.float64)
    changed = sparse.csr_array(
        (values.data * times, values.indices.copy(), values.indptr.copy()), shape=values.shape
    )
    changed.eliminate_zeros()
    return changed


def without_own(values: sparse.csr_array) -> sparse.csr_array:
    """Return the links between different nodes.

    Parameters
    ----------
    values : scipy.sparse.csr_array, shape (N, N)
        Any unit.

    Returns
    -------
    scipy.sparse.csr_array, shape (N, N)

    Examples
    --------
    >>> without_own(sparse.csr_array([[2.0, 5.0], [1.0, 3.0]])).toarray().tolist()
    [[0.0, 5.0], [1.0, 0.0]]
    """
    between = values.copy()
    receiver, source = ends(values)
    between.data[receiver == source] = 0.0
    between.eliminate_zeros()
    return between


def networks_of(
    draws: StockDraws | Iterable[Any], labels: tuple[str, ...], what: str
) -> Iterator[sparse.csr_array]:
    """Go through draws of a network, one at a time, in the order of ``labels``.

    Parameters
    ----------
    draws : StockDraws, or iterable of matrices
        Each item a LabelledMatrix or a frame with these labels in any order, or an array, sparse
        or not, in their order; arrays of three dimensions are many draws.
    labels : tuple of str, length N
        The order wanted.
    what : str
        What the draws are, for the error.

    Yields
    ------
    scipy.sparse.csr_array, shape (N, N)
        Without links of a node with itself.

    Raises
    ------
    InputError
        If labels or shapes differ, or a number is negative or not finite.

    Examples
    --------
    >>> draws = StockDraws(("cars", "steel"), iter([np.array([[[0, 1], [2, 0]]])]))
    >>> [each.toarray().tolist() for each in networks_of(draws, ("steel", "cars"), "draws")]
    [[[0.0, 2.0], [1.0, 0.0]]]
    """
    own_labels = draws.labels if isinstance(draws, StockDraws) else labels
    for item in draws:
        many = isinstance(item, np.ndarray) and item.ndim == 3
        for one in item if many else (item,):
            yield without_own(_one(one, own_labels, labels, what).values)


def _one(one: Any, own: tuple[str, ...], labels: tuple[str, ...], what: str) -> LabelledMatrix:
    if not isinstance(one, LabelledMatrix | pd.DataFrame):
        shape = getattr(one, "shape", None)
        if shape != (len(own), len(own)):
            raise InputError(
                f"{what}: each must be {len(own)} × {len(own)}, as the network is; got "
                f"{shape or type(one).__name__}."
            )
        one = LabelledMatrix.build(what, one, own)
    matrix = square(one, what)
    require_flows(matrix)
    return matrix if matrix.rows == labels else matrix.aligned_to(labels)
