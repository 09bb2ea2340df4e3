"""Remedies that leave rows out work as they stand: in the names of the file, and for any line."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from spillgraph.core.errors import InputError
from spillgraph.ingest.chosen import leaving_out
from spillgraph.ingest.study_model import Entry

from ..helpers.staging import staged

LIST = '[[tables.industries]]\nfile = "ind.csv"\nclassification = "t"\n'


def industries(tiny, text: str, keys: str = "") -> None:
    tiny.write("ind.csv", text)
    tiny.write("fc.csv", "supplier,user,year,value\nx,y,2001,20\ny,x,2001,5\n")
    tiny.replace(
        '[tables.trade_links]\nfile = "trade.csv"',
        f'{LIST}{keys}[tables.io_flows]\nfile = "fc.csv"\nclassification = "t"',
    )


def said(tiny, tmp_path) -> str:
    with pytest.raises(InputError) as caught:
        staged(tiny, tmp_path)
    return str(caught.value)


def test_an_empty_code_is_left_out_under_the_name_of_the_file(tiny, tmp_path) -> None:
    industries(tiny, "Code No,name\nx,X\ny,Y\n,Z\n", 'columns = { code = "Code No" }\n')
    key = 'where_not = { "Code No" = "" }'
    assert f"leave them out with {key};" in said(tiny, tmp_path)
    tiny.replace('columns = { code = "Code No" }\n', f'columns = {{ code = "Code No" }}\n{key}\n')
    assert staged(tiny, tmp_path)["industries"].loaded == 2


@pytest.mark.parametrize("line", ["(5 rows affected)", "Source: OECD", "* preliminary", "---"])
def test_a_line_that_is_no_row_is_passed_over_by_the_comment_that_is_named(
    tiny, tmp_path, line
) -> None:
    industries(tiny, f"code,name\nx,X\ny,Y\n\n{line}\n")
    key = re.search(r'leave them out with (comment = ".+?"), which', said(tiny, tmp_path))
    assert key
    tiny.replace(LIST, f"{LIST}{key[1]}\n")
    assert staged(tiny, tmp_path)["industries"].loaded == 2


def test_no_comment_is_named_that_could_take_rows(tiny, tmp_path) -> None:
    industries(tiny, "code,name,note\nx,X,\ny,Y,\nz\n")
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


@pytest.mark.parametrize("listed", ["-999", "-999.0"])
def test_a_code_that_means_missing_stops_no_reading_of_floats(tiny, tmp_path, listed) -> None:
    industries(tiny, f"code,name\n1.0,X\n2.0,Y\n{listed},Z\n", f'missing = ["{listed}"]\n')
    tiny.write("fc.csv", "supplier,user,year,value\n1,2,2001,20\n-999.0,1,2001,5\n2.0,1,2001,1\n")
    text = said(tiny, tmp_path)  # the list has a hole, and nothing else
    assert "code is missing: 1" in text


def test_floats_with_a_minus_are_whole_codes(tiny, tmp_path) -> None:
    industries(tiny, "code\n1.0\n-999.0\n")
    tiny.write("fc.csv", "supplier,user,year,value\n1,-999,2001,20\n-999,1,2001,5\n")
    done = staged(tiny, tmp_path)
    assert set(pd.read_parquet(done["industries"].path)["code"]) == {"1", "-999"}


@pytest.mark.parametrize(("value", "missing"), [("-999.0", "-999"), ("-999", "-999.0")])
def test_missing_that_differs_by_a_point_is_told(tiny, tmp_path, value, missing) -> None:
    industries(tiny, f"code,name\nx,X\ny,Y\n{value},Z\n", f'missing = ["{missing}"]\n')
    warnings = [w for w in staged(tiny, tmp_path)["industries"].warnings if "missing lists" in w]
    assert len(warnings) == 1
    assert warnings[0].startswith(f"code is {value!r} in 1 row, and missing lists {missing!r}")
