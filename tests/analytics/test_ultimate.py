"""Ultimate demand and cost shares: golden cases of the source, identities, what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spillgraph.analytics import default_leak, elements, influence, ucs, uds
from spillgraph.core.errors import ClosedClassError, InputError
from spillgraph.core.matrix import LabelledMatrix
from spillgraph.graph.matrix_files import load_matrix, save_matrix

CHIPS = ["metals", "semis", "phones"]
TYRES = ["rubber", "tyres", "autos"]
many = settings(max_examples=10, deadline=None)


def frame(values: object, labels: list[str]) -> pd.DataFrame:
    return pd.DataFrame(values, labels, labels, dtype=float)


def economy(seed: int, own: float = 1.0) -> tuple[pd.DataFrame, pd.Series]:
    """Flows [upstream, downstream] with holes, and final demand with zeros."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 9))
    labels = [f"s{i}" for i in range(n)]
    flows = rng.random((n, n)) * (rng.random((n, n)) < 0.6)
    flows[np.diag_indices(n)] *= own
    outside = rng.random(n) * (rng.random(n) < 0.7) + 1e-3
    return frame(flows, labels), pd.Series(outside, labels)


def test_ultimate_demand_shares_of_rubber_tyres_and_autos():
    flows = frame([[0, 10, 0], [0, 0, 75], [0, 0, 0]], TYRES)
    shares = uds(flows, pd.Series([0.0, 25, 50], TYRES))
    assert shares.values.toarray().tolist() == [[0, 0.25, 0.75], [0, 0.25, 0.75], [0, 0, 1]]
    table = shares.to_frame()
    assert shares.axes == ("upstream", "downstream") == (table.index.name, table.columns.name)
    assert repr(shares).startswith("UDS[upstream, downstream], 3 × 3")


def test_ultimate_cost_shares_of_metals_semiconductors_and_phones():
    flows = frame([[0, 40, 0], [0, 0, 70], [0, 0, 0]], CHIPS)
    shares = ucs(flows, pd.Series([100.0, 60, 30], CHIPS)).to_frame()
    np.testing.assert_allclose(shares["metals"], [1, 0, 0], atol=1e-15)
    np.testing.assert_allclose(shares["semis"], [0.4, 0.6, 0], atol=1e-15)
    np.testing.assert_allclose(shares["phones"], [0.28, 0.42, 0.30], atol=1e-15)


@many
@given(st.integers(0, 10_000))
def test_rows_of_uds_and_columns_of_ucs_sum_to_1(seed: int):
    flows, outside = economy(seed)
    demand, cost = uds(flows, outside).values, ucs(flows, outside).values
    np.testing.assert_allclose(demand.sum(axis=1), 1, rtol=1e-12)
    np.testing.assert_allclose(cost.sum(axis=0), 1, rtol=1e-12)
    assert demand.min() >= 0
    assert cost.min() >= 0


@many
@given(st.integers(0, 10_000))
def test_ucs_is_the_transpose_of_U_diag_v(seed: int):
    """S = DCS' without own inputs, v = 1 − S1."""
    flows, primary = economy(seed)
    others = flows.to_numpy() * (1 - np.eye(len(flows)))
    total = others.sum(axis=0) + primary.to_numpy()
    S = frame((others / total).T, list(flows.index))
    U = np.linalg.inv(np.eye(len(S)) - S.to_numpy())
    v = default_leak(S).to_numpy()
    np.testing.assert_allclose(ucs(flows, primary).values.toarray(), (U * v).T, atol=1e-13)


def test_ucs_is_that_of_the_elements_of_U_and_influence_its_row_means():
    """With own inputs among S, UCS formed in the same way has influence for its row means."""
    from spillgraph.analytics.steel_and_cars import S

    nothing = LabelledMatrix.build("W", np.zeros((2, 2)), S.rows)
    U, v = elements(S, nothing).U.values.toarray(), default_leak(S).to_numpy()
    with_own = (U * v).T
    np.testing.assert_allclose(influence(S), with_own.mean(axis=1), rtol=1e-14)


