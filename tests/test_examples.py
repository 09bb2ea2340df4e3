"""The three real studies run, and their numbers are those that were published or counted."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from spillgraph.cli.main import _exit_code
from spillgraph.graph.matrix_files import load_matrix

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def example(data_folder: Path, tmp_path_factory):
    """Run an example once and return its folder with run.json."""
    done: dict[str, tuple[Path, dict]] = {}

    def run(name: str) -> tuple[Path, dict]:
        if name not in done:
            out = tmp_path_factory.mktemp(name)
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("SPILLGRAPH_DATA", str(data_folder))
                study = ROOT / "examples" / name / "study.toml"
                code = _exit_code(["run", str(study), "--out", str(out), "-q"], debug=True)
            assert code == 0
            done[name] = out, json.loads((out / "run.json").read_text(encoding="utf-8"))
        return done[name]

    return run


@pytest.mark.parametrize("name", ["us_1992", "firms", "patents"])
def test_everything_reconciles(example, name: str) -> None:
    out, run = example(name)
    for table in run["tables"].values():
        assert table["read"] == table["loaded"] + table["rejected"]
    for totals in run["totals"].values():
        levels = [totals[level] for level in ("input", "firm", "fine") if totals[level] is not None]
        levels.append(totals["target"] + totals["unmapped"])
        np.testing.assert_allclose(levels, totals["input"], rtol=1e-12)
    for about in run["matrices"].values():
        values = sparse.load_npz(out / about["file"])
        assert list(values.shape) == about["shape"]
        assert values.sum() == pytest.approx(about["sum"], rel=1e-12)
    page = (out / "report.html").read_text(encoding="utf-8")
    assert run["study"] in page
    assert all(len(digest) == 64 for digest in run["inputs"].values())
    assert not any(name.startswith("/") for name in run["inputs"])


def test_us_1992_spectral_radii(example) -> None:
    _, run = example("us_1992")
    assert run["matrices"]["S_1992"]["shape"] == [94, 94]
    assert run["matrices"]["S_1992"]["spectral_radius"] == pytest.approx(0.485, abs=5e-4)
    assert run["matrices"]["W_1992"]["spectral_radius"] == pytest.approx(0.768, abs=5e-4)
    assert len(run["years"]["1992"]["zero_rows"]) == 5


def test_us_1992_inputs_over_output_are_the_published_direct_requirements(
    example, data_folder: Path
) -> None:
    """Sum over commodities: intermediate inputs per dollar, net of scrap and imports."""
    out, _ = example("us_1992")
    S = load_matrix(out / "matrices" / "S_1992.npz").to_frame()
    rows = pd.read_csv(
        data_folder / "bea_io_1977_2002" / "bea_io_1992.csv.gz", dtype={"row": str, "col": str}
    )
    direct = rows[rows["table"] == "cxi_direct_requirements"].pivot(
        index="row", columns="col", values="value"
    )
    value_added = [row for row in direct.index if row in {"88", "89", "90", "80", "81"}]
    inputs = direct.drop(index=value_added).sum().reindex(S.index).fillna(0.0)
    # scrap that comes out of production takes up to 1/(1 - p) more of the other output
    ratio = (S.sum(axis=1) / inputs.where(inputs > 0)).dropna()
    assert ratio.between(1 - 1e-6, 1.05).all()
    assert ratio.median() == pytest.approx(1, abs=5e-3)


def test_firms_are_thirty_and_their_citations_all_arrive(example) -> None:
    out, run = example("firms")
    assert run["tables"]["firms"]["loaded"] == 30
    totals = run["totals"]["citations"]
    assert totals["input"] == totals["target"] == 2_686_983
    assert run["matrices"]["citations_2020"]["sum"] == pytest.approx(2_686_983, rel=1e-12)
    assert run["matrices"]["S_2020"]["year_of_data"] == 2017
    assert run["tables"]["use"]["rejected"] == 0
    kept = "2017: negative uses are kept as they are published: '111CA' by 'GFGN' (-99)."
    assert kept in run["notes"]
    S = load_matrix(out / "matrices" / "S_2020.npz").to_frame()
    assert S.at["GFGN", "111CA"] < 0 and (S.to_numpy() < 0).sum() == 1


def test_patents_without_a_firm_are_counted_and_not_lost(example) -> None:
    _, run = example("patents")
    patents, citations = run["tables"]["patents"], run["tables"]["patent_citations"]
    assert (patents["loaded"], citations["loaded"]) == (27_039, 31_388)
    assert patents["without_partner"]["firm"] / patents["loaded"] == pytest.approx(0.49, abs=0.005)
    totals = run["totals"]["citations"]
    assert totals["input"] == 31_388
    assert totals["lost"] == {"no firm": totals["unmapped"]}
    assert totals["target"] == run["matrices"]["citations_2013"]["sum"] == 552


def test_examples_find_their_data_without_the_variable(data_folder: Path, tmp_path: Path) -> None:
    """${SPILLGRAPH_DATA:-../../../shared/data} is ../shared/data seen from the repository."""
    for name in ("us_1992", "firms", "patents"):
        text = (ROOT / "examples" / name / "study.toml").read_text(encoding="utf-8")
        assert text.count("${SPILLGRAPH_DATA}/") == 0
        assert "${SPILLGRAPH_DATA:-../../../shared/data}/" in text
    assert shutil.which("git") is None or not list((ROOT / "examples").rglob("*.gz"))


def test_world_tables_by_the_script_are_those_of_two_inverses(
    data_folder: Path, tmp_path: Path
) -> None:
    if not (data_folder / "wiod2013").is_dir():
        pytest.skip(f"no world input–output tables at {data_folder / 'wiod2013'}")
    script, out = ROOT / "examples" / "world" / "foreign.py", tmp_path / "foreign.csv"
    command = [sys.executable, str(script), "--data", str(data_folder), "--years", "2005"]
    subprocess.run([*command, "--out", str(out)], check=True, capture_output=True)
    found = pd.read_csv(out).set_index("country")
    with np.load(data_folder / "wiod2013" / "wiot_2005.npz") as table:
        Z, x = table["inter"].astype(float), table["output"].astype(float)
    S = (Z / np.where(x > 0, x, 1.0)).T
    sectors = pd.read_csv(data_folder / "wiod2013" / "sectors.csv")
    where = sectors["country"].to_numpy()
    home = where[:, None] == where[None, :]
    ones = np.ones(len(S))
    whole, domestic = (np.linalg.solve(np.eye(len(S)) - M, ones) for M in (S, S * home))
    for country in ("CHN", "USA", "LUX", "DEU"):
        mine = where == country
        gained, foreign = whole[mine].mean(), (whole - domestic)[mine].mean()
        assert found.at[country, "benefit"] == pytest.approx(gained, rel=1e-10)
        assert found.at[country, "foreign"] == pytest.approx(foreign, rel=1e-10)
        want = 100 * foreign / (gained - 1)
        assert found.at[country, "foreign_percent"] == pytest.approx(want, rel=1e-9)
    assert found.at["USA", "foreign_percent"] < found.at["LUX", "foreign_percent"]
