"""The files of risk: firms, what is at risk of each sector, and plain values."""

from __future__ import annotations

from typing import Any

from ...runs.capability import Tables
from ...runs.plain import number
from ._compute import DIRECTIONS, Risk

__all__ = ["MEANINGS", "tables", "values"]

MEANINGS = {
    "firm_name": "name of the firm",
    "firms": "firms that deliver or buy in the year",
    "carrier": "id of the firm of the sector whose failure costs most",
    "deliveries": "deliveries to other firms, in the study's money unit",
    "both": "share of all deliveries lost where it fails; of a sector: the largest of a firm",
    "downstream": "the same, of what customers lack alone",
    "upstream": "the same, of what suppliers do not sell alone",
    "steps": "steps of the cascade",
    "change": "largest change of the last step, a share of a firm's production",
    "hhi": "sum of squared shares of firms in the sector's deliveries, 0 to 1",
    "make_half": "least number of firms that make half of the sector's deliveries",
    "top_share": "share of the largest firm in the sector's deliveries, 0 to 1",
}


def tables(risk: Risk) -> Tables:
    """Return firms, the highest first, and who carries each sector.

    Parameters
    ----------
    risk : Risk
        What was computed.
    """
    return {"firms": risk.firms, "sectors": risk.industries}


def values(risk: Risk) -> dict[str, Any]:
    """Return plain values for risk.json.

    Parameters
    ----------
    risk : Risk
        What was computed.
    """
    texts, numbers = ("firm_name", "industry", "sector"), ("deliveries", *DIRECTIONS)
    top = risk.firms.head(risk.options.top)
    counted = ("firms", "make_half")
    measured = (*DIRECTIONS, "deliveries", "hhi", "top_share")
    return {
        "year": risk.trade.year,
        "inputs": risk.inputs,
        "market": risk.options.market,
        "revenue": risk.revenue,
        "tolerance": risk.options.tolerance,
        "firms": len(risk.trade.firms),
        "links": int(risk.trade.deliveries.values.nnz),
        "deliveries": float(risk.trade.firms["deliveries"].sum()),
        "all": risk.whole,
        "certified": risk.certified,
        "bound": risk.bound,
        "top": {
            str(firm): {name: str(row[name]) for name in texts}
            | {name: number(float(row[name])) for name in numbers}
            | {"steps": int(row["steps"])}
            for firm, row in top.iterrows()
        },
        "sectors": {
            str(code): {"carrier": str(row["carrier"])}
            | {name: number(float(row[name])) for name in (*counted, *measured)}
            for code, row in risk.industries.iterrows()
        },
    }
