"""Make, supply and use tables: the layouts of the Bureau of Economic Analysis, and any other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from spillgraph.core.errors import InputError
from spillgraph.ingest.published import PublishedTable, audit, read_published

from . import layouts


def _csv(folder: Path) -> Path:
    for name, cells in (("IOMake_2017.csv", layouts.MAKE), ("IOUse_2017.csv", layouts.USE)):
        layouts.csv(folder / name, layouts.titled("Summary", cells, 2017))
    return folder


def _without_codes(folder: Path) -> Path:
    """Totals as the annual tables print them: a name, with a footnote perhaps, and no code."""
    named = {"T001": "Total Intermediate", "T004": "Total Final Uses (GDP)", "T007": "", "T008": ""}
    for name, cells in (("IOMake_X_Summary", layouts.MAKE), ("IOUse_X_Summary", layouts.USE)):
        codes, names, *rows = cells
        whole = {"T007": "Total Commodity Output", "T008": "Total Industry Output"}
        spelled = [
            (named.get(code) or whole.get(code, name)) if code else name
            for code, name in zip(codes, names, strict=True)
        ]
        head = [[None if code in named else code for code in codes], spelled]
        body = [[None, f"{row[1]} /1/", *row[2:]] if row[0] in TOTALS else row for row in rows]
        layouts.xlsx(folder / f"{name}.xlsx", {"2017": layouts.titled("x", [*head, *body], 2017)})
    return folder


def _plain(folder: Path) -> Path:
    """A make and a use matrix without titles and names."""
    for name, cells in (("make_2017.csv", layouts.MAKE), ("use_2017.csv", layouts.USE)):
        codes, _, *rows = cells
        kept = [[row[0], *row[2:]] for row in rows if len(row) > 2]
        layouts.csv(folder / name, [["code", *codes[2:]], *kept])
    return folder


TOTALS = ("T005", "T006", "T007", "T008")
WRITTEN = {
    "summary workbooks": (layouts.bea, "bea"),
    "detail workbooks": (layouts.bea_detail, "bea"),
    "CSV": (_csv, "bea"),
    "totals without codes": (_without_codes, "bea"),
    "plain matrices": (_plain, "supply-use"),
}


@pytest.fixture(params=WRITTEN)
def read(request, tmp_path) -> PublishedTable:
    write, name = WRITTEN[request.param]
    table = read_published(write(tmp_path), name, year=2017)
    assert table.format == name
    return table


def dense(frame: pd.DataFrame, row: str, column: str) -> dict[tuple[str, str], float]:
    return dict(zip(zip(frame[row], frame[column], strict=True), frame["value"], strict=True))


def test_make_and_use_are_those_printed(read) -> None:
    assert read.year == 2017 and not read.is_symmetric
    assert read.sectors["code"].tolist() == ["111CA", "211"]
    assert read.commodities["code"].tolist() == ["111CA", "211", "Used", "Other"]
    assert dense(read.make, "industry", "commodity") == {
        ("111CA", "111CA"): 100.0,
        ("111CA", "Used"): 5.0,
        ("211", "111CA"): 3.0,
        ("211", "211"): 200.0,
        ("211", "Used"): 2.0,
    }
    assert dense(read.use, "commodity", "user")["Used", "211"] == 2.0
    assert dense(read.value_added, "part", "industry") == {
        ("V001", "111CA"): 54.0,
        ("V001", "211"): 103.0,
    }
    assert read.final_demand.groupby("use", observed=True)["value"].sum().to_dict() == {
        "F010": 167.0,
        "F050": -10.0,
    }
    assert read.output["gross_output"].tolist() == [105.0, 205.0]


def test_printed_totals_of_make_and_use_add_up(read) -> None:
    found = audit(read)
    assert len(found.totals) == 8
    assert found.totals["differ"].sum() == 0
    assert found.balance["difference"].abs().max() == 0
    assert read.cells["read"] == sum(n for name, n in read.cells.items() if name != "read")


def test_a_workbook_of_several_years_asks_for_one(tmp_path) -> None:
    with pytest.raises(InputError, match=r"there are tables of 2012 to 2017; say which: --year"):
        read_published(layouts.bea(tmp_path))
    with pytest.raises(InputError, match=r"there is no sheet of 1990; its sheets are ReadMe, 2012"):
        read_published(tmp_path, year=1990)


def test_supply_at_purchasers_prices_equals_use(tmp_path) -> None:
    table = read_published(layouts.bea_framework(tmp_path))
    found = audit(table)
    assert table.year == 2017
    assert set(table.supply["part"]) == {"MCIF", "Trade", "TOP"}
    assert dense(table.supply, "part", "commodity")["Trade", "211"] == -8.0
    assert found.totals["differ"].sum() == 0
    assert set(found.totals["total"]) >= {"T007", "T013", "T014", "T015", "T016", "T017", "VABAS"}
    assert found.balance["difference"].abs().max() == 0
    assert table.cells["aside"] == 4  # taxes and value added at other prices


def test_a_use_table_alone_asks_for_make(tmp_path) -> None:
    layouts.bea(tmp_path)
    use = next(tmp_path.glob("IOUse*"))
    with pytest.raises(InputError, match=r"there is no make or supply table"):
        read_published(use, year=2017)


def test_an_industry_of_one_table_alone_is_named(tmp_path) -> None:
    layouts.bea(tmp_path)
    cells = [
        row[:2] + ["212" if cell == "211" else cell for cell in row[2:]] for row in layouts.USE
    ]
    path = next(tmp_path.glob("IOUse*"))
    layouts.xlsx(path, {"2017": layouts.titled("Use", cells, 2017)})
    with pytest.raises(InputError, match=r"sheet '2017': column D \('212'\) is no industry of"):
        read_published(tmp_path, year=2017)


def test_what_nobody_makes_and_no_final_user_takes_is_value_added(tmp_path) -> None:
    frame = pd.DataFrame(
        [
            ("make", "a", "x", 10.0),
            ("make", "b", "y", 20.0),
            ("use", "x", "b", 4.0),
            ("use", "y", "a", 3.0),
            ("use", "x", "homes", 6.0),
            ("use", "y", "homes", 17.0),
            ("use", "wages", "a", 5.0),
            ("use", "wages", "b", 15.0),
            ("use", "abroad", "a", 2.0),
            ("use", "abroad", "b", 1.0),
            ("use", "abroad", "homes", -3.0),
        ],
        columns=["table", "row", "col", "value"],
    )
    frame.to_csv(tmp_path / "cells.csv", index=False)
    table = read_published(tmp_path / "cells.csv", year=2001, unit="shells")
    assert table.unit == "shells"
    assert set(table.value_added["part"]) == {"wages"}
    assert table.commodities["code"].tolist() == ["x", "y", "abroad"]
    assert np.abs(audit(table).balance["difference"]).max() == 0
