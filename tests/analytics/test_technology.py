"""Models A to D and requirements: textbook, another program's numbers, identities, US 1992."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from spillgraph.analytics import (
    MakeAndUse,
    industry_technology,
    make_and_use,
    production_shares,
    requirements,
    technology_table,
)
from spillgraph.core.errors import ClosedClassError, InputError

SIDES = ("commodity", "industry")


def frame(values: object, rows: object = None, columns: object = None) -> pd.DataFrame:
    table = pd.DataFrame(np.asarray(values, dtype=float))
    rows = rows or [f"{k}" for k in range(1, len(table) + 1)]
    return table.set_axis(rows).set_axis(
        columns or [f"{k}" for k in range(1, 1 + table.shape[1])], axis=1
    )


def miller_blair() -> MakeAndUse:
    """The two-by-two example of Miller & Blair (2009), §5.3: industry 2 makes 10 of product 1."""
    make = frame([[90, 0], [10, 100]])
    use = frame([[12, 8, 80], [10, 7, 83], [68, 95, 0]], ["1", "2", "wages"], ["1", "2", "final"])
    return make_and_use(
        make, use, industries=["1", "2"], value_added_rows=["wages"], final_columns=["final"]
    )


def printed(matrix: object) -> np.ndarray:
    return matrix.to_frame().to_numpy().T  # type: ignore[attr-defined]


# What §5.3 to §5.5 come to, four digits: rows are what is needed, columns for whose delivery.
TEXTBOOK = {
    ("industry", "commodity", "commodity"): [[1.1568, 0.0898], [0.1314, 1.0782]],
    ("industry", "industry", "commodity"): [[1.0411, 0.0809], [0.2471, 1.0872]],
    ("industry", "industry", "industry"): [[1.1478, 0.0809], [0.1537, 1.0872]],
    ("industry", "commodity", "industry"): [[1.2753, 0.0898], [0.0262, 1.0782]],
    ("commodity", "commodity", "commodity"): [[1.1644, 0.0825], [0.1375, 1.0723]],
    ("commodity", "industry", "commodity"): [[1.1507, -0.0247], [0.1512, 1.1795]],
    ("commodity", "industry", "industry"): [[1.1507, 0.0821], [0.1512, 1.0861]],
    ("commodity", "commodity", "industry"): [[1.1644, 0.1808], [0.1375, 0.9873]],
}


@pytest.mark.parametrize(("technology", "of", "per"), TEXTBOOK)
def test_total_requirements_are_those_of_the_textbook(technology: str, of: str, per: str) -> None:
    needs = requirements(miller_blair(), technology)
    total = printed(needs.total(of, per))  # type: ignore[arg-type]
    np.testing.assert_allclose(total, TEXTBOOK[technology, of, per], atol=5.1e-5)
    # and by the book's own formulas, with inverses
    U, V = np.array([[12.0, 8], [10, 7]]), np.array([[90.0, 0], [10, 100]])
    B, D, C = U / V.sum(axis=1), V / V.sum(axis=0), V.T / V.sum(axis=1)
    T = D if technology == "industry" else np.linalg.inv(C)
    L = np.linalg.inv(np.eye(2) - T @ B)
    formula = {
        ("industry", "industry"): L,
        ("industry", "commodity"): T @ np.linalg.inv(np.eye(2) - B @ T),
        ("commodity", "commodity"): np.linalg.inv(np.eye(2) - B @ T),
        ("commodity", "industry"): np.linalg.inv(T) @ L,
    }
    np.testing.assert_allclose(total, formula[of, per], rtol=1e-12)


#: Coefficients that pySUT (IndEcol, 2014) prints in its own tests, for one supply and use table.
SUPPLY = [[30, 1, 1, 0, 0], [1, 5, 1, 0, 0], [2, 0, 3, 0, 0], [0, 0, 1, 1, 0], [0, 0, 0, 0, 8]]
USES = [[12, 4, 5, 0, 0], [1, 1, 1, 0, 0], [0, 1, 1, 0, 0], [1, 0, 0, 0, 0], [0, 1, 1, 0, 0]]
PYSUT = {
    "A": [
        [0.287015945, 0.742596811, 1.323462415, 0, 0],
        [0.009111617, 0.198177677, 0.264236902, 0, 0],
        [-0.025056948, 0.20501139, 0.273348519, 0, 0],
        [0.034168565, -0.006833713, -0.009111617, 0, 0],
        [-0.025056948, 0.20501139, 0.273348519, 0, 0],
    ],
    "B": [
        [0.387784091, 0.647186147, 0.645454545, 0.416666667, 0],
        [0.038825758, 0.147186147, 0.112121212, 0.083333333, 0],
        [0.010416667, 0.142857143, 0.1, 0.083333333, 0],
        [0.028409091, 0.004329004, 0.012121212, 0, 0],
        [0.010416667, 0.142857143, 0.1, 0.083333333, 0],
    ],
    "C": [
        [0.403189066, 0.664009112, 0.851936219, 0, 0],
        [0.031476496, 0.125284738, 0.123006834, 0, 0],
        [-0.048871402, 0.25284738, 0.230068337, 0, 0],
        [0.038448264, -0.04214123, -0.038344723, 0, 0],
        [0, 0.166666667, 0.166666667, 0, 0],
    ],
    "D": [
        [0.345238095, 0.71547619, 0.87172619, 0, 0],
        [0.033008658, 0.139880952, 0.145089286, 0, 0],
        [0.030844156, 0.144642857, 0.14985119, 0, 0],
        [0.015151515, 0, 0, 0, 0],
        [0, 0.166666667, 0.166666667, 0, 0],
    ],
}


@pytest.mark.parametrize("model", PYSUT)
def test_coefficients_are_those_of_another_program(model: str) -> None:
    labels = list("abcde")
    make, use = frame(SUPPLY, labels, labels).T, frame(USES, labels, labels)
    table = technology_table(make_and_use(make, use, industries=labels), model)
    coefficients = printed(table.Z) / table.gross_output.to_numpy()
    np.testing.assert_allclose(coefficients, PYSUT[model], atol=1.1e-9)
    negative = int((np.array(PYSUT[model]) < 0).sum())
    assert len(table.negatives) == negative and (table.negatives["value"] < 0).all()
    assert table.negative_before == 0


def random_tables(seed: int, square: bool = False) -> MakeAndUse:
    """Balanced tables with scrap and an import; every industry makes mostly its own product."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 6))
    m = n if square else n + int(rng.integers(0, 3))
    make = rng.integers(0, 10, (n, m)).astype(float)
    make[np.arange(n), np.arange(n)] += 10.0 * m
    make[0, n:] += 1.0
    used = rng.integers(0, 10, (m, n))
    goods, industries = [f"c{k}" for k in range(m)], [f"i{k}" for k in range(n)]
    V = frame(make, industries, goods)
    V["scrap"] = rng.integers(0, 10, n)
    U = frame(used, goods, industries)
    U.loc["abroad"] = rng.integers(0, 10, n)
    U.loc["scrap"] = rng.integers(0, 10, n)
    U["final"] = V.sum() - U.sum(axis=1)
    U = U.fillna(0.0)
    U.loc["wages"] = V.sum(axis=1) - U[industries].sum()
    U.loc["wages", "final"] = 0.0
    return make_and_use(
        V,
        U,
        industries=industries,
        scrap=["scrap"],
        value_added_rows=["wages"],
        final_columns=["final"],
    )


