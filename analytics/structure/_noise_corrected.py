"""The noise-corrected backbone (Coscia & Neffke 2017)."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.special import ndtr

from ..linalg._labels import Vector
from ._margins import margins

__all__ = ["noise_corrected"]


def noise_corrected(values: sparse.csr_array, *, as_printed: bool = False) -> dict[str, Vector]:
    """Test whether a link is heavier than the strengths of its ends explain, with its noise.

    N_ij counts events, N_i and N_j those of receiver and source, N all. The lift κN_ij,
    κ = N/(N_i N_j), is brought to ``score`` L = (κN_ij − 1)/(κN_ij + 1), between −1 and 1 and 0
    where strengths explain all. Its standard deviation is the delta method's, from a binomial
    N_ij whose probability has a Beta prior with the moments of the hypergeometric law. The
    published rule keeps a link where L > δ · ``sdev``; with a normal law that is p < α = Φ(−δ):
    δ = 1.28, 1.64, 2.32 are α = 0.10, 0.05, 0.01.

    Parameters
    ----------
    values : scipy.sparse.csr_array, shape (N, N)
        Counts, positive, row by row; a total of at least 2. They need not be whole.
    as_printed : bool, default False
        Take the second parameter of the prior as it is printed and as the authors' code has it,
        (μ/σ²)(1 − μ²) − (1 − μ). The Beta law with mean μ and variance σ² has
        (μ/σ²)(1 − μ)² − (1 − μ), which is taken otherwise; they differ by 2μ, relative.

    Returns
    -------
    dict of str to ndarray, each shape (E,)
        ``score``, ``sdev`` and ``p``, pure numbers; ``expected``, N_i N_j / N.

    References
    ----------
    Coscia & Neffke (2017), *IEEE 33rd International Conference on Data Engineering*, 425–436,
    equations (1) to (8).

    Examples
    --------
    >>> found = noise_corrected(sparse.csr_array([[0, 30.0, 10.0], [10.0, 0, 10.0], [5.0, 5.0, 0]]))
    >>> found["expected"].round(2).tolist()
    [20.0, 11.43, 4.29, 5.71, 2.14, 5.0]
    >>> found["score"].round(3).tolist()
    [0.2, -0.067, 0.4, 0.273, 0.4, 0.0]
    """
    Ni, Nj, N = margins(values)
    w = values.data
    product = Ni * Nj
    mu = product / N**2
    kappa = N / product
    lift = kappa * w
    score = (lift - 1) / (lift + 1)
    p_ij = _posterior_mean(w, mu, (N - Ni) * (N - Nj), N, as_printed)
    slope = 1 / product - N * (Ni + Nj) / product**2  # dκ/dN_ij, margins moving along
    sdev = np.sqrt(np.maximum(N * p_ij * (1 - p_ij), 0.0))
    sdev *= np.abs(2 * (kappa + w * slope) / (lift + 1) ** 2)
    distance = np.divide(score, sdev, out=np.zeros_like(score), where=sdev > 0)
    return {"score": score, "sdev": sdev, "expected": product / N, "p": ndtr(-distance)}


def _posterior_mean(w: Vector, mu: Vector, rest: Vector, N: float, as_printed: bool) -> Vector:
    """Mean of the Beta law of a link's probability, once its count is seen."""
    # σ² = μ (N − N_i)(N − N_j) / (N²(N − 1)); an end that has everything leaves nothing to chance.
    variance = mu * rest / (N**2 * (N - 1))
    free = variance > 0
    ratio = np.divide(mu, variance, out=np.zeros_like(mu), where=free)
    a = ratio * mu * (1 - mu) - mu
    b = ratio * ((1 - mu**2) if as_printed else (1 - mu) ** 2) - (1 - mu)
    mean: Vector = np.divide(a + w, a + b + N, out=mu.copy(), where=free)
    return mean
