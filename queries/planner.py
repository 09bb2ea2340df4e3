"""A word to the planner of one store, in a statement that all stores take.

Neo4j walks the edges from node to node, where one sum over all of them is read twice as fast in
the order in which they are stored. It has to be told, and other stores do not know the words. So
the line stands in the file as a comment, and only Neo4j gets it without the slashes::

    MATCH (a:Firm)-[c:CITES]->(b:Firm)
    // on Neo4j: USING SCAN c:CITES

Nothing else may stand there: a hint changes how long an answer takes, never the answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["for_neo4j", "hint_problems"]

_HINT = re.compile(r"^// on Neo4j: (?=USING SCAN [A-Za-z_]\w*:[A-Za-z_]\w*[ \t]*$)", re.M | re.A)
_MEANT = re.compile(r"//\s*on\s+neo4j", re.IGNORECASE)


def for_neo4j(text: str) -> str:
    """Return a statement as Neo4j gets it: with its hints.

    Examples
    --------
    >>> text = "MATCH (a)-[c:CITES]->(b)\\n// on Neo4j: USING SCAN c:CITES\\nRETURN count(c) AS n"
    >>> print(for_neo4j(text))
    MATCH (a)-[c:CITES]->(b)
    USING SCAN c:CITES
    RETURN count(c) AS n
    """
    return _HINT.sub("", text)


def hint_problems(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines that look like a hint and are none, with what to write."""
    for number, line in enumerate(text.splitlines(), start=1):
        if _MEANT.search(line) and not _HINT.match(line):
            yield number, "a hint is a line of its own: '// on Neo4j: USING SCAN edge:TYPE'"
