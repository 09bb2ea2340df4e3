"""One sentence an industry: hub of what, against which chance, how sure, and what it rests on."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from ..linalg._labels import require_kind
from ._evidence import HubEvidence

__all__ = ["verdicts"]


def verdicts(
    result: HubEvidence, names: Mapping[str, str] | None = None, *, level: float = 0.05
) -> dict[str, str]:
    """Say of each industry whether it is a hub, in a sentence.

    Parameters
    ----------
    result : HubEvidence
        Of :func:`spillgraph.analytics.hubs.hubs`.
    names : mapping of str to str, optional
        Names of industries by their labels.
    level : float, default 0.05
        An industry is called a hub by the measures whose p-value after Holm is at most this.

    Returns
    -------
    dict of str to str
        By industry, in the order of the table.

    Raises
    ------
    InputError
        If ``result`` is not of :func:`spillgraph.analytics.hubs.hubs`.

    Examples
    --------
    >>> from spillgraph.analytics.hubs import hubs
    >>> found = hubs([[0, 1, 2], [3, 0, 1], [5, 1, 0]], ["pagerank"], draws=59, missing=0)
    >>> print(verdicts(found, {"0": "Steel"})["0"])
    Steel is no hub of M: by none of 1 measure is its score above what chance gives \
(null 'strength', 59 draws); nearest pagerank, rank 1 of 3, p = 0.183, after Holm 0.55. \
Ranks: without intervals.
    """
    require_kind(result, HubEvidence, "result of hubs()")
    said = {}
    for label in result.table.index.unique("industry"):
        table = pd.DataFrame(result.table.xs(label, level="industry"))
        name = (names or {}).get(str(label), str(label))
        said[str(label)] = f"{name} {_sentence(result, table, level)}"
    return said


def _sentence(result: HubEvidence, table: pd.DataFrame, level: float) -> str:
    chance = f"null {result.null!r}" + (f", {result.draws:,} draws" if result.draws else "")
    tested = table.dropna(subset="p").sort_values("p_holm", kind="stable")
    size = len(result.table) // max(len(result.table.index.unique("measure")), 1)
    if tested.empty:
        return (
            f"was not tested in {result.matrix} ({chance}): {_first_reason(table)}. {result.ranks}"
        )
    strong = tested[tested["p_holm"] <= level]
    if strong.empty:
        best = tested.iloc[0]
        number = f"{len(tested)} measure" + ("s" if len(tested) > 1 else "")
        few = _too_few(result, size, level)
        return (
            f"is no hub of {result.matrix}: by none of {number} is its score above what chance "
            f"gives ({chance}); nearest {_place(best, size)}, p = {best['p']:.3g}, after Holm "
            f"{best['p_holm']:.3g}.{few} {result.ranks}"
        )
    by = "; ".join(
        f"{_place(row, size)}, after Holm p = {row['p_holm']:.3g}" for _, row in strong.iterrows()
    )
    text = (
        f"is a hub of {result.matrix} by {len(strong)} of {len(tested)} measures that chance could "
        f"move ({chance}): {by}."
    )
    lasting = strong["survives"].dropna()
    if len(lasting):
        text += f" In the backbone it stays one by {int(lasting.sum())} of them."
    return f"{text} {result.ranks}"


def _too_few(result: HubEvidence, size: int, level: float) -> str:
    """Say where draws are so few that nothing could have been found."""
    needed = math.ceil(size / level) - 1
    if not 0 < result.draws < needed:
        return ""
    return f" With {result.draws:,} draws none can be; {needed:,} are needed."


def _place(row: pd.Series, size: int) -> str:
    text = f"{str(row.name).replace('_', ' ')}, rank {row['rank']}"
    if pd.notna(row["rank_low"]) and row["rank_low"] != row["rank_high"]:
        text += f" ({row['rank_low']}–{row['rank_high']})"
    return f"{text} of {size}"


def _first_reason(table: pd.DataFrame) -> str:
    reasons = [why for why in table["why"] if why]
    return reasons[0] if reasons else "no measure was asked for"
