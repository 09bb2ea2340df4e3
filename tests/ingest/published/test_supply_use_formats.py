"""Supply and use tables of FIGARO and of the World Input-Output Database, import matrices."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import spillgraph
from spillgraph.core.errors import InputError
from spillgraph.ingest.published import audit, derive, read_published, write_study

from . import layouts

IT = layouts.world(("DE", "FIGW1"), ("A01", "B", "C10T12"))


def dense(frame: pd.DataFrame, row: str, column: str) -> pd.DataFrame:
    plain = frame.astype({row: object, column: object})
    return plain.pivot(index=row, columns=column, values="value").fillna(0.0)


@pytest.mark.parametrize("flat", [False, True])
@pytest.mark.parametrize("packed", [False, True])
def test_figaro_supply_and_use_are_read_as_printed(flat, packed, tmp_path) -> None:
    folder = tmp_path / "figaro"
    folder.mkdir()
    path = layouts.figaro_sut(folder, IT, 2020, flat=flat)
    if packed:
        path = layouts.zipped(path, tmp_path / "figaro.zip")
    table = read_published(path)
    assert (table.format, table.year, table.unit) == ("figaro-sut", 2020, "million euro")
    assert table.sectors["code"].tolist() == IT.codes()
    assert table.commodities.iloc[0].tolist() == ["DE_CPA_A01", "CPA_A01", "DE"]
    products = table.commodities["code"].tolist()
    use = dense(table.use, "commodity", "user").reindex(index=products, columns=IT.codes())
    np.testing.assert_allclose(use, IT.Z)
    make = dense(table.make, "industry", "commodity").reindex(index=IT.codes(), columns=products)
    np.testing.assert_allclose(make, layouts.sut_make(IT))
    assert table.final_demand["country"].unique().tolist() == list(IT.countries)
    assert set(table.value_added["part"]) == {"D21X31", "B2A3G"}
    assert audit(table).balance["misfit"].max() < 1e-12
    assert table.cells["read"] == sum(n for name, n in table.cells.items() if name != "read")


def test_a_study_of_figaro_supply_and_use_is_accepted(tmp_path) -> None:
    table = read_published(layouts.figaro_sut(tmp_path, IT, 2020, flat=False))
    _, economy = spillgraph.check(write_study(table, tmp_path / "study"))
    assert economy.accounts[2020].misfit < 1e-12
    assert derive(table, model="B").sectors["country"].tolist() == [c for c, _ in IT.labels]


def test_figaro_tables_that_are_not_there_are_named(tmp_path) -> None:
    layouts.figaro_sut(tmp_path, IT, 2020, flat=False)
    (tmp_path / "matrix_eu-ic-supply_24ed_2020.csv").unlink()
    with pytest.raises(InputError, match=r"there is no supply table, .*matrix_eu-ic-supply…"):
        read_published(tmp_path)
    layouts.figaro_sut(tmp_path, IT, 2020, flat=False)
    layouts.figaro_sut(tmp_path, IT, 2021, flat=False)
    with pytest.raises(InputError, match=r"2 files that are FIGARO supply tables"):
        read_published(tmp_path)
    assert read_published(tmp_path, year=2021).year == 2021


def test_labels_of_figaro_use_that_are_shifted_are_refused(tmp_path) -> None:
    path = layouts.figaro_sut(tmp_path, IT.shifted([5, 0, 1, 2, 3, 4]), 2020, flat=False)
    # value added of the layout follows output: the uses are under wrong labels all the same
    lines = (path / "matrix_eu-ic-use_24ed_2020.csv").read_text().splitlines()
    head = lines[0].split(",")
    head[1:7] = [*head[2:7], head[1]]
    (path / "matrix_eu-ic-use_24ed_2020.csv").write_text("\n".join([",".join(head), *lines[1:]]))
    with pytest.raises(InputError, match=r"pays .* and the industry .* makes"):
        write_study(read_published(path), tmp_path / "study")


def test_flat_figaro_tables_of_products_are_read(tmp_path) -> None:
    path = layouts.figaro(tmp_path, IT, 2020, flat=True)
    frame = pd.read_csv(path).rename(
        columns={"rowIi": "rowPp", "colIi": "colPp", "icioiRow": "iciopRow", "icioiCol": "iciopCol"}
    )
    path.unlink()
    frame.to_csv(tmp_path / "flatfile_eu-ic-io_prod-by-prod_24ed_2020.csv", index=False)
    table = read_published(tmp_path)
    assert table.sectors["code"].tolist() == IT.codes()
    assert audit(table).balance["misfit"].max() < 1e-12


def test_a_year_of_a_national_workbook_is_read(tmp_path) -> None:
    path = layouts.wiod_sut(tmp_path / "DEU_SUT_nov16.xlsx", {2013: 1.0, 2014: 2.0})
    with pytest.raises(InputError, match=r"sheet 'SUP': there are tables of 2013 to 2014; say wh"):
        read_published(path)
    with pytest.raises(InputError, match=r"there is no table of 1999; there are 2013 to 2014"):
        read_published(path, year=1999)
    table = read_published(path, year=2014)
    assert (table.format, table.year) == ("wiod-sut", 2014)
    assert dense(table.make, "industry", "commodity").loc["A01"].tolist() == [20.0, 6.0]
    assert table.supply["part"].unique().tolist() == ["IMP"]
    assert set(table.value_added["part"]) == {"TXSP", "VA"}
    assert set(table.final_demand["use"]) == {
        *("CONS_h", "CONS_np", "CONS_g", "GFCF", "INVEN", "EXP_fob")
    }
    found = audit(table)
    assert found.totals["differ"].sum() == 0
    assert set(found.totals["total"]) >= {"DSUP_bas", "SUP_bas", "INTC", "CONS", "GCF", "USE_bas"}
    assert found.balance["misfit"].max() < 1e-12
    assert table.cells["aside"] == 8  # what leads on to purchasers' prices
    domestic = derive(table, domestic=True)
    assert domestic.imports["value"].sum() == pytest.approx(2 * (3 * 2 / 8 + 7 * 4 / 22))
    _, economy = spillgraph.check(write_study(domestic, tmp_path / "study"))
    assert economy.accounts[2014].misfit < 1e-12


def test_a_workbook_of_another_release_says_how_to_read_it(tmp_path) -> None:
    path = layouts.xlsx(tmp_path / "DEU_SUT_apr12.xlsx", {"SUP_2009": [["x"]]})
    with pytest.raises(InputError, match=r"there is no sheet SUP, .*--format supply-use"):
        read_published(path)


IMPORTS: layouts.Cells = [
    [None, None, "111CA", "211", "T001", "F010", "F050", "T004"],
    ["IOCode", "Name", *["a name"] * 6],
    ["111CA", "Farms", 0, 0, 0, 0, 0, 0],
    ["211", "Oil and gas extraction", 1, 3, 4, 1, -5, -4],
    ["T005", "Total", 1, 3, 4, 1, -5, -4],
]


@pytest.mark.parametrize("detail", [False, True])
def test_the_import_matrix_of_the_bureau_is_read_as_its_workbook_lies(detail, tmp_path) -> None:
    codes, names, *rows = IMPORTS
    head: layouts.Cells = [codes, names]
    if detail:
        head = [[None, None, *names[2:]], ["Code", "Commodity Description", *codes[2:]]]
    years = {str(year): layouts.titled("Imports", [*head, *rows], year) for year in (2012, 2017)}
    path = layouts.xlsx(
        tmp_path / "ImportMatrices_Before_Redefinitions_SUM_1997-2020.xlsx",
        {"ReadMe": [["made up"]], **years},
    )
    table = read_published(layouts.bea(tmp_path / "." / ""), "bea", year=2017)
    found = derive(table, import_matrix=path)
    assert found.imports.set_index("industry")["value"].to_dict() == {"111CA": 1.0, "211": 3.0}
    # the row that nobody makes holds imports already
    assert set(found.final_demand.loc[found.final_demand["use"] == "F050", "supplier"]) == {"Other"}
    assert audit(found).balance["difference"].abs().max() < 1e-9
