"""Lists of industries, and maps between classifications."""

from __future__ import annotations

from ...graph.schema import UNMAPPED
from ..declared import Column, Table
from .columns import CLASSIFIED

__all__ = ["CODES"]

CODES: tuple[Table, ...] = (
    Table(
        "industries",
        "Industries of a classification, in the order in which matrices show them",
        (
            Column("code", "string", "code", required=True, label=True, reserved=UNMAPPED),
            Column("name", "string", "name"),
            Column("country", "string", "country, in tables of several", texts=("NA",)),
        ),
        ("code",),
        tags=CLASSIFIED,
        whole=True,
        lists=True,
        loads=("Industry",),
    ),
    Table(
        "concordance",
        "Weighted map from one classification to another",
        (
            Column(
                "from",
                "string",
                "code that is mapped",
                required=True,
                code="from_classification",
                reserved=UNMAPPED,
            ),
            Column(
                "to",
                "string",
                "code that it is mapped to",
                required=True,
                code="to_classification",
            ),
            Column(
                "weight",
                "float",
                "share of the code that goes there; without it a code is split equally",
                "share",
                minimum=0,
                strict=True,
                absent="a code is split equally",
            ),
        ),
        ("from", "to"),
        tags=("from_classification", "to_classification"),
        sums=("weight",),
        whole=True,
        lists=True,
        loads=("Industry", "MAPS_TO"),
        accounts=True,
    ),
)
