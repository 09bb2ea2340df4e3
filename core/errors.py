"""Every error that spillgraph raises on purpose, in one flat list.

An error says what was needed, what was got, and what to do about it. The command line
turns :class:`InputError` into exit code 2 and everything else into exit code 1.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Sequence

__all__ = [
    "ClosedClassError",
    "ConcordanceError",
    "EngineError",
    "InputError",
    "QueryError",
    "SpillgraphError",
    "StoreError",
    "StoreLockedError",
    "StudyError",
    "TotalsError",
    "end_sentence",
    "join_words",
    "nearest",
    "show",
    "show_some",
]

#: So many valid names are listed where none is near to the wanted one.
LISTED = 12
#: Letters and marks that leave no ink, beside control and format characters and odd blanks.
_INKLESS = frozenset(map(chr, (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0)))
_SHORT = {"\t": r"\t", "\n": r"\n", "\r": r"\r"}


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

    def __reduce__(self) -> tuple[type[ClosedClassError], tuple[str, list[list[str]]]]:
        """Come out of a worker as it went in."""
        return type(self), (str(self), self.classes)


class EngineError(InputError):
    """Who is to compute does not answer, or would not compute the same (exit code 2)."""


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
        A sentence to put behind an error. Of many names the first 12 are listed.

    Examples
    --------
    >>> nearest("ctied", ["citing", "cited", "year"])
    "Did you mean 'cited'?"
    >>> nearest("CITED", ["citing", "cited"])
    "Did you mean 'cited'?"
    >>> nearest("zzz", ["citing", "cited"])
    'Valid names: cited, citing.'
    >>> nearest("zzz", (f"{code:04}" for code in range(1_000)))[-36:]
    '0009, 0010, 0011 and 988 more names.'
    """
    names, wanted = sorted(set(valid)), str(wanted)
    close = [name for name in names if name.casefold() == wanted.casefold()]
    close = close or difflib.get_close_matches(wanted, names, n=1, cutoff=0.6)
    if close:
        return f"Did you mean {show(close[0])}?"
    listed = ", ".join(map(_escape_invisible, names[:LISTED])) or "none"
    more = len(names) - LISTED
    return f"Valid names: {listed}{f' and {more:,} more names' if more > 0 else ''}."


def show(value: object, limit: int = 60) -> str:
    r"""Return a value of the user's in quotes, with all that cannot be seen made visible.

    Two labels that look alike in a message and are not are the hardest error to find.
    Backslashes stay single: a value is shown as it stands in the file.

    Parameters
    ----------
    value : object
        A label, a name or the text of a field; ``str`` of anything else.
    limit : int, optional
        So many characters are shown; an ellipsis behind the quotes says that it was cut.

    Returns
    -------
    str
        Blanks stand between the quotes as they are; tabs, line breaks and every other character
        without ink as an escape.

    Examples
    --------
    >>> print(show("C26 "), show("C26\u00a0"), show("C\t26\u200b"), show("\ufeffid"))
    'C26 ' 'C26\u00a0' 'C\t26\u200b' '\ufeffid'
    >>> print(show("Müller's"), show(26), show(r"a\b"), show("x" * 99, limit=5))
    "Müller's" '26' 'a\b' 'xxxxx'…
    """
    quoted, text = "", str(value)
    quote = '"' if "'" in text and '"' not in text else "'"
    for character in text:
        piece = _escape_invisible(character)
        if len(quoted) + len(piece) > limit:
            return f"{quote}{quoted}{quote}…"
        quoted += piece
    return f"{quote}{quoted}{quote}"


def show_some(values: Sequence[object]) -> str:
    """Return the first of several values as :func:`show` does, and how many more there are.

    Examples
    --------
    >>> print(show_some(["C26", "C27"]))
    'C26', 'C27'
    >>> print(show_some([f"{code:02}" for code in range(99)])[-18:])
    , '11' and 87 more
    """
    more = len(values) - LISTED
    return ", ".join(map(show, values[:LISTED])) + (f" and {more:,} more" if more > 0 else "")


def join_words(words: Sequence[str]) -> str:
    """Return words as a sentence lists them.

    Examples
    --------
    >>> join_words(["W"]), join_words(["W", "S", "ψ"])
    ('W', 'W, S and ψ')
    """
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def end_sentence(text: object) -> str:
    """Return a text with a full stop, unless it ends as a sentence does already.

    Examples
    --------
    >>> end_sentence("got 's'. Did you mean 'S'?"), end_sentence("got 3")
    ("got 's'. Did you mean 'S'?", 'got 3.')
    """
    sentence = str(text)
    return sentence if sentence.endswith((".", "?", "!")) else f"{sentence}."


def _escape_invisible(text: str) -> str:
    return "".join(character if _has_ink(character) else _escape(character) for character in text)


def _has_ink(character: str) -> bool:
    if character == " ":
        return True
    selector = "\ufe00" <= character <= "\ufe0f"
    return (
        unicodedata.category(character)[0] not in "CZ"
        and character not in _INKLESS
        and not selector
    )


def _escape(character: str) -> str:
    code = ord(character)
    return _SHORT.get(character) or (f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}")
