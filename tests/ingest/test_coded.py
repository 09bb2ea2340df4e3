"""Rows in which every text is checked once: as if they had been gone through one by one."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from parted import found, in_every_table, write
from spillgraph.core.map_cells import processes
from spillgraph.graph.open import open_store
from spillgraph.graph.schema import UNMAPPED
from spillgraph.ingest import parts
from spillgraph.ingest.coded_rows import CodedRows
from spillgraph.ingest.contract import table
from spillgraph.ingest.economy import prepare
from spillgraph.ingest.load import batches
from spillgraph.ingest.one_by_one import OneByOne
from spillgraph.ingest.part_sums import RunningSums, sum_rows
from spillgraph.ingest.plan import plan, register
from spillgraph.ingest.read_coded import read_coded
from spillgraph.ingest.stage import Staged, stage
from spillgraph.ingest.study import load_study
from spillgraph.runs.run import run
from spillgraph.runs.steps import Steps
from staging import connect

#: What stands in a column: good, and bad in every way that a check knows.
FIRMS = ["a", "b", "c ", "A", "é", "01", "1.0", "2.0", "1e5", "7", "NA", "", "z", "1.5E+10", '="b"']
PATENTS = ["p", "q", " r", "NA", "nobody", "1E5", "8"]
YEARS = ["1990", "2010", "1999.0", "1889", "2000/01", "2000/13", "y", "", "199912", "NA"]
AMOUNTS = [
    "1",
    "2.5",
    "1.000",
    "1,5",
    "0",
    "-1",
    "1e101",
    "1e-101",
    "nan",
    "inf",
    "",
    "NA",
    "12345",
]
NUMBERS = [1.0, 2.5, 0.0, -1.0, 1e101, 1e-101, float("nan"), float("inf"), None]


def some(values: list[Any]) -> st.SearchStrategy[list[Any]]:
    """Columns of few different values, so that many are without a fault."""
    pool = st.lists(st.sampled_from(values), min_size=1, max_size=3)
    return pool.flatmap(lambda drawn: st.lists(st.sampled_from(drawn), min_size=4, max_size=4))


def tables(kind: str) -> st.SearchStrategy[tuple[str, pd.DataFrame]]:
    """A flow table's name, and rows of it."""
    amounts = some(AMOUNTS) if kind == "csv" else some(NUMBERS) | some(AMOUNTS)
    years = some(YEARS) if kind == "csv" else some(YEARS) | some([1990, 2000, 2010, 1889])
    firms, patents = some(FIRMS), some(PATENTS)
    columns = {
        "firm_citations": {"citing": firms, "cited": firms, "year": years, "count": amounts},
        "patent_citations": {"citing": patents, "cited": patents},
        "trade_links": {"supplier": firms, "buyer": firms, "year": years, "value": amounts},
    }
    return st.one_of(
        st.tuples(st.just(name), st.fixed_dictionaries(drawn).map(pd.DataFrame))
        for name, drawn in columns.items()
    )


def say(study: Path, key: str) -> None:
    """Give the last table of a study one key more."""
    text = study.read_text(encoding="utf-8")
    study.write_text(text.replace("[years]", f"{key}\n[years]"), encoding="utf-8")


@pytest.mark.parametrize("odd", [(), ("é",), ("1E5", "8.0")])
@pytest.mark.parametrize("kind", ["csv", "files"])
def test_nothing_is_read_otherwise(kind: str, odd: tuple[str, ...]) -> None:
    @settings(max_examples=15)
    @given(tables(kind), st.booleans())
    def check(drawn: tuple[str, pd.DataFrame], keep: bool) -> None:
        with tempfile.TemporaryDirectory() as folder:
            study = write(Path(folder), *drawn, kind, odd)
            if keep and drawn[0] == "patent_citations":
                say(study, 'unmatched = "keep"')
            one_by_one = found(study, Path(folder) / "a")
            with in_every_table():
                assert found(study, Path(folder) / "b") == one_by_one

    check()


@contextmanager
def gone_through() -> Iterator[list[str]]:
    """Note the tables whose rows are gone through one by one."""
    went = []
    through = OneByOne.run

    def note(self: OneByOne, path: Path, rejects: Path | None) -> Staged:
        went.append(self.table.name)
        return through(self, path, rejects)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(OneByOne, "run", note)
        yield went


