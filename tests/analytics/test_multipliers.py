"""Multipliers, linkages, positions, influence, Domar weights, and all of them at once."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from spillgraph.analytics import (
    derive_final_demand,
    domar_weights,
    downstreamness,
    extraction_losses,
    ghosh_multipliers,
    hub_table,
    industry_vectors,
    influence,
    linkages,
    output_multipliers,
    psi,
    upstreamness,
)
from spillgraph.analytics.leontief import VECTORS
from spillgraph.analytics.steel_and_cars import S as S2
from spillgraph.analytics.steel_and_cars import output
from spillgraph.core.errors import ClosedClassError, InputError
from spillgraph.core.matrix import LabelledMatrix


class Economy:
    """Balanced accounts: Z [supplier, user], final demand f, output x, S [user, supplier]."""

    def __init__(self, seed: int, n: int = 8) -> None:
        rng = np.random.default_rng(seed)
        self.labels = [f"s{i}" for i in range(n)]
        Z = rng.random((n, n)) * (rng.random((n, n)) < 0.5)
        f = rng.random(n) * n / 2 + 0.2
        self.x = np.maximum(Z.sum(axis=1) + f, Z.sum(axis=0) + 0.1)
        self.Z, self.f = Z, self.x - Z.sum(axis=1)
        self.A = Z / self.x  # inputs over the user's output
        self.B = Z / self.x[:, None]  # sales over the supplier's output
        self.L = np.linalg.inv(np.eye(n) - self.A)
        self.G = np.linalg.inv(np.eye(n) - self.B)
        self.S = pd.DataFrame(self.A.T, self.labels, self.labels)
        self.output = pd.Series(self.x, self.labels)
        self.final = pd.Series(self.f, self.labels)


@pytest.fixture(scope="module", params=range(5))
def economy(request: pytest.FixtureRequest) -> Economy:
    return Economy(request.param)


def close(got: object, want: object, rtol: float = 1e-12) -> None:
    np.testing.assert_allclose(np.asarray(got, float), np.asarray(want, float), rtol, atol=1e-14)


# -- multipliers and linkages ----------------------------------------------------------------------


def test_output_multipliers_are_the_column_sums_of_the_leontief_inverse(economy):
    close(output_multipliers(economy.S), economy.L.sum(axis=0))


def test_ghosh_multipliers_are_the_row_sums_of_the_ghosh_inverse(economy):
    close(ghosh_multipliers(economy.S, economy.output), economy.G.sum(axis=1))


def test_linkages_are_sums_of_A_B_and_their_inverses_over_their_means(economy):
    table = linkages(economy.S, economy.output)
    sums = {
        "direct_backward": economy.A.sum(axis=0),
        "direct_forward": economy.B.sum(axis=1),
        "total_backward": economy.L.sum(axis=0),
        "total_forward": economy.G.sum(axis=1),
    }
    for name, values in sums.items():
        close(table[name], values)
    over_mean = [values / values.mean() for values in sums.values()]
    names = ["direct_backward_linkage", "direct_forward_linkage"]
    for name, values in zip(
        [*names, "backward_linkage", "forward_linkage"], over_mean, strict=True
    ):
        close(table[name], values)
        assert table[name].mean() == pytest.approx(1)
    close(table["sensitivity"], economy.L.sum(axis=1) / economy.L.sum(axis=1).mean())


def test_a_key_sector_is_above_the_mean_on_both_sides():
    table = linkages(Economy(2).S, Economy(2).output)
    back, ahead = table["backward_linkage"] > 1, table["forward_linkage"] > 1
    expected = {(1, 1): "key", (1, 0): "backward", (0, 1): "forward", (0, 0): "independent"}
    assert table["kind"].tolist() == [expected[pair] for pair in zip(back, ahead, strict=True)]
    assert set(table["kind"]) >= {"backward", "forward"}


def test_equal_sectors_are_at_the_mean_and_not_key():
    S = pd.DataFrame(np.full((3, 3), 0.2), list("abc"), list("abc"))
    table = linkages(S, dict.fromkeys("abc", 1.0))
    close(table["total_backward"], [2.5] * 3)
    close(table["backward_linkage"], [1.0] * 3)


def test_a_sector_without_output_has_no_forward_linkage_and_others_keep_theirs():
    S = pd.DataFrame([[0.2, 0.0], [0.0, 0.0]], ["a", "b"], ["a", "b"])
    table = linkages(S, {"a": 2.0, "b": 0.0})
    assert math.isnan(table.loc["b", "total_forward"])
    assert table.loc["b", "kind"] is None
    close(table.loc["a", "forward_linkage"], 1)


def test_a_sector_without_output_is_in_no_mean(economy):
    """It has a multiplier of 1, and the linkages of the others must not rise by it."""
    labels = [*economy.labels, "silent"]
    S = economy.S.to_frame() if hasattr(economy.S, "to_frame") else economy.S
    S = S.reindex(index=labels, columns=labels, fill_value=0.0)
    x = pd.Series([*economy.x, 0.0], labels)
    for function in (linkages, industry_vectors):
        alone = function(economy.S, economy.output)
        beside = function(S, x)
        for name in ("backward_linkage", "forward_linkage", "sensitivity", "influence"):
            if name in alone:
                close(beside.loc[alone.index, name], alone[name])
                assert name == "influence" or math.isnan(beside.loc["silent", name])
    assert industry_vectors(S, x).loc["silent", "influence"] == 0
    assert industry_vectors(S, x)["influence"].sum() == pytest.approx(1)


# -- positions -------------------------------------------------------------------------------------


def test_upstreamness_of_a_closed_economy_is_the_ghosh_multiplier_and_the_hub_measure(economy):
    steps = upstreamness(economy.S, economy.output)
    close(steps, economy.G.sum(axis=1))
    hub = hub_table(economy.S, ["upstreamness"], output=economy.output)["upstreamness"]
    assert hub.tolist() == steps.tolist()


def test_value_added_times_upstreamness_and_demand_times_downstreamness_are_output(economy):
    U, D = upstreamness(economy.S, economy.output), downstreamness(economy.S)
    added = economy.x - economy.Z.sum(axis=0)
    # 1'x = v'G1 = 1'Lf
    assert (added * U).sum() == pytest.approx(economy.x.sum())
    assert (economy.f * D).sum() == pytest.approx(economy.x.sum())


def test_open_economy_divides_sales_by_what_is_used_at_home(economy):
    rng = np.random.default_rng(9)
    X, M, N = (rng.random(len(economy.x)) * 0.1 * economy.f for _ in range(3))
    home = economy.x - X + M - N
    Delta = economy.Z / home[:, None]
    wanted = np.linalg.inv(np.eye(len(home)) - Delta).sum(axis=1)
    X, M, N = (pd.Series(each, economy.labels) for each in (X, M, N))
    close(upstreamness(economy.S, economy.output, X, M, N), wanted)
    alone = upstreamness(economy.S, economy.output, inventories=N)
    Delta = economy.Z / (economy.x - N.to_numpy())[:, None]
    close(alone, np.linalg.inv(np.eye(len(home)) - Delta).sum(axis=1))


def test_trade_in_proportion_to_output_changes_no_position(economy):
    """Exports that equal imports leave what is used at home, and so every step."""
    same = 0.3 * economy.output
    close(
        upstreamness(economy.S, economy.output, same, same),
        upstreamness(economy.S, economy.output),
    )


def test_a_product_that_industries_buy_and_nobody_uses_at_home_is_named():
    exports = {"steel": 100.0, "cars": 0.0}
    with pytest.raises(InputError, match="of 'steel' 0 of its output is used at home"):
        upstreamness(S2, output["gross_output"], exports)


def test_output_that_never_ends_is_named():
    exports = {"steel": 60.0, "cars": 90.0}  # all that is not an input leaves the country
    with pytest.raises(
        ClosedClassError, match="'steel', 'cars' sell to each other alone"
    ) as caught:
        upstreamness(S2, output["gross_output"], exports)
    assert caught.value.classes == [["steel", "cars"]]


def test_downstreamness_is_the_output_multiplier_and_counts_stages_along_a_chain():
    chain = pd.DataFrame(np.diag([0.5, 0.5], -1), list("abc"), list("abc"))
    assert downstreamness(chain).tolist() == [1, 1.5, 1.75]
    assert downstreamness(chain).tolist() == output_multipliers(chain).tolist()


def test_downstreamness_with_all_of_value_added_is_that_without(economy):
    added = pd.Series(economy.x - economy.Z.sum(axis=0), economy.labels)
    close(downstreamness(economy.S, economy.output, added), downstreamness(economy.S))
    # A unit cost of which a fifth is imported: shares of what is left.
    left = economy.A / (economy.A.sum(axis=0) + 0.8 * added.to_numpy() / economy.x)
    wanted = np.linalg.inv(np.eye(len(left)) - left.T).sum(axis=1)
    close(downstreamness(economy.S, economy.output, 0.8 * added), wanted)


def test_sectors_that_add_no_value_are_named():
    with pytest.raises(ClosedClassError, match="'steel', 'cars' buy from each other alone"):
        downstreamness(S2, output["gross_output"], {"steel": 0.0, "cars": 0.0})
    with pytest.raises(InputError, match="output is missing; give output and value_added both"):
        downstreamness(S2, value_added=output["value_added"])


# -- influence and Domar weights -------------------------------------------------------------------


def test_influence_sums_to_1_and_is_the_papers_for_one_labour_share():
    n, alpha = 6, 0.35
    shares = np.random.default_rng(4).random((n, n))
    shares /= shares.sum(axis=1, keepdims=True)
    labels = [f"s{i}" for i in range(n)]
    found = influence(pd.DataFrame((1 - alpha) * shares, labels, labels))
    paper = alpha / n * np.linalg.solve(np.eye(n) - (1 - alpha) * shares.T, np.ones(n))
    close(found, paper)
    assert found.sum() == pytest.approx(1, abs=1e-14)


def test_influence_sums_to_1_whatever_the_weights(economy):
    assert influence(economy.S).sum() == pytest.approx(1, abs=1e-13)
    by_demand = influence(economy.S, economy.final)
    assert by_demand.sum() == pytest.approx(1, abs=1e-13)
    # With weights of final demand it is value added over GDP where accounts balance.
    added = economy.x - economy.Z.sum(axis=0)
    close(by_demand, added / added.sum())


def test_domar_weights_are_sales_over_gdp_and_weigh_value_added_to_1(economy):
    table = domar_weights(economy.S, economy.final, economy.output)
    close(table["domar"], table["observed"])
    assert table["domar"] @ (1 - economy.S.sum(axis=1)) == pytest.approx(1, abs=1e-13)
    nothing = economy.S * 0.0
    psi_alone = psi(economy.S, nothing, weights=economy.final / economy.f.sum())
    close(table["domar"], psi_alone.contribution_without_W.iloc[:, 0])
    assert domar_weights(economy.S, economy.final)["observed"].isna().all()


def test_weights_that_are_no_consumption_are_refused():
    with pytest.raises(InputError, match="weights: 'cars' is negative"):
        influence(S2, {"steel": 2.0, "cars": -1.0})
    with pytest.raises(InputError, match="final_demand: its sum is 0"):
        domar_weights(S2, {"steel": 1.0, "cars": -1.0})


@pytest.mark.parametrize(
    "call", [output_multipliers, downstreamness, influence, lambda S: linkages(S, {"a": 1, "b": 1})]
)
def test_sectors_that_buy_from_each_other_alone_are_named(call):
    closed = LabelledMatrix.build("S", [[0, 1.0], [1, 0]], ["a", "b"])
    with pytest.raises(ClosedClassError, match=r"matrix S has a closed class.*'a', 'b'"):
        call(closed)


# -- all at once -----------------------------------------------------------------------------------


def test_the_vectors_are_those_of_the_functions_of_their_names(economy):
    table = industry_vectors(economy.S, economy.output, economy.final)
    assert tuple(table) == VECTORS
    links = linkages(economy.S, economy.output)
    close(table["output_multiplier"], output_multipliers(economy.S))
    close(table["ghosh_multiplier"], ghosh_multipliers(economy.S, economy.output))
    for name in ("backward_linkage", "forward_linkage"):
        close(table[name], links[name])
    close(table["upstreamness"], upstreamness(economy.S, economy.output))
    close(table["downstreamness"], downstreamness(economy.S))
    close(table["extraction_loss"], extraction_losses(economy.S, economy.final))
    close(table["influence"], influence(economy.S))
    close(table["domar"], domar_weights(economy.S, economy.final)["domar"])
    assert table.attrs == {"final_demand": "given"}


def test_vectors_of_S_and_output_alone_are_those_with_the_final_demand_of_balanced_accounts(
    economy,
):
    alone = industry_vectors(economy.S, economy.output)
    close(alone, industry_vectors(economy.S, economy.output, economy.final), 1e-10)
    assert alone.attrs == {"final_demand": "derived"}
    close(derive_final_demand(economy.S, economy.output), economy.f)


def test_derived_demand_below_0_is_net_of_imports_and_is_said():
    table = industry_vectors(S2, {"steel": 10.0, "cars": 200.0})
    assert table.attrs == {"final_demand": "derived, net of imports"}
    assert derive_final_demand(S2, {"steel": 10.0, "cars": 200.0})["steel"] == -12.0
    assert table["domar"].sum() == pytest.approx(210 / 105)
    shrinking = industry_vectors(S2, output["gross_output"], {"steel": -1.0, "cars": 1.0})
    assert shrinking["domar"].isna().all()


def test_trade_and_value_added_reach_the_positions(economy):
    trade = dict.fromkeys(("exports", "inventories"), 0.05 * economy.final)
    added = pd.Series(0.9 * (economy.x - economy.Z.sum(axis=0)), economy.labels)
    table = industry_vectors(economy.S, economy.output, value_added=added, **trade)
    close(table["upstreamness"], upstreamness(economy.S, economy.output, **trade))
    close(table["downstreamness"], downstreamness(economy.S, economy.output, added))


def test_one_industry_that_uses_its_own_product():
    table = industry_vectors(pd.DataFrame([[0.5]], ["a"], ["a"]), {"a": 8.0}).loc["a"]
    assert table.to_dict() == {
        "output_multiplier": 2.0,
        "ghosh_multiplier": 2.0,
        "backward_linkage": 1.0,
        "forward_linkage": 1.0,
        "upstreamness": 2.0,
        "downstreamness": 2.0,
        "extraction_loss": 100.0,
        "influence": 1.0,
        "domar": 2.0,
    }


def test_industries_that_buy_nothing_stand_for_themselves():
    table = industry_vectors(
        pd.DataFrame(np.zeros((2, 2)), list("ab"), list("ab")), {"a": 3.0, "b": 0.0}
    )
    assert table["output_multiplier"].tolist() == [1, 1]
    assert table["extraction_loss"].tolist() == [100, 0]
    assert table["domar"].tolist() == [1, 0]
    assert table["upstreamness"].isna().tolist() == [False, True]
