"""ψ of firms from compressed rows: what is certified holds, against inverses and the sums of ψ."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from spillgraph.analytics.firms import Limits, firm_psi
from spillgraph.analytics.firms._products import Products
from spillgraph.analytics.spillovers import psi
from spillgraph.core.errors import ClosedClassError, InputError, SpillgraphError
from spillgraph.core.links import Links


def _links(name: str, dense: np.ndarray) -> Links:
    row, column = np.nonzero(dense)
    counts = np.bincount(row, minlength=len(dense))
    return Links.build(name, np.concatenate([[0], np.cumsum(counts)]), column, dense[row, column])


def _narrow(links: Links) -> Links:
    """Store shares as float32, with what that takes from each."""
    data = links.data.astype(np.float32)
    off = np.abs(data.astype(np.float64) - links.data) / data.astype(np.float64)
    return replace(links, data=data, rounding=float(off.max(initial=0.0)) * (1 + 1e-9))


def _exact(S: np.ndarray, W: np.ndarray) -> list[list[Fraction]]:
    """ψ in fractions, by Gauss–Jordan: no rounding hides an error."""

    def inverse(M: np.ndarray) -> list[list[Fraction]]:
        n = len(M)
        rows = [
            [Fraction(int(i == j)) - Fraction(float(M[i, j])) for j in range(n)]
            + [Fraction(int(i == j)) for j in range(n)]
            for i in range(n)
        ]
        for k in range(n):
            pivot = rows[k][k]
            rows[k] = [value / pivot for value in rows[k]]
            for i in range(n):
                if i != k and rows[i][k]:
                    factor = rows[i][k]
                    rows[i] = [a - factor * b for a, b in zip(rows[i], rows[k], strict=True)]
        return [row[n:] for row in rows]

    U, V = inverse(S), inverse(W)
    columns = list(zip(*V, strict=True))
    return [[sum(a * b for a, b in zip(u, v, strict=True)) for v in columns] for u in U]


@st.composite
def _network(draw: st.DrawFn, n: int, heavy: bool) -> np.ndarray:
    """Shares whose rows sum to less than 1; with ``heavy`` one row may sum to more, chains end."""
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    M = np.where(rng.random((n, n)) < draw(st.sampled_from([0.1, 0.4, 0.9])), 1.0, 0.0)
    M *= np.exp(draw(st.sampled_from([0.0, 3.0, 9.0])) * rng.standard_normal((n, n)))
    sums = M.sum(axis=1, keepdims=True)
    most = draw(st.sampled_from([0.5, 0.9, 0.999]))
    M = np.divide(M, sums, out=np.zeros_like(M), where=sums > 0) * most * rng.random((n, 1))
    if heavy and n > 1:
        M[0, 0], M[0, 1:], M[1:, 0] = 0.0, 1.5 * (M[0, 1:] > 0), 0.0  # nothing comes back to it
    return M


@settings(max_examples=25, phases=[Phase.generate])
@given(data=st.data(), n=st.integers(1, 6), narrow=st.booleans(), heavy=st.booleans())
def test_the_certificate_contains_the_error(
    data: st.DataObject, n: int, narrow: bool, heavy: bool
) -> None:
    S, W = data.draw(_network(n, heavy)), data.draw(_network(n, False))
    exact = _exact(S, W)
    networks = [_links("S", S), _links("W", W)]
    found = firm_psi(*(map(_narrow, networks) if narrow else networks))
    sums = found.sums()
    at = data.draw(st.integers(0, n - 1))
    shock = data.draw(st.lists(st.sampled_from([-1.0, 0.0, 0.5, 2.0]), min_size=n, max_size=n))
    whole = [
        ([sum(row) for row in exact], sums.benefit, sums.error_benefit * sums.benefit),
        ([sum(c) for c in zip(*exact, strict=True)], sums.contribution,
         sums.error_contribution * sums.contribution),
        (exact[at], *found.row(at)),
        ([row[at] for row in exact], *found.column(at)),
        ([sum(p * Fraction(x) for p, x in zip(row, shock, strict=True)) for row in exact],
         *found.shock(np.array(shock))),
    ]  # fmt: skip
    for true, values, error in whole:
        for value, number, bound in zip(true, values.tolist(), error.tolist(), strict=True):
            assert abs(value - Fraction(number)) <= Fraction(bound)
    tight = 1e-4 if narrow else 1e-10
    assert max(sums.error_benefit, sums.error_contribution) < tight


@pytest.mark.parametrize("compiled", [False, True])
def test_sums_are_those_of_psi_and_of_the_inverse(compiled: bool) -> None:
    if compiled:
        pytest.importorskip("numba", reason="numba compiles the loops; pip install numba")
    rng = np.random.default_rng(7)
    n = 60
    S, W = (rng.random((n, n)) * (rng.random((n, n)) < 0.2) for _ in range(2))
    S *= 0.7 / max(S.sum(axis=1))
    W *= 0.9 / max(W.sum(axis=1))
    np.fill_diagonal(W, 0.0)
    found = firm_psi(_links("S", S), _links("W", W), compiled=compiled)
    sums, known = found.sums(), psi(S, W)
    whole = np.linalg.inv(np.eye(n) - S) @ np.linalg.inv(np.eye(n) - W)
    np.testing.assert_allclose(sums.benefit, whole.sum(axis=1), rtol=1e-12)
    np.testing.assert_allclose(sums.contribution, whole.sum(axis=0), rtol=1e-12)
    np.testing.assert_allclose(found.row(5)[0], whole[5], atol=1e-12)
    np.testing.assert_allclose(found.column(5)[0], whole[:, 5], atol=1e-12)
    np.testing.assert_allclose(sums.benefit, known.benefit, rtol=1e-12)
    np.testing.assert_allclose(sums.contribution, known.contribution["unit"], rtol=1e-12)
    without = known.contribution_without_W["unit"]
    np.testing.assert_allclose(sums.contribution_without_W, without, rtol=1e-12)


def test_psi_times_leak_equals_production_multiplier() -> None:
    rng = np.random.default_rng(8)
    S, W = (rng.random((40, 40)) * (rng.random((40, 40)) < 0.1) for _ in range(2))
    S, W = 0.8 * S / S.sum(axis=1).max(), 0.9 * W / W.sum(axis=1).max()
    s, w = _links("S", S), _links("W", W)
    reached, error = firm_psi(s, w).shock(w.leak)
    multiplier = firm_psi(s, None).sums().benefit
    assert (np.abs(reached - multiplier) <= error + 1e-13).all()


def test_a_hub_of_a_million_has_the_relative_error_of_its_smallest_supplier() -> None:
    """Every firm buys from one: its column sum is 10⁶ times that of the others."""
    n = 300_000
    chain = Links.build("S", np.arange(n + 1), np.r_[1, np.zeros(n - 1, int)], np.full(n, 0.5))
    sums = firm_psi(_narrow(chain), None).sums()
    assert sums.contribution.max() > 1e5 * sums.contribution.min()
    assert sums.error_contribution < 1e-12  # 0.5 is a float32


def test_firms_without_links_gain_and_give_their_own_alone() -> None:
    alone = Links.build("S", [0, 0, 1, 1], [0], [0.25])
    sums = firm_psi(alone, None).sums()
    assert sums.benefit.tolist() == [1.0, 1.25, 1.0]
    assert sums.contribution.tolist() == [1.25, 1.0, 1.0]
    assert firm_psi(alone, None).column(2)[0].tolist() == [0.0, 0.0, 1.0]


def test_a_closed_class_is_named_as_firms_are() -> None:
    circle = replace(
        Links.build("W", [0, 1, 2, 3, 4], [1, 0, 0, 3], [1.0, 1.0, 1.0, 0.5]),
        label="firm {}".format,
    )
    with pytest.raises(ClosedClassError, match=r"W has 1 closed class .*'firm 0', 'firm 1'\. The"):
        firm_psi(None, circle)


def test_rows_beyond_one_are_told_where_chains_do_not_die_out() -> None:
    heavy = Links.build("S", [0, 2, 3], [0, 1, 0], [0.9, 0.6, 0.5])
    with pytest.raises(
        InputError, match=r"at least 1\.1.*The rows of '0' sum to more than 1 \(1 f"
    ):
        firm_psi(heavy, None).sums()
    with pytest.raises(InputError, match="nothing proves that its chains die out"):
        firm_psi(heavy, None).column(0)


def test_a_limit_ends_with_what_is_left() -> None:
    ring = Links.build("S", np.arange(1001), np.roll(np.arange(1000), -1), np.full(1000, 1 - 1e-7))
    uneven = replace(ring, data=ring.data * np.linspace(0.999, 1.0, 1000))
    with pytest.raises(SpillgraphError, match=r"not solved within 40 products; of the residual"):
        firm_psi(uneven, None, limits=Limits(products=40)).column(0)
    with pytest.raises(SpillgraphError, match="not solved within 0 seconds"):
        firm_psi(uneven, None, limits=Limits(seconds=0.0)).column(0)


def test_the_transpose_does_not_depend_on_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("numba", reason="numba compiles the loops; pip install numba")
    rng = np.random.default_rng(3)
    M = _links("S", rng.random((200, 200)) * (rng.random((200, 200)) < 0.1))
    x = rng.random(200)
    several = [Products(M).multiply(x, transposed=way) for way in (False, True)]
    monkeypatch.setattr("spillgraph.analytics.firms._products.processors", lambda: 1)
    one = [Products(M).multiply(x, transposed=way) for way in (False, True)]
    assert all((a == b).all() for a, b in zip(several, one, strict=True))


@pytest.mark.parametrize("x", [[1.0], [1.0, np.nan], [np.inf, 0.0]])
def test_shocks_are_finite_and_of_every_firm(x: list[float]) -> None:
    S = Links.build("S", [0, 1, 1], [1], [0.5])
    with pytest.raises(InputError, match="shock: 2 finite numbers are needed"):
        firm_psi(S, None).shock(np.array(x))
