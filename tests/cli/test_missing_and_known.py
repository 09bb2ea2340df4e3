"""What is missing stays missing, what is known is shown: weights, leaks, doubts before numbers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from spillgraph.cli.main import _exit_code

STUDY = """
[study]
name = "Two sectors"
target = "s"

[outputs]
figures = []

[[tables.industries]]
file = "sectors.csv"
classification = "s"

[tables.industry_citations]
file = "citations.csv"
classification = "s"

[tables.io_flows]
file = "flows.csv"
classification = "s"

[tables.io_output]
file = "output.csv"
classification = "s"
"""
#: S = [[.2, .3], [.1, .4]] and W = [[0, .4], [.25, 0]]: the golden case of the model.
FLOWS = "supplier,user,year,value\na,a,{y},20\nb,a,{y},30\na,b,{y},30\nb,b,{y},120\n"
OUTPUT = "industry,year,gross_output,value_added,final_demand\n"
HEAD = "citing,cited,year,count\n"
ROWS = "a,a,{y},6\na,b,{y},4\nb,a,{y},1\nb,b,{y},3\n"
PSI = np.array([[5 / 3, 4 / 3], [20 / 27, 56 / 27]])


class Two:
    """The study, and its results."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write("sectors.csv", "code,name\na,Alpha\nb,Beta\n")
        self.write("citations.csv", HEAD + ROWS.format(y=2010))
        self.write("flows.csv", FLOWS.format(y=2010))
        self.write("output.csv", OUTPUT + "a,2010,100,50,50\nb,2010,300,150,150\n")
        self.write("study.toml", STUDY)

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8")

    def run(self, command: str = "run", code: int = 0) -> dict[str, Any]:
        out = self.folder / "out"
        study = str(self.folder / "study.toml")
        assert _exit_code([command, study, "--out", str(out), "-q"], debug=False) == code
        if code:
            return {}
        return dict(json.loads((out / "run.json").read_text(encoding="utf-8")))

    @property
    def page(self) -> str:
        return (self.folder / "out" / "report.html").read_text(encoding="utf-8")


@pytest.fixture
def two(tmp_path: Path) -> Two:
    return Two(tmp_path)


def test_the_golden_case_has_its_contributions_and_nothing_to_say(two: Two) -> None:
    run = two.run()
    assert run["warnings"] == []
    found = run["years"]["2010"]["contribution"]
    assert list(found) == ["final demand", "value added", "gross output", "unit"]
    want = {"a": 0.25 * PSI[0, 0] + 0.75 * PSI[1, 0], "b": 0.25 * PSI[0, 1] + 0.75 * PSI[1, 1]}
    assert found["final demand"] == pytest.approx(want, rel=1e-12)
    assert {code: round(value, 3) for code, value in want.items()} == {"a": 0.972, "b": 1.889}
    assert found["unit"] == pytest.approx({"a": PSI[:, 0].sum(), "b": PSI[:, 1].sum()}, rel=1e-12)
    assert run["accounts"]["2010"]["balanced"] and run["accounts"]["2010"]["worst"] == []
    assert "fit each other to 1% of gross output" in two.page


@pytest.mark.parametrize(("column", "name"), [(3, "value added"), (4, "final demand")])
def test_an_empty_amount_is_missing_and_not_0(two: Two, capsys, column: int, name: str) -> None:
    """Taken for 0 the contributions would be 1.667 and 1.333, those of the other sector alone."""
    row = ["b", "2010", "300", "150", "150"]
    row[column] = ""
    two.write("output.csv", OUTPUT + "a,2010,100,50,50\n" + ",".join(row) + "\n")
    run = two.run()
    assert name not in run["years"]["2010"]["contribution"]
    text = f"{name} of 2010 is no weight, because it is missing in 'b'."
    assert run["warnings"] == [f"2010: {text}"]
    assert text.replace("'", "&#39;") in two.page
    capsys.readouterr()
    assert _exit_code(["check", str(two.folder / "study.toml")], debug=False) == 0
    assert text in " ".join(capsys.readouterr().out.split())


