"""Just enough of Cypher's grammar to judge a statement: tokens, clauses, projections.

Nothing here understands a statement; it only says where strings and comments end, which
clause a token stands in and which columns come out. That is what the loader, the linter
and the guard against writing have in common.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from ..core.errors import QueryError

__all__ = [
    "KEYWORDS",
    "Clause",
    "Token",
    "clauses",
    "column_names",
    "items",
    "parameters_of",
    "scopes",
    "split_commas",
    "tokenize",
    "word_set",
]

_TOKEN = re.compile(
    r"""
      (?P<comment>//[^\r\n]*|/\*.*?\*/)
    | (?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    | (?P<name>`(?:[^`]|``)*`)
    | (?P<parameter>\$(?:[^\W\d]\w*|\d+(?!\w)|`[^`]*`))
    | (?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?\w*)
    | (?P<word>[^\W\d]\w*)
    | (?P<space>\s+)
    | (?P<symbol><>|<=|>=|=~|\.\.|.)
    """,
    re.VERBOSE | re.DOTALL,
)


def word_set(words: str) -> frozenset[str]:
    """Return the set of the words of a text: a long list that stays readable.

    Examples
    --------
    >>> sorted(word_set("SET DROP"))
    ['DROP', 'SET']
    """
    return frozenset(words.split())


#: Words that open a clause when they stand outside all brackets.
_CLAUSE_WORDS = word_set(
    "CALL CREATE DELETE DETACH LIMIT MATCH MERGE ON OPTIONAL ORDER REMOVE RETURN SET SKIP"
    " UNION UNWIND WHERE WITH"
)

#: Words that may stand before an opening bracket without being a function's name.
KEYWORDS = _CLAUSE_WORDS | word_set(
    "ALL AND AS ASC BY CASE CONTAINS DESC DISTINCT ELSE END ENDS IN IS NOT NULL OR STARTS"
    " THEN WHEN XOR"
)

_OPEN = frozenset("([{")
_CLOSE = frozenset(")]}")


@dataclass(frozen=True, slots=True)
class Token:
    """One token: its kind (``word``, ``name``, ``string``, ...), text, line (from 1) and place."""

    kind: str
    text: str
    line: int
    start: int = field(default=0, compare=False)

    @property
    def upper(self) -> str:
        """The text in capitals for a bare word, else the text as it is."""
        return self.text.upper() if self.kind == "word" else self.text

    @property
    def identifier(self) -> str:
        """The name that a word or a back-ticked name spells, '' for other tokens."""
        if self.kind == "name":
            return self.text[1:-1].replace("``", "`")
        return self.text if self.kind == "word" else ""


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause: its keyword (``MATCH``, ``OPTIONAL MATCH``, ``RETURN``, ...) and the rest."""

    keyword: str
    body: tuple[Token, ...]
    line: int


def tokenize(text: str) -> list[Token]:
    """Split a statement into tokens; comments and white space fall away.

    Parameters
    ----------
    text : str
        One or more statements.

    Returns
    -------
    list of Token
        In the order of the text.

    Raises
    ------
    QueryError
        When a string, a back-ticked name or a comment is not closed.

    Examples
    --------
    >>> [token.text for token in tokenize("MATCH (f /* DROP */) WHERE f.id <> 'a//b'")]
    ['MATCH', '(', 'f', ')', 'WHERE', 'f', '.', 'id', '<>', "'a//b'"]
    """
    tokens: list[Token] = []
    line = 1
    for match in _TOKEN.finditer(text):
        kind, part = str(match.lastgroup), match.group()
        if kind == "symbol" and (part in "'\"`" or text.startswith("/*", match.start())):
            what = "comment" if part == "/" else "text in quotes"
            raise QueryError(f"line {line}: a {what} is opened with {part} and never closed")
        if kind not in ("comment", "space"):
            tokens.append(Token(kind, part, line, match.start()))
        line += part.count("\n")
    return tokens


def _opens_clause(tokens: Sequence[Token], index: int) -> bool:
    token = tokens[index]
    if token.kind != "word" or token.upper not in _CLAUSE_WORDS:
        return False
    before = tokens[index - 1].upper if index else ""
    if before in {".", ":", "AS", "ON"}:
        return False
    return not (token.upper == "WITH" and before in {"STARTS", "ENDS"})


def _depths(tokens: Sequence[Token]) -> Iterator[tuple[int, Token, int]]:
    """Yield (index, token, depth); a bracket has the depth of what stands around it."""
    depth = 0
    for index, token in enumerate(tokens):
        closing = token.kind == "symbol" and token.text in _CLOSE
        depth -= closing
        yield index, token, depth
        depth += token.kind == "symbol" and token.text in _OPEN


