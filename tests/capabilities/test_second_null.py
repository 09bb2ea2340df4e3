"""Hubs by size alone do not remain hubs where everybody gives as much as they do."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from spillgraph.capabilities import load
from spillgraph.capabilities.hubs._compute import Hubs, compute
from spillgraph.capabilities.hubs._doubts import doubts
from spillgraph.capabilities.hubs._options import HubOptions
from spillgraph.core.errors import InputError
from spillgraph.core.matrix import LabelledMatrix
from spillgraph.reports.tables import Table
from spillgraph.runs.capability import Context, Grid
from spillgraph.runs.networks import YearNetworks, year_networks
from spillgraph.runs.steps import Steps

N = 16
CODES = [f"{k:02}" for k in range(N)]


def year_of_sizes() -> YearNetworks:
    """Three give twelve times as much as others; from 03 everybody draws 6%, small as it is."""
    size = np.where(np.arange(N) < 3, 12.0, 1.0)
    cited = size[None] * np.random.default_rng(1).exponential(size=(N, N))
    cited[:, 3] = 0.0
    cited[:, 3] = 0.06 * (cited.sum(axis=1) - cited.diagonal())
    np.fill_diagonal(cited, 1.0)
    return year_networks(2017, LabelledMatrix.build("citations", cited, CODES), {}, None)


def hubs_of(**asked: Any) -> Hubs:
    economy = SimpleNamespace(names={}, flows=[], warnings=[])
    result = SimpleNamespace(years=[year_of_sizes()], economy=economy)
    return compute(Context(result, None, Steps()), HubOptions(**asked))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def hubs() -> Hubs:
    return hubs_of(draws=40 * N - 1)


def test_hubs_by_size_alone_do_not_remain_and_every_place_says_so(hubs) -> None:
    claim = hubs.claims[2017]["W"]
    table = load("hubs").tables(hubs)["claims_2017"].set_index("code")
    remains = table["remains"]
    assert set(table.index[table["is_hub"] == "yes"]) == {"00", "01", "02", "03"}
    assert remains[["00", "01", "02", "03"]].tolist() == ["no", "no", "no", "yes"]
    assert set(remains.drop(["00", "01", "02", "03"])) == {""}
    assert set(table["second_null"]) == {"strength"}
    values, section = load("hubs").values, load("hubs").section
    assert values is not None and section is not None
    said = values(hubs)
    for code, row in table.iterrows():
        one = said["claims"]["W"]["2017"][code]
        assert one["p_second"] == row["p_second"]
        assert one["remains"] == {"yes": True, "no": False, "": None}[row["remains"]]
    assert said["chance"]["W"]["2017"]["second"]["draws"] == 639
    assert (
        f"remains one: null 'strength', 639 draws, after Holm p = {table['p_second']['03']:.3g}"
        in (claim.sentences["03"])
    )
    assert "Under a second null it is none: null 'strength'" in claim.sentences["00"]
    assert "second null" not in claim.sentences["09"]  # that is no hub under the first
    told = "Under the second null, 'strength', of the hubs remain 1 of 4 of W."
    grid, *more = load("hubs").screen(hubs, {})
    assert isinstance(grid, Grid) and grid.heads[-1] == "2nd" and told in more
    assert {row[0].split()[1]: row[-1] for row in grid.rows}["03"] == "yes"
    parts = section(hubs, {}).parts
    assert told in str(parts) and "Second null 'strength': Every sector draws" in str(parts)
    (leading,) = (p for p in parts if isinstance(p, Table) and p.caption.startswith("Leading"))
    assert "2nd null" in [head.title for head in leading.heads]


def test_it_is_the_claim_of_a_run_with_that_null(hubs) -> None:
    """Adjusted for all sectors, not for the hubs alone, which were chosen by the same scores."""
    first = hubs_of(draws=40 * N - 1, null="strength", second_null="none")
    again, own = hubs.claims[2017]["W"].claims, first.claims[2017]["W"].claims
    pd.testing.assert_series_equal(
        again["p_second"].sort_index(), own["p_claim"].sort_index(), check_names=False
    )
    assert first.claims[2017]["W"].second is None
    assert load("hubs").screen(first, {})[0].heads[-1] == "measures"  # type: ignore[union-attr]


def test_too_few_draws_to_find_anything_are_not_made_and_that_is_told() -> None:
    hubs = hubs_of(draws=40 * N - 2)
    second = hubs.claims[2017]["W"].second
    assert second is not None and second.found is None
    why = (
        "W: hubs are not tested under the second null 'strength', for 16 sectors take 639 draws of "
        "it; ask for them with draws = 639."
    )
    assert why in doubts(hubs)
    assert hubs.claims[2017]["W"].claims["remains"].isna().all()


def test_the_second_null_asks_for_size_where_the_first_does_not_and_the_other_way_round() -> None:
    asked = {"strength": ["spread", "spread_columns", "degree"]}
    asked["spread"] = ["strength", "strength_own", "strength_links", "maxent"]
    for second, firsts in asked.items():
        assert {HubOptions(null=first).second for first in firsts} == {second}  # type: ignore[arg-type]
    assert HubOptions(second_null="degree").second == "degree"
    assert HubOptions(second_null="none").second == HubOptions(draws=0).second == ""


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"second_null": "spread"}, "hubs are held against it already"),
        ({"second_null": "degree", "draws": 0}, "nothing is drawn from it with draws = 0"),
    ],
)
def test_a_second_null_that_says_nothing_is_refused(asked: dict[str, Any], words: str) -> None:
    study = SimpleNamespace(citations_from="citations", trade_from=None)
    with pytest.raises(InputError, match=words):
        load("hubs").refuse(study, HubOptions(**asked))  # type: ignore[arg-type]
