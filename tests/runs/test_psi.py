"""spillgraph psi: every number of psi.json against a few lines of numpy, and its faults."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from spillgraph.cli.main import _exit_code
from spillgraph.core.errors import InputError
from spillgraph.graph.matrix_files import load_matrix
from spillgraph.runs.folder import require_same

YEARS = (2012, 2020)


def spillgraph(*arguments: object) -> int:
    return _exit_code([str(each) for each in arguments], debug=False)


def psi_of(out: Path) -> dict[str, Any]:
    return dict(json.loads((out / "psi.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sample economy with two report years, the second the last."""
    folder = tmp_path_factory.mktemp("psi") / "study"
    arguments = ["--firms", 300, "--citations", 6000, "--seed", 3, "--out", folder, "-q"]
    assert spillgraph("sample", *arguments) == 0
    file = folder / "study.toml"
    text = file.read_text(encoding="utf-8")
    assert "report = [2007, 2012, 2017, 2020]" in text
    text = text.replace("report = [2007, 2012, 2017, 2020]", f"report = {list(YEARS)}")
    text = text.replace("[outputs]", '[outputs]\nfigures = ["svg"]')
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def drawn(study: Path) -> Path:
    """Its results, with draws."""
    out = study.parent.parent / "drawn"
    assert spillgraph("psi", study, "--out", out, "--draws", 59, "--seed", 5, "-q") == 0
    return out


def matrix(out: Path, name: str, year: int) -> np.ndarray:
    return load_matrix(out / "matrices" / f"{name}_{year}.npz").values.toarray()


def column(values: dict[str, float | None]) -> np.ndarray:
    return np.array([np.nan if x is None else x for x in values.values()])


@pytest.mark.parametrize("year", YEARS)
def test_every_sum_is_that_of_the_inverses(drawn: Path, year: int) -> None:
    found = psi_of(drawn)["years"][str(year)]
    s, w, one = matrix(drawn, "S", year), matrix(drawn, "W", year), np.eye(37)
    U, V = np.linalg.inv(one - s), np.linalg.inv(one - w)
    P = U @ V
    np.testing.assert_allclose(matrix(drawn, "psi", year), P, rtol=1e-10)
    np.testing.assert_allclose(column(found["benefit"]), P.sum(axis=1), rtol=1e-10)
    np.testing.assert_allclose(column(found["benefit_without_W"]), U.sum(axis=1), rtol=1e-10)
    np.testing.assert_allclose(column(found["contribution"]["unit"]), P.sum(axis=0), rtol=1e-10)
    output = pd.read_csv(drawn.parent / "study" / "output.csv", dtype={"industry": str})
    output = output[output["year"] == year].set_index("industry")
    for name in ("final demand", "value added", "gross output"):
        b = output[name.replace(" ", "_")][list(found["benefit"])]
        want = (b / b.sum()).to_numpy() @ P
        np.testing.assert_allclose(column(found["contribution"][name]), want, rtol=1e-10)
        lost = 100 * (1 - (b / b.sum()).to_numpy() @ U / want)
        loss = column(found["loss_without_W"]["contribution"][name])
        np.testing.assert_allclose(loss, lost, rtol=1e-9, atol=1e-9)
    lost = load_matrix(drawn / "psi" / f"loss_{year}.npz").values.toarray()
    np.testing.assert_allclose(lost, P - U, rtol=1e-8, atol=1e-14)
    loss = column(found["loss_without_W"]["benefit"])
    np.testing.assert_allclose(loss, 100 * (1 - U.sum(axis=1) / P.sum(axis=1)), rtol=1e-9)


@pytest.mark.parametrize("year", YEARS)
def test_mode_shares_are_percentages_that_add_up(drawn: Path, year: int) -> None:
    found = psi_of(drawn)["years"][str(year)]
    s, w = matrix(drawn, "S", year), matrix(drawn, "W", year)
    P = matrix(drawn, "psi", year)
    printed = {"T1": (s + s @ s).sum(axis=1), "T2": (w + w @ w).sum(axis=1)}
    printed["T3"] = P.sum(axis=1) - 1 - printed["T1"] - printed["T2"]
    for name, values in printed.items():
        share = column(found["mode_shares"]["as_printed"][name])
        np.testing.assert_allclose(share, 100 * values / (P.sum(axis=1) - 1), rtol=1e-8)
    for kind in ("exact", "as_printed"):
        total = sum(column(each) for each in found["mode_shares"][kind].values())
        np.testing.assert_allclose(total, 100.0, rtol=1e-12)
    # T3 books the long chains of the pure channels: interaction is only a part of it.
    assert 0.2 < found["interaction_in_T3"] < 0.9


