"""Input–output accounts: do they add up, and what tables of industries follow from them."""

from __future__ import annotations

from ._causes import (
    BROKEN,
    CHECKED,
    DOUBTFUL,
    HALF,
    Cause,
    balance,
    find_cause,
    find_oddity,
    fits,
    lacks_payments,
)
from ._check import MEASURES, Accounts, Identity, check_accounts, identities
from ._make_use import IndustryTechnology, industry_technology
from ._sector_units import OFF, WrongUnit, WrongUnits, wrong_units
from ._symmetric import SymmetricTable, symmetric_table
from ._totals import PROVEN, Total, find_totals

__all__ = [
    "BROKEN",
    "CHECKED",
    "DOUBTFUL",
    "HALF",
    "MEASURES",
    "OFF",
    "PROVEN",
    "Accounts",
    "Cause",
    "Identity",
    "IndustryTechnology",
    "SymmetricTable",
    "Total",
    "WrongUnit",
    "WrongUnits",
    "balance",
    "check_accounts",
    "find_cause",
    "find_oddity",
    "find_totals",
    "fits",
    "identities",
    "industry_technology",
    "lacks_payments",
    "symmetric_table",
    "wrong_units",
]
