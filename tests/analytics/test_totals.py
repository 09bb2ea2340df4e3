"""Totals are found by their sums, in printed tables and in random ones that have none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from spillgraph.analytics.accounts import PROVEN, find_totals


def frame(values: object, labels: str) -> pd.DataFrame:
    return pd.DataFrame(values, list(labels), list(labels))


def with_totals(rng: np.random.Generator, n: int, *, digits: int = 0) -> pd.DataFrame:
    """A random table with its totals, printed to some digits: sums are off by rounding."""
    names = [f"s{i}" for i in range(n)]
    exact = pd.DataFrame(rng.lognormal(6, 1, (n, n)), names, names)
    exact.loc["T"] = exact.sum()
    exact["T"] = exact.sum(axis=1)
    return exact.round(digits)


@pytest.mark.parametrize("digits", [0, 1, 12])
@pytest.mark.parametrize("n", [5, 12, 60])
def test_a_printed_total_is_found_whatever_rounding_did(n: int, digits: int) -> None:
    table = with_totals(np.random.default_rng(n), n, digits=digits)
    for side in (table, table.T):
        (found,) = find_totals(side)
        assert (found.label, found.addends, found.whole) == ("T", n, True)
        assert found.proven


def test_two_sectors_and_their_total() -> None:
    table = pd.DataFrame(
        {"steel": [20, 20, 40], "cars": [30, 80, 110], "all": [50, 100, 150]},
        index=["steel", "cars", "all"],
    )
    (found,) = find_totals(table)
    # Two columns: the third is the total's own, where it would agree in any case.
    assert (found.label, found.positions, found.proven) == ("all", 2, False)


def test_one_sector_that_equals_one_other_is_no_total() -> None:
    assert find_totals(frame([[1, 2, 3], [1, 2, 3], [0, 0, 0]], "abc")) == []
    assert find_totals(frame([[5, 7], [5, 7]], "ab")) == []
    # A sum of two of which one is always alone is a copy of that one.
    assert find_totals(frame([[4, 6, 0, 0], [0, 0, 1, 0], [4, 6, 1, 0], [0] * 4], "abcd")) == []


def test_a_diagonal_table_has_a_total_that_no_single_row_explains() -> None:
    table = pd.DataFrame(np.diag([3.0, 5, 7, 11, 13, 17]), list("abcdef"), list("uvwxyz"))
    table.loc["T"] = table.sum()
    (found,) = find_totals(table)
    assert (found.label, found.positions) == ("T", 5)


def test_subtotals_are_found_and_the_grand_total_behind_them() -> None:
    rng = np.random.default_rng(7)
    names = [f"c{j}" for j in range(15)]
    rows = {f"r{i}": rng.lognormal(3, 1, 15) for i in range(6)}
    table = pd.DataFrame(rows, names).T
    table.loc["first"] = table.loc["r0":"r2"].sum()
    table.loc["second"] = table.loc["r3":"r5"].sum()
    table.loc["grand"] = table.loc["first"] + table.loc["second"]
    printed = table.loc[["r0", "r1", "r2", "first", "r3", "r4", "r5", "second", "grand"]]
    found = {each.label: each for each in find_totals(printed)}
    assert set(found) == {"first", "second", "grand"}
    assert (found["first"].first, found["first"].last) == ("r0", "r2")
    assert all(each.proven for each in found.values())
    above = find_totals(printed.loc[["first", "r0", "r1", "r2", "second", "r3", "r4", "r5"]])
    assert {each.label for each in above} == {"first", "second"}


def test_groups_say_what_belongs_together() -> None:
    rng = np.random.default_rng(8)
    table = pd.DataFrame(rng.lognormal(3, 1, (6, 9)), list("abcvwx"))
    table.loc["goods"] = table.loc[list("abc")].sum()
    shuffled = table.loc[["goods", "v", "a", "w", "b", "x", "c"]]
    assert find_totals(shuffled) == []
    (found,) = find_totals(shuffled, [["a", "b", "c"], ["v", "w", "x"]])
    assert (found.label, found.whole, found.addends) == ("goods", True, 3)


@pytest.mark.parametrize("largest", [1, 3, 9, 99])
@pytest.mark.parametrize("n", [2, 3, 4, 6, 12])
def test_random_sparse_tables_of_small_numbers_have_no_proven_total(n: int, largest: int) -> None:
    rng = np.random.default_rng(1000 * n + largest)
    for _ in range(300):
        filled = rng.random((n, n)) < rng.uniform(0.1, 1)
        values = rng.integers(1, largest + 1, (n, n)) * filled
        labels = [str(i) for i in range(n)]
        found = find_totals(pd.DataFrame(values, labels, labels))
        assert not [each for each in found if each.proven], values
        if n <= 2:
            assert found == []


def test_every_total_of_the_detailed_us_tables_and_nothing_else(data_folder: Path) -> None:
    path = data_folder / "bea_io_2012_2017" / "detail_tables.csv.gz"
    if not path.is_file():
        pytest.skip(f"no detailed US tables at {path}")
    rows = pd.read_csv(path, dtype={"row": str, "col": str})

    def printed(name: str) -> pd.DataFrame:
        part = rows[rows["table"] == name]
        wide = part.pivot(index="row", columns="col", values="value")
        return wide.reindex(index=part["row"].unique(), columns=part["col"].unique())

    make = printed("Detail_Make_2012_AfterRedef_12sch")
    assert [each.label for each in find_totals(make)] == ["T007"]
    assert [each.label for each in find_totals(make.T)] == ["T008"]
    use = printed("Detail_Use_2012_PRO_AfterRedef_12sch")
    industries, goods = set(make.index) - {"T007"}, set(make.columns) - {"T008"}
    added = {row for row in use.index if row.startswith("V")}
    bought = use[[user for user in use.columns if user in industries]]
    found = find_totals(bought, [goods, set(use.index) - added, added])
    assert {each.label for each in found} == {"T005", "T006", "T008"}
    supplied = use.loc[[row for row in use.index if row in goods]].T
    found = find_totals(supplied, [industries, set(supplied.index) - industries])
    assert {each.label for each in found} == {"T001", "T004", "T007"}
    assert all(each.proven for each in found) and PROVEN == 4


def test_the_world_tables_have_none(data_folder: Path) -> None:
    path = data_folder / "wiod2013" / "wiot_2005.npz"
    if not path.is_file():
        pytest.skip(f"no world input–output tables at {path}")
    with np.load(path) as stored:
        values = stored["inter"].astype(float)
    labels = [str(i) for i in range(len(values))]
    for each in (values, values.T):
        assert find_totals(pd.DataFrame(each, labels, labels)) == []
