"""Names of measures as a reader says them."""

from __future__ import annotations

import re

__all__ = ["called"]

_KNOWN = {"pagerank": "PageRank", "katz_bonacich": "Katz–Bonacich"}


def called(measure: str) -> str:
    """Return the name of a measure as a reader says it.

    Parameters
    ----------
    measure : str
        As files name it.

    Examples
    --------
    >>> called("in_degree_4"), called("katz_bonacich"), called("in_strength")
    ('in-degree at 4%', 'Katz–Bonacich', 'in-strength')
    """
    text = re.sub(r"^(in|out)_degree_(\d)$", r"\1-degree at \2%", measure)
    text = re.sub(r"^(in|out)_strength$", r"\1-strength", text)
    return _KNOWN.get(text, text.replace("_", " "))
