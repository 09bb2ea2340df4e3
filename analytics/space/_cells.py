"""The test in every region and year: cells that know nothing of each other."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import numpy as np
import pandas as pd

from ...core.errors import InputError, show
from ...core.kept_cells import Cells
from ...core.labels import as_numbers
from ...core.map_cells import Counts, Pool, map_cells
from ._cell import Matrix
from ._coagglomeration import Coagglomeration, NoPairsError, PlanTooLargeError, coagglomeration
from ._read import read_known, read_whole
from ._sites import project_sites

__all__ = ["CellOutcome", "coagglomeration_by_cell"]


@dataclass(frozen=True, slots=True)
class CellOutcome:
    """What became of one region and year.

    Parameters
    ----------
    region : str
        Its name.
    year : int or None
        Its year; None where sites have none.
    sites : int
        Rows that it has, with coordinates or without.
    found : Coagglomeration or None
        The verdicts; None where there are none.
    why : str
        Why not.
    seconds : float
        What it took.
    """

    region: str
    year: int | None
    sites: int
    found: Coagglomeration | None
    why: str
    seconds: float


def coagglomeration_by_cell(
    sites: pd.DataFrame,
    *,
    seed: int = 0,
    weights: str | None = None,
    executor: Pool | Executor | None = None,
    report: Callable[[CellOutcome], None] = lambda outcome: None,
    keep: Cells | None = None,
    tell: Callable[[Counts], None] = lambda counts: None,
    **options: Any,
) -> list[CellOutcome]:
    """Test every ordered pair of industries in each region and year.

    A cell has a stream of chance of its own, made of the seed, the region's name and the year: its
    verdicts are the same whatever other cells are asked for, in whatever order they end.

    Parameters
    ----------
    sites : pandas.DataFrame, N rows
        ``industry``; ``region`` and ``year`` where there are several; ``x`` and ``y`` in km, or
        ``lat`` and ``lon`` in degrees, which are put on a plane region by region (but for
        ``distance="haversine"``).
    seed : int
        Of the draws.
    weights : str, optional
        Column of masses, e.g. ``employment``.
    executor : Pool or concurrent.futures.Executor, optional
        Where cells are computed, e.g. ``open_engine("processes:4")`` of
        :mod:`spillgraph.core.engines`, which loses no cell to a worker that dies; default: here,
        one after the other.
    report : callable
        Told of each outcome as it comes, for a bar.
    keep : Cells, optional
        Where finished cells are kept, for a program that is killed to go on with.
    tell : callable
        Told how many cells are done, begun again and left.
    **options
        Those of :func:`coagglomeration`.

    Returns
    -------
    list of CellOutcome
        By region and year.

    Raises
    ------
    InputError
        If columns are missing. A cell where the test makes no sense, or takes too large a plan, is
        no error: its outcome says why.
    LostCellError
        If workers die and cannot be had anew, or a cell ends its worker whenever it is computed.

    Examples
    --------
    >>> sites = pd.DataFrame({"industry": list("ababcc"), "region": list("NNNNSS")})
    >>> sites["x"], sites["y"] = [0.0, 0.1, 5.0, 5.1, 0.0, 1.0], 0.0
    >>> for cell in coagglomeration_by_cell(sites, draws=19):
    ...     print(cell.region, cell.why or len(cell.found.pairs))
    N 2
    S 1 industry has a site with coordinates, of 1; a pair needs two.
    """
    jobs = list(_jobs(sites, seed, weights, options))
    if executor is not None:  # the largest first, so that none is left alone at the end
        jobs.sort(key=lambda job: -len(job[2]))
    outcomes = []
    for _, outcome in map_cells(_outcome, jobs, executor, name=_called, keep=keep, tell=tell):
        outcomes.append(outcome)
        report(outcome)
    return sorted(outcomes, key=lambda o: (o.region, o.year if o.year is not None else -1))


def _jobs(
    sites: pd.DataFrame, seed: int, weights: str | None, options: Mapping[str, Any]
) -> Iterator[tuple[Any, ...]]:
    if not isinstance(sites, pd.DataFrame):
        raise InputError(f"sites: got {type(sites).__name__}; give a DataFrame, a row a site.")
    if missing := [c for c in ("industry", weights) if c and c not in sites.columns]:
        raise InputError(
            f"sites: there is no column {show(missing[0])}; got {', '.join(map(str, sites))}."
        )
    read_whole(seed, "seed", 0)
    region = sites["region"] if "region" in sites else pd.Series("", index=sites.index)
    if region.isna().any():
        raise InputError(f"sites: {int(region.isna().sum())} rows have no region; leave them out.")
    for name, rows in sites.groupby(region, sort=True):
        xy = _places(rows, options.get("distance") == "haversine")
        years = _years(rows)
        if years is not None and years.isna().any():
            raise InputError(f"sites: rows of region {show(str(name))} have no year, others do.")
        for year in [None] if years is None else sorted(years.unique()):
            of_year = np.ones(len(rows), bool) if years is None else (years == year).to_numpy()
            some = rows[of_year]
            mass = None if weights is None else some[weights]
            when = None if year is None else int(year)
            chance = [seed, crc32(str(name).encode()), when or 0]
            yield (
                str(name),
                when,
                xy[of_year],
                some["industry"].to_numpy(),
                mass,
                chance,
                dict(options),
            )


def _years(rows: pd.DataFrame) -> pd.Series[float] | None:
    """Return years as numbers; None where there are none."""
    if "year" not in rows or rows["year"].isna().all():
        return None
    years = pd.Series(as_numbers(rows["year"].to_numpy(dtype=object)), index=rows.index)
    odd = rows["year"].notna() & ~(years % 1 == 0)
    if odd.any():
        raise InputError(
            f"sites: got the year {show(rows['year'][odd].iloc[0])}; whole numbers are needed."
        )
    return years


def _places(rows: pd.DataFrame, globe: bool) -> Matrix:
    if globe:
        if not {"lat", "lon"} <= set(rows):
            raise InputError(
                "sites: distance 'haversine' needs lat and lon, in degrees; got "
                f"{', '.join(map(str, rows))}."
            )
        return read_known(rows[["lat", "lon"]], "lat and lon")
    if {"x", "y"} <= set(rows) and rows["x"].notna().any():
        return read_known(rows[["x", "y"]], "x and y")
    if {"lat", "lon"} <= set(rows):
        return project_sites(rows["lat"], rows["lon"])
    raise InputError(f"sites: they need x and y, or lat and lon; got {', '.join(map(str, rows))}.")


def _called(job: tuple[Any, ...]) -> str:
    region, year, *_ = job
    return f"region {show(region)}" + (f", {year}" if year is not None else "")


def _outcome(job: tuple[Any, ...]) -> CellOutcome:
    """Compute one cell; where its sites make no test, say why."""
    region, year, xy, industry, mass, chance, options = job
    begun = time.perf_counter()
    found, why = None, ""
    try:
        found = coagglomeration(xy, industry, seed=chance, weights=mass, **options)
    except (NoPairsError, PlanTooLargeError) as reason:
        why = str(reason)
    return CellOutcome(region, year, len(xy), found, why, time.perf_counter() - begun)
