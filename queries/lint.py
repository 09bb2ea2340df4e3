"""What a statement must not use if it is to give the same answer on every store.

Some constructs are absent from one store; others run on both and silently differ, which
is worse. Every rule here stands for a difference that was seen on Neo4j 5.26 and ladybug
0.22; the rules' tests hold a bad and a good example of each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from ..core.errors import InputError, QueryError
from .cases import case_problems
from .cypher import KEYWORDS, Clause, Token, clauses, scopes, split_commas, tokenize, word_set
from .patterns import Edge, distinct_pairs, may_coincide, node_labels, pattern_edges
from .planner import hint_problems
from .sums import AGGREGATES, sum_problems

__all__ = ["FUNCTIONS", "lint", "require_same_on_every_store"]

#: Functions whose results were compared on both stores and agree (size: of lists).
FUNCTIONS = word_set(
    "abs all any avg ceil coalesce collect count floor max min none percentileCont range"
    " replace sign single size sqrt sum trim"
)
_AGREED = frozenset(name.lower() for name in FUNCTIONS)

_DIFFERENT = {
    "log": "base 10 in one store and e in the other; take logarithms in Python",
    "round": "the stores round halves differently (-2.5, 1.005); round in Python",
    "substring": "positions start at 0 in one store and at 1 in the other",
    "left": "kept out with substring; compare with STARTS WITH",
    "right": "kept out with substring; compare with ENDS WITH",
    "labels": "a list in one store and a string in the other; name the label in the pattern",
    "tolower": "letters such as ß and İ change differently; compare with IN",
    "toupper": "letters such as ß and İ change differently; compare with IN",
    "id": "internal ids differ between stores; use the property id",
}
_ABSENT_FUNCTIONS = word_set(
    "elementid exp head last reduce split stdev stdevp tofloat tointeger tostring type"
    " shortestpath allshortestpaths"
)
_ABSENT_WORDS = {
    "CALL": "CALL is spelled differently or absent; write the query without it",
    "FOREACH": "FOREACH is absent in ladybug; use UNWIND",
    "INSERT": "INSERT is absent in ladybug; use CREATE",
    "LOAD": "LOAD CSV is absent in ladybug; load tables with spillgraph load",
    "SHOW": "SHOW is absent in ladybug; the manual's model page lists kinds and properties",
    "TRANSACTIONS": "IN TRANSACTIONS is absent in ladybug; send smaller batches",
    "USING": "planner hints are absent in ladybug; write '// on Neo4j: USING SCAN edge:TYPE'",
}
_NULL_TEXT = (
    "text + null is null in one store and the text in the other; return the parts as columns"
)
_LOOP = (
    "without a direction a loop counts once in one store and twice in the other; write the arrow"
)
_BARE_PATH = "write a path among conditions as EXISTS { MATCH ... } or COUNT { MATCH ... }"
_COMMA = "a comma between the patterns of an upsert makes ladybug try all pairs; write two MATCHes"
_START = Token("symbol", "", 1)

_Problems = Iterator[tuple[int, str]]


def lint(text: str) -> list[str]:
    """List what keeps a statement from giving the same answer on every store.

    Parameters
    ----------
    text : str
        One Cypher statement.

    Returns
    -------
    list of str
        One sentence a problem with its line and remedy; empty when there is none.

    Examples
    --------
    >>> lint("MATCH (f:Firm) WHERE f.id = $firm RETURN f.name AS name")
    []
    >>> lint("MATCH (f:Firm) RETURN log(f.size) AS size")
    ['line 1: log(: base 10 in one store and e in the other; take logarithms in Python']
    """
    try:
        tokens = tokenize(text)
    except QueryError as error:
        return [str(error)]
    rules: tuple[Callable[[Sequence[Token]], _Problems], ...] = (
        _more_statements,
        _words,
        _functions,
        _brackets,
        _patterns,
        _labels_outside_patterns,
        _comma_upserts,
        _limits,
        _shadowed_names,
        sum_problems,
        case_problems,
    )
    problems = sorted(
        {problem for rule in rules for problem in rule(tokens)} | {*hint_problems(text)}
    )
    return [f"line {line}: {message}" for line, message in problems]


def require_same_on_every_store(path: Path) -> None:
    """Refuse the statement of a file in which :func:`lint` finds anything.

    Parameters
    ----------
    path : Path
        One Cypher statement, with or without a query's header.

    Raises
    ------
    InputError
        If the file cannot be read or holds no statement.
    QueryError
        With every problem: its line in the file and its remedy.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "firms.cypher"
    ...     _ = path.write_text("MATCH (f:Firm) RETURN count(*) AS firms")
    ...     require_same_on_every_store(path)
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise InputError(f"--lint {path}: the file cannot be read ({why}).") from None
    problems = lint(text)
    if problems:
        raise QueryError(f"{path}: {'; '.join(problems)}.")
    if not tokenize(text):
        raise InputError(f"--lint {path}: there is no statement in it; write one MATCH … RETURN.")


