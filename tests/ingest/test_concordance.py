"""Weighted maps: no flow is made, none is lost, and the audit tells what was done."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spillgraph.core.errors import ConcordanceError
from spillgraph.graph.schema import UNMAPPED
from spillgraph.ingest.concordance import map_totals, weighted_map


def rows(*each: tuple[str, str, float | None]) -> pd.DataFrame:
    return pd.DataFrame(each, columns=["from", "to", "weight"])


def as_dict(full: pd.DataFrame) -> dict[tuple[str, str], float]:
    return {(a, b): w for a, b, w in full.itertuples(index=False)}


def test_weights_above_one_are_refused() -> None:
    with pytest.raises(ConcordanceError, match=r"C14 \(1.25\)") as caught:
        weighted_map(rows(("C13", "x", 1), ("C14", "x", 0.75), ("C14", "y", 0.5)), [], "a", "b")
    assert "C13" not in str(caught.value)


def test_weights_below_one_leave_the_rest_to_the_residual() -> None:
    full, audit = weighted_map(rows(("A", "x", 0.5), ("A", "y", 0.2)), ["A"], "a", "b")
    assert as_dict(full)["A", UNMAPPED] == pytest.approx(0.3)
    assert audit.uneven == {"A": pytest.approx(0.7)}


def test_rounded_thirds_within_the_tolerance_add_to_one_exactly() -> None:
    third = 0.3333333333
    given = rows(("A", "x", third), ("A", "y", third), ("A", "z", 0.3333333334))
    full, audit = weighted_map(given, ["A"], "a", "b")
    assert full.loc[full["from"] == "A", "weight"].sum() == 1.0
    assert not audit.uneven


def test_without_weights_a_code_is_split_equally_and_ties_are_named() -> None:
    given = rows(("A", "x", None), ("A", "y", None), ("B", "y", None))
    full, audit = weighted_map(given, ["A", "B"], "a", "b")
    assert as_dict(full)["A", "x"] == 0.5 and as_dict(full)["B", "y"] == 1
    assert audit.equal_split == ("A",)
    assert audit.ties == {"A": ("x", "y")}


def test_weights_in_some_rows_of_a_code_are_refused() -> None:
    with pytest.raises(ConcordanceError, match="some rows"):
        weighted_map(rows(("A", "x", 0.5), ("A", "y", None)), ["A"], "a", "b")


def test_a_used_code_without_a_line_goes_to_the_residual() -> None:
    full, audit = weighted_map(rows(("A", "x", 1)), ["A", "Z", UNMAPPED], "a", "b")
    assert audit.unmapped == ("Z",) and audit.codes == ("A", "Z")
    assert as_dict(full)["Z", UNMAPPED] == 1 and as_dict(full)[UNMAPPED, UNMAPPED] == 1


def test_codes_that_nobody_uses_are_not_in_the_audit() -> None:
    _, audit = weighted_map(rows(("A", "x", 0.5), ("B", "x", None), ("B", "y", None)), [], "a", "b")
    assert not audit.uneven and not audit.ties and not audit.equal_split


CODES = ["A", "B", "C", "D"]


@settings(max_examples=60, deadline=None)
@given(
    weights=st.dictionaries(
        st.tuples(st.sampled_from(CODES), st.sampled_from(["x", "y", "z"])),
        st.floats(0.0, 1 / 3),
        max_size=10,
    ),
    amounts=st.lists(st.floats(0, 1e6), min_size=4, max_size=4),
)
def test_totals_are_the_same_in_both_classifications(
    weights: dict[tuple[str, str], float], amounts: list[float]
) -> None:
    given = rows(*((a, b, w) for (a, b), w in weights.items()))
    full, _ = weighted_map(given, CODES, "a", "b")
    sums = full.groupby("from")["weight"].sum()
    assert set(sums.index) == {*CODES, UNMAPPED}
    np.testing.assert_allclose(sums, 1, rtol=0, atol=1e-12)
    values = pd.DataFrame({"gross_output": amounts}, index=CODES)
    np.testing.assert_allclose(map_totals(values, full).sum(), values.sum(), rtol=1e-12)
