"""How the accounts of each year fit: output against what is paid, and against what is sold."""

from __future__ import annotations

from collections.abc import Mapping

from ...analytics.accounts import Accounts, balance
from ...reports.kit import Heading, Paragraph, Part, Verdict
from ...reports.tables import Head, Table, make_table

__all__ = ["accounts_parts"]

_NOTE = "In per cent of gross output; – where value added, or final demand, is not known."


def accounts_parts(accounts: Mapping[int, Accounts], names: Mapping[str, str]) -> list[Part]:
    """Return how the accounts of each year fit, and the sectors that fit worst where they do not.

    Parameters
    ----------
    accounts : mapping of int to Accounts
        By year of a table.
    names : mapping of str to str
        Names of the sectors, by code.
    """
    heading = Heading("Accounts")
    known = {year: each for year, each in accounts.items() if each.checked.any()}
    if not known:
        return [
            heading,
            Paragraph(
                "Neither value added nor final demand is known beside deliveries: the accounts "
                "cannot be checked."
            ),
        ]
    return [heading, _verdict(accounts), _years(known), *_worst(known, names)]


def _verdict(accounts: Mapping[int, Accounts]) -> Verdict:
    def years(balanced: bool | None) -> str:
        return ", ".join(str(year) for year, each in accounts.items() if balance(each) is balanced)

    if off := years(balanced=False):
        return Verdict(
            f"The accounts do NOT fit in {off}: see what stands before the numbers.", good=False
        )
    if part := years(balanced=None):
        return Verdict(
            f"In {part} the accounts of a part of the sectors alone can be checked, or of none: "
            "the others may be off. What can be checked fits to 1% of gross output.",
            good=False,
        )
    return Verdict(
        "Flows, gross output, value added and final demand fit each other to 1% of gross output, "
        "as far as they are known.",
        good=True,
    )


def _years(accounts: Mapping[int, Accounts]) -> Table:
    heads = [
        Head("Year", "year"),
        Head("Sectors", "count"),
        Head("Sectors checked", "count"),
        Head("Output − inputs − value added − imports", "percent", "sum of absolute gaps"),
        Head("the same, median sector", "percent"),
        Head("Output − sales − final demand", "percent", "sum of absolute gaps"),
        Head("the same, median sector", "percent"),
        Head("Fit to 1%", "check"),
    ]
    rows: list[list[object]] = [
        [
            *(year, len(each.checked), int(each.checked.sum())),
            *(each.paid.misfit, each.paid.median, each.sold.misfit, each.sold.median),
            balance(each),
        ]
        for year, each in accounts.items()
    ]
    return make_table("Accounts by year", heads, rows, note=_NOTE)


def _worst(accounts: Mapping[int, Accounts], names: Mapping[str, str]) -> list[Table]:
    """Years that balance, as far as they can be checked, have no sectors to show."""
    heads = [
        Head("Year", "year"),
        Head("Code", "code"),
        Head("Sector"),
        Head("Output − inputs − value added − imports", "percent", "of the sector's output"),
        Head("Output − sales − final demand", "percent", "of the sector's output"),
    ]
    rows: list[list[object]] = []
    for year, each in accounts.items():
        if balance(each) is False:
            gaps = each.worst()[["paid", "sold"]]
            rows += [
                [year, str(code), names.get(str(code), ""), *row]
                for code, row in zip(gaps.index, gaps.to_numpy(), strict=True)
            ]
    if not rows:
        return []
    return [make_table("Sectors whose accounts fit worst", heads, rows, note=_NOTE)]
