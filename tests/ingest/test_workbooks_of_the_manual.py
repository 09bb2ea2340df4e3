"""The studies of the manual for BEA and WIOD workbooks, on small files of the same layout."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from small_studies import economy

from .files.workbooks import number, text, xlsx

PAGE = Path(__file__).parents[2] / "docs" / "study-file.md"
Grid = list[list[object]]


def study(folder: Path, name: str) -> Path:
    """Write down a study of the page."""
    blocks = re.findall(r"^```toml\n(.*?)^```$", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    (found,) = [each for each in blocks if f'name = "{name}"\n' in each]
    path = folder / "study.toml"
    path.write_text(found, encoding="utf-8")
    return path


def write(path: Path, sheet: str, grid: Grid) -> None:
    cells = [
        text(place, value) if isinstance(value, str) else number(place, value)
        for row, line in enumerate(grid, start=1)
        for place, value in ((f"{chr(65 + at)}{row}", value) for at, value in enumerate(line))
        if value is not None
    ]
    xlsx(path, {"ReadMe": [text("A1", "made by hand")], sheet: cells})


def test_a_workbook_of_the_bea(tmp_path: Path) -> None:
    titles: Grid = [["The Make of Commodities"], ["(Millions of dollars)"], [], []]
    make: Grid = [
        *titles,
        [None, None, "111CA", "211", "Used", "T008"],
        ["IOCode", "Industries/Commodities", "Farms", "Oil and gas", "Scrap", "Total Output"],
        ["111CA", "Farms", 100, "...", 5, 105],
        ["211", "Oil and gas", 3, 200, 2, 205],
        ["T007", "Total Commodity Output", 103, 200, 7, 310],
    ]
    use: Grid = [
        *titles,
        [None, None, "111CA", "211", "T001", "F010", "T007"],
        ["IOCode", "Commodities/Industries", "Farms", "Oil", "Intermediate", "Homes", "Output"],
        ["111CA", "Farms", 20, 40, 60, 43, 103],
        ["211", "Oil and gas", 30, 60, 90, 110, 200],
        ["Used", "Scrap", 1, 2, 3, 4, 7],
        ["T005", "Total Intermediate", 51, 102, 153, 157, 310],
        ["V001", "Compensation", 54, 103, 157],
        ["T006", "Total Value Added", 54, 103, 157],
        ["T008", "Total Industry Output", 105, 205, 310],
        [],
        ["Note. Detail may not add to total due to rounding."],
    ]
    write(tmp_path / "IOMake.xlsx", "2012", make)
    write(tmp_path / "IOUse.xlsx", "2012", use)
    (tmp_path / "industries.csv").write_text("code,name\n111CA,Farms\n211,Oil\n", encoding="utf-8")
    found = economy(study(tmp_path, "BEA"), tmp_path)
    assert found.labels == ["111CA", "211"] and found.output is not None
    output = found.output.loc[2012]
    assert output["gross_output"].tolist() == [105, 205]
    assert output["value_added"].tolist() == [54, 103]
    assert found.accounts[2012].misfit == pytest.approx(0, abs=1e-12)
    assert found.warnings == []


def test_a_workbook_of_the_wiod(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    lands, codes = ["AUS", "DEU"], [("A01", "Crops"), ("C10", "Food")]
    own = [(code, name, land) for land in lands for code, name in codes]
    final = [
        (code, name, land)
        for land in lands
        for code, name in (("CONS_h", "Final consumption"), ("INVEN", "Inventories"))
    ]
    Z, F = rng.integers(5, 50, (4, 4)), rng.integers(150, 250, (4, 4))
    F[:, 1::2] -= 170  # some stocks fall
    x = Z.sum(axis=1) + F.sum(axis=1)
    heads = [*own, *final, ("GO", "Total output", "TOT")]
    grid: Grid = [["Intercountry Input-Output Table"], ["(industry-by-industry)"]]
    grid += [[None] * 4 + [head[row] for head in heads] for row in range(3)]
    grid += [[None] * 4 + [f"c{at}" for at in range(1, 10)]]
    for at, label in enumerate(own):
        grid.append([*label, f"r{at + 1}", *map(int, [*Z[at], *F[at], x[at]])])
    bought = Z.sum(axis=0)
    for label, row in (
        (("II_fob", "Total intermediate", "TOT"), [*bought, *F.sum(axis=0), x.sum()]),
        (("VA", "Value added", "TOT"), x - bought),
        (("GO", "Output", "TOT"), x),
    ):
        grid.append([*label, f"r{len(grid)}", *map(int, row)])
    write(tmp_path / "WIOT2014.xlsx", "2014", grid)
    found = economy(study(tmp_path, "WIOD"), tmp_path)
    assert found.labels == sorted("_".join(label) for label in own)
    assert found.output is not None
    output = found.output.loc[2014].loc[["_".join(label) for label in own]]
    assert output["gross_output"].tolist() == x.tolist()
    assert output["final_demand"].tolist() == F.sum(axis=1).tolist()
    (flow,) = found.flows
    assert flow.table is not None and flow.input == Z.sum()
    assert found.accounts[2014].misfit == pytest.approx(0, abs=1e-12)
    assert [each for each in found.warnings if "no list names" not in each] == []
