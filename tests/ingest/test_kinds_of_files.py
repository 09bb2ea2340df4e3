"""Files that are no plain CSV, through a whole study: packed, sheets, Stata, printed tables."""

from __future__ import annotations

import bz2
import gzip
import zipfile
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from spillgraph.core.errors import InputError
from staging import keys, staged

from .files.workbooks import text as cell
from .files.workbooks import xlsx

CSV = "citing,cited,year,count\n1,2,2000,4\n2,1,2001,3\n3,2,2001,2\n"
CELLS = [["1", "2", 2000, 4.0], ["2", "1", 2001, 3.0], ["3", "2", 2001, 2.0]]


def zipped(path: Path, **members: str) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(f"{name}.csv", text)


@pytest.mark.parametrize("kind", ["gz", "bz2", "zst", "zip", "csv", "dat", "tab", "nothing"])
@pytest.mark.parametrize("named", ["honest", "otherwise"])
def test_packed_text_is_read_whatever_its_name(tiny, tmp_path, kind, named) -> None:
    path = tiny.folder / (f"c.csv.{kind}" if named == "honest" else "c.txt")
    data = CSV.encode()
    if kind == "zip":
        zipped(path, c=CSV)
    elif kind == "zst":
        with pa.output_stream(path, compression="zstd") as file:
            file.write(data)
    else:
        pack = {"gz": gzip.compress, "bz2": bz2.compress}.get(kind, lambda data: data)
        path.write_bytes(pack(data))
    tiny.replace('file = "citations.csv"', f'file = "{path.name}"')
    found = staged(tiny, tmp_path)["firm_citations"]
    assert pd.read_parquet(found.path).values.tolist() == CELLS


def test_a_zip_of_several_needs_a_member(tiny, tmp_path) -> None:
    zipped(tiny.folder / "c.zip", other="a\n1\n", citations=CSV)
    tiny.replace('file = "citations.csv"', 'file = "c.zip"')
    with pytest.raises(InputError, match=r"c.zip.*member"):
        staged(tiny, tmp_path)
    tiny.replace('file = "c.zip"', 'file = "c.zip"\nmember = "citations.csv"')
    assert staged(tiny, tmp_path)["firm_citations"].total == 9


def test_stata_by_labels_or_codes(tiny, tmp_path) -> None:
    frame = pd.DataFrame({"id": ["1", "2", "3", "4"], "industry": [10, 20, 30, 10]})
    labels = {"industry": {10: "A", 20: "B", 30: "C"}}
    frame.to_stata(tiny.folder / "f.dta", write_index=False, value_labels=labels)
    tiny.replace('file = "firms.csv"', 'file = "f.dta"')
    table = pd.read_parquet(staged(tiny, tmp_path)["firms"].path)
    assert table["industry"].tolist() == ["A", "B", "C", "A"]
    tiny.replace('file = "f.dta"', 'file = "f.dta"\nlabels = "codes"')
    with pytest.raises(InputError, match="industry is not in the list of industries: 4, '10'"):
        staged(tiny, tmp_path)


def test_stata_labels_where_codes_are_listed_name_the_key(tiny, tmp_path) -> None:
    frame = pd.DataFrame({"id": ["1", "2", "3", "4"], "industry": [1, 2, 3, 1]})
    labels = {"industry": {1: "Farms", 2: "Mines", 3: "Mills"}}
    frame.to_stata(tiny.folder / "f.dta", write_index=False, value_labels=labels)
    tiny.replace('file = "firms.csv"', 'file = "f.dta"')
    with pytest.raises(InputError, match='labels = "codes" reads the codes'):
        staged(tiny, tmp_path)


PRINTED = (
    "V1,x,y,HFCE,INVNT,EXPO\n"
    "x,10,20,70,-3,3\n"
    "y,15,0,65,0,0\n"
    "TXS,1,1,1,0,0\n"
    "VALU,74,59,0,0,0\n"
    "OUTPUT,100,80,0,0,0\n"
)


