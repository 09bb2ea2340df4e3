"""What is so, what is not, and what is not known: one meaning for tables, page, screen and JSON."""

from __future__ import annotations

import pandas as pd

__all__ = ["known", "told"]


def known(value: object) -> bool | None:
    """Return whether it is so; None where that is not known.

    Parameters
    ----------
    value : bool or missing
        An entry of a column of these.

    Examples
    --------
    >>> known(pd.NA), known(True)
    (None, True)
    """
    return None if value is None or value is pd.NA or value != value else bool(value)


def told(value: object, settled: object) -> str:
    """Return yes or no, with a question mark where more draws may say otherwise; else nothing.

    Parameters
    ----------
    value, settled : bool or missing
        Entries of two columns of these.

    Examples
    --------
    >>> told(True, True), told(False, False), told(pd.NA, pd.NA)
    ('yes', 'no?', '')
    """
    word = {True: "yes", False: "no", None: ""}[known(value)]
    return f"{word}?" if word and known(settled) is False else word
