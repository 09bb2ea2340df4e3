"""ln(1 + x) under the labels it had."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from spillgraph.analytics import log_panel
from spillgraph.core.errors import InputError

INDEX = pd.MultiIndex.from_tuples(
    [("PRD", 2001, "steel"), ("PRD", 2004, "steel")], names=["region", "year", "industry"]
)


def test_labels_stay_and_what_is_not_known_stays_unknown():
    panel = pd.DataFrame({"patents": [0, 9], "quality": [1e-9, np.nan]}, INDEX)
    found = log_panel(panel)
    assert found.index.equals(INDEX) and found.columns.tolist() == ["ln1p_patents", "ln1p_quality"]
    assert found["ln1p_patents"].tolist() == [0.0, pytest.approx(math.log(10), rel=1e-15)]
    # ln(1 + 1e-9) by its series: a logarithm of the sum would lose half of the digits.
    assert found["ln1p_quality"].iloc[0] == pytest.approx(1e-9 - 0.5e-18, rel=1e-15, abs=0)
    assert np.isnan(found["ln1p_quality"].iloc[1])
    assert panel["patents"].tolist() == [0, 9]


def test_missing_objects_are_missing_and_an_empty_panel_is_empty():
    panel = pd.DataFrame({"a": [None, 1.0], "b": pd.array([pd.NA, 0], dtype="Int64")}, INDEX)
    assert log_panel(panel).isna().to_numpy().tolist() == [[True, True], [False, False]]
    assert log_panel(panel.iloc[:0]).shape == (0, 2)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (-0.5, r"row 'PRD_2004_steel', column 'patents' holds -0.5; a number that is not negative"),
        (np.inf, r"row 'PRD_2004_steel', column 'patents' holds 'inf'; a finite number"),
        ("PRD", r"holds 'PRD'.*Labels belong into the index"),
    ],
)
def test_what_has_no_logarithm_is_refused(value: object, message: str):
    panel = pd.DataFrame({"patents": [1.0, value]}, INDEX)
    with pytest.raises(InputError, match=message):
        log_panel(panel)


def test_a_row_that_occurs_twice_is_refused():
    panel = pd.DataFrame({"patents": [1.0, 2.0]}, INDEX)
    with pytest.raises(InputError, match="'PRD_2001_steel' occurs twice"):
        log_panel(pd.concat([panel, panel]))
