"""Structural decomposition: exact adding-up, closed forms, every order of the factors."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spillgraph.analytics import structural_decomposition
from spillgraph.core.errors import ClosedClassError, InputError
from spillgraph.core.matrix import LabelledMatrix

FACTORS = ["technology", "final_demand", "knowledge"]
many = settings(max_examples=15, deadline=None)


def year(seed: int, n: int) -> tuple[pd.DataFrame, pd.Series, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    labels = [f"s{i}" for i in range(n)]
    S, W = (rng.random((n, n)) for _ in range(2))
    np.fill_diagonal(W, 0.0)
    S, W = S * 0.7 / S.sum(axis=1, keepdims=True), W * 0.8 / (W.sum(axis=1, keepdims=True) + 0.1)
    return (
        pd.DataFrame(S, labels, labels),
        pd.Series(rng.random(n) * 10, labels),
        pd.DataFrame(W, labels, labels),
    )


def level(S: pd.DataFrame, f: pd.Series, W: pd.DataFrame | None = None) -> np.ndarray:
    one = np.eye(len(f))
    x = np.linalg.solve(one - S.to_numpy().T, f.to_numpy())
    return x if W is None else np.linalg.solve(one - W.to_numpy().T, x)


@many
@given(st.integers(0, 10_000), st.integers(2, 8), st.booleans())
def test_effects_add_up_to_the_change_exactly(seed: int, n: int, knowledge: bool):
    (S0, f0, W0), (S1, f1, W1) = year(seed, n), year(seed + 1, n)
    found = structural_decomposition(S0, f0, S1, f1, *((W0, W1) if knowledge else ()))
    size = np.maximum(abs(found.before), abs(found.after)).to_numpy()
    off = found.effects.sum(axis=1).to_numpy() - found.change.to_numpy()
    assert (abs(off) <= 1e-14 * n * size).all()
    assert (found.low <= found.effects + 1e-13).all(axis=None)
    assert (found.high >= found.effects - 1e-13).all(axis=None)
    assert list(found.effects) == FACTORS[: 3 if knowledge else 2]
    assert found.orders == (6 if knowledge else 2)


def test_the_two_factors_are_the_means_of_the_polar_forms():
    (S0, f0, _), (S1, f1, _) = year(1, 5), year(2, 5)
    L0, L1 = (np.linalg.inv(np.eye(5) - S.to_numpy().T) for S in (S0, S1))
    found = structural_decomposition(S0, f0, S1, f1)
    np.testing.assert_allclose(
        found.effects["technology"], (L1 - L0) @ ((f0 + f1) / 2), rtol=1e-11, atol=1e-12
    )
    np.testing.assert_allclose(
        found.effects["final_demand"], (L0 + L1) / 2 @ (f1 - f0), rtol=1e-11, atol=1e-12
    )


def test_three_factors_are_those_of_every_order_by_brute_force():
    years = [year(3, 4), year(4, 4)]
    effects: dict[tuple[str, ...], dict[str, np.ndarray]] = {}
    for order in permutations(FACTORS):
        at = dict.fromkeys(FACTORS, 0)
        effects[order] = {}
        for factor in order:
            before = level(*(years[at[k]][FACTORS.index(k)] for k in FACTORS))
            at[factor] = 1
            after = level(*(years[at[k]][FACTORS.index(k)] for k in FACTORS))
            effects[order][factor] = after - before
    found = structural_decomposition(*years[0][:2], *years[1][:2], years[0][2], years[1][2])
    for factor in FACTORS:
        each = np.array([effect[factor] for effect in effects.values()])
        np.testing.assert_allclose(found.low[factor], each.min(axis=0), rtol=1e-10)
        np.testing.assert_allclose(found.high[factor], each.max(axis=0), rtol=1e-10)
    # The polar forms: what changes from the sources of a chain to its ends, and back.
    polar = [effects["final_demand", "technology", "knowledge"]]
    polar.append(effects["knowledge", "technology", "final_demand"])
    for factor in FACTORS:
        mean = (polar[0][factor] + polar[1][factor]) / 2
        np.testing.assert_allclose(found.effects[factor], mean, rtol=1e-10)


def test_what_does_not_change_has_no_effect():
    S, f, W = year(5, 4)
    found = structural_decomposition(S, f, S, 1.2 * f, W, W)
    assert (found.effects[["technology", "knowledge"]] == 0).all(axis=None)
    np.testing.assert_allclose(found.effects["final_demand"], 0.2 * level(S, f, W), rtol=1e-12)


def test_the_second_year_is_brought_to_the_order_of_the_first():
    (S0, f0, W0), (S1, f1, W1) = year(6, 4), year(7, 4)
    straight = structural_decomposition(S0, f0, S1, f1, W0, W1)
    turned = structural_decomposition(
        S0, f0.iloc[::-1], S1.iloc[::-1, ::-1], f1, W0.iloc[::-1, ::-1], W1
    )
    pd.testing.assert_frame_equal(straight.effects, turned.effects, rtol=1e-13)


def test_years_that_do_not_fit_together_are_refused():
    (S0, f0, W0), (S1, f1, _) = year(6, 4), year(7, 3)
    with pytest.raises(InputError, match=r"labels differ.*missing: 's3'|unknown: 's3'"):
        structural_decomposition(S0, f0, S1, f1)
    with pytest.raises(InputError, match="give W of both years, or of none"):
        structural_decomposition(S0, f0, S0, f0, W0)
    closed = LabelledMatrix.build("S", np.roll(np.eye(4), 1, axis=1), list(S0.index))
    with pytest.raises(ClosedClassError, match="matrix S has a closed class"):
        structural_decomposition(S0, f0, closed, f0)
