"""Location quotients: an industry's share in an area over its share in all areas."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ._areas import read_areas

__all__ = ["location_quotients"]


def location_quotients(area: Any, industry: Any, weights: Any = None) -> pd.DataFrame:
    """Return location quotients of all industries in all areas.

    LQ_cj = (E_cj / E_c) / (E_j / E), where E_cj is the employment of industry j in area c. Exactly:
    Σ_j (E_j / E) LQ_cj = 1 in each area with employment, and Σ_c (E_c / E) LQ_cj = 1 for each
    industry with employment.

    Parameters
    ----------
    area, industry : sequence of label, length n
        Of each establishment; or of each cell of a table of employment.
    weights : sequence of float, length n, optional
        Employment. Default: 1, so that establishments are counted.

    Returns
    -------
    pandas.DataFrame, shape (M, J)
        Rows ``area``, columns ``industry``, pure numbers: 1 where the industry is as strong as on
        average, 0 where it is not. NaN in an area or an industry without any employment.

    Raises
    ------
    InputError
        If lengths differ, a label is missing, or a weight is negative or missing.

    References
    ----------
    Florence (1939), *Report on the Location of Industry*, Political and Economic Planning; Chen &
    Liu (2025) call it location entropy and use it for an industry's own agglomeration.

    Examples
    --------
    >>> area = ["north", "north", "south", "south"]
    >>> industry = ["cars", "steel", "cars", "steel"]
    >>> location_quotients(area, industry, [30, 10, 20, 40]).to_dict()["cars"]
    {'north': 1.5, 'south': 0.6666666666666666}
    """
    table = read_areas(area, industry, weights)
    E = table.employment
    expected = np.outer(E.sum(axis=1), E.sum(axis=0))
    quotients = np.divide(E * E.sum(), expected, out=np.full(E.shape, np.nan), where=expected > 0)
    return pd.DataFrame(
        quotients,
        pd.Index(table.areas, name="area"),
        pd.Index(table.industries, name="industry"),
    )
