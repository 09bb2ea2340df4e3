"""What a study's tables put into the graph: kinds of nodes and edges, each with its SELECT."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import pandas as pd
import pyarrow as pa

from ..graph.schema import UNMAPPED
from . import sql
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
    items = [
        Item("Study", f"SELECT {name} AS name, {target} AS target"),
        Item("Industry", "SELECT * FROM industry_nodes"),
    ]
    firm_edges = _firm_edges(study) if study.has("firms") else []
    if study.has("firms"):
        for kind, column in (("Region", "region"), ("Country", "country")):
            select = f"SELECT DISTINCT {column} AS id FROM ok_firms WHERE {column} IS NOT NULL"
            items.append(Item(kind, f"{select} ORDER BY 1"))
        items.append(
            Item(
                "Firm",
                f"SELECT id, name, coalesce(industry, '{UNMAPPED}') AS industry, region, country, "
                "lat, lon, size FROM shown_firms",
            )
        )
    if study.has("patents"):
        items.append(Item("Patent", _patents(study)))
    items.append(
        Item(
            "MAPS_TO",
            'SELECT "from", "to", weight FROM maps_to',
            ("Industry", "Industry"),
            "weight",
        )
    )
    return items + firm_edges + _flow_edges(study)


def _firm_edges(study: Study) -> list[Item]:
    industry = f"{_prefix(study)} || coalesce(industry, '{UNMAPPED}')"
    return [
        Item(
            "IN_INDUSTRY",
            f'SELECT id AS "from", {industry} AS "to" FROM shown_firms',
            ("Firm", "Industry"),
        ),
        Item(
            "IN_REGION",
            'SELECT id AS "from", region AS "to" FROM ok_firms WHERE region IS NOT NULL',
            ("Firm", "Region"),
        ),
        Item(
            "IN_COUNTRY",
            'SELECT id AS "from", country AS "to" FROM ok_firms WHERE country IS NOT NULL',
            ("Firm", "Country"),
        ),
    ]


def _prefix(study: Study) -> str:
    return sql.text(study.fine_of_firms + ":")


def _shown_firms(study: Study) -> str:
    """Return the firms, each with one industry: of several the largest in the last year."""
    if not study.has("firm_industries"):
        return "SELECT * FROM ok_firms"
    return (
        "SELECT f.* REPLACE (m.industry AS industry) FROM ok_firms AS f LEFT JOIN ("
        "SELECT firm, arg_min(industry, (-share, industry)) AS industry FROM firm_in "
        f"WHERE {study.years.last} BETWEEN first AND last GROUP BY firm) AS m ON m.firm = f.id"
    )


def _shown_patents(study: Study) -> str:
    """Return the patents, each with one owner: of several the largest in the patent's year."""
    if not study.has_shares:
        return "SELECT * FROM ok_patents"
    return (
        "SELECT p.* REPLACE (m.firm AS firm) FROM ok_patents AS p LEFT JOIN ("
        "SELECT patent, arg_min(firm, (-share, firm)) AS firm FROM (SELECT h.patent, h.firm, "
        "sum(h.share) AS share FROM patent_held AS h JOIN ok_patents AS q ON q.id = h.patent "
        "WHERE h.firm <> '' AND q.year BETWEEN h.first AND h.last GROUP BY ALL) GROUP BY patent"
        ") AS m ON m.patent = p.id"
    )


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


def _patents(study: Study) -> str:
    known = (
        f"SELECT p.id, coalesce(p.firm, '') AS firm, coalesce(f.industry, '{UNMAPPED}') AS "
        "industry, p.year, p.quality FROM shown_patents AS p "
        "LEFT JOIN shown_firms AS f ON f.id = p.firm"
    )
    if not study.has("patent_citations"):
        return known
    # Patents that are only cited: unmatched = "keep" lets them in, without year or owner.
    return (
        f"{known} UNION ALL SELECT DISTINCT cited, '', '{UNMAPPED}', NULL, NULL "
        "FROM counted_patent_citations WHERE cited NOT IN (SELECT id FROM ok_patents)"
    )


def _flow_edges(study: Study) -> list[Item]:
    items = _share_edges(study) if study.has_shares else []
    if study.has("patents"):
        select = 'SELECT firm AS "from", id AS "to" FROM shown_patents WHERE firm IS NOT NULL'
        items.append(Item("OWNS", select, ("Firm", "Patent")))
    if study.has("patent_citations"):
        fractional = study.options.citation_weight == "fractional"
        count = "1.0 / count(*) OVER (PARTITION BY c.citing)" if fractional else "1.0::DOUBLE"
        items.append(
            Item(
                "CITES",
                f'SELECT c.citing AS "from", c.cited AS "to", p.year, {count} AS count, '
                "'patent_citations' AS origin FROM counted_patent_citations AS c "
                "JOIN ok_patents AS p ON p.id = c.citing ORDER BY 1, 2",
                ("Patent", "Patent"),
                "count",
            )
        )
    if study.has("firm_citations"):
        items.append(
            Item(
                "CITES",
                'SELECT citing AS "from", cited AS "to", year, count, '
                "'firm_citations' AS origin FROM counted_firm_citations WHERE count <> 0",
                ("Firm", "Firm"),
                "count",
            )
        )
    if study.has("trade_links"):
        items.append(
            Item(
                "SUPPLIES",
                'SELECT supplier AS "from", buyer AS "to", year, value '
                "FROM counted_trade_links WHERE value <> 0",
                ("Firm", "Firm"),
                "value",
            )
        )
    return items


def register(
    con: duckdb.DuckDBPyConnection, study: Study, industries: pd.DataFrame, maps: pd.DataFrame
) -> None:
    """Give a connection what :func:`plan` reads beside the tables ``ok_NAME``."""
    count_what_counts(con, study)
    if study.has("firms"):
        con.execute(f"CREATE OR REPLACE TEMP VIEW shown_firms AS {_shown_firms(study)}")
    if study.has("patents"):
        con.execute(f"CREATE OR REPLACE TEMP VIEW shown_patents AS {_shown_patents(study)}")
    con.register("industry_nodes", pa.Table.from_pandas(industries, preserve_index=False))
    con.register("maps_to", pa.Table.from_pandas(maps, preserve_index=False))
