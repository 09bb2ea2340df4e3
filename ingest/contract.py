"""The input tables, declared once: reading, checking and the manual all follow this file."""

from __future__ import annotations

from ..core.errors import StudyError, nearest
from ..graph.schema import UNMAPPED
from .declared import Column, Table

__all__ = ["LIST", "SEVERAL", "TABLES", "Column", "Table", "flow_tables", "table"]


def _year(meaning: str) -> Column:
    return Column("year", "year", meaning, "year", required=True)


def _date(name: str, meaning: str, *, within: bool = False, absent: str = "") -> Column:
    return Column(name, "year", meaning, "year", within=within, strict=True, absent=absent)


def _share(meaning: str, absent: str) -> Column:
    about = f"{meaning}; without it {absent}"
    return Column("share", "float", about, "share", minimum=0, strict=True, absent=absent)


def _count(meaning: str) -> Column:
    absent = "every row counts as one"
    return Column("count", "float", meaning, "citations", minimum=0, absent=absent)


def _code(name: str, meaning: str) -> Column:
    return Column(name, "string", meaning, required=True, code="classification", reserved=UNMAPPED)


def _label(name: str, meaning: str) -> Column:
    return Column(name, "string", meaning, required=True, label=True)


def _latitude() -> Column:
    return Column("lat", "float", "latitude", "degrees", minimum=-90, maximum=90, pair="lon")


def _longitude() -> Column:
    return Column("lon", "float", "longitude", "degrees", minimum=-180, maximum=180, pair="lat")


def _money(name: str, meaning: str, *, required: bool, minimum: float | None = 0) -> Column:
    return Column(name, "float", meaning, "study's money unit", required, minimum)


def _level(name: str, meaning: str) -> Column:
    return Column(name, "float", meaning, "any, or an index", strict=True, positive=True)


def _amount(name: str, meaning: str, unit: str, minimum: float | None = None) -> Column:
    return Column(name, "float", meaning, unit, minimum=minimum, strict=True)


_CLASSIFIED = ("classification",)