def test_accounts_of_one_sector_are_balanced_nowhere(two: Two, capsys) -> None:
    """b's output is a thousand times too large, and nothing is known that could show it."""
    two.write("output.csv", OUTPUT + "a,2010,100,50,\nb,2010,300000,,\n")
    accounts = two.run()["accounts"]["2010"]
    assert accounts["balanced"] is None and accounts["paid"]["misfit"] == 0.0
    assert (accounts["checked"], accounts["sectors"]) == (1, 2)
    assert accounts["coverage"] == pytest.approx(100 / 300_100, rel=1e-15)
    capsys.readouterr()
    assert "In 2010 the accounts of a part of the sectors alone can be checked" in two.page
    assert "fit each other to 1% of gross output" not in two.page
    for command in ("run", "check"):
        study = str(two.folder / "study.toml")
        out = ["--out", str(two.folder / "out")] if command == "run" else []
        assert _exit_code([command, study, *out], debug=False) == 0
        said = " ".join(capsys.readouterr().out.split())
        assert "are those of 1 of 2 sectors, with 0.03% of gross output" in said
        assert (
            "Accounts of 2010 are checked in 1 of 2 sectors only, with 0.03% of gross output: "
            "there they fit to 0." in said
        )
        assert "Accounts fit" not in said


def test_imports_missing_in_one_sector_leave_its_value_added_unknown(two: Two) -> None:
    rows = "a,2010,100,,50,10\nb,2010,300,,150,\n"
    two.write("output.csv", OUTPUT.strip() + ",imports\n" + rows)
    run = two.run("psi")
    (text,) = run["warnings"]
    assert text.startswith("In 2010 imports of 'b' are missing and others have them")
    leaks = run["years"]["2010"]["leaks"]
    assert leaks["value_added"] == {"a": pytest.approx(0.4), "b": None}
    assert leaks["imports"] == {"a": pytest.approx(0.1), "b": None}
    assert leaks["unexplained"] == {"a": 0.0, "b": pytest.approx(0.5)}
    found = json.loads((two.folder / "out" / "psi.json").read_text(encoding="utf-8"))
    assert found["years"]["2010"]["value_added_share"] == leaks["value_added"]


def test_a_sum_of_0_or_less_is_no_weight_and_says_so(two: Two) -> None:
    two.write("output.csv", OUTPUT + "a,2010,100,50,-150\nb,2010,300,150,150\n")
    run = two.run()
    assert "final demand" not in run["years"]["2010"]["contribution"]
    assert "2010: final demand of 2010 is no weight, because its sum is 0." in run["warnings"]


def test_a_benchmark_year_without_it_drops_it_for_that_year_and_those_beside(two: Two) -> None:
    years = (2000, 2010, 2020)
    two.write("flows.csv", FLOWS.format(y=2000) + "".join(
        FLOWS.format(y=year).split("\n", 1)[1] for year in years[1:]
    ))  # fmt: skip
    full = "a,{y},100,50,50\nb,{y},300,150,150\n"
    rows = full.format(y=2000) + "a,2010,100,50,50\nb,2010,300,150,\n" + full.format(y=2020)
    two.write("output.csv", OUTPUT + rows)
    two.write("citations.csv", HEAD + "".join(ROWS.format(y=y) for y in range(2000, 2021, 5)))
    two.write("study.toml", STUDY + f"[years]\nreport = {[2000, 2005, 2010, 2015, 2020]}\n")
    run = two.run()
    weighted = {y: "final demand" in found["contribution"] for y, found in run["years"].items()}
    assert weighted == {"2000": True, "2005": False, "2010": False, "2015": False, "2020": True}
    assert all("value added" in found["contribution"] for found in run["years"].values())
    missing = "final demand of 2010 is no weight, because it is missing in 'b'."
    line = "final demand is no weight here, because that of 2010 is missing."
    assert run["warnings"] == [f"2005, 2010, 2015: {missing}", f"2005, 2015: {line}"]


