"""Coagglomeration: which industries crowd around which, and what do they find there?"""

from __future__ import annotations

from ...runs.capability import Capability
from .. import QUESTIONS
from ._compute import check, compute, missing, refuse
from ._graph import graph
from ._options import CoagglomerationOptions
from ._section import screen, section
from ._tables import MEANINGS, parquet, tables, values

__all__ = ["CAPABILITY"]

CAPABILITY = Capability(
    "coagglomeration",
    QUESTIONS["coagglomeration"],
    CoagglomerationOptions,
    compute=compute,
    tables=tables,
    missing=missing,
    refuse=refuse,
    check=check,
    section=section,
    values=values,
    parquet=parquet,
    screen=screen,
    graph=graph,
    of_networks=False,
    meaning=lambda column: MEANINGS.get(column, ""),
)