def clauses(tokens: Sequence[Token]) -> list[Clause]:
    """Split the outermost level of a statement (or of a subquery's inside) into clauses.

    Parameters
    ----------
    tokens : sequence of Token
        As :func:`tokenize` or :func:`scopes` return them.

    Returns
    -------
    list of Clause
        ``ORDER BY``, ``LIMIT``, ``SKIP`` and ``WHERE`` are clauses of their own;
        ``OPTIONAL MATCH`` is one.

    Examples
    --------
    >>> text = "OPTIONAL MATCH (a) WHERE a.id STARTS WITH 'x' RETURN a.id AS id ORDER BY id"
    >>> [clause.keyword for clause in clauses(tokenize(text))]
    ['OPTIONAL MATCH', 'WHERE', 'RETURN', 'ORDER']
    """
    starts = [i for i, _, depth in _depths(tokens) if depth == 0 and _opens_clause(tokens, i)]
    parts: list[Clause] = []
    for start, end in pairwise([*starts, len(tokens)]):
        keyword, line = tokens[start].upper, tokens[start].line
        if keyword == "MATCH" and parts and parts[-1].keyword == "OPTIONAL":
            parts.pop()
            keyword = "OPTIONAL MATCH"
        parts.append(Clause(keyword, tuple(tokens[start + 1 : end]), line))
    return parts


def scopes(tokens: Sequence[Token]) -> list[list[Token]]:
    """Return the statement itself and the inside of every ``{ MATCH ... }`` in it.

    Examples
    --------
    >>> text = "MATCH (a) WHERE EXISTS { MATCH (a)-[:OWNS]->(b) } RETURN a.id AS id"
    >>> len(scopes(tokenize(text)))
    2
    """
    parts = [list(tokens)]
    for index, token in enumerate(tokens[:-1]):
        if token.text == "{" and tokens[index + 1].upper in {"MATCH", "OPTIONAL"}:
            depth, end = 1, index + 1
            while end < len(tokens) and depth:
                depth += (tokens[end].text == "{") - (tokens[end].text == "}")
                end += 1
            parts.append(list(tokens[index + 1 : end - 1]))
    return parts


def split_commas(tokens: Sequence[Token]) -> list[list[Token]]:
    """Split tokens at the commas that stand outside all brackets.

    Examples
    --------
    >>> [len(part) for part in split_commas(tokenize("a, f(b, c)"))]
    [1, 6]
    """
    parts: list[list[Token]] = [[]]
    for _, token, depth in _depths(tokens):
        if token.text == "," and depth == 0:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def items(projection: Clause) -> list[tuple[list[Token], str]]:
    """Return the (expression, alias) pairs of a ``WITH`` or ``RETURN`` clause.

    Parameters
    ----------
    projection : Clause
        A clause whose keyword is ``WITH`` or ``RETURN``.

    Returns
    -------
    list of (list of Token, str)
        The alias is '' where the expression has no name of its own.

    Examples
    --------
    >>> [alias for _, alias in items(clauses(tokenize("RETURN DISTINCT a.id AS id, b, 1 + 2"))[0])]
    ['id', 'b', '']
    """
    body = list(projection.body)
    if body and body[0].upper == "DISTINCT":
        body = body[1:]
    pairs = []
    for part in split_commas(body):
        if len(part) > 2 and part[-2].upper == "AS":
            pairs.append((part[:-2], part[-1].identifier))
        else:
            pairs.append((part, part[0].identifier if len(part) == 1 else ""))
    return pairs


def column_names(text: str) -> list[list[str]]:
    """Return the names of the columns of every ``RETURN`` of a statement.

    Parameters
    ----------
    text : str
        One statement; with ``UNION ALL`` it has several ``RETURN`` clauses.

    Returns
    -------
    list of list of str
        One list a ``RETURN``; '' stands for a column without a name.

    Examples
    --------
    >>> column_names("MATCH (f:Firm) RETURN f.id AS firm, count(*) AS n ORDER BY firm")
    [['firm', 'n']]
    """
    return [
        [alias for _, alias in items(clause)]
        for clause in clauses(tokenize(text))
        if clause.keyword == "RETURN"
    ]


def parameters_of(text: str) -> set[str]:
    """Return the names of the parameters that a statement uses.

    Examples
    --------
    >>> sorted(parameters_of("MATCH (f:Firm {id: $firm}) WHERE f.name <> '$x' RETURN $n"))
    ['firm', 'n']
    """
    return {token.text[1:].strip("`") for token in tokenize(text) if token.kind == "parameter"}
