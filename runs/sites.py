"""Where a study's industries are: its establishments, or else its firms."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import duckdb
import pandas as pd

from ..core.errors import StudyError, show, show_some
from ..core.words import counted, verb
from ..ingest.doubts.sites import doubts_of_spread
from ..ingest.economy import Economy
from ..ingest.study import Study
from .firms import sectors_of_codes, tied_codes

__all__ = ["Sites", "read_sites"]

#: Gives the accepted rows of an input table: ``rows`` of what is checked, or of a run.
Rows = Callable[[str], pd.DataFrame]

_TEXTS = ["id", "industry", "sector", "region"]
_NUMBERS = ["lat", "lon", "x", "y", "employment", "output", "patents", "patent_value"]


@dataclass(frozen=True, slots=True)
class Sites:
    """Sites of a study, one a row.

    Parameters
    ----------
    table : pandas.DataFrame
        ``id``, ``industry`` (as the table has it), ``sector`` (of several the one with the largest
        weight), ``region``, ``year`` (missing: in every year), ``lat``, ``lon`` (degrees) or ``x``,
        ``y`` (km), ``employment``, ``output``, ``patents``, ``patent_value``. Nothing is left out:
        what is not known is missing.
    source : str
        The table that they are of: ``establishments`` or ``firms``.
    classification : str
        That of ``industry``.
    warnings : tuple of str
        What a reader must know of them that checking has not said.
    """

    table: pd.DataFrame
    source: str
    classification: str
    warnings: tuple[str, ...] = ()

    @property
    def in_degrees(self) -> bool:
        """Whether places are latitudes and longitudes, and not km."""
        return not bool(self.table["x"].notna().any())

    @property
    def placed(self) -> pd.Series[bool]:
        """Whether a site has a place, by row: both coordinates."""
        pair = ["lat", "lon"] if self.in_degrees else ["x", "y"]
        return self.table[pair].notna().all(axis=1)

    @property
    def single(self) -> int:
        """Industries of a region and year, an empty year being one, that have one site."""
        cells = self.table.groupby(["region", "year", "industry"], dropna=False).size()
        return int((cells == 1).sum())


def read_sites(study: Study, economy: Economy, rows: Rows) -> Sites:
    """Return the sites of a study: establishments where it has them, firms where not.

    A firm has no years: it is one site, in every year. Its size is its employment, and its patents
    are those of all the study's years: each counts for who held it in its own year, by share, and
    stays where that firm is, whoever owns the firm.

    Parameters
    ----------
    study : Study
        The study.
    economy : Economy
        Its sectors and concordances.
    rows : callable
        Gives the accepted rows of an input table, e.g. ``context.rows``.

    Returns
    -------
    Sites

    Raises
    ------
    StudyError
        If the study has neither table.
    """
    if study.has("establishments"):
        found = rows("establishments").rename(columns={"establishment": "id"})
        return _sites(study, economy, "establishments", found)
    if study.has("firms"):
        return _sites(study, economy, "firms", *_firms(study, rows))
    raise StudyError(
        f"{study.path}: there are no sites: give [tables.establishments], or [tables.firms] with "
        "regions and places."
    )


def _sites(
    study: Study,
    economy: Economy,
    source: str,
    found: pd.DataFrame,
    warnings: tuple[str, ...] = (),
) -> Sites:
    """Bring sites into their columns, and give them their sectors."""
    classification = study.of(source)[0].tags[0]
    sectors = sectors_of_codes(economy, classification, study.about.target)
    tied = tied_codes(economy, classification, study.about.target)
    found = found.assign(sector=found["industry"].map(sectors))
    told = [*_without_sector(source, found), *_of_two_sectors(source, found, tied)]
    table = found.reindex(columns=[*_TEXTS, "year", *_NUMBERS]).astype(
        dict.fromkeys(_TEXTS, "str") | {"year": "Int64"} | dict.fromkeys(_NUMBERS, "float64")
    )
    return Sites(table.reset_index(drop=True), source, classification, (*warnings, *told))


def _without_sector(source: str, found: pd.DataFrame) -> Iterator[str]:
    """Yield a warning of sites whose industry no sector has."""
    lacking = found.loc[found["sector"].isna() & found["industry"].notna(), "industry"]
    if len(lacking):
        yield (
            f"{source}: {len(lacking):,} of {counted(len(found), 'site')} "
            f"{verb(len(lacking), 'has', 'have')} an industry without a sector "
            f"({show_some(sorted(set(lacking)))}): "
            f"{verb(len(lacking), 'it is a site of its', 'they are sites of their')} industry "
            "alone."
        )


def _of_two_sectors(
    source: str, found: pd.DataFrame, tied: Mapping[str, list[str]]
) -> Iterator[str]:
    """Yield a warning of industries whose sector is one of several with the same weight."""
    if among := sorted(set(found["industry"].dropna()) & set(tied)):
        first = f"{show(among[0])}, of {show_some(tied[among[0]])}"
        yield (
            f"{source}: {len(among):,} of the industries belong to several sectors with equal "
            f"weights ({first}): where sectors are asked for, their sites are of the first one. "
            "Give one of them more weight if that is not meant."
        )


def _firms(study: Study, rows: Rows) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return firms as sites, and what must be known of how they lie."""
    firms = rows("firms").rename(columns={"size": "employment"})
    if study.has("firm_industries"):
        firms["industry"] = firms["industry"].fillna(
            firms["id"].map(_main_industry(rows("firm_industries")))
        )
    if study.has("patents"):
        firms = _with_patents(study, rows, firms)
    with duckdb.connect() as con:
        con.register("sites", firms.assign(year=None, x=None, y=None))
        doubts = doubts_of_spread(con, "sites", "'firm ' || id")
        return firms, tuple(f"firms: {text}" for text in doubts)


