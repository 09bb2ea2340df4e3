"""Files as people really have them: nothing is lost in silence, nothing depends on threads."""

from __future__ import annotations

import hashlib
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from spillgraph.core.errors import ConcordanceError, InputError, StudyError
from spillgraph.ingest.economy import prepare
from spillgraph.ingest.stage import stage
from spillgraph.ingest.study import load_study
from staging import staged


@pytest.fixture
def large(tiny):
    """700,000 links, several row groups, with 500 late repeats of early keys."""
    rng = np.random.default_rng(0)
    firms = np.arange(2_000)
    pd.DataFrame(
        {"id": firms, "name": "n", "industry": np.array(["A", "B", "C"])[firms % 3]}
    ).to_csv(tiny.folder / "firms.csv", index=False)
    pairs = rng.permutation(2_000 * 1_999)[:700_000]
    frame = pd.DataFrame(
        {"supplier": pairs // 1_999, "buyer": pairs % 1_999, "year": 2001, "value": 1.0}
    )
    late = frame.iloc[:500].assign(value=100.0)
    pd.concat([frame, late]).to_parquet(tiny.folder / "trade.parquet", index=False)
    tiny.replace('file = "trade.csv"', 'file = "trade.parquet"\nrepeat = "first"')
    (tiny.folder / "citations.csv").write_text("citing,cited,year,count\n1,2,2000,4\n2,1,2001,3\n")
    return tiny


def test_the_first_row_of_a_key_stays_whatever_the_threads_do(large, tmp_path: Path) -> None:
    hashes = set()
    for number in range(3):
        table = staged(large, tmp_path / str(number))["trade_links"]
        assert (table.loaded, table.rejected, table.total) == (700_000, 500, 700_000.0)
        hashes.add(hashlib.sha256(table.path.read_bytes()).hexdigest())
        refused = pd.read_csv(tmp_path / str(number) / "rejects" / "trade_links.csv")
        assert refused["row"].tolist() == list(range(700_001, 700_501))
        assert refused["value"].str.extract(r"as row (\d+)")[0].astype(int).tolist() == list(
            range(1, 501)
        )
    accepted = pd.read_parquet(table.path)
    wanted = pd.read_parquet(large.folder / "trade.parquet").iloc[:700_000]
    assert accepted["supplier"].astype(int).tolist() == wanted["supplier"].tolist()
    assert len(hashes) == 1


def test_files_of_one_pattern_need_the_same_columns(tiny, tmp_path: Path) -> None:
    for number, name in enumerate(("c_1.csv", "c_2.csv")):
        text = ("citing,cited,year,count\n1,2,2000,4\n", "citing,cited,year\n2,1,2001\n")[number]
        tiny.write(name, text)
    tiny.replace('file = "citations.csv"', 'file = "c_*.csv"')
    with pytest.raises(InputError, match=r"c_2.csv: there is no column for 'count', which c_1.csv"):
        staged(tiny, tmp_path)


def test_entries_decide_for_themselves_what_they_keep(tiny, tmp_path: Path) -> None:
    tiny.write("more.csv", "id,name,industry\n8,Eight,Z\n9,Nine,A\n")
    tiny.append("firms.csv", "7,Seven,Z,,,,,\n")
    tiny.replace(
        '[tables.firms]\nfile = "firms.csv"\nclassification = "f"',
        '[[tables.firms]]\nfile = "firms.csv"\nclassification = "f"\nunmatched = "keep"\n'
        '[[tables.firms]]\nfile = "more.csv"\nclassification = "f"',
    )
    table = staged(tiny, tmp_path)["firms"]
    assert (table.loaded, table.rejected) == (6, 1)
    assert pd.read_csv(tmp_path / "rejects" / "firms.csv")["file"].tolist() == ["more.csv"]


@pytest.mark.parametrize("closed", [False, True])
def test_a_stray_quote_is_an_error_and_swallows_nothing(tiny, tmp_path: Path, closed: bool) -> None:
    rows = [f"1,{2 + n % 2},2001,{n}" for n in range(50)]
    rows[3] = '1,"2,2001,5'
    if closed:
        rows[40] = '1,2",2001,5'
    tiny.write("citations.csv", "citing,cited,year,count\n" + "\n".join(rows) + "\n")
    with pytest.raises(InputError, match=r"citations.csv, row 4 \(line 5\): a quote is opened"):
        staged(tiny, tmp_path)


def test_line_breaks_in_columns_that_nobody_reads_are_allowed(tiny, tmp_path: Path) -> None:
    tiny.write("citations.csv", 'citing,cited,year,count,note\n1,2,2001,4,"two\nlines"\n')
    assert staged(tiny, tmp_path)["firm_citations"].loaded == 1


def test_blank_lines_do_not_count_as_rows(tiny, tmp_path: Path) -> None:
    tiny.write("citations.csv", "citing,cited,year,count\n\n1,2,2001,4\n\n1,2\n\n1,3,2001,x\n")
    staged(tiny, tmp_path)
    refused = pd.read_csv(tmp_path / "rejects" / "firm_citations.csv", dtype=str)
    assert dict(zip(refused["row"], refused["value"], strict=True)) == {"2": "1,2", "3": "x"}


def test_a_lookup_may_have_any_column_names_and_blanks(tiny, tmp_path: Path) -> None:
    tiny.write("own.csv", "key,ind,k,v\n1 ,A,,\n2,B,,\n")
    tiny.write("firms.csv", "id,name\n1,One\n 2,Two\n3,Three\n4,Four\n")
    tiny.replace(
        'file = "firms.csv"',
        'file = "firms.csv"\n'
        'match = { industry = { file = "own.csv", by = "id", key = "key", value = "ind" } }',
    )
    table = staged(tiny, tmp_path)["firms"]
    assert pd.read_parquet(table.path)["industry"].fillna("").tolist() == ["A", "B", "", ""]


def test_pandas_index_column_is_read(tiny, tmp_path: Path) -> None:
    pd.read_csv(tiny.folder / "citations.csv").to_csv(tiny.folder / "citations.csv")
    assert staged(tiny, tmp_path)["firm_citations"].loaded == 7


def test_years_as_floats(tiny, tmp_path: Path) -> None:
    tiny.write("citations.csv", "citing,cited,year,count\n1,2,2001.0,4\n1,3,2001.5,4\n")
    table = staged(tiny, tmp_path)["firm_citations"]
    assert (table.loaded, table.rejected) == (1, 1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b'citing,cited,"year,count\n1,2,2001,4\n', "header has a quote"),
        ("citing,cited,year,count\n1,2,2001,4\n".encode("utf-16-le"), "utf-16"),
    ],
)
def test_what_cannot_be_read_says_why(tiny, tmp_path: Path, text: bytes, words: str) -> None:
    (tiny.folder / "citations.csv").write_bytes(text)
    with pytest.raises(InputError, match=words):
        staged(tiny, tmp_path)


