"""The test in every region and year, and the pools that follow from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import pandas as pd

from ...analytics.pools import Reciprocity, reciprocity
from ...analytics.space import CellOutcome, coagglomeration_by_cell, require_thresholds
from ...core.errors import InputError, StudyError, nearest, show
from ...ingest.study import Study
from ...runs.capability import Checked, Context
from ...runs.sites import Sites, read_sites
from ._options import ALWAYS, CoagglomerationOptions
from ._pools import pools_of

__all__ = ["Coagglomerated", "check", "compute", "missing", "refuse"]


@dataclass(frozen=True, slots=True)
class Coagglomerated:
    """Who crowds around whom, in every region and year.

    Parameters
    ----------
    sites : Sites
        What was read.
    used : pandas.DataFrame
        The sites that were asked for, by cell, with their industry in ``industry``.
    left : dict of str to int
        Sites that no region, year or industry could take, by reason.
    cells : list of CellOutcome
        By region and year.
    links : dict of (str, int or None) to Reciprocity
        Links of each cell that has verdicts.
    pools : pandas.DataFrame
        By region, year, industry and threshold.
    thresholds : tuple of float
        The one that is asked for, then the others.
    options : CoagglomerationOptions
        What was asked.
    names : dict of str to str
        Names of the industries, by code, where there are any.
    """

    sites: Sites
    used: pd.DataFrame
    left: dict[str, int]
    cells: list[CellOutcome]
    links: dict[tuple[str, int | None], Reciprocity]
    pools: pd.DataFrame
    thresholds: tuple[float, ...]
    options: CoagglomerationOptions
    names: dict[str, str]

    @property
    def pairs(self) -> pd.DataFrame:
        """Ordered pairs of all cells that have any."""
        parts = [
            cell.found.pairs.assign(region=cell.region, year=cell.year)
            for cell in self.cells
            if cell.found is not None
        ]
        table = pd.concat(parts, ignore_index=True)
        table["year"] = table["year"].astype("Int64")
        return table[["region", "year", *table.columns[:-2]]]


def missing(study: Study) -> str:
    """Return what a study lacks.

    Parameters
    ----------
    study : Study
        The study.
    """
    if study.has("establishments") or study.has("firms"):
        return ""
    return "it needs places of sites: [tables.establishments], or [tables.firms] with lat and lon"


def refuse(study: Study, options: CoagglomerationOptions) -> None:
    """Refuse a threshold that no number of near draws can meet.

    Parameters
    ----------
    study : Study
        The study.
    options : CoagglomerationOptions
        What is asked.
    """
    require_thresholds((options.threshold,), options.draws, options.ties)


def check(checked: Checked, options: CoagglomerationOptions) -> None:
    """Refuse sites that cannot be told apart, and say what is doubtful of them.

    Parameters
    ----------
    checked : Checked
        The tables.
    options : CoagglomerationOptions
        What is asked.
    """
    sites = read_sites(checked.study, checked.economy, checked.rows)
    checked.economy.warnings.extend(sites.warnings)
    _choose(sites, options)


def compute(context: Context, options: CoagglomerationOptions) -> Coagglomerated:
    """Test all pairs of all regions and years.

    Parameters
    ----------
    context : Context
        The run.
    options : CoagglomerationOptions
        What is asked.
    """
    study, economy = context.result.study, context.result.economy
    sites = read_sites(study, economy, context.rows)
    used, left = _choose(sites, options)
    thresholds = _thresholds(options)
    with context.steps.step("coagglomeration") as progress, _workers(options) as executor:
        cells = coagglomeration_by_cell(
            used,
            seed=options.seed,
            weights="employment" if options.weights == "employment" else None,
            executor=executor,
            report=_counter(used, progress),
            threshold=thresholds,
            draws=options.draws,
            resample=options.resample,
            mode=options.mode,
            distance=options.distance,
            pool=options.pool,
            ties=options.ties,
            min_size=options.min_size,
        )
    if not any(cell.found for cell in cells):
        raise InputError(
            f"coagglomeration: no region and year has a pair of industries to compare. "
            f"{_called(cells[0])}: {cells[0].why}"
        )
    for warning in _doubts(sites, cells, left):
        context.warn(warning)
    links = {
        (cell.region, cell.year): reciprocity(cell.found.phi())
        for cell in cells
        if cell.found is not None
    }
    names = context.names if options.level == "sector" else _names(context, sites)
    return Coagglomerated(
        sites,
        used,
        left,
        cells,
        links,
        pools_of(used, cells, thresholds),
        thresholds,
        options,
        dict(names),
    )


def _thresholds(options: CoagglomerationOptions) -> tuple[float, ...]:
    """Return the threshold that is asked for, and the usual ones that the draws can meet."""
    others = []
    for level in ALWAYS:
        try:
            require_thresholds((level,), options.draws, options.ties)
        except InputError:
            continue
        others.append(level)
    return tuple(dict.fromkeys((options.threshold, *others)))


def _choose(sites: Sites, options: CoagglomerationOptions) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return the sites of the regions and years that are asked for, and who has none."""
    table = sites.table
    if options.level == "sector":
        table = table.assign(industry=table["sector"])
    if not sites.placed.any():
        km = " or x and y, km" if sites.source == "establishments" else ""
        raise InputError(f"{sites.source}: no site has a place; give lat and lon, degrees{km}.")
    nowhere = table["region"].isna()
    left = {"no region": int(nowhere.sum())} if nowhere.any() else {}
    if nowhere.all():
        raise InputError(
            f"{sites.source}: no site has a region; give the column that says where sites are "
            "compared, or one name in all rows."
        )
    table = _every_year(table[~nowhere])
    if options.weights == "employment" and not (table["employment"] > 0).any():
        raise StudyError(
            f'[coagglomeration] weights = "employment": no row of {sites.source} has any; give the '
            "column, or leave out the option."
        )
    regions = sorted(map(str, table["region"].unique()))
    if options.region:
        if options.region not in regions:
            raise InputError(
                f"region {show(options.region)}: no site is there. "
                f"{nearest(options.region, regions)}"
            )
        table = table[table["region"] == options.region]
    if options.year is not None:
        years = sorted(int(year) for year in table["year"].dropna().unique())
        if options.year not in years:
            raise InputError(
                f"year {options.year}: no site is of that year. "
                + (f"There are {', '.join(map(str, years))}." if years else "Sites have no years.")
            )
        table = table[table["year"] == options.year]
    if not table["industry"].notna().any():
        raise InputError(f"{sites.source}: no site has an industry.")
    return table, left


