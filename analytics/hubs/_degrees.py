"""Links that are a certain part of what their receiver draws."""

from __future__ import annotations

from typing import Literal

import numpy as np
from scipy import sparse

from ..linalg._labels import Vector

__all__ = ["count", "count_batch"]

# A share of exactly the threshold counts, whatever the last digit says.
ROUNDING = 1e-12


def count(values: sparse.csr_array, threshold: float, side: Literal["in", "out"]) -> Vector:
    """Count the links with m_ij ≥ threshold × row sum of i, own links left out."""
    coo, total = sparse.coo_array(values), np.asarray(values.sum(axis=1))
    large = coo.data >= threshold * (1 - ROUNDING) * total[coo.row]
    large &= (coo.row != coo.col) & (coo.data > 0)
    ends = coo.col[large] if side == "in" else coo.row[large]
    return np.bincount(ends, minlength=values.shape[0]).astype(np.float64)


def count_batch(M: Vector, threshold: float, side: Literal["in", "out"]) -> Vector:
    """Count in many networks, shape (B, N, N), at once."""
    large = threshold * (1 - ROUNDING) * M.sum(axis=2, keepdims=True) <= M
    large &= M > 0
    large &= ~np.eye(M.shape[1], dtype=bool)
    counted: Vector = large.sum(axis=1 if side == "in" else 2).astype(np.float64)
    return counted
