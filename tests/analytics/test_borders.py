"""Domestic and foreign channels: brute force, identities, and the world tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from spillgraph.analytics import (
    citation_shares,
    decompose_by_border,
    elements,
    production_shares,
    psi,
)
from spillgraph.analytics.spillovers import CROSSINGS
from spillgraph.core.errors import InputError
from spillgraph.core.matrix import LabelledMatrix


def shares(name: str, seed: int, countries: int, sectors: int, top: float) -> LabelledMatrix:
    """Random shares, most of each sector's flows at home."""
    rng = np.random.default_rng(seed)
    n = countries * sectors
    home = np.kron(np.eye(countries), np.ones((sectors, sectors)))
    A = rng.random((n, n)) * (rng.random((n, n)) < 0.4 + 0.4 * home)
    if name == "W":
        np.fill_diagonal(A, 0)
    A *= (rng.uniform(0.1, top, n) / np.maximum(A.sum(axis=1), 1e-9))[:, None]
    labels = [f"{c}{s}" for c in range(countries) for s in range(sectors)]
    return LabelledMatrix.build(name, A, labels)


def country_of(M: LabelledMatrix) -> pd.Series:
    return pd.Series({label: f"c{label[0]}" for label in M.rows})


def inverses(S: LabelledMatrix, W: LabelledMatrix, country: pd.Series) -> dict[str, np.ndarray]:
    """The oracle: four inverses and their differences."""
    where = country[list(S.rows)].to_numpy()
    home = where[:, None] == where[None, :]
    s, w, one = S.values.toarray(), W.values.toarray(), np.eye(len(S.rows))
    U, U_d = np.linalg.inv(one - s), np.linalg.inv(one - s * home)
    V, V_d = np.linalg.inv(one - w), np.linalg.inv(one - w * home)
    return {
        "domestic": U_d @ V_d,
        "production": (U - U_d) @ V_d,
        "innovation": U_d @ (V - V_d),
        "both": (U - U_d) @ (V - V_d),
    }


