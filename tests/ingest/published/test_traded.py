"""Exports, imports, stocks and final use by country reach the study, in every layout."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import spillgraph
from spillgraph.ingest.published import PublishedTable, derive, read_published, write_study
from spillgraph.ingest.published.traded import traded_uses

from . import layouts

FIGARO = layouts.world(("DE", "FIGW1"), ("A01", "B", "C10T12"))
#: A country of two products: homes, stocks, exports, imports; sums are output.
NATIONAL = """\
flows,steel,cars,homes,Changes in inventories,Exports (fob),Imports (cif)
steel,20,30,40,-5,25,-10
cars,21,84,105,2,8,-20
wages,59,86,,,,
"""


def output_of(study: Path) -> pd.DataFrame:
    return pd.read_csv(study.parent / "io_output.csv", index_col="industry")


def national(folder: Path) -> PublishedTable:
    path = folder / "io_2017.csv"
    path.write_text(NATIONAL)
    return read_published(path)


def test_what_is_nobodys_final_use_is_left_out(tmp_path) -> None:
    """The discrepancies of OECD's tables stand in a column without a country."""
    it = layouts.world()
    path = layouts.icio(tmp_path / "ICIO2021_2018.csv", it, 2021)
    printed = pd.read_csv(path, index_col=0)
    printed.insert(len(printed.columns) - 1, "DISC", [1.0] * 6 + [0.0] * (len(printed) - 6))
    sold = printed.index[:6]
    printed.loc[sold, "TOTAL"] += 1
    printed.loc["VALU", sold] += 1
    printed.loc["OUTPUT", [*sold, "DISC"]] += [1] * 6 + [6]
    printed.to_csv(path, index_label="")
    study = write_study(read_published(path), tmp_path / "study")
    assert 'where_not = { country = "" }' in study.read_text()
    staged, _ = spillgraph.check(study)
    assert staged["final_use"].loaded == 24
    assert staged["io_flows"].read == staged["io_flows"].loaded


def test_a_national_table_has_exports_imports_and_stocks(tmp_path) -> None:
    study = write_study(national(tmp_path), tmp_path / "study")
    found = output_of(study)
    assert found["exports"].tolist() == [25.0, 8.0]
    assert found["product_imports"].tolist() == [10.0, 20.0]
    assert found["inventories"].tolist() == [-5.0, 2.0]
    assert "final_use" not in study.read_text()
    spillgraph.check(study)


def test_imports_above_0_are_no_part_of_what_is_sold(tmp_path) -> None:
    table = national(tmp_path)
    demand = table.final_demand
    turned = demand["value"].where(demand["use"] != "Imports (cif)", -demand["value"])
    found = traded_uses(replace(table, final_demand=demand.assign(value=turned)))
    assert found == {"exports": ["Exports (fob)"], "inventories": ["Changes in inventories"]}


def test_make_and_use_of_the_bureau_name_their_columns(tmp_path) -> None:
    study = write_study(read_published(layouts.bea(tmp_path), year=2017), tmp_path / "study")
    text = study.read_text()
    assert 'product_imports = ["F050"]' in text
    assert "exports" not in text.replace("product_imports", "") and "inventories" not in text


@pytest.mark.parametrize(
    ("detail", "codes"),
    [(False, ("F030", "F040", "F050")), (True, ("F03000", "F04000", "F05000"))],
)
def test_summary_and_detail_tables_have_codes_of_their_own(detail, codes, tmp_path) -> None:
    table = _with_uses(tmp_path, codes)
    wanted = {"exports": [codes[1]], "product_imports": [codes[2]], "inventories": [codes[0]]}
    assert traded_uses(table) == wanted
    assert traded_uses(derive(table, model="B")) == wanted
    domestic = derive(table, domestic=True)
    assert traded_uses(domestic) == {name: wanted[name] for name in ("exports", "inventories")}
    study = write_study(table, tmp_path / "study")
    assert f'exports = ["{codes[1]}"]\nproduct_imports = ["{codes[2]}"]' in study.read_text()
    _, economy = spillgraph.check(study)
    imports = economy.output.loc[2017, "product_imports"]  # a 21st of all cars is made by steel
    assert imports[["steel", "cars"]].tolist() == pytest.approx([5 + 20 / 21, 20 - 20 / 21])


