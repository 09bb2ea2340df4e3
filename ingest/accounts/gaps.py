"""What the accounts of a year leave out: sectors without an amount that an identity needs."""

from __future__ import annotations

import math

from ...analytics.accounts import CHECKED, Accounts
from ...core.errors import show_some
from ...core.words import amount
from ...graph.schema import UNMAPPED

__all__ = ["not_in_accounts"]


def not_in_accounts(year: int, accounts: Accounts, *, reported: bool) -> list[str]:
    """Say which sectors are not checked, and why.

    Parameters
    ----------
    year : int
        Year of the accounts.
    accounts : Accounts
        The accounts.
    reported : bool
        Whether the reader knows already that something is wrong with them.

    Returns
    -------
    list of str
        Warnings; none where all amounts are known.

    Examples
    --------
    >>> import pandas as pd
    >>> from spillgraph.analytics.accounts import check_accounts
    >>> from spillgraph.analytics.steel_and_cars import Z, output
    >>> known = output[["gross_output"]].assign(value_added=[50, None])
    >>> print(*not_in_accounts(2010, check_accounts(Z, known), reported=False))
    The accounts of 2010 are those of 1 of 2 sectors, with 33.33% of gross output: of the others \
neither value added nor final demand is known, so a wrong unit or exchanged columns would not show \
there.
    """
    unchecked = [] if reported else _warn_of_unchecked(year, accounts)
    return [*unchecked, *_imports_of_some(year, accounts), *_without_output(year, accounts)]


def _warn_of_unchecked(year: int, accounts: Accounts) -> list[str]:
    """Say so where the accounts of few sectors, or of none, can be checked."""
    table = accounts.table[accounts.table["gross_output"].notna()][~accounts.checked]
    none = table[["value_added", "final_demand"]].isna().all(axis=None)
    why = "neither value added nor final demand is known"
    if not none:
        why = "a part of what is paid, and final demand, is not known"
    if math.isnan(accounts.misfit):
        return [
            f"The accounts of {year} cannot be checked: {why}, so a wrong unit or exchanged "
            "columns would not show."
        ]
    if accounts.coverage >= CHECKED:
        return []
    return [
        f"The accounts of {year} are those of {int(accounts.checked.sum())} of "
        f"{len(accounts.checked)} sectors, with {accounts.coverage:.2%} of gross output: of the "
        f"others {why}, so a wrong unit or exchanged columns would not show there."
    ]


def _imports_of_some(year: int, accounts: Accounts) -> list[str]:
    """Name sectors without imports beside others that have them: a blank is not 0."""
    table = accounts.table[accounts.table["gross_output"] > 0]
    lacking = table.index[table["imports"].isna()]
    if len(lacking) in {0, len(table)}:
        return []
    then = "their output is not held against what they pay"
    if table["value_added"].isna().all():
        then = "what of their leak is value added is not known, and it is shown as unexplained"
    elif table.loc[lacking, "value_added"].notna().any():
        then += ", and what remains beside a known value added is shown as imports"
    return [
        f"In {year} imports of {show_some(list(lacking))} are missing and others have them: what "
        f"is missing is not 0, so {then}. Write 0 where there are none."
    ]


def _without_output(year: int, accounts: Accounts) -> list[str]:
    """Name what supplies others without any output of its own."""
    table = accounts.table
    none = table["gross_output"].isna() | (table["gross_output"] <= 0)
    codes = table.index[none & (table["sales"] > 0) & (table.index != UNMAPPED)]
    if not len(codes):
        return []
    sold = table.loc[codes, "sales"].to_numpy(dtype=float)
    named = ", ".join(
        f"{code!r} ({amount(value)})"
        for code, value in zip(map(str, codes[:5]), sold, strict=False)
    )
    return [
        f"In {year} sectors supply others but have no gross output: {named}. If one is a total "
        "or an import, leave it out; else give its output."
    ]
