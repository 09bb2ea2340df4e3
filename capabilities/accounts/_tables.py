"""The files of accounts: vectors by sector, matrices, extraction, what changed output."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ...core.matrix import LabelledMatrix
from ...core.measures import VECTORS
from ...runs.capability import Tables
from ...runs.plain import columns
from ._compute import Accounts, YearAccounts
from ._origins import by_user_country
from ._trade import by_exporter
from ._vectors import HOME_USE

__all__ = ["BOTH", "MEANINGS", "matrices", "meaning", "scores", "tables", "values"]

#: What columns are: of vectors, as the graph says it too; and of all else.
MEANINGS = VECTORS | {
    "inputs": "what the others lose of ψ1 through inputs alone if it leaves both networks, % of "
    "output, summed",
    "knowledge": "the same through knowledge alone",
    "both": "the same through both",
    "percent": "what the others lose of ψ1 if it leaves both networks, % of what they have",
    "total": "what the others lose of ψ1 if it leaves both networks, % of output, summed",
    "loss": "output lost, % of the sector's own",
    "technology": "of the change of output, in money: S",
    "final_demand": "of the change of output, in money: final demand",
    "change": "change of output between the two years, in money",
    "exports": "goods of the exporter that the importer uses, as inputs or finally, in money",
    "DVA": "of exports: value added of the exporter that leaves it first",
    "VAX": "of DVA: what is used up abroad in the end",
    "REF": "of DVA: what comes back to final users in the exporter",
    "DDC": "of exports: value added of the exporter that had left it before",
    "FVA": "of exports: value added of others that leaves the exporter first",
    "FDC": "of exports: value added of others that had left the exporter before",
    "other": "of exports: neither inputs nor value added of anybody",
    "DAVAX": "of VAX: what the importer itself uses up without trading it on",
    "GVC": "exports less DAVAX: what crosses more than one border",
    "GVC_forward": "of GVC: DVA less DAVAX",
    "GVC_backward": "of GVC: exports less DVA",
    "intermediate_inputs": "inputs of the sector that come from the country, in money",
    "input_share": "the same, % of all inputs of the sector",
    "capital_flow": "capital goods that the sector bought in the year, in money",
    "capital_stock": "capital in use at the end of the year, in money",
    "rental_cost": "what the use of capital costs a year, in money",
    "rental_share": "the same, % of gross output",
    "life": "service life of the capital good, years",
    "depreciation": "what its stock loses a year, a share",
    "present_value": "of what may be deducted for its depreciation, per unit of its price",
    "user_cost": "what a unit of its stock costs a year",
}
#: Columns of what the others lose if a sector leaves both networks, as files call them.
BOTH = "both_"


def meaning(column: str) -> str:
    """Return what a column of a table is, or an empty text.

    Parameters
    ----------
    column : str
        Its name.
    """
    return MEANINGS.get(column.removeprefix(BOTH), "")


def tables(accounts: Accounts) -> Tables:
    """Return the tables of every report year.

    Parameters
    ----------
    accounts : Accounts
        What was computed.
    """
    files = {}
    for year, each in accounts.years.items():
        files[f"vectors_{year}"] = whole(each)
        if (lost := extracted(each)) is not None:
            files[f"extracted_{year}"] = lost
        if each.trade is not None:
            files[f"trade_in_value_added_{year}"] = each.trade
        if each.origins is not None:
            files[f"inputs_by_country_{year}"] = each.origins
        if each.capital is not None:
            files[f"capital_{year}"] = each.capital.cells
            files[f"rental_costs_{year}"] = each.capital.sectors
            files[f"capital_goods_{year}"] = each.capital.goods.rename_axis(index="good")
    for (before, after), split in accounts.changes.items():
        table = split.effects.copy()
        table.insert(0, "change", split.change)
        for name in split.effects:
            table[f"{name}_low"], table[f"{name}_high"] = split.low[name], split.high[name]
        files[f"change_{before}_{after}"] = table.rename_axis(index="code")
    return files


def whole(each: YearAccounts) -> pd.DataFrame:
    """Return the vectors of a year, those of both networks behind them.

    Parameters
    ----------
    each : YearAccounts
        A report year.
    """
    table = each.vectors.rename_axis(index="code")
    return table if each.both is None else table.join(each.both.add_prefix(BOTH))


def extracted(each: YearAccounts) -> pd.DataFrame | None:
    """Return what every sector loses if those that were named leave, or nothing.

    Parameters
    ----------
    each : YearAccounts
        A report year.
    """
    if each.extracted is None:
        return None
    out = each.extracted
    table = pd.DataFrame({"loss": 100.0 * out.loss / out.output.where(out.output > 0)})
    if each.extracted_both is not None:
        table = table.join(each.extracted_both.loss.add_prefix(BOTH))
    return table.rename_axis(index="code")


def matrices(accounts: Accounts) -> dict[str, LabelledMatrix]:
    """Return direct and total requirements [user, supplier], UDS and UCS [upstream, downstream].

    Parameters
    ----------
    accounts : Accounts
        What was computed.
    """
    found: dict[str, LabelledMatrix] = {}
    for year, each in accounts.years.items():
        named = {
            "direct_requirements": each.direct,
            "total_requirements": each.total,
            "UDS": each.ultimate.uds,
            "UCS": each.ultimate.ucs,
        }
        if each.with_capital is not None:
            named["UDS_capital"] = each.with_capital.uds
            named["UCS_capital"] = each.with_capital.ucs
        found |= {f"{name}_{year}": M for name, M in named.items() if M is not None}
    return found


def values(accounts: Accounts) -> dict[str, Any]:
    """Return what accounts.json holds beside what every run says of itself.

    Parameters
    ----------
    accounts : Accounts
        What was computed.
    """
    by_year = {}
    for year, each in accounts.years.items():
        by_year[str(year)] = {
            **columns(each.vectors),
            "final_demand": each.vectors.attrs.get("final_demand", ""),
            "home_use": list(each.vectors.attrs.get(HOME_USE, [])),
            "notes": list(each.notes),
        }
        if each.both is not None:
            by_year[str(year)]["both_networks"] = columns(each.both)
        if each.trade is not None:
            by_year[str(year)]["value_added_in_trade"] = columns(by_exporter(each.trade).T)
        if each.origins is not None and each.country is not None:
            sums = by_user_country(each.origins, each.country)
            by_year[str(year)]["inputs_by_country"] = columns(sums.T)
        if each.capital is not None:
            by_year[str(year)]["capital"] = {
                **columns(each.capital.sectors),
                "goods": columns(each.capital.goods.T),
            }
        if each.extracted is not None:
            by_year[str(year)]["extracted"] = {
                "sectors": list(each.extracted.sectors),
                "loss_percent": each.extracted.percent,
            }
    return {"meaning": MEANINGS, "years": by_year}


def scores(accounts: Accounts) -> dict[int, pd.DataFrame]:
    """Return what goes back into the graph: the vectors, by report year.

    Parameters
    ----------
    accounts : Accounts
        What was computed.
    """
    return {year: each.vectors.add_prefix("accounts_") for year, each in accounts.years.items()}
