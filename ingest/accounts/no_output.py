"""Rows and columns of a printed table that are no sectors, found by the output that they lack."""

from __future__ import annotations

from collections.abc import Sequence

from ...analytics.accounts import Accounts
from ...core.errors import LISTED
from ...graph.schema import UNMAPPED
from ..study import Study
from .flow_ends import ends, without
from .in_common import few_in_common
from .two_spellings import spelled_in_two_ways

__all__ = ["no_output"]

#: Rows without output that hold more than this share of the flows were left in a printed table.
LEFT_IN = 0.1


def no_output(study: Study, accounts: Accounts, alike: Sequence[str]) -> str:
    """Name rows of a printed table that are no sectors, where they hold much of the flows.

    Totals, value added and imports supply, and have no output; beside them stand final users.
    What a list of industries names is a sector, whatever it lacks.
    """
    if study.about.target in study.listed:
        return ""
    table = accounts.table[accounts.table.index != UNMAPPED]
    none = table[~(table["gross_output"] > 0)]
    rows = none.index[none["sales"] > 0]
    users = none.index[none["inputs"] > 0]
    sales = float(none.loc[rows, "sales"].sum())
    if sales <= LEFT_IN * float(accounts.table["sales"].sum()):
        return ""
    come = f"{sales / float(accounts.table['sales'].sum()):.0%} of the flows come from"
    if reason := spelled_in_two_ways(study, list(map(str, rows)), table, alike):
        return f"{come} {reason}"
    if reason := few_in_common(study, table):
        return reason
    sides = zip(ends(study), (rows, users), strict=True)
    lacking = {end: list(map(str, of)) for end, of in sides if len(of)}
    more = sum(len(codes[LISTED:]) for codes in lacking.values())
    leave = without(study, {end: codes[:LISTED] for end, codes in lacking.items()})
    return (
        f"{come} what has no gross output: totals, value added, imports or final uses of a printed "
        f"table are among the sectors. Leave out what is not a sector, {leave}"
        f"{f' and {more} more' if more else ''} in [tables.{study.trade_from}], or give its output."
    )