def both_ways(
    study: Path, folder: Path, rows: int = 3
) -> tuple[dict[str, Staged], dict[str, pa.Table], dict[str, str]]:
    """What is found of a study's tables one by one, if it is the same in parts and all flows stay
    there."""
    one_by_one = found(study, folder / "a")
    assert not isinstance(one_by_one, str)
    with in_every_table(rows), gone_through() as went:
        assert found(study, folder / "b") == one_by_one
    assert went == ["firms", "patents", "io_output"]
    return one_by_one


FAULTLESS = [
    ("firm_citations", {"citing": ["a", "é"], "cited": "a", "year": [1999, 2000], "count": [1, 2]}),
    ("patent_citations", {"citing": ["p", "q"], "cited": ["q", "p"]}),
    ("trade_links", {"supplier": ["a", "b"], "buyer": "a", "year": 2000, "value": [0.5, 1e9]}),
]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize(("table", "columns"), FAULTLESS)
def test_faultless_rows_are_not_gone_through(
    table: str, columns: dict[str, Any], kind: str, tmp_path: Path
) -> None:
    study = write(tmp_path, table, pd.DataFrame(columns), kind)
    both_ways(study, tmp_path)


#: Rows of which some are refused, each for an id, a year or an amount, and how many are.
REFUSED = {
    "unknown": (
        "firm_citations",
        {"citing": ["a", "z", "b", "z", "c"], "cited": ["x", "a", "a", "y", "b"]},
        {"year": [1999, 2000, 2000, 2001, 2002], "count": 2.5},
        3,
    ),
    "years": (
        "trade_links",
        {"supplier": ["a", "b", "c", "A"], "buyer": "a"},
        {"year": ["1989", "2000", "2011", "2010"], "value": [1, 2, 3, 4]},
        2,
    ),
    "same": ("patent_citations", {"citing": ["p", "q", "r", "q"], "cited": "q"}, {}, 2),
    "same and unknown": (
        "patent_citations",
        {"citing": ["nobody", "q", "r", "p"], "cited": ["nobody", "nobody", "r", "q"]},
        {},
        3,
    ),
    "a whole part": (
        "firm_citations",
        {"citing": ["x", "y", "x", "a", "b", "a"], "cited": ["a", "a", "b", "a", "b", "c"]},
        {"year": 2000, "count": 1},
        3,
    ),
    "missing": (
        "trade_links",
        {"supplier": ["a", None, "NA", "b", "7", "A"], "buyer": ["a", "b", "c", None, "", "A"]},
        {"year": ["1999", "2000", "2000", "2000", "2001", None], "value": [1, 2, 3, 4, 5, 6.5]},
        5,
    ),
    "no years": (
        "firm_citations",
        {"citing": ["a", "b", "c", "A"], "cited": ["a", "b", "b", "b"]},
        {"year": ["1999", "31.12.2000", "y", "2000-01-31"], "count": 1},
        2,
    ),
    "amounts": (
        "trade_links",
        {"supplier": list("aabbccaab"), "buyer": list("bcacab777")},
        {
            "year": [*range(1999, 2007), 1889],
            "value": [1, -1, None, np.inf, 1e101, 1e-101, 0, 2.5, -3],
        },
        6,
    ),
    "no amount of a part is good": (
        "firm_citations",
        {"citing": list("abcabc"), "cited": list("bcabca")},
        {"year": [2000, 2000, 2000, 2001, 2001, 2001], "count": [-1.0, None, -2.0, 1, 2, 3]},
        3,
    ),
    "spelled otherwise": (
        "firm_citations",
        {"citing": ["1", "01 ", "a", "a", "a"], "cited": ["a", "a", "É", "B", "001"]},
        {"year": 2000, "count": [1, 2, 3, 4, 5]},
        3,
    ),
}


