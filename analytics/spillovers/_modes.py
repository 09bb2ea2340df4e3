"""Modes of ψ, how they are called, and their shares in the spillover of a sector."""

from __future__ import annotations

import pandas as pd

__all__ = [
    "CHANNELS",
    "DIFFERENCE",
    "EXACT",
    "MODES",
    "PRINTED",
    "interaction_of_third",
    "mode_shares",
]

#: The exact parts of a row sum of ψ: the rise itself and its three channels.
EXACT = ("own", "production", "innovation", "interaction")

#: The source's three modes, which add up to a row sum of ψ − I, too.
PRINTED = ("T1", "T2", "T3")

MODES = (*EXACT, *PRINTED)

#: The exact channels of (ψ − I)1: what is left of ψ1 without the sector's own rise.
CHANNELS = EXACT[1:]

#: Why the two splits differ, in a sentence.
DIFFERENCE = (
    "They differ because T3 = interaction + S³U + W³V, with U = (I − S)⁻¹ and V = (I − W)⁻¹: T3 "
    "books the long chains of the pure channels, three steps and more, as if they were interaction."
)


def mode_shares(modes: pd.DataFrame) -> pd.DataFrame:
    """Return every mode as a share of the spillover of its sector.

    Parameters
    ----------
    modes : pandas.DataFrame, shape (N, 7)
        Row sums in %, as :class:`~spillgraph.analytics.Psi` has them.

    Returns
    -------
    pandas.DataFrame, shape (N, 6)
        In % of (ψ − I)1: ``production``, ``innovation`` and ``interaction``, which add up to 100,
        and ``T1``, ``T2`` and ``T3``, which do so, too; NaN for a sector without spillover.

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"own": 1, "production": 1.0, "innovation": 0.5, "interaction": 0.5}
    >>> row |= {"T1": 0.5, "T2": 0.25, "T3": 1.25}
    >>> shares = mode_shares(pd.DataFrame([row], ["steel"])).loc["steel"].to_dict()
    >>> shares["interaction"], shares["T3"]
    (25.0, 62.5)
    """
    split = []
    for names in (CHANNELS, PRINTED):
        part = modes[list(names)]
        whole = part.sum(axis=1)
        split.append(100.0 * part.div(whole.where(whole > 0), axis=0))
    return pd.concat(split, axis=1)


def interaction_of_third(modes: pd.DataFrame) -> float:
    """Return the share of T3 that is interaction, both summed over all sectors.

    Parameters
    ----------
    modes : pandas.DataFrame, shape (N, 7)
        Row sums in %.

    Returns
    -------
    float
        0 to 1; NaN where T3 is 0.

    Examples
    --------
    >>> import pandas as pd
    >>> interaction_of_third(pd.DataFrame({"interaction": [2.0, 1.0], "T3": [3.0, 2.0]}))
    0.6
    """
    whole = float(modes["T3"].sum())
    return float(modes["interaction"].sum()) / whole if whole > 0 else float("nan")
