"""psi.json: everything about ψ of every report year, by industry code."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ...analytics import Psi, loss_percent
from ...analytics.spillovers import CHANNELS, PRINTED, interaction_of_third, mode_shares
from ...runs.networks import YearNetworks
from ...runs.plain import columns, number, numbers
from ._compute import Depth
from ._uncertainty import LEVEL, Spread, YearUncertainty

__all__ = ["values"]


def values(depth: Depth) -> dict[str, Any]:
    """Put together what psi.json holds beside what every run says of itself.

    Parameters
    ----------
    depth : Depth
        What was found.

    Returns
    -------
    dict
        Plain values; a number that is not defined is None.
    """
    economy = depth.result.economy
    return {
        "draws": depth.options.draws,
        "seed": depth.options.seed,
        "names": {code: economy.names.get(code, "") for code in economy.labels},
        "years": {
            str(year.year): _year(year, year.spillover, depth.uncertain.get(year.year))
            | {"sensitivity": _records(depth.sensitivity[year.year])}
            for year in depth.result.years
            if year.spillover is not None
        },
    }


def _year(year: YearNetworks, psi: Psi, uncertain: YearUncertainty | None) -> dict[str, Any]:
    proof, lost, shares = psi.proof, loss_percent(psi), mode_shares(psi.modes)
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
        "own_citation_share": numbers(year.innovation.own),
        "zero_rows": list(year.innovation.zero_rows),
        "value_added_share": numbers(year.production.value_added),
        "imports_share": numbers(year.production.imports),
        "unexplained_share": numbers(year.production.unexplained),
        "benefit": numbers(psi.benefit),
        "benefit_without_W": numbers(psi.benefit_without_W),
        "contribution": columns(psi.contribution),
        "contribution_without_W": columns(psi.contribution_without_W),
        "loss_without_W": {
            "benefit": numbers(lost["benefit"]),
            "contribution": columns(lost.drop(columns="benefit")),
        },
        "modes": columns(psi.modes),
        "mode_shares": {
            "exact": columns(shares[list(CHANNELS)]),
            "as_printed": columns(shares[list(PRINTED)]),
        },
        "interaction_in_T3": number(interaction_of_third(psi.modes)),
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