def test_the_proof_bounds_radii_conditions_and_errors(drawn: Path) -> None:
    for year in YEARS:
        found = psi_of(drawn)["years"][str(year)]
        for name in "SW":
            A = matrix(drawn, name, year)
            bounds = found["spectral_radius"][name]
            rho = np.abs(np.linalg.eigvals(A)).max()
            assert bounds["low"] - 1e-12 <= rho <= bounds["high"] + 1e-12
            condition = np.linalg.cond(np.eye(37) - A, np.inf)
            assert found["condition"][f"I - {name}"] == pytest.approx(condition, rel=1e-10)
        assert found["residual"] < 1e-12 and found["error"]["benefit"] < 1e-11


def test_intervals_hold_the_estimate_and_ranks_hold_the_rank(drawn: Path) -> None:
    for year in YEARS:
        found = psi_of(drawn)["years"][str(year)]
        uncertain = found["uncertainty"]
        assert [each["drawn"] for each in uncertain["bootstrap"]] == ["firms", "years"]
        assert 0 <= uncertain["strata"]["lone_share"] <= uncertain["strata"]["thin_share"] <= 1
        for each in uncertain["bootstrap"]:
            assert (each["draws"], each["singular"]) == (59, 0)
            benefit = pd.DataFrame(each["quantities"]["benefit"]).T
            np.testing.assert_allclose(benefit["estimate"], column(found["benefit"]), rtol=1e-12)
            assert (benefit["low"] < benefit["high"]).mean() > 0.9
            assert benefit["estimate"].between(benefit["low"], benefit["high"]).mean() > 0.6
            assert (benefit["rank_low"] <= benefit["rank"]).all()
            assert (benefit["rank"] <= benefit["rank_high"]).all()
            assert sorted(benefit["rank"]) == list(range(1, 38))
        chance = pd.DataFrame(uncertain["permuted_citations"]["benefit"]).T
        assert chance["p_two_sided"].between(1 / 60, 1).all()
        assert chance["p_familywise"].between(1 / 60, 1).all()
        assert uncertain["null"] == "bundles"
        assert any("whole bundles of citations" in note for note in found["notes"])


def test_standard_errors_are_those_of_a_bootstrap_by_hand(drawn: Path, study: Path) -> None:
    """Firms of each industry drawn anew with pandas, W and ψ by numpy, from the input files."""
    folder, year, draws = study.parent, 2020, 150
    firms = pd.read_csv(folder / "firms.csv", dtype=str).set_index("id")["industry"]
    cites = pd.read_csv(folder / "citations.csv", dtype={"citing": str, "cited": str})
    assert psi_of(drawn)["options"]["self_citations"] == "include"
    cites = cites[cites["year"] <= year]
    weights = pd.read_csv(folder / "concordance.csv", dtype=str)
    B = weights.assign(weight=weights["weight"].astype(float)).pivot_table(
        index="from", columns="to", values="weight", fill_value=0.0
    )
    out = psi_of(drawn)["years"][str(year)]
    B = B[list(out["benefit"])]
    cites = cites.assign(source=cites["cited"].map(firms))
    F = cites.pivot_table(index="citing", columns="source", values="count", aggfunc="sum")
    firms = firms[firms.isin(B.index)]
    F = F.reindex(index=firms.index, columns=B.index).fillna(0.0) @ B
    mine = B.loc[firms].to_numpy()
    stock = mine.T @ F.to_numpy()
    np.testing.assert_allclose(stock, matrix(drawn, "citations", year), rtol=1e-9, atol=1e-9)
    U = np.linalg.inv(np.eye(37) - matrix(drawn, "S", year))
    rng = np.random.default_rng(0)
    groups = [np.flatnonzero(firms.to_numpy() == code) for code in firms.unique()]
    sums = []
    for _ in range(draws):
        times = np.zeros(len(firms))
        for group in groups:
            some = max(group.size - 1, 1)  # Rao and Wu: one less, each counting for more
            np.add.at(times, rng.choice(group, some), group.size / some)
        K = (mine * times[:, None]).T @ F.to_numpy()
        W = K / np.where(K.sum(axis=1) > 0, K.sum(axis=1), 1.0)[:, None]
        np.fill_diagonal(W, 0.0)
        sums.append((U @ np.linalg.inv(np.eye(37) - W)).sum(axis=1))
    by_hand = np.std(sums, axis=0, ddof=1)
    ours = out["uncertainty"]["bootstrap"][0]["quantities"]["benefit"]
    se = np.array([each["se"] for each in ours.values()])
    # 59 and 150 draws: each standard error is known to about a tenth, their mean much better.
    assert np.mean(se / by_hand) == pytest.approx(1.0, abs=0.08)
    assert np.corrcoef(se, by_hand)[0, 1] > 0.8