def test_imports_are_a_leak_of_their_own(two: Two) -> None:
    """Of a's output 50 is inputs, 40 value added, 10 imported: S·1 + v + m = 1."""
    rows = "a,2010,100,40,50,10\nb,2010,300,120,150,30\n"
    two.write("output.csv", OUTPUT.strip() + ",imports\n" + rows)
    run = two.run("psi")
    assert run["warnings"] == []
    leaks = run["years"]["2010"]["leaks"]
    assert leaks["value_added"] == {"a": 0.4, "b": 0.4}
    assert leaks["imports"] == pytest.approx({"a": 0.1, "b": 0.1}, rel=1e-15)
    assert leaks["unexplained"] == {"a": 0.0, "b": 0.0}
    sums = pd.read_csv(two.folder / "out" / "psi" / "sums_2010.csv", index_col="code")
    assert sums["value_added_share"].tolist() == [0.4, 0.4]
    assert sums["imports_share"].tolist() == pytest.approx([0.1, 0.1])
    found = json.loads((two.folder / "out" / "psi.json").read_text(encoding="utf-8"))
    assert found["years"]["2010"]["imports_share"] == leaks["imports"]
    assert "Imports in output" in two.page


def test_without_the_column_imports_are_what_the_accounts_leave(two: Two) -> None:
    two.write("output.csv", OUTPUT + "a,2010,100,40,50\nb,2010,300,120,150\n")
    run = two.run()
    leaks = run["years"]["2010"]["leaks"]
    assert leaks["value_added"] == {"a": 0.4, "b": 0.4}
    assert leaks["imports"] == pytest.approx({"a": 0.1, "b": 0.1}, rel=1e-12)
    (text,) = run["warnings"]
    assert "the flows are domestic" in text and "miss gross output by 10.0%" in text
    assert "Sectors whose accounts fit worst" in two.page
    accounts = run["accounts"]["2010"]
    assert accounts["paid"] == {"misfit": 0.1, "median": 0.1, "checked": 2}
    assert [each["sector"] for each in accounts["worst"]] == ["a", "b"]


def test_a_wrong_unit_stops_with_words_of_its_own_and_may_be_let_through(two: Two, capsys) -> None:
    two.write("output.csv", OUTPUT + "a,2010,0.1,0.05,0.05\nb,2010,0.3,0.15,0.15\n")
    two.run(code=2)
    told = " ".join(capsys.readouterr().err.split())
    assert "flows multiplied by 0.001 they fit to 0.0% and 0.0%" in told
    assert "closed class" not in told and 'accounts = "warn" under [options]' in told
    two.write("study.toml", STUDY + '[options]\naccounts = "warn"\n')
    two.run(code=2)
    told = " ".join(capsys.readouterr().err.split())
    assert "Before that: The accounts of 2010 do not add up" in told


def test_closed_class_of_S_repeats_what_the_accounts_said(two: Two, capsys) -> None:
    """Two of four sectors sell all to each other; the accounts miss a part and say so first."""
    two.write("sectors.csv", "code,name\na,A\nb,B\nc,C\nd,D\n")
    rows = "a,b,2010,100\nb,a,2010,100\nc,c,2010,1\nd,d,2010,2\n"
    two.write("flows.csv", "supplier,user,year,value\n" + rows)
    output = "a,2010,100,30,\nb,2010,100,30,\nc,2010,500,499,\nd,2010,100,98,\n"
    two.write("output.csv", OUTPUT + output)
    two.run(code=2)
    told = " ".join(capsys.readouterr().err.split())
    assert "matrix S has a closed class" in told
    assert "Before that: The accounts of 2010 do not add up" in told


# -- before all numbers ----------------------------------------------------------------------------


