"""Levels of sectors over time."""

from __future__ import annotations

from ..declared import Column, Table
from .columns import CLASSIFIED, amount, code, level

__all__ = ["PANELS"]

PANELS: tuple[Table, ...] = (
    Table(
        "productivity",
        "Productivity or real output of sectors over time, for growth accounting",
        (
            code("industry", "sector"),
            Column("year", "year", "year of the level", "year", required=True, within=False),
            level("tfp", "total factor productivity, of gross output"),
            level("output", "real gross output"),
        ),
        ("industry", "year"),
        tags=CLASSIFIED,
        whole=True,
        levels=True,
    ),
    Table(
        "industry_panel",
        "R&D and output of sectors over time, for comovement",
        (
            code("industry", "sector"),
            Column("year", "year", "year of the row", "year", required=True, within=False),
            amount("rd", "real R&D, empty where it is suppressed; or its growth", "any"),
            amount("rd_total", "R&D of all sources, whose growth fills gaps in rd", "any"),
            amount("output", "real output, e.g. value added; or its growth", "any"),
            amount("rd_share", "share in the year's R&D; default: from rd", "share", minimum=0),
            amount("output_share", "share in output; default: from output", "share", minimum=0),
            Column("group", "string", "coarser group, the same in all years of a sector"),
        ),
        ("industry", "year"),
        tags=CLASSIFIED,
        whole=True,
        levels=True,
        alone=True,
    ),
)
