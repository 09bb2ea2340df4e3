"""Imports apart: what adds up, BEA's own import matrix of 2012, and blocks of countries."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from spillgraph.analytics import (
    MakeAndUse,
    imports_apart,
    imports_by_source,
    make_and_use,
    production_shares,
    technology_table,
)
from spillgraph.core.errors import InputError
from spillgraph.core.matrix import LabelledMatrix

GOODS = ["steel", "cars"]


def by_hand() -> MakeAndUse:
    make = pd.DataFrame({"steel": [90.0, 0], "cars": [10.0, 200]}, index=GOODS)
    use = pd.DataFrame(
        {
            "steel": [20.0, 21],
            "cars": [30.0, 84],
            "homes": [40.0, 115],
            "abroad": [9.0, 20],
            "from abroad": [-9.0, -30],
        },
        index=GOODS,
    )
    finals = ["homes", "abroad", "from abroad"]
    return make_and_use(make, use, industries=GOODS, final_columns=finals)


TOTALS = pd.Series({"cars": 30.0, "steel": 9.0, "coffee": 4.0})


def test_every_user_at_home_takes_the_same_share() -> None:
    parts = imports_apart(by_hand(), TOTALS, exports=["abroad"], import_columns=["from abroad"])
    assert parts.proportional and parts.above_use.empty
    assert parts.shares.to_dict() == {"steel": 9 / 90, "cars": 30 / 220}
    assert parts.imported_uses.loc["steel"].round(12).tolist() == [2, 3, 4, 0]
    np.testing.assert_allclose(parts.imported_uses.sum(axis=1), TOTALS[GOODS], rtol=1e-14)


def test_domestic_and_imported_add_up_to_the_shares_of_model_d() -> None:
    given_tables = by_hand()
    parts = imports_apart(given_tables, TOTALS, exports=["abroad"], import_columns=["from abroad"])
    table = technology_table(given_tables, "D")
    S = production_shares(table.Z, table.gross_output).S.to_frame()
    np.testing.assert_allclose(parts.S.to_frame(), S, atol=1e-15)
    both = parts.domestic.to_frame() + parts.imported.to_frame()
    np.testing.assert_allclose(both, S, atol=1e-15)
    assert (parts.domestic.values.data >= 0).all()


def test_a_matrix_is_taken_as_it_is_and_what_exceeds_the_use_is_listed() -> None:
    matrix = pd.DataFrame(
        {"steel": [1.0, 25], "cars": [2.0, 3], "homes": [6.0, 2], "from abroad": [-9.0, -30]},
        index=GOODS,
    )
    parts = imports_apart(by_hand(), matrix, import_columns=["from abroad"])
    assert not parts.proportional
    assert parts.imported_uses.loc["steel", ["steel", "cars", "homes", "abroad"]].tolist() == [
        1, 2, 6, 0,
    ]  # fmt: skip
    assert parts.above_use.values.tolist() == [["cars", "steel", 25.0, 21.0]]
    assert parts.domestic.to_frame().to_numpy().min() < 0
    # One share for each use gives the same as totals.
    same = imports_apart(by_hand(), TOTALS, exports=["abroad"], import_columns=["from abroad"])
    again = imports_apart(by_hand(), same.imported_uses, import_columns=["from abroad"])
    assert again.imported.to_frame().equals(same.imported.to_frame())


@pytest.mark.parametrize(
    ("imports", "options", "message"),
    [
        (TOTALS, {"exports": ["abroard"]}, "'abroard': this final column .*'abroad'"),
        (
            pd.DataFrame(1.0, GOODS, ["steel", "cars", "Total"]),
            {},
            "'Total' is a column of the import matrix and no user",
        ),
        (pd.DataFrame(1.0, ["tea"], GOODS), {}, "no row is a commodity .*'tea'"),
        ([1.0, 2.0], {}, "got a list"),
    ],
)
def test_imports_that_do_not_fit_are_refused_by_name(imports, options, message: str) -> None:
    with pytest.raises(InputError, match=message):
        imports_apart(by_hand(), imports, **options)


def test_imports_that_nobody_takes_are_named() -> None:
    make = pd.DataFrame({"steel": [10.0], "tea": [5.0]}, index=["steel"])
    use = pd.DataFrame({"steel": [4.0, 0], "abroad": [6.0, 5]}, index=["steel", "tea"])
    given_tables = make_and_use(make, use, industries=["steel"], final_columns=["abroad"])
    with pytest.raises(InputError, match="3 of commodity 'tea' come in and no user at home"):
        imports_apart(given_tables, pd.Series({"tea": 3.0}), exports=["abroad"])


def test_foreign_blocks_are_added_up_by_country_and_by_sector() -> None:
    rng = np.random.default_rng(3)
    labels = [f"{c}_{s}" for c in ("DE", "FR", "US") for s in ("cars", "steel")]
    S = LabelledMatrix.build("S", rng.uniform(0, 0.1, (6, 6)), labels)
    country = pd.Series({label: label[:2] for label in labels})[::-1]
    sector = pd.Series({label: label[3:] for label in labels})
    parts = imports_by_source(S, country, sector)
    full = S.to_frame()
    both = parts.domestic.to_frame() + parts.imported.to_frame()
    assert both.equals(full)
    for user in labels:
        for home in ("DE", "FR", "US"):
            cells = [full.loc[user, x] for x in labels if x[:2] == home]
            assert parts.by_country.loc[user, home] == pytest.approx(sum(cells))
        for name in ("cars", "steel"):
            cells = [full.loc[user, x] for x in labels if x[3:] == name and x[:2] != user[:2]]
            assert parts.by_sector.loc[user, name] == pytest.approx(sum(cells))
    assert imports_by_source(S, country).by_sector.shape == (6, 0)


@pytest.fixture(scope="module")
def detail_2012(data_folder: Path) -> dict[str, pd.DataFrame]:
    path = data_folder / "bea_io_2012_2017" / "detail_tables.csv.gz"
    if not path.is_file():
        pytest.skip(f"no detailed US tables at {path}")
    names = ["Detail_Make_2012_{}", "Detail_Use_2012_PRO_{}", "Detail_Import_2012_{}"]
    wanted = {name.format("BeforeRedef_12sch"): name.split("_")[1] for name in names}
    rows = pd.read_csv(path, dtype={"row": str, "col": str})
    rows = rows[~rows["row"].str.startswith("T0") & ~rows["col"].str.startswith("T0")]
    return {
        short: rows[rows["table"] == name]
        .pivot(index="row", columns="col", values="value")
        .fillna(0.0)
        for name, short in wanted.items()
    }


def test_us_2012_import_totals_rebuild_the_published_import_matrix(detail_2012) -> None:
    """BEA assumes proportionality below the detail it prints: equal where it splits no further."""
    make, use, published = (detail_2012[name] for name in ("Make", "Use", "Import"))
    industries = list(make.index)
    given_tables = make_and_use(
        make,
        use,
        industries=industries,
        scrap=["S00401", "S00402"],
        value_added_rows=["V00100", "V00200", "V00300"],
        final_columns=[c for c in use.columns if c not in set(industries)],
    )
    matrix = published.drop(columns="F05000")
    totals = matrix.sum(axis=1)
    options = {"exports": ["F04000"], "import_columns": ["F05000"]}
    ours = imports_apart(given_tables, totals, **options).imported_uses
    theirs = imports_apart(given_tables, published, **options).imported_uses
    np.testing.assert_allclose(ours.sum(axis=1), theirs.sum(axis=1), rtol=1e-9)
    assert np.corrcoef(ours.to_numpy().ravel(), theirs.to_numpy().ravel())[0, 1] > 0.985
    light_trucks = ours.loc["336112"] - theirs.loc["336112"]
    assert light_trucks.abs().max() < 0.003 * totals["336112"]
    filled = theirs.to_numpy() > 0
    assert (np.abs(ours - theirs).to_numpy() <= 1.0)[filled].mean() > 0.46