def test_filters_compare_with_the_text_of_the_file(tiny, tmp_path: Path) -> None:
    tiny.write(
        "citations.csv", "citing,cited,year,count,listed\n1,2,2001,4,true\n2,1,2001,5,false\n"
    )
    tiny.replace('file = "citations.csv"', 'file = "citations.csv"\nwhere = { listed = true }')
    assert staged(tiny, tmp_path)["firm_citations"].total == 4
    tiny.replace("where = { listed = true }", 'where = { listed = "yes" }')
    with pytest.raises(InputError, match=r"\[tables.firm_citations\] leave no row"):
        staged(tiny, tmp_path)


def test_weights_above_one_in_one_row_are_an_error(tiny, tmp_path: Path) -> None:
    tiny.write("map.csv", "from,to,weight\nA,x,1.1\nB,y,1\nC,y,1\n")
    with duckdb.connect() as con:
        study = load_study(tiny.path)
        tables = stage(con, study, tmp_path, None)
        with pytest.raises(ConcordanceError, match=r"A \(1.1\)"):
            prepare(con, study, tables)


def test_one_table_has_one_classification(tiny) -> None:
    tiny.write("more.csv", "industry,year,gross_output\nA,2001,5\n")
    tiny.replace(
        '[tables.io_output]\nfile = "output.csv"\nclassification = "t"',
        '[[tables.io_output]]\nfile = "output.csv"\nclassification = "t"\n'
        '[[tables.io_output]]\nfile = "more.csv"\nclassification = "f"',
    )
    with pytest.raises(StudyError, match=r"\[\[tables.io_output\]\]: all entries need one"):
        load_study(tiny.path)


