"""Hubs in the sense of Kleinberg (1999): drawing on authorities."""

from __future__ import annotations

from scipy import sparse

from ..linalg._labels import Vector
from ._hits import leading, leading_batch
from ._network import Network

__all__ = ["batch", "hub"]


def hub(network: Network) -> Vector:
    """Leading eigenvector of MM', largest entry 1, or NaN where it is not unique."""
    return leading(sparse.csr_array(network.matrix.values.T))


def batch(M: Vector, network: Network) -> Vector:
    """The same of many networks."""
    return leading_batch(M.transpose(0, 2, 1))
