"""The figures of hubs: backbone, ranks, contours of ultimate shares, who gains from a shock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import sparse

from ...analytics import strongest_paths
from ...analytics.hubs import called
from ...core.matrix import LabelledMatrix
from ...reports.kit import Bars, Cells, HeatMap, Key, Links, Network, Stack
from ...reports.network_links import FEW_NAMED, MOST_NAMED
from ...reports.tables import label, show
from ...runs.networks import YearNetworks
from ._compute import Hubs
from ._evidence import Evidence, drawn_from

__all__ = ["figures", "without_shock"]

#: The levels of the source's contour plots.
LEVELS = (0.02, 0.04)
#: Sectors that gain most from a shock, which are drawn.
MOST_GAINERS = 25
#: Sectors up to which each can be chosen as the origin of a shock.
MOST_ORIGINS = 400
#: Origins, the largest first, whose strongest paths are looked for, and paths of each.
MOST_TOLD, PATHS = 100, 3


def figures(hubs: Hubs, names: Mapping[str, str]) -> Iterator[Network | Bars | HeatMap]:
    """Declare the figures of hubs, in the order of the page.

    Parameters
    ----------
    hubs : Hubs
        What was computed.
    names : mapping of str to str
        Names of the sectors, by code.
    """
    yield _backbone(hubs)
    if (ranks := _ranks(hubs)).series:
        yield ranks
    for name in ("UDS", "UCS"):
        if (contours := _contours(hubs, name)).series:
            yield contours
    if (shock := _shock(hubs, names)) is not None:
        yield shock


def _backbone(hubs: Hubs) -> Network:
    series: dict[Key, Links] = {}
    for network in dict.fromkeys(name for claims in hubs.claims.values() for name in claims):
        for year, claims in sorted(hubs.claims.items()):
            if network in claims:
                claim = claims[network]
                series[network, str(year)] = _links(claim)
    coloured = (
        " Colours are communities." if any(s.group is not None for s in series.values()) else ""
    )
    many = max((len(links.matrix.rows) for links in series.values()), default=0) > MOST_NAMED
    named = (
        f" Hubs alone carry their code, or the {FEW_NAMED} largest where no hub is known."
        if many
        else ""
    )
    return Network(
        "backbone",
        "Backbone of the network",
        "The links that chance does not explain: each is heavier, among the links of its receiver, "
        "than spreading what it draws at random would make it (disparity filter, 5%). The area of "
        f"a sector is what all others draw from it.{coloured}{named}",
        series,
        "Network",
    )


def _links(claim: Evidence) -> Links:
    size = drawn_from(claim.matrix).clip(lower=0.0).rename("drawn from it")
    group = None
    if claim.parts is not None:
        number = claim.parts.table["community"]
        group = number.map(lambda k: f"community {k}" if k else "none")
    hubs = tuple(map(str, claim.claims.index[claim.claims["hub"]]))
    return Links(claim.kept.matrix, size, group, hubs)


def _ranks(hubs: Hubs) -> Bars:
    """Ranks with their intervals, where there are any."""
    series: dict[Key, Stack] = {}
    told = ""
    for year, claims in sorted(hubs.claims.items()):
        for network, claim in claims.items():
            table = claim.found.table
            for measure in table.index.unique("measure"):
                part = table.loc[measure]
                known = part["rank_low"].notna() & part["rank"].notna()
                if not known.any():
                    continue
                shown = part[known].astype({"rank": float, "rank_low": float, "rank_high": float})
                interval = shown[["rank_low", "rank_high"]].set_axis(["low", "high"], axis=1)
                name = f"{network}: {called(str(measure))}"
                series[name, str(year)] = Stack([shown["rank"]], interval=interval)
                told = told or claim.found.ranks
    first = {"hub-ranks": [next(iter(series))[0]]} if series else {}
    return Bars(
        "hub-ranks",
        "Ranks, and how sure they are",
        "Rank of each sector by a measure, the first at the top. Sectors whose intervals overlap "
        "have no order that can be told from noise. Intervals come from draws of the records where "
        "there are any, else from networks in which a tenth of the links is missing at random.",
        "rank",
        {"": ("rank",)},
        series,
        "Measure",
        first,
        points=True,
    )


def _contours(hubs: Hubs, name: str) -> HeatMap:
    captions = {
        "UDS": "Of the output of the row's sector, the share that final users get as products of "
        "the column's. Columns with many cells are demand hubs.",
        "UCS": "Of the cost of the column's product, the share that was paid for labour and "
        "imports in the row's sector. Rows with many cells are supply hubs.",
    }
    series: dict[Key, Cells] = {}
    for year, claims in sorted(hubs.claims.items()):
        if name in claims:
            M = claims[name].matrix
            series[(str(year),)] = Cells(_printed(M, turned=name == "UCS"))
    what = "demand" if name == "UDS" else "cost"
    return HeatMap(
        name,
        f"Ultimate {what} shares ({name})",
        f"{captions[name]} Own shares are left out.",
        ("upstream (row)", "downstream (column)"),
        series,
        levels=LEVELS,
        reading="Rows are upstream, columns downstream, as in the source.",
    )


def _printed(M: LabelledMatrix, *, turned: bool) -> LabelledMatrix:
    """Return shares as the source prints them, without own ones."""
    values = (M.values.T if turned else M.values).toarray()
    np.fill_diagonal(values, 0.0)
    return replace(M, values=sparse.csr_array(values))


def without_shock(hubs: Hubs) -> str:
    """Say why nobody can choose the origin of a shock, or nothing.

    Parameters
    ----------
    hubs : Hubs
        What was computed.
    """
    year = _last_with_psi(hubs)
    N = 0 if year is None else len(year.weights.index)
    if N <= MOST_ORIGINS:
        return ""
    return (
        f"The shock explorer is left out: {N:,} sectors are too many for the page, it shows up to "
        f"{MOST_ORIGINS}. Who gains from progress in a sector is its column of ψ, in matrices/."
    )


def _last_with_psi(hubs: Hubs) -> YearNetworks | None:
    years = [year for year in hubs.years.values() if year.parts is not None]
    return years[-1] if years else None


def _shock(hubs: Hubs, names: Mapping[str, str]) -> Bars | None:
    """Who gains from 1% in one sector, through which network, in the last year with ψ."""
    year = _last_with_psi(hubs)
    if year is None or len(year.weights.index) > MOST_ORIGINS:
        return None
    series: dict[Key, Stack] = {}
    for number, code in enumerate(_by_contribution(year)):
        parts = _gains(year, code)
        note = _along(year, code, sum(parts[1:], parts[0]), names) if number < MOST_TOLD else ""
        series[label(code, names), str(year.year)] = Stack(parts, note=note)
    return Bars(
        "shock",
        "Shock explorer: who gains from progress in a sector",
        "How much the output of each sector rises, in %, when technology rises by 1% in the sector "
        "that is chosen: through chains of inputs alone (production), of citations alone "
        f"(innovation), and of both. The {MOST_GAINERS} that gain most, without the sector's own "
        "1%; the largest sources come first. Below it, the strongest paths to the one that gains "
        "most.",
        "% of the receiver's output",
        {"": ("production", "innovation", "interaction")},
        series,
        "Shock in",
        {"shock": [next(iter(series))[0]]},
    )


def _by_contribution(year: YearNetworks) -> list[str]:
    assert year.spillover is not None
    first = year.spillover.contribution.iloc[:, 0]
    return [str(code) for code in first.sort_values(ascending=False, kind="stable").index]


def _gains(year: YearNetworks, code: str) -> list[pd.Series[float]]:
    """Return what the largest gainers gain from a sector, by network."""
    assert year.parts is not None
    place = year.parts.psi.columns.index(code)
    labels = list(year.parts.psi.rows)
    parts = [
        pd.Series(M.values[:, [place]].toarray().ravel(), labels)
        for M in (year.parts.production, year.parts.innovation, year.parts.interaction)
    ]
    top = sum(parts[1:], parts[0]).nlargest(MOST_GAINERS).index
    return [part[top] for part in parts]


def _along(
    year: YearNetworks, source: str, gains: pd.Series[float], names: Mapping[str, str]
) -> str:
    """Say along which paths the sector gains that gains most; the source's own returns aside."""
    assert year.production is not None and year.innovation is not None
    others = gains.drop(source, errors="ignore")
    if others.empty or others.iloc[0] <= 0 or (year.production.S.values.data < 0).any():
        return ""
    S, W = year.production.S, year.innovation.W
    receiver = str(others.index[0])
    found = strongest_paths(S, W, receiver, source, PATHS, own_leak=year.innovation.leak)
    paths = "; ".join(
        f"{told} ({show(share, 'percent')})"
        for told, share in zip(found.told, found.paths["share"], strict=True)
    )
    rest = show(found.remainder / found.spillover, "percent")
    return (
        f"{label(receiver, names)} gains most: {show(found.spillover, 'value')}%, along {paths}; "
        f"all other paths carry {rest} of it."
    )
