"""The linter's rule on ``CASE``: ladybug gives all branches the type of the first.

A whole number first, and the fractions of the other branches are rounded, without a word.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from .cypher import Token

__all__ = ["case_problems"]


def case_problems(tokens: Sequence[Token]) -> Iterator[tuple[int, str]]:
    """Yield (line, problem) for every ``CASE`` whose first branch may round the others.

    Examples
    --------
    >>> from spillgraph.queries.cypher import tokenize
    >>> text = "MATCH (f:Firm) RETURN CASE WHEN f.size < 1.0 THEN {} ELSE f.size END AS n"
    >>> [len(list(case_problems(tokenize(text.format(zero))))) for zero in ("0", "0.0")]
    [1, 0]
    """
    # a property may be called end
    tokens = [one for before, one in pairwise([*tokens[:1], *tokens]) if before.text != "."]
    for start, token in enumerate(tokens):
        if token.upper == "CASE":
            first, *others = _branches(tokens[start:]) or [[]]
            if _is_whole(first) and not all(map(_is_whole, others)):
                yield (
                    first[0].line,
                    f"CASE … THEN {first[0].text}: the other branches are rounded to whole "
                    f"numbers in one store; write THEN {first[0].text}.0",
                )


def _branches(tokens: Sequence[Token]) -> list[list[Token]]:
    """Return what stands behind each THEN and ELSE of the CASE with which the tokens begin."""
    branches: list[list[Token]] = []
    depth, open_branch = 0, False
    for token in tokens:
        depth += (token.upper == "CASE") - (token.upper == "END")
        if depth == 0:
            break
        if depth == 1 and token.upper in {"THEN", "ELSE"}:
            branches.append([])
            open_branch = True
        elif depth == 1 and token.upper == "WHEN":
            open_branch = False
        elif open_branch:
            branches[-1].append(token)
    return branches


def _is_whole(branch: Sequence[Token]) -> bool:
    return len(branch) == 1 and branch[0].kind == "number" and branch[0].text.isdigit()
