"""Growth accounting: what of a sector's growth is its own progress, and what comes from others."""

from __future__ import annotations

from ...runs.capability import Capability
from .. import QUESTIONS
from ._compute import GrowthOptions, check, compute, missing, refuse
from ._section import screen, section
from ._tables import meaning, scores, tables

__all__ = ["CAPABILITY"]

CAPABILITY = Capability(
    "growth",
    QUESTIONS["growth"],
    GrowthOptions,
    compute=compute,
    tables=tables,
    missing=missing,
    refuse=refuse,
    check=check,
    section=section,
    screen=screen,
    scores=scores,
    meaning=meaning,
)
