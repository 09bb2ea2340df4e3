"""Hubs of a run: every measure of every network and year, in files, on the page, in the graph."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from spillgraph.analytics import hub_table
from spillgraph.capabilities import load
from spillgraph.capabilities.hubs._compute import Hubs, compute, measures_of
from spillgraph.core.matrix import LabelledMatrix
from spillgraph.core.measures import scores
from spillgraph.runs.capability import Context, Options
from spillgraph.runs.networks import YearNetworks, year_networks
from spillgraph.runs.steps import Steps

CODES = ["01", "02", "03"]
Z = np.array([[20.0, 30, 10], [20, 80, 5], [5, 20, 30]])
OUTPUT = [100.0, 200, 90]


def year_of(number: int, negative: float = 5.0) -> YearNetworks:
    flows = Z.copy()
    flows[1, 2] = negative
    K = LabelledMatrix.build("citations", [[6, 4, 1], [1, 3, 2], [2, 5, 4]], CODES)
    trade = LabelledMatrix.build("trade", flows, CODES, year=number)
    index = pd.MultiIndex.from_product([[number], CODES], names=["year", "code"])
    output = pd.DataFrame({"gross_output": OUTPUT}, index)
    return year_networks(number, K, {number: trade}, output, negative="keep")


def hubs_of(*years: YearNetworks) -> Hubs:
    class Result:
        pass

    result = Result()
    result.years = list(years)  # type: ignore[attr-defined]
    return compute(Context(result, None, Steps()), Options())  # type: ignore[arg-type]


def test_every_network_and_year_has_a_table_and_all_its_scores() -> None:
    hubs = hubs_of(year_of(2012), year_of(2017))
    tables = load("hubs").tables(hubs)
    assert list(tables) == [f"{name}_{y}" for y in (2012, 2017) for name in ("W", "S", "psi")]
    S = year_of(2012).production.S  # type: ignore[union-attr]
    want = hub_table(S, list(tables["S_2012"]), output=pd.Series(OUTPUT, CODES))
    pd.testing.assert_frame_equal(tables["S_2012"], want, rtol=1e-14)
    written = load("hubs").scores(hubs)
    assert set(written) == {2012, 2017}
    assert set(written[2012]) == {each.name for each in scores() if each.by == "hubs"}
    upstream = written[2012]["S_upstreamness"].tolist()
    assert upstream == pytest.approx(want["upstreamness"], rel=1e-14)


def test_the_sums_of_psi_in_the_graph_are_those_with_a_proof() -> None:
    year = year_of(2012)
    assert year.spillover is not None
    moved = replace(year, spillover=replace(year.spillover, benefit=year.spillover.benefit * 2))
    found = load("hubs").scores(hubs_of(moved))[2012]
    assert found["psi_out_strength"].tolist() == (2 * year.spillover.benefit).tolist()
    without = replace(year, parts=None)
    found = load("hubs").scores(hubs_of(without))[2012]
    assert {"psi_in_strength", "psi_out_strength"} <= set(found)


def test_negative_entries_count_as_zero() -> None:
    year = year_of(2012, -4.0)
    kept = np.array([[20.0, 30, 10], [20, 80, 0], [5, 20, 30]]) / np.array(OUTPUT)[:, None]
    found = measures_of(year)["S"]["in_strength"]
    assert found.tolist() == pytest.approx(kept.sum(axis=0))


def test_a_run_without_networks_has_no_hubs_and_says_so() -> None:
    hubs = hubs_of()
    assert load("hubs").tables(hubs) == {} and load("hubs").scores(hubs) == {}
    section = load("hubs").section
    assert section is not None and "No hubs" in str(section(hubs, {}).parts)
    assert load("hubs").screen(hubs, {}) == []


def test_the_screen_shows_the_first_hubs_of_psi() -> None:
    (grid,) = load("hubs").screen(hubs_of(year_of(2012), year_of(2017)), {"03": "Cars"})
    assert not isinstance(grid, str) and grid.title == "Hubs of ψ in 2017"
    numbers = [float(row[1]) for row in grid.rows]
    assert numbers == sorted(numbers, reverse=True) and len(numbers) == 3
    assert {row[0] for row in grid.rows} == {"01", "02", "03 Cars"}
