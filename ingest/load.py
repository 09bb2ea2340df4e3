"""Load checked tables into a graph store: in batches, resumable, verified by count and sum."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import duckdb
import pandas as pd
import pyarrow as pa

from ..core.errors import InputError, StoreError, TotalsError
from ..graph.aggregate import rounding
from ..graph.ask import ask
from ..graph.schema import RESULT_PROPERTIES, UNMAPPED
from ..graph.store import Batch, Counted, GraphStore, edge_type, node_type
from . import sql
from .counted import count_what_counts
from .stage import Progress
from .study import Study

__all__ = ["BATCH_ROWS", "Item", "batches", "load", "load_items", "plan", "register"]

#: Edges of one batch: few enough to hold in memory (about 60 bytes each), and many, because each
#: further batch of a kind is slower than the one before (the embedded store rewrites its lists).
BATCH_ROWS = 20_000_000


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


def load(
    con: duckdb.DuckDBPyConnection,
    study: Study,
    store: GraphStore,
    fingerprint: str,
    *,
    industries: pd.DataFrame,
    maps: pd.DataFrame,
    progress: Progress = lambda what, share: None,
    batch_rows: int = BATCH_ROWS,
    replace: bool = False,
    rebuild: bool = False,
) -> list[str]:
    """Bring a store to hold exactly a study's tables.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the views ``ok_NAME``.
    study : Study
        The study.
    store : GraphStore
        Where to; batches of this fingerprint that are in are not loaded again, anything that
        another fingerprint left is cleared first.
    fingerprint : str
        Names the content: hashes of inputs and of the choices that shape the tables.
    industries : DataFrame, columns ``key``, ``classification``, ``code``, ``name``
        Industry nodes, residuals included.
    maps : DataFrame, columns ``from``, ``to``, ``weight``
        Concordance edges between industry keys.
    progress : callable, optional
        Called with the kind and the share done.
    batch_rows : int
        Edges of one batch.
    replace : bool
        Whether the graph may be replaced though nobody asked for it: that of another study, or
        one that no longer holds what was loaded.
    rebuild : bool
        Make the graph anew in any case.

    Returns
    -------
    list of str
        What the user should know: that the graph held something else, say.

    Raises
    ------
    InputError
        If the store holds the graph of another study, and ``replace`` does not allow it to go.
    StoreError
        If what an earlier run loaded was changed since, and ``replace`` does not allow it to go.
    TotalsError
        If after loading the store does not hold what the tables hold.
    """
    register(con, study, industries, maps)
    store.prepare()
    notes = []
    if not replace:
        _require_same_study(store, study)
    noted = store.batches()
    other = any(not id.startswith(fingerprint) for id in noted)
    if other or (rebuild and noted):
        store.clear()
        noted = {}
        notes.append(
            "The graph held other input; it was made anew." if other else "The graph was made anew."
        )
    items = plan(study)
    load_items(con, items, fingerprint, store.load, progress, batch_rows)
    wrong = _differences(con, store, items)
    if wrong and noted:
        # A half of this load survived from an earlier run, but not as it was noted: start over.
        if not replace:
            raise StoreError(
                f"{store.url} does not hold what was loaded into it: {'; '.join(wrong)}. Somebody "
                "has changed our nodes, or relationships of our types between them; mend it, or "
                "make the graph anew with --rebuild."
            )
        store.clear()
        notes.append("The graph of an earlier run was damaged; it was made anew.")
        load_items(con, items, fingerprint, store.load, progress, batch_rows)
        wrong = _differences(con, store, items)
    if wrong:
        raise TotalsError(f"the graph does not hold what was loaded: {'; '.join(wrong)}.")
    return notes


def _require_same_study(store: GraphStore, study: Study) -> None:
    """Refuse to displace a graph that somebody else may work with."""
    for held in ask(store, "study_of_the_graph")["name"].to_pylist():
        if held != study.about.name:
            raise InputError(
                f"{store.url} holds the graph of the study {held!r}, which loading "
                f"{study.about.name!r} would remove; name another store, or say --rebuild if it "
                "may go."
            )


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


def load_items(
    con: duckdb.DuckDBPyConnection,
    items: list[Item],
    fingerprint: str,
    take: Callable[[Batch, Callable[[float], None]], object],
    progress: Progress,
    batch_rows: int = BATCH_ROWS,
) -> None:
    """Hand every batch of a plan, in its order, to whoever takes it: a store's ``load``, say."""
    for number, item in enumerate(items):

        def show(share: float, at: int = number, label: str = item.label) -> None:
            progress(label, (at + share) / len(items))

        show(0.0)
        for batch in batches(con, item, fingerprint, batch_rows):
            take(batch, show)
    progress("", 1.0)


