"""Which firms carry an industry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ...core.errors import InputError, nearest, show
from ...core.labels import finite_numbers, text_labels
from ..linalg._labels import texts_by_label

__all__ = ["Carriers", "carriers"]


@dataclass(frozen=True, slots=True)
class Carriers:
    """The firms that carry an industry, and how few they are.

    Parameters
    ----------
    top : pandas.DataFrame, indexed by ``label``: at most k firms, the largest first
        The scores as they came, and of each ``NAME_share``: its share in the industry's sum.
    concentration : pandas.DataFrame, indexed by ``score``
        ``firms``: firms of the industry with a score above 0; ``total``: its sum, in its unit;
        ``hhi``: Σ share², from 1 / firms to 1 (one firm alone); ``make_half``: the least
        number of firms that have half of it; ``top_share``: the share of the k largest.
    """

    top: pd.DataFrame
    concentration: pd.DataFrame


def carriers(
    firm_scores: pd.DataFrame | pd.Series[float],
    firm_industry: Any,
    industry: Any,
    k: int = 10,
) -> Carriers:
    """Firms that carry an industry: their shares in each of its scores, and the concentration.

    Parameters
    ----------
    firm_scores : pandas.DataFrame, shape (N, M), or Series; indexed by firm
        Scores of firms, not negative, the first deciding the order: citations received, in-strength
        of deliveries, PageRank in the graph of firms, ``systemic_risk``'s ``both``. Shares
        are of what can be added up; of the others they only compare.
    firm_industry : pandas.Series or mapping, length N
        The industry of each firm.
    industry : label
        The industry that is asked about.
    k : int
        How many firms at most.

    Returns
    -------
    Carriers
        Firms of equal score in the order of ``firm_scores``.

    Raises
    ------
    InputError
        If no firm is of the industry, a firm has none, or a score is negative or not finite.

    Examples
    --------
    >>> scores = pd.DataFrame({"cited": [6.0, 3, 1, 9]}, index=["a", "b", "c", "d"])
    >>> own = {"a": "steel", "b": "steel", "c": "steel", "d": "cars"}
    >>> found = carriers(scores, own, "steel", k=2)
    >>> found.top["cited_share"].to_dict()
    {'a': 0.6, 'b': 0.3}
    >>> found.concentration.loc["cited"].round(3).to_dict()
    {'firms': 3.0, 'total': 10.0, 'hhi': 0.46, 'make_half': 1.0, 'top_share': 0.9}
    """
    table = firm_scores.to_frame() if isinstance(firm_scores, pd.Series) else firm_scores
    if not isinstance(table, pd.DataFrame):
        raise InputError(
            f"firm_scores: a DataFrame of firms by scores is needed, got a {type(table).__name__}."
        )
    labels = text_labels(table.index, "firm_scores")
    names = text_labels(table.columns, "firm_scores, columns")
    own = pd.Series(dict(firm_industry)) if isinstance(firm_industry, Mapping) else firm_industry
    industries = texts_by_label(own, labels, "firm_industry")
    (wanted,) = text_labels([industry], "industry")
    inside = np.flatnonzero(industries == wanted)
    if not inside.size:
        raise InputError(
            f"industry: no firm is of {show(wanted)}. {nearest(wanted, map(str, industries))}"
        )
    if not k >= 1:
        raise InputError(f"k: got {k}; at least 1 is needed.")
    numbers = finite_numbers(table, labels, names, "firm_scores")
    if (numbers < 0).any():
        row, column = (int(place[0]) for place in np.nonzero(numbers < 0))
        raise InputError(
            f"firm_scores: {show(labels[row])} has {numbers[row, column]:g} in "
            f"{show(names[column])}; scores must not be negative."
        )
    scores = pd.DataFrame(
        numbers[inside], pd.Index([labels[i] for i in inside], name="label"), pd.Index(names)
    )
    return _describe(scores, k)


def _describe(scores: pd.DataFrame, k: int) -> Carriers:
    """Shares of the firms of one industry, and how they are spread."""
    total = scores.sum()
    shares = scores / total.where(total > 0)  # nothing is there to be shared: NaN
    first = scores[scores.columns[0]].sort_values(ascending=False, kind="stable").index[:k]
    largest, parts = scores.loc[first], shares.loc[first].add_suffix("_share")
    top = pd.concat([largest, parts], axis=1)
    ranked = pd.DataFrame(-np.sort(-shares.fillna(0.0).to_numpy(), axis=0), columns=shares.columns)
    # What rounding takes from a half is not worth another firm.
    half = (ranked.cumsum() < 0.5 - 1e-12).sum() + 1
    table = {
        "firms": (scores > 0).sum(),
        "total": total,
        "hhi": (shares**2).sum(min_count=1),
        "make_half": half.where(total > 0),
        "top_share": ranked.head(k).sum().where(total > 0),
    }
    concentration = pd.DataFrame(table)
    return Carriers(top, concentration.rename_axis("score"))
