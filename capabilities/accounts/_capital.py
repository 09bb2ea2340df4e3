"""What the use of capital costs a year, by sector: from what was bought, through stocks."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ...analytics.accounts import capital_stock, pv_depreciation, rental_cost
from ...core.errors import InputError, show, show_some
from ...core.words import counted, verb
from ...runs.capability import Checked, Context
from ...runs.networks import MOST_ELEMENTS, YearNetworks
from ...runs.ultimate import CapitalUse
from ._options import AccountsOptions
from ._target import at_target

__all__ = ["FLOWS", "GOODS", "Capital", "capital_of", "capital_use", "check_capital"]

#: The table of who bought how much of which capital good.
FLOWS = "capital_flows"
#: The table of how long capital goods last.
GOODS = "capital_goods"
#: What is added up of cells.
_AMOUNTS = ("capital_flow", "capital_stock", "rental_cost")
#: What cannot be formed where capital goods have no makers.
LEFT_OUT = "UDS_capital and UCS_capital are left out"
#: Of capital flows that reach no sector, less than this share is rounding.
_LOST = 1e-9


@dataclass(frozen=True, slots=True)
class Capital:
    """Capital of a year; N sectors, A capital goods.

    Parameters
    ----------
    cells : pandas.DataFrame, indexed by code and good
        ``capital_flow``, ``capital_stock`` and ``rental_cost`` in money, of what was bought.
    sectors : pandas.DataFrame, N rows indexed by code
        The same of all goods together, and ``rental_share``, % of gross output.
    goods : pandas.DataFrame, A rows indexed by good
        ``life`` in years, ``depreciation`` a year, ``present_value`` of what may be deducted per
        unit of the price, ``user_cost``: what a unit of the stock costs a year.
    notes : tuple of str
        What must be known before any of the numbers.
    """

    cells: pd.DataFrame
    sectors: pd.DataFrame
    goods: pd.DataFrame
    notes: tuple[str, ...]


def check_capital(checked: Checked, options: AccountsOptions) -> None:
    """Refuse capital flows of which no rental costs follow, before anything is loaded.

    Parameters
    ----------
    checked : Checked
        The tables.
    options : AccountsOptions
        Tax, interest and growth.

    Raises
    ------
    InputError
        Naming the capital good and its user.
    """
    if not checked.study.has(FLOWS):
        return
    rows, goods = checked.rows(FLOWS), checked.rows(GOODS)
    for _, of_year in rows.groupby("year"):
        _by_user(of_year, goods, options)


def capital_of(context: Context, year: int, options: AccountsOptions) -> Capital | None:
    """Return stocks and rental costs of a year, where the study says what was bought in it.

    Parameters
    ----------
    context : Context
        The run.
    year : int
        The report year.
    options : AccountsOptions
        Tax, interest and growth.

    Returns
    -------
    Capital or None
    """
    result = context.result
    if not result.study.has(FLOWS):
        return None
    rows, listed = context.rows(FLOWS), context.rows(GOODS)
    rows = rows[rows["year"] == year]
    if rows.empty:
        context.warn(f"{year}: [tables.{FLOWS}] has no row of {year}: no rental costs.")
        return None
    cells, goods, notes = _by_user(rows, listed, options)
    labels, target = result.economy.labels, result.study.about.target
    found = at_target(cells, result.economy.maps, target, code="user", amounts=_AMOUNTS)
    known = found[found["user"].isin(set(labels))]
    lost = 1.0 - known["capital_flow"].sum() / max(cells["capital_flow"].sum(), 1e-300)
    if lost > _LOST:
        notes.append(f"{lost:.2%} of [tables.{FLOWS}] is of users in no sector, and left out.")
    by_cell = known.groupby(["user", "good"], sort=False)[list(_AMOUNTS)].sum()
    sectors = known.groupby("user")[list(_AMOUNTS)].sum().reindex(labels, fill_value=0.0)
    output = result.economy.output
    assert output is not None, "S is made of it"
    x = output[output.index.get_level_values("year") == year].droplevel("year")["gross_output"]
    x = x.reindex(labels)
    sectors["rental_share"] = 100.0 * sectors["rental_cost"] / x.where(x > 0)
    above = sectors["rental_share"][sectors["rental_share"] > 100.0].sort_values()
    if len(above):
        notes.append(
            f"Rental costs are more than gross output in {len(above):,} of {len(labels):,} "
            f"sectors, most in {show(above.index[-1])} ({above.iloc[-1]:,.4g}%): "
            f"[tables.{FLOWS}] may be in another unit, or life and depreciation of another good."
        )
    return Capital(
        by_cell.rename_axis(index=["code", "good"]),
        sectors.rename_axis(index="code"),
        goods,
        tuple(notes),
    )


def capital_use(
    context: Context, year: YearNetworks, capital: Capital
) -> tuple[CapitalUse | None, str]:
    """Return capital goods by the sector that makes them, where each is called as its maker.

    Parameters
    ----------
    context : Context
        The run.
    year : YearNetworks
        A report year with S.
    capital : Capital
        Its capital.

    Returns
    -------
    use : CapitalUse or None
        In the order of S; none where a good is no sector, gross output of the year is not known,
        or S is too large for ultimate shares.
    why : str
        Why there is none, with the remedy; empty where there is, or ultimate shares say it.
    """
    assert year.production is not None
    labels, output = list(year.production.S.rows), context.result.economy.output
    if len(labels) > MOST_ELEMENTS:
        return None, ""  # of ultimate shares without capital goods this is told, too
    if strangers := [good for good in capital.goods.index if good not in set(labels)]:
        have, makes = ("good has", "it") if len(strangers) == 1 else ("goods have", "each of them")
        return None, (
            f"{LEFT_OUT}: the capital {have} no maker among the sectors: {show_some(strangers)}. "
            f"Give {makes} the code of the sector that makes it, as id in [tables.{GOODS}] and as "
            f"good in [tables.{FLOWS}]."
        )
    assert output is not None, "S is made of it"
    of_year = output[output.index.get_level_values("year") == year.year].droplevel("year")
    whole = float(of_year["gross_output"].reindex(labels).astype(float).sum())
    if not whole > 0:
        return None, (
            f"{LEFT_OUT}: gross output of {year.year} is not known, and S is that of another year. "
            f"Give gross output of {year.year}."
        )
    goods, rental = (
        capital.cells[name].unstack("code").reindex(labels, columns=labels).fillna(0.0) / whole
        for name in ("capital_flow", "rental_cost")
    )
    return CapitalUse(goods.to_numpy(), rental.to_numpy()), ""


def _by_user(
    rows: pd.DataFrame, listed: pd.DataFrame, options: AccountsOptions
) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """Return flows, stocks and rental costs cell by cell, capital goods, and what to know."""
    flows = rows.pivot(index="good", columns="user", values="value").fillna(0.0)
    told = rows.pivot(index="good", columns="user", values="growth").astype(float)
    growth = told.fillna(options.capital_growth)
    goods = listed.set_index("id")[["life", "depreciation"]].astype(float)
    goods = goods.reindex(flows.index)
    try:
        stock = capital_stock(flows, growth, goods["depreciation"])
        cost = rental_cost(
            stock,
            goods["depreciation"],
            goods["life"],
            r=options.capital_interest,
            tax=options.capital_tax,
            credit=options.capital_credit,
            timing=options.capital_timing,
        )
    except InputError as error:
        raise InputError(f"[tables.{FLOWS}] and [tables.{GOODS}]: {error}") from None
    parts = [
        pd.Series(frame.rename_axis(index="good", columns="user").stack(), name=name)
        for name, frame in zip(_AMOUNTS, (flows, stock, cost), strict=True)
    ]
    cells = pd.concat(parts, axis=1).reset_index()
    cells = cells[cells["capital_flow"] != 0]
    cells["classification"] = rows["classification"].iloc[0]
    z = pv_depreciation(goods["life"], options.capital_interest, options.capital_timing)
    u, r, k = options.capital_tax, options.capital_interest, options.capital_credit
    goods["present_value"] = z
    goods["user_cost"] = (r + goods["depreciation"]) * (1.0 - k - u * z) / (1.0 - u)
    return cells, goods, _notes(rows, listed, options)


def _notes(rows: pd.DataFrame, listed: pd.DataFrame, options: AccountsOptions) -> list[str]:
    notes = []
    untold = int(rows["growth"].isna().sum())
    if untold:
        notes.append(
            f"Stocks behind {untold:,} of {counted(len(rows), 'capital flow')} "
            f"{verb(untold, 'is', 'are')} taken to grow by "
            f"{100 * options.capital_growth:g}% a year (capital_growth), as no growth is given."
        )
    idle = [good for good in listed["id"] if good not in set(rows["good"])]
    if idle:
        notes.append(f"Capital goods that nobody bought: {show_some(idle)}.")
    return notes
