"""Which hubs rose and which fell between the first and the last report year, with a test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...analytics.structure import HubChange, change_of_hubs
from ...core.errors import InputError
from ...core.shared import Shared
from ...runs.capability import Context
from ...runs.networks import YearNetworks
from ...runs.records import Source
from ...runs.steps import Report
from ._evidence import Evidence, drawn_from, records_of
from ._options import HubOptions

__all__ = ["changes"]

#: A trend needs so many years.
LEAST_YEARS = 4


def changes(
    years: Mapping[int, YearNetworks],
    claims: Mapping[int, Mapping[str, Evidence]],
    options: HubOptions,
    source: Shared[Source] | None,
    context: Context,
    progress: Report,
) -> tuple[dict[str, HubChange], dict[str, str]]:
    """Test the change of in-strength, network by network.

    Where there are records, the same draw of firms stands for both years; of other networks a trend
    over four report years or more is tested.

    Parameters
    ----------
    years : mapping of int to YearNetworks
        The report years.
    claims : mapping of int to mapping of str to Evidence
        What is known of the networks of each.
    options : HubOptions
        Draws, seed.
    source : Shared of Source, or None
        The records behind the citations.
    context : Context
        Knows who draws.
    progress : callable
        Takes how far draws are, and the share.

    Returns
    -------
    found : dict of str to HubChange
        By network, those that can be tested.
    untested : dict of str to str
        Why the others are not.
    """
    found: dict[str, HubChange] = {}
    untested: dict[str, str] = {}
    if len(claims) < 2:
        return found, untested
    scores: dict[str, dict[int, pd.Series[float]]] = {}
    for network in dict.fromkeys(name for each in claims.values() for name in each):
        of_years = {
            year: drawn_from(each[network].matrix)
            for year, each in claims.items()
            if network in each
        }
        if len(of_years) < 2:
            untested[network] = f"there is none but in {max(of_years)}"
        elif len({tuple(sorted(one.index)) for one in of_years.values()}) > 1:
            untested[network] = "it has not the same sectors in every year"
        else:
            scores[network] = of_years
    drawn = _draws(scores, years, options, source, context, progress)
    for network, of_years in scores.items():
        draws = drawn.get(network)
        if draws is None and len(of_years) < LEAST_YEARS:
            untested[network] = (
                f"no records are drawn behind it, and a trend needs {LEAST_YEARS} report years, "
                f"not {len(of_years)}"
            )
            continue
        try:
            found[network] = change_of_hubs(pd.DataFrame(of_years).T, draws)
        except InputError as error:  # too few draws for the level, or scores that are not defined
            untested[network] = str(error).rstrip(".")
    return found, untested


@dataclass(frozen=True, slots=True)
class _Job:
    """A network and year of which draws are scored."""

    network: str
    year: Shared[YearNetworks]
    options: HubOptions
    source: Shared[Source]

    @property
    def called(self) -> str:
        return f"change of {self.network}, {self.year.value.year}"


def _draws(
    scores: Mapping[str, Mapping[int, pd.Series[float]]],
    years: Mapping[int, YearNetworks],
    options: HubOptions,
    source: Shared[Source] | None,
    context: Context,
    progress: Report,
) -> dict[str, dict[int, pd.DataFrame]]:
    """Return draws of the scores of the first and the last year, of networks that have any."""
    if source is None:
        return {}
    ends = {year for of_years in scores.values() for year in (min(of_years), max(of_years))}
    shared = {year: context.share(years[year]) for year in sorted(ends)}
    jobs = [
        _Job(network, shared[year], options, source)
        for network, of_years in scores.items()
        for year in (min(of_years), max(of_years))
    ]
    found: dict[str, dict[int, pd.DataFrame]] = {}
    for job, drawn in context.map_cells(_score, jobs, progress, name=lambda job: job.called):
        if drawn is not None:
            found.setdefault(job.network, {})[job.year.value.year] = drawn
    return {network: dict(sorted(of_years.items())) for network, of_years in found.items()}


def _score(job: _Job) -> pd.DataFrame | None:
    """Return draws of the scores of a year, with the same firms in every year, or nothing."""
    rng = np.random.default_rng([job.options.seed, *b"change"])
    drawn = records_of(job.network, job.year.value, job.options, job.source.value, rng)
    if drawn is None:
        return None
    rows = [chunk.sum(axis=1) - np.diagonal(chunk, axis1=1, axis2=2) for chunk in drawn]
    return pd.DataFrame(np.concatenate(rows), columns=list(drawn.labels))
