"""Growth from the command line: planted progress is found, and every split adds up."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from spillgraph import open_run
from spillgraph.capabilities.growth._panel import doubts
from spillgraph.cli.main import _exit_code

LABELS = ["01", "02", "03", "04"]
YEARS = range(2000, 2013)
STUDY = """
[study]
name = "Growth"
target = "s"

[years]
report = [2005, 2010]
{more}
[[tables.industries]]
file = "industries.csv"
classification = "s"

[tables.industry_citations]
file = "citations.csv"
classification = "s"

[tables.io_flows]
file = "flows.csv"
classification = "s"

[tables.io_output]
file = "io_output.csv"
classification = "s"

[tables.productivity]
file = "levels.csv"
classification = "s"
"""


@dataclass
class World:
    """A study with planted progress: by report year S and W, and g of every step."""

    path: Path
    S: dict[int, np.ndarray]
    W: dict[int, np.ndarray]
    g: np.ndarray
    demand: np.ndarray

    def levels(self, year: int, **choose: bool) -> pd.DataFrame:
        """Levels that follow from g through the networks of a year."""
        eye = np.eye(len(LABELS))
        lnA = np.cumsum(np.linalg.solve(eye - self.W[year], self.g.T).T, axis=0)
        lny = np.linalg.solve(eye - self.S[year], lnA.T).T
        start = np.zeros((1, len(LABELS)))
        table = pd.DataFrame({"industry": LABELS * len(YEARS), "year": np.repeat(YEARS, 4)})
        for name, log in (("tfp", lnA), ("output", lny)):
            if choose.get(name, True):
                table[name] = 100.0 * np.exp(np.vstack([start, log])).ravel()
        return table

    def write(self, table: pd.DataFrame) -> None:
        table.to_csv(self.path.parent / "levels.csv", index=False)

    def say(self, more: str) -> None:
        self.path.write_text(STUDY.format(more=more))


def world_in(folder: Path) -> World:
    rng = np.random.default_rng(11)
    pairs = [(one, other) for one in LABELS for other in LABELS]
    flows, cites, output = [], [], []
    S, W, stock = {}, {}, np.zeros((4, 4))
    for year in (2005, 2010):
        Z, K = rng.gamma(0.7, 20.0, (4, 4)), rng.poisson(7.0, (4, 4)).astype(float)
        x = Z.sum(axis=0) + Z.sum(axis=1) + 40.0
        stock = stock + K
        shares = stock / stock.sum(axis=1, keepdims=True)
        S[year], W[year] = Z.T / x[:, None], shares - np.diag(np.diag(shares))
        demand = x - Z.sum(axis=1)
        columns = zip(LABELS, x, x - Z.sum(axis=0), demand, strict=True)
        flows += [(*pair, year, value) for pair, value in zip(pairs, Z.ravel(), strict=True)]
        cites += [(*pair, year, value) for pair, value in zip(pairs, K.ravel(), strict=True)]
        output += [(code, year, *values) for code, *values in columns]
    named = {
        "flows": (flows, "supplier user year value"),
        "citations": (cites, "citing cited year count"),
        "io_output": (output, "industry year gross_output value_added final_demand"),
        "industries": ([(code, f"Sector {code}") for code in LABELS], "code name"),
    }
    for name, (rows, columns) in named.items():
        pd.DataFrame(rows, columns=columns.split()).to_csv(folder / f"{name}.csv", index=False)
    t = np.arange(1, len(YEARS))[:, None]
    g = np.array([0.01, 0.02, -0.03, 0.0]) + np.array([0.001, -0.002, 0.001, 0.0]) * t
    found = World(folder / "study.toml", S, W, g, demand / demand.sum())
    found.say("[outputs]\nfigures = []\n")
    found.write(found.levels(2010))
    return found


@pytest.fixture
def world(tmp_path: Path) -> World:
    return world_in(tmp_path)


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, Path]:
    """A world as it is, and the results of ``spillgraph growth``, to be read alone."""
    world = world_in(tmp_path_factory.mktemp("grown"))
    return world, growth(world)


def spillgraph(*arguments: object) -> int:
    return _exit_code([*map(str, arguments), "-q"], debug=False)


def growth(world: World, *more: object) -> Path:
    out = world.path.parent / "out"
    assert spillgraph("growth", world.path, "--out", out, *more) == 0
    return out


def read(out: Path, name: str, *index: str) -> pd.DataFrame:
    table = pd.read_csv(out / "growth" / f"{name}.csv", dtype=dict.fromkeys(index, str))
    return table.set_index(list(index))


def panels(out: Path) -> dict[str, pd.DataFrame]:
    table = read(out, "panel", "year", "code")
    return {str(name): table[name].unstack()[LABELS] for name in table}


@pytest.mark.parametrize(("tfp", "output"), [(True, True), (True, False), (False, True)])
def test_planted_progress_and_its_trend_are_found(world: World, tfp: bool, output: bool) -> None:
    world.write(world.levels(2010, tfp=tfp, output=output))
    out = growth(world)
    np.testing.assert_allclose(panels(out)["own"], world.g, atol=1e-12)
    trend = read(out, "trend", "code")
    np.testing.assert_allclose(trend["Gamma1"], [0.01, 0.02, -0.03, 0.0], atol=1e-12)
    np.testing.assert_allclose(trend["Gamma2"], [0.001, -0.002, 0.001, 0.0], atol=1e-12)
    np.testing.assert_allclose(trend["delta1"], trend["Gamma1"] + trend["Gamma2"] / 2, atol=1e-15)
    np.testing.assert_allclose(trend["delta2"], trend["Gamma2"] / 2, atol=1e-15)
    np.testing.assert_allclose(trend["fitted"][:3], 1.0, atol=1e-12)
    errors = [f"se_{name}" for name in ("Gamma1", "Gamma2", "delta1", "delta2")]
    assert (trend[errors] < 1e-12).all(axis=None)
    assert ("misfit" in read(out, "sectors", "code")) is (tfp and output)


def test_parts_add_up_and_are_those_of_dense_inverses(grown: tuple[World, Path]) -> None:
    world, out = grown
    found = panels(out)
    eye = np.eye(4)
    U, V = np.linalg.inv(eye - world.S[2010]), np.linalg.inv(eye - world.W[2010])
    wanted = {
        "own": eye,
        "production": U - eye,
        "innovation": V - eye,
        "interaction": (U - eye) @ (V - eye),
        "growth": U @ V,
    }
    for name, M in wanted.items():
        np.testing.assert_allclose(found[name], world.g @ M.T, atol=1e-13)
    dlny = np.diff(np.log(world.levels(2010)["output"].to_numpy().reshape(-1, 4)), axis=0)
    np.testing.assert_allclose(found["growth"], dlny, atol=1e-12)
    sectors = read(out, "sectors", "code")
    np.testing.assert_allclose(sectors["spillover"], ((U @ V - eye) @ world.g.T).mean(axis=1))
    np.testing.assert_allclose(sectors[["misfit", "largest"]], 0.0, atol=1e-12)
    sources = read(out, "sources", "receiver")
    np.testing.assert_allclose(sources, (U @ V - eye) * world.g.mean(axis=0), atol=1e-13)
    np.testing.assert_allclose(sources.sum(axis=1), sectors["spillover"], atol=1e-13)


def test_the_aggregate_is_the_sum_over_channels_and_over_sources(grown: tuple[World, Path]) -> None:
    world, out = grown
    by_year, by_source = read(out, "aggregate", "year"), read(out, "contributions", "code")
    wanted = panels(out)["growth"].to_numpy() @ world.demand
    np.testing.assert_allclose(by_year["growth"], wanted, atol=1e-13)
    np.testing.assert_allclose(by_year.drop(columns="growth").sum(axis=1), wanted, atol=1e-13)
    assert by_source["growth"].sum() == pytest.approx(wanted.mean(), abs=1e-13)
    parts = by_source.drop(columns="growth")
    np.testing.assert_allclose(parts.sum(axis=1), by_source["growth"], atol=1e-15)


@pytest.mark.parametrize(
    ("section", "options"),
    [
        ("[growth]\nfirst = 2003\nlast = 2008\nnetworks = 2005\n", ()),
        ("[growth]\nfirst = 2001\nlast = 2008\n", ("--first", 2003, "--networks", 2005)),
    ],
)
def test_the_networks_and_the_years_are_those_asked_for(
    world: World, capsys, section: str, options: tuple[object, ...]
) -> None:
    world.say(section)
    world.write(world.levels(2005))
    out = growth(world, *options)
    shown = " ".join(capsys.readouterr().out.split())
    assert "Growth from progress, 2004–2008, with S and W of 2005: " in shown
    own = panels(out)["own"]
    np.testing.assert_allclose(own, world.g[3:8], atol=1e-12)
    assert list(own.index) == ["2004", "2005", "2006", "2007", "2008"]
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "S and W are those of 2005 in all years" in page and "2004–2008" in page


def test_growth_of_factors_is_misfit_and_no_progress(world: World) -> None:
    table = world.levels(2010)
    table["output"] *= np.exp(0.05 * (table["year"] - 2000) * (table["industry"] == "02"))
    world.write(table)
    out = growth(world)
    np.testing.assert_allclose(panels(out)["own"], world.g, atol=1e-12)
    misfit = read(out, "sectors", "code")["misfit"]
    np.testing.assert_allclose(misfit, [0.0, 0.05, 0.0, 0.0], atol=1e-12)


def test_the_page_shows_what_the_files_have(grown: tuple[World, Path]) -> None:
    _, out = grown
    record = json.loads((out / "run.json").read_text(encoding="utf-8"))
    files = {f"growth/{path.name}" for path in (out / "growth").iterdir()}
    assert set(record["capabilities"]["growth"]) == files and len(files) == 6
    assert not record["warnings"]
    page = (out / "report.html").read_text(encoding="utf-8")
    assert '<section id="growth"><h2>Growth' in page
    assert "of tfp that was given" in page and "of output that was given" not in page
    data = page.partition('<script type="application/json" id="page-data">')[2]
    data = json.loads(data.partition("</script>")[0])
    blocks = data["figures"]["figure-growth"]["blocks"]
    assert list(blocks)[:2] == ["mean 2001–2012", "2012"] and len(blocks) == 11
    wanted = panels(out)
    for key, table in (("mean 2001–2012", None), ("2012", "2012")):
        block = blocks[key]
        order = [data["sectors"][place][0] for place in block["i"]]
        for place, name in enumerate(("own", "production", "innovation", "interaction")):
            panel = wanted[name]
            values = panel.mean() if table is None else panel.loc[table]
            shown = pd.Series(block["v"][place], order).reindex(LABELS)
            np.testing.assert_allclose(shown, 100 * values, rtol=1e-3, atol=1e-12)
        parts = np.array(block["v"])
        assert block["bottom"] <= parts.clip(max=0).sum(axis=0).min() < 0
        assert block["top"] >= parts.clip(min=0).sum(axis=0).max()


def test_networks_of_another_time_are_told_before_all_numbers(world: World, capsys) -> None:
    table = world.levels(2010)
    world.write(table[table["year"] <= 2008])
    out = growth(world)
    warning = "growth: the levels are for 2000 to 2008, S and W of 2010"
    assert warning in json.loads((out / "run.json").read_text(encoding="utf-8"))["warnings"][0]
    assert warning in " ".join(capsys.readouterr().out.split())


def gap(table: pd.DataFrame) -> pd.DataFrame:
    return table[(table["year"] != 2003) | (table["industry"] != "03")]


def without(table: pd.DataFrame, code: str) -> pd.DataFrame:
    return table[table["industry"] != code]


def put(table: pd.DataFrame, column: str, value: object) -> pd.DataFrame:
    changed = table.astype({column: object})
    changed.loc[9, column] = value
    return changed


BAD = {
    "gap": (gap, "tfp of '03' in 2003 is missing, the only gap from 2000 to 2012, and no gap"),
    "longest": (gap, "choose first = 2004 and last = 2012 under [growth]"),
    "year": (lambda t: t[t["year"] != 2006], "tfp of '01' in 2006 is missing, one of 4 gaps"),
    "sector": (lambda t: without(t, "04"), "table productivity has no levels of '04'"),
    "one year": (lambda t: t[t["year"] == 2005], "got 2005 to 2005"),
    "zero": (lambda t: put(t, "tfp", 0), "tfp is not above 0: 1, '0' in row 10 of levels.csv"),
    "negative": (lambda t: put(t, "output", -3), "output is not above 0: 1, '-3' in row 10 of"),
    "word": (lambda t: put(t, "tfp", "x"), "tfp is not a number: 1, 'x' in row 10 of levels.csv"),
    "stranger": (lambda t: put(t, "industry", "9"), "industry is not in the list of industries"),
    "twice": (lambda t: pd.concat([t, t.iloc[:1]]), "levels.csv, row 53 repeats"),
    "neither": (lambda t: t[["industry", "year"]], "table productivity has neither tfp nor output"),
    "hole": (lambda t: put(t, "output", ""), 'columns = { output = "" } leaves output out'),
}


def test_names_beside_the_years_of_a_wide_panel_are_told_how_to_say_so(
    world: World, capsys
) -> None:
    panel = world.levels(2010).pivot(index="industry", columns="year", values="tfp")
    panel.insert(0, "Name", [f"Sector {label}" for label in LABELS])
    world.write(panel.reset_index())
    wide = 'wide = { rows = "industry", columns = "year", values = "tfp" }\n'
    plain = world.path.read_text()
    world.path.write_text(f"{plain}{wide}\n[growth]\n")
    assert spillgraph("check", world.path) == 2
    assert "column 'Name' stands among those of years. Say beside = [\"Name\"]" in told(capsys)
    world.path.write_text(f'{plain}{wide}beside = ["Name"]\n\n[growth]\n')
    assert spillgraph("check", world.path) == 0


def test_levels_in_two_files_of_one_measure_each_are_to_be_joined(world: World, capsys) -> None:
    levels = world.levels(2010)
    world.write(levels.drop(columns="output"))
    levels.drop(columns="tfp").to_csv(world.path.parent / "more.csv", index=False)
    text = world.path.read_text().replace("[tables.productivity]", "[[tables.productivity]]")
    more = '\n[[tables.productivity]]\nfile = "more.csv"\nclassification = "s"\n'
    world.path.write_text(f"{text}{more}")
    assert spillgraph("check", world.path) == 2
    assert "The first rows have tfp, the later ones output: join them by industry and year" in told(
        capsys
    )


def told(capsys: pytest.CaptureFixture[str]) -> str:
    return " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize("name", BAD)
def test_bad_levels_are_refused_by_name(world: World, capsys, name: str) -> None:
    spoil, words = BAD[name]
    world.say("[growth]")
    world.write(spoil(world.levels(2010)))
    assert spillgraph("check", world.path) == 2
    assert words in capsys.readouterr().err


def test_a_gap_in_the_only_column_is_not_cured_by_leaving_it_out(world: World, capsys) -> None:
    world.say("[growth]")
    world.write(gap(world.levels(2010)).drop(columns="output"))
    assert spillgraph("check", world.path) == 2
    told = capsys.readouterr().err
    assert "no gap is bridged" in told
    assert "leaves tfp out" not in told


def test_a_run_says_it_before_it_loads_anything(world: World, capsys) -> None:
    world.write(gap(world.levels(2010)))
    assert spillgraph("growth", world.path, "--out", world.path.parent / "out") == 2
    assert "tfp of '03' in 2003 is missing" in capsys.readouterr().err
    assert not (world.path.parent / "out" / "graph.lbug").exists()


def test_a_code_that_is_no_sector_is_refused_without_a_list_too(world: World, capsys) -> None:
    text = world.path.read_text()
    world.path.write_text(text[: text.index("[[tables")] + text[text.index("[tables.industry_") :])
    world.write(put(world.levels(2010), "industry", "1"))
    assert spillgraph("growth", world.path, "--out", world.path.parent / "out") == 2
    assert "'1' is no sector of the networks" in capsys.readouterr().err


def test_levels_of_another_classification_are_refused(world: World, capsys) -> None:
    text = world.path.read_text()
    begin, _, rest = text.rpartition('classification = "s"')
    (world.path.parent / "map.csv").write_text("from,to\na,01\nb,02\n")
    concordance = '[tables.concordance]\nfile = "map.csv"\nfrom_classification = "fine"\n'
    more = f'{concordance}to_classification = "s"\n'
    world.path.write_text(f'{begin}classification = "fine"{rest}{more}')
    assert spillgraph("check", world.path) == 2
    assert "no concordance can split or add up levels" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("productivity", "it needs [tables.productivity]"),
        ("industry_citations", "it needs citations and deliveries"),
    ],
)
def test_what_a_study_lacks_is_said_before_anything_is_read(
    world: World, capsys, table: str, words: str
) -> None:
    before, _, behind = world.path.read_text().partition(f"[tables.{table}]")
    world.path.write_text(before + behind[behind.find("\n[") :] if "\n[" in behind else before)
    assert spillgraph("growth", world.path, "--out", world.path.parent / "out") == 2
    assert words in capsys.readouterr().err
    assert not (world.path.parent / "out").exists()


def test_networks_of_no_report_year_are_refused(world: World, capsys) -> None:
    world.say("[growth]\nnetworks = 2007\n")
    assert spillgraph("growth", world.path, "--out", world.path.parent / "out") == 2
    assert "networks = 2007: the report years are 2005, 2010" in capsys.readouterr().err
    assert not (world.path.parent / "out").exists()


def test_a_table_that_nobody_asks_changes_no_number(world: World) -> None:
    with_levels, bare = world.path.parent / "with", world.path.parent / "bare"
    assert spillgraph("run", world.path, "--out", with_levels) == 0
    world.path.write_text(world.path.read_text().partition("[tables.productivity]")[0])
    assert spillgraph("run", world.path, "--out", bare) == 0
    one, other = (json.loads((out / "run.json").read_text()) for out in (with_levels, bare))
    assert one["years"] == other["years"] and one["warnings"] == other["warnings"] == []
    assert set(one["capabilities"]) == {"hubs"} and not (with_levels / "growth").exists()
    assert one["matrices"] == other["matrices"] and one["totals"] == other["totals"]


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ("first = 1990", "tfp of '01' in 1990 is missing, one of 40 gaps from 1990 to 2012"),
        ("first = 2005\nlast = 2005", "got 2005 to 2005; see first and last under"),
        ("last = 1000000000", "key 'growth.last' = 1000000000: "),
        ("until = 2005", "unknown key 'growth.until'"),
    ],
)
def test_years_that_are_not_there_are_refused(world: World, capsys, keys: str, words: str) -> None:
    world.say(f"[growth]\n{keys}\n")
    assert spillgraph("check", world.path) == 2
    assert words in capsys.readouterr().err
    if "1000000000" in keys:  # as an option of the command, too
        world.say("")
        out = world.path.parent / "out"
        assert spillgraph("growth", world.path, "--out", out, "--last", 1000000000) == 2
        assert "Invalid value for '--last'" in capsys.readouterr().err


def test_what_does_not_look_like_levels_is_told() -> None:
    years = range(1995, 2011)
    growth = np.random.default_rng(1).normal(0.02, 0.02, (16, 3))
    levels = pd.DataFrame(4.6 + growth.cumsum(axis=0), index=years, columns=list("abc"))
    assert doubts("tfp", levels) == [] and doubts("tfp", levels * 0 + 1) == []
    rebased = levels.copy()
    rebased.loc[2005:, "b"] -= np.log(10)
    (told,) = doubts("tfp", rebased)
    assert "tfp of 'b' goes from" in told and "in 2004 to" in told and "in 2005" in told
    factors = np.log1p(levels * 0 + growth)
    assert ["goes up and down again" in text for text in doubts("tfp", factors)] == [True]
    percent = np.log(levels * 0 + np.random.default_rng(2).uniform(0.5, 4, growth.shape))
    assert len(doubts("output", percent)) == 2


def test_its_figure_is_a_file_in_every_format(world: World) -> None:
    world.say('[outputs]\nfigures = ["svg", "pdf", "png"]\n')
    out = growth(world)
    told = json.loads((out / "run.json").read_text(encoding="utf-8"))["capabilities"]["growth"]
    begins = {"svg": b"<svg", "pdf": b"%PDF", "png": b"\x89PNG"}
    for form, head in begins.items():
        assert f"growth/growth.{form}" in told
        assert (out / "growth" / f"growth.{form}").read_bytes().startswith(head)
    assert not (out / "figures").exists()
    assert all(label in (out / "growth" / "growth.svg").read_text() for label in LABELS)


def test_growth_stands_beside_psi_and_is_drawn_for_papers_too(world: World) -> None:
    world.say('[growth]\n[psi]\n[outputs]\nfigures = ["svg"]\n')
    out = world.path.parent / "out"
    assert spillgraph("run", world.path, "--out", out) == 0
    told = json.loads((out / "run.json").read_text(encoding="utf-8"))["capabilities"]
    assert {"growth/growth.svg", "growth/sectors.csv"} <= set(told["growth"])
    assert "figures/benefit.svg" in told["psi"] and not (out / "figures" / "growth.svg").exists()


def test_a_run_that_is_refused_leaves_the_names_of_the_run_before(world: World) -> None:
    out = growth(world)
    tables = {path.name: path.read_bytes() for path in (out / "tables").iterdir()}
    names = open_run(out).names
    sectors = world.path.parent / "industries.csv"
    sectors.write_text(sectors.read_text().replace("Sector", "Branch"))
    world.write(world.levels(2010).query("year != 2006"))
    for _ in range(2):
        assert spillgraph("growth", world.path, "--out", out, "--replace") == 2
        assert open_run(out).names == names
        assert {path.name: path.read_bytes() for path in (out / "tables").iterdir()} == tables
        assert not (out / ".new").exists()
    world.write(world.levels(2010))
    growth(world, "--replace")
    assert set(open_run(out).names.values()) == {f"Branch {code}" for code in LABELS}
    assert not (out / ".new").exists()


def test_a_run_that_fails_while_it_writes_leaves_the_names_of_the_run_before(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = growth(world)
    names = open_run(out).names
    sectors = world.path.parent / "industries.csv"
    sectors.write_text(sectors.read_text().replace("Sector", "Branch"))

    def fail(page: object) -> str:
        raise OSError(28, "No space left on device", "report.html")

    with monkeypatch.context() as patch:
        patch.setattr("spillgraph.runs.record.render_page", fail)
        assert spillgraph("growth", world.path, "--out", out, "--replace") == 1
    assert open_run(out).names == names and not (out / ".new").exists()


def test_what_stays_of_a_run_is_noted_on_the_page_of_the_next(world: World) -> None:
    out = growth(world)
    assert spillgraph("run", world.path, "--out", out) == 0
    note = "The folder also holds what growth found in the same run before."
    assert note in json.loads((out / "run.json").read_text(encoding="utf-8"))["notes"][-1]
    assert note in (out / "report.html").read_text(encoding="utf-8")
