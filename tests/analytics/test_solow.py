"""The Solow residual: production functions for which it is exact, and what ψ g leaves over."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spillgraph.analytics.growth import filter_tfp, misfit, tfp_growth
from spillgraph.core.errors import InputError
from spillgraph.core.matrix import LabelledMatrix

quick = settings(max_examples=40, deadline=None)
LABELS = ["steel", "cars", "glass"]
YEARS = [2000, 2001, 2002, 2003]
seeds = st.integers(0, 2**32 - 1)


def panel(values: object) -> pd.DataFrame:
    return pd.DataFrame(np.asarray(values, dtype=float), YEARS, LABELS)


def matrices(values: np.ndarray) -> dict[int, LabelledMatrix]:
    return {t: LabelledMatrix.build("x", v, LABELS) for t, v in zip(YEARS, values, strict=True)}


def close(actual: object, wanted: object, atol: float = 1e-12) -> None:
    np.testing.assert_allclose(np.asarray(actual), np.asarray(wanted), rtol=0, atol=atol)


def cobb_douglas(seed: int) -> dict[str, np.ndarray]:
    """Shares that are constant and add up to 1, quantities at will, some inputs not used."""
    rng = np.random.default_rng(seed)
    s = rng.random((3, 3)) * (rng.random((3, 3)) < 0.6)
    total = s.sum(axis=1) + rng.uniform(0.2, 1, (2, 3)).sum(axis=0)
    s, alpha = s / total[:, None], rng.uniform(0.1, 0.9, 3)
    alpha = alpha * (1 - s.sum(axis=1))
    beta = 1 - s.sum(axis=1) - alpha
    A, k, labour = rng.lognormal(0, 0.5, (3, 4, 3))
    x = rng.lognormal(0, 0.5, (4, 3, 3)) * (s > 0)
    y = A * k**alpha * labour**beta * np.prod(np.where(s > 0, x, 1.0) ** s, axis=2)
    return {"A": A, "k": k, "l": labour, "x": x, "y": y, "alpha": alpha, "beta": beta, "s": s}


@quick
@given(seeds)
def test_cobb_douglas_technology_is_found_exactly(seed: int):
    e = cobb_douglas(seed)
    found = tfp_growth(
        panel(e["y"]),
        panel(e["k"]),
        panel(e["l"]),
        matrices(e["x"]),
        alpha=pd.Series(e["alpha"], LABELS),
        beta=pd.Series(e["beta"], LABELS),
        s=LabelledMatrix.build("S", e["s"], LABELS),
    )
    close(found, np.diff(np.log(e["A"]), axis=0))
    assert list(found.index) == YEARS[1:]


@quick
@given(seeds)
def test_inputs_as_one_quantity_are_the_same_as_their_parts(seed: int):
    e = cobb_douglas(seed)
    share = e["s"].sum(axis=1)
    parts = np.prod(np.where(e["s"] > 0, e["x"], 1.0) ** e["s"], axis=2)
    bundle = parts ** (1 / np.where(share > 0, share, 1))
    found = tfp_growth(
        panel(e["y"]),
        panel(e["k"]),
        panel(e["l"])[LABELS[::-1]],
        panel(bundle),
        alpha=panel(np.tile(e["alpha"], (4, 1))),
        beta=pd.Series(e["beta"], LABELS)[::-1],
        s=pd.Series(share, LABELS),
    )
    close(found, np.diff(np.log(e["A"]), axis=0))


@quick
@given(seeds)
def test_translog_technology_is_found_exactly_by_the_mean_of_two_years(seed: int):
    """Diewert (1976): Törnqvist's index is exact for ln y = ln A + a'z + z'Bz / 2, where the
    shares a + Bz move with the inputs z."""
    rng = np.random.default_rng(seed)
    a = rng.dirichlet([3, 3, 3], size=3)
    B = rng.normal(0, 0.02, (3, 3, 3))
    B = B + B.transpose(0, 2, 1)
    centre = np.eye(3) - 1 / 3  # rows and columns that sum to 0: shares keep adding up to 1
    B = centre @ B @ centre
    z = rng.normal(0, 0.3, (4, 3, 3))  # year, sector, input
    lnA = rng.normal(size=(4, 3))
    shares = a + np.einsum("ipq,tiq->tip", B, z)
    lny = lnA + (a * z).sum(axis=2) + np.einsum("tip,ipq,tiq->ti", z, B, z) / 2
    k, labour, x = (panel(np.exp(z[:, :, p])) for p in range(3))
    alpha, beta, s = (panel(shares[:, :, p]) for p in range(3))
    found = tfp_growth(panel(np.exp(lny)), k, labour, x, alpha=alpha, beta=beta, s=s)
    close(found, np.diff(lnA, axis=0))


@quick
@given(seeds)
def test_economy_of_the_theory_gives_back_technology_progress_and_no_misfit(seed: int):
    """Factors stay where they are and inputs grow as the output they are made of: d ln y = ψ g."""
    e = cobb_douglas(seed)
    rng = np.random.default_rng(seed)
    w = rng.uniform(0, 0.3, (3, 3)) * (1 - np.eye(3))
    g = rng.normal(0, 0.05, (3, 3))
    one = np.eye(3)
    dlnA = np.linalg.solve(one - w, g.T).T
    dlny = np.linalg.solve(one - e["s"], dlnA.T).T
    levels = np.vstack([np.zeros(3), dlny.cumsum(axis=0)])
    x = np.exp(levels)[:, None, :] * e["x"][:1]
    S, W = LabelledMatrix.build("S", e["s"], LABELS), LabelledMatrix.build("W", w, LABELS)
    technology = tfp_growth(
        panel(np.exp(levels)),
        panel(np.ones((4, 3))),
        panel(np.ones((4, 3))),
        matrices(x),
        alpha=pd.Series(e["alpha"], LABELS),
        beta=pd.Series(e["beta"], LABELS),
        s=S,
    )
    close(technology, dlnA)
    lnA = pd.concat([technology.iloc[:1].mul(0).set_axis([2000]), technology.cumsum()])
    progress = filter_tfp(lnA, W)
    close(progress, g)
    left = misfit(panel(levels).diff().iloc[1:], S, W, progress)
    close(left.misfit, 0, atol=1e-11)


def test_a_misfit_by_hand():
    S = LabelledMatrix.build("S", [[0.5]], ["steel"])
    W = LabelledMatrix.build("W", [[0.0]], ["steel"])
    years = [2001, 2002, 2003]
    g = pd.DataFrame({"steel": [1.0, 2, 3]}, years)
    dlny = pd.DataFrame({"steel": [3.0, 3, 6]}, years)
    left = misfit(dlny, S, W, g)
    assert left.fitted["steel"].tolist() == [2, 4, 6]
    assert left.misfit["steel"].tolist() == [1, -1, 0]
    row = left.summary.loc["steel"]
    close(row[["mean", "root_mean_square", "largest"]].to_numpy(), [0, np.sqrt(2 / 3), 1])
    close(row["correlation"], np.corrcoef([2, 4, 6], [3, 3, 6])[0, 1])
    still = misfit(dlny * 0, S, W, g).summary
    assert np.isnan(still.loc["steel", "correlation"])


def ones(**changes: object) -> dict[str, object]:
    unit = panel(np.ones((4, 3)))
    third = pd.Series(1 / 3, LABELS)
    options = {"output": unit, "capital": unit, "labour": unit, "inputs": unit}
    return {**options, "alpha": third, "beta": third, "s": third, **changes}


def broken(value: float) -> pd.DataFrame:
    values = np.ones((4, 3))
    values[2, 1] = value
    return panel(values)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"capital": broken(0.0)}, "capital: 'cars' has 0 in 2002; a quantity above 0"),
        ({"output": broken(-1.0)}, "output: 'cars' has -1 in 2002"),
        ({"labour": broken(np.nan)}, "labour: 'cars' has nan in 2002"),
        ({"inputs": panel(np.ones((4, 3))).iloc[1:]}, "inputs: years 2000 to 2003 are needed"),
        ({"alpha": pd.Series(1 / 3, ["steel", "cars", "wool"])}, "share of capital: .*'glass'"),
        ({"beta": pd.Series(500.0, LABELS)}, "'steel' add up to 500.667 in 2001"),
        ({"s": LabelledMatrix.build("S", np.eye(3) / 3, LABELS)}, "shares must be a panel"),
        ({"inputs": matrices(np.ones((4, 3, 3)))}, "shares must be a matrix"),
    ],
)
def test_quantities_and_shares_that_cannot_be_used_are_refused(changes, message):
    assert (tfp_growth(**ones()) == 0).all(axis=None)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=message):
        tfp_growth(**ones(**changes))  # type: ignore[arg-type]


def test_an_input_that_comes_or_goes_is_refused_unless_it_has_no_share():
    x = np.ones((4, 3, 3))
    x[2, 0, 1] = 0
    third = LabelledMatrix.build("S", np.full((3, 3), 1 / 9), LABELS)
    with pytest.raises(InputError, match="'steel' uses 1 of 'cars' in 2001 and 0 in 2002"):
        tfp_growth(**ones(inputs=matrices(x), s=third))  # type: ignore[arg-type]
    without = np.full((3, 3), 1 / 9)
    without[0] = [2 / 9, 0, 1 / 9]
    found = tfp_growth(  # type: ignore[arg-type]
        **ones(inputs=matrices(x), s=LabelledMatrix.build("S", without, LABELS))
    )
    assert (found == 0).all(axis=None)


def test_shares_need_not_add_up_where_the_caller_says_so():
    half = pd.Series(0.1, LABELS)
    with pytest.raises(InputError, match=r"add up to 0\.766667 .* or allow more with tolerance"):
        tfp_growth(**ones(alpha=half))  # type: ignore[arg-type]
    tfp_growth(**ones(alpha=half), tolerance=np.inf)  # type: ignore[arg-type]
