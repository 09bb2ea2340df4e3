"""Citations between patents summed from their keys: the same as from their tables."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from parted import in_every_table, write
from spillgraph.core.errors import InputError
from spillgraph.core.map_cells import processes
from spillgraph.graph.aggregate import Cells
from spillgraph.ingest import patent_sums
from spillgraph.ingest.economy import prepare
from spillgraph.ingest.owners.cells import sum_cells
from spillgraph.ingest.stage import stage
from spillgraph.ingest.study import load_study

CELL = ["receiver", "source", "year"]
#: An industry, none, and owners of many patents and of few.
FIRMS = {
    "a": "k",
    "b": "l",
    "c": None,
    "A": "m",
    "é": "k",
    "01": "l",
    "1": "k",
    "2": None,
    "7": "m",
}


def citations(folder: Path, weight: str, keys: str = "") -> Path:
    """A study of 40 patents, of which some have no owner, and others are owned by firms without an
    industry; some citations are refused."""
    draw = np.random.default_rng(11)
    patents = [f"p{n}" for n in range(40)]
    pairs = {(one, other) for one, other in draw.choice(patents, (300, 2)) if one != other}
    pairs |= {("p1", "p1"), ("p2", "nobody"), ("p2", "somebody"), ("nobody", "p3")}
    rows = pd.DataFrame(sorted(pairs), columns=["citing", "cited"])
    study = write(folder, "patent_citations", rows.sample(frac=1, random_state=1), "parquet")
    pd.Series(FIRMS, name="code").rename_axis("id").reset_index().to_csv(
        folder / "firms.csv", index=False
    )
    owners = draw.choice([*FIRMS, ""], len(patents))
    pd.DataFrame({"id": patents, "firm": owners, "year": draw.integers(1990, 2011, 40)}).to_csv(
        folder / "patents.csv", index=False
    )
    text = study.read_text(encoding="utf-8")
    options = f'[options]\ncitation_weight = "{weight}"\n{keys}[graph]\nkeep = "industries"\n'
    study.write_text(text.replace("[tables.firms]", f"{options}[tables.firms]"), encoding="utf-8")
    return study


def cells_of(study: Path, folder: Path, pool: Any = None) -> tuple[Cells, bool]:
    """The sums that the run goes on with, and whether they were made as the table was read."""
    with duckdb.connect() as con:
        read = load_study(study)
        staged = stage(con, read, folder, None, pool=pool)
        (flow,) = (f for f in prepare(con, read, staged).flows if f.between == "patents")
        assert flow.cells is not None
        cells = staged["patent_citations"].cells
        assert cells is None or cells is flow.cells
        again = sum_cells(con, read, flow)
        assert_same(flow.cells, again)
        return flow.cells, cells is not None


def assert_same(one: Cells, other: Cells) -> None:
    pd.testing.assert_frame_equal(
        *(
            each.table.to_pandas().set_index(CELL).sort_index()[["count", "self_count"]]
            for each in (one, other)
        ),
        rtol=1e-14,
    )
    assert (one.firm, one.unowned) == pytest.approx((other.firm, other.unowned), rel=1e-14)


@pytest.mark.parametrize("held", [0, 1 << 22])
@pytest.mark.parametrize("weight", ["full", "fractional"])
def test_the_sums_are_those_of_the_tables(
    weight: str, held: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = citations(tmp_path, weight)
    tables, read = cells_of(study, tmp_path / "a")
    assert not read
    monkeypatch.setattr(patent_sums, "_HELD", held)
    with in_every_table(40):
        parts, read = cells_of(study, tmp_path / "b")
    assert read
    assert_same(parts, tables)
    assert 0 < parts.unowned < parts.firm
    frame = parts.table.to_pandas()
    assert 0 < frame["self_count"].sum() < frame["count"].sum() == pytest.approx(parts.firm)
    rows = pd.read_parquet(tmp_path / "b" / "patent_citations.parquet")
    number = rows["citing"].nunique() if weight == "fractional" else len(rows)
    assert parts.firm == pytest.approx(number, rel=1e-14)
    assert not {"nobody", "somebody"} & {*rows["citing"], *rows["cited"]}
    assert "p2" in {*rows["citing"]}


@pytest.mark.parametrize("weight", ["full", "fractional"])
def test_cited_patents_that_are_in_no_table_have_no_owner(weight: str, tmp_path: Path) -> None:
    study = citations(tmp_path, weight)
    text = study.read_text(encoding="utf-8")
    study.write_text(text.replace("[years]", 'unmatched = "keep"\n[years]'), encoding="utf-8")
    rows = pd.read_parquet(tmp_path / "rows.parquet")
    draw = np.random.default_rng(5)
    more = {
        "citing": draw.choice([f"p{n}" for n in range(40)], 99),
        "cited": draw.choice([*"xyz"], 99),
    }
    pd.concat([rows, pd.DataFrame(more)]).to_parquet(tmp_path / "rows.parquet", index=False)
    tables, _ = cells_of(study, tmp_path / "a")
    pool = processes(2)
    try:
        with in_every_table(40):
            parts, read = cells_of(study, tmp_path / "b", pool)
    finally:
        pool.close()
    assert read
    assert_same(parts, tables)
    kept = pd.read_parquet(tmp_path / "b" / "patent_citations.parquet")
    assert {"nobody", "somebody", *"xyz"} <= {*kept["cited"]}
    assert parts.unowned >= (0 if weight == "fractional" else kept["cited"].isin([*"xyz"]).sum())


def test_processes_make_the_same_digits(tmp_path: Path) -> None:
    study = citations(tmp_path, "fractional")
    rows = pd.read_parquet(tmp_path / "rows.parquet")
    pd.concat([rows, rows[3:50]]).to_parquet(tmp_path / "rows.parquet", index=False)
    pool = processes(2)
    try:
        with in_every_table(40):
            one, _ = cells_of(study, tmp_path / "a")
            other, _ = cells_of(study, tmp_path / "b", pool)
    finally:
        pool.close()
    assert one.table.equals(other.table) and (one.firm, one.unowned) == (other.firm, other.unowned)
    files = [sorted((tmp_path / where / "patent_citations.parquet").iterdir()) for where in "ab"]
    assert [file.read_bytes() for file in files[0]] == [file.read_bytes() for file in files[1]]


def test_with_lags_the_tables_are_summed(tmp_path: Path) -> None:
    study = citations(tmp_path, "fractional", "lag = [0, 5]\n")
    with in_every_table(40):
        _, read = cells_of(study, tmp_path / "a")
    assert not read
    assert (tmp_path / "a" / "patent_citations.parquet").is_dir()


def test_with_lags_the_sums_have_the_same_digits_each_time(tmp_path: Path) -> None:
    study = load_study(citations(tmp_path, "fractional", "lag = [-20, 20]\n"))
    with duckdb.connect() as con, in_every_table(20):
        staged = stage(con, study, tmp_path / "a", None)
        orders = set()
        for _ in range(20):
            prepare(con, study, staged)
            orders.add(str(con.sql("FROM counted_patent_citations").fetchall()))
    assert len(orders) == 1


def test_with_owners_by_share_the_tables_are_summed(tmp_path: Path) -> None:
    study = citations(tmp_path, "full")
    owners = pd.read_csv(tmp_path / "patents.csv", dtype=str).dropna()[["id", "firm"]]
    owners.rename(columns={"id": "patent"}).to_csv(tmp_path / "owners.csv", index=False)
    text = study.read_text(encoding="utf-8")
    study.write_text(text + '[tables.patent_owners]\nfile = "owners.csv"\n', encoding="utf-8")
    with in_every_table(40):
        _, read = cells_of(study, tmp_path / "a")
    assert not read


@pytest.mark.parametrize("again", [slice(40, 45), slice(None)])
@pytest.mark.parametrize("weight", ["full", "fractional"])
def test_a_citation_that_stands_twice_counts_once(
    weight: str, again: slice, tmp_path: Path
) -> None:
    study = citations(tmp_path, weight)
    once, _ = cells_of(study, tmp_path / "a")
    rows = pd.read_parquet(tmp_path / "rows.parquet")
    pd.concat([rows, rows[again], rows[again]]).to_parquet(tmp_path / "rows.parquet", index=False)
    with in_every_table(40):
        twice, read = cells_of(study, tmp_path / "b")
    assert read
    assert_same(once, twice)


def test_where_every_citation_is_refused_nothing_is_summed(tmp_path: Path) -> None:
    study = citations(tmp_path, "fractional")
    rows = pd.read_parquet(tmp_path / "rows.parquet")
    rows.assign(cited=rows["citing"]).to_parquet(tmp_path / "rows.parquet", index=False)
    for where, parts in (("a", False), ("b", True)):
        with ExitStack() as stack:
            if parts:
                stack.enter_context(in_every_table(40))
            with pytest.raises(InputError, match=r"none of its 2\d\d rows was accepted"):
                cells_of(study, tmp_path / where)
