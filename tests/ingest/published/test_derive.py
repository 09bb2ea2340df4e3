"""What is made of make and use tables on wish: models, domestic uses, balance, requirements."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
import spillgraph
from spillgraph.analytics import imports_apart, technology_table
from spillgraph.core.errors import InputError
from spillgraph.ingest.published import (
    PublishedTable,
    audit,
    derive,
    read_published,
    write_study,
)
from spillgraph.ingest.published.crossings import crossings
from spillgraph.ingest.published.frames import tables_of

from . import layouts

MAKE = "make,ore,steel,cars\nmines,50,0,0\nsteel,0,90,10\ncars,0,0,200\n"
USE = (
    "use,mines,steel,cars,homes,exports,imports\nore,5,40,0,3,12,-10\n"
    "steel,2,25,45,20,8,-10\ncars,3,5,30,150,62,-40\nwages,40,30,125,,,\n"
)


def _read(folder, make: str = MAKE, use: str = USE) -> PublishedTable:
    (folder / "make_2017.csv").write_text(make)
    (folder / "use_2017.csv").write_text(use)
    return read_published(folder, "supply-use")


@pytest.fixture
def table(tmp_path) -> PublishedTable:
    return _read(tmp_path)


def dense(frame: pd.DataFrame, row: str, column: str) -> pd.DataFrame:
    return frame.pivot(index=row, columns=column, values="value").fillna(0.0)


def _flows(study, codes) -> tuple[pd.DataFrame, float]:
    """Flows of the study between industries, receivers in rows, and the misfit of its accounts."""
    _, economy = spillgraph.check(study)
    (trade,) = economy.flows
    frame = dense(trade.table.to_pandas(), "receiver", "source")
    flows = frame.reindex(index=codes, columns=codes).fillna(0.0)
    return flows, economy.accounts[2017].misfit


@pytest.mark.parametrize("model", ["A", "B"])
def test_models_of_products_are_those_of_the_handbooks(model, table, tmp_path) -> None:
    wanted = technology_table(tables_of(table), model)
    found = derive(table, model=model)
    assert found.is_symmetric and found.model == model and found.printed is table
    flows = dense(found.flows, "supplier", "user").reindex(
        index=wanted.Z.rows, columns=wanted.Z.rows
    )
    np.testing.assert_allclose(flows, wanted.Z.to_frame().T, atol=1e-12)
    assert audit(found).balance["difference"].abs().max() < 1e-9
    study = write_study(found, tmp_path / "study")
    if model == "A":
        assert spillgraph.check(study)[1].accounts[2017].misfit < 1e-12
    assert (study.parent / "printed" / "make.csv").is_file()


def test_models_of_industries_are_made_by_the_study(table, tmp_path) -> None:
    plain = write_study(derive(table, model="D"), tmp_path / "plain")
    assert "technology" not in plain.read_text().partition("[make_use]")[2]
    wanted = technology_table(tables_of(table), "C")
    study = write_study(derive(table, model="C"), tmp_path / "study")
    assert 'technology = "commodity"' in study.read_text()
    np.testing.assert_allclose(_flows(study, wanted.Z.rows)[0], wanted.Z.to_frame(), atol=1e-12)


def test_negative_flows_of_a_model_are_counted_and_named(tmp_path) -> None:
    found = derive(_read(tmp_path, use=USE.replace("cars,3,5,30", "cars,3,0,35")), model="A")
    assert any("of 9 flows are negative" in note and "cars → steel" in note for note in found.notes)
    kept = found.flows[found.flows["value"] < 0]
    assert kept[["supplier", "user"]].to_numpy().tolist() == [["cars", "steel"]]
    assert 'negative = "keep"' in write_study(found, tmp_path / "study").read_text()


def test_domestic_uses_are_uses_less_a_share_of_imports(table, tmp_path) -> None:
    """Of steel 10 of 92 used at home come from abroad, and exports hold none."""
    found = derive(table, domestic=True)
    use = dense(found.use, "commodity", "user")
    assert use.loc["steel", "cars"] == pytest.approx(45 * (1 - 10 / 92))
    sold = dense(found.final_demand, "supplier", "use")
    assert sold.loc["steel", "exports"] == 8 and "imports" not in sold
    assert audit(found).balance["difference"].abs().max() < 1e-9
    parts = imports_apart(
        tables_of(table),
        pd.Series({"ore": 10.0, "steel": 10.0, "cars": 40.0}),
        exports=["exports"],
        import_columns=["imports"],
    )
    study = write_study(found, tmp_path / "study")
    assert 'imports = ["imports"]' in study.read_text()
    wanted = parts.domestic.to_frame()
    flows, misfit = _flows(study, parts.S.rows)
    shares = flows.div(tables_of(table).gross_output, axis=0)
    np.testing.assert_allclose(shares, wanted, atol=1e-12)
    assert misfit < 1e-12


LAYOUTS = {
    "matrix": "imports,mines,steel,cars,homes,total\nore,1,9,0,0,10\nsteel,0,2,6,2,10\n"
    "cars,0,0,8,32,40\n",
    "long": "commodity,user,value\nore,mines,1\nore,steel,9\nsteel,steel,2\nsteel,cars,6\n"
    "steel,homes,2\ncars,cars,8\ncars,homes,32\n",
    "of several": "table,row,col,value\nimport_2012,ore,steel,3\nimports_2017,ore,mines,1\n"
    "imports_2017,ore,steel,9\nimports_2017,steel,steel,2\nimports_2017,steel,cars,6\n"
    "imports_2017,steel,homes,2\nimports_2017,cars,cars,8\nimports_2017,cars,homes,32\n",
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_import_matrix_says_who_imports(layout, table, tmp_path) -> None:
    path = tmp_path / "imports.csv"
    path.write_text(LAYOUTS[layout])
    found = derive(table, import_matrix=path)
    use = dense(found.use, "commodity", "user")
    assert use.loc["ore", "steel"] == 31 and use.loc["steel", "cars"] == 39
    assert found.imports.set_index("industry")["value"].to_dict() == {
        "mines": 1.0,
        "steel": 11.0,
        "cars": 14.0,
    }
    assert audit(found).balance["difference"].abs().max() < 1e-9


def test_what_a_matrix_and_the_column_of_imports_say_differently_stays_there(
    table, tmp_path
) -> None:
    path = tmp_path / "imports.csv"
    path.write_text(LAYOUTS["long"].replace("cars,homes,32", "cars,homes,25"))
    found = derive(table, import_matrix=path)
    left = found.final_demand[found.final_demand["use"] == "imports"]
    assert left[["supplier", "value"]].to_numpy().tolist() == [["cars", pytest.approx(-7.0)]]
    assert any("stay in their column: cars 7" in note for note in found.notes)
    assert audit(found).balance["difference"].abs().max() < 1e-9


def test_more_imports_than_uses_at_home_go_abroad_again(tmp_path) -> None:
    use = USE.replace("ore,5,40,0,3,12,-10", "ore,5,40,0,3,52,-50")
    found = derive(_read(tmp_path, use=use), domestic=True)
    assert any("of 'ore' more comes in than is used at home" in note for note in found.notes)
    assert (dense(found.use, "commodity", "user").to_numpy() >= 0).all()
    assert audit(found).balance["difference"].abs().max() < 1e-9


def test_imports_that_no_column_holds_are_refused(tmp_path) -> None:
    use = USE.replace("imports", "abroad")
    with pytest.raises(InputError, match=r"no column holds imports .*'homes', 'exports', 'abroad'"):
        derive(_read(tmp_path, use=use), domestic=True)


def test_columns_of_imports_and_exports_go_by_any_code(table, tmp_path) -> None:
    use = USE.replace("exports", "94").replace("imports", "95")
    other = _read(tmp_path, use=use)
    found = derive(other, import_columns=["95"], export_columns=["94"])
    wanted = derive(table, domestic=True)
    pd.testing.assert_frame_equal(found.use, wanted.use)
    with pytest.raises(InputError, match=r"no column of final uses or supply is '96'"):
        derive(other, import_columns=["96"])


SIC = (
    "table,row,col,value\nmake,01,01,50\nmake,02,02,90\nmake,02,03,10\nmake,03,03,200\n"
    + "".join(
        f"use,{row},{column},{value}\n"
        for row, cells in (
            ("01", (5, 40, 0, 3, 0, 0, 12, -10)),
            ("02", (2, 25, 45, 20, 0, 0, 8, -10)),
            ("03", (3, 5, 30, 100, 45, 5, 62, -40)),
            ("88", (30, 20, 100, 0, 0, 0, 0, 0)),
            ("89", (5, 5, 15, 0, 0, 0, 0, 0)),
            ("90", (5, 5, 10, 0, 0, 0, 0, 0)),
        )
        for column, value in zip(
            ("01", "02", "03", "91", "92", "93", "94", "95"), cells, strict=True
        )
        if value
    )
)


def test_columns_94_and_95_of_the_sic_era_are_exports_and_imports(tmp_path) -> None:
    path = tmp_path / "us_1992.csv"
    path.write_text(SIC)
    table = read_published(path, "long", year=1992)
    found = derive(table, domestic=True)
    assert found.exports == ("94",)
    assert dense(found.use, "commodity", "user").loc["02", "03"] == pytest.approx(
        45 * (1 - 10 / 92)
    )
    wanted = derive(table, import_columns=["95"], export_columns=["94"])
    pd.testing.assert_frame_equal(found.use, wanted.use)


def test_a_table_that_does_not_balance_is_balanced_on_wish_and_kept(tmp_path) -> None:
    table = _read(tmp_path, use=USE.replace("steel,2,25,45", "steel,2,28,47"))
    found = derive(table, balance=True)
    assert audit(table).balance["misfit"].max() > 0.01
    assert audit(found).balance["misfit"].max() < 1e-8
    assert any("balanced by GRAS" in note and "% of output" in note for note in found.notes)
    np.testing.assert_allclose(
        found.final_demand.groupby("use", observed=True)["value"].sum(),
        table.final_demand.groupby("use", observed=True)["value"].sum(),
        rtol=1e-9,
    )
    signs = [np.sign(each["value"].to_numpy(float)) for each in (found.use, table.use)]
    np.testing.assert_array_equal(*signs)
    study = write_study(found, tmp_path / "study")
    kept = pd.read_csv(study.parent / "printed" / "use.csv")
    assert kept["value"].sum() == table.use["value"].sum()
    assert "balanced by GRAS" in study.read_text()
    assert json.loads((study.parent / "audit.json").read_text())["balance"][-1]["misfit"] < 1e-8


def test_a_table_that_adds_up_is_not_changed_by_balancing(table) -> None:
    found = derive(table, balance=True)
    assert found.notes[-1].endswith("rows and columns add up already, and no cell is changed")


def test_margins_and_taxes_of_a_supply_table_are_no_users_of_imports(tmp_path) -> None:
    """The Bureau's framework: of farm goods 10 of 123 used at home come from abroad."""
    table = read_published(layouts.bea_framework(tmp_path))
    found = derive(table, domestic=True)
    use = dense(found.use, "commodity", "user")
    assert use.loc["111CA", "211"] == pytest.approx(40 * (1 - 10 / 123))
    assert use.loc["211", "111CA"] == pytest.approx(30 * (1 - 20 / 216))
    assert audit(found).balance["difference"].abs().max() < 1e-9
    pd.testing.assert_frame_equal(
        found.supply.astype(object),
        table.supply[table.supply["part"] != "MCIF"].reset_index(drop=True).astype(object),
    )
    study = write_study(derive(table, domestic=True, model="B"), tmp_path / "study")
    assert spillgraph.check(study)[1].accounts[2017].misfit < 1e-12
    assert spillgraph.check(write_study(found, tmp_path / "plain"))[1].accounts[2017].misfit < 1e-12


