"""The sums of ψ of the report years, which every run has where there are both networks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import pandas as pd

from ...analytics import Psi
from ...analytics.spillovers import CHANNELS
from ...runs.networks import YearNetworks

__all__ = ["Sums", "spillover_of", "sums_of"]

#: By report year, oldest first.
Sums: TypeAlias = dict[int, Psi]


def sums_of(years: Sequence[YearNetworks]) -> Sums:
    """Return the sums of ψ of the years that have it.

    Parameters
    ----------
    years : sequence of YearNetworks
        The report years, oldest first.
    """
    return {year.year: year.spillover for year in years if year.spillover is not None}


def spillover_of(psi: Psi) -> pd.Series[float]:
    """Return (ψ − I)1, what each sector gains beside its own 1%, in % of its output.

    Parameters
    ----------
    psi : Psi
        Sums of ψ.
    """
    whole: pd.Series[float] = psi.modes[list(CHANNELS)].sum(axis=1)
    return whole
