"""What measures are taken of: a matrix with what several of them need, computed once."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ...core.matrix import LabelledMatrix
from ..linalg._labels import Vector
from ..linalg._radius import class_radii
from ..nulls import LARGE
from ._graphs import to_igraph

if TYPE_CHECKING:
    import igraph

__all__ = ["Network"]


class Network:
    """A matrix of flows or shares and what is known of its sectors.

    Parameters
    ----------
    matrix : LabelledMatrix, shape (N, N)
        Rows receivers, columns sources; not negative.
    katz_alpha : float or None
        Parameter of Katz–Bonacich centrality.
    output : ndarray or None, shape (N,)
        Gross output of every sector, in the order of the matrix.
    """

    def __init__(
        self,
        matrix: LabelledMatrix,
        katz_alpha: float | None = None,
        output: Vector | None = None,
    ) -> None:
        self.matrix, self.katz_alpha, self.output = matrix, katz_alpha, output

    @property
    def large(self) -> bool:
        """Whether only what takes a few products with the matrix is feasible."""
        return len(self.matrix.rows) > LARGE

    @cached_property
    def graph(self) -> igraph.Graph:
        """The matrix as a graph."""
        return to_igraph(self.matrix)

    @cached_property
    def classes(self) -> tuple[np.ndarray, Vector]:
        """The class of every sector, and the spectral radius of every class."""
        return class_radii(self.matrix)

    @property
    def radius(self) -> float:
        """ρ of the matrix."""
        return float(self.classes[1].max())