def test_one_printed_table_gives_flows_and_output(tiny, tmp_path) -> None:
    (tiny.folder / "oecd.csv").write_text(PRINTED)
    tiny.replace(
        '[tables.trade_links]\nfile = "trade.csv"',
        '[tables.io_flows]\nfile = "oecd.csv"\nclassification = "t"\n'
        'wide = { rows = "supplier", columns = "user", values = "value" }\n'
        'where_not = { supplier = ["TXS", "VALU", "OUTPUT"], user = ["HFCE", "INVNT", "EXPO"] }\n'
        "constants = { year = 2001 }",
    )
    tiny.replace(
        'file = "output.csv"',
        'file = "oecd.csv"\nconstants = { year = 2001 }\n'
        'printed = { gross_output = "OUTPUT", value_added = ["VALU", "TXS"], '
        'final_demand = ["HFCE", "INVNT", "EXPO"] }',
    )
    found = staged(tiny, tmp_path)
    output = pd.read_parquet(found["io_output"].path).set_index("industry")
    assert output.loc["x", ["gross_output", "value_added", "final_demand"]].tolist() == [
        100,
        75,
        70,
    ]
    assert output.loc["y", ["gross_output", "value_added", "final_demand"]].tolist() == [80, 60, 65]
    flows = pd.read_parquet(found["io_flows"].path)
    assert flows.set_index(["supplier", "user"])["value"].to_dict() == {
        ("x", "x"): 10, ("x", "y"): 20, ("y", "x"): 15, ("y", "y"): 0,
    }  # fmt: skip


BOTH = "supplier,x,y,HFCE,OUTPUT\nx,10,20,70,{x}\ny,15,0,65,80\nOUTPUT,100,80,,\n"


@pytest.mark.parametrize(
    ("other", "keys", "words"),
    [
        ("100", "", None),
        ("100.04", "", None),
        ('"100,00"', 'decimal = ","', None),
        (
            "70",
            "",
            "'OUTPUT' is a row and a column, and they are not the same: of 'x' the row says 100, "
            r"the column says 70 \(1 of 2 differ\)",
        ),
        ("", "", "of 'x' the row says 100, the column is empty"),
        (
            '"880,438.5"',
            "",
            "row 1: 'OUTPUT' is '880,438.5', a number only in another spelling.* "
            r'Say in \[tables.io_output\]: thousands = ","',
        ),
    ],
)
def test_output_that_is_a_row_and_a_column(tiny, tmp_path, other, keys, words) -> None:
    (tiny.folder / "world.csv").write_text(BOTH.replace("{x}", other))
    tiny.replace(
        'file = "output.csv"',
        'file = "world.csv"\nconstants = { year = 2001 }\nprinted = { gross_output = "OUTPUT", '
        f'final_demand = "HFCE" }}\n{keys}',
    )
    if words is not None:
        with pytest.raises(InputError, match=words):
            staged(tiny, tmp_path)
        return
    output = pd.read_parquet(staged(tiny, tmp_path)["io_output"].path).set_index("industry")
    assert output["gross_output"].to_dict() == {"x": 100.0, "y": 80.0}
    assert output["final_demand"].to_dict() == {"x": 70.0, "y": 65.0}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ('gross_output = "OUTPT"', r"no row or column 'OUTPT'.*OUTPUT"),
        ('gross_output = "x"', "'x' is a row and a column"),
        (
            'gross_output = "OUTPUT", value_added = "NOTE"',
            "'n.n.' of 'x' in 'NOTE' is not a number",
        ),
    ],
)
def test_what_a_printed_table_lacks_is_named(tiny, tmp_path, given, words) -> None:
    (tiny.folder / "oecd.csv").write_text(PRINTED + "NOTE,n.n.,1,0,0,0\n")
    tiny.replace(
        'file = "output.csv"',
        f'file = "oecd.csv"\nconstants = {{ year = 2001 }}\nprinted = {{ {given} }}',
    )
    with pytest.raises(InputError, match=words):
        staged(tiny, tmp_path)