def test_a_report_year_without_citations_is_told_first(two: Two, capsys) -> None:
    two.write("study.toml", STUDY + "[years]\nreport = [2005, 2010, 2012]\n")
    run = two.run()
    assert run["warnings"] == [
        "No citation is dated 2005, a report year: W is empty.",
        "No citation is dated 2012, a report year: W is the stock up to 2010.",
        "2005: no sector cites: W is empty, and ψ is that of S alone.",
    ]
    shown = capsys.readouterr().out
    assert shown.index("No citation is dated 2005") < shown.index("Totals by level")
    box = two.page.index("Before you read the numbers")
    assert two.page.index("No citation is dated 2012", box) < two.page.index("Key findings, ", box)


def test_sectors_that_mostly_never_cite_are_told_first(two: Two) -> None:
    two.write("sectors.csv", "code,name\n" + "".join(f"{c},{c}\n" for c in "abcde"))
    run = two.run()
    *of_shares, of_citations = run["warnings"]
    assert of_citations == "2010: 3 of 5 sectors never cite: their rows of W are empty."
    assert all("leaves out what" in text for text in of_shares) and len(of_shares) == 2


def test_half_of_a_table_of_citations_is_told_first(two: Two) -> None:
    two.write("citations.csv", HEAD + ROWS.format(y=2010)[: len("a,a,2010,6\na,b,2010,4\n")])
    (warning,) = two.run()["warnings"]
    assert warning == (
        "2010: 1 of 2 sectors is cited but never cites: its row of W is empty. Is the table of "
        "citations whole?"
    )
    two.write("citations.csv", HEAD + "a,a,2010,6\n")  # one sector that nobody else cites
    assert two.run("run", 0)["warnings"] == []


def test_a_flow_that_gets_lost_is_told_first_with_its_causes(tiny, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert _exit_code(["run", str(tiny.path), "--out", str(out), "-q"], debug=False) == 0
    run = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert "firms: 1 of 4 loaded rows (25%) has no industry." in run["warnings"]
    text = "citations: only 75.0% of 28 is between sectors of t (no industry: 7)."
    assert text in run["warnings"]


# -- negative flows --------------------------------------------------------------------------------

MAKE_USE = """
[study]
name = "Make and use"
target = "i"

[[tables.industries]]
file = "sectors.csv"
classification = "i"

[tables.make]
file = "make.csv"
classification = "i"

[tables.use]
file = "use.csv"

[make_use]
value_added = ["wages"]
final_demand = ["homes"]
scrap = ["scrap"]
"""


@pytest.fixture
def made(two: Two) -> Two:
    two.write("study.toml", MAKE_USE)
    two.write("make.csv", "industry,commodity,year,value\na,a,2002,100\nb,b,2002,200\n")
    rows = "a,a,20\na,b,-8\nb,a,30\nb,b,80\nwages,a,50\nwages,b,128\na,homes,88\nb,homes,90\n"
    rows += "scrap,a,-3\nscrap,homes,3\noil,b,-2\noil,homes,2\n"
    lines = [f"{c},{u},2002,{v}" for c, u, v in (row.split(",") for row in rows.split())]
    two.write("use.csv", "commodity,user,year,value\n" + "\n".join(lines) + "\n")
    return two


def S_of(made: Two) -> np.ndarray:
    from spillgraph.graph.matrix_files import load_matrix

    return load_matrix(made.folder / "out" / "matrices" / "S_2002.npz").values.toarray()


def test_negative_uses_are_kept_as_published_and_named(made: Two) -> None:
    run = made.run()
    np.testing.assert_allclose(S_of(made), [[0.2, 0.3], [-0.04, 0.4]], rtol=1e-14)
    assert "2002: negative uses are kept as they are published: 'a' by 'b' (-8)." in run["notes"]
    assert any("those of |S|" in note for note in run["years"]["2002"]["notes"])
    radius = run["matrices"]["S_2002"]["spectral_radius"]
    want = np.abs(np.linalg.eigvals([[0.2, 0.3], [-0.04, 0.4]])).max()
    assert radius == pytest.approx(want, rel=1e-12)
    assert run["tables"]["use"]["rejected"] == 0


def test_negative_uses_turned_round_are_uses_the_other_way(made: Two) -> None:
    made.write("study.toml", MAKE_USE + 'negative = "net"\n')
    run = made.run()
    np.testing.assert_allclose(S_of(made), [[0.2, 0.38], [0.0, 0.4]], rtol=1e-14)
    assert any("negative uses are turned round: 'a' by 'b' (-8)" in note for note in run["notes"])


def test_negative_uses_refused_stop_the_run_scrap_and_unmade_goods_by_one_rule(
    made: Two, capsys
) -> None:
    made.write("study.toml", MAKE_USE + 'negative = "refuse"\n')
    made.run(code=2)
    told = " ".join(capsys.readouterr().err.split())
    assert "table use: negative uses in 2002: 'a' by 'b' (-8). Correct the file" in told
    assert "scrap" not in told and "oil" not in told


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            {"wages,b,2002,128": "wages,b,2002,.."},
            "value added is missing in 1 row ('wages' of 'b'",
        ),
        (
            {"a,homes,2002,88": "a,homes,2002,", "b,homes,2002,90": "b,homes,2002,"},
            "final use is missing in 2 rows ('homes' of 'a'",
        ),
    ],
)
def test_missing_value_added_of_a_use_table_is_told_before_all_numbers(
    made: Two, lines: dict[str, str], said: str
) -> None:
    text = (made.folder / "use.csv").read_text(encoding="utf-8")
    for old, new in lines.items():
        text = text.replace(old, new)
    made.write("use.csv", text)
    (warning, *_) = made.run()["warnings"]
    assert said in warning and "counts as 0" in warning


