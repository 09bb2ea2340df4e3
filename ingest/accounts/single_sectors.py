"""Single sectors whose accounts do not add up, while those of the others do: which, and why."""

from __future__ import annotations

import math

import numpy as np

from ...analytics.accounts import DOUBTFUL, HALF, OFF, Accounts, Identity, WrongUnit, WrongUnits
from ...core.errors import show_some

__all__ = ["of_units", "off_alone", "percent"]

#: Sectors with less of all gross output than this are not spoken of.
LITTLE = 1e-6
#: So many are named.
NAMED = 5
#: A gap of so many of the last digits that are printed is rounding, however small the sector.
ROUNDED = 3
_DIGITS = 7
_NAMES = {
    "inputs": "inputs",
    "sales": "sales",
    "gross_output": "gross output",
    "value_added": "value added",
    "final_demand": "final demand",
    "imports": "imports",
}
_SIDES = {"paid": "inputs and value added", "sold": "sales and final demand"}


def percent(value: float) -> str:
    """Return a share as a text that stays short, however large it is.

    Parameters
    ----------
    value : float
        A share.

    Examples
    --------
    >>> percent(0.3036), percent(1234.5), percent(1e12)
    ('30.4%', '1,234 times its amount', '1e+12 times its amount')
    """
    if value < 10:
        return f"{value:.1%}"
    return f"{value:,.0f} times its amount" if value < 1e9 else f"{value:.3g} times its amount"


def of_units(units: WrongUnits) -> str:
    """Say which parts of which sectors fit the others in another unit only.

    Parameters
    ----------
    units : WrongUnits
        What was found.

    Examples
    --------
    >>> found = WrongUnit("S18", ("inputs",), 1000.0, 0.3036, True)
    >>> print(of_units(WrongUnits((found,), (0.0, 0.0))))
    The inputs of 'S18' fit the others if multiplied by 1,000 (as they are, its accounts are off \
by 30.4% of gross output): another unit. Then the accounts fit to 0.0% and 0.0%. Give all amounts \
in one unit.
    """
    groups: dict[tuple[tuple[str, ...], float], list[WrongUnit]] = {}
    for unit in units.found:
        groups.setdefault((unit.parts, unit.factor), []).append(unit)
    sentences = [_of_group(*key, group) for key, group in groups.items()]
    left = " and ".join(percent(misfit) for misfit in units.misfits if not math.isnan(misfit))
    return (
        f"{' '.join(sentences)} {'Then' if len(units.found) == 1 else 'With all that'} the "
        f"accounts fit to {left}. Give all amounts in one unit."
    )


def _of_group(parts: tuple[str, ...], factor: float, group: list[WrongUnit]) -> str:
    if {"inputs", "sales", "gross_output"} <= {*parts}:
        what, one = "all amounts", False
    else:
        *first, last = (_NAMES[part] for part in parts)
        what = f"{', '.join(first)} and {last}" if first else last
        one = len(parts) == 1 and parts[0] not in {"inputs", "sales", "imports"}
        what = what if one else f"the {what}"
    by = f"{factor:,.0f}" if factor > 1 else f"{factor:.9f}".rstrip("0")
    off = sorted(unit.off for unit in group if not math.isnan(unit.off))
    how = ""
    if off:
        ends = " to ".join(dict.fromkeys(percent(share) for share in (off[0], off[-1])))
        whose, they = "its" if len(group) == 1 else "their", "it is" if one else "they are"
        how = f" (as {they}, {whose} accounts are off by {ends} of gross output)"
    fits = "fits" if one else "fit"
    return (
        f"{what[:1].upper()}{what[1:]} of {show_some([unit.sector for unit in group])} {fits} the "
        f"others if multiplied by {by}{how}: another unit."
    )


def off_alone(accounts: Accounts) -> str:
    """Name sectors that are far off although the others fit, and how far each identity misses.

    Parameters
    ----------
    accounts : Accounts
        Accounts of one year.

    Returns
    -------
    str
        Nothing where there is none.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from spillgraph.analytics.accounts import check_accounts
    >>> from spillgraph.core.matrix import LabelledMatrix
    >>> sectors = list("abcdefghijkl")
    >>> Z = LabelledMatrix.build("Z", 4 * np.eye(12), sectors)
    >>> output = pd.DataFrame({"gross_output": 10.0, "value_added": 6.0}, index=sectors)
    >>> output.loc["c", "value_added"] = 2.0
    >>> off_alone(check_accounts(Z, output))
    "'c' (inputs and value added fall short of its gross output by 40.0% of that)"
    """
    x, errors, step = accounts.table["gross_output"], accounts.errors(), _step(accounts)
    least = {"paid": _least(accounts.paid), "sold": _least(accounts.sold)}
    named = {}
    for code in errors.index[(x > LITTLE * x.clip(lower=0.0).sum()).reindex(errors.index)]:
        parts = [
            _of_side(side, float(gap))
            for side, gap in errors.loc[code].items()
            if _is_off(abs(gap), float(x[code]), least[side], step)
        ]
        if parts:
            largest = float(errors.loc[code].abs().max())
            named[str(code)] = (largest, f"{str(code)!r} ({' and '.join(parts)})")
    worst = sorted(named.values(), key=lambda pair: -pair[0])
    texts = [text for _, text in worst[:NAMED]]
    more = f", and {len(worst) - NAMED} more" if worst[NAMED:] else ""
    return ", ".join(texts) + more


def _is_off(error: float, x: float, least: float, step: float) -> bool:
    """Whether a sector with output x misses more than the others do, or much more than digits."""
    far = error > HALF or error * x > max(OFF * x, least)
    return far and error * x > ROUNDED * step


def _step(accounts: Accounts) -> float:
    """Return the last digit that amounts are printed with: 1, .1 and so on, 0 if there is none."""
    amounts = accounts.table.to_numpy(dtype=np.float64)
    amounts = amounts[np.isfinite(amounts)]
    for digits in range(_DIGITS):
        scaled = amounts * 10.0**digits
        if (np.abs(scaled - np.rint(scaled)) <= 1e-6).all():
            return 10.0**-digits
    return 0.0


def _least(side: Identity) -> float:
    """Return the gap below which the others are no better: of a printed table, its rounding."""
    if not side.median <= DOUBTFUL:
        return math.inf
    return 2 * float(side.gap.abs().quantile(0.9))


def _of_side(side: object, gap: float) -> str:
    verb = "fall short of" if gap > 0 else "exceed"
    return f"{_SIDES[str(side)]} {verb} its gross output by {percent(abs(gap))} of that"
