"""Networks of firms from tables: the shares of the analysts' functions, and what is refused."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import spillgraph
from scipy import sparse
from spillgraph.analytics.networks import citation_shares, production_shares
from spillgraph.analytics.spillovers import psi
from spillgraph.cli.main import _exit_code
from spillgraph.core.errors import ClosedClassError, InputError, SpillgraphError, StoreError
from spillgraph.core.matrix import LabelledMatrix
from spillgraph.graph.links_file import open_links
from spillgraph.runs import firm_networks

SOLD = pd.DataFrame(
    {
        "buyer": ["steel", "steel", "steel", "cars", "cars", "cars"],
        "supplier": ["steel", "cars", "cars", "steel", "cars", "steel"],
        "value": [20.0, 10.0, 20.0, 15.0, 120.0, 15.0],
    }
)
CITED = pd.DataFrame(
    {
        "citing": ["steel", "steel", "cars", "cars"],
        "cited": ["steel", "cars", "steel", "cars"],
        "count": [6, 4, 1, 3],
    }
)
MADE = pd.DataFrame({"firm": ["steel", "cars"], "output": [100.0, 300.0]})


def _dense(folder: Path, name: str) -> np.ndarray:
    M = open_links(folder, name)
    arrays = M.data, M.indices, M.indptr.astype(np.int32)
    return sparse.csr_array(arrays, shape=(M.firms, M.firms)).toarray()


def test_the_golden_case_repeated_pairs_own_links_and_a_firm_without_links(tmp_path: Path) -> None:
    """Two rows of steel from cars add up; the diagonal stays in S, goes from W; glass is alone."""
    firms = pd.DataFrame({"id": ["steel", "glass", "cars"]})
    found = spillgraph.link_firms(
        tmp_path / "firms", deliveries=SOLD, citations=CITED, firms=firms, output=MADE
    )
    assert np.allclose(_dense(tmp_path / "firms", "S"), [[0.4, 0, 0.1], [0, 0, 0], [0.3, 0, 0.2]])
    assert np.allclose(_dense(tmp_path / "firms", "W"), [[0, 0, 0.25], [0, 0, 0], [0.4, 0, 0]])
    assert open_links(tmp_path / "firms", "W").leak.tolist() == [0.75, 1.0, 0.6]
    top = found.top("benefit", 3)
    assert top.index.tolist() == ["steel", "cars", "glass"]
    assert np.allclose(top["benefit"], [3, 76 / 27, 1], rtol=1e-14)
    assert np.allclose(found.row("steel").of(["cars", "glass"])["value"], [4 / 3, 0])
    assert np.allclose(found.column("cars").top(1)["value"], 56 / 27)
    assert np.allclose(
        found.shock({"steel": 27, "glass": -1}).of(["cars", "glass"]).value, [20, -1]
    )
    assert repr(found) == "FirmNetworks of 3 firms, 4 links in S, 2 links in W, float64"


def test_files_are_read_as_frames_are(tmp_path: Path) -> None:
    SOLD.to_csv(tmp_path / "sold.csv", index=False)
    CITED.drop(columns="count").to_parquet(tmp_path / "cited.parquet")
    found = spillgraph.link_firms(
        tmp_path / "firms",
        deliveries=tmp_path / "sold.csv",
        citations=tmp_path / "cited.parquet",
        inputs=0.5,
        rho=0.5,
        dtype="float32",
    )
    assert np.allclose(_dense(tmp_path / "firms", "S"), [[0.4, 0.1], [0.3, 0.2]])
    assert np.allclose(_dense(tmp_path / "firms", "W"), [[0, 0.5], [0.5, 0]])
    assert 0 < found.sums().error_benefit < 1e-6


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A study whose firms were asked on the command line, and what was shown."""
    folder = tmp_path_factory.mktemp("sample")
    study = spillgraph.sample_study(folder / "study", firms=120, citations=3000)
    told = StringIO()
    with redirect_stdout(told):
        words = ["firms", str(study), "--out", str(folder / "firms"), "--top", "2", "--quiet"]
        assert _exit_code(words, debug=True) == 0
    return folder, told.getvalue()


