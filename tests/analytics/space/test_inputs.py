"""What functions on establishments take, and what they refuse: in one sentence that names it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from spillgraph.analytics.space import k_density, location_quotients, marcon_puech
from spillgraph.core.errors import InputError

SITES = [[0.0, 0.0], [3.0, 4.0], [6.0, 8.0], [9.0, 1.0]]
INDUSTRY = ["a", "a", "b", "b"]


def test_frames_series_and_categories_are_taken_as_lists_are():
    plain = k_density(SITES, INDUSTRY, [1.0, 5.0], weights=[1, 2, 3, 4])
    frame = pd.DataFrame(SITES, columns=["x", "y"], index=list("wxyz"))
    found = k_density(
        frame,
        pd.Categorical(INDUSTRY, ["b", "a", "unused"]),
        pd.Index([1, 5]),
        weights=pd.Series([1, 2, 3, 4], index=[7, 1, 2, 3]),
    )
    pd.testing.assert_frame_equal(found.K, plain.K)


def test_numbers_as_labels_become_texts_and_pairs_may_be_asked_for_by_number():
    found = marcon_puech(SITES, [3514.0, 3514.0, 685.0, 685.0], [5.0], pairs=[(3514, 685)])
    assert found.index.tolist() == [("3514", "685")]
    quotients = location_quotients([1, 1, 2, 2], [3514, 685, 685, 685])
    assert quotients.index.tolist() == ["1", "2"]
    assert quotients.columns.tolist() == ["3514", "685"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"sites": [[0, 0], [1, np.nan], [2, 2], [3, 3]]}, r"establishment 2 has .*\(1 here\)"),
        ({"sites": [[0, 0], [1, None], ["x", 2], [3, 3]]}, r"establishment 2 has .*\(2 here\)"),
        ({"sites": [0, 1, 2, 3]}, r"two planar coordinates in km .* shape \(4,\)"),
        ({"sites": np.zeros((4, 3))}, r"two planar coordinates in km .* shape \(4, 3\)"),
        ({"sites": np.zeros((0, 2)), "industry": []}, "at least one label needed"),
        ({"industry": INDUSTRY[:3]}, r"industry: 4 labels needed, got an array of shape \(3,\)"),
        ({"industry": ["a", "a", None, "b"]}, "industry: establishment 3 has none"),
        ({"industry": ["a", "", "b", "b"]}, "industry: number 2 has no label"),
        ({"industry": ["1", 1, "b", "b"]}, "industry: label '1' occurs twice"),
        ({"weights": [1, 0, 1, 1]}, "establishment 2 weighs '0'; a finite number greater than 0"),
        ({"weights": [1, 1, np.inf, 1]}, "establishment 3 weighs 'inf'"),
        ({"weights": [1e-300, 1e300, 1, 1]}, "they run from 1e-300 to 1e.*lost in rounding"),
        ({"sites": np.array(SITES) * 1e200}, "these are no km"),
        ({"weights": ["1", 1, 1, 1]}, "establishment 1 weighs '1'"),
    ],
)
def test_what_is_no_establishment_is_refused(change, told):
    with pytest.raises(InputError, match=told):
        k_density(**({"sites": SITES, "industry": INDUSTRY, "distances": [1.0]} | change))
