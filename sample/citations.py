"""Synthetic firm-to-firm citations, one year at a time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

import numpy as np

from .design import Design, Floats, Ints
from .firms import Firms, Sampler

__all__ = ["least_citations", "make_citations", "systematic"]

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


def least_citations(design: Design) -> int:
    """Return the fewest citations: each member of the closed class cites each other one.

    Examples
    --------
    >>> from .design import make_design
    >>> least_citations(make_design(closed_class=True)), least_citations(make_design())
    (6, 1)
    """
    return max(1, len(design.closed) * (len(design.closed) - 1))


def make_citations(
    design: Design,
    firms: Firms,
    citations: int,
    years: tuple[int, int],
    rng: np.random.Generator,
    *,
    sure_by: int | None = None,
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
        How many, in all years together; at least ``least_citations``.
    years : tuple of int
        First and last year.
    rng : numpy.random.Generator
    sure_by : int, optional
        For samples so small that chance could close a circle of industries, or open the closed
        class: no industry cites another one before it cites within itself, and by this year the
        members of the closed class have cited each other. Without it all is left to chance.

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
    kept = least_citations(design) if design.closed and sure_by is not None else 0
    cells = systematic(design.citations.ravel(), citations - kept, rng)
    by_year = rng.multinomial(cells, growth / growth.sum())  # (cells, years)
    if sure_by is not None:
        _make_sure(by_year.reshape(n, n + 1, -1), design, sure_by - years[0])
    citing = Sampler(firms.industry, firms.citing, n)
    cited = Sampler(firms.industry, firms.cited, n)
    for at, year in enumerate(all_years.tolist()):
        source, target = np.divmod(np.repeat(np.arange(len(cells)), by_year[:, at]), n + 1)
        pairs = _pairs(source, target, citing, cited, rng)
        yield int(year), *pairs


def _make_sure(table: Ints, design: Design, at: int) -> None:
    """Change the plan of citations ``[citing, cited or itself, year]`` in place.

    Parameters
    ----------
    table : ndarray of int, shape (n, n + 1, years)
    design : Design
    at : int
        Position of the year in which the closed class closes at the latest: its citations are
        added, and so not part of the plan so far.
    """
    closed = design.positions(design.closed)
    for a, b in permutations(closed, 2):
        table[a, b, at] += 1
    for a in range(len(table)):
        others = table[a, :-1]  # without firms that cite themselves
        years = np.flatnonzero(others.sum(axis=0))
        if a in closed or not len(years) or others[a, years[0]]:
            continue
        b = int(np.flatnonzero(others[:, years[0]])[0])
        _move(others, b, a, years[0])
        later = np.flatnonzero(others[a, years[0] + 1 :])
        if len(later):  # in exchange, so that the totals remain those of the plan
            _move(others, a, b, years[0] + 1 + later[0])


def _move(table: Ints, source: int, to: int, year: int) -> None:
    table[source, year] -= 1
    table[to, year] += 1


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
