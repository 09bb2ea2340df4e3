"""All sums of many draws: equal to one draw at a time, to fractions, and singular ones counted."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spillgraph.analytics import citation_shares, closed_classes, elements
from spillgraph.analytics.inference._draws import (
    StockDraws,
    chunk_lengths,
    draw_sums,
    draws_to_long,
)
from spillgraph.core.errors import ClosedClassError, InputError
from spillgraph.core.matrix import LabelledMatrix

LABELS = ("steel", "cars", "glass", "wool", "tin")
quick = settings(max_examples=40, deadline=None)


def by_inverse(s: np.ndarray, k: np.ndarray, weights: dict[str, np.ndarray]) -> dict:
    """All sums of one draw the plain way: both inverses, their product, sums of matrices."""
    one = np.eye(len(s))
    total = k.sum(axis=1, keepdims=True)
    w = np.where(total > 0, k / np.where(total > 0, total, 1), 0)
    np.fill_diagonal(w, 0)
    U, V = np.linalg.inv(one - s), np.linalg.inv(one - w)
    psi = U @ V
    T1, T2 = s + s @ s, w + w @ w
    rows = {
        "benefit": psi,
        "benefit_without_W": U,
        "loss": psi - U,
        "production": U - one,
        "innovation": V - one,
        "interaction": (U - one) @ (V - one),
        "T1": T1,
        "T2": T2,
        "T3": psi - one - T1 - T2,
    }
    sums = {name: matrix.sum(axis=1) for name, matrix in rows.items()}
    sums["loss_percent"] = 100 * (1 - U.sum(axis=1) / psi.sum(axis=1))
    for name, b in weights.items():
        sums[f"contribution[{name}]"] = b @ psi
        sums[f"contribution_without_W[{name}]"] = b @ U
        sums[f"contribution_loss[{name}]"] = b @ psi - b @ U
        with np.errstate(invalid="ignore"):
            sums[f"contribution_loss_percent[{name}]"] = 100 * (b @ psi - b @ U) / (b @ psi)
    return sums


def by_library(S: LabelledMatrix, K: LabelledMatrix) -> dict:
    """The same of the library's matrices, one draw at a time."""
    shares = citation_shares(K)
    parts = elements(S, shares.W, own_leak=shares.leak)
    rows = {
        name: getattr(parts, name).to_frame().sum(axis=1)
        for name in ("production", "innovation", "interaction", "T1", "T2", "T3")
    }
    psi = parts.psi.to_frame()
    return rows | {"benefit": psi.sum(axis=1), "contribution[unit]": psi.sum(axis=0)}


