"""The networks: who uses whose goods (S), and who learns from whom (W)."""

from __future__ import annotations

from ...runs.capability import Capability, Options
from .. import QUESTIONS
from ._compute import compute
from ._screen import screen
from ._section import overview, section
from ._tables import MEANINGS, tables

__all__ = ["CAPABILITY"]

CAPABILITY = Capability(
    "networks",
    QUESTIONS["networks"],
    Options,
    compute=compute,
    tables=tables,
    section=section,
    overview=overview,
    screen=screen,
    meaning=lambda column: MEANINGS.get(column, ""),
)
