"""P-values of many pairs at once are those of each pair alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from spillgraph.analytics.space import (
    k_density_envelope,
    k_density_pvalues,
    lang_marcon_puech_envelope,
    lang_marcon_puech_pvalues,
    marcon_puech_envelope,
    marcon_puech_pvalues,
)
from spillgraph.core.errors import InputError

BOTH = {
    "K": (k_density_pvalues, k_density_envelope),
    "M": (marcon_puech_pvalues, marcon_puech_envelope),
    "m": (lang_marcon_puech_pvalues, lang_marcon_puech_envelope),
}
AT = [2.0, 8.0, 20.0]


def scene() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Four industries, of which two are of one size, so that draws are shared."""
    rng = np.random.default_rng(1)
    sites = rng.uniform(0, 40, (48, 2)).round(1)
    industry = rng.permutation(["a"] * 10 + ["b"] * 10 + ["c"] * 12 + ["d"] * 16)
    return sites, industry, rng.integers(1, 9, 48)


@pytest.mark.parametrize("options", [{}, {"weights": True}, {"pool": "pair"}])
@pytest.mark.parametrize("name", BOTH)
def test_each_row_is_the_envelope_of_its_pair(name, options):
    sites, industry, weights = scene()
    many, one = BOTH[name]
    options = options | {"draws": 59, "seed": 3}
    if "weights" in options:
        options["weights"] = weights
    table = many(sites, industry, AT, **options)
    labels = list("abcd")
    ordered = name != "K"
    alone = options.get("pool") != "pair"
    expected = [(j, k) for j in labels for k in labels if (alone or j != k) and (ordered or j <= k)]
    assert table.index.tolist() == expected
    for pair, row in table.iterrows():
        found = one(sites, industry, pair, AT, **options)
        assert row[["p", "p_above", "p_below"]].tolist() == [found.p, found.p_above, found.p_below]
        assert row[["localized", "dispersed"]].tolist() == [found.localized, found.dispersed]
    counts = pd.Series(industry).value_counts()
    assert table["others"].tolist() == [counts[k] for _, k in expected]


def test_a_pair_without_a_curve_has_no_p_and_counterfactuals_without_one_do_not_count():
    # Of 12 sites 8 share a place, so that two distances of a counterfactual are often equal, and
    # have no density; those that have one are compared.
    rng = np.random.default_rng(2)
    sites = np.vstack([np.zeros((8, 2)), rng.uniform(0, 9, (4, 2))])
    industry = ["one", "two", "rest", "rest", "rest", "rest", "rest", "rest"]
    industry += ["two", "rest", "rest", "single"]
    table = k_density_pvalues(sites, industry, [1.0, 4.0], draws=199)
    assert np.isnan(table.loc[("one", "one"), "p"]) and np.isnan(table.loc[("one", "single"), "p"])
    assert table.loc[("one", "one"), ["establishments", "others"]].tolist() == [1, 1]
    found = k_density_envelope(sites, industry, ("one", "two"), [1.0, 4.0], draws=199)
    assert 39 < found.draws < 199
    assert table.loc[("one", "two"), "p"] == found.p
    assert table["p"].notna().sum() > 5


def test_too_few_draws_are_refused_before_any_work():
    sites, industry, _ = scene()
    with pytest.raises(InputError, match=r"draws: 39 are needed for level 0\.05, got 38"):
        marcon_puech_pvalues(sites, industry, AT, draws=38)
    with pytest.raises(InputError, match="leave no choice"):
        marcon_puech_pvalues(sites, industry, AT, pairs=[("a", "a")], pool="pair")
