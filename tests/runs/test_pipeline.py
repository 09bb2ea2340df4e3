"""The whole way, from rows to ψ, against the same arithmetic in dense matrices."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from spillgraph.capabilities.studies import asked_of
from spillgraph.core.errors import ClosedClassError, InputError
from spillgraph.graph.matrix_files import load_matrix, save_matrix
from spillgraph.graph.open import open_store
from spillgraph.ingest.study import load_study
from spillgraph.runs.result import Result
from spillgraph.runs.run import run
from spillgraph.runs.steps import Steps

from ..conftest import TABLES

pytestmark = pytest.mark.usefixtures("no_page")


def go(study_path: Path, out: Path, **options: object) -> Result:
    return run(load_study(study_path), out, Steps(), asked_of(load_study(study_path)), **options)  # type: ignore[arg-type]


# The tiny study once more, as matrices: firms × industries, industries × sectors.
C = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]], dtype=float)
B = np.array([[1, 0], [0.25, 0.75], [0, 1]])


def firm_matrix(tiny, last: int, *, selfs: bool = True) -> np.ndarray:
    frame = pd.read_csv(tiny.folder / "citations.csv")
    M = np.zeros((4, 4))
    for citing, cited, year, count in frame.itertuples(index=False):
        if year <= last and (selfs or citing != cited):
            M[citing - 1, cited - 1] += count
    return M


@pytest.fixture(scope="module")
def plain(tiny_in, tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Path]:
    """A run of the tiny study as it is, and its folder, for whoever reads or copies alone."""
    folder = tmp_path_factory.mktemp("plain")
    return go(tiny_in(folder / "tiny").path, folder / "out"), folder / "out"


@pytest.mark.parametrize("selfs", [True, False])
def test_citations_are_B_C_M_C_B(tiny, tmp_path: Path, selfs: bool) -> None:
    if not selfs:
        tiny.replace('self_citations = "include"', 'self_citations = "exclude"')
    result = go(tiny.path, tmp_path / "out")
    assert [each.year for each in result.years] == [2001, 2002]
    for networks in result.years:
        expected = B.T @ C.T @ firm_matrix(tiny, networks.year, selfs=selfs) @ C @ B
        assert networks.citations is not None
        np.testing.assert_allclose(networks.citations.to_frame(), expected, rtol=1e-14)
        shares = expected / expected.sum(axis=1, keepdims=True)
        W = shares - np.diag(np.diag(shares))
        np.testing.assert_allclose(networks.matrices()["W"].to_frame(), W, rtol=1e-14)


@pytest.fixture(scope="module")
def neighbours(
    plain, tiny_in, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Any, Path, pd.DataFrame]:
    """The tiny study, a folder with the results of another study, and W of a plain folder."""
    folder = tmp_path_factory.mktemp("named")
    tiny = tiny_in(folder / "tiny")
    tiny.append("citations.csv", "1,3,2001,50\n")
    go(tiny.path, folder / "res1")  # a pattern would find the tables of another study
    shutil.copytree(folder / "res1", folder / "resx")
    tiny.write("citations.csv", TABLES["citations.csv"])
    return tiny, folder, plain[0].years[-1].matrices()["W"].to_frame()


@pytest.mark.parametrize("name", ["year=1999/count=9/out", "res[1]", "res*", "res?"])
def test_a_result_folder_may_have_any_name(
    neighbours: tuple[Any, Path, pd.DataFrame], name: str
) -> None:
    tiny, folder, plain_W = neighbours
    found = go(tiny.path, folder / name).years[-1].matrices()["W"].to_frame()
    pd.testing.assert_frame_equal(found, plain_W, rtol=1e-15)


def test_S_is_trade_over_gross_output_and_psi_is_the_product_of_inverses(
    tiny, plain: tuple[Result, Path]
) -> None:
    result, _ = plain
    networks = result.years[-1]
    trade = np.zeros((4, 4))  # [supplier, buyer]
    for supplier, buyer, _, value in pd.read_csv(tiny.folder / "trade.csv").itertuples(index=False):
        trade[supplier - 1, buyer - 1] += value
    Z = (B.T @ C.T @ trade @ C @ B).T  # [user, supplier]
    assert networks.trade is not None and networks.spillover is not None
    np.testing.assert_allclose(networks.trade.to_frame(), Z, rtol=1e-14)
    S = Z / np.array([[100.0], [80.0]])
    W = networks.matrices()["W"].to_frame().to_numpy()
    expected = np.linalg.inv(np.eye(2) - S) @ np.linalg.inv(np.eye(2) - W)
    np.testing.assert_allclose(networks.parts.psi.to_frame(), expected, rtol=1e-12)
    b = np.array([0.6, 0.4])
    np.testing.assert_allclose(
        networks.spillover.contribution["final demand"], b @ expected, rtol=1e-12
    )
    assert networks.trade.year == 2001
    assert any("2001" in note for note in networks.notes)


def test_totals_at_every_level_with_a_residual(plain: tuple[Result, Path]) -> None:
    totals = plain[0].totals["citations"]
    assert totals.input == totals.firm == totals.fine == 28
    assert (totals.target, totals.unmapped) == (21, 7)
    assert totals.lost == {"no industry": 7}
    assert totals.self_citations == 14


def test_a_gap_in_the_concordance_is_a_residual_and_not_a_loss(tiny, tmp_path: Path) -> None:
    tiny.write("map.csv", "from,to,weight\nA,x,1\nB,x,0.25\nB,y,0.5\n")
    result = go(tiny.path, tmp_path / "out")
    totals = result.totals["citations"]
    assert totals.target + totals.unmapped == pytest.approx(28, rel=1e-12)
    weights = np.array([[1, 0, 0], [0.25, 0.5, 0.25], [0, 0, 1], [0, 0, 1]])
    fine = np.zeros((4, 4))
    fine[:3, :3] = C.T @ firm_matrix(tiny, 2002) @ C
    fine[3, 0] = 7  # the firm without industry
    everything = weights.T @ fine @ weights
    assert totals.target == pytest.approx(everything[:2, :2].sum(), rel=1e-12)
    # both ends of C are lost as no concordance; what B lacks of 1 is lost for its weights
    assert set(totals.lost) == {"no industry", "no concordance", "weights below 1"}
    assert totals.lost["no concordance"] == fine[2, :3].sum() + fine[:2, 2].sum()
    assert sum(totals.lost.values()) == pytest.approx(totals.unmapped, rel=1e-12)
    (audit,) = result.economy.audits
    assert audit.unmapped == ("C",) and audit.uneven == {"B": 0.75}
    # flow at C: 3 cites 2 (2) and 3 cites itself (5, once); trade comes second
    assert result.flows.unmapped == {"f": {"C": 7.0}}


def test_weights_below_one_are_no_lack_of_a_concordance(tiny, tmp_path: Path) -> None:
    tiny.write("map.csv", "from,to,weight\nA,x,0.5\nB,x,0.25\nB,y,0.25\nC,y,0.5\n")
    result = go(tiny.path, tmp_path / "out")
    for totals in result.totals.values():
        assert set(totals.lost) - {"no industry"} == {"weights below 1"}
        assert sum(totals.lost.values()) == pytest.approx(totals.unmapped, rel=1e-12)
    told = " ".join(result.warnings)
    assert "weights below 1: 15.75)" in told and "no concordance" not in told


def test_the_diagonal_is_kept_on_request(tiny, tmp_path: Path) -> None:
    tiny.replace("[options]", '[options]\ndiagonal = "keep"')
    result = go(tiny.path, tmp_path / "out")
    fine = C.T @ firm_matrix(tiny, 2002) @ C
    inside = np.diag(np.diag(fine))
    expected = B.T @ (fine - inside) @ B + np.diag(np.diag(fine) @ B)
    np.testing.assert_allclose(result.years[-1].citations.to_frame(), expected, rtol=1e-14)
    assert result.totals["citations"].target == 21


def test_a_second_run_loads_nothing_and_finds_the_same(
    tiny, plain: tuple[Result, Path], tmp_path: Path
) -> None:
    first, there = plain
    shutil.copytree(there, tmp_path / "out")
    with open_store(tmp_path / "out" / "graph.lbug", read_only=True) as store:
        notes = store.batches()
    again = go(tiny.path, tmp_path / "out")
    with open_store(tmp_path / "out" / "graph.lbug", read_only=True) as store:
        assert store.batches() == notes
    assert again.totals == first.totals
    for one, other in zip(first.years, again.years, strict=True):
        for name, matrix in one.matrices().items():
            pd.testing.assert_frame_equal(matrix.to_frame(), other.matrices()[name].to_frame())


def test_other_input_replaces_what_the_graph_held(tiny, tiny_out: Path) -> None:
    tiny.append("citations.csv", "1,3,2002,100\n")
    assert go(tiny.path, tiny_out).totals["citations"].input == 128
    with open_store(tiny_out / "graph.lbug", read_only=True) as store:
        assert store.count("CITES", ("Firm", "Firm"), "count").total == 128


def test_small_batches_give_the_same_graph(
    tiny, plain: tuple[Result, Path], tmp_path: Path
) -> None:
    whole, _ = plain
    parts = go(tiny.path, tmp_path / "b", batch_rows=2)
    assert whole.totals == parts.totals
    with open_store(tmp_path / "b" / "graph.lbug", read_only=True) as store:
        assert sum("CITES Firm-Firm" in id for id in store.batches()) == 4


def test_many_fractions_add_up(tiny, tmp_path: Path) -> None:
    """0.1 has no exact double: three hundred thousand of them are off by more than 1e-12."""
    n = 300_000
    firms = pd.DataFrame({"id": range(600), "industry": ["A", "B"] * 300})
    firms.to_csv(tiny.folder / "firms.csv", index=False)
    pairs = pd.DataFrame(
        {"citing": [i // 599 for i in range(n)], "cited": [i % 599 for i in range(n)]}
    )
    pairs.assign(year=2001, count=0.1).to_parquet(tiny.folder / "c.parquet")
    tiny.replace('file = "citations.csv"', 'file = "c.parquet"')
    tiny.write("trade.csv", "supplier,buyer,year,value\n1,2,2001,10\n2,1,2001,20\n")
    totals = go(tiny.path, tmp_path / "out").totals["citations"]
    assert totals.input == pytest.approx(30_000, rel=1e-15)
    assert 0 <= totals.difference < 1e-10


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("trade.csv", "supplier,buyer,year,value\n1,99,2001,10\n", "its only row was not"),
        ("citations.csv", "citing,cited,year,count\n", "has no rows"),
        ("trade.csv", "supplier,buyer,year,value\n1,2,2001,0\n", "trade: nothing of trade_links"),
        ("firms.csv", "id,name\n1,a\n2,b\n3,c\n4,d\n", "nothing of firm_citations"),
    ],
)
def test_no_network_goes_missing_without_a_word(
    tiny, tmp_path: Path, name: str, text: str, words: str
) -> None:
    tiny.write(name, text)
    with pytest.raises(InputError, match=words):
        go(tiny.path, tmp_path / "out")


def test_a_closed_class_is_named(tiny, tmp_path: Path) -> None:
    tiny.write("map.csv", "from,to\nA,x\nB,y\nC,y\n")
    tiny.write("citations.csv", "citing,cited,year,count\n1,2,2000,4\n2,1,2001,1\n")
    with pytest.raises(ClosedClassError, match="2001") as caught:
        go(tiny.path, tmp_path / "out")
    assert caught.value.classes == [["x", "y"]]
    assert "W" in str(caught.value) and "'x'" in str(caught.value)


def test_without_production_there_is_W_alone(tiny, tmp_path: Path) -> None:
    tiny.replace('[tables.trade_links]\nfile = "trade.csv"', "")
    networks = go(tiny.path, tmp_path / "out").years[-1]
    assert set(networks.matrices()) == {"citations", "W"}


def test_without_citations_there_is_S_alone(tiny, tmp_path: Path) -> None:
    tiny.replace('[tables.firm_citations]\nfile = "citations.csv"', "")
    networks = go(tiny.path, tmp_path / "out").years[-1]
    assert set(networks.matrices()) == {"trade", "S"}


def test_output_is_needed_for_the_year_of_the_deliveries(tiny, tmp_path: Path) -> None:
    tiny.write("output.csv", "industry,year,gross_output\nx,2000,100\ny,2000,80\n")
    with pytest.raises(InputError, match="no gross output for 2001"):
        go(tiny.path, tmp_path / "out")


def test_input_output_flows_and_industry_citations_need_no_firms(tiny, tmp_path: Path) -> None:
    tiny.write("io.csv", "supplier,user,year,value\nA,B,2001,10\nC,A,2001,4\nB,B,2001,6\n")
    tiny.write(
        "ic.csv", "citing,cited,year,count\nA,B,2000,3\nB,B,2001,5\nC,A,2002,1\nA,A,2000,1\n"
    )
    tiny.replace(
        '[tables.firms]\nfile = "firms.csv"\nclassification = "f"\n\n'
        '[tables.firm_citations]\nfile = "citations.csv"\n\n'
        '[tables.trade_links]\nfile = "trade.csv"',
        '[tables.industry_citations]\nfile = "ic.csv"\nclassification = "f"\n\n'
        '[tables.io_flows]\nfile = "io.csv"\nclassification = "f"',
    )
    result = go(tiny.path, tmp_path / "out")
    z = np.zeros((3, 3))
    z[1, 0], z[0, 2], z[1, 1] = 10, 4, 6  # [user, supplier]
    np.testing.assert_allclose(result.years[-1].trade.to_frame(), B.T @ z @ B, rtol=1e-14)
    assert result.totals["trade"].firm is None
    assert result.totals["citations"].input == result.totals["citations"].target == 10


def test_with_both_the_study_says_what_S_is_made_from(tiny, tmp_path: Path) -> None:
    tiny.write("io.csv", "supplier,user,year,value\nx,y,2001,10\n")
    tiny.replace(
        "[tables.io_output]",
        '[tables.io_flows]\nfile = "io.csv"\nclassification = "t"\n\n[tables.io_output]',
    )
    result = go(tiny.path, tmp_path / "a")
    assert result.years[-1].trade.sum() == 10
    assert set(result.totals) == {"citations", "trade", "trade_links"}
    tiny.replace("[options]", '[options]\nproduction = "trade_links"')
    result = go(tiny.path, tmp_path / "b")
    assert result.years[-1].trade.sum() == pytest.approx(43.5)
    assert result.totals["io_flows"].input == 10


PATENTS = {
    "patents.csv": "id,firm,year\np1,1,2000\np2,2,2001\np3,,2001\np4,1,2002\n",
    "pc.csv": "citing,cited\np2,p1\np3,p1\np4,p1\np4,p2\np4,old\n",
}


def give_patents(tiny) -> None:
    """Put patents and their citations in the place of the firms' citations."""
    for name, text in PATENTS.items():
        tiny.write(name, text)
    tiny.replace(
        '[tables.firm_citations]\nfile = "citations.csv"',
        '[tables.patents]\nfile = "patents.csv"\n\n'
        '[tables.patent_citations]\nfile = "pc.csv"\nunmatched = "keep"',
    )


