"""Hubs: the measures of every sector in W, S and ψ, in the files, on the page and in the graph."""

from __future__ import annotations

from ...runs.capability import Capability, Options
from .. import QUESTIONS
from ._compute import MEANINGS, compute, scores, tables
from ._screen import screen
from ._section import section

__all__ = ["CAPABILITY"]

CAPABILITY = Capability(
    "hubs",
    QUESTIONS["hubs"],
    Options,
    compute=compute,
    tables=tables,
    section=section,
    screen=screen,
    meaning=lambda column: MEANINGS.get(column, ""),
    scores=scores,
    always=True,
)
