"""Make and use tables, taken apart and checked: what every derivation begins with.

The symbols are those of the Bureau of Economic Analysis: V make, U use, q commodity output,
g industry output, h scrap. All tables here are as they are printed: rows supply, columns use.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...core.errors import InputError, show
from ..linalg._labels import Vector
from ._make_use import _read_tables, _sum_dropped

__all__ = ["MakeAndUse", "make_and_use", "require_output"]

#: What a table printed in whole units may be off by, of the larger of supply and use.
TOLERANCE = 1e-3


@dataclass(frozen=True, slots=True)
class MakeAndUse:
    """Make and use tables, taken apart; everything in the tables' money.

    Parameters
    ----------
    make : pandas.DataFrame, shape (N, M)
        V: output of each industry (rows) by commodity (columns), without scrap and without
        commodities that nobody makes.
    use : pandas.DataFrame, shape (M, N)
        U: what each industry (columns) uses of these commodities (rows).
    final_uses : pandas.DataFrame, shape (M, F)
        What final users (columns) take of them.
    value_added : pandas.DataFrame, shape (K, N)
        Value-added rows of the use table by industry.
    unsupplied : pandas.DataFrame, shape (L, N)
        What each industry uses of scrap and of commodities that no industry makes (rows).
    scrap : tuple of str
        The rows of ``unsupplied`` that are scrap.
    scrap_made : pandas.Series, length N
        Scrap that each industry makes (h).
    dropped : dict of str to float
        Use that no industry supplies, in money by reason, as in
        :class:`~spillgraph.analytics.IndustryTechnology`.
    not_made : tuple of str
        Commodities that no industry makes.
    no_output : tuple of str
        Industries that make nothing.
    commodity_gap : pandas.Series, length M
        Uses of each commodity less its output; 0 where the tables balance.
    industry_gap : pandas.Series, length N
        Payments of each industry less its output.
    """

    make: pd.DataFrame
    use: pd.DataFrame
    final_uses: pd.DataFrame
    value_added: pd.DataFrame
    unsupplied: pd.DataFrame
    scrap: tuple[str, ...]
    scrap_made: pd.Series[float]
    dropped: dict[str, float]
    not_made: tuple[str, ...]
    no_output: tuple[str, ...]
    commodity_gap: pd.Series[float]
    industry_gap: pd.Series[float]

    @property
    def industries(self) -> tuple[str, ...]:
        """The N industries, in the order asked for."""
        return tuple(self.make.index)

    @property
    def commodities(self) -> tuple[str, ...]:
        """The M commodities that industries make, in the order of the make table."""
        return tuple(self.make.columns)

    @property
    def imports(self) -> pd.Series[float]:
        """What each industry uses of commodities that no industry makes: imports above all."""
        return self.unsupplied.loc[list(self.not_made)].sum(axis=0).rename("imports")

    @property
    def scrap_used(self) -> pd.Series[float]:
        """Scrap that each industry buys."""
        return self.unsupplied.loc[list(self.scrap)].sum(axis=0).rename("scrap_used")

    @property
    def commodity_output(self) -> pd.Series[float]:
        """q: column sums of the make table."""
        return self.make.sum(axis=0).rename("commodity_output")

    @property
    def gross_output(self) -> pd.Series[float]:
        """g: row sums of the make table, scrap included."""
        return (self.make.sum(axis=1) + self.scrap_made).rename("gross_output")

    def unbalanced(self, tolerance: float = TOLERANCE) -> pd.Series[float]:
        """Gaps that are more than a share of what is supplied, the largest first.

        Parameters
        ----------
        tolerance : float
            Share of the output of a commodity or industry.

        Returns
        -------
        pandas.Series
            Gap in money, indexed by ``side`` (``commodity`` or ``industry``) and ``label``.
        """
        sides = {
            "commodity": (self.commodity_gap, self.commodity_output),
            "industry": (self.industry_gap, self.gross_output),
        }
        gaps = pd.concat({side: gap for side, (gap, _) in sides.items()}, names=["side", "label"])
        size = pd.concat({side: output for side, (_, output) in sides.items()})
        large = gaps[(gaps.abs() > tolerance * size.abs()).to_numpy()]
        return large.iloc[np.argsort(-large.abs().to_numpy(), kind="stable")].rename("gap")

    def require_balance(self, tolerance: float = TOLERANCE) -> None:
        """Refuse tables that do not balance, naming the commodity or industry that is off most.

        Parameters
        ----------
        tolerance : float
            Share of the output of a commodity or industry; the default is a thousandth.

        Raises
        ------
        InputError
            If a gap is larger.
        """
        off = self.unbalanced(tolerance)
        if off.empty:
            return
        side, label = map(str, off.index[0])
        gap = float(off.iloc[0])
        words = ("use", "make") if side == "commodity" else ("payments", "output")
        output = (self.commodity_output if side == "commodity" else self.gross_output)[label]
        more = f", and {len(off) - 1} more" if len(off) > 1 else ""
        raise InputError(
            f"make and use tables do not balance: {side} {show(label)} has {words[0]} of "
            f"{output + gap:,.6g} and {words[1]} of {output:,.6g}{more}. Name all final columns "
            "and value-added rows, or balance the tables first (balance_gras)."
        )


def make_and_use(
    make: pd.DataFrame,
    use: pd.DataFrame,
    *,
    industries: Sequence[str],
    scrap: Sequence[str] = (),
    value_added_rows: Sequence[str] = (),
    final_columns: Sequence[str] = (),
) -> MakeAndUse:
    """Take make and use tables apart, and say where they do not add up.

    Parameters
    ----------
    make : pandas.DataFrame, shape (N, commodities)
        Output of each industry (rows) by commodity (columns), in money. A supply table is its
        transpose.
    use : pandas.DataFrame, shape (commodities and value added, N and final users)
        Use of each commodity (rows) by industry or final user (columns), in the same money.
    industries, scrap, value_added_rows, final_columns : sequence of str
        As in :func:`~spillgraph.analytics.industry_technology`.

    Returns
    -------
    MakeAndUse
        Commodities that nobody makes are set apart and counted (``not_made``, ``imports``,
        ``dropped``); industries that make nothing are named in ``no_output``. What does not
        balance is reported by ``unbalanced`` and refused by ``require_balance``.

    Raises
    ------
    InputError
        If a code is missing, unknown or repeated, or a number is missing.

    References
    ----------
    BEA (1997), *Mathematical Derivation of the Total Requirements Tables for the Input-Output
    Study*. United Nations (2018), *Handbook on Supply and Use Tables and Input–Output Tables*,
    ch. 2.

    Examples
    --------
    >>> make = pd.DataFrame({"steel": [90.0, 0], "cars": [10.0, 200]}, index=["steel", "cars"])
    >>> use = pd.DataFrame(
    ...     {"steel": [20.0, 21, 59], "cars": [30.0, 84, 86], "final": [40.0, 105, 0]},
    ...     index=["steel", "cars", "wages"],
    ... )
    >>> tables = make_and_use(make, use, industries=["steel", "cars"],
    ...                       value_added_rows=["wages"], final_columns=["final"])
    >>> tables.commodity_output.to_dict(), len(tables.unbalanced())
    ({'steel': 90.0, 'cars': 210.0}, 0)
    """
    order = [str(code) for code in industries]
    make, use, commodities = _read_tables(make, use, order, scrap, value_added_rows, final_columns)
    final = list(final_columns)
    scraps = [code for code in scrap if code in make.columns]
    goods = make.drop(columns=scraps)
    goods = goods.loc[:, (goods != 0).any(axis=0)]
    demanded = use.reindex(index=goods.columns, fill_value=0.0)
    outside = {*goods.columns, *scrap}
    not_made = tuple(c for c in commodities if c not in outside)
    scrap_rows = [code for code in scrap if code in use.index]
    scrap_made = make[scraps].sum(axis=1)
    g = goods.sum(axis=1) + scrap_made
    paid = use[order].sum(axis=0)
    axis = pd.Index(order, name="industry")
    return MakeAndUse(
        goods.set_axis(axis).rename_axis(columns="commodity"),
        demanded[order].set_axis(axis, axis=1).rename_axis("commodity"),
        demanded[final].rename_axis(index="commodity", columns="final user"),
        use.loc[list(value_added_rows), order].set_axis(axis, axis=1).rename_axis("payment"),
        use.loc[[*scrap_rows, *not_made], order].set_axis(axis, axis=1).rename_axis("commodity"),
        tuple(scrap_rows),
        scrap_made.set_axis(axis).rename("scrap_made"),
        _sum_dropped(use, order, final, scrap, not_made),
        not_made,
        tuple(g.index[(g == 0).to_numpy()]),
        (demanded.sum(axis=1) - goods.sum(axis=0)).rename("commodity_gap").rename_axis("commodity"),
        (paid - g).set_axis(axis).rename("industry_gap"),
    )


def require_output(tables: MakeAndUse) -> Vector:
    """Return the output of each industry without scrap, refused where nothing can be divided.

    Parameters
    ----------
    tables : MakeAndUse
        Checked tables.

    Returns
    -------
    ndarray, shape (N,)
        g − h, in money; 1 for an industry that neither makes nor uses anything.

    Raises
    ------
    InputError
        If a commodity's outputs cancel to zero, an industry makes nothing but scrap, or one makes
        nothing and uses something.

    Examples
    --------
    >>> make = pd.DataFrame({"steel": [90.0], "scrap": [10.0]}, index=["steel"])
    >>> use = pd.DataFrame({"steel": [30.0, 10]}, index=["steel", "scrap"])
    >>> require_output(make_and_use(make, use, industries=["steel"], scrap=["scrap"]))
    array([90.])
    """
    q = tables.commodity_output
    if (q == 0).any():
        raise InputError(
            f"make table: the outputs of commodity {show(q.index[q == 0][0])} cancel to zero, so "
            "it has no market shares; merge it with another commodity."
        )
    product = tables.make.sum(axis=1)
    empty = product == 0
    only_scrap = product.index[empty & (tables.gross_output != 0)]
    if len(only_scrap):
        raise InputError(
            f"make table: industry {show(only_scrap[0])} makes nothing but scrap; merge it with "
            "the industry that its scrap comes from."
        )
    idle = product.index[empty & (tables.use != 0).any(axis=0)]
    if len(idle):
        raise InputError(
            f"make table: industry {show(idle[0])} makes nothing and uses "
            f"{tables.use[idle[0]].sum():,.6g}; it has no inputs per unit of output. Merge it "
            "with another industry, or name its column as a final user."
        )
    product[empty] = 1.0
    return product.to_numpy()
