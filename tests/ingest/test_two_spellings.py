"""Flows and output of the same sectors in two spellings: told as such, and not as totals."""

from __future__ import annotations

from typing import Any

import pytest
from spillgraph.core.errors import InputError
from spillgraph.ingest.economy import Economy, prepare
from spillgraph.ingest.stage import stage
from spillgraph.ingest.study import load_study

from ..helpers.staging import connect, keys

TOLD = (
    "In 2001 100% of the flows come from codes that io_output has in another spelling, so no "
    "sector has flows and output. "
)


def economy(tiny: Any, tmp_path: Any) -> Economy:
    study = load_study(tiny.path)
    with connect() as con:
        return prepare(con, study, stage(con, study, tmp_path / "tables", None))


def write(tiny: Any, of_flows: tuple[str, str], of_output: tuple[str, str], more: str = "") -> None:
    (a, b), (c, d) = of_flows, of_output
    rows = f'"{a}","{a}",10\n"{a}","{b}",20\n"{b}","{a}",15\n"{b}","{b}",5\n{more}'
    tiny.write("io.csv", f"supplier,user,value\n{rows}")
    tiny.write(
        "output.csv",
        "industry,year,gross_output,value_added,final_demand\n"
        f'"{c}",2001,100,75,70\n"{d}",2001,80,55,60\n',
    )
    tiny.write("map.csv", f'from,to,weight\nA,"{a}",1\nB,"{a}",0.25\nB,"{b}",0.75\nC,"{b}",1\n')
    tiny.replace(
        '[tables.trade_links]\nfile = "trade.csv"',
        '[tables.io_flows]\nfile = "io.csv"\nclassification = "t"\nconstants = { year = 2001 }',
    )
    tiny.replace('[[tables.industries]]\nfile = "sectors.csv"\nclassification = "t"\n', "")


@pytest.mark.parametrize(
    ("of_flows", "of_output", "words", "key"),
    [
        (
            ("01", "02"),
            ("1", "2"),
            "Codes of 't' are the same but for leading zeros",
            "clean = { industry = { zfill = 2 } }",
        ),
        (
            ("C1", "C2"),
            ("c1", "c2"),
            "Industry of io_output is 'c1', io_flows has 'C1': ",
            'clean = { industry = { case = "upper" } }',
        ),
        (
            ("Mining", "Steel"),
            ("MINING", "STEEL"),
            "Industry of io_output is 'MINING', io_flows has 'Mining': ",
            'clean = { industry = { case = "lower" } }',
        ),
    ],
)
def test_two_spellings_name_the_key_that_makes_them_one(
    tiny, tmp_path, of_flows, of_output, words, key
) -> None:
    write(tiny, of_flows, of_output)
    with pytest.raises(InputError) as error:
        economy(tiny, tmp_path)
    text = str(error.value)
    assert text.startswith(TOLD + words)
    assert "where_not" not in text and "among the sectors" not in text
    assert f"{key} in [tables.io_output]" in text or f"{key} makes them one, with " in text
    keys(tiny, "output.csv", key)
    if 'case = "lower"' in key:  # on both sides, as the message says, and where the map is, too
        same = 'clean = { supplier = { case = "lower" }, user = { case = "lower" } }'
        assert f"{same} in [tables.io_flows]" in text
        keys(tiny, "io.csv", same)
        keys(tiny, "map.csv", 'clean = { to = { case = "lower" } }')
    found = economy(tiny, tmp_path)
    assert len(found.labels) == 2
    assert [flow.input for flow in found.flows if flow.name == "trade"] == [50.0]
    assert not [each for each in found.warnings if "add up" in each or "spelling" in each]


def test_blanks_and_signs_within_codes_are_to_be_written_in_one_way(tiny, tmp_path) -> None:
    write(tiny, ("C 1", "C 2"), ("C-1", "C-2"))
    with pytest.raises(InputError) as error:
        economy(tiny, tmp_path)
    assert str(error.value).startswith(
        f"{TOLD}Industry of io_output is 'C-1', io_flows has 'C 1': they differ in blanks, signs "
        "or zeros; write them in one way."
    )


def test_totals_among_right_codes_are_left_out_as_before(tiny, tmp_path) -> None:
    write(tiny, ("C1", "C2"), ("C1", "C2"), more="TOTAL,C1,25\nTOTAL,C2,25\n")
    with pytest.raises(InputError) as error:
        economy(tiny, tmp_path)
    text = str(error.value)
    assert "TOTAL" in text and "another spelling" not in text