def test_patents_are_summed_to_their_owners_and_nothing_is_lost(tiny, tmp_path: Path) -> None:
    give_patents(tiny)
    result = go(tiny.path, tmp_path / "out")
    totals = result.totals["citations"]
    assert totals.input == totals.firm == totals.fine == 5
    assert totals.lost == {"no firm": 2}  # p3 has no owner, 'old' is no patent of ours
    # firms: 2→1 in 2001; 1→1 and 1→2 in 2002
    fine = np.zeros((3, 3))
    fine[1, 0] = fine[0, 0] = fine[0, 1] = 1
    np.testing.assert_allclose(result.years[-1].citations.to_frame(), B.T @ fine @ B, rtol=1e-14)
    assert totals.self_citations == 1
    assert result.staged["patent_citations"].unmatched == {"cited": 1}
    with open_store(tmp_path / "out" / "graph.lbug", read_only=True) as store:
        assert store.count("Patent", None, None).rows == 5
        assert store.count("CITES", ("Firm", "Firm"), "count").total == 3
    again = go(tiny.path, tmp_path / "out")  # derived edges are not doubled
    assert again.totals == result.totals


def test_fractional_citations_share_one_among_what_a_patent_cites(tiny, tmp_path: Path) -> None:
    give_patents(tiny)
    tiny.replace("[options]", '[options]\ncitation_weight = "fractional"')
    result = go(tiny.path, tmp_path / "out")
    totals = result.totals["citations"]
    assert totals.input == 3  # p2, p3 and p4 cite, each counts once
    assert totals.firm == totals.fine == pytest.approx(3, rel=1e-15)
    # p4 shares its one among p1, p2 and 'old': 1→1 and 1→2 are a third each.
    fine = np.zeros((3, 3))
    fine[1, 0], fine[0, 0], fine[0, 1] = 1, 1 / 3, 1 / 3
    np.testing.assert_allclose(result.years[-1].citations.to_frame(), B.T @ fine @ B, rtol=1e-14)


