"""The guard before statements that come from outside: does this one only read?

The answer is on the safe side. A statement that reads may be refused (for a variable
called ``set``, say: put such a name in back-ticks); one that writes is never let through.
The stores' own read-only modes are the second lock behind this one.
"""

from __future__ import annotations

import re
import unicodedata

from ..core.errors import QueryError
from .cypher import Token, tokenize, word_set

__all__ = ["is_read_only", "why_not_read_only"]

_FIRST = word_set("MATCH OPTIONAL WITH UNWIND RETURN")

#: Words of either store's grammar that write, read files, change settings or run others'
#: code. They are refused wherever they stand bare, so no knowledge of the grammar is needed.
_REFUSED = word_set(
    "ALTER APOC ATTACH BEGIN CALL CHECKPOINT COMMIT COPY CREATE DELETE DENY DETACH DROP"
    " EXPLAIN EXPORT FOREACH GRANT IMPORT INSERT INSTALL LOAD MACRO MERGE NEXTVAL NODETACH"
    " PROFILE REMOVE RENAME REVOKE ROLLBACK SEQUENCE SET TERMINATE TRANSACTIONS UNINSTALL"
    " UPDATE USE"
)

#: Neo4j replaces \u0027 before it looks for quotes, so what follows need not be a string.
_UNICODE_ESCAPE = re.compile(r"\\[uU]")
_LONE_RETURN = re.compile(r"\r(?!\n)")
_NUMBER = re.compile(r"([0-9]+(\.[0-9]+)?|\.[0-9]+)([eE][+-]?[0-9]+)?", re.ASCII)
_COMMENT_OR_LITERAL = re.compile(
    r"""(//[^\r\n]*|/\*.*?\*/)|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`]|``)*`""", re.DOTALL
)


def is_read_only(text: str) -> bool:
    """Say whether a statement certainly does nothing but read.

    Parameters
    ----------
    text : str
        One Cypher statement; a closing semicolon is allowed.

    Returns
    -------
    bool
        False for everything that writes, changes settings, reads files or holds more than
        one statement, and for what cannot be told apart from it.

    Examples
    --------
    >>> is_read_only("MATCH (f:Firm) WHERE f.name = 'CREATE' RETURN f.id AS id")
    True
    >>> is_read_only("MATCH (f:Firm) DETACH DELETE f")
    False
    """
    return why_not_read_only(text) is None


def why_not_read_only(text: str) -> str | None:
    """Return the reason for which a statement is not taken as reading, None if it is.

    Parameters
    ----------
    text : str
        One Cypher statement.

    Returns
    -------
    str or None
        A sentence to put before the user.

    Examples
    --------
    >>> why_not_read_only("MATCH (f:Firm) SET f.name = 'x'")
    "line 1: 'SET' may write; a name that is spelled so needs back-ticks: `SET`"
    >>> why_not_read_only("RETURN 1 AS one;") is None
    True
    """
    if _UNICODE_ESCAPE.search(text):
        return "a \\u escape may hide a quote; type the character itself or pass a parameter"
    if _LONE_RETURN.search(text) or any(map(_is_odd_control, text)):
        return "the text holds a control character other than tab and line end; remove it"
    # A comment splits a word for one reader and joins it for another: both readings count.
    joined = _COMMENT_OR_LITERAL.sub(lambda match: "" if match[1] else match[0], text)
    try:
        return _problem(tokenize(text)) or _problem(tokenize(joined))
    except QueryError as error:
        return str(error)


def _is_odd_control(character: str) -> bool:
    return character not in "\t\r\n" and unicodedata.category(character) in {"Cc", "Zl", "Zp"}


def _problem(tokens: list[Token]) -> str | None:
    while tokens and tokens[-1].text == ";":
        tokens = tokens[:-1]
    if not tokens or _capitals(tokens[0]) not in _FIRST:
        first = tokens[0].text if tokens else ""
        return (
            f"a statement that reads starts with {', '.join(sorted(_FIRST))}; "
            f"this one starts with {first!r}"
        )
    for index, token in enumerate(tokens):
        problem = _token_problem(tokens, index, token)
        if problem:
            return f"line {token.line}: {problem}"
    return None


def _token_problem(tokens: list[Token], index: int, token: Token) -> str | None:
    if token.text == ";":
        return "more than one statement; run them one by one"
    if token.kind == "word" and _capitals(token) in _REFUSED:
        name = token.text
        return f"{name!r} may write; a name that is spelled so needs back-ticks: `{name}`"
    if token.kind == "number" and not _NUMBER.fullmatch(token.text):
        return (
            f"{token.text!r} is not a number; write numbers in decimals, with a blank behind them"
        )
    called = token.kind in {"word", "name"} and tokens[index + 1 : index + 2]
    if called and called[0].text == "(":
        if index and tokens[index - 1].text == ".":
            return f"'.{token.text}(' calls a procedure or plug-in; use built-in functions only"
        if token.kind == "name":
            return f"{token.text}( calls a function by a quoted name; write it without quotes"
    return None


def _capitals(token: Token) -> str:
    """Capitals of a word as the most lenient reader would take them (ſet is SET)."""
    return unicodedata.normalize("NFKC", token.text).upper() if token.kind == "word" else ""
