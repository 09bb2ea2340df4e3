"""What must be known before any number of the accounts: who is in no mean, who is below 1."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ...core.errors import show_some

__all__ = ["doubts_of"]


def doubts_of(vectors: pd.DataFrame, output: pd.Series[float]) -> list[str]:
    """Name sectors without output, and sectors nearer to final use than any can be.

    Parameters
    ----------
    vectors : pandas.DataFrame, N rows indexed by code
        As :func:`~spillgraph.analytics.leontief.industry_vectors` gives them.
    output : pandas.Series, N rows indexed by code
        Gross output, any unit.

    Examples
    --------
    >>> vectors = pd.DataFrame({"upstreamness": [0.5, 2.0, float("nan")]}, list("abc"))
    >>> for text in doubts_of(vectors, pd.Series([1.0, 1.0, 0.0], list("abc"))):
    ...     print(text)
    1 of 3 sectors has no output and is in no mean of linkages, nor in influence: 'c'.
    Upstreamness is below 1 in 1 of 3 sectors, because they sell negative amounts: 'a' (0.5).
    """
    silent = list(output.index[~(output > 0)])
    texts = []
    if silent:
        has = "has no output and is" if len(silent) == 1 else "have no output and are"
        texts.append(
            f"{_part(silent, vectors)} {has} in no mean of linkages, nor in influence: "
            f"{show_some(silent)}."
        )
    steps = vectors["upstreamness"]
    below = steps[steps < 1.0 - 1e-12].sort_values(kind="stable")
    if len(below):
        first = f"{show_some([below.index[0]])} ({below.iloc[0]:.4g})"
        others = f", then {show_some(list(below.index[1:]))}" if len(below) > 1 else ""
        texts.append(
            f"Upstreamness is below 1 in {_part(list(below.index), vectors)}, because they sell "
            f"negative amounts: {first}{others}."
        )
    return texts


def _part(codes: Sequence[object], table: pd.DataFrame) -> str:
    return f"{len(codes):,} of {len(table):,} sectors"