def without_deliveries(text: str) -> str:
    """Return a study without S, where W is what is compared."""
    for table in ("trade_links", "io_output"):
        text = re.sub(rf"^\[+tables\.{table}\]+\n(?:(?!\[).*\n?)*", "", text, flags=re.MULTILINE)
    return re.sub(r"^production = .*\n", "", text, flags=re.MULTILINE)


@pytest.mark.parametrize(
    ("option", "value", "line"),
    [
        ("self_citations", "exclude", 'self_citations = "exclude"'),
        ("diagonal", "keep", 'diagonal = "keep"'),
        ("depreciation", "0.15", "depreciation = 0.15"),
        ("window", "5", "window = 5"),
        ("normalisation", "offdiag, rho 0.5", 'normalisation = "offdiag"\nrho = 0.5'),
        ("normalisation", "column", 'normalisation = "column"'),
    ],
)
def test_a_variant_is_the_study_with_that_option(
    drawn: Path, study: Path, tmp_path: Path, option: str, value: str, line: str
) -> None:
    folder = tmp_path / "study"
    shutil.copytree(study.parent, folder)
    text = (folder / "study.toml").read_text(encoding="utf-8")
    text = re.sub(rf"^{option} = .*\n", "", text, flags=re.MULTILINE)
    text = text.replace("[options]", f"[options]\n{line}")
    (folder / "study.toml").write_text(without_deliveries(text), encoding="utf-8")
    assert spillgraph("run", folder / "study.toml", "--out", tmp_path / "out", "-q") == 0
    for year in map(str, YEARS):
        base = psi_of(drawn)["years"][year]
        rows = {(row["option"], row["value"]): row for row in base["sensitivity"]}
        row, first = rows[option, value], rows["as the study has it", ""]
        assert first["spillover_percent"] == 0 and first["benefit_rank_correlation"] > 1 - 1e-12
        # S is the study's own: the diagonal of deliveries would be kept, too, if there were any.
        s, w = matrix(drawn, "S", int(year)), matrix(tmp_path / "out", "W", int(year))
        U, V = np.linalg.inv(np.eye(37) - s), np.linalg.inv(np.eye(37) - w)
        new, old = (U @ V).sum(axis=1), column(base["benefit"])
        want = 100 * ((new - 1).sum() / (old - 1).sum() - 1)
        assert row["spillover_percent"] == pytest.approx(want, rel=1e-9, abs=1e-9)
        lost = 1 - U.sum() / new.sum()
        assert row["loss_percent"] == pytest.approx(100 * lost, rel=1e-9)
        change = 100 * (new / old - 1)
        assert abs(row["benefit_largest_change_percent"]) == pytest.approx(np.abs(change).max())
        ranks = pd.Series(new).rank().corr(pd.Series(old).rank())
        assert row["benefit_rank_correlation"] == pytest.approx(ranks, rel=1e-12)


