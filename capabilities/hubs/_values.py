"""hubs.json: scores, p-values and ranks by network, year, measure and sector, and verdicts."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ...analytics.hubs import CLAIMED
from ...analytics.structure import HubChange
from ...runs.plain import number
from ._compute import Hubs
from ._evidence import Evidence
from ._known import known

__all__ = ["values"]

_NUMBERS = ("score", "p", "p_holm", "q")
_OF_CLAIMS = ("p_claim", "p_low", "p_high", "p_second", "p_second_low", "p_second_high")
_RANKS = ("rank", "rank_low", "rank_high")


def values(hubs: Hubs) -> dict[str, Any]:
    """Return what hubs.json holds beside what every run says of itself.

    Parameters
    ----------
    hubs : Hubs
        What was computed.
    """
    found: dict[str, Any] = {}
    claimed: dict[str, Any] = {}
    verdicts: dict[str, Any] = {}
    chance: dict[str, Any] = {}
    for year, claims in hubs.claims.items():
        for network, claim in claims.items():
            found.setdefault(network, {})[str(year)] = _measures(claim.found.table)
            verdicts.setdefault(network, {})[str(year)] = claim.sentences
            claimed.setdefault(network, {})[str(year)] = _claims(claim)
            chance.setdefault(network, {})[str(year)] = {
                "null": claim.found.null,
                "sentence": claim.found.sentence,
                "draws": claim.found.draws,
                "draws_of_claim": claim.draws,
                "seed": claim.found.seed,
                "ranks": claim.found.ranks,
                "backbone": {"method": claim.kept.method, **claim.kept.counts},
                "second": _second(claim),
                "notes": _notes(hubs, network, year, claim),
            }
    told = {
        "claims": claimed,
        "verdicts": verdicts,
        "chance": chance,
        "change": {network: _change(each) for network, each in hubs.change.items()},
        "untested": hubs.untested,
    }
    return {**found, **told}


def _second(claim: Evidence) -> dict[str, Any] | None:
    """Return the second null in words, or why it is not drawn; none where it was not asked for."""
    second = claim.second
    if second is None:
        return None
    if second.found is None:
        return {"null": second.null, "untested": second.untested}
    found = second.found
    return {"null": found.null, "sentence": found.sentence, "draws": found.draws}


def _claims(claim: Evidence) -> dict[str, Any]:
    return {
        str(code): {
            "hub": bool(row["hub"]),
            "measure": row["measure"],
            "settled": bool(row["settled"]),
            **{name: number(float(row[name])) for name in _OF_CLAIMS},
            "remains": known(row["remains"]),
            "remains_settled": known(row["remains_settled"]),
        }
        for code, row in claim.claims.iterrows()
    }


def _change(change: HubChange) -> dict[str, Any]:
    return {
        "from": change.years[0],
        "to": change.years[-1],
        "test": change.test,
        "industries": {
            str(code): {str(name): _plain(value) for name, value in row.items()}
            for code, row in change.table.astype(object).iterrows()
        },
    }


def _notes(hubs: Hubs, network: str, year: int, claim: Evidence) -> list[str]:
    """Return what was left out of a network, and what its draws cannot show."""
    few = claim.found.lacking(together=CLAIMED) or claim.found.lacking()
    behind = hubs.ultimate.get(year) if network in ("UDS", "UCS") else None
    untested = claim.found.sentence if claim.untested else ""
    return [*(behind.notes if behind else ()), *filter(None, [few, untested])]


def _plain(value: Any) -> str | float | None:
    return value if isinstance(value, str) else number(float(value))


def _measures(table: pd.DataFrame) -> dict[str, dict[str, Any]]:
    measures: dict[str, dict[str, Any]] = {}
    columns = {name: list(table[name]) for name in (*_NUMBERS, *_RANKS, "draws", "survives", "why")}
    for at, (measure, code) in enumerate(table.index):
        row: dict[str, Any] = {name: number(float(columns[name][at])) for name in _NUMBERS}
        row |= {name: _whole(columns[name][at]) for name in _RANKS}
        row["draws"] = int(columns["draws"][at])
        row["survives"] = known(columns["survives"][at])
        if columns["why"][at]:
            row["why"] = columns["why"][at]
        measures.setdefault(str(measure), {})[str(code)] = row
    return measures


def _whole(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)
