"""Capital goods, and who bought them."""

from __future__ import annotations

from ..declared import Column, Table
from .columns import CLASSIFIED, code, money, year

__all__ = ["CAPITAL"]

CAPITAL: tuple[Table, ...] = (
    Table(
        "capital_goods",
        "Capital goods: how long they last, for rental costs of capital",
        (
            Column(
                "id",
                "string",
                "the capital good, as capital_flows calls it; perhaps the code of its maker",
                required=True,
            ),
            Column("life", "float", "service life", "years", required=True, positive=True),
            Column(
                "depreciation",
                "float",
                "what a stock of it loses a year",
                "share",
                required=True,
                minimum=0,
                maximum=1,
            ),
        ),
        ("id",),
        whole=True,
        beside=("capital_flows",),
    ),
    Table(
        "capital_flows",
        "Capital goods that industries bought, for rental costs of capital",
        (
            Column("good", "string", "capital good", required=True, refers="capital_goods"),
            code("user", "industry that bought it"),
            year("year of the purchase"),
            money("value", "value bought", required=True),
            Column(
                "growth",
                "float",
                "growth of the user's stock a year; without it capital_growth of [accounts]",
                "share",
                minimum=-1,
                maximum=1,
                strict=True,
                absent="capital_growth of [accounts] holds for all",
            ),
        ),
        ("good", "user", "year"),
        measure="value",
        tags=CLASSIFIED,
        whole=True,
    ),
)
