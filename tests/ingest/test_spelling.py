"""A key is named where another spelling finds nothing only if it mends more than it loses."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest
from spillgraph.core.errors import InputError
from spillgraph.ingest.doubts.remedies import Sides
from spillgraph.ingest.doubts.spelling import spelled_otherwise

from ..helpers.staging import connect, keys, staged


def said(used: dict[str, int], known: list[str], beside: list[str] = (), **words: Any) -> str:
    """Return the hint on values of a column, by how often they stand there."""
    sides = Sides(**{"column": "cited", "where": "table firms"} | words)
    with connect() as con:
        con.register("used", pd.DataFrame({"v": list(used), "n": list(used.values())}))
        con.register("known", pd.DataFrame({"id": known}))
        con.register("beside", pd.DataFrame({"v": pd.Series(beside, dtype=str), "n": 1}))
        return spelled_otherwise(con, sides, "FROM used", "FROM known", beside="FROM beside") or ""


# -- the side that helps, and how much -------------------------------------------------------------

PATENTS = ("country, kind code or zeros differ; clean = { cited = { patent = true } } makes them "
           "one, with clean = { id = { patent = true } } there, and so wherever patents are named."
           )  # fmt: skip


def test_few_long_numbers_among_many_do_not_make_all_others_longer() -> None:
    """As in PatentsView: 108 of 951 unknown patents have a zero in front, 5,000 known have none."""
    ids = [str(6_000_000 + n) for n in range(500)]
    used = dict.fromkeys(ids, 10) | {f"0{ids[n]}": 1 for n in range(108)}
    used |= {f"{3_000_000 + n}": 1 for n in range(843)}
    text = said(used, ids, where="table patents")
    assert text == (
        f"cited is '06000000', table patents has '6000000': {PATENTS} It corrects 108 of 951 rows."
    )


def test_of_firms_the_few_are_cut_and_not_the_many_filled() -> None:
    used = {"6000148": 50, "06000149": 2}
    text = said(used, ["6000148", "6000149"])
    assert text == (
        "cited is '06000149', table firms has '6000149': leading zeros are lost there; "
        'clean = { cited = { drop_prefix = "0" } } cuts them off here, too. It corrects all 2 rows.'
    )


def test_what_is_filled_there_counts_what_others_lose() -> None:
    """Zeros of several lengths: only the other side could be filled, and others match it now."""
    used = {"0012": 1, "0345": 1}
    alone = said(used, ["12", "345"])
    assert "clean = { id = { zfill = 4 } } there adds them. It corrects all 2 rows." in alone
    others = said(used, ["12", "345"], beside=["12"])
    assert 'clean = { cited = { drop_prefix = ["00", "0"] } } cuts them off here, too.' in others
    # a suffix there is cut off only if nobody else matches with it
    floats = said({"12": 2}, ["12.0"])
    assert 'clean = { id = { drop_suffix = ".0" } } there cuts it off. It corrects all 2' in floats
    lost = said({"12": 2}, ["12.0"], beside=["12.0", "12.0", "12.0"])
    assert lost == (
        "cited is '12', table firms has '12.0': they differ in blanks, signs or zeros; write them "
        "in one way."
    )


@pytest.mark.parametrize("value", ["0D400004", "0RE12345"])
def test_no_zeros_are_named_for_what_is_no_number(value: str) -> None:
    text = said({value: 3, "D400005": 9}, [value[1:], "D400005"], where="table patents")
    assert "zfill" not in text
    assert f"cited is '{value}'" in text
    assert f"{PATENTS} It corrects all 3 rows." in text


def test_a_key_that_loses_some_says_so() -> None:
    used = {"a1": 5, "a2": 4, "B1": 2}
    text = said(used, ["A1", "A2", "B1", "b9"])
    assert 'clean = { cited = { case = "upper" } } makes them one. It corrects all 9 rows.' in text
    text = said({"001": 7, "2": 1}, ["1", "2"])
    assert 'drop_prefix = "00"' in text
    text = said({"x1": 7, "x2": 5, "xy": 1}, ["1", "2", "xy"])
    assert (
        'drop_prefix = "x" } } cuts it off. It corrects all 12 rows, and 1 that match now' in text
    )


def test_nothing_is_cut_off_in_front_of_patent_numbers() -> None:
    """EP7000015 is another document than 7000015."""
    used = {"EP7000015": 3, "EP7000016": 2, "7000015": 9}
    assert "drop_prefix" not in (said(used, ["7000015", "7000016"], where="table patents") or "")
    assert "drop_prefix" in said({"EP15": 3, "EP16": 2}, ["15", "16"])


def test_prefixes_that_tell_ids_apart_are_not_both_cut_off() -> None:
    assert '["DE", "FR"]' in said({"DE100": 3, "FR101": 2}, ["100", "101"])
    assert '["DE", "FR"]' not in said({"DE100": 3, "FR100": 2}, ["100", "7"])


def test_ids_that_would_become_one_are_not_made_one() -> None:
    text = said({"Ab": 3}, ["AB", "aB"])
    assert text.endswith(
        'clean = { cited = { case = "upper" } } makes them one. It corrects all 3 rows.'
    )
    assert said({"ab": 3}, ["Ab", "aB"]).endswith("they differ in capitals; write them in one way.")


def test_digits_in_front_of_digits_are_no_prefix() -> None:
    assert said({"7012": 3}, ["12"]) == ""


def test_codes_of_several_lengths_with_zeros_in_front_have_lost_none() -> None:
    """024 is livestock, 0259 poultry and 241 logging: 0241 is dairy, and no spelling of logging."""
    levels = ["024", "0259", "241", "2911"]
    told = {"column": "a code", "where": "the map", "codes": True}
    assert said({"0241": 9, "0291": 1, "2911": 3}, levels, **told) == ""
    assert said({"02-41": 9, "2911": 3}, levels, **told) == ""  # nor is it one of other signs
    # of one length they may be a half of which a program made numbers
    assert "zeros are lost" in said({"0241": 9}, ["0259", "0119", "241"], **told)
    assert "zeros are lost" in said({"0241": 9}, ["00", "000", "0", "241"], **told)
    # what is short here is told by what stands here
    assert said({"241": 9, "024": 1, "0259": 1}, ["0241", "024", "0259"], **told) == ""
    assert "zfill = 4" in said({"241": 9, "0259": 1}, ["0241", "024", "0259"], **told)
    # other differences than zeros stay
    assert "drop_suffix" in said({"241.0": 9}, levels, **told)
    assert "write them in one way" in said({"24-1": 9}, levels, **told)


# -- the same in a study ---------------------------------------------------------------------------


def test_what_the_hint_says_is_done_and_mends_what_it_says(tiny, tmp_path) -> None:
    tiny.write("firms.csv", "id,industry\n11,A\n12,B\n13,C\n14,A\n")
    tiny.write("trade.csv", "supplier,buyer,year,value\n11,12,2001,3\n")
    rows = "11,12,2000,4\n012,11,2000,2\n13,14,2001,1\n99,11,2001,1\n"
    tiny.write("citations.csv", f"citing,cited,year,count\n{rows}")
    found = staged(tiny, tmp_path)["firm_citations"]
    key = 'clean = { citing = { drop_prefix = "0" } }'
    assert found.hints == (
        "citing is '012', table firms has '12': leading zeros are lost there; "
        f"{key} cuts them off here, too. It corrects 1 of 2 rows.",
    )
    assert found.loaded == 2
    keys(tiny, "citations.csv", key)
    assert staged(tiny, tmp_path)["firm_citations"].loaded == 3


# -- several codes in one cell ---------------------------------------------------------------------


@pytest.mark.parametrize("cell", ['"A,B"', "A;B", "A | B", "A/B", "A B", '"A, B,C"'])
def test_a_list_in_a_cell_is_told_as_one_and_nothing_is_cut_off(tiny, tmp_path, cell) -> None:
    firms = (tiny.folder / "firms.csv").read_text().replace("One,A,", f"One,{cell},")
    tiny.write("firms.csv", firms)
    (hint,) = staged(tiny, tmp_path)["firms"].hints
    shown = json.loads(cell) if cell.startswith('"') else cell
    assert hint == (
        f"industry is '{shown}', and the list of industries has 'A' and 'B': the cell holds "
        "several codes, as in 1 of 1 rows; give them in [tables.firm_industries], which takes one "
        "a row."
    )


def test_a_list_whose_second_code_is_unknown_loses_no_first_one(tiny, tmp_path) -> None:
    """``A,`` is no prefix: A is a code."""
    tiny.write("fine.csv", "code,name\n01,Alpha\n2,Beta\nB,x\nC,y\n")
    tiny.write("map.csv", "from,to,weight\n01,x,1\n2,x,1\nB,x,0.25\nB,y,0.75\nC,y,1\n")
    firms = (tiny.folder / "firms.csv").read_text().replace("One,A,", 'One,"01,02",')
    tiny.write("firms.csv", firms)
    hints = staged(tiny, tmp_path)["firms"].hints
    assert "drop_prefix" not in " ".join(hints)
    assert "the cell holds several codes" in hints[0]


def test_several_owners_of_a_patent_go_into_their_table() -> None:
    text = said({"F1;F2": 2}, ["F1", "F2"], several="patent_owners")
    assert text == (
        "cited is 'F1;F2', and table firms has 'F1' and 'F2': the cell holds several ids, as in 2 "
        "of 2 rows; give them in [tables.patent_owners], which takes one a row."
    )


def test_no_row_of_flows_is_told_to_go_into_a_table(tiny, tmp_path) -> None:
    tiny.write("citations.csv", "citing,cited,year,count\n1;2,3,2001,4\n")
    with pytest.raises(InputError, match=r"several ids, as in 1 of 1 rows; write one in each row"):
        staged(tiny, tmp_path)


# -- what could not be said ------------------------------------------------------------------------


def test_a_key_that_mends_others_than_those_alike_has_its_own_example() -> None:
    """Without zeros 001554 and 1554 are one, so -001483 is mended by no key; 17-03 is."""
    text = said({"-001483": 2, "17-03": 2}, ["001554", "1554", "001483", "1703"])
    assert text == (
        "cited is '17-03', table firms has '1703': clean = { cited = { patent = true } } makes "
        "them one. It corrects 2 of 4 rows."
    )


def test_no_key_fills_more_zeros_than_it_may() -> None:
    number = "1".zfill(41)
    text = said({"1": 2}, [number])
    assert text.endswith("they differ in blanks, signs or zeros; write them in one way.")
    assert "cuts them off here, too" in said({number: 2}, ["1"])
    assert "zfill = 40" in said({"1": 2}, [number[1:]])
