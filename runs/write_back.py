"""What a run found goes where the analysts ask: scores, shares and links in the graph."""

from __future__ import annotations

import importlib.metadata
import json
from collections.abc import Collection, Mapping
from datetime import UTC, datetime

import pandas as pd
import pyarrow as pa

from ..core.measures import scores
from ..graph.results import Run, read_found, read_scores, to_table, write_results
from ..graph.schema import FOUND
from ..graph.store import GraphStore, edge_type, node_type
from ..ingest.study import summary
from .result import Result

__all__ = ["add_staying", "add_staying_found", "found_of", "scores_of", "write_back"]


def scores_of(result: Result) -> dict[int, pd.DataFrame]:
    """Return what all capabilities found of the sectors, by report year.

    Parameters
    ----------
    result : Result
        What the run found.

    Returns
    -------
    dict of int to DataFrame, index = industry code

    Raises
    ------
    ValueError
        If a capability gives a score that it has not declared, of a year that is not reported, or
        of no sector: the graph has no place for it.
    """
    by_year = {year.year: pd.DataFrame() for year in result.years}
    for name, answer in result.answers.items():
        for year, frame in answer.capability.scores(answer.value).items():
            _require_declared(name, year, frame, result)
            by_year[year] = pd.concat([by_year[year], frame], axis=1)
    return by_year


def _require_declared(name: str, year: int, frame: pd.DataFrame, result: Result) -> None:
    """Refuse what the graph has no place for before any file is written."""
    declared = [each.name for each in scores() if each.by == name]
    sectors = set(result.economy.labels)
    wrong = [f"score {column!r}" for column in frame if column not in declared]
    wrong += [f"sector {code!r}" for code in frame.index if code not in sectors]
    if year not in [each.year for each in result.years]:
        wrong.append(f"report year {year}")
    if wrong:
        raise ValueError(
            f"capability {name}: the graph has no {wrong[0]}; the scores that core/measures.py "
            f"declares of it are {', '.join(declared) or 'none'}"
        )


def add_staying(
    by_year: Mapping[int, pd.DataFrame],
    store: GraphStore,
    result: Result,
    stay: Mapping[str, Collection[str]],
) -> dict[int, pd.DataFrame]:
    """Put what the same run has found before beside what it finds now; say what the graph lost.

    Parameters
    ----------
    by_year : mapping of int to DataFrame
        What :func:`scores_of` returns.
    store : GraphStore
        The graph of the run.
    result : Result
        What the run found; a warning is added to its economy.
    stay : mapping of str to collection of str
        The files of capabilities that stay.

    Returns
    -------
    dict of int to DataFrame, index = industry code
    """
    others = {each.name: each.by for each in scores() if each.by not in result.answers}
    before = read_scores(store, result.run, others)
    there = {others[str(name)] for frame in before.values() for name in frame}
    for name in dict.fromkeys(others.values()):
        if stay.get(name) and name not in there:
            _tell_lost(result, name, "scores are")
    return {
        year: frame.join(before[year], how="outer") if year in before else frame
        for year, frame in by_year.items()
    }


def _tell_lost(result: Result, name: str, what: str) -> None:
    result.economy.warnings.append(
        f"{name}: its files are of this run, but its {what} not in the graph; "
        f"'spillgraph {name}' writes them again."
    )


def found_of(result: Result) -> dict[str, pa.Table]:
    """Return the nodes and edges that capabilities have found, by kind.

    Parameters
    ----------
    result : Result
        What the run found.

    Raises
    ------
    ValueError
        If a capability gives a kind that the schema does not declare of it, or an edge to an
        industry that is not in the graph.
    """
    industries = set(result.economy.industries["key"])
    found: dict[str, pa.Table] = {}
    for name, answer in result.answers.items():
        for kind, rows in answer.capability.graph(answer.value, result.run).items():
            if kind not in FOUND.get(name, ()):
                raise ValueError(f"capability {name}: graph/schema.py declares no {kind} of it")
            found[kind] = to_table(kind, rows)
            ends = () if node_type(kind) else edge_type(kind).ends[0]
            for column, end in zip(("from", "to"), ends, strict=False):
                lacking = set(rows[column]) - industries if end == "Industry" else set()
                if lacking:
                    raise ValueError(f"capability {name}: the graph has no {min(lacking)!r}")
    return found


def add_staying_found(
    found: Mapping[str, pa.Table],
    store: GraphStore,
    result: Result,
    stay: Mapping[str, Collection[str]],
) -> dict[str, pa.Table]:
    """Put nodes and edges that the same run has found before beside those that it finds now.

    Parameters
    ----------
    found : mapping of str to pyarrow.Table
        What :func:`found_of` returns.
    store, result, stay
        As in :func:`add_staying`.
    """
    before: dict[str, pa.Table] = {}
    for name, kinds in FOUND.items():
        if name not in result.answers:
            there = {kind: read_found(store, result.run, kind) for kind in kinds}
            there = {kind: table for kind, table in there.items() if table.num_rows}
            if stay.get(name) and not there:
                _tell_lost(result, name, "links are")
            before |= there
    return before | dict(found)


def write_back(
    store: GraphStore,
    result: Result,
    by_year: Mapping[int, pd.DataFrame],
    found: Mapping[str, pa.Table],
) -> None:
    """Put scores, shares and links into the graph, under the id of the run.

    Parameters
    ----------
    store : GraphStore
        The graph of the run.
    result : Result
        What it found.
    by_year : mapping of int to DataFrame
        What :func:`add_staying` returns.
    found : mapping of str to pyarrow.Table
        What :func:`add_staying_found` returns.
    """
    study = result.study
    run = Run(
        result.run,
        study.about.name,
        datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        study.about.target,
        json.dumps(dict(summary(study)), ensure_ascii=False),
        importlib.metadata.version("spillgraph"),
    )
    links = {
        (name, year.year): matrix
        for year in result.years
        for name, matrix in year.matrices().items()
        if name in {"W", "S"}
    }
    write_results(store, run, by_year, links, found, fingerprint=result.mark)