def test_two_header_rows_and_two_label_columns(tiny, tmp_path) -> None:
    (tiny.folder / "sectors.csv").write_text("code\nDE_A\nDE_B\nFR_C\n")
    (tiny.folder / "map.csv").write_text("from,to\nA,DE_A\nB,DE_B\nC,FR_C\n")
    (tiny.folder / "output.csv").write_text(
        "industry,year,gross_output\nDE_A,2001,100\nDE_B,2001,80\nFR_C,2001,50\n"
    )
    (tiny.folder / "io.csv").write_text(",,DE,,FR\n,,A,B,C\nDE,A,10,20,0\n,B,15,0,5\nFR,C,0,12,0\n")
    entry = (
        '[tables.io_flows]\nfile = "io.csv"\nclassification = "t"\n'
        'wide = { rows = "supplier", columns = "user", values = "value" }\n'
        "constants = { year = 2001 }"
    )
    tiny.replace('[tables.trade_links]\nfile = "trade.csv"', entry)
    with pytest.raises(InputError, match="header_rows = 2"):
        (tiny.folder / "two.csv").write_text("x,,DE,DE\n,,A,B\nDE,A,1,2\n")
        tiny.replace('file = "io.csv"', 'file = "two.csv"')
        staged(tiny, tmp_path)
    tiny.replace('file = "two.csv"', 'file = "io.csv"\nheader_rows = 2\nlabel_columns = 2')
    flows = pd.read_parquet(staged(tiny, tmp_path)["io_flows"].path)
    cells = flows.set_index(["supplier", "user"])["value"].to_dict()
    assert cells["DE_A", "DE_B"] == 20 and cells["FR_C", "DE_B"] == 12 and len(cells) == 9


def test_numbers_of_a_matrix_stay_what_they_are_beside_texts(tiny, tmp_path) -> None:
    frame = pd.DataFrame({"code": ["x", "y"], "x": [12.125, 20.0], "y": ["1.080,5", "7"]})
    frame.to_parquet(tiny.folder / "io.parquet")
    tiny.replace(
        '[tables.trade_links]\nfile = "trade.csv"',
        '[tables.io_flows]\nfile = "io.parquet"\nclassification = "t"\ndecimal = ","\n'
        'thousands = "."\nconstants = { year = 2001 }\n'
        'wide = { rows = "supplier", columns = "user", values = "value" }',
    )
    flows = pd.read_parquet(staged(tiny, tmp_path)["io_flows"].path)
    assert sorted(flows["value"]) == [7, 12.125, 20, 1080.5]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1,2,2000,4\n2,1,2001,3\n", "say header = false"),
        ("'citing','cited','year','count'\n'1','2','2000','4'\n", 'quote = "\'"'),
        ("Citations of firms\n\n" + CSV, "say skip = 2."),
        (CSV.replace("cited", "citd"), "Did you mean 'citd'"),
    ],
)
def test_a_header_that_is_elsewhere_names_its_key(tiny, tmp_path, text, words) -> None:
    (tiny.folder / "citations.csv").write_text(text)
    with pytest.raises(InputError, match="there is no column 'cit") as error:
        staged(tiny, tmp_path)
    assert words in str(error.value)


def test_dates_in_another_form_name_their_format(tiny, tmp_path) -> None:
    (tiny.folder / "citations.csv").write_text(
        "citing,cited,year,count\n1,2,01/05/2001,4\n2,1,12/28/2001,3\n"
    )
    with pytest.raises(
        InputError, match=r'Year is a date in another form: say format = "%m/%d/%Y"'
    ):
        staged(tiny, tmp_path)


# -- merged cells ----------------------------------------------------------------------------------

MERGED = [
    ["from", "to", "year", "count"],
    ["1", "2", "2000", "4"],
    ["", "3", "", "1"],
    ["2", "1", "2001", "3"],
    ["", "3", "2000", "5"],
    ["", "2", "", "6"],
]
MEANT = [
    ["1", "2", 2000, 4.0], ["1", "3", 2000, 1.0], ["2", "1", 2001, 3.0], ["2", "3", 2000, 5.0],
    ["2", "2", 2000, 6.0],
]  # fmt: skip


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_merged_cells_name_the_key_that_fills_them(tiny, tmp_path, kind) -> None:
    if kind == "csv":
        tiny.write("c.csv", "\n".join(",".join(row) for row in MERGED) + "\n")
    else:
        cells = [
            "".join(cell(f"{'ABCD'[at]}{row}", each) for at, each in enumerate(line) if each)
            for row, line in enumerate(MERGED, start=1)
        ]
        xlsx(tiny.folder / "c.xlsx", {"Data": cells})
    columns = 'columns = { citing = "from", cited = "to" }'
    tiny.replace('file = "citations.csv"', f'file = "c.{kind}"\n{columns}')
    found = staged(tiny, tmp_path)["firm_citations"]
    assert (found.read, found.rejected) == (5, 3)
    (text,) = found.warnings
    assert 'as merged cells are: if those rows have its value, say fill_down = ["from"].' in text
    tiny.replace(columns, f'{columns}\nfill_down = ["from"]')
    (text,) = staged(tiny, tmp_path)["firm_citations"].warnings
    assert 'fill_down = ["year"].' in text
    tiny.replace('fill_down = ["from"]', 'fill_down = ["from", "year"]')
    found = staged(tiny, tmp_path)["firm_citations"]
    assert found.warnings == ()
    assert found.notes == (
        "fill_down gave 3 blank cells of 'from' the value above.",
        "fill_down gave 2 blank cells of 'year' the value above.",
    )
    assert pd.read_parquet(found.path).values.tolist() == MEANT


