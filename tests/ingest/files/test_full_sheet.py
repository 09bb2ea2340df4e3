"""Text files that end where a sheet ends."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from spillgraph.ingest.files.read import read_file
from spillgraph.ingest.study_model import Entry


def told(folder: Path, rows: int, above: str = "", **keys: object) -> list[str]:
    path = folder / "c.csv"
    path.write_text(f"{above}citing,cited\n" + "a,b\n" * rows)
    entry = Entry(file="c.csv", **keys)  # type: ignore[arg-type]
    with duckdb.connect() as con:
        found = read_file(con, entry, "c.csv", path, "r", folder)
    return [each for each in found.warnings if "cut off" in each]


@pytest.mark.parametrize(
    ("rows", "sheet"),
    [
        (65_535, "a sheet of old Excel (.xls)"),
        (65_536, "a sheet of old Excel (.xls)"),
        (1_048_575, "a sheet of Excel"),
        (1_048_576, "a sheet of Excel"),
    ],
)
def test_a_file_that_fills_a_sheet_may_have_been_cut(tmp_path: Path, rows: int, sheet: str) -> None:
    assert told(tmp_path, rows) == [
        f"c.csv: it has exactly {rows:,} rows, as many as {sheet} holds: what follows them may "
        "have been cut off. Look whether its last row is the last one of the source."
    ]


def test_lines_above_the_header_fill_the_sheet_too(tmp_path: Path) -> None:
    above = "Citations of 2010\n\n"
    assert told(tmp_path, 65_533, above, skip=2)
    assert not told(tmp_path, 65_532, above, skip=2)


@pytest.mark.parametrize("rows", [2, 65_534, 65_537, 1_048_574, 1_048_577])
def test_other_numbers_of_rows_are_nothing(tmp_path: Path, rows: int) -> None:
    assert told(tmp_path, rows) == []
