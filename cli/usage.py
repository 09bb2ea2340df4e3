"""What is wrong with an option, in the words in which a key of the study file is refused."""

from __future__ import annotations

from typing import Any

from ..core.errors import end_sentence
from ..ingest.study_words import brief, why

__all__ = ["in_our_words"]


def in_our_words(error: Any) -> None:
    """Put the message of a wrong value into the words of the manual; leave others as they are.

    Parameters
    ----------
    error : exception
        Of the library that reads options; behind one of a wrong value stands what was refused.
    """
    details: list[dict[str, Any]] = getattr(error.__cause__, "errors", list)()
    if not details or not hasattr(error, "message"):
        return
    kind, value = details[0]["type"], details[0]["input"]
    ours = why(kind, value, details[0].get("ctx", {}), [])
    reason = ours or details[0]["msg"].removeprefix("Value error, ")
    error.message = end_sentence(f"{brief(value)}: {reason}" if ours else reason)
