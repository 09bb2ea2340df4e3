"""Comovement: does R&D move with output within industries or across them, and who carries it?"""

from __future__ import annotations

from ...runs.capability import Capability
from .. import QUESTIONS
from ._compute import ComovementOptions, check, compute, missing
from ._section import screen, section
from ._tables import MEANINGS, tables, values

__all__ = ["CAPABILITY"]

CAPABILITY = Capability(
    "comovement",
    QUESTIONS["comovement"],
    ComovementOptions,
    compute=compute,
    tables=tables,
    missing=missing,
    check=check,
    section=section,
    values=values,
    screen=screen,
    of_networks=False,
    meaning=lambda column: MEANINGS.get(column, ""),
)
