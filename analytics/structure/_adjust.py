"""What is done about many tests at once, by name."""

from __future__ import annotations

import numpy as np

from ...core.errors import InputError, nearest
from ..inference import benjamini_hochberg, holm
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

    Examples
    --------
    >>> p = np.array([0.01, 0.04, 0.03])
    >>> [adjust(p, how).round(3).tolist() for how in ("bonferroni", "holm", "bh")]
    [[0.03, 0.12, 0.09], [0.03, 0.06, 0.06], [0.03, 0.04, 0.04]]
    """
    if how not in ADJUSTMENTS:
        raise InputError(f"no correction is called {how!r}. {nearest(how, ADJUSTMENTS)}")
    p = np.array(p, dtype=np.float64)
    if how == "holm":
        return holm(p)
    if how == "bh":
        return benjamini_hochberg(p)
    tests = np.count_nonzero(~np.isnan(p)) if how == "bonferroni" else 1
    return np.minimum(tests * p, 1.0)
