"""Remedies that leave rows out work as they stand: in the names of the file, and for any line."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from spillgraph.core.errors import InputError
from spillgraph.ingest.entries.chosen import leaving_out
from spillgraph.ingest.study_model import Entry

from ..helpers.staging import staged
from .files.workbooks import text, xlsx

LIST = 'file = "sectors.csv"\nclassification = "t"\n'


def industries(tiny, text: str, keys: str = "") -> None:
    tiny.write("sectors.csv", text)
    tiny.replace(LIST, LIST + keys)


def firms(tiny, ids: list[str], keys: str) -> None:
    rows = [f"{each},A" for each in ids]
    tiny.write("firms.csv", "\n".join(["id,industry", *rows, ""]))
    tiny.replace('file = "firms.csv"\n', f'file = "firms.csv"\n{keys}')


def said(tiny, tmp_path) -> str:
    with pytest.raises(InputError) as caught:
        staged(tiny, tmp_path)
    return str(caught.value)


def test_an_empty_code_is_left_out_under_the_name_of_the_file(tiny, tmp_path) -> None:
    industries(tiny, "Code No,name\nx,X\ny,Y\n,Z\n", 'columns = { code = "Code No" }\n')
    key = 'where_not = { "Code No" = "" }'
    assert f"leave it out with {key};" in said(tiny, tmp_path)
    tiny.replace(LIST, f"{LIST}{key}\n")
    assert staged(tiny, tmp_path)["industries"].loaded == 5  # three fine ones


@pytest.mark.parametrize("line", ["(5 rows affected)", "Source: OECD", "* preliminary", "---"])
def test_a_line_that_is_no_row_is_passed_over_by_the_comment_that_is_named(
    tiny, tmp_path, line
) -> None:
    industries(tiny, f"code,name\nx,X\ny,Y\n\n{line}\n")
    key = re.search(r'leave it out with (comment = ".+?"), which', said(tiny, tmp_path))
    assert key
    tiny.replace(LIST, f"{LIST}{key[1]}\n")
    assert staged(tiny, tmp_path)["industries"].loaded == 5  # three fine ones


def test_no_comment_is_named_that_could_take_rows(tiny, tmp_path) -> None:
    industries(tiny, "code,name,note\nx,X,\ny\n")
    assert "comment = " not in said(tiny, tmp_path)


def test_names_of_the_file_ours_of_a_matrix_and_what_is_left_out_already() -> None:
    plain = Entry.model_validate(
        {"file": "f", "columns": {"supplier": "row"}, "where_not": {"row": ["T"], "k": "x"}}
    )
    wide = Entry.model_validate(
        {"file": "f", "wide": {"rows": "supplier", "columns": "user", "values": "value"}}
    )
    labels = {"supplier": ["A", "T"]}
    assert leaving_out([plain], labels) == 'where_not = { row = ["T", "A"], k = ["x"] }'
    assert leaving_out([wide], labels) == 'where_not = { supplier = ["A", "T"] }'
    assert " or " in leaving_out([plain, wide], labels)
    assert " or " not in leaving_out([wide, wide], labels)


FLOATS = ["1.0", "2.0", "3.0", "-999.0"]


def test_floats_with_a_minus_are_whole_codes(tiny, tmp_path) -> None:
    firms(tiny, FLOATS, "")
    done = staged(tiny, tmp_path)
    assert set(pd.read_parquet(done["firms"].path)["id"]) == {"1", "2", "3", "-999"}


@pytest.mark.parametrize("listed", ["-999", "-999.0"])
def test_a_listed_float_is_missing_in_either_spelling(tiny, tmp_path, listed) -> None:
    firms(tiny, FLOATS, f'missing = ["{listed}"]\n')
    done = staged(tiny, tmp_path)["firms"]
    assert done.reasons == {"id is missing": 1}
    assert set(pd.read_parquet(done.path)["id"]) == {"1", "2", "3"}


@pytest.mark.parametrize(("value", "missing"), [("-999.0", "-999"), ("-999", "-999.0")])
def test_missing_that_differs_by_a_point_is_told(tiny, tmp_path, value, missing) -> None:
    firms(tiny, ["1", "2", "3", value], f'missing = ["{missing}"]\n')
    warnings = [w for w in staged(tiny, tmp_path)["firms"].warnings if "missing lists" in w]
    assert len(warnings) == 1
    assert warnings[0].startswith(f"id is {value!r} in 1 row, and missing lists {missing!r}")


def test_an_error_of_a_workbook_names_its_sheet_and_the_others(tiny, tmp_path) -> None:
    info = [text("A1", "a") + text("B1", "a"), text("A2", "1") + text("B2", "2")]
    codes = [text(f"A{n}", each) for n, each in enumerate(("code", "x", "y"), 1)]
    xlsx(tiny.folder / "sectors.xlsx", {"Info": info, "Codes": codes})
    tiny.replace('file = "sectors.csv"', 'file = "sectors.xlsx"')
    error = said(tiny, tmp_path)
    assert error.startswith("sectors.xlsx: columns 1 and 2 are both called 'a'")
    assert "This is sheet 'Info'. There are also 'Codes'" in error
    key = re.search(r"sheet = '\w+'", error)
    assert key
    tiny.replace('file = "sectors.xlsx"\n', f'file = "sectors.xlsx"\n{key[0]}\n')
    assert staged(tiny, tmp_path)["industries"].loaded == 5


SHORT = "id,industry,name,size\n1,A,,5\n2,B\n3,C,Three\n4\n5,A,x,7\n"


def test_rows_without_their_last_empty_fields_are_told_and_filled(tiny, tmp_path) -> None:
    tiny.write("firms.csv", SHORT)
    tiny.write("citations.csv", "citing,cited,year,count\n1,5,2000,4\n5,1,2001,3\n")
    tiny.write("trade.csv", "supplier,buyer,year,value\n1,5,2001,4\n5,1,2001,3\n")
    told = staged(tiny, tmp_path)["firms"]
    assert told.rejected == 3
    assert any('say short_rows = "fill"' in each for each in told.warnings)
    tiny.replace('file = "firms.csv"\n', 'file = "firms.csv"\nshort_rows = "fill"\n')
    done = staged(tiny, tmp_path)["firms"]
    read = pd.read_parquet(done.path).astype(object)
    rows = read.where(read.notna(), None)[["id", "industry", "name", "size"]].values.tolist()
    assert rows == [
        ["1", "A", None, 5.0],
        ["2", "B", None, None],
        ["3", "C", "Three", None],
        ["4", None, None, None],
        ["5", "A", "x", 7.0],
    ]
    assert (done.read, done.rejected) == (5, 0)


def test_filling_keeps_texts_over_lines_and_refuses_a_field_too_many(tiny, tmp_path) -> None:
    text = 'id,industry,name,size\n1,A,"On\ne",5\n2,B\n3,C,Three,7,8\n4,A\n'
    tiny.write("firms.csv", text)
    tiny.replace('file = "firms.csv"\n', 'file = "firms.csv"\nshort_rows = "fill"\n')
    done = staged(tiny, tmp_path)["firms"]
    assert (done.read, done.loaded) == (4, 3)
    assert done.reasons == {"the row cannot be taken apart: too many columns": 1}
    (example,) = done.examples["the row cannot be taken apart: too many columns"]
    assert example.row == 3


def test_a_foot_of_a_file_is_no_short_row(tiny, tmp_path) -> None:
    tiny.append("firms.csv", "Source: us\n")
    told = staged(tiny, tmp_path)["firms"]
    assert told.rejected == 1
    assert not any("short_rows" in each for each in told.warnings)
