"""Inputs against gross output, where these two alone prove that something is wrong."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from ...analytics.accounts import Accounts
from ..study import Study
from .flow_ends import ends

__all__ = ["excess", "of_flows_alone", "of_shares"]


def of_shares(study: Study, year: int) -> str:
    return (
        f"The flows of {year} are shares and no amounts: the inputs of every sector add up to 1 or "
        f"to 100 in {study.trade_from}. Give amounts of money in the unit of gross output."
    )


def of_flows_alone(
    study: Study, year: int, accounts: Accounts, odd: str, *, doubted: bool
) -> tuple[bool, str]:
    """Judge flows against output where neither value added nor final demand is known."""
    if odd == "excess":
        return True, f"In {year} {excess(study, accounts, odd, doubted=doubted)}"
    if odd == "tiny":
        share = _input_shares(accounts).median()
        text = (
            f"In {year} inputs are tiny against gross output: {share:.2g} of it in the median "
            "sector. Flows in another unit than output, or shares in place of amounts, look so."
        )
        return False, text
    return False, ""


def _input_shares(accounts: Accounts) -> pd.Series[float]:
    table = accounts.table[accounts.table["gross_output"] > 0]
    return table["inputs"] / table["gross_output"]


def excess(study: Study, accounts: Accounts, odd: str, *, doubted: bool) -> str:
    """Say that no S can come of this, and what is the likely cause."""
    share = _input_shares(accounts)
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
    table = accounts.table[accounts.table["gross_output"] > 0]
    turned = float(np.mean(table["sales"] > table["gross_output"]))
    power = round(math.log10(median / 0.5))
    if turned < 0.1:
        one, other = ends(study)
        return f"{text} With {one} and {other} exchanged they would not: look at the columns."
    if power and doubted:  # dividing would hide numbers that were read wrongly
        return f"{text} As they were read, they are about 10^{power} times too large."
    if power:
        return f"{text} Divided by 10^{power} the flows would be plausible: look at their unit."
    return f"{text} Check units, columns and totals."
