"""The accounting check of a study: flows, output, value added and demand of every year must fit.

It runs before any matrix is made, so a table in another unit or turned round is told as such, and
not as whatever it leads to.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np

from ...analytics.accounts import (
    BROKEN,
    DOUBTFUL,
    Accounts,
    WrongUnits,
    find_cause,
    find_oddity,
    fits,
    lacks_payments,
    wrong_units,
)
from ...core.errors import InputError
from ..study import Study
from .causes import capital, of_cause
from .gaps import not_in_accounts
from .inputs import excess, of_flows_alone, of_shares
from .no_output import no_output
from .single_sectors import of_units, off_alone, percent

__all__ = ["judge"]

#: In place of a year in what is said of several; no text of a file has it.
_YEAR = "\0"


@np.errstate(over="ignore")  # an output next to nothing: infinitely far off is what is meant
def judge(
    study: Study,
    accounts: dict[int, Accounts],
    doubts: Sequence[str] = (),
    alike: Sequence[str] = (),
) -> list[str]:
    """Say what is wrong with the accounts, and stop where the mistake is proven.

    Parameters
    ----------
    study : Study
        The study.
    accounts : dict of int to Accounts
        By year.
    doubts : sequence of str
        What is doubtful of how their tables were read, e.g. their decimal point. It may be the
        cause, so an error carries it.
    alike : sequence of str
        What is known of codes that differ in leading zeros alone.

    Returns
    -------
    list of str
        Warnings, one a year and kind.

    Raises
    ------
    InputError
        If a mistake explains all that is wrong, or no S can come of the table; not with
        ``accounts = "warn"``.
    """
    warnings: list[tuple[int, str]] = []
    for year, of_year in accounts.items():
        stop, text = _verdict(study, year, of_year, alike, doubted=bool(doubts))
        if stop and study.options.accounts == "stop":
            first = f" Look at this first: {' '.join(doubts)}" if doubts else ""
            go_on = 'To go on all the same: accounts = "warn" under [options].'
            raise InputError(f"{text}{first} {go_on}")
        texts = [text] if text else []
        texts += not_in_accounts(year, of_year, reported=bool(text))
        warnings += [(year, one) for one in texts]
    return _by_years(warnings)


def _by_years(warnings: list[tuple[int, str]]) -> list[str]:
    """Say once, with all its years, what is the same in each of them."""
    years: dict[str, list[int]] = {}
    for year, text in warnings:
        years.setdefault(re.sub(rf"\b{year}\b", _YEAR, text, count=1), []).append(year)
    merged = []
    for text, those in years.items():
        first, last = min(those), max(those)
        run = len(those) > 2 and last - first == len(set(those)) - 1
        listed = f"{first} to {last}" if run else ", ".join(map(str, dict.fromkeys(those)))
        merged.append(text.replace(_YEAR, listed))
    return merged


def _verdict(
    study: Study, year: int, accounts: Accounts, alike: Sequence[str], *, doubted: bool
) -> tuple[bool, str]:
    """Return whether to stop, and what to say of one year; nothing of accounts that fit."""
    odd = find_oddity(accounts)
    left = no_output(study, accounts, alike)
    if left and (odd in {"excess", "all"} or not fits(accounts)):
        return odd in {"excess", "all"} or accounts.misfit > BROKEN, f"In {year} {left}"
    if odd == "shares" and not accounts.misfit <= DOUBTFUL:
        return True, of_shares(study, year)
    if odd == "all" and not accounts.misfit <= DOUBTFUL:
        return True, f"In {year} {excess(study, accounts, odd, doubted=doubted)}"
    if math.isnan(accounts.misfit):
        return of_flows_alone(study, year, accounts, odd, doubted=doubted)
    units = wrong_units(accounts)
    if fits(accounts):
        return any(unit.proven for unit in units.found), _of_single_sectors(year, accounts, units)
    text = (
        f"The accounts of {year} do not add up: "
        f"{_misfits(accounts.paid.misfit, accounts.sold.misfit)}"
    )
    cause = find_cause(accounts)
    if units.found and not (cause and _largest(cause.misfits) <= _largest(units.misfits)):
        return any(unit.proven for unit in units.found), f"{text}. {of_units(units)}"
    if cause is not None:
        return cause.proven, f"{text}. {of_cause(study, accounts, cause)}"
    if odd == "excess":
        return True, f"{text}. {capital(excess(study, accounts, odd, doubted=doubted))}"
    return False, f"{text}{_describe_unexplained(accounts)}"


def _largest(misfits: tuple[float, float]) -> float:
    return max(misfit for misfit in misfits if not math.isnan(misfit))


def _of_single_sectors(year: int, accounts: Accounts, units: WrongUnits) -> str:
    """Name sectors that do not fit although the economy as a whole adds up."""
    if units.found:
        return f"The accounts of {year} add up but for single sectors. {of_units(units)}"
    off = off_alone(accounts)
    if not off:
        return ""
    return (
        f"The accounts of {year} add up on the whole, but not in {off}. Rows are missing there, or "
        "amounts are in another unit, or of another year or definition; check these sectors."
    )


def _describe_unexplained(accounts: Accounts) -> str:
    """Say what is known of accounts that no usual mistake explains."""
    # Domestic flows, or a payment that is in no table, leave sales as they are.
    short = float(accounts.sold.gap.clip(lower=0.0).sum()) / float(
        accounts.table["gross_output"].sum()
    )
    if lacks_payments(accounts) and not short > DOUBTFUL:
        return (
            ". Inputs and value added fall short of it nearly everywhere and exceed it nowhere: "
            "the flows are domestic, value added is not all of it, or taxes and other payments are "
            "in no table. The rest counts as imports in cost shares; if you know them, give the "
            "column imports of io_output."
        )
    off = off_alone(accounts)
    if off:
        return f"; worst in {off}. Check the units there and whether all is in the tables."
    worst = ", ".join(repr(code) for code in accounts.worst(3).index)
    where = f"; worst in {worst}" if worst else ""
    return f"{where}. Check the units and whether all is in the tables."


def _misfits(paid: float, sold: float) -> str:
    sides = (("inputs and value added", paid), ("sales and final demand", sold))
    known = [(what, percent(misfit)) for what, misfit in sides if not math.isnan(misfit)]
    verbs = ("miss gross output ", "")
    return ", ".join(
        f"{what} {verb}by {by}" for verb, (what, by) in zip(verbs, known, strict=False)
    )
