"""What ``export`` writes, read back by other programs' readers: every cell of every CSV file.

Countries and sectors are called by digits, and one sector by a year.
"""

from __future__ import annotations

import csv
import itertools
import json
import math
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import networkx
import numpy as np
import pandas as pd
import pytest
from markdown_it import MarkdownIt
from python_calamine import CalamineWorkbook
from spillgraph.capabilities.studies import meaning_of
from spillgraph.cli.main import _exit_code
from spillgraph.core.errors import InputError
from spillgraph.core.stata_names import variable_names
from spillgraph.reports.result_table import SYNTHETIC, TEXTS
from spillgraph.runs.result_files import FORMATS, export_results

STUDY = """
[study]
name = "Digits"
target = "world"
synthetic = true

[years]
report = [2005]

[psi]
[growth]
[borders]

[outputs]
figures = []
"""
TABLES = ("industries", "industry_citations", "io_flows", "io_output", "productivity")
CODES = ["001", "002", "0_03", "1990", "2.50", "year"]
NAMES = ["1990", "02", "R&D_50% #1", "Köln", "", "农业"]
COUNTRIES = ["004", "004", "276", "276", "840", "840"]


def long(M: np.ndarray, columns: str) -> pd.DataFrame:
    rows = [(a, b, 2005, M[i, j]) for i, a in enumerate(CODES) for j, b in enumerate(CODES)]
    return pd.DataFrame(rows, columns=columns.split())


@pytest.fixture(scope="module")
def done(tmp_path_factory) -> Path:
    """The folder of a run that was asked everything, exported in every format."""
    folder = tmp_path_factory.mktemp("values")
    rng = np.random.default_rng(7)
    Z, K = rng.gamma(0.5, 20.0, (6, 6)), rng.poisson(6.0, (6, 6)).astype(float)
    x = Z.sum(axis=0) + Z.sum(axis=1) + 50.0
    output = {"industry": CODES, "year": 2005, "gross_output": x}
    output |= {"value_added": x - Z.sum(axis=0), "final_demand": x - Z.sum(axis=1)}
    steps = [(code, year) for code in CODES for year in range(2001, 2006)]
    levels = pd.DataFrame(steps, columns=["industry", "year"])
    levels["tfp"] = np.exp(0.02 * (levels["year"] - 2000) + 0.1 * rng.random(len(levels)))
    frames = {
        "industries": pd.DataFrame({"code": CODES, "name": NAMES, "country": COUNTRIES}),
        "industry_citations": long(K, "citing cited year count"),
        "io_flows": long(Z, "supplier user year value"),
        "io_output": pd.DataFrame(output),
        "productivity": levels,
    }
    text = STUDY
    for table in TABLES:
        frames[table].to_csv(folder / f"{table}.csv", index=False)
        text += f'\n[tables.{table}]\nfile = "{table}.csv"\nclassification = "world"\n'
    (folder / "study.toml").write_text(text, encoding="utf-8")
    out = folder / "out"
    assert (
        _exit_code(["networks", f"{folder / 'study.toml'}", "-o", f"{out}", "-q"], debug=False) == 0
    )
    export_results(out, FORMATS, meaning_of)
    return out


def tables(out: Path) -> list[Path]:
    run = json.loads((out / "run.json").read_text(encoding="utf-8"))
    files = [out / each for some in run["capabilities"].values() for each in some]
    return [path for path in files if path.suffix == ".csv"]