@pytest.mark.parametrize("blank", ["", "  ", "\t", "\u00a0", "\u200b"])
def test_blank_is_what_looks_so_where_cells_are_filled(tiny, tmp_path, blank) -> None:
    tiny.write("c.csv", f"citing,cited,year\n1,2,2000\n{blank},3,2000\n2,3,2000\n{blank},1,2000\n")
    tiny.replace('file = "citations.csv"', 'file = "c.csv"\nfill_down = ["citing"]')
    found = staged(tiny, tmp_path)["firm_citations"]
    ids = ["1", "1", "2", "2"]
    assert sorted(pd.read_parquet(found.path)["citing"]) == ids


def test_a_column_to_fill_must_be_there_and_begin_filled(tiny, tmp_path) -> None:
    tiny.write("c.csv", CSV.replace("1,2,2000", ",2,2000"))
    tiny.replace('file = "citations.csv"', 'file = "c.csv"\nfill_down = ["citng"]')
    with pytest.raises(InputError, match=r"no column 'citng' \(fill_down\). Did you mean 'citing'"):
        staged(tiny, tmp_path)
    tiny.replace('"citng"', '"citing"')
    found = staged(tiny, tmp_path)["firm_citations"]
    assert found.rejected == 1 and found.hints == ()


@pytest.mark.parametrize(
    ("rows", "keys"),
    [
        ("1,2,2000\nNA,3,2000\n-,1,2000\n", ""),
        ("1,2,2000\nNA,3,2000\n-,1,2000\n", 'fill_down = ["citing"]'),
        ("1,2,2000\nx,3,2000\nx,1,2000\n", 'missing = ["x"]'),
        ("1,2,2000\n,,\n2,3,2000\n,,\n", ""),
    ],
)
def test_what_no_merged_cell_is_names_no_key(tiny, tmp_path, rows, keys) -> None:
    tiny.write("c.csv", f"citing,cited,year\n{rows}")
    tiny.replace('file = "citations.csv"', f'file = "c.csv"\n{keys}')
    found = staged(tiny, tmp_path)["firm_citations"]
    assert found.rejected == 2
    assert "merged cells" not in " ".join((*found.warnings, *found.hints))


def test_cells_that_repeat_the_one_above_are_not_merged_and_told_where_filled(tiny, tmp_path):
    """A blank means that there is none: merged cells have their value once."""
    tiny.write("c.csv", "citing,cited,year\n1,2,2000\n1,3,2000\n1,2,2001\n,1,2000\n,3,2001\n,,\n")
    tiny.replace('file = "citations.csv"', 'file = "c.csv"')
    found = staged(tiny, tmp_path)["firm_citations"]
    assert found.reasons["citing is missing"] == 3
    assert "merged cells" not in " ".join((*found.warnings, *found.hints))
    keys(tiny, "c.csv", 'fill_down = ["citing"]')
    found = staged(tiny, tmp_path)["firm_citations"]
    given = "fill_down gave 2 blank cells of 'citing' the value above"
    assert given + "." in found.notes
    assert [text for text in found.warnings if "fill_down" in text] == [
        f"{given}, but filled cells repeat the one right above them ('1' in row 2 of c.csv; 2 "
        "times), which merged cells never do. If a blank means that there is none, take 'citing' "
        "out of 'fill_down'."
    ]


