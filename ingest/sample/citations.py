"""Synthetic firm-to-firm citations, one year at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .design import Design, Floats, Ints
from .firms import Firms, Sampler

__all__ = ["make_citations", "systematic"]

GROWTH = 0.12  # citations grow by 12 log points a year, as patenting has


def systematic(share: Floats, total: int, rng: np.random.Generator) -> Ints:
    """Split a whole number at random so that every part, and every run of parts, is within 1.

    Parameters
    ----------
    share : ndarray, shape (n,)
        Shares, sum to 1.
    total : int
        What is split.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of int, shape (n,)
        Sums to ``total``; its mean over seeds is ``share * total``.

    Examples
    --------
    >>> systematic(np.array([0.25, 0.75]), 8, np.random.default_rng(0)).tolist()
    [2, 6]
    """
    steps = np.cumsum(share)
    steps /= steps[-1]
    marks = np.floor(steps * total + rng.random())
    marks[-1] = total
    return np.diff(marks, prepend=0.0).astype(np.int64)


def make_citations(
    design: Design, firms: Firms, citations: int, years: tuple[int, int], rng: np.random.Generator
) -> Iterator[tuple[int, Ints, Ints, Ints]]:
    """Make citations by the plan.

    Totals between industries follow the plan to within one citation, so that what was planted
    holds in small samples too; chance decides on years and firms.

    Parameters
    ----------
    design : Design
        Probabilities between industries.
    firms : Firms
        Who can cite and be cited.
    citations : int
        How many, in all years together.
    years : tuple of int
        First and last year.
    rng : numpy.random.Generator

    Yields
    ------
    year : int
    citing, cited : ndarray of int, shape (R,)
        Firm numbers; no pair occurs twice in a year.
    count : ndarray of int, shape (R,)
        Citations, at least 1.
    """
    n = len(design.fine)
    all_years = np.arange(years[0], years[1] + 1)
    growth = np.exp(GROWTH * (all_years - years[1]))
    cells = systematic(design.citations.ravel(), citations, rng)
    by_year = rng.multinomial(cells, growth / growth.sum())  # (cells, years)
    citing = Sampler(firms.industry, firms.citing, n)
    cited = Sampler(firms.industry, firms.cited, n)
    for at, year in enumerate(all_years.tolist()):
        source, target = np.divmod(np.repeat(np.arange(len(cells)), by_year[:, at]), n + 1)
        pairs = _pairs(source, target, citing, cited, rng)
        yield int(year), *pairs


def _pairs(
    source: Ints, target: Ints, citing: Sampler, cited: Sampler, rng: np.random.Generator
) -> tuple[Ints, Ints, Ints]:
    """Turn one year's events between industries into counted pairs of firms."""
    firms = len(citing.order)
    itself = target == len(citing.count)
    i = citing.draw(rng, source)
    j = i.copy()
    within = ~itself & (source == target)
    j[within] = cited.draw_other(rng, target[within], i[within])
    across = source != target
    across &= ~itself
    j[across] = cited.draw(rng, target[across])
    key, count = np.unique(i * firms + j, return_counts=True)
    return key // firms, key % firms, count.astype(np.int64)
