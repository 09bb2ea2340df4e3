"""What walks of a few steps leave out of ψ: of its sums, or of one element."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from ...core.errors import InputError
from ...core.labelled import MatrixLike
from ..linalg._labels import Vector
from ..linalg._leakage import Leak
from ..linalg._operands import check_operands
from ._paths import apply_inverse, position

__all__ = ["truncation"]


def truncation(
    S: MatrixLike,
    W: MatrixLike,
    orders: int = 10,
    *,
    element: tuple[str, str] | None = None,
    own_leak: Leak = None,
) -> pd.DataFrame:
    """How much of ψ walks of at most n steps capture: of its sums, or of one element.

    Products with vectors only: q_n = S q_(n−1) + Wⁿ1 are the row sums of all walks of exactly n
    steps, r_n = S r_(n−1) + Wⁿ⁺¹V1 those of all longer ones (r_(−1) = ψ1). No difference is
    taken, so a small error keeps its digits.

    Parameters
    ----------
    S, W, own_leak
        As in :func:`strongest_paths`.
    orders : int, default 10
        Largest number of steps.
    element : (str, str), optional
        Receiver i and source j: compare ψ_ij alone. Default: the sum of all elements.

    Returns
    -------
    pandas.DataFrame, orders + 3 rows
        - ``walks``: ``all`` of at most so many steps; ``paper``: at most two in S and then at
          most two in W, the source's element formula; ``slide``: the same without S W and S W²,
          as the source prints its three modes.
        - ``steps``: steps of the longest walk.
        - ``captured``: Σψ in % summed over sectors, or ψ_ij in % per %, from these walks.
        - ``share``: captured / all; NaN where ψ_ij = 0.
        - ``spillover_share``: the same with I taken off both; NaN where nothing is left.
        - ``error``: largest relative error of a row sum of ψ, or that of ψ_ij.

    Raises
    ------
    InputError, ClosedClassError
        As in :func:`strongest_paths`, and if ``orders`` is below 0.

    References
    ----------
    Li et al. (2024), 30th IIOA conference, §3.2, with Σ S_ik S_kl W_lm W_mj for the last term
    (erratum E-000.4); their modes: §3.3, with SW and SW² (erratum E-000.3).

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import S, W
    >>> truncation(S, W, orders=1)[["walks", "steps", "captured", "error"]].round(4)
       walks  steps  captured   error
    0    all      0    2.0000  0.6667
    1    all      1    3.6500  0.3783
    2  paper      4    4.9395  0.1522
    3  slide      4    4.5445  0.2197
    >>> table = truncation(S, W, orders=2, element=("steel", "cars"))
    >>> table["captured"].round(12).tolist()  # I, with S + W, with S² + S W + W², the source's two
    [0.0, 0.7, 0.96, 1.036, 0.926]
    """
    if orders < 0:
        raise InputError(f"truncation: the number of steps must be at least 0, got {orders}.")
    S, W, _, _ = check_operands(S, W, own_leak)
    unit, rows = np.ones(len(S.rows)), slice(None)
    if element is not None:
        i, j = position(S, element[0], "receiver"), position(S, element[1], "source")
        unit, rows = np.eye(1, len(S.rows), j)[0], slice(i, i + 1)
    total, kept = _series(S.values, W.values, unit, orders)
    return pd.DataFrame([_compare(*row, total, unit, rows) for row in kept])


def _series(
    s: sparse.csr_array, w: sparse.csr_array, unit: Vector, orders: int
) -> tuple[Vector, list[tuple[str, int, Vector, Vector]]]:
    """ψ times a vector; and for each set of walks what they add to the vector, and what is left."""
    V1 = apply_inverse(w, unit)
    total = apply_inverse(s, V1)
    exact, chain, tail = unit, unit, w @ V1
    kept = [("all", 0, np.zeros_like(unit), s @ total + tail)]
    for n in range(1, orders + 1):
        chain, tail = w @ chain, w @ tail
        exact = s @ exact + chain
        kept.append(("all", n, kept[-1][2] + exact, s @ kept[-1][3] + tail))
    cited, longer = w @ (unit + w @ unit), w @ (w @ (w @ V1))
    once = s @ cited
    slide = cited + s @ (unit + s @ (unit + cited))
    # ψ − (I + S + S²)(I + W + W²) = (I + S + S²) W³ V + S³ ψ
    left = longer + s @ (longer + s @ (longer + s @ total))
    kept += [("paper", 4, slide + once, left), ("slide", 4, slide, left + once)]
    return total, kept


def _compare(
    walks: str, steps: int, gain: Vector, left: Vector, total: Vector, unit: Vector, rows: slice
) -> dict[str, str | int | float]:
    """One row of a truncation table; 0 / 0 is NaN."""
    gained, own, spillover = gain[rows].sum(), unit[rows].sum(), (gain + left)[rows].sum()
    with np.errstate(invalid="ignore"):
        return {
            "walks": walks,
            "steps": steps,
            "captured": float(own + gained),
            "share": float(np.divide(own + gained, total[rows].sum())),
            "spillover_share": float(np.divide(gained, spillover)),
            "error": float(np.divide(left[rows], total[rows]).max()),
        }