#: Rows of which later ones repeat a key, in parts of three rows, and how many are refused.
REPEATED = {
    "within a part": (
        "patent_citations",
        {"citing": ["p", "p", "q", "r"], "cited": ["q", "q", "p", "p"]},
        {},
        1,
    ),
    "in other parts": (
        "patent_citations",
        {"citing": list("pqrpqrpqr"), "cited": list("qrpqrprpp")},
        {},
        4,
    ),
    "with others refused": (
        "patent_citations",
        {
            "citing": ["x", "p", "q", "p", "q", "p", "x"],
            "cited": ["p", "p", "p", "q", "p", "q", "p"],
        },
        {},
        5,
    ),
    "a whole part again": (
        "patent_citations",
        {"citing": list("pqrpqr"), "cited": list("qrpqrp")},
        {},
        3,
    ),
    "spelled otherwise": (
        "patent_citations",
        {"citing": ["p", " p", "q", "p "], "cited": ["q", "q", "r", "q"]},
        {},
        2,
    ),
    "citations of firms": (
        "firm_citations",
        {"citing": list("abcabca"), "cited": list("bbbbbbb")},
        {"year": [1999, 1999, 2000, 1999, 2001, 2000, 2000], "count": [1, 2, 3, 4, 5.5, 6, 7]},
        2,
    ),
    "deliveries": (
        "trade_links",
        {"supplier": list("aabbccaaA"), "buyer": list("bbccaabba")},
        {"year": 2001, "value": [0.1, 0.2, 0.3, 0.4, 1e-9, 6, 7, 8, 9]},
        5,
    ),
}


@pytest.mark.parametrize("kind", ["csv", "parquet", "files"])
@pytest.mark.parametrize("case", REPEATED)
def test_later_rows_of_a_key_are_set_apart_where_the_first_counts(
    case: str, kind: str, tmp_path: Path
) -> None:
    table, ends, others, refused = REPEATED[case]
    study = write(tmp_path, table, pd.DataFrame(ends | others), kind)
    if others:
        say(study, 'repeat = "first"')
    one_by_one = both_ways(study, tmp_path)
    assert one_by_one[0][table].rejected == refused
    assert one_by_one[2][f"{table}.csv"].count("\n") == refused + 1


#: Cited patents that are in no table, in parts of three rows: how many rows are kept with one, and
#: how many are refused.
UNKNOWN = {
    "none": (list("pqr"), list("qrp"), 0, 0),
    "in one part": (list("ppqr"), ["q", "x", "p", "p"], 1, 0),
    "the same in several parts": (list("pqrpqrpqr"), list("xyxyxyxyz"), 7, 2),
    "another one first": (list("pqrrqp"), list("yxzxyz"), 6, 0),
    "in whole parts": (list("ppp") + list("qqq"), list("xyz") + list("zyx"), 6, 0),
    "spelled otherwise": (list("pqrp"), ["Q", "x ", " x", "x"], 4, 0),
    "and the citing one is unknown": (list("pxqp"), list("xqxq"), 2, 1),
    "and itself": (list("pxqq"), list("pxxx"), 1, 3),
}


@pytest.mark.parametrize("kind", ["csv", "parquet", "files"])
@pytest.mark.parametrize("case", UNKNOWN)
def test_cited_patents_that_are_in_no_table_are_kept_in_parts(
    case: str, kind: str, tmp_path: Path
) -> None:
    citing, cited, kept, refused = UNKNOWN[case]
    rows = pd.DataFrame({"citing": citing, "cited": cited})
    study = write(tmp_path, "patent_citations", rows, kind)
    say(study, 'unmatched = "keep"')
    one_by_one = both_ways(study, tmp_path)
    table = one_by_one[0]["patent_citations"]
    assert (table.unmatched.get("cited", 0), table.rejected) == (kept, refused)


def test_amounts_of_one_key_are_never_passed_over_unasked(tmp_path: Path) -> None:
    table, ends, others, _ = REPEATED["deliveries"]
    study = write(tmp_path, table, pd.DataFrame(ends | others), "csv")
    with in_every_table():
        said = found(study, tmp_path / "a")
    assert isinstance(said, str)
    assert said.startswith("rows.csv, row 2 repeats the key of row 1 of rows.csv: ")


@pytest.mark.parametrize("kind", ["csv", "parquet", "files"])
@pytest.mark.parametrize("case", [*REFUSED, "dropped"])
def test_refused_rows_are_set_apart_and_the_others_not_gone_through(
    case: str, kind: str, tmp_path: Path
) -> None:
    table, ends, others, refused = REFUSED["unknown" if case == "dropped" else case]
    study = write(tmp_path, table, pd.DataFrame(ends | others), kind)
    if case == "dropped":
        say(study, 'unmatched = "drop"')
    one_by_one = both_ways(study, tmp_path)
    assert one_by_one[0][table].rejected == refused
    assert one_by_one[2][f"{table}.csv"].count("\n") == refused + 1


