"""A tiny economy in plain tables, loaded into every store: ladybug in a file, Neo4j on a server.

Both are asked through their own libraries and not through our store classes: what is tested
here is the text of the queries.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ladybug
import neo4j
import pytest
from spillgraph.graph.schema import EDGES, NODES
from spillgraph.queries import for_neo4j, load_query

#: A firm's id, name and region that would empty the store if it were pasted into a statement.
EVIL = "x'}) DETACH DELETE n //"

Row = dict[str, Any]
Ask = Callable[..., list[tuple[Any, ...]]]


@dataclass
class Economy:
    """Tables of one economy; edges carry ``from`` and ``to`` besides their properties."""

    nodes: dict[str, list[Row]]
    edges: dict[tuple[str, str, str], list[Row]] = field(default_factory=dict)

    def firm(self, id: str) -> Row:
        return next(row for row in self.nodes["Firm"] if row["id"] == id)


def _rows(columns: str, *rows: tuple[Any, ...]) -> list[Row]:
    return [dict(zip(columns.split(), row, strict=True)) for row in rows]


def tiny() -> Economy:
    """Eight firms in three fine industries, two target sectors, three regions."""
    firms = _rows(
        "id name industry region country size",
        ("a1", "Alpha", "A", "North", "P", 10.0),
        ("a2", "Acme", "A", "South", "P", None),
        ("a3", "Lone", "A", "South", "P", 1.0),
        ("b1", "Beta", "B", "North", "P", 5.0),
        ("b2", None, "B", "South", "Q", 2.0),
        ("c1", "Gamma", "C", "North", "P", 3.0),
        (EVIL, EVIL, "C", EVIL, "Q", 4.0),
        ("u1", "Umbra", "unmapped", "South", "Q", None),
    )
    cites = _rows(
        "from to year count",
        ("a1", "a1", 2000, 4.0),
        ("a1", "b1", 2000, 3.0),
        ("a1", "b1", 2001, 2.0),
        ("a1", "c1", 2001, 5.0),
        ("a2", "a1", 2000, 1.0),
        ("a2", "b2", 2002, 6.0),
        ("b1", "a1", 2001, 2.0),
        ("b1", "b1", 2001, 8.0),
        ("b1", EVIL, 2002, 1.0),
        ("b2", "a1", 2002, 7.0),
        ("b2", "c1", 2000, 2.0),
        ("c1", "a2", 2001, 3.0),
        ("c1", "b1", 2002, 3.0),
        (EVIL, "a1", 2002, 1.0),
        (EVIL, EVIL, 2000, 2.0),
        ("u1", "a1", 2001, 1.0),
        ("b1", "u1", 2002, 2.0),
    )
    supplies = _rows(
        "from to year value",
        ("a1", "a1", 2000, 9.0),
        ("b1", "a1", 2000, 10.0),
        ("b1", "a1", 2001, 5.0),
        (EVIL, "a1", 2001, 4.0),
        ("a1", "b1", 2000, 20.0),
        ("c1", "b1", 2000, 6.0),
        ("c1", "b1", 2001, 1.0),
        ("c1", EVIL, 2001, 2.0),
        ("a2", EVIL, 2001, 8.0),
        (EVIL, EVIL, 2001, 7.0),
        ("b2", "c1", 2001, 3.0),
        ("u1", "b2", 2000, 1.0),
        ("a1", EVIL, 2000, 5.0),
    )
    patents = _rows(
        "id firm year",
        ("p1", "a1", 2000),
        ("p2", "a1", 2001),
        ("p3", "b1", 2001),
        ("p4", "", 2001),
        ("p5", "", None),
        ("p6", EVIL, 2002),
    )
    patent_cites = _rows(
        "from to year count",
        ("p2", "p1", 2001, 1.0),
        ("p3", "p1", 2001, 1.0),
        ("p4", "p1", 2001, 1.0),
        ("p6", "p1", 2002, 1.0),
        ("p6", "p3", 2002, 1.0),
        ("p3", "p5", 2001, 1.0),
        ("p4", "p5", 2001, 1.0),
        ("p6", "p2", 2002, 2.0),
        ("p2", "p2", 2001, 1.0),  # the input checks refuse it; the sums must hold all the same
    )
    shares = _rows(
        "from to weight",
        ("f:A", "t:X", 0.75),
        ("f:A", "t:Y", 0.25),
        ("f:B", "t:Y", 1.0),
        ("f:C", "t:X", 0.5),
        ("f:C", "t:unmapped", 0.5),
        ("f:unmapped", "t:unmapped", 1.0),
    )
    economy = _economy(firms, cites, supplies, patents, patent_cites, shares)
    _add_results(economy)
    return economy


def _add_results(economy: Economy) -> None:
    """What runs wrote back: r1 on the sectors, r2 on the fine industries, in made-up numbers."""
    economy.nodes["Study"] = _rows("name target", ("Tiny", "t"))
    economy.nodes["Run"] = _rows(
        "id study created classification choices version",
        ("r2", "Tiny", "2024-01-02 10:00 UTC", "f", "{}", "0.2.0"),
        ("r1", "Tiny", "2024-01-02 10:00 UTC", "t", "{}", "0.1.0"),
        (EVIL, EVIL, "2023-12-31 23:59 UTC", "t", "{}", "0.1.0"),
    )
    economy.edges["SCORES", "Run", "Industry"] = [
        row | {"run": row["from"]}
        for row in _rows(
            "from to year psi_in_strength psi_out_strength W_pagerank",
            ("r1", "t:X", 2001, 1.25, 1.5, 0.5),
            ("r1", "t:X", 2002, 1.5, 2.5, 0.25),
            ("r1", "t:Y", 2002, 3.0, 1.5, 0.75),
            ("r1", "t:Y", 2001, None, None, 0.5),  # a year without S has no ψ
            ("r2", "f:C", 2002, 2.0, 1.0, None),
            ("r2", "f:A", 2002, 2.0, 4.0, None),
            ("r2", "f:B", 2002, 1.0, 1.0, None),
            (EVIL, "t:X", 2002, 7.0, 8.0, 1.0),
        )
    ]
    columns = "from to run year weight"
    economy.edges["S", "Industry", "Industry"] = _rows(
        columns,
        ("f:C", "f:B", "r2", 2002, 0.5),
        ("f:C", "f:C", "r2", 2002, 0.25),
        ("f:C", "f:A", "r2", 2002, 0.125),
        ("f:B", "f:C", "r2", 2002, 0.375),
        ("f:C", "f:B", "r2", 2001, 0.75),
        ("f:C", "f:B", EVIL, 2002, 0.625),
    )
    economy.edges["W", "Industry", "Industry"] = _rows(
        columns,
        ("f:B", "f:A", "r2", 2002, 0.25),
        ("f:C", "f:A", "r2", 2002, 0.5),
        ("f:A", "f:B", "r2", 2002, 0.5),
        ("f:B", "f:A", "r2", 2001, 0.5),
        ("f:B", "f:A", EVIL, 2002, 1.0),
        ("f:C", "f:A", "r1", 2002, 0.875),
    )
    _add_coagglomeration(economy)


def _add_coagglomeration(economy: Economy) -> None:
    """Links of r2 with years, of r1 without; B crowds around A in the South, A around B in both."""
    economy.edges["COAGGLOMERATES", "Industry", "Industry"] = _rows(
        "from to run region year p phi",
        ("f:A", "f:B", "r2", "North", 2001, 0.01, 1),
        ("f:A", "f:B", "r2", "North", 2002, None, 1),
        ("f:A", "f:B", "r2", "South", 2001, 0.02, 1),
        ("f:A", "f:C", "r2", "North", 2001, 0.03, 1),
        ("f:C", "f:B", "r2", "North", 2001, 0.04, 1),
        ("f:B", "f:A", "r2", "South", 2002, 0.05, 1),
        ("f:C", "f:B", EVIL, EVIL, 2001, 0.01, 1),
        ("t:X", "t:Y", "r1", "North", None, None, 1),
        ("t:X", "t:Y", "r1", "South", None, 0.5, 1),
    )
    nodes = economy.nodes["IndustryRegion"] = _rows(
        "key run industry region year sites size quality employment output",
        ("r2:0", "r2", "A", "North", 2001, 8, 5.0, 1.0, 1.0, 30.0),
        ("r2:1", "r2", "B", "North", 2001, 4, 6.0, 1.5, None, 40.0),
        ("r2:2", "r2", "C", "North", 2001, 2, None, None, 3.0, None),
        ("r2:3", "r2", "B", "North", 2002, 5, 7.0, 2.5, 4.0, 50.0),
        ("r2:4", "r2", "C", "North", 2002, 3, 8.0, 3.5, 5.0, None),
        ("r2:5", "r2", "B", "South", 2001, 1, 2.0, 0.5, 6.0, 60.0),
        (f"{EVIL}:0", EVIL, "B", EVIL, 2001, 9, 9.0, 9.0, 9.0, 9.0),
        ("r1:0", "r1", "Y", "North", None, 6, 3.0, None, None, None),
        ("r1:1", "r1", "Y", "South", None, 7, 4.0, None, None, None),
    )
    economy.edges["OF_INDUSTRY", "IndustryRegion", "Industry"] = [
        {
            "from": row["key"],
            "to": f"{'t' if row['run'] == 'r1' else 'f'}:{row['industry']}",
            "run": row["run"],
        }
        for row in nodes
    ]


def drawn(seed: int) -> Economy:
    """A random economy with loops, years, split industries and firms of no industry."""
    draw = random.Random(seed)
    fine, target = ["A", "B", "C", "D", "unmapped"], ["X", "Y", "Z", "unmapped"]
    firms = [
        {"id": f"f{i}", "name": f"F{i}", "industry": draw.choice(fine), "region": f"r{i % 3}"}
        for i in range(12)
    ]

    def flows(ends: list[str], measure: str, size: int) -> list[Row]:
        keys = {
            (draw.choice(ends), draw.choice(ends), 2000 + draw.randrange(3)) for _ in range(size)
        }
        return [
            {"from": one, "to": other, "year": year, measure: float(draw.randrange(1, 9))}
            for one, other, year in sorted(keys)
        ]

    names = [str(row["id"]) for row in firms]
    patents = [
        {"id": f"p{i}", "firm": draw.choice([*names[:5], ""]), "year": 2000 + i % 3}
        for i in range(15)
    ]
    patent_cites = flows([str(row["id"]) for row in patents], "count", 40)
    shares = [{"from": "f:unmapped", "to": "t:unmapped", "weight": 1.0}]
    for code in fine[:-1]:
        one, other = draw.sample(target, 2)
        weight = draw.choice([0.25, 0.5, 1.0])
        shares.append({"from": f"f:{code}", "to": f"t:{one}", "weight": weight})
        if weight < 1:
            shares.append({"from": f"f:{code}", "to": f"t:{other}", "weight": 1 - weight})
    return _economy(
        firms, flows(names, "count", 60), flows(names, "value", 60), patents, patent_cites, shares
    )


def _economy(
    firms: list[Row],
    cites: list[Row],
    supplies: list[Row],
    patents: list[Row],
    patent_cites: list[Row],
    shares: list[Row],
) -> Economy:
    """Complete the tables: owners' industries, sums by industry."""
    by_id = {row["id"]: row for row in firms}
    for patent in patents:
        patent["industry"] = by_id.get(patent["firm"], {"industry": "unmapped"})["industry"]
    keys = sorted({row["from"] for row in shares} | {row["to"] for row in shares} | {"t:unmapped"})
    industries = [
        {"key": key, "classification": key[0], "code": key[2:], "name": f"Name {key[2:]}"}
        for key in keys
    ]
    edges = {
        ("CITES", "Firm", "Firm"): cites,
        ("CITES", "Patent", "Patent"): patent_cites,
        ("SUPPLIES", "Firm", "Firm"): supplies,
        ("OWNS", "Firm", "Patent"): [
            {"from": row["firm"], "to": row["id"]} for row in patents if row["firm"]
        ],
        # the last edge is off on purpose: a query has to find it
        ("IN_INDUSTRY", "Firm", "Industry"): [
            {"from": row["id"], "to": f"f:{row['industry']}"} for row in firms[:-1]
        ]
        + [{"from": firms[-1]["id"], "to": "t:X"}],
        ("MAPS_TO", "Industry", "Industry"): shares,
    }
    economy = Economy({"Firm": firms, "Patent": patents, "Industry": industries}, edges)
    _industry_edges(economy, cites, supplies)
    _share_edges(economy)
    return economy


