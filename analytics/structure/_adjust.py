"""p-values of many tests at once: Bonferroni, Holm, Benjamini–Hochberg."""

from __future__ import annotations

import numpy as np

from ...core.errors import InputError, nearest
from ..linalg._labels import Vector

__all__ = ["ADJUSTMENTS", "adjust"]

#: What is done about many tests.
ADJUSTMENTS = ("none", "bonferroni", "holm", "bh")


def adjust(p: Vector, how: str) -> Vector:
    """Adjust p-values for their number; those that are NaN are no tests and stay NaN.

    Parameters
    ----------
    p : ndarray, shape (E,)
        One for each test.
    how : {"none", "bonferroni", "holm", "bh"}
        ``bonferroni`` and ``holm`` bound the probability of one false finding or more, under any
        dependence; ``bh`` the expected share of false findings among all, where tests are
        independent or positively dependent.

    Returns
    -------
    ndarray, shape (E,)

    Raises
    ------
    InputError
        If the name is not in the list.

    References
    ----------
    Holm (1979), *Scandinavian Journal of Statistics* 6, 65–70; Benjamini & Hochberg (1995),
    *Journal of the Royal Statistical Society B* 57, 289–300.

    Examples
    --------
    >>> p = np.array([0.01, 0.04, 0.03])
    >>> [adjust(p, how).round(3).tolist() for how in ("bonferroni", "holm", "bh")]
    [[0.03, 0.12, 0.09], [0.03, 0.06, 0.06], [0.03, 0.04, 0.04]]
    """
    if how not in ADJUSTMENTS:
        raise InputError(f"no correction is called {how!r}. {nearest(how, ADJUSTMENTS)}")
    adjusted: Vector = np.array(p, dtype=np.float64)
    tests = np.flatnonzero(np.isfinite(adjusted))
    E = tests.size
    if how == "none" or E == 0:
        return adjusted
    order = tests[np.argsort(adjusted[tests], kind="stable")]
    sorted_p, rank = adjusted[order], np.arange(1, E + 1)
    if how == "bonferroni":
        stepped = E * sorted_p
    elif how == "holm":
        stepped = np.maximum.accumulate((E + 1 - rank) * sorted_p)
    else:
        stepped = np.minimum.accumulate((E / rank * sorted_p)[::-1])[::-1]
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted
