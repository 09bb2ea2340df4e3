"""Row totals against column totals, sector by sector, in every layout; what rounding explains."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from spillgraph.core.errors import InputError
from spillgraph.ingest.published import audit, read_published, write_study
from spillgraph.ingest.published.balances import rounding

from . import layouts, test_make_use, test_one_world

SHIFTED, EXCHANGED = [5, 0, 1, 2, 3, 4], [0, 1, 5, 3, 4, 2]
CASES = [*((layout, SHIFTED) for layout in test_one_world.LAYOUTS), ("ICIO 2023", EXCHANGED)]


@pytest.mark.parametrize(("layout", "order"), CASES)
def test_columns_under_wrong_labels_are_refused(layout, order, tmp_path, monkeypatch) -> None:
    for name in ("IT", "FIGARO"):
        wrong = getattr(test_one_world, name).shifted(order)
        monkeypatch.setattr(test_one_world, name, wrong)
    _, _, write = test_one_world.LAYOUTS[layout]
    table = read_published(write(tmp_path))
    wanted = (
        r"the column '(\w+)' pays [\d,]+ and the row '\1' sells [\d,]+, which must be equal. "
        r"The first amount is the second one of '\w+', and so it is with \d of \d labels: .* shift"
    )
    with pytest.raises(InputError, match=wanted):
        write_study(table, tmp_path / "study")
    assert not (tmp_path / "study").exists()


def test_columns_under_wrong_labels_are_named_among_many_sectors(tmp_path) -> None:
    """Two small sectors out of 120, which move no total of the table by much."""
    it = layouts.world(sectors=tuple(f"S{at:02}" for at in range(60)))
    order = list(range(120))
    order[7], order[70] = 70, 7
    path = layouts.csv(tmp_path / "io_2009.csv", layouts.symmetric(it.shifted(order)))
    with pytest.raises(InputError, match=r"so it is with 2 of 120 labels"):
        write_study(read_published(path), tmp_path / "study")


@pytest.mark.parametrize("layout", ["CSV", "plain matrices"])
@pytest.mark.parametrize(
    ("table", "axis", "what"),
    [
        ("USE", 1, r"the column '111CA' pays 205 and the industry '111CA' makes 105"),
        ("USE", 0, r"of the commodity '111CA' 103 is supplied and .* 200 is used"),
        ("MAKE", 0, r"the column '111CA' pays 105 and the industry '111CA' makes 205"),
        ("MAKE", 1, r"of the commodity '111CA' 200 is supplied and .* 103 is used"),
    ],
)
def test_make_and_use_under_wrong_labels_are_refused(
    layout, table, axis, what, tmp_path, monkeypatch
) -> None:
    other = {"111CA": "211", "211": "111CA"}
    cells = [list(row) for row in getattr(layouts, table)]
    if axis:
        cells[0] = [other.get(str(cell), cell) for cell in cells[0]]
    else:
        cells = [[other.get(str(row[0]), row[0]), *row[1:]] for row in cells]
    monkeypatch.setattr(layouts, table, cells)
    monkeypatch.setattr(test_make_use.layouts, table, cells)
    write, name = test_make_use.WRITTEN[layout]
    with pytest.raises(InputError, match=what):
        write_study(read_published(write(tmp_path), name, year=2017), tmp_path / "study")


def test_supply_and_use_of_a_framework_under_wrong_labels_are_refused(
    tmp_path, monkeypatch
) -> None:
    codes = list(layouts.SUPPLY[0])
    codes[2:4] = ["211", "111CA"]
    monkeypatch.setattr(layouts, "SUPPLY", [codes, *layouts.SUPPLY[1:]])
    with pytest.raises(InputError, match=r"the column '111CA' pays 100 and .* makes 203"):
        write_study(read_published(layouts.bea_framework(tmp_path)), tmp_path / "study")


def _csv(tmp_path, gap: float, missing: str = "") -> pd.DataFrame:
    """Ten sectors that sell and pay 1,000 each, but for the first, which pays more."""
    sectors = [f"s{at}" for at in range(10)]
    frame = pd.DataFrame(40.0, sectors, sectors)
    frame["homes"] = 600.0
    frame.loc["wages"] = [600.0 + gap, *[600.0] * 9, 0.0]
    if missing:
        frame = frame.drop(index=missing, errors="ignore").drop(columns=missing, errors="ignore")
    frame.to_csv(tmp_path / "io_2009.csv", index_label="flows")
    return read_published(tmp_path / "io_2009.csv")


def test_a_statistical_discrepancy_is_told_and_no_reason_to_stop(tmp_path) -> None:
    table = _csv(tmp_path, gap=200.0)
    told = audit(table).sentences()
    wanted = (
        r"what sectors pay, against what they sell: 10 compared, 1 off by more than rounding, all "
        r"gaps 2\.000% of output; largest gap 200 at 's0' \(1,200 against 1,000\)"
    )
    assert any(re.search(wanted, line) for line in told)
    assert write_study(table, tmp_path / "study").is_file()


def test_a_sector_that_is_off_by_more_than_a_fifth_stops(tmp_path) -> None:
    table = _csv(tmp_path, gap=260.0)
    with pytest.raises(InputError, match=r"'s0' pays 1,260 and .* sells 1,000.*2\.6% of output"):
        write_study(table, tmp_path / "study")
    assert write_study(table, tmp_path / "study", totals="warn").is_file()


def test_gaps_of_more_than_a_twentieth_of_output_stop(tmp_path) -> None:
    frame = pd.DataFrame(40.0, list("abcdefghij"), list("abcdefghij"))
    frame["homes"] = 600.0
    frame.loc["wages"] = [*[660.0] * 5, *[541.0] * 5, 0.0]
    frame.to_csv(tmp_path / "io_2009.csv", index_label="flows")
    with pytest.raises(InputError, match=r"all gaps are 5\.9% of output"):
        write_study(read_published(tmp_path / "io_2009.csv"), tmp_path / "study")


@pytest.mark.parametrize(
    ("line", "what"), [("homes", "what is sold"), ("wages", "what sectors pay")]
)
def test_what_the_file_does_not_have_is_not_compared(line, what, tmp_path) -> None:
    table = _csv(tmp_path, gap=0.0, missing=line)
    assert any(f"{what}: not compared" in text for text in audit(table).sentences())
    assert write_study(table, tmp_path / "study").is_file()


def test_a_payment_that_is_missing_everywhere_is_told_and_no_wrong_label(tmp_path) -> None:
    """Domestic flows without a row of imports: each sector pays less than it sells."""
    frame = pd.DataFrame(40.0, list("abcdefghij"), list("abcdefghij"))
    frame["homes"] = 600.0
    frame.loc["wages"] = [*np.linspace(200, 500, 10), 0.0]
    frame.to_csv(tmp_path / "io_2009.csv", index_label="flows")
    table = read_published(tmp_path / "io_2009.csv")
    assert any("payments are missing" in text for text in audit(table).sentences())
    assert write_study(table, tmp_path / "study").is_file()


def test_a_total_without_a_name_is_not_taken_for_a_missing_line(tmp_path) -> None:
    frame = pd.DataFrame(40.0, list("abcdefghij"), list("abcdefghij"))
    frame["homes"] = 600.0
    frame.loc["wages"] = [*[600.0] * 10, 0.0]
    frame["somme"] = frame.sum(axis=1)
    frame.to_csv(tmp_path / "io_2009.csv", index_label="flows")
    path = tmp_path / "io_2009.csv"
    with pytest.raises(InputError, match=r"pays 1,000 and the row 'a' sells 2,000.*--leave-out"):
        write_study(read_published(path), tmp_path / "study")
    write_study(read_published(path, leave_out=["somme"]), tmp_path / "study")


def test_a_header_that_begins_one_column_too_late_is_refused(tmp_path) -> None:
    """Final uses first: what sectors pay exceeds the output that is printed, nearly everywhere."""
    (tmp_path / "io_2017.csv").write_text(
        "x,homes,a,b,c,Total output\na,5,10,20,30,65\nb,8,12,14,50,84\nc,9,7,30,40,86\n"
        "wages,43,55,22,,\n"
    )
    with pytest.raises(InputError, match=r"the column 'c' pays 120 and .* 'c' is 86"):
        write_study(read_published(tmp_path / "io_2017.csv"), tmp_path / "study")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_numbers_without_a_label_are_refused_and_empty_columns_left_out(kind, tmp_path) -> None:
    cells: layouts.Cells = [
        ["flows", "steel", None, "cars", "homes", None],
        ["steel", 20, None, 20, 60, None],
        ["cars", 30, None, 80, 90, None],
        ["wages", 50, None, 100, None, None],
    ]

    def read() -> object:
        path = tmp_path / f"io_2017.{kind}"
        if kind == "csv":
            layouts.csv(path, cells)
        else:
            layouts.xlsx(path, {"flows": cells})
        return read_published(path)

    table = read()
    assert table.final_uses["use"].tolist() == ["homes"]
    cells[2][5] = 1
    with pytest.raises(
        InputError, match=r"column (6|F) has numbers and no label. The header is sh"
    ):
        read()


def test_rounding_of_a_sum_is_half_a_digit_for_each_number(tmp_path) -> None:
    """All that cells and their total can be off by: three cells and a total, two digits."""
    worst = [0.5 - 1e-9] * 3
    assert abs(round(sum(worst)) - sum(round(cell) for cell in worst)) <= rounding(4, 1.0) == 2.0
    for off, differ in ((2, 0), (3, 1)):
        (tmp_path / "io_2009.csv").write_text(
            f"flows,a,b,homes,Total output\na,100,200,300,{600 + off}\nb,300,100,100,500\n"
            f"wages,{200 + off},200,,\n"
        )
        found = audit(read_published(tmp_path / "io_2009.csv"))
        assert found.totals["differ"].tolist() == [differ]


def test_no_table_that_was_rounded_is_off_by_more_than_rounding() -> None:
    """And of many cells less is allowed than the worst case: five standard deviations."""
    rng = np.random.default_rng(3)
    for terms in (1, 3, 10, 100, 1_000):
        cells = rng.uniform(0, 1_000, (20_000 if terms < 100 else 2_000, terms))
        off = np.round(cells.sum(axis=1)) - np.round(cells).sum(axis=1)
        assert np.abs(off).max() <= rounding(terms + 1, 1.0) <= (terms + 1) / 2
    assert rounding(1_001, 1.0) < 50


@pytest.mark.parametrize(
    ("cars", "last"),
    [
        ("30,,90,200", "wages,50,100,,\nTotal output,100,200,150,\n"),
        ("30,,90,", "wages,50,180,,\n"),
    ],
    ids=["total", "balance"],
)
def test_an_empty_cell_of_a_line_that_does_not_add_up_is_named(tmp_path, cars, last) -> None:
    path = tmp_path / "io_2017.csv"
    head = "flows,steel,cars,homes,Total output\nsteel,20,20,60,100\n"
    path.write_text(f"{head}cars,{cars}\n{last}")
    table = read_published(path, unit="shells")
    assert table.empty == (("cars", "cars"),)
    with pytest.raises(InputError, match=r"No number stands in 'cars → cars': fill it in"):
        write_study(table, tmp_path / "study")
    # where a table leaves out all that is 0, an empty cell is no gap
    wide = pd.DataFrame(np.diag([10.0] * 6), list("abcdef"), list("abcdef")).replace(0, None)
    wide.to_csv(tmp_path / "wide_2017.csv", index_label="flows")
    assert read_published(tmp_path / "wide_2017.csv", unit="shells").empty == ()