def test_balanced_cells_are_those_of_gras_by_hand(tmp_path) -> None:
    """Positive cells times r s, negative ones over r s, until all lines have their totals."""
    table = _read(tmp_path, use=USE.replace("steel,2,25,45", "steel,2,28,47"))
    found = derive(table, balance=True)
    a = np.array(
        [
            [5, 40, 0, 3, 12, -10],
            [2, 28, 47, 20, 8, -10],
            [3, 5, 30, 150, 62, -40],
            [40, 30, 125, 0, 0, 0],
        ],
        dtype=float,
    )
    columns = np.array([50, 100, 200, *a[:, 3:].sum(axis=0)])
    rows = np.array([50, 90, 210, columns.sum() - 350])
    P, N, r, s = np.maximum(a, 0), np.maximum(-a, 0), np.ones(4), np.ones(6)
    for _ in range(500):
        for side, other, total, p, n in ((r, s, rows, P, N), (s, r, columns, P.T, N.T)):
            plus, minus = p @ other, n @ (1 / other)
            with np.errstate(divide="ignore", invalid="ignore"):
                root = (total + np.sqrt(total**2 + 4 * plus * minus)) / (2 * plus)
            side[:] = np.where(plus > 0, root, -minus / total)
    wanted = P * np.outer(r, s) - N / np.outer(r, s)
    use = dense(found.use, "commodity", "user")
    mine = use.loc[["ore", "steel", "cars"], ["mines", "steel", "cars"]]
    np.testing.assert_allclose(mine, wanted[:3, :3], rtol=1e-7)
    sold = dense(found.final_demand, "supplier", "use")
    sold = sold.loc[["ore", "steel", "cars"], ["homes", "exports", "imports"]]
    np.testing.assert_allclose(sold, wanted[:3, 3:], rtol=1e-7)


