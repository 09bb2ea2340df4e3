"""Accounts: multipliers, linkages, positions, extraction and ultimate shares of every sector."""

from __future__ import annotations

from ...runs.capability import Capability
from .. import QUESTIONS
from ._compute import check, compute, missing, refuse
from ._options import AccountsOptions
from ._screen import screen
from ._section import section
from ._tables import matrices, meaning, scores, tables, values

__all__ = ["CAPABILITY"]

CAPABILITY = Capability(
    "accounts",
    QUESTIONS["accounts"],
    AccountsOptions,
    compute=compute,
    tables=tables,
    missing=missing,
    refuse=refuse,
    check=check,
    section=section,
    values=values,
    matrices=matrices,
    screen=screen,
    scores=scores,
    meaning=meaning,
)
