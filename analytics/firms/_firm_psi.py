"""ψ = (I − S)⁻¹ (I − W)⁻¹ of millions of firms: its sums, what a shock does, rows and columns.

Neither ψ nor an inverse is ever formed: two solves for each answer, one for each network, by
products with networks that may lie on disk. Every number comes with a bound of its error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from ...core.errors import ClosedClassError, InputError, show_some
from ...core.links import Links
from ..linalg._labels import Vector
from ._certified import Certified, Limits, solve
from ._products import Products

__all__ = ["FirmPsi", "FirmSums", "firm_psi"]

Places: TypeAlias = NDArray[np.int64]

#: So many closed classes are told, and so many firms of each.
_NAMED = 20


@dataclass(frozen=True, slots=True)
class FirmSums:
    """Row and column sums of ψ, firm by firm.

    Parameters
    ----------
    benefit : ndarray, shape (N,)
        ψ1: what each firm gains from 1% everywhere, in %. Less its own 1: spillovers received.
    contribution : ndarray, shape (N,)
        w'ψ: what 1% in one firm gives to all, in % × unit of the weights. With weights of 1, less
        its own 1: spillovers given.
    contribution_without_W : ndarray, shape (N,)
        w'U, the same where knowledge does not travel.
    error_benefit, error_contribution : float
        No sum is off by more than this share of it; proven.
    products : int
        Products of a network with one vector.
    """

    benefit: Vector
    contribution: Vector
    contribution_without_W: Vector
    error_benefit: float
    error_contribution: float
    products: int


class FirmPsi:
    """ψ of two networks of firms, which is applied and never formed; see :func:`firm_psi`."""

    def __init__(self, chain: Sequence[Products], limits: Limits) -> None:
        self._chain = chain
        self._limits = limits

    @property
    def firms(self) -> int:
        """Number of firms, N."""
        return self._chain[0].links.firms

    def sums(self, weights: Vector | None = None) -> FirmSums:
        """Sum ψ over sources and over receivers.

        Parameters
        ----------
        weights : ndarray, shape (N,), optional
            Weights of the affected firms, above 0; default 1 each.

        Returns
        -------
        FirmSums

        Raises
        ------
        InputError
            If a weight is not above 0, or a network has changed on disk.
        SpillgraphError
            If a limit is met.

        Examples
        --------
        >>> from spillgraph.analytics.firms import firm_psi
        >>> S = Links.build("S", [0, 2, 4], [0, 1, 0, 1], [0.2, 0.3, 0.1, 0.4])
        >>> W = Links.build("W", [0, 1, 2], [1, 0], [0.4, 0.25])
        >>> found = firm_psi(S, W).sums()
        >>> (27 * found.benefit).round(9).tolist(), found.error_benefit < 1e-13
        ([81.0, 76.0], True)
        """
        before, ones = self._products, np.ones(self.firms)
        w = ones if weights is None else np.asarray(weights, np.float64)
        if w.shape != ones.shape or not (np.isfinite(w).all() and w.min(initial=1.0) > 0):
            raise InputError(
                f"weights: {self.firms:,} finite numbers above 0 are needed, one for each firm; "
                "for others ask for shock(), or row() of one firm."
            )
        benefit = self._solve(ones, transposed=False)[-1]
        steps = self._solve(w, transposed=True)
        production = self._chain[0].links.name == "S"
        self._require_unchanged()
        return FirmSums(
            benefit.values,
            steps[-1].values,
            steps[0].values if production else w,
            benefit.error,
            steps[-1].error,
            self._products - before,
        )

    def shock(self, x: Vector) -> tuple[Vector, Vector]:
        """Return ψ x, and how far each of its numbers can be off.

        Parameters
        ----------
        x : ndarray, shape (N,)
            Technology shock of each firm, in %, of any sign.

        Returns
        -------
        change, error : ndarray, shape (N,)
            Change of output in %; |change − ψ x| ≤ error, proven. Of a shock without both signs
            every number has the same relative error, the smallest, too.

        Examples
        --------
        >>> from spillgraph.analytics.firms import firm_psi
        >>> S = Links.build("S", [0, 2, 4], [0, 1, 0, 1], [0.2, 0.3, 0.1, 0.4])
        >>> W = Links.build("W", [0, 1, 2], [1, 0], [0.4, 0.25])
        >>> change, error = firm_psi(S, W).shock(np.array([1.0, 0.0]))
        >>> (27 * change).round(9).tolist(), bool((error < 1e-13).all())
        ([45.0, 20.0], True)
        """
        return self._entries(x, transposed=False)

    def column(self, source: int) -> tuple[Vector, Vector]:
        """Return column ``source`` of ψ, whom 1% there reaches, and a bound of each error."""
        return self._entries(self._unit(source), transposed=False)

    def row(self, receiver: int) -> tuple[Vector, Vector]:
        """Return row ``receiver`` of ψ, from whom it gains, and a bound of each error."""
        return self._entries(self._unit(receiver), transposed=True)

    @property
    def _products(self) -> int:
        return sum(each.count for each in self._chain)

    def _unit(self, at: int) -> Vector:
        if not 0 <= at < self.firms:
            raise InputError(f"firm at place {at}: there are {self.firms:,}, from 0.")
        unit = np.zeros(self.firms)
        unit[at] = 1.0
        return unit

    def _order(self, transposed: bool) -> Sequence[Products]:
        """U after V; of the transpose U' first, then V'."""
        return self._chain if transposed else self._chain[::-1]

    def _solve(self, b: Vector, *, transposed: bool) -> list[Certified]:
        """Apply one resolvent after the other: relative errors pass through, as no entry of an
        inverse is negative."""
        found: list[Certified] = []
        error = 0.0
        for P in self._order(transposed):
            what = f"{'column' if transposed else 'row'} sums, {P.links.name}"
            step = solve(P, b, self._limits, transposed=transposed, what=what)
            error = step.error + error * (1.0 + step.error)
            found.append(Certified(step.values, error))
            b = step.values
        return found

    def _entries(self, x: Vector, *, transposed: bool) -> tuple[Vector, Vector]:
        x = np.asarray(x, np.float64)
        if x.shape != (self.firms,) or not np.isfinite(x).all():
            raise InputError(f"shock: {self.firms:,} finite numbers are needed, one for each firm.")
        change, bound = np.zeros(self.firms), np.zeros(self.firms)
        for sign in (1.0, -1.0):
            part, error = np.maximum(sign * x, 0.0), 0.0
            if not part.any():
                continue
            for P in self._order(transposed):
                what = f"{'row' if transposed else 'shock'}, {P.links.name}"
                step = solve(P, part, self._limits, transposed=transposed, what=what)
                part, error = step.values, step.error + error * (1.0 + step.error)
            change += sign * part
            bound += error * part
        self._require_unchanged()
        return change, bound * (1.0 + 1e-9) + 2.0**-53 * np.abs(change) * (x.min() < 0 < x.max())

    def _require_unchanged(self) -> None:
        for each in self._chain:
            each.links.unchanged()


def firm_psi(
    S: Links | None, W: Links | None, *, limits: Limits | None = None, compiled: bool | None = None
) -> FirmPsi:
    """Make ψ of networks of firms ready to be asked, after the test that their chains die out.

    Parameters
    ----------
    S : Links or None
        Production shares of gross output, [user, supplier].
    W : Links or None
        Citation shares, [citing, cited], of the same firms. Without one of them ψ is the resolvent
        of the other.
    limits : Limits, optional
        When to give up, and who is told how far it is.
    compiled : bool, optional
        Loops of numba, or SciPy; default: numba where it is installed.

    Returns
    -------
    FirmPsi

    Raises
    ------
    ClosedClassError
        If firms receive everything from each other.
    InputError
        If there is no network, or the networks are of other firms.

    References
    ----------
    Li et al. (2024), 30th IIOA conference, §3.2, with firms for sectors.

    Examples
    --------
    >>> W = Links.build("W", [0, 1, 2], [1, 0], [1.0, 1.0])
    >>> firm_psi(None, W)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    spillgraph.core.errors.ClosedClassError: network W has 1 closed class ... '0', '1'. These...
    """
    networks = [each for each in (S, W) if each is not None]
    if not networks:
        raise InputError("psi of firms: there is no network; give S, W or both.")
    if len({each.firms for each in networks}) > 1:
        raise InputError(
            f"psi of firms: S has {networks[0].firms:,} firms and W {networks[1].firms:,}; both "
            "must be of the same firms in the same order."
        )
    if not networks[0].firms:
        raise InputError("psi of firms: there is no firm.")
    chain = [Products(each, compiled=compiled) for each in networks]
    for P in chain:
        _require_leakage(P)
    return FirmPsi(chain, limits or Limits())


def _require_leakage(P: Products) -> None:
    """Refuse closed classes: every firm must reach, along its links, one that leaks."""
    links = P.links
    reached = links.leak > 0
    while not reached.all():
        met = reached | (P.multiply(reached.astype(np.float64)) > 0)
        if met.sum() == reached.sum():
            break
        reached = met
    stuck = np.flatnonzero(~reached)
    if not stuck.size:
        return
    number, classes = _closed(links, stuck)
    labels = [[links.label(int(place)) for place in each[:_NAMED]] for each in classes]
    more = "class" if number == 1 else "classes"
    remedy = (
        'keep the firms\' own citations, or take normalisation = "offdiag" with rho below 1'
        if links.name == "W"
        else "see whether their output is that of all they make"
    )
    raise ClosedClassError(
        f"network {links.name} has {number:,} closed {more} without leakage: "
        f"{show_some(labels[0])}{', among others' if number > 1 else ''}. These firms receive "
        "from each other alone, so a shock among them never dies out, and I − "
        f"{links.name} has no inverse. Remedy: {remedy}; or leave them out.",
        labels,
    )


def _closed(links: Links, stuck: Places) -> tuple[int, list[Places]]:
    """How many closed classes there are among firms that reach no leak, and the first of them."""
    starts, ends = links.indptr[stuck], links.indptr[stuck + 1]
    row = np.repeat(np.arange(len(stuck)), ends - starts)
    place = np.repeat(starts - np.cumsum(ends - starts) + (ends - starts), ends - starts)
    place = place + np.arange(len(row))
    column = np.searchsorted(stuck, links.indices[place])  # all of them are stuck, too
    n = len(stuck)
    inside = sparse.csr_array((np.ones(len(row)), (row, column)), shape=(n, n))
    count, member = csgraph.connected_components(inside, directed=True, connection="strong")
    terminal = np.ones(count, dtype=bool)
    crossing = member[row] != member[column]
    terminal[member[row[crossing]]] = False
    first = np.unique(member[terminal[member]])[:_NAMED]
    classes = [stuck[member == c] for c in first]
    return int(terminal.sum()), sorted(classes, key=lambda each: int(each[0]))
