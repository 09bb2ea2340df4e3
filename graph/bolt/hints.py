"""A misspelt name in a statement finds nothing, without a word: here it is told."""

from __future__ import annotations

import re

from neo4j import ResultSummary

from ...core.errors import QueryError, nearest
from ..namespace import PLAIN, Namespace
from ..schema import EDGES, NODES

__all__ = ["require_known"]

_UNKNOWN = re.compile(r"The (label|relationship type|property) `(.*)` does not exist", re.DOTALL)


def _list_schema_names() -> dict[str, set[str]]:
    properties = [node.properties for node in NODES] + [edge.properties for edge in EDGES]
    return {
        "label": {node.name for node in NODES},
        "relationship type": {edge.name for edge in EDGES},
        "property": {column.name for some in properties for column in some},
    }


def require_known(summary: ResultSummary, namespace: Namespace = PLAIN) -> None:
    """Refuse a statement that names what neither the schema nor the database knows.

    The embedded store refuses such a statement itself; a server answers it with nothing. What the
    schema declares may be missing in the database: a property that no row has, say.

    Parameters
    ----------
    summary : neo4j.ResultSummary
        Of the statement, after it ran.
    namespace : Namespace
        How the kinds of the schema are called in the database.

    Raises
    ------
    QueryError
        With the nearest name.
    """
    declared = _list_schema_names()
    for status in summary.gql_status_objects:
        match = _UNKNOWN.search(status.status_description)
        if match is None:
            continue
        what, name = match.groups()
        stored = {each if what == "property" else namespace.stored(each) for each in declared[what]}
        if name not in stored:
            hint = nearest(name, declared[what] - {name})
            if name in declared[what]:
                hint = "In back-ticks it is not the study's own: write it without."
            raise QueryError(
                f"the statement names the {what} {name!r}, which is nowhere in the graph. {hint}"
            )
