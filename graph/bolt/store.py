"""The production store: a graph in Neo4j, over Bolt with the official driver.

What shapes this file (``docs/architecture.md`` has the measurements):

- A database may hold the graphs of other people. Every node of ours has a second label,
  ``Spillgraph``; nothing without it is ever counted, changed or removed. Several studies have
  labels, types, this second label and a lock of their own each, by their namespace: statements are
  written with the schema's names, and get those of the namespace at the doors to the driver.
- A transaction lives in the server's memory, so a batch goes in by pieces, each in a transaction of
  its own that also notes how far the batch has come. A kill leaves whole pieces, and loading the
  batch again goes on behind them.
- A transaction whose answer got lost is repeated. The note is read in the same transaction, so a
  piece that is in is not written twice.
"""

from __future__ import annotations

import importlib.metadata
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

import neo4j
import pyarrow as pa

from ...core.errors import InputError, QueryError, StoreError
from ...queries import for_neo4j, parameters_of, why_not_read_only
from ..namespace import PLAIN, Namespace, namespaces_among, no_study
from ..schema import EDGES, MARK, NODES, RESULT_PROPERTIES, RESULTS, WRITER
from ..store import (
    Batch,
    Counted,
    Loaded,
    Progress,
    edge_type,
    no_progress,
)
from .address import login, parse_address, read_sessions
from .errors import translate_errors
from .guards import require_free, require_loadable, require_no_strangers, require_ours
from .hints import require_known
from .names import Named
from .pieces import (
    ALL,
    WHOLE,
    add,
    create,
    cut,
    forget_drop,
    note_drop,
    retry,
    run_count,
)
from .records import to_table
from .writer import Writer

__all__ = ["BoltStore", "constraints"]

_DROP_ROWS = 50_000
#: What is unique among the nodes of a label.
_KEYS = {node.name: node.key for node in NODES} | {WRITER: "id"}

# The driver logs what it also raises, and hints that are for whoever writes the statements.
logging.getLogger("neo4j").addHandler(logging.NullHandler())


def constraints(namespace: Namespace = PLAIN) -> dict[str, str]:
    """Return the statement that makes each label's key unique, by label.

    Examples
    --------
    >>> constraints()["Firm"]
    'CREATE CONSTRAINT spillgraph_Firm IF NOT EXISTS FOR (n:Firm) REQUIRE n.id IS UNIQUE'
    >>> constraints(Namespace("steel"))["Firm"][:55]
    'CREATE CONSTRAINT spillgraph_steel_Firm IF NOT EXISTS F'
    """
    named = {label: namespace.stored(label) for label in _KEYS}
    return {
        label: f"CREATE CONSTRAINT spillgraph_{named[label]} IF NOT EXISTS "
        f"FOR (n:{named[label]}) REQUIRE n.{key} IS UNIQUE"
        for label, key in _KEYS.items()
    }


