"""(I − M)⁻¹ as something that is applied and never formed, with bounds on every error.

For shares (M ≥ 0) the row sums y = (I − M)⁻¹1 are all the proof that is needed: a positive y with
(I − M)y ≥ 1 − ε > 0 shows ρ(M) < 1 and (I − M)⁻¹ ≥ 0, bounds the spectral radius, is the condition
number in the maximum norm, and turns the residual of any other solution into a bound on its error.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, Literal, TypeAlias

import numpy as np
from scipy import sparse
from scipy.linalg import LinAlgWarning, lu_factor, lu_solve
from scipy.sparse.linalg import LinearOperator, gmres, splu

from ...core.errors import InputError
from ._labels import Vector

__all__ = ["Method", "Resolvent", "choose_method"]

Method: TypeAlias = Literal["dense", "sparse", "iterative"]

# LU of a dense matrix of this size takes a second; beyond, a few dozen products take less.
DENSE_LIMIT = 3000
# A matrix with more entries than this share is multiplied faster as a plain array.
FULL = 0.5
TOLERANCE = 1e-13
TOO_NEAR = (
    "the network is too near to a closed class for double precision: the sums of its chains could "
    "not be computed. Keep the own flows of the sectors, sum over more years, or take a coarser "
    "classification."
)
# Directions that GMRES keeps, and restarts; a network that needs more is better factorised.
DIRECTIONS, RESTARTS = 20, 50
REFINEMENTS = 4

_Solver: TypeAlias = Callable[[Vector, bool], Vector]


def choose_method(n: int) -> Method:
    """Return how systems of n sectors are solved unless the caller says otherwise.

    Parameters
    ----------
    n : int
        Number of sectors.

    Returns
    -------
    str
        ``dense`` (LU) up to 3,000, ``iterative`` (GMRES with refinement) beyond.

    Examples
    --------
    >>> choose_method(37), choose_method(1_000_000)
    ('dense', 'iterative')
    """
    return "dense" if n <= DENSE_LIMIT else "iterative"


class Resolvent:
    """Solves (I − M) X = B and its transpose, factored once or by products with M alone.

    Parameters
    ----------
    M : scipy.sparse.csr_array, shape (N, N)
        Shares, ρ(|M|) < 1. Where some are negative, |M| gives the proof and all bounds.
    method : {"dense", "sparse", "iterative"}
        LU of the full matrix, sparse LU, or GMRES; ``iterative`` hands over to ``sparse`` where
        it does not converge.

    Attributes
    ----------
    method : str
        What was used in the end.
    products : int
        Products of M or its transpose with one vector, those of the proof included.
    reach : ndarray, shape (N,)
        y = (I − M)⁻¹1, the row sums of the resolvent.
    span : ndarray, shape (N,)
        (I − |M|)⁻¹1, which bounds the row sums of |(I − M)⁻¹|: ``reach`` itself without negative
        entries.
    slack : float
        ε: (I − M)y, and with negative entries (I − |M|) span, is 1 up to this, rounding included.

    Raises
    ------
    InputError
        If y is no proof of ρ(M) < 1: M is too near to a closed class for double precision.

    Examples
    --------
    >>> U = Resolvent(sparse.csr_array([[0.2, 0.3], [0.1, 0.4]]), "iterative")
    >>> (9 * U.solve(np.ones(2))).round(12).tolist()
    [18.0, 18.0]
    >>> round(U.condition, 12)
    2.2
    """

    def __init__(self, M: sparse.csr_array, method: Method) -> None:
        self.M = M
        self.method: Method = method
        self.products = 0
        self._rounding: dict[bool, Vector] = {}
        n = M.shape[0]
        full = M.nnz > FULL * n * n
        self._A: sparse.csr_array | Vector = M.toarray() if full else M
        signed = bool((M.data < 0).any())
        self._size = Resolvent(sparse.csr_array(abs(M)), method) if signed else None
        self._solver = self._factor()
        ones = np.ones(n)
        self.reach = self.solve(ones)
        self.slack = float(self.residual(self.reach, ones).max(initial=0.0))
        self.span = self.reach
        if self._size is not None:
            self.span, self.slack = self._size.reach, max(self.slack, self._size.slack)
        if not (self.slack < 0.5 and self.span.min() > 0):
            raise InputError(TOO_NEAR)

    @property
    def condition(self) -> float:
        """Condition number of I − M in the maximum norm; with negative entries a bound of it."""
        diagonal, size = self.M.diagonal(), abs(self.M)
        rows = np.asarray(size.sum(axis=1)) - np.abs(diagonal) + np.abs(1.0 - diagonal)
        return float(rows.max() * self.span.max())

    # -- solving -------------------------------------------------------------------------------

    def solve(self, B: Vector, *, transposed: bool = False) -> Vector:
        """Return X with (I − M) X = B, or with the transpose of I − M.

        Parameters
        ----------
        B : ndarray, shape (N,) or (N, K)
            Right sides.
        transposed : bool
            Solve with the transpose.

        Returns
        -------
        ndarray, shape of B
        """
        return self._solver(B, transposed)

    def multiply(self, X: Vector, *, transposed: bool = False) -> Vector:
        """Return M X, or M' X, and count it.

        Parameters
        ----------
        X : ndarray, shape (N,) or (N, K)
            Any unit.
        transposed : bool
            Multiply with the transpose.

        Returns
        -------
        ndarray, shape of X
        """
        self.products += 1 if X.ndim == 1 else X.shape[1]
        product: Vector = (self._A.T if transposed else self._A) @ X
        return product

    def residual(self, X: Vector, B: Vector, *, transposed: bool = False) -> Vector:
        """Bound |B − (I − M) X| entry by entry, with what rounding may hide in it.

        Parameters
        ----------
        X, B : ndarray, shape (N,) or (N, K)
            A solution and its right sides.
        transposed : bool
            Take the transpose of I − M.

        Returns
        -------
        ndarray, shape of X
            Not negative, in the unit of B.
        """
        MX = self.multiply(X, transposed=transposed)
        size = MX
        if self._size is not None:
            size = self._size.multiply(np.abs(X), transposed=transposed)
        elif X.min(initial=0.0) < 0:
            size = self.multiply(np.abs(X), transposed=transposed)
        bound: Vector = np.abs(B - X + MX)
        rounding = self.rounding(transposed=transposed)
        bound += (rounding if X.ndim == 1 else rounding[:, None]) * (np.abs(B) + np.abs(X) + size)
        return bound

    def error_transposed(self, X: Vector, B: Vector) -> Vector:
        """Bound the absolute error, summed over sectors, of solutions with the transpose.

        1'|X − (I − M)⁻ᵀB| ≤ y'|r| / (1 − ε), one number for each column of B; y is ``span``.
        """
        residual = self.residual(X, B, transposed=True)
        bound: Vector = np.atleast_1d(self.span @ residual) / (1.0 - self.slack)
        return bound

    def rounding(self, *, transposed: bool = False) -> Vector:
        """Bound the relative error of each entry of a product, where all terms have one sign.

        Parameters
        ----------
        transposed : bool
            Of M'X instead of MX.

        Returns
        -------
        ndarray, shape (N,)
            A rounding for each term, and three more.
        """
        if transposed not in self._rounding:
            n = self.M.shape[0]
            if not isinstance(self._A, sparse.csr_array):
                terms = np.full(n, n)
            elif transposed:
                terms = np.bincount(self.M.indices, minlength=n)
            else:
                terms = np.diff(self.M.indptr)
            self._rounding[transposed] = np.finfo(np.float64).eps * (terms + 3.0)
        return self._rounding[transposed]

    # -- three ways ----------------------------------------------------------------------------

    def _factor(self) -> _Solver:
        if self.method == "dense":
            return _factor_dense(self.M)
        if self.method == "sparse":
            return _factor_sparse(self.M)
        return self._iterate

    def _iterate(self, B: Vector, transposed: bool) -> Vector:
        if B.ndim == 2:
            columns = [self._iterate(B[:, k].copy(), transposed) for k in range(B.shape[1])]
            return np.column_stack(columns)
        solution = self._refine(B, transposed)
        if solution is None:
            # Long rings with little leakage: hard for products, easy to factorise.
            self.method = "sparse"
            self._solver = _factor_sparse(self.M)
            return self._solver(B, transposed)
        return solution

    def _refine(self, b: Vector, transposed: bool) -> Vector | None:
        """Solve by GMRES and refine until the residual is rounding; None if it stalls."""
        n = len(b)
        A = LinearOperator(
            (n, n), matvec=lambda x: x - self.multiply(x, transposed=transposed), dtype=np.float64
        )
        x: Vector = np.zeros(n)
        r, target = b, TOLERANCE * float(np.abs(b).max(initial=0.0))
        left = float(np.abs(r).max(initial=0.0))
        for _ in range(REFINEMENTS):
            if left <= 4 * target:
                break
            step, failed = gmres(
                A, r, rtol=target / left, atol=0.0, restart=min(n, DIRECTIONS), maxiter=RESTARTS
            )
            x += step
            r = b - x + self.multiply(x, transposed=transposed)
            left = float(np.abs(r).max())
            if failed:
                return None
        return x


def _factor_dense(M: sparse.csr_array) -> _Solver:
    """LU of the transpose of I − M.

    Rows of M sum to at most 1, so the transpose is dominated by its diagonal column by column:
    LAPACK never swaps rows, and elimination and substitution only ever add numbers of one sign.
    The inverse is then never negative, zero exactly where no chain leads, and accurate entry by
    entry.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LinAlgWarning)  # what is singular fails the proof
        factors = lu_factor((np.eye(M.shape[0]) - M.toarray()).T, overwrite_a=True)
    return lambda B, transposed: lu_solve(factors, B, trans=0 if transposed else 1)


def _factor_sparse(M: sparse.csr_array) -> _Solver:
    """Sparse LU of the transpose of I − M, with its diagonal for pivots as above."""
    A = sparse.csc_array(sparse.eye_array(M.shape[0]) - M.T)
    options = {"SymmetricMode": True}
    try:
        factors = splu(A, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options=options)
    except RuntimeError as error:
        if "singular" not in str(error):
            raise
        raise InputError(TOO_NEAR) from None
    solve: Any = factors.solve  # its second argument is unknown to the stubs
    return lambda B, transposed: solve(B, "N" if transposed else "T")
