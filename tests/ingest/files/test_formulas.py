"""Formulas whose values are not in the file: an error, and no empty cells."""

from __future__ import annotations

from pathlib import Path

import pytest
from spillgraph.core.errors import InputError
from spillgraph.ingest.files.sheet import read_sheet

from .workbooks import number, text, xlsx

HEAD = text("A1", "id") + text("B1", "value")


def read(tmp_path: Path, cell: str, range: str | None = None) -> list[list[str | None]]:
    rows = [HEAD, text("A2", "C07") + number("B2", 1.5), text("A3", "C08") + cell]
    path = xlsx(tmp_path / "f.xlsx", {"Data": rows})
    return read_sheet(path, "f.xlsx", sheet=None, range=range)[0]


@pytest.mark.parametrize("value", ["", "<v></v>", "<v/>", "<v />"])
@pytest.mark.parametrize("formula", ["<f>B2*2</f>", '<f t="shared" si="0"/>', "<f>A1&lt;B2</f>"])
def test_without_a_value_it_is_told(tmp_path: Path, formula: str, value: str) -> None:
    cell = f'<c r="B3" s="0">{formula}{value}</c>'
    with pytest.raises(InputError, match=r"'Data' has 1 formulas without values, .* row 3, column"):
        read(tmp_path, cell)
    assert read(tmp_path, cell, "A1:B2") == [["id", "value"], ["C07", "1.5"]]
    with pytest.raises(InputError, match="Open it in a spreadsheet program and save it"):
        read(tmp_path, cell, "A2:")


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ('<c r="B3"><f>B2*2</f><v>3</v></c>', "3"),
        ('<c r="B3" t="str"><f>""</f><v></v></c>', None),
        ('<c r="B3" t="str"><f>"x"</f><v>x</v></c>', "x"),
    ],
)
def test_with_a_value_it_is_read(tmp_path: Path, cell: str, shown: str | None) -> None:
    assert read(tmp_path, cell)[2] == ["C08", shown]
