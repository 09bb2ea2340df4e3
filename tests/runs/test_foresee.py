"""What stops a run stops a check, in the same words."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from small_studies import printed
from spillgraph.capabilities.studies import asked_of
from spillgraph.core.errors import SpillgraphError
from spillgraph.core.matrix import LabelledMatrix
from spillgraph.ingest.study import load_study
from spillgraph.runs.pipeline import check
from spillgraph.runs.run import run
from spillgraph.runs.steps import Steps
from spillgraph.runs.weights import require_rows

# F buys and makes nothing; the rest is in order
TABLE = "code,x,y,F\nx,20,40,9\ny,30,60,9\nGO,100,200,\n"


def both(path: Path, tmp_path: Path) -> str:
    """Return what a check says, which must be what a run says."""
    said = []
    for go in (
        lambda: check(load_study(path), Steps()),
        lambda: run(load_study(path), tmp_path / "out", Steps(), asked_of(load_study(path))),
    ):
        with pytest.raises(SpillgraphError) as raised:
            go()
        said.append(str(raised.value))
    assert said[0] == said[1]
    assert not list((tmp_path / "out").glob("graph*"))  # nothing was loaded before
    return said[0]


def test_a_final_user_among_the_users(tmp_path: Path) -> None:
    path = printed(
        tmp_path, TABLE, 'where_not = { supplier = ["GO"] }', 'printed = { gross_output = "GO" }'
    )
    text = both(path, tmp_path)
    assert text.startswith(
        "2000: gross output: 'F' buys inputs of 18 but its output of 2000 is missing"
    )


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("firms.csv", "id,name\n1,a\n2,b\n3,c\n4,d\n", "citations: nothing of firm_citations"),
        ("firms.csv", "id,industry\n1,A\n2,\n3,\n4,\n", "trade: nothing of trade_links"),
        ("trade.csv", "supplier,buyer,year,value\n1,2,2001,0\n", "trade: nothing of trade_links"),
    ],
)
def test_a_flow_of_which_nothing_arrives(tiny, tmp_path, name, text, words) -> None:
    tiny.write(name, text)
    tiny.write("citations.csv", "citing,cited,year,count\n1,1,2001,3\n")
    assert words in both(tiny.path, tmp_path)


def test_codes_that_the_concordance_does_not_have(tiny, tmp_path) -> None:
    tiny.replace('[[tables.industries]]\nfile = "fine.csv"\nclassification = "f"\n', "")
    tiny.write("map.csv", "from,to\nD,x\nE,y\n")
    assert "citations: nothing of firm_citations (28 in all)" in both(tiny.path, tmp_path)


def test_a_study_in_order_passes(tiny, tmp_path) -> None:
    check(load_study(tiny.path), Steps())


def test_the_error_of_an_empty_flow_names_its_cause_and_a_pair_of_codes(tiny, tmp_path) -> None:
    tiny.replace('[[tables.industries]]\nfile = "fine.csv"\nclassification = "f"\n', "")
    tiny.write("map.csv", "from,to\n20,x\n33,y\n")
    tiny.write("firms.csv", "id,industry\n1,2011\n2,2012\n3,3312\n4,\n")
    text = both(tiny.path, tmp_path)
    assert (
        "(no industry: 1 of 4 firms; no concordance: 3 of 3 codes, e.g. '2011', where f → t has "
        "'20', which is coarser: give it a row for each code of the data)"
    ) in text


def test_a_code_without_a_label_is_told_with_the_error_it_leads_to(tmp_path) -> None:
    firms = pd.DataFrame({"id": ["1", "2", "3"], "ind": [1, 2, 99]})
    labels = {"ind": {1: "Food", 2: "Steel"}}
    firms.to_stata(tmp_path / "firms.dta", write_index=False, value_labels=labels)
    (tmp_path / "trade.csv").write_text("supplier,buyer,year,value\n1,2,2006,5\n2,3,2006,7\n")
    (tmp_path / "out.csv").write_text(
        "industry,year,gross_output\nFood,2006,90\nSteel,2006,80\n", encoding="utf-8"
    )
    path = tmp_path / "study.toml"
    path.write_text(
        '[study]\nname = "labels"\ntarget = "s"\n'
        '[tables.firms]\nfile = "firms.dta"\nclassification = "s"\ncolumns = { industry = "ind" }\n'
        '[tables.trade_links]\nfile = "trade.csv"\n'
        '[tables.io_output]\nfile = "out.csv"\nclassification = "s"\n'
    )
    text = both(path, tmp_path)
    assert text.startswith("2006: gross output: '99' buys inputs of 7 but its output of 2006 is")
    _, _, before = text.partition(" Before that: ")
    assert before.startswith("firms: firms.dta: column 'ind' has value labels for a part of its")


def test_how_many_sectors_lack_output_is_told() -> None:
    Z = LabelledMatrix.build("Z", [[0, 1, 1], [1, 0, 1], [1, 1, 0]], list("abc"))

    def said(*known: str) -> str:
        index = _years("".join(known))
        with pytest.raises(SpillgraphError) as why:
            require_rows(2000, Z, pd.DataFrame({"gross_output": 9.0}, index=index))
        return str(why.value)

    assert said("a", "b").endswith("Add it, or leave the sector out.")
    text = said("1")
    assert text.startswith("gross output: 'a' buys inputs of 2 but its output of 2000 is missing")
    assert "So it is in 3 of the 3 sectors that buy. Are flows and io_output of one" in text
    assert "one classification" not in said("a", "z", "b")
    require_rows(2000, Z, pd.DataFrame({"gross_output": 9.0}, index=_years("abc")))


def _years(codes: str) -> pd.MultiIndex:
    return pd.MultiIndex.from_tuples([(2000, code) for code in codes], names=["year", "code"])


def test_a_firm_that_delivers_itself_more_than_its_sector_makes_is_named(tiny, tmp_path) -> None:
    rows = "1,1,2001,100000\n1,3,2001,5\n3,1,2001,5\n2,2,2001,7\n"
    tiny.write("trade.csv", "supplier,buyer,year,value\n" + rows)
    text = both(tiny.path, tmp_path)
    assert "closed class" not in text
    assert "of them from itself, for a gross output of" in text
    assert "'1' delivers itself 100000 in 2001, the most of a firm of these sectors" in text