def test_paths_in_words_multiply_to_their_strength(drawn: Path) -> None:
    s, w = (load_matrix(drawn / "matrices" / f"{name}_2020.npz").to_frame() for name in "SW")
    P = load_matrix(drawn / "matrices" / "psi_2020.npz").to_frame()
    table = pd.read_csv(drawn / "psi" / "paths_2020.csv", dtype={"receiver": str, "source": str})
    assert table.groupby(["receiver", "source"]).ngroups == 20 and len(table) == 100
    off = P.where(~np.eye(37, dtype=bool)).stack().nlargest(20)
    assert set(table.groupby(["receiver", "source"]).groups) == set(off.index)
    for row in table.itertuples():
        words = str(row.path).split()
        assert (words[0], words[-1]) == (row.receiver, row.source)
        strength = 1.0
        for here, verb, there in zip(words[:-2:2], words[1::2], words[2::2], strict=True):
            strength *= (s if verb == "uses" else w).loc[here, there]
        assert row.strength == pytest.approx(strength, rel=1e-10)
        assert row.psi == pytest.approx(P.loc[row.receiver, row.source], rel=1e-10)
        assert row.share == pytest.approx(strength / row.psi, rel=1e-9)


def test_same_seed_same_numbers_and_tables_say_the_same(drawn: Path, study: Path) -> None:
    again = drawn.parent / "again"
    shutil.copytree(drawn, again)
    assert spillgraph("psi", study, "--out", again, "--draws", 59, "--seed", 5, "-q") == 0
    first, second = psi_of(drawn), psi_of(again)
    assert first["years"] == second["years"]
    other = psi_of(drawn)["years"]["2020"]
    table = pd.read_csv(drawn / "psi" / "sums_2020.csv", dtype={"code": str}).set_index("code")
    np.testing.assert_array_equal(table["benefit"], column(other["benefit"]))
    np.testing.assert_array_equal(
        table["contribution_final_demand"], column(other["contribution"]["final demand"])
    )
    drawn_table = pd.read_csv(drawn / "psi" / "intervals_2020.csv", dtype={"sector": str})
    assert set(drawn_table["drawn"]) == {"firms", "years"}
    assert (drawn / "psi" / "permuted_2020.csv").is_file()
    names = {path.name for path in (drawn / "figures").iterdir()}
    assert {"S.svg", "W.svg", "psi.svg", "benefit.svg", "modes.svg", "loss-benefit.svg"} <= names
    page = (drawn / "report.html").read_text(encoding="utf-8")
    assert "Intervals of 95% from 59 draws of the citing firms (seed 5)" in page


def test_without_draws_there_is_no_uncertainty_and_run_keeps_what_is_of_the_same_run(
    drawn: Path, study: Path
) -> None:
    out = drawn.parent / "plain"
    assert spillgraph("psi", study, "--out", out, "-q") == 0
    found = psi_of(out)
    assert all("uncertainty" not in year for year in found["years"].values())
    assert found["years"]["2020"]["benefit"] == psi_of(drawn)["years"]["2020"]["benefit"]
    assert (out / "run.json").is_file() and (out / "matrices" / "psi_2020.npz").is_file()
    figures = {path: path.read_bytes() for path in (out / "figures").iterdir()}
    assert spillgraph("run", study, "--out", out, "-q") == 0
    assert psi_of(out) == found and len(figures) > 10
    assert {path: path.read_bytes() for path in (out / "figures").iterdir()} == figures
    run = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert run["run"] == found["run"] and run["command"].startswith("spillgraph run")


def test_run_of_another_study_stops_before_it_removes_psi(
    drawn: Path, study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "kept"
    shutil.copytree(drawn, out)
    other = tmp_path / "study"
    shutil.copytree(study.parent, other, ignore=shutil.ignore_patterns("results*", "*.lbug"))
    path = other / study.name
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("[options]", "[options]\ndepreciation = 0.5", 1), encoding="utf-8")

    def content() -> dict[Path, bytes]:
        kept = {each: each.read_bytes() for each in out.rglob("*") if each.is_file()}
        return {each: found for each, found in kept.items() if "graph.lbug" not in each.name}

    before = content()
    assert spillgraph("run", path, "--out", out, "-q") == 2
    assert "has written figures, psi, psi.json there" in capsys.readouterr().err.replace("\n", " ")
    assert content() == before
    assert spillgraph("run", path, "--out", out, "-q", "--rebuild") == 2
    assert (out / "graph.lbug").exists() and content() == before
    assert spillgraph("run", path, "--out", out, "-q", "--replace") == 0
    assert not (out / "psi.json").exists() and not (out / "figures").exists()
    assert spillgraph("run", path, "--out", out, "-q") == 0