def _spans(*spans: tuple[dict[str, float], int, int]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (end, {"share": share, "first_year": first, "last_year": last})
        for shares, first, last in spans
        for end, share in shares.items()
    ]


def _share_edges(economy: Economy) -> None:
    """Give firms two industries and patents two owners, others later; a part is nobody's."""
    firms = [str(row["id"]) for row in economy.nodes["Firm"]]
    codes = [row["key"] for row in economy.nodes["Industry"] if row["key"].startswith("f:")]
    of_firm = {}
    for i, firm in enumerate(economy.nodes["Firm"]):
        first = defaultdict(float, {f"f:{firm['industry']}": 0.75})
        first[codes[i % len(codes)]] += 0.25
        later = {codes[(i + 1) % len(codes)]: 0.5, codes[(i + 2) % len(codes)]: 0.5}
        of_firm[firm["id"]] = _spans((first, 1900, 2000), (later, 2001, 2099))
    held, belongs = [], []
    for i, patent in enumerate(economy.nodes["Patent"]):
        owners = []
        if patent["firm"]:
            other = firms[i % len(firms)]
            owners = _spans(
                ({patent["firm"]: 0.5}, 1900, 2001),
                ({other: 0.25}, 1900, 2001),
                ({other: 1.0}, 2002, 2099),
            )
            belongs.append(({"from": patent["id"], "to": "f:unmapped"}, 0.25, 1900, 2001, 0.0))
        else:
            belongs.append(({"from": patent["id"], "to": "f:unmapped"}, 1.0, 1900, 2099, 0.0))
        for firm, span in owners:
            held.append({"from": firm, "to": patent["id"], **span})
            for code, part in of_firm[firm]:
                low = max(span["first_year"], part["first_year"])
                high = min(span["last_year"], part["last_year"])
                if low <= high:
                    ends = {"from": patent["id"], "to": code}
                    belongs.append((ends, span["share"] * part["share"], low, high, 1.0))
    economy.edges["HOLDS", "Firm", "Patent"] = held
    economy.edges["BELONGS_TO", "Patent", "Industry"] = [
        {**ends, "share": share, "first_year": low, "last_year": high, "owned": owned}
        for ends, share, low, high, owned in belongs
    ]
    economy.edges["BELONGS_TO", "Firm", "Industry"] = [
        {"from": firm, "to": code, **span, "owned": 1.0}
        for firm, spans in of_firm.items()
        for code, span in spans
    ]


