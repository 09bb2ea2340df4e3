"""FLOW and FLOWCOST: the paper's steps by hand, and with the US tables of 1992."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from spillgraph.analytics import capital_stock, industry_tables, rental_cost, ucs, uds
from spillgraph.analytics.accounts import (
    NSF_GROUPS,
    REMOVED_1992,
    nsf_groups_1992,
    spread_columns,
)
from spillgraph.core.errors import InputError

GROUPS = {"37": "steel", "59A": "cars", "59B": "cars", "71B": "services"}
CODES = list(GROUPS)


def by_hand() -> tuple[pd.DataFrame, pd.DataFrame]:
    make = pd.DataFrame(
        [[90.0, 10, 0, 0], [0, 100, 5, 0], [0, 0, 95, 0], [0, 0, 0, 50]], CODES, CODES
    )
    use = pd.DataFrame(0.0, [*CODES, "80", "88"], [*CODES, "91", "92"])
    use.loc["37"] = [20, 30, 10, 0, 25, 5]
    use.loc["59A"] = [0, 40, 10, 5, 45, 10]
    use.loc["59B"] = [0, 10, 30, 5, 40, 15]
    use.loc["71B"] = [5, 5, 5, 0, 30, 5]
    use.loc["80"] = [1, 2, 3, 0, 0, 0]
    use.loc["88"] = [40, 20, 30, 10, 0, 0]
    return make, use


OPTIONS = {"groups": GROUPS, "removed": ["80", "88", "92"]}


def test_use_is_make_shares_times_use_of_groups() -> None:
    tables = industry_tables(*by_hand(), **OPTIONS)
    assert (tables.groups, tables.final) == (("steel", "cars", "services"), ("91",))
    # Of 210 of cars, steel makes 10.
    steel = [20 + 0, 40 + 90 * 10 / 210, 0 + 10 * 10 / 210, 25 + 85 * 10 / 210]
    np.testing.assert_allclose(tables.USE.loc["steel"], steel, rtol=1e-14)
    assert tables.FLOW.equals(tables.USE) and not tables.has_capital
    assert tables.FLOWCOST.equals(tables.USE[["steel", "cars", "services"]])
    assert (tables.FLOW.index.name, tables.FLOW.columns.name) == ("upstream", "downstream")
    assert tables.imports.to_dict() == {"steel": 1, "cars": 5, "services": 0}
    assert tables.compensation.to_dict() == {"steel": 40, "cars": 50, "services": 10}
    assert tables.removed == {"80": 6, "88": 100, "92": 35}


def test_capital_flows_are_added_without_real_estate() -> None:
    capital = pd.DataFrame(
        {"37": [0.0, 7, 4], "59A": [1.0, 6, 0], "71B": [0.0, 9, 0]}, index=["37", "59A", "59B"]
    )
    tables = industry_tables(*by_hand(), capital, **OPTIONS)
    assert tables.has_capital and tables.left_out_capital == 9
    np.testing.assert_allclose(tables.CFLOW.loc["cars", "steel"], 11 * 200 / 210, rtol=1e-14)
    np.testing.assert_allclose(tables.CFLOW.loc["steel", "cars"], 1 + 6 * 10 / 210, rtol=1e-14)
    assert (tables.CFLOW[["services", "91"]] == 0).all(axis=None)
    np.testing.assert_allclose(tables.FLOW, tables.USE + tables.CFLOW)
    # All that is used of a group's goods is somebody's output.
    kept = capital.drop(columns="71B").to_numpy().sum()
    assert tables.CFLOW.to_numpy().sum() == pytest.approx(kept)


def test_rental_costs_take_the_place_of_capital_flows_in_costs() -> None:
    flows = pd.DataFrame({"37": [7.0], "71B": [9.0]}, index=["59A"])
    stock = capital_stock(flows, 0.02, 0.1)
    rental = rental_cost(stock, 0.1, pd.Series({"59A": 5}))
    tables = industry_tables(*by_hand(), rental=rental, **OPTIONS)
    added = tables.FLOWCOST - tables.USE[list(tables.groups)]
    expected = (0.0701 + 0.1) * (1 - 0.34 * 0.8602253268) / 0.66 * 7 * 1.02 / 0.12
    assert added.loc["cars", "steel"] == pytest.approx(expected, rel=1e-9)
    assert added.to_numpy().sum() == pytest.approx(expected, rel=1e-9)
    assert tables.has_rental and not tables.has_capital


def test_a_code_of_two_groups_is_split() -> None:
    rows = [("37", "steel", 1.0), ("59A", "cars", 0.5), ("59A", "steel", 0.5)]
    rows += [("59B", "cars", 1.0), ("71B", "services", 1.0)]
    split = pd.DataFrame(rows, columns=["code", "group", "weight"])
    make, use = by_hand()
    tables = industry_tables(make, use, **{**OPTIONS, "groups": split})
    whole = industry_tables(make, use, **OPTIONS)
    assert tables.USE.to_numpy().sum() == pytest.approx(whole.USE.to_numpy().sum())
    assert tables.compensation.to_dict() == {"steel": 50, "cars": 40, "services": 10}
    with pytest.raises(InputError, match=r"the weights of code '59A' sum to 0\.9; 1 is needed"):
        uneven = split.replace({"weight": {0.5: 0.45}})
        industry_tables(make, use, **{**OPTIONS, "groups": uneven})


def test_users_that_are_coarser_are_spread_by_what_is_known_of_their_members() -> None:
    flows = pd.DataFrame({"28": [12.0, 4], "37": [1.0, 0]}, index=["37", "59A"])
    by = pd.Series({"27A": 1.0, "29A": 3.0, "37": 5.0})
    spread = spread_columns(flows, {"28": ["27A", "29A"]}, by)
    assert spread.to_dict("list") == {"27A": [3.0, 1.0], "29A": [9.0, 3.0], "37": [1.0, 0.0]}
    with pytest.raises(InputError, match="spread over '30', of which nothing is known"):
        spread_columns(flows, {"28": ["30"]}, by)
    with pytest.raises(InputError, match="members that sum to 0"):
        spread_columns(flows, {"28": ["27A"]}, by * 0)
    with pytest.raises(InputError, match="'29' is no column"):
        spread_columns(flows, {"29": ["27A"]}, by)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"removed": ["80", "92"]}, "groups: '88', a row of the use table, is in no group"),
        ({"imports": ["81"]}, "imports and compensation: '81' is no row of the use table"),
        ({"groups": {"37": "steel"}}, "groups: '59A', a row of the use table, is in no group"),
        ({"groups": ["37"]}, "groups: a mapping of codes .*got a list"),
        ({"groups": {**GROUPS, "37": "91"}}, "use: '91' is the name of a group and of a code"),
    ],
)
def test_what_is_in_no_group_is_named(change, message: str) -> None:
    with pytest.raises(InputError, match=message):
        industry_tables(*by_hand(), **{**OPTIONS, **change})


def test_a_group_that_nobody_makes_and_capital_of_strangers_are_named() -> None:
    make, use = by_hand()
    with pytest.raises(InputError, match="nobody makes 'services', and 45 of it are used"):
        industry_tables(make.assign(**{"71B": 0.0}), use, **OPTIONS)
    with pytest.raises(InputError, match="capital flows: column '28' is in no group"):
        industry_tables(make, use, pd.DataFrame({"28": [1.0]}, index=["59A"]), **OPTIONS)


def test_the_map_of_1992_has_the_papers_groups_in_its_order() -> None:
    groups = nsf_groups_1992()
    assert list(dict.fromkeys(groups["group"])) == list(NSF_GROUPS) and len(NSF_GROUPS) == 22
    np.testing.assert_allclose(groups.groupby("code")["weight"].sum(), 1.0)
    assert not set(groups["code"]) & set(REMOVED_1992)


def prefixes() -> dict[str, str]:
    """SIC codes of the groups, ranges written out."""
    found = {}
    for group, text in NSF_GROUPS.items():
        for part in filter(None, text.split(", ")):
            first, _, last = part.partition("-")
            for code in range(int(first), int(last or first) + 1):
                found[str(code)] = group
    return found


def test_the_map_of_1992_follows_the_sic_codes_of_bea(data_folder: Path) -> None:
    path = data_folder / "bea_io_1977_2002" / "io1992_detail_to_sic87_parsed.csv"
    table, groups, known = pd.read_csv(path, dtype=str), nsf_groups_1992(), prefixes()

    def group_of(sic: str) -> str:
        digits = "".join(filter(str.isdigit, sic))
        fits = [digits[:n] for n in (4, 3, 2) if digits[:n] in known]
        return known[fits[0]] if fits else "Non-manufacturing"

    table["group"] = table["sic87"].map(str).map(group_of)
    theirs = table.groupby("io92_2digit")["group"].agg(set)
    ours = groups.groupby("code")["group"].agg(set)
    both = theirs.index.intersection(ours.index)
    assert len(both) > 80
    # drilling stays with construction, forgings with their metal
    assert [code for code in both if ours[code] != theirs[code]] == ["11", "12", "37", "38"]


def test_us_1992_gives_flows_of_which_shares_can_be_made(data_folder: Path) -> None:
    """UDS and UCS by their formulas: rows and columns sum to one, nothing is negative."""
    long = pd.read_csv(
        data_folder / "bea_io_1977_2002" / "bea_io_1992.csv.gz", dtype={"row": str, "col": str}
    )
    make, use = (
        long[long["table"] == name].pivot(index="row", columns="col", values="value").fillna(0)
        for name in ("make", "use")
    )
    tables = industry_tables(make, use, groups=nsf_groups_1992())
    names = list(tables.groups)
    assert tables.FLOW.shape == (22, 31) and (tables.FLOW >= 0).all(axis=None)
    # Nothing is lost: what is kept of the use table, commodity by commodity.
    kept = use.drop(index=list(REMOVED_1992), columns=list(REMOVED_1992), errors="ignore")
    assert tables.FLOW.to_numpy().sum() == pytest.approx(kept.to_numpy().sum(), rel=1e-12)
    # The paper: 80% of GDP is non-manufacturing, and manufacturing pays the rest of wages.
    paid = use.loc["88", [c for c in make.index if c not in REMOVED_1992]].sum()
    assert tables.compensation.sum() == pytest.approx(paid)
    other = tables.FLOW.mask(np.eye(22, 31, dtype=bool), 0.0)
    shares = other.div(other.sum(axis=1), axis=0)
    final = shares[list(tables.final)].sum(axis=1)
    UDS = np.linalg.solve(np.eye(22) - shares[names].to_numpy(), np.diag(final))
    np.testing.assert_allclose(UDS.sum(axis=1), 1.0, rtol=1e-12)
    cost = tables.FLOWCOST.mask(np.eye(22, dtype=bool), 0.0)
    total = cost.sum() + tables.imports + tables.compensation
    own = (tables.imports + tables.compensation) / total
    UCS = np.diag(own) @ np.linalg.inv(np.eye(22) - (cost / total).to_numpy())
    np.testing.assert_allclose(UCS.sum(axis=0), 1.0, rtol=1e-12)
    assert UDS.min() >= 0 and UCS.min() > 0
    np.testing.assert_allclose(uds(tables.between, tables.to_final).to_frame(), UDS, atol=1e-13)
    np.testing.assert_allclose(ucs(tables.FLOWCOST, tables.primary).to_frame(), UCS, atol=1e-13)
