"""Names that Stata takes for variables."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Sequence

__all__ = ["LABEL", "TEXT", "TIME_STAMP", "VARIABLES", "variable_names"]

#: Characters of a variable's name and of its label.
NAME, LABEL = 32, 80
#: Bytes of a plain text column; longer texts are kept in another way (strL).
TEXT = 2_045
#: Variables that Stata/SE holds. Stata/BE holds 2,048.
VARIABLES = 32_767
# The time of writing would make two equal tables two different files.
TIME_STAMP = datetime.datetime(2000, 1, 1)
_WORDS = "_all _b byte _coef _cons double float if in int long _n _N _pi _pred _rc _skip"
RESERVED = frozenset([*_WORDS.split(), "str", "strL", "using", "with"])


def variable_names(labels: Sequence[str], taken: Collection[str] = ()) -> list[str]:
    """Name the columns as Stata allows: letters, digits and _, 32 of them at most, each once.

    Parameters
    ----------
    labels : sequence of str
        What the columns are called elsewhere.
    taken : collection of str
        Names that other variables have.

    Returns
    -------
    list of str
        The label itself where it is a name; ``v`` in front of one that begins with a digit;
        ``_`` for every other character; a number behind a name that is taken.

    Examples
    --------
    >>> variable_names(["C26", "16", "v16", "10-12", "if"])
    ['C26', 'v16', 'v16_2', 'v10_12', 'v_if']
    """
    used, names = set(taken), []
    for label in labels:
        name = re.sub("[^A-Za-z0-9_]", "_", label)
        if name[:1].isdigit():
            name = f"v{name}"
        elif name in RESERVED or re.fullmatch(r"str\d+", name) or name.startswith("_"):
            name = f"v_{name.lstrip('_')}"
        name, number, stem = name[:NAME] or "v", 1, name
        while name in used:
            number += 1
            name = f"{stem[: NAME - 1 - len(str(number))]}_{number}"
        used.add(name)
        names.append(name)
    return names