def test_a_blank_cell_of_a_printed_use_table_is_nothing(made: Two) -> None:
    made.write("use.csv", "use,a,b,homes\na,20,-8,88\nb,30,80,90\nwages,50,128,\nscrap,-3,,3\n")
    wide = 'wide = { rows = "commodity", columns = "user", values = "value" }'
    entry = f'file = "use.csv"\n{wide}\nconstants = {{ year = 2002 }}'
    made.write("study.toml", MAKE_USE.replace('file = "use.csv"', entry))
    assert not any("counts as 0" in warning for warning in made.run()["warnings"])


@pytest.mark.parametrize("command", ["check", "run"])
@pytest.mark.parametrize("links", [False, True])
def test_output_of_another_year_than_the_deliveries_is_told_by_check_too(
    tmp_path: Path, capsys, command: str, links: bool
) -> None:
    two = Two(tmp_path)
    two.write("output.csv", "industry,gross_output\na,100\nb,300\n")
    study = STUDY.replace('"output.csv"', '"output.csv"\nconstants = { year = 2011 }')
    if links:
        two.write("firms.csv", "id,industry\n1,a\n2,b\n")
        two.write("links.csv", "supplier,buyer,value\n1,1,20\n2,1,30\n1,2,30\n2,2,120\n")
        study = study.replace("io_flows", "trade_links").replace(
            '"flows.csv"\nclassification = "s"', '"links.csv"\nconstants = { year = 2010 }'
        )
        study += '[tables.firms]\nfile = "firms.csv"\nclassification = "s"\n'
    two.write("study.toml", study)
    args = [command, str(tmp_path / "study.toml"), "-q"]
    args += ["--out", str(tmp_path / "out")] if command == "run" else []
    assert _exit_code(args, debug=False) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert (
        "there are deliveries but no gross output for 2010; add them. It is known for 2011: if"
        in said
    )
    assert "correct the year of one of them, in its file or under 'constants'." in said
    two.write("study.toml", study.replace("2011", "2010"))
    assert _exit_code(args, debug=False) == 0


def test_flows_without_output_are_told_by_check_with_the_key_for_printed_tables(
    tmp_path: Path, capsys
) -> None:
    two = Two(tmp_path)
    two.write("study.toml", STUDY.partition("[tables.io_output]")[0])
    assert _exit_code(["check", str(tmp_path / "study.toml"), "-q"], debug=False) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "S needs gross output: add [tables.io_output] to the study." in said
    assert 'printed = { gross_output = "…" }' in said