def _more_statements(tokens: Sequence[Token]) -> _Problems:
    """A second statement: no store is asked two at once."""
    for before, token in pairwise(tokens):
        if before.text == ";" and token.text != ";":
            yield token.line, "a second statement begins here; write each into its own file"
            return


def _words(tokens: Sequence[Token]) -> _Problems:
    """Words and operators that one store does not have, or reads otherwise."""
    for before, token in pairwise([_START, *tokens]):
        taken = before.text in {".", ":"} or before.upper == "AS"
        if token.kind == "word" and token.upper in _ABSENT_WORDS and not taken:
            yield token.line, _ABSENT_WORDS[token.upper]
        if (before.text, token.text) == ("|", "|"):
            yield token.line, "|| is absent in ladybug; return the parts as columns"
        if "string" in {before.kind, token.kind} and "+" in {before.text, token.text}:
            yield token.line, _NULL_TEXT


def _functions(tokens: Sequence[Token]) -> _Problems:
    """Functions that are absent, differ, or were never compared."""
    for before, (token, after) in zip([_START, *tokens], pairwise(tokens), strict=False):
        name = token.identifier
        if after.text != "(" or not name or token.upper in KEYWORDS - {"ALL"}:
            continue
        if before.text == ".":
            yield token.line, f".{name}(: plug-ins are not on every store; use built-in functions"
        elif name.lower() in _DIFFERENT:
            yield token.line, f"{name}(: {_DIFFERENT[name.lower()]}"
        elif name.lower() in _ABSENT_FUNCTIONS:
            yield token.line, f"{name}(: absent in ladybug; compute it in Python"
        elif name.lower() not in _AGREED:
            yield token.line, f"{name}(: not compared on both stores; compute it in Python"


def _brackets(tokens: Sequence[Token]) -> _Problems:
    """List positions, comprehensions, map projections, quantified paths."""
    for index, (token, after) in enumerate(pairwise(tokens)):
        before = tokens[index - 1] if index else _START
        if token.text == "[" and before.text != "-":
            named = before.identifier and before.upper not in KEYWORDS
            if named or before.text in {"]", ")"} or before.kind == "parameter":
                yield token.line, "list positions start at 0 in one store and at 1 in the other"
            elif _comprehends(tokens, index):
                yield token.line, "comprehensions are absent in ladybug; use UNWIND and collect()"
        if token.text == "{" and after.text == "(":
            yield token.line, _BARE_PATH
        if token.text == "{" and after.text == ".":
            yield token.line, "map projections are absent in ladybug; return single columns"
        if token.text == "{" and (after.kind == "number" or after.text == ","):
            yield token.line, "quantified paths are absent in ladybug; write the steps out"


def _comprehends(tokens: Sequence[Token], opening: int) -> bool:
    """Whether a square bracket holds ``x IN ...`` or a path rather than a list."""
    depth, end = 1, opening + 1
    while end < len(tokens) and depth:
        depth += (tokens[end].text == "[") - (tokens[end].text == "]")
        end += 1
    inside = tokens[opening + 1 : end - 1]
    if len(inside) > 1 and inside[0].identifier and inside[1].upper == "IN":
        return True
    texts = [token.text for token in inside]
    return "(" in texts and "-" in texts and ("|" in texts or "->" in "".join(texts))


def _matches(tokens: Sequence[Token]) -> Iterator[tuple[Clause, Clause | None]]:
    """Yield every ``MATCH``, those in subqueries too, with its ``WHERE``."""
    for scope in scopes(tokens):
        parts = clauses(scope)
        for index, clause in enumerate(parts):
            if clause.keyword.endswith("MATCH"):
                following = parts[index + 1] if index + 1 < len(parts) else None
                where = following if following and following.keyword == "WHERE" else None
                yield clause, where


