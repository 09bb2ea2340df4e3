"""What is known about the hubs of one network: scores, chance, ranks, and in which words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

__all__ = ["EXACT", "HubEvidence"]

#: What ``why`` says of a p-value for which nothing was drawn.
EXACT = "exact, without draws"


@dataclass(frozen=True, slots=True)
class HubEvidence:
    """The measures of every sector, each with what chance and data say about it.

    Parameters
    ----------
    table : pandas.DataFrame, index (measure, industry)
        ``score``, in the unit of the measure; ``rank``, 1 the highest; ``p``, one-sided: how often
        the null gives a score as high; ``p_holm`` and ``q`` (Benjamini–Hochberg), over the
        industries of the measure; ``rank_low`` and ``rank_high``, between which the rank lies;
        ``survives``, whether the industry is in the backbone, too, as high as ``rank_high``, and
        linked there at all; and
        ``why`` a number is missing, or what is special about it. NaN or NA where there is none.
    matrix : str
        Name of the network.
    null : str
        Name of the null.
    sentence : str
        What the null says.
    draws : int
        Draws of the null.
    seed : int
        Of the draws.
    ranks : str
        Where intervals of ranks come from, in a sentence.
    """

    table: pd.DataFrame
    matrix: str
    null: str
    sentence: str
    draws: int
    seed: int
    ranks: str

    @property
    def chance(self) -> str:
        """The null, and how often it was drawn."""
        return f"null {self.null!r}" + (f", {_number(self.draws)}" if self.draws else "")

    def lacking(self, level: float = 0.05, together: Sequence[str] = ()) -> str:
        """Say that draws are so few that nothing could have been found, or nothing.

        Parameters
        ----------
        level : float, default 0.05
            A hub is one whose p-value after Holm is at most this.
        together : sequence of str, optional
            Measures that are adjusted as one, and of which alone is asked. Default: each for
            itself.
        """
        if not self.draws:
            return ""
        tested = self.table[self.table["p"].notna()]
        if together:
            tested = tested[tested.index.isin(together, level="measure")]
        exact = tested["why"].str.startswith(EXACT)
        drawn = tested[~exact]
        if drawn.empty:
            return ""
        sizes = drawn.groupby(level="measure", sort=False).size()
        needed = math.ceil(int(sizes.sum() if together else sizes.max()) / level) - 1
        if self.draws >= needed:
            return ""
        others = " by a measure without exact p-values" if exact.any() else ""
        return (
            f"With {_number(self.draws)} no sector can be above chance{others}, after Holm; "
            f"{needed:,} are needed."
        )

    def __str__(self) -> str:
        """Show the null and the table."""
        return f"Hubs of {self.matrix}. Null {self.null!r}: {self.sentence}\n{self.table}"


def _number(draws: int) -> str:
    return f"{draws:,} draw" + ("s" if draws != 1 else "")
