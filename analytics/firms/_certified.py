"""(I − M)⁻¹ b of millions of firms, with a bound of the error of every number.

Let M ≥ 0 and v > 0 with t := (I − M)v > 0. Then ρ(M) < 1 and (I − M)⁻¹ ≥ 0, and a solution x̂ whose
residual is r is off by |x̂ − x| ≤ max_i(|r_i| / t_i) · v, entry by entry. v ≈ (I − M)⁻¹x̂ is taken,
solved for roughly: t is then about x̂, and the bound is the residual relative to the solution, times
v_i / x̂_i, one more than the mean length of the chains behind x̂_i. No condition number comes in: the
sum of a hub, a million times that of its smallest supplier, and that of the supplier have the same
relative error.

Every number here is computed in double precision. r and t are bounded with what rounding may hide
in them, and, where shares are stored as M̃ with M within M̃ · (1 ± δ), with δ M̃x̂ and δ M̃v.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NoReturn, TypeAlias

import numpy as np

from ...core.errors import InputError, SpillgraphError, show
from ..linalg._labels import Vector
from ._products import EPS, Products

__all__ = ["Certified", "Limits", "solve"]

Report: TypeAlias = Callable[[str, float], None]

#: What is left of the residual, relative to the solution, and of that of the certificate.
TOLERANCE, ROUGH = 1e-13, 0.05
#: Terms of the series that scale the equations: hubs have sums of another order.
SCALED = 5
#: Digits that a solve finds between two looks at the residual itself, and looks in vain.
RESTART, IN_VAIN = 1e-6, 3


def _silent(what: str, share: float) -> None:
    """Show nothing."""


@dataclass(slots=True)
class Limits:
    """When to give up, and who is told how far it is.

    Parameters
    ----------
    seconds : float, optional
        Time for all that is asked together; none: no limit.
    products : int
        Products of a network with one vector, for each solve.
    report : callable
        Takes what is being solved, and the share of the digits that are there.
    """

    seconds: float | None = None
    products: int = 2000
    report: Report = _silent
    began: float = field(default_factory=time.monotonic)

    def require(self, what: str, done: int, left: float) -> None:
        """Refuse to go on where a limit is met."""
        over = self.seconds is not None and time.monotonic() - self.began > self.seconds
        if over or done >= self.products:
            limit = f"{self.seconds:g} seconds" if over else f"{self.products:,} products"
            raise SpillgraphError(
                f"{what}: not solved within {limit}; of the residual {left:.1e} is left. Raise the "
                f"limit ({'seconds' if over else 'products'}); a network where hardly anything "
                "leaks takes long."
            )


@dataclass(frozen=True, slots=True)
class Certified:
    """A solution of (I − M) x = b, b ≥ 0, and how far it can be off.

    Parameters
    ----------
    values : ndarray, shape (N,)
        x̂, in the unit of b; exactly 0 where nothing of b arrives.
    error : float
        |x̂_i − x_i| ≤ error · x̂_i for every i, proven.
    """

    values: Vector
    error: float


def solve(
    P: Products, b: Vector, limits: Limits, *, transposed: bool = False, what: str = ""
) -> Certified:
    """Solve (I − M) x = b for b ≥ 0 by BiCGSTAB, and prove it.

    The equations are divided by the first terms of the series Σ Mᵏb, so that entries may differ by
    any factor and keep their digits; x is 0 exactly where no chain leads.

    Parameters
    ----------
    P : Products
        With M, N firms.
    b : ndarray, shape (N,)
        Not negative.
    limits : Limits
        When to give up.
    transposed : bool
        Solve with the transpose of M.
    what : str
        What is solved for, to be told.

    Raises
    ------
    InputError
        If nothing proves that chains die out.
    SpillgraphError
        If a limit is met.

    References
    ----------
    van der Vorst (1992), *SIAM Journal on Scientific and Statistical Computing* 13, 631–644;
    Berman & Plemmons (1994), *Nonnegative Matrices*, ch. 6 (M-matrices).

    Examples
    --------
    >>> from ...core.links import Links
    >>> P = Products(Links.build("S", [0, 2, 4], [0, 1, 0, 1], [0.2, 0.3, 0.1, 0.4]))
    >>> found = solve(P, np.ones(2), Limits())
    >>> found.values.round(12).tolist(), found.error < 1e-14
    ([2.0, 2.0], True)
    >>> solve(P, np.array([9.0, 0.0]), Limits()).values.round(12).tolist()
    [12.0, 2.0]
    """
    tolerance = max(TOLERANCE, 0.01 * P.links.rounding)
    x = _iterate(P, b, tolerance, limits, transposed, what)
    v = _iterate(P, x, ROUGH, limits, transposed, f"{what}, proof")
    return prove(P, b, x, v, transposed=transposed)


def prove(P: Products, b: Vector, x: Vector, v: Vector, *, transposed: bool) -> Certified:
    """Bound the error of a solution by means of a positive vector, rounding and δ included.

    Parameters
    ----------
    P : Products
        With M.
    b, x, v : ndarray, shape (N,)
        Right side, solution and certificate; x and v are 0 at the same places, where b and all
        shares of places that are not 0 must be 0, too.
    transposed : bool
        Of the transpose of M.

    Raises
    ------
    InputError
        If v proves nothing.

    Examples
    --------
    >>> from ...core.links import Links
    >>> P = Products(Links.build("S", [0, 2, 4], [0, 1, 0, 1], [0.2, 0.3, 0.1, 0.4]))
    >>> found = prove(P, np.ones(2), np.array([2.0, 2.002]), np.full(2, 4.0), transposed=False)
    >>> 0.001 <= found.error < 0.0013
    True
    """
    rounding, stored = P.rounding(transposed=transposed), P.links.rounding * (1.0 + 1e-6)
    product = P.multiply(x, transposed=transposed)
    residual = np.abs(b - x + product)
    residual += (rounding + 4.0 * EPS) * (b + x + product) + stored * product
    product = P.multiply(v, transposed=transposed)
    gap = v - product
    gap -= (rounding + 4.0 * EPS) * (v + product) + stored * product
    inside = x > 0
    apart = inside if inside.all() else residual[~inside] == 0
    if not (apart.all() and gap[inside].min(initial=np.inf) > 0):
        raise_no_proof(P, transposed)
    worst = float(np.divide(residual, gap, out=np.zeros_like(x), where=inside).max(initial=0.0))
    longest = float(np.divide(v, x, out=np.zeros_like(x), where=inside).max(initial=0.0))
    return Certified(x, worst * longest * (1.0 + 8.0 * EPS))


def raise_no_proof(P: Products, transposed: bool) -> NoReturn:
    """Say that nothing proves ρ(M) < 1, with a lower bound of ρ(M) and the firms to look at.

    Parameters
    ----------
    P : Products
        With M.
    transposed : bool
        Of the transpose of M.

    Raises
    ------
    InputError
        Always.

    Examples
    --------
    >>> from ...core.links import Links
    >>> P = Products(Links.build("S", [0, 1], [0], [1.25]))
    >>> raise_no_proof(P, False)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    spillgraph.core.errors.InputError: network S: ... its spectral radius is at least 1.2...; ...
    """
    links = P.links
    low = _lower_bound(P, transposed)
    heavy = np.flatnonzero(links.leak < 0)
    rows = ""
    if heavy.size:
        first = ", ".join(map(show, map(links.label, heavy[:5].tolist())))
        rows = f" The rows of {first} sum to more than 1 ({heavy.size:,} firms do); check them."
    raise InputError(
        f"network {links.name}: nothing proves that its chains die out; its spectral radius is at "
        f"least {low:.6g}; below 1 is needed, and further below than rounding reaches.{rows}"
    )


def _lower_bound(P: Products, transposed: bool, steps: int = 60) -> float:
    """Bound ρ(M) from below: M z ≥ λ z for some z ≥ 0, not 0, shows ρ(M) ≥ λ."""
    z, best = np.ones(P.links.firms), 0.0
    for _ in range(steps):
        product = P.multiply(z, transposed=transposed)
        if not product.max(initial=0.0) > 0:
            break
        z = product / product.max() + 0.05 * z
        z /= z.max()
        cut = np.where(z > 1e-3, z, 0.0)
        image = P.multiply(cut, transposed=transposed)
        best = max(best, float((image[cut > 0] / cut[cut > 0]).min()))
    off = float(np.max(P.rounding(transposed=transposed))) + P.links.rounding
    return best * (1.0 - off - 4.0 * EPS)


def _share(left: float, wanted: float) -> float:
    """How much of the digits is there."""
    return min(1.0, max(0.0, np.log(max(left, 1e-300)) / np.log(wanted))) if left < 1 else 0.0


def _iterate(
    P: Products, b: Vector, tolerance: float, limits: Limits, transposed: bool, what: str
) -> Vector:
    """BiCGSTAB for the equations divided by d, a first guess of x: all of z = x / d is about 1."""
    began, d = P.count, b
    terms = reached = 0
    while terms < SCALED or np.count_nonzero(d) > reached:  # until all that is reached is there
        limits.require(what, P.count - began, 1.0)
        reached = int(np.count_nonzero(d))
        d = b + P.multiply(d, transposed=transposed)
        terms += 1
    inside = d > 0
    scale = d if inside.all() else np.where(inside, d, 1.0)  # 0 stays 0 outside
    right, z = b / scale, inside.astype(np.float64)

    def apply(y: Vector) -> Vector:
        image = P.multiply(d * y, transposed=transposed)
        image /= -scale
        image += y
        return image

    best, best_z, vain = np.inf, z, 0
    while True:
        r = right - apply(z)
        left = float(np.abs(r).max(initial=0.0))
        if left < best:
            vain = 0 if left < 0.5 * best else vain + 1
            best, best_z = left, z.copy()
        else:
            vain += 1
        if best <= tolerance or vain >= IN_VAIN:  # rounding lets it come no nearer, or it stalls
            x: Vector = d * best_z
            if not x[inside].min(initial=1.0) > 0:
                raise_no_proof(P, transposed)
            return x
        limits.require(what, P.count - began, left)
        wanted = max(0.5 * tolerance, RESTART * left)
        z = z + _directions(apply, r, wanted, P, limits, (what, began, tolerance))


def _directions(
    apply: Callable[[Vector], Vector],
    r: Vector,
    wanted: float,
    P: Products,
    limits: Limits,
    about: tuple[str, int, float],
) -> Vector:
    """Return the step that BiCGSTAB finds until the residual that it keeps is small enough."""
    what, began, tolerance = about
    r, first, z = r.copy(), r.copy(), np.zeros_like(r)
    p, v = np.zeros_like(r), np.zeros_like(r)
    before = alpha = omega = 1.0
    smallest, step = float(np.abs(r).max()), z.copy()
    while True:
        now = float(first @ r)
        if not (np.isfinite(now) and now != 0.0 and omega != 0.0):
            return step
        beta = (now / before) * (alpha / omega)
        p -= omega * v
        p *= beta
        p += r
        v = apply(p)
        turn = float(first @ v)
        if turn == 0.0:
            return step
        before, alpha = now, now / turn
        r -= alpha * v
        t = apply(r)
        size = float(t @ t)
        omega = float(t @ r) / size if size > 0 else 0.0
        z += alpha * p
        z += omega * r
        r -= omega * t
        left = float(np.abs(r).max())
        if not np.isfinite(left) or left > 1e8 * smallest:
            return step  # broken down: begin again from the best
        if left < smallest:
            smallest, step = left, z.copy()
        limits.report(what, _share(left, tolerance))
        if left <= wanted:
            return step
        limits.require(what, P.count - began, left)
