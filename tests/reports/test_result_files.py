"""A table goes to every format from one value: no digit is lost, and every sign is itself."""

from __future__ import annotations

import itertools
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook
from spillgraph.core.errors import InputError
from spillgraph.core.stata_names import variable_names
from spillgraph.reports import text_table, workbook
from spillgraph.reports.result_table import (
    SYNTHETIC,
    ResultTable,
    form_of,
    one_line,
    result_table,
    short_label,
)
from spillgraph.reports.stata_table import write_stata
from spillgraph.reports.tables import frame_table
from spillgraph.reports.text_table import latex, markdown
from spillgraph.reports.workbook import sheet_names, write_workbook

CODES = ["01", "C26", "NA", "10-12", "0x"]
NAMES = {
    "01": "R&D, 50% of #1_a {b} ~ ^ \\ $5 | <i>",
    "C26": "电子元件及设备",
    "NA": '=HYPERLINK("x")',
    "10-12": "Köln [Süd]\nNord",
}
MEANINGS = {"benefit": "row sum of ψ, in %", "count": "whole & counted"}


@pytest.fixture
def table() -> ResultTable:
    """Awkward codes, names and numbers; the last number of each kind is missing."""
    random = np.random.default_rng(5)
    benefit = random.lognormal(0, 8, len(CODES)) * [1, -1, 1, 1, 1]
    benefit[-1] = np.nan
    columns = {
        "benefit": benefit,
        "loss percent": 1 / random.integers(3, 1000, len(CODES)),
        "1990": random.random(len(CODES)),
        "if": random.random(len(CODES)),
        "count": [3, 12, 12345, 0, 7],
        "year": 2020,
        "a_very_long_name_of_a_column_that_stata_cannot_have": 0.5,
        "a_very_long_name_of_a_column_that_stata_cannot_hold": 1.5,
        "remark": ["", "_x_", None, "a&b", "*"],
    }
    frame = pd.DataFrame(columns, index=pd.Index(CODES, name="code"))
    return result_table("sums_2020", frame, NAMES, MEANINGS)


def test_names_stand_beside_their_codes(table) -> None:
    assert list(table.frame)[:3] == ["code", "name", "benefit"]
    assert table.frame["name"].tolist() == [NAMES.get(code, "") for code in CODES]
    assert table.keys == 2
    pairs = pd.DataFrame({"receiver": ["C26"], "source": ["01"], "psi": [0.1]})
    shown = result_table("paths", pairs, NAMES).frame
    assert list(shown) == ["receiver", "receiver_name", "source", "source_name", "psi"]
    assert shown["source_name"].tolist() == [NAMES["01"]]
    named = pd.DataFrame({"code": ["01"], "name": ["mine"]})
    assert result_table("sums", named, NAMES).frame.to_dict("list") == named.to_dict("list")
    nobody = pd.DataFrame({"code": ["x"], "n": [1]})
    assert list(result_table("sums", nobody, NAMES).frame) == ["code", "n"]


def numbers(table: ResultTable) -> list[str]:
    return [c for c in table.frame if pd.api.types.is_numeric_dtype(table.frame[c])]


def test_a_workbook_keeps_every_digit_and_every_text(table, tmp_path: Path) -> None:
    write_workbook([table], tmp_path / "a.xlsx")
    book = CalamineWorkbook.from_path(tmp_path / "a.xlsx")
    assert book.sheet_names == ["sums_2020", "columns"]
    head, *rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    assert head == list(table.frame)
    back = pd.DataFrame(rows, columns=head)
    for column in numbers(table):
        wanted = table.frame[column].tolist()
        got = [float("nan") if cell == "" else cell for cell in back[column]]
        np.testing.assert_array_equal(got, wanted)  # to the last bit
    for column in ("code", "name", "remark"):
        assert back[column].tolist() == table.frame[column].fillna("").tolist()
    about = book.get_sheet_by_index(1).to_python()
    assert ["sums_2020", "benefit", MEANINGS["benefit"]] in about


