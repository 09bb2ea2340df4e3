"""Growth accounts: the golden case in fractions, every way of adding up, and the filters."""

from __future__ import annotations

from dataclasses import dataclass, fields
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spillgraph.analytics.growth import (
    account,
    aggregate_growth,
    by_source,
    filter_output,
    filter_tfp,
    fit_trend,
    rewiring,
)
from spillgraph.analytics.spillovers import EXACT
from spillgraph.core.errors import ClosedClassError, InputError
from spillgraph.core.matrix import LabelledMatrix

quick = settings(max_examples=40, deadline=None)
LABELS = ["steel", "cars", "glass", "wool", "tin", "coal"]
PAIR = LABELS[:2]
S2 = LabelledMatrix.build("S", [[0.2, 0.3], [0.1, 0.4]], PAIR)
W2 = LabelledMatrix.build("W", [[0, 0.4], [0.25, 0]], PAIR)


@dataclass
class System:
    """Networks of every year and progress, drawn from one seed."""

    S: dict[int, LabelledMatrix]
    W: dict[int, LabelledMatrix]
    g: pd.DataFrame

    @property
    def first(self) -> tuple[LabelledMatrix, LabelledMatrix]:
        return next(iter(self.S.values())), next(iter(self.W.values()))


def shares(rng: np.random.Generator, n: int, *, diagonal: bool) -> np.ndarray:
    """Sparse rows that sum to less than .9."""
    raw = rng.random((n, n)) * (rng.random((n, n)) < 0.7)
    if not diagonal:
        np.fill_diagonal(raw, 0)
    total = raw.sum(axis=1, keepdims=True)
    return raw / np.where(total > 0, total, 1) * rng.uniform(0.1, 0.9, (n, 1))


def system(seed: int, n: int | None = None, years: int | None = None) -> System:
    rng = np.random.default_rng(seed)
    n, years = n or int(rng.integers(1, 7)), years or int(rng.integers(1, 4))
    labels, span = LABELS[:n], range(2000, 2000 + years)
    return System(
        {t: LabelledMatrix.build("S", shares(rng, n, diagonal=True), labels) for t in span},
        {t: LabelledMatrix.build("W", shares(rng, n, diagonal=False), labels) for t in span},
        pd.DataFrame(rng.normal(0.01, 0.05, (years, n)), list(span)[:years], labels),
    )


systems = st.integers(0, 2**32 - 1).map(system)


def dense(M: LabelledMatrix) -> np.ndarray:
    return M.values.toarray()


def inverses(S: LabelledMatrix, W: LabelledMatrix) -> tuple[np.ndarray, np.ndarray]:
    one = np.eye(len(S.rows))
    return np.linalg.inv(one - dense(S)), np.linalg.inv(one - dense(W))


def close(actual: object, wanted: object, scale: object = 0.1) -> None:
    """Equal to 1e-12 of the size of what was added up."""
    size = float(np.max(np.abs(np.asarray(scale, dtype=float))))
    np.testing.assert_allclose(
        np.asarray(actual, dtype=float), np.asarray(wanted, dtype=float), rtol=0, atol=1e-12 * size
    )


# -- the account ---------------------------------------------------------------------------------


def test_golden_channels_are_the_fractions_of_the_specification():
    g = pd.DataFrame([[0.27, -0.54]], [2001], PAIR)
    exact = [Fraction(27, 100), Fraction(-54, 100)]
    matrices = {
        "own": [["1", "0"], ["0", "1"]],
        "production": [["1/3", "2/3"], ["2/9", "7/9"]],
        "innovation": [["1/9", "4/9"], ["5/18", "1/9"]],
        "interaction": [["2/9", "2/9"], ["13/54", "5/27"]],
        "dlny": [["5/3", "4/3"], ["20/27", "56/27"]],
        "spillover": [["2/3", "4/3"], ["20/27", "29/27"]],
    }
    growth = account(S2, W2, g)
    for name, rows in matrices.items():
        wanted = [float(sum(Fraction(m) * x for m, x in zip(r, exact, strict=True))) for r in rows]
        np.testing.assert_allclose(getattr(growth, name).loc[2001], wanted, rtol=1e-14, atol=1e-16)


