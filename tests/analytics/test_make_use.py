"""Make and use to industries: balances, a table by hand, and the US tables of 1992."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spillgraph.analytics import (
    IndustryTechnology,
    citation_shares,
    elements,
    industry_technology,
    production_shares,
    psi,
)
from spillgraph.core.errors import InputError
from spillgraph.core.matrix import LabelledMatrix

quick = settings(max_examples=40, deadline=None)
INDUSTRIES = ["steel", "cars"]


def by_hand() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Steel makes 10 of the cars and 20 of scrap; abroad sends 5 that nobody makes."""
    make = pd.DataFrame(
        {"steel": [70.0, 0], "cars": [10.0, 200], "scrap": [20.0, 0]}, index=INDUSTRIES
    )
    use = pd.DataFrame(
        {
            "steel": [20.0, 21, 7, 5, 47],
            "cars": [30.0, 84, 9, 0, 77],
            "homes": [20.0, 100, 4, 0, 0],
            "abroad": [0.0, 5, 0, -5, 0],
        },
        index=["steel", "cars", "scrap", "rubber", "wages"],
    )
    return make, use


def table_by_hand(**changes: object) -> IndustryTechnology:
    make, use = by_hand()
    options = {
        "industries": INDUSTRIES,
        "scrap": ["scrap"],
        "value_added_rows": ["wages"],
        "final_columns": ["homes", "abroad"],
    }
    return industry_technology(make, use, **{**options, **changes})  # type: ignore[arg-type]


def test_a_table_by_hand_follows_the_derivation():
    table = table_by_hand()
    # g of steel is 100, of which 20 scrap: 1/(1 − p) = 1.25. D: all steel, 1/21 of the cars.
    want = [[1.25 * (20 + 21 / 21), 1.25 * (30 + 84 / 21)], [21 * 20 / 21, 84 * 20 / 21]]
    np.testing.assert_allclose(table.flows, want, rtol=1e-14)
    np.testing.assert_allclose(table.final_demand, [1.25 * (20 + 105 / 21), 100], rtol=1e-14)
    assert table.gross_output.to_dict() == {"steel": 100, "cars": 200}
    assert table.value_added.to_dict() == {"steel": 47, "cars": 77}
    assert (table.flows.index.name, table.flows.columns.name) == ("supplier", "user")


def test_what_no_industry_supplies_is_reported_by_reason():
    table = table_by_hand()
    assert table.dropped == {
        "scrap, intermediate": 16,
        "scrap, final": 4,
        "not made, intermediate": 5,
        "not made, final": -5,
    }
    assert table.not_made == ("rubber",)
    everything = by_hand()[1].loc[["steel", "cars", "scrap", "rubber"]].to_numpy().sum()
    kept = by_hand()[1].loc[INDUSTRIES].to_numpy().sum()
    assert sum(table.dropped.values()) == everything - kept


def test_a_commodity_with_an_empty_make_column_is_not_made():
    make, use = by_hand()
    table = industry_technology(
        make.assign(rubber=0.0),
        use,
        industries=INDUSTRIES,
        scrap=["scrap"],
        value_added_rows=["wages"],
        final_columns=["homes", "abroad"],
    )
    assert table.not_made == ("rubber",)
    pd.testing.assert_frame_equal(table.flows, table_by_hand().flows)


def test_a_commodity_that_nobody_uses_adds_output_and_no_flow():
    make, use = by_hand()
    table = industry_technology(
        make.assign(medals=[0.0, 5]),
        use,
        industries=INDUSTRIES,
        scrap=["scrap"],
        value_added_rows=["wages"],
        final_columns=["homes", "abroad"],
    )
    assert table.gross_output.to_dict() == {"steel": 100, "cars": 205}
    pd.testing.assert_frame_equal(table.flows, table_by_hand().flows)


@st.composite
def balanced(draw: st.DrawFn) -> tuple[pd.DataFrame, pd.DataFrame, pd.Series]:
    """Tables in which the supply of every commodity is its use, scrap included or not."""
    n, m = draw(st.integers(1, 4)), draw(st.integers(1, 5))
    industries, goods = [f"i{k}" for k in range(n)], [f"c{k}" for k in range(m)]
    whole = st.integers(0, 9)
    made = np.array(draw(st.lists(st.lists(whole, min_size=m, max_size=m), min_size=n, max_size=n)))
    made[np.arange(n), np.arange(n) % m] += 1  # every industry makes something but scrap
    made[np.arange(m) % n, np.arange(m)] += 1  # and every commodity is made
    used = np.array(draw(st.lists(st.lists(whole, min_size=n, max_size=n), min_size=m, max_size=m)))
    scrap = np.array(draw(st.lists(whole, min_size=n, max_size=n)))
    make = pd.DataFrame(made, industries, goods, dtype=float)
    use = pd.DataFrame(used, goods, industries, dtype=float)
    use["final"] = make.sum() - use.sum(axis=1)
    return make, use, pd.Series(scrap, industries, dtype=float)


