"""How the accounts of each year fit, as run.json has it and the screen shows it."""

from __future__ import annotations

import math
from typing import Any

from ..analytics.accounts import Accounts, Identity, balance

__all__ = ["accounts_json"]


def accounts_json(accounts: dict[int, Accounts]) -> dict[str, Any]:
    """Return misfits and worst sectors by year; what cannot be checked is None.

    Parameters
    ----------
    accounts : dict of int to Accounts
        By year.
    """
    return {str(year): _year(each) for year, each in accounts.items()}


def _year(accounts: Accounts) -> dict[str, Any]:
    worst = accounts.worst()
    rows = zip(worst.index.astype(str), worst["paid"], worst["sold"], strict=True)
    return {
        "balanced": balance(accounts),
        "sectors": len(accounts.checked),
        "checked": int(accounts.checked.sum()),
        "coverage": _number(accounts.coverage),
        "paid": _side(accounts.paid),
        "sold": _side(accounts.sold),
        "worst": [
            {"sector": code, "paid": _number(paid), "sold": _number(sold)}
            for code, paid, sold in rows
        ],
    }


def _side(side: Identity) -> dict[str, Any]:
    misfit, median = _number(side.misfit), _number(side.median)
    return {"misfit": misfit, "median": median, "checked": side.checked}


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
