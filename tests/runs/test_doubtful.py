"""Doubtful sectors of S, and numbers on the screen."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
from rich.console import Console
from spillgraph.cli import show
from spillgraph.cli.main import _exit_code
from spillgraph.core.errors import InputError
from spillgraph.core.matrix import LabelledMatrix
from spillgraph.runs.networks import year_networks

CODES = ["1", "01", "cars"]


def networks(year: int, second: str, output: float = 100.0):
    """Steel is '1' in 2000 and has another code, or none other, in 2010."""
    trade, rows = {}, {}
    for at, steel in ((2000, "1"), (2010, second)):
        Z = pd.DataFrame(0.0, index=CODES, columns=CODES)
        Z.loc[[steel, "cars"], [steel, "cars"]] = [[20.0, 30.0], [20.0, 80.0]]
        trade[at] = LabelledMatrix.build("Z", Z.to_numpy(), CODES)
        rows[at] = pd.DataFrame({"gross_output": {steel: output, "cars": 200.0}})
    return year_networks(year, None, trade, pd.concat(rows, names=["year", "code"]))


def test_a_sector_of_one_table_is_told_between_the_two() -> None:
    made = networks(2005, "01")
    assert made.production.S.to_frame().loc["1", "1"] == pytest.approx(0.1)  # half of 0.2
    (text,) = made.warnings
    assert text.startswith("S of 2005 lies between two years that do not have the same sectors")
    assert "in 2000 and not in 2010: '1' (100)" in text
    assert "in 2010 and not in 2000: '01' (100)" in text


@pytest.mark.parametrize(("year", "second"), [(2005, "1"), (2000, "01"), (2012, "01")])
def test_nothing_is_told_where_nothing_is_interpolated_with_0(year, second) -> None:
    assert networks(year, second).warnings == []


@pytest.mark.parametrize(
    ("year", "steel", "says"),
    [
        (2010, None, "2010: gross output: {buys} but its output of 2010 is missing;"),
        (2005, None, "2005: the table of 2010: gross output: {buys} but its output of 2010 is"),
        (2005, np.nan, "2005: the table of 2010: gross output: {buys} but its output of 2010 is"),
        (2005, 0.0, "2005: the table of 2010: gross output: {buys} but has an output of 0;"),
        (2012, 0.0, "2012: the table of 2010: gross output: {buys} but has an output of 0;"),
    ],
)
def test_an_error_names_the_year_of_the_table(year, steel, says) -> None:
    Z = LabelledMatrix.build("Z", [[20.0, 30.0], [20.0, 80.0]], ["1", "cars"])
    rows = {
        2000: pd.DataFrame({"gross_output": {"1": 100.0, "cars": 200.0}}),
        2010: pd.DataFrame({"gross_output": {"1": steel, "cars": 200.0}}, dtype=float),
    }
    if steel is None:
        rows[2010] = rows[2010].drop(index="1")
    output = pd.concat(rows, names=["year", "code"])
    with pytest.raises(InputError) as why:
        year_networks(year, None, {2000: Z, 2010: Z}, output)
    assert str(why.value).startswith(says.format(buys="'1' buys inputs of 50"))


def test_an_output_below_zero_is_told_as_such() -> None:
    Z = LabelledMatrix.build("Z", [[20, 30, 0], [20, 80, 0], [0, 0, 0]], ["a", "b", "c"])
    rows = pd.DataFrame({"gross_output": {"a": 100.0, "b": 200.0, "c": -7982.0}})
    made = year_networks(2000, None, {2000: Z}, pd.concat({2000: rows}, names=["year", "code"]))
    assert "Output below zero and no inputs in 2000: c (-7,982)." in made.notes
    assert not any(note.startswith("No output") for note in made.notes)


def test_negative_final_demand_says_of_how_many_sectors() -> None:
    codes = [f"s{i}" for i in range(16)]
    Z = LabelledMatrix.build("Z", np.eye(16), codes)
    rows = pd.DataFrame({"gross_output": 10.0, "final_demand": -1.0}, index=codes)
    rows.loc["s0", "final_demand"] = 100.0
    made = year_networks(2000, None, {2000: Z}, pd.concat({2000: rows}, names=["year", "code"]))
    (note,) = [each for each in made.notes if each.startswith("Final demand is negative")]
    assert "s12 and 3 more: their weights" in note


def test_totals_are_whole_on_a_screen_of_80_columns() -> None:
    large = dict.fromkeys(show._LEVELS, 119_740_265_088.0)
    flows = {"citations": large | {"target": 5.0}, "trade": large, "io_flows": large}
    with io.StringIO() as text:
        Console(file=text, width=80).print(show.totals_by_level(flows))
        said = text.getvalue().splitlines()
    assert [line.split() for line in said if line.strip()][1] == ["level", *flows]
    (target,) = (line.split() for line in said if line.strip().startswith("target"))
    assert target == ["target", "5", "119,740,265,088", "119,740,265,088"]
    assert sum(line.count("119,740,265,088") for line in said) == 3 * len(show._LEVELS) - 1


@pytest.mark.parametrize("choice", ["include", "exclude"])
def test_citations_of_firms_to_themselves_are_told(tiny, tmp_path, capsys, choice) -> None:
    tiny.replace('self_citations = "include"', f'self_citations = "{choice}"')
    tiny.append("citations.csv", "1,3,2002,2\n3,1,2002,2\n")
    assert _exit_code(["run", str(tiny.path), "--out", str(tmp_path / "o"), "-q"], debug=True) == 0
    said = capsys.readouterr().out
    text = "14 of the citations are from firms to themselves"  # 6 + 3 + 5 in the table
    assert (text in said) is (choice == "exclude")