@quick
@given(balanced())
def test_sales_to_industries_and_final_users_exhaust_gross_output(tables):
    make, use, scrap = tables
    table = industry_technology(
        make.assign(scrap=scrap),
        use,
        industries=list(make.index),
        scrap=["scrap"],
        final_columns=["final"],
    )
    sales = table.flows.sum(axis=1) + table.final_demand
    np.testing.assert_allclose(sales, table.gross_output, rtol=1e-12, atol=1e-10)
    np.testing.assert_allclose(table.gross_output, make.sum(axis=1) + scrap)


@quick
@given(balanced())
def test_without_scrap_every_user_buys_what_it_used(tables):
    make, use, _ = tables
    table = industry_technology(make, use, industries=list(make.index), final_columns=["final"])
    np.testing.assert_allclose(table.flows.sum(), use[list(make.index)].sum(), rtol=1e-12)
    assert set(table.dropped.values()) == {0.0} and table.not_made == ()


@quick
@given(balanced(), st.randoms(use_true_random=False))
def test_permuting_industries_and_commodities_permutes_the_table(tables, random):
    make, use, scrap = tables
    order = random.sample(list(make.index), len(make))
    goods = random.sample(list(make.columns), make.shape[1])
    options = {"scrap": ["scrap"], "final_columns": ["final"]}
    make = make.assign(scrap=scrap)
    first = industry_technology(make, use, industries=list(make.index), **options)
    shuffled = make[["scrap", *goods]].sample(frac=1, random_state=1)
    second = industry_technology(shuffled, use.loc[goods[::-1]], industries=order, **options)
    pd.testing.assert_frame_equal(second.flows, first.flows.loc[order, order])
    pd.testing.assert_series_equal(second.final_demand, first.final_demand[order])


def test_industries_that_make_one_commodity_each_keep_the_use_table():
    use = by_hand()[1]
    pure = pd.DataFrame(np.diag([90.0, 210]), INDUSTRIES, INDUSTRIES)
    table = industry_technology(
        pure, use.loc[INDUSTRIES], industries=INDUSTRIES, final_columns=["homes", "abroad"]
    )
    assert (table.flows.to_numpy() == use.loc[INDUSTRIES, INDUSTRIES].to_numpy()).all()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"industries": ["steel"]}, "'cars': this row of the make table is not among"),
        ({"industries": ["steel", "carts"]}, "'carts': this industry .*'cars'"),
        ({"final_columns": ["homes"]}, "'abroad': this column of the use table is neither"),
        ({"final_columns": ["homes", "abroad", "abroad"]}, "final columns: 'abroad' twice"),
        ({"final_columns": ["homes", "abroad", "stars"]}, "'stars': this final column"),
        ({"value_added_rows": ["wagons"]}, "'wagons': this value-added row .*'wages'"),
        ({"scrap": ["rags"]}, "scrap: commodity 'rags'"),
    ],
)
def test_codes_that_are_not_there_are_refused_by_name(changes, message):
    with pytest.raises(InputError, match=message):
        table_by_hand(**changes)


def test_tables_that_have_no_market_shares_are_refused_by_name():
    make, use = by_hand()
    options = {"industries": INDUSTRIES, "final_columns": ["homes", "abroad"]}
    hole = make.copy()
    hole.loc["cars", "steel"] = np.nan
    with pytest.raises(InputError, match="make table: row 'cars', column 'steel'"):
        industry_technology(hole, use, **options)
    cancelled = make.assign(steel=[7.0, -7.0])
    with pytest.raises(InputError, match="commodity 'steel' cancel to zero"):
        industry_technology(cancelled, use, **options)
    rags = make.assign(steel=0.0, cars=[0.0, 200])
    with pytest.raises(InputError, match="industry 'steel' makes nothing but scrap"):
        industry_technology(rags, use, scrap=["scrap"], **options)
    with pytest.raises(InputError, match="use table, rows: label 'cars' occurs twice"):
        industry_technology(make, pd.concat([use, use.loc[["cars"]]]), **options)


DATA = Path(os.environ.get("SPILLGRAPH_DATA", Path(__file__).parents[3] / "shared" / "data"))
real = pytest.mark.skipif(
    not (DATA / "bea_io_1977_2002").is_dir(),
    reason=f"no real data under {DATA}; set SPILLGRAPH_DATA to the folder that holds it",
)