def read_csv(path: Path) -> tuple[list[str], list[list[str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    return head, rows


def of_workbook(path: Path) -> list[list[object]]:
    book = CalamineWorkbook.from_path(path.parent / f"{path.parent.name}.xlsx")
    return book.get_sheet_by_name(path.stem).to_python(skip_empty_area=False)


def of_stata(path: Path) -> list[list[object]]:
    with pd.read_stata(path.with_suffix(".dta"), iterator=True) as reader:
        frame = reader.read()
    return [list(frame), *frame.astype(object).to_numpy().tolist()]


def of_latex(path: Path) -> list[list[object]]:
    text = path.with_suffix(".tex").read_text(encoding="utf-8")
    lines = re.findall(r"^(?!%)(?!\\multicolumn)(.*) \\\\$", text, re.MULTILINE)
    return [[latex_cell(cell) for cell in re.split(r"(?<!\\) ?& ?", line)] for line in lines]


def latex_cell(text: str) -> str:
    """What LaTeX would show of a cell."""
    text = re.sub(r"\$\\times 10\^\{(-?\d+)\}\$", r"e\1", text.strip())
    text = text.replace(r"$-$", "−").replace(r"$\infty$", "∞").replace("--", "–")
    return re.sub(r"\{([*\[\]])\}", r"\1", re.sub(r"\\([&%$#_{}])", r"\1", text))


def of_markdown(path: Path) -> list[list[object]]:
    text = path.with_suffix(".md").read_text(encoding="utf-8")
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    rows: list[list[object]] = []
    for before, token in itertools.pairwise(tokens):
        if before.type == "tr_open":
            rows.append([])
        if before.type in ("th_open", "td_open"):
            children = [each for each in token.children or [] if each.type != "softbreak"]
            assert {each.type for each in children} <= {"text", "text_special"}
            rows[-1].append("".join(each.content for each in children))
    return rows


READERS: dict[str, Callable[[Path], list[list[object]]]] = {
    "xlsx": of_workbook,
    "dta": of_stata,
    "tex": of_latex,
    "md": of_markdown,
}


def is_text(column: str, head: list[str]) -> bool:
    wide = (head[0] == "receiver" and "source" not in head) or (
        head[1:2] == ["country"] and head[2] in COUNTRIES
    )
    return head.index(column) < (2 if wide else 99) and (column in TEXTS or column.endswith("_at"))


def number_of(cell: object) -> float:
    text = str(cell).replace(",", "").replace("−", "-").replace("∞", "inf")
    return math.nan if text in ("", "–", "nan") else float(text)


@pytest.mark.parametrize("kind", READERS)
def test_every_cell_of_every_table_is_that_of_its_csv_file(done: Path, kind: str) -> None:
    names, compared = dict(zip(CODES, NAMES, strict=True)), 0
    for path in tables(done):
        head, rows = read_csv(path)
        got_head, *got = READERS[kind](path)
        assert len(got) == len(rows), path
        # A column of names is all that is added.
        added = [p for p, each in enumerate(got_head) if str(each).endswith("name")]
        added = [p for p in added if "name" not in head]
        kept = [p for p in range(len(got_head)) if p not in added]
        assert len(kept) == len(head), path
        if kind == "xlsx":
            assert [got_head[p] for p in kept] == head
        elif kind == "dta":
            assert [got_head[p] for p in kept] == variable_names(head)
        else:
            wide = {c for c in head if not is_text(c, head)} & {*CODES, *COUNTRIES}
            wanted = [c if c in wide and c != "year" else c.replace("_", " ") for c in head]
            assert [got_head[p] for p in kept] == wanted
        for row, cells in zip(rows, got, strict=True):
            for place, column, text in zip(kept, head, row, strict=True):
                cell = cells[place]
                if is_text(column, head):
                    assert cell == " ".join(text.split()), (path, column)
                elif kind in ("xlsx", "dta"):
                    np.testing.assert_equal(number_of(cell), number_of(text), f"{path} {column}")
                else:
                    digits = 5e-3 if "e" in str(cell) else 5e-4
                    wanted = pytest.approx(number_of(text), rel=digits, abs=1e-12, nan_ok=True)
                    assert number_of(cell) == wanted, (path, column)
                compared += 1
            for place in added:
                assert cells[place] in (names[str(cells[place - 1])], ""), path
    assert compared > 1_500


def test_texts_of_every_table_are_declared(done: Path) -> None:
    """A column of codes that nobody declares would be numbers where all are digits."""
    for path in tables(done):
        head, rows = read_csv(path)
        for place, column in enumerate(head):
            held = [row[place] for row in rows if row[place]]
            numbers = all(re.fullmatch(r"-?(\d+\.?\d*(e[+-]?\d+)?|inf)", text) for text in held)
            assert numbers or is_text(column, head), (path.name, column)


def test_every_variable_says_what_it_is(done: Path) -> None:
    for path in tables(done):
        with pd.read_stata(path.with_suffix(".dta"), iterator=True) as reader:
            names, labels = list(reader.read()), reader.variable_labels()
        assert all(labels[name] for name in names)
        assert all(len(labels[name]) <= 80 for name in names)
        assert not [label for label in labels.values() if label.endswith("…")]
        own = {name for name in names if labels[name] == name}
        assert own <= {"year"}, (path.name, own)


def test_a_measure_says_of_which_matrix_it_is(done: Path) -> None:
    for name, symbol in (("W", "W"), ("S", "S"), ("psi", "ψ")):
        text = (done / "hubs" / f"{name}_2005.tex").read_text(encoding="utf-8")
        assert f"% out_strength: row sum of {symbol}: what" in text


def test_every_format_says_that_the_data_are_invented(done: Path) -> None:
    networks = [done / "matrices" / f"network_2005.{each}" for each in ("graphml", "gexf")]
    for path, read in zip(networks, (networkx.read_graphml, networkx.read_gexf), strict=True):
        graph = read(path)
        assert {each["notice"] for _, each in graph.nodes(data=True)} == {SYNTHETIC}
        assert SYNTHETIC in str(graph.graph) or path.suffix == ".gexf"
    assert f'"notice": "{SYNTHETIC}"' in networks[1].read_text(encoding="utf-8")
    for path in tables(done):
        book = CalamineWorkbook.from_path(path.parent / f"{path.parent.name}.xlsx")
        assert book.sheet_names[0] == "SYNTHETIC"
        assert book.get_sheet_by_index(0).to_python() == [[SYNTHETIC]]
        with pd.read_stata(path.with_suffix(".dta"), iterator=True) as reader:
            assert reader.data_label.startswith("SYNTHETIC DATA")
        assert SYNTHETIC.encode() in path.with_suffix(".dta").read_bytes()
        shown = re.sub("^%.*$", "", path.with_suffix(".tex").read_text("utf-8"), flags=re.M)
        assert f"\\textbf{{{SYNTHETIC}}}" in shown
        assert path.with_suffix(".md").read_text("utf-8").startswith(f"**{SYNTHETIC}**\n\n|")


def test_no_format_says_so_of_other_data(done: Path, tmp_path: Path) -> None:
    out = copy(done, tmp_path)
    change(out / "run.json", '"synthetic": true', '"synthetic": false')
    for path in export_results(out, FORMATS, meaning_of):
        assert b"SYNTHETIC" not in path.read_bytes()
    book = CalamineWorkbook.from_path(out / "hubs" / "hubs.xlsx")
    assert book.sheet_names[0] == "W_2005"


def copy(done: Path, tmp_path: Path) -> Path:
    shutil.copytree(done, tmp_path / "out", ignore=shutil.ignore_patterns("*.lbug*"))
    return tmp_path / "out"


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text, old
    path.write_text(text.replace(old, new), encoding="utf-8")


def lines(path: Path, edit: Callable[[list[str]], object]) -> None:
    kept = path.read_text(encoding="utf-8").splitlines()
    edit(kept)
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")


def said(out: Path, edit: Callable[[dict], object]) -> None:
    run = json.loads((out / "run.json").read_text(encoding="utf-8"))
    edit(run)
    (out / "run.json").write_text(json.dumps(run), encoding="utf-8")


def flip(row: str) -> str:
    """Change the last digit of a row."""
    return row[:-1] + ("1" if row[-1] != "1" else "2")


HUBS, SOURCES = "hubs/W_2005.csv", "growth/sources.csv"
DAMAGE: dict[str, tuple[str, str, Callable[[Path], object]]] = {
    "a row was added": (
        HUBS,
        "it was changed",
        lambda out: lines(out / HUBS, lambda x: x.append(x[-1].replace("year", "999", 1))),
    ),
    "a row was taken": (
        SOURCES,
        "it was changed",
        lambda out: lines(out / SOURCES, lambda x: x.pop()),
    ),
    "a digit is another": (
        HUBS,
        "it was changed",
        lambda out: lines(out / HUBS, lambda x: x.append(flip(x.pop()))),
    ),
    "a table is gone": (HUBS, "is missing", lambda out: (out / HUBS).unlink()),
    "a matrix is gone": (
        "matrices/W_2005.npz",
        "is missing",
        lambda out: (out / "matrices/W_2005.npz").unlink(),
    ),
    "a matrix is cut": (
        "matrices/S_2005.npz",
        "it was changed",
        lambda out: (out / "matrices/S_2005.npz").write_bytes(b"PK\x03\x04"),
    ),
    "a matrix is another": (
        "matrices/S_2005.npz",
        "it was changed",
        lambda out: shutil.copy(out / "matrices/W_2005.npz", out / "matrices/S_2005.npz"),
    ),
    "no target": ("run.json", "options.target", lambda out: said(out, lambda r: r.pop("options"))),
    "options without target": (
        "run.json",
        "options.target is missing",
        lambda out: said(out, lambda r: r["options"].pop("target")),
    ),
    "not said whether invented": (
        "run.json",
        "synthetic is missing",
        lambda out: said(out, lambda r: r.pop("synthetic")),
    ),
    "a matrix without a file": (
        "run.json",
        "matrices.W_2005 is missing",
        lambda out: said(out, lambda r: r["matrices"]["W_2005"].pop("file")),
    ),
    "files of another kind": (
        "run.json",
        "capabilities.psi is missing",
        lambda out: said(out, lambda r: r["capabilities"].update(psi=None)),
    ),
}


@pytest.mark.parametrize("case", DAMAGE)
def test_a_damaged_folder_is_refused_and_nothing_replaced(
    done: Path, tmp_path: Path, case: str
) -> None:
    where, what, damage = DAMAGE[case]
    out = copy(done, tmp_path)
    damage(out)
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    with pytest.raises(InputError) as told:
        export_results(out, FORMATS, meaning_of)
    if case != "no target":
        assert where in str(told.value) and what in str(told.value)
    assert "run the study again" in str(told.value) or "spillgraph run" in str(told.value)
    assert before == {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}


def test_what_the_last_format_refuses_leaves_the_first_as_it_was(
    done: Path, tmp_path: Path
) -> None:
    out = copy(done, tmp_path)
    lines(
        out / SOURCES,
        lambda x: x.append(re.sub(r",[^,]*$", ",inf", x.pop())),
    )
    said(out, lambda run: run.pop("outputs"))  # as an older version wrote it
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    with pytest.raises(InputError, match="table sources, column year: a number is infinite"):
        export_results(out, ["xlsx", "md", "dta"], meaning_of)
    assert before == {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
