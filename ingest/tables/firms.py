"""Firms and their patents, who owns them, and what flows between them."""

from __future__ import annotations

from ...graph.schema import UNMAPPED
from ..declared import Column, Table
from .columns import CLASSIFIED, code, count, date, latitude, longitude, money, share, year

__all__ = ["FIRMS"]

FIRMS: tuple[Table, ...] = (
    Table(
        "firms",
        "Firm register",
        (
            Column("id", "string", "identifier that the other tables use", required=True),
            Column("name", "string", "name"),
            Column(
                "industry",
                "string",
                "industry code",
                code="classification",
                keep=True,
                reserved=UNMAPPED,
            ),
            Column("region", "string", "region of the headquarters"),
            Column("country", "string", "country of the headquarters", texts=("NA",)),
            latitude(),
            longitude(),
            Column("size", "float", "size, e.g. employment", "study's unit", minimum=0),
        ),
        ("id",),
        tags=CLASSIFIED,
        loads=("Region", "Country", "Firm", "IN_INDUSTRY", "IN_REGION", "IN_COUNTRY"),
        accounts=True,
    ),
    Table(
        "patents",
        "Patents with their owner",
        (
            Column("id", "string", "patent number", required=True),
            Column("firm", "string", "owner; may be empty", refers="firms", keep=True),
            year("year of filing or grant; it dates the citations that the patent makes"),
            Column("quality", "float", "quality or value", "study's unit", minimum=0),
        ),
        ("id",),
        beside=("firms",),
        loads=("Patent", "OWNS"),
    ),
    Table(
        "patent_owners",
        "Owners of patents that have several, with their shares",
        (
            Column("patent", "string", "patent", required=True, refers="patents"),
            Column("firm", "string", "owner; may be empty", refers="firms", keep=True),
            share("share of the patent", "the owners of a patent have equal shares"),
            date("first_year", "year from which these are the owners; empty: from the beginning"),
        ),
        ("patent", "firm", "first_year"),
        loads=("HOLDS",),
    ),
    Table(
        "firm_industries",
        "Industries of firms that have several, or that change them",
        (
            Column("firm", "string", "firm", required=True, refers="firms"),
            code("industry", "industry code"),
            share("share of the firm", "its industries have equal shares"),
            date("year", "year of which the row tells", absent="a row holds for all years"),
            date("first_year", "instead of year: first year; empty: always before"),
            date("last_year", "last year; empty: always after"),
        ),
        ("firm", "industry", "year"),
        tags=CLASSIFIED,
        loads=("BELONGS_TO",),
        accounts=True,
    ),
    Table(
        "ownership",
        "Firms that belong to other firms, from a year on",
        (
            Column("firm", "string", "firm that is owned", required=True, refers="firms"),
            Column(
                "owner",
                "string",
                "owner; the firm itself where it is on its own again",
                required=True,
                refers="firms",
                keep=True,
            ),
            date(
                "first_year", "first year; empty: always before", absent="it was always before, too"
            ),
            date("last_year", "last year; empty: until the firm's next owner comes"),
            share("share of the firm that is owned", "all of it is"),
        ),
        ("firm", "owner", "first_year"),
        blank=("first_year",),  # always before, and so says another
        loads=("HOLDS",),
    ),
    Table(
        "firm_citations",
        "Firm-to-firm patent citations",
        (
            Column("citing", "string", "citing firm", required=True, refers="firms"),
            Column("cited", "string", "cited firm", required=True, refers="firms"),
            year("year of citing"),
            count("citations; without the column every row is one"),
        ),
        ("citing", "cited", "year"),
        measure="count",
        loads=("CITES",),
        network="citations",
        ends=("citing", "cited"),
    ),
    Table(
        "patent_citations",
        "Patent-to-patent citations",
        (
            Column("citing", "string", "citing patent", required=True, refers="patents"),
            Column("cited", "string", "cited patent", required=True, refers="patents", keep=True),
        ),
        ("citing", "cited"),
        distinct=("citing", "cited"),
        uncounted="count",
        loads=("CITES",),
        network="citations",
        ends=("citing", "cited"),
    ),
    Table(
        "trade_links",
        "Firm-to-firm deliveries",
        (
            Column("supplier", "string", "supplying firm", required=True, refers="firms"),
            Column("buyer", "string", "buying firm", required=True, refers="firms"),
            date("year", "year of the deliveries", within=True),
            money("value", "value of the deliveries", required=True),
            date("first_year", "instead of year: first year of a link that lasts"),
            date("last_year", "its last year; empty: to the study's last"),
        ),
        ("supplier", "buyer", "year"),
        measure="value",
        either=("year", "first_year"),
        loads=("SUPPLIES",),
        network="trade",
        ends=("buyer", "supplier"),
        accounts=True,
    ),
)