@many
@given(st.integers(0, 10_000))
def test_uds_is_where_output_ends_after_any_number_of_steps(seed: int):
    flows, final = economy(seed)
    others = flows.to_numpy() * (1 - np.eye(len(flows)))
    total = others.sum(axis=1) + final.to_numpy()
    D, ends = others / total[:, None], np.zeros_like(others)
    on_the_way = np.eye(len(D))
    for _ in range(20_000):
        ends += on_the_way * (final.to_numpy() / total)
        on_the_way = on_the_way @ D
        if on_the_way.max() < 1e-12:
            np.testing.assert_allclose(uds(flows, final).values.toarray(), ends, atol=1e-8)
            return


@many
@given(st.integers(0, 10_000))
def test_own_deliveries_change_nothing(seed: int):
    flows, outside = economy(seed)
    none = flows * (1 - np.eye(len(flows)))
    for shares in (uds, ucs):
        assert (shares(flows, outside).values != shares(none, outside).values).nnz == 0


def test_the_order_of_labels_changes_nothing():
    flows, outside = economy(7)
    turned = flows.iloc[::-1, ::-1]
    again = uds(turned, outside).to_frame().loc[flows.index, flows.columns]
    np.testing.assert_allclose(again, uds(flows, outside).to_frame(), atol=1e-15)


def test_an_industry_that_sells_nothing_to_others_is_named():
    flows = frame([[5, 0, 0], [0, 0, 75], [0, 0, 0]], TYRES)
    with pytest.raises(InputError, match="industry 'rubber' sells nothing to others"):
        uds(flows, {"rubber": 0.0, "tyres": 25, "autos": 50})
    with pytest.raises(InputError, match="industry 'rubber' has no cost"):
        ucs(flows, {"rubber": 0.0, "tyres": 25, "autos": 50})


def test_a_closed_set_without_final_demand_is_named():
    flows = frame([[0, 10, 0], [20, 0, 0], [3, 0, 0]], TYRES)
    with pytest.raises(ClosedClassError, match=r"'rubber', 'tyres' sell to each other") as caught:
        uds(flows, {"rubber": 0, "tyres": 0, "autos": 50})
    assert caught.value.classes == [["rubber", "tyres"]]


def test_a_closed_set_without_primary_inputs_is_named():
    flows = frame([[0, 10, 3], [20, 0, 0], [0, 0, 0]], TYRES)
    with pytest.raises(ClosedClassError, match=r"'rubber', 'tyres' buy from each other") as caught:
        ucs(flows, {"rubber": 0, "tyres": 0, "autos": 50})
    assert caught.value.classes == [["rubber", "tyres"]]


def test_negative_entries_are_named_by_their_cell():
    flows = frame([[0, 10, 0], [0, 0, -75], [0, 0, 0]], TYRES)
    with pytest.raises(InputError, match="FLOW: what 'tyres' delivers to 'autos' is -75"):
        uds(flows, {"rubber": 1, "tyres": 2, "autos": 3})
    with pytest.raises(InputError, match="primary: 'tyres' has -2"):
        ucs(abs(flows), {"rubber": 1, "tyres": -2, "autos": 3})


def test_flows_of_users_and_suppliers_are_not_taken_for_printed_ones():
    from spillgraph.analytics.steel_and_cars import Z, output

    with pytest.raises(InputError, match=r"Z is M\[receiver, source\].*Turn it round"):
        uds(Z, output["final_demand"])
    users = Z.to_frame().rename_axis(index="user", columns="supplier")
    with pytest.raises(InputError, match="in a printed table rows supply"):
        uds(users, output["final_demand"])
    assert uds(users.T, output["final_demand"]).rows == Z.rows


def test_a_printed_matrix_is_no_network_and_keeps_its_axes_in_files(tmp_path):
    from spillgraph.analytics import psi

    flows, outside = economy(3)
    shares = uds(flows, outside)
    with pytest.raises(InputError, match="its rows are upstream and its columns downstream"):
        psi(shares, shares)
    paths = save_matrix(shares, tmp_path / "UDS", ["npz", "parquet", "graphml"])
    assert load_matrix(paths[0]).axes == ("upstream", "downstream")
    assert list(pd.read_parquet(paths[1]))[:2] == ["upstream", "downstream"]