def test_a_symmetric_table_is_balanced_too(tmp_path) -> None:
    (tmp_path / "io_2017.csv").write_text(
        "flows,steel,cars,homes,Total output\nsteel,20,25,60,100\ncars,30,80,90,200\n"
        "wages,55,100,,\n"
    )
    table = read_published(tmp_path / "io_2017.csv")
    found = derive(table, balance=True, totals="warn")
    assert audit(found).balance["difference"].abs().max() < 1e-7
    assert found.output["gross_output"].tolist() == [100.0, 200.0]
    assert found.final_demand["value"].sum() == pytest.approx(150.0)


def test_what_contradicts_itself_is_not_balanced(tmp_path) -> None:
    table = _read(tmp_path, use=USE.replace("steel,2,25,45", "steel,2,250,45"))
    with pytest.raises(InputError, match=r"'steel' .* supplied and .* used.*--totals warn"):
        derive(table, balance=True)
    assert audit(derive(table, balance=True, totals="warn")).balance["misfit"].max() < 1e-6


def test_options_of_make_and_use_are_refused_for_symmetric_tables(tmp_path) -> None:
    (tmp_path / "io_2017.csv").write_text(
        "flows,steel,cars,homes\nsteel,20,20,60\ncars,30,80,90\nwages,50,100,\n"
    )
    table = read_published(tmp_path / "io_2017.csv")
    for options in ({"model": "A"}, {"domestic": True}, {"import_matrix": "x.csv"}):
        with pytest.raises(InputError, match=r"is for make \(or supply\) and use tables"):
            derive(table, **options)
    with pytest.raises(InputError, match=r"--requirements is for make"):
        write_study(table, tmp_path / "study", requirements=True)
    with pytest.raises(InputError, match=r"model 'E': there is no such model"):
        derive(table, model="E")


