"""Risk: whose failure would be felt through deliveries, and which firms carry an industry?"""

from __future__ import annotations

from ...runs.capability import Capability
from .. import QUESTIONS
from ._compute import RiskOptions, check, compute, missing, refuse
from ._section import screen, section
from ._tables import MEANINGS, tables, values

__all__ = ["CAPABILITY"]

CAPABILITY = Capability(
    "risk",
    QUESTIONS["risk"],
    RiskOptions,
    compute=compute,
    tables=tables,
    missing=missing,
    refuse=refuse,
    check=check,
    section=section,
    values=values,
    screen=screen,
    meaning=lambda column: MEANINGS.get(column, ""),
)
