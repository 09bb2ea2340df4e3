"""Comovement from the command line: what is planted is found, and what is refused says why."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from spillgraph.analytics.comovement import fill_gaps, growth_rates
from spillgraph.capabilities.comovement._compute import Moving, _level
from spillgraph.capabilities.comovement._panel import read_panels
from spillgraph.capabilities.comovement._section import screen
from spillgraph.cli.main import _exit_code
from spillgraph.core.errors import InputError
from spillgraph.sample.panel import CARRIERS, make_panel

LABELS = ["01", "02", "16", "18", "20"]
STUDY = """
[study]
name = "Comovement"
target = "s"

[years]
report = [2015]
{more}
[outputs]
figures = {figures}

[[tables.industries]]
file = "industries.csv"
classification = "s"

[tables.io_flows]
file = "flows.csv"
classification = "s"

[tables.io_output]
file = "output.csv"
classification = "s"

[tables.industry_panel]
file = "panel.csv"
classification = "s"
"""


def rows_of(seed: int = 5) -> tuple[pd.DataFrame, dict]:
    return make_panel(LABELS, 2020, np.random.default_rng(seed))


def study_in(folder: Path, rows: pd.DataFrame, more: str = "", figures: str = "[]") -> Path:
    names = pd.DataFrame({"code": LABELS, "name": [f"Sector {code}" for code in LABELS]})
    flows = [(i, j, 2015, 5.0) for i in LABELS for j in LABELS]
    output = [(code, 2015, 100.0, 75.0, 75.0) for code in LABELS]
    tables = {
        "industries": names,
        "flows": pd.DataFrame(flows, columns=["supplier", "user", "year", "value"]),
        "output": pd.DataFrame(
            output, columns=["industry", "year", "gross_output", "value_added", "final_demand"]
        ),
        "panel": rows,
    }
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False)
    path = folder / "study.toml"
    path.write_text(STUDY.format(more=more, figures=figures), encoding="utf-8")
    return path


def spillgraph(*arguments: object) -> int:
    return _exit_code([*map(str, arguments), "-q"], debug=False)


def read(out: Path, name: str, *index: str) -> pd.DataFrame:
    table = pd.read_csv(out / "comovement" / f"{name}.csv", dtype=dict.fromkeys(index, str))
    return table.set_index(list(index))


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict, Path]:
    """What is planted, and the results of ``spillgraph comovement``; S alone is enough."""
    folder = tmp_path_factory.mktemp("moved")
    rows, planted = rows_of()
    path = study_in(folder, rows, figures='["svg"]')
    assert spillgraph("comovement", path, "--out", folder / "out") == 0
    return planted, folder / "out"


def test_the_planted_carriers_are_found(moved: tuple[dict, Path]) -> None:
    planted, out = moved
    found = read(out, "comovement", "code")["R_fraction"]
    for code, fraction in planted["R_fraction"].items():
        assert found[code] == pytest.approx(fraction, abs=1e-10)
    assert set(found.nlargest(3).index) == set(CARRIERS) & set(LABELS)
    table = read(out, "decomposition", "level", "moment")
    assert table.loc[("industries", "cov"), "share"] == pytest.approx(planted["share"], abs=1e-10)


def test_files_hold_the_identities(moved: tuple[dict, Path]) -> None:
    _, out = moved
    table = read(out, "decomposition", "level", "moment")
    np.testing.assert_allclose(table["within"] + table["cross"], table["estimated"], rtol=1e-12)
    assert list(dict.fromkeys(table.index.get_level_values("level"))) == ["industries", "groups"]
    for end, level in (("", "industries"), ("_groups", "groups")):
        sums = read(out, f"comovement{end}", "code").sum()
        cross = table.loc[(level, "cov"), "cross"]
        np.testing.assert_allclose(sums[["R_comove", "Y_comove"]], cross, rtol=1e-10)
        broad = read(out, f"breadth{end}", "code")
        assert broad["P_R"].sum() == broad["P_Y"].sum()
        assert broad["C_R"].mean() == pytest.approx(broad["C_Y"].mean(), abs=1e-14)
        shares = read(out, f"shares{end}", "code")
        np.testing.assert_allclose(shares[["rd_share", "output_share"]].sum(), 1.0, rtol=1e-12)
    pairs = read(out, "correlations", "rd", "output")
    assert len(pairs) == 25 and (pairs["years"] == 28).all()
    own = read(out, "shares", "code")["correlation"]
    assert pairs.loc[("16", "16"), "correlation"] == own["16"]


def test_growth_of_groups_is_that_of_the_sums_of_levels(moved: tuple[dict, Path]) -> None:
    _, out = moved
    rows, _ = rows_of()
    sums = rows.groupby(["group", "year"])[["rd", "output"]].sum()
    steps = {x: growth_rates(sums[x].unstack("group")) for x in ("rd", "output")}
    wanted = np.corrcoef(steps["rd"]["capital goods"], steps["output"]["others"])[0, 1]
    pairs = read(out, "correlations_groups", "rd", "output")
    found = pairs.loc[("capital goods", "others"), "correlation"]
    assert found == pytest.approx(wanted, abs=1e-12)


def test_the_page_the_record_and_the_json_say_the_same(moved: tuple[dict, Path]) -> None:
    planted, out = moved
    record = json.loads((out / "run.json").read_text(encoding="utf-8"))
    files = {f"comovement/{path.name}" for path in (out / "comovement").iterdir()}
    plates = {"comovement", "comovement-count", "comovement-map", "comovement-mean"}
    assert {f"comovement/{name}.svg" for name in plates} < files
    assert files | {"comovement.json"} == set(record["capabilities"]["comovement"])
    values = json.loads((out / "comovement.json").read_text(encoding="utf-8"))
    assert (values["first"], values["last"], values["growth"]) == (1993, 2020, "log")
    assert values["gaps"] == {"filled": {}, "left": {}}
    share = values["industries"]["decomposition"]["cov"]["share"]
    assert share == pytest.approx(planted["share"], abs=1e-10)
    page = (out / "report.html").read_text(encoding="utf-8")
    assert '<section id="comovement"><h2>Comovement' in page and f"{share:.1%}" in page
    assert "Who moves with whom: groups" in page
    assert 'id="figure-comovement"' in page and 'id="figure-comovement-map"' in page
    assert page.count('alt="With how many others') == page.count('alt="How strongly') == 1


def test_options_come_from_the_study_file_or_the_command(tmp_path: Path, capsys) -> None:
    rows, _ = rows_of()
    rows = rows.drop(columns="group")
    path = study_in(tmp_path, rows, '[comovement]\nfirst = 2000\nlast = 2012\ngrowth = "pct"\n')
    assert spillgraph("comovement", path, "--out", tmp_path / "out", "--last", 2010) == 0
    assert "Comovement across industries, 2001–2010: " in capsys.readouterr().out
    wide = {x: rows.pivot(index="year", columns="industry", values=x) for x in ("rd", "output")}
    R, Y = (growth_rates(wide[x].loc[2000:2010], "pct") for x in ("rd", "output"))
    pairs = read(tmp_path / "out", "correlations", "rd", "output")
    wanted = np.corrcoef(R["16"], Y["01"])[0, 1]
    assert pairs.loc[("16", "01"), "correlation"] == pytest.approx(wanted, abs=1e-12)
    assert not list((tmp_path / "out" / "comovement").glob("*_groups.csv"))


def test_gaps_are_filled_in_and_counted_and_sectors_without_rows_are_told(tmp_path: Path) -> None:
    rows, _ = rows_of()
    rows["rd_total"] = rows["rd"] * 1.5 * np.exp(0.01 * (rows["year"] - 1992))
    hidden = rows["industry"].eq("18") & rows["year"].isin([2001, 2002])
    rows.loc[hidden, "rd"] = np.nan
    lost = rows["industry"].eq("01") & rows["year"].eq(2005)
    rows.loc[lost, ["rd", "rd_total"]] = np.nan
    out = tmp_path / "out"
    assert (
        spillgraph("comovement", study_in(tmp_path, rows.query("industry != '02'")), "--out", out)
        == 0
    )
    warnings = " ".join(json.loads((out / "run.json").read_text(encoding="utf-8"))["warnings"])
    assert "2 missing values of rd ('18') were filled in with the growth of rd_total" in warnings
    assert "1 value of rd or output ('01') is missing" in warnings
    assert "1 of 5 sectors ('02') has no rows in industry_panel" in warnings
    values = json.loads((out / "comovement.json").read_text(encoding="utf-8"))
    assert values["gaps"] == {"filled": {"18": 2}, "left": {"01": 1}}
    pairs = read(out, "correlations", "rd", "output")
    assert pairs.loc[("01", "16"), "years"] == 26 and pairs.loc[("18", "16"), "years"] == 28
    assert "02" not in read(out, "comovement", "code").index


# -- the panel -------------------------------------------------------------------------------------


def panels(
    rows: pd.DataFrame,
    how: str = "log",
    gaps: str = "total",
    span: tuple[int | None, int | None] = (None, None),
):
    have = rows.reindex(
        columns=[
            "industry",
            "year",
            "rd",
            "rd_total",
            "output",
            "rd_share",
            "output_share",
            "group",
        ]
    )
    return read_panels(have, LABELS, how, gaps, span)


def test_given_growth_is_taken_as_it_is_with_given_shares() -> None:
    rows, _ = rows_of()
    whole = panels(rows)
    growth = {
        x: whole["industries"].growth[x].rename_axis(columns="industry").stack().rename(x)
        for x in ("rd", "output")
    }
    given = pd.concat(growth.values(), axis=1).reset_index()
    for x in ("rd", "output"):
        given[f"{x}_share"] = given["industry"].map(whole["industries"].shares[x])
    given["group"] = given["industry"].map(dict(zip(rows["industry"], rows["group"], strict=True)))
    same = panels(given, "given")
    for x in ("rd", "output"):
        found = same["industries"]
        np.testing.assert_allclose(found.growth[x], whole["industries"].growth[x], atol=1e-15)
        np.testing.assert_allclose(found.shares[x], whole["industries"].shares[x], rtol=1e-12)
        np.testing.assert_allclose(same["groups"].shares[x], whole["groups"].shares[x], rtol=1e-12)
        mine = found.growth[x][["16", "18", "20"]] @ found.shares[x][["16", "18", "20"]]
        weight = found.shares[x][["16", "18", "20"]].sum()
        np.testing.assert_allclose(same["groups"].growth[x]["capital goods"], mine / weight)
    assert same["industries"].totals == {}


@pytest.mark.parametrize("how", ["log", "given"])
def test_a_gap_of_a_member_is_one_of_its_group_and_of_no_other(how: str) -> None:
    rows = at(rows_of()[0], "16", 2003, "rd", np.nan).assign(rd_share=0.2, output_share=0.2)
    growth = panels(rows, how)["groups"].growth["rd"]
    assert growth["others"].notna().all()
    assert growth["capital goods"].isna().sum() == (2 if how == "log" else 1)


def test_shares_of_the_table_take_the_place_of_those_of_the_levels() -> None:
    rows, _ = rows_of()
    rows["output_share"] = 0.2
    found = panels(rows)["industries"].shares
    np.testing.assert_allclose(found["output"], 0.2, rtol=1e-12)
    assert found["rd"].std() > 0.01


def test_gaps_of_the_panel_are_those_of_the_function() -> None:
    rows, _ = rows_of()
    rows["rd_total"] = 2 * rows["rd"]
    rows.loc[rows["year"].eq(2000) & rows["industry"].eq("16"), "rd"] = np.nan
    found = panels(rows)["industries"]
    wide = {x: rows.pivot(index="year", columns="industry", values=x) for x in ("rd", "rd_total")}
    wanted = growth_rates(fill_gaps(wide["rd"], wide["rd_total"]).levels)
    np.testing.assert_allclose(found.growth["rd"], wanted[LABELS], atol=1e-14)
    left = panels(rows, gaps="leave")["industries"]
    assert left.growth["rd"]["16"].isna().sum() == 2 and left.left["16"] == 1


def at(rows: pd.DataFrame, code: str, year: int, column: str, value: object) -> pd.DataFrame:
    mine = rows["industry"].eq(code) & rows["year"].eq(year)
    return rows.assign(**{column: rows[column].mask(mine, value)})


Change = Callable[[pd.DataFrame], pd.DataFrame]
REFUSED: dict[str, tuple[Change, str, str, str]] = {
    "stranger": (
        lambda r: r.replace({"industry": {"18": "81"}}),
        "log",
        "total",
        r"'81' is no sector of the study.*where_not",
    ),
    "no column": (
        lambda r: r.assign(output=np.nan),
        "log",
        "total",
        r"no output of '01', '02'.* in any year",
    ),
    "no rd": (
        lambda r: r.assign(rd=r["rd"].mask(r["industry"].eq("02"))),
        "log",
        "total",
        r"no rd of '02' in any year",
    ),
    "zero": (
        lambda r: at(r, "16", 2003, "rd", 0.0),
        "log",
        "total",
        r"rd of '16' in 2003 is 0, and growth needs a level above 0.*growth = \"given\"",
    ),
    "a gap": (
        lambda r: at(r, "16", 2003, "output", np.nan),
        "log",
        "refuse",
        r"output of '16' in 2003 is missing, the only gap",
    ),
    "no shares": (lambda r: r, "given", "total", r"holds growth.*give rd_share, too"),
    "shares with holes": (
        lambda r: r.assign(rd_share=np.where(r["industry"].eq("02"), np.nan, 0.25)),
        "log",
        "total",
        r"no year has a rd_share of every sector; '02' lacks some",
    ),
    "nothing whole": (
        lambda r: r.assign(rd=r["rd"].mask(r["year"].lt(2000) == r["industry"].isin(["02", "16"]))),
        "log",
        "total",
        r"no year has rd of every sector.*'01' lacks 21 of 29 years",
    ),
    "shares that only their means make whole": (
        lambda r: r.assign(output_share=0.2 + np.where(r["year"].eq(2003), 0.05, -0.05 / 28)),
        "log",
        "total",
        r"output_share of 1992 sums to 0\.99107143 over.* must sum to 1\. Divide",
    ),
    "per cent": (
        lambda r: r.assign(rd_share=20.0),
        "log",
        "total",
        r"rd_share of 1992 sums to 100 .* They seem to be per cent",
    ),
    "few years": (
        lambda r: r[r["year"] > 2017],
        "log",
        "total",
        r"three years of growth, got 2018 to 2020",
    ),
    "two groups": (
        lambda r: at(r, "16", 2003, "group", "x"),
        "log",
        "total",
        r"'16' is not in one group in all its rows",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_of_a_panel(case: str) -> None:
    change, how, gaps, message = REFUSED[case]
    with pytest.raises(InputError, match=message):
        panels(change(rows_of()[0]), how, gaps)


def test_years_that_the_table_does_not_have_are_no_years_of_growth() -> None:
    rows = rows_of()[0]
    empty = at(at(rows, "16", 1992, "rd", np.nan), "16", 1992, "output", np.nan)
    empty.loc[empty["year"].eq(1992), ["rd", "output"]] = np.nan
    for table, first in ((rows, 1992), (empty, 1993)):
        found = panels(table, span=(1900, 2100))["industries"]
        assert list(found.growth["rd"].index) == list(range(first + 1, 2021))
        assert not found.left.any()
    with pytest.raises(InputError, match="got none; the table has 1992 to 2020"):
        panels(rows, span=(2050, 2060))
    with pytest.raises(InputError, match="no rd of '02' in any year from 2005 to 2020"):
        late = rows["rd"].mask(rows["industry"].eq("02") & rows["year"].gt(2004))
        panels(rows.assign(rd=late), span=(2005, None))


def test_what_is_doubtful_of_the_panel_is_told(tmp_path: Path) -> None:
    rows = rows_of()[0].rename(columns={"rd": "output", "output": "rd"})
    study = study_in(tmp_path, rows, "[comovement]\nfirst = 1980\n")
    assert spillgraph("comovement", study, "--out", tmp_path / "out") == 0
    told = " ".join(json.loads((tmp_path / "out" / "run.json").read_text())["warnings"])
    assert "first = 1980 under [comovement], and industry_panel has 1992 to 2020" in told
    assert "sum of rd is above that of output in every year" in told


def test_aggregates_are_correlated_over_the_years_that_both_have() -> None:
    """Moments of which each is of other years make no correlation, and may exceed 1."""
    rows = rows_of()[0]
    hidden = rows["industry"].eq("16") & rows["year"].isin([2001, 2002, 2008])
    rows.loc[hidden, "rd"] = np.nan
    level = _level(panels(rows, gaps="leave")["industries"])
    sums = rows.groupby("year")[["rd", "output"]].sum(min_count=len(LABELS))
    steps = np.log(sums).diff().dropna()
    wanted = np.corrcoef(steps["rd"], steps["output"])[0, 1]
    assert level.decomposition.correlation == pytest.approx(wanted, rel=1e-10)
    var_Y, var_R, cov = level.decomposition.table["actual"]
    assert abs(cov / np.sqrt(var_R * var_Y) - wanted) > 0.005


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda r: r[r["industry"].eq("16")], "nothing can lie across them, for there is but one."),
        (lambda r: r.assign(output=7.0), "none has a share in the covariance of aggregate"),
        (lambda r: r.assign(output=1 / r["rd"]), "which is below 0, lies across"),
    ],
)
def test_the_screen_says_what_a_share_is_one_of(change: Change, told: str) -> None:
    found = {"industries": _level(panels(change(rows_of()[0]))["industries"])}
    none = pd.Series(dtype=int)
    (shown,) = screen(Moving(found, "log", 1993, 2020, 0.0, none, none), {})
    assert told in shown and "of: ." not in shown and "–:" not in shown
    share = found["industries"].decomposition.table.loc["cov", "share"]
    assert ("opposite sign" in shown) == (not 0 <= share <= 1 and not np.isnan(share))


@pytest.mark.parametrize("command", ["check", "comovement"])
def test_a_bad_panel_is_refused_before_anything_is_loaded(
    tmp_path: Path, capsys, command: str
) -> None:
    rows = at(rows_of()[0], "16", 2003, "rd", -1.0)
    path = study_in(tmp_path, rows, "[comovement]\n")
    more = () if command == "check" else ("--out", tmp_path / "out")
    assert spillgraph(command, path, *more) == 2
    shown = " ".join("".join(capsys.readouterr()).split())
    assert "rd of '16' in 2003 is -1" in shown
    assert not (tmp_path / "out" / "run.json").exists()


def test_without_the_table_it_says_what_is_needed(tmp_path: Path, capsys) -> None:
    path = study_in(tmp_path, rows_of()[0])
    text = path.read_text(encoding="utf-8")
    path.write_text(text.partition("[tables.industry_panel]")[0], encoding="utf-8")
    assert spillgraph("comovement", path, "--out", tmp_path / "out") == 2
    shown = " ".join("".join(capsys.readouterr()).split())
    assert "it needs [tables.industry_panel]: R&D and output of sectors, by year" in shown


def test_a_panel_alone_is_enough_for_comovement_and_for_nothing_else(
    moved: tuple[dict, Path], tmp_path: Path, capsys
) -> None:
    """Same numbers as beside deliveries, whose sectors are the same."""
    rows_of()[0].to_csv(tmp_path / "panel.csv", index=False)
    study = tmp_path / "study.toml"
    head, _, panel = STUDY.format(more="", figures="[]").partition("[tables.industry_panel]")
    about = head.partition("[years]")[0] + "[tables.industry_panel]" + panel
    study.write_text(about, encoding="utf-8")
    assert spillgraph("comovement", study, "--out", tmp_path / "out") == 0
    screen = capsys.readouterr().out
    assert "Totals by level" not in screen and "Matrices" not in screen
    _, out = moved
    for name in ("comovement", "breadth", "shares"):
        alone, beside = (read(each, name, "code") for each in (tmp_path / "out", out))
        pd.testing.assert_frame_equal(
            alone.drop(columns="name", errors="ignore"),
            beside.drop(columns="name", errors="ignore"),
        )
    for command in ("networks", "hubs", "psi", "accounts", "borders", "growth"):
        assert spillgraph(command, study, "--out", tmp_path / command) == 2
        said = " ".join(capsys.readouterr().err.split())
        assert f"{command} cannot be computed of" in said
        assert "it needs citations or deliveries, and the study has none." in said
    for command in ("run", "check", "bulk-export"):
        more = {"run": ("--out", tmp_path / "o"), "bulk-export": (tmp_path / "b",)}
        assert spillgraph(command, study, *more.get(command, ())) == 2
        assert "there is nothing to" in " ".join(capsys.readouterr().err.split())
    study.write_text(about + "\n[comovement]\n", encoding="utf-8")
    assert spillgraph("check", study) == 0
    assert spillgraph("run", study, "--out", tmp_path / "o") == 0
