"""How near the industries of a pair are in technology and by inputs, and how often they crowd."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ...analytics.pools import directional_proximity
from ...core.matrix import LabelledMatrix

__all__ = ["proximity_of"]


def proximity_of(
    pairs: pd.DataFrame,
    used: pd.DataFrame,
    networks: Mapping[str, LabelledMatrix],
    sector: Mapping[str, str],
) -> pd.DataFrame:
    """Return the directional linkages of all ordered pairs that are compared anywhere.

    Parameters
    ----------
    pairs : pandas.DataFrame
        ``j``, ``k`` and ``phi`` of every pair, region and year.
    used : pandas.DataFrame
        Sites with ``region``, ``year``, ``industry`` and ``patents``.
    networks : mapping of str to LabelledMatrix, shape (N, N)
        W and S of sectors, as far as the study has them; ``M[receiver, source]``.
    sector : mapping of str to str
        Sector of each industry.

    Returns
    -------
    pandas.DataFrame
        ``j``, ``k``, ``cells``, ``share`` (mean φ). ``co_occurrence``: of the regions and years in
        which j is strong in patents the share in which k is, too (RTA of 1 or more); missing where
        fewer than two have patents. ``citations`` W_jk and ``inputs`` S_jk of their sectors;
        missing within a sector, and where the study has no such network. The row of k and j has the
        other direction.

    Examples
    --------
    Cars patent only where steel does, and steel in one more region.

    >>> from spillgraph.analytics.steel_and_cars import W
    >>> pairs = pd.DataFrame({"j": ["steel", "cars"], "k": ["cars", "steel"], "phi": [1, 0]})
    >>> used = pd.DataFrame({"region": list("NNSST"), "year": 1, "industry": ["cars", "steel"] * 2 +
    ...     ["tea"], "patents": [3.0, 3, 0, 2, 9]})
    >>> same = {"steel": "steel", "cars": "cars"}
    >>> found = proximity_of(pairs, used, {"W": W}, same).set_index("j")
    >>> found["co_occurrence"].to_dict(), found["citations"].to_dict()
    ({'cars': 1.0, 'steel': 0.5}, {'cars': 0.25, 'steel': 0.4})
    """
    of_phi = pairs.groupby(["j", "k"])["phi"].agg(cells="size", share="mean").reset_index()
    technology = _technology(used)
    columns = {"co_occurrence": _cells(technology, of_phi["j"], of_phi["k"])}
    own = [of_phi[end].map(sector) for end in ("j", "k")]
    for name, column in (("W", "citations"), ("S", "inputs")):
        matrix = networks[name].to_frame() if name in networks else pd.DataFrame()
        values = _cells(matrix, *own)
        columns[column] = np.where(own[0] == own[1], np.nan, values)
    return of_phi.assign(**columns)


def _technology(used: pd.DataFrame) -> pd.DataFrame:
    """Return Tech_{j→k} by presence in regions and years; empty where patents say nothing."""
    known = used.dropna(subset=["industry"])
    cells = known.groupby(["region", "year", "industry"], dropna=False)["patents"].sum()
    wide = cells.unstack("industry").fillna(0.0).reset_index(drop=True)
    wide = wide[wide.sum(axis=1) > 0]
    if len(wide) < 2:
        return pd.DataFrame()
    return directional_proximity(wide.set_axis([str(n) for n in range(len(wide))]))


def _cells(matrix: pd.DataFrame, rows: pd.Series, columns: pd.Series) -> np.ndarray:
    """Return cells by label, NaN where a label is not there."""
    at = matrix.index.get_indexer(pd.Index(rows)), matrix.columns.get_indexer(pd.Index(columns))
    there = (at[0] >= 0) & (at[1] >= 0)
    values = np.full(len(rows), np.nan)
    values[there] = matrix.to_numpy()[at[0][there], at[1][there]]
    return values
