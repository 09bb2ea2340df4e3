"""The vectors of a year, and what must be known before any of their numbers."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ...analytics.leontief import industry_vectors
from ...core.errors import InputError
from ...core.matrix import LabelledMatrix
from ...runs.networks import YearNetworks
from ._doubts import doubts_of

__all__ = ["HOME_USE", "formula_of", "vectors_of"]

#: By column of gross output: which argument of upstreamness it is, and how the formula says it.
_TRADED = {
    "exports": ("exports", "− exports"),
    "product_imports": ("imports", "+ imports"),
    "inventories": ("inventories", "− change of stocks"),
}
#: Where a frame of vectors says what of output its upstreamness takes away or adds.
HOME_USE = "home_use"


def vectors_of(year: YearNetworks) -> tuple[pd.DataFrame, list[str]]:
    """Return the vectors of a year, and what is doubtful about them.

    Upstreamness is of what is used at home where the study knows exports, imports or changes of
    stocks, else of output; ``attrs["home_use"]`` says which of them were taken.

    Parameters
    ----------
    year : YearNetworks
        With S, and gross output of every sector.

    Raises
    ------
    ClosedClassError
        If sectors buy from each other alone.
    """
    assert year.production is not None
    S, x = year.production.S, year.weights["gross output"]
    texts: list[str] = []
    found = _open(S, x, year.traded, texts)
    if found is None:
        found = industry_vectors(S, x)
        found.attrs[HOME_USE] = []
    return found, texts + doubts_of(found, x)


def _open(
    S: LabelledMatrix, x: pd.Series[float], traded: pd.DataFrame, texts: list[str]
) -> pd.DataFrame | None:
    """Return vectors with trade and stocks; nothing where there are none, or they cannot be."""
    known = [str(name) for name in traded]
    if not known:
        return None
    given: dict[str, Any] = {_TRADED[name][0]: x * traded[name].reindex(x.index) for name in known}
    try:
        found = industry_vectors(S, x, **given)
    except InputError as error:  # of the closed economy it may be defined all the same
        texts.append(f"Upstreamness is that of a closed economy: {error}")
        return None
    found.attrs[HOME_USE] = known
    return found


def formula_of(vectors: pd.DataFrame) -> str:
    """Say of which part of output upstreamness is.

    Parameters
    ----------
    vectors : pandas.DataFrame
        As :func:`vectors_of` returns them.

    Examples
    --------
    >>> vectors = pd.DataFrame()
    >>> formula_of(vectors)
    'upstreamness: of all output, as in a closed economy'
    >>> vectors.attrs["home_use"] = ["exports", "product_imports"]
    >>> formula_of(vectors)
    'upstreamness: of output − exports + imports'
    """
    known: list[str] = vectors.attrs.get(HOME_USE, [])
    if not known:
        return "upstreamness: of all output, as in a closed economy"
    parts = " ".join(_TRADED[name][1] for name in known)
    return f"upstreamness: of output {parts}"
