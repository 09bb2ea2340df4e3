"""The measures of the list, of every sector in every network and report year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...analytics import hub_table
from ...analytics.structure import HubChange
from ...core.measures import MEASURES, NETWORKS
from ...core.shared import Shared
from ...runs.capability import Context, Tables
from ...runs.networks import YearNetworks
from ...runs.records import Source
from ...runs.steps import Report
from ...runs.ultimate import Ultimate
from ._carriers import carriers_of
from ._change import changes
from ._claims import claims_table, words
from ._evidence import Evidence, evidence, jobs_of, positive
from ._options import HubOptions

__all__ = ["MEANINGS", "Hubs", "compute", "measures_of", "scores", "tables"]


#: Share of the work that tests are; what is left is their change over years.
MOST = 0.9
#: Networks whose sectors firms carry, and the flow between firms behind each.
FIRMS = {"W": "citations", "S": "trade"}
MEANINGS = {each.name: each.meaning for each in MEASURES}


@dataclass(frozen=True, slots=True)
class Hubs:
    """The measures of every sector.

    Parameters
    ----------
    measures : dict of int to dict of str to DataFrame
        By report year and network, as :func:`~spillgraph.analytics.hub_table` gives them.
    sums : dict of int to DataFrame, shape (N, 2)
        By report year with ψ: its column and row sums as the graph names them, in % per %. They are
        those with a proof, and there where ψ itself is not formed.
    claims : dict of int to dict of str to Evidence
        By report year and network: what chance and records say of the hubs. Of the last report
        year alone where no draws were asked for.
    change : dict of str to HubChange
        By network: who rose and who fell between the first and the last report year.
    untested : dict of str to str
        By network: why no change is tested, where draws were asked for.
    ultimate : dict of int to Ultimate
        Behind UDS and UCS, by report year, where these were asked for.
    firms : dict of str to DataFrame
        By network, W or S: the firms that carry each sector in the last year, where draws were
        asked for and the study has records of firms.
    years : dict of int to YearNetworks
        The report years themselves.
    options : HubOptions
        What was asked.
    """

    measures: dict[int, dict[str, pd.DataFrame]]
    sums: dict[int, pd.DataFrame]
    claims: dict[int, dict[str, Evidence]]
    change: dict[str, HubChange]
    untested: dict[str, str]
    ultimate: dict[int, Ultimate]
    firms: dict[str, pd.DataFrame]
    years: dict[int, YearNetworks]
    options: HubOptions

    @property
    def last(self) -> int:
        """The last report year with claims, of which the page and the screen tell."""
        return max(self.claims)


def compute(context: Context, options: HubOptions) -> Hubs:
    """Measure every sector in the networks of every report year.

    Parameters
    ----------
    context : Context
        The run.
    options : HubOptions
        Networks, null, draws, seed.

    Returns
    -------
    Hubs
    """
    years = context.result.years
    measures = {}
    by_year = {year.year: year for year in years}
    with context.steps.step("hubs") as progress:
        for year in years:
            progress(str(year.year), 0.0)
            measures[year.year] = measures_of(year)
        source = _records(context) if options.drawn else None
        claims = _claims(context, options, source, lambda text, s: progress(text, MOST * s))
        asked = claims if options.drawn else {}
        last: Report = lambda text, s: progress(text, MOST + (1 - MOST) * s)  # noqa: E731
        change, untested = changes(by_year, asked, options, source, context, last)
    sums = {year.year: _sums(year) for year in years}
    ultimate = {
        year: context.ultimate(by_year[year])
        for year in claims
        if by_year[year].production is not None and {"UDS", "UCS"} & set(options.networks)
    }
    firms = _firms(context, claims) if options.drawn else {}
    return Hubs(measures, sums, claims, change, untested, ultimate, firms, by_year, options)


def _firms(
    context: Context, claims: Mapping[int, Mapping[str, Evidence]]
) -> dict[str, pd.DataFrame]:
    """Return the firms that carry each sector in the last year, where flows are those of firms."""
    last = max(claims, default=0)
    of_firms = {each.name for each in context.result.economy.flows if each.table is None}
    found = {
        network: carriers_of(context, network, last)
        for network, flow in FIRMS.items()
        if flow in of_firms and network in claims.get(last, {})
    }
    return {network: table for network, table in found.items() if len(table)}


def _claims(
    context: Context, options: HubOptions, source: Shared[Source] | None, progress: Report
) -> dict[int, dict[str, Evidence]]:
    """Test the hubs of every year, or of the last one where nothing is drawn."""
    years = context.result.years if options.drawn else context.result.years[-1:]
    given = options, context.names, source, context.ultimate
    if not options.drawn:  # a moment, not worth a worker
        return {
            year.year: {job.name: evidence(job) for job in jobs_of(year, *given)} for year in years
        }
    jobs = [job for year in years for job in jobs_of(year, *given, context.share)]
    largest = sorted(jobs, key=lambda job: -len(job.matrix.rows))
    cells = context.map_cells(evidence, largest, progress, name=lambda job: job.called)
    found = {(job.year.value.year, job.name): each for job, each in cells}
    claims: dict[int, dict[str, Evidence]] = {year.year: {} for year in years}
    for job in jobs:
        year = job.year.value.year
        claims[year][job.name] = found[year, job.name]
    return claims


def _records(context: Context) -> Shared[Source] | None:
    """Return the records behind the citations, if there are citations."""
    flows = context.result.economy.flows
    flow = next((each for each in flows if each.name == "citations"), None)
    if flow is None:
        return None
    return context.share(Source.read(context.store, context.result, flow))


def measures_of(year: YearNetworks) -> dict[str, pd.DataFrame]:
    """Measure every sector in each network of a year.

    Parameters
    ----------
    year : YearNetworks
        A report year.

    Returns
    -------
    dict of str to DataFrame
        By network, as :func:`~spillgraph.analytics.hub_table` gives them. Negative entries count
        as 0, for centralities cannot take them.
    """
    networks = year.matrices()
    return {
        name: hub_table(
            positive(networks[name]),
            [each.name for each in MEASURES if name in each.of and not each.on_request],
            output=year.weights.get("gross output"),
        )
        for name in NETWORKS
        if name in networks
    }


def _sums(year: YearNetworks) -> pd.DataFrame:
    if year.spillover is None:
        return pd.DataFrame()
    benefit, contribution = year.spillover.benefit, year.spillover.contribution["unit"]
    return pd.DataFrame({"psi_in_strength": contribution, "psi_out_strength": benefit})


def tables(hubs: Hubs) -> Tables:
    """Return a table for each network and report year.

    Parameters
    ----------
    hubs : Hubs
        What was computed.
    """
    files = {
        f"{network}_{year}": table
        for year, networks in hubs.measures.items()
        for network, table in networks.items()
    }
    for year, claims in hubs.claims.items():
        if claims:
            files[f"claims_{year}"] = claims_table(claims)
        for network, claim in claims.items():
            table = claim.found.table.copy()
            table["survives"] = words(table["survives"])
            files[f"evidence_{network}_{year}"] = table
            links = claim.kept.links
            kept = links.loc[links["kept"], ["receiver", "source", "value", "p"]]
            files[f"backbone_{network}_{year}"] = kept.rename(columns={"value": "weight"})
            if claim.parts is not None:
                files[f"communities_{network}_{year}"] = claim.parts.table.rename_axis(index="code")
            if claim.brokers is not None:
                files[f"brokers_{network}_{year}"] = claim.brokers
    for network, found in hubs.firms.items():
        files[f"carriers_{network}_{hubs.last}"] = found
    for network, change in hubs.change.items():
        # Few years bound no slope: an end without a bound is empty.
        table = change.table.replace([np.inf, -np.inf], np.nan)
        files[f"change_{network}"] = table.rename_axis(index="code")
    return files


def scores(hubs: Hubs) -> dict[int, pd.DataFrame]:
    """Return what goes back into the graph: the measures of each network, by report year.

    Parameters
    ----------
    hubs : Hubs
        What was computed.

    Returns
    -------
    dict of int to DataFrame, index = industry code
        Columns as :func:`spillgraph.core.measures.scores` names them.
    """
    by_year = {}
    for year, networks in hubs.measures.items():
        named = [table.add_prefix(f"{network}_") for network, table in networks.items()]
        whole = pd.concat(named, axis=1) if named else pd.DataFrame()
        by_year[year] = whole.assign(**hubs.sums[year])
    return by_year