def test_what_lies_beside_a_damaged_run_json_counts_as_that_of_another_run(tmp_path: Path) -> None:
    require_same(tmp_path, "a:b", ())
    (tmp_path / "psi.json").write_text("{}", encoding="utf-8")
    for text in ("", "[]", "{}", "{", '{"fingerprint": "a:c"}'):
        (tmp_path / "run.json").write_text(text, encoding="utf-8")
        with pytest.raises(InputError, match=r"'spillgraph psi' has written psi\.json there"):
            require_same(tmp_path, "a:b", ())
        require_same(tmp_path, "a:b", ["psi"])
    (tmp_path / "run.json").write_text('{"fingerprint": "a:b"}', encoding="utf-8")
    require_same(tmp_path, "a:b", ())


# -- other studies ---------------------------------------------------------------------------------


def write_industry_study(folder: Path, citations: str, options: str = "") -> Path:
    """Citations and flows between industries, no firms: two years, tables for 2000 and 2010."""
    folder.mkdir()
    (folder / "industries.csv").write_text("code,name\nA,Steel\nB,Cars\n")
    (folder / "cites.csv").write_text("citing,cited,year,count\n" + citations)
    flows = "year,supplier,user,value\n2000,A,A,20\n2000,B,A,30\n2000,A,B,20\n2000,B,B,80\n"
    flows += "2010,A,A,40\n2010,B,A,10\n2010,A,B,20\n2010,B,B,80\n"
    (folder / "flows.csv").write_text(flows)
    (folder / "output.csv").write_text(
        "year,industry,gross_output,final_demand,value_added\n"
        "2000,A,100,25,50\n2000,B,200,75,100\n2010,A,100,50,50\n2010,B,200,50,100\n"
    )
    tables = {
        "industries": "industries",
        "industry_citations": "cites",
        "io_flows": "flows",
        "io_output": "output",
    }
    text = '[study]\nname = "two"\ntarget = "io"\n[years]\nfirst = 1990\nlast = 2010\n'
    text += f"report = [2000, 2005, 2010]\n{options}[outputs]\nfigures = []\n"
    for table, file in tables.items():
        text += f'[tables.{table}]\nfile = "{file}.csv"\nclassification = "io"\n'
    (folder / "study.toml").write_text(text)
    return folder / "study.toml"


CITATIONS = "A,A,1995,6\nA,B,1995,4\nB,A,1995,1\nB,B,1995,3\n"


def test_a_study_of_industries_alone_gives_the_golden_fractions(tmp_path: Path) -> None:
    study = write_industry_study(tmp_path / "s", CITATIONS)
    assert spillgraph("psi", study, "--out", tmp_path / "o", "--draws", 99, "-q") == 0
    found = psi_of(tmp_path / "o")["years"]["2000"]
    assert found["benefit"] == pytest.approx({"A": 3.0, "B": 76 / 27}, rel=1e-14)
    assert found["contribution"]["final demand"] == pytest.approx(
        {"A": 35 / 36, "B": 68 / 36}, rel=1e-14
    )
    assert found["modes"]["interaction"] == pytest.approx({"A": 4 / 9, "B": 23 / 54}, rel=1e-14)
    assert found["own_citation_share"] == {"A": 0.6, "B": 0.75}
    (spread,) = found["uncertainty"]["bootstrap"]
    assert spread["drawn"] == "citations" and spread["draws"] == 99
    assert found["uncertainty"]["null"] == "citations"
    assert any("assume that they are independent" in note for note in found["notes"])
    assert any("Years are not drawn" in note for note in found["notes"])


