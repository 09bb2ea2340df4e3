"""Printed tables: header rows and label columns joined, merged cells filled."""

from __future__ import annotations

import pytest
from spillgraph.core.errors import InputError
from spillgraph.ingest.files.grid import frame_of


def frame(text, **given):
    grid = [[cell or None for cell in line.split(",")] for line in text.splitlines()]
    how = {"header_rows": 1, "label_columns": 1, "skip": 0, "header": True, "units_row": False}
    return frame_of(grid, "io.csv", **{**how, **given}).to_pydict()


TWO = {
    "_row": [1, 2, 3],
    "column_1": ["DE_A", "DE_B", "FR_C"],
    "DE_A": ["10", "15", "0"],
    "DE_B": ["20", "0", "12"],
    "FR_C": ["0", "5", "0"],
}


def test_two_header_rows_and_two_columns_of_labels():
    text = ",,DE,DE,FR\n,,A,B,C\nDE,A,10,20,0\nDE,B,15,0,5\nFR,C,0,12,0"
    assert frame(text, header_rows=2, label_columns=2) == TWO


def test_a_name_is_one_line_as_in_text_files():
    grid = [["code", "Crude \n oil", "Gas"], ["Crude oil", "1", "2"], ["Gas", "3", "4"]]
    how = {"header_rows": 1, "label_columns": 1, "skip": 0, "header": True, "units_row": False}
    assert frame_of(grid, "io.xlsx", **how).column_names == ["_row", "code", "Crude oil", "Gas"]


def test_merged_cells_are_filled_right_and_down():
    text = ",,DE,,FR\n,,A,B,C\nDE,A,10,20,0\n,B,15,0,5\nFR,C,0,12,0"
    assert frame(text, header_rows=2, label_columns=2) == TWO


def test_names_of_the_label_columns_are_joined_and_carried_nowhere():
    text = "country,sector,,,FR\n,,A,B,C\nDE,A,1,2,3"
    assert list(frame(text, header_rows=2, label_columns=2)) == [
        "_row", "country_sector", "A", "B", "FR_C",
    ]  # fmt: skip


def test_a_lower_group_ends_where_a_higher_one_begins():
    text = ",DE,,,FR,\n,x,,y,,z\n,A,B,C,D,E\nr,1,2,3,4,5"
    assert list(frame(text, header_rows=3))[2:] == ["DE_x_A", "DE_x_B", "DE_y_C", "FR_D", "FR_z_E"]


def test_a_name_over_both_rows_stands_alone_and_blank_columns_take_nothing():
    text = ",DE,,Total,\n,A,B,,\nr,1,2,3,"
    assert frame(text, header_rows=2) == {
        "_row": [1], "column_1": ["r"], "DE_A": ["1"], "DE_B": ["2"], "Total": ["3"],
    }  # fmt: skip


def test_three_columns_of_labels():
    text = "a,b,c,v\nX,p,1,1\n,,2,2\n,q,1,3\nY,,1,4"
    assert frame(text, label_columns=3) == {
        "_row": [1, 2, 3, 4],
        "a_b_c": ["X_p_1", "X_p_2", "X_q_1", "Y_1"],
        "v": ["1", "2", "3", "4"],
    }


def test_lines_above_units_below_and_blank_rows():
    text = "Table 1,,\n,,\n,,\nid,value,\n,million,\na,1,\n,,\nb,2,"
    assert frame(text, skip=1, units_row=True) == {
        "_row": [1, 2], "id": ["a", "b"], "value": ["1", "2"],
    }  # fmt: skip


def test_without_a_header_columns_are_called_by_their_place():
    assert frame("a,1\nb,2", header=False) == {
        "_row": [1, 2], "column_1": ["a", "b"], "column_2": ["1", "2"],
    }  # fmt: skip


def test_without_a_header_the_study_names_the_columns():
    found = frame("a,b,1\n,c,2", header=False, label_columns=2, names=["place", "sector", "value"])
    assert found == {"_row": [1, 2], "place_sector": ["a_b", "a_c"], "value": ["1", "2"]}
    with pytest.raises(InputError, match=r"io.csv: 'names' lists 1 columns, the table has 3"):
        frame("a,b,1", header=False, names=["a"])


def test_names_are_trimmed_and_unnamed_values_kept():
    assert frame(" id , value,\na,1,x\nb") == {
        "_row": [1, 2], "id": ["a", "b"], "value": ["1", None], "column_3": ["x", None],
    }  # fmt: skip


def test_two_columns_of_one_name_are_refused_by_their_places():
    with pytest.raises(InputError, match=r"^io\.csv: columns 2 and 3 are both called 'v'; rename"):
        frame("id,v,v \na,1,2")
    with pytest.raises(InputError, match="columns 3 and 4 are both called 'DE_A'"):
        frame(",,DE,\n,,A,A\nx,y,1,2", header_rows=2, label_columns=2)
    with pytest.raises(InputError, match="columns 1 and 2 are both called 'column_2'"):
        frame("column_2,\na,1")


def test_nothing_to_read_is_told():
    with pytest.raises(InputError, match="no row below the 3 that are skipped"):
        frame("a,b\n1,2", skip=3)
    with pytest.raises(InputError, match="fewer than header_rows = 3"):
        frame("a,b\n1,2", header_rows=3)
    with pytest.raises(InputError, match="'_row'"):
        frame("_row,b\n1,2")
    assert frame("a,b") == {"_row": [], "a": [], "b": []}
