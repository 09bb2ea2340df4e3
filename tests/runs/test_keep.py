"""How much of the graph is built: firms, industries alone, or none; the numbers are the same."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import spillgraph
from spillgraph.capabilities.studies import read_study
from spillgraph.cli.main import _exit_code
from spillgraph.core.errors import InputError, QueryError, StudyError, TotalsError
from spillgraph.graph import aggregate as aggregation
from spillgraph.graph.matrix_files import load_matrix
from spillgraph.graph.open import open_store
from spillgraph.graph.schema import OF_FIRMS
from spillgraph.queries import kinds_of, list_queries
from spillgraph.runs.pipeline import compute_study
from spillgraph.runs.read import open_graph, require_kept
from spillgraph.runs.steps import Steps

PATENTS = """
[tables.patents]
file = "patents.csv"

[tables.patent_citations]
file = "patent_citations.csv"
unmatched = "keep"
"""


def of_patents(tiny: Any, options: str = "") -> None:
    """Let patents cite in the place of firms; one has no owner, one no year."""
    tiny.replace('[tables.firm_citations]\nfile = "citations.csv"\n', PATENTS)
    tiny.write("patents.csv", "id,firm,year\na,1,2000\nb,2,2000\nc,3,2001\nd,1,2001\ne,,2001\n")
    pairs = ["a,b", "c,a", "c,b", "d,a", "d,d", "d,old", "e,a", "b,c"]
    tiny.write("patent_citations.csv", "citing,cited\n" + "\n".join(pairs) + "\n")
    tiny.replace("[options]\n", f"[options]\n{options}\n")


def _choose(tiny: Any, options: str) -> None:
    tiny.replace('self_citations = "include"', options)


def asked(path: Path, out: Path, graph: str, **more: Any) -> spillgraph.Run:
    """Run the study, without figures as files."""
    with pytest.warns(UserWarning):
        return spillgraph.run(path, out, graph=graph, **more)


def same_numbers(one: Path, other: Path) -> int:
    """Hold all matrices and tables of numbers of two runs against each other; say how many."""
    count = 0
    for file in sorted(one.rglob("*.npz")):
        a, b = load_matrix(file), load_matrix(other / file.relative_to(one))
        assert (a.rows, a.columns) == (b.rows, b.columns)
        np.testing.assert_allclose(b.values.toarray(), a.values.toarray(), rtol=1e-11, atol=1e-13)
        count += 1
    for file in sorted(one.rglob("*.csv")):
        if file.parts[-2] != "rejects":
            a, b = pd.read_csv(file), pd.read_csv(other / file.relative_to(one))
            pd.testing.assert_frame_equal(b, a, rtol=1e-9, atol=1e-12)
            count += 1
    return count


CASES = {
    "firms": lambda tiny: None,
    "no self-citations": lambda tiny: _choose(tiny, 'self_citations = "exclude"'),
    "diagonal": lambda tiny: _choose(tiny, 'diagonal = "keep"'),
    "patents": of_patents,
    "fractional": lambda tiny: of_patents(tiny, 'citation_weight = "fractional"'),
}


@pytest.mark.parametrize("case", ["firms", "patents"])
def test_without_firms_in_the_graph_a_run_says_the_same(
    tiny: Any, tmp_path: Path, case: str
) -> None:
    """All that asks for the firms behind the sectors, too."""
    CASES[case](tiny)
    tiny.path.write_text(tiny.path.read_text() + "[outputs]\nfigures = []\n")
    more: dict[str, Any] = {"psi": {"draws": 39}, "hubs": {"draws": 39, "seed": 1}, "risk": {}}
    ways = {"firms": "graph.lbug"}
    ways |= {"nothing": None} if case == "firms" else {"industries": "graph.lbug"}
    runs = {keep: asked(tiny.path, tmp_path / keep, keep, **more) for keep in ways}
    for keep in list(ways)[1:]:
        assert same_numbers(tmp_path / "firms", tmp_path / keep) > 20
        for name in ("totals", "years"):
            one, other = runs["firms"].record[name], runs[keep].record[name]
            assert _rounded(one) == _rounded(other)
    assert {keep: run.record["store"] for keep, run in runs.items()} == ways


@pytest.mark.parametrize("case", CASES)
def test_without_firms_in_the_graph_matrices_and_totals_are_the_same(
    tiny: Any, tmp_path: Path, case: str
) -> None:
    CASES[case](tiny)
    found = {}
    for keep in ("firms", "industries", "nothing"):
        (tmp_path / keep).mkdir()
        with compute_study(read_study(tiny.path, keep), tmp_path / keep, Steps()) as (_, result):
            found[keep] = result
    one = found.pop("firms")
    for other in found.values():
        for mine, its in zip(one.years, other.years, strict=True):
            assert mine.matrices().keys() == its.matrices().keys()
            for name, M in mine.matrices().items():
                again = its.matrices()[name]
                assert again.rows == M.rows
                np.testing.assert_allclose(again.values.toarray(), M.values.toarray(), 1e-11)
        for name, totals in one.totals.items():
            assert _rounded(asdict(other.totals[name])) == _rounded(asdict(totals))


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_rounded(each) for each in value]
    return float(f"{value:.9e}") if isinstance(value, float) and value > 1e-9 else str(value)[:4]


def test_a_graph_of_industries_answers_about_industries_and_says_what_it_lacks(
    tiny: Any, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    asked(tiny.path, out, "industries")
    with open_graph(out) as graph:
        for kind in ("Firm", "Region", "Country"):
            assert graph.count(kind, None, None).rows == 0
        assert graph.count("Industry", None, None).rows > 5
        assert graph.count("W", ("Industry", "Industry"), "weight").rows > 0
    found = spillgraph.query("who_learns_from_an_industry", out, industry="x", limit=10)
    assert len(found)
    with pytest.raises(QueryError, match="asks for CITES, Firm, and this graph keeps industries"):
        spillgraph.query("top_cited_firms", out, industry="A")
    about_firms = [each.name for each in list_queries() if kinds_of(each.text) & OF_FIRMS]
    assert 8 <= len(about_firms) < len(list_queries())


ODDLY = {
    "MATCH (f:firm) RETURN count(f) AS n": "Firm",
    "MATCH (f:`FIRM`) RETURN count(f) AS n": "Firm",
    "MATCH (a)-[c:cites]->(b) RETURN count(c) AS n": "CITES",
    "MATCH (n) WHERE label(n) = 'Firm' RETURN count(n) AS n": "Firm",
    "MATCH (n) WHERE LABEL(n) IN ['Industry', \"Patent\"] RETURN count(n) AS n": "Patent",
    "MATCH (x:IndustryRegion)-[:OF_REGION]->(r) RETURN count(r) AS n": "OF_REGION",
}
ALLOWED = [
    "MATCH (n) RETURN count(n) AS n",
    "MATCH (i:Industry) WHERE i.name <> 'Firm' RETURN count(i) AS n",
    "MATCH (i:Industry) WITH i.code AS region RETURN {region: region} AS n",
    "MATCH (i:Industry) WITH i.code AS region RETURN {a: 1, b: region} AS n",
]


def test_kinds_that_are_spelled_oddly_are_known(tiny: Any, tmp_path: Path) -> None:
    """The embedded store reads kinds in any capitals, and would find none without a word."""
    out = tmp_path / "out"
    asked(tiny.path, out, "industries")
    with open_graph(out) as graph:
        for statement, kind in ODDLY.items():
            with pytest.raises(QueryError, match=f"asks for {kind}, and this graph keeps"):
                require_kept(graph, statement)
        for statement in ALLOWED:
            require_kept(graph, statement)
            assert graph.query(statement).num_rows


def test_nothing_leaves_no_graph_and_says_so(tiny: Any, tmp_path: Path) -> None:
    out = tmp_path / "out"
    asked(tiny.path, out, "firms")
    assert (out / "graph.lbug").exists()
    asked(tiny.path, out, "nothing", replace=True)
    assert not [each.name for each in out.iterdir() if "graph" in each.name and each.is_dir()]
    assert not (out / "graph.lbug").exists()
    with pytest.raises(InputError, match="kept no graph"):
        open_graph(out)
    with pytest.raises(InputError, match="leave out --store"):
        spillgraph.run(tiny.path, tmp_path / "b", graph="nothing", store=tmp_path / "g.lbug")


def test_nothing_is_said_and_not_exported(tiny: Any, tmp_path: Path, capsys: Any) -> None:
    tiny.path.write_text(tiny.path.read_text() + '\n[graph]\nkeep = "nothing"\n')
    out = tmp_path / "out"
    assert _exit_code(["run", str(tiny.path), "--out", str(out), "-q"], debug=True) == 0
    said = capsys.readouterr().out
    assert "No graph was kept" in said
    assert "are in the graph" not in said
    bulk = tmp_path / "bulk"
    assert _exit_code(["bulk-export", str(tiny.path), str(bulk)], debug=False) == 2
    assert "no graph is wanted" in " ".join(capsys.readouterr().err.split())
    assert not bulk.exists()


_KILLED = """
import os, signal, sys
import spillgraph
from spillgraph.graph.ladybug_store import LadybugStore

