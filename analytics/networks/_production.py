"""Production shares S: inputs in the user's gross output."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from typing import Literal

import numpy as np
import pandas as pd
from scipy import sparse

from ...core.errors import ClosedClassError, InputError
from ...core.labelled import MatrixLike
from ...core.matrix import LabelledMatrix
from ..linalg._entries import KEPT, NEGATIVE, absolute, divide_rows
from ..linalg._labels import (
    Vector,
    by_label,
    labels_where,
    require_flows,
    require_same_labels,
    series,
    square,
)
from ..linalg._leakage import ROUNDING, closed_classes, default_leak, require_leakage, row_leaks
from ..linalg._radius import spectral_radius
from ._by_year import by_year

__all__ = ["ProductionShares", "benchmarks", "interpolate_shares", "production_shares"]


@dataclass(frozen=True, slots=True)
class ProductionShares:
    """Production shares with the value added that closes them.

    Parameters
    ----------
    S : LabelledMatrix, shape (N, N)
        Input from supplier j in the gross output of user i, US$ per US$.
    value_added : pandas.Series, length N
        Share of value added in gross output: as it is known, NaN where it is not known of a
        sector; where it is known of none, all of the leak that is not imports (NaN where these
        are known of others and not of a sector).
    zero_output : tuple of str
        Sectors whose output is zero (or below) and that have no inputs: their row of S is zero.
    heavy_rows : tuple of str
        Sectors whose inputs reach or exceed their gross output (row sum ≥ 1).
    imports : pandas.Series, length N
        Share of imported inputs: as they are known; else what is left of the leak beside a known
        value added; NaN where neither is known.
    unexplained : pandas.Series, length N
        What is left of the leak, so that in each row S·1 + value added + imports + unexplained =
        1 exactly, unknown parts counted as 0. It is 0 where the accounts balance.
    """

    S: LabelledMatrix
    value_added: pd.Series[float]
    zero_output: tuple[str, ...]
    heavy_rows: tuple[str, ...]
    imports: pd.Series[float]
    unexplained: pd.Series[float]

    @property
    def leak(self) -> pd.Series[float]:
        """1 − row sum of S, whatever it is: value added, imports, or unexplained."""
        return default_leak(self.S)

    @property
    def leaks(self) -> pd.DataFrame:
        """The three parts of the leak, a column each: value_added, imports, unexplained."""
        parts = (self.value_added, self.imports, self.unexplained)
        return pd.DataFrame({str(part.name): part for part in parts})


def production_shares(
    Z: MatrixLike,
    gross_output: pd.Series[float],
    *,
    value_added: pd.Series[float] | None = None,
    imports: pd.Series[float] | None = None,
    negative: Literal["refuse", "keep"] = "refuse",
) -> ProductionShares:
    """Turn input flows into shares of the user's gross output, S_ij = z_ij / x_i.

    Gross output, not the sum of intermediate inputs: shares of inputs would sum to 1 in every
    row and make I − S singular (erratum E-000.1 of the source).

    Parameters
    ----------
    Z : LabelledMatrix, shape (N, N)
        What user i (row) bought from supplier j (column), in money. An input–output table
        printed supplier × user must be transposed first.
    gross_output : pandas.Series, length N
        Gross output x_i of each user in the same money.
    value_added, imports : pandas.Series, length N, optional
        Value added, and imported inputs that are not in ``Z``, in the same money; NaN is missing.
    negative : {"refuse", "keep"}
        What a negative flow is: an error, or a negative share. Official tables hold a few. Kept,
        they must leave ρ(|S|) < 1, so that chains of inputs die out whatever their signs.

    Returns
    -------
    ProductionShares
        S in money per money of gross output; value-added shares; rows to warn about. An
        output of zero, or below (an inventory adjustment), is allowed where there are no
        inputs.

    Raises
    ------
    InputError
        If labels differ, a flow is not finite, or negative and not to be kept, a sector has inputs
        but no positive output, or ρ(S) ≥ 1 (looked at only where a row sums to 1 or more).
    ClosedClassError
        If sectors without value added buy only from each other.

    References
    ----------
    Li et al. (2024), 30th IIOA conference, §3.1: s_ij = p_j x_ij / (p_i y_i), the transpose of the
    "direct consumption coefficients"; their text has intermediate inputs for gross output
    (erratum E-000.1).

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import Z, output
    >>> shares = production_shares(Z, output["gross_output"])
    >>> shares.S.to_frame().to_numpy().tolist(), shares.value_added.tolist()
    ([[0.2, 0.3], [0.1, 0.4]], [0.5, 0.5])

    Of what steel does not buy at home, a tenth of its output is value added, the rest is imported:

    >>> added = pd.Series({"steel": 40.0, "cars": 100.0})
    >>> shares = production_shares(Z, output["gross_output"], value_added=added)
    >>> shares.value_added.tolist(), shares.imports.round(12).tolist()
    ([0.4, 0.5], [0.1, 0.0])
    """
    flows = square(Z, "Z", like=gross_output, role="Z")
    signed = bool((flows.values.data < 0).any()) and negative == "keep"
    require_flows(absolute(flows) if signed else flows)
    x = by_label(gross_output, flows.rows, "gross output")
    inputs = np.asarray(flows.values.sum(axis=1), dtype=np.float64)
    _require_output(x, inputs, flows)
    S = LabelledMatrix.build(
        "S",
        divide_rows(flows.values, x),
        flows.rows,
        unit="share of gross output",
        year=flows.year,
        provenance={**flows.provenance, NEGATIVE: KEPT} if signed else flows.provenance,
    )
    size = absolute(S)
    heavy = labels_where(row_leaks(size) <= 0, S.rows)
    if heavy:
        _require_dying_out(size, heavy, None if signed else flows, x)
    v, m, rest = _leaks(S, x, value_added, imports)
    return ProductionShares(S, v, labels_where(x <= 0, S.rows), heavy, m, rest)


def _leaks(
    S: LabelledMatrix,
    x: Vector,
    value_added: pd.Series[float] | None,
    imports: pd.Series[float] | None,
) -> tuple[pd.Series[float], pd.Series[float], pd.Series[float]]:
    """Split the leak of S into value added, imports and what neither explains."""
    leak = row_leaks(S)
    v, m = (_share_of_output(values, S.rows, x) for values in (value_added, imports))
    if np.isnan(v).all():  # beside imports of others a missing one is unknown, and so is the rest
        v = leak - (np.zeros(len(leak)) if np.isnan(m).all() else m)
    else:
        m = np.where(np.isnan(m), leak - v, m)
    # Without output there is nothing to share out: such a row leaks as a whole.
    v[x <= 0], m[x <= 0] = leak[x <= 0], 0.0
    m[np.abs(m) <= ROUNDING] = 0.0
    rest = leak - np.nan_to_num(v) - np.nan_to_num(m)
    rest[np.abs(rest) <= ROUNDING] = 0.0
    parts = {"value_added": v, "imports": m, "unexplained": rest}
    first, second, third = (series(part, S.rows, name) for name, part in parts.items())
    return first, second, third


def _share_of_output(values: pd.Series[float] | None, labels: tuple[str, ...], x: Vector) -> Vector:
    """Return amounts as shares of output in the order of the labels; NaN where one is missing."""
    if values is None:
        return np.full(len(labels), np.nan)
    column = pd.Series(values.to_numpy(dtype=np.float64), [str(label) for label in values.index])
    require_same_labels(
        column.index,
        labels,
        str(values.name or "leak"),
        "the matrix's",
        "give one for every sector",
    )
    amounts = column.reindex(list(labels)).to_numpy()
    shares: Vector = np.divide(amounts, x, out=np.full(len(labels), np.nan), where=x > 0)
    return shares


def benchmarks(years: Iterable[int], year: int) -> tuple[int, int, float]:
    """Return the benchmark years around a year, and how far it is on the way to the second.

    Parameters
    ----------
    years : iterable of int
        Years that have a table.
    year : int
        The year wanted.

    Returns
    -------
    before, after : int
        The same year twice where ``year`` has a table or lies outside.
    share : float
        0 at ``before``, towards 1 at ``after``.

    Raises
    ------
    InputError
        If there is no year.

    Examples
    --------
    >>> benchmarks([2007, 2012], 2010), benchmarks([2007, 2012], 2015)
    ((2007, 2012, 0.6), (2012, 2012, 0.0))
    """
    known = sorted(years)
    if not known:
        raise InputError("benchmark years: at least one year with a table is needed, got none.")
    before = max((y for y in known if y <= year), default=known[0])
    after = min((y for y in known if y >= year), default=known[-1])
    if before >= after:
        return before, before, 0.0
    return before, after, (year - before) / (after - before)


def interpolate_shares(shares: Mapping[int, MatrixLike], year: int) -> LabelledMatrix:
    """Return S of a year between benchmark tables: coefficients on a straight line.

    Parameters
    ----------
    shares : mapping of int to LabelledMatrix, each shape (N, N)
        S of every year that has a table, with the same labels.
    year : int
        The year wanted.

    Returns
    -------
    LabelledMatrix, shape (N, N)
        S of ``year``. Outside the benchmark years it is the nearest one's. ``provenance`` says
        under ``table`` what was done.

    Raises
    ------
    InputError
        If there is no year, or labels differ.

    Notes
    -----
    Rows of an interpolated S sum to the interpolated sums, so value added stays positive where it
    was, and ρ(S) < 1. The line between benchmark tables is our choice, and no paper's.

    Examples
    --------
    >>> S = {y: LabelledMatrix.build("S", [[y / 1e4]], ["steel"]) for y in (2000, 2010)}
    >>> between = interpolate_shares(S, 2005)
    >>> between.values.toarray().tolist(), between.provenance["table"]
    ([[0.2005]], '2005 on the line from 2000 to 2010')
    >>> interpolate_shares(S, 2015).provenance["table"]
    'that of 2010, the nearest year with a table'
    """
    shares = by_year(shares, "shares by year")
    before, after, share = benchmarks(shares, year)
    first = square(shares[before], "S", role="S")
    if before == after:
        text = f"that of {before}" + (", the nearest year with a table" if before != year else "")
        return replace(first, year=year, provenance={**first.provenance, "table": text})
    other = square(shares[after], "S", like=shares[before], role="S")
    second = other.aligned_to(first.rows)
    values = first.values * (1.0 - share) + second.values * share
    text = f"{year} on the line from {before} to {after}"
    signed = {NEGATIVE: KEPT} if NEGATIVE in second.provenance else {}
    return replace(
        first,
        values=sparse.csr_array(values),
        year=year,
        provenance={**first.provenance, **signed, "table": text},
    )


def _require_output(x: Vector, inputs: Vector, flows: LabelledMatrix) -> None:
    """Refuse a sector that has inputs but no output to divide them by."""
    bad = np.flatnonzero((x <= 0) & (inputs > 0))
    if bad.size:
        i = int(bad[0])
        raise InputError(
            f"gross output: {flows.rows[i]!r} buys inputs of {inputs[i]:g} but has an output of "
            f"{x[i]:g}; a positive output is needed. Correct its output, or leave the sector out."
        )


def _require_dying_out(
    S: LabelledMatrix, heavy: tuple[str, ...], flows: LabelledMatrix | None, x: Vector
) -> None:
    """Refuse ρ(S) ≥ 1: the sum over supply chains would not be finite."""
    if flows is not None:
        _require_less_than_output(S, flows, x)
    require_leakage(S)
    rho = spectral_radius(S)
    if rho >= 1:
        raise InputError(
            f"matrix S: its spectral radius is {rho:.6g}, it must be below 1. The inputs of "
            f"{', '.join(map(repr, heavy[:5]))} reach or exceed their gross output; check these "
            "rows, or merge the sectors with their main suppliers."
        )


def _require_less_than_output(S: LabelledMatrix, flows: LabelledMatrix, x: Vector) -> None:
    """Refuse what uses more than it makes, by itself or in a closed class: no circle is the cause.

    A sector whose own flow exceeds its output is refused whatever else it buys: ρ(S) ≥ S_ii > 1.
    """
    inputs, own = np.asarray(flows.values.sum(axis=1)), flows.values.diagonal()
    most = x * (1.0 + ROUNDING)
    alone = np.flatnonzero((x > 0) & (own > most))
    classes = closed_classes(S) if not alone.size else [[S.rows[i]] for i in alone]
    over = [i for i in map(S.rows.index, chain(*classes)) if inputs[i] > most[i]]
    if not over:
        return
    i = max(over, key=lambda i: inputs[i] / x[i])
    of_own = f", {own[i]:g} of them from itself," if own[i] > 0 else ""
    more = f" So {'do' if over[2:] else 'does'} {len(over) - 1:,} more." if over[1:] else ""
    raise ClosedClassError(
        f"matrix {S.name}: {S.rows[i]!r} buys inputs of {inputs[i]:g}{of_own} for a gross output "
        f"of {x[i]:g}: no chain of inputs dies out where a sector uses more than it makes.{more} "
        "Correct these flows or the output (is one of them in another unit, or of a part of the "
        "firms?), or leave the sector out.",
        classes,
    )