class BoltStore:
    """A :class:`~spillgraph.graph.store.GraphStore` in a Neo4j database.

    Parameters
    ----------
    url : str
        See :func:`spillgraph.graph.bolt.address.parse_address`.
    read_only : bool
        For readers, any number of whom may work beside a writer.
    sessions : int, optional
        How many statements :meth:`query_each` runs at a time; a statement uses one core of the
        server. Default: ``SPILLGRAPH_SESSIONS``, or 2.
    namespace : Namespace
        How the kinds of this study are called in the database.

    Raises
    ------
    InputError
        If address, credentials or database are wrong, or there is no graph to read.
    StoreLockedError
        If another process writes to the same study in the same database.
    StoreError
        If the server does not answer, or refuses.
    """

    def __init__(
        self,
        url: str,
        *,
        read_only: bool = False,
        sessions: int | None = None,
        namespace: Namespace = PLAIN,
    ) -> None:
        address = parse_address(url)
        self.url = str(address)
        self.namespace = namespace
        self._address = address
        self._login = login()
        self._read_only = read_only
        self.sessions = read_sessions() if sessions is None else sessions
        self._database = address.database or self._login.database
        self._driver: neo4j.Driver | None = None
        self._writer: Writer | None = None
        try:
            with self._translate_errors():
                self._connect()
            if read_only and not self.batches():
                raise self._nothing_there()
        except BaseException:
            self.close()
            raise

    # -- opening and closing ---------------------------------------------------------------

    def _connect(self) -> None:
        self._driver = neo4j.GraphDatabase.driver(
            self._address.server,
            auth=(self._login.username, self._login.password),
            user_agent=f"spillgraph/{importlib.metadata.version('spillgraph')}",
            notifications_min_severity="OFF",
            fetch_size=10_000,
        )
        # What we wrote may be read on another machine of a cluster: it waits until it has it.
        self._bookmarks = neo4j.GraphDatabase.bookmark_manager()
        # Not managed: an address at which nobody answers is told at once, not after 30 seconds.
        with self._session(neo4j.READ_ACCESS) as session:
            session.run("RETURN 1").consume()
        if not self._read_only:
            self._constrain([WRITER])
            self._writer = Writer(self._driver, self._database, self.url, self.namespace)
            self._writer.hold()

    def _nothing_there(self) -> InputError:
        """Return the error of a database without a graph of ours, which may have others."""
        there = self.namespaces()
        if there or self.namespace.name:
            return no_study(self.namespace, self.url, there)
        return InputError(
            f"there is no graph of spillgraph at {self.url}; make one with "
            "'spillgraph run STUDY --out DIR --store ADDRESS'."
        )

    def close(self) -> None:
        """Let go of the database and of the connection."""
        if self._writer is not None:
            self._writer.release()
            self._writer = None
        if self._driver is not None:
            self._driver.close()
            self._driver = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # -- writing ---------------------------------------------------------------------------

    def prepare(self) -> None:
        """Create missing constraints, refuse nodes of others under our labels, settle drops."""
        with self._translate_errors():
            self._constrain([node.name for node in NODES])
        require_ours(self._read, self.url, self.namespace)
        for kind in self._pending_drops():
            if kind == ALL:
                self._require_free()
            self._drop(kind)

    def load(self, batch: Batch, progress: Progress = no_progress) -> bool:
        """Write one batch, piece by piece, and note each piece with it."""
        done = self._count_done(batch.id)
        if done == WHOLE:
            return False
        batch = batch.written_out()
        if not done:
            require_loadable(self._read, batch)
        statement, rows = create(batch), batch.table.num_rows
        for start, piece in cut(batch.table, done):
            end = start + piece.num_rows
            self._write(add, statement, batch, piece, start, WHOLE if end == rows else end)
            progress(end / rows if rows else 1.0)
        return True

    def update(self, kind: str, table: pa.Table) -> None:
        """Set properties of nodes by their key; a property of null is removed."""
        key, *names = table.column_names
        values = ", ".join(f"n.{name} = $`{name}`[i]" for name in names)
        statement = (
            "UNWIND range(0, $rows - 1) AS i "
            f"MATCH (n:{kind}:{MARK} {{{key}: $`{key}`[i]}}) SET {values} RETURN count(*) AS n"
        )
        for _, piece in cut(table):
            columns = {name: piece.column(name).to_pylist() for name in piece.column_names}
            self._write(run_count, statement, {**columns, "rows": piece.num_rows})

    def drop_edges(self, kind: str) -> None:
        """Remove all edges of a kind and the notes of their batches; ``prepare`` finishes it."""
        edge_type(kind)
        self._write(note_drop, kind)
        self._drop(kind)

    def drop_run(self, run: str) -> None:
        """Remove a run's notes, scores, edges and, last, its node: a rest is dropped again."""
        parameters = {"run": run}
        of_runs = ["Run {id: $run}"]
        of_runs += [
            f"{n.name} {{run: $run}}" for n in NODES if n.name in RESULTS and n.name != "Run"
        ]
        for nodes in of_runs:
            self._require_free(f":{nodes}", parameters)
        of_run = f"MATCH (x:LoadedBatch:{MARK}) WHERE x.id CONTAINS ':run:' + $run + ':'"
        self._delete(of_run, parameters)
        erasure = ", ".join(f"n.{name} = null" for name in RESULT_PROPERTIES)
        self._write(
            run_count,
            f"MATCH (n:Industry:{MARK} {{run: $run}}) SET {erasure} RETURN count(*) AS n",
            parameters,
        )
        for edge in (edge.name for edge in EDGES if edge.name in RESULTS):
            self._delete(f"MATCH (:{MARK})-[x:{edge} {{run: $run}}]->(:{MARK})", parameters)
        for nodes in reversed(of_runs):
            self._delete(f"MATCH (x:{MARK}:{nodes})", parameters)

    def clear(self) -> None:
        """Remove everything with our label, and nothing else."""
        self._require_free()
        self._write(note_drop, ALL)
        self._drop(ALL)

    def remove(self) -> None:
        """Remove everything with our label; constraints stay, on which the writer's lock rests."""
        self.clear()

    def _drop(self, kind: str) -> None:
        edges = [edge.name for edge in EDGES] if kind == ALL else [kind]
        for name in edges:
            self._delete(f"MATCH (:{MARK})-[x:{name}]->(:{MARK})")
        if kind == ALL:
            for node in NODES:
                if node.name != "LoadedBatch":  # the note of the drop goes last
                    self._delete(f"MATCH (x:{node.name}:{MARK})")
        self._write(forget_drop, kind)

    def _delete(self, match: str, parameters: Mapping[str, object] | None = None) -> None:
        # DELETE, not DETACH DELETE: a relationship of others on a node of ours is an error.
        statement = f"{match} WITH x LIMIT $rows DELETE x RETURN count(*) AS n"
        while self._write(run_count, statement, {**(parameters or {}), "rows": _DROP_ROWS}):
            pass

    # -- what must hold before something is written ------------------------------------------

    def _require_free(
        self, which: str = "", parameters: Mapping[str, object] | None = None
    ) -> None:
        require_free(self._read, self.url, self.namespace, which, parameters)

    def _constrain(self, labels: Sequence[str]) -> None:
        """Create the constraints that are missing: creating takes a right, looking does not."""
        with self._session(neo4j.READ_ACCESS) as session:
            rows = session.run("SHOW CONSTRAINTS YIELD type, labelsOrTypes, properties").values()
        there = {(tuple(on), tuple(keys)) for kind, on, keys in rows if "UNIQUE" in kind}
        wanted = constraints(self.namespace)
        for label in labels:
            if ((self.namespace.stored(label),), (_KEYS[label],)) not in there:
                self._constrain_one(label, wanted[label])

    def _constrain_one(self, label: str, statement: str) -> None:
        def create_it(transaction: neo4j.ManagedTransaction) -> None:
            transaction.run(statement).consume()

        try:
            # Managed: of two that create it at once, one has to begin again.
            with self._translate_errors(), self._session(neo4j.WRITE_ACCESS) as session:
                session.execute_write(create_it)
        except StoreError as error:
            require_no_strangers(self._read, self.url, [label], self.namespace)
            stored = self.namespace.stored(label)
            raise StoreError(
                f"{error} Nothing was loaded: without its constraint {stored} cannot be loaded. "
                f"A user who has that right can create it beforehand: {statement}"
            ) from error

    # -- reading ---------------------------------------------------------------------------

    def query(self, statement: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        """Run one statement that reads."""
        statement = self.namespace.translate(for_neo4j(statement))
        refusal = why_not_read_only(statement)
        if refusal is not None:
            raise QueryError(refusal)
        missing = sorted(parameters_of(statement) - set(parameters or {}))
        if missing:
            raise QueryError(f"the statement needs a value for ${missing[0]}.")
        return self._read(statement, parameters, querying=True)

    def query_each(
        self, statement: str, parameters: Sequence[Mapping[str, object]]
    ) -> list[pa.Table]:
        """Run a statement once for each set of values, on several sessions at a time."""
        with ThreadPoolExecutor(self.sessions) as pool:
            return list(pool.map(lambda values: self.query(statement, values), parameters))

    def batches(self) -> dict[str, Loaded]:
        """Return what was loaded, whole or in part, by batch id."""
        rows = self._read(
            f"MATCH (b:LoadedBatch:{MARK}) "
            "RETURN b.id AS id, b.kind AS kind, b.rows AS n, b.total AS total, b.before AS before"
        ).to_pylist()
        return {
            row["id"]: Loaded(row["kind"], row["n"], row["total"], row["before"] == WHOLE)
            for row in rows
        }

    def namespaces(self) -> list[str]:
        """Return the namespaces of all studies that are loaded; '' is a study without one."""
        labels = self._read("CALL db.labels() YIELD label RETURN label")["label"].to_pylist()
        names = namespaces_among(labels)  # of which some may have outlived their nodes
        both = {n: [Namespace(n).stored(each) for each in ("LoadedBatch", MARK)] for n in names}
        count = "MATCH (b:`{}`:`{}`) RETURN count(b) AS n"
        return [n for n in names if self._read(count.format(*both[n]))["n"][0].as_py()]

    def count(self, kind: str, ends: tuple[str, str] | None, measure: str | None) -> Counted:
        """Count nodes or edges of a kind, and sum a measure over them."""
        pattern = f"(x:{kind})" if ends is None else f"(:{ends[0]})-[x:{kind}]->(:{ends[1]})"
        # Without a sum the server answers from its statistics; with one it reads all edges.
        hint = f" USING SCAN x:{kind}" if ends and measure else ""
        total = f", sum(x.{measure}) AS total" if measure else ""
        (row,) = self._read(f"MATCH {pattern}{hint} RETURN count(x) AS n{total}").to_pylist()
        return Counted(int(row["n"]), float(row.get("total", 0.0)))

    def _count_done(self, id: str) -> int:
        """Return how many rows of a batch are in, or that it is wholly in."""
        rows = self._read(
            f"MATCH (b:LoadedBatch:{MARK} {{id: $id}}) RETURN b.before AS before", {"id": id}
        )["before"].to_pylist()
        return int(rows[0]) if rows else 0

    def _pending_drops(self) -> list[str]:
        notes = self._read(
            f"MATCH (b:LoadedBatch:{MARK}) WHERE b.id STARTS WITH 'drop:' RETURN b.kind AS kind"
        )
        return [str(kind) for kind in notes["kind"].to_pylist()]

    # -- the doors to the driver --------------------------------------------------------------

    @contextmanager
    def _translate_errors(self, *, querying: bool = False) -> Iterator[None]:
        with translate_errors(self._address, self._login, querying=querying):
            yield

    def _session(self, access: str, *, hints: bool = False) -> neo4j.Session:
        if self._driver is None:
            raise StoreError(f"the store at {self.url} is closed.")
        return self._driver.session(
            database=self._database,
            default_access_mode=access,
            bookmark_manager=self._bookmarks,
            notifications_min_severity="WARNING" if hints else "OFF",
        )

    def _read(
        self,
        statement: str,
        parameters: Mapping[str, object] | None = None,
        *,
        querying: bool = False,
    ) -> pa.Table:
        """Run a statement in a transaction in which the server itself refuses to write."""

        def work(transaction: neo4j.ManagedTransaction) -> pa.Table:
            result = Named(transaction, self.namespace).run(statement, parameters)
            table = to_table(result.keys(), result.values())
            if querying:
                require_known(result.consume(), self.namespace)
            return table

        def attempt() -> pa.Table:
            with self._session(neo4j.READ_ACCESS, hints=querying) as session:
                return session.execute_read(work)

        with self._translate_errors(querying=querying):
            return retry(attempt)

    def _write(self, work: Callable[..., Any], *arguments: object) -> Any:
        """Run work in a transaction that the driver repeats if the server was away."""
        writer = self._writer
        if writer is None:
            raise StoreError(f"{self.url} was opened for reading only.")

        def work_as_writer(transaction: neo4j.ManagedTransaction) -> Any:
            writer.hold()  # each time: a server that was away has forgotten who writes
            named = Named(transaction, self.namespace)
            done = work(named, *arguments)
            writer.expect(named)
            return done

        def attempt() -> Any:
            with self._session(neo4j.WRITE_ACCESS) as session:
                done = session.execute_write(work_as_writer)
            writer.confirm()
            return done

        with self._translate_errors():
            return retry(attempt)
