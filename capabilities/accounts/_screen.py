"""The sectors whose extraction costs most, in the last year, on the screen."""

from __future__ import annotations

from collections.abc import Mapping

from ...reports.tables import label, show
from ...runs.capability import Grid, Shown
from ._compute import Accounts

__all__ = ["screen"]

MOST = 10
_SHOWN = ("extraction_loss", "upstreamness", "domar")


def screen(accounts: Accounts, names: Mapping[str, str]) -> list[Shown]:
    """Return what the command shows.

    Parameters
    ----------
    accounts : Accounts
        What was computed.
    names : mapping of str to str
        Names of the sectors, by code.
    """
    if not accounts.years:
        return []
    year = max(accounts.years)
    table = accounts.years[year].vectors
    first = table.nlargest(MOST, "extraction_loss")[list(_SHOWN)]
    return [
        Grid(
            f"Accounts in {year}: the largest losses by extraction, % of all output",
            ("sector", *(name.replace("_", " ") for name in _SHOWN)),
            [
                [label(str(code), names), *(show(x, "value") for x in row)]
                for code, *row in first.itertuples()
            ],
        )
    ]
