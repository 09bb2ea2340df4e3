"""A file of imports by commodity and user: held against the use table before it is taken off."""

from __future__ import annotations

import pytest
from spillgraph.core.errors import InputError
from spillgraph.ingest.published import derive

from .test_derive import LAYOUTS, _read

LONG = LAYOUTS["long"]
TURNED = "imports,ore,steel,cars\nmines,1,0,0\nsteel,9,2,0\ncars,0,6,8\nhomes,0,2,32\n"


def _thousands(text: str) -> str:
    head, *rows = text.splitlines()
    return "\n".join([head, *(f"{row}000" for row in rows)])


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        (
            "imports",
            _thousands(LONG),
            r"imports of 'cars' are 40,000, and 40 in .* Multiplied by 0.001 they fit",
        ),
        ("imports", LONG.replace("steel,9", "steel,60"), r"imports of 'ore' are 61, and 10 in"),
        ("imports", LONG.replace(",9\n", ",0\n").replace(",32\n", ",0\n"), r"19 against 60"),
        (
            "imports",
            LONG.replace("steel,cars", "STEEL,cars"),
            r"the row 'STEEL' is no commodity .* imports 6. Did you mean 'steel'",
        ),
        ("imports", LONG.replace("ore,steel", "ore,steelx"), r"the column 'steelx' is no user"),
        ("imports_2012", LONG, r"is of 2012, as its name says, and the use table"),
        (
            "imports",
            LONG.replace("value\n", "value,year\n")
            .replace("\n", ",2012\n")
            .replace("year,2012", "year"),
            r"the column of years says 2012, and 2017 was asked for",
        ),
        ("imports", TURNED, r"the row 'mines' is none: the matrix is turned round"),
    ],
)
def test_an_import_matrix_that_is_not_of_the_use_table_is_refused(
    name, text, wanted, tmp_path
) -> None:
    table = _read(tmp_path)
    path = tmp_path / f"{name}.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=rf"{name}.csv.*{wanted}"):
        derive(table, import_matrix=path)


def test_an_import_matrix_of_other_amounts_is_taken_on_wish_and_told(tmp_path) -> None:
    table = _read(tmp_path)
    (tmp_path / "imports.csv").write_text(LONG.replace("steel,9", "steel,60"))
    found = derive(table, import_matrix=tmp_path / "imports.csv", totals="warn")
    assert any("stay in their column: ore -51" in note for note in found.notes)
    assert any("which are negative: ore → steel -20" in note for note in found.notes)


def test_totals_of_an_import_matrix_are_left_out_and_imports_below_0_are_told(tmp_path) -> None:
    table = _read(tmp_path)
    text = "imports,mines,steel,cars,homes,Total imports\nore,-1,11,0,0,10\nsteel,0,2,6,2,10\n"
    (tmp_path / "imports.csv").write_text(text + "cars,0,0,8,32,40\nTotal,-1,13,14,34,60\n")
    found = derive(table, import_matrix=tmp_path / "imports.csv")
    assert found.imports["value"].sum() == 26
    assert any("1 imports are below 0, -1 in all, and add" in note for note in found.notes)


def test_imports_of_what_nobody_makes_stay_and_are_told(tmp_path) -> None:
    use = (
        "use,mines,steel,cars,homes,exports,imports\nore,5,40,0,3,12,-10\nsteel,2,25,45,20,8,-10\n"
        "cars,3,5,30,150,62,-40\ntea,1,2,3,5,0,-11\nwages,39,28,122,,,\n"
    )
    table = _read(tmp_path, use=use)
    (tmp_path / "imports.csv").write_text(
        LONG + "tea,mines,1\ntea,steel,2\ntea,cars,3\ntea,homes,5\n"
    )
    found = derive(table, import_matrix=tmp_path / "imports.csv")
    assert any("imports of 11 are of commodities that no industry makes" in n for n in found.notes)
    tea = found.use[found.use["commodity"] == "tea"]
    assert tea["value"].sum() == 6


def test_code_and_name_beside_an_import_matrix_are_told_apart(tmp_path) -> None:
    table = _read(tmp_path)
    text = "name,code,mines,steel,cars,homes\nIron ore,ore,1,9,0,0\nSteel,steel,0,2,6,2\n"
    (tmp_path / "imports.csv").write_text(text + "Motor cars,cars,0,0,8,32\n")
    assert derive(table, import_matrix=tmp_path / "imports.csv").imports["value"].sum() == 26
