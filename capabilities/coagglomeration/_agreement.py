"""How far other indices and φ say the same of pairs, and where they do not."""

from __future__ import annotations

import pandas as pd

from ._indices import Indices

__all__ = ["FIFTHS", "agreement", "by_fifths", "by_pair", "share_of_rank"]

FIFTHS = 5
_CELL = ["region", "year"]


def agreement(found: Indices) -> pd.DataFrame:
    """Return a row an index: its rank correlations with φ and with nearness, and links by fifths.

    Parameters
    ----------
    found : Indices
        Of all regions and years.

    Returns
    -------
    pandas.DataFrame
        ``index``; ``pairs`` that have it; ``correlation_phi`` and ``correlation_near``, Spearman's
        with φ and with −W, of the pairs of a region and year, mean over these weighted by pairs;
        ``linked_lowest`` and ``linked_highest``, the shares of linked pairs in the lowest and the
        highest group of :func:`by_fifths`; ``linked``, that in all.
    """
    rows = []
    for name in found.known:
        table = found.pairs.dropna(subset=[name])
        fifths = by_fifths(table, name)
        rows.append(
            {
                "index": name,
                "pairs": len(table),
                "correlation_phi": _spearman(table, name, table["phi"]),
                "correlation_near": _spearman(table, name, -table["W"]),
                "linked_lowest": float(fifths["share"].iloc[0]),
                "linked_highest": float(fifths["share"].iloc[-1]),
                "linked": float(table["phi"].mean()),
            }
        )
    return pd.DataFrame(rows)


def by_fifths(table: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return the share of linked pairs by fifths of an index in its region and year.

    Parameters
    ----------
    table : pandas.DataFrame
        ``region``, ``year``, ``phi`` and the column, known in every row.
    column : str
        The index.

    Returns
    -------
    pandas.DataFrame, index = number of the group, 1 the lowest
        ``share``, ``n`` and ``mean`` of all. Pairs of one value stay together: where many are equal
        there are fewer groups.

    Examples
    --------
    >>> table = pd.DataFrame({"region": "N", "year": 1, "M": [0, 0, 1.0], "phi": [0, 0, 1]})
    >>> by_fifths(table, "M")["share"].to_dict()
    {1: 0.0, 2: 1.0}
    """
    rank = share_of_rank(table, column)
    fifth = (FIFTHS * rank - 1e-9).clip(0, FIFTHS - 1).astype(int) + 1
    groups = table.groupby(fifth)["phi"].agg(share="mean", n="size")
    groups.index = pd.RangeIndex(1, len(groups) + 1)
    whole: pd.DataFrame = groups.assign(mean=float(table["phi"].mean()))
    return whole


def by_pair(found: Indices) -> pd.DataFrame:
    """Return by ordered pair the share of its regions and years with a link, and mean ranks.

    Parameters
    ----------
    found : Indices
        Of all regions and years.

    Returns
    -------
    pandas.DataFrame
        ``j``, ``k``, ``cells``, ``linked``, ``share``; by index, and as ``rank`` of all of them,
        the share of pairs in its region and year that are no higher.
    """
    ranks = {name: share_of_rank(found.pairs, name) for name in found.known}
    table = found.pairs[["j", "k", "phi"]].assign(**ranks)
    pairs = table.groupby(["j", "k"])
    known = pairs[found.known].mean()
    known["rank"] = known[found.known].mean(axis=1)
    of_phi = pairs["phi"].agg(cells="size", linked="sum", share="mean")
    whole: pd.DataFrame = of_phi.join(known).reset_index()
    return whole


def _spearman(table: pd.DataFrame, column: str, other: pd.Series[float]) -> float:
    """Return Spearman's rank correlation within regions and years, mean weighted by pairs."""
    total = weight = 0.0
    for _, rows in table.groupby(_CELL, dropna=False):
        both = other.loc[rows.index]
        if rows[column].nunique() > 1 and both.nunique() > 1:
            total += len(rows) * float(rows[column].rank().corr(both.rank()))
            weight += len(rows)
    return total / weight if weight else float("nan")


def share_of_rank(table: pd.DataFrame, column: str) -> pd.Series[float]:
    """Return by row the share of its region and year that an index puts no higher, from 0 to 1.

    Parameters
    ----------
    table : pandas.DataFrame
        ``region``, ``year`` and the column; rows without it have none.
    column : str
        The index.

    Examples
    --------
    >>> table = pd.DataFrame({"region": "N", "year": 1, "M": [5.0, 2.0, 2.0, 9.0]})
    >>> share_of_rank(table, "M").tolist()
    [0.75, 0.375, 0.375, 1.0]
    """
    rank: pd.Series[float] = table.groupby(_CELL, dropna=False)[column].rank(pct=True)
    return rank
