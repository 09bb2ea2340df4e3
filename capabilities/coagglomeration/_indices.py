"""Other indices of the same pairs, of the same sites: what φ is held beside."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial.distance import cdist
from scipy.special import ndtr

from ...analytics.space import (
    CellOutcome,
    colocation,
    ellison_glaeser,
    ellison_glaeser_kerr,
    k_density,
    k_density_pvalues,
    lang_marcon_puech,
    location_quotients,
    marcon_puech,
    project_sites,
)
from ...runs.capability import Context
from ._options import CoagglomerationOptions

__all__ = ["OF_PAIRS", "Indices", "indices_of"]

#: Indices of pairs: columns, and what they are called.
OF_PAIRS = {
    "ellison_glaeser_kerr": "Ellison–Glaeser–Kerr",
    "colocation": "Colocation",
    "M": "M, Marcon–Puech",
    "m": "m, Lang–Marcon–Puech",
    "K": "K, Duranton–Overman",
}
#: m looks so wide about its distance, in parts of it; distances that are held at once.
_ABOUT, _BLOCK = 2, 2**20
#: What indices cost, measured at 1,000 to 4,000 sites: seconds a squared site and a pair of
#: industries; with draws, a curve of K and a distance in it.
_SITE, _PAIR, _CURVE, _DISTANCE = 3e-7, 5e-4, 4.5e-4, 1.2e-7
_CELL = ["region", "year"]
Points: TypeAlias = "NDArray[np.float64]"
Places: TypeAlias = "NDArray[np.int64]"


@dataclass(frozen=True, slots=True)
class Indices:
    """Indices of pairs and of industries, by region and year.

    Parameters
    ----------
    pairs : pandas.DataFrame
        ``region``, ``year``, ``j``, ``k``, ``W``, ``phi``, the columns of :data:`OF_PAIRS`,
        ``K_p`` and ``K_localized`` (missing without draws).
    industries : pandas.DataFrame
        ``region``, ``year``, ``industry``, ``sites``, ``location_quotient``, ``ellison_glaeser``,
        ``M``, ``m``, ``K``, ``K_p`` and ``K_localized``.
    km : float
        Side of the squares that are areas, and the distance that the others look at.
    draws : int
        Of the envelopes of K; 0: there are none.
    """

    pairs: pd.DataFrame
    industries: pd.DataFrame
    km: float
    draws: int

    @property
    def known(self) -> list[str]:
        """Indices of pairs that are known of any."""
        return [name for name in OF_PAIRS if self.pairs[name].notna().any()]


@dataclass(frozen=True, slots=True)
class _Job:
    """Sites of one region and year that take part, and what is asked of them."""

    region: str
    year: int | None
    xy: Points
    industry: list[str]
    mass: list[float] | None
    pairs: pd.DataFrame
    km: float
    draws: int
    seed: int

    @property
    def seconds(self) -> float:
        """What it will take, about."""
        sizes = self.pairs.drop_duplicates("j").set_index("j")["n_j"].to_numpy(dtype=float)
        seconds = _SITE * len(self.xy) ** 2 + _PAIR * len(self.pairs)
        if self.draws:
            # Pairs of the same numbers of sites share their draws, if all sites weigh the same.
            both = [(n, m) for at, n in enumerate(sizes) for m in sizes[at:]]
            kinds = both if self.mass else {(min(pair), max(pair)) for pair in both}
            distances = sum(n * m for n, m in kinds)
            seconds += self.draws * (_CURVE * len(kinds) + _DISTANCE * distances)
        return seconds


def indices_of(
    used: pd.DataFrame,
    cells: list[CellOutcome],
    options: CoagglomerationOptions,
    context: Context,
    report: Callable[[str, float], None],
) -> Indices:
    """Return other indices of all pairs that have a verdict.

    Parameters
    ----------
    used : pandas.DataFrame
        Sites with ``region``, ``year``, ``industry``, places and ``employment``.
    cells : list of CellOutcome
        Verdicts.
    options : CoagglomerationOptions
        What is asked; sites without a place, an industry or a weight take no part here, either.
    context : Context
        Knows where regions and years are computed.
    report : callable
        Told what is next, and the share of the work that is done.
    """
    jobs = list(_jobs(used, cells, options))
    whole, done, shown = sum(job.seconds for job in jobs), 0.0, 0.0
    workers = context.pool.workers if context.pool else 1
    report(f"about {_time(whole / workers)}", 0.0)
    found: dict[tuple[str, int | None], tuple[pd.DataFrame, pd.DataFrame]] = {}
    by_cost = sorted(jobs, key=lambda job: -job.seconds)

    def show(text: str, share: float) -> None:  # of the work, not of the cells
        nonlocal shown
        ended = share * len(jobs)
        at_work = by_cost[min(int(ended), len(jobs) - 1)].seconds if context.pool is None else 0.0
        shown = max(shown, min(1.0, (done + ended % 1.0 * at_work) / whole))
        report(text, shown)

    for job, tables in context.map_cells(_of_cell, by_cost, show, name=_called):
        found[job.region, job.year] = tables
        done += job.seconds
    order = [found[job.region, job.year] for job in jobs]
    pairs = _together([of_pairs for of_pairs, _ in order])
    industries = _together([of_industries for _, of_industries in order])
    quotients = _quotients(used, options)
    industries = industries.merge(quotients, on=[*_CELL, "industry"], how="left")
    return Indices(pairs, industries, options.indices_km, options.indices_draws)


def _jobs(
    used: pd.DataFrame, cells: list[CellOutcome], options: CoagglomerationOptions
) -> Iterator[_Job]:
    planes: dict[str, pd.DataFrame] = {}
    for cell in cells:
        if cell.found is None:
            continue
        if cell.region not in planes:
            planes = {cell.region: _on_plane(used[used["region"] == cell.region], options)}
        here = planes[cell.region]
        here = here if cell.year is None else here[here["year"] == cell.year]
        yield _Job(
            cell.region,
            cell.year,
            here[["x", "y"]].to_numpy(dtype=float),
            here["industry"].astype(str).tolist(),
            here["employment"].tolist() if options.weights == "employment" else None,
            cell.found.pairs[["j", "k", "n_j", "n_k", "W", "phi"]],
            options.indices_km,
            options.indices_draws,
            options.seed,
        )


def _on_plane(rows: pd.DataFrame, options: CoagglomerationOptions) -> pd.DataFrame:
    """Return the sites of a region that take part, in km."""
    if not rows["x"].notna().any():
        xy = project_sites(rows["lat"], rows["lon"])
        rows = rows.assign(x=xy[:, 0], y=xy[:, 1])
    there = rows[["x", "y", "industry"]].notna().all(axis=1)
    return rows[there & (rows["employment"] > 0) if options.weights == "employment" else there]


def _called(job: _Job) -> str:
    return job.region if job.year is None else f"{job.region}, {job.year}"


def _of_cell(job: _Job) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the indices of the pairs and of the industries of one region and year."""
    compared = sorted(set(job.pairs["j"]))
    own = [(code, code) for code in compared]
    ordered = sorted([*map(tuple, job.pairs[["j", "k"]].to_numpy()), *own])
    around = pd.MultiIndex.from_tuples(ordered)
    area = [f"{column:g} {row:g}" for column, row in np.floor(job.xy / job.km)]
    table = pd.DataFrame(index=around)
    table["ellison_glaeser_kerr"], gamma = _of_areas(job, area, around)
    near: dict[str, Any] = {"weights": job.mass, "pairs": ordered}
    table["M"] = marcon_puech(job.xy, job.industry, [job.km], **near)[job.km].to_numpy()
    table["m"] = lang_marcon_puech(
        job.xy, job.industry, [job.km], bandwidth=job.km / _ABOUT, **near
    )[job.km].to_numpy()
    both = colocation(area, job.industry, job.mass, draws=1)["colocation"]
    table["colocation"] = _either_way(both, around)
    held = _densities(job, compared)
    for column in held:
        table[column] = _either_way(held[column], around)
    pairs = job.pairs.join(table[[*OF_PAIRS, "K_p", "K_localized"]], on=["j", "k"])
    of_own = table[["M", "m", "K", "K_p", "K_localized"]].reindex(pd.MultiIndex.from_tuples(own))
    industries = of_own.set_axis(compared)
    sizes = job.pairs.drop_duplicates("j").set_index("j")["n_j"]
    industries.insert(0, "sites", sizes.reindex(compared))
    industries.insert(1, "ellison_glaeser", gamma.reindex(compared))
    of_industries = industries.rename_axis("industry").reset_index()
    return _named(pairs, job), _named(of_industries, job)