def batches(
    con: duckdb.DuckDBPyConnection, item: Item, fingerprint: str, batch_rows: int = BATCH_ROWS
) -> Iterator[Batch]:
    """Yield what an item puts into the graph: the same batches whatever the store.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the tables, see :func:`plan`.
    item : Item
        One of the plan.
    fingerprint : str
        Begins the batches' ids.
    batch_rows : int
        Edges of a batch.

    Yields
    ------
    Batch
    """
    # Nodes come in one batch: a store may take them only into an empty table.
    rows = batch_rows if item.ends else None
    for part, table in enumerate(_tables(con, item.select, rows)):
        id = f"{fingerprint}:{item.label}:{part}"
        yield Batch(id, item.kind, _cast(item, table), item.ends, item.measure)


def _tables(con: duckdb.DuckDBPyConnection, select: str, rows: int | None) -> Iterator[pa.Table]:
    """Yield the result in tables of ``rows`` rows, or in one."""
    reader = con.sql(select).to_arrow_reader(100_000)
    held: list[pa.RecordBatch] = []
    count = 0
    for batch in reader:
        held.append(batch)
        count += batch.num_rows
        while rows is not None and count >= rows:
            table = pa.Table.from_batches(held)
            yield table.slice(0, rows)
            rest = table.slice(rows)
            held, count = rest.to_batches(), rest.num_rows
    if held or rows is None:
        yield pa.Table.from_batches(held, schema=reader.schema)


def _cast(item: Item, table: pa.Table) -> pa.Table:
    """Give every column the type that the schema declares, and refuse a forgotten one."""
    types = {"string": pa.string(), "integer": pa.int64(), "float": pa.float64()}
    node = node_type(item.kind)
    properties = node.properties if node else edge_type(item.kind).properties
    fields = [] if node else [pa.field("from", pa.string()), pa.field("to", pa.string())]
    fields += [pa.field(each.name, types[each.type]) for each in properties]
    for field in fields:
        if node and field.name in RESULT_PROPERTIES and field.name not in table.column_names:
            table = table.append_column(
                field, pa.nulls(table.num_rows, field.type)
            )  # of no run yet
    return table.select([field.name for field in fields]).cast(pa.schema(fields))


def _differences(con: duckdb.DuckDBPyConnection, store: GraphStore, items: list[Item]) -> list[str]:
    """Compare the store with the tables, by count and by sum."""
    wrong = []
    for item in items:
        measure = f"coalesce(fsum({item.measure}), 0.0)" if item.measure else "0.0"
        row = sql.one(con, f"SELECT count(*), {measure} FROM ({item.select})")
        wanted = Counted(int(row[0]), float(row[1]))
        held = store.count(item.kind, item.ends, item.measure)
        tolerance = rounding(wanted.rows) * abs(wanted.total)
        if held.rows != wanted.rows or abs(held.total - wanted.total) > tolerance:
            wrong.append(
                f"{item.label}: {wanted.rows} rows adding to {wanted.total:.15g} were to be "
                f"loaded, the graph holds {held.rows} adding to {held.total:.15g}"
            )
    if any(item.kind == "IN_INDUSTRY" for item in items):
        stray = ask(store, "firms_off_their_industry")["firms"][0].as_py()
        if stray:
            wrong.append(f"{stray} firms have another industry as property than as edge")
    return wrong
