"""One sentence an industry: hub of what, against which chance, how sure, and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias, cast

import pandas as pd

from ..linalg._labels import require_kind
from ._above import above_chance
from ._claims import claims, settled
from ._evidence import EXACT, HubEvidence
from ._words import called

__all__ = ["verdicts"]

#: What is known of an industry by one measure.
_Row: TypeAlias = dict[str, Any]
_COLUMNS = ("rank", "p", "p_holm", "rank_low", "rank_high", "survives", "why")


def verdicts(
    result: HubEvidence,
    names: Mapping[str, str] | None = None,
    *,
    level: float = 0.05,
    claim: Sequence[str] = (),
    second: HubEvidence | None = None,
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
    claim : sequence of str, optional
        Measures that alone make a hub, as :func:`claims` has it; what the others find is told
        beside it. Default: each measure speaks for itself.
    second : HubEvidence, optional
        The same measures under another null; with ``claim``, of each hub the sentence says whether
        it remains one.

    Returns
    -------
    dict of str to str
        By industry, in the order of the table.

    Raises
    ------
    InputError
        If ``result`` or ``second`` is not of :func:`spillgraph.analytics.hubs.hubs`.

    Examples
    --------
    >>> from spillgraph.analytics.hubs import hubs
    >>> found = hubs([[0, 1, 2], [3, 0, 1], [5, 1, 0]], ["pagerank"], draws=59, missing=0)
    >>> print(verdicts(found, {"0": "Steel"})["0"])
    Steel is no hub of M: by none of 1 measure is its score above what chance gives \
(null 'strength', 59 draws); nearest PageRank, rank 1 of 3, p = 0.183, after Holm 0.55. \
Ranks: without intervals.
    """
    require_kind(result, HubEvidence, "result of hubs()")
    if second is not None:
        require_kind(second, HubEvidence, "result of hubs()")
    rows = _by_industry(result.table)
    size, lacking = len(rows), result.lacking(level, claim)
    table = claims(result, claim).join(above_chance(result, level)) if claim else None
    best = {} if table is None else cast("dict[str, _Row]", table.to_dict("index"))
    again = _again(second, claim, level)
    told = {
        label: _claimed(result, best[label], each, size, level, lacking, again.get(label, ""))
        if label in best
        else _sentence(result, each, size, level, lacking)
        for label, each in rows.items()
    }
    return {label: f"{(names or {}).get(label, label)} {text}" for label, text in told.items()}


def _again(second: HubEvidence | None, claim: Sequence[str], level: float) -> dict[str, str]:
    """Say of each industry whether it is a hub under the second null, too."""
    if second is None:
        return {}
    rows = cast("dict[str, _Row]", claims(second, claim).to_dict("index"))
    return {
        label: f" Under a second null it "
        f"{'remains one' if row['p_claim'] <= level else 'is none'}: "
        f"{second.chance_at(row['draws'])}, after Holm p = {row['p_claim']:.3g}{_open(row, level)}."
        for label, row in rows.items()
    }


def _open(row: _Row, level: float) -> str:
    """Say that more draws may put p on the other side of the level, or nothing."""
    if settled(row, level):
        return ""
    low, high = row["p_low"], row["p_high"]
    return f", which more draws may put anywhere between {low:.2g} and {high:.2g}"


def _by_industry(table: pd.DataFrame) -> dict[str, list[_Row]]:
    """Return the rows of every industry; a frame for each would take most of the time."""
    columns = [list(table[name]) for name in _COLUMNS]
    rows: dict[str, list[_Row]] = {}
    for (measure, label), *values in zip(table.index, *columns, strict=True):
        row = dict(zip(_COLUMNS, values, strict=True)) | {"measure": str(measure)}
        rows.setdefault(str(label), []).append(row)
    return rows


def _claimed(
    result: HubEvidence,
    best: _Row,
    rows: list[_Row],
    size: int,
    level: float,
    lacking: str,
    again: str,
) -> str:
    """Say whether the claim holds, and what all measures find, each for itself."""
    holds = best["p_claim"] <= level
    exact = best["draws"] == 0
    chance = f"exact, null {result.null!r}" if exact else result.chance_at(best["draws"])
    tested = [row for row in rows if row["p"] == row["p"]]
    strong = [row for row in tested if row["p_holm"] <= level]
    text = (
        f"is {'a' if holds else 'no'} hub of {result.matrix}: {_place(best, size)}, "
        f"p = {best['p']:.3g}, after Holm {best['p_claim']:.3g}"
        f"{_open(best, level)} ({chance})."
    )
    if holds and _known(best["survives"]):
        text += f" In the backbone it {'keeps' if best['survives'] else 'does not keep'} its rank."
    text += again if holds else ""
    text += f" It is above chance by {len(strong)} of {len(tested)} measures, each for itself"
    few, many = best["above_low"], best["above_high"]
    text += f" (more draws may find {few} to {many})" if few < many else ""
    text += f": {', '.join(called(row['measure']) for row in strong)}." if strong else "."
    return f"{text} {lacking} {result.ranks}" if lacking and not holds else f"{text} {result.ranks}"


def _sentence(result: HubEvidence, rows: list[_Row], size: int, level: float, lacking: str) -> str:
    chance = result.chance
    tested = sorted((row for row in rows if row["p"] == row["p"]), key=lambda row: row["p_holm"])
    if not tested:
        reason = next((row["why"] for row in rows if row["why"]), "no measure was asked for")
        return f"was not tested in {result.matrix} ({chance}): {reason}. {result.ranks}"
    strong = [row for row in tested if row["p_holm"] <= level]
    if not strong:
        best = tested[0]
        number = f"{len(tested)} measure" + ("s" if len(tested) > 1 else "")
        few = f" {lacking}" if lacking else ""
        return (
            f"is no hub of {result.matrix}: by none of {number} is its score above what chance "
            f"gives ({chance}); nearest {_place(best, size)}, p = {best['p']:.3g}, after Holm "
            f"{best['p_holm']:.3g}.{few} {result.ranks}"
        )
    by = "; ".join(
        f"{_place(row, size)}, after Holm p = {row['p_holm']:.3g}"
        + (" (exact)" if row["why"].startswith(EXACT) else "")
        for row in strong
    )
    text = (
        f"is a hub of {result.matrix} by {len(strong)} of {len(tested)} measures that chance could "
        f"move ({chance}): {by}."
    )
    lasting = [bool(row["survives"]) for row in strong if row["survives"] is not pd.NA]
    if lasting:
        text += f" In the backbone it stays one by {sum(lasting)} of them."
    return f"{text} {result.ranks}"


def _place(row: _Row, size: int) -> str:
    text = f"{called(row['measure'])}, rank {row['rank']}"
    low, high = row["rank_low"], row["rank_high"]
    if _known(low):
        text += f" ({low}–{high})"
    return f"{text} of {size}"


def _known(value: object) -> bool:
    return not (value is None or value is pd.NA)
