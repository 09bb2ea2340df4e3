"""Amounts of a classification, carried over to the target along the study's concordance."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

__all__ = ["at_target"]


def at_target(
    rows: pd.DataFrame,
    maps: pd.DataFrame,
    target: str,
    *,
    code: str = "industry",
    amounts: Sequence[str] = ("value",),
) -> pd.DataFrame:
    """Carry amounts over to the target.

    Parameters
    ----------
    rows : pandas.DataFrame
        With the columns ``classification``, ``code`` and ``amounts``; of one classification.
    maps : pandas.DataFrame
        ``from``, ``to`` (classification and code, with a colon between) and ``weight``.
    target : str
        The classification of the sectors.
    code : str
        Column of the codes.
    amounts : sequence of str
        Columns that are split by weight.

    Returns
    -------
    pandas.DataFrame
        A row a row and sector; what a concordance leaves out is in none.

    Examples
    --------
    >>> rows = pd.DataFrame({"classification": ["fine"], "industry": ["a"], "value": [10.0]})
    >>> maps = pd.DataFrame({"from": ["fine:a"] * 2, "to": ["io:X", "io:Y"], "weight": [0.4, 0.6]})
    >>> at_target(rows, maps, "io")[["industry", "value"]].values.tolist()
    [['X', 4.0], ['Y', 6.0]]
    """
    (classification,) = set(rows["classification"])
    if classification == target:
        return rows
    keys = rows.assign(key=rows["classification"] + ":" + rows[code])
    mapped = keys.merge(maps, left_on="key", right_on="from")
    mapped = mapped[mapped["to"].str.startswith(f"{target}:")]
    split = {name: mapped[name] * mapped["weight"] for name in amounts}
    return mapped.assign(**{code: mapped["to"].str.removeprefix(f"{target}:")}, **split)
