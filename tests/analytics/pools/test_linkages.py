"""Proximity and linkage against loops, Hidalgo's measure, and their exact identities."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from spillgraph.analytics import citation_shares, directional_proximity, io_linkage
from spillgraph.analytics.steel_and_cars import K, S
from spillgraph.core.errors import InputError

N = 4
STORED = Path(__file__).parents[1] / "stored"
INDUSTRIES = [f"i{n}" for n in range(N)]
PATENTS = arrays.arrays(float, (7, N), elements=st.integers(0, 9).map(float))
PRESENCE = arrays.arrays(float, (7, N), elements=st.sampled_from([0.0, 1.0]))


def units(values: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(values, [f"c{n}" for n in range(len(values))], INDUSTRIES)


def presence(P: np.ndarray) -> np.ndarray:
    """RTA ≥ 1 in fractions, cell by cell."""
    F = [[Fraction(int(v)) for v in row] for row in P]
    total, of_industry = sum(map(sum, F)), [sum(column) for column in zip(*F, strict=True)]

    def present(row: list[Fraction], j: int) -> bool:
        if not sum(row) or not of_industry[j]:
            return False
        return (row[j] / sum(row)) / (of_industry[j] / total) >= 1

    return np.array([[float(present(row, j)) for j in range(N)] for row in F])


@given(PATENTS)
def test_presence_is_an_advantage_of_at_least_one(P: np.ndarray):
    found = directional_proximity(units(P))
    assert found.equals(directional_proximity(units(presence(P)), "presence"))


@given(PRESENCE)
def test_proximity_is_the_share_of_units_with_k_in_those_with_j(M: np.ndarray):
    found = directional_proximity(units(M), "presence")
    for j, name in enumerate(INDUSTRIES):
        where = M[M[:, j] == 1]
        for k, other in enumerate(INDUSTRIES):
            wanted = where[:, k].mean() if len(where) else np.nan
            assert found.loc[name, other] == pytest.approx(wanted, rel=1e-15, nan_ok=True)
        assert not len(where) or found.loc[name, name] == 1.0


@given(PRESENCE)
def test_units_of_j_times_proximity_is_symmetric(M: np.ndarray):
    u = M.sum(axis=0)[:, None]
    joint = u * directional_proximity(units(M), "presence").fillna(0.0).to_numpy()
    np.testing.assert_allclose(joint, joint.T, rtol=1e-14)


@given(PRESENCE)
def test_the_smaller_direction_is_hidalgos_proximity(M: np.ndarray):
    found = directional_proximity(units(M), "presence").to_numpy()
    u = M.sum(axis=0)
    for j in range(N):
        for k in range(N):
            if u[j] and u[k]:
                hidalgo = (M[:, j] * M[:, k]).sum() / max(u[j], u[k])
                assert min(found[j, k], found[k, j]) == hidalgo


def test_both_are_those_of_the_growth_labs_program():
    """Its answers lie beside the script that asked it, on sizes of 10 industries in 30 units."""
    sizes = pd.read_csv(STORED / "proximity_sizes.csv", dtype={"industry": str})
    found = directional_proximity(sizes.pivot(index="unit", columns="industry", values="size"))
    theirs = pd.read_csv(STORED / "proximity.csv", dtype={"j": str, "k": str})
    ours = found.stack().loc[list(zip(theirs["j"], theirs["k"], strict=True))].to_numpy()
    back = found.T.stack().loc[list(zip(theirs["j"], theirs["k"], strict=True))].to_numpy()
    assert ours.tolist() == theirs["asymmetric"].tolist()
    assert np.minimum(ours, back).tolist() == theirs["symmetric"].tolist()
    assert (ours != back).any()


def test_equal_profiles_are_present_everywhere_whatever_rounding_says():
    P = np.outer([0.1, 0.3, 0.7, 1.1], [0.1, 0.2, 0.7, 1.3])
    assert (directional_proximity(units(P)) == 1.0).all(axis=None)


def test_shares_of_citations_are_w_and_the_own_share():
    found = directional_proximity(K, "citation")
    shares = citation_shares(K)
    off = found.where(~np.eye(2, dtype=bool), 0.0)
    assert off.equals(shares.W.to_frame())
    assert np.diag(found).tolist() == shares.own.tolist()
    assert found.sum(axis=1).tolist() == [1.0, 1.0]


def test_who_cites_nobody_and_who_is_nowhere_has_no_proximity():
    counts = pd.DataFrame([[1.0, 3.0], [0.0, 0.0]], ["steel", "cars"], ["steel", "cars"])
    assert directional_proximity(counts, "citation").isna().to_numpy().tolist() == [
        [False, False],
        [True, True],
    ]
    nowhere = directional_proximity(pd.DataFrame({"steel": [1, 2], "cars": [0, 0]}))
    assert nowhere.loc["steel"].tolist() == [1.0, 0.0] and nowhere.loc["cars"].isna().all()


def test_linkage_goes_from_user_to_supplier_and_back():
    found = io_linkage(S).set_index(["j", "k"])
    for (j, k), row in found.iterrows():
        assert row["j_on_k"] == S.to_frame().loc[j, k]
        assert row["k_on_j"] == found.loc[(k, j), "j_on_k"] == S.to_frame().loc[k, j]
    assert len(found) == 2


WRONG = {
    "negative": (
        lambda: directional_proximity(units(-np.eye(N))),
        r"row 'c0'.*'i0' holds -1; a si",
    ),
    "count": (lambda: directional_proximity(units(2 * np.eye(N)), "presence"), r"holds 2; 0 or 1"),
    "method": (lambda: directional_proximity(K, "citations"), r"method: got 'citations'. Did you"),
    "W for K": (lambda: directional_proximity(S, "citation"), r"K: .*called 'S'"),
    "K for S": (lambda: io_linkage(K), r"S: .*called 'K'"),
    "missing": (lambda: directional_proximity(units(np.eye(N) * np.nan)), r"holds 'nan'"),
}


@pytest.mark.parametrize("fault", WRONG)
def test_what_is_no_linkage_is_one_clear_error(fault: str):
    call, message = WRONG[fault]
    with pytest.raises(InputError, match=message):
        call()
