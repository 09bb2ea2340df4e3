"""What is known about the hubs of one network: scores, chance, ranks, and in which words."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

__all__ = ["HubEvidence"]


@dataclass(frozen=True, slots=True)
class HubEvidence:
    """The measures of every sector, each with what chance and data say about it.

    Parameters
    ----------
    table : pandas.DataFrame, index (measure, industry)
        ``score``, in the unit of the measure; ``rank``, 1 the highest; ``p``, one-sided: how often
        the null gives a score as high; ``p_holm`` and ``q`` (Benjamini–Hochberg), over the
        industries of the measure; ``rank_low`` and ``rank_high``, between which the rank lies;
        ``survives``, whether the industry is in the backbone, too, as high as ``rank_high``; and
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

    def __str__(self) -> str:
        """Show the null and the table."""
        return f"Hubs of {self.matrix}. Null {self.null!r}: {self.sentence}\n{self.table}"
