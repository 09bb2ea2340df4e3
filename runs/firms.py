"""Firms behind the sectors: where they belong, what they receive and deliver."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ..graph.ask import ask, ask_by_slices
from ..graph.store import GraphStore
from ..ingest.economy import Economy
from ..ingest.owners.firm_rows import answer_of_tables
from ..queries import load_query
from .attached import register_tables
from .result import Result

__all__ = [
    "amounts_of_firms",
    "ask_firms",
    "industry_of_firms",
    "sectors_of",
    "sectors_of_codes",
    "tied_codes",
]

#: By network, the query of what others draw from each firm.
DRAWN = {"W": "citations_received_by_firms", "S": "deliveries_made_by_firms"}


def ask_firms(
    store: GraphStore, result: Result, name: str, parameters: Mapping[str, object] | None = None
) -> pd.DataFrame:
    """Ask what the graph holds of firms, or the tables where the study keeps no firms in it.

    Parameters
    ----------
    store : GraphStore
        The graph of the run.
    result : Result
        What the run found.
    name : str
        An internal query about firms.
    parameters : mapping of str to object, optional
        Values of its parameters; a query by slices has none else.

    Returns
    -------
    DataFrame
        Columns of the query.
    """
    study, staged = result.study, result.staged
    if not study.keeps_firms:
        folder = staged["firms"].path.parent
        with register_tables(study, staged, result.economy, folder) as con:
            return answer_of_tables(con, study, name, parameters)
    if "slices" in {each.name for each in load_query(name).parameters}:
        answer = ask_by_slices(store, name)
    else:
        answer = ask(store, name, parameters)
    frame: pd.DataFrame = answer.to_pandas()
    return frame


def amounts_of_firms(store: GraphStore, result: Result, network: str, year: int) -> pd.DataFrame:
    """Return what other firms draw from each firm that has a sector.

    Parameters
    ----------
    store : GraphStore
        The graph of the run.
    result : Result
        What the run found.
    network : {"W", "S"}
        Citations received in all years up to the year, or deliveries made in the last year of
        deliveries up to it.
    year : int
        A report year.

    Returns
    -------
    DataFrame, index = id of the firm
        ``amount``, above 0, and ``sector``. Empty where the study has no such records of firms.
    """
    rows = ask_firms(store, result, DRAWN[network])
    rows = rows[rows["year"] <= year]
    if network == "S":
        rows = rows[rows["year"] == rows["year"].max()]
    amount = rows.groupby("firm")["amount"].sum()
    sector = industry_of_firms(store, result).map(sectors_of(result)).dropna()
    found = pd.DataFrame({"amount": amount[amount > 0]})
    return found.join(sector.rename("sector"), how="inner")


def industry_of_firms(store: GraphStore, result: Result) -> pd.Series[str]:
    """Return the industry of every firm; "unmapped" where none is known.

    Parameters
    ----------
    store : GraphStore
        The graph of the run.
    result : Result
        What the run found.

    Returns
    -------
    Series, index = id of the firm
    """
    rows = ask_firms(store, result, "industry_of_firms")
    industry: pd.Series[str] = rows.set_index("firm")["industry"]
    return industry


def sectors_of(result: Result) -> dict[str, str]:
    """Return the sector of each industry of firms: of several the one with the largest weight.

    Parameters
    ----------
    result : Result
        What the run found.
    """
    study = result.study
    return sectors_of_codes(result.economy, study.fine_of_firms, study.about.target)


def sectors_of_codes(economy: Economy, own: str, target: str) -> dict[str, str]:
    """Return the sector of each code: of several the one with the largest weight.

    Parameters
    ----------
    economy : Economy
        Its sectors and concordances.
    own, target : str
        Classification of the codes, and that of the sectors.
    """
    if own == target:
        return {code: code for code in economy.labels}
    first = _heaviest_first(economy, own, target).drop_duplicates("industry")
    return dict(zip(first["industry"], first["sector"], strict=True))


def tied_codes(economy: Economy, own: str, target: str) -> dict[str, list[str]]:
    """Return the codes that have no largest weight, with the sectors that share it.

    Parameters
    ----------
    economy : Economy
        Its sectors and concordances.
    own, target : str
        Classification of the codes, and that of the sectors.

    Returns
    -------
    dict of str to list of str
        The first sector is the one that :func:`sectors_of_codes` takes.
    """
    if own == target:
        return {}
    found = _heaviest_first(economy, own, target)
    largest = found.groupby("industry")["weight"].transform("max")
    among = found[found["weight"] == largest].groupby("industry")["sector"].agg(list)
    return {str(code): sectors for code, sectors in among.items() if len(sectors) > 1}


def _heaviest_first(economy: Economy, own: str, target: str) -> pd.DataFrame:
    """Return ``industry``, ``sector`` and ``weight``: the largest first, then as sectors come."""
    maps = economy.maps
    ends = maps["from"].str.startswith(f"{own}:") & maps["to"].str.startswith(f"{target}:")
    found = pd.DataFrame(
        {
            "industry": maps.loc[ends, "from"].str[len(own) + 1 :],
            "sector": maps.loc[ends, "to"].str[len(target) + 1 :],
            "weight": maps.loc[ends, "weight"],
        }
    )
    found = found[found["sector"].isin(economy.labels)]
    place = found["sector"].map({code: at for at, code in enumerate(economy.labels)})
    order = np.lexsort((place, -found["weight"]))
    return found.iloc[order]
