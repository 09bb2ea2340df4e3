"""Borders: what of the spillovers stays in a country, and what crosses a border."""

from __future__ import annotations

from ...runs.capability import Capability, Options
from .. import QUESTIONS
from ._compute import check, compute, missing
from ._section import section
from ._tables import MEANINGS, scores, tables

__all__ = ["CAPABILITY"]

CAPABILITY = Capability(
    "borders",
    QUESTIONS["borders"],
    Options,
    compute=compute,
    tables=tables,
    missing=missing,
    check=check,
    section=section,
    scores=scores,
    meaning=lambda column: MEANINGS.get(column, ""),
)