@quick
@given(systems)
def test_own_and_spillover_add_up_to_output_growth(drawn: System):
    growth = account(drawn.S, drawn.W, drawn.g)
    close(growth.own + growth.spillover, growth.dlny, growth.dlny.abs() + growth.own.abs())
    assert (growth.own.to_numpy() == drawn.g.to_numpy()).all()
    # What is left of g when growth goes back through both networks.
    assert list(growth.residual.index) == list(drawn.g.index)
    assert growth.residual.max() <= 1e-12 * max(1.0, drawn.g.abs().max().max())


@quick
@given(systems)
def test_four_channels_add_up_to_output_growth(drawn: System):
    growth = account(drawn.S, drawn.W, drawn.g)
    parts = [getattr(growth, name) for name in EXACT]
    close(sum(parts), growth.dlny, sum(part.abs() for part in parts))


@quick
@given(systems)
def test_channels_are_those_of_the_inverses(drawn: System):
    growth = account(drawn.S, drawn.W, drawn.g)
    for t, g in drawn.g.iterrows():
        U, V = inverses(drawn.S[t], drawn.W[t])
        one = np.eye(len(g))
        close(growth.dlny.loc[t], U @ V @ g)
        close(growth.production.loc[t], (U - one) @ g)
        close(growth.innovation.loc[t], (V - one) @ g)
        close(growth.interaction.loc[t], (U - one) @ (V - one) @ g)


@quick
@given(systems, st.sampled_from([*EXACT, "spillover", "output"]))
def test_sources_add_up_to_every_channel(drawn: System, channel: str):
    growth = account(drawn.S, drawn.W, drawn.g)
    panel = growth.dlny if channel == "output" else getattr(growth, channel)
    t = drawn.g.index[-1]
    cells = by_source(drawn.S, drawn.W, drawn.g, year=t, channel=channel).to_frame()
    close(cells.sum(axis=1), panel.loc[t], cells.abs().sum(axis=1) + 0.1)
    mean = by_source(drawn.S, drawn.W, drawn.g, channel=channel).to_frame()
    close(mean.sum(axis=1), panel.mean(), mean.abs().sum(axis=1) + 0.1)


@quick
@given(systems)
def test_a_cell_is_psi_less_identity_times_the_progress_of_its_source(drawn: System):
    t = drawn.g.index[-1]
    U, V = inverses(drawn.S[t], drawn.W[t])
    cells = by_source(drawn.S, drawn.W, drawn.g, year=t)
    close(dense(cells), (U @ V - np.eye(len(U))) * drawn.g.loc[t].to_numpy())
    assert (cells.year, cells.unit, cells.name) == (t, "log points", "spillover by source")


@quick
@given(systems)
def test_networks_of_years_give_what_each_year_gives_alone(drawn: System):
    S, W = dict(drawn.S), dict(drawn.W)
    for t in list(drawn.g.index)[1:2]:  # the first two years share their networks
        S[t], W[t] = S[t - 1], W[t - 1]
    whole = account(S, W, drawn.g)
    for t in drawn.g.index:
        alone = account(S[t], W[t], drawn.g.loc[[t]])
        for field in fields(whole):
            close(getattr(whole, field.name).loc[t], getattr(alone, field.name).loc[t])


@quick
@given(systems, st.randoms(use_true_random=False))
def test_permuting_sectors_permutes_the_account(drawn: System, random):
    S, W = drawn.first
    order = random.sample(list(drawn.g.columns), drawn.g.shape[1])
    first = account(S, W, drawn.g)
    second = account(S.aligned_to(order), W, drawn.g[order])
    for field in fields(first)[:-1]:  # the residual is of years
        close(getattr(second, field.name), getattr(first, field.name)[order])
    assert list(second.dlny.columns) == order


def test_without_innovation_nothing_comes_through_citations():
    none = LabelledMatrix.build("W", np.zeros((2, 2)), PAIR)
    growth = account(S2, none, pd.DataFrame([[0.1, -0.2]], [2001], PAIR))
    assert (growth.innovation == 0).all(axis=None) and (growth.interaction == 0).all(axis=None)
    assert growth.spillover.equals(growth.production)


# -- the aggregate -------------------------------------------------------------------------------


