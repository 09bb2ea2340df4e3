"""The list of nulls, and draws from them by name."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...core.errors import InputError, nearest
from ...core.labelled import MatrixLike
from ...core.numbers import MOST_DRAWS, whole_number
from ..linalg import Vector
from ..linalg._labels import require_flows, square
from ._degree import DEGREE
from ._maxent import MAXENT
from ._null import LARGE, Null
from ._spread import SPREAD, SPREAD_COLUMNS
from ._strength import STRENGTH, STRENGTH_LINKS, STRENGTH_OWN

__all__ = ["NULLS", "draw_null", "null_named"]

#: Every null by its name.
NULLS: dict[str, Null] = {
    each.name: each
    for each in (
        SPREAD,
        SPREAD_COLUMNS,
        STRENGTH,
        STRENGTH_OWN,
        STRENGTH_LINKS,
        DEGREE,
        MAXENT,
    )
}


def null_named(name: object) -> Null:
    """Return the null of a name; a null is itself.

    Parameters
    ----------
    name : str or Null
        A key of :data:`NULLS`.

    Raises
    ------
    InputError
        If none is called so.

    Examples
    --------
    >>> null_named("degree").keeps
    ('out_strength', 'out_degree_2', 'out_degree_4')
    """
    if isinstance(name, Null):
        return name
    if not isinstance(name, str):
        raise InputError(f"null: a name or a Null is needed, got a {type(name).__name__}.")
    if name not in NULLS:
        raise InputError(f"no null is called {name!r}. {nearest(name, NULLS)}")
    return NULLS[name]


def draw_null(
    M: MatrixLike, null: str | Null = "strength", *, draws: int = 999, seed: int = 0
) -> Iterator[Vector]:
    """Draw random networks that share with an observed one what a null keeps.

    Parameters
    ----------
    M : LabelledMatrix, shape (N, N)
        Flows or shares, not negative; rows receivers, columns sources.
    null : str or Null, default "strength"
        A name of :data:`NULLS`. Its field ``sentence`` says what stays and what is chance.
    draws : int, default 999
        Number of networks.
    seed : int, default 0
        Same seed, same networks.

    Returns
    -------
    iterator of ndarray, each shape (B, N, N)
        Networks ``[draw, receiver, source]`` in the order of ``M.rows`` and the unit of M, in
        batches of 8 MB. Strengths that a null keeps are met to 1e-10.

    Raises
    ------
    InputError
        If receivers and sources differ, an entry is negative or not finite, there are more than
        3,000 sectors, no draw was asked for or no null is called so.

    See Also
    --------
    spillgraph.analytics.permute_citations : the null ``strength`` of whole citations, drawn one by
        one, and :func:`spillgraph.analytics.permute_bundles` of what firms cite together.

    References
    ----------
    Sinkhorn (1964), *Annals of Mathematical Statistics* 35, 876–879 (strength); Maslov & Sneppen
    (2002), *Science* 296, 910–913, Besag & Clifford (1989), *Biometrika* 76, 633–642 and Carstens,
    Berger & Strona (2018), *MethodsX* 5, 773–780 (degree); Parisi, Squartini & Garlaschelli (2020),
    *New Journal of Physics* 22, 053053 (maxent).

    Examples
    --------
    >>> M = [[5, 2, 1], [1, 0, 3], [2, 2, 0]]
    >>> (batch,) = draw_null(M, "strength", draws=4)
    >>> batch.sum(axis=2).round(9)[0].tolist(), batch.diagonal(axis1=1, axis2=2)[0].tolist()
    ([8.0, 4.0, 4.0], [5.0, 0.0, 0.0])
    """
    matrix = square(M)
    require_flows(matrix)
    law = null_named(null)
    draws = whole_number(draws, "draws", 1, MOST_DRAWS)
    if len(matrix.rows) > LARGE:
        raise InputError(
            f"null {law.name!r}: arrays of {len(matrix.rows):,} sectors are too large; up to "
            f"{LARGE:,} are drawn so, and hubs() goes on with sparse networks."
        )
    return law.draw(
        matrix.values.toarray(), np.random.default_rng(whole_number(seed, "seed")), draws
    )
