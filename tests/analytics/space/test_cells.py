"""Regions and years are cells that know nothing of each other."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pandas as pd
import pytest
from spillgraph.analytics.space import coagglomeration_by_cell, project_sites
from spillgraph.core.errors import InputError


def country():
    rng = np.random.default_rng(1)
    n = 240
    return pd.DataFrame(
        {
            "region": rng.choice(["North", "South", "東"], n),
            "year": rng.choice([2001, 2004], n),
            "industry": rng.choice(list("abcde"), n),
            "lat": 30 + rng.uniform(0, 1, n),
            "lon": 110 + rng.uniform(0, 1, n),
            "employment": rng.integers(1, 100, n),
        }
    )


def verdicts(outcomes):
    return {(o.region, o.year): o.found.pairs["r_low"].tolist() for o in outcomes}


def test_a_cell_is_the_same_alone_and_among_others_and_in_another_process():
    sites = country()
    asked = {"draws": 49, "mode": "full", "seed": 5}
    together = verdicts(coagglomeration_by_cell(sites, **asked))
    assert len(together) == 6
    alone = sites[(sites["region"] == "東")]
    one = verdicts(coagglomeration_by_cell(alone.iloc[::-1].iloc[::-1], **asked))
    assert one == {key: value for key, value in together.items() if key[0] == "東"}
    heard = []
    with ProcessPoolExecutor(2) as pool:
        apart = coagglomeration_by_cell(sites, executor=pool, report=heard.append, **asked)
    assert verdicts(apart) == together
    assert [(o.region, o.year) for o in apart] == sorted(together)
    assert {(o.region, o.year) for o in heard} == set(together)
    other = verdicts(coagglomeration_by_cell(sites, **(asked | {"seed": 6})))
    assert all(other[key] != together[key] for key in together)


def test_kilometres_and_degrees_of_one_place_give_one_answer():
    sites = country()
    sites = sites[sites["region"] == "North"].drop(columns="region")
    in_km = sites.drop(columns=["lat", "lon"])
    in_km[["x", "y"]] = project_sites(sites["lat"], sites["lon"])
    one, other = (
        coagglomeration_by_cell(s, draws=49, mode="full", weights="employment")
        for s in (sites, in_km)
    )
    assert verdicts(one) == verdicts(other)


def test_a_cell_without_a_pair_says_why():
    sites = country()
    sites.loc[sites["region"] == "South", "industry"] = "a"
    sites.loc[sites["region"] == "東", ["lat", "lon"]] = [30.5, 110.5]
    outcomes = {(o.region, o.year): o for o in coagglomeration_by_cell(sites, draws=19)}
    assert outcomes["South", 2001].found is None
    assert "1 industry has a site with coordinates, of 1" in outcomes["South", 2001].why
    assert "sites are in one point" in outcomes["東", 2004].why
    assert outcomes["North", 2001].found is not None
    assert sum(o.sites for o in outcomes.values()) == len(sites)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda s: s.drop(columns="industry"), "no column 'industry'"),
        (lambda s: s.drop(columns="lat"), "x and y, or lat and lon"),
        (lambda s: s.assign(region=[None, *s["region"][1:]]), "1 rows have no region"),
        (lambda s: s.assign(year=[np.nan, *s["year"][1:]]), "have no year, others do"),
        (lambda s: s.assign(lat=s["lon"], lon=s["lat"]), "seem to be exchanged"),
    ],
)
def test_rows_that_cannot_be_placed_are_refused(change, words):
    with pytest.raises(InputError, match=words):
        coagglomeration_by_cell(change(country()), draws=19)


def test_options_that_make_no_sense_are_refused_not_told_cell_by_cell():
    with pytest.raises(InputError, match="threshold"):
        coagglomeration_by_cell(country(), draws=19, threshold=2.0)
