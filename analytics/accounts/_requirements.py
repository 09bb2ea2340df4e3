"""Direct and total requirements in all crossings of commodities and industries, as BEA has them.

B = U ĝ⁻¹ are the inputs per unit of output, and T turns the output of commodities into that of
industries (g = T q): W = (I − p̂)⁻¹ D under industry technology, ĝ (V')⁻¹ under commodity
technology. (That W is a transformation and has nothing to do with citation shares.)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.linalg import LinAlgWarning, lu_factor, lu_solve

from ...core.errors import InputError, nearest, show
from ...core.matrix import LabelledMatrix
from ..linalg._entries import absolute
from ..linalg._labels import Vector, by_label, require_kind
from ..linalg._leakage import require_leakage
from ..linalg._resolvent import Resolvent, choose_method
from ._inverse_make import solve_make
from ._make_and_use import MakeAndUse, require_output
from ._make_use import TECHNOLOGIES

__all__ = ["Requirements", "Side", "requirements"]

#: What a side of a table of requirements is.
Side: TypeAlias = Literal["commodity", "industry"]
SIDES = ("commodity", "industry")


class _Solver(Protocol):
    def solve(self, B: Vector, *, transposed: bool = False) -> Vector: ...


@dataclass(frozen=True, slots=True)
class Requirements:
    """What one unit of output needs, directly and in all; made by :func:`requirements`.

    Parameters
    ----------
    technology : {"industry", "commodity"}
        The assumption.
    industries : tuple of str, length N
        In the order of the tables.
    commodities : tuple of str, length M
        Those that industries make, then scrap and those that nobody makes.
    made : int
        How many of them industries make.
    B : scipy.sparse.csr_array, shape (M, N)
        Inputs per unit of output, as printed: commodities by industries.
    T : scipy.sparse.csr_array, shape (N, M)
        Output of industries per unit of commodities.
    _solver, _mix
        How I − T B is solved, and T⁻¹ where there is one.
    """

    technology: str
    industries: tuple[str, ...]
    commodities: tuple[str, ...]
    made: int
    B: sparse.csr_array
    T: sparse.csr_array
    _solver: _Solver = field(repr=False, compare=False)
    _mix: Vector | None = field(repr=False, compare=False)

    def direct(self, of: Side, per: Side) -> LabelledMatrix:
        """Inputs of commodities or industries per unit of output, directly.

        Parameters
        ----------
        of : {"commodity", "industry"}
            What is needed: the rows of the printed table.
        per : {"commodity", "industry"}
            For whose output: the columns of the printed table.

        Returns
        -------
        LabelledMatrix
            ``[per, of]``, money per money: the printed table turned round, receivers first. Of
            industries per industry it is S.
        """
        _require_sides(of, per)
        printed = self.B
        if of == "industry":
            printed = self.T @ printed
        if per == "commodity":
            printed = printed @ self.T
        return self._label(printed, of, per, "direct_requirements")

    def total(self, of: Side, per: Side) -> LabelledMatrix:
        """Output of commodities or industries per unit delivered to final users, in all.

        Parameters
        ----------
        of : {"commodity", "industry"}
            Whose output is needed: the rows of the printed table.
        per : {"commodity", "industry"}
            What is delivered: the columns of the printed table.

        Returns
        -------
        LabelledMatrix
            ``[per, of]``, money per money: the printed table turned round. Of industries per
            industry it is U = (I − S)⁻¹.

        Raises
        ------
        InputError
            For commodities per industry, if the mix of products behind a delivery does not follow:
            as many commodities as industries are needed, and a T that has an inverse.
        """
        _require_sides(of, per)
        n = len(self.industries)
        L = self._solver.solve(np.eye(n), transposed=True)  # (I − T B)⁻¹, printed
        if (of, per) == ("industry", "industry"):
            printed = L
        elif of == "industry":
            printed = L @ self.T
        elif per == "commodity":
            printed = np.eye(len(self.commodities)) + self.B @ (L @ self.T)
        else:
            printed = self.B @ L
            printed[: self.made] += self._require_mix()
        return self._label(printed, of, per, "total_requirements")

    def required_output(
        self, final_demand: pd.Series[float]
    ) -> tuple[pd.Series[float], pd.Series[float]]:
        """Output of commodities and industries that a final demand needs, without an inverse.

        Parameters
        ----------
        final_demand : pandas.Series, length M
            Money, by commodity.

        Returns
        -------
        q : pandas.Series, length M
            Output of commodities, (I − B T)⁻¹ e.
        g : pandas.Series, length N
            Output of industries, T q.

        Raises
        ------
        InputError
            If its labels are not the commodities.
        """
        e = by_label(final_demand, self.commodities, "final demand")
        g = self._solver.solve(self.T @ e, transposed=True)
        q = e + self.B @ g
        return (
            pd.Series(q, pd.Index(self.commodities, name="commodity"), name="commodity_output"),
            pd.Series(g, pd.Index(self.industries, name="industry"), name="gross_output"),
        )

    def _require_mix(self) -> Vector:
        if self._mix is None:
            raise InputError(
                "total requirements of commodities per industry: what an industry delivers must "
                "say which commodities it is made of, so the make table needs as many commodities "
                f"as industries and an inverse; it has {self.made} and {len(self.industries)}. "
                "Take industries per industry, or merge commodities."
            )
        return self._mix

    def _label(
        self, printed: sparse.csr_array | Vector, of: Side, per: Side, name: str
    ) -> LabelledMatrix:
        labels = {"commodity": self.commodities, "industry": self.industries}
        about = {"technology": self.technology, "of": of, "per": per}
        return LabelledMatrix.build(
            name, printed.T, labels[per], labels[of], unit="share", provenance=about
        )


def requirements(tables: MakeAndUse, technology: str = "industry") -> Requirements:
    """Prepare direct and total requirements in all four crossings.

    Printed, with B = U ĝ⁻¹ and T of the technology:

    ====================  ========  ===================
    of, per               direct    total
    ====================  ========  ===================
    commodity, industry   B         T⁻¹ + B (I − T B)⁻¹
    commodity, commodity  B T       (I − B T)⁻¹
    industry, industry    T B       (I − T B)⁻¹
    industry, commodity   T B T     T (I − B T)⁻¹
    ====================  ========  ===================

    Parameters
    ----------
    tables : MakeAndUse
        Checked tables, see :func:`make_and_use`.
    technology : {"industry", "commodity"}
        Industry technology is BEA's. Commodity technology inverts the make table and may have
        negative entries.

    Returns
    -------
    Requirements
        All totals follow from one factorisation of I − T B, N by N.

    Raises
    ------
    ClosedClassError
        If a set of industries buys everything from itself.
    InputError
        If a commodity has no market shares, an industry has inputs and no output, or, for
        commodity technology, the make table has no inverse.

    References
    ----------
    BEA (1997), *Mathematical Derivation of the Total Requirements Tables for the Input-Output
    Study*, equations (3)–(11). Miller & Blair (2009), *Input–Output Analysis*, 2nd ed., §5.5,
    for commodity technology and for commodities per industry.

    Examples
    --------
    >>> from spillgraph.analytics import make_and_use
    >>> make = pd.DataFrame({"steel": [90.0, 10], "cars": [0.0, 100]}, index=["steel", "cars"])
    >>> use = pd.DataFrame({"steel": [12.0, 10], "cars": [8.0, 7]}, index=["steel", "cars"])
    >>> needs = requirements(make_and_use(make, use, industries=["steel", "cars"]))
    >>> needs.total("commodity", "commodity").to_frame().T.round(3).to_numpy().tolist()
    [[1.157, 0.09], [0.131, 1.078]]
    """
    require_kind(tables, MakeAndUse, "make and use tables")
    if technology not in TECHNOLOGIES:
        raise InputError(
            f"technology {show(technology)}: there is no such assumption. "
            f"{nearest(str(technology), TECHNOLOGIES)}"
        )
    goods, g = require_output(tables), tables.gross_output.to_numpy()
    n, m = tables.make.shape
    V = sparse.csr_array(tables.make.to_numpy())
    if technology == "industry":
        q = tables.commodity_output.to_numpy()
        T = sparse.diags_array(g / goods) @ V @ sparse.diags_array(1.0 / q)
    else:
        T = sparse.csr_array(g[:, None] * solve_make(tables.make, np.eye(n), transposed=True))
    extra = len(tables.unsupplied)
    T = sparse.csr_array(sparse.hstack([T, sparse.csr_array((n, extra))]))
    divisor = np.where(g == 0, 1.0, g)
    used = pd.concat([tables.use, tables.unsupplied])
    idle = used.columns[((g == 0) & (used != 0).any(axis=0)).to_numpy()]
    if len(idle):
        raise InputError(
            f"industry {show(idle[0])} has no output and uses {used[idle[0]].sum():,.6g}; there "
            "are no inputs per unit. Merge it, or name its column as a final user."
        )
    B = sparse.csr_array(used.to_numpy() / divisor)
    S = LabelledMatrix.build("S", (T @ B).T, tables.industries)
    return Requirements(
        technology,
        tables.industries,
        tuple(used.index),
        m,
        B,
        T,
        _solver_of(S),
        _mix_of(T[:, :m]),
    )


def _require_sides(*sides: str) -> None:
    for side in sides:
        if side not in SIDES:
            raise InputError(f"{show(side)} is no side of a table. {nearest(str(side), SIDES)}")


def _mix_of(T: sparse.csr_array) -> Vector | None:
    """T⁻¹, or None where there is none."""
    if T.shape[0] != T.shape[1]:
        return None
    full = T.toarray()
    if np.linalg.cond(full) > 1e12:
        return None
    mix: Vector = np.linalg.inv(full)
    return mix


def _solver_of(S: LabelledMatrix) -> _Solver:
    """Prepare solves with I − S, proven where the chains of |S| die out."""
    require_leakage(absolute(S))
    try:
        return Resolvent(S.values, choose_method(len(S.rows)))
    except InputError:
        # Large negative entries, or rows above 1: I − S may have an inverse all the same.
        return _Plain(S.values)


class _Plain:
    """LU of I − S without a proof; refused where the residual is no rounding."""

    def __init__(self, S: sparse.csr_array) -> None:
        import warnings

        self.A = np.eye(S.shape[0]) - S.toarray()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", LinAlgWarning)
            self.factors = lu_factor(self.A)
        self.solve(np.ones(S.shape[0]))

    def solve(self, B: Vector, *, transposed: bool = False) -> Vector:
        X: Vector = lu_solve(self.factors, B, trans=1 if transposed else 0)
        residual = (self.A.T if transposed else self.A) @ X - B
        if not (np.abs(residual) <= 1e-8 * max(1.0, float(np.abs(B).max()))).all():
            raise InputError(
                "total requirements: I − S has no inverse in double precision; check the "
                "industries whose inputs exceed their output."
            )
        return X