def test_a_damaged_file_is_named_when_its_rows_are_looked_at(tmp_path: Path) -> None:
    rows = pd.DataFrame({"citing": ["a", "b"] * 5000, "cited": "a", "year": range(10_000)})
    study = write(tmp_path, "firm_citations", rows.assign(count=range(10_000)), "parquet")
    path = tmp_path / "rows.parquet"
    whole = path.read_bytes()
    path.write_bytes(whole[:20] + bytes(200) + whole[220:])
    with in_every_table(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "_ROWS", 1 << 20)
        said = found(study, tmp_path / "a")
    assert isinstance(said, str)
    assert said.startswith("rows.parquet: the file cannot be read: ")


def test_files_of_a_folder_make_parts_of_one_length(tmp_path: Path) -> None:
    pairs = [(a, b, year) for a in "abc" for b in "ab" for year in (1999, 2000)]
    rows = pd.DataFrame(pairs, columns=["citing", "cited", "year"]).assign(count=2)
    study = write(tmp_path, "firm_citations", rows, "files")
    with in_every_table():
        said = found(study, tmp_path / "a")
    assert not isinstance(said, str)
    assert said[1]["firm_citations"].to_pandas().astype(rows.dtypes).equals(rows)
    parts_of = sorted((tmp_path / "a" / "firm_citations.parquet").iterdir())
    assert [pq.read_metadata(part).num_rows for part in parts_of] == [3] * 4


@pytest.mark.parametrize("second", ["2000", "y", "__HIVE_DEFAULT_PARTITION__"])
def test_years_that_folders_stand_for(second: str, tmp_path: Path) -> None:
    rows = pd.DataFrame(
        [(a, b, 2) for a in "abc" for b in "ab"], columns=["citing", "cited", "count"]
    )
    study = write(tmp_path, "firm_citations", rows, "csv")
    for year in ("1999", second):
        (tmp_path / "cites" / f"year={year}").mkdir(parents=True)
        rows.to_parquet(tmp_path / "cites" / f"year={year}" / "part-0.parquet", index=False)
    text = study.read_text(encoding="utf-8")
    file = 'file = "cites/**/*.parquet"\npartitions = ["year"]'
    study.write_text(text.replace('file = "rows.csv"', file), encoding="utf-8")
    one_by_one = found(study, tmp_path / "a")
    with in_every_table():
        assert found(study, tmp_path / "b") == one_by_one
    assert (tmp_path / "b" / "firm_citations.parquet").is_dir()


def test_processes_write_the_same_bytes(tmp_path: Path) -> None:
    """Where a part is doubtful, nothing is written by any of them."""
    pairs = [(a, b, year) for a in "abcAé" for b in "abc7" for year in (1999, 2000)]
    rows = pd.DataFrame(pairs, columns=["citing", "cited", "year"]).assign(count=2)
    study = write(tmp_path, "firm_citations", rows, "parquet")
    pool, written, sums = processes(2), [], []
    try:
        for where, workers in (("a", None), ("b", pool), ("c", pool)):
            if where == "c":
                rows["count"] = ["2"] * 39 + ["x"]
                write(tmp_path, "firm_citations", rows, "parquet")
            with in_every_table(), duckdb.connect() as con:
                read = load_study(study)
                found = stage(con, read, tmp_path / where, tmp_path / "rejects", pool=workers)
                sums.append(found["firm_citations"].cells)
            path = tmp_path / where / "firm_citations.parquet"
            assert path.is_dir() == (where != "c")
            files = sorted(path.iterdir()) if path.is_dir() else [path]
            written.append([file.read_bytes() for file in files])
            assert sorted(each.name for each in path.parent.iterdir()) == sorted(
                f"{name}.parquet" for name in found
            )
    finally:
        pool.close()
    assert written[0] == written[1] and len(written[0]) == 14
    assert sums[0].table.equals(sums[1].table) and sums[2] is None
    assert found["firm_citations"].rejected == 1


