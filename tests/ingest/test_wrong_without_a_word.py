"""What a user found to come out wrong without a word: each is told now."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from spillgraph.analytics import check_accounts
from spillgraph.analytics.account_causes import unpaid
from spillgraph.core.errors import InputError, StudyError
from spillgraph.ingest.economy import Economy, prepare
from spillgraph.ingest.stage import Staged, stage
from spillgraph.ingest.study import load_study
from staging import keys


def prepared(path: Path, tmp_path: Path) -> tuple[dict[str, Staged], Economy]:
    study = load_study(path)
    with duckdb.connect() as con:
        found = stage(con, study, tmp_path / "tables", tmp_path / "rejects")
        return found, prepare(con, study, found)


@pytest.fixture
def patents(tmp_path: Path) -> Path:
    """A study of three patents; the later ones cite the earlier ones."""
    (tmp_path / "firms.csv").write_text("id,industry\nF1,A\nF2,B\nF3,C\n")
    (tmp_path / "sectors.csv").write_text("code\nA\nB\nC\n")
    (tmp_path / "patents.csv").write_text("id,firm,year\nP1,F1,1990\nP2,F2,1995\nP3,F3,1999\n")
    (tmp_path / "pc.csv").write_text("x,y\nP2,P1\nP3,P1\nP3,P2\n")
    path = tmp_path / "study.toml"
    path.write_text(
        '[study]\nname = "s"\ntarget = "sec"\n'
        '[tables.industries]\nfile = "sectors.csv"\nclassification = "sec"\n'
        '[tables.firms]\nfile = "firms.csv"\nclassification = "sec"\n'
        '[tables.patents]\nfile = "patents.csv"\n'
        '[tables.patent_citations]\nfile = "pc.csv"\ncolumns = { citing = "x", cited = "y" }\n'
    )
    return path


@pytest.mark.parametrize("exchanged", [False, True])
def test_citations_of_younger_patents_are_told(patents, tmp_path, exchanged) -> None:
    if exchanged:
        patents.write_text(patents.read_text().replace('"x", cited = "y"', '"y", cited = "x"'))
    warnings = prepared(patents, tmp_path)[1].warnings
    told = [
        text for text in warnings if "citing and cited of patent_citations are exchanged" in text
    ]
    assert bool(told) is exchanged


@pytest.mark.parametrize(("lag", "years"), [("", []), ("lag = [5, 5]", [1999])])
def test_a_report_year_whose_citations_the_lag_leaves_out_is_told(
    patents, tmp_path, lag, years
) -> None:
    with patents.open("a") as file:
        file.write(f"[years]\nreport = [1995, 1999]\n[options]\n{lag}\n")
    warnings = prepared(patents, tmp_path)[1].warnings
    told = [text for text in warnings if text.startswith("No citation is dated")]
    what = "a report year: W is the stock up to 1995."
    assert told == [f"No citation is dated {year}, {what}" for year in years]


def test_industries_that_no_list_names_are_told(tiny, tmp_path) -> None:
    tiny.replace('[[tables.industries]]\nfile = "fine.csv"\nclassification = "f"\n', "")
    tiny.append("firms.csv", "5,Five,zz unknown,,,,,\n")
    tiny.append("map.csv", "zz unknown,x,1\n")
    warnings = prepared(tiny.path, tmp_path)[1].warnings
    assert any("no list names the industries of 'f', so all 4 were taken" in w for w in warnings)
    assert any("'zz unknown'" in text for text in warnings)


def test_one_file_under_two_names_does_not_count_twice(tiny, tmp_path) -> None:
    tiny.write("c_1.csv", "citing,cited,year\n1,2,2000\n2,1,2001\n")
    tiny.write("c_1 (1).csv", "citing,cited,year\n1,2,2000\n2,1,2001\n")
    tiny.write("c_2.csv", "citing,cited,year\n1,3,2000\n2,1,2002\n")
    tiny.replace('file = "citations.csv"', 'file = "c_*.csv"')
    with pytest.raises(InputError, match=r"c_1\.csv is c_1 \(1\)\.csv once more, byte by byte"):
        prepared(tiny.path, tmp_path)
    (tiny.folder / "c_1 (1).csv").unlink()
    assert prepared(tiny.path, tmp_path)[0]["firm_citations"].total == 4


@pytest.mark.parametrize("name", ["currency", "UNIT_MULT", "unit", "单位"])
def test_amounts_in_two_units_are_told(tiny, tmp_path, name) -> None:
    tiny.write("trade.csv", f"supplier,buyer,year,value,{name}\n1,2,2001,10,3\n2,1,2001,20,6\n")
    warnings = prepared(tiny.path, tmp_path)[0]["trade_links"].warnings
    assert any(f"column '{name}' has several values ('3', '6')" in text for text in warnings)
    keys(tiny, "trade.csv", f'where = {{ "{name}" = "3" }}')
    assert prepared(tiny.path, tmp_path)[0]["trade_links"].warnings == ()


def test_a_constant_never_replaces_a_column(tiny, tmp_path) -> None:
    keys(tiny, "trade.csv", "constants = { value = 1 }")
    with pytest.raises(InputError, match=r"'constants' gives value, but the file has a column"):
        prepared(tiny.path, tmp_path)
    tiny.replace("constants = { value = 1 }", 'constants = { value = 1 }\ncolumns = { value = "" }')
    assert prepared(tiny.path, tmp_path)[0]["trade_links"].total == 4


def test_accounts_that_cannot_be_checked_are_told(tiny, tmp_path) -> None:
    tiny.write("output.csv", "industry,year,gross_output\nx,2001,100\ny,2001,80\n")
    warnings = prepared(tiny.path, tmp_path)[1].warnings
    assert any("The accounts of 2001 cannot be checked" in text for text in warnings)


@pytest.mark.parametrize(
    ("output", "domestic"),
    [
        ([100, 100, 100, 100, 1000], False),  # one output in another unit
        ([100, 100, 100, 100, 10], False),
        ([110, 112, 108, 115, 109], True),  # imports are missing everywhere
        ([110, 112, 108, 115, 50], False),
    ],
)
def test_one_bad_sector_is_no_story_of_imports(output, domestic) -> None:
    sectors = list("abcde")
    flows = pd.DataFrame(np.diag([20.0] * 5), sectors, sectors)
    table = pd.DataFrame({"gross_output": output, "value_added": 80.0}, sectors, dtype=float)
    assert unpaid(check_accounts(flows, table)) is domestic


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ('flags = ["1"]', "'1' is a part of numbers"),
        ('flags = [".0"]', "'.0' is a part of numbers"),
        ('format = "%Q"', "'%Q' has a letter that is not known"),
    ],
)
def test_keys_that_would_bend_values_are_refused(tiny, given, words) -> None:
    keys(tiny, "citations.csv", given)
    with pytest.raises(StudyError) as error:
        load_study(tiny.path)
    assert words in str(error.value)


@pytest.mark.parametrize(("form", "date"), [("%F", "2001-03-04"), ("%e.%m.%Y", "4.3.2001")])
def test_short_forms_of_dates_are_known(tiny, tmp_path, form, date) -> None:
    tiny.write("citations.csv", f"citing,cited,year,count\n1,2,{date},1\n")
    keys(tiny, "citations.csv", f'format = "{form}"')
    table = prepared(tiny.path, tmp_path)[0]["firm_citations"]
    assert pd.read_parquet(table.path)["year"].tolist() == [2001]


def test_codes_that_the_concordance_has_in_another_spelling_are_told(tiny, tmp_path) -> None:
    tiny.replace('[[tables.industries]]\nfile = "fine.csv"\nclassification = "f"\n', "")
    tiny.write("firms.csv", "id,industry\n1,111\n2,112\n3,2011\n4,\n")
    tiny.write("map.csv", "from,to\n0111,x\n0112,x\n2011,y\n")
    warnings = " ".join(prepared(tiny.path, tmp_path)[1].warnings)
    assert "2 codes have no target" in warnings and "'0111'" in warnings
    assert "zfill = 4" in warnings


def test_groups_of_nace_keep_their_point(tiny, tmp_path) -> None:
    tiny.replace('[[tables.industries]]\nfile = "fine.csv"\nclassification = "f"\n', "")
    tiny.write("firms.csv", "id,industry\n1,10.0\n2,11.0\n3,10.0\n4,11.0\n")
    tiny.write("map.csv", "from,to\n10.0,x\n10.1,y\n11.0,y\n")
    found, economy = prepared(tiny.path, tmp_path)
    assert pd.read_parquet(found["firms"].path)["industry"].tolist() == ["10.0", "11.0"] * 2
    assert economy.audits[0].unmapped == ()


def test_a_choice_of_the_study_is_no_alarm(tiny, tmp_path) -> None:
    tiny.write("trade.csv", "supplier,buyer,year,value\n1,2,2001,10\n1,2,2001,10\n")
    keys(tiny, "trade.csv", 'repeat = "first"')
    table = prepared(tiny.path, tmp_path)[0]["trade_links"]
    assert table.rejected == 1 and table.warnings == ()
