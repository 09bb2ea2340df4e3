"""Citation shares under every normalisation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spillgraph.analytics import (
    citation_shares,
    closed_classes,
    psi,
    spectral_radius,
)
from spillgraph.core.errors import InputError
from spillgraph.core.matrix import LabelledMatrix

AB = ["steel", "cars"]
quick = settings(max_examples=40, deadline=None)


def labelled(name: str, values: object, labels: list[str] = AB, **more: object) -> LabelledMatrix:
    return LabelledMatrix.build(name, values, labels, **more)  # type: ignore[arg-type]


@st.composite
def counts(draw: st.DrawFn) -> LabelledMatrix:
    n = draw(st.integers(1, 5))
    row = st.lists(st.one_of(st.just(0), st.integers(0, 9)), min_size=n, max_size=n)
    values = draw(st.lists(row, min_size=n, max_size=n))
    return labelled("K", values, [f"s{i}" for i in range(n)], unit="citations", year=2000)


@quick
@given(counts())
def test_citation_shares_and_own_share_sum_to_one_on_rows_that_cite(K):
    shares = citation_shares(K)
    sums = shares.W.to_frame().sum(axis=1)
    total = K.to_frame().sum(axis=1).to_numpy()
    np.testing.assert_allclose((sums + shares.own)[total > 0], 1, rtol=1e-14)
    assert shares.zero_rows == tuple(np.array(K.rows)[total == 0])
    assert shares.own[list(shares.zero_rows)].isna().all()
    assert (shares.leak[list(shares.zero_rows)] == 1).all()
    assert (sums[list(shares.zero_rows)] == 0).all()
    assert shares.leak[total > 0].equals(shares.own[total > 0].rename("leak"))
    assert (shares.W.values.diagonal() == 0).all()
    assert (shares.W.unit, shares.W.year) == ("share", 2000)


@quick
@given(counts(), st.integers(2, 1000))
def test_citation_shares_do_not_depend_on_how_much_a_sector_cites(K, factor):
    scaled = K.to_frame()
    scaled.iloc[0] *= factor
    again = citation_shares(labelled("K", scaled.to_numpy(), list(K.rows)))
    np.testing.assert_allclose(
        again.W.values.toarray(), citation_shares(K).W.values.toarray(), rtol=1e-14
    )


@quick
@given(counts(), st.randoms(use_true_random=False))
def test_permuting_sectors_permutes_shares(K, random):
    order = random.sample(K.rows, len(K.rows))
    first, second = citation_shares(K), citation_shares(K.aligned_to(order))
    pd.testing.assert_frame_equal(second.W.to_frame(), first.W.to_frame().loc[order, order])
    pd.testing.assert_series_equal(second.leak, first.leak[order])
    assert set(second.zero_rows) == set(first.zero_rows)


def test_golden_citations_normalise_before_the_diagonal_is_emptied():
    shares = citation_shares(labelled("K", [[6, 4], [1, 3]]))
    assert shares.W.values.toarray().tolist() == [[0, 2 / 5], [1 / 4, 0]]
    # The reversed order gives rows that sum to 1, and a closed class whatever the data.
    reversed_order = labelled("W", [[0, 1], [1, 0]])
    assert closed_classes(shares.W) == [] and closed_classes(reversed_order) == [AB]


@quick
@given(counts(), st.floats(0.01, 0.99))
def test_without_own_citations_rows_sum_to_the_factor_and_psi_exists(K, rho):
    shares = citation_shares(K, "offdiag", rho=rho)
    off = K.to_frame().to_numpy() * (1 - np.eye(len(K.rows)))
    cites = off.sum(axis=1) > 0
    sums = shares.W.to_frame().sum(axis=1).to_numpy()
    np.testing.assert_allclose(sums, np.where(cites, rho, 0.0), rtol=1e-14)
    np.testing.assert_allclose(shares.leak, 1 - sums, rtol=1e-12)
    S = labelled("S", np.zeros(K.shape), list(K.rows))
    # V1 ≤ 1 / (1 − ρ), reached where every sector cites another.
    benefit = psi(S, shares.W, own_leak=shares.leak).benefit
    assert (benefit <= 1 / (1 - rho) * (1 + 1e-10)).all()
    if cites.all():
        np.testing.assert_allclose(benefit, 1 / (1 - rho), rtol=1e-10)


@quick
@given(counts())
def test_shares_of_citations_received_sum_to_one_with_the_own_share_of_the_cited(K):
    cited = K.to_frame().to_numpy().sum(axis=0)
    own = np.diag(K.to_frame().to_numpy()) / np.where(cited > 0, cited, 1)
    try:
        shares = citation_shares(K, "column")
    except InputError as error:
        # Columns sum to 1 at most: only a closed class brings ρ to 1.
        assert "'column' chains do not die out" in str(error)
        off = K.to_frame().to_numpy() * (1 - np.eye(len(K.rows)))
        W = off / np.where(cited > 0, cited, 1)
        assert np.abs(np.linalg.eigvals(W)).max() == pytest.approx(1, abs=1e-6)
        return
    sums = shares.W.to_frame().sum(axis=0).to_numpy()
    np.testing.assert_allclose(sums + own, np.where(cited > 0, 1.0, 0.0), atol=1e-14)
    np.testing.assert_allclose(shares.leak, 1 - shares.W.to_frame().sum(axis=1), atol=1e-12)


def test_citations_per_patent_divide_by_the_patents_of_the_cited():
    K = labelled("K", [[6, 4], [1, 3]])
    shares = citation_shares(K, "patents", patents=pd.Series({"cars": 8.0, "steel": 2.0}))
    assert shares.W.values.toarray().tolist() == [[0, 0.5], [0.5, 0]]
    assert shares.W.unit == "citations per patent"
    with pytest.raises(InputError, match=r"lies between 2 and 2\."):
        citation_shares(K, "patents", patents=pd.Series({"cars": 1.0, "steel": 1.0}))
    with pytest.raises(InputError, match="'cars' is cited but has 0 patents"):
        citation_shares(K, "patents", patents=pd.Series({"cars": 0.0, "steel": 1.0}))


@pytest.mark.parametrize(
    ("normalisation", "options", "message"),
    [
        ("rows", {}, "'rows' is unknown; take one of row, offdiag, column, patents"),
        ("offdiag", {}, "factor rho below 1 go together"),
        ("row", {"rho": 0.5}, "go together"),
        ("offdiag", {"rho": 1.0}, "between 0 and 1, got 1"),
        ("patents", {}, "patent stock of each sector go together"),
        ("row", {"patents": pd.Series({"steel": 1.0, "cars": 1.0})}, "go together"),
    ],
)
def test_options_that_do_not_fit_are_refused(normalisation, options, message):
    with pytest.raises(InputError, match=message):
        citation_shares(labelled("K", [[6, 4], [1, 3]]), normalisation, **options)


def test_a_column_normalisation_with_a_tiny_own_share_is_taken_and_a_closed_one_named():
    labels = ["a", "b", "c"]
    K = labelled("K", [[1, 10**6, 0], [10**6, 0, 0], [0, 0, 5]], labels)
    W = citation_shares(K, "column").W
    assert 0.99 < spectral_radius(W) < 1
    closed = labelled("K", [[0, 5, 0], [3, 0, 0], [0, 0, 4]], labels)
    with pytest.raises(InputError, match=r"\['a', 'b'\] receive are their own"):
        citation_shares(closed, "column")
