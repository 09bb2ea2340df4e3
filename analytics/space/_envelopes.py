"""What chance would draw beside an observed curve: local and global envelopes, and one p-value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...core.errors import InputError
from ..linalg._labels import Vector

__all__ = ["Envelope", "envelope", "require_level", "where_defined"]

# Neighbouring values this close, relative to the largest at a distance, are equal: sums in
# another order.
EQUAL = 1e-10


@dataclass(frozen=True, slots=True)
class Envelope:
    """A curve over distances, beside the curves of counterfactuals.

    Parameters
    ----------
    curve : pandas.DataFrame, index = distance in km
        ``observed``; ``mean`` of the draws; ``local_low`` and ``local_high``, outside of which the
        observed value is extreme at that distance alone; ``global_low`` and ``global_high``, the
        envelope of extreme rank lengths: ``p`` ≤ level exactly where the observed curve leaves it
        somewhere; ``band_low`` and ``band_high``, Duranton and Overman's global bands, with
        ``localization`` Γ(d) = max(observed − band_high, 0) and ``dispersion`` Ψ(d) =
        max(band_low − observed, 0), which is 0 everywhere for a curve that is localized somewhere.
        In the unit of the curve; NaN where it, or that of a draw, is not defined.
    p : float
        Of the whole curve, two-sided: share of all curves, the observed one among them, that are
        as extreme.
    p_above, p_below : float
        The same of curves that are extreme because they are high, or low.
    level : float
        Level of all envelopes; of the bands of Duranton and Overman it is that of each side.
    draws : int
        Number of counterfactuals that entered.
    """

    curve: pd.DataFrame
    p: float
    p_above: float
    p_below: float
    level: float
    draws: int

    @property
    def localized(self) -> bool:
        """Whether the curve is above Duranton and Overman's upper band at some distance."""
        return bool((self.curve["localization"] > 0).any())

    @property
    def dispersed(self) -> bool:
        """Whether it is below their lower band at some distance, and nowhere above the upper."""
        return bool((self.curve["dispersion"] > 0).any())


def envelope(observed: pd.Series[float], draws: Vector, level: float = 0.05) -> Envelope:
    """Hold an observed curve against curves of counterfactuals, over all distances at once.

    Local: at each distance the k-th lowest and highest of all curves, k = ⌊level (S + 1) / 2⌋; a
    curve that is looked at over many distances leaves it far more often than ``level`` says.

    Extreme rank length: each curve has at each distance its rank from below or from above,
    whichever is the smaller (ties share the mean). A curve is more extreme than another if its
    sorted ranks come first in the dictionary. p is the share of curves at least as extreme as the
    observed one; the envelope is the hull of those that are not among the ``level`` most extreme.

    Duranton and Overman: the upper band has one local rank at all distances, the innermost that at
    most ``level`` of all curves exceed somewhere; the lower band is the mirror image, of those
    curves that do not exceed the upper one. (The paper has the draws alone and interpolates between
    two ranks. With the observed curve among them, as for p, it is above the upper band by chance
    in at most ``level`` of all cases, however few the draws are.)

    Parameters
    ----------
    observed : pandas.Series, length D
        The curve, indexed by distance in km.
    draws : ndarray, shape (S, D)
        Curves of counterfactuals. One that is not defined anywhere is left out; then a distance at
        which one of them, or the observed curve, is not defined.
    level : float, default 0.05

    Returns
    -------
    Envelope

    Raises
    ------
    InputError
        If the level is not between 0 and 1, the draws are too few for it (39 for 5%), or there
        is no distance at which all curves are defined.

    References
    ----------
    Myllymäki, Mrkvička, Grabarnik, Seijo & Hahn (2017), *Journal of the Royal Statistical Society
    B* 79, 381–404 (extreme rank length); Duranton & Overman (2005), *Review of Economic Studies*
    72, 1077–1106, §3 (bands, Γ and Ψ).

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> draws = rng.normal(size=(999, 3))
    >>> found = envelope(pd.Series([0.0, 4.0, 0.0], [1.0, 2.0, 3.0]), draws)
    >>> found.p, found.p_below > 0.5, found.localized, found.dispersed
    (0.006, True, True, False)
    >>> found.curve["localization"].gt(0).tolist()
    [False, True, False]
    """
    values = np.asarray(observed, dtype=np.float64)
    draws, known = where_defined(values, draws)
    least = require_level(level, len(draws))
    if not known.any():
        raise InputError(
            "envelope: there is no distance at which the observed curve and all draws are defined; "
            "give larger distances, or industries with more establishments."
        )
    curves = _make_equal(np.vstack([values[known], draws[:, known]]))
    ordered = np.sort(curves, axis=0)
    p, hull = _rank_length(curves, level)
    low, high = _bands(curves, level)
    localization = np.maximum(curves[0] - high, 0.0)
    dispersion = np.maximum(low - curves[0], 0.0) * (not localization.any())
    columns = {
        "observed": curves[0],
        "mean": curves[1:].mean(axis=0),
        "local_low": ordered[least - 1],
        "local_high": ordered[-least],
        "global_low": hull.min(axis=0),
        "global_high": hull.max(axis=0),
        "band_low": low,
        "band_high": high,
        "localization": localization,
        "dispersion": dispersion,
    }
    curve = pd.DataFrame(np.nan, observed.index, list(columns))
    curve.loc[known] = np.column_stack(list(columns.values()))
    curve.loc[~known, "observed"] = values[~known]
    return Envelope(curve, *p, level, len(draws))