def _patterns(tokens: Sequence[Token]) -> _Problems:
    """Where Neo4j walks a trail and ladybug a walk, or one of them does not follow at all."""
    labels = node_labels(tokens)
    for clause, where in _matches(tokens):
        edges = pattern_edges(clause.body)
        yield from _single_edges(edges)
        for one, other in may_coincide(edges, labels, distinct_pairs(where)):
            yield (
                other.line,
                f"({one.source})->({one.target}) and ({other.source})->({other.target}) in one "
                "MATCH may be one edge, which one store counts and the other does not; keep the "
                "ends apart with a.id <> b.id, or write a MATCH for each",
            )
        yield from _node_patterns(clause)


def _single_edges(edges: Sequence[Edge]) -> _Problems:
    for edge in edges:
        if not edge.directed:
            yield edge.line, _LOOP
        if edge.hops not in {"", "*0..1", "*1..1"}:
            yield (
                edge.line,
                f"{edge.hops}: a longer path may repeat edges (and stops at 30 without bounds) in "
                "one store only; write *0..1, or the steps as single MATCHes",
            )


def _node_patterns(clause: Clause) -> _Problems:
    for index, (token, after) in enumerate(pairwise(clause.body)):
        if (token.text, after.text) == ("(", "("):
            yield token.line, "paths in brackets are absent in ladybug; write the steps out"
        if token.text == "(":
            head = [part.text for part in clause.body[index + 1 : index + 6]]
            for stop in ("{", ")"):
                head = head[: head.index(stop)] if stop in head else head
            if head.count(":") > 1 or {"|", "&", "!", "%"} & set(head):
                yield token.line, "several labels on a node mean different things; use one"


def _labels_outside_patterns(tokens: Sequence[Token]) -> _Problems:
    """Labels and paths that stand among conditions."""
    for scope in scopes(tokens):
        for clause in clauses(scope):
            if clause.keyword in {"MATCH", "OPTIONAL MATCH", "MERGE", "CREATE"}:
                continue
            depth = 0
            for before, token in pairwise([_START, *clause.body]):
                depth -= token.text in {"}", "]"}
                if token.text == ":" and depth == 0:
                    yield token.line, "labels are tested in the pattern only: MATCH (n:Label)"
                if before.text == "-" and token.text in {"-", "["} and depth == 0:
                    yield token.line, _BARE_PATH
                depth += token.text in {"{", "["}


def _comma_upserts(tokens: Sequence[Token]) -> _Problems:
    parts = clauses(tokens)
    if any(clause.keyword in {"MERGE", "CREATE"} for clause in parts):
        for clause in parts:
            if clause.keyword.endswith("MATCH") and len(split_commas(clause.body)) > 1:
                yield clause.line, _COMMA


def _limits(tokens: Sequence[Token]) -> _Problems:
    """``ORDER BY`` and ``LIMIT`` that one store drops, or that do not fix the rows."""
    for scope in scopes(tokens):
        parts = clauses(scope)
        owner, ordered = "", False
        for index, clause in enumerate(parts):
            if clause.keyword in {"WITH", "RETURN"}:
                owner, ordered = clause.keyword, False
            ordered = ordered or clause.keyword == "ORDER"
            cuts = clause.keyword in {"LIMIT", "SKIP"}
            if cuts and not ordered:
                yield clause.line, f"{clause.keyword} without ORDER BY: the store picks the rows"
            if owner == "WITH" and (cuts or clause.keyword == "ORDER"):
                later = (part for part in parts[index:] if part.keyword in {"WITH", "RETURN"})
                if any(_aggregates(part) for part in later):
                    yield (
                        clause.line,
                        f"ladybug drops {clause.keyword} of a WITH before an aggregate; order and "
                        "cut in the RETURN",
                    )


def _aggregates(clause: Clause) -> bool:
    return any(
        token.identifier.lower() in AGGREGATES and after.text == "("
        for token, after in pairwise(clause.body)
    )


def _shadowed_names(tokens: Sequence[Token]) -> _Problems:
    """An alias that is also a node's name: ladybug then orders by the node, and fails."""
    nodes = {
        name.identifier
        for clause, _ in _matches(tokens)
        for opening, name in pairwise(clause.body)
        if opening.text == "("
    }
    for before, token in pairwise(tokens):
        if before.upper == "AS" and token.identifier and token.identifier in nodes:
            yield token.line, f"AS {token.text}: a node has this name too; choose another"
