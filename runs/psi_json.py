"""psi.json: everything about ψ of every report year, by industry code."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ..analytics import Psi, loss
from ..analytics.spillovers import CHANNELS, PRINTED, interaction_of_third, mode_shares
from .chance import ASSUMES
from .networks import YearNetworks
from .result import Result
from .uncertainty import LEVEL, Spread, YearUncertainty

__all__ = ["Depth", "columns", "number", "psi_json", "shown"]


@dataclass(frozen=True, slots=True)
class Depth:
    """What 'spillgraph psi' adds to a run.

    Parameters
    ----------
    draws, seed : int
        As on the command line; 0 draws: no uncertainty.
    uncertain : dict of int to YearUncertainty
        By report year; empty without draws.
    sensitivity : dict of int to DataFrame
        By report year.
    """

    draws: int
    seed: int
    uncertain: dict[int, YearUncertainty]
    sensitivity: dict[int, pd.DataFrame]


def psi_json(result: Result, depth: Depth, about: Mapping[str, Any]) -> dict[str, Any]:
    """Put together what psi.json holds.

    Parameters
    ----------
    result : Result
        What the run found.
    depth : Depth
        Draws and what they gave.
    about : mapping
        Study, command, creation, run and fingerprint, as run.json has them.

    Returns
    -------
    dict
        Plain values; a number that is not defined is None.
    """
    return {
        **about,
        "draws": depth.draws,
        "seed": depth.seed,
        "names": {code: result.economy.names.get(code, "") for code in result.economy.labels},
        "years": {
            str(year.year): _year(year, year.spillover, depth.uncertain.get(year.year))
            | {"sensitivity": _records(depth.sensitivity[year.year])}
            for year in result.years
            if year.spillover is not None
        },
    }


def shown(depth: Depth) -> dict[str, Any]:
    """Return what the report shows of the draws, as ``page_content`` takes it.

    Parameters
    ----------
    depth : Depth
        Draws and what they gave.

    Returns
    -------
    dict
        ``intervals`` by year and quantity, and the sentence ``uncertainty``.
    """
    # The bootstrap over years is not one to quote alone.
    found = {
        year: (each.spreads[0], each.null)
        for year, each in depth.uncertain.items()
        if each.spreads and each.spreads[0].drawn != "years"
    }
    if not found:
        return {}
    spread, _ = next(iter(found.values()))
    sentence = (
        f"Intervals of {LEVEL:.0%} from {depth.draws:,} draws of the citing {spread.drawn}"
        if spread.drawn == "firms"
        else f"Intervals of {LEVEL:.0%} from {depth.draws:,} draws of the {spread.drawn}"
    )
    return {
        "intervals": {year: _shown(*each) for year, each in found.items()},
        "uncertainty": f"{sentence} (seed {depth.seed}); S is held fixed.{_chance(depth)}",
    }


def _chance(depth: Depth) -> str:
    """Say which null hypothesis the p-values of the page are of."""
    kinds = [each.chance for each in depth.uncertain.values() if each.chance is not None]
    if not kinds:
        return ""
    together = "adjusted so that a finding anywhere by chance has at most 5%"
    return f" The {ASSUMES[kinds[0]]}; {together}."


def _shown(spread: Spread, null: pd.DataFrame | None) -> dict[str, pd.DataFrame]:
    tables = {}
    for quantity, ranks in spread.ranks.items():
        drawn = spread.table[spread.table["quantity"] == quantity].set_index("sector")
        table = ranks[["estimate", "rank", "rank_low", "rank_high"]].assign(
            low=drawn["percentile_low"], high=drawn["percentile_high"]
        )
        if null is not None:
            chance = null[null["quantity"] == quantity].set_index("sector")
            table["p"] = chance["p_familywise"]
        name = quantity.replace("contribution[", "contribution: ").rstrip("]")
        tables[name.replace("loss_percent", "loss")] = table
    return tables


def _year(year: YearNetworks, found: Psi, uncertain: YearUncertainty | None) -> dict[str, Any]:
    proof, lost, shares = found.proof, loss(found), mode_shares(found.modes)
    assert year.innovation is not None and year.production is not None
    described: dict[str, Any] = {
        "notes": [*year.notes, *(uncertain.notes if uncertain else [])],
        "spectral_radius": {
            name: {"low": low, "high": high}
            for name, (low, high) in (("S", proof.rho_S), ("W", proof.rho_W))
        },
        "condition": {"I - S": proof.cond_S, "I - W": proof.cond_W},
        "residual": proof.residual,
        "error": {"benefit": proof.error_benefit, "contribution": proof.error_contribution},
        "method": proof.method,
        "own_citation_share": _numbers(year.innovation.own),
        "zero_rows": list(year.innovation.zero_rows),
        "value_added_share": _numbers(year.production.value_added),
        "imports_share": _numbers(year.production.imports),
        "unexplained_share": _numbers(year.production.unexplained),
        "benefit": _numbers(found.benefit),
        "benefit_without_W": _numbers(found.benefit_without_W),
        "contribution": columns(found.contribution),
        "contribution_without_W": columns(found.contribution_without_W),
        "loss_without_W": {
            "benefit": _numbers(lost["benefit"]),
            "contribution": columns(lost.drop(columns="benefit")),
        },
        "modes": columns(found.modes),
        "mode_shares": {
            "exact": columns(shares[list(CHANNELS)]),
            "as_printed": columns(shares[list(PRINTED)]),
        },
        "interaction_in_T3": number(interaction_of_third(found.modes)),
    }
    if uncertain is not None:
        described["uncertainty"] = {
            "level": LEVEL,
            "bootstrap": [_spread(each) for each in uncertain.spreads],
            "strata": uncertain.strata or None,
            "null": uncertain.chance,
            "permuted_citations": None if uncertain.null is None else _null(uncertain.null),
        }
    return described


def _spread(spread: Spread) -> dict[str, Any]:
    quantities: dict[str, Any] = {}
    for name, table in spread.table.groupby("quantity", sort=False):
        if not (table["se"] > 0).any():  # of S alone, which is not drawn
            continue
        quantities[str(name)] = {
            str(row["sector"]): {
                "estimate": number(row["estimate"]),
                "se": number(row["se"]),
                "bias": number(row["bias"]),
                "low": number(row["percentile_low"]),
                "high": number(row["percentile_high"]),
            }
            for _, row in table.iterrows()
        }
    for name, ranks in spread.ranks.items():
        for sector, row in ranks.iterrows() if name in quantities else ():
            quantities[name][str(sector)] |= {
                key: int(row[key])
                for key in (
                    "rank",
                    "rank_low",
                    "rank_high",
                    "simultaneous_low",
                    "simultaneous_high",
                )
            }
    return {
        "drawn": spread.drawn,
        "draws": spread.draws,
        "singular": spread.singular,
        "quantities": quantities,
    }


def _null(table: pd.DataFrame) -> dict[str, Any]:
    columns = ("null_median", "p_greater", "p_less", "p_two_sided", "q_two_sided", "p_familywise")
    return {
        str(name): {
            str(row["sector"]): {key: number(row[key]) for key in columns}
            for _, row in part.iterrows()
        }
        for name, part in table.groupby("quantity", sort=False)
        if (part["p_two_sided"] < 1).any()  # what S alone decides never moves
    }


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {str(k): number(v) if isinstance(v, float) else v for k, v in row.items()}
        for row in table.to_dict("records")
    ]


def columns(table: pd.DataFrame) -> dict[str, dict[str, float | None]]:
    """Return a table as plain values: column, row, number; None where it is not defined."""
    return {str(name): _numbers(table[name]) for name in table}


def _numbers(values: pd.Series[float]) -> dict[str, float | None]:
    return {str(code): number(value) for code, value in values.items()}


def number(value: float) -> float | None:
    """Return a number as JSON has it: None where it is not defined."""
    return float(value) if math.isfinite(value) else None