@st.composite
def economies(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Shares with value added everywhere, and draws of K without a closed class."""
    n = draw(st.integers(1, 5))
    entry = st.integers(0, 9)
    square = st.lists(st.lists(entry, min_size=n, max_size=n), min_size=n, max_size=n)
    Z = np.array(draw(square), dtype=float)
    K = np.array(draw(st.lists(square, min_size=1, max_size=4)), dtype=float)
    K[:, range(n), range(n)] += K.sum(axis=2) > 0  # own citations wherever there are any
    return Z / (Z.sum(axis=1, keepdims=True) + 1), K


def close(got: object, want: object) -> None:
    np.testing.assert_allclose(
        np.asarray(got, float), np.asarray(want, float), rtol=1e-12, atol=1e-12
    )


@quick
@given(economies())
def test_every_draw_equals_the_plain_inverses_to_1e_12(economy):
    s, K = economy
    labels = LABELS[: len(s)]
    weight = np.arange(len(s), dtype=float)
    draws = draw_sums(
        LabelledMatrix.build("S", s, labels), K, pd.DataFrame({"final": weight}, index=labels)
    )
    assert (draws.count, draws.singular) == (len(K), 0)
    for d, k in enumerate(K):
        want = by_inverse(s, k, {"final": weight, "unit": np.ones(len(s))})
        assert set(want) == set(draws.values)
        for name, values in want.items():
            close(draws.values[name].loc[d], values)


@quick
@given(economies())
def test_every_draw_equals_the_elements_of_psi_to_1e_12(economy):
    s, K = economy
    labels = LABELS[: len(s)]
    S = LabelledMatrix.build("S", s, labels)
    draws = draw_sums(S, K)
    for d, k in enumerate(K):
        for name, values in by_library(S, LabelledMatrix.build("K", k, labels)).items():
            close(draws.values[name].loc[d], values[list(labels)])


def test_thirty_seven_sectors_and_sparse_draws_equal_the_plain_inverses():
    rng = np.random.default_rng(5)
    s = rng.random((37, 37))
    s *= 0.7 / s.sum(axis=1, keepdims=True)
    K = rng.poisson(rng.gamma(0.3, 20, (30, 37, 37))) + 40.0 * np.eye(37)
    labels = [f"s{i}" for i in range(37)]
    b = pd.DataFrame(rng.random((37, 2)), index=labels, columns=["final", "output"])
    draws = draw_sums(LabelledMatrix.build("S", s, labels), K, b)
    weights = {name: b[name].to_numpy() for name in b} | {"unit": np.ones(37)}
    for d, k in enumerate(K):
        for name, values in by_inverse(s, k, weights).items():
            close(draws.values[name].loc[d], values)


def test_golden_case_agrees_with_the_published_fractions():
    S = LabelledMatrix.build("S", [[0.2, 0.3], [0.1, 0.4]], LABELS[:2])
    K = LabelledMatrix.build("K", [[6, 4], [1, 3]], LABELS[:2])
    values = draw_sums(S, K, pd.DataFrame({"final": {"steel": 0.25, "cars": 0.75}})).values
    third = Fraction(1, 3)
    want = {
        "benefit": [3, Fraction(76, 27)],
        "benefit_without_W": [2, 2],
        "loss_percent": [100 * third, 100 * (1 - Fraction(54, 76))],
        "production": [1, 1],
        "innovation": [Fraction(5, 9), Fraction(7, 18)],
        "interaction": [Fraction(4, 9), Fraction(23, 54)],
        "T1": [Fraction(3, 4), Fraction(3, 4)],
        "T2": [Fraction(1, 2), Fraction(7, 20)],
        "contribution[final]": [Fraction(35, 36), Fraction(17, 9)],
        "contribution[unit]": [Fraction(65, 27), Fraction(92, 27)],
    }
    for name, fractions in want.items():
        np.testing.assert_allclose(
            values[name].loc[0], [float(x) for x in fractions], rtol=1e-14, err_msg=name
        )


@quick
@given(economies())
def test_channels_and_modes_add_up_in_every_draw(economy):
    s, K = economy
    v = draw_sums(LabelledMatrix.build("S", s, LABELS[: len(s)]), K).values
    close(1 + v["production"] + v["innovation"] + v["interaction"], v["benefit"])
    close(1 + v["T1"] + v["T2"] + v["T3"], v["benefit"])
    close(v["benefit_without_W"] + v["loss"], v["benefit"])
    close(v["benefit"].sum(axis=1), v["contribution[unit]"].sum(axis=1))
    close(v["loss"].sum(axis=1), v["contribution_loss[unit]"].sum(axis=1))


def test_singular_draws_are_counted_and_are_nan_in_all_that_needs_the_inverse():
    S = LabelledMatrix.build("S", np.eye(3) * 0.5, LABELS[:3])
    good, closed = [[1, 1, 0], [1, 1, 0], [1, 1, 4]], [[0, 5, 0], [3, 0, 0], [1, 1, 4]]
    draws = draw_sums(S, np.array([good, closed, good], dtype=float))
    assert (draws.count, draws.singular) == (3, 1)
    without = {"benefit_without_W", "contribution_without_W[unit]", "production", "T1", "T2"}
    for name, frame in draws.values.items():
        assert frame.loc[1].notna().all() if name in without else frame.loc[1].isna().all(), name
        assert frame.loc[[0, 2]].notna().all(axis=None)
        assert (frame.loc[0] == frame.loc[2]).all()


def test_singular_draws_are_those_with_a_closed_class():
    rng = np.random.default_rng(3)
    K = (rng.random((400, 5, 5)) < 0.3) * rng.integers(1, 9, (400, 5, 5))
    draws = draw_sums(LabelledMatrix.build("S", np.zeros((5, 5)), LABELS), K)
    want = []
    for k in K:
        shares = citation_shares(LabelledMatrix.build("K", k, LABELS))
        want.append(bool(closed_classes(shares.W, shares.leak)))
    assert 20 < sum(want) < 200
    assert draws.values["benefit"].isna().all(axis=1).tolist() == want
    assert draws.singular == sum(want)


def test_a_leak_below_rounding_counts_as_singular_and_spares_the_other_draws():
    S = LabelledMatrix.build("S", np.zeros((2, 2)), LABELS[:2])
    draws = draw_sums(S, np.array([[[1, 1e17], [1e17, 1]], [[1, 1], [1, 1]]]))
    assert draws.singular == 1
    assert draws.values["benefit"].loc[0].isna().all()
    close(draws.values["benefit"].loc[1], [2, 2])


def test_chunks_and_order_of_labels_change_no_number():
    rng = np.random.default_rng(1)
    s = rng.random((5, 5)) / 8
    S = LabelledMatrix.build("S", s, LABELS)
    K = rng.poisson(3, (23, 5, 5)) + np.eye(5)
    whole = draw_sums(S, K)
    parts = draw_sums(S, (K[i : i + 4] for i in range(0, 23, 4)))
    order = [3, 0, 4, 2, 1]
    shuffled = StockDraws(
        tuple(LABELS[i] for i in order), iter([K[:, order][:, :, order], np.empty((0, 5, 5))])
    )
    other = draw_sums(S, shuffled)
    for name, frame in whole.values.items():
        pd.testing.assert_frame_equal(parts.values[name], frame, check_exact=True)
        pd.testing.assert_frame_equal(other.values[name], frame, check_exact=True)


def test_batches_of_large_matrices_change_no_number():
    """Above 8 MB a chunk is cut up inside."""
    rng = np.random.default_rng(1)
    K = rng.poisson(1, (6, 600, 600)) + np.eye(600)
    labels = [f"s{i}" for i in range(600)]
    S = LabelledMatrix.build("S", np.eye(600) / 2, labels)
    assert len(chunk_lengths(6, 600)) > 1
    whole = draw_sums(S, K).values["benefit"]
    alone = [draw_sums(S, k[np.newaxis]).values["benefit"] for k in K]
    pd.testing.assert_frame_equal(whole, pd.concat(alone).set_axis(whole.index), check_exact=True)


def test_long_form_holds_every_number_once():
    S = LabelledMatrix.build("S", [[0.2, 0.3], [0.1, 0.4]], LABELS[:2])
    draws = draw_sums(S, np.array([[[6, 4], [1, 3]], [[5, 4], [2, 3]]]))
    long = draws_to_long(draws)
    assert long.columns.tolist() == ["quantity", "draw", "sector", "value"]
    assert len(long) == 2 * 2 * len(draws.values)
    for name, frame in draws.values.items():
        wide = long[long["quantity"] == name].pivot(index="draw", columns="sector", values="value")
        assert (wide[frame.columns].to_numpy() == frame.to_numpy()).all()


def test_bad_draws_and_weights_are_refused():
    S = LabelledMatrix.build("S", [[0.2, 0.3], [0.1, 0.4]], LABELS[:2])
    good = np.ones((1, 2, 2))
    for wrong, text in (
        (np.ones((2, 2)), r"shape \(draws, 2, 2\) are needed.*got \(2, 2\)"),
        (np.ones((1, 3, 3)), r"got \(1, 3, 3\)"),
        (-good, "finite and not negative"),
        (good * np.nan, "finite and not negative"),
        (iter([]), "at least one draw of K is needed"),
        (np.empty((0, 2, 2)), "at least one draw of K is needed"),
        (StockDraws(("steel", "wool"), iter([good])), "'cars', 'wool'"),
    ):
        with pytest.raises(InputError, match=text):
            draw_sums(S, wrong)
    with pytest.raises(InputError, match=r"weights 'b': .*'wool'"):
        draw_sums(S, good, pd.DataFrame({"b": {"steel": 1.0, "wool": 1.0}}))
    with pytest.raises(InputError, match="weights 'unit'"):
        draw_sums(S, good, pd.DataFrame({"unit": {"steel": 1.0, "cars": 2.0}}))
    with pytest.raises(ClosedClassError, match=r"matrix S .*'steel', 'cars'"):
        draw_sums(LabelledMatrix.build("A", [[0.5, 0.5], [0.25, 0.75]], LABELS[:2]), good)
    for sizes in ((0, None), (5, 0)):
        with pytest.raises(InputError, match="at least 1, got 0"):
            chunk_lengths(sizes[0], 37, sizes[1])


def test_a_draw_that_psi_refuses_counts_as_singular():
    labels = ["a", "b", "c"]
    S = LabelledMatrix.build("S", np.eye(3) / 2, labels)
    for own, lost in ((1e-3, 0), (1e-15, 1), (3e-16, 1)):
        K = np.array([[[own, 1, 0], [1, 0, 0], [1, 1, 4]]])
        draws = draw_sums(S, K)
        assert draws.singular == lost
        assert bool(draws.values["benefit"].isna().all().all()) == bool(lost)