def _main_industry(industries: pd.DataFrame) -> pd.Series[str]:
    """Return the industry with most of a firm's shares; the first code of several."""
    shares = industries.assign(share=industries["share"].fillna(1.0))
    sums = shares.groupby(["firm", "industry"])["share"].sum().reset_index()
    order = sums.sort_values(["share", "industry"], ascending=[False, True])
    main: pd.Series[str] = order.drop_duplicates("firm").set_index("firm")["industry"]
    return main


def _with_patents(study: Study, rows: Rows, firms: pd.DataFrame) -> pd.DataFrame:
    """Give firms number and value of their patents; no value where no patent has one."""
    patents = rows("patents")
    held = _held(study, rows, patents)
    held = held.assign(value=held["quality"] * held["share"])
    sums = held.groupby("firm")[["share", "value"]].sum()
    valued = bool(patents["quality"].notna().any())
    return firms.assign(
        patents=firms["id"].map(sums["share"]).fillna(0.0),
        patent_value=firms["id"].map(sums["value"]).fillna(0.0) if valued else None,
    )


def _held(study: Study, rows: Rows, patents: pd.DataFrame) -> pd.DataFrame:
    """Return by patent and firm the share that the firm holds in the patent's own year."""
    held = patents[["id", "firm", "quality"]].assign(share=1.0)
    if not study.has("patent_owners"):
        return held
    owners = rows("patent_owners")
    alone = ~held["id"].isin(owners["patent"])
    return pd.concat([held[alone], _owners(patents, owners)])


def _owners(patents: pd.DataFrame, owners: pd.DataFrame) -> pd.DataFrame:
    """Return who holds patents in their own year: the last who came, in equal shares if none is
    given."""
    dated = owners.merge(patents[["id", "year", "quality"]], left_on="patent", right_on="id")
    since = dated["first_year"].astype("float64").fillna(float("-inf"))
    dated, since = dated[since <= dated["year"]], since[since <= dated["year"]]
    dated = dated[since == since.groupby(dated["patent"]).transform("max")]
    equal = 1.0 / dated.groupby("patent")["firm"].transform("size")
    return dated.assign(share=dated["share"].fillna(equal))[["id", "firm", "quality", "share"]]