def test_tables_of_the_sic_era_are_known_by_all_their_codes(tmp_path) -> None:
    codes = ("93", "94", "95")
    table = _with_uses(tmp_path, codes, others=("91", "92"), paid=("88", "89", "90"))
    wanted = {"exports": ["94"], "product_imports": ["95"], "inventories": ["93"]}
    assert traded_uses(table) == wanted
    assert traded_uses(derive(table, model="A")) == wanted
    bare = _with_uses(tmp_path, codes)
    assert traded_uses(bare) == {}
    named = derive(bare, import_columns=["95"], export_columns=["94"])
    assert traded_uses(named) == {"exports": ["94"]}


def _with_uses(
    folder: Path,
    codes: tuple[str, str, str],
    others: tuple[str, ...] = ("homes",),
    paid: tuple[str, ...] = ("wages",),
) -> PublishedTable:
    """Make and use of two products with columns of stocks, exports and imports."""
    (folder / "make_2017.csv").write_text("make,steel,cars\nsteel,90,10\ncars,0,200\n")
    more = len(others) - 1
    rows: list[list[object]] = [
        ["use", "steel", "cars", *others, *codes],
        ["steel", 20, 30, 40 - more, *[1] * more, -5, 10, -5],
        ["cars", 21, 84, 105 - more, *[1] * more, 10, 10, -20],
        [paid[0], 60 - len(paid), 87 - len(paid)],
        *([code, 1, 1] for code in paid[1:]),
    ]
    lines = [",".join(map(str, [*row, *[""] * (len(rows[0]) - len(row))])) for row in rows]
    (folder / "use_2017.csv").write_text("\n".join(lines) + "\n")
    return read_published([folder / "make_2017.csv", folder / "use_2017.csv"], "supply-use")


def test_national_supply_and_use_of_wiod(tmp_path) -> None:
    table = read_published(layouts.wiod_sut(tmp_path / "DEU_SUT_nov16.xlsx", {2014: 1.0}))
    wanted = {"exports": ["EXP_fob"], "product_imports": ["IMP"], "inventories": ["INVEN"]}
    assert traded_uses(table) == wanted


def test_imports_of_a_supply_table_are_adjusted(tmp_path) -> None:
    table = read_published(layouts.bea_framework(tmp_path))
    assert traded_uses(table) == {"product_imports": ["MCIF"]}
    more = pd.DataFrame([("MADJ", "111CA", 2017, -1.0)], columns=list(table.supply))
    adjusted = replace(table, supply=pd.concat([table.supply, more], ignore_index=True))
    assert traded_uses(adjusted) == {"product_imports": ["MCIF", "MADJ"]}


@pytest.mark.parametrize("model", [None, "B", "C", "D"])
def test_figaro_supply_and_use_have_final_use_of_industries(model, tmp_path) -> None:
    folder = layouts.figaro_sut(tmp_path, FIGARO, 2020, flat=False)
    table = read_published(folder)
    study = write_study(derive(table, model=model), tmp_path / "study")
    staged, economy = spillgraph.check(study)
    file = "final_demand" if model == "B" else "final_use"
    rows = pd.read_csv(study.parent / f"{file}.csv", keep_default_na=False)
    assert staged["final_use"].loaded == len(rows)
    label = "supplier" if model == "B" else "industry"
    sums = rows.groupby(label)["value"].sum()
    wanted = economy.output.loc[2020, "final_demand"]
    np.testing.assert_allclose(sums.reindex(wanted.index), wanted, rtol=1e-9)
    by_country = rows.groupby("country")["value"].sum()
    assert by_country.tolist() == pytest.approx([FIGARO.Y[:, :2].sum(), FIGARO.Y[:, 2:].sum()])
    stocks = economy.output.loc[2020, "inventories"].sum()
    assert stocks == pytest.approx(FIGARO.Y[:, 1::2].sum())
