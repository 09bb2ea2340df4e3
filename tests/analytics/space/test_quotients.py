"""Location quotients: a textbook's number, exact identities, and nothing over nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spillgraph.analytics.space import location_quotients


def test_the_textbook_example_that_reat_documents():
    # Farhauer and Kröll (2013), as in the manual of REAT 3.0.3, ``locq``: 1,714 of 79,006 jobs in
    # an area, 879,213 of 15,593,224 in the country.
    cells = {
        ("here", "one"): 1714,
        ("here", "other"): 79006 - 1714,
        ("elsewhere", "one"): 879213 - 1714,
        ("elsewhere", "other"): 15593224 - 79006 - 879213 + 1714,
    }
    area, industry = zip(*cells, strict=True)
    found = location_quotients(area, industry, list(cells.values()))
    assert found.loc["here", "one"] == pytest.approx(0.3847623, abs=5e-8)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 60))
def test_quotients_weighted_by_shares_are_one_in_rows_and_columns(seed, n):
    rng = np.random.default_rng(seed)
    area, industry = rng.integers(0, 5, n).astype(str), rng.integers(0, 4, n).astype(str)
    E = rng.uniform(0.1, 9, n)
    found = location_quotients(area, industry, E)
    frame = pd.DataFrame({"area": area, "industry": industry, "E": E})
    of_industry = frame.groupby("industry")["E"].sum() / E.sum()
    of_area = frame.groupby("area")["E"].sum() / E.sum()
    np.testing.assert_allclose(found @ of_industry, 1.0, rtol=1e-12)
    np.testing.assert_allclose(found.T @ of_area, 1.0, rtol=1e-12)
    for label in of_industry.index:  # the definition, as it is written
        part = frame[frame["industry"] == label].groupby("area")["E"].sum()
        expected = (part / frame.groupby("area")["E"].sum()).fillna(0) / of_industry[label]
        np.testing.assert_allclose(found[label], expected, rtol=1e-12)


def test_nothing_over_nothing_is_nan_and_an_absent_industry_zero():
    area, industry = ["a", "a", "b", "empty"], ["x", "y", "y", "z"]
    found = location_quotients(area, industry, [1, 1, 2, 0])
    assert found.loc["empty"].isna().all() and found["z"].isna().all()
    assert found.loc["b", "x"] == 0 and found.loc["a", "x"] == 2
    assert found.index.name == "area" and found.columns.name == "industry"


def test_establishments_are_counted_without_weights():
    area, industry = ["a", "a", "a", "b"], ["x", "x", "y", "y"]
    ones = location_quotients(area, industry, [1, 1, 1, 1])
    pd.testing.assert_frame_equal(location_quotients(area, industry), ones)
