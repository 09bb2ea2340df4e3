"""What a study's tables put into the graph: kinds of nodes and edges, each with its SELECT."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa

from ..graph.schema import UNMAPPED
from . import sql
from .contract import Table
from .counted import count_what_counts
from .study import Study

__all__ = ["Item", "plan", "register"]


@dataclass(frozen=True, slots=True)
class Item:
    """One kind of node or edge to load: what it is, and the SELECT that yields it."""

    kind: str
    select: str
    ends: tuple[str, str] | None = None
    measure: str | None = None
    #: The table whose rows these are, one an edge, where nobody owns the firms of another.
    table: Table | None = None
    #: Its rows as they were written with numbers for texts, if they were.
    coded: Path | None = None

    @property
    def label(self) -> str:
        """Name for messages and batch ids, e.g. ``CITES Firm-Firm``."""
        return self.kind if self.ends is None else f"{self.kind} {self.ends[0]}-{self.ends[1]}"


def plan(study: Study) -> list[Item]:
    """Return what a study's tables put into the graph: nodes first, then edges.

    Parameters
    ----------
    study : Study
        The study; its tables are read from the views that :func:`register` makes.

    Returns
    -------
    list of Item
    """
    # The study comes first: whoever finds half a graph knows whose it is.
    name, target = sql.text(study.about.name), sql.text(study.about.target)
    keep = sql.text("firms" if study.keeps_firms else "industries")
    items = [Item("Study", f"SELECT {name} AS name, {target} AS target, {keep} AS keep")]
    kinds = {"Industry", "MAPS_TO"}  # data may name industries that no list does
    if study.keeps_firms:
        kinds |= study.loads
    if study.keeps_firms and study.has_shares:
        kinds.add("BELONGS_TO")
    for kind, items_of in _ITEMS.items():
        items += items_of(study) if kind in kinds else []
    return items


# -- nodes ---------------------------------------------------------------------------------------


def _industries(study: Study) -> list[Item]:
    return [Item("Industry", "SELECT * FROM industry_nodes")]


def _regions(study: Study) -> list[Item]:
    return [Item("Region", _named_by_firms("region"))]


def _countries(study: Study) -> list[Item]:
    return [Item("Country", _named_by_firms("country"))]


def _named_by_firms(column: str) -> str:
    return f"SELECT DISTINCT {column} AS id FROM ok_firms WHERE {column} IS NOT NULL ORDER BY 1"


def _firms(study: Study) -> list[Item]:
    select = (
        f"SELECT id, name, coalesce(industry, '{UNMAPPED}') AS industry, region, country, "
        "lat, lon, size FROM shown_firms"
    )
    return [Item("Firm", select)]


def _patents(study: Study) -> list[Item]:
    known = (
        f"SELECT p.id, coalesce(p.firm, '') AS firm, coalesce(f.industry, '{UNMAPPED}') AS "
        "industry, p.year, p.quality FROM shown_patents AS p "
        "LEFT JOIN shown_firms AS f ON f.id = p.firm"
    )
    if not study.has("patent_citations"):
        return [Item("Patent", known)]
    # Patents that are only cited: unmatched = "keep" lets them in, without year or owner.
    cited = (
        f"SELECT DISTINCT cited, '', '{UNMAPPED}', NULL, NULL "
        "FROM counted_patent_citations WHERE cited NOT IN (SELECT id FROM ok_patents)"
    )
    return [Item("Patent", f"{known} UNION ALL {cited}")]


# -- edges ---------------------------------------------------------------------------------------


def _maps(study: Study) -> list[Item]:
    select = 'SELECT "from", "to", weight FROM maps_to'
    return [Item("MAPS_TO", select, ("Industry", "Industry"), "weight")]


def _in_industry(study: Study) -> list[Item]:
    industry = f"{_prefix(study)} || coalesce(industry, '{UNMAPPED}')"
    select = f'SELECT id AS "from", {industry} AS "to" FROM shown_firms'
    return [Item("IN_INDUSTRY", select, ("Firm", "Industry"))]


def _in_region(study: Study) -> list[Item]:
    return [Item("IN_REGION", _of_firms("region"), ("Firm", "Region"))]


def _in_country(study: Study) -> list[Item]:
    return [Item("IN_COUNTRY", _of_firms("country"), ("Firm", "Country"))]


def _of_firms(column: str) -> str:
    return f'SELECT id AS "from", {column} AS "to" FROM ok_firms WHERE {column} IS NOT NULL'


def _prefix(study: Study) -> str:
    return sql.text(study.fine_of_firms + ":")


def _share_edges(study: Study) -> list[Item]:
    """Return owners and industries by share and year, for sums that go through them."""
    span = "share, first AS first_year, last AS last_year"
    industry = f'{_prefix(study)} || industry AS "to"'
    items = [
        Item(
            "BELONGS_TO",
            f'SELECT firm AS "from", {industry}, {span}, 1.0 AS owned FROM firm_in ORDER BY ALL',
            ("Firm", "Industry"),
            "share",
        )
    ]
    if study.has("patents"):
        items += [
            Item(
                "HOLDS",
                f'SELECT firm AS "from", patent AS "to", {span} FROM patent_held '
                "WHERE firm <> '' ORDER BY ALL",
                ("Firm", "Patent"),
                "share",
            ),
            Item(
                "BELONGS_TO",
                f'SELECT patent AS "from", {industry}, {span}, owned FROM patent_in ORDER BY ALL',
                ("Patent", "Industry"),
                "share",
            ),
        ]
    return items


def _ownership(study: Study) -> list[Item]:
    select = 'SELECT firm AS "from", id AS "to" FROM shown_patents WHERE firm IS NOT NULL'
    return [Item("OWNS", select, ("Firm", "Patent"))]


def _citations(study: Study) -> list[Item]:
    return _flows(study, "CITES")


def _deliveries(study: Study) -> list[Item]:
    return _flows(study, "SUPPLIES")


def _flows(study: Study, kind: str) -> list[Item]:
    """Return the flows of one kind between firms, or between patents, as they are declared."""
    return [
        _between_patents(study, kind, table)
        if table.between == "patents"
        else _between_firms(study, kind, table)
        for table in study.tables
        if kind in table.loads
    ]


def _between_patents(study: Study, kind: str, table: Table) -> Item:
    fractional = study.options.citation_weight == "fractional"
    count = "1.0 / count(*) OVER (PARTITION BY c.citing)" if fractional else "1.0::DOUBLE"
    select = (
        f'SELECT c.citing AS "from", c.cited AS "to", p.year, {count} AS count '
        f"FROM counted_{table.name} AS c "
        "JOIN ok_patents AS p ON p.id = c.citing ORDER BY 1, 2"
    )
    return Item(kind, select, ("Patent", "Patent"), "count")


def _between_firms(study: Study, kind: str, table: Table) -> Item:
    (one, other), measure = table.key[:2], table.measure
    select = (
        f'SELECT {one} AS "from", {other} AS "to", year, {measure} '
        f"FROM counted_{table.name} WHERE {measure} <> 0"
    )
    own = None if study.has("ownership") else table
    return Item(kind, select, ("Firm", "Firm"), measure, own)


#: By kind what yields it, in the order of the load: nodes come before the edges that join them.
_ITEMS: dict[str, Callable[[Study], list[Item]]] = {
    "Industry": _industries,
    "Region": _regions,
    "Country": _countries,
    "Firm": _firms,
    "Patent": _patents,
    "MAPS_TO": _maps,
    "IN_INDUSTRY": _in_industry,
    "IN_REGION": _in_region,
    "IN_COUNTRY": _in_country,
    "BELONGS_TO": _share_edges,  # and HOLDS, of patents
    "OWNS": _ownership,
    "CITES": _citations,
    "SUPPLIES": _deliveries,
}


# -- what the SELECTs read -----------------------------------------------------------------------


def register(
    con: duckdb.DuckDBPyConnection, study: Study, industries: pd.DataFrame, maps: pd.DataFrame
) -> None:
    """Give a connection what :func:`plan` reads beside the tables ``ok_NAME``."""
    count_what_counts(con, study)
    con.register("industry_nodes", pa.Table.from_pandas(industries, preserve_index=False))
    con.register("maps_to", pa.Table.from_pandas(maps, preserve_index=False))