def _split(economy: Economy, one: str, other: str) -> list[tuple[str, str, float]]:
    """A flow between firms as shares at the fine level (one) and at the target level."""
    shares: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for row in economy.edges["MAPS_TO", "Industry", "Industry"]:
        shares[row["from"]].append((row["to"], row["weight"]))
    i, j = (f"f:{economy.firm(end)['industry']}" for end in (one, other))
    return [(i, j, 1.0), *((k, m, v * w) for k, v in shares[i] for m, w in shares[j])]


def _industry_edges(economy: Economy, cites: list[Row], supplies: list[Row]) -> None:
    citations: dict[tuple[str, str, int], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for row in cites:
        for i, j, part in _split(economy, row["from"], row["to"]):
            citations[i, j, row["year"]][0] += row["count"] * part
            citations[i, j, row["year"]][1] += row["count"] * part * (row["from"] == row["to"])
    trade: dict[tuple[str, str, int], float] = defaultdict(float)
    for row in supplies:
        for i, j, part in _split(economy, row["from"], row["to"]):
            trade[i, j, row["year"]] += row["value"] * part
    stock: dict[tuple[str, str, int], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for (i, j, year), (count, own) in citations.items():
        for last in range(year, 2003):
            if i.startswith("t:"):
                stock[i, j, last][0] += count
                stock[i, j, last][1] += own
    ends = ("Industry", "Industry")
    for kind, sums in (("INDUSTRY_CITES", citations), ("CITATION_STOCK", stock)):
        economy.edges[kind, *ends] = [
            {"from": i, "to": j, "year": y, "count": n, "self_count": s, "origin": "firm_citations"}
            for (i, j, y), (n, s) in sums.items()
        ]
    economy.edges["INDUSTRY_SUPPLIES", *ends] = [
        {"from": i, "to": j, "year": y, "value": v, "origin": "trade_links"}
        for (i, j, y), v in trade.items()
    ]


def _backwards(economy: Economy) -> Economy:
    """The same economy, written in the opposite order."""
    return Economy(
        {kind: rows[::-1] for kind, rows in economy.nodes.items()},
        {ends: rows[::-1] for ends, rows in economy.edges.items()},
    )


ECONOMIES: dict[str, Callable[[], Economy]] = {
    "tiny": tiny,
    "backwards": lambda: _backwards(tiny()),
    "empty": lambda: Economy({}),
    "drawn": lambda: drawn(7),
}
STORES = ["ladybug", "neo4j"]

#: What a value of a declared type is in Python, where it is not null.
PYTHON: dict[str, type] = {
    "string": str,
    "integer": int,
    "float": float,
    "boolean": bool,
    "strings": list,
    "integers": list,
    "floats": list,
}


def _load(run: Callable[[str, Mapping[str, Any]], object], economy: Economy) -> None:
    """Write the economy with statements that both stores take, one a kind."""
    keys = {node.name: node.key for node in NODES}
    for kind, rows in economy.nodes.items():
        run(f"UNWIND $rows AS row CREATE (:{kind} {{{_values(rows)}}})", {"rows": rows})
    for (kind, one, other), rows in economy.edges.items():
        run(
            f"UNWIND $rows AS row MATCH (a:{one} {{{keys[one]}: row.`from`}}) "
            f"MATCH (b:{other} {{{keys[other]}: row.`to`}}) "
            f"CREATE (a)-[:{kind} {{{_values(rows)}}}]->(b)",
            {"rows": rows},
        )


def _values(rows: list[Row]) -> str:
    return ", ".join(f"{name}: row.{name}" for name in rows[0] if name not in {"from", "to"})


@contextmanager
def _ladybug(folder: Path, economy: Economy) -> Iterator[ladybug.Connection]:
    types = {"string": "STRING", "integer": "INT64", "float": "DOUBLE"}
    database = ladybug.Database(str(folder / "queries.lbug"))
    store = ladybug.Connection(database)
    for node in NODES:
        columns = ", ".join(f"{p.name} {types[p.type]}" for p in node.properties)
        store.execute(f"CREATE NODE TABLE {node.name}({columns}, PRIMARY KEY({node.key}))")
    for edge in EDGES:
        ends = [f"FROM {one} TO {other}" for one, other in edge.ends]
        columns = ", ".join([*ends, *(f"{p.name} {types[p.type]}" for p in edge.properties)])
        store.execute(f"CREATE REL TABLE {edge.name}({columns})")
    store.execute("BEGIN TRANSACTION")
    _load(lambda text, given: store.execute(text, dict(given)), economy)
    store.execute("COMMIT")
    yield store
    store.close()
    database.close()


def _asking_ladybug(store: ladybug.Connection) -> Ask:
    def ask(text: str, parameters: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        result = store.execute(text, dict(parameters or {}))
        assert not isinstance(result, list)
        return [tuple(row) for row in result.get_all()]

    return ask


def _empty(driver: neo4j.Driver) -> None:
    with driver.session() as session:
        session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS").consume()


def _asking_neo4j(driver: neo4j.Driver, economy: Economy) -> Ask:
    """Put the economy in the place of what the database holds."""
    _empty(driver)
    with driver.session() as session, session.begin_transaction() as transaction:
        _load(lambda text, given: transaction.run(text, dict(given)).consume(), economy)

    def ask(text: str, parameters: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        records, _, _ = driver.execute_query(for_neo4j(text), dict(parameters or {}))
        return [tuple(record.values()) for record in records]

    return ask


@dataclass(frozen=True)
class World:
    """An economy, and a way to ask the store that holds it."""

    economy: Economy
    ask: Ask

    def answer(self, name: str, given: Mapping[str, object]) -> list[tuple[Any, ...]]:
        """Ask a query by its name; every value must be of the type that its column declares."""
        query = load_query(name)
        rows = self.ask(query.text, query.bind(given))
        for row in rows:
            for column, value in zip(query.columns, row, strict=True):
                # Neo4j's sum over nothing is a whole 0, whatever coalesce() stands around it
                whole = column.type == "float" and type(value) is int and value == 0
                fits = value is None or whole or type(value) is PYTHON[column.type]
                assert fits, (name, column, value)
        return rows


@pytest.fixture(scope="session", params=STORES)
def store_name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def neo4j_driver(neo4j_server: Any) -> Iterator[neo4j.Driver]:
    """A driver for the server that all tests share; whoever uses it empties the database."""
    auth = (neo4j_server.username, neo4j_server.password)
    with neo4j.GraphDatabase.driver(
        neo4j_server.address,
        auth=auth,
        # a query that names a kind of which the economy has none is no reason for a warning
        notifications_min_severity=neo4j.NotificationMinimumSeverity.OFF,
    ) as driver:
        yield driver
        _empty(driver)


@pytest.fixture
def emptied(neo4j_driver: neo4j.Driver) -> neo4j.Driver:
    """The same, its database empty."""
    _empty(neo4j_driver)
    return neo4j_driver


@pytest.fixture(scope="module", params=["tiny"])
def world(
    request: pytest.FixtureRequest, store_name: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """One economy in one store; tests choose others by indirect parameters.

    It lives no longer than a module, for the next one may empty the server's database.
    """
    economy = ECONOMIES[request.param]()
    if store_name == "neo4j":
        yield World(economy, _asking_neo4j(request.getfixturevalue("neo4j_driver"), economy))
    else:
        with _ladybug(tmp_path_factory.mktemp("ladybug"), economy) as store:
            yield World(economy, _asking_ladybug(store))


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ladybug.Connection]:
    """The tiny economy in the embedded store, asked for the types of its columns."""
    with _ladybug(tmp_path_factory.mktemp("ladybug"), tiny()) as store:
        yield store
