"""How far shares that were printed or stored in few digits may exceed 1 when they are added up.

Six times 1/6 is 1.002 where three decimals are printed, and three times 1/3 is 1.00000003 in single
precision. So much is no flow out of nothing: such shares are scaled to add up to 1.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...core.errors import show

__all__ = ["MOST", "last_digits", "note_scaling"]

#: What adds up to more than 1 by more is no rounding, however few the digits and many the shares.
MOST = 0.05
#: Decimals that are looked at; and numbers of significant digits that programs print, while fewer
#: are those of a share that needs no more, such as 0.5.
_DECIMALS, _SIGNIFICANT = 12, range(6, 13)
#: Smaller numbers are printed as 5.4e-05, with more decimals than the others.
_SMALL = 1e-4
#: Half a unit of the last bit of a number in single precision.
_SINGLE = 2.0**-24

Floats = NDArray[np.float64]


def last_digits(shares: ArrayLike) -> Floats:
    """Return by how much rounding may have moved each share of a file.

    It is half a unit of the last decimal that any of them has, of the last significant digit where
    these are six and more, or of single precision where all are such numbers. The shares themselves
    say so, because a double holds every decimal of up to twelve digits.

    Parameters
    ----------
    shares : array of float
        All of a file; missing ones have no digits.

    Returns
    -------
    array of float
        0 where shares have as many digits as a number can have.

    Examples
    --------
    >>> last_digits([0.167, 0.5]).tolist()
    [0.0005, 0.0005]
    >>> last_digits([1 / 3, 0.5]).tolist()
    [0.0, 0.0]
    """
    array = np.asarray(shares, np.float64)
    moved = np.zeros(array.shape)
    known = (array > 1e-30) & (array <= 1)  # more than 1 is no share, rounded or not
    values = array[known]
    if not len(values):
        return moved
    small = values < _SMALL
    step = np.full(len(values), _half_a_unit(values[~small]))
    step[small] = np.minimum(step[small], _half_a_unit(values[small]))
    size = 10.0 ** np.floor(np.log10(values))
    digits = (n for n in _SIGNIFICANT if _whole(values / size * 10.0 ** (n - 1)).all())
    if not _whole(values / size * 10.0 ** (_SIGNIFICANT[0] - 2)).all():
        step = np.maximum(step, 0.5 * size * 10.0 ** (1 - next(digits, np.inf)))
    if _single(values).all():
        step = np.maximum(step, _SINGLE * values)
    moved[known] = step
    return moved


def _half_a_unit(values: Floats) -> float:
    """Return half a unit of the last decimal that any number has, and 0 if they have too many."""
    decimals = (float(n) for n in range(_DECIMALS + 1) if _whole(values * 10.0**n).all())
    last: float = next(decimals, np.inf)
    return float(0.5 * 10.0**-last)


def note_scaling(where: str, what: str, words: tuple[str, str], sums: Mapping[str, float]) -> str:
    """Return a note on shares that were scaled to add up to 1.

    Parameters
    ----------
    where, what : str
        The table, and whose shares it says they are.
    words : tuple of str
        What one holder of shares is called, and several.
    sums : mapping of str to float
        What they added up to, by holder.

    Examples
    --------
    >>> print(note_scaling("concordance f → t", "weights of", ("code", "codes"), {"A": 1.002}))
    concordance f → t: weights of 1 code add to more than 1 by what rounding of their last digits \
explains, at most 0.002 (code 'A'); they are scaled to add to 1.
    """
    worst = max(sums, key=lambda holder: (sums[holder], holder))
    return (
        f"{where}: {what} {len(sums):,} {words[len(sums) > 1]} add to more than 1 by what rounding "
        f"of their last digits explains, at most {sums[worst] - 1:.2g} ({words[0]} {show(worst)}); "
        "they are scaled to add to 1."
    )


def _whole(values: Floats) -> NDArray[np.bool_]:
    """Whether numbers are whole, but for the last bits of a double."""
    near: NDArray[np.bool_] = np.abs(values - np.rint(values)) <= 2.0**-49 * values
    return near


def _single(values: Floats) -> NDArray[np.bool_]:
    """Whether numbers are those of single precision, as they are or as the shortest text is."""
    bare = values.astype(np.float32)
    texts = np.array([float(str(text)) for text in np.unique(bare)])
    short = texts[np.searchsorted(np.unique(bare), bare)]
    single: NDArray[np.bool_] = (bare.astype(np.float64) == values) | (short == values)
    return single