@pytest.mark.parametrize("model", "ABCD")
@pytest.mark.parametrize("seed", range(5))
def test_rows_and_columns_of_every_model_add_up_to_output(model: str, seed: int) -> None:
    given_tables = random_tables(seed, square=model in "AC")
    table = technology_table(given_tables, model)
    Z = printed(table.Z)
    sales = Z.sum(axis=1) + table.final_uses.sum(axis=1).to_numpy()
    np.testing.assert_allclose(sales, table.gross_output, rtol=1e-9, atol=1e-9)
    paid = Z.sum(axis=0) + table.value_added.sum().to_numpy() + table.imports + table.scrap
    np.testing.assert_allclose(paid, table.gross_output, rtol=1e-9, atol=1e-9)
    assert (
        table.imports.sum() == pytest.approx(given_tables.imports.sum(), abs=1e-9) or model in "AB"
    )
    if model in "BD":
        assert table.negatives.empty


@pytest.mark.parametrize("seed", range(3))
def test_without_secondary_output_all_models_are_the_use_table(seed: int) -> None:
    given_tables = random_tables(seed, square=True)
    goods = given_tables.make.sum(axis=0).to_numpy()
    use = given_tables.use
    pure = make_and_use(
        frame(np.diag(goods), list(use.columns), list(use.index)), use, industries=use.columns
    )
    for model in "ABCD":
        Z = technology_table(pure, model).Z
        np.testing.assert_allclose(printed(Z), use, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("technology", ["industry", "commodity"])
@pytest.mark.parametrize("seed", range(5))
def test_totals_are_one_network_seen_from_four_sides(technology: str, seed: int) -> None:
    needs = requirements(random_tables(seed, square=True), technology)
    direct = {(o, p): printed(needs.direct(o, p)) for o in SIDES for p in SIDES}  # type: ignore[arg-type]
    total = {(o, p): printed(needs.total(o, p)) for o in SIDES for p in SIDES}  # type: ignore[arg-type]
    for side in SIDES:
        n = len(total[side, side])
        product = (np.eye(n) - direct[side, side]) @ total[side, side]
        np.testing.assert_allclose(product, np.eye(n), atol=1e-9)
    T, B = needs.T.toarray(), needs.B.toarray()
    np.testing.assert_allclose(direct["commodity", "industry"], B)
    np.testing.assert_allclose(
        total["industry", "commodity"], T @ total["commodity", "commodity"], atol=1e-9
    )
    np.testing.assert_allclose(
        T @ total["commodity", "industry"], total["industry", "industry"], atol=1e-9
    )


@pytest.mark.parametrize("seed", range(6))
def test_final_demand_rebuilds_output(seed: int) -> None:
    given_tables = random_tables(seed)
    needs = requirements(given_tables)
    demand = given_tables.final_uses.sum(axis=1).reindex(needs.commodities, fill_value=0.0)
    q, g = needs.required_output(demand)
    made = list(given_tables.commodities)
    np.testing.assert_allclose(q[made], given_tables.commodity_output, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(g, given_tables.gross_output, rtol=1e-9, atol=1e-9)


# -- what is refused -------------------------------------------------------------------------------


def test_what_cannot_be_inverted_is_refused_by_name() -> None:
    use = frame([[1, 1], [1, 1], [1, 0]], list("abc"), list("AB"))
    wide = make_and_use(
        frame([[5, 1, 0], [0, 5, 1]], list("AB"), list("abc")), use, industries=["A", "B"]
    )
    with pytest.raises(
        InputError, match=r"3 products and 2 industries .*no industry mainly makes 'c'"
    ):
        technology_table(wide, "product technology")
    with pytest.raises(InputError, match="3 and 2"):
        requirements(wide).total("commodity", "industry")
    alike = frame([[5, 1], [10, 2]], list("AB"), list("ab"))
    same = make_and_use(alike, use.loc[["a", "b"]], industries=["A", "B"])
    with pytest.raises(InputError, match=r"has no inverse: .*no industry mainly makes 'b'"):
        technology_table(same, "C")
    assert technology_table(same, "D").Z.shape == (2, 2)


def test_names_of_models_are_taken_and_others_refused() -> None:
    given_tables = miller_blair()
    by_name = technology_table(given_tables, "commodity technology")
    assert by_name.model.letter == "A"
    with pytest.raises(InputError, match=r"model 'E'.*Valid names: A, B, C, D"):
        technology_table(given_tables, "E")
    with pytest.raises(InputError, match="technology 'both'"):
        requirements(given_tables, "both")
    with pytest.raises(InputError, match="'rows' is no side"):
        requirements(given_tables).direct("rows", "industry")  # type: ignore[arg-type]


def test_a_circle_of_industries_without_value_added_is_named() -> None:
    make = frame(np.diag([10.0, 20, 30]), list("ABC"), list("abc"))
    use = frame([[0, 20, 1], [10, 0, 0], [0, 0, 5]], list("abc"), list("ABC"))
    with pytest.raises(ClosedClassError, match=r"\{'A', 'B'\}"):
        requirements(make_and_use(make, use, industries=list("ABC")))


def test_an_industry_that_sells_nothing_is_named_where_it_matters() -> None:
    make = frame([[10, 0], [0, 0]], list("AB"), list("ab"))
    idle = frame([[1, 0], [0, 0]], list("ab"), list("AB"))
    given_tables = make_and_use(make, idle, industries=["A", "B"])
    assert given_tables.no_output == ("B",) and given_tables.not_made == ("b",)
    assert requirements(given_tables).total("industry", "industry").to_frame().loc["B", "B"] == 1
    busy = make_and_use(make, idle.assign(B=[3.0, 0]), industries=["A", "B"])
    with pytest.raises(InputError, match="industry 'B' makes nothing and uses 3"):
        requirements(busy)


def test_tables_that_do_not_balance_are_refused_with_the_largest_gap() -> None:
    given_tables = miller_blair()
    given_tables.require_balance()
    use = frame([[12, 8, 80], [10, 7, 33], [68, 95, 0]], ["1", "2", "wages"], ["1", "2", "final"])
    off = make_and_use(
        given_tables.make,
        use,
        industries=["1", "2"],
        value_added_rows=["wages"],
        final_columns=["final"],
    )
    assert off.unbalanced().to_dict() == {("commodity", "2"): -50.0}
    with pytest.raises(InputError, match="commodity '2' has use of 50 and make of 100"):
        off.require_balance()


# -- the US tables of 1992 -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def us_1992(data_folder: Path) -> tuple[dict[str, pd.DataFrame], MakeAndUse, dict[str, object]]:
    long = pd.read_csv(
        data_folder / "bea_io_1977_2002" / "bea_io_1992.csv.gz", dtype={"row": str, "col": str}
    )
    wide = {
        str(name): part.pivot(index="row", columns="col", values="value").fillna(0)
        for name, part in long.groupby("table")
    }
    industries = list(wide["make"].index)
    options: dict[str, object] = {
        "industries": industries,
        "scrap": ["81"],
        "value_added_rows": ["88", "89", "90"],
        "final_columns": [c for c in wide["use"].columns if c not in industries],
    }
    return wide, make_and_use(wide["make"], wide["use"], **options), options  # type: ignore[arg-type]


def test_us_1992_balances_and_names_what_nobody_makes(us_1992) -> None:
    _, given_tables, _ = us_1992
    given_tables.require_balance(1e-12)
    assert given_tables.not_made == ("80", "83") and given_tables.no_output == ()
    assert given_tables.imports.sum() == 44964 and given_tables.scrap_used.sum() == 7147


def test_us_1992_model_d_is_industry_technology(us_1992) -> None:
    wide, given_tables, options = us_1992
    old = industry_technology(wide["make"], wide["use"], **options)
    new = technology_table(given_tables, "D")
    np.testing.assert_allclose(printed(new.Z), old.flows, rtol=1e-12, atol=1e-9)
    np.testing.assert_allclose(new.final_uses.sum(axis=1), old.final_demand, rtol=1e-12)
    np.testing.assert_allclose(new.scrap, old.scrap, atol=1e-8)
    np.testing.assert_array_equal(new.imports, old.imports)
    other = industry_technology(wide["make"], wide["use"], **options, technology="commodity")
    np.testing.assert_allclose(
        printed(technology_table(given_tables, "C").Z), other.flows, rtol=1e-9, atol=1e-6
    )
    S = production_shares(new.Z, new.gross_output).S.to_frame()
    needs = requirements(given_tables).direct("industry", "industry").to_frame()
    settled = [code for code in S.index if code != "85"]  # an output below 0 has no shares
    np.testing.assert_allclose(needs.loc[settled], S.loc[settled], atol=1e-14)


def test_us_1992_negatives_of_product_technology_are_counted_and_kept(us_1992) -> None:
    _, given_tables, _ = us_1992
    counts = {model: len(technology_table(given_tables, model).negatives) for model in "ABCD"}
    # 2 cells of the make table are below 0: the inventory valuation adjustment.
    assert counts == {"A": 1805, "B": 9, "C": 2540, "D": 0}
    worst = technology_table(given_tables, "A").negatives.iloc[0]
    assert (worst["supplier"], worst["user"]) == ("59B", "70A")
    assert worst["value"] == pytest.approx(-2782.11, abs=0.01)


def test_us_1992_direct_requirements_are_the_published_ones(us_1992) -> None:
    wide, given_tables, _ = us_1992
    published = wide["cxi_direct_requirements"].drop(index=["88", "89", "90"])
    ours = requirements(given_tables).direct("commodity", "industry").to_frame().T
    difference = ours.loc[published.index, published.columns] - published
    assert difference.abs().max(axis=None) < 5.1e-8  # printed to seven digits
    assert ours.drop(index=published.index).abs().max(axis=None) == 0


@pytest.mark.parametrize(
    ("of", "name"),
    [("commodity", "cxc_total_requirements"), ("industry", "ixc_total_requirements")],
)
def test_us_1992_published_totals_are_met_at_the_median(us_1992, of, name) -> None:
    """BEA inverted at finer detail: single cells differ by up to .04, most by nothing."""
    wide, given_tables, _ = us_1992
    published = wide[name]
    ours = requirements(given_tables).total(of, "commodity").to_frame().T
    difference = (ours.loc[published.index, published.columns] - published).abs().to_numpy()
    assert np.median(difference) < 2.1e-5 and np.quantile(difference, 0.99) < 0.003
    assert difference.max() < 0.0382
