"""Labels of printed matrices: what tells rows apart, and which ends negative flows have."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_studies import economy, printed
from spillgraph.core.errors import InputError

GO = 'printed = { gross_output = "GO" }'
#: Two countries with the same two codes; the column in the middle tells nothing apart.
WORLD = (
    "code,name,land,A_Sector 1_DEU,B_Sector 2_DEU,A_Sector 1_FRA,B_Sector 2_FRA\n"
    "A,Sector 1,DEU,20,40,10,30\nB,Sector 2,DEU,30,60,20,40\n"
    "A,Sector 1,FRA,10,20,30,50\nB,Sector 2,FRA,20,10,10,20\n"
    "GO,,,200,300,200,300\n"
)


def said(path: Path, folder: Path) -> str:
    with pytest.raises(InputError) as error:
        economy(path, folder)
    return str(error.value)


def test_a_column_that_tells_rows_apart_is_offered_first_and_works(tmp_path: Path) -> None:
    text = said(printed(tmp_path, WORLD, "", GO), tmp_path)
    assert "row 3 repeats the key of row 1" in text
    offered = "Column 'land' beside the labels tells such rows apart: say label_columns = 3,"
    assert offered in text
    assert text.index(offered) < text.index('Else say in [tables.io_flows]: repeat = "add"')
    keys = "header_rows = 1\nlabel_columns = 3\n"
    path = printed(tmp_path, WORLD, keys + 'where_not = { supplier = ["GO"] }', keys + GO)
    found = economy(path, tmp_path)
    assert found.labels == sorted(
        ["A_Sector 1_DEU", "B_Sector 2_DEU", "A_Sector 1_FRA", "B_Sector 2_FRA"]
    )


@pytest.mark.parametrize(
    "keys",
    [
        'repeat = "refuse"\n',  # the study file has settled it
        # land is read already
        'beside = ["name", "land"]\nwhere = { land = ["DEU", "FRA", ""] }\n',
    ],
)
def test_it_is_not_offered_where_it_would_be_wrong(tmp_path: Path, keys: str) -> None:
    text = said(printed(tmp_path, WORLD, keys, GO), tmp_path)
    assert "repeats the key" in text and "label_columns" not in text


def test_it_is_not_offered_where_labels_are_names_of_columns_as_they_are(tmp_path: Path) -> None:
    table = "code,name,A,B\nA,Farms,20,40\nB,Mines,30,60\nA,of it: wheat,10,20\nGO,Output,200,300\n"
    text = said(printed(tmp_path, table, 'beside = ["name"]', GO), tmp_path)
    assert "repeats the key" in text and "label_columns" not in text


def test_rows_that_are_the_same_in_all_columns_are_told_as_before(tmp_path: Path) -> None:
    twice = WORLD.replace("A,Sector 1,FRA", "A,Sector 1,DEU")
    text = said(printed(tmp_path, twice, "", GO), tmp_path)
    assert "Say in [tables.io_flows]: repeat" in text and "label_columns" not in text


def test_names_among_the_values_are_told_with_the_columns_that_are_needed(tmp_path: Path) -> None:
    named = WORLD.replace("Sector 1", "Farms").replace("Sector 2", "Mines")
    text = said(printed(tmp_path, named, "", GO), tmp_path)
    assert text == (
        "io.csv: column 'name' holds names where 'wide' has values. Rows have one label several "
        "times. Column 'land' beside the labels tells such rows apart: say label_columns = 3, and "
        "the first columns are joined by '_'."
    )


NEGATIVE = "code,x,y,INVEN,GO\nx,20,40,-5.5,200\ny,30,60,7,400\nGO,200,400,,\n"


def test_negative_flows_name_their_ends_and_ask_for_final_demand(tmp_path: Path) -> None:
    left_out = 'where_not = { user = ["GO"], supplier = ["GO"] }'
    text = said(printed(tmp_path, NEGATIVE, left_out, GO), tmp_path)
    assert "1 flow is negative ('-5.5' in row 1 of io.csv). The first is of supplier 'x' to user "
    assert "to user 'INVEN'. User 'INVEN' supplies nothing: if it is final demand" in text
    written = 'where_not = { user = ["GO", "INVEN"], supplier = ["GO"] }'
    assert f"{written} in [tables.io_flows]" in text
    assert text.index(written) < text.index('negative = "keep"')
    found = economy(printed(tmp_path, NEGATIVE, written, GO), tmp_path)
    assert found.labels == ["x", "y"]


def test_negative_rows_that_use_nothing_are_asked_for_too(tmp_path: Path) -> None:
    table = NEGATIVE.replace("-5.5", "5").replace("GO,200", "TAX,-1,-2,,\nGO,200")
    left_out = 'where_not = { user = ["GO", "INVEN"], supplier = ["GO"] }'
    text = said(printed(tmp_path, table, left_out, GO), tmp_path)
    assert "Supplier 'TAX' uses nothing: if it is taxes, value added or a balance" in text
    assert 'where_not = { user = ["GO", "INVEN"], supplier = ["GO", "TAX"] }' in text


def test_negative_flows_between_industries_are_no_question_of_final_demand(tmp_path: Path) -> None:
    table = NEGATIVE.replace("20,40,-5.5", "20,-40,5")
    left_out = 'where_not = { user = ["GO", "INVEN"], supplier = ["GO"] }'
    text = said(printed(tmp_path, table, left_out, GO), tmp_path)
    assert "The first is of supplier 'x' to user 'y'. Correct the file" in text


def test_rows_and_columns_in_two_spellings_are_told_as_that(tmp_path: Path) -> None:
    table = "code,X,Y,GO\nx,20,-40,200\ny,30,60,400\nGO,200,400,\n"
    left_out = 'where_not = { user = ["GO"], supplier = ["GO"] }'
    text = said(printed(tmp_path, table, left_out, GO), tmp_path)
    assert "No label is of a supplier and of a user ('x', 'Y')" in text
