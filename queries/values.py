"""From what stands on a command line or in a header to a value of the declared type."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable

__all__ = ["COLUMN_TYPES", "TYPES", "cast"]

_INTEGER = re.compile(r"[+-]?[0-9]+", re.ASCII)
_FLOAT = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", re.ASCII)
_BOOLEAN = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_INT64 = 2**63


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError
    return str(value)


def _integer(value: object) -> int:
    if isinstance(value, bool):
        raise ValueError
    if isinstance(value, str):
        if not _INTEGER.fullmatch(value.strip()):
            raise ValueError
        number = int(value)
    else:
        number = operator.index(value)  # type: ignore[arg-type]  # TypeError is the answer
    if not -_INT64 <= number < _INT64:
        raise ValueError
    return number


def _float(value: object) -> float:
    if isinstance(value, bool) or (isinstance(value, str) and not _FLOAT.fullmatch(value.strip())):
        raise ValueError
    number = float(value)  # type: ignore[arg-type]  # TypeError is the answer
    if not math.isfinite(number):
        raise ValueError
    return number


def _boolean(value: object) -> bool:
    if isinstance(value, str) and value.strip().lower() in _BOOLEAN:
        return _BOOLEAN[value.strip().lower()]
    if not isinstance(value, bool):
        raise ValueError
    return value


def _parts(value: object) -> list[object]:
    parts = [part.strip() for part in value.split(",")] if isinstance(value, str) else value
    if not isinstance(parts, list | tuple) or not parts:  # an empty list has no type in a store
        raise ValueError
    return list(parts)


def _strings(value: object) -> list[str]:
    texts = [_string(part).strip() for part in _parts(value)]
    if not all(texts):
        raise ValueError
    return texts


#: Every type of a parameter: how to get a value of it, and what to write for it.
TYPES: dict[str, tuple[Callable[[object], object], str]] = {
    "string": (_string, "a text"),
    "integer": (_integer, "a whole number, such as 10"),
    "float": (_float, "a finite number, such as 0.05"),
    "boolean": (_boolean, "true or false"),
    "strings": (_strings, "a list of texts with commas between them, such as C26,C39"),
}

#: Every type of a column: lists of numbers leave a store, none goes in.
COLUMN_TYPES = (*TYPES, "integers", "floats")


def cast(value: object, kind: str) -> object:
    """Turn a text or a Python value into the declared type.

    Parameters
    ----------
    value : object
        A text as typed, or a value that already has the type.
    kind : str
        One of :data:`TYPES`.

    Returns
    -------
    object
        A plain ``str``, ``int``, ``float``, ``bool`` or list of them: NumPy's scalars,
        which stores refuse, are unwrapped.

    Raises
    ------
    ValueError, TypeError
        When the value is none of that type.

    Examples
    --------
    >>> cast("10", "integer"), cast("no", "boolean"), cast("C26, C39", "strings")
    (10, False, ['C26', 'C39'])
    """
    return TYPES[kind][0](value)