def us_1992() -> tuple[dict[str, pd.DataFrame], IndustryTechnology]:
    path = DATA / "bea_io_1977_2002" / "bea_io_1992.csv.gz"
    long = pd.read_csv(path, dtype={"row": str, "col": str})
    tables = {
        str(name): part.pivot(index="row", columns="col", values="value").fillna(0)
        for name, part in long.groupby("table")
    }
    industries = list(tables["make"].index)
    final = [column for column in tables["use"].columns if column not in industries]
    assert final[0] == "91" and final[-1] == "99I" and len(final) == 13
    table = industry_technology(
        tables["make"],
        tables["use"],
        industries=industries,
        scrap=["81"],
        value_added_rows=["88", "89", "90"],
        final_columns=final,
    )
    return tables, table


def us_1992_citations() -> LabelledMatrix:
    path = DATA / "patent_class_to_industry" / "derived_techflow_io92.csv.gz"
    flow = pd.read_csv(path, index_col=0, dtype={0: str}).T  # maker × user becomes user × maker
    return LabelledMatrix.build("K", flow.to_numpy(), list(flow.index), list(flow.columns))


def production_1992() -> object:
    _, table = us_1992()
    purchases = table.flows.T
    Z = LabelledMatrix.build("Z", purchases.to_numpy(), list(purchases.index), year=1992)
    return production_shares(Z, table.gross_output)


@real
def test_us_1992_direct_requirements_are_the_published_ones():
    tables, table = us_1992()
    published = tables["cxi_direct_requirements"]
    ours = tables["use"][list(table.gross_output.index)] / table.gross_output
    difference = ours.loc[published.index, published.columns] - published
    assert difference.abs().max(axis=None) < 5.1e-8
    assert ours.drop(index=published.index).abs().max(axis=None) == 0


@real
def test_us_1992_drops_noncomparable_imports_and_scrap_with_their_amounts():
    _, table = us_1992()
    assert table.not_made == ("80", "83")  # noncomparable imports, rest-of-world adjustment
    assert table.dropped == {
        "scrap, intermediate": 7147,
        "scrap, final": -4972,
        "not made, intermediate": 44964,
        "not made, final": -44964,
    }


@real
def test_us_1992_sales_exhaust_output_and_final_demand_rebuilds_it():
    _, table = us_1992()
    sales = table.flows.sum(axis=1) + table.final_demand
    np.testing.assert_allclose(sales, table.gross_output, rtol=1e-12)
    shares = production_1992()
    U = np.linalg.inv(np.eye(94) - shares.S.values.toarray())
    np.testing.assert_allclose(table.final_demand @ U, table.gross_output, rtol=1e-10)
    assert table.value_added.sum() == 3645042 + 505591 + 2083272


@real
def test_us_1992_published_total_requirements_are_met_at_the_median():
    """BEA inverted at finer detail, so single cells differ by up to .04 and most by nothing."""
    tables, table = us_1992()
    make = tables["make"].drop(columns="81")
    scale = table.gross_output.to_numpy() / make.sum(axis=1).to_numpy()
    W = scale[:, None] * (make / make.sum()).to_numpy()
    U = np.linalg.inv(np.eye(94) - production_1992().S.values.toarray()).T
    ours = pd.DataFrame(U @ W, make.index, make.columns)
    published = tables["ixc_total_requirements"]
    shared = published.columns.intersection(make.columns)
    difference = (ours - published)[shared].abs().to_numpy()
    assert np.median(difference) < 5e-5 and difference.max() < 0.04


@real
def test_us_1992_spectral_radii_are_those_of_the_data_notes():
    S, W = production_1992(), citation_shares(us_1992_citations())
    assert W.zero_rows == ("71A", "79", "82", "84", "85")
    assert S.zero_output == ("85",)  # the inventory valuation adjustment, an output below 0
    assert S.heavy_rows == ()
    proof = psi(S.S, W.W, own_leak=W.leak).proof
    assert proof.rho_S == pytest.approx((0.48546, 0.48546), abs=5e-6)
    assert proof.rho_W == pytest.approx((0.76821, 0.76821), abs=5e-6)
    assert proof.residual < 1e-13 and proof.error_benefit < 1e-11
    parts = elements(S.S, W.W, own_leak=W.leak)
    psi_leak = parts.psi.to_frame() @ W.leak
    np.testing.assert_allclose(psi_leak, parts.U.to_frame().sum(axis=1), rtol=1e-12)