def test_between_two_tables_s_and_weights_lie_on_the_line(tmp_path: Path) -> None:
    study = write_industry_study(tmp_path / "s", CITATIONS)
    assert spillgraph("psi", study, "--out", tmp_path / "o", "-q") == 0
    S = matrix(tmp_path / "o", "S", 2005)
    np.testing.assert_allclose(S, [[0.3, 0.2], [0.1, 0.4]], rtol=1e-15)
    found = psi_of(tmp_path / "o")["years"]["2005"]
    W = np.array([[0, 0.4], [0.25, 0]])
    P = np.linalg.inv(np.eye(2) - S) @ np.linalg.inv(np.eye(2) - W)
    want = np.array([0.375, 0.625]) @ P  # final demand: 1/4, 3/4 in 2000 and 1/2, 1/2 in 2010
    np.testing.assert_allclose(column(found["contribution"]["final demand"]), want, rtol=1e-12)
    assert any("on the line from 2000 to 2010" in note for note in found["notes"])
    assert not (tmp_path / "o" / "matrices" / "trade_2005.npz").exists()


def test_depreciation_and_window_change_the_stock_as_their_formula_says(tmp_path: Path) -> None:
    cites = CITATIONS + "A,B,2000,10\nB,B,2004,8\n"
    options = "[options]\ndepreciation = 0.5\nwindow = 6\n"
    study = write_industry_study(tmp_path / "s", cites, options)
    assert spillgraph("psi", study, "--out", tmp_path / "o", "-q") == 0
    K = matrix(tmp_path / "o", "citations", 2000)
    np.testing.assert_allclose(K, np.array([[6, 4], [1, 3]]) / 32 + [[0, 10], [0, 0]])
    K = matrix(tmp_path / "o", "citations", 2005)  # 1995 has left the window
    np.testing.assert_allclose(K, [[0, 10 / 32], [0, 4]])
    assert matrix(tmp_path / "o", "citations", 2010)[0].sum() == 0  # 2000 too: A cites nobody


def test_rows_without_their_own_citations_need_a_factor(tmp_path: Path, capsys: Any) -> None:
    options = '[options]\nnormalisation = "offdiag"\n'
    study = write_industry_study(tmp_path / "s", CITATIONS, options + "rho = 0.5\n")
    assert spillgraph("psi", study, "--out", tmp_path / "o", "-q") == 0
    np.testing.assert_allclose(matrix(tmp_path / "o", "W", 2000), [[0, 0.5], [0.5, 0]])
    assert spillgraph("psi", study, "--out", tmp_path / "o", "--draws", 99, "-q") == 2
    assert "normalisation" in capsys.readouterr().err
    study = write_industry_study(tmp_path / "t", CITATIONS, options)
    assert spillgraph("psi", study, "--out", tmp_path / "p", "-q") == 2
    assert "options.rho" in capsys.readouterr().err


def test_a_closed_class_ends_with_code_2_and_names_its_members(tmp_path: Path, capsys: Any) -> None:
    study = write_industry_study(tmp_path / "s", "A,B,1995,4\nB,A,1995,1\n")
    assert spillgraph("psi", study, "--out", tmp_path / "o", "-q") == 2
    message = " ".join(capsys.readouterr().err.split())
    assert "closed class without leakage: {'A', 'B'}" in message and "2000" in message
    assert not (tmp_path / "o" / "psi.json").exists()


def test_too_few_draws_are_refused_before_any_work(
    study: Path, tmp_path: Path, capsys: Any
) -> None:
    assert spillgraph("psi", study, "--out", tmp_path / "o", "--draws", 38, "-q") == 2
    assert "39 draws at least" in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "o").exists()


def test_bundles_without_firms_are_refused(tmp_path: Path, capsys: Any) -> None:
    study = write_industry_study(tmp_path / "s", CITATIONS)
    out = ["--out", tmp_path / "o", "-q", "--null", "bundles"]
    assert spillgraph("psi", study, *out) == 2
    assert "nothing is permuted without draws" in " ".join(capsys.readouterr().err.split())
    assert spillgraph("psi", study, *out, "--draws", 39) == 2
    assert "no firms that cite" in " ".join(capsys.readouterr().err.split())


