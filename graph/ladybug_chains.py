"""Chains of citations that would crash the embedded store: found before a statement runs.

Citations are kept from the citing end alone. From a cited node that an earlier part of the
statement has found nothing leads back, and the library says so of single citations; a chain of
them (``[:CITES*1..3]``) ends the process instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TypeAlias

from ..queries.cypher import Token, clauses, items, tokenize
from .ladybug_tables import ONE_WAY
from .namespace import kind_in_any

__all__ = ["goes_back"]

#: Clauses after which nodes are found already.
_LATER = frozenset({"OPTIONAL MATCH", "WITH", "CALL"})
_Known: TypeAlias = frozenset[str]


def goes_back(statement: str) -> bool:
    """Whether a chain of citations leads to a node that is found before those who cite it.

    Examples
    --------
    >>> goes_back("MATCH (p:Patent {id: '1'})<-[:CITES*1..3]-(q:Patent) RETURN q.id AS id")
    False
    >>> goes_back("MATCH (p:Patent {id: '1'}) WITH p MATCH (p)<-[:CITES*1..3]-(q) RETURN q.id")
    True
    """
    return _goes_back(tokenize(statement), frozenset(), later=False)


def _goes_back(tokens: Sequence[Token], outer: _Known, *, later: bool) -> bool:
    known, late = outer, later
    for clause in clauses(tokens):
        own, inner = _parts(clause.body)
        if clause.keyword == "UNION":
            known, late = outer, later
        late |= clause.keyword in _LATER
        within = clause.keyword.endswith("MATCH")
        back = any(head in known and tail not in known for head, tail in _chains(own))
        if back and (late or not within):  # what stands in WHERE is asked of nodes that are found
            return True
        if within:
            known |= {_name(own, at) for at, token in enumerate(own) if token.text == "("}
        elif clause.keyword == "WITH" and not (own and own[0].text == "*"):
            known = frozenset(alias for _, alias in items(clause))
        if any(_goes_back(part, known, later=True) for part in inner):
            return True
    return False


def _parts(body: Sequence[Token]) -> tuple[list[Token], list[list[Token]]]:
    """Return what stands outside all braces, and the inside of each pair of outer braces."""
    own: list[Token] = []
    inner: list[list[Token]] = []
    depth = 0
    for token in body:
        depth -= token.text == "}"
        if depth:
            inner[-1].append(token)
        elif token.text not in "{}":
            own.append(token)
        if token.text == "{":
            inner += [[]] if not depth else []
            depth += 1
    return own, inner


def _chains(tokens: Sequence[Token]) -> Iterator[tuple[str, str]]:
    """Yield the variables of the cited and the citing end of chains over citations."""
    texts = [token.text for token in tokens]
    for at, text in enumerate(texts):
        if text != "[" or texts[at - 1 : at] != ["-"] or "]" not in texts[at:]:
            continue
        end = texts.index("]", at)
        inside = tokens[at + 1 : end]
        if not any(token.text == "*" for token in inside) or not _over_citations(inside):
            continue
        before, after = _node_before(tokens, at - 1), _name(tokens, end + 2)
        if texts[end + 1 : end + 3] == ["-", ">"]:
            yield _name(tokens, end + 3), before
        elif at > 1 and texts[at - 2] == "<":
            yield before, after


def _over_citations(inside: Sequence[Token]) -> bool:
    """Whether a chain may go over citations: it names them, or no kind at all."""
    named = {
        kind_in_any(token.identifier)
        for mark, token in pairwise(inside)
        if mark.text in {":", "|"} and token.identifier
    }
    return not named or bool(ONE_WAY & named)


def _name(tokens: Sequence[Token], at: int) -> str:
    """Return the variable of the node that opens at a place, '' where it has none."""
    there = tokens[at : at + 2]
    return there[1].identifier if len(there) == 2 and there[0].text == "(" else ""


def _node_before(tokens: Sequence[Token], at: int) -> str:
    """Return the variable of the node that ends before a place."""
    opens = max((n for n in range(at) if tokens[n].text == "("), default=-1)
    return _name(tokens, opens) if opens >= 0 else ""
