"""Suppressed levels, filled in by the growth of a total that is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...core.errors import InputError
from ...core.labels import describe_difference
from ..linalg._labels import Vector
from ._panels import check_panel

__all__ = ["Filled", "fill_gaps"]


@dataclass(frozen=True, slots=True)
class Filled:
    """Levels with gaps filled in.

    Parameters
    ----------
    levels : pandas.DataFrame, shape (T, N)
        As they were given, and filled in where a total allows it.
    filled, left : pandas.Series of int, length N
        Gaps of each industry that were filled in, and those that stay.
    """

    levels: pd.DataFrame
    filled: pd.Series[int]
    left: pd.Series[int]


def fill_gaps(levels: pd.DataFrame, total: pd.DataFrame) -> Filled:
    """Fill gaps in levels with the growth of a total, e.g. company R&D by that of all R&D.

    Statistics suppress one of the two where few firms stand behind it. Within a gap the level grows
    as the total does, and what is then missing to the next known level is spread evenly over the
    steps of the gap: the logarithm of level ÷ total is interpolated by a line in time. Before the
    first and behind the last known level it grows as the total alone. Where the total is missing,
    too, the gap stays.

    Parameters
    ----------
    levels : pandas.DataFrame, shape (T, N)
        Levels above 0, years by industries; NaN where suppressed.
    total : pandas.DataFrame, shape (T', N)
        Levels above 0 of what grows with them, same industries; NaN where not known.

    Returns
    -------
    Filled

    Raises
    ------
    InputError
        If industries differ, or a level is not above 0.

    References
    ----------
    Ouyang and Chang (2011), §2, after Shea (1998): "we use growth in total R&D to interpolate gaps
    in the series of company-financed R&D". That both ends of a gap are met is this project's
    reading.

    Examples
    --------
    >>> years = [2000, 2001, 2002]
    >>> company = pd.DataFrame({"steel": [10.0, np.nan, 30.0]}, index=years)
    >>> everyone = pd.DataFrame({"steel": [20.0, 20.0, 60.0]}, index=years)
    >>> done = fill_gaps(company, everyone)
    >>> done.levels["steel"].round(12).tolist(), done.filled.to_dict()
    ([10.0, 10.0, 30.0], {'steel': 1})
    """
    panel = check_panel(levels, "levels", positive=True)
    others = check_panel(total, "total", positive=True)
    if odd := describe_difference(others.columns, panel.columns):
        raise InputError(
            f"total: its industries differ from those of the levels ({odd}); give both for all."
        )
    others = others.reindex(index=panel.index, columns=panel.columns)
    ratio = np.log(panel.to_numpy() / others.to_numpy())
    years = panel.index.to_numpy(dtype=np.float64)
    line = np.column_stack([_along(years, ratio[:, i]) for i in range(ratio.shape[1])])
    made = panel.where(panel.notna(), others * np.exp(line))
    gaps, stay = panel.isna(), made.isna()
    return Filled(made, (gaps & ~stay).sum().rename("filled"), stay.sum().rename("left"))


def _along(years: Vector, ratio: Vector) -> Vector:
    """Interpolate by a line in time; constant beyond the first and the last that is known."""
    known = np.isfinite(ratio)
    if not known.any():
        return ratio
    line: Vector = np.interp(years, years[known], ratio[known])
    return line
