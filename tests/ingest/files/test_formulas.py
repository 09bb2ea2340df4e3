"""Formulas whose values are not in the file: an error, and no empty cells."""

from __future__ import annotations

import base64
import struct
import zlib
from pathlib import Path

import pytest
from spillgraph.core.errors import InputError
from spillgraph.ingest.files.sheet import read_sheet

from .workbooks import formula, number, ods, text, xlsx

#: What XlsxWriter 3.3.1 says in workbook.xml and in the file's properties.
ASKS, EXCEL = '<calcPr calcId="124519" fullCalcOnLoad="1"/>', "Microsoft Excel"
#: Of xlwt 1.3.0, sheet 'Größe': id v, a 7, b =B2*2, c =B2*3 (zlib, base 64).
XLWT = zlib.decompress(
    base64.b64decode(
        "eNrtWE1oE1EQ/t7+ND806aamQivGULDW2ot48dKuSjUnS/WiiKBJk0NpSWURQQ9arTkKgifFS6EXL7Ve/EEP7c2D"
        "UNGDIIiJHj0JKh7arPMmb2lagzSgReV9y8ybnTdv3uzOvLc/L5cS5ZkHXRWswyBMVP0IWup0gigSnDigft+XYtCG"
        "iXyNfwqRMCWyxcbT2IuQzKHMdwUG5q1F4sAHotM4h+HJYiG9iTjEMWSFjGGAuMBd0sTRyVG1Mx9lvoX5fbZ8xvwA"
        "a24wHyDbsjiFJXe4b7+q4pNGN/fFIf0+4jFvWbMXHXguq/jKTVGztXHQG8tO/J0dKasVs6C8ZQrFgpedKCNJCZzF"
        "Vz8NfAlW6kJa6zdXL0D672v1oQb6W4YFTME/ywVeQgyLpuyxkfG+vS8sYzuJYKLqHMtT9i8QZYlyRKNRuSHzAnbW"
        "LOAYF3Yr8TzaWE5weTu0RS/f+/zqaG7EPcOaKd60a1v7ThkNfFyVI2hwnHss5tK2j/ke5tfY6zaWu5gnKUxqe0Y6"
        "lHBkmm2uc28PzbOP8drdVSf3klz6dOxxqvTR3U3yXKZyKTn3xp1BNz1q8jReHtPoF/3izm2JJ27QCrUNvGPe+dOW"
        "EDYcFbuvnl9tWEGUxQTz2pm8O0LZiwb2gu2lx8tGlONJIKXsjQb2BtubnIsd6u5zWuErwwiGyM1CyoAtnZgNnJjs"
        "xFJOzF84MWEPGu14KKelrW8VUWhoaGhoaGhoaGisg1Av96Z61bfVJ0RI/ddZIarq3yT/LY5jko7z9GF6GEVqPVxs"
        "qn62whaBL7HBMcH/QokTNLuHceQ4jvGm65c+AUX99Wx4oPP7llCz81ebifMPz/8DQI3KVQ=="
    )
)
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


def valued(tmp_path: Path, cells: list[str], **said: object) -> tuple[list, list[str]]:
    rows = [HEAD, text("A2", "C07") + number("B2", 1.5), *cells]
    path = xlsx(tmp_path / "f.xlsx", {"Data": rows}, **said)
    return read_sheet(path, "f.xlsx", sheet=None, range=None)


NOUGHTS = [formula("B3", 0), formula("B4", 0), '<c r="B5" t="str"><f>A1</f><v></v></c>']


@pytest.mark.parametrize(
    "said",
    [
        {"said": ASKS},
        {"said": ASKS, "program": EXCEL},
        {"program": EXCEL},  # set_calc_mode("manual")
        {"program": "Apache POI"},
    ],
)
def test_values_that_a_library_put_in_the_place_of_all_are_refused(tmp_path: Path, said) -> None:
    with pytest.raises(InputError) as why:
        valued(tmp_path, NOUGHTS, **said)
    assert str(why.value) == (
        "f.xlsx: sheet 'Data' has 3 formulas whose values are not in the file, the first in row 3, "
        "column 2: the program that wrote it put 0 or nothing in the place of each. Open it once "
        "in Excel or LibreOffice and save it."
    )


