"""A spectral radius is told as a number where it is known, else as the bounds it lies between."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from spillgraph.cli import show
from spillgraph.core.matrix import LabelledMatrix
from spillgraph.runs import record

W = np.diag(np.full(11, 0.9), 1)
W[-1, 0] = 1e-3
EXACT = (0.9**11 * 1e-3) ** (1 / 12)


def year(low: float, high: float) -> SimpleNamespace:
    """A report year whose proof came no nearer than these bounds."""
    proof = SimpleNamespace(rho_W=(low, high), rho_S=(low, high))
    matrix = LabelledMatrix.build("W", W, [f"s{i}" for i in range(12)])
    return SimpleNamespace(
        spillover=SimpleNamespace(proof=proof), matrices=lambda: {"W": matrix, "trade": matrix}
    )


@pytest.mark.parametrize("name", ["W", "trade"])
def test_wide_bounds_are_never_told_by_their_middle(name: str) -> None:
    told = record._radius(year(0.012, 0.825), name)
    assert told == {"spectral_radius": pytest.approx(EXACT, rel=1e-12)}
    assert show._radius(told) == "0.51057"


def test_beyond_the_reach_of_eigenvalues_both_bounds_are_told(monkeypatch) -> None:
    monkeypatch.setattr(record, "EXACT_LIMIT", 11)
    told = record._radius(year(0.012, 0.825), "W")
    assert told == {"spectral_radius": None, "spectral_radius_bounds": [0.012, 0.825]}
    assert show._radius(told) == "0.012–0.825"
    near = record._radius(year(EXACT * (1 - 1e-9), EXACT * (1 + 1e-9)), "W")
    assert near == {"spectral_radius": pytest.approx(EXACT, rel=1e-12)}
