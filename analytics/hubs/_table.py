"""The hub table: every sector by the measures of the list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ...core.labelled import MatrixLike
from ...core.measures import MEASURES, NETWORKS
from ..linalg._labels import by_label, require_flows, square
from ._network import Network
from ._scores import function_of

__all__ = ["hub_table"]


def hub_table(
    M: MatrixLike,
    measures: Sequence[str] | None = None,
    *,
    katz_alpha: float | None = None,
    output: Any = None,
) -> pd.DataFrame:
    """Measures of every sector; in most a high score is a much-used source.

    Parameters
    ----------
    M : LabelledMatrix, shape (N, N)
        Flows or shares, not negative; rows receivers, columns sources.
    measures : sequence of str, optional
        Names of :data:`spillgraph.core.measures.MEASURES`, of which only these are computed; if
        left out, those of every run that are declared of all networks: not ``upstreamness``,
        which is of S, and none that is computed on request.
    katz_alpha : float, optional
        How much of a link's strength is passed on at each step, 0 < α < 1/ρ(M), in one over
        the unit of ``M``. Default 0.5/ρ(M), so that tables of matrices in different units
        compare; 1 where ρ(M) = 0. For W, α = 1 gives the column sums of V.
    output : pandas.Series, shape (N,), optional
        Gross output of every sector, in any unit; ``upstreamness`` needs it.

    Returns
    -------
    pandas.DataFrame, shape (N, measures), indexed by ``label``
        A column a measure; :data:`spillgraph.core.measures.MEASURES` says what each means, its
        parameter, and when it is NaN. Strengths are in the unit of ``M``; betweenness takes time
        N·E, minutes above some 10,000 sectors.

    Raises
    ------
    InputError
        If receivers and sources differ, an entry is negative or not finite, α is out of
        bounds, or a measure is not in the list.

    References
    ----------
    Katz (1953) and Bonacich (1987); Brin & Page (1998); Brandes (2001) for betweenness; Antràs,
    Chor, Fally & Hillberry (2012) for upstreamness.

    Examples
    --------
    >>> from spillgraph.core.matrix import LabelledMatrix
    >>> from spillgraph.analytics.steel_and_cars import W
    >>> table = hub_table(W, katz_alpha=1)
    >>> table["in_strength"].to_dict(), table["out_strength"].to_dict()
    ({'steel': 0.25, 'cars': 0.4}, {'steel': 0.4, 'cars': 0.25})
    >>> table["katz_bonacich"].mul(18).round(9).to_dict()
    {'steel': 25.0, 'cars': 28.0}

    Half of steel goes into cars, and cars go to final use:

    >>> S = LabelledMatrix.build("S", [[0, 0], [0.25, 0]], ["steel", "cars"])
    >>> hub_table(S, ["upstreamness"], output={"steel": 1, "cars": 2}).to_dict()
    {'upstreamness': {'steel': 1.5, 'cars': 1.0}}
    """
    matrix = square(M)
    require_flows(matrix)
    if output is not None:
        output = by_label(output, matrix.rows, "output")
    network = Network(matrix, katz_alpha, output)
    if measures is None:
        measures = [each.name for each in MEASURES if each.of == NETWORKS and not each.on_request]
    return pd.DataFrame(
        {name: function_of(name)(network) for name in measures},
        index=pd.Index(matrix.rows, name="label"),
        dtype=np.float64,
    )
