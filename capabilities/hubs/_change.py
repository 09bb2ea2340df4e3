"""Which hubs rose and which fell between the first and the last report year, with a test."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ...analytics.structure import HubChange, change_of_hubs
from ...core.errors import InputError
from ...runs.networks import YearNetworks
from ...runs.records import Source
from ._evidence import Evidence, drawn_from, records_of
from ._options import HubOptions

__all__ = ["changes"]

#: A trend needs so many years.
LEAST_YEARS = 4


def changes(
    years: Mapping[int, YearNetworks],
    claims: Mapping[int, Mapping[str, Evidence]],
    options: HubOptions,
    source: Source | None,
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
    source : Source or None
        The records behind the citations.

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
    for network in dict.fromkeys(name for each in claims.values() for name in each):
        scores = {
            year: drawn_from(each[network].matrix)
            for year, each in claims.items()
            if network in each
        }
        if len(scores) < 2:
            untested[network] = f"there is none but in {max(scores)}"
            continue
        if len({tuple(sorted(one.index)) for one in scores.values()}) > 1:
            untested[network] = "it has not the same sectors in every year"
            continue
        ends = min(scores), max(scores)
        draws: dict[int, pd.DataFrame] = {}
        for year in ends:
            drawn = _draws(network, years[year], options, source)
            draws |= {} if drawn is None else {year: drawn}
        if not draws and len(scores) < LEAST_YEARS:
            untested[network] = (
                f"no records are drawn behind it, and a trend needs {LEAST_YEARS} report years, "
                f"not {len(scores)}"
            )
            continue
        try:
            found[network] = change_of_hubs(pd.DataFrame(scores).T, draws or None)
        except InputError as error:  # too few draws for the level, or scores that are not defined
            untested[network] = str(error).rstrip(".")
    return found, untested


def _draws(
    network: str, year: YearNetworks, options: HubOptions, source: Source | None
) -> pd.DataFrame | None:
    """Return draws of the scores of a year, with the same firms in every year, or nothing."""
    if source is None:
        return None
    rng = np.random.default_rng([options.seed, *b"change"])
    drawn = records_of(network, year, options, source, rng)
    if drawn is None:
        return None
    rows = [chunk.sum(axis=1) - np.diagonal(chunk, axis1=1, axis2=2) for chunk in drawn]
    return pd.DataFrame(np.concatenate(rows), columns=list(drawn.labels))
