"""The linter's rules on ``sum()``: nothing summed, and whole numbers summed.

The sum over nothing is null in ladybug and 0 in Neo4j; the sum of whole numbers is a
decimal in ladybug and a whole number in Neo4j.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from ..core.measures import POOLS, scores
from .cypher import Clause, Token, clauses, items, scopes, word_set

__all__ = ["AGGREGATES", "INTEGER_PROPERTIES", "NULLABLE_PROPERTIES", "sum_problems"]

#: Properties of the graph model that are whole numbers.
INTEGER_PROPERTIES = word_set("before first_year last_year phi rows scores_year sites year")

#: Number properties that may be null, so that a group may have nothing to sum.
NULLABLE_PROPERTIES = (
    word_set(
        "before employment lat lon output p quality rows scores_year sites size threshold "
        "total year"
    )
    | {score.name for score in scores()}
    | set(POOLS)
)

#: Functions over a group of rows, in small letters.
AGGREGATES = word_set("avg collect count max min percentilecont sum")
_COUNTS = word_set("count size")
_OVER_NOTHING = (
    "sum over nothing is null in one store and 0 in the other; write coalesce(sum(...), 0.0)"
)
_WHOLE = (
    "a sum of whole numbers is a decimal in one store; write numbers as 1.0, and count rows "
    "with count()"
)


def sum_problems(tokens: Sequence[Token]) -> Iterator[tuple[int, str]]:
    """Yield (line, problem) for every ``sum()`` on which the stores differ.

    Examples
    --------
    >>> from spillgraph.queries.cypher import tokenize
    >>> [line for line, _ in sum_problems(tokenize("MATCH (f:Firm) RETURN sum(f.size) AS n"))]
    [1]
    """
    for scope in scopes(tokens):
        optional = False
        whole: set[str] = set()
        for clause in clauses(scope):
            optional = optional or clause.keyword == "OPTIONAL MATCH"
            if clause.keyword in {"WITH", "RETURN"}:
                yield from _projection(clause, optional, whole)
                whole = _whole_names(clause, whole)


def _projection(clause: Clause, optional: bool, whole: set[str]) -> Iterator[tuple[int, str]]:
    grouped = any(not _calls(part, AGGREGATES) for part, _ in items(clause))
    for part, _ in items(clause):
        for at in _calls(part, word_set("sum")):
            argument = _argument(part, at)
            covered = at > 1 and [t.text.lower() for t in part[at - 2 : at]] == ["coalesce", "("]
            if not covered and not (grouped and _never_empty(argument, optional)):
                yield part[at].line, _OVER_NOTHING
            if _is_whole(argument, whole):
                yield part[at].line, _WHOLE


def _calls(part: Sequence[Token], names: frozenset[str]) -> list[int]:
    """Positions of calls of these functions, those within subqueries left out."""
    depth, places = 0, []
    for index, token in enumerate(part[:-1]):
        depth += (token.text == "{") - (token.text == "}")
        called = token.identifier.lower() in names and part[index + 1].text == "("
        if called and not depth:
            places.append(index)
    return places


def _argument(part: Sequence[Token], call: int) -> list[Token]:
    depth, end = 1, call + 2
    while end < len(part) and depth:
        depth += (part[end].text == "(") - (part[end].text == ")")
        end += 1
    return list(part[call + 2 : end - 1])


def _never_empty(argument: Sequence[Token], optional: bool) -> bool:
    """Whether each group is sure to have a number to sum."""
    words = [token.upper for token in argument]
    if optional or words.count("CASE") > words.count("ELSE"):
        return False
    return not _properties(_values(argument)) & NULLABLE_PROPERTIES


def _properties(argument: Sequence[Token]) -> set[str]:
    return {token.identifier for before, token in pairwise(argument) if before.text == "."}


def _values(argument: Sequence[Token]) -> list[Token]:
    """Drop what stands between WHEN and THEN: it is compared and not summed."""
    kept, comparing = [], False
    for token in argument:
        comparing = (comparing or token.upper == "WHEN") and token.upper != "THEN"
        if not comparing:
            kept.append(token)
    return kept


def _is_whole(argument: Sequence[Token], whole: set[str]) -> bool:
    values = _values(argument)
    if _properties(values) & INTEGER_PROPERTIES:
        return True
    if any(token.kind == "number" and token.text.isdigit() for token in values):
        return True
    return len(values) == 1 and values[0].identifier in whole


def _whole_names(clause: Clause, whole: set[str]) -> set[str]:
    """Names that carry whole numbers out of this projection."""
    names = set()
    for part, alias in items(clause):
        if not part:
            continue
        counted = part[0].identifier.lower() in _COUNTS and bool(_calls(part[:2], _COUNTS))
        year = len(part) == 3 and part[1].text == "." and part[2].text in INTEGER_PROPERTIES
        if counted or year or (len(part) == 1 and part[0].identifier in whole):
            names.add(alias)
    return names
