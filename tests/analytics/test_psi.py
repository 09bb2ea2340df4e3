"""ψ and its channels: the rational golden case, a fraction oracle, and every identity."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from spillgraph.analytics import (
    citation_shares,
    elements,
    loss_percent,
    production_shares,
    psi,
)
from spillgraph.analytics.linalg import _resolvent as resolvent
from spillgraph.analytics.spillovers import MODES
from spillgraph.core.errors import ClosedClassError, InputError
from spillgraph.core.matrix import LabelledMatrix

Rational = list[list[Fraction]]
LABELS = ("steel", "cars", "glass", "wool", "tin")
quick = settings(max_examples=40, deadline=None)


def inverse(A: Rational) -> Rational | None:
    """Gauss–Jordan in fractions; None where singular."""
    n = len(A)
    rows = [[*map(Fraction, A[i]), *(Fraction(i == j) for j in range(n))] for i in range(n)]
    for k in range(n):
        pivot = next((i for i in range(k, n) if rows[i][k] != 0), None)
        if pivot is None:
            return None
        rows[k], rows[pivot] = rows[pivot], rows[k]
        rows[k] = [x / rows[k][k] for x in rows[k]]
        for i in range(n):
            if i != k:
                factor = rows[i][k]
                rows[i] = [x - factor * y for x, y in zip(rows[i], rows[k], strict=True)]
    return [row[n:] for row in rows]


def times(A: Rational, B: Rational) -> Rational:
    return [
        [
            sum((a * b for a, b in zip(row, column, strict=True)), Fraction(0))
            for column in zip(*B, strict=True)
        ]
        for row in A
    ]


def plus(A: Rational, B: Rational, sign: int = 1) -> Rational:
    return [[a + sign * b for a, b in zip(x, y, strict=True)] for x, y in zip(A, B, strict=True)]


def identity(n: int) -> Rational:
    return [[Fraction(i == j) for j in range(n)] for i in range(n)]


def divided(counts: list[list[int]], totals: list[int], *, diagonal: bool) -> Rational:
    """Rows over totals; a row without total is zero; the diagonal is emptied afterwards."""
    return [
        [Fraction(c, t) if t and (diagonal or i != j) else Fraction(0) for j, c in enumerate(row)]
        for i, (row, t) in enumerate(zip(counts, totals, strict=True))
    ]


def floats(A: Rational) -> np.ndarray:
    return np.array([[float(x) for x in row] for row in A])


def labelled(name: str, values: object, labels: tuple[str, ...]) -> LabelledMatrix:
    return LabelledMatrix.build(name, values, labels)


def dense(M: LabelledMatrix) -> np.ndarray:
    return M.values.toarray()


@dataclass
class Economy:
    """A small economy in whole numbers: who bought what, who cited whom."""

    Z: list[list[int]]
    x: list[int]
    K: list[list[int]]

    @property
    def labels(self) -> tuple[str, ...]:
        return LABELS[: len(self.x)]

    def exact(self) -> tuple[Rational, Rational]:
        return (
            divided(self.Z, self.x, diagonal=True),
            divided(self.K, [sum(row) for row in self.K], diagonal=False),
        )

    def shares(self):  # type: ignore[no-untyped-def]
        output = pd.Series(self.x, self.labels, dtype=float)
        return (
            production_shares(labelled("Z", self.Z, self.labels), output),
            citation_shares(labelled("K", self.K, self.labels)),
        )


@st.composite
def economies(draw: st.DrawFn) -> Economy:
    """Whole-number economies with value added everywhere and an invertible I − W."""
    n = draw(st.integers(1, 5))
    entry = st.one_of(st.just(0), st.integers(0, 9))
    square = st.lists(st.lists(entry, min_size=n, max_size=n), min_size=n, max_size=n)
    Z, K = draw(square), draw(square)
    added = draw(st.lists(st.integers(1, 9), min_size=n, max_size=n))
    W = divided(K, [sum(row) for row in K], diagonal=False)
    if inverse(plus(identity(n), W, -1)) is None:
        for i in range(n):  # own citations everywhere: a leak everywhere
            K[i][i] += 1
    return Economy(Z, [sum(row) + v for row, v in zip(Z, added, strict=True)], K)


GOLDEN = Economy(Z=[[2, 3], [1, 4]], x=[10, 10], K=[[6, 4], [1, 3]])


def close(got: object, want: object) -> None:
    np.testing.assert_allclose(
        np.asarray(got, float), np.asarray(want, float), rtol=1e-10, atol=1e-12
    )


def test_golden_case_agrees_with_the_published_fractions_to_1e_14():
    S, W = GOLDEN.shares()
    result, parts = psi(S.S, W.W, own_leak=W.leak), elements(S.S, W.W)
    want = {
        "psi": [[Fraction(5, 3), Fraction(4, 3)], [Fraction(20, 27), Fraction(56, 27)]],
        "U": [[Fraction(4, 3), Fraction(2, 3)], [Fraction(2, 9), Fraction(16, 9)]],
        "V": [[Fraction(10, 9), Fraction(4, 9)], [Fraction(5, 18), Fraction(10, 9)]],
        "interaction": [[Fraction(2, 9), Fraction(2, 9)], [Fraction(13, 54), Fraction(5, 27)]],
        "T1": [[Fraction(27, 100), Fraction(48, 100)], [Fraction(16, 100), Fraction(59, 100)]],
        "T2": [[Fraction(1, 10), Fraction(4, 10)], [Fraction(1, 4), Fraction(1, 10)]],
        "T3": [[Fraction(89, 300), Fraction(34, 75)], [Fraction(893, 2700), Fraction(1037, 2700)]],
    }
    for name, fractions in want.items():
        M = getattr(parts, name)
        np.testing.assert_allclose(dense(M), floats(fractions), rtol=0, atol=1e-14, err_msg=name)
    np.testing.assert_allclose(result.benefit, [3, 76 / 27], rtol=0, atol=1e-14)
    np.testing.assert_allclose(result.contribution["unit"], [65 / 27, 92 / 27], rtol=0, atol=1e-14)
    np.testing.assert_allclose(result.benefit_without_W, [2, 2], rtol=0, atol=1e-14)
    np.testing.assert_allclose(
        loss_percent(result)["benefit"], [100 / 3, 100 * 22 / 76], rtol=1e-14
    )
    assert S.value_added.tolist() == [0.5, 0.5]
    assert W.leak.tolist() == [3 / 5, 3 / 4]


def test_golden_case_in_fractions_is_exact():
    """The oracle itself, against fractions worked out by hand."""
    S, W = GOLDEN.exact()
    U, V = inverse(plus(identity(2), S, -1)), inverse(plus(identity(2), W, -1))
    assert U is not None and V is not None
    assert times(U, V) == [[Fraction(5, 3), Fraction(4, 3)], [Fraction(20, 27), Fraction(56, 27)]]
    assert times(U, V) != times(V, U)
    one, S2, W2 = identity(2), times(S, S), times(W, W)
    interaction = times(plus(U, one, -1), plus(V, one, -1))
    assert interaction[1] == [Fraction(13, 54), Fraction(5, 27)]
    pure = plus(plus(S, S2), plus(W, W2))
    T3 = plus(plus(times(U, V), one, -1), pure, -1)
    assert T3[0] == [Fraction(89, 300), Fraction(34, 75)]
    assert plus(interaction, plus(times(times(S2, S), U), times(times(W2, W), V))) == T3


@quick
@given(economies())
def test_floats_agree_with_fractions_entry_by_entry_and_zeros_are_exact(economy: Economy):
    S, W = economy.exact()
    one = identity(len(economy.x))
    U, V = inverse(plus(one, S, -1)), inverse(plus(one, W, -1))
    assert U is not None and V is not None
    shares = economy.shares()
    parts = elements(shares[0].S, shares[1].W, own_leak=shares[1].leak)
    for got, want in ((parts.U, U), (parts.V, V), (parts.psi, times(U, V))):
        np.testing.assert_allclose(dense(got), floats(want), rtol=1e-12, atol=0)
    interaction = times(plus(U, one, -1), plus(V, one, -1))
    np.testing.assert_allclose(dense(parts.interaction), floats(interaction), rtol=1e-12, atol=0)


@quick
@given(economies())
def test_production_multiplier_times_value_added_is_one(economy: Economy):
    S, W = economy.shares()
    close(dense(elements(S.S, W.W, own_leak=W.leak).U) @ S.value_added, np.ones(len(economy.x)))


@quick
@given(economies())
def test_innovation_multiplier_times_leak_is_one(economy: Economy):
    S, W = economy.shares()
    close(dense(elements(S.S, W.W, own_leak=W.leak).V) @ W.leak, np.ones(len(economy.x)))


@quick
@given(economies())
def test_psi_times_leak_equals_production_multiplier(economy: Economy):
    S, W = economy.shares()
    result = psi(S.S, W.W, own_leak=W.leak)
    parts = elements(S.S, W.W, own_leak=W.leak)
    close(dense(parts.psi) @ W.leak, dense(parts.U).sum(axis=1))
    close(dense(parts.psi) @ W.leak, result.benefit_without_W)


@quick
@given(economies())
def test_innovation_sums_lie_between_inverse_leaks(economy: Economy):
    S, W = economy.shares()
    sums = dense(elements(S.S, W.W, own_leak=W.leak).V).sum(axis=1)
    assert (sums >= 1 / W.leak.max() - 1e-10).all()
    if W.leak.min() > 0:
        assert (sums <= 1 / W.leak.min() + 1e-10).all()


@quick
@given(economies())
def test_inverse_of_psi_takes_citations_after_inputs(economy: Economy):
    S, W = economy.shares()
    parts = elements(S.S, W.W, own_leak=W.leak)
    one = np.eye(len(economy.x))
    close((one - dense(W.W)) @ (one - dense(S.S)) @ dense(parts.psi), one)
    assert psi(S.S, W.W, own_leak=W.leak).proof.residual < 1e-10


@quick
@given(economies())
def test_psi_is_at_least_production_and_production_at_least_identity(economy: Economy):
    S, W = economy.shares()
    parts = elements(S.S, W.W, own_leak=W.leak)
    assert (dense(parts.psi) >= dense(parts.U) * (1 - 1e-14)).all()
    assert (dense(parts.U) >= np.eye(len(economy.x))).all()


@quick
@given(economies())
def test_four_channels_sum_to_psi(economy: Economy):
    S, W = economy.shares()
    parts, result = elements(S.S, W.W), psi(S.S, W.W)
    four = (parts.own, parts.production, parts.innovation, parts.interaction)
    close(sum(dense(part) for part in four), dense(parts.psi))
    close(result.modes[list(MODES[:4])].sum(axis=1), result.benefit)


@quick
@given(economies())
def test_t1_t2_t3_sum_to_psi_less_identity(economy: Economy):
    S, W = economy.shares()
    parts, result = elements(S.S, W.W), psi(S.S, W.W)
    modes = sum(dense(part) for part in (parts.T1, parts.T2, parts.T3))
    close(modes, dense(parts.psi) - np.eye(len(economy.x)))
    close(result.modes[["T1", "T2", "T3"]].sum(axis=1), result.benefit - 1)
    s, w = dense(S.S), dense(W.W)
    close(dense(parts.T1), s + s @ s)
    close(dense(parts.T2), w + w @ w)


@quick
@given(economies())
def test_t3_is_interaction_and_the_tails_of_the_pure_channels(economy: Economy):
    S, W = economy.shares()
    parts = elements(S.S, W.W)
    tails = np.linalg.matrix_power(dense(S.S), 3) @ dense(parts.U)
    tails += np.linalg.matrix_power(dense(W.W), 3) @ dense(parts.V)
    close(dense(parts.T3), dense(parts.interaction) + tails)


@quick
@given(economies(), st.lists(st.integers(1, 9), min_size=5, max_size=5))
def test_final_demand_weights_without_innovation_are_domar_weights(
    economy: Economy, demand: list[int]
):
    S, _ = economy.shares()
    f = pd.Series(demand[: len(economy.x)], economy.labels, dtype=float)
    nothing = labelled("W", np.zeros(S.S.shape), economy.labels)
    result = psi(S.S, nothing, weights=pd.DataFrame({"b": f / f.sum()}))
    domar = result.contribution["b"]
    close(domar, result.contribution_without_W["b"])
    close(loss_percent(result), np.zeros((len(f), 3)))
    # Outputs that meet this demand: x = x S + f, in the users' shares.
    output = np.linalg.solve(np.eye(len(f)) - dense(S.S).T, f)
    close(domar, output / f.sum())
    close(domar @ S.value_added, 1.0)


@quick
@given(economies(), st.randoms(use_true_random=False))
def test_permuting_sectors_permutes_everything(economy: Economy, random):  # type: ignore[no-untyped-def]
    S, W = economy.shares()
    order = random.sample(economy.labels, len(economy.labels))
    b = pd.DataFrame({"b": {label: 1.0 + i for i, label in enumerate(economy.labels)}})
    first = psi(S.S, W.W, own_leak=W.leak, weights=b)
    # W, its leak and the weights stay in the old order: labels bring them together.
    turned = S.S.aligned_to(order)
    second = psi(turned, W.W, own_leak=W.leak.to_numpy(), weights=b)
    assert list(second.benefit.index) == order
    for name in ("benefit", "benefit_without_W", "contribution", "contribution_without_W", "modes"):
        close(getattr(second, name), getattr(first, name).loc[order])
    parts, shuffled = elements(S.S, W.W), elements(turned, W.W)
    assert shuffled.psi.rows == tuple(order)
    for name in ("psi", "U", "V", *MODES):
        close(getattr(shuffled, name).to_frame(), getattr(parts, name).to_frame().loc[order, order])


METHODS = ("dense", "sparse", "iterative")


@pytest.mark.parametrize("method", METHODS)
@quick
@given(economies(), st.lists(st.integers(-3, 9), min_size=5, max_size=5))
def test_sums_are_those_of_the_elements_whatever_the_method(
    method: str, economy: Economy, weights: list[int]
):
    S, W = economy.shares()
    b = pd.DataFrame({"b": pd.Series(weights[: len(economy.x)], economy.labels, dtype=float)})
    result = psi(S.S, W.W, own_leak=W.leak, weights=b, method=method)  # type: ignore[arg-type]
    parts = elements(S.S, W.W, own_leak=W.leak)
    P, U = dense(parts.psi), dense(parts.U)
    close(result.benefit, P.sum(axis=1))
    close(result.benefit_without_W, U.sum(axis=1))
    close(result.contribution["unit"], P.sum(axis=0))
    close(result.contribution_without_W["unit"], U.sum(axis=0))
    np.testing.assert_allclose(result.contribution["b"], b["b"] @ P, rtol=1e-10, atol=1e-9)
    np.testing.assert_allclose(
        result.contribution_without_W["b"], b["b"] @ U, rtol=1e-10, atol=1e-9
    )
    for name in MODES:
        close(result.modes[name], dense(getattr(parts, name)).sum(axis=1))


@quick
@given(economies())
def test_condition_numbers_and_radii_are_those_of_the_matrices(economy: Economy):
    S, W = economy.shares()
    proof = psi(S.S, W.W, own_leak=W.leak).proof
    one = np.eye(len(economy.x))
    close(proof.cond_S, np.linalg.cond(one - dense(S.S), np.inf))
    close(proof.cond_W, np.linalg.cond(one - dense(W.W), np.inf))
    for bounds, M in ((proof.rho_S, S.S), (proof.rho_W, W.W)):
        rho = np.abs(np.linalg.eigvals(dense(M))).max()
        assert bounds[0] - 1e-7 <= rho <= bounds[1] + 1e-7  # LAPACK's zeros are 1e-8


@pytest.mark.parametrize("method", METHODS)
@quick
@given(economies())
def test_errors_lie_within_the_bounds_of_the_proof(method: str, economy: Economy):
    S, W = economy.shares()
    # The oracle inverts what the program got, in fractions: the rounding of shares is no error.
    exact = [
        inverse(plus(identity(len(economy.x)), [[Fraction(x) for x in row] for row in A], -1))
        for A in (dense(S.S).tolist(), dense(W.W).tolist())
    ]
    assert exact[0] is not None and exact[1] is not None
    P = times(exact[0], exact[1])
    result = psi(S.S, W.W, own_leak=W.leak, method=method)  # type: ignore[arg-type]
    for got, row in zip(result.benefit, P, strict=True):
        assert abs(Fraction(got) / sum(row) - 1) <= result.proof.error_benefit
    columns = [sum(column) for column in zip(*P, strict=True)]
    off = sum(
        abs(Fraction(c) - e) for c, e in zip(result.contribution["unit"], columns, strict=True)
    )
    assert off / sum(columns) <= result.proof.error_contribution
    proof = result.proof
    assert proof.error_benefit < 1e-12 * proof.cond_S * proof.cond_W
    assert proof.error_contribution < 1e-11 * proof.cond_S * proof.cond_W


@pytest.mark.parametrize("method", METHODS)
def test_the_bound_of_contributions_holds_where_weights_cancel(method: str):
    """Two large citations of one sector, weighed +1 and −1, hide many small ones."""
    n = 700
    W = np.zeros((n, n))
    W[:2, n - 1] = 0.5
    W[2 : n - 1, n - 1] = 2.0**-46
    labels = tuple(map(str, range(n)))
    b = np.full(n, 2.0**-10)
    b[:2], b[n - 1] = (1.0, -1.0), 0.0
    S = labelled("S", np.zeros((n, n)), labels)
    weights = pd.DataFrame({"b": pd.Series(b, list(labels))})
    result = psi(S, labelled("W", W, labels), weights=weights, method=method)  # type: ignore[arg-type]
    exact = [Fraction(x) for x in b]
    exact[n - 1] += sum(Fraction(W[i, n - 1]) * Fraction(b[i]) for i in range(n - 1))
    got = result.contribution["b"]
    off = sum(abs(Fraction(x) - e) for x, e in zip(got, exact, strict=True))
    assert off / sum(map(abs, exact)) <= result.proof.error_contribution < 1e-11


def random_shares(n: int, density: float, top: float, seed: int) -> sparse.csr_array:
    rng = np.random.default_rng(seed)
    A = sparse.random_array((n, n), density=density, rng=rng, format="csr")
    rows = np.asarray(A.sum(axis=1))
    scale = rng.uniform(0.1, top, n) / np.where(rows > 0, rows, 1.0)
    return sparse.csr_array(A.multiply(scale[:, None]))


@pytest.mark.parametrize(("n", "density"), [(37, 0.9), (600, 0.02), (600, 0.6)])
def test_dense_equals_factorised_equals_iterative_to_1e_10(n: int, density: float):
    labels = tuple(f"s{i}" for i in range(n))
    S = labelled("S", random_shares(n, density, 0.8, 1), labels)
    W = labelled("W", random_shares(n, density, 0.95, 2), labels)
    results = [psi(S, W, method=method) for method in METHODS]  # type: ignore[arg-type]
    assert [result.proof.method for result in results] == list(METHODS)
    for result in results[1:]:
        for name in ("benefit", "benefit_without_W", "contribution", "modes"):
            np.testing.assert_allclose(
                getattr(result, name), getattr(results[0], name), rtol=1e-10, atol=1e-14
            )


def test_a_long_ring_is_handed_to_the_factorisation():
    n = 3000
    values = 1 - np.random.default_rng(3).uniform(0, 2e-3, n)
    ring = sparse.csr_array((values, (np.arange(n), (np.arange(n) + 1) % n)), shape=(n, n))
    labels = tuple(map(str, range(n)))
    nothing = labelled("W", np.zeros((n, n)), labels)
    result = psi(labelled("S", ring, labels), nothing, method="iterative")
    assert result.proof.method == "sparse and iterative"
    # Around the ring: y_i = 1 + s_i y_{i+1}.
    y = result.benefit.to_numpy()
    np.testing.assert_allclose(y, 1 + values * np.roll(y, -1), rtol=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_a_network_too_near_to_a_closed_class_is_refused_and_not_guessed(method: str):
    S = labelled("S", [[0.0, 1 - 1e-16], [1 - 1e-16, 0.0]], LABELS[:2])
    with pytest.raises((InputError, ClosedClassError)):
        psi(S, labelled("W", np.zeros((2, 2)), LABELS[:2]))
    barely = sparse.csr_array([[1.0, 0.0], [0.0, 0.5]])
    with pytest.raises(InputError, match="too near to a closed class"):
        resolvent.Resolvent(barely, method)  # type: ignore[arg-type]


def test_results_keep_the_common_year_and_say_where_they_come_from():
    S = LabelledMatrix.build("S", [[0.5]], ["steel"], year=1992, provenance={"study": "demo"})
    W = LabelledMatrix.build("W", [[0.0]], ["steel"], year=1992)
    parts = elements(S, W)
    assert (parts.psi.year, parts.psi.provenance) == (1992, {"S.study": "demo"})
    W = LabelledMatrix.build("W", [[0.0]], ["steel"], year=1990)
    parts = elements(S, W)
    assert (parts.psi.year, parts.U.year, parts.V.year) == (None, 1992, 1990)


def test_singular_golden_case_names_the_matrix_and_the_class():
    labels = LABELS[:3]
    shares = citation_shares(labelled("K", [[0, 5, 0], [3, 0, 0], [1, 1, 4]], labels))
    S = labelled("S", np.eye(3) * 0.5, labels)
    with pytest.raises(ClosedClassError, match=r"matrix W .*'steel', 'cars'.* I − W") as caught:
        psi(S, shares.W, own_leak=shares.leak)
    assert caught.value.classes == [["steel", "cars"]]
    assert "glass" not in str(caught.value)


def test_closed_production_names_s_whatever_the_matrix_is_called():
    S = labelled("inputs 1992", [[0.5, 0.5], [0.25, 0.75]], LABELS[:2])
    with pytest.raises(ClosedClassError, match=r"matrix S .*'steel', 'cars'"):
        psi(S, labelled("W", np.zeros((2, 2)), LABELS[:2]))


def test_an_exact_own_share_below_rounding_still_counts_as_a_leak():
    shares = citation_shares(labelled("K", [[1, 1e13], [1, 0]], LABELS[:2]))
    S = labelled("S", np.zeros((2, 2)), LABELS[:2])
    proof = psi(S, shares.W, own_leak=shares.leak).proof
    assert proof.cond_W > 1e13  # the condition number says how little such a leak is worth
    assert proof.error_benefit > 1e-4
    with pytest.raises(ClosedClassError):
        psi(S, shares.W)


def test_rows_above_one_are_refused_only_where_chains_grow():
    nothing = labelled("W", np.zeros((2, 2)), LABELS[:2])
    assert psi(labelled("S", [[0, 1.5], [0.5, 0]], LABELS[:2]), nothing).proof.rho_S[1] < 1
    with pytest.raises(InputError, match=r"matrix S: .*radius is 1.2247.*'steel'"):
        psi(labelled("S", [[0, 3.0], [0.5, 0]], LABELS[:2]), nothing)


def test_operands_with_other_labels_are_refused_by_name():
    S, W = labelled("S", [[0.5]], ("steel",)), labelled("W", [[0.0]], ("wool",))
    with pytest.raises(InputError, match=r"missing: 'steel'; unknown: 'wool'"):
        psi(S, W)


def test_weights_must_have_the_labels_of_psi_and_be_finite():
    S, W = labelled("S", [[0.5]], ("steel",)), labelled("W", [[0.0]], ("steel",))
    with pytest.raises(InputError, match=r"weights 'b': .*'wool'"):
        psi(S, W, weights=pd.DataFrame({"b": {"steel": 1.0, "wool": 1.0}}))
    with pytest.raises(InputError, match=r"weights 'b': 'steel' has nan"):
        psi(S, W, weights=pd.DataFrame({"b": {"steel": np.nan}}))
    with pytest.raises(InputError, match=r"weights 'unit'"):
        psi(S, W, weights=pd.DataFrame({"unit": {"steel": 2.0}}))
    assert list(psi(S, W, weights=pd.DataFrame({"unit": {"steel": 1.0}})).contribution) == ["unit"]


def test_negative_and_missing_shares_are_refused_naming_the_pair():
    W = labelled("W", np.zeros((2, 2)), LABELS[:2])
    for wrong in (-0.1, np.nan, np.inf):
        S = labelled("S", [[0.1, 0.2], [wrong, 0.1]], LABELS[:2])
        with pytest.raises(InputError, match=r"'cars' receives from 'steel'"):
            psi(S, W)