def _every_year(table: pd.DataFrame) -> pd.DataFrame:
    """Return rows without a year once in every year that others have, but for sites that have a
    row of that year."""
    years = table["year"].dropna().unique()
    always = table[table["year"].isna()]
    if not len(years) or always.empty:
        return table
    repeated = [always.assign(year=year) for year in years]
    whole = pd.concat([table[table["year"].notna()], *repeated], ignore_index=True)
    return whole.astype({"year": "Int64"}).drop_duplicates(["id", "year"], ignore_index=True)


@contextmanager
def _workers(options: CoagglomerationOptions) -> Iterator[Executor | None]:
    """Give processes where more than one is asked for."""
    if options.processes == 1:
        yield None
        return
    with ProcessPoolExecutor(options.processes) as executor:
        yield executor


def _counter(
    used: pd.DataFrame, progress: Callable[[str, float], None]
) -> Callable[[CellOutcome], None]:
    """Return what shows the share of sites in the cells that are done."""
    done = 0

    def report(cell: CellOutcome) -> None:
        nonlocal done
        done += cell.sites
        progress(_called(cell), done / max(1, len(used)))

    return report


def _called(cell: CellOutcome) -> str:
    return cell.region if cell.year is None else f"{cell.region}, {cell.year}"


def _doubts(sites: Sites, cells: list[CellOutcome], left: dict[str, int]) -> Iterator[str]:
    """Say what was left out, and which regions say little."""
    if left:
        count = left["no region"]
        yield f"coagglomeration: {count} rows of {sites.source} have no region and are left out."
    none = [cell for cell in cells if cell.found is None]
    if none:
        more = f" ({len(none)} of {len(cells)})" if len(none) > 1 else ""
        yield f"coagglomeration: no verdicts in {_called(none[0])}{more}: {none[0].why}"
    dropped = sum(sum(cell.found.dropped.values()) for cell in cells if cell.found)
    if dropped:
        every = sum(cell.sites for cell in cells)
        yield (
            f"coagglomeration: {dropped} of {every} sites have no place, industry or weight, and "
            "take no part."
        )
    crowded = [cell for cell in cells if cell.found and cell.found.notes]
    if crowded and crowded[0].found:
        more = f" ({len(crowded)} regions and years are so)" if len(crowded) > 1 else ""
        yield f"coagglomeration: {_called(crowded[0])}: {crowded[0].found.notes[0]}{more}"


def _names(context: Context, sites: Sites) -> dict[str, str]:
    """Return the names of industries as the list of their classification has them."""
    if "industries" not in context.result.staged:
        return {}
    rows = context.rows("industries")
    own = rows[(rows["classification"] == sites.classification) & rows["name"].notna()]
    return dict(zip(own["code"].astype(str), own["name"].astype(str), strict=True))