@quick
@given(systems, st.booleans())
def test_cells_sources_and_channels_add_up_to_aggregate_growth(drawn: System, yearly: bool):
    rng = np.random.default_rng(len(drawn.g))
    b = pd.DataFrame(rng.random(drawn.g.shape), drawn.g.index, drawn.g.columns)
    weights = b if yearly else b.iloc[0]
    result = aggregate_growth(drawn.S, drawn.W, drawn.g, weights)
    scale = result.cells.abs().sum(axis=1) + 0.1
    for part in (result.by_source, result.by_channel, result.cells):
        close(part.sum(axis=1), result.growth, scale)
    close(result.growth, (account(drawn.S, drawn.W, drawn.g).dlny * weights).sum(axis=1), scale)
    close(result.cells.T.groupby(level="source").sum().T[list(drawn.g.columns)], result.by_source)
    close(result.cells["interaction"].sum(axis=1), result.by_channel["interaction"])


@quick
@given(systems)
def test_every_cell_is_the_weighted_column_of_its_channel(drawn: System):
    b = pd.Series(np.arange(1.0, drawn.g.shape[1] + 1), drawn.g.columns)
    cells = aggregate_growth(drawn.S, drawn.W, drawn.g, b).cells
    t = drawn.g.index[-1]
    for channel in EXACT:
        matrix = dense(by_source(drawn.S, drawn.W, drawn.g, year=t, channel=channel))
        close(cells.loc[t, channel], b.to_numpy() @ matrix)


def test_without_innovation_sources_count_by_their_domar_weights():
    """Hulten: sales over GDP, from a table of whole numbers and not from an inverse."""
    Z, x = np.array([[20, 30], [20, 80]]), np.array([100, 200])
    final = x - Z.sum(axis=0)  # sales of j to industries are the column of [user, supplier]
    S = LabelledMatrix.build("S", Z / x[:, None], PAIR)
    none = LabelledMatrix.build("W", np.zeros((2, 2)), PAIR)
    g = pd.DataFrame([[0.01, 0.02]], [2001], PAIR)
    b = pd.Series(final / final.sum(), PAIR)
    result = aggregate_growth(S, none, g, b)
    close(result.by_source.loc[2001], x / final.sum() * g.loc[2001])


# -- the filters ---------------------------------------------------------------------------------


@quick
@given(systems)
def test_filtered_output_is_explained_without_remainder(drawn: System):
    dlny = account(drawn.S, drawn.W, drawn.g).dlny
    lny = pd.DataFrame(0.0, [drawn.g.index[0] - 1], dlny.columns)
    lny = pd.concat([lny, dlny.cumsum()])
    close(filter_output(lny, drawn.S, drawn.W), drawn.g, dlny.abs() + 1)


def technology(seed: int, years: int = 6) -> tuple[pd.DataFrame, dict[int, LabelledMatrix]]:
    drawn = system(seed, years=years)
    rng = np.random.default_rng(seed)
    return pd.DataFrame(rng.normal(3, 1, drawn.g.shape), drawn.g.index, drawn.g.columns), drawn.W


@quick
@given(st.integers(0, 2**32 - 1))
def test_exact_filter_is_the_difference_of_filtered_levels(seed: int):
    lnA, W = technology(seed)
    filtered = [lnA.loc[t] - dense(W[t]) @ lnA.loc[t] for t in lnA.index]
    close(filter_tfp(lnA, W), np.diff(filtered, axis=0), lnA)


@quick
@given(st.integers(0, 2**32 - 1))
def test_progress_and_rewiring_give_back_the_growth_of_technology(seed: int):
    lnA, W = technology(seed)
    whole = filter_tfp(lnA, W) + rewiring(lnA, W)
    for t in lnA.index[1:]:
        V = np.linalg.inv(np.eye(lnA.shape[1]) - dense(W[t]))
        close(V @ whole.loc[t], lnA.loc[t] - lnA.loc[t - 1], 10)


def test_one_network_for_all_years_is_the_same_as_that_network_every_year():
    lnA, W = technology(5)
    fixed = next(iter(W.values()))
    assert filter_tfp(lnA, fixed).equals(filter_tfp(lnA, dict.fromkeys(lnA.index, fixed)))
    assert (rewiring(lnA, fixed) == 0).all(axis=None)
    step = np.diff(lnA, axis=0)
    close(filter_tfp(lnA, fixed), step - step @ dense(fixed).T, lnA)


