"""Measures of many networks: all at once where a measure can, else one by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TypeAlias

import numpy as np
from scipy import sparse

from ...core.errors import InputError, nearest
from ...core.matrix import LabelledMatrix
from ...core.measures import MEASURES
from ..linalg._labels import Vector
from ._network import Network

__all__ = ["Chunk", "function_of", "scores_of"]

#: Many dense networks, or one sparse one.
Chunk: TypeAlias = "Vector | sparse.csr_array"


def function_of(name: str) -> Callable[[Network], Vector]:
    """Return the function of a measure, which stands in the file of its name."""
    known = [measure.name for measure in MEASURES]
    if name not in known:
        raise InputError(f"no measure is called {name!r}. {nearest(name, known)}")
    function: Callable[[Network], Vector] = getattr(import_module(f"{__package__}._{name}"), name)
    return function


def scores_of(chunk: Chunk, names: Sequence[str], network: Network) -> dict[str, Vector]:
    """Measure every network of a chunk.

    Parameters
    ----------
    chunk : ndarray, shape (B, N, N), or csr_array, shape (N, N)
        Networks with the labels of the one observed.
    names : sequence of str
        Measures.
    network : Network
        The one observed, with α and output.

    Returns
    -------
    dict of str to ndarray, each shape (B, N)
        NaN where a measure is not defined.
    """
    if isinstance(chunk, sparse.csr_array):
        one = _of(chunk, network)
        return {name: function_of(name)(one)[None] for name in names}
    scores, single = {}, []
    for name in names:
        batch = getattr(import_module(f"{__package__}._{name}"), "batch", None)
        if batch is None:
            single.append(name)
        else:
            scores[name] = batch(chunk, network)
    if single:
        networks = [_of(sparse.csr_array(values), network) for values in chunk]
        for name in single:
            scores[name] = np.stack([function_of(name)(each) for each in networks])
    return scores


def _of(values: sparse.csr_array, network: Network) -> Network:
    """Return another network between the same sectors."""
    labels = network.matrix.rows
    matrix = LabelledMatrix(network.matrix.name, values, labels, labels)
    return Network(matrix, network.katz_alpha, network.output)
