"""How many links between industries go both ways."""

from __future__ import annotations

from dataclasses import dataclass

from ...core.labelled import MatrixLike
from ._links import read_links

__all__ = ["Reciprocity", "reciprocity"]


@dataclass(frozen=True, slots=True)
class Reciprocity:
    """How many links between industries go both ways; counts of several regions add up.

    Parameters
    ----------
    linked : int
        Ordered pairs with a link, j → k.
    mutual : int
        Unordered pairs linked both ways.
    unknown : int
        Unordered pairs with a verdict that is not known: left out of all else.
    """

    linked: int
    mutual: int
    unknown: int

    @property
    def b(self) -> float:
        """Mutual pairs in the unordered pairs that are linked at all; NaN where none is."""
        pairs = self.linked - self.mutual
        return self.mutual / pairs if pairs else float("nan")

    @property
    def r(self) -> float:
        """Links that are answered in all links (edge reciprocity); NaN where there is none."""
        return 2 * self.mutual / self.linked if self.linked else float("nan")


def reciprocity(phi: MatrixLike) -> Reciprocity:
    """Count links between industries, and those that go both ways.

    With L linked ordered pairs and M mutual pairs, b = M / (L − M) and r = 2M / L, so that
    b = r / (2 − r) exactly. The source's share of bidirectional coagglomeration, 35.6%, is one "of
    all coagglomerating pairs", which is b, but speaks of industries in the same sentence: as b it
    is an r of 52.5%, as r a b of 21.7%.

    Parameters
    ----------
    phi : DataFrame, LabelledMatrix, array_like or sparse array, shape (N, N)
        Verdicts, as in :func:`spillgraph.analytics.knowledge_pools`; NaN where there is none.

    Returns
    -------
    Reciprocity
        Counts of pairs, and the shares b and r, 0 to 1.

    Raises
    ------
    InputError
        If labels of rows and columns differ, an entry is neither 0 nor 1, or an industry is linked
        with itself.

    References
    ----------
    Chen and Liu (2025), *Frontiers of Economics in China* 20(3), 344–375, §2; r is the share of
    Newman, Forrest and Balthrop (2002), *Physical Review E* 66, 035101.

    Examples
    --------
    >>> import pandas as pd
    >>> names = ["steel", "cars", "glass"]
    >>> phi = pd.DataFrame([[0, 1, 1], [0, 0, 0], [1, 0, 0]], names, names)
    >>> found = reciprocity(phi)
    >>> found, found.b, round(found.r, 3)
    (Reciprocity(linked=3, mutual=1, unknown=0), 0.5, 0.667)
    """
    links = read_links(phi)
    doubt = links.unknown.maximum(links.unknown.T.tocsr())
    certain = links.linked - links.linked * doubt
    mutual = certain * certain.T.tocsr()
    return Reciprocity(int(certain.sum()), int(mutual.sum()) // 2, int(doubt.sum()) // 2)
