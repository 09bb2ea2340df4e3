"""Numbers shown reconcile with the numbers given, in every table and check."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest
from spillgraph.analytics.linalg import without_identity
from spillgraph.capabilities.psi._findings import findings
from spillgraph.capabilities.psi._intervals import Intervals
from spillgraph.graph.aggregate import Totals
from spillgraph.ingest.concordance import Audit
from spillgraph.reports.tables import ABSENT, Head, Table, make_table, show
from spillgraph.runs.sections import FlowTotals

from ..helpers.whole_report import Report, spillover_of
from .conftest import staged


def column(table: Table, title: str) -> list[str]:
    k = [head.title for head in table.heads].index(title)
    return [row[k].text for row in table.rows]


def number(text: str) -> float:
    return float(text.replace(",", "").replace("−", "-"))


def test_show_keeps_four_digits_over_thirty_orders_of_magnitude():
    for exponent in range(-15, 15):
        for digits in (1.2345, 9.9996, 5.0):
            value = digits * 10.0**exponent
            shown = number(show(value, "value"))
            # Three digits where a power of ten is shown, four elsewhere, all above 1,000.
            assert math.isclose(shown, value, rel_tol=5e-3 if value < 1e-4 else 5e-4)


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (None, "value", ABSENT),
        (float("nan"), "count", ABSENT),
        (float("inf"), "power", "∞"),
        (0.0, "value", "0"),
        (-2.5, "value", "−2.500"),
        (0.999999999, "value", "1.000"),
        (999.99, "value", "1,000"),
        (0.0, "percent", "0.0%"),
        (1.0, "percent", "100.0%"),
        (0.00025, "percent", "0.025%"),
        (2_801_530.0, "total", "2,801,530"),
        (41_013.75, "total", "41,013.750"),
        (np.float64(3), "count", "3"),
        (2020, "year", "2020"),
        (False, "check", "no"),
    ],
)
def test_show(value, form, text):
    assert show(value, form) == text


def test_a_table_that_is_cut_says_so():
    table = make_table("T", [Head("n", "count")], [[k] for k in range(10)], limit=4)
    assert len(table.rows) == 4
    assert "first 4 of 10" in table.note


def test_in_equals_loaded_plus_rejected(small):
    table = small.table("Rows read")
    assert column(table, "Read") == ["5,210", "2,804,004", "4,107"]
    read, loaded, rejected = (
        [number(text) for text in column(table, title)] for title in ("Read", "Loaded", "Rejected")
    )
    assert read == [a + b for a, b in zip(loaded, rejected, strict=True)]
    assert {row[-1].text for row in table.rows} == {"yes"}
    reasons = small.table("Why rows were rejected")
    assert sum(number(text) for text in column(reasons, "Rows")) == sum(rejected)


@pytest.mark.parametrize(
    "table",
    [
        staged("t", 10, {"x": 1}, missing=1),
        dataclasses.replace(staged("t", 10, {"x": 1}), loaded=8, rejected=2),
    ],
)
def test_rows_that_are_not_accounted_for_are_called_out(table):
    shown = Report(tables=[table]).table("Rows read")
    assert shown.rows[0][-1].style == "check bad"


def test_input_equals_named_sectors_plus_unmapped(small):
    table = small.table("Sum of each flow by level")
    whole, named, rest = (
        [number(text) for text in column(table, title)]
        for title in ("Input files", "Named sectors", "Unmapped")
    )
    assert whole == [a + b for a, b in zip(named, rest, strict=True)]
    assert column(table, "Between firms") == ["2,801,530", ABSENT]
    lost = small.table("The residual")
    assert sum(number(text) for text in column(lost, "Flow lost")) == sum(rest)


def test_a_flow_without_loss_still_shows_its_residual(small):
    lost = small.table("The residual")
    assert column(lost, "Flow") == ["citations"] * 3 + ["trade"]
    assert column(lost, "Flow lost")[-1] == "0"


@pytest.mark.parametrize(
    "totals",
    [
        Totals(10.0, None, 10.0, 9.0, 0.5, 0.0, 0.0),
        Totals(10.0, 9.0, 10.0, 10.0, 0.0, 0.0, 0.0),
        Totals(10.0, None, 10.0, 9.0, 1.0, 0.0, 0.0, {"no firm": 0.5}),
        Totals(math.nan, None, 10.0, 9.0, 1.0, 0.0, 0.0),
    ],
)
def test_totals_that_do_not_agree(totals):
    assert not FlowTotals("citations", "citations", totals).agree
    fitting = Totals(10.0, 10.0, 10.0, 9.0, 1.0, 0.0, 0.0, {"no firm": 1.0})
    assert FlowTotals("citations", "citations", fitting).agree


def test_a_long_list_of_codes_ends_with_the_sum_of_the_rest():
    codes = {f"C{k:03d}": float(k) for k in range(300)}
    audit = Audit("a", "b", tuple(codes), tuple(codes), {}, {}, ())
    table = Report(audits=[audit], uncovered={"a": codes}).table("Codes to look at")
    shown = [float(row[-1].key or "nan") for row in table.rows]
    assert len(shown) == 51
    assert sum(shown) == sum(codes.values())
    assert table.rows[-1][0].text == "250 others"


def test_flow_with_the_residual_adds_up_when_it_is_cut(small):
    frame = pd.DataFrame({"from unmapped": range(1, 201), "to unmapped": 1.0})
    frame.index = pd.Index([f"c{k}" for k in range(200)])
    table = small.replace(exchanged={"trade": frame}).table("Flow between sectors")
    assert sum(number(text) for text in column(table, "From unmapped")) == 200 * 201 / 2
    assert sum(number(text) for text in column(table, "To unmapped")) == 200


def test_tables_of_sectors_show_the_last_year(small):
    last = small.last
    sums, networks = small.table("Sectors, 2020"), small.table("The networks by sector, 2020")
    codes = list(last.parts.psi.rows)
    assert column(sums, "Code") == column(networks, "Code") == codes
    assert column(sums, "Benefit, %") == [show(x, "value") for x in last.spillover.benefit]
    assert column(networks, "Own citations")[2] == ABSENT
    # W1 + own share = 1 for every sector that cites.
    whole = last.innovation.own + last.innovation.W.to_frame().sum(axis=1)
    assert np.allclose(whole.dropna(), 1)
    rows = last.innovation.W.to_frame().sum(axis=1)
    assert column(networks, "Row sum of W") == [show(x, "value") for x in rows]


def test_largest_cells_of_psi_leave_the_identity_out(small):
    psi = small.last.parts.psi
    off = without_identity(psi)
    assert np.allclose(off.to_frame() + np.eye(37), psi.to_frame())
    table = small.table("The 15 largest cells of ψ − I, 2020")
    values = [float(cell.key or "nan") for *_, cell in table.rows]
    assert values == sorted(values, reverse=True)
    assert math.isclose(values[0], off.values.max(), rel_tol=1e-9)


def test_findings_are_the_largest_of_the_last_year(small):
    last = small.last
    (cards,) = small.page.sections[0].parts
    found = {one.title: one for one in cards.findings}
    assert {
        one.title for one in findings(last.spillover, last.year, small.names, Intervals())
    } < set(found)
    benefit = last.spillover.benefit
    best = benefit.idxmax()
    first = found["Largest receivers"].items[0]
    assert first == (small.label(best), show(benefit[best], "value"))
    share = spillover_of(last).sum() / benefit.sum()
    assert found["Spillover in benefit"].value == show(share, "percent")
    own = last.innovation.own.dropna()
    assert found["Own citations"].value == show(own.median(), "percent")
    assert "Below 1" in found["Spectral radii"].meaning


def test_hub_tables_explain_a_column_once_and_sort_by_the_first(small):
    tables = [small.table(f"Hubs of {name}") for name in ("W", "S", "ψ")]
    assert "column sum" in tables[0].note
    assert tables[1].note.startswith("upstreamness: ")
    assert tables[2].note == ""
    for table in tables:
        keys = [float(row[2].key or "nan") for row in table.rows]
        assert keys == sorted(keys, reverse=True)


def test_a_note_is_told_once_with_its_years(small):
    years = [dataclasses.replace(year, notes=["a", f"b {year.year}"]) for year in small.years]
    table = small.replace(years=years).table("Notes")
    notes = {row[0].text: row[1].text for row in table.rows}
    assert notes["a"] == "2012, 2017, 2020"
    assert notes["b 2017"] == "2017"
    assert any(text.startswith("Never cite") and small.label("03") in text for text in notes)
