"""Every error that spillgraph raises on purpose, in one flat list.

An error says what was needed, what came, and what to do about it. The command line
turns :class:`InputError` into exit code 2 and everything else into exit code 1.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = [
    "ClosedClassError",
    "ConcordanceError",
    "InputError",
    "QueryError",
    "SpillgraphError",
    "StoreError",
    "StoreLockedError",
    "StudyError",
    "TotalsError",
    "nearest",
]


class SpillgraphError(Exception):
    """Base class of all errors of this project."""


class InputError(SpillgraphError, ValueError):
    """What the user gave cannot be used: a file, a row, an option, a matrix (exit code 2)."""


class StudyError(InputError):
    """The study file names something that is not there or not allowed."""


class ConcordanceError(InputError):
    """A weighted map between classifications would create flow out of nothing."""


class QueryError(InputError):
    """A query or its parameters do not fit their declaration."""


class ClosedClassError(InputError):
    """I − M is singular: a set of sectors whose inputs never leave the set.

    Attributes
    ----------
    classes : list of list of str
        The members of every closed class, by label.
    """

    def __init__(self, message: str, classes: list[list[str]]) -> None:
        super().__init__(message)
        self.classes = classes


class StoreError(SpillgraphError):
    """A graph store could not do what it promised."""


class StoreLockedError(StoreError, InputError):
    """Another process holds the store (exit code 2: close it, or name another store)."""


class TotalsError(SpillgraphError):
    """Totals that must agree do not: a defect of spillgraph or of the store, never ignored."""


def nearest(wanted: str, valid: Iterable[str]) -> str:
    """Return a hint that names the nearest valid name, or lists the valid ones.

    Parameters
    ----------
    wanted : str
        The name that was not found.
    valid : iterable of str
        The names that would have been accepted.

    Returns
    -------
    str
        A sentence to put behind an error.

    Examples
    --------
    >>> nearest("ctied", ["citing", "cited", "year"])
    "Did you mean 'cited'?"
    >>> nearest("zzz", ["citing", "cited"])
    'Valid names: cited, citing.'
    """
    names = sorted(set(valid))
    close = difflib.get_close_matches(wanted, names, n=1, cutoff=0.6)
    if close:
        return f"Did you mean {close[0]!r}?"
    return f"Valid names: {', '.join(names) if names else 'none'}."
