"""Columns of a regression: ln(1 + x)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...core.errors import InputError, show
from ...core.labels import as_numbers, text_labels
from ..linalg._labels import require_kind
from ._cells import require_not_negative

__all__ = ["log_panel"]


def log_panel(pools: pd.DataFrame) -> pd.DataFrame:
    """Return ln(1 + x) of every column, under the same labels.

    Parameters
    ----------
    pools : pandas.DataFrame, shape (R, V)
        Pools, and what else enters the regression: numbers that are not negative, NaN where they
        are not known. Regions and years belong into the index.

    Returns
    -------
    pandas.DataFrame, shape (R, V)
        Columns ``ln1p_{column}``, in logarithms of 1 + x in the unit of x: its coefficients depend
        on that unit where x is small. NaN stays NaN, a pool of 0 is 0.

    Raises
    ------
    InputError
        If it is no frame, its index or columns repeat, or a cell is negative, infinite or a text.

    References
    ----------
    Chen and Liu (2025), *Frontiers of Economics in China* 20(3), 344–375, §3.2: all indicators are
    "processed by taking the natural logarithm after adding 1".

    Examples
    --------
    Pools of two years under one another:

    >>> year = pd.DataFrame({"patents_outward": [0.0, np.e - 1]}, ["steel", "cars"])
    >>> panel = pd.concat({2001: year, 2004: year}, names=["year", "industry"])
    >>> log_panel(panel).reset_index()
       year industry  ln1p_patents_outward
    0  2001    steel                   0.0
    1  2001     cars                   1.0
    2  2004    steel                   0.0
    3  2004     cars                   1.0
    """
    require_kind(pools, pd.DataFrame, "pools: rows by quantities")
    names = text_labels(pools.columns, "pools, columns") if pools.shape[1] else ()
    rows = text_labels(pools.index, "pools, rows") if len(pools) else ()
    cells = pools.to_numpy()
    numbers = as_numbers(cells)
    odd = np.argwhere(~np.isfinite(numbers) & ~pools.isna().to_numpy())
    if len(odd):
        i, j = odd[0]
        raise InputError(
            f"pools: row {show(rows[i])}, column {show(names[j])} holds {show(cells[i, j])}; a "
            "finite number is needed. Labels belong into the index: pools.set_index([...])."
        )
    require_not_negative(numbers, rows, names, "pools")
    return pd.DataFrame(np.log1p(numbers), pools.index, [f"ln1p_{name}" for name in names])
