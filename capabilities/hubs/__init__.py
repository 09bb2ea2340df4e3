"""Hubs: the measures of every sector in W, S and ψ, in the files, on the page and in the graph."""

from __future__ import annotations

from ...runs.capability import Capability
from .. import QUESTIONS
from ._compute import compute, scores, tables
from ._meaning import meaning
from ._options import PLAIN, HubOptions, refuse
from ._screen import screen
from ._section import section
from ._values import values

__all__ = ["CAPABILITY"]

CAPABILITY = Capability(
    "hubs",
    QUESTIONS["hubs"],
    HubOptions,
    compute=compute,
    tables=tables,
    refuse=refuse,
    section=section,
    screen=screen,
    meaning=meaning,
    scores=scores,
    values=values,
    always=True,
    plain=PLAIN,
)