def test_names_with_brackets_and_variables_inside(tiny, monkeypatch) -> None:
    (tiny.folder / "citations.csv").rename(tiny.folder / "c[1]_2001.csv")
    monkeypatch.setenv("YR", "2001")
    tiny.replace('file = "citations.csv"', 'file = "c[1]_${YR}.csv"')
    (source,) = load_study(tiny.path).of("firm_citations")
    assert source.files[0][1] == tiny.folder / "c[1]_2001.csv"


def test_two_files_under_one_shown_name_are_both_hashed(tiny) -> None:
    for folder in ("p", "q"):
        (tiny.folder / folder).mkdir()
    (tiny.folder / "citations.csv").rename(tiny.folder / "p" / "c.csv")
    (tiny.folder / "trade.csv").rename(tiny.folder / "q" / "c.csv")
    tiny.replace('file = "citations.csv"', 'file = "${NOWHERE:-p}/c.csv"')
    tiny.replace('file = "trade.csv"', 'file = "${NOWHERE:-q}/c.csv"')
    paths = set(load_study(tiny.path).files().values())
    assert {tiny.folder / "p" / "c.csv", tiny.folder / "q" / "c.csv"} <= paths


def test_constants_are_no_truth_values(tiny) -> None:
    tiny.replace('file = "citations.csv"', 'file = "citations.csv"\nconstants = { year = true }')
    with pytest.raises(StudyError, match="constants"):
        load_study(tiny.path)


@pytest.mark.parametrize("where", ["lookup", "filter", "mixed", "cr"])
def test_a_stray_quote_swallows_nothing_anywhere(tiny, tmp_path: Path, where: str) -> None:
    if where == "lookup":
        tiny.write("own.csv", 'key,ind\n1,A\n"2,B\n3",C\n')
        tiny.replace(
            'file = "firms.csv"',
            'file = "firms.csv"\n'
            'match = { industry = { file = "own.csv", by = "id", key = "key", value = "ind" } }',
        )
    elif where == "filter":
        rows = 'citing,cited,year,count,kind\n1,2,2001,4,"a\n1,3,2001,4,b"\n2,1,2001,1,a\n'
        tiny.write("citations.csv", rows)
        tiny.replace('file = "citations.csv"', 'file = "citations.csv"\nwhere = { kind = "a" }')
    elif where == "mixed":
        tiny.write("c_1.csv", 'citing,cited,year,count\n1,"2\n1,3",2001,4\n')
        pd.DataFrame({"citing": ["1"], "cited": ["3"], "year": [2001], "count": [1]}).to_parquet(
            tiny.folder / "c_2.parquet"
        )
        tiny.replace('file = "citations.csv"', 'file = "c_*"')
    else:
        tiny.write("citations.csv", 'citing,cited,year,count\r1,"2\r1,3",2001,4\r')
    with pytest.raises(InputError, match=r"row \d.*(closed only 2 lines|runs over several lines)"):
        staged(tiny, tmp_path)


def test_a_parquet_column_may_have_any_name(tiny, tmp_path: Path) -> None:
    frame = pd.read_csv(tiny.folder / "citations.csv").assign(file_row_number=7)
    frame.to_parquet(tiny.folder / "c.parquet")
    tiny.replace('file = "citations.csv"', 'file = "c.parquet"')
    assert staged(tiny, tmp_path)["firm_citations"].loaded == 7
