"""The embedded store: one file on disk, no server.

Built on ladybug, whose traps shape this file (``docs/architecture.md`` lists them):
nodes are copied only into an empty table; edges are never deleted one by one, because a later
COPY into such a table crashes the process; a checkpoint follows every COPY, because until then it
does not survive ``kill -9``, committed or not; a lock file of our own keeps a second writer, or a
reader beside a writer, out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import ladybug
import pyarrow as pa
import pyarrow.compute as pc

from ..core.errors import QueryError, StoreError
from ..queries import parameters_of, why_not_read_only
from .ladybug_chains import goes_back
from .ladybug_file import lock, remove_files, remove_scratch, require_graph
from .ladybug_tables import (
    ROW,
    TYPES,
    ddl,
    edge_ddl,
    index_ddl,
    is_numbered,
    node_ddl,
    number_ends,
    number_nodes,
)
from .namespace import PLAIN, Namespace, kind_in_any, namespaces_among, no_study
from .schema import EDGES, NODES, RESULT_PROPERTIES, RESULTS, SCORES, EdgeType, NodeType
from .store import (
    ENDS,
    Batch,
    Counted,
    Loaded,
    Progress,
    edge_type,
    no_progress,
    node_type,
)

__all__ = ["LadybugStore"]

_DONE = "MATCH (b:LoadedBatch {id: $id}) SET b.before = -1"
_FORGET = "MATCH (b:LoadedBatch {id: $id}) DELETE b"
#: Edges that are added up as they are, where there are no shares, and so many of them that it pays
#: to store them by several threads.
_ADDED_UP, _MANY = ("CITES", "SUPPLIES"), 1 << 17
_BACK = (
    " CITES is kept from the citing end: name both ends in a MATCH before any WITH, OPTIONAL MATCH "
    "or EXISTS that needs who cites, or ask a Neo4j server."
)


class LadybugStore:
    """A :class:`~spillgraph.graph.store.GraphStore` in one file.

    Parameters
    ----------
    path : Path
        The file; made on first use unless ``read_only``.
    read_only : bool
        Open for reading only.
    namespace : Namespace
        How the kinds of this study are called in it.

    Raises
    ------
    StoreLockedError, StoreError, InputError
        See :func:`spillgraph.graph.open.open_store`.
    """

    def __init__(
        self, path: Path, *, read_only: bool = False, namespace: Namespace = PLAIN
    ) -> None:
        self.path = path
        self.url = f"ladybug:{path}"
        self.namespace = namespace
        self.sessions = 1
        self._read_only = read_only
        self._database: Any = None
        self._numbers: dict[str, pa.Table] = {}
        require_graph(path)
        self._lock = lock(path, exclusive=not read_only)
        try:
            if not read_only:
                remove_scratch(path)
            self._open()
            if read_only:
                self._require_study()
        except BaseException:
            self.close()
            raise

    # -- opening and closing ---------------------------------------------------------------

    def _open(self) -> None:
        try:
            self._database = ladybug.Database(str(self.path), read_only=self._read_only)
            self._connection: Any = ladybug.Connection(self._database)
            if not self._read_only:
                # Amounts are stored, and added, in one order, and sums have the same last digit
                # each time: several threads take the edges as they come.
                self._connection.set_max_threads_for_exec(1)
        except (RuntimeError, OSError, ValueError) as error:
            raise StoreError(
                f"the graph at {self.path} cannot be opened ({_first_line(error)}). It is only a "
                "projection of your tables: run again with --rebuild to make it again."
            ) from error

    def _require_study(self) -> None:
        """Refuse to read where no study of the namespace is: every name would be unknown."""
        names = namespaces_among(self._tables())
        if self.namespace.name not in names and (names or self.namespace.name):
            raise no_study(self.namespace, self.path, self.namespaces())

    def _tables(self) -> list[str]:
        """Return the names of all tables in the file, those of other studies included."""
        return list(self._execute("CALL show_tables() RETURN name")["name"].to_pylist())

    def holds_others(self) -> bool:
        """Whether tables of other studies, or of somebody else, are in the file."""
        return any(self.namespace.kind(name) is None for name in self._tables())

    def close(self) -> None:
        """Checkpoint, close the file and release the lock."""
        if self._database is not None:
            self._connection.close()
            self._database.close()
            self._database = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

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
        """Create the tables of the schema where they are not there yet, and settle old loads."""
        self._require_ours()
        self._create(ddl(self.namespace))
        self._add_properties()
        self._settle()
        self._index()

    def _require_ours(self) -> None:
        """Refuse tables of others that are called as ours: ours come in their order, notes early.

        A kill in the first ``prepare`` leaves the first of them, whoever else has one has another.
        """
        kinds: list[NodeType | EdgeType] = [*NODES, *EDGES]
        order = [self.namespace.stored(kind.name) for kind in kinds]
        names = {name.casefold() for name in self._tables()}
        there = [name for name in order if name.casefold() in names]
        if self.namespace.stored("LoadedBatch") in there or there == order[: len(there)]:
            return
        raise StoreError(
            f"{self.path} holds {', '.join(there)}, which spillgraph has not written. Queries "
            "could not tell them from its own, so nothing was loaded and they were left as they "
            f"are: give the study {'another' if self.namespace.name else 'a'} namespace ([graph] "
            "namespace), or name another place with --store."
        )

    def _create(self, statements: Sequence[str]) -> None:
        """Create tables; those whose key is a number need no index on it, only that on the text."""
        for statement in statements:
            by_number = f"PRIMARY KEY({ROW})" in statement
            self._execute(f"CALL enable_default_hash_index={'false' if by_number else 'true'}")
            self._execute(statement)

    def _index(self) -> None:
        """Make the index on the key of nodes whose load was cut off before it."""
        indexed = self._execute("CALL show_indexes() RETURN table_name AS kind")["kind"].to_pylist()
        for node in NODES:
            if is_numbered(node.name) and self.namespace.stored(node.name) not in indexed:
                self._index_nodes(node)

    def _index_nodes(self, node: NodeType) -> None:
        if self.count(node.name, None, None).rows:
            self._execute(index_ddl(node, self.namespace))
            self._execute("CHECKPOINT")

    def _add_properties(self) -> None:
        """Give the tables of a graph made earlier the measures that have come since."""
        tables = {kind.name: kind.properties for kind in NODES}
        tables |= {kind.name: kind.properties for kind in EDGES}
        for kind, properties in tables.items():
            name = self.namespace.stored(kind)
            there = self._execute(f"CALL table_info('{name}') RETURN name")["name"].to_pylist()
            for new in properties:
                if new.name not in there:
                    column = f"{new.name} {TYPES[new.type]}"
                    self._execute(f"ALTER TABLE {name} ADD IF NOT EXISTS {column}")

    def load(self, batch: Batch, progress: Progress = no_progress) -> bool:
        """Copy one batch, in one go, and note it."""
        if batch.id in self.batches():
            return False
        if batch.kind == "Run":
            self._drop_results()  # nodes are copied only into an empty table
        before = self.count(batch.kind, batch.ends, None).rows
        if node_type(batch.kind) is not None and batch.table.num_rows and before:
            raise StoreError(
                f"{batch.kind} nodes are already in the graph from other input; "
                "run again with --rebuild."
            )
        # The library writes rows to its log when they are committed, but copied rows only at a
        # checkpoint. A note in the same transaction would survive a kill that the batch does not
        # survive. So: note the intention, copy, checkpoint, and only then note that it is done.
        self._note(batch, before)
        try:
            self._copy(batch)
        except StoreError:
            self._execute(_FORGET, {"id": batch.id})
            raise
        self._execute("CHECKPOINT")
        node = node_type(batch.kind)
        if node is not None and is_numbered(node.name):
            self._numbers.pop(node.name, None)
            self._index_nodes(node)
        self._execute(_DONE, {"id": batch.id})
        progress(1.0)
        return True

    def _note(self, batch: Batch, before: int) -> None:
        self._execute(
            "CREATE (:LoadedBatch {id: $id, kind: $kind, between: $between, rows: $rows, "
            "total: $total, before: $before})",
            {
                "id": batch.id,
                "kind": batch.kind,
                "between": "-".join(batch.ends or ()),
                "rows": batch.table.num_rows,
                "total": batch.total,
                "before": before,
            },
        )

    def _settle(self) -> None:
        """Find out whether a batch whose load was cut off is wholly in or wholly out."""
        pending = self._execute(
            "MATCH (b:LoadedBatch) WHERE b.before >= 0 "
            "RETURN b.id AS id, b.kind AS kind, b.between AS between, b.rows AS n, b.before AS was"
        ).to_pylist()
        for note in pending:
            start, dash, end = note["between"].partition("-")
            now = self.count(note["kind"], (start, end) if dash else None, None).rows
            if now not in {note["was"], note["was"] + note["n"]}:
                raise StoreError(
                    f"{note['kind']}: {now} rows are in the graph at {self.path}, neither "
                    f"{note['was']} nor {note['was'] + note['n']}; run again with --rebuild."
                )
            arrived = now == note["was"] + note["n"]
            self._execute(_DONE if arrived else _FORGET, {"id": note["id"]})

    def drop_edges(self, kind: str) -> None:
        """Remove all edges of a kind and the notes of their batches, in one transaction."""
        edge = edge_type(kind)
        with _transaction(self):
            # Not DELETE: the library crashes in a COPY into a table that edges were deleted from.
            self._execute(f"DROP TABLE {self.namespace.stored(edge.name)}")
            self._execute(edge_ddl(edge, self.namespace))
            self._execute("MATCH (b:LoadedBatch) WHERE b.kind = $kind DELETE b", {"kind": kind})

    def update(self, kind: str, table: pa.Table) -> None:
        """Set properties of nodes by their key."""
        if not table.num_rows:
            return
        key, *names = table.column_names
        columns = ", ".join(f"{name} AS _{name}" for name in table.column_names)
        values = ", ".join(f"n.{name} = _{name}" for name in names)
        self._execute(
            f"LOAD FROM $rows WITH {columns} MATCH (n:{kind}) WHERE n.{key} = _{key} SET {values}",
            {"rows": table},
        )

    def drop_run(self, run: str) -> None:
        """Remove the results of the run, if they are the ones that are there."""
        if self.query("MATCH (r:Run) WHERE r.id = $run RETURN r.id AS id", {"run": run}).num_rows:
            self._drop_results()

    def _drop_results(self) -> None:
        edges = [edge for edge in EDGES if edge.name in RESULTS]
        nodes = [node for node in NODES if node.name in RESULTS]
        erasure = ", ".join(f"n.{name} = NULL" for name in RESULT_PROPERTIES)
        self._numbers.clear()
        with _transaction(self):
            self._drop([*edges, *nodes])
            self._create([node_ddl(node, self.namespace) for node in nodes])
            self._create([edge_ddl(edge, self.namespace) for edge in edges])
            self._execute(
                "MATCH (b:LoadedBatch) WHERE b.kind IN $kinds DELETE b", {"kinds": list(RESULTS)}
            )
            self._execute(f"MATCH (n:Industry) WHERE n.run IS NOT NULL SET {erasure}")

    def _drop(self, kinds: Sequence[NodeType | EdgeType]) -> None:
        """Drop tables, edges first: a table of nodes cannot go while edges hang on it."""
        for kind in kinds:  # an older graph may lack one
            self._execute(f"DROP TABLE IF EXISTS {self.namespace.stored(kind.name)}")

    def _copy(self, batch: Batch) -> None:
        if not batch.table.num_rows:  # COPY refuses an empty table
            return
        name, ends = self.namespace.stored, ""
        if batch.ends is not None:
            start, end = batch.ends
            if batch.ends not in edge_type(batch.kind).ends:
                raise StoreError(f"{batch.kind} does not join {start} to {end}.")
            if len(edge_type(batch.kind).ends) > 1:
                ends = f" (from='{name(start)}', to='{name(end)}')"
        try:
            table = self._number(batch)
            # By name: where a property has been added the graph has another order.
            names = [n for n in table.column_names if batch.ends is None or n not in ENDS]
            into = name(batch.kind) + (f"({', '.join(names)})" if names else "")
            if self._in_any_order(batch):
                self._connection.set_max_threads_for_exec(0)  # all of them
            self._execute(f"COPY {into} FROM $rows{ends}", {"rows": table})
        except StoreError as error:
            raise StoreError(f"{batch.kind} could not be loaded: {error}") from error
        finally:
            self._connection.set_max_threads_for_exec(1)

    def _in_any_order(self, batch: Batch) -> bool:
        """Whether edges add up to the same digits in whatever order they are stored.

        Nodes do not: edges follow their order. Nor do edges that are added by a share, as those
        between industries are, and all of a study in which firms or patents have several owners.
        """
        return (
            batch.kind in _ADDED_UP
            and batch.table.num_rows >= _MANY
            and _all_whole(batch.table)
            and not any(
                self.count("BELONGS_TO", ends, None).rows for ends in edge_type("BELONGS_TO").ends
            )
        )

    def _number(self, batch: Batch) -> pa.Table:
        """Return the rows of a batch with numbers for the keys of nodes."""
        node = node_type(batch.kind)
        if node is not None:
            return number_nodes(node, batch.table) if is_numbered(batch.kind) else batch.table
        table = batch.table
        for place, kind in enumerate(batch.ends or ()):
            numbers = number_ends(kind, table[ENDS[place]], self._nodes(kind))
            table = table.set_column(place, ENDS[place], numbers)
        return table

    def _nodes(self, kind: str) -> pa.Table:
        """Return keys and numbers of all nodes of a kind; read once for all batches of edges."""
        if kind not in self._numbers:
            key = next(node.key for node in NODES if node.name == kind)
            self._numbers[kind] = self._execute(
                f"MATCH (n:{kind}) RETURN n.{key} AS key, n.{ROW} AS {ROW}"
            )
        return self._numbers[kind]

    def clear(self) -> None:
        """Remove the file and begin an empty one, or only our tables where others' are in it."""
        self._numbers.clear()
        if self.holds_others():
            with _transaction(self):
                self._drop([*EDGES, *NODES])
        else:
            held, self._lock = self._lock, None  # kept throughout
            self.close()
            self._lock = held
            remove_files(self.path)
            self._open()
        self.prepare()

    def remove(self) -> None:
        """Remove the file, or only our tables where others' are in it."""
        if self.holds_others():
            with _transaction(self):
                self._drop([*EDGES, *NODES])
            return
        held, self._lock = self._lock, None  # kept until the file is gone
        self.close()
        remove_files(self.path)
        if held is not None:
            held.close()

    # -- reading ---------------------------------------------------------------------------

    def query(self, statement: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        """Run a statement that reads; one that would write is refused."""
        statement = self._in_namespace(statement)
        refusal = why_not_read_only(statement)
        if refusal is not None:
            raise QueryError(refusal)
        missing = sorted(parameters_of(statement) - set(parameters or {}))
        if missing:  # the library would take them as null and find nothing
            raise QueryError(f"the statement needs a value for ${missing[0]}.")
        if goes_back(statement):  # the library would crash
            raise QueryError(f"the statement cannot run: a chain leads back over CITES.{_BACK}")
        try:
            with _transaction(self, "READ ONLY"):  # the library's own guard behind ours
                return self._execute(statement, parameters)
        except StoreError as error:
            raise QueryError(str(error)) from error

    def query_each(
        self, statement: str, parameters: Sequence[Mapping[str, object]]
    ) -> list[pa.Table]:
        """Run a statement once for each set of values, one after the other."""
        return [self.query(statement, values) for values in parameters]

    def batches(self) -> dict[str, Loaded]:
        """Return what was loaded, by batch id."""
        rows = self._execute(
            "MATCH (b:LoadedBatch) WHERE b.before < 0 "
            "RETURN b.id AS id, b.kind AS kind, b.rows AS n, b.total AS total"
        ).to_pylist()
        return {row["id"]: Loaded(row["kind"], row["n"], row["total"]) for row in rows}

    def namespaces(self) -> list[str]:
        """Return the namespaces of all studies that are loaded; '' is a study without one."""
        names = namespaces_among(self._tables())
        notes = {name: Namespace(name).stored("LoadedBatch") for name in names}
        count = "MATCH (b:`{}`) RETURN count(*) AS n"
        return [n for n in names if self._execute(count.format(notes[n]))["n"][0].as_py()]

    def count(self, kind: str, ends: tuple[str, str] | None, measure: str | None) -> Counted:
        """Count nodes or edges of a kind, and sum a measure over them."""
        # sum over a constant, too, so that nothing at all still gives one row
        total = f"coalesce(sum(x.{measure}), 0.0)" if measure else "coalesce(sum(0.0), 0.0)"
        pattern = f"(x:{kind})"
        if ends is not None:
            pattern = f"(:{ends[0]})-[x:{kind}]->(:{ends[1]})"
        row = self._execute(f"MATCH {pattern} RETURN count(*) AS n, {total} AS total").to_pylist()[
            0
        ]
        return Counted(int(row["n"]), float(row["total"]))

    # -- the one door to the library ---------------------------------------------------------

    def _in_namespace(self, statement: str) -> str:
        return self.namespace.translate(statement, any_case=True)

    def _execute(self, statement: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        try:
            result = self._connection.execute(self._in_namespace(statement), dict(parameters or {}))
        except RuntimeError as error:
            line = _first_line(error)
            raise StoreError(f"the statement cannot run: {line}{_advise(line)}") from error
        # A statement without columns has no rows to fetch: the library divides by zero there.
        if not result.get_column_names():
            return pa.table({})
        return _widen_numbers(result.get_as_arrow(_rows_at_once(result)))


def _rows_at_once(result: Any) -> int:
    """Return how many rows to fetch at once: the library makes room for all of them beforehand.

    By itself it makes room for ten million values, which takes longer than most statements; of more
    rows than that it makes several pieces, whose texts fit into one array each.
    """
    most = 10_000_000 // len(result.get_column_names())
    return int(max(1, min(result.get_num_tuples(), most)))


def _all_whole(table: pa.Table) -> bool:
    """Whether all amounts are whole numbers, as counts of citations are."""
    return not any(
        pc.any(pc.not_equal(pc.floor(some), some)).as_py()
        for column in table.columns
        if pa.types.is_floating(column.type)
        for some in column.chunks  # the first of them says it where they are not
    )


def _advise(message: str) -> str:
    """Say what to do about a fault that the library's own words leave unexplained."""
    if "Undirected rel pattern" in message:
        return (
            " CITES needs its arrow here: write -[:CITES]-> or <-[:CITES]-, and both with "
            "UNION ALL."
        )
    if "Failed to get bwd data" in message:
        return f".{_BACK}"
    lacking = re.search(r"Cannot find property (\w+) for|Table (\w+) does not exist", message)
    declared = {*RESULTS, *(score.name for score in SCORES), "keep"}
    if lacking is None or not declared & {kind_in_any(name or "") for name in lacking.groups()}:
        return ""
    return " A graph that an older version has written lacks it: run the study again."


@contextmanager
def _transaction(store: LadybugStore, mode: str = "") -> Iterator[None]:
    """One transaction: committed at the end of the block, or wholly undone."""
    store._execute(f"BEGIN TRANSACTION {mode}".strip())
    try:
        yield
    except BaseException:
        # A statement that fails has ended the transaction already; anything else has not.
        with suppress(StoreError):
            store._execute("ROLLBACK")
        raise
    store._execute("COMMIT")


def _widen_numbers(table: pa.Table) -> pa.Table:
    """Return the table with whole numbers as int64 and others as double: never a decimal."""
    return table.cast(pa.schema([pa.field(f.name, _widen_type(f.type)) for f in table.schema]))


def _widen_type(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_decimal(kind):  # the library's type for a sum of whole numbers
        return pa.int64() if kind.scale == 0 else pa.float64()
    if pa.types.is_integer(kind):
        return pa.int64()
    return pa.float64() if pa.types.is_floating(kind) else kind


def _first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