def test_draws_without_an_inverse_are_counted_and_too_many_of_them_told(tmp_path: Path) -> None:
    # A single citation of its own keeps I − W regular: a third of all draws lose it.
    study = write_industry_study(tmp_path / "s", "A,A,1995,1\nA,B,1995,2\nB,A,1995,3\n")
    assert spillgraph("psi", study, "--out", tmp_path / "o", "--draws", 199, "-q") == 0
    (spread,) = psi_of(tmp_path / "o")["years"]["2000"]["uncertainty"]["bootstrap"]
    assert spread["draws"] == 199 and 30 < spread["singular"] < 100
    assert spillgraph("psi", study, "--out", tmp_path / "o", "--draws", 45, "-q") == 0
    found = psi_of(tmp_path / "o")["years"]["2000"]
    assert found["uncertainty"]["bootstrap"] == []
    assert any("No intervals from draws of citations" in note for note in found["notes"])


def test_a_year_before_the_data_has_no_spread_and_spoils_no_other(tmp_path: Path) -> None:
    study = write_industry_study(tmp_path / "s", CITATIONS)
    text = study.read_text(encoding="utf-8").replace("[2000, 2005, 2010]", "[1992, 2000]")
    study.write_text(text, encoding="utf-8")
    assert spillgraph("psi", study, "--out", tmp_path / "o", "--draws", 59, "-q") == 0
    years = psi_of(tmp_path / "o")["years"]
    assert years["1992"]["uncertainty"]["bootstrap"][0]["quantities"] == {}
    assert years["1992"]["benefit"] == years["1992"]["benefit_without_W"]
    assert set(years["2000"]["uncertainty"]["bootstrap"][0]["quantities"]["benefit"]) == {"A", "B"}


@pytest.mark.parametrize(
    ("value", "how"), [("equal weights", "equal"), ("largest weight alone", "largest")]
)
def test_a_variant_of_the_concordance_is_the_study_with_those_weights(
    drawn: Path, study: Path, tmp_path: Path, value: str, how: str
) -> None:
    folder = tmp_path / "study"
    shutil.copytree(study.parent, folder)
    map = pd.read_csv(folder / "concordance.csv", dtype=str)
    weight = map["weight"].astype(float)
    group = weight.groupby(map["from"])
    if how == "equal":
        weight = group.transform("sum") / group.transform("size")
    else:
        first = (weight == group.transform("max")) & ~pd.DataFrame(
            {"from": map["from"], "top": weight == group.transform("max")}
        ).duplicated()
        weight = group.transform("sum").where(first, 0.0)
    map.assign(weight=weight)[weight > 0].to_csv(folder / "concordance.csv", index=False)
    text = (folder / "study.toml").read_text(encoding="utf-8")
    (folder / "study.toml").write_text(without_deliveries(text), encoding="utf-8")
    assert spillgraph("run", folder / "study.toml", "--out", tmp_path / "out", "-q") == 0
    for year in YEARS:
        base = psi_of(drawn)["years"][str(year)]
        (row,) = [row for row in base["sensitivity"] if row["value"] == value]
        s, w = matrix(drawn, "S", year), matrix(tmp_path / "out", "W", year)
        U, V = np.linalg.inv(np.eye(37) - s), np.linalg.inv(np.eye(37) - w)
        new, old = (U @ V).sum(axis=1), column(base["benefit"])
        want = 100 * ((new - 1).sum() / (old - 1).sum() - 1)
        assert row["spillover_percent"] == pytest.approx(want, rel=1e-8, abs=1e-8)


def test_variants_without_effect_are_not_shown_as_robustness(tmp_path: Path) -> None:
    study = write_industry_study(tmp_path / "s", CITATIONS)  # one year of citations, no firms
    assert spillgraph("psi", study, "--out", tmp_path / "o", "-q") == 0
    rows = psi_of(tmp_path / "o")["years"]["2000"]["sensitivity"]
    options = [row["option"] for row in rows]
    assert "self_citations" not in options and "concordance" not in options
    assert ("window", "10") not in [(row["option"], row["value"]) for row in rows]


