"""Cypher that runs on every store: one statement a file, with a header that declares it.

``library`` holds the questions for users, ``internal`` the statements of aggregation and
export. :func:`lint` keeps them to the common ground of the stores, and
:func:`is_read_only` guards statements that come from outside.
"""

from __future__ import annotations

from .cypher import parameters_of
from .kinds import kinds_of
from .lint import lint, require_same_on_every_store
from .loader import Column, Parameter, Query, list_queries, load_query, parse_query
from .planner import for_neo4j
from .readonly import is_read_only, why_not_read_only

__all__ = [
    "Column",
    "Parameter",
    "Query",
    "for_neo4j",
    "is_read_only",
    "kinds_of",
    "lint",
    "list_queries",
    "load_query",
    "parameters_of",
    "parse_query",
    "require_same_on_every_store",
    "why_not_read_only",
]
