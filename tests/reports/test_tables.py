"""Numbers shown reconcile with the numbers given, in every table and check."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest
from spillgraph.core.errors import InputError
from spillgraph.reports import audit, results
from spillgraph.reports.content import (
    ConcordanceAudit,
    FlowTotals,
    Provenance,
    ReportContent,
    TableCount,
)
from spillgraph.reports.findings import findings
from spillgraph.reports.tables import ABSENT, Head, Table, make_table, show


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
    table = audit.loaded_table(small)
    assert table is not None
    assert column(table, "Read") == ["5,210", "2,804,004", "4,107"]
    read, loaded, rejected = (
        [number(text) for text in column(table, title)] for title in ("Read", "Loaded", "Rejected")
    )
    assert read == [a + b for a, b in zip(loaded, rejected, strict=True)]
    assert {row[-1].text for row in table.rows} == {"yes"}
    reasons = audit.reason_table(small)
    assert reasons is not None
    assert sum(number(text) for text in column(reasons, "Rows")) == sum(rejected)


@pytest.mark.parametrize(
    "count",
    [TableCount("t", 10, 8, 1, {"x": 1}), TableCount("t", 10, 8, 2, {"x": 1})],
)
def test_rows_that_are_not_accounted_for_are_called_out(small, count):
    assert not count.balanced
    table = audit.loaded_table(dataclasses.replace(small, tables=[count]))
    assert table is not None
    assert table.rows[0][-1].style == "check bad"


def test_input_equals_named_sectors_plus_unmapped(small):
    table = audit.totals_table(small)
    assert table is not None
    whole, named, rest = (
        [number(text) for text in column(table, title)]
        for title in ("Input files", "Named sectors", "Unmapped")
    )
    assert whole == [a + b for a, b in zip(named, rest, strict=True)]
    assert column(table, "Between firms") == ["2,801,530", ABSENT]
    lost = audit.lost_table(small)
    assert lost is not None
    assert sum(number(text) for text in column(lost, "Flow lost")) == sum(rest)


def test_a_flow_without_loss_still_shows_its_residual(small):
    lost = audit.lost_table(small)
    assert lost is not None
    assert column(lost, "Flow") == ["citations"] * 3 + ["trade"]
    assert column(lost, "Flow lost")[-1] == "0"


@pytest.mark.parametrize(
    ("levels", "lost"),
    [
        ({"input": 10.0, "target": 9.0, "unmapped": 0.5}, {}),
        ({"input": 10.0, "firm": 9.0, "target": 10.0}, {}),
        ({"input": 10.0, "target": 9.0, "unmapped": 1.0}, {"no firm": 0.5}),
        ({"input": math.nan, "target": 9.0, "unmapped": 1.0}, {}),
    ],
)
def test_totals_that_do_not_agree(levels, lost):
    assert not FlowTotals("citations", "citations", levels, lost).agree


def test_totals_refuse_a_level_they_do_not_know():
    with pytest.raises(InputError, match="'sector' is not a level"):
        FlowTotals("citations", "citations", {"sector": 1.0})


def test_a_long_list_of_codes_ends_with_the_sum_of_the_rest():
    codes = {f"C{k:03d}": float(k) for k in range(300)}
    table = audit.suspect_table(ConcordanceAudit("a", "b", 300, unmapped=codes))
    assert table is not None
    shown = [float(row[-1].key or "nan") for row in table.rows]
    assert len(shown) == audit.MOST_CODES + 1
    assert sum(shown) == sum(codes.values())
    assert table.rows[-1][0].text == "250 others"


def test_flow_with_the_residual_adds_up_when_it_is_cut():
    frame = pd.DataFrame({"from unmapped": range(1, 201), "to unmapped": 1.0})
    frame.index = pd.Index([f"c{k}" for k in range(200)])
    made = Provenance("s", "c", "now")
    content = ReportContent("t", "", False, {}, made, unmapped_flows={"trade": frame})
    (table,) = audit.unmapped_tables(content)
    assert sum(number(text) for text in column(table, "From unmapped")) == 200 * 201 / 2
    assert sum(number(text) for text in column(table, "To unmapped")) == 200


def test_sector_table_shows_the_last_year(small):
    table = results.sector_table(small)
    last = small.ordered[-1]
    assert table is not None
    assert table.caption.endswith("2020")
    assert column(table, "Code") == list(last.psi.rows)
    assert column(table, "Benefit, %") == [show(x, "value") for x in last.benefit]
    own = column(table, "Own citations")
    assert own[2] == ABSENT
    # W1 + own share = 1 for every sector that cites.
    whole = last.own_share + last.W.to_frame().sum(axis=1)
    assert np.allclose(whole.dropna(), 1)


def test_largest_cells_of_psi_leave_the_identity_out(small):
    psi = small.ordered[-1].psi
    off = results.off_identity(psi)
    assert np.allclose(off.to_frame() + np.eye(37), psi.to_frame())
    table = results.cell_table(small, off, "ψ − I", 10)
    values = [float(cell.key or "nan") for *_, cell in table.rows]
    assert values == sorted(values, reverse=True)
    assert math.isclose(values[0], off.values.max(), rel_tol=1e-9)


def test_findings_are_the_largest_of_the_last_year(small):
    found = {one.title: one for one in findings(small)}
    last = small.ordered[-1]
    best = last.benefit.idxmax()
    assert found["Largest receivers"].items[0] == (
        small.label(best),
        show(last.benefit[best], "value"),
    )
    share = last.spillover.sum() / last.benefit.sum()
    assert found["Spillover in benefit"].value == show(share, "percent")
    assert dict(found["Reached the sectors"].items) == {"citations": "96.0%", "trade": "100.0%"}
    assert "Below 1" in found["Spectral radii"].meaning


def test_hub_tables_explain_a_column_once_and_sort_by_the_first(small):
    tables = results.hub_tables(small)
    assert [table.caption for table in tables] == ["Hubs of W", "Hubs of S", "Hubs of ψ"]
    assert "column sum" in tables[0].note
    assert tables[1].note == ""
    for table in tables:
        keys = [float(row[2].key or "nan") for row in table.rows]
        assert keys == sorted(keys, reverse=True)


def test_years_come_in_order_whatever_order_they_are_given_in(small):
    mixed = dataclasses.replace(small, years=small.years[::-1])
    for make in (results.year_table, results.diagnostics_table):
        table = make(mixed)
        assert table is not None
        assert column(table, "Year") == ["2012", "2017", "2020"]


def test_a_note_is_told_once_with_its_years(small):
    years = [dataclasses.replace(year, notes=["a", f"b {year.year}"]) for year in small.years]
    table = results.notes_table(dataclasses.replace(small, years=years))
    assert table is not None
    told = {row[0].text: row[1].text for row in table.rows}
    assert told["a"] == "2012, 2017, 2020"
    assert told["b 2017"] == "2017"
    assert any(text.startswith("Never cite") and small.label("03") in text for text in told)
