"""Flows between fine industries become flows between sectors: B'KB."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np
from scipy import sparse

from ...core.errors import InputError
from ...core.matrix import LabelledMatrix

__all__ = ["Concordance", "Weighting"]

Weighting: TypeAlias = Literal["given", "equal", "largest"]


@dataclass(frozen=True, slots=True)
class Concordance:
    """Where flows between fine industries go.

    Parameters
    ----------
    weights : LabelledMatrix, shape (n, N)
        B: share of each fine industry (rows) that belongs to each sector (columns). A row that
        sums to less than 1 leaves the rest to nobody.
    keep_own : bool, default False
        Whether a flow within one fine industry stays within one sector: it then goes to the
        sectors by their shares, and not to pairs of them.

    Examples
    --------
    >>> B = LabelledMatrix.build("B", [[0.5, 0.5], [0, 1]], ["371", "372"], ["steel", "cars"])
    >>> K = LabelledMatrix.build("K", [[4, 2], [0, 3]], ["371", "372"], unit="citations")
    >>> Concordance(B).convert(K).to_frame().to_numpy().tolist()
    [[1.0, 2.0], [1.0, 5.0]]
    >>> Concordance(B, keep_own=True).convert(K).to_frame().to_numpy().tolist()
    [[2.0, 1.0], [0.0, 6.0]]
    """

    weights: LabelledMatrix
    keep_own: bool = False

    @property
    def fine(self) -> tuple[str, ...]:
        """The fine industries."""
        return self.weights.rows

    @property
    def sectors(self) -> tuple[str, ...]:
        """The sectors."""
        return self.weights.columns

    def convert(self, flows: LabelledMatrix) -> LabelledMatrix:
        """Carry flows between fine industries over to sectors.

        Parameters
        ----------
        flows : LabelledMatrix, shape (n, n)
            Rows receivers, columns sources; any order of the fine industries.

        Returns
        -------
        LabelledMatrix, shape (N, N)

        Raises
        ------
        InputError
            If an industry is on one side only.
        """
        if {*flows.rows} != {*self.fine}:
            odd = sorted({*flows.rows} ^ {*self.fine})
            raise InputError(
                f"matrix {flows.name}: industry {odd[0]!r} is in the flows or in the concordance "
                "alone; both need the same industries."
            )
        B, K = self.weights.values, flows.aligned_to(self.fine).values
        if self.keep_own:
            own = K.diagonal()
            K = sparse.csr_array(K - sparse.diags_array(own))
            values = B.T @ K @ B + sparse.diags_array(B.T @ own)
        else:
            values = B.T @ K @ B
        return replace(
            flows, values=sparse.csr_array(values), rows=self.sectors, columns=self.sectors
        )

    def cells(self) -> sparse.csr_array:
        """Return the same as a matrix for many flows at once.

        Returns
        -------
        csr_array, shape (n², N²)
            Share of a flow from fine industry a to b (row a·n + b) that is one from sector k to l
            (column k·N + l).
        """
        B = self.weights.values
        cells = sparse.csr_array(sparse.kron(B, B))
        return _keep_own(cells, B) if self.keep_own else cells

    def reweigh(self, weighting: Weighting) -> Concordance:
        """Weigh the sectors of each industry otherwise; what is nobody's stays so.

        Parameters
        ----------
        weighting : {"given", "equal", "largest"}
            As given; the same for all sectors of an industry; or all for its largest one, the
            first of several.

        Returns
        -------
        Concordance
        """
        if weighting == "given":
            return self
        B = self.weights.values
        total, marks = np.asarray(B.sum(axis=1)), B.toarray()
        if weighting == "equal":
            marks = (marks > 0).astype(np.float64)
        else:
            largest = marks.argmax(axis=1)
            marks = (np.arange(B.shape[1]) == largest[:, None]) & (marks > 0)
        size = marks.sum(axis=1)
        scale = total / np.where(size > 0, size, 1.0)
        values = sparse.csr_array(marks * scale[:, None])
        return replace(self, weights=replace(self.weights, values=values))


def _keep_own(cells: sparse.csr_array, B: sparse.csr_array) -> sparse.csr_array:
    """Put flows within one fine industry on the diagonal, by its share of each sector."""
    n, N = B.shape
    split = sparse.coo_array(cells)
    across = split.row // n != split.row % n
    share = sparse.coo_array(B)
    row = np.concatenate([split.row[across], share.row * (n + 1)])
    column = np.concatenate([split.col[across], share.col * (N + 1)])
    values = np.concatenate([split.data[across], share.data])
    return sparse.csr_array((values, (row, column)), shape=cells.shape)