def test_the_library_alone_would_lose_the_last_digit(tmp_path: Path) -> None:
    """The reason for a sheet of our own: remove it when this fails."""
    with xlsxwriter.Workbook(tmp_path / "plain.xlsx") as book:
        book.add_worksheet().write_number(0, 0, 0.1 + 0.2)
    book = CalamineWorkbook.from_path(tmp_path / "plain.xlsx")
    ((value,),) = book.get_sheet_by_index(0).to_python()
    assert value != 0.1 + 0.2


def test_heads_stay_in_view_and_cells_show_few_digits(table, tmp_path: Path) -> None:
    write_workbook([table], tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
        styles = parts.read("xl/styles.xml").decode()
    assert re.search(r'<pane xSplit="2" ySplit="1" topLeftCell="C2"', sheet)
    assert "<f>" not in sheet  # a name is no formula
    formats = set(re.findall(r'formatCode="([^"]+)"', styles))
    assert {"0.0000", "#,##0", "@"} <= formats


def test_the_same_tables_are_the_same_files(table, tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_workbook([table], tmp_path / f"{name}.xlsx")
        write_stata(table, tmp_path / f"{name}.dta")
    for ending in ("xlsx", "dta"):
        one, other = (tmp_path / f"{name}.{ending}" for name in ("a", "b"))
        assert one.read_bytes() == other.read_bytes()


def test_sheets_have_names_that_excel_takes() -> None:
    given = ["x" * 40 + "_2012", "x" * 40 + "_2020", "X" * 40 + "_2020", "a:b", "A?b", "columns"]
    names = sheet_names(given)
    assert len({name.lower() for name in names} | {"columns"}) == len(given) + 1
    assert all(len(name) <= 31 and not re.search(r"[\[\]:*?/\\]", name) for name in names)
    assert names[1].endswith("_2020")


def test_a_table_that_is_larger_than_a_sheet_is_refused(table, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(workbook, "ROWS", 5)
    with pytest.raises(InputError, match=r"table sums_2020: 5 rows.*take its CSV file"):
        write_workbook([table], tmp_path / "a.xlsx")
    assert not (tmp_path / "a.xlsx").exists()


def test_stata_keeps_every_digit_every_text_and_the_labels(table, tmp_path: Path) -> None:
    write_stata(table, tmp_path / "a.dta")
    with pd.read_stata(tmp_path / "a.dta", iterator=True) as reader:
        back, labels = reader.read(), reader.variable_labels()
    columns = list(table.frame)
    names = variable_names(columns)
    assert list(back) == names
    assert len(set(names)) == len(names) and all(
        re.fullmatch("[A-Za-z_][A-Za-z0-9_]{0,31}", name) for name in names
    )
    assert {"v1990", "v_if", "loss_percent"} <= set(names)
    for name, column in zip(names, columns, strict=True):
        wanted = table.frame[column]
        if column in numbers(table):
            np.testing.assert_array_equal(back[name].astype(float), wanted.astype(float))
        else:
            assert back[name].tolist() == wanted.fillna("").tolist()
        assert labels[name] == table.meanings.get(column, column)
    assert back["year"].dtype.kind == back["count"].dtype.kind == "i"


def test_stata_is_told_of_an_infinite_number(tmp_path: Path) -> None:
    table = ResultTable("t", pd.DataFrame({"code": ["a"], "x": [np.inf]}))
    with pytest.raises(InputError, match="table t, column x: a number is infinite"):
        write_stata(table, tmp_path / "a.dta")
    write_workbook([table], tmp_path / "a.xlsx")
    rows = CalamineWorkbook.from_path(tmp_path / "a.xlsx").get_sheet_by_index(0).to_python()
    assert rows[1] == ["a", "∞"]


def test_a_label_is_cut_between_words_and_a_note_holds_all_of_it(tmp_path: Path) -> None:
    said = "row sum of ψ: " + "rise of the output " * 8 + "in %"
    frame = pd.DataFrame({"code": ["a"], "x": [1.5], "y": [2.5]})
    write_stata(ResultTable("t", frame, {"x": said, "y": "short"}), tmp_path / "a.dta")
    with pd.read_stata(tmp_path / "a.dta", iterator=True) as reader:
        assert reader.read()["y"].tolist() == [2.5]
        label = reader.variable_labels()["x"]
    assert len(label) <= 80 and label.endswith("…")
    assert said.startswith(f"{label[:-1]} ")
    parts = (tmp_path / "a.dta").read_bytes().partition(b"<characteristics>")[2]
    notes = parts.partition(b"</characteristics>")[0].split(b"</ch>")[:-1]
    # Name of the variable and of the note take 129 bytes each, behind the length.
    held = {(n[8:137].strip(b"\0"), n[137:266].strip(b"\0")): n[266:-1].decode() for n in notes}
    assert held == {(b"x", b"note0"): "1", (b"x", b"note1"): said}
    assert all(int.from_bytes(n[4:8], sys.byteorder) == len(n) - 8 for n in notes)
    assert short_label("x" * 90, 80) == "x" * 79 + "…"


def test_a_measure_is_double_even_where_it_is_whole(tmp_path: Path) -> None:
    table = ResultTable("t", pd.DataFrame({"code": ["a"], "x": [36.0], "n": [36]}))
    write_stata(table, tmp_path / "a.dta")
    assert [kind.kind for kind in pd.read_stata(tmp_path / "a.dta").dtypes[1:]] == ["f", "i"]


def test_a_wide_table_keeps_its_codes(tmp_path: Path) -> None:
    codes = ["01", "0_1", "year", "name"]
    frame = pd.DataFrame(np.arange(16.0).reshape(4, 4) + 0.5, codes, codes)
    names = {"01": "Steel", "0_1": "Cars"}
    table = result_table("sources", frame.rename_axis(index="receiver"), names)
    assert table.coded == set(codes) and table.form("year") == "value"
    assert [table.head(code) for code in codes] == codes
    assert "receiver & 01 & 0\\_1 & year & name" in latex(table)
    write_stata(table, tmp_path / "a.dta")
    with pd.read_stata(tmp_path / "a.dta", iterator=True) as reader:
        assert list(reader.read())[1:] == ["v01", "v0_1", "year", "name"]
        assert reader.variable_labels()["v0_1"] == "0_1 Cars"
    assert form_of(pd.Series([1.5], name="year")) == "year"
    assert form_of(pd.Series([1.5], name="change_a_year")) == "value"


def test_more_columns_than_stata_has_variables_are_refused(tmp_path: Path) -> None:
    wide = pd.DataFrame(np.zeros((1, 32_768)), columns=[f"c{n}" for n in range(32_768)])
    with pytest.raises(InputError, match=r"table t: 32,768 columns.*32,767.*CSV"):
        write_stata(ResultTable("t", wide), tmp_path / "a.dta")
    with pytest.raises(InputError, match=r"table t: 1 rows, 32,768 columns.*16,384"):
        write_workbook([ResultTable("t", wide)], tmp_path / "a.xlsx")
    assert not list(tmp_path.iterdir())


def test_seven_hundred_sectors_and_long_texts_come_back(tmp_path: Path) -> None:
    codes = [f"{n:03}" for n in range(700)]
    numbers = np.random.default_rng(1).lognormal(0, 5, (700, 700))
    table = result_table(
        "sources",
        pd.DataFrame(numbers, codes, codes).rename_axis(index="receiver"),
        dict.fromkeys(codes, "农" * 700),  # 2,100 bytes
    )
    write_stata(table, tmp_path / "a.dta")
    back = pd.read_stata(tmp_path / "a.dta")
    assert back["receiver"].tolist() == codes and set(back["name"]) == {"农" * 700}
    np.testing.assert_array_equal(back.iloc[:, 2:].to_numpy(float), numbers)
    write_workbook([table], tmp_path / "a.xlsx")
    rows = CalamineWorkbook.from_path(tmp_path / "a.xlsx").get_sheet_by_index(0).to_python()
    assert rows[0] == ["receiver", "name", *codes] and [row[0] for row in rows[1:]] == codes
    np.testing.assert_array_equal([row[2:] for row in rows[1:]], numbers)


def test_a_workbook_of_invented_data_says_so_everywhere(table, tmp_path: Path) -> None:
    write_workbook([replace(table, notice=SYNTHETIC)], tmp_path / "a.xlsx")
    book = CalamineWorkbook.from_path(tmp_path / "a.xlsx")
    assert book.sheet_names == ["SYNTHETIC", "sums_2020", "columns"]
    assert book.get_sheet_by_index(0).to_python() == [[SYNTHETIC]]
    with zipfile.ZipFile(tmp_path / "a.xlsx") as parts:
        assert f"<dc:title>{SYNTHETIC}<" in parts.read("docProps/core.xml").decode()
        sheet = parts.read("xl/worksheets/sheet2.xml").decode()
    assert f"<oddHeader>&amp;C&amp;B{SYNTHETIC}<" in sheet and "FFB3261E" in sheet
    assert sheet_names(["synthetic"]) == ["synthetic~2"]


def test_an_empty_table_is_heads_alone(tmp_path: Path) -> None:
    table = ResultTable("none", pd.DataFrame({"code": pd.Series(dtype=object), "x": []}))
    write_workbook([table], tmp_path / "a.xlsx")
    write_stata(table, tmp_path / "a.dta")
    assert list(pd.read_stata(tmp_path / "a.dta")) == ["code", "x"]
    assert CalamineWorkbook.from_path(tmp_path / "a.xlsx").get_sheet_by_index(0).to_python() == [
        ["code", "x"]
    ]
    assert "code & x" in latex(table)


def cells(line: str) -> list[str]:
    return re.split(r"(?<!\\)[&|]", line)


def test_latex_has_a_cell_for_every_value_and_escapes_what_is_special(table) -> None:
    text = latex(table)
    body = text.partition("\\midrule\n")[2].partition("\\bottomrule")[0].splitlines()
    width = len(table.frame.columns)
    assert text.count("\\toprule") == text.count("\\midrule") == text.count("\\bottomrule") == 1
    assert re.search(rf"\\begin{{tabular}}{{llr{{{width - 3}}}l}}", text)
    assert len(body) == len(CODES)
    assert all(line.endswith(" \\\\") and len(cells(line)) == width for line in body)
    first = cells(body[0])[1].strip()
    assert first == (
        r"R\&D, 50\% of \#1\_a \{b\} \textasciitilde{} \textasciicircum{} \textbackslash{} \$5 "
        r"\textbar{} \textless{}i\textgreater{}"
    )
    assert "电子元件及设备" in body[1] and "xelatex" in text
    assert "{[}Süd{]} Nord" in body[3]  # no line break, no optional argument
    plain = ResultTable("t", pd.DataFrame({"code": ["a"], "x": [-3e-7]}))
    assert "a & $-$3.00$\\times 10^{-7}$ \\\\" in latex(plain)
    assert "xelatex" not in latex(plain)
    # \textquotedbl is not defined without T1 fonts.
    quoted = ResultTable("t", pd.DataFrame({"code": ["a"], "name": ['"x"'], "x": [1.5]}))
    assert r"\textquotedblright{}x\textquotedblright{}" in latex(quoted)


#: Names that LaTeX, Markdown or XML could take for something else.
HOSTILE = [
    r"\ & % $ # _ { } ~ ^ < > | \" ",
    "* starred",
    "[1ex] optional",
    "10--12 'x'' ``y'' ?` !` ,,z a---b",
    "bell\x07 tab\t new\nline",
    r"\\ \input{x} $x^2$ %",
    "&amp; &lt;b&gt; **bold** [a](b) ![i](j) `c` <i>",
]
#: Every letter that pdflatex is said to have without a package, and with T1 fonts.
OT1, T1 = "".join(sorted(text_table._KNOWN - text_table._T1)), "".join(sorted(text_table._T1))
SIGNS = "≤ ≥ ≠ ≈ × ∞ ψ ρ α δ Σ ⁻¹ ² − – '"


@pytest.mark.parametrize(
    ("program", "fonts", "more"),
    [("pdflatex", "", OT1), ("pdflatex", "T1", OT1 + T1), ("xelatex", "", OT1 + T1 + "Ħ农")],
)
def test_latex_compiles(tmp_path: Path, program: str, fonts: str, more: str) -> None:
    if shutil.which(program) is None:
        pytest.skip(f"needs {program} on the PATH (Debian: texlive-latex-base, texlive-xetex)")
    names = [*HOSTILE, SIGNS, more]
    frame = pd.DataFrame({"code": [f"*{n}" for n in range(len(names))], "name": names, "x": -1e-7})
    part = latex(ResultTable(r"t_\x", frame, {"code": "a\nb"}, SYNTHETIC, frozenset({"x"})))
    font = f"\\usepackage[{fonts}]{{fontenc}}" if fonts else ""
    head = f"\\documentclass{{article}}{font}\\usepackage{{booktabs}}\\begin{{document}}"
    (tmp_path / "t.tex").write_text(f"{head}\n{part}\n\\end{{document}}", encoding="utf-8")
    command = [program, "-halt-on-error", "-interaction=batchmode", "t.tex"]
    made = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True)
    log = (tmp_path / "t.log").read_text("latin-1")
    assert made.returncode == 0, log[-1500:]
    assert (tmp_path / "t.pdf").stat().st_size > 1000


def test_latex_says_what_a_table_needs() -> None:
    def needs(name: str) -> str:
        return latex(ResultTable("t", pd.DataFrame({"code": ["a"], "name": [name], "x": [1.5]})))

    assert "fontenc" not in needs("Köln ≤ 5") and "xelatex" not in needs("Köln ≤ 5")
    assert "\\usepackage[T1]{fontenc}" in needs("Łódź «ą»") and "xelatex" not in needs("ą")
    assert all("xelatex" in needs(name) for name in ("Ħ", "农业", "Đặng", "αβγ", "Москва"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("10--12", "10-{}-12"),
        ("a''b", "a'{}'b"),
        ("?`x", "?{}`x"),
        ("* x", "{*} x"),
        ("{}", r"\{\}"),
        ("a\x07b", "a b"),
    ],
)
def test_latex_shows_the_signs_that_there_are(text: str, shown: str) -> None:
    table = ResultTable("t", pd.DataFrame({"code": ["a"], "name": [text], "x": [1.5]}))
    assert f"a & {shown} & 1.500 \\\\" in latex(table)


def test_markdown_shows_hostile_names_as_they_are() -> None:
    from markdown_it import MarkdownIt

    frame = pd.DataFrame({"code": "a", "name": HOSTILE})
    text = markdown(ResultTable("t", frame, notice=SYNTHETIC))
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    cells = [each for before, each in itertools.pairwise(tokens) if before.type == "td_open"]
    shown = ["".join(part.content for part in each.children) for each in cells][1::2]
    assert shown == [one_line(name) for name in HOSTILE]
    assert tokens[1].children[1].type == "strong_open"  # above the table


def test_markdown_has_a_cell_for_every_value(table) -> None:
    from markdown_it import MarkdownIt

    html = MarkdownIt("commonmark").enable("table").render(markdown(table))
    rows = re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL)
    found = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL) for row in rows]
    assert {len(row) for row in found} == {len(table.frame.columns)}
    assert len(found) == 1 + len(CODES)
    assert found[1][1] == ("R&amp;D, 50% of #1_a {b} ~ ^ \\ $5 | &lt;i&gt;")
    assert found[2][1] == NAMES["C26"]
    assert "<em>" not in html and "<i>" not in html
    assert "<li>benefit: row sum of ψ, in %</li>" in html


def test_page_paper_and_file_show_the_same_digits(table) -> None:
    shown = table.frame.set_index("code")[["loss percent"]]
    page = [row[1].text for row in frame_table("Sums", shown, {}).rows]
    place = list(table.frame).index("loss percent")
    lines = markdown(table).splitlines()[2 : 2 + len(CODES)]
    assert page == [re.split(r"(?<!\\)\|", line)[place + 1].strip() for line in lines]
    for text, value in zip(page, table.frame["loss percent"], strict=True):
        assert float(text) == pytest.approx(value, rel=5e-4)
