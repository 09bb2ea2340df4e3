"""How often chance gives a score as high: p-values from draws of a null."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from ..linalg._labels import Vector
from ._network import Network
from ._scores import Chunk, scores_of

__all__ = ["Tally", "as_tested", "upper_p"]

# Scores this close, relative, are taken to be equal.
EQUAL = 1e-9
#: Measures that are defined up to a factor.
UP_TO_A_FACTOR = ("eigenvector", "authority", "hub", "core_periphery")


def as_tested(name: str, scores: Vector, network: Network) -> Vector:
    """Return scores in the form in which those of two networks can be compared.

    Scores with a largest entry of 1 say how near a sector is to the first one: were that one less
    of a hub than chance has it, all others would seem to be hubs. So what is defined up to a factor
    is compared as shares of the sum over sectors; so is Katz–Bonacich, where α goes with ρ.

    Parameters
    ----------
    name : str
        The measure.
    scores : ndarray, shape (B, N)
        Of networks.
    network : Network
        The one observed.

    Returns
    -------
    ndarray, shape (B, N)
    """
    relative = name in UP_TO_A_FACTOR or (name == "katz_bonacich" and network.katz_alpha is None)
    if not relative:
        return scores
    total = scores.sum(axis=1, keepdims=True)
    shares: Vector = np.divide(scores, total, out=np.full(scores.shape, np.nan), where=total > 0)
    return shares


def upper_p(observed: Vector, draws: Vector, rng: np.random.Generator | None = None) -> Vector:
    """One-sided p-values, (1 + #{T_b ≥ T}) / (B + 1).

    Parameters
    ----------
    observed : ndarray, shape (N,)
        Scores of the observed network.
    draws : ndarray, shape (B, N)
        Scores of the draws; NaN counts as at least as high.
    rng : numpy.random.Generator, optional
        Breaks ties at random, so that p is uniform also for counts. For proofs of calibration, not
        for reports.

    Returns
    -------
    ndarray, shape (N,)

    Examples
    --------
    >>> upper_p(np.array([2.0]), np.array([[1.0], [2.0], [3.0]])).tolist()
    [0.75]
    """
    close = EQUAL * np.abs(observed)
    if rng is None:
        as_high = ~(draws < observed - close)
        p: Vector = (1 + as_high.sum(axis=0)) / (len(draws) + 1)
        return p
    tied = np.abs(draws - observed) <= close
    above = (~(draws < observed) & ~tied).sum(axis=0)
    p = (1 + above + rng.integers(0, tied.sum(axis=0) + 1)) / (len(draws) + 1)
    return p


class Tally:
    """Counts of draws with scores as high as observed, so that no draw need be kept.

    Parameters
    ----------
    network : Network
        The one observed.
    names : sequence of str
        Measures that the null moves.
    observed : dict of str to ndarray, each shape (N,)
        Scores of the one observed, by the same functions as those of the draws.
    """

    def __init__(
        self,
        network: Network,
        names: Sequence[str],
        observed: dict[str, Vector],
    ) -> None:
        self.network, self.names = network, tuple(names)
        self.observed = {
            name: as_tested(name, scores[None], network)[0] for name, scores in observed.items()
        }
        self.draws = 0
        N = len(network.matrix.rows)
        self.as_high = {name: np.zeros(N, dtype=np.int64) for name in names}
        self.moved = {name: np.zeros(N, dtype=bool) for name in names}

    def add(self, chunks: Iterable[Chunk]) -> Tally:
        """Count all draws."""
        for chunk in chunks:
            scores = scores_of(chunk, self.names, self.network) if self.names else {}
            self._count(scores)
            self.draws += len(chunk) if isinstance(chunk, np.ndarray) else 1
        return self

    def _count(self, scores: dict[str, Vector]) -> None:
        for name, raw in scores.items():
            T, drawn = self.observed[name], as_tested(name, raw, self.network)
            close = EQUAL * np.abs(T)
            self.as_high[name] += (~(drawn < T - close)).sum(axis=0)
            self.moved[name] |= (~(np.abs(drawn - T) <= close)).any(axis=0)

    def p(self, name: str) -> tuple[Vector, NDArray[np.bool_]]:
        """Return p-values, and whether any draw had another score."""
        p = (1 + self.as_high[name]) / (self.draws + 1)
        return np.where(np.isnan(self.observed[name]), np.nan, p), self.moved[name]