def test_a_value_may_come_again_below_another_that_begins_anew(tiny, tmp_path) -> None:
    """Merged 2000 of firm 1, and merged 2000 of firm 2."""
    tiny.write(
        "c.csv", "citing,year,cited\n1,2000,2\n,,3\n2,2001,1\n3,2001,1\n,,2\n,2000,4\n4,2000,1\n"
    )
    tiny.replace('file = "citations.csv"', 'file = "c.csv"')
    found = staged(tiny, tmp_path)["firm_citations"]
    assert 'say fill_down = ["citing"].' in " ".join(found.hints)
    keys(tiny, "c.csv", 'fill_down = ["citing"]')
    found = staged(tiny, tmp_path)["firm_citations"]
    assert 'say fill_down = ["year"].' in " ".join(found.hints)
    tiny.replace('["citing"]', '["citing", "year"]')
    found = staged(tiny, tmp_path)["firm_citations"]
    assert (found.loaded, found.warnings) == (7, ())
    assert found.notes == (
        "fill_down gave 3 blank cells of 'citing' the value above.",
        "fill_down gave 2 blank cells of 'year' the value above.",
    )


def test_cells_filled_in_several_files_are_counted_together(tiny, tmp_path) -> None:
    (tiny.folder / "parts").mkdir()
    for name, rows in (("a", "1,2,2000\n,3,2000\n"), ("b", "1,4,2001\n1,2,2001\n,3,2001\n")):
        tiny.write(f"parts/{name}.csv", f"citing,cited,year\n{rows}")
    tiny.replace('file = "citations.csv"', 'file = "parts/*.csv"\nfill_down = ["citing"]')
    found = staged(tiny, tmp_path)["firm_citations"]
    assert found.notes[-1] == "fill_down gave 2 blank cells of 'citing' the value above."
    (told,) = [text for text in found.warnings if "fill_down" in text]
    assert "('1' in row 2 of parts/b.csv), which merged cells never do" in told


def test_a_firm_without_an_owner_is_no_merged_cell(tiny, tmp_path) -> None:
    tiny.write("own.csv", "firm,owner\n1,2\n3,\n")
    tiny.replace(
        "[tables.trade_links]", '[tables.ownership]\nfile = "own.csv"\n\n[tables.trade_links]'
    )
    found = staged(tiny, tmp_path)["ownership"]
    assert found.reasons == {"owner is missing": 1}
    assert "merged cells" not in " ".join((*found.warnings, *found.hints))


def test_merged_labels_of_a_matrix_are_named_as_the_file_does(tiny, tmp_path) -> None:
    of_flows(tiny, "io.csv", "kind,code,A,B\nu,A,1,2\nv,,3,4\n,,,\n", f'{WIDE}\nbeside = ["kind"]')
    found = staged(tiny, tmp_path)["io_flows"]
    assert 'say fill_down = ["code"].' in " ".join((*found.warnings, *found.hints))
    tiny.write("io.csv", "kind,code,A,B\nu,A,1,2\n,,,\nv,B,3,4\n,,,\n")
    found = staged(tiny, tmp_path)["io_flows"]
    assert "merged cells" not in " ".join((*found.warnings, *found.hints))


def test_a_broken_row_hands_no_earlier_value_down(tiny, tmp_path) -> None:
    text = "citing,cited,year\n1,2,2000\n,3,2000\n2,1,2000,9\n{next},3,2000\n3,1,2000\n"
    tiny.write("c.csv", text.format(next=""))
    tiny.replace('file = "citations.csv"', 'file = "c.csv"\nfill_down = ["citing"]')
    with pytest.raises(InputError) as caught:
        staged(tiny, tmp_path)
    said = str(caught.value)
    assert said.startswith("c.csv, row 3: the row cannot be taken apart: ")
    assert "Column 'citing' is blank below it, in row 4, and fill_down would" in said
    tiny.write("c.csv", text.format(next="2"))  # nothing is handed over the broken row
    found = staged(tiny, tmp_path)["firm_citations"]
    assert (found.loaded, found.rejected) == (4, 1)


# -- keys that a message names ---------------------------------------------------------------------

WIDE = 'wide = { rows = "supplier", columns = "user", values = "value" }'
YEAR = "constants = { year = 2001 }"


