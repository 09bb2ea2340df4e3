"""Borders from the command line, against dense inverses of the files' own numbers."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook
from spillgraph.cli.main import _exit_code

COUNTRIES = ("US", "DE", "NA")
LABELS = [f"{country}:{sector}" for country in COUNTRIES for sector in "ABC"]
STUDY = """
[study]
name = "Three countries"
target = "world"
{more}
[outputs]
figures = []

[[tables.industries]]
file = "industries.csv"
classification = "world"

[tables.industry_citations]
file = "citations.csv"
classification = "world"

[tables.io_flows]
file = "flows.csv"
classification = "world"

[tables.io_output]
file = "output.csv"
classification = "world"
"""


def long(M: np.ndarray, columns: str) -> pd.DataFrame:
    rows = [(a, b, 2005, M[i, j]) for i, a in enumerate(LABELS) for j, b in enumerate(LABELS)]
    return pd.DataFrame(rows, columns=columns.split())


@pytest.fixture
def world(tmp_path: Path) -> tuple[Path, np.ndarray, np.ndarray]:
    """A study of three countries, with its S and W."""
    rng = np.random.default_rng(4)
    Z, K = rng.gamma(0.5, 20.0, (9, 9)), rng.poisson(6.0, (9, 9)).astype(float)
    x = Z.sum(axis=0) + Z.sum(axis=1) + 50.0
    long(Z, "supplier user year value").to_csv(tmp_path / "flows.csv", index=False)
    long(K, "citing cited year count").to_csv(tmp_path / "citations.csv", index=False)
    output = {"industry": LABELS, "year": 2005, "gross_output": x}
    output |= {"value_added": x - Z.sum(axis=0), "final_demand": x - Z.sum(axis=1)}
    pd.DataFrame(output).to_csv(tmp_path / "output.csv", index=False)
    countries = [label[:2] for label in LABELS]
    industries = pd.DataFrame({"code": LABELS, "country": countries})
    industries.to_csv(tmp_path / "industries.csv", index=False)
    (tmp_path / "study.toml").write_text(STUDY.format(more=""))
    shares = K / K.sum(axis=1, keepdims=True)
    return tmp_path / "study.toml", Z.T / x[:, None], shares - np.diag(np.diag(shares))


def spillgraph(*arguments: object) -> int:
    return _exit_code([*map(str, arguments), "-q"], debug=False)


def read(out: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(out / "borders" / f"{name}_2005.csv", index_col=0, keep_default_na=False)


def test_the_four_parts_are_those_of_dense_inverses(world, tmp_path: Path) -> None:
    study, S, W = world
    out = tmp_path / "out"
    assert spillgraph("borders", study, "--out", out) == 0
    home = np.equal.outer(*[[label[:2] for label in LABELS]] * 2)
    eye = np.eye(9)
    U, V = np.linalg.inv(eye - S), np.linalg.inv(eye - W)
    U_d, V_d = np.linalg.inv(eye - S * home), np.linalg.inv(eye - W * home)
    parts = {
        "domestic": U_d @ V_d,
        "production": (U - U_d) @ V_d,
        "innovation": U_d @ (V - V_d),
        "both": (U - U_d) @ (V - V_d),
    }
    benefit, contribution = read(out, "benefit"), read(out, "contribution")
    assert list(benefit.index) == LABELS
    for name, part in parts.items():
        np.testing.assert_allclose(benefit[name], part.sum(axis=1), rtol=1e-10)
        np.testing.assert_allclose(contribution[name], part.sum(axis=0), rtol=1e-10)
    origin, by = read(out, "origin"), read(out, "countries")
    for at, country in enumerate(COUNTRIES):
        mine = slice(3 * at, 3 * at + 3)
        np.testing.assert_allclose(origin[country], (U @ V)[:, mine].sum(axis=1), rtol=1e-10)
        own, all = (U @ V)[mine, mine].sum(), (U @ V)[mine].sum()
        assert by.loc[country, "abroad"] == pytest.approx(1 - own / all, rel=1e-10)
        assert by.loc[country, "benefit"] == pytest.approx(all / 3, rel=1e-10)


def test_the_page_and_the_record_have_what_the_files_have(world, tmp_path: Path) -> None:
    study, _, _ = world
    study.write_text(STUDY.format(more="[borders]"))
    out = tmp_path / "out"
    assert spillgraph("run", study, "--out", out) == 0
    record = json.loads((out / "run.json").read_text(encoding="utf-8"))
    files = {f"borders/{path.name}" for path in (out / "borders").iterdir()}
    assert set(record["capabilities"]["borders"]) == files
    page = (out / "report.html").read_text(encoding="utf-8")
    assert '<section id="borders"><h2>Borders</h2>' in page
    data = page.partition('<script type="application/json" id="page-data">')[2]
    data = json.loads(data.partition("</script>")[0])
    (block,) = data["figures"]["figure-borders"]["blocks"].values()
    order = [data["sectors"][place][0] for place in block["i"]]
    shown = pd.DataFrame(np.transpose(block["v"]), order)
    wanted = read(out, "benefit").drop(columns="country")
    np.testing.assert_allclose(shown.loc[LABELS], wanted.loc[LABELS], rtol=1e-3)


@pytest.mark.parametrize(
    ("industries", "words"),
    [
        ("code\n" + "\n".join(LABELS), "the country of 'US:A', "),
        ("code,country\n" + "".join(f"{one},US\n" for one in LABELS), "all sectors are in 'US'"),
    ],
)
def test_without_countries_it_says_what_it_needs(
    world, tmp_path, capsys, industries, words
) -> None:
    study, _, _ = world
    (tmp_path / "industries.csv").write_text(industries)
    assert spillgraph("borders", study, "--out", tmp_path / "out") == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "out" / "graph.lbug").exists()
    study.write_text(STUDY.format(more="[borders]"))
    assert spillgraph("check", study) == 2
    assert words in capsys.readouterr().err


def test_a_study_without_citations_is_refused_before_anything_is_read(world, tmp_path, capsys):
    study, _, _ = world
    before, _, behind = study.read_text().partition("[tables.industry_citations]")
    study.write_text(f"{before}[tables.io_flows]{behind.partition('[tables.io_flows]')[2]}")
    assert spillgraph("borders", study, "--out", tmp_path / "out") == 2
    assert "it needs citations and deliveries" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_another_run_does_not_remove_its_files_without_a_word(world, tmp_path, capsys) -> None:
    study, _, _ = world
    out = tmp_path / "out"
    assert spillgraph("borders", study, "--out", out) == 0
    assert spillgraph("run", study, "--out", out) == 0  # the same input and choices
    assert (out / "borders" / "benefit_2005.csv").exists()
    assert "borders" in json.loads((out / "run.json").read_text())["capabilities"]
    flows = tmp_path / "flows.csv"
    flows.write_text(flows.read_text().replace("2005,", "2005,1", 1))
    capsys.readouterr()
    assert spillgraph("run", study, "--out", out) == 2
    assert "'spillgraph borders' has written borders there" in capsys.readouterr().err
    assert spillgraph("run", study, "--out", out, "--replace") == 0
    assert not (out / "borders").exists()


def test_an_unknown_key_is_refused_by_name(world, capsys) -> None:
    study, _, _ = world
    study.write_text(STUDY.format(more="[borders]\nweights = 1"))
    assert spillgraph("check", study) == 2
    assert "unknown key 'borders.weights'" in capsys.readouterr().err


def test_its_tables_go_to_excel_and_stata_with_what_they_mean(world, tmp_path: Path) -> None:
    study, _, _ = world
    out = tmp_path / "out"
    assert spillgraph("borders", study, "--out", out) == 0
    assert spillgraph("export", out, "--as", "xlsx,dta") == 0
    book = CalamineWorkbook.from_path(out / "borders" / "borders.xlsx")
    names = ["benefit_2005", "contribution_2005", "origin_2005", "countries_2005", "columns"]
    assert book.sheet_names == names
    head, *rows = book.get_sheet_by_name("benefit_2005").to_python()
    wanted = read(out, "benefit")
    sheet = pd.DataFrame(rows, columns=head).set_index("code")
    assert sheet["country"].tolist() == wanted["country"].tolist()  # NA is Namibia
    np.testing.assert_array_equal(sheet["both"], wanted["both"])
    with pd.read_stata(out / "borders" / "countries_2005.dta", iterator=True) as reader:
        assert reader.read()["country"].tolist() == list(COUNTRIES)
        assert reader.variable_labels()["both"].endswith("border with goods and with knowledge")
