"""Write what a run found back into the graph, so that it can be asked in Cypher."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..core.errors import InputError, nearest, show
from ..core.matrix import LabelledMatrix
from .ask import ask
from .schema import FOUND, NODES, SCORES, Property
from .store import Batch, GraphStore, edge_type, node_type

__all__ = [
    "Run",
    "read_found",
    "read_scores",
    "remove_results",
    "remove_study",
    "to_table",
    "write_results",
]

_TYPES = {"string": pa.string(), "integer": pa.int64(), "float": pa.float64()}


@dataclass(frozen=True, slots=True)
class Run:
    """One run, as its node in the graph says.

    Parameters
    ----------
    id : str
        Names the input and the choices: the same run again has the same id.
    study : str
        Name of the study.
    created : str
        When, in UTC.
    classification : str
        Classification of the industries.
    choices : str
        Choices of the study, as JSON.
    version : str
        Version of spillgraph.
    """

    id: str
    study: str
    created: str
    classification: str
    choices: str
    version: str


def write_results(
    store: GraphStore,
    run: Run,
    scores: Mapping[int, pd.DataFrame],
    links: Mapping[tuple[str, int], LabelledMatrix],
    found: Mapping[str, pa.Table],
    *,
    fingerprint: str,
) -> None:
    """Write a run's results; what the same run wrote before is replaced.

    Parameters
    ----------
    store : GraphStore
        Holds the industries.
    run : Run
        The run.
    scores : mapping of int to DataFrame, index = industry code
        By year, columns of :data:`spillgraph.graph.schema.SCORES`; a missing column, or NaN, is
        no property.
    links : mapping of (str, int) to LabelledMatrix, shape (N, N)
        ``("W", year)`` and ``("S", year)``: ``[receiver, source]``. Each entry that is not 0
        becomes an edge from the receiver to the source.
    found : mapping of str to pyarrow.Table
        Nodes and edges of :data:`spillgraph.graph.schema.FOUND`, as :func:`to_table` gives them.
    fingerprint : str
        Goes into the batch ids.

    Raises
    ------
    InputError
        If a column of scores is not declared; nothing is written then.
    """
    for year, frame in scores.items():
        _require_declared(year, frame)
    store.drop_run(run.id)

    tables: dict[str, list[pa.Table]] = defaultdict(list)
    tables["Run"].append(pa.table({name: [value] for name, value in asdict(run).items()}))
    for year, frame in scores.items():
        industries, values = _scores(frame, run.classification)
        here = {"from": [run.id] * len(frame), "to": industries}
        tables["SCORES"].append(_build_edges(here, run.id, year, values))
    for (name, year), matrix in links.items():
        ends, weight = _links(matrix, run.classification)
        tables[name].append(_build_edges(ends, run.id, year, {"weight": weight}))
    for kind in (kind for kinds in FOUND.values() for kind in kinds if kind in found):
        tables[kind].append(_between_nodes(store, kind, found[kind]))
    for kind, parts in tables.items():
        ends_of_kind = None if node_type(kind) else edge_type(kind).ends[0]
        id = f"{fingerprint}:run:{run.id}:{kind}"
        store.load(Batch(id, kind, pa.concat_tables(parts), ends_of_kind))
    if scores:
        last = max(scores)
        industries, values = _scores(scores[last], run.classification)
        mark = {"run": [run.id] * len(industries), "scores_year": [last] * len(industries)}
        store.update("Industry", pa.table({"key": industries, **mark, **values}))


def read_scores(store: GraphStore, run: str, names: Collection[str]) -> dict[int, pd.DataFrame]:
    """Read scores that a run has written.

    Parameters
    ----------
    store : GraphStore
        The graph.
    run : str
        Id of the run.
    names : collection of str
        Scores; what the schema does not know is left out.

    Returns
    -------
    dict of int to DataFrame, index = industry code
        By year; a score that no industry has is left out, and so is a year without any.
    """
    declared = [score.name for score in SCORES if score.name in names]  # safe in a statement
    columns = "".join(f", s.{name} AS {name}" for name in declared)
    rows: pd.DataFrame = store.query(
        f"MATCH (r:Run)-[s:SCORES]->(i:Industry) WHERE r.id = $run "
        f"RETURN s.year AS year, i.code AS code{columns} ORDER BY year, code",
        {"run": run},
    ).to_pandas()
    by_year = {
        int(str(year)): part.set_index("code")[declared].astype(float).dropna(axis=1, how="all")
        for year, part in rows.groupby("year")
    }
    return {year: part for year, part in by_year.items() if len(part.columns)}


def to_table(kind: str, rows: pd.DataFrame) -> pa.Table:
    """Return nodes or edges as the schema declares them.

    Parameters
    ----------
    kind : str
        One of :data:`spillgraph.graph.schema.FOUND`.
    rows : DataFrame
        A column a property; of edges also ``from`` and ``to``, the keys of their ends. What is
        missing, or NaN, is no property.

    Returns
    -------
    pyarrow.Table

    Raises
    ------
    KeyError
        If a column is missing.
    """
    schema = _schema(kind)
    return pa.Table.from_pandas(rows[schema.names], schema, preserve_index=False)


def read_found(store: GraphStore, run: str, kind: str) -> pa.Table:
    """Read nodes or edges that a run has written, as :func:`to_table` gives them.

    Parameters
    ----------
    store : GraphStore
        The graph.
    run : str
        Id of the run.
    kind : str
        One of :data:`spillgraph.graph.schema.FOUND`.
    """
    columns, pattern = (
        [f"x.{each.name} AS {each.name}" for each in _properties(kind)],
        f"(x:{kind})",
    )
    if node_type(kind) is None:
        (start, end) = edge_type(kind).ends[0]
        pattern = f"(a:{start})-[x:{kind}]->(b:{end})"
        key = {each.name: each.key for each in NODES}
        columns = [f"a.{key[start]} AS `from`", f"b.{key[end]} AS `to`", *columns]
    statement = f"MATCH {pattern} WHERE x.run = $run RETURN {', '.join(columns)}"
    return store.query(statement, {"run": run}).cast(_schema(kind))


def _between_nodes(store: GraphStore, kind: str, rows: pa.Table) -> pa.Table:
    """Leave out edges to regions that are no nodes: those of sites alone are none."""
    if node_type(kind) or edge_type(kind).ends[0][1] != "Region":
        return rows
    regions = store.query("MATCH (r:Region) RETURN r.id AS id")["id"]
    return rows.filter(pc.is_in(rows["to"], value_set=regions.cast(pa.string())))


def _properties(kind: str) -> tuple[Property, ...]:
    node = node_type(kind)
    return node.properties if node else edge_type(kind).properties


def _schema(kind: str) -> pa.Schema:
    ends = [] if node_type(kind) else [("from", pa.string()), ("to", pa.string())]
    return pa.schema([*ends, *((each.name, _TYPES[each.type]) for each in _properties(kind))])


def remove_results(store: GraphStore, run: str) -> None:
    """Remove what one run wrote back.

    Parameters
    ----------
    store : GraphStore
        The graph.
    run : str
        Id of the run.

    Raises
    ------
    InputError
        If no run of this id has written to the graph; the message lists those that have.
    """
    there = ask(store, "runs")["run"].to_pylist()
    if run not in there:
        known = f"it holds: {', '.join(there)}" if there else "it holds results of no run"
        raise InputError(f"no run {run!r} has written to the graph; {known}.")
    store.drop_run(run)


def remove_study(store: GraphStore, name: str) -> None:
    """Remove a study from a store; afterwards the store can only be closed.

    Parameters
    ----------
    store : GraphStore
        The graph.
    name : str
        Name of the study: nothing goes if it is not the one that the graph holds.

    Raises
    ------
    InputError
        If the graph holds another study, or none.
    """
    held = ask(store, "study_of_the_graph")["name"].to_pylist()
    if held != [name]:
        known = f"the study {show(held[0])}" if held else "no study"
        place = store.namespace.at(store.url)
        raise InputError(f"{place} holds {known}, not {show(name)}; nothing was removed.")
    store.remove()


def _require_declared(year: int, frame: pd.DataFrame) -> None:
    """Refuse a score that the schema does not know: it would disappear without a word."""
    known = [score.name for score in SCORES]
    for name in map(str, frame.columns):
        if name not in known:
            raise InputError(
                f"scores of {year}: the graph has no property {show(name)} of an industry. "
                f"{nearest(name, known)} New ones are declared in core/measures.py."
            )


def _scores(frame: pd.DataFrame, classification: str) -> tuple[list[str], dict[str, pa.Array]]:
    keys = [f"{classification}:{code}" for code in frame.index]
    values = {
        score.name: pa.array(frame[score.name], pa.float64(), from_pandas=True)
        if score.name in frame
        else pa.nulls(len(frame), pa.float64())
        for score in SCORES
    }
    return keys, values


def _links(matrix: LabelledMatrix, classification: str) -> tuple[dict[str, list[str]], pa.Array]:
    frame = matrix.to_long()
    frame = frame[frame["value"] != 0]  # a zero may be stored
    ends = {
        end: [f"{classification}:{code}" for code in frame[column]]
        for end, column in (("from", "receiver"), ("to", "source"))
    }
    return ends, pa.array(frame["value"], pa.float64())


def _build_edges(
    ends: Mapping[str, list[str]], run: str, year: int, values: Mapping[str, pa.Array]
) -> pa.Table:
    n = len(ends["from"])
    return pa.table(
        {
            "from": pa.array(ends["from"], pa.string()),
            "to": pa.array(ends["to"], pa.string()),
            "run": pa.array([run] * n, pa.string()),
            "year": pa.array([year] * n, pa.int64()),
            **values,
        }
    )
