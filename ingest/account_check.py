"""The accounting check of a study: flows, output, value added and demand of every year must fit.

It runs before any matrix is made, so a table in another unit or turned round is told as such, and
not as whatever it leads to.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import duckdb
import numpy as np
import pandas as pd
from scipy import sparse

from ..analytics.accounts import (
    BROKEN,
    DOUBTFUL,
    Accounts,
    Cause,
    IndustryTechnology,
    WrongUnits,
    check_accounts,
    find_cause,
    fits,
    identities,
    implausible,
    unpaid,
    wrong_units,
)
from ..core.errors import LISTED, InputError
from ..core.matrix import LabelledMatrix
from ..graph.aggregate import Flow
from ..graph.schema import UNMAPPED
from . import contract
from .account_gaps import not_in_accounts
from .chosen import leaving_out
from .concordance import map_totals
from .in_common import few_in_common
from .single_sectors import of_units, off_alone, percent
from .study import Study
from .two_spellings import spelled_in_two_ways

__all__ = ["accounts_of", "judge"]

#: Rows without output that hold more than this share of the flows were left in a printed table.
LEFT_IN = 0.1
#: In place of a year in what is said of several; no text of a file has it.
_YEAR = "\0"
_NAMES = {
    "flows": "the flows",
    "gross_output": "gross output",
    "value_added": "value added",
    "final_demand": "final demand",
    "imports": "imports",
}

_FLOWS, _LINKS = contract.table("io_flows"), contract.table("trade_links")


@np.errstate(over="ignore")
def accounts_of(
    con: duckdb.DuckDBPyConnection,
    study: Study,
    flows: list[Flow],
    maps: dict[tuple[str, str], pd.DataFrame],
    output: pd.DataFrame | None,
    made: Mapping[int, IndustryTechnology] | None = None,
) -> dict[int, Accounts]:
    """Hold the deliveries that S is made of against output, for every year that has both.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the views ``ok_NAME``, and ``counted_trade_links`` where firms deliver.
    study : Study
        The study.
    flows : list of Flow
        What is aggregated.
    maps : dict of (str, str) to DataFrame
        Completed concordances, by classifications.
    output : DataFrame or None, index (year, code)
        Output in the target classification.
    made : mapping of int to IndustryTechnology, optional
        What make and use tables come to, by year, where S is made of them.

    Returns
    -------
    dict of int to Accounts
        By year; empty without deliveries or output.
    """
    trade = next((each for each in flows if each.name == "trade"), None)
    if trade is None or output is None:
        return {}
    frame = _between_fine(con, trade)
    target, years = study.about.target, set(output.index.get_level_values("year"))
    weights = maps.get((trade.classification, target))
    found = {}
    for year, rows in frame.groupby("year", sort=True):
        if year not in years:
            continue
        known = output[output.index.get_level_values("year") == year].droplevel("year")
        mapped = weights if trade.classification != target else None
        each = check_accounts(_at_target(rows, mapped), known)
        table = (made or {}).get(int(str(year))) if trade.origin == "make_use" else None
        found[int(str(year))] = each if table is None else _with_scrap(each, table.scrap, mapped)
    return found


def _with_scrap(each: Accounts, scrap: pd.Series[float], weights: pd.DataFrame | None) -> Accounts:
    """Count what is paid for scrap among the inputs: no flow holds it, and output pays it."""
    amounts = scrap.to_frame() if weights is None else map_totals(scrap.to_frame(), weights)
    table = each.table.copy()
    table["inputs"] += amounts["scrap"].reindex(table.index).fillna(0.0)
    paid, sold = identities(table)
    return replace(each, table=table, paid=paid, sold=sold)


def _between_fine(con: duckdb.DuckDBPyConnection, flow: Flow) -> pd.DataFrame:
    """Return deliveries between fine industries by year; firms without one are the residual."""
    known = flow.by_share if flow.table is None else flow.table
    if known is not None:
        frame: pd.DataFrame = known.to_pandas()
        return frame
    statement = (
        f"SELECT coalesce(b.industry, '{UNMAPPED}') AS receiver, "
        f"coalesce(s.industry, '{UNMAPPED}') AS source, year, sum(value) AS value "
        "FROM counted_trade_links JOIN ok_firms AS b ON b.id = buyer JOIN ok_firms AS s "
        "ON s.id = supplier GROUP BY ALL ORDER BY ALL"
    )
    return con.execute(statement).df()


def _at_target(rows: pd.DataFrame, weights: pd.DataFrame | None) -> LabelledMatrix:
    """Sum deliveries to the target classification, the residual included: [user, supplier]."""
    labels = sorted({*rows["receiver"], *rows["source"]})
    place = {label: i for i, label in enumerate(labels)}
    ends = [rows[side].map(place).to_numpy() for side in ("receiver", "source")]
    n = len(labels)
    Z = sparse.csr_array((rows["value"].to_numpy(), (ends[0], ends[1])), shape=(n, n))
    if weights is not None:
        kept = weights[weights["from"].isin(place)]
        targets = sorted(set(kept["to"]))
        column = {label: j for j, label in enumerate(targets)}
        at = kept["from"].map(place).to_numpy(), kept["to"].map(column).to_numpy()
        B = sparse.csr_array((kept["weight"].to_numpy(), at), shape=(n, len(targets)))
        Z, labels = sparse.csr_array(B.T @ Z @ B), targets
    return LabelledMatrix.build("Z", Z, labels)


# -- verdict ---------------------------------------------------------------------------------------


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
    for year, each in accounts.items():
        stop, text = _verdict(study, year, each, alike, doubted=bool(doubts))
        if stop and study.options.accounts == "stop":
            first = f" Look at this first: {' '.join(doubts)}" if doubts else ""
            go_on = 'To go on all the same: accounts = "warn" under [options].'
            raise InputError(f"{text}{first} {go_on}")
        told = [text] if text else []
        told += not_in_accounts(year, each, told=bool(text))
        warnings += [(year, one) for one in told]
    return _by_years(warnings)


def _by_years(warnings: list[tuple[int, str]]) -> list[str]:
    """Say once, with all its years, what is the same in each of them."""
    years: dict[str, list[int]] = {}
    for year, text in warnings:
        years.setdefault(re.sub(rf"\b{year}\b", _YEAR, text, count=1), []).append(year)
    found = []
    for text, those in years.items():
        first, last = min(those), max(those)
        run = len(those) > 2 and last - first == len(set(those)) - 1
        listed = f"{first} to {last}" if run else ", ".join(map(str, dict.fromkeys(those)))
        found.append(text.replace(_YEAR, listed))
    return found


def _verdict(
    study: Study, year: int, each: Accounts, alike: Sequence[str], *, doubted: bool
) -> tuple[bool, str]:
    """Return whether to stop, and what to say of one year; nothing of accounts that fit."""
    odd = implausible(each)
    left = _left_in(study, each, alike)
    if left and (odd in {"excess", "all"} or not fits(each)):
        return odd in {"excess", "all"} or each.misfit > BROKEN, f"In {year} {left}"
    if odd == "shares" and not each.misfit <= DOUBTFUL:
        return True, _of_shares(study, year)
    if odd == "all" and not each.misfit <= DOUBTFUL:
        return True, f"In {year} {_excess(study, each, odd, doubted=doubted)}"
    if math.isnan(each.misfit):
        return _of_flows_alone(study, year, each, odd, doubted=doubted)
    units = wrong_units(each)
    if fits(each):
        return any(unit.proven for unit in units.found), _of_single_sectors(year, each, units)
    text = f"The accounts of {year} do not add up: {_misfits(each.paid.misfit, each.sold.misfit)}"
    cause = find_cause(each)
    if units.found and not (cause and _largest(cause.misfits) <= _largest(units.misfits)):
        return any(unit.proven for unit in units.found), f"{text}. {of_units(units)}"
    if cause is not None:
        return cause.proven, f"{text}. {_of_cause(study, each, cause)}"
    if odd == "excess":
        return True, f"{text}. {_capital(_excess(study, each, odd, doubted=doubted))}"
    return False, f"{text}{_unexplained(each)}"


def _largest(misfits: tuple[float, float]) -> float:
    return max(each for each in misfits if not math.isnan(each))


def _of_single_sectors(year: int, each: Accounts, units: WrongUnits) -> str:
    """Name sectors that do not fit although the economy as a whole adds up."""
    if units.found:
        return f"The accounts of {year} add up but for single sectors. {of_units(units)}"
    off = off_alone(each)
    if not off:
        return ""
    return (
        f"The accounts of {year} add up on the whole, but not in {off}. Rows are missing there, or "
        "amounts are in another unit, or of another year or definition; check these sectors."
    )


def _unexplained(each: Accounts) -> str:
    """Say what is known of accounts that no usual mistake explains."""
    # Domestic flows, or a payment that is in no table, leave sales as they are.
    short = float(each.sold.gap.clip(lower=0.0).sum()) / float(each.table["gross_output"].sum())
    if unpaid(each) and not short > DOUBTFUL:
        return (
            ". Inputs and value added fall short of it nearly everywhere and exceed it "
            "nowhere: the flows are domestic, or taxes and other payments are in no table. The "
            "rest is shown as imports; if you know them, give the column imports of io_output."
        )
    off = off_alone(each)
    if off:
        return f"; worst in {off}. Check the units there and whether all is in the tables."
    worst = ", ".join(repr(code) for code in each.worst(3).index)
    return f"; worst in {worst}. Check the units and whether all is in the tables."


def _left_in(study: Study, each: Accounts, alike: Sequence[str]) -> str:
    """Name rows of a printed table that are no sectors, where they hold much of the flows.

    Totals, value added and imports supply, and have no output; beside them stand final users.
    What a list of industries names is a sector, whatever it lacks.
    """
    if study.about.target in study.listed:
        return ""
    table = each.table[each.table.index != UNMAPPED]
    none = table[~(table["gross_output"] > 0)]
    rows = none.index[none["sales"] > 0]
    users = none.index[none["inputs"] > 0]
    sales = float(none.loc[rows, "sales"].sum())
    if sales <= LEFT_IN * float(each.table["sales"].sum()):
        return ""
    come = f"{sales / float(each.table['sales'].sum()):.0%} of the flows come from"
    if told := spelled_in_two_ways(study, list(map(str, rows)), table, alike):
        return f"{come} {told}"
    if told := few_in_common(study, table):
        return told
    ends = _ends(study)
    found = {
        end: list(map(str, of)) for end, of in zip(ends, (rows, users), strict=True) if len(of)
    }
    more = sum(len(each[LISTED:]) for each in found.values())
    entries = [source.entry for source in study.of(study.trade_from or _FLOWS.name)]
    leave = leaving_out(entries, {end: each[:LISTED] for end, each in found.items()})
    return (
        f"{come} what has no gross output: totals, value added, imports or final uses of a printed "
        f"table are among the sectors. Leave out what is no sector, {leave}"
        f"{f' and {more} more' if more else ''} in [tables.{study.trade_from}], or give its output."
    )


def _misfits(paid: float, sold: float) -> str:
    sides = (("inputs and value added", paid), ("sales and final demand", sold))
    known = [(what, percent(each)) for what, each in sides if not math.isnan(each)]
    verbs = ("miss gross output ", "")
    return ", ".join(
        f"{what} {verb}by {by}" for verb, (what, by) in zip(verbs, known, strict=False)
    )


def _of_cause(study: Study, each: Accounts, cause: Cause) -> str:
    """Say what makes the accounts fit, how well, and what to do."""
    fit = _fit(cause)
    likely = "" if cause.proven else "The likely cause: "
    ends = _ends(study)
    turned = f"with {ends[0]} and {ends[1]} exchanged"
    if each.table["imports"].isna().all():  # both mistakes leave the same accounts
        turned += ", or value added and final demand,"
    if cause.kind == "margins":
        how = f"with value added and final demand exchanged they fit {fit}: exchange their names"
        return _capital(f"{likely}{how} under [tables.io_output].")
    where = f"under [tables.{study.trade_from}]"
    names = f" Exchange their names, {where}"
    if "," in turned:
        names = f" Look which it is, and exchange their names, {where} or [tables.io_output]"
    if cause.kind == "exchanged":
        return _capital(f"{likely}{turned} they fit {fit}.{names}.")
    also = f"{turned} and " if cause.exchanged else "with "
    names = f"{names}, too." if cause.exchanged else ""
    if cause.kind == "shares":
        of = "per cent of the user's output" if cause.factor < 1 else "shares of the user's output"
        how = f"{also}every flow taken as {of} they fit {fit}"
        return _capital(f"{likely}{how}: give amounts of money, share times output.{names}")
    if cause.kind == "unit":
        by = f"{cause.factor:,.0f}" if cause.factor > 1 else f"{cause.factor:.9f}".rstrip("0")
        how = f"{also}{_NAMES[cause.what]} multiplied by {by} they fit {fit}"
        what = "another unit, and exchanged columns" if cause.exchanged else "another unit"
        return _capital(f"{likely}{how}: {what}. Give all amounts in one unit.{names}")
    if cause.kind == "buyers":
        return _capital(f"{likely}{_of_buyers(study, cause.what.split('|'), fit)}")
    if cause.kind == "total":
        how = f"without {cause.what!r} they fit {fit}: it looks like a total; if so, leave it out"
        return _capital(f"{likely}{how}.")
    return _capital(f"{likely}without imports they fit {fit}: the flows hold them already.")


def _of_buyers(study: Study, buyers: list[str], fit: str) -> str:
    """Say how to leave columns of final demand out."""
    shown = ", ".join(buyers[:4]) + (f" and {len(buyers) - 4} more" if buyers[4:] else "")
    entries = [source.entry for source in study.of(study.trade_from or _FLOWS.name)]
    leave = leaving_out(entries, {_ends(study)[1]: buyers})
    return (
        f"without {shown} they fit {fit}: these buy and have no output, so they are final demand "
        f"and no sectors. Leave them out: {leave} under "
        f"[tables.{study.trade_from}], and out of the list of industries."
    )


def _fit(cause: Cause) -> str:
    known = [percent(each) for each in cause.misfits if not math.isnan(each)]
    return f"to {' and '.join(known)}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _ends(study: Study) -> tuple[str, str]:
    """Return who delivers and who is delivered to, as the columns are called; of make and use, too.

    What these two come to is a table of flows between industries.
    """
    links = study.trade_from == _LINKS.name
    receiver, source = (_LINKS if links else _FLOWS).ends
    return source, receiver


def _of_shares(study: Study, year: int) -> str:
    return (
        f"The flows of {year} are shares and no amounts: the inputs of every sector add up to 1 or "
        f"to 100 in {study.trade_from}. Give amounts of money in the unit of gross output."
    )


def _of_flows_alone(
    study: Study, year: int, each: Accounts, odd: str, *, doubted: bool
) -> tuple[bool, str]:
    """Judge flows against output where neither value added nor final demand is known."""
    if odd == "excess":
        return True, f"In {year} {_excess(study, each, odd, doubted=doubted)}"
    if odd == "tiny":
        share = _input_shares(each).median()
        text = (
            f"In {year} inputs are tiny against gross output: {share:.2g} of it in the median "
            "sector. Flows in another unit than output, or shares in place of amounts, look so."
        )
        return False, text
    return False, ""


def _input_shares(each: Accounts) -> pd.Series[float]:
    table = each.table[each.table["gross_output"] > 0]
    return table["inputs"] / table["gross_output"]


def _excess(study: Study, each: Accounts, odd: str, *, doubted: bool) -> str:
    """Say that no S can come of this, and what is the likely cause."""
    share = _input_shares(each)
    if odd == "all":
        return (
            f"the inputs are all of gross output in {int((abs(share - 1) <= 1e-6).sum())} of "
            f"{len(share)} sectors: gross output must hold value added, too."
        )
    over, median = int((share > 1).sum()), float(share.median())
    text = (
        f"inputs exceed gross output in {over} of {len(share)} sectors (median: {median:,.3g} "
        "times), so chains of inputs never end."
    )
    table = each.table[each.table["gross_output"] > 0]
    turned = float(np.mean(table["sales"] > table["gross_output"]))
    power = round(math.log10(median / 0.5))
    if turned < 0.1:
        ends = _ends(study)
        return f"{text} With {ends[0]} and {ends[1]} exchanged they would not: look at the columns."
    if power and doubted:  # dividing would hide numbers that were read wrongly
        return f"{text} As they were read, they are about 10^{power} times too large."
    if power:
        return f"{text} Divided by 10^{power} the flows would be plausible: look at their unit."
    return f"{text} Check units, columns and totals."
