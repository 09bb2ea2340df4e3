"""Path patterns of a ``MATCH``: which edges it names, and which of them may be one edge.

In one ``MATCH``, Neo4j never uses an edge twice (a trail) and ladybug may (a walk). They
agree where no two edges of the clause can be the same one: other types, other kinds of
node at an end, or ends that a condition keeps apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from .cypher import Clause, Token, split_commas

__all__ = ["Edge", "distinct_pairs", "may_coincide", "node_labels", "pattern_edges"]


@dataclass(frozen=True, slots=True)
class Edge:
    """One edge of a pattern.

    Attributes
    ----------
    variable : str
        Its name, '' where it has none.
    types : frozenset of str
        Its types; empty where any is meant.
    source, target : str
        Names of its ends, '' for a node without a name.
    directed : bool
        Whether it has an arrow head at exactly one end.
    hops : str
        What stands behind a ``*``, such as ``*0..1``; '' for a plain edge.
    line : int
        Where it stands.
    """

    variable: str
    types: frozenset[str]
    source: str
    target: str
    directed: bool
    hops: str
    line: int


class _Cursor:
    """A position in a pattern's tokens."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.at = 0

    def text(self) -> str:
        return self.tokens[self.at].text if self.at < len(self.tokens) else ""

    def take(self, text: str) -> bool:
        if self.text() != text:
            return False
        self.at += 1
        return True

    def inside(self) -> list[Token]:
        """Take a whole bracket and return what stands in it."""
        start, depth = self.at, 0
        while self.at < len(self.tokens):
            depth += self.text() in {"(", "[", "{"}
            depth -= self.text() in {")", "]", "}"}
            self.at += 1
            if not depth:
                break
        return list(self.tokens[start + 1 : self.at - 1])


def _node_name(inside: Sequence[Token]) -> str:
    return inside[0].identifier if inside else ""


def _edge_parts(inside: Sequence[Token]) -> tuple[str, frozenset[str], str]:
    """Return variable, types and hops of what stands between the square brackets."""
    cut = next((i for i, token in enumerate(inside) if token.text in {"*", "{"}), len(inside))
    head, rest = inside[:cut], inside[cut:]
    variable = head[0].identifier if head else ""
    types = frozenset(
        token.identifier
        for before, token in pairwise(head)
        if before.text in {":", "|"} and token.identifier
    )
    hops = ""
    if rest and rest[0].text == "*":
        end = next((i for i, token in enumerate(rest) if token.text == "{"), len(rest))
        hops = "".join(token.text for token in rest[:end])
    return variable, types, hops


def _path_edges(path: Sequence[Token]) -> Iterator[Edge]:
    cursor = _Cursor(path)
    while cursor.at < len(path) and cursor.text() != "(":  # the name of the path
        cursor.at += 1
    left = _node_name(cursor.inside())
    while cursor.text() in {"<", "-"}:
        line = path[cursor.at].line
        backward = cursor.take("<")
        cursor.take("-")
        inside = cursor.inside() if cursor.text() == "[" else []
        cursor.take("-")
        forward = cursor.take(">")
        right = _node_name(cursor.inside())
        variable, types, hops = _edge_parts(inside)
        source, target = (right, left) if backward else (left, right)
        yield Edge(variable, types, source, target, forward != backward, hops, line)
        left = right


def pattern_edges(pattern: Sequence[Token]) -> list[Edge]:
    """Return the edges of a ``MATCH``'s pattern, over all its comma-separated paths.

    Parameters
    ----------
    pattern : sequence of Token
        The clause's body, without its ``WHERE``.

    Returns
    -------
    list of Edge
        In the order of the text, sources and targets as the arrows say.

    Examples
    --------
    >>> from spillgraph.queries.cypher import tokenize
    >>> first, second = pattern_edges(tokenize("(a:Firm)-[c:CITES]->(b)<-[:OWNS|CITES]-(d)"))
    >>> first.source, first.target, sorted(first.types)
    ('a', 'b', ['CITES'])
    >>> second.source, second.target, sorted(second.types)
    ('d', 'b', ['CITES', 'OWNS'])
    """
    return [edge for path in split_commas(pattern) for edge in _path_edges(path)]


def node_labels(tokens: Sequence[Token]) -> dict[str, str]:
    """Return the kind of every named node of a statement that says ``(name:Kind``.

    Examples
    --------
    >>> from spillgraph.queries.cypher import tokenize
    >>> node_labels(tokenize("MATCH (a:Firm)-[c:CITES]->(b) RETURN a.id AS id"))
    {'a': 'Firm'}
    """
    return {
        name.identifier: kind.identifier
        for opening, name, colon, kind in zip(
            tokens, tokens[1:], tokens[2:], tokens[3:], strict=False
        )
        if opening.text == "(" and name.identifier and colon.text == ":"
    }


def distinct_pairs(where: Clause | None) -> set[frozenset[str]]:
    """Return the pairs of nodes that a ``WHERE`` keeps apart by ``a.key <> b.key``.

    Only conditions that must hold count: joined by ``AND``, outside all brackets.

    Examples
    --------
    >>> from spillgraph.queries.cypher import clauses, tokenize
    >>> text = "WHERE a.id <> b.id AND a.year > 0"
    >>> [sorted(pair) for pair in distinct_pairs(clauses(tokenize(text))[0])]
    [['a', 'b']]
    >>> distinct_pairs(clauses(tokenize("WHERE a.id <> b.id OR a.year > 0"))[0])
    set()
    """
    depth = 0
    conditions: list[list[Token]] = [[]]
    for token in where.body if where else ():
        depth += (token.text in {"(", "[", "{"}) - (token.text in {")", "]", "}"})
        if depth == 0 and token.upper in {"OR", "XOR"}:
            return set()
        if depth == 0 and token.upper == "AND":
            conditions.append([])
        else:
            conditions[-1].append(token)
    pairs = set()
    for condition in conditions:
        if [token.text for token in condition[1:6:2]] == [".", "<>", "."] and len(condition) == 7:
            left, key, right, other = condition[::2]
            if key.text == other.text and left.text != right.text:
                pairs.add(frozenset([left.text, right.text]))
    return pairs


def may_coincide(
    edges: Sequence[Edge], labels: dict[str, str], apart: set[frozenset[str]]
) -> list[tuple[Edge, Edge]]:
    """Return the pairs of edges of one ``MATCH`` that may be one and the same edge.

    Parameters
    ----------
    edges : sequence of Edge
        All edges of the clause.
    labels : dict of str to str
        Kinds of the named nodes.
    apart : set of frozenset of str
        Pairs of nodes that cannot be one node.

    Returns
    -------
    list of (Edge, Edge)
        Pairs on which a trail and a walk may disagree.
    """

    def differ(one: str, other: str) -> bool:
        kinds = {labels[name] for name in (one, other) if name in labels}
        return len(kinds) == 2 or frozenset([one, other]) in apart

    def coincide(one: Edge, other: Edge) -> bool:
        if one.variable and one.variable == other.variable:
            return True
        if one.types and other.types and not one.types & other.types:
            return False
        return not differ(one.source, other.source) and not differ(one.target, other.target)

    return [(one, other) for one, other in combinations(edges, 2) if coincide(one, other)]