@pytest.mark.parametrize("method", ["dense", "sparse", "iterative"])
@pytest.mark.parametrize("seed", range(5))
def test_crossings_are_those_of_the_inverses_and_sum_to_psi(seed: int, method):
    S, W = shares("S", seed, 4, 5, 0.8), shares("W", seed + 100, 4, 5, 0.9)
    country = country_of(S).sample(frac=1, random_state=seed)  # the order is the labels' business
    found = decompose_by_border(S, W, country, method=method)
    for name, matrix in inverses(S, W, country).items():
        np.testing.assert_allclose(found.benefit[name], matrix.sum(axis=1), rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(
            found.contribution[name], matrix.sum(axis=0), rtol=1e-10, atol=1e-12
        )
    whole = psi(S, W)
    np.testing.assert_allclose(found.benefit.sum(axis=1), whole.benefit, rtol=1e-12)
    np.testing.assert_allclose(
        found.contribution.sum(axis=1), whole.contribution["unit"], rtol=1e-12
    )
    assert (found.benefit >= 0).all().all() and (found.contribution >= 0).all().all()
    assert found.residual < 1e-11


def test_gains_by_country_of_origin_sum_to_the_benefit():
    S, W = shares("S", 1, 3, 4, 0.7), shares("W", 2, 3, 4, 0.7)
    country = country_of(S)
    found = decompose_by_border(S, W, country)
    P = elements(S, W).psi.to_frame()
    for name in found.origin:
        np.testing.assert_allclose(
            found.origin[name], P.loc[:, (country == name).to_numpy()].sum(axis=1), rtol=1e-12
        )
    assert list(found.origin) == ["c0", "c1", "c2"]
    np.testing.assert_allclose(found.origin.sum(axis=1), psi(S, W).benefit, rtol=1e-12)


def test_in_one_country_nothing_crosses_a_border():
    S, W = shares("S", 3, 1, 6, 0.7), shares("W", 4, 1, 6, 0.7)
    found = decompose_by_border(S, W, country_of(S))
    assert (found.benefit[list(CROSSINGS[1:])] == 0).all().all()
    np.testing.assert_allclose(found.benefit["domestic"], psi(S, W).benefit, rtol=1e-13)


def test_where_every_sector_is_a_country_only_own_inputs_are_domestic():
    S, W = shares("S", 5, 5, 1, 0.7), shares("W", 6, 5, 1, 0.7)
    found = decompose_by_border(S, W, pd.Series({label: label for label in S.rows}))
    np.testing.assert_allclose(found.benefit["domestic"], 1 / (1 - S.values.diagonal()), rtol=1e-13)


def test_a_sector_without_a_country_is_refused_by_name():
    S, W = shares("S", 1, 2, 2, 0.7), shares("W", 2, 2, 2, 0.7)
    with pytest.raises(InputError, match=r"country: .*'11'"):
        decompose_by_border(S, W, country_of(S).drop("11"))
    with pytest.raises(InputError, match="country: '10' has none"):
        decompose_by_border(S, W, country_of(S).where(lambda c: c.index != "10"))


# -- the world input–output tables -----------------------------------------------------------------


def world(folder: Path, year: int) -> tuple[LabelledMatrix, pd.Series, pd.Series]:
    """S of 1,435 country-sectors, their value-added shares and countries."""
    sectors = pd.read_csv(folder / "sectors.csv")
    labels = (sectors["country"] + ":" + sectors["ind_num"].astype(str)).tolist()
    with np.load(folder / f"wiot_{year}.npz") as table:
        Z = LabelledMatrix.build("Z", table["inter"].T.astype(float), labels, unit="million US$")
        output = pd.Series(table["output"].astype(float), labels)
    found = production_shares(Z, output)
    return found.S, found.value_added, pd.Series(sectors["country"].tolist(), labels)


@pytest.fixture(scope="module")
def wiod(data_folder: Path) -> Path:
    folder = data_folder / "wiod2013"
    if not folder.is_dir():
        pytest.skip(f"no world input–output tables at {folder}")
    return folder


@pytest.mark.parametrize("year", [1995, 2011])
def test_world_tables_value_added_of_all_chains_is_one(wiod: Path, year: int):
    S, value_added, country = world(wiod, year)
    nothing = LabelledMatrix.build("W", sparse.csr_array(S.shape), S.rows)
    weights = pd.DataFrame({"all": pd.Series(1.0, list(S.rows))})
    result = psi(S, nothing, weights=weights)
    U = elements(S, nothing).U.to_frame()
    np.testing.assert_allclose(U @ value_added.to_numpy(), 1.0, atol=1e-10)
    np.testing.assert_allclose(U.sum(axis=1), result.benefit, rtol=1e-12)
    found = decompose_by_border(S, nothing, country)
    np.testing.assert_allclose(found.benefit.sum(axis=1), result.benefit, rtol=1e-10)
    assert (found.benefit[["innovation", "both"]] == 0).all().all()
    # Every country buys abroad, and none mainly: the foreign part lies between.
    foreign = found.benefit["production"] / (found.benefit.sum(axis=1) - 1).where(lambda x: x > 0)
    by_country = foreign.groupby(country).mean()
    assert len(by_country) == 41 and by_country.between(0.01, 0.9).all()


def test_sums_of_the_world_tables_are_the_same_by_all_methods(wiod: Path):
    S, _, country = world(wiod, 2005)
    # A MADE-UP innovation network, for there is no real one: citations as sales between the
    # same industries, own ones as large as all others.
    made_up = S.values.toarray() + np.diag(S.values.sum(axis=1))
    W = citation_shares(LabelledMatrix.build("K", made_up, S.rows)).W
    results = [psi(S, W, method=method) for method in ("dense", "sparse", "iterative")]
    for result in results[1:]:
        np.testing.assert_allclose(result.benefit, results[0].benefit, rtol=1e-10)
        np.testing.assert_allclose(result.contribution, results[0].contribution, rtol=1e-10)
    assert max(result.proof.error_benefit for result in results) < 1e-10
    found = decompose_by_border(S, W, country)
    np.testing.assert_allclose(found.benefit.sum(axis=1), results[0].benefit, rtol=1e-10)
    np.testing.assert_allclose(found.origin.sum(axis=1), results[0].benefit, rtol=1e-10)


def test_invariants_hold_on_the_world_tables(wiod: Path):
    """U v = 1, V l = 1, ψ l = U 1, ψ >= U >= I and the splits, with the made-up W of above."""
    S, value_added, _ = world(wiod, 2011)
    made_up = S.values.toarray() + np.diag(S.values.sum(axis=1))
    shares = citation_shares(LabelledMatrix.build("K", made_up, S.rows))
    parts = elements(S, shares.W, own_leak=shares.leak)
    U, V, P = (M.values.toarray() for M in (parts.U, parts.V, parts.psi))
    one, v, leak = np.ones(len(U)), value_added.to_numpy(), shares.leak.to_numpy()
    np.testing.assert_allclose(U @ v, one, rtol=1e-10)
    np.testing.assert_allclose(V @ leak, one, rtol=1e-10)
    np.testing.assert_allclose(P @ leak, U @ one, rtol=1e-10)
    sums = V @ one
    assert (sums >= 1 / leak.max() - 1e-10).all() and (sums <= 1 / leak.min() + 1e-10).all()
    assert (P >= U * (1 - 1e-13)).all() and (np.eye(len(U)) <= U).all()
    four = (parts.own, parts.production, parts.innovation, parts.interaction)
    np.testing.assert_allclose(sum(M.values for M in four).toarray(), P, rtol=1e-10, atol=1e-14)
    three = sum(M.values for M in (parts.T1, parts.T2, parts.T3)).toarray()
    np.testing.assert_allclose(three, P - np.eye(len(P)), rtol=1e-9, atol=1e-13)
    with np.load(wiod / "wiot_2011.npz") as table:
        final = table["final"].sum(axis=1).astype(float)
    b = final / final.sum()
    assert (b @ U) @ v == pytest.approx(1.0, rel=1e-12)  # Domar weights and value added
    order = np.random.default_rng(1).permutation(len(S.rows))
    turned = S.aligned_to([S.rows[i] for i in order])
    benefit = psi(S, shares.W, own_leak=shares.leak).benefit
    again = psi(turned, shares.W, own_leak=shares.leak).benefit
    np.testing.assert_allclose(again, benefit[again.index], rtol=1e-12)
