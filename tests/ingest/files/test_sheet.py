"""Sheets: every cell as the text that it shows, none lost, none invented."""

from __future__ import annotations

import base64
import zlib

import pytest
from spillgraph.core.errors import InputError
from spillgraph.ingest.files.sheet import read_sheet

from .workbooks import number, ods, text, xlsx

#: A small .xls of xlwt 1.3.0 (the format has no short form): zlib, base 64.
XLS = zlib.decompress(
    base64.b64decode(
        "eNrtWE1oE0EU/mZ/mqTkt6ZiK9RQtGraguJBLzX+pPaUUr1oRdDU5FBTkxKiEA9arTkKgifFS6EevFS9+C/ozYNQ"
        "0YMgCImexJOg4KHN+uZlV5MaoYFaiOy3zNs3b2bevJ335s3uvp4PFGfudZawBLuhomy40FIlE1RcVsUPajcMyVp3"
        "JxXDRlPB5SRHtuh44nnlkD6U/i5BwV3tBVHgI5VjmMRwJp0MrSL2sQ1xIW0YEBrFnoKbVLzoYLvamJ5kuobpHe77"
        "lOkellxhOkB9i+Io5iPD4V1mHB9RurnNS1TgAY95z5LtaMdLGccXropKXx17s+PxiSZr6NLcmAW5dCiZTmZl3Ydb"
        "aAVGCf2xWH80WkSQ3D2L70YI+Gbt6+chW766cgGS/6iVO/4id5ITl8qvKRowBeOEkMFcgBsbNdmiIRrPxQvwYB1n"
        "cR2Dpydz+QWEeZfLQhE/ntCBs/GJM0kVSMTzJMqkiN2/bSdF1OdWmfM5R/hrcoSHd46baAI+5gO8f/xk4sLtr29i"
        "YyOR4yyZ4nOhcnpskqbCwEU5ggZ7WcrWMg3ziF6ml1jreuY7mQbpEejeM9JuMgemuc9lbu2heXYw3kY2V/FbiC98"
        "Ofiwq/ApspX4uaHSueDcu8gMuuk0S9B4eU2jT/SJG9clHkWsuzDzzAemHX/kHKfiN5/AMI9IHxZpl0lZgAWVmlwd"
        "8aummGtVqalUU01dSh1dCuuSq/OMrZG6ejkDPs4pVNcVJ1GVZ5A6VPZrrQ6VdZCjcV6RNanj1AY65ZU23JcTUMb8"
        "jZXzOer6vBbN5nNeM9RbMxs2bNiwYcOGjWaAqHwF8Buixh8JlXc9h/lfZ5FK2f5N8t/iEDJ05eiTchBpumeRbyh+"
        "1kIXli6xzDHW/0KJwzR7FimMsR2phuOX3tVF9fMse6B/5bZQo/OXG7HzH8//E1iYAKk="
    )
)
TABLE = [text("A1", "id") + text("B1", "value"), text("A2", "C07") + number("B2", 1.5)]
GRID = [["id", "value"], ["C07", "1.5"]]


def read(path, sheet=None, range=None):
    return read_sheet(path, path.name, sheet=sheet, range=range)


def test_every_kind_of_cell(tmp_path):
    cells = [
        text("A3", "007") + number("B3", 3) + number("C3", "0.30000000000000004"),
        number("A4", 40000, 1) + number("B4", 40000.5, 2) + number("C4", 1.5, 3),
        '<c r="A5" t="b"><v>1</v></c><c r="B5" t="b"><v>0</v></c><c r="C5" s="1"/>',
        number("A6", -0.0) + number("B6", 1e-7) + number("C6", "1E+15"),
    ]
    grid, warnings = read(xlsx(tmp_path / "x.xlsx", {"Data": cells}))
    assert grid == [
        [None, None, None],
        [None, None, None],
        ["007", "3", "0.30000000000000004"],
        ["2009-07-06", "2009-07-06 12:00:00", "36:00:00"],
        ["true", "false", None],
        ["0", "1e-07", "1000000000000000"],
    ]
    assert warnings == [
        "x.xlsx: sheet 'Data', row 6: 1000000000000000 has more digits than the 15 that "
        "spreadsheets keep; ids as long as this are cut unless they are texts."
    ]


def test_error_cells_are_what_the_sheet_shows(tmp_path):
    cells = [
        number("A1", 1) + '<c r="B1" s="1"/><c r="C1" t="e"><v>#N/A</v></c>',
        '<c r="A2" t="e"><f>1/0</f><v>#DIV/0!</v></c>' + number("B2", 2),
        '<c r="D4" t="e"><v>#REF!</v></c>',
    ]
    assert read(xlsx(tmp_path / "x.xlsx", {"Data": cells}))[0] == [
        ["1", None, "#N/A", None],
        ["#DIV/0!", "2", None, None],
        [None, None, None, None],
        [None, None, None, "#REF!"],
    ]


def test_empty_rows_and_columns_at_the_end_are_left_out(tmp_path):
    cells = [*TABLE, '<c r="D9" s="1"/>', text("E12", "")]
    assert read(xlsx(tmp_path / "x.xlsx", {"Data": cells}))[0] == GRID


def test_old_excel_files(tmp_path):
    path = tmp_path / "x.xls"
    path.write_bytes(XLS)
    assert read(path) == (
        [
            [None] * 4,
            ["id", "value", "day", "ok"],
            ["C07", "0.1", "2010-03-01", "true"],
            ["é", "2010", None, None],
        ],
        [],
    )


