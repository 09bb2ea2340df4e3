"""What is known about the hubs of one network: scores, chance, ranks, and in which words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ...core.errors import join_words
from ...core.words import counted
from ._words import called

__all__ = ["EXACT", "HubEvidence"]

#: What ``why`` says of a p-value for which nothing was drawn.
EXACT = "exact, without draws"
#: What the test of a measure found; scores and ranks are known without.
TESTED = ["p", "p_holm", "q", "draws", "why"]


@dataclass(frozen=True, slots=True)
class HubEvidence:
    """The measures of every sector, each with what chance and data say about it.

    Parameters
    ----------
    table : pandas.DataFrame, index (measure, industry)
        ``score``, in the unit of the measure; ``rank``, 1 the highest; ``p``, one-sided: how often
        the null gives a score as high; ``p_holm`` and ``q`` (Benjamini–Hochberg), over the
        industries of the measure; ``draws`` that p counts, 0 where it is exact or missing;
        ``rank_low`` and ``rank_high``, between which the rank lies;
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
        Draws of the null; of some measures there may be more, as the table says.
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

    def with_tests_of(self, more: HubEvidence) -> HubEvidence:
        """Return the same with the tests of another, of the measures that it has.

        Parameters
        ----------
        more : HubEvidence
            Some of the measures of the same network, held against more draws of the same null.
        """
        table = self.table.copy()
        table.loc[more.table.index, TESTED] = more.table[TESTED]
        return replace(self, table=table)

    @property
    def chance(self) -> str:
        """The null, and how often it was drawn."""
        return self.chance_at(self.draws)

    def chance_at(self, draws: int) -> str:
        """Return the null, and how often it was drawn for a p-value.

        Parameters
        ----------
        draws : int
            As the table has it.
        """
        return f"null {self.null!r}" + (f", {counted(draws, 'draw')}" if draws else "")

    def chance_of(self, measures: Sequence[str]) -> str:
        """Return the null, and how often it was drawn for some measures and for all others.

        Parameters
        ----------
        measures : sequence of str
            Measures that are tested alike, one of them at least.
        """
        tested = self.table[self.table["p"].notna()]
        among = tested.index.isin(measures, level="measure")
        drawn = int(tested.loc[among, "draws"].max())
        others = tested.loc[~among, "draws"].max()
        own = self.chance_at(drawn) if drawn else f"{self.chance_at(0)}, exact p-values"
        if not others > 0:
            return own if drawn else f"{own}, no draws"
        return own if others == drawn else f"{own}; other measures: {counted(int(others), 'draw')}"

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
        if not self.table["draws"].any():
            return ""
        tested = self.table[self.table["p"].notna()]
        if together:
            tested = tested[tested.index.isin(together, level="measure")]
        by_measure = tested.groupby(level="measure", sort=False)["draws"].agg(["size", "min"])
        sizes = len(tested) if together else by_measure["size"]
        needed = np.ceil(sizes / level).astype(int) - 1
        few = by_measure["min"].between(1, needed, inclusive="left")
        if not few.any():
            return ""
        others = join_words([called(str(each)) for each in few.index[~few]])
        beside = f" by a measure other than {others}" if others else ""
        draws = counted(by_measure["min"][few].max(), "draw")
        return (
            f"With {draws} no sector can be above chance{beside}, after Holm; "
            f"{np.max(needed):,} are needed."
        )

    def __str__(self) -> str:
        """Show the null and the table."""
        return f"Hubs of {self.matrix}. Null {self.null!r}: {self.sentence}\n{self.table}"