def _of_areas(
    job: _Job, area: list[str], around: pd.MultiIndex
) -> tuple[np.ndarray, pd.Series[float]]:
    """Return the indices of Ellison, Glaeser and Kerr; none where all sites lie in one square."""
    if len(set(area)) < 2:
        return np.full(len(around), np.nan), pd.Series(dtype=float)
    of_pairs = ellison_glaeser_kerr(area, job.industry, job.mass).to_frame()
    at = [of_pairs.index.get_indexer(around.get_level_values(end)) for end in (0, 1)]
    gamma = ellison_glaeser(area, job.industry, job.mass)["gamma"]
    return of_pairs.to_numpy()[at[0], at[1]], gamma


def _densities(job: _Job, compared: list[str]) -> pd.DataFrame:
    """Return the part of each density below the distance, and what chance says of all of it."""
    once = [(j, k) for at, j in enumerate(compared) for k in compared[at:]]
    found = k_density(job.xy, job.industry, [job.km], pairs=once, weights=job.mass).pairs
    codes = np.array(job.industry, dtype=object)
    members = {code: np.flatnonzero(codes == code) for code in compared}
    width = found["bandwidth"]
    below = [_below(job, members[j], members[k], h) for (j, k), h in zip(once, width, strict=True)]
    table = pd.DataFrame({"K": below}, found.index)
    if not job.draws:
        return table.assign(K_p=np.nan, K_localized=pd.array([pd.NA] * len(table), "Int64"))
    held = k_density_pvalues(
        job.xy, job.industry, pairs=once, weights=job.mass, draws=job.draws, seed=job.seed
    )
    localized = held["localized"].astype("Int64").where(held["p"].notna())
    return table.assign(K_p=held["p"], K_localized=localized)


