"""Which sites are compared, and in which regions and years."""

from __future__ import annotations

import pandas as pd

from ...analytics.space import Outlines
from ...core.errors import InputError, StudyError, nearest, show
from ...ingest.study import Study
from ...runs.sites import Sites
from ._options import CoagglomerationOptions
from ._regions import located, read_outlines

__all__ = ["choose_sites", "outlines_of"]


def outlines_of(study: Study, options: CoagglomerationOptions) -> Outlines:
    """Return the outlines of regions where a file of them is named.

    Parameters
    ----------
    study : Study
        The study.
    options : CoagglomerationOptions
        What is asked.
    """
    return read_outlines(study, options.outlines, options.outline_name) if options.outlines else {}


def choose_sites(
    sites: Sites, options: CoagglomerationOptions, outlines: Outlines
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return the sites of the regions and years that are asked for, and how many have none.

    Parameters
    ----------
    sites : Sites
        All that the study has.
    options : CoagglomerationOptions
        What is asked.
    outlines : mapping
        Of the regions; empty where the table names them.
    """
    table = sites.table
    if options.level == "sector":
        table = table.assign(industry=table["sector"])
    if not sites.placed.any():
        km = " or x and y, km" if sites.source == "establishments" else ""
        raise InputError(f"{sites.source}: no site has a place; give lat and lon, degrees{km}.")
    if outlines:
        table = located(table, outlines)
    nowhere = table["region"].isna()
    left = {"no region": int(nowhere.sum())} if nowhere.any() else {}
    if nowhere.all():
        raise InputError(
            f"{sites.source}: no site lies in an outline of {options.outlines}."
            if outlines
            else f"{sites.source}: no site has a region; give the column that says where sites are "
            "compared, or one name in all rows."
        )
    table = _every_year(table[~nowhere])
    if options.weights == "employment" and not (table["employment"] > 0).any():
        raise StudyError(
            f'[coagglomeration] weights = "employment": no row of {sites.source} has any; give the '
            "column, or leave out the option."
        )
    table = _asked(table, options)
    if not table["industry"].notna().any():
        raise InputError(f"{sites.source}: no site has an industry.")
    return table, left


def _asked(table: pd.DataFrame, options: CoagglomerationOptions) -> pd.DataFrame:
    """Return the sites of the region and the year that are asked for."""
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
    return table


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