def test_variants_that_equal_another_variant_are_told_once(tmp_path: Path) -> None:
    years = (2000, 1999, 1998, 1997)  # a window of 10 years is all of them, and so is one of 5
    citations = "".join(
        f"A,A,{year},{6 + at}\nA,B,{year},{4 + at}\nB,A,{year},{1 + 2 * at}\nB,B,{year},3\n"
        for at, year in enumerate(years)
    )
    study = write_industry_study(tmp_path / "s", citations, "[options]\nwindow = 2\n")
    assert spillgraph("psi", study, "--out", tmp_path / "o", "-q") == 0
    rows = psi_of(tmp_path / "o")["years"]["2000"]["sensitivity"]
    assert [row["value"] for row in rows if row["option"] == "window"] == ["all"]
    told = [tuple(v for k, v in row.items() if k != "value") for row in rows]
    assert len(told) == len(set(map(str, told)))


def test_above_their_limits_ranks_draws_and_permutations_are_left_out_with_a_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = write_industry_study(tmp_path / "s", CITATIONS)

    def years(**limits: int) -> dict[str, Any]:
        with monkeypatch.context() as patch:
            for name, value in limits.items():
                room = "chance" if name == "MOST_PERMUTED" else "uncertainty"
                patch.setattr(f"spillgraph.capabilities.psi._{room}.{name}", value)
            assert spillgraph("psi", study, "--out", tmp_path / "o", "--draws", 59, "-q") == 0
        return dict(psi_of(tmp_path / "o")["years"]["2000"])

    found = years(MOST_RANKED=1)
    (spread,) = found["uncertainty"]["bootstrap"]
    assert set(spread["quantities"]["benefit"]["A"]) == {"estimate", "se", "bias", "low", "high"}
    assert any("Ranks have no intervals above 1 " in note for note in found["notes"])
    found = years(MOST_PERMUTED=1)
    assert found["uncertainty"]["permuted_citations"] is None
    assert any("more than 1 fine industries" in note for note in found["notes"])
    found = years(MOST_DRAWN=1)
    assert found["uncertainty"]["bootstrap"] == []
    assert any("No draws: they are made for up to 1 " in note for note in found["notes"])


def test_above_its_limit_psi_is_not_formed_and_its_sums_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = write_industry_study(tmp_path / "s", CITATIONS)
    monkeypatch.setattr("spillgraph.runs.networks.MOST_ELEMENTS", 1)
    assert spillgraph("psi", study, "--out", tmp_path / "o", "-q") == 0
    found = psi_of(tmp_path / "o")["years"]["2000"]
    assert found["benefit"] == pytest.approx({"A": 3.0, "B": 76 / 27}, rel=1e-14)
    assert any("not formed above 1 sectors" in note for note in found["notes"])
    assert not (tmp_path / "o" / "matrices" / "psi_2000.npz").exists()
    assert not list((tmp_path / "o" / "psi").glob("paths*"))


def test_draws_of_firms_with_several_industries_are_refused(
    tiny: Any, tmp_path: Path, capsys: Any
) -> None:
    tiny.write("shares.csv", "firm,industry\n1,A\n1,B\n")
    entry = '[tables.firm_industries]\nfile = "shares.csv"\nclassification = "f"\n'
    tiny.replace("[tables.firm_citations]", f"{entry}\n[tables.firm_citations]")
    command = ["psi", str(tiny.path), "--out", str(tmp_path / "out"), "--draws", "39", "-q"]
    assert _exit_code(command, debug=False) == 2
    assert "a firm may have several; leave draws out" in capsys.readouterr().err
    assert not (tmp_path / "out" / "run.json").exists()


def test_the_study_file_asks_and_the_command_goes_before_it(tmp_path: Path) -> None:
    study = write_industry_study(tmp_path / "s", CITATIONS)
    with study.open("a") as file:
        file.write("\n[psi]\ndraws = 39\nseed = 5\n")
    out = tmp_path / "o"
    assert spillgraph("run", study, "--out", out, "-q") == 0
    found = psi_of(out)
    assert (found["draws"], found["seed"]) == (39, 5)
    told = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert "psi.json" in told["capabilities"]["psi"]
    assert {each.relative_to(out).as_posix() for each in (out / "psi").iterdir()} <= set(
        told["capabilities"]["psi"]
    )
    assert spillgraph("psi", study, "--out", out, "--draws", 0, "-q") == 0
    assert psi_of(out)["draws"] == 0 and psi_of(out)["fingerprint"] == told["fingerprint"]
    with study.open("a") as file:
        file.write("seeds = 5\n")
    assert spillgraph("check", study) == 2
