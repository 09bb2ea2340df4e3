"""Where establishments are."""

from __future__ import annotations

from ..declared import Column, Table
from .columns import CLASSIFIED, code, date, latitude, longitude

__all__ = ["SITES"]


def _km(name: str, meaning: str, pair: str) -> Column:
    return Column(name, "float", f"instead of degrees: {meaning}", "km", pair=pair)


def _sum(name: str, meaning: str, unit: str) -> Column:
    return Column(name, "float", meaning, unit, minimum=0)


SITES: tuple[Table, ...] = (
    Table(
        "establishments",
        "Establishments: where an industry is, for coagglomeration",
        (
            Column("establishment", "string", "identifier of the establishment", required=True),
            Column("firm", "string", "firm that it belongs to", refers="firms", keep=True),
            code("industry", "industry code"),
            Column("region", "string", "region in which sites are compared", required=True),
            date("year", "year of the row; empty: it holds in every year", within=True),
            latitude(),
            longitude(),
            _km("x", "distance to the east of any origin", "y"),
            _km("y", "distance to the north of it", "x"),
            _sum("employment", "employment", "study's unit"),
            _sum("output", "output, for pools of scale", "study's unit"),
            _sum("patents", "patents of the year", "patents"),
            _sum("patent_value", "quality or value of these patents", "study's unit"),
        ),
        ("establishment", "year"),
        tags=CLASSIFIED,
        pairs=(("lat", "lon"), ("x", "y")),
        blank=("year",),
        alone=True,
    ),
)
