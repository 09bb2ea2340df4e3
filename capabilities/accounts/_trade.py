"""Value added in trade of a report year: whose value added the exports of a country hold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...analytics.leontief import value_added_in_trade
from ...core.errors import LISTED, InputError, StudyError, show, show_some
from ...core.matrix import LabelledMatrix
from ...core.words import amount
from ...ingest.study import Study
from ...runs.capability import Checked, Context
from ...runs.networks import YearNetworks
from ._target import at_target

__all__ = [
    "FINAL_USE",
    "PARTS",
    "by_exporter",
    "countries_of",
    "lacking",
    "refuse_trade",
    "require_countries",
    "shares_of",
    "trade_of",
]

#: The table of who uses final products.
FINAL_USE = "final_use"
#: What exports are the sum of.
PARTS = ("VAX", "REF", "DDC", "FVA", "FDC", "other")
#: Sales that differ from gross output by more of it are told; by far more, rows are missing or in
#: another unit. WIOD's whole millions miss it by up to 3.5% in small countries.
GAP, GROSS = 0.01, 0.1
#: What inputs and value added leave of gross output, in all, where they are it but for rounding.
EXACT = 1e-3


@dataclass(frozen=True, slots=True)
class _Given:
    """What of a study value added in trade is made of: output by sector, final use by country."""

    Z: LabelledMatrix
    output: pd.DataFrame
    final: pd.DataFrame
    country: pd.Series[str]


def refuse_trade(study: Study) -> None:
    """Refuse to split trade of a study without final use by country.

    Parameters
    ----------
    study : Study
        The study.

    Raises
    ------
    StudyError
        Naming the table.
    """
    for table, what in ((FINAL_USE, "who uses final products"), ("industries", "countries")):
        if not study.has(table):
            raise StudyError(
                f"[accounts] value_added_in_trade needs [tables.{table}], which says {what}; add "
                "it, or take the key out."
            )


def countries_of(rows: pd.DataFrame, target: str, labels: list[str]) -> pd.Series[str]:
    """Return the country of each sector; missing where the list of industries gives none."""
    mine = rows[rows["classification"] == target]
    country: pd.Series[str] = mine.set_index("code")["country"].reindex(labels)
    return country


def require_countries(checked: Checked) -> None:
    """Refuse sectors without a country, and a study of one country.

    Parameters
    ----------
    checked : Checked
        The tables.

    Raises
    ------
    InputError
        Naming them.
    """
    rows = checked.rows("industries")
    country = countries_of(rows, checked.study.about.target, checked.economy.labels)
    if lack := lacking(country):
        raise InputError(f"[accounts] value_added_in_trade: {lack}")


def lacking(country: pd.Series[str]) -> str:
    """Say what sectors lack of countries; nothing where they have two or more."""
    missing = list(country.index[country.isna()])
    if missing:
        return (
            f"the country of {show_some(missing)} is not known; give it in the column country of "
            "[tables.industries]."
        )
    if country.nunique() < 2:
        return f"all sectors are in {show(country.iloc[0])}; two countries are needed."
    return ""


def trade_of(context: Context, year: YearNetworks, *, asked: bool | None) -> pd.DataFrame | None:
    """Split the exports of every country to every other one, if the study says enough.

    Parameters
    ----------
    context : Context
        The run.
    year : YearNetworks
        The report year.
    asked : bool or None
        Whether it must be, must not be, or is where the study has the tables.

    Returns
    -------
    pandas.DataFrame, C (C − 1) rows, or None
        As :func:`~spillgraph.analytics.leontief.value_added_in_trade` gives it.

    Raises
    ------
    InputError
        If it was asked for and is not defined.
    """
    study = context.result.study
    if asked is False or not (study.has(FINAL_USE) and study.has("industries")):
        return None
    try:
        given = _read(context, year)
        values = _value_added(given.Z, given.output)
        doubts = [_hold_against_output(given), _hold_against_payments(given, values)]
        table = value_added_in_trade(given.Z, values, given.final, given.country)
    except InputError as error:
        if asked:
            raise
        context.warn(f"{year.year}: value added in trade is not computed: {error}")
        return None
    for doubt in filter(None, doubts):
        context.warn(doubt)
    return table


def _read(context: Context, year: YearNetworks) -> _Given:
    result = context.result
    labels, target = result.economy.labels, result.study.about.target
    country = countries_of(context.rows("industries"), target, labels)
    if lack := lacking(country):
        raise InputError(lack)
    Z = year.trade
    if Z is None or Z.year != year.year:
        raise InputError(f"there is no table of {year.year} itself.")
    rows = context.rows(FINAL_USE)
    rows = rows[rows["year"] == year.year]
    if rows.empty:
        raise InputError(f"[tables.{FINAL_USE}] has no row of {year.year}; add them.")
    rows = at_target(rows, result.economy.maps, target)
    final = rows.pivot_table(
        index="country", columns="industry", values="value", aggfunc="sum", fill_value=0.0
    )
    strangers = [code for code in final.columns if code not in set(labels)]
    if strangers:
        raise InputError(
            f"[tables.{FINAL_USE}]: {show_some(strangers)} is no sector of the study; correct it."
        )
    every = list(dict.fromkeys([*country, *final.index]))
    final = final.reindex(index=every, columns=labels, fill_value=0.0)
    assert result.economy.output is not None, "S is made of it"
    output = result.economy.output
    output = output[output.index.get_level_values("year") == year.year].droplevel("year")
    return _Given(Z, output.reindex(labels), final, country)


def _value_added(Z: LabelledMatrix, output: pd.DataFrame) -> pd.Series[float] | None:
    """Return value added where it is known of all and leaves a rest beside inputs, else nothing.

    Where inputs and value added are gross output, value added is all that inputs leave of sales:
    what sales miss of output is then no tax or margin.
    """
    x = output["gross_output"].fillna(0.0)
    values = output["value_added"].where(x > 0, 0.0).astype(float)
    inputs = np.asarray(Z.values.sum(axis=1)).ravel()
    rest = float(np.abs(x.to_numpy() - inputs - values.to_numpy()).sum())
    return None if values.isna().any() or rest <= EXACT * float(x.sum()) else values


def _hold_against_output(given: _Given) -> str:
    """Say of which countries sales to industries and final users are not gross output.

    Raises
    ------
    InputError
        If they miss it by so much that rows are missing, or final use is in another unit.
    """
    x, final = given.output["gross_output"].fillna(0.0), given.final.sum()
    sales = np.asarray(given.Z.values.sum(axis=0)).ravel() + final.to_numpy()
    off = _shares_off((x - sales).abs(), given, GAP)
    if off.empty:
        return ""
    listed = _listed(off)
    if off.iloc[0] <= GROSS:
        return (
            f"{given.Z.year}: sales in flows and [tables.{FINAL_USE}] are not gross output, which "
            f"they miss by more than {GAP:.0%} in {listed}; value added in trade takes sales."
        )
    none = list(final.index[(given.final == 0).all().to_numpy() & (x - sales > GAP * x).to_numpy()])
    unsold = f"{show_some(none)} has no row there; " if none else ""
    raise InputError(
        f"[tables.{FINAL_USE}] of {given.Z.year}: sales to industries and final users "
        f"({amount(sales.sum())}) are not gross output ({amount(x.sum())}), which they miss in "
        f"{listed}; {unsold}give all final use, in the money of gross output."
    )


def _hold_against_payments(given: _Given, values: pd.Series[float] | None) -> str:
    """Say of which countries inputs and value added leave too much of output for taxes alone."""
    if values is None:
        return ""
    x = given.output["gross_output"].fillna(0.0)
    rest = x - np.asarray(given.Z.values.sum(axis=1)).ravel() - values
    off = _shares_off(rest, given, GROSS)
    if off.empty:
        return ""
    return (
        f"{given.Z.year}: inputs and value added leave more than {GROSS:.0%} of gross output in "
        f"{_listed(off)}. In value added in trade this rest is 'other': taxes, margins, imports "
        "from countries that the table does not have. Where it is value added, the parts DVA to "
        "FDC are too small: correct the column value_added of [tables.io_output]."
    )


def _shares_off(gap: pd.Series[float], given: _Given, bound: float) -> pd.Series[float]:
    """Return by country what a gap is of its output, the largest first, above a bound."""
    by = given.country.to_numpy()
    whole = given.output["gross_output"].fillna(0.0).groupby(by).sum()
    off: pd.Series[float] = gap.groupby(by).sum() / whole.where(whole > 0)
    return off[off > bound].sort_values(ascending=False, kind="stable")


def _listed(off: pd.Series[float]) -> str:
    named = ", ".join(f"{name} ({share:.1%})" for name, share in off.head(LISTED).items())
    return f"{named} and {len(off) - LISTED} more" if len(off) > LISTED else named


def by_exporter(pairs: pd.DataFrame) -> pd.DataFrame:
    """Sum over importers.

    Parameters
    ----------
    pairs : pandas.DataFrame, indexed by exporter and importer
        As :func:`trade_of` returns it.
    """
    sums: pd.DataFrame = pairs.groupby(level="exporter", sort=False).sum()
    return sums


def shares_of(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return what exports of each country are the sum of, in % of them.

    Parameters
    ----------
    pairs : pandas.DataFrame, indexed by exporter and importer
        As :func:`trade_of` returns it.

    Examples
    --------
    >>> index = pd.MultiIndex.from_tuples([("A", "B"), ("A", "C")], names=["exporter", "importer"])
    >>> parts = dict.fromkeys(PARTS, [0.0, 0.0]) | {"VAX": [3.0, 1.0], "FVA": [1.0, 0.0]}
    >>> pairs = pd.DataFrame({"exports": [4.0, 1.0]} | parts, index)
    >>> shares_of(pairs).loc["A", ["VAX", "FVA"]].to_dict()
    {'VAX': 80.0, 'FVA': 20.0}
    """
    sums = by_exporter(pairs)
    exports = sums["exports"].where(sums["exports"] > 0)
    shares: pd.DataFrame = 100.0 * sums[list(PARTS)].div(exports, axis=0)
    return shares