def test_fractional_citations_need_patents(tiny, tmp_path: Path) -> None:
    tiny.replace("[options]", '[options]\ncitation_weight = "fractional"')
    with pytest.raises(InputError, match=r"options\.citation_weight"):
        go(tiny.path, tmp_path / "out")


def test_matrix_files_give_back_what_was_saved(plain: tuple[Result, Path], tmp_path: Path) -> None:
    matrix = plain[0].years[-1].matrices()["W"]
    paths = save_matrix(matrix, tmp_path / "W_2002", ["mtx", "parquet", "csv", "graphml", "npz"])
    assert [path.suffix for path in paths] == [".npz", ".mtx", ".parquet", ".csv", ".graphml"]
    back = load_matrix(paths[0])
    assert (back.rows, back.unit, back.year, back.provenance) == (
        matrix.rows, matrix.unit, 2002, matrix.provenance,
    )  # fmt: skip
    dense = matrix.to_frame()
    pd.testing.assert_frame_equal(back.to_frame(), dense)
    as_it_is = sparse.load_npz(paths[0])
    np.testing.assert_array_equal(as_it_is.toarray(), dense)
    import networkx
    from scipy.io import mmread

    np.testing.assert_array_equal(mmread(paths[1]).toarray(), dense)
    assert (tmp_path / "W_2002.rows.txt").read_text().split() == list(matrix.rows)
    long = pd.read_parquet(paths[2])
    assert {(r, s): v for r, s, v in long.itertuples(index=False)} == {
        (r, s): v for r, s, v in matrix.to_long().itertuples(index=False)
    }
    np.testing.assert_allclose(pd.read_csv(paths[3], index_col=0), dense, rtol=1e-15)
    graph = networkx.read_graphml(paths[4])
    assert graph.edges["x", "y"]["weight"] == dense.loc["x", "y"]
    assert json.loads(graph.graph["about"])["orientation"] == "M[receiver, source]"


def test_saved_bytes_are_the_same_each_time(plain: tuple[Result, Path], tmp_path: Path) -> None:
    matrix = plain[0].years[-1].matrices()["psi"]
    for name in ("a", "b"):
        save_matrix(matrix, tmp_path / name, ["npz"])
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_no_matrix_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "x.npz").write_bytes(b"nothing")
    with pytest.raises(InputError, match="no labelled matrix"):
        load_matrix(tmp_path / "x.npz")
