"""Headers, lines, sources and dates among codes are told; labels of one end of a matrix, too."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_studies import economy

HEAD = '[study]\nname = "s"\ntarget = "sec"\n'
LONG = '[tables.industry_citations]\nfile = "c.csv"\nclassification = "sec"\n'
WIDE = LONG + (
    'wide = { rows = "citing", columns = "cited", values = "count" }\nconstants = { year = 2000 }\n'
)
LIST = '[[tables.industries]]\nfile = "i.csv"\nclassification = "sec"\n'
ROWS = "citing,cited,year,count\nA,B,2000,3\nB,A,2000,4\nA,A,2000,1\n"


def write(folder: Path, study: str, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    path = folder / "study.toml"
    path.write_text(HEAD + study)
    return path


def odd(warnings: list[str]) -> list[str]:
    return [each for each in warnings if "taken for" in each or "spreadsheet" in each]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("code", "is a header that is repeated"),
        ("----", "has no letter and no digit"),
        ("Source: BEA", "begins like a source or a note"),
        ("Note: preliminary", "begins like a source or a note"),
        ("Quelle: Destatis", "begins like a source or a note"),
        ("注：初步数据", "begins like a source or a note"),
    ],
)
def test_what_is_no_code_is_named_with_the_key(tmp_path, code, words) -> None:
    path = write(tmp_path, LONG + LIST, c=ROWS, i=f"code\nA\nB\n{code}\n")
    found = economy(path, tmp_path)
    (text,) = odd(found.warnings)
    assert text.startswith(f"table industries, column code: {code!r} {words}")
    key = text.split("leave it out: ")[1].split(" in [tables.industries]")[0]
    path.write_text(path.read_text() + key + "\n")
    found = economy(path, tmp_path)
    assert found.labels == ["A", "B"]
    assert found.warnings == []


@pytest.mark.parametrize(
    "code", ["Notebooks", "Sources of energy", "Code", "12", "资料处理", "C-D"]
)
def test_codes_are_codes(tmp_path, code) -> None:
    path = write(tmp_path, LONG + LIST, c=ROWS, i=f"code\nA\nB\n{code}\n")
    assert odd(economy(path, tmp_path).warnings) == []


def test_a_sector_called_industry_is_no_header(tmp_path) -> None:
    study = '[tables.firms]\nfile = "f.csv"\nclassification = "sec"\n'
    study += '[tables.firm_citations]\nfile = "c.csv"\n' + LIST
    firms, cites = "id,industry\n1,industry\n2,services\n", "citing,cited,year\n1,2,2000\n"
    path = write(tmp_path, study, f=firms, c=cites, i="code\nindustry\nservices\n")
    assert economy(path, tmp_path).warnings == []


def test_a_header_within_a_concordance_is_told(tmp_path) -> None:
    study = LONG.replace('"sec"', '"fine"') + (
        '[tables.concordance]\nfile = "m.csv"\nfrom_classification = "fine"\n'
        'to_classification = "sec"\ncolumns = { from = "Old", to = "New" }\n'
    )
    path = write(tmp_path, study, c=ROWS, m="Old,New\nA,x\nOld,New\nB,y\n")
    first, second = odd(economy(path, tmp_path).warnings)
    assert 'where_not = { Old = ["Old"] } in [tables.concordance]' in first
    assert "column to: 'New' is a header that is repeated" in second


@pytest.mark.parametrize(
    "code", ["12-Oct", "Oct-12", "Okt 12", "12. Okt", "2012-10-01 00:00:00", "10月12日"]
)
def test_dates_among_codes_are_told(tmp_path, code) -> None:
    path = write(tmp_path, LONG, c=f"{ROWS}10-12,{code},2000,2\n")
    (text,) = odd(economy(path, tmp_path).warnings)
    assert f"column cited: {code!r} looks like a date" in text
    assert "such as 10-12." in text


@pytest.mark.parametrize("code", ["GEN-01", "DEC 12", "12-AtB", "Mar", "10.11.12", "2012"])
def test_other_codes_are_no_dates(tmp_path, code) -> None:
    path = write(tmp_path, LONG, c=f"{ROWS}10-12,{code},2000,2\n")
    assert odd(economy(path, tmp_path).warnings) == []


# -- labels of one end -----------------------------------------------------------------------------


def of_one_end(warnings: list[str]) -> list[str]:
    return [each for each in warnings if "of the matrix and no" in each]


@pytest.mark.parametrize(
    ("matrix", "label", "end", "column"),
    [
        ("x,isic,A,B,C\nA,010,3,4,5\nB,020,1,2,3\nC,030,4,1,1\n", "isic", "a column", "cited"),
        ("x,A,B,C\nA,3,4,5\nB,1,2,3\nC,4,1,2\nMean,2.7,2.3,3.3\n", "Mean", "a row", "citing"),
        ("x,A,B,C\nA,3,4,5\nB,1,2,3\nC,4,1,2\nPer cent,9,8,7\n", "Per cent", "a row", "citing"),
    ],
)
def test_a_label_of_one_end_is_told_with_the_key(tmp_path, matrix, label, end, column) -> None:
    path = write(tmp_path, WIDE, c=matrix)
    (text,) = of_one_end(economy(path, tmp_path).warnings)
    assert f"{label!r} is {end} of the matrix" in text
    key = f'where_not = {{ {column} = ["{label}"] }}'
    assert f"{key} in [tables.industry_citations]" in text
    path.write_text(path.read_text() + key + "\n")
    found = economy(path, tmp_path)
    assert found.labels == ["A", "B", "C"]
    assert of_one_end(found.warnings) == []


def test_labels_of_a_list_a_rectangle_and_a_table_of_pairs_are_meant(tmp_path) -> None:
    row = "A,B,C\nA,3,4,5\nB,1,2,3\nC,4,1,2\nD,1,1,1\n"
    path = write(tmp_path, WIDE + LIST, c=f"x,{row}", i="code\nA\nB\nC\nD\n")
    assert of_one_end(economy(path, tmp_path).warnings) == []
    path = write(tmp_path, WIDE, c="x,P,Q,A\nA,3,4,5\nB,1,2,3\nC,4,1,2\n")
    assert of_one_end(economy(path, tmp_path).warnings) == []
    path = write(tmp_path, LONG, c=f"{ROWS}C,A,2000,1\n")
    assert of_one_end(economy(path, tmp_path).warnings) == []


def test_labels_that_a_concordance_maps_are_meant(tmp_path) -> None:
    study = WIDE.replace('"sec"', '"fine"') + (
        '[tables.concordance]\nfile = "m.csv"\nfrom_classification = "fine"\n'
        'to_classification = "sec"\n'
    )
    matrix = "x,A,B,C\nA,3,4,5\nB,1,2,3\nC,4,1,2\nD,1,1,1\n"
    path = write(tmp_path, study, c=matrix, m="from,to\nA,x\nB,y\nC,x\nD,y\n")
    assert of_one_end(economy(path, tmp_path).warnings) == []


def test_two_spellings_of_a_label_are_told_once(tmp_path) -> None:
    matrix = "x,A,B,C...D\nA,3,4,5\nB,1,2,3\nC & D,4,1,2\n"
    warnings = economy(write(tmp_path, WIDE, c=matrix), tmp_path).warnings
    assert of_one_end(warnings) == []
    assert any("'C & D' (industry_citations) and 'C...D'" in each for each in warnings)