def of_flows(tiny, file: str, text: str, keys: str) -> None:
    """Add flows between industries that nothing else is known of."""
    tiny.write(file, text)
    tiny.replace('[[tables.industries]]\nfile = "fine.csv"\nclassification = "f"\n', "")
    entry = f'[tables.io_flows]\nfile = "{file}"\nclassification = "f"\n{YEAR}\n{keys}\n\n'
    tiny.replace("[tables.trade_links]", entry + "[tables.trade_links]")


def flows(tiny, tmp_path) -> list[list[object]]:
    table = pd.read_parquet(staged(tiny, tmp_path)["io_flows"].path)
    return table[["supplier", "user", "value"]].values.tolist()


def test_two_columns_of_labels_name_label_columns(tiny, tmp_path) -> None:
    text = "country,sector,DE_farm,DE_mine\nDE,farm,1,2\nDE,mine,3,4\n"
    of_flows(tiny, "io.csv", text, WIDE)
    with pytest.raises(InputError) as error:
        staged(tiny, tmp_path)
    assert str(error.value) == (
        "io.csv: column 'sector' holds names where 'wide' has values. Rows have one label several "
        "times. Column 'sector' beside the labels tells such rows apart: say label_columns = 2, "
        "and the first columns are joined by '_'."
    )
    tiny.replace(WIDE, f"{WIDE}\nlabel_columns = 2")
    assert flows(tiny, tmp_path) == [
        ["DE_farm", "DE_farm", 1], ["DE_farm", "DE_mine", 2],
        ["DE_mine", "DE_farm", 3], ["DE_mine", "DE_mine", 4],
    ]  # fmt: skip
    tiny.write("io.csv", "code,name,A,B\nA,Alpha,1,2\nB,Beta,3,4\n")
    plain = [["A", "A", 1], ["A", "B", 2], ["B", "A", 3], ["B", "B", 4]]
    tiny.replace("label_columns = 2", 'where_not = { user = ["name"] }')
    assert flows(tiny, tmp_path) == plain
    tiny.replace('where_not = { user = ["name"] }', 'beside = ["name"]')
    assert flows(tiny, tmp_path) == plain


def test_values_that_are_missing_are_no_names(tiny, tmp_path) -> None:
    of_flows(tiny, "io.csv", "code,A,B\nA,NA,2\nB,n/a,4\nC,NaN,1\n", WIDE)
    assert [row[2] for row in flows(tiny, tmp_path)] == [2, 4, 1]


def test_a_printed_table_names_wide_and_printed(tiny, tmp_path) -> None:
    text = "s,A,B,FD\nA,1,2,5\nB,3,4,9\nX,8,16,0\n"
    leave = 'where_not = { supplier = ["X"], user = ["FD"] }'
    of_flows(tiny, "io.csv", text, "")
    with pytest.raises(InputError) as error:
        staged(tiny, tmp_path)
    assert f"If this is a printed matrix, say {WIDE}." in str(error.value)
    tiny.replace(f"{YEAR}\n", f"{YEAR}\n{WIDE}\n{leave}\n")
    own = 'file = "output.csv"\nclassification = "t"'
    tiny.replace(own, f'file = "io.csv"\nclassification = "f"\n{YEAR} # output')
    with pytest.raises(InputError, match="say which of its rows or columns is output"):
        staged(tiny, tmp_path)
    tiny.replace(f"{YEAR} # output", f'{YEAR}\nprinted = {{ gross_output = "X" }}')
    table = pd.read_parquet(staged(tiny, tmp_path)["io_output"].path)
    assert table[["industry", "gross_output"]].values.tolist() == [["A", 8], ["B", 16]]


def test_a_column_left_alone_needs_a_constant(tiny, tmp_path) -> None:
    tiny.replace('file = "output.csv"', 'file = "output.csv"\ncolumns = { year = "" }')
    with pytest.raises(InputError) as error:
        staged(tiny, tmp_path)
    assert str(error.value) == (
        'output.csv: columns = { year = "" } leaves year alone, and io_output needs it: give it '
        "for all rows, constants = { year = … }, or take the key out."
    )
    tiny.replace('year = "" }', f'year = "" }}\n{YEAR.replace("2001", "2002")}')
    table = pd.read_parquet(staged(tiny, tmp_path)["io_output"].path)
    assert table["year"].tolist() == [2002, 2002]
