"""Flows, output and final use of industries, and make and use tables."""

from __future__ import annotations

from ..declared import Column, Table
from .columns import CLASSIFIED, code, count, label, money, year

__all__ = ["INDUSTRIES"]

INDUSTRIES: tuple[Table, ...] = (
    Table(
        "industry_citations",
        "Citations between industries, for users without firm data",
        (
            code("citing", "citing industry"),
            code("cited", "cited industry"),
            year("year of citing"),
            count("citations; without the column every row is one"),
        ),
        ("citing", "cited", "year"),
        measure="count",
        tags=CLASSIFIED,
        loads=("INDUSTRY_CITES",),
        network="citations",
        ends=("citing", "cited"),
    ),
    Table(
        "io_flows",
        "Flows of intermediate goods between industries",
        (
            code("supplier", "supplying industry"),
            code("user", "using industry"),
            year("year of the table"),
            money("value", "value of the flow", required=True),
        ),
        ("supplier", "user", "year"),
        measure="value",
        tags=CLASSIFIED,
        loads=("INDUSTRY_SUPPLIES",),
        network="trade",
        ends=("user", "supplier"),
        accounts=True,
        signed=True,
    ),
    Table(
        "io_output",
        "Gross output, value added and final demand of industries",
        (
            code("industry", "industry"),
            year("year of the table"),
            money("gross_output", "gross output", required=True),
            money("value_added", "value added", required=False, minimum=None),
            money("final_demand", "final demand", required=False, minimum=None),
            money("imports", "imported inputs", required=False, minimum=None),
            money("exports", "part of final demand: exports", required=False, minimum=None),
            money(
                "product_imports",
                "imports of the industry's product, a positive amount; where flows hold inputs "
                "from abroad, too",
                required=False,
                minimum=None,
            ),
            money(
                "inventories",
                "part of final demand: net change of stocks of the industry's product",
                required=False,
                minimum=None,
            ),
        ),
        ("industry", "year"),
        measure="gross_output",
        sums=(
            "value_added",
            "final_demand",
            "imports",
            "exports",
            "product_imports",
            "inventories",
        ),
        tags=CLASSIFIED,
        accounts=True,
        printed=True,
    ),
    Table(
        "final_use",
        "Final use of products by country, for value added in trade",
        (
            code("industry", "industry whose product is used"),
            Column(
                "country",
                "string",
                "country of the final users, as table industries calls it",
                required=True,
                texts=("NA",),
            ),
            year("year of the table"),
            money(
                "value",
                "value used, finally; changes of stocks may be below 0",
                required=True,
                minimum=None,
            ),
        ),
        ("industry", "country", "year"),
        measure="value",
        tags=CLASSIFIED,
        whole=True,
    ),
    Table(
        "make",
        "Make table: which industry makes which commodity",
        (
            code("industry", "making industry"),
            label("commodity", "commodity made"),
            year("year of the table"),
            money(
                "value",
                "value made; official tables hold a few negative",
                required=True,
                minimum=None,
            ),
        ),
        ("industry", "commodity", "year"),
        measure="value",
        tags=CLASSIFIED,
        beside=("use",),
        loads=("INDUSTRY_SUPPLIES",),
        network="trade",
        part_of="make_use",
        accounts=True,
    ),
    Table(
        "use",
        "Use table: which industry or final user uses which commodity",
        (
            label("commodity", "commodity, or component of value added"),
            label("user", "industry, or category of final use"),
            year("year of the table"),
            money("value", "value used", required=True, minimum=None),
        ),
        ("commodity", "user", "year"),
        measure="value",
        beside=("make",),
        loads=("INDUSTRY_SUPPLIES",),
        network="trade",
        part_of="make_use",
        accounts=True,
    ),
)
