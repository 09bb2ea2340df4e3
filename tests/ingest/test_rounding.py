"""Shares that were printed or stored in few digits add up; what is no rounding stays an error."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from spillgraph.core.errors import ConcordanceError, InputError, SpillgraphError
from spillgraph.graph.schema import UNMAPPED
from spillgraph.ingest.concordance import in_per_cent, weighted_map
from spillgraph.ingest.economy import Economy, prepare
from spillgraph.ingest.owners.shares import Spans, make_spans
from spillgraph.ingest.stage import stage
from spillgraph.ingest.study import load_study
from spillgraph.ingest.values.rounding import last_digits

SINGLE_THIRD = float(str(np.float32(1 / 3)))  # 0.33333334, as a text has it


def mapped(weights: list[float], *others: float) -> tuple[pd.DataFrame, dict[str, float]]:
    """The weights of code A, beside codes with one target each; what was scaled."""
    rows = [("A", f"t{n}", weight) for n, weight in enumerate(weights)]
    rows += [(f"B{n}", "t0", weight) for n, weight in enumerate(others)]
    frame = pd.DataFrame(rows, columns=["from", "to", "weight"])
    full, audit = weighted_map(frame, ["A"], "f", "t")
    return full[full["from"] == "A"], audit.rounded


@pytest.mark.parametrize(
    "weights",
    [
        [0.167] * 6,
        [0.05, 0.83, 0.13],
        [SINGLE_THIRD] * 3,
        [float(np.float32(1 / 7))] * 7,
        [0.6666667, 0.16666667, 0.16666667],
        [0.0168604651] * 59 + [0.0052230236, 9.5374352e-06],
    ],
)
def test_what_rounding_explains_is_scaled_to_one(weights: list[float]) -> None:
    total = sum(map(Fraction, weights))
    assert total > 1
    full, rounded = mapped(weights)
    assert full["weight"].to_numpy() == pytest.approx(
        [float(Fraction(each) / total) for each in weights], rel=1e-14
    )
    assert rounded == {"A": pytest.approx(float(total), rel=1e-15)}
    assert UNMAPPED not in set(full["to"])


@pytest.mark.parametrize(
    ("weights", "others"),
    [
        ([0.5, 0.52], []),  # half a unit each is .01
        ([0.5, 0.6], []),
        ([1.0, 1.0], []),
        ([0.167] * 6, [0.5001]),  # the file has four decimals
        ([1 / 3, 1 / 3, 1 / 3 + 1e-8], []),  # and here all that a number has
        ([1.0000001], []),  # one share is all of it at most
        ([0.02] * 60, []),
        ([0.75, 0.2500001], [1 / 3]),
    ],
)
def test_more_than_rounding_is_an_error(weights: list[float], others: list[float]) -> None:
    with pytest.raises(ConcordanceError, match=r"weights add to more than 1 for A \("):
        mapped(weights, *others)


def test_what_lacks_stays_in_the_residual() -> None:
    full, rounded = mapped([0.333] * 3)
    assert not rounded
    assert full.set_index("to").loc[UNMAPPED, "weight"] == pytest.approx(0.001)


def test_a_code_that_no_flow_has_is_judged_and_the_error_says_so() -> None:
    rows = [("A", "x", 1.0), ("Z", "x", 0.7), ("Z", "y", 0.7)]
    frame = pd.DataFrame(rows, columns=["from", "to", "weight"])
    with pytest.raises(ConcordanceError, match=r"No flow has Z: all codes are judged\."):
        weighted_map(frame, ["A"], "f", "t")


@given(st.lists(st.integers(1, 999), min_size=2, max_size=30), st.integers(2, 9))
def test_shares_that_were_rounded_are_never_refused(parts: list[int], decimals: int) -> None:
    """The oracle rounds exact shares; whatever their sum, it is within what may have moved."""
    exact = [Fraction(part, sum(parts)) for part in parts]
    printed = [float(round(each, decimals)) for each in exact]
    off = sum(map(Fraction, printed)) - 1
    widest = max((len(str(each).partition(".")[2]) for each in printed if each >= 1e-4), default=0)
    if widest == decimals:  # else no share shows how many decimals were printed
        assert float(off) <= last_digits(printed).sum() + 1e-9


def spans(rows: list[tuple[str, str, float]]) -> tuple[dict[tuple[str, str], float], list[str]]:
    notes: list[str] = []
    with duckdb.connect() as con:
        listed = ", ".join(f"('{h}', '{i}', {s!r}::DOUBLE)" for h, i, s in rows)
        select = (
            "SELECT holder, item, share, -1 AS first, 10000 AS last "
            f"FROM (VALUES {listed}) AS t(holder, item, share)"
        )
        what = Spans("patent_owners", "patent", "firm", select, (2000, 2001))
        make_spans(con, what, "made", notes)
        found = con.execute("SELECT holder, item, share FROM made").fetchall()
    return {(h, i): s for h, i, s in found}, notes


def test_owners_whose_shares_are_rounded_are_scaled_and_counted() -> None:
    rows = [("P1", "a", 0.05), ("P1", "b", 0.83), ("P1", "c", 0.13), ("P2", "a", 1.0)]
    found, notes = spans(rows)
    assert found["P1", "b"] == pytest.approx(83 / 101, rel=1e-15)
    assert sum(share for (h, _), share in found.items() if h == "P1") == pytest.approx(1, abs=1e-15)
    assert notes == [
        "table patent_owners: shares of 1 patent add to more than 1 by what rounding of their last "
        "digits explains, at most 0.01 (patent 'P1'); they are scaled to add to 1."
    ]
    assert spans([("P1", "a", SINGLE_THIRD), ("P1", "b", SINGLE_THIRD), ("P1", "c", SINGLE_THIRD)])[
        0
    ]["P1", "a"] == pytest.approx(1 / 3, rel=1e-15)
    with pytest.raises(InputError, match=r"shares that add to 1\.03, more than 1"):
        spans([("P1", "a", 0.05), ("P1", "b", 0.83), ("P1", "c", 0.15)])


# -- whole studies ---------------------------------------------------------------------------------


def economy(path: Path, folder: Path) -> Economy:
    study = load_study(path)
    with duckdb.connect() as con:
        return prepare(con, study, stage(con, study, folder / "tables", None))


def test_a_printed_concordance_is_scaled_and_a_note_says_so(tiny, tmp_path: Path) -> None:
    tiny.write("map.csv", "from,to,weight\nA,x,1\nB,x,0.255\nB,y,0.746\nC,y,1\n")
    made = economy(tiny.path, tmp_path)
    weights = made.maps.set_index(["from", "to"])["weight"]
    assert weights["f:B", "t:x"] == pytest.approx(255 / 1001, rel=1e-15)
    assert made.notes[0] == (
        "concordance f → t: weights of 1 code add to more than 1 by what rounding of their last "
        "digits explains, at most 0.001 (code 'B'); they are scaled to add to 1."
    )
    tiny.write("map.csv", "from,to,weight\nA,x,1\nB,x,0.255\nB,y,0.747\nC,y,1\n")
    with pytest.raises(SpillgraphError, match=r"add to more than 1 for B \(1\.002\)"):
        economy(tiny.path, tmp_path)


@pytest.mark.parametrize("kind", ["dta", "parquet"])
def test_a_concordance_in_single_precision(tiny, tmp_path: Path, kind: str) -> None:
    codes = ["A", "B", "B", "B", "C"]
    weights = np.array([1, 1 / 3, 1 / 3, 1 / 3, 1], np.float32)
    frame = pd.DataFrame({"from": codes, "to": ["x", "x", "y", "z", "y"], "weight": weights})
    if kind == "dta":
        frame.to_stata(tiny.folder / "map.dta", write_index=False)
    else:
        frame.to_parquet(tiny.folder / "map.parquet")
    tiny.write("sectors.csv", "code,name\nx,First\ny,Second\nz,Third\n")
    tiny.replace('file = "map.csv"', f'file = "map.{kind}"')
    weight = economy(tiny.path, tmp_path).maps.set_index(["from", "to"])["weight"]
    assert weight["f:B", "t:x"] == pytest.approx(1 / 3, rel=1e-15)


@pytest.mark.parametrize(("column", "above"), [("p_manufacture", None), ("p_use", 26)])
def test_silvermans_concordance_is_rounded_and_taken(
    data_folder: Path, column: str, above: int | None
) -> None:
    path = data_folder / "patent_class_to_industry" / "silverman_ipc4_us_sic.csv.gz"
    frame = pd.read_csv(path, dtype={"ipc": str, "us_sic87": str})
    frame = frame.rename(columns={"ipc": "from", "us_sic87": "to", column: "weight"})
    full, audit = weighted_map(frame, frame["from"].unique(), "ipc", "sic")
    sums = frame.groupby("from")["weight"].sum()
    assert set(audit.rounded) == set(sums[sums - 1 > 1e-9].index)
    assert above in {None, len(audit.rounded)}
    assert max(audit.rounded.values(), default=1) < 1 + 4e-9
    assert np.abs(full.groupby("from")["weight"].sum() - 1).max() < 1e-12


# -- what is no share ------------------------------------------------------------------------------


def test_amounts_per_mille_and_per_cent_have_their_own_remedies() -> None:
    assert "looks like per cent: divide all by 100 " in in_per_cent([60, 40], [100])
    assert "looks like per cent" in in_per_cent([60], [60])
    assert "divide all by 1,000 in the file, so that it is 0.7." in in_per_cent([700, 300], [1000])
    assert in_per_cent([1508800.0, 2], [1508802.0]) == (
        " A value of 1.5088e+06 is not a share: if these are amounts, divide each by what they add "
        "up to (1.5088e+06)."
    )
    assert in_per_cent([1, 1, float("nan")], [2]) == ""