@pytest.mark.parametrize(
    "said",
    [
        {"program": EXCEL, "more": ("xl/calcChain.xml",)},
        {"said": ASKS, "program": EXCEL, "more": ("xl/calcChain.xml",)},
        {"program": "LibreOffice/24.2$Linux_X86_64"},
    ],
)
def test_what_a_spreadsheet_worked_out_to_be_0_is_0(tmp_path: Path, said) -> None:
    grid, warnings = valued(tmp_path, NOUGHTS, **said)
    assert [row[1] for row in grid[2:]] == ["0", "0"]
    assert not warnings


def test_values_that_a_library_was_given_are_read(tmp_path: Path) -> None:
    cells = [formula("B3", 3), formula("B4", "0.5")]
    assert valued(tmp_path, cells, said=ASKS)[1] == []
    grid, warnings = valued(tmp_path, [*cells, formula("B5", 0)], said=ASKS)
    assert [row[1] for row in grid[2:]] == ["3", "0.5", "0"]
    assert warnings == [
        "f.xlsx: sheet 'Data' has 1 formulas with the value 0 or nothing, the first in row 5, "
        "column 2, and perhaps the program that wrote it did not work them out. To be sure, open "
        "it once in Excel or LibreOffice and save it."
    ]


def test_where_nothing_tells_who_wrote_0_it_is_told(tmp_path: Path) -> None:
    assert "perhaps the program" in valued(tmp_path, NOUGHTS)[1][0]
    assert valued(tmp_path, [*NOUGHTS, formula("B6", 3)])[1] == []


def test_placeholders_outside_the_range_are_none_of_it(tmp_path: Path) -> None:
    rows = [HEAD, text("A2", "C07") + number("B2", 1.5) + formula("C2", 0)]
    path = xlsx(tmp_path / "f.xlsx", {"Data": rows, "Other": [formula("A1", 0)]}, said=ASKS)
    assert read_sheet(path, "f.xlsx", sheet=1, range="A1:B2")[0][1] == ["C07", "1.5"]
    with pytest.raises(InputError, match="row 2, column 3"):
        read_sheet(path, "f.xlsx", sheet=1, range="A1:")


def test_formulas_of_old_files_that_nobody_worked_out(tmp_path: Path) -> None:
    path = tmp_path / "f.xls"
    path.write_bytes(XLWT)
    with pytest.raises(InputError, match="'Größe' has 2 formulas without values, the first in row"):
        read_sheet(path, "f.xls", sheet=None, range=None)
    grid = read_sheet(path, "f.xls", sheet=None, range="A1:B2")[0]
    assert grid == [["id", "v"], ["a", "7"]]


def test_old_files_that_a_spreadsheet_saved_may_have_empty_texts(tmp_path: Path) -> None:
    """A spreadsheet program describes the file; here the free entry of its directory says so."""
    data, name = bytearray(XLWT), "\x05SummaryInformation\0".encode("utf-16-le")
    free = data.index("Workbook".encode("utf-16-le")) + 128
    data[free : free + len(name)] = name
    struct.pack_into("<HB", data, free + 64, len(name), 2)
    path = tmp_path / "f.xls"
    path.write_bytes(data)
    assert read_sheet(path, "f.xls", sheet=None, range=None)[0][2:] == [["b", None], ["c", None]]


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ('office:value-type="float" office:value="0"/>', "0"),
        ('office:value-type="string" office:string-value="x"/>', "x"),
        ('office:value-type="string"><text:p>x</text:p></table:table-cell>', "x"),
    ],
)
def test_formulas_of_open_document_sheets(tmp_path: Path, cell: str, shown: str) -> None:
    begin = '<table:table-cell table:formula="of:=1+1" '
    row = '<table:table-row><table:table-cell office:value-type="string"><text:p>a</text:p>'
    row += "</table:table-cell>{}</table:table-row>"
    path = ods(tmp_path / "f.ods", {"Data": row.format(begin + cell)})
    assert read_sheet(path, "f.ods", sheet=None, range=None)[0] == [["a", shown]]
    path = ods(tmp_path / "f.ods", {"Data": row.format(begin + 'office:value-type="float"/>')})
    with pytest.raises(
        InputError, match="'Data' has 1 formulas without values, the first in row 1"
    ):
        read_sheet(path, "f.ods", sheet=None, range=None)