@pytest.mark.parametrize("twice", [False, True])
@pytest.mark.parametrize("table", ["firm_citations", "trade_links"])
def test_sums_of_parts_are_those_of_all_rows(table: str, twice: bool, tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    one, other, amount = {
        "firm_citations": ("citing", "cited", "count"),
        "trade_links": ("supplier", "buyer", "value"),
    }[table]
    pairs = [(a, b, year) for a in "abcAé" for b in "abc7" for year in (1999, 2000)]
    rows = pd.DataFrame(pairs, columns=[one, other, "year"])
    rows[amount] = rng.lognormal(0, 6, len(rows)) * (rng.random(len(rows)) > 0.2)
    if twice:  # in another part, and with another amount
        rows = pd.concat([rows, rows.assign(**{amount: 1.0}).iloc[::5]], ignore_index=True)
    study = write(tmp_path, table, rows, "parquet")
    if twice:
        say(study, 'repeat = "first"')
    firms = pd.read_csv(tmp_path / "firms.csv", dtype=str)
    codes = ["k", "l", None, "m", "l", "k", "k", "m", "k"]  # "c" is in no industry
    firms.assign(code=codes).to_csv(tmp_path / "firms.csv", index=False)
    sums = []
    for where in ("a", "b"):
        with ExitStack() as stack:
            if where == "b":
                stack.enter_context(in_every_table())
            con = stack.enter_context(duckdb.connect())
            read = load_study(study)
            economy = prepare(con, read, stage(con, read, tmp_path / where, None))
            (flow,) = (flow for flow in economy.flows if flow.between == "firms")
            assert flow.cells is not None
            sums.append(flow.cells.table.to_pandas().set_index(["receiver", "source", "year"]))
    assert len(list((tmp_path / "b" / f"{table}.parquet").iterdir())) == -(-len(rows) // 3)
    pd.testing.assert_frame_equal(*sums, rtol=1e-15)


@pytest.mark.parametrize("batch_rows", [4, 20_000_000])
def test_coded_rows_make_the_same_batches_in_the_same_order(
    tiny: Any, tmp_path: Path, batch_rows: int
) -> None:
    """A load that was cut off goes on behind the rows that are in, by whichever way they came."""
    tiny.append("citations.csv", "2,3,2001,0\n2,3,2002,0\n1,3,2000,9\n")
    study = load_study(tiny.path)
    with connect() as con, in_every_table():
        staged = stage(con, study, tmp_path / "tables", None)
        economy = prepare(con, study, staged)
        register(con, study, economy.industries, economy.maps)
        items = [item for item in plan(study) if item.table is not None]
        assert [item.kind for item in items] == ["CITES", "SUPPLIES"]
        for item in items:
            assert item.table is not None and staged[item.table.name].cells is not None
            read = replace(item, coded=staged[item.table.name].path)
            plain, coded = (
                [(batch.id, batch.table) for batch in batches(con, each, "x", batch_rows)]
                for each in (item, read)
            )
            assert pa.types.is_dictionary(coded[0][1]["from"].type)
            assert [id for id, _ in coded] == [id for id, _ in plain]
            assert len(plain) == (1 if batch_rows > 99 else len(plain)) > 0
            for (_, one), (_, other) in zip(plain, coded, strict=True):
                assert other.cast(one.schema).to_pylist() == one.to_pylist()


def part_of(amounts: list[float], firms: int, years: int, measure: str) -> CodedRows:
    """Rows between firms of two industries."""
    n = len(amounts)
    ends = {"count": ("citing", "cited"), "value": ("buyer", "supplier")}[measure]
    ids = pa.array([f"f{i}" for i in range(firms)])
    codes = {
        end: (np.arange(n, dtype=np.int32) * step) % firms
        for end, step in zip(ends, (1, 2), strict=True)
    }
    values = dict.fromkeys(ends, ids) | {"year": pa.array(range(2000, 2000 + years))}
    declared = table("firm_citations" if measure == "count" else "trade_links")
    codes["year"] = np.arange(n, dtype=np.int32) % years
    places = dict.fromkeys(ends, np.arange(firms))
    return CodedRows(declared, values, codes, {measure: np.array(amounts)}, places, n)


@pytest.mark.parametrize("measure", ["count", "value"])
@pytest.mark.parametrize("years", [1, 50])  # fewer cells than rows, and more
@pytest.mark.parametrize(
    "amounts", [[0.0] * 9, [0.1, 0.2, 0.3] * 3, [1e15, 0.1, -1e15] * 3, [0.0, 1.0, 5.0, -0.0] * 4]
)
def test_sums_of_a_part_are_those_of_pandas(measure: str, years: int, amounts: list[float]) -> None:
    rows = part_of(amounts, 3, years, measure)
    with connect() as con:
        con.execute(
            "CREATE OR REPLACE TEMP VIEW ok_firms AS SELECT * FROM "
            "(VALUES ('f0', 'a'), ('f1', NULL), ('f2', 'a')) AS t (id, industry)"
        )
        found = sum_rows(con, rows).to_pandas()
    industry = np.array(["a", UNMAPPED, "a"])
    one, other = rows.table.ends
    frame = pd.DataFrame(
        {
            "receiver": industry[rows.codes[one]],
            "source": industry[rows.codes[other]],
            "year": 2000 + rows.codes["year"],
            measure: amounts,
        }
    )
    if measure == "count":
        frame["self_count"] = np.where(rows.codes[one] == rows.codes[other], amounts, 0.0)
    sums = frame[frame[measure] != 0].groupby(["receiver", "source", "year"]).agg(math.fsum)
    order = ["receiver", "source", "year"]
    found = found.sort_values(order).reset_index(drop=True)
    pd.testing.assert_frame_equal(
        found, sums.reset_index()[found.columns], check_dtype=False, rtol=0, atol=0
    )


def edges_of(path: Path) -> list[list[dict[str, Any]]]:
    with open_store(path, read_only=True) as store:
        return [
            store.query(f"{flow} AS amount ORDER BY one, other, year").to_pylist()
            for flow in (
                "MATCH (a:Firm)-[e:CITES]->(b:Firm) RETURN a.id AS one, b.id AS other, "
                "e.year AS year, e.count",
                "MATCH (a:Firm)-[e:SUPPLIES]->(b:Firm) RETURN a.id AS one, b.id AS other, "
                "e.year AS year, e.value",
            )
        ]


@pytest.mark.parametrize("batch_rows", [4, 20_000_000])
@pytest.mark.parametrize("owned", [False, True])
def test_the_graph_holds_the_same_edges_whether_rows_are_coded_or_not(
    tiny: Any, tmp_path: Path, batch_rows: int, owned: bool
) -> None:
    """Coded rows are read as they were written; where others own the firms they do not count."""
    tiny.append("citations.csv", "2,3,2001,0\n")  # rows of nothing are no edges
    tiny.append("trade.csv", "3,3,2001,0\n1,3,2001,0.1\n")
    if owned:
        tiny.write("owners.csv", "firm,owner,first_year,share\n3,1,2001,0.5\n")
        own = '[tables.ownership]\nfile = "owners.csv"\n[tables.trade_links]'
        tiny.replace("[tables.trade_links]", own)
    read = []
    study = load_study(tiny.path)

    def note(path: Path, table: Any) -> pa.RecordBatchReader:
        read.append(table.name)
        return read_coded(path, table)

    def graph(name: str) -> list[list[dict[str, Any]]]:
        folder = tmp_path / name
        run(study, folder, Steps(), {}, batch_rows=batch_rows)
        return edges_of(folder / "graph.lbug")

    one_by_one = graph("a")
    assert [len(edges) for edges in one_by_one] == ([11, 6] if owned else [7, 5])
    with in_every_table(), pytest.MonkeyPatch.context() as patch:
        patch.setattr("spillgraph.ingest.load.read_coded", note)
        assert graph("b") == one_by_one
    assert read == ([] if owned else ["firm_citations", "trade_links"])


def test_sums_of_parts_are_the_same_in_whatever_order_they_come() -> None:
    draw = np.random.default_rng(1)
    amounts = [*draw.lognormal(0, 9, 90), *(-draw.lognormal(0, 9, 10))]
    parts_of = [
        pa.table({"receiver": ["a"], "source": ["b"], "year": [2000 + n % 3], "value": [amount]})
        for n, amount in enumerate(amounts)
    ]

    def added(order: list[int]) -> pa.Table:
        sums = RunningSums()
        for number in order:
            sums.add(number, parts_of[number])
        return sums.all()

    found = added([*range(100)])
    assert all(added(draw.permutation(100).tolist()).equals(found) for _ in range(5))
    assert found["year"].to_pylist() == [2000, 2001, 2002]
    exact = [math.fsum(amounts[year::3]) for year in range(3)]
    np.testing.assert_allclose(found["value"].to_numpy(), exact, rtol=1e-14)
    assert RunningSums().all() is None


#: Ids and years that are numbers in Parquet, and how many rows are refused.
NUMBERED = {
    "whole": ({"citing": [1, 2, 7, 1], "cited": [2, 2, 1, 7]}, [1999, 2000, 2001, 2002], 0),
    "unknown": ({"citing": [1, 2, 9, 1], "cited": [8, 2, 1, 7]}, [1999, 2000, 2001, 2002], 2),
    "doubles": ({"citing": [1.0, 2.0, 7.0], "cited": [2.0, 2.0, 1.5]}, [1999, 2000, 2001], 1),
    "fractions of years": ({"citing": [1, 2, 7], "cited": 1}, [2000.5, 2001.0, 1989.6], 2),
    "years as doubles": ({"citing": [1, 2, 7], "cited": 1}, [2000.0, 2001.0, 1989.0], 1),
}


@pytest.mark.parametrize("odd", [(), ("é",)])
@pytest.mark.parametrize("case", NUMBERED)
def test_ids_and_years_that_are_numbers_stay_in_parts(
    case: str, odd: tuple[str, ...], tmp_path: Path
) -> None:
    ends, years, refused = NUMBERED[case]
    rows = pd.DataFrame(ends | {"year": years, "count": -0.0})
    study = write(tmp_path, "firm_citations", rows, "parquet", odd)
    one_by_one = both_ways(study, tmp_path)
    assert one_by_one[0]["firm_citations"].rejected == refused
    assert not np.signbit(one_by_one[1]["firm_citations"]["count"].to_numpy()).any()


#: Columns of numbers with NaN, which Parquet files do not count among their least and largest.
WITHOUT_NUMBER = {
    "whole amounts": {"count": [1.0, np.nan, 3.0]},
    "fractions": {"count": [0.5, np.nan, 2.5]},
    "large amounts": {"count": [1e99, np.nan, 1e100]},
    "amounts of 32 bits": {"count": np.array([1e20, np.nan, 2.0], dtype=np.float32)},
    "years": {"year": [2000.0, np.nan, 2001.0]},
    "ids": {"citing": [1.0, np.nan, 7.0]},
}


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("case", WITHOUT_NUMBER)
def test_what_is_nan_in_parquet_is_missing_and_the_rest_stays_in_parts(
    case: str, rows: int, tmp_path: Path
) -> None:
    columns = {"citing": list("abc"), "cited": "A", "year": 2000, "count": 1.0}
    frame = pd.DataFrame(columns | WITHOUT_NUMBER[case])
    study = write(tmp_path, "firm_citations", frame, "parquet")
    # from_pandas makes NaN nothing, which other writers do not
    whole = pa.table({name: pa.array(frame[name].to_numpy()) for name in frame})
    pq.write_table(whole, tmp_path / "rows.parquet")
    (column,) = WITHOUT_NUMBER[case]
    one_by_one = both_ways(study, tmp_path, rows)
    assert one_by_one[2]["firm_citations.csv"].splitlines()[1:] == [
        f"rows.parquet,2,{column},,{column} is missing"
    ]


def test_ids_that_are_rounded_are_counted_without_nan(tmp_path: Path) -> None:
    frame = pd.DataFrame({"citing": list("abc"), "cited": "A", "year": 2000, "count": 1.0})
    study = write(tmp_path, "firm_citations", frame, "parquet")
    whole = pa.Table.from_pandas(frame, preserve_index=False)
    rounded = pa.array(np.array([1e17, np.nan, 1e18]))
    pq.write_table(whole.set_column(0, "citing", rounded), tmp_path / "rows.parquet")
    said = found(study, tmp_path / "a")
    assert isinstance(said, str) and "with a point (2 rows)" in said
    with in_every_table():
        assert found(study, tmp_path / "b") == said


def test_an_id_that_ends_in_delete_is_cleaned_whatever_is_beside_it(tmp_path: Path) -> None:
    rows = pd.DataFrame({"citing": ["a\x7f", "b", "\x7fc"], "cited": "a", "year": 2000, "count": 1})
    study = write(tmp_path, "firm_citations", rows, "parquet")
    one_by_one = found(study, tmp_path / "a")
    assert not isinstance(one_by_one, str)
    assert one_by_one[1]["firm_citations"]["citing"].to_pylist() == ["a", "b", "c"]
    with in_every_table(1):
        assert found(study, tmp_path / "b") == one_by_one
