"""Value added in trade: what of a country's exports is whose, and how often it is counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from ...core.errors import InputError, show
from ...core.labelled import MatrixLike, square
from ...core.labels import describe_difference, finite_numbers, text_labels
from ...core.matrix import LabelledMatrix
from ..linalg._entries import divide_rows
from ..linalg._labels import Vector, by_label, require_flows, texts_by_label
from ..linalg._operands import check_production
from ..linalg._resolvent import Resolvent, choose_method

__all__ = ["value_added_in_trade"]


def value_added_in_trade(Z: MatrixLike, v: Any, f: Any, countries: Any) -> pd.DataFrame:
    """Split gross exports, country by country, into whose value added they hold.

    Source-based: value added is counted when it leaves a country first; what has left it before
    is double counted. B = (I − A)⁻¹, A inputs over output, supplier × user; L_ss = (I − A_ss)⁻¹.

    Parameters
    ----------
    Z : LabelledMatrix, shape (N, N)
        What sector i (row) bought of sector j (column), in money; sectors are those of a country.
    v : pandas.Series, length N, or None
        Value added of each sector, in the same money. None: output less inputs. Where inputs and
        value added do not make up output, the rest (taxes, margins) is ``other``.
    f : pandas.DataFrame, shape (C, N)
        What final users of country c (row) bought of sector j (column), in the same money.
    countries : pandas.Series of str, length N
        The country of each sector, as the rows of ``f`` are called.

    Returns
    -------
    pandas.DataFrame, C (C − 1) rows, indexed by ``exporter`` and ``importer``
        In the money of ``Z``:

        - ``exports``: goods of s (exporter) used in r (importer), as inputs or finally.
        - ``DVA``: value added of s, V_s L_ss E_sr; of it ``VAX``, used up abroad in the end, and
          ``REF``, which comes back to final users in s.
        - ``DDC``: value added of s that had left it before, V_s (B_ss − L_ss) E_sr.
        - ``FVA``: value added of others that leaves s first, Σ_t V_t B_ts B_ss⁻¹ L_ss E_sr; and
          ``FDC``, that had left s before.
        - ``other``: neither inputs nor value added of anybody.
          exports = DVA + DDC + FVA + FDC + other and DVA = VAX + REF, but for rounding.
        - ``DAVAX``: part of VAX that r itself uses up without trading it on.
        - ``GVC``: exports − DAVAX, what crosses more than one border; ``GVC_forward``,
          DVA − DAVAX; ``GVC_backward``, the rest.

    Raises
    ------
    InputError
        If labels differ, a flow is negative or not finite, a sector has inputs but sells nothing,
        there is one country alone, or the spectral radius of A is 1 or more.
    ClosedClassError
        If sectors buy everything from each other.

    References
    ----------
    Borin & Mancini (2019), World Bank WPS 8804, and (2023), *Economic Systems Research* 35,
    607–634: source-based, exporter's perspective. VAX summed over importers is that of Johnson &
    Noguera (2012), *Journal of International Economics* 86, 224–236.

    Examples
    --------
    Steel is of country A, cars of country B, and both are sold in both:

    >>> from spillgraph.analytics.steel_and_cars import Z
    >>> f = pd.DataFrame([[40, 30], [20, 60]], index=["A", "B"], columns=["steel", "cars"])
    >>> table = value_added_in_trade(Z, None, f, {"steel": "A", "cars": "B"})
    >>> table.loc[("A", "B"), ["exports", "DVA", "DDC", "FVA"]].round(3).to_dict()
    {'exports': 40.0, 'DVA': 25.0, 'DDC': 1.667, 'FVA': 12.5}
    >>> float(table.loc[("A", "B"), "FDC"].round(3))
    0.833
    """
    world = _World.read(Z, v, f, countries)
    tables = [world.split(s) for s in range(len(world.countries))]
    return pd.concat(tables)


@dataclass(frozen=True, slots=True)
class _World:
    """A table of the world, and what is solved for once.

    ``S`` and ``used`` are [user, supplier] and [country, supplier]; ``B_ss`` a block for each
    country; ``made`` [supplier, country]: output that final demand of a country takes, B Y;
    ``at_home`` for each country: output that its final demand takes of it, through it alone.
    """

    countries: tuple[str, ...]
    of: list[np.ndarray]
    S: sparse.csr_array
    used: Vector
    v: Vector
    content: Vector
    B_ss: list[Vector]
    made: Vector
    at_home: list[Vector]

    @classmethod
    def read(cls, Z: MatrixLike, v: Any, f: Any, countries: Any) -> _World:
        """Check the tables, solve for contents, output by destination and blocks of B."""
        flows = square(Z, "Z", role="Z")
        require_flows(flows)
        home = texts_by_label(countries, flows.rows, "countries")
        names, used = _final(f, flows.rows, home)
        x = np.asarray(flows.values.sum(axis=0)) + used.sum(axis=0)
        S = _input_shares(flows, x)
        U = Resolvent(S.values, choose_method(len(x)))
        share = _value_added_shares(v, S, x)
        of = [np.flatnonzero(home == name) for name in names]
        blocks, at_home = [], []
        for r, members in enumerate(of):
            unit = np.zeros((len(x), members.size))
            unit[members, np.arange(members.size)] = 1.0
            blocks.append(U.solve(unit, transposed=True)[members])
            A_rr = S.values[members][:, members].toarray().T
            at_home.append(np.linalg.solve(np.eye(members.size) - A_rr, used[r, members]))
        made = U.solve(used.T, transposed=True)
        return cls(names, of, S.values, used, share, U.solve(share), blocks, made, at_home)

    def split(self, s: int) -> pd.DataFrame:
        """Return a row for each importer of country s."""
        own, others = self.of[s], [r for r in range(len(self.countries)) if r != s]
        bought = self.S[:, own].toarray()  # by all, of s
        L_ss = np.linalg.inv(np.eye(own.size) - bought[own].T)
        V_s, B_ss = self.v[own], self.B_ss[s]
        first = V_s @ L_ss  # domestic value added in a unit of exports, counted once
        total = V_s @ B_ss
        foreign = self.content[own] - total
        once = foreign @ np.linalg.solve(B_ss, L_ss)
        rows = []
        for r in others:
            A_sr = bought[self.of[r]].T
            goods = self.used[r, own]
            through = A_sr @ self.made[self.of[r]]  # inputs for what each country uses in the end
            E = goods + through.sum(axis=1)
            row = {
                "exports": E.sum(),
                "DVA": first @ E,
                "VAX": first @ (E - through[:, s]),
                "REF": first @ through[:, s],
                "DDC": (total - first) @ E,
                "FVA": once @ E,
                "FDC": (foreign - once) @ E,
                "other": (1.0 - self.content[own]) @ E,
                "DAVAX": first @ (goods + A_sr @ self.at_home[r]),
            }
            row["GVC"] = row["exports"] - row["DAVAX"]
            row["GVC_forward"] = row["DVA"] - row["DAVAX"]
            row["GVC_backward"] = row["exports"] - row["DVA"]
            rows.append(row)
        pairs = [(self.countries[s], self.countries[r]) for r in others]
        index = pd.MultiIndex.from_tuples(pairs, names=["exporter", "importer"])
        return pd.DataFrame(rows, index=index, dtype=np.float64)


def _final(f: Any, labels: tuple[str, ...], home: np.ndarray) -> tuple[tuple[str, ...], Vector]:
    """Return the countries, and final demand [country, supplier] in the order of the sectors."""
    if not isinstance(f, pd.DataFrame):
        raise InputError(
            f"f: a DataFrame of countries by sectors is needed, got {type(f).__name__}."
        )
    rows, columns = text_labels(f.index, "f, rows"), text_labels(f.columns, "f, columns")
    if set(rows) == set(labels) and set(columns) == set(home):
        raise InputError(
            "f: its rows are sectors and its columns countries, but rows must be the countries "
            "that use and columns the sectors that supply. Turn it round (.T)."
        )
    odd = describe_difference(columns, labels)
    if odd:
        raise InputError(f"f: its columns are not the sectors of Z ({odd}); give one for each.")
    odd = describe_difference(rows, sorted(set(home)))
    if odd:
        raise InputError(f"f: its rows are not the countries of the sectors ({odd}).")
    if len(rows) < 2:
        raise InputError(f"countries: two or more are needed, got {len(rows)} ({show(rows[0])}).")
    numbers = finite_numbers(f, rows, columns, "f")
    order = pd.Index(columns).get_indexer(pd.Index(labels))
    return rows, numbers[:, order]


def _input_shares(flows: LabelledMatrix, x: Vector) -> LabelledMatrix:
    """Return inputs over output, which is sales to all users."""
    buys = np.diff(flows.values.indptr) > 0
    wrong = np.flatnonzero(buys & (x <= 0))
    if wrong.size:
        raise InputError(
            f"Z: {show(flows.rows[wrong[0]])} buys inputs but sells {x[wrong[0]]:g} in all; a "
            "positive output is needed. Is Z turned round? Rows are users."
        )
    return check_production(
        LabelledMatrix("S", divide_rows(flows.values, x), flows.rows, flows.rows)
    )


def _value_added_shares(v: Any, S: LabelledMatrix, x: Vector) -> Vector:
    """Return value added over output; the leak of S where none is given."""
    leak = 1.0 - np.asarray(S.values.sum(axis=1), dtype=np.float64)
    if v is None:
        return leak
    amounts = by_label(v, S.rows, "v")
    shares: Vector = np.divide(amounts, x, out=np.zeros(len(x)), where=x > 0)
    return shares