def test_open_document_sheets(tmp_path):
    rows = """<table:table-row><table:table-cell office:value-type="string"><text:p>id</text:p>
    </table:table-cell><table:table-cell office:value-type="string"><text:p>value</text:p>
    </table:table-cell></table:table-row><table:table-row>
    <table:table-cell office:value-type="string"><text:p>C07</text:p></table:table-cell>
    <table:table-cell office:value-type="float" office:value="1.5"><text:p>1,5</text:p>
    </table:table-cell><table:table-cell table:number-columns-repeated="16382"/></table:table-row>
    <table:table-row table:number-rows-repeated="1048574"><table:table-cell
    table:number-columns-repeated="16384"/></table:table-row>"""
    rows = "".join(line.strip() + " " * line.endswith("cell") for line in rows.splitlines())
    assert read(ods(tmp_path / "x.ods", {"Data": rows})) == (GRID, [])


def test_a_sheet_by_name_by_number_and_one_that_is_not_there(tmp_path):
    other = [text("A1", "other")]
    path = xlsx(tmp_path / "x.xlsx", {"Notes": other, "Data": TABLE, "1": TABLE})
    assert read(path, "Data") == (GRID, [])
    assert read(path, 2) == (GRID, [])
    assert read(path, 1) == (GRID, [])  # its name, not its place
    with pytest.raises(InputError, match=r"no sheet 'Dta'. Did you mean 'Data'"):
        read(path, "Dta")
    for wrong in (0, 4, -1):
        with pytest.raises(InputError, match=f"no sheet {wrong}; the file has 3"):
            read(path, wrong)


def test_several_sheets_with_data_are_told_hidden_ones_too(tmp_path):
    path = xlsx(tmp_path / "x.xlsx", {"Empty": [], "A": TABLE, "B": TABLE}, hidden=("B",))
    grid, (warning,) = read(path)
    assert grid == GRID
    assert warning == "x.xlsx: sheet 'A' is read; there are also 'B'. Say which: sheet = 'A'."
    assert read(xlsx(tmp_path / "y.xlsx", {"Empty": [], "A": TABLE})) == (GRID, [])


@pytest.mark.parametrize(
    ("range_", "expected"),
    [
        ("A1:B2", GRID),
        ("$A$1:$B$2", GRID),
        ("a2:", [["C07", "1.5"]]),
        ("B1:B99", [["value"], ["1.5"]]),
        ("B:B", [["value"], ["1.5"]]),
        ("A2:A", [["C07"]]),
    ],
)
def test_a_range(tmp_path, range_, expected):
    assert read(xlsx(tmp_path / "x.xlsx", {"Data": TABLE}), range=range_)[0] == expected


@pytest.mark.parametrize(
    ("range_", "words"),
    [
        ("A1-B2", "write 'A5:F40' or 'A5:'"),
        ("B2:A1", "ends before it begins"),
        ("A0:B2", "ends before it begins"),
        ("A1", "is one cell"),
        ("F40:", "nothing in range"),
    ],
)
def test_a_range_that_is_none(tmp_path, range_, words):
    with pytest.raises(InputError, match=words):
        read(xlsx(tmp_path / "x.xlsx", {"Data": TABLE}), range=range_)


def test_nothing_in_the_file(tmp_path):
    path = xlsx(tmp_path / "x.xlsx", {"A": [], "B": []})
    with pytest.raises(InputError, match="nothing in any sheet"):
        read(path)
    with pytest.raises(InputError, match="nothing in sheet 'B'"):
        read(path, "B")


def test_a_stray_cell_at_the_end_of_the_world_is_no_crash(tmp_path):
    path = xlsx(tmp_path / "x.xlsx", {"Data": [*TABLE, number("XFD1048576", 1)]})
    with pytest.raises(InputError, match=r"row 1,048,576 .* column 16,384; delete stray cells"):
        read(path)


def test_one_entry_that_stands_for_a_million_cells_is_no_crash(tmp_path):
    rows = """<table:table-row table:number-rows-repeated="1048576"><table:table-cell
    office:value-type="float" office:value="1" table:number-columns-repeated="16384"/>
    </table:table-row>"""
    with pytest.raises(InputError, match=r"row 1,048,576 .* column 16,384; delete stray cells"):
        read(ods(tmp_path / "x.ods", {"Data": rows}))


def test_a_damaged_file(tmp_path):
    path = xlsx(tmp_path / "x.xlsx", {"Data": TABLE})
    whole = path.read_bytes()
    for end in (0, 40, len(whole) // 2, len(whole) - 10):
        path.write_bytes(whole[:end])
        with pytest.raises(InputError, match=r"^x\.xlsx: the file cannot be read: "):
            read(path)


def test_the_bea_list_of_codes(data_folder):
    path = data_folder / "bea_io_1977_2002" / "codes_1977.xlsx"
    if not path.is_file():
        pytest.skip("codes_1977.xlsx is not there")
    grid, warnings = read(path)
    assert (len(grid), grid[0][0], warnings) == (97, "01", [])


def test_a_text_among_numbers_whose_point_may_part_thousands_is_told(tmp_path):
    rows = [
        text("A1", "count") + text("B1", "name"),
        number("A2", 12345) + text("B2", "1.200"),
        text("A3", "1.200") + text("B3", "x"),
    ]
    _, said = read(xlsx(tmp_path / "x.xlsx", {"Sheet": rows}))
    assert said == [
        "x.xlsx: sheet 'Sheet', row 3: '1.200' is a text among numbers. It is read as 1.2; if its "
        "point parts thousands, make it a number in the sheet."
    ]