def test_nothing_asked_changes_nothing(table) -> None:
    assert derive(table) is table


def test_requirements_are_printed_in_all_crossings(table, tmp_path) -> None:
    study = write_study(table, tmp_path / "study", requirements=True)
    folder = study.parent / "requirements"
    names = sorted(path.stem for path in folder.iterdir())
    sides = ("commodity", "industry")
    wanted = [f"{t}_{of}_by_{per}" for t in ("direct", "total") for of in sides for per in sides]
    assert names == sorted(wanted)
    read = {name: pd.read_csv(folder / f"{name}.csv", index_col=0) for name in names}
    B, W = (
        read[name].to_numpy()
        for name in ("direct_commodity_by_industry", "total_industry_by_commodity")
    )
    assert read["direct_commodity_by_industry"].loc["steel", "cars"] == 45 / 200
    np.testing.assert_allclose(read["total_commodity_by_commodity"], np.eye(3) + B @ W, atol=1e-12)


def test_requirements_of_a_table_of_products_are_those_of_its_make_and_use(table) -> None:
    plain = crossings(derive(table, domestic=True))
    products = crossings(derive(table, domestic=True, model="B"))
    for name, frame in plain.items():
        pd.testing.assert_frame_equal(frame, products[name])
    assert not plain["direct_commodity_by_industry"].equals(
        crossings(table)["direct_commodity_by_industry"]
    )


def test_bea_import_matrix_is_met_to_the_last_digit(data_folder, tmp_path) -> None:
    """405 industries of 2012: domestic and imported uses are those that the Bureau prints."""
    folder = data_folder / "bea_io_2012_2017"
    cells = pd.read_csv(
        folder / "detail_tables.csv.gz",
        dtype={"row": str, "col": str},
        keep_default_na=False,
        na_values={"value": [""]},
    )
    own = cells[cells["table"] == "Detail_Import_2012_BeforeRedef_12sch"]
    own.to_csv(tmp_path / "imports.csv", index=False)
    names = ["Detail_Make_2012_BeforeRedef_12sch", "Detail_Use_2012_PRO_BeforeRedef_12sch"]
    table = read_published(folder / "detail_tables.csv.gz", tables=names)
    found = derive(table, import_matrix=tmp_path / "imports.csv")
    printed = own[own["col"].isin(table.sectors["code"])]
    goods = set(table.make["commodity"]) - {"S00401", "S00402"}
    wanted = printed[printed["row"].isin(goods)]["value"].sum()
    assert found.imports["value"].sum() == pytest.approx(wanted)
    assert audit(found).balance["misfit"].max() < 5e-5


@pytest.mark.parametrize("names", [("make_2017.csv", "use_2017.csv"), ("make.csv", "use.csv")])
def test_files_called_make_and_use_that_are_not_the_bureaus_are_plain_matrices(
    tmp_path, names
) -> None:
    for name, text in zip(names, (MAKE, USE), strict=True):
        (tmp_path / name).write_text(text)
    assert read_published(tmp_path, year=2017).format == "supply-use"