def where_defined(observed: Vector, draws: Vector) -> tuple[Vector, NDArray[np.bool_]]:
    """Return the draws that are defined somewhere, and where they and the observed curve are.

    That the observed curve is defined is part of what is known: it is compared with those that are.

    Parameters
    ----------
    observed : ndarray, shape (D,)
    draws : ndarray, shape (S, D)

    Returns
    -------
    draws : ndarray, shape (S', D)
    known : ndarray of bool, shape (D,)

    Examples
    --------
    >>> draws = np.array([[np.nan, np.nan, np.nan], [np.nan, 2.0, 3.0]])
    >>> kept, known = where_defined(np.array([1.0, 1.0, np.nan]), draws)
    >>> len(kept), known.tolist()
    (1, [False, True, False])
    """
    kept = draws[np.isfinite(draws).any(axis=1)]
    return kept, np.isfinite(observed) & np.isfinite(kept).all(axis=0)


def require_level(level: float, draws: int) -> int:
    """Return how many curves a local envelope leaves out on each side.

    Parameters
    ----------
    level : float
    draws : int

    Returns
    -------
    int

    Raises
    ------
    InputError
        If the level is not between 0 and 1, or the draws are too few for it.

    Examples
    --------
    >>> require_level(0.05, 999)
    25
    """
    if not 0 < level < 1:
        raise InputError(f"level: a number between 0 and 1 is needed, got {level}.")
    least = int(np.floor(level * (draws + 1) / 2 + 1e-9))
    if least < 1:
        needed = int(np.ceil(2 / level - 1e-9)) - 1
        raise InputError(f"draws: {needed:,} are needed for level {level:g}, got {draws:,}.")
    return least


def _make_equal(curves: Vector) -> Vector:
    """Make equal what differs by rounding: curves of few establishments have few values."""
    order = np.argsort(curves, axis=0)
    ordered = np.take_along_axis(curves, order, axis=0)
    near = np.diff(ordered, axis=0) <= EQUAL * np.abs(curves).max(axis=0)
    place = np.arange(len(curves))[:, np.newaxis] * np.ones(curves.shape[1], dtype=np.int64)
    place[1:][near] = 0
    first = np.maximum.accumulate(place, axis=0)
    equal = np.empty_like(curves)
    np.put_along_axis(equal, order, np.take_along_axis(ordered, first, axis=0), axis=0)
    return equal


def _rank_length(curves: Vector, level: float) -> tuple[tuple[float, float, float], Vector]:
    """Return p-values of the first curve, two-sided, above and below, and the curves inside."""
    from scipy.stats import rankdata  # a third of what starting a command would take

    low = rankdata(curves, method="average", axis=0)
    high = len(curves) + 1 - low
    places = [_most_extreme_first(ranks) for ranks in (np.minimum(low, high), high, low)]
    p = [float((each <= each[0]).mean()) for each in places]
    # A curve is kept where its own p would be above the level.
    order = np.sort(places[0])
    own = np.searchsorted(order, places[0], side="right") / len(curves)
    return (p[0], p[1], p[2]), curves[own > level + 1e-12]


def _most_extreme_first(ranks: Vector) -> NDArray[np.int64]:
    """Return the places of curves in the order of their sorted ranks; equal ones share theirs."""
    _, place = np.unique(np.sort(ranks, axis=1), axis=0, return_inverse=True)
    return np.asarray(place, dtype=np.int64).ravel()


def _bands(curves: Vector, level: float) -> tuple[Vector, Vector]:
    """Return Duranton and Overman's lower and upper band."""
    high = _upper_band(curves, level)
    inside = (curves <= high).all(axis=1)
    return -_upper_band(-curves[inside], level), high


def _upper_band(curves: Vector, level: float) -> Vector:
    """Return the innermost local rank that at most a share ``level`` of curves exceed somewhere."""
    from scipy.stats import rankdata

    # The k-th band is the (k + 1)-th highest value; a curve exceeds it where its rank is k or less.
    best = rankdata(-curves, method="max", axis=0).min(axis=1)
    exceed = np.searchsorted(np.sort(best), np.arange(len(curves)), side="right") / len(curves)
    k = int(np.searchsorted(exceed, level + 1e-12, side="right")) - 1
    band: Vector = np.sort(curves, axis=0)[::-1][k]
    return band
