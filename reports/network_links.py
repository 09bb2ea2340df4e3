"""Which links of a network are drawn at first, and which sectors are named: the others wait."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from .kit import Links

__all__ = [
    "AREA",
    "FEW_NAMED",
    "HIGH",
    "MOST_NAMED",
    "WIDE",
    "drawn_first",
    "link_rows",
    "named_first",
    "told_of_waiting",
]

#: Square pixels of the smallest sector, and of the largest.
AREA = (18, 620)

#: Links that are drawn at first; where there are more, the strongest of every sector.
MOST_LINKS = 300
#: Sectors up to which all are named at first, and leading ones that are in larger networks.
MOST_NAMED = 45
#: The largest sectors that are named in larger networks of which no sector leads.
FEW_NAMED = 15
#: Pixels of a drawing, and of a letter.
WIDE, HIGH = 820, 600
LETTER = (6.2, 11.0)


def link_rows(links: Links) -> pd.DataFrame:
    """Return the links of a network, the weakest first: ``receiver``, ``source``, ``value``.

    Parameters
    ----------
    links : Links
        What is to be drawn; own links are left out.

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import K
    >>> rows = link_rows(Links(K, pd.Series({"steel": 1.0, "cars": 1.0})))
    >>> rows.to_numpy().tolist()
    [['cars', 'steel', 1.0], ['steel', 'cars', 4.0]]
    """
    long = links.matrix.to_long()
    long = long[(long["receiver"] != long["source"]) & (long["value"] > 0)]
    return long.sort_values("value", kind="stable", ignore_index=True)


def drawn_first(rows: pd.DataFrame, most: int = MOST_LINKS) -> np.ndarray:
    """Say which links are drawn before a sector is chosen.

    Of more than ``most`` links these are the strongest of every sector, as a receiver and as a
    source: as many of each as leave no more than ``most`` in all, at least one.

    Parameters
    ----------
    rows : pandas.DataFrame
        As :func:`link_rows` gives them.
    most : int
        Links that can be told from each other.

    Returns
    -------
    ndarray of bool, one a link

    Examples
    --------
    >>> rows = pd.DataFrame({"receiver": list("bcac"), "source": list("aabb")})
    >>> rows["value"] = [1.0, 2.0, 3.0, 4.0]
    >>> drawn_first(rows).tolist(), drawn_first(rows, 3).tolist()
    ([True, True, True, True], [True, True, True, True])
    >>> drawn_first(rows.assign(source=list("bbbb")), 2).tolist()
    [True, False, True, True]
    """
    strongest = rows.iloc[::-1]
    of_ends = [strongest.groupby(end).cumcount().to_numpy() for end in ("receiver", "source")]
    place = np.minimum(*of_ends)[::-1]
    count = np.bincount(place, minlength=1).cumsum()  # links with k + 1 of each sector
    k = max(int(np.searchsorted(count, most, side="right")), 1)
    first: np.ndarray = place < k
    return first


def named_first(links: Links, places: Mapping[str, tuple[float, float]]) -> list[str]:
    """Return the sectors whose code is shown before anything is chosen.

    All of up to 45; of more those that lead, and where none does the 15 largest. A code that would
    lie on that of a sector before it is left out of these.

    Parameters
    ----------
    links : Links
        What is to be drawn.
    places : mapping of str to tuple of float
        Of every sector, from 0 to 1.
    """
    codes = list(links.matrix.rows)
    if len(codes) <= MOST_NAMED:
        return codes
    size = links.size.reindex(codes).fillna(0.0)
    leading = [code for code in links.leading if code in set(codes)][:MOST_NAMED]
    least, most = AREA
    shown: dict[str, tuple[float, float]] = {}
    for code in leading or list(size.nlargest(FEW_NAMED).index):
        root = float(size[code]) / (float(size.max()) or 1.0)
        lift = math.sqrt((least + (most - least) * root) / math.pi)
        x, y = places[code][0] * WIDE, places[code][1] * HIGH + lift
        wide, high = LETTER
        if all(
            abs(x - other_x) >= wide * (len(code) + len(other)) / 2 or abs(y - other_y) >= high
            for other, (other_x, other_y) in shown.items()
        ):
            shown[code] = x, y
    return list(shown)


def told_of_waiting(first: np.ndarray) -> str:
    """Say how many links are not drawn at first, or nothing where all are.

    Parameters
    ----------
    first : ndarray of bool
        As :func:`drawn_first` gives it.

    Examples
    --------
    >>> told_of_waiting(np.array([True, False, True]))
    '2 of 3 links are drawn, the strongest of every sector; 1 weaker link is not.'
    """
    many = int((~first).sum())
    if not many:
        return ""
    drawn = int(first.sum())
    weaker = "1 weaker link is not" if many == 1 else f"{many:,} weaker links are not"
    return (
        f"{drawn:,} of {len(first):,} links {'is' if drawn == 1 else 'are'} drawn, the strongest "
        f"of every sector; {weaker}."
    )