def test_the_sums_of_a_study_are_those_of_labelled_matrices(asked: tuple[Path, str]) -> None:
    """Its records summed by pandas, and shared out by the functions for sectors."""
    folder, _ = asked
    read = {name: pd.read_csv(folder / f"study/{name}.csv") for name in ("firms", "citations")}
    code = {"dtype": {"to": str, "industry": str}}
    concordance = pd.read_csv(folder / "study/concordance.csv", **code)
    output = pd.read_csv(folder / "study/output.csv", **code).query("year == 2020")
    trade = pd.read_csv(folder / "study/trade.csv").query("year == 2020")
    labels = sorted(read["firms"]["id"])
    K = LabelledMatrix.from_long("K", *(read["citations"][c] for c in CITED), labels)
    Z = LabelledMatrix.from_long("Z", *(trade[c] for c in SOLD), labels)
    bought = pd.Series(np.asarray(Z.values.sum(axis=1)), labels)
    largest = concordance.loc[concordance.groupby("from")["weight"].idxmax()].set_index("from")
    sector = read["firms"].set_index("id")["industry"].map(largest["to"])[labels]
    share = bought.groupby(sector).sum() / output.set_index("industry")["gross_output"]
    S = production_shares(Z, (bought / sector.map(share)).fillna(1.0)).S
    shares = citation_shares(K)
    known = psi(S, shares.W, own_leak=shares.leak)
    sums = spillgraph.open_firms(folder / "firms").sums()
    np.testing.assert_allclose(sums.benefit, known.benefit, rtol=1e-12)
    np.testing.assert_allclose(sums.contribution, known.contribution["unit"], rtol=1e-12)


def test_the_command_writes_the_sums_of_all_firms(asked: tuple[Path, str]) -> None:
    folder, shown = asked
    assert "120 firms. W: citations up to 2020" in shown and "that of their sector" in shown
    assert "Firms that gain most" in shown and "(proven; stored as float64)" in shown
    found = spillgraph.open_firms(folder / "firms")
    table = pd.read_parquet(folder / "firms/sums.parquet")
    assert table["firm"].tolist() == found.ids(np.arange(120))
    assert np.allclose(table["benefit"], found.sums().benefit, rtol=1e-12)
    assert found.top("contribution", 1).index[0] in shown


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--inputs", "1.5"], "must lie between 0 and 1"),
        (["--year", "1900"], "no links up to 1900; name a later year"),
        (["--dtype", "float16"], "dtype: 'float16' is none"),
    ],
)
def test_what_cannot_be_asked_of_a_study(
    asked: tuple[Path, str],
    words: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder, _ = asked
    study = str(folder / "study/study.toml")
    given = ["firms", study, "--out", str(folder / "others"), "--quiet", *words]
    assert _exit_code(given, debug=False) == 2
    assert message in capsys.readouterr().err
    assert not (folder / "others").exists()


def _sold(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame({"buyer": ["a"], "supplier": ["b"], "value": [1.0]} | columns)


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({"deliveries": _sold(value=[-2.0])}, "from 'b' to 'a' is -2; amounts must be finite"),
        ({"deliveries": _sold(value=[np.nan])}, "from 'b' to 'a' is missing; amounts"),
        ({"deliveries": _sold(value=[np.inf])}, "from 'b' to 'a' is inf; amounts"),
        ({"deliveries": _sold(value=["much"])}, "from 'b' to 'a' is missing; amounts"),
        ({"deliveries": _sold(), "firms": pd.DataFrame({"id": ["a"]})}, "'b' is not among the fi"),
        ({"deliveries": _sold(), "firms": pd.DataFrame({"id": ["a", "b", "a"]})}, "'a' occurs tw"),
        ({"deliveries": _sold(), "firms": pd.DataFrame({"id": ["a", "b", None]})}, "1 firm has"),
        ({"deliveries": _sold(supplier=[None])}, "1 firm has no id"),
        ({"deliveries": _sold(), "output": MADE, "inputs": None}, "'a' buys 1 and has an output"),
        ({"deliveries": _sold(), "inputs": None}, "give output .firm, output., or inputs"),
        ({"deliveries": _sold(), "inputs": 1.0}, "inputs = 1: it must lie between"),
        ({"deliveries": _sold().drop(columns="value")}, "deliveries: there is no column value"),
        ({"deliveries": "nowhere.parquet"}, "nowhere.parquet is not there"),
        ({"inputs": 0.5}, "give deliveries, citations or both"),
        ({"deliveries": _sold(), "dtype": "float16"}, "dtype: 'float16' is none"),
    ],
)
def test_what_is_no_network_is_refused(
    tmp_path: Path, tables: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        spillgraph.link_firms(tmp_path / "firms", **({"inputs": 0.5} | tables))
    assert not list(tmp_path.iterdir())


def test_firms_that_cite_each_other_alone_are_named(tmp_path: Path) -> None:
    circle = pd.DataFrame({"citing": ["x", "y", "z"], "cited": ["y", "x", "x"]})
    with pytest.raises(ClosedClassError, match=r"W has 1 closed class .*: 'x', 'y'\. .*offdiag"):
        spillgraph.link_firms(tmp_path / "firms", citations=circle)
    kept = spillgraph.link_firms(tmp_path / "firms", citations=circle, rho=0.5)
    assert np.allclose(kept.sums().benefit, [2, 2, 2])


def test_buyers_of_more_than_they_make_are_named(tmp_path: Path) -> None:
    made = pd.DataFrame({"firm": ["steel", "cars"], "output": [100.0, 100.0]})
    found = spillgraph.link_firms(tmp_path / "firms", deliveries=SOLD, output=made)
    with pytest.raises(InputError, match=r"nothing proves .* The rows of 'cars' sum to more than"):
        found.sums()


def test_parts_of_any_size_give_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(1)
    ends = rng.integers(0, 200, (2, 5000)).astype(str)
    sold = pd.DataFrame({"buyer": ends[0], "supplier": ends[1], "value": rng.integers(1, 9, 5000)})
    spillgraph.link_firms(tmp_path / "one", deliveries=sold, inputs=0.5)
    monkeypatch.setattr(firm_networks, "AT_ONCE", 70)
    spillgraph.link_firms(tmp_path / "many", deliveries=sold, inputs=0.5)
    assert (tmp_path / "one/about.json").read_text() == (tmp_path / "many/about.json").read_text()


def test_a_folder_of_others_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match="is there and holds no networks of firms"):
        spillgraph.link_firms(tmp_path, deliveries=SOLD, inputs=0.5)
    assert [each.name for each in tmp_path.iterdir()] == ["notes.txt"]


