"""The test in every region and year, and the pools that follow from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pandas as pd

from ...analytics.pools import Reciprocity, reciprocity
from ...analytics.space import (
    CellOutcome,
    Outlines,
    coagglomeration_by_cell,
    require_thresholds,
)
from ...core.errors import InputError
from ...core.map_cells import Counts
from ...core.matrix import LabelledMatrix
from ...core.words import counted, verb
from ...ingest.study import Study
from ...runs.capability import Checked, Context
from ...runs.sites import Sites, read_sites
from ._indices import Indices, indices_of
from ._linkages import linkages_of
from ._options import ALWAYS, CoagglomerationOptions
from ._pools import QUANTITIES, SELDOM, pools_of
from ._proximity import proximity_of
from ._sites import choose_sites, outlines_of

__all__ = ["Coagglomerated", "check", "compute", "missing", "refuse"]

#: Draws that an envelope at 5% needs, of both sides.
LEAST = 39


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
        Sites that no region could take, by reason.
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
    classification : str
        That of the industries: of the sites, or the target.
    linkages : pandas.DataFrame
        Share of linked pairs by fifths of W_jk and S_jk, as :func:`linkages_of` gives them.
    proximity : pandas.DataFrame
        Linkages of ordered pairs in technology and by inputs, as :func:`proximity_of` gives them.
    networks_of : int or None
        Year of these W and S: the last one of the report.
    outlines : mapping of str to sequence of numpy.ndarray, each of shape (M, 2)
        Rings of longitude and latitude by region, where regions come from a file of outlines.
    indices : Indices or None
        Other indices of the same pairs, where they are asked for.
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
    classification: str
    linkages: pd.DataFrame
    proximity: pd.DataFrame
    networks_of: int | None
    outlines: Outlines = field(default_factory=dict)
    indices: Indices | None = None

    @property
    def places(self) -> str:
        """What links are counted over, in words: regions, and years where sites have any."""
        dated = any(cell.year is not None for cell in self.cells)
        return "regions and years" if dated else "regions"

    @property
    def place(self) -> str:
        """One of these."""
        return "region and year" if self.places != "regions" else "region"

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
    if options.indices_draws and not options.indices:
        raise InputError("[coagglomeration] indices_draws needs the indices: add indices = true.")
    if 0 < options.indices_draws < LEAST:
        raise InputError(
            f"[coagglomeration] indices_draws: got {options.indices_draws}; an envelope at 5% "
            f"needs {LEAST} or more, 0 leaves it out."
        )


def check(checked: Checked, options: CoagglomerationOptions) -> None:
    """Refuse sites that cannot be told apart, and say what is doubtful of them.

    Parameters
    ----------
    checked : Checked
        The tables.
    options : CoagglomerationOptions
        What is asked.
    """
    outlines = outlines_of(checked.study, options)
    sites = read_sites(checked.study, checked.economy, checked.rows)
    checked.economy.warnings.extend(sites.warnings)
    choose_sites(sites, options, outlines)


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
    outlines = outlines_of(study, options)
    sites = read_sites(study, economy, context.rows)
    used, left = choose_sites(sites, options, outlines)
    thresholds = _thresholds(options)
    with context.steps.step("coagglomeration") as progress:
        report, show, hear = _counter(used, progress)
        tell = context.tell(show)

        def hear_and_tell(counts: Counts) -> None:
            hear(counts)
            tell(counts)

        cells = coagglomeration_by_cell(
            used,
            seed=options.seed,
            weights="employment" if options.weights == "employment" else None,
            executor=context.pool,
            report=report,
            keep=context.cells,
            tell=hear_and_tell,
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
    for warning in _doubts(sites, used, cells, left):
        context.warn(warning)
    if options.distance == "nearest" and options.pool == "all":
        context.warn(
            "coagglomeration: with distance = nearest a draw that falls on the sites that stay is "
            'at distance 0: links are missed. pool = "exclude_fixed" leaves those sites out.'
        )
    links = {
        (cell.region, cell.year): reciprocity(cell.found.phi())
        for cell in cells
        if cell.found is not None
    }
    indices = None
    if options.indices:
        with context.steps.step("indices") as progress:
            indices = indices_of(used, cells, options, context, progress)
    names = context.names if options.level == "sector" else _names(context, sites)
    year, networks = _networks(context)
    sector = _sectors(used, options)
    pairs = pd.concat([cell.found.pairs[["j", "k", "phi"]] for cell in cells if cell.found])
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
        study.about.target if options.level == "sector" else sites.classification,
        linkages_of(pairs, networks, sector),
        proximity_of(pairs, used, networks, sector),
        year,
        outlines,
        indices,
    )


def _networks(context: Context) -> tuple[int | None, dict[str, LabelledMatrix]]:
    """Return the last report year with a network, and its W and S."""
    networks = {
        year.year: {name: M for name, M in year.matrices().items() if name in ("W", "S")}
        for year in context.result.years
    }
    last = max((year for year, matrices in networks.items() if matrices), default=None)
    return last, {} if last is None else dict(sorted(networks[last].items(), reverse=True))


def _sectors(used: pd.DataFrame, options: CoagglomerationOptions) -> dict[str, str]:
    """Return the sector of each industry that is compared."""
    column = "sector" if options.level == "sector" else "industry"
    sectors = used.dropna(subset=[column, "sector"]).drop_duplicates(column)
    return dict(zip(sectors[column].astype(str), sectors["sector"].astype(str), strict=True))


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


def _counter(
    used: pd.DataFrame, progress: Callable[[str, float], None]
) -> tuple[Callable[[CellOutcome], None], Callable[[str, float], None], Callable[[Counts], None]]:
    """Return what counts the sites of cells that are done, shows their share, and hears of parts.

    Of the cell at work it is known what part is done, and not which one it is: it counts as the
    mean of those left, and the share never falls.
    """
    done, begun, shown = 0, 0.0, 0.0

    def report(cell: CellOutcome) -> None:
        nonlocal done, begun
        done, begun = done + cell.sites, 0.0

    def show(text: str, _: float) -> None:
        nonlocal shown
        shown = max(shown, (done + begun) / max(1, len(used)))
        progress(text, shown)

    def hear(counts: Counts) -> None:
        nonlocal begun
        begun = counts.part * (len(used) - done) / max(1, counts.left)

    return report, show, hear


def _called(cell: CellOutcome) -> str:
    return cell.region if cell.year is None else f"{cell.region}, {cell.year}"


def _doubts(
    sites: Sites, used: pd.DataFrame, cells: list[CellOutcome], left: dict[str, int]
) -> Iterator[str]:
    """Say what was left out, and which regions say little."""
    if left:
        count = left["no region"]
        rows = counted(count, "row")
        yield (
            f"coagglomeration: {rows} of {sites.source} {verb(count, 'has', 'have')} no region and "
            f"{verb(count, 'is', 'are')} left out."
        )
    empty = [column for column in QUANTITIES if used[column].isna().all()]
    if told := [column for column in empty if column not in SELDOM]:
        pools = ", ".join(QUANTITIES[column] for column in told)
        yield (
            f"coagglomeration: no site has {' or '.join(told)}, so that nothing is known of pools "
            f"of {pools}."
        )
    for column in QUANTITIES:
        if (blank := int(used[column].isna().sum())) and column not in empty:
            yield (
                f"coagglomeration: {blank:,} of {len(used):,} sites "
                f"{verb(blank, 'has', 'have')} no {column}; in sums of an industry "
                f"{verb(blank, 'it counts', 'they count')} as 0."
            )
    none = [cell for cell in cells if cell.found is None]
    if none:
        more = f" ({len(none)} of {len(cells)})" if len(none) > 1 else ""
        yield f"coagglomeration: no verdicts in {_called(none[0])}{more}: {none[0].why}"
    dropped = sum(sum(cell.found.dropped.values()) for cell in cells if cell.found)
    if dropped:
        every = sum(cell.sites for cell in cells)
        yield (
            f"coagglomeration: {dropped:,} of {every:,} sites have no place, industry or weight, "
            "and take no part."
        )
    crowded = [cell for cell in cells if cell.found and cell.found.notes]
    if crowded and crowded[0].found:
        places = "regions" if crowded[0].year is None else "regions and years"
        more = f" ({len(crowded)} {places} are so)" if len(crowded) > 1 else ""
        yield f"coagglomeration: {_called(crowded[0])}: {crowded[0].found.notes[0]}{more}"


def _names(context: Context, sites: Sites) -> dict[str, str]:
    """Return the names of industries as the list of their classification has them."""
    if "industries" not in context.result.staged:
        return {}
    rows = context.rows("industries")
    own = rows[(rows["classification"] == sites.classification) & rows["name"].notna()]
    return dict(zip(own["code"].astype(str), own["name"].astype(str), strict=True))