TABLES: tuple[Table, ...] = (
    Table(
        "industries",
        "Industries of a classification, in the order in which matrices show them",
        (
            Column("code", "string", "code", required=True, label=True, reserved=UNMAPPED),
            Column("name", "string", "name"),
            Column("country", "string", "country, in tables of several", texts=("NA",)),
        ),
        ("code",),
        tags=_CLASSIFIED,
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
            _latitude(),
            _longitude(),
            Column("size", "float", "size, e.g. employment", "study's unit", minimum=0),
        ),
        ("id",),
        tags=_CLASSIFIED,
        loads=("Region", "Country", "Firm", "IN_INDUSTRY", "IN_REGION", "IN_COUNTRY"),
        accounts=True,
    ),
    Table(
        "patents",
        "Patents with their owner",
        (
            Column("id", "string", "patent number", required=True),
            Column("firm", "string", "owner; may be empty", refers="firms", keep=True),
            _year("year of filing or grant; it dates the citations that the patent makes"),
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
            _share("share of the patent", "the owners of a patent have equal shares"),
            _date("first_year", "year from which these are the owners; empty: from the beginning"),
        ),
        ("patent", "firm", "first_year"),
        loads=("HOLDS",),
    ),
    Table(
        "firm_industries",
        "Industries of firms that have several, or that change them",
        (
            Column("firm", "string", "firm", required=True, refers="firms"),
            _code("industry", "industry code"),
            _share("share of the firm", "its industries have equal shares"),
            _date("year", "year of which the row tells", absent="a row holds for all years"),
            _date("first_year", "instead of year: first year; empty: always before"),
            _date("last_year", "last year; empty: always after"),
        ),
        ("firm", "industry", "year"),
        tags=_CLASSIFIED,
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
            _date(
                "first_year", "first year; empty: always before", absent="it was always before, too"
            ),
            _date("last_year", "last year; empty: until the firm's next owner comes"),
            _share("share of the firm that is owned", "all of it is"),
        ),
        ("firm", "owner", "first_year"),
        loads=("HOLDS",),
    ),
    Table(
        "firm_citations",
        "Firm-to-firm patent citations",
        (
            Column("citing", "string", "citing firm", required=True, refers="firms"),
            Column("cited", "string", "cited firm", required=True, refers="firms"),
            _year("year of citing"),
            _count("citations; without the column every row is one"),
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
            _date("year", "year of the deliveries", within=True),
            _money("value", "value of the deliveries", required=True),
            _date("first_year", "instead of year: first year of a link that lasts"),
            _date("last_year", "its last year; empty: to the study's last"),
        ),
        ("supplier", "buyer", "year"),
        measure="value",
        either=("year", "first_year"),
        loads=("SUPPLIES",),
        network="trade",
        ends=("buyer", "supplier"),
        accounts=True,
    ),
    Table(
        "industry_citations",
        "Citations between industries, for users without firm data",
        (
            _code("citing", "citing industry"),
            _code("cited", "cited industry"),
            _year("year of citing"),
            _count("citations; without the column every row is one"),
        ),
        ("citing", "cited", "year"),
        measure="count",
        tags=_CLASSIFIED,
        loads=("INDUSTRY_CITES",),
        network="citations",
        ends=("citing", "cited"),
    ),
    Table(
        "io_flows",
        "Flows of intermediate goods between industries",
        (
            _code("supplier", "supplying industry"),
            _code("user", "using industry"),
            _year("year of the table"),
            _money("value", "value of the flow", required=True),
        ),
        ("supplier", "user", "year"),
        measure="value",
        tags=_CLASSIFIED,
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
            _code("industry", "industry"),
            _year("year of the table"),
            _money("gross_output", "gross output", required=True),
            _money("value_added", "value added", required=False, minimum=None),
            _money("final_demand", "final demand", required=False, minimum=None),
            _money("imports", "imported inputs", required=False, minimum=None),
            _money("exports", "part of final demand: exports", required=False, minimum=None),
            _money(
                "product_imports",
                "imports of the industry's product, a positive amount; where flows hold inputs "
                "from abroad, too",
                required=False,
                minimum=None,
            ),
            _money(
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
        tags=_CLASSIFIED,
        accounts=True,
        printed=True,
    ),
    Table(
        "final_use",
        "Final use of products by country, for value added in trade",
        (
            _code("industry", "industry whose product is used"),
            Column(
                "country",
                "string",
                "country of the final users, as table industries calls it",
                required=True,
                texts=("NA",),
            ),
            _year("year of the table"),
            _money(
                "value",
                "value used, finally; changes of stocks may be below 0",
                required=True,
                minimum=None,
            ),
        ),
        ("industry", "country", "year"),
        measure="value",
        tags=_CLASSIFIED,
        whole=True,
    ),
    Table(
        "capital_goods",
        "Capital goods: how long they last, for rental costs of capital",
        (
            Column("id", "string", "the capital good, as capital_flows calls it", required=True),
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
            _code("user", "industry that bought it"),
            _year("year of the purchase"),
            _money("value", "value bought", required=True),
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
        tags=_CLASSIFIED,
        whole=True,
    ),
    Table(
        "make",
        "Make table: which industry makes which commodity",
        (
            _code("industry", "making industry"),
            _label("commodity", "commodity made"),
            _year("year of the table"),
            _money(
                "value",
                "value made; official tables hold a few negative",
                required=True,
                minimum=None,
            ),
        ),
        ("industry", "commodity", "year"),
        measure="value",
        tags=_CLASSIFIED,
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
            _label("commodity", "commodity, or component of value added"),
            _label("user", "industry, or category of final use"),
            _year("year of the table"),
            _money("value", "value used", required=True, minimum=None),
        ),
        ("commodity", "user", "year"),
        measure="value",
        beside=("make",),
        loads=("INDUSTRY_SUPPLIES",),
        network="trade",
        part_of="make_use",
        accounts=True,
    ),
    Table(
        "productivity",
        "Productivity or real output of sectors over time, for growth accounting",
        (
            _code("industry", "sector"),
            Column("year", "year", "year of the level", "year", required=True, within=False),
            _level("tfp", "total factor productivity, of gross output"),
            _level("output", "real gross output"),
        ),
        ("industry", "year"),
        tags=_CLASSIFIED,
        whole=True,
        levels=True,
    ),
    Table(
        "industry_panel",
        "R&D and output of sectors over time, for comovement",
        (
            _code("industry", "sector"),
            Column("year", "year", "year of the row", "year", required=True, within=False),
            _amount("rd", "real R&D, empty where it is suppressed; or its growth", "any"),
            _amount("rd_total", "R&D of all sources, whose growth fills gaps in rd", "any"),
            _amount("output", "real output, e.g. value added; or its growth", "any"),
            _amount("rd_share", "share in the year's R&D; default: from rd", "share", minimum=0),
            _amount("output_share", "share in output; default: from output", "share", minimum=0),
            Column("group", "string", "coarser group, the same in all years of a sector"),
        ),
        ("industry", "year"),
        tags=_CLASSIFIED,
        whole=True,
        levels=True,
        alone=True,
    ),
    Table(
        "essential_inputs",
        "Which industries of firms cannot do without which inputs, for the systemic risk of firms",
        (
            _label("user", "using industry of firms; * is every one"),
            _label("supplier", "supplying industry of firms; * is every one"),
            Column("class", "string", "essential, non-essential or ignored", required=True),
        ),
        ("user", "supplier"),
        whole=True,
    ),
    Table(
        "establishment_patents",
        "Establishments' patents per year",
        (
            Column("establishment", "string", "identifier of the establishment", required=True),
            Column("firm", "string", "firm that it belongs to", refers="firms", keep=True),
            Column(
                "industry",
                "string",
                "industry code",
                code="classification",
                keep=True,
                reserved=UNMAPPED,
            ),
            Column("region", "string", "region"),
            _latitude(),
            _longitude(),
            _year("year"),
            Column("patents", "float", "patents", "patents", required=True, minimum=0),
        ),
        ("establishment", "year"),
        measure="patents",
        tags=_CLASSIFIED,
    ),
)

#: The table that lists the industries of a classification.
LIST = "industries"
#: Columns with one owner or industry, and the table that gives several of them with their shares.
SEVERAL = {("patents", "firm"): "patent_owners", ("firms", "industry"): "firm_industries"}


def table(name: str) -> Table:
    """Return the declaration of a table.

    Raises
    ------
    StudyError
        If there is no such table; the message names the nearest one.

    Examples
    --------
    >>> table("firm_citations").key
    ('citing', 'cited', 'year')
    """
    for declared in TABLES:
        if declared.name == name:
            return declared
    raise StudyError(
        f"no input table is called {name!r}. {nearest(name, (t.name for t in TABLES))}"
    )


def flow_tables(network: str) -> dict[str, Table]:
    """Return by the name of a flow the table that it is made of, the first one of several.

    Parameters
    ----------
    network : str
        ``citations`` or ``trade``.

    Examples
    --------
    >>> [*flow_tables("citations")]
    ['firm_citations', 'patent_citations', 'industry_citations']
    >>> [*flow_tables("trade")], flow_tables("trade")["make_use"].name
    (['trade_links', 'io_flows', 'make_use'], 'make')
    """
    tables: dict[str, Table] = {}
    for declared in TABLES:
        if declared.network == network:
            tables.setdefault(declared.origin, declared)
    return tables
