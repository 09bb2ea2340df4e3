"""The sums of ψ of every report year by where their chains cross borders."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ...analytics.spillovers import BorderDecomposition, decompose_by_border
from ...core.errors import InputError, show_some
from ...ingest.study import Study
from ...runs.capability import Checked, Context, Options

__all__ = ["Crossings", "check", "compute", "missing"]


@dataclass(frozen=True, slots=True)
class Crossings:
    """What crosses borders.

    Parameters
    ----------
    country : pandas.Series, length N
        Country of each sector.
    years : dict of int to BorderDecomposition
        By report year with ψ.
    """

    country: pd.Series[str]
    years: dict[int, BorderDecomposition]


def missing(study: Study) -> str:
    """Return what a study lacks.

    Parameters
    ----------
    study : Study
        The study.
    """
    if study.citations_from is None or study.trade_from is None:
        return "it needs citations and deliveries: ψ is made of both"
    lists = [each for each in study.of("industries") if each.tags[0] == study.about.target]
    if not lists:
        return f"it needs [tables.industries] of {study.about.target!r}, with the column country"
    return ""


def compute(context: Context, options: Options) -> Crossings:
    """Split the sums of ψ of every report year.

    Parameters
    ----------
    context : Context
        The run.
    options : Options
        There are none.

    Returns
    -------
    Crossings

    Raises
    ------
    InputError
        If the country of a sector is not known, or there is one country alone.
    """
    result = context.result
    country = _countries(context.rows("industries"), result.study, result.economy.labels)
    by_year = {}
    with context.steps.step("borders") as progress:
        years = [year for year in result.years if year.spillover is not None]
        for number, year in enumerate(years):
            progress(str(year.year), number / len(years))
            assert year.production is not None and year.innovation is not None
            S, W = year.production.S, year.innovation.W
            by_year[year.year] = decompose_by_border(
                S, W, country[list(S.rows)], own_leak=year.innovation.leak
            )
    return Crossings(country, by_year)


def check(checked: Checked, options: Options) -> None:
    """Refuse sectors without a country, or all of one, before anything is loaded.

    Parameters
    ----------
    checked : Checked
        The tables.
    options : Options
        There are none.
    """
    _countries(checked.rows("industries"), checked.study, checked.economy.labels)


def _countries(rows: pd.DataFrame, study: Study, labels: list[str]) -> pd.Series[str]:
    """Return the country of each sector, as the list of industries gives it."""
    mine = rows[rows["classification"] == study.about.target]
    country = mine.set_index("code")["country"].reindex(labels)
    lacking = list(country.index[country.isna()])
    if lacking:
        raise InputError(
            f"borders: the country of {show_some(lacking)} is not known; give it in the column "
            "country of [tables.industries]."
        )
    if country.nunique() < 2:
        raise InputError(
            f"borders: all sectors are in {country.iloc[0]!r}; borders need two countries."
        )
    return country.astype(str)
