"""Correlations of every industry's R&D with every industry's output, and how broad they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from ...core.errors import InputError
from ..linalg._labels import Vector
from ._moments import moments
from ._panels import pair

__all__ = ["Correlations", "correlate", "correlation_pvalues"]


@dataclass(frozen=True, slots=True)
class Correlations:
    """Who moves with whom; in matrices the row is the industry of R&D, the column that of output.

    Parameters
    ----------
    C : pandas.DataFrame, shape (N, N)
        Correlations, −1 to 1; the diagonal is 0, and what is not known is NaN.
    own : pandas.Series, length N
        Correlation of an industry's R&D with its own output: the diagonal that C leaves out.
    p : pandas.DataFrame, shape (N, N)
        Two-sided p-values, of the own correlation on the diagonal.
    years : pandas.DataFrame of int, shape (N, N)
        Years that the two series have in common.
    P_R, P_Y : pandas.Series, length N
        How many other industries' output moves with an industry's R&D (positive entries of its
        row of C), and how many others' R&D with its output (of its column).
    C_R, C_Y : pandas.Series, length N
        Means of the row and of the column of C without the diagonal, over the pairs that are known.
        The means of P_R and P_Y are equal, and where all pairs are known so are those of C_R and
        C_Y.
    dropped : int
        Pairs of different industries without a correlation: fewer than three common years, or
        a series that does not vary.
    """

    C: pd.DataFrame
    own: pd.Series[float]
    p: pd.DataFrame
    years: pd.DataFrame
    P_R: pd.Series[int]
    P_Y: pd.Series[int]
    C_R: pd.Series[float]
    C_Y: pd.Series[float]
    dropped: int


def correlate(R: pd.DataFrame, Y: pd.DataFrame) -> Correlations:
    """Correlate the growth of every industry's R&D with that of every industry's output.

    Parameters
    ----------
    R, Y : pandas.DataFrame, shapes (T, N) and (T', N)
        Growth of R&D and of output, years by industries; NaN where not known. Each pair is taken
        over the years that both have.

    Returns
    -------
    Correlations

    Raises
    ------
    InputError
        If industries differ, or no year is common.

    References
    ----------
    Ouyang and Chang (2011), §4, figures 1 and 2, table 3: C_ij = corr(R_i, Y_j) with a diagonal of
    0, D = 1[C > 0], P^R = D1, P^Y = D'1, C^R = C1/(N − 1), C^Y = C'1/(N − 1).

    Examples
    --------
    >>> years = [2001, 2002, 2003, 2004]
    >>> R = pd.DataFrame({"steel": [1.0, 2.0, 3.0, 4.0], "cars": [4.0, 2.0, 3.0, 1.0]}, index=years)
    >>> Y = pd.DataFrame({"steel": [1.0, 2.0, 2.0, 1.0], "cars": [2.0, 4.0, 6.0, 8.0]}, index=years)
    >>> found = correlate(R, Y)
    >>> found.C.round(9).to_numpy().tolist(), found.P_R.to_dict()
    ([[0.0, 1.0], [0.0, 0.0]], {'steel': 1, 'cars': 0})
    """
    rd, output = pair(R, Y)
    of = moments(rd, output)
    away = ~np.eye(len(of.years), dtype=bool)
    known = np.isfinite(of.correlation) & away
    held = np.where(known, of.correlation, 0.0)
    sides = (rd.columns.rename("rd"), rd.columns.rename("output"))
    D = held > 0
    return Correlations(
        C=pd.DataFrame(np.where(known | ~away, held, np.nan), *sides),
        own=pd.Series(np.diag(of.correlation), rd.columns, name="own"),
        p=pd.DataFrame(correlation_pvalues(of.correlation, of.years), *sides),
        years=pd.DataFrame(of.years, *sides).astype(int),
        P_R=pd.Series(D.sum(axis=1), rd.columns, name="P_R"),
        P_Y=pd.Series(D.sum(axis=0), rd.columns, name="P_Y"),
        C_R=pd.Series(_means(held, known, 1), rd.columns, name="C_R"),
        C_Y=pd.Series(_means(held, known, 0), rd.columns, name="C_Y"),
        dropped=int((away & ~known).sum()),
    )


def correlation_pvalues(r: Any, n: Any) -> Any:
    """Return two-sided p-values of correlations that are zero in truth, of independent years.

    t = r √((n − 2) / (1 − r²)) is Student's with n − 2 degrees of freedom.

    Parameters
    ----------
    r : array_like
        Correlations, −1 to 1.
    n : array_like
        Years behind each.

    Returns
    -------
    ndarray, or float for two numbers
        NaN where r is, or n is below 3.

    Raises
    ------
    InputError
        If a correlation is outside of −1 to 1.

    References
    ----------
    Reproduces the nine p-values of Ouyang and Chang (2011), table 3, with n = 40.

    Examples
    --------
    >>> round(correlation_pvalues(-0.3455, 40), 4)
    0.029
    """
    try:
        values, years = np.broadcast_arrays(np.asarray(r, float), np.asarray(n, float))
    except (TypeError, ValueError):
        raise InputError(
            f"r and n: numbers of one shape are needed, got a {type(r).__name__} and a "
            f"{type(n).__name__}."
        ) from None
    if (np.abs(values) > 1).any():
        odd = float(values[np.abs(values) > 1][0])
        raise InputError(f"r: correlations from −1 to 1 are needed, got {odd:g}.")
    good = (years > 2) & np.isfinite(values)
    free = np.where(good, years - 2.0, 1.0)
    rest = np.where(good, 1.0 - values**2, 1.0)
    p = np.where(good, special.betainc(free / 2.0, 0.5, rest), np.nan)
    return p if p.ndim else float(p)


def _means(held: Vector, known: NDArray[np.bool_], axis: int) -> Vector:
    """Return means over the pairs that are known; NaN where none is."""
    count = known.sum(axis=axis)
    return np.where(count > 0, held.sum(axis=axis) / np.maximum(count, 1), np.nan)
