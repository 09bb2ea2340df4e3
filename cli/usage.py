"""What is wrong with an option, in the words in which a key of the study file is refused."""

from __future__ import annotations

from typing import Any

from ..ingest.study_words import what_is_wrong

__all__ = ["in_our_words"]


def in_our_words(error: Any) -> None:
    """Put the message of a wrong value into the words of the manual; leave others as they are.

    Parameters
    ----------
    error : exception
        Of the library that reads options; behind one of a wrong value stands what was refused.
    """
    details: list[dict[str, Any]] = getattr(error.__cause__, "errors", list)()
    if details and hasattr(error, "message"):
        error.message = what_is_wrong(details[0])
