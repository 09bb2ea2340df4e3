"""ψ in depth: losses, modes, strong paths, other choices behind W, intervals and chance."""

from __future__ import annotations

from ...runs.capability import Capability
from .. import QUESTIONS
from ._compute import compute, refuse
from ._meaning import meaning
from ._options import PsiOptions
from ._screen import screen
from ._section import overview, section
from ._tables import lost, tables
from ._values import values

__all__ = ["CAPABILITY"]

CAPABILITY = Capability(
    "psi",
    QUESTIONS["psi"],
    PsiOptions,
    compute=compute,
    tables=tables,
    refuse=refuse,
    values=values,
    matrices=lost,
    section=section,
    overview=overview,
    screen=screen,
    meaning=meaning,
    figures="figures",
)
