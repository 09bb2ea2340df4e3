"""``export``: the tables and networks of a run for other programs hold what its own files hold."""

from __future__ import annotations

import importlib
import json
import shutil
from pathlib import Path

import networkx
import numpy as np
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook
from spillgraph.capabilities import QUESTIONS, load
from spillgraph.cli.main import _exit_code
from spillgraph.core.errors import InputError
from spillgraph.core.measures import MEASURES
from spillgraph.core.stata_names import variable_names
from spillgraph.graph.matrix_files import load_matrix
from spillgraph.runs.folder import hold
from spillgraph.runs.result_files import FORMATS, export_results, names_of, read_table

NAMES = {"x": "农业 & forestry", "y": "NA_bia #2"}


def spillgraph(*arguments: object) -> int:
    return _exit_code([*map(str, arguments)], debug=False)


@pytest.fixture(scope="module")
def done(tmp_path_factory, tiny_in) -> Path:
    """The folder of a run with all of ψ, exported in every format."""
    folder = tmp_path_factory.mktemp("export")
    tiny = tiny_in(folder / "tiny")
    tiny.replace("[options]", "[outputs]\nfigures = []\n\n[options]")
    rows = "".join(f'{code},"{name}"\n' for code, name in NAMES.items())
    tiny.write("sectors.csv", f"code,name\n{rows}")
    out = folder / "out"
    assert spillgraph("psi", tiny.path, "--out", out, "--draws", 39, "-q") == 0
    before = {path: path.read_bytes() for path in out.rglob("*.csv")}
    assert spillgraph("export", out, "--as", ", ".join(FORMATS)) == 0
    assert before == {path: path.read_bytes() for path in out.rglob("*.csv")}
    return out


def csv_files(out: Path) -> list[Path]:
    return [path for name in ("hubs", "psi") for path in sorted((out / name).glob("*.csv"))]


def original(path: Path) -> pd.DataFrame:
    """What pandas makes of a CSV file, with every digit."""
    texts = pd.read_csv(path, dtype=str, keep_default_na=False)
    found = {}
    for column in texts:
        try:
            found[column] = [float(text or "nan") for text in texts[column]]
        except ValueError:
            found[column] = list(texts[column])
    return pd.DataFrame(found)


def test_every_table_is_there_in_every_format(done: Path) -> None:
    tables = csv_files(done)
    assert {path.stem[:-5] for path in tables} >= {"W", "S", "psi", "sums", "sensitivity", "paths"}
    for path in tables:
        assert all(path.with_suffix(f".{each}").is_file() for each in ("dta", "tex", "md"))
        assert str(CalamineWorkbook.from_path(path.parent / f"{path.parent.name}.xlsx").sheet_names)
    assert not list(done.rglob(".new*"))


@pytest.mark.parametrize("kind", ["dta", "xlsx"])
def test_numbers_are_those_of_the_csv_files_to_the_last_digit(done: Path, kind: str) -> None:
    compared = 0
    for path in csv_files(done):
        wanted = original(path)
        if kind == "dta":
            got = pd.read_stata(path.with_suffix(".dta"))
        else:
            book = CalamineWorkbook.from_path(path.parent / f"{path.parent.name}.xlsx")
            head, *rows = book.get_sheet_by_name(path.stem).to_python(skip_empty_area=False)
            got = pd.DataFrame(rows, columns=head)
        for column in wanted:
            if pd.api.types.is_numeric_dtype(wanted[column]) and wanted[column].notna().any():
                held = variable_names([column])[0] if kind == "dta" else column
                numbers = pd.to_numeric(got[held].replace("", np.nan), errors="coerce")
                np.testing.assert_array_equal(numbers.astype(float), wanted[column].astype(float))
                compared += numbers.notna().sum()
    assert compared > 300


def test_names_stand_beside_codes(done: Path) -> None:
    hubs = pd.read_stata(done / "hubs" / "W_2002.dta")
    assert dict(zip(hubs["label"], hubs["name"], strict=True)) == NAMES
    intervals = pd.read_stata(done / "psi" / "intervals_2002.dta")
    assert (intervals["sector"].map(NAMES) == intervals["name"]).all() and len(intervals)
    assert r"x & 农业 \& forestry & " in (done / "hubs" / "W_2002.tex").read_text("utf-8")
    assert "| y | NA\\_bia \\#2 | " in (done / "hubs" / "W_2002.md").read_text("utf-8")
    assert names_of(done, "t") == NAMES