def test_the_base_of_an_index_counts_only_where_the_network_changes():
    lnA, W = technology(7)
    fixed = next(iter(W.values()))
    close(filter_tfp(lnA + 1, fixed), filter_tfp(lnA, fixed), lnA)
    moved = filter_tfp(lnA + 1, W) - filter_tfp(lnA, W)
    strength = np.array([dense(W[t]).sum(axis=1) for t in lnA.index])
    close(moved, -np.diff(strength, axis=0), lnA)
    assert moved.abs().max(axis=None) > 0.01


@quick
@given(st.integers(0, 2**32 - 1), st.booleans())
def test_noise_free_technology_gives_back_its_trend(seed: int, changing: bool):
    drawn = system(seed, years=12)
    rng = np.random.default_rng(seed)
    n = drawn.g.shape[1]
    delta1, delta2 = rng.normal(0, 0.02, n), rng.normal(0, 0.001, n)
    W = drawn.W if changing else dict.fromkeys(drawn.W, drawn.first[1])
    lnA = pd.DataFrame(
        [
            np.linalg.solve(np.eye(n) - dense(M), delta1 * t + delta2 * t**2)
            for t, M in enumerate(W.values())
        ],
        list(W),
        drawn.g.columns,
    )
    trend = fit_trend(filter_tfp(lnA, W if changing else drawn.first[1]))
    for found, wanted in (
        (trend.delta1, delta1),
        (trend.delta2, delta2),
        (trend.Gamma1, delta1 - delta2),
        (trend.Gamma2, 2 * delta2),
    ):
        np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-12)


# -- what is refused -----------------------------------------------------------------------------


def one_year(**changes: float) -> pd.DataFrame:
    return pd.DataFrame({"steel": [0.1], "cars": [0.2], **{k: [v] for k, v in changes.items()}})


@pytest.mark.parametrize(
    ("g", "message"),
    [
        (one_year().set_axis(["2001"]), "index must be years as whole numbers"),
        (one_year(cars=np.nan).set_axis([2001]), "'cars' has nan in 2001"),
        (one_year(wool=0.1), "'wool'"),
        (one_year().iloc[:0], "at least 1 year"),
        (pd.concat([one_year(), one_year()]).set_axis([2001, 2003]), "2003 follows 2001"),
        (pd.concat([one_year(), one_year()]).set_axis([2002, 2001]), "2001 follows 2002"),
        (one_year().set_axis(["steel", "steel"], axis=1), "g, sectors: label 'steel' occurs twice"),
    ],
)
def test_panels_that_are_none_are_refused_with_the_first_offender(g, message):
    with pytest.raises(InputError, match=message):
        account(S2, W2, g)


def test_a_year_without_network_is_named_and_further_years_do_no_harm():
    g = pd.DataFrame([[0.1, 0.2], [0.1, 0.2]], [2001, 2002], PAIR)
    with pytest.raises(InputError, match=r"matrix W: the network of 2002 is missing"):
        account(S2, {2001: W2}, g)
    with pytest.raises(InputError, match=r"matrix W: the network of 2000 is missing"):
        filter_tfp(g.set_axis([2000, 2001]), {2001: W2})
    wrong = LabelledMatrix.build("W", [[0, np.nan], [0, 0]], PAIR)
    account(S2, {2001: W2, 2002: W2, 2003: wrong}, g)
    with pytest.raises(InputError, match=r"matrix W of 2002: .*'steel' receives from 'cars'"):
        account(S2, {2001: W2, 2002: wrong}, g)


def test_a_closed_class_is_refused_by_name():
    closed = LabelledMatrix.build("W", [[0, 1], [1, 0]], PAIR)
    with pytest.raises(ClosedClassError, match=r"matrix W .*'steel', 'cars'"):
        account(S2, closed, one_year().set_axis([2001]))


def test_years_channels_and_weights_that_are_not_there_are_refused():
    g = one_year().set_axis([2001])
    with pytest.raises(InputError, match="a year of g, 2001 to 2001, is needed, got 1999"):
        by_source(S2, W2, g, year=1999)
    with pytest.raises(InputError, match=r"got 'produktion'\. Did you mean 'production'"):
        by_source(S2, W2, g, channel="produktion")  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"b: .*'cars'"):
        aggregate_growth(S2, W2, g, pd.Series({"steel": 1.0}))
    with pytest.raises(InputError, match="b: years 2001 to 2001 are needed, got 2002 to 2002"):
        aggregate_growth(S2, W2, g, g.set_axis([2002]))
    with pytest.raises(InputError, match="lnA: at least 2 year"):
        filter_tfp(g, W2)
