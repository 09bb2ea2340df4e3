"""Do industries crowd around those they cite, or those they buy from?"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ...core.matrix import LabelledMatrix

__all__ = ["GROUPS", "linkages_of"]

#: Pairs are cut into fifths by their link; pairs of one value stay together.
GROUPS = 5
_COLUMNS = ["network", "group", "low", "high", "pairs", "linked_share", "mean"]


def linkages_of(
    pairs: pd.DataFrame, networks: Mapping[str, LabelledMatrix], sector: Mapping[str, str]
) -> pd.DataFrame:
    """Return the share of coagglomerated pairs by fifths of W_jk and of S_jk.

    A pair of sectors is one observation, whatever number of industries, regions and years is behind
    it: φ is the mean over all of these. Pairs within a sector are left out.

    Parameters
    ----------
    pairs : pandas.DataFrame
        ``j``, ``k`` and ``phi`` of every pair, region and year.
    networks : mapping of str to LabelledMatrix, shape (N, N)
        By name, e.g. W and S; ``M[receiver, source]``, so that j → k meets ``M[j, k]``.
    sector : mapping of str to str
        Sector of each industry; one without any takes no part.

    Returns
    -------
    pandas.DataFrame
        By ``network`` and ``group`` (1: the weakest links): ``low`` and ``high`` (of ``M[j, k]``),
        ``pairs`` (of sectors), ``linked_share`` (mean φ in the group), ``mean`` (in all groups).

    Examples
    --------
    Steel crowds around cars, which it cites most.

    >>> from spillgraph.analytics.steel_and_cars import W
    >>> pairs = pd.DataFrame({"j": ["steel", "cars"], "k": ["cars", "steel"], "phi": [1, 0]})
    >>> same = {"steel": "steel", "cars": "cars"}
    >>> linkages_of(pairs, {"W": W}, same)[["group", "low", "linked_share"]].to_numpy().tolist()
    [[1.0, 0.25, 0.0], [2.0, 0.4, 1.0]]
    """
    ends = pd.DataFrame(
        {"j": pairs["j"].map(sector), "k": pairs["k"].map(sector), "phi": pairs["phi"]}
    ).dropna()
    between = ends[ends["j"] != ends["k"]].groupby(["j", "k"])["phi"].mean()
    parts = [_fifths(name, matrix, between) for name, matrix in networks.items()]
    table = pd.concat(parts) if parts else pd.DataFrame(columns=_COLUMNS)
    return table.reset_index(drop=True)[_COLUMNS]


def _fifths(name: str, matrix: LabelledMatrix, between: pd.Series[float]) -> pd.DataFrame:
    """Return the fifths of one network; none where all its links are the same."""
    known = between[
        between.index.isin(matrix.rows, level="j") & between.index.isin(matrix.columns, level="k")
    ]
    j, k = (known.index.get_level_values(end) for end in ("j", "k"))
    at = pd.Index(matrix.rows).get_indexer(j), pd.Index(matrix.columns).get_indexer(k)
    link = pd.Series(matrix.values.toarray()[at], known.index)
    if link.nunique() < 2:
        return pd.DataFrame(columns=_COLUMNS)
    cut = pd.qcut(link, GROUPS, labels=False, duplicates="drop")
    table = pd.DataFrame({"link": link, "phi": known, "cut": cut}).groupby("cut")
    found = table.agg(
        low=("link", "min"),
        high=("link", "max"),
        pairs=("phi", "size"),
        linked_share=("phi", "mean"),
    )
    group = range(1, len(found) + 1)
    return found.assign(network=name, group=group, mean=float(known.mean()))
