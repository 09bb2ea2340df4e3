"""How the accounts of a year fit, as the page shows it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

__all__ = ["AccountYear"]


@dataclass(frozen=True, slots=True)
class AccountYear:
    """How the accounts of one year fit: output against what is paid, and against what is sold.

    Parameters
    ----------
    year : int
        Calendar year of the table.
    paid, sold : float
        Sum of the absolute gaps between gross output and inputs + value added + imports, or sales
        + final demand, as a share of gross output; NaN where nothing can be checked.
    paid_median, sold_median : float
        The same of the median sector.
    checked : int
        Sectors of which at least one of the two can be checked.
    worst : pandas.DataFrame, indexed by code
        The sectors that fit worst: relative errors ``paid`` and ``sold``, NaN where unknown.
    balanced : bool or None
        Whether the accounts fit to 1% of gross output; None where those that fit are those of a
        part of the sectors.
    sectors : int
        Sectors with an output.
    """

    year: int
    paid: float
    sold: float
    paid_median: float
    sold_median: float
    checked: int
    worst: pd.DataFrame
    balanced: bool | None
    sectors: int