honest = LadybugStore.load

def load(self, batch, *more):
    if batch.kind == "MAPS_TO":
        os.kill(os.getpid(), signal.SIGKILL)
    return honest(self, batch, *more)

LadybugStore.load = load
spillgraph.run(sys.argv[1], sys.argv[2], graph=sys.argv[3])
"""


def test_what_a_kill_leaves_goes_with_the_next_run(tiny: Any, tmp_path: Path) -> None:
    """With one that is killed itself, too."""
    out = tmp_path / "out"
    command = [sys.executable, "-W", "ignore", "-c", _KILLED, str(tiny.path), str(out), "nothing"]
    for _ in range(2):
        assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    asked(tiny.path, out, "firms")
    hidden = {each.name for each in out.iterdir() if each.name.startswith(".")}
    assert hidden == {".spillgraph"}


def test_another_measure_of_the_graph_is_another_graph(tiny: Any, tmp_path: Path) -> None:
    """Firms go where they are no longer kept, and come back."""
    store = str(tmp_path / "g.lbug")
    (tmp_path / "out").mkdir()
    for keep, firms in (("firms", 4), ("industries", 0), ("firms", 4)):
        study = read_study(tiny.path, keep)
        with compute_study(study, tmp_path / "out", Steps(), store_url=store, rebuild=True):
            pass
        with open_store(store, read_only=True) as graph:
            assert graph.count("Firm", None, None).rows == firms


def test_the_study_file_says_it_too(tiny: Any, tmp_path: Path) -> None:
    tiny.path.write_text(tiny.path.read_text() + '\n[graph]\nkeep = "industries"\n')
    with pytest.warns(UserWarning):
        spillgraph.run(tiny.path, tmp_path / "out")
    record = json.loads((tmp_path / "out" / "run.json").read_text())
    assert record["options"]["graph"] == "industries"
    tiny.replace('keep = "industries"', 'keep = "industry"')
    with pytest.raises(StudyError, match=r"graph\.keep"):
        spillgraph.run(tiny.path, tmp_path / "out")
    tiny.replace('keep = "industry"', 'keep = "firms"')
    with pytest.raises(InputError, match="say firms, industries or nothing"):
        spillgraph.run(tiny.path, tmp_path / "out", graph="all")  # type: ignore[arg-type]


@pytest.mark.parametrize("case", ["firms", "patents", "fractional"])
def test_a_verified_run_says_so(tiny: Any, tmp_path: Path, case: str) -> None:
    CASES[case](tiny)
    (tmp_path / "out").mkdir()
    with compute_study(read_study(tiny.path), tmp_path / "out", Steps(), verify=True) as (_, found):
        assert any(note.startswith("Verified:") for note in found.notes)


def test_what_the_tables_do_not_hold_is_found(
    tiny: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A flow in the wrong cell keeps every total: the tables know better."""
    honest = aggregation.ask_by_slices

    def exchanged(store: Any, name: str) -> Any:
        table = honest(store, name)
        if name != "firm_to_fine_citations":
            return table
        at, rows = table.column_names.index("receiver"), list(range(len(table)))[::-1]
        return table.set_column(at, "receiver", table["receiver"].take(rows))

    monkeypatch.setattr(aggregation, "ask_by_slices", exchanged)
    spillgraph_run = {"graph": "firms", "verify": True}
    with pytest.raises(TotalsError, match="is not that of the tables"):
        spillgraph.run(tiny.path, tmp_path / "out", **spillgraph_run)
    with pytest.raises(InputError, match="leave out --verify"):
        spillgraph.run(tiny.path, tmp_path / "other", graph="industries", verify=True)
