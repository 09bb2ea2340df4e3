"""Sectors whose flows a table lacks: their row or column of S is empty; and empty cells."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_studies import economy, printed

from ..helpers.staging import staged
from .test_wide_beside import entry

# C has gross output
NO_COLUMN = "code,A,B\nA,20,30\nB,10,40\nC,7,8\n"
NO_ROW = "code,A,B,C\nA,20,30,7\nB,10,40,8\n"


def study(folder: Path, flows: str, output: str) -> Path:
    """Write a study of a matrix and a long table of output, with a list of sectors."""
    path = printed(folder, flows, "", "")
    (folder / "x.csv").write_text(output)
    (folder / "list.csv").write_text("code\nA\nB\nC\n")
    text = path.read_text()
    first, second = text.split("[tables.io_output]")
    second = '\nfile = "x.csv"\nclassification = "s"\nconstants = { year = 2000 }\n'
    path.write_text(
        f'{first}[[tables.industries]]\nfile = "list.csv"\nclassification = "s"\n'
        f"[tables.io_output]{second}"
    )
    return path


def told(path: Path, folder: Path) -> list[str]:
    return [text for text in economy(path, folder).warnings if text.startswith("io_flows of")]


GROSS = "industry,gross_output\nA,100\nB,200\nC,300\n"


@pytest.mark.parametrize(
    ("flows", "says"),
    [
        (
            NO_COLUMN,
            "io_flows of 2000: 'C' has gross output and buys nothing (no row names it as user): "
            "its row of S is empty. Add the flows, or write 0 where there are none.",
        ),
        (
            NO_ROW,
            "io_flows of 2000: 'C' has gross output and supplies nobody (no row names it as "
            "supplier): its column of S is empty. Add the flows, or write 0 where there are none.",
        ),
    ],
)
def test_a_sector_without_a_column_or_a_row_is_named(tmp_path, flows, says) -> None:
    assert told(study(tmp_path, flows, GROSS), tmp_path) == [says]


def test_both_sides_are_named_on_their_own(tmp_path) -> None:
    buys, supplies = told(study(tmp_path, "code,A\nA,20\n", GROSS), tmp_path)
    assert "'B', 'C' have gross output and buy nothing" in buys
    assert "their rows of S are empty" in buys
    assert "'B', 'C' have gross output and supply nobody" in supplies


@pytest.mark.parametrize(
    ("flows", "output"),
    [
        # what the table says is 0 is meant so
        ("code,A,B,C\nA,20,30,0\nB,10,40,0\nC,0,0,0\n", GROSS),
        # households and government: the accounts balance without flows
        (
            "code,A,B\nA,20,30\nB,10,40\n",
            "industry,gross_output,value_added,final_demand\n"
            "A,100,70,50\nB,200,130,150\nC,300,300,300\n",
        ),
        # no output, nothing to buy for
        (NO_COLUMN.replace("C,7,8\n", ""), GROSS.replace("300", "0")),
    ],
)
def test_who_lacks_no_flows_is_not_named(tmp_path, flows, output) -> None:
    assert told(study(tmp_path, flows, output), tmp_path) == []


def test_accounts_that_miss_what_it_buys_have_it_named(tmp_path) -> None:
    head = "industry,gross_output,value_added,final_demand\n"
    output = head + "A,100,70,50\nB,200,130,150\nC,300,150,285\n"
    (text,) = told(study(tmp_path, NO_COLUMN, output), tmp_path)
    assert "'C' has gross output and buys nothing" in text


@pytest.mark.parametrize("empty", ["", "-", "---", ".."])
def test_an_empty_cell_of_a_matrix_is_no_loss(tiny, tmp_path, empty) -> None:
    tiny.write("wide.csv", f"code,x,y\nx,10,{empty}\ny,{empty},5\n")
    entry(tiny, 'constants = { year = 2001 }\nmissing = ["-", "---", ".."]\n')
    found = staged(tiny, tmp_path)["io_flows"]
    assert (found.read, found.loaded, found.rejected) == (4, 2, 2)
    assert found.reasons == {"value is missing": 2}
    assert found.warnings == ()


def test_cells_that_are_no_numbers_are_a_loss(tiny, tmp_path) -> None:
    tiny.write("wide.csv", "code,x,y\nx,10,n/k\ny,7,5\n")
    entry(tiny, "constants = { year = 2001 }\n")
    (text,) = staged(tiny, tmp_path)["io_flows"].warnings
    assert "1 of 4 rows (25%) was refused" in text
