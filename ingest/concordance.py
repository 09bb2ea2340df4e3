"""Concordances as weighted maps: no flow is made, none is lost, and an audit says what was done.

A map sends each code to one or more codes with weights that add to 1. What it does not cover goes
to the residual ``unmapped``, so that totals agree to the last citation and the loss is visible.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ..core.errors import ConcordanceError
from ..graph.schema import UNMAPPED
from .values.rounding import MOST, last_digits

__all__ = ["TOLERANCE", "Audit", "in_per_cent", "map_totals", "weighted_map"]

#: Weights of one code whose sum differs from 1 by less are taken to add to 1.
TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Audit:
    """What is worth knowing about a concordance before numbers rest on it.

    Parameters
    ----------
    source, target : str
        Classifications.
    codes : tuple of str
        Codes of the source that the data use.
    unmapped : tuple of str
        Used codes that the concordance does not have: their flow goes to the residual.
    uneven : dict of str to float
        Weight sums below 1: the rest goes to the residual.
    ties : dict of str to tuple of str
        Codes with two or more largest weights: a winner-takes-all map would be arbitrary.
    equal_split : tuple of str
        Codes without weights, split equally over their targets.
    rounded : dict of str to float
        Weight sums above 1 by no more than rounding explains: those weights are scaled.
    """

    source: str
    target: str
    codes: tuple[str, ...]
    unmapped: tuple[str, ...]
    uneven: dict[str, float]
    ties: dict[str, tuple[str, ...]]
    equal_split: tuple[str, ...]
    rounded: dict[str, float] = field(default_factory=dict)


def weighted_map(
    rows: pd.DataFrame, codes: Iterable[str], source: str, target: str
) -> tuple[pd.DataFrame, Audit]:
    """Complete a concordance so that the weights of every used code add to 1.

    Parameters
    ----------
    rows : DataFrame, columns ``from``, ``to``, ``weight``
        The concordance, one row a pair; a missing weight means an equal split.
    codes : iterable of str
        Codes of the source classification that the data use.
    source, target : str
        Names of the two classifications.

    Returns
    -------
    DataFrame, columns ``from``, ``to``, ``weight``
        The map with residual rows to ``unmapped``.
    Audit

    Raises
    ------
    ConcordanceError
        If weights of a code add to more than 1 by more than rounding of their last digits explains
        (flow out of nothing), or only some of them are given.

    Examples
    --------
    >>> rows = pd.DataFrame(
    ...     {"from": ["C13", "C14", "C14"], "to": ["06", "06", "07"], "weight": [1, 0.5, 0.25]})
    >>> full, audit = weighted_map(rows, ["C13", "C14", "Z99"], "csrc78", "io37")
    >>> full.query("to == 'unmapped'").values.tolist()
    [['C14', 'unmapped', 0.25], ['Z99', 'unmapped', 1.0], ['unmapped', 'unmapped', 1.0]]
    >>> audit.unmapped, audit.uneven
    (('Z99',), {'C14': 0.75})
    """
    used = sorted({str(code) for code in codes} - {UNMAPPED})
    table = rows[["from", "to", "weight"]].astype({"weight": float})
    moved = pd.Series(last_digits(table["weight"]), table.index).groupby(table["from"]).sum()
    table, equal = _fill_equal(table, source)
    sums = table.groupby("from")["weight"].sum()
    over = sums - 1
    rounded = (over > TOLERANCE) & (over <= moved.clip(upper=MOST) + TOLERANCE)
    even = rounded | (over.abs() <= TOLERANCE)
    above = sums[(over > TOLERANCE) & ~rounded]
    if len(above):
        listed = ", ".join(f"{code} ({total:.12g})" for code, total in above.items())
        raise ConcordanceError(
            f"concordance {source} → {target}: weights add to more than 1 for {listed}; "
            f"make the weights of each code add to 1.{_idle(above.index, used)}"
            f"{in_per_cent(table['weight'], sums)}"
        )
    table["weight"] = table["weight"] / table["from"].map(sums.where(even, 1.0))
    uneven = sums[~even]
    unmapped = [code for code in used if code not in sums.index]
    residual = {**{str(code): 1 - float(total) for code, total in uneven.items()}}
    residual |= dict.fromkeys([*unmapped, UNMAPPED], 1.0)
    rest = pd.DataFrame({"from": list(residual), "to": UNMAPPED, "weight": list(residual.values())})
    full = pd.concat([table[table["weight"] > 0], rest], ignore_index=True)
    in_use = set(used)
    audit = Audit(
        source,
        target,
        tuple(used),
        tuple(unmapped),
        {str(code): float(total) for code, total in uneven.items() if code in in_use},
        {code: ends for code, ends in _ties(table).items() if code in in_use},
        tuple(code for code in equal if code in in_use),
        {str(code): float(total) for code, total in sums[rounded].items()},
    )
    return full, audit


def _idle(above: Iterable[object], used: list[str]) -> str:
    """Say that a code is judged although no flow has it."""
    idle = [str(code) for code in above if str(code) not in used]
    return f" No flow has {', '.join(idle[:5])}: all codes are judged." if used and idle else ""


def in_per_cent(shares: Iterable[float], sums: Iterable[float]) -> str:
    """Return a sentence on shares of which one is above 1: it is no share.

    Parameters
    ----------
    shares : iterable of float
        Shares or weights; missing ones count for nothing.
    sums : iterable of float
        What they add up to: per cent to about 100, amounts to anything.

    Examples
    --------
    >>> in_per_cent([0.6, 0.7], [1.3]), in_per_cent([60, 40], [100])
    ('', ' A value of 60 looks like per cent: divide all by 100 in the file, so that it is 0.6.')
    >>> print(in_per_cent([1200, 300], [1500]).strip())
    A value of 1200 is not a share: if these are amounts, divide each by what they add up to (1500).
    """
    largest = _largest(shares)
    if largest < 2:  # rounded up, not per cent: those of fifty are 2 on average
        return ""
    total = max(largest, _largest(sums))
    for base, word in ((100, "per cent"), (1000, "per mille")):
        low = 0 if base == 100 else 0.9 * base
        if low < total <= 1.1 * base:
            return (
                f" A value of {largest:.6g} looks like {word}: divide all by {base:,} in the file, "
                f"so that it is {largest / base:.6g}."
            )
    return (
        f" A value of {largest:.6g} is not a share: if these are amounts, divide each by what they "
        f"add up to ({total:.6g})."
    )


def _largest(values: Iterable[float]) -> float:
    return max((float(value) for value in values if value == value), default=0.0)


def _fill_equal(table: pd.DataFrame, source: str) -> tuple[pd.DataFrame, list[str]]:
    """Give codes without weights an equal split, and name those that are split."""
    missing = table["weight"].isna()
    partly = set(table.loc[missing, "from"]) & set(table.loc[~missing, "from"])
    if partly:
        raise ConcordanceError(
            f"concordance from {source}: {', '.join(sorted(partly)[:5])} has weights in some rows "
            "only; give all of a code's weights, or none."
        )
    ends = table.groupby("from")["to"].transform("size")
    filled = table.assign(weight=np.where(missing, 1.0 / ends, table["weight"]))
    return filled, sorted(set(table.loc[missing & (ends > 1), "from"]))


def _ties(table: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    largest = table.groupby("from")["weight"].transform("max")
    top = table[np.isclose(table["weight"], largest, rtol=0, atol=TOLERANCE)]
    return {
        str(code): tuple(sorted(group["to"]))
        for code, group in top.groupby("from")
        if len(group) > 1
    }


def map_totals(values: pd.DataFrame, weights: pd.DataFrame) -> pd.DataFrame:
    """Carry totals (output, value added, demand) of codes over to the target classification.

    Parameters
    ----------
    values : DataFrame, index = source code
        Columns of amounts. What is missing stays missing: a target has no amount if one of the
        codes that map to it has none.
    weights : DataFrame, columns ``from``, ``to``, ``weight``
        A completed map of :func:`weighted_map`.

    Returns
    -------
    DataFrame, index = target code
        Same columns; column sums are unchanged (the residual row included).

    Examples
    --------
    >>> weights = pd.DataFrame({"from": ["a", "a"], "to": ["x", "y"], "weight": [0.25, 0.75]})
    >>> output = pd.DataFrame({"gross_output": [8.0]}, index=["a"])
    >>> map_totals(output, weights)["gross_output"].to_dict()
    {'x': 2.0, 'y': 6.0}
    """
    unknown = sorted(set(values.index) - set(weights["from"]))
    if unknown:
        raise ConcordanceError(f"no weights are given for {', '.join(unknown[:5])}.")
    joined = weights.merge(values, left_on="from", right_index=True, how="inner")
    amounts = joined[values.columns].mul(joined["weight"], axis=0)
    by_target = amounts.groupby(joined["to"])
    return by_target.sum().where(~amounts.isna().groupby(joined["to"]).any())
