"""Input–output accounts: do they add up, and what tables of industries follow from them."""

from __future__ import annotations

from ._capital import TAX, capital_stock, rental_cost
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
from ._depreciation import RATE, Timing, deductions, pv_depreciation
from ._gras import Balanced, balance_gras
from ._groups import NSF_GROUPS, nsf_groups_1992, spread_columns
from ._imports import ImportsApart, ImportsBySource, imports_apart, imports_by_source
from ._industry_tables import REMOVED_1992, IndustryTables, industry_tables
from ._make_and_use import MakeAndUse, make_and_use
from ._make_use import IndustryTechnology, industry_technology
from ._redefinitions import Redefined, redefine, secondary_output
from ._requirements import Requirements, requirements
from ._sector_units import OFF, WrongUnit, WrongUnits, wrong_units
from ._symmetric import SymmetricTable, symmetric_table
from ._technology import MODELS, Model, TechnologyTable, technology_table
from ._totals import PROVEN, Total, find_totals

__all__ = [
    "BROKEN",
    "CHECKED",
    "DOUBTFUL",
    "HALF",
    "MEASURES",
    "MODELS",
    "NSF_GROUPS",
    "OFF",
    "PROVEN",
    "RATE",
    "REMOVED_1992",
    "TAX",
    "Accounts",
    "Balanced",
    "Cause",
    "Identity",
    "ImportsApart",
    "ImportsBySource",
    "IndustryTables",
    "IndustryTechnology",
    "MakeAndUse",
    "Model",
    "Redefined",
    "Requirements",
    "SymmetricTable",
    "TechnologyTable",
    "Timing",
    "Total",
    "WrongUnit",
    "WrongUnits",
    "balance",
    "balance_gras",
    "capital_stock",
    "check_accounts",
    "deductions",
    "find_cause",
    "find_oddity",
    "find_totals",
    "fits",
    "identities",
    "imports_apart",
    "imports_by_source",
    "industry_tables",
    "industry_technology",
    "lacks_payments",
    "make_and_use",
    "nsf_groups_1992",
    "pv_depreciation",
    "redefine",
    "rental_cost",
    "requirements",
    "secondary_output",
    "spread_columns",
    "symmetric_table",
    "technology_table",
    "wrong_units",
]
