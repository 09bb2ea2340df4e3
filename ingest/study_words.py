"""What is wrong with a value of the study file, in words of the manual and not of the library."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from typing import Any

from ..core.errors import end_sentence

__all__ = ["brief", "what_is_wrong", "why"]

#: So many characters of a wrong value are shown: it may be a whole section.
_LONGEST = 80
_KINDS = {
    "list": "a list is needed, in brackets",
    "tuple": "a list is needed, in brackets",
    "int": "a whole number is needed",
    "float": "a number is needed",
    "bool": "true or false is needed",
}
_BOUNDS = {
    "greater_than_equal": ("ge", "at least {}"),
    "greater_than": ("gt", "above {}"),
    "less_than_equal": ("le", "at most {}"),
    "less_than": ("lt", "below {}"),
}


def brief(value: object) -> str:
    """Return a value as the study file has it, cut if it is long.

    Examples
    --------
    >>> brief(True), brief("a"), brief(dt.date(2010, 1, 1))
    ('true', "'a'", '2010-01-01')
    """
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value) if isinstance(value, dt.date | dt.time) else repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def what_is_wrong(detail: Mapping[str, Any], fields: Iterable[str] = ()) -> str:
    """Return a wrong value and what is wrong with it, as a sentence.

    The words are ours where the manual has any for it; else those of our own checks, or of the
    library, of which some name the value themselves.

    Parameters
    ----------
    detail : mapping
        One error of the library that reads keys and options: ``type``, ``input``, ``msg``, ``ctx``.
    fields : iterable of str
        Keys that a section would have here.

    Examples
    --------
    >>> what_is_wrong({"type": "int_parsing", "input": "x", "msg": "Input should be …"})
    "'x': a whole number is needed."
    >>> what_is_wrong({"type": "value_error", "input": "x", "msg": "Value error, this is no year"})
    "'x': this is no year."
    """
    value = brief(detail["input"])
    ours = why(detail["type"], detail["input"], detail.get("ctx", {}), fields)
    reason = ours or detail["msg"].removeprefix("Value error, ")
    return end_sentence(reason if reason.startswith(value) else f"{value}: {reason}")


def why(kind: str, value: object, more: Mapping[str, Any], fields: Iterable[str]) -> str | None:
    """Return what a key needs in place of a value; None where the library's own words must do.

    Parameters
    ----------
    kind : str
        The library's name for the error.
    value : object
        What the study file gives.
    more : mapping
        Bounds and valid values.
    fields : iterable of str
        Keys that a section would have here.

    Examples
    --------
    >>> why("list_type", "p", {}, [])
    'a list is needed, in brackets: ["p"]'
    """
    if kind == "string_type":
        alone = isinstance(value, int | float | dt.date) and not isinstance(value, bool)
        return "a text is needed, in quotes" + (f': "{value}"' if alone else "")
    if kind in {"list_type", "tuple_type"} and isinstance(value, str | int | float):
        return f"{_KINDS['list']}: [{json.dumps(value, ensure_ascii=False)}]"
    if kind in {"dict_type", "model_type", "model_attributes_type"}:
        listed = ", ".join(f"{name} = …" for name in fields)
        return f"a section is needed: {{ {listed or 'KEY = VALUE'} }}"
    if kind in _BOUNDS:
        name, words = _BOUNDS[kind]
        return f"it must be {words.format(more.get(name))}"
    if kind == "literal_error":
        return f"it must be {more.get('expected')}"
    if kind in {"string_too_short", "string_too_long"}:
        return "it must not be empty" if not value else "only one character can stand here"
    if kind in {"too_short", "too_long"}:
        wanted = more.get("min_length", more.get("max_length"))
        return f"{wanted} values are needed"
    begin = kind.split("_")[0]
    return _KINDS.get(begin)
