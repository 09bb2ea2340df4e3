"""Where a statement names kinds: the labels of nodes and the types of edges, and nothing else.

A kind stands behind a colon, or behind ``IS``: in a pattern (``(f:Firm)-[:CITES|SUPPLIES]->()``),
as a condition (``WHERE f:Firm``), in a hint (``USING SCAN c:CITES``). A colon also parts the keys
of a map from its values and, in the embedded store, the ends of a slice: what follows is no kind.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from itertools import pairwise

from .cypher import KEYWORDS, Token, tokenize, word_set

__all__ = ["kind_tokens", "kinds_of"]

#: Functions that return the kind of a node or an edge.
_LABELS = word_set("LABEL LABELS TYPE")
#: Words behind IS that are no kind.
_OF_IS = word_set("KEY NFC NFD NFKC NFKD NODE NORMALIZED NOT NULL RELATIONSHIP TYPED UNIQUE")
#: Words with which a query in braces begins: EXISTS { MATCH ... }.
_QUERIES = word_set("CALL MATCH OPTIONAL RETURN UNWIND USE WITH")
#: What may stand before the square bracket of a slice, beside names and brackets.
_VALUES = frozenset({"parameter", "string"})
_PAIRS = {"(": ")", "[": "]", "{": "}"}
_NONE = Token("symbol", "", 1)


def kinds_of(text: str) -> set[str]:
    """Return the kinds of nodes and edges that a statement names, as it spells them.

    Texts count where it asks for labels, as in ``label(n) = 'Firm'``; values of a map do not.

    Examples
    --------
    >>> sorted(kinds_of("MATCH (f:Firm)-[:OWNS|`CITES`]->(p) WHERE f.name = ':Region' RETURN p"))
    ['CITES', 'Firm', 'OWNS']
    >>> sorted(kinds_of("MATCH (n:Region {id: Firm}) WHERE label(n) = 'Patent' RETURN n"))
    ['Patent', 'Region']
    """
    tokens = tokenize(text)
    named = {token.identifier for token in kind_tokens(tokens)}
    if any(one.upper in _LABELS and other.text == "(" for one, other in pairwise(tokens)):
        named |= {token.text[1:-1] for token in tokens if token.kind == "string"}
    return named


def kind_tokens(tokens: Sequence[Token]) -> Iterator[Token]:
    """Yield the tokens of a statement that name a kind of node or edge.

    Parameters
    ----------
    tokens : sequence of Token
        As :func:`spillgraph.queries.cypher.tokenize` returns them.

    Yields
    ------
    Token
        A word, or a name in back-ticks, in the order of the text.

    Examples
    --------
    >>> text = "MATCH (a:Firm {id: W})-[:W*1..3]->(b) WHERE b:Firm|!Patent RETURN {S: S} AS S"
    >>> [token.text for token in kind_tokens(tokenize(text))]
    ['Firm', 'W', 'Firm', 'Patent']
    """
    within = [""]  # what the brackets are that stand open: ( pattern [ list [ index { map { query
    at = 0
    while at < len(tokens):
        token = tokens[at]
        at += 1
        if token.kind == "symbol" and token.text in _PAIRS:
            within.append(_role(tokens, at - 1))
        elif token.kind == "symbol" and token.text in _PAIRS.values() and len(within) > 1:
            within.pop()
        elif _begins(tokens, at - 1, within[-1]):
            at = yield from _expression(tokens, at, within[-1])


def _role(tokens: Sequence[Token], at: int) -> str:
    """Say what an opening bracket opens."""
    before = tokens[at - 1] if at else _NONE
    if tokens[at].text == "[":
        if before.text == "-":
            return "pattern"
        named = before.identifier and before.upper not in KEYWORDS
        return "index" if named or before.text in set(")]}") or before.kind in _VALUES else "list"
    if tokens[at].text == "{":
        first, second = (*tokens[at + 1 : at + 3], _NONE, _NONE)[:2]
        query = first.text == "(" or (first.upper in _QUERIES and second.text not in {":", ","})
        return "query" if query or second.text == "=" else "map"
    return tokens[at].text


def _begins(tokens: Sequence[Token], at: int, within: str) -> bool:
    """Whether a kind is named behind this token."""
    token, before, key = tokens[at], *(tokens[at - n] if at >= n else _NONE for n in (1, 2))
    if token.upper == "IS":
        after = tokens[at + 1] if at + 1 < len(tokens) else _NONE
        known = after.text in {"!", "%", "("} or after.kind in {"word", "name"}
        return before.text != "." and known and after.upper not in _OF_IS
    if token.text != ":" or token.kind != "symbol" or within == "index":
        return False
    return not (within == "map" and key.text in {"{", ","} and before.text != ":")


def _expression(tokens: Sequence[Token], at: int, within: str) -> Generator[Token, None, int]:
    """Yield the kinds of one expression of labels, as ``Firm|(!Patent&%)``; return its end."""
    inner, wanted = 0, True  # brackets of its own; whether a kind comes next, or what joins kinds
    while at < len(tokens):
        token = tokens[at]
        if wanted and (token.identifier or token.text.startswith(("%", "$"))):
            if token.identifier:
                yield token
            elif token.text != "%" and "(" in {each.text for each in tokens[at + 1 : at + 2]}:
                at = _close(tokens, at + 1)  # a label that is computed: $(...), $any(...)
            wanted = False
        elif wanted and token.text in {"(", "!", ":"}:
            inner += token.text == "("
        elif not wanted and token.text == ")" and inner:
            inner -= 1
        elif not wanted and _joins(tokens[at : at + 3], listed=within == "list" and not inner):
            wanted = True
        else:
            break
        at += 1
    return at


def _joins(ahead: Sequence[Token], *, listed: bool) -> bool:
    """Whether another kind follows; the last bar in a list begins what a comprehension yields."""
    mark, first, second = (*ahead, _NONE, _NONE)[:3]
    if mark.text != "|" or not listed:
        return mark.text in {"&", ":", "|"}
    named = bool(first.identifier) and second.text in {"|", "&"}
    return named or first.text in {":", "!", "%"}


def _close(tokens: Sequence[Token], at: int) -> int:
    """Return the place of the bracket that closes the one at a place."""
    depth = 0
    while at < len(tokens):
        depth += (tokens[at].text in _PAIRS) - (tokens[at].text in _PAIRS.values())
        if not depth:
            break
        at += 1
    return at
