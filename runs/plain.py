"""Numbers as JSON has them: null where one is not defined."""

from __future__ import annotations

import math

import pandas as pd

__all__ = ["columns", "number", "numbers"]


def columns(table: pd.DataFrame) -> dict[str, dict[str, float | None]]:
    """Return a table as plain values: column, row, number; None where it is not defined."""
    return {str(name): numbers(table[name]) for name in table}


def numbers(values: pd.Series[float]) -> dict[str, float | None]:
    """Return a column as plain values by code; None where one is not defined."""
    return {str(code): number(value) for code, value in values.items()}


def number(value: float) -> float | None:
    """Return a number; None where it is not defined.

    Examples
    --------
    >>> number(0.5), number(float("nan"))
    (0.5, None)
    """
    return float(value) if math.isfinite(value) else None
