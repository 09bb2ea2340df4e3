"""Hypothetical extraction, of one network and of both: against taking the sectors out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from spillgraph.analytics import (
    extract,
    extract_both,
    extraction_losses,
    extraction_losses_both,
    psi,
)
from spillgraph.analytics.leontief import _extraction
from spillgraph.analytics.linalg._resolvent import Resolvent
from spillgraph.analytics.steel_and_cars import S as S2
from spillgraph.analytics.steel_and_cars import W as W2
from spillgraph.analytics.steel_and_cars import output
from spillgraph.core.errors import ClosedClassError, InputError
from spillgraph.core.matrix import LabelledMatrix

N = 7
LABELS = [f"s{i}" for i in range(N)]


def network(seed: int, top: float, *, own: bool) -> np.ndarray:
    """Shares with holes, one row without any, one column without any."""
    rng = np.random.default_rng(seed)
    M = rng.random((N, N)) * (rng.random((N, N)) < 0.6)
    M[2], M[:, 4] = 0.0, 0.0
    if not own:
        np.fill_diagonal(M, 0.0)
    total = M.sum(axis=1, keepdims=True)
    return np.divide(M, total, out=M, where=total > 0) * rng.uniform(0.2, top, (N, 1))


def frame(M: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(M, LABELS, LABELS)


def close(got: object, want: object, rtol: float = 1e-12) -> None:
    np.testing.assert_allclose(np.asarray(got, float), np.asarray(want, float), rtol, atol=1e-13)


def inverse(M: np.ndarray) -> np.ndarray:
    return np.linalg.inv(np.eye(len(M)) - M)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("gone", [[0], [2], [4], [1, 5], [0, 1, 2, 3, 4, 5]])
def test_extraction_is_output_before_less_output_of_an_economy_without_the_set(seed, gone):
    S, f = network(seed, 0.8, own=True), np.random.default_rng(seed).random(N)
    left = [i for i in range(N) if i not in gone]
    before = inverse(S.T) @ f
    after = np.zeros(N)
    after[left] = inverse(S[np.ix_(left, left)].T) @ f[left]
    found = extract(frame(S), pd.Series(f, LABELS), [LABELS[i] for i in gone])
    close(found.output, before)
    close(found.loss, before - after)
    close(
        [found.total, found.percent],
        [(before - after).sum(), 100 - 100 * after.sum() / before.sum()],
    )
    assert found.sectors == tuple(LABELS[i] for i in gone)


@pytest.mark.parametrize("seed", range(4))
def test_the_losses_of_each_sector_alone_are_those_of_taking_it_out(seed):
    S, f = frame(network(seed, 0.8, own=True)), pd.Series(np.arange(1.0, N + 1), LABELS)
    close(extraction_losses(S, f), [extract(S, f, label).percent for label in LABELS])


def test_a_sector_that_buys_and_sells_nothing_loses_its_own_output_alone():
    S = pd.DataFrame([[0.2, 0.0], [0.0, 0.0]], ["a", "b"], ["a", "b"])
    found = extract(S, {"a": 8.0, "b": 5.0}, "b")
    assert found.loss.to_dict() == {"a": 0.0, "b": 5.0}
    close(extraction_losses(S, {"a": 8.0, "b": 5.0}), [200 / 3, 100 / 3])


@pytest.mark.parametrize(
    ("method", "full"), [("dense", 9), ("sparse", 9), ("iterative", 9), ("iterative", 2)]
)
def test_the_diagonal_is_that_of_the_inverse_in_blocks_of_any_size(monkeypatch, method, full):
    S = network(1, 0.9, own=True)
    monkeypatch.setattr(_extraction, "BLOCK", 3)
    monkeypatch.setattr(_extraction, "FULL", full)
    U = Resolvent(sparse.csr_array(S), method)
    close(_extraction.diagonal(U), np.diag(inverse(S)))


# -- both networks ---------------------------------------------------------------------------------


def without(M: np.ndarray, gone: list[int]) -> np.ndarray:
    """The inverse where the set neither gives nor takes."""
    cut = M.copy()
    cut[gone], cut[:, gone] = 0.0, 0.0
    return inverse(cut)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("gone", [[0], [2], [4], [1, 5], [0, 1, 2, 3, 4, 5]])
def test_the_loss_of_psi_splits_into_chains_that_meet_the_set(seed, gone):
    S, W = network(seed, 0.8, own=True), network(seed + 50, 0.9, own=False)
    U, V, one = inverse(S), inverse(W), np.ones(N)
    U_left, V_left = without(S, gone), without(W, gone)
    parts = {
        "inputs": (U - U_left) @ V_left @ one,
        "knowledge": U_left @ (V - V_left) @ one,
        "both": (U - U_left) @ (V - V_left) @ one,
        "total": (U @ V) @ one - U_left @ V_left @ one,
    }
    left = [i for i in range(N) if i not in gone]
    found = extract_both(frame(S), frame(W), [LABELS[i] for i in gone])
    for name, values in parts.items():
        close(found.loss[name], values[left])
    close(found.benefit, U @ V @ one)
    close(found.gone, (U @ V @ one)[gone])
    close(found.percent, 100 * parts["total"][left].sum() / (U @ V @ one)[left].sum())
    assert (found.loss >= 0).all(axis=None)


@pytest.mark.parametrize("seed", range(4))
def test_what_remains_is_the_benefit_of_the_sectors_that_remain(seed):
    """After the extraction the others are an economy of their own, with their own ψ."""
    S, W = network(seed, 0.8, own=True), network(seed + 50, 0.9, own=False)
    found = extract_both(frame(S), frame(W), LABELS[3])
    rest = [label for label in LABELS if label != LABELS[3]]
    alone = psi(frame(S).loc[rest, rest], frame(W).loc[rest, rest]).benefit
    close(found.benefit[rest] - found.loss["total"], alone)


@pytest.mark.parametrize("seed", range(4))
def test_the_losses_of_psi_of_each_sector_alone_are_those_of_taking_it_out(seed):
    S, W = frame(network(seed, 0.8, own=True)), frame(network(seed + 50, 0.9, own=False))
    weights = pd.Series(np.random.default_rng(seed).random(N), LABELS)
    plain, weighted = extraction_losses_both(S, W), extraction_losses_both(S, W, weights)
    for label in LABELS:
        found = extract_both(S, W, label)
        close(plain.loc[label, list(found.loss)], found.loss.sum(), 1e-11)
        close(plain.loc[label, "percent"], found.percent, 1e-11)
        by_weight = found.loss.mul(weights[found.loss.index], axis=0).sum()
        close(weighted.loc[label, list(found.loss)], by_weight, 1e-11)


def test_without_knowledge_nothing_is_lost_through_it():
    nothing = LabelledMatrix.build("W", np.zeros((2, 2)), S2.rows)
    found = extract_both(S2, nothing, "cars").loss.loc["steel"]
    assert found[["knowledge", "both"]].tolist() == [0, 0]
    close(found["inputs"], 2 - 1.25)


# -- what is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sectors", "message"),
    [
        ("stel", r"there is no sector 'stel'. Did you mean 'steel'"),
        ([], "at least one is to leave and one to stay, got 0 of 2"),
        (["steel", "cars"], "got 2 of 2"),
        (["steel", "steel"], "'steel' occurs twice"),
    ],
)
def test_a_set_that_is_none_is_refused(sectors, message):
    with pytest.raises(InputError, match=message):
        extract(S2, output["final_demand"], sectors)
    with pytest.raises(InputError, match=message):
        extract_both(S2, W2, sectors)


def test_sectors_that_receive_everything_from_each_other_are_named():
    closed = LabelledMatrix.build("S", [[0, 1.0], [1, 0]], S2.rows)
    with pytest.raises(ClosedClassError, match=r"matrix S has a closed class.*'steel', 'cars'"):
        extract(closed, output["final_demand"], "steel")
    with pytest.raises(ClosedClassError, match=r"matrix W has a closed class.*'steel', 'cars'"):
        extract_both(S2, LabelledMatrix.build("W", closed.values, S2.rows), "steel")