def _below(job: _Job, first: Places, second: Places, h: float) -> float:
    """Return the integral of a density, reflected at 0, from 0 to the distance."""
    if not h > 0:
        return np.nan
    mass = np.ones(len(job.xy)) if job.mass is None else np.array(job.mass)
    own, part, whole = first is second, 0.0, 0.0
    step = max(1, _BLOCK // len(second))
    for at in range(0, len(first), step):
        some = first[at : at + step]
        d = cdist(job.xy[some], job.xy[second])
        w = np.outer(mass[some], mass[second])
        if own:  # a site has no distance to itself
            w[np.arange(len(some)), np.arange(at, at + len(some))] = 0.0
        part += float((w * (ndtr((job.km - d) / h) + ndtr((job.km + d) / h) - 1)).sum())
        whole += float(w.sum())
    return part / whole


def _either_way(of_pairs: pd.Series, around: pd.MultiIndex) -> np.ndarray:
    """Return by ordered pair what a symmetric index has once; missing of an industry alone."""
    both = pd.concat([of_pairs, of_pairs.swaplevel()])
    both = both[~both.index.duplicated()]
    values: np.ndarray = both.reindex(around).array
    return values


def _named(table: pd.DataFrame, job: _Job) -> pd.DataFrame:
    """Put region and year in front."""
    table.insert(0, "region", job.region)
    table.insert(1, "year", job.year)
    return table


def _together(tables: list[pd.DataFrame]) -> pd.DataFrame:
    whole = pd.concat(tables, ignore_index=True)
    whole["K_localized"] = whole["K_localized"].astype("Int64")
    return whole.astype({"year": "Int64"})


def _quotients(used: pd.DataFrame, options: CoagglomerationOptions) -> pd.DataFrame:
    """Return location quotients with regions as areas, by year; none of a single region.

    Sites without a place count: that they are in the region is known.
    """
    known = used[used["industry"].notna()]
    if options.weights == "employment":
        known = known[known["employment"] > 0]
    tables = []
    for year, rows in known.groupby("year", dropna=False):
        if rows["region"].nunique() < 2:
            continue
        mass = rows["employment"] if options.weights == "employment" else None
        wide = location_quotients(rows["region"], rows["industry"], mass)
        long = wide.rename_axis("region").reset_index()
        long = long.melt("region", var_name="industry", value_name="location_quotient")
        tables.append(long.assign(year=year))
    if not tables:
        return pd.DataFrame(columns=[*_CELL, "industry", "location_quotient"]).astype(
            {"year": "Int64", "location_quotient": "float64"}
        )
    return pd.concat(tables, ignore_index=True).astype({"year": "Int64"})


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