def test_an_unknown_firm_is_told(tmp_path: Path) -> None:
    found = spillgraph.link_firms(tmp_path / "firms", deliveries=SOLD, inputs=0.5)
    with pytest.raises(InputError, match="there is no firm 'glass'"):
        found.row("glass")
    with pytest.raises(InputError, match="by: 'size' is none"):
        found.top("size")
    with pytest.raises(InputError, match="k: got 0"):
        found.top(k=0)


def test_files_that_change_under_a_question_are_told(tmp_path: Path) -> None:
    found = spillgraph.link_firms(tmp_path / "firms", deliveries=SOLD, inputs=0.5)
    os.utime(tmp_path / "firms/S/data.npy", ns=(1, 1))
    with pytest.raises(InputError, match="have changed while they were read"):
        found.sums()


def test_a_limit_of_time_ends_in_words(tmp_path: Path) -> None:
    spillgraph.link_firms(tmp_path / "firms", deliveries=SOLD, inputs=0.5)
    with pytest.raises(SpillgraphError, match="not solved within 0 seconds"):
        spillgraph.open_firms(tmp_path / "firms", seconds=0.0).sums()


_KILLED = """
import sys, time
import pandas as pd, spillgraph
from spillgraph.graph import links_file
def wait(self, *_):
    print("writing", flush=True)
    time.sleep(60)
links_file.LinksWriter.append = wait
sold = pd.DataFrame({"buyer": ["a"], "supplier": ["b"], "value": [1.0]})
spillgraph.link_firms(sys.argv[1], deliveries=sold, inputs=0.5)
"""


def test_what_a_killed_build_leaves_is_no_network(tmp_path: Path) -> None:
    """Networks that were there stay; while it lives no other writes; afterwards one begins anew."""
    folder = tmp_path / "firms"
    spillgraph.link_firms(folder, deliveries=SOLD, inputs=0.5)
    words = [sys.executable, "-c", _KILLED, str(folder)]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as build:
        assert build.stdout is not None and build.stdout.readline() == b"writing\n"
        with pytest.raises(InputError, match="networks are being built in"):
            spillgraph.link_firms(folder, deliveries=SOLD, inputs=0.5)
        build.send_signal(signal.SIGKILL)
    left = tmp_path / ".firms.spillgraph-firms"
    assert left.is_dir()
    with pytest.raises(InputError, match=r"there is no about\.json"):
        spillgraph.open_firms(left / "new")
    assert spillgraph.open_firms(folder).about["networks"]["S"]["links"] == 4
    spillgraph.link_firms(folder, deliveries=_sold(), inputs=0.5)
    assert spillgraph.open_firms(folder).about["networks"]["S"]["links"] == 1
    assert not left.exists()


def test_a_full_disk_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "firms"
    spillgraph.link_firms(folder, deliveries=SOLD, inputs=0.5)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("spillgraph.graph.links_file.os.fsync", full)
    with pytest.raises(StoreError, match=r"No space left on device\. Nothing was changed there"):
        spillgraph.link_firms(folder, deliveries=_sold(), inputs=0.5)
    assert spillgraph.open_firms(folder).about["networks"]["S"]["links"] == 4
    assert [each.name for each in tmp_path.iterdir()] == ["firms"]
