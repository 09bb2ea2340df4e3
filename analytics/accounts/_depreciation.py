"""The present value of what may be depreciated for tax, per unit of an asset's price."""

from __future__ import annotations

import math
from typing import Any, Literal, TypeAlias, overload

import numpy as np
import pandas as pd

from ...core.errors import InputError, show

__all__ = ["Timing", "deductions", "pv_depreciation"]

#: When a year's deduction is taken.
Timing: TypeAlias = Literal["end", "begin"]
#: The paper's interest rate: ten-year US treasuries of 1992.
RATE = 0.0701


def deductions(life: float) -> np.ndarray:
    """Tax deductions of each year, per unit of an asset's price, by the US rules of 1992.

    Lives up to 10 years: 200% declining balance; 11 to 20: 150%; beyond: straight line. Declining
    balance gives way to straight line on what is left as soon as that is larger.

    Parameters
    ----------
    life : float
        Service life in years, above 0. A life of 4.5 years has five deductions.

    Returns
    -------
    ndarray, shape (ceil(life),)
        Shares; they sum to 1.

    Raises
    ------
    InputError
        If the life is no positive, finite number.

    Examples
    --------
    >>> deductions(5).round(3).tolist()
    [0.4, 0.24, 0.144, 0.108, 0.108]
    """
    if not (isinstance(life, int | float | np.number) and 0 < float(life) < math.inf):
        raise InputError(f"life: {show(life)} years; a positive number of years is needed.")
    years = math.ceil(float(life))
    speed = 1.0 if life > 20 else 2.0 if life <= 10 else 1.5
    taken, left = np.zeros(years), 1.0
    for s in range(years):
        # The remaining life of the last, broken year is below one: it takes the rest.
        straight = left / max(1.0, float(life) - s)
        taken[s] = left if s == years - 1 else min(left, max(speed / float(life) * left, straight))
        left -= taken[s]
    return taken


@overload
def pv_depreciation(life: float, r: float = RATE, timing: Timing = "end") -> float: ...
@overload
def pv_depreciation(
    life: pd.Series[Any], r: float = RATE, timing: Timing = "end"
) -> pd.Series[float]: ...
def pv_depreciation(
    life: float | pd.Series[Any], r: float = RATE, timing: Timing = "end"
) -> float | pd.Series[float]:
    """z: present value of tax depreciation, per unit of an asset's price.

    z = Σₛ dₛ (1 + r)⁻ˢ with the deductions of :func:`deductions`. Straight line has the closed form
    z = (1 − (1 + r)⁻ᴸ) / (r L).

    Parameters
    ----------
    life : float, or pandas.Series of float
        Service life in years, above 0; a series by asset.
    r : float
        Interest rate a year, above −1; the default is 7.01%.
    timing : {"end", "begin"}
        A deduction counts at the end of its year, or at its beginning: then z is (1 + r) times as
        large.

    Returns
    -------
    float, or pandas.Series
        Shares of the price; 1 at r = 0.

    Raises
    ------
    InputError
        If a life is missing or not positive (the asset is named), or r is −1 or less.

    References
    ----------
    Ouyang & Chang (2011), *Pro-cyclical Aggregate R&D: Timing or Propagation?*, data appendix, for
    the rules; it does not say when in the year a deduction counts. Hall & Jorgenson (1967), *AER*
    57, 391–414.

    Examples
    --------
    >>> round(pv_depreciation(5), 6), round(pv_depreciation(30), 6)
    (0.860225, 0.41322)
    >>> pv_depreciation(pd.Series({"machines": 7.0, "halls": 39.0})).round(6).to_dict()
    {'machines': 0.817206, 'halls': 0.339736}
    """
    if timing not in ("end", "begin"):
        raise InputError(f"timing: {show(timing)}; 'end' or 'begin' of the year is needed.")
    if not (isinstance(r, int | float | np.number) and -1 < float(r) < math.inf):
        raise InputError(f"r: {show(r)}; an interest rate above -1 is needed, 0.07 for 7%.")
    if isinstance(life, pd.Series):
        present = {}
        for asset, years in life.items():
            try:
                present[asset] = pv_depreciation(years, r, timing)
            except InputError as error:
                raise InputError(f"capital good {show(asset)}: {error}") from None
        return pd.Series(present, name="z", dtype=np.float64)
    taken = deductions(life)
    s = np.arange(1, len(taken) + 1) - (timing == "begin")
    return float(np.sum(taken * (1.0 + float(r)) ** -s.astype(np.float64)))
