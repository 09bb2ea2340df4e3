"""The files of the networks: what each sector draws from others, gives to them, and keeps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ...core.matrix import LabelledMatrix
from ...runs.capability import Tables
from ...runs.networks import YearNetworks

__all__ = ["MEANINGS", "of_sectors", "tables"]

MEANINGS = {
    "own_citation_share": "share of the sector's citations that stay within it, 0 to 1",
    "row_sum_W": "share of its citations that the sector makes to others (row sum of W)",
    "column_sum_W": "shares of their citations that others make to the sector (column sum of W)",
    "row_sum_S": "inputs per unit of the sector's gross output (row sum of S)",
    "column_sum_S": "what the sector supplies per unit of the users' output (column sum of S)",
    "value_added_share": "value added in the sector's gross output, 0 to 1",
    "imports_share": "imported inputs in its gross output, 0 to 1; 0 if not told apart",
    "unexplained_share": "what inputs, imports and value added leave of its gross output, 0 to 1",
}


def tables(years: Sequence[YearNetworks]) -> Tables:
    """Return a row a sector for every report year.

    Parameters
    ----------
    years : sequence of YearNetworks
        The report years.
    """
    return {f"sectors_{year.year}": of_sectors(year) for year in years if year.matrices()}


def of_sectors(year: YearNetworks) -> pd.DataFrame:
    """Return what is known of each sector in the networks of a year.

    Parameters
    ----------
    year : YearNetworks
        A report year.

    Returns
    -------
    DataFrame, index = code
        Columns of :data:`MEANINGS`, those of the networks that there are.
    """
    columns: dict[str, pd.Series[float]] = {}
    if year.innovation is not None:
        columns["own_citation_share"] = year.innovation.own
        columns |= _sums("W", year.innovation.W)
    if year.production is not None:
        columns |= _sums("S", year.production.S)
        columns |= {f"{name}_share": share for name, share in year.production.leaks.items()}
    return pd.DataFrame(columns).rename_axis(index="code")


def _sums(name: str, matrix: LabelledMatrix) -> dict[str, pd.Series[float]]:
    rows, columns = (np.asarray(matrix.values.sum(axis=axis)).ravel() for axis in (1, 0))
    return {
        f"row_sum_{name}": pd.Series(rows, list(matrix.rows)),
        f"column_sum_{name}": pd.Series(columns, list(matrix.columns)),
    }