@pytest.mark.parametrize("ending", ["graphml", "gexf"])
def test_networks_hold_the_matrices_scores_and_names_of_the_run(done: Path, ending: str) -> None:
    run = json.loads((done / "run.json").read_text(encoding="utf-8"))
    read = networkx.read_graphml if ending == "graphml" else networkx.read_gexf
    for year in ("2001", "2002"):
        graph = read(done / "matrices" / f"network_{year}.{ending}")
        assert {code: about["label"] for code, about in graph.nodes(data=True)} == NAMES
        layers = [key for key in run["matrices"] if key.endswith(f"_{year}")]
        assert {f"W_{year}", f"S_{year}", f"psi_{year}"} <= set(layers)
        for key in layers:
            matrix = load_matrix(done / run["matrices"][key]["file"]).to_frame()
            for receiver in matrix.index:
                for source in matrix.columns:
                    about = graph.get_edge_data(receiver, source, default={})
                    assert about.get(matrix_name(key), 0.0) == matrix.loc[receiver, source]
        for network in ("W", "S", "psi"):
            for code, row in (
                original(done / "hubs" / f"{network}_{year}.csv").set_index("label").iterrows()
            ):
                for measure, value in row.items():
                    held = graph.nodes[code].get(f"{network}_{measure}")
                    assert held == value or (held is None and np.isnan(value))


def matrix_name(key: str) -> str:
    return key.rpartition("_")[0]


def test_every_column_of_hubs_and_sums_has_a_meaning(done: Path) -> None:
    hubs = {column for path in (done / "hubs").glob("*.csv") for column in original(path)}
    assert hubs - {"label"} > {each.name for each in MEASURES if not each.on_request}
    assert all(load("hubs").meaning(column) for column in hubs - {"label"})
    named = {"code", "name", "option", "value", "quantity", "sector", "receiver", "source"}
    columns = {
        column for path in csv_files(done) if path.parent.name == "psi" for column in original(path)
    }
    assert {column for column in columns - named if not load("psi").meaning(column)} == set()


def test_a_column_that_nobody_knows_has_no_meaning() -> None:
    assert [name for name in QUESTIONS if load(name).meaning("unheard of")] == []


@pytest.mark.parametrize("name", ["borders", "growth", "networks"])
def test_meanings_are_of_columns_that_the_manual_names(name: str) -> None:
    page = (Path(__file__).parents[2] / "docs" / f"{name}.md").read_text(encoding="utf-8")
    tables = importlib.import_module(f"spillgraph.capabilities.{name}._tables")
    assert [column for column in tables.MEANINGS if f"`{column}`" not in page] == []
    assert all(load(name).meaning(column) for column in tables.MEANINGS)


def test_a_table_is_read_as_it_was_written(tmp_path: Path) -> None:
    made = pd.DataFrame(
        {
            "code": ["01", "2", "NA"],
            "country": ["NA", "", "US"],
            "region": ["001", "002", "003"],
            "x": [0.1 + 0.2, np.nan, -1e-300],
            "n": [1, 2, 3],
            "largest_change_at": ["24", "25", ""],
            "odd": ["1_0", "2_", "x"],
            "high": [np.inf, 1.0, 2.0],
        }
    )
    made.to_csv(tmp_path / "a.csv", index=False)
    back = read_table(tmp_path / "a.csv")
    for column in ("code", "country", "region", "largest_change_at", "odd"):
        assert back[column].tolist() == made[column].tolist()
    for column in ("x", "n", "high"):
        np.testing.assert_array_equal(back[column], made[column])


def test_a_folder_without_a_run_is_refused(tmp_path: Path, capsys) -> None:
    assert spillgraph("export", tmp_path) == 2
    assert "there is no run.json" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_an_unknown_format_is_refused_before_anything_is_written(done: Path, capsys) -> None:
    before = sorted(done.rglob("*"))
    assert spillgraph("export", done, "--as", "md,docx") == 2
    assert "format 'docx' is not known; take some of xlsx, dta" in capsys.readouterr().err
    assert spillgraph("export", done, "--as", ",") == 2
    assert sorted(done.rglob("*")) == before


def test_a_run_at_work_is_not_disturbed(done: Path) -> None:
    with hold(done), pytest.raises(InputError, match="another run is at work"):
        export_results(done, ["md"])


def test_another_run_takes_the_exports_away_with_its_tables(tiny, tiny_out: Path) -> None:
    out = tiny_out
    assert spillgraph("export", out, "-q", "--as", "xlsx,gexf") == 0
    assert (out / "hubs" / "hubs.xlsx").exists() and list(out.glob("matrices/*.gexf"))
    tiny.append("citations.csv", "1,3,2002,5\n")
    assert spillgraph("run", tiny.path, "--out", out, "-q") == 0
    assert not list(out.rglob("*.xlsx")) and not list(out.rglob("*.gexf"))


@pytest.mark.parametrize(
    ("lost", "ending"), [("hubs/W_2002.csv", "md"), ("matrices/W_2002.npz", "gexf")]
)
def test_a_file_of_the_run_that_is_gone_is_named(
    done: Path, tmp_path: Path, capsys, lost: str, ending: str
) -> None:
    out = tmp_path / "out"
    shutil.copytree(done, out)
    (out / lost).unlink()
    assert spillgraph("export", out, "--as", ending) == 2
    message = capsys.readouterr().err
    assert lost in message.replace("\n", "") and "Traceback" not in message
