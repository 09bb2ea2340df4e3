"""Both identities of a table, and the mistakes that break them, undone one by one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from spillgraph.analytics import production_shares, psi
from spillgraph.analytics.accounts import (
    Accounts,
    balance,
    check_accounts,
    find_cause,
    find_oddity,
    fits,
    lacks_payments,
)
from spillgraph.core.errors import InputError
from spillgraph.core.matrix import LabelledMatrix


def economy(n: int = 12, seed: int = 1) -> tuple[LabelledMatrix, pd.DataFrame]:
    """A balanced table of n sectors: everything that is paid is sold."""
    rng = np.random.default_rng(seed)
    labels = [f"s{i:02}" for i in range(n)]
    Z = rng.lognormal(3, 1.2, (n, n)) * (rng.random((n, n)) < 0.7)
    x = np.maximum(Z.sum(axis=1), Z.sum(axis=0)) * rng.uniform(1.3, 2.5, n)
    output = pd.DataFrame(
        {
            "gross_output": x,
            "value_added": x - Z.sum(axis=1),
            "final_demand": x - Z.sum(axis=0),
        },
        index=labels,
    )
    return LabelledMatrix.build("Z", Z, labels, unit="US$"), output


def scaled(Z: LabelledMatrix, factor: float) -> LabelledMatrix:
    return LabelledMatrix.build("Z", Z.values * factor, Z.rows, unit="US$")


def turned(Z: LabelledMatrix) -> LabelledMatrix:
    return LabelledMatrix.build("Z", Z.values.T, Z.rows, unit="US$")


KNOWN = [["value_added", "final_demand"], ["value_added"], ["final_demand"]]


@pytest.mark.parametrize("known", KNOWN)
@pytest.mark.parametrize("seed", range(5))
def test_a_balanced_table_fits_in_every_sector(seed: int, known: list[str]) -> None:
    Z, output = economy(seed=seed)
    found = check_accounts(Z, output[["gross_output", *known]])
    assert found.misfit < 1e-14 and fits(found)
    assert found.worst().empty and find_oddity(found) == ""
    for name, side in (("value_added", found.paid), ("final_demand", found.sold)):
        assert side.checked == (len(output) if name in known else 0)
        assert np.isnan(side.misfit) == (name not in known)


def test_the_identities_are_those_of_the_matrix_product() -> None:
    Z, output = economy()
    output["imports"] = np.linspace(1, 5, len(output))
    found = check_accounts(Z, output)
    ones, dense = np.ones(len(output)), Z.values.toarray()
    x = output["gross_output"].to_numpy()
    paid = x - dense @ ones - output["value_added"] - output["imports"]
    np.testing.assert_allclose(found.paid.gap, paid, rtol=1e-9)
    np.testing.assert_allclose(found.paid.gap, -output["imports"], rtol=1e-9)
    assert found.paid.misfit == pytest.approx(output["imports"].sum() / x.sum(), rel=1e-12)
    assert found.errors()["paid"].to_numpy() == pytest.approx(paid.to_numpy() / x)
    assert found.worst(3).index.tolist() == (output["imports"] / x).nlargest(3).index.tolist()


def test_what_is_missing_is_missing_and_not_0() -> None:
    Z, output = economy()
    output.loc["s03", "value_added"] = np.nan
    output.loc["s04", "final_demand"] = np.nan
    found = check_accounts(Z, output)
    assert np.isnan(found.paid.gap["s03"]) and np.isnan(found.sold.gap["s04"])
    assert found.paid.checked == found.sold.checked == len(output) - 1
    assert found.misfit < 1e-14


def test_flows_of_the_residual_are_inputs_and_sales_of_the_others() -> None:
    Z, output = economy()
    found = check_accounts(Z, output.drop(index="s05"))
    assert found.misfit < 1e-14 and found.paid.checked == len(output) - 1
    assert np.isnan(found.table.at["s05", "gross_output"]) and found.table.at["s05", "sales"] > 0
    with pytest.raises(InputError, match="'s01' occurs twice"):
        check_accounts(Z, pd.concat([output, output.loc[["s01"]]]))


@pytest.mark.parametrize("known", KNOWN)
@pytest.mark.parametrize("power", [-9, -6, -3, -2, -1, 1, 2, 3, 6, 9])
def test_a_wrong_unit_of_flows_is_proven_with_its_factor(power: int, known: list[str]) -> None:
    Z, output = economy()
    found = check_accounts(scaled(Z, 10.0**power), output[["gross_output", *known]])
    cause = find_cause(found)
    assert not fits(found) and cause is not None and cause.proven
    assert (cause.kind, cause.what, cause.exchanged) == ("unit", "flows", False)
    assert cause.factor == pytest.approx(10.0**-power)


@pytest.mark.parametrize("what", ["gross_output", "value_added", "final_demand"])
@pytest.mark.parametrize("power", [-6, -3, 1, 3])
def test_so_is_one_of_output_value_added_or_demand(power: int, what: str) -> None:
    Z, output = economy()
    cause = find_cause(check_accounts(Z, output.assign(**{what: output[what] * 10.0**power})))
    assert cause is not None and cause.proven and cause.what == what
    assert cause.factor == pytest.approx(10.0**-power)


@pytest.mark.parametrize("known", KNOWN)
def test_supplier_and_user_exchanged_are_proven_alone_and_in_another_unit(known) -> None:
    Z, output = economy()
    output = output[["gross_output", *known]]
    cause = find_cause(check_accounts(turned(Z), output))
    assert cause is not None and (cause.kind, cause.proven) == ("exchanged", True)
    cause = find_cause(check_accounts(scaled(turned(Z), 1e-3), output))
    assert cause is not None and cause.proven and cause.exchanged
    assert (cause.kind, cause.what, cause.factor) == ("unit", "flows", 1e3)


@pytest.mark.parametrize(("whole", "factor"), [(1.0, 1.0), (100.0, 0.01)])
def test_shares_of_output_in_place_of_flows_are_proven(whole: float, factor: float) -> None:
    Z, output = economy()
    x = output["gross_output"].to_numpy()
    shares = LabelledMatrix.build("Z", whole * Z.values.toarray() / x[:, None], Z.rows)
    cause = find_cause(check_accounts(shares, output))
    assert cause is not None and cause.proven
    assert (cause.kind, cause.factor, cause.exchanged) == ("shares", factor, False)
    cause = find_cause(check_accounts(turned(shares), output))
    assert cause is not None and cause.proven and (cause.kind, cause.exchanged) == ("shares", True)


@pytest.mark.parametrize("whole", [1.0, 100.0])
def test_shares_of_inputs_are_known_by_their_sums(whole: float) -> None:
    Z, output = economy()
    dense = Z.values.toarray()
    shares = LabelledMatrix.build("Z", whole * dense / dense.sum(axis=1, keepdims=True), Z.rows)
    assert find_oddity(check_accounts(shares, output[["gross_output"]])) == "shares"


def test_domestic_flows_leave_a_part_unpaid_and_are_no_wrong_unit() -> None:
    Z, output = economy()
    found = check_accounts(scaled(Z, 0.8), output.drop(columns="final_demand"))
    assert not fits(found) and lacks_payments(found) and find_cause(found) is None
    assert found.paid.misfit == pytest.approx(0.2 * Z.values.sum() / output["gross_output"].sum())
    imports = 0.2 * np.asarray(Z.values.sum(axis=1))
    whole = output.drop(columns="final_demand").assign(imports=imports)
    assert fits(check_accounts(scaled(Z, 0.8), whole))
    twice = find_cause(check_accounts(Z, whole))
    assert twice is not None and (twice.kind, twice.proven) == ("imports", False)


def test_a_total_that_is_no_exact_sum_is_the_likely_cause_and_no_proof() -> None:
    Z, output = economy()
    frame = Z.to_frame()
    frame["T"] = frame.sum(axis=1) * 1.01
    frame.loc["T"] = 0.0
    printed = LabelledMatrix.build("Z", frame.to_numpy(), list(frame.index))
    cause = find_cause(check_accounts(printed, output))
    assert cause is not None and (cause.kind, cause.what, cause.proven) == ("total", "T", False)


def test_nothing_is_made_up_for_a_table_that_is_only_wrong() -> None:
    Z, output = economy()
    rng = np.random.default_rng(4)
    wrong = LabelledMatrix.build("Z", Z.values.toarray() * rng.uniform(0.2, 1.8, Z.shape), Z.rows)
    found = check_accounts(wrong, output)
    assert not fits(found)
    cause = find_cause(found)
    assert cause is None or not cause.proven


def test_a_part_is_not_explained_away() -> None:
    """Where inputs are all of output, value added of nothing would fit: no cause is that."""
    Z, output = economy()
    output = output.assign(gross_output=np.asarray(Z.values.sum(axis=1)))
    found = check_accounts(Z, output.drop(columns="final_demand"))
    cause = find_cause(found)
    assert find_oddity(found) == "all"
    assert cause is None or not cause.proven


# -- leaks -----------------------------------------------------------------------------------------


def test_inputs_value_added_and_imports_are_all_of_output() -> None:
    """S·1 + v + m = 1 in fractions: 8/16 + 4/16 + 4/16, and 4/8 + 1/8 + 3/8."""
    Z = LabelledMatrix.build("Z", [[2.0, 6.0], [3.0, 1.0]], ["a", "b"])
    x = pd.Series({"a": 16.0, "b": 8.0})
    added = pd.Series({"a": 4.0, "b": 1.0})
    imports = pd.Series({"b": 3.0, "a": 4.0})
    for given in (None, imports):
        found = production_shares(Z, x, value_added=added, imports=given)
        assert found.value_added.to_dict() == {"a": 0.25, "b": 0.125}
        assert found.imports.to_dict() == {"a": 0.25, "b": 0.375}
        assert found.unexplained.to_dict() == {"a": 0.0, "b": 0.0}
        rows = np.asarray(found.S.values.sum(axis=1))
        assert (rows + found.value_added + found.imports == 1.0).all()
        assert (found.leak == 1.0 - rows).all()
    only = production_shares(Z, x, imports=imports)
    assert only.value_added.to_dict() == {"a": 0.25, "b": 0.125}
    without = production_shares(Z, x)
    assert without.value_added.to_dict() == {"a": 0.5, "b": 0.5}
    assert without.imports.isna().all() and (without.unexplained == 0).all()


def test_what_accounts_do_not_explain_is_shown_and_unknown_parts_stay_unknown() -> None:
    Z = LabelledMatrix.build("Z", [[2.0, 6.0], [3.0, 1.0]], ["a", "b"])
    x = pd.Series({"a": 16.0, "b": 8.0})
    found = production_shares(
        Z,
        x,
        value_added=pd.Series({"a": 4.0, "b": np.nan}),
        imports=pd.Series({"a": 2.0, "b": 1.0}),
    )
    assert found.unexplained.to_dict() == {"a": 0.125, "b": 0.375}
    assert np.isnan(found.value_added["b"]) and found.imports["b"] == 0.125
    parts = found.leaks.fillna(0.0).sum(axis=1)
    assert (np.asarray(found.S.values.sum(axis=1)) + parts == 1.0).all()
    with pytest.raises(InputError, match="'c'"):
        production_shares(Z, x, value_added=pd.Series({"a": 1.0, "c": 2.0}))


def test_imports_of_some_sectors_leave_value_added_of_the_others_unknown() -> None:
    """Of b's 7/10 that are not inputs nobody knows what is imported: 0 would make all value added.

    a: 1 = 5/10 inputs + 2/10 imports + 3/10; c imports nothing, which is a number.
    """
    flows = [[5.0, 0.0, 0.0], [1.0, 1.0, 1.0], [0.0, 4.0, 0.0]]
    Z = LabelledMatrix.build("Z", flows, ["a", "b", "c"])
    x = pd.Series({"a": 10.0, "b": 10.0, "c": 10.0})
    imports = pd.Series({"a": 2.0, "b": np.nan, "c": 0.0})
    found = production_shares(Z, x, imports=imports)
    assert found.value_added[["a", "c"]].tolist() == pytest.approx([0.3, 0.6], rel=1e-15)
    assert np.isnan(found.value_added["b"]) and np.isnan(found.imports["b"])
    assert found.unexplained.tolist() == pytest.approx([0.0, 0.7, 0.0], rel=1e-15)
    none = production_shares(Z, x, imports=imports * np.nan)
    assert none.value_added.tolist() == pytest.approx([0.5, 0.7, 0.6], rel=1e-15)


def test_missing_imports_are_not_0_where_others_have_them() -> None:
    Z = LabelledMatrix.build("Z", [[2.0, 6.0], [3.0, 1.0]], ["a", "b"])
    output = pd.DataFrame(
        {"gross_output": [16.0, 8.0], "value_added": [4.0, 1.0], "imports": [4.0, np.nan]},
        index=["a", "b"],
    )
    found = check_accounts(Z, output)
    assert (found.paid.checked, found.paid.misfit, found.sold.checked) == (1, 0.0, 0)
    assert found.checked.tolist() == [True, False] and found.coverage == 16 / 24
    assert fits(found) and balance(found) is None
    known = check_accounts(Z, output.fillna({"imports": 3.0}))
    assert known.coverage == 1.0 and balance(known) is True
    nil = check_accounts(Z, output.fillna({"imports": 0.0}))
    assert (nil.paid.misfit, balance(nil)) == (3 / 24, False)
    nowhere = check_accounts(Z, output.drop(columns="imports"))
    assert nowhere.paid.gap.tolist() == [4.0, 3.0]


def test_a_total_in_output_alone_is_the_cause() -> None:
    Z = LabelledMatrix.build("Z", [[2.0, 6.0], [3.0, 1.0]], ["a", "b"])
    output = pd.DataFrame(
        {"gross_output": [16.0, 8.0, 24.0], "value_added": [8.0, 4.0, 12.0]},
        index=["a", "b", "whole"],
    )
    cause = find_cause(check_accounts(Z, output))
    assert cause is not None and (cause.kind, cause.what, cause.proven) == ("total", "whole", False)
    assert cause.misfits[0] == 0.0


# -- negative shares -------------------------------------------------------------------------------


def signed_table() -> tuple[LabelledMatrix, pd.Series]:
    Z, output = economy(8, seed=3)
    dense = Z.values.toarray()
    dense[2, 5], dense[6, 1] = -0.5 * dense[2, 5] - 3.0, -7.0
    return LabelledMatrix.build("Z", dense, Z.rows), output["gross_output"]


def test_negative_flows_are_refused_unless_they_are_meant() -> None:
    Z, x = signed_table()
    with pytest.raises(InputError, match=r"'s02' receives from 's05' is -"):
        production_shares(Z, x)
    S = production_shares(Z, x, negative="keep").S
    np.testing.assert_allclose(S.values.toarray(), Z.values.toarray() / x.to_numpy()[:, None])
    assert S.provenance["negative entries"] == "kept"


@pytest.mark.parametrize("method", ["dense", "sparse", "iterative"])
def test_psi_of_a_signed_S_is_that_of_the_inverses_and_its_bounds_hold(method) -> None:
    Z, x = signed_table()
    S = production_shares(Z, x, negative="keep").S
    n = len(S.rows)
    rng = np.random.default_rng(5)
    W = LabelledMatrix.build("W", rng.dirichlet(np.ones(n), n) * 0.6, S.rows)
    b = pd.DataFrame({"b": pd.Series(rng.dirichlet(np.ones(n)), list(S.rows))})
    found = psi(S, W, weights=b, method=method)
    s, w = S.values.toarray(), W.values.toarray()
    want = np.linalg.inv(np.eye(n) - s) @ np.linalg.inv(np.eye(n) - w)
    error = np.abs(found.benefit.to_numpy() / want.sum(axis=1) - 1).max()
    assert error <= found.proof.error_benefit < 1e-12
    columns = found.contribution["b"].to_numpy() - b["b"].to_numpy() @ want
    assert np.abs(columns).sum() <= 1e-12
    assert found.proof.rho_S[0] <= np.abs(np.linalg.eigvals(np.abs(s))).max() + 1e-12
    assert found.proof.rho_S[1] >= np.abs(np.linalg.eigvals(s)).max()
    exact = np.abs(np.linalg.inv(np.eye(n) - s)).sum(axis=1).max()
    assert found.proof.cond_S >= exact * np.abs(np.eye(n) - s).sum(axis=1).max() * (1 - 1e-12)


def test_negative_shares_whose_sizes_do_not_die_out_are_refused() -> None:
    """ρ(S) of these is 0.2, but ρ(|S|) is 1.6: nothing is proven."""
    Z = LabelledMatrix.build("Z", [[0.9, -0.7], [0.7, -0.9]], ["a", "b"])
    with pytest.raises(InputError, match=r"closed class|spectral radius"):
        production_shares(Z, pd.Series({"a": 1.0, "b": 1.0}), negative="keep")


def test_accounts_hold_both_errors_of_a_sector() -> None:
    Z, output = economy()
    output.loc["s07", "value_added"] *= 1.5
    found: Accounts = check_accounts(Z, output)
    (code,) = found.worst().index
    assert code == "s07" and found.worst().at["s07", "sold"] == pytest.approx(0, abs=1e-14)


@pytest.mark.parametrize("names", KNOWN)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_columns_of_final_demand_among_the_users_are_no_other_unit(names, seed) -> None:
    Z, output = economy(seed=seed)
    demand = output["final_demand"]
    bought = np.vstack([Z.values.toarray(), 0.7 * demand, 0.3 * demand])
    square = np.hstack([bought, np.zeros((len(bought), 2))])
    flows = LabelledMatrix.build("Z", square, [*Z.rows, "HFCE", "GFCF"], unit="US$")
    found = find_cause(check_accounts(flows, output[[*names, "gross_output"]]))
    if "final_demand" not in names:  # then nothing counts twice
        assert found is None
        return
    assert found is not None
    assert (found.kind, found.what) == ("buyers", "HFCE|GFCF")
    assert max(each for each in found.misfits if each == each) < 1e-12
