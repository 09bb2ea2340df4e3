"""Printed symmetric tables: the golden economy, balance, the world tables, what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from spillgraph.analytics import production_shares, symmetric_table
from spillgraph.core.errors import InputError

PRINTED = pd.DataFrame(
    {
        "steel": [20.0, 30, 40, 10, 100],
        "cars": [20.0, 80, 90, 10, 200],
        "homes": [50.0, 70, 0, 0, 120],
        "abroad": [10.0, 20, 0, 0, 30],
        "total": [100.0, 200, 130, 20, 450],
    },
    index=["steel", "cars", "wages", "profits", "total"],
)
PARTS = {
    "final_demand": ["homes", "abroad"],
    "value_added": ["wages", "profits"],
    "left_out": ["total"],
}


def test_a_balanced_table_gives_the_golden_shares():
    found = symmetric_table(PRINTED, **PARTS, unit="US$", year=1992)
    shares = production_shares(found.Z, found.gross_output)
    assert shares.S.values.toarray().tolist() == [[0.2, 0.3], [0.1, 0.4]]
    assert (found.Z.unit, found.Z.year) == ("US$", 1992)
    assert found.final_demand.to_dict() == {"steel": 60, "cars": 90}
    assert found.value_added.to_dict() == {"steel": 50, "cars": 100}
    assert (found.imbalance == 0).all()
    # Domar weights: final demand passed through all suppliers is gross output.
    U = np.linalg.inv(np.eye(2) - shares.S.values.toarray())
    np.testing.assert_allclose(found.final_demand.to_numpy() @ U, [100, 200], rtol=1e-13)


def test_rows_and_columns_in_other_orders_are_matched_by_label():
    turned = PRINTED.iloc[::-1, ::-1]
    first, second = (symmetric_table(table, **PARTS) for table in (PRINTED, turned))
    assert second.Z.rows == ("cars", "steel")
    pd.testing.assert_frame_equal(
        second.Z.to_frame().loc[["steel", "cars"], ["steel", "cars"]], first.Z.to_frame()
    )


def test_what_does_not_balance_is_told_with_its_amount():
    table = PRINTED.copy()
    table.loc["wages", "cars"] += 7
    assert symmetric_table(table, **PARTS).imbalance.to_dict() == {"steel": 0, "cars": 7}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"final_demand": ["homes"]}, "'abroad' is only one of the two"),
        ({"left_out": []}, "row 'total' is the sum of the others"),
        ({"value_added": ["wages", "rents"]}, "value added 'rents' is not a row"),
        ({"final_demand": ["homes", "moon"]}, "final demand 'moon' is not a column"),
        ({"left_out": ["totals"]}, "left out 'totals' is not a row or column"),
    ],
)
def test_no_line_is_dropped_without_a_word(change, message):
    with pytest.raises(InputError, match=message):
        symmetric_table(PRINTED, **(PARTS | change))


def test_a_repeated_label_is_refused():
    with pytest.raises(InputError, match="symmetric table, rows: label 'wages' occurs twice"):
        symmetric_table(pd.concat([PRINTED, PRINTED.loc[["wages"]]]), **PARTS)


def test_the_world_table_of_2005_balances_to_its_rounding(data_folder: Path):
    folder = data_folder / "wiod2013"
    if not folder.is_dir():
        pytest.skip(f"no world input–output tables at {folder}")
    sectors = pd.read_csv(folder / "sectors.csv")
    labels = (sectors["country"] + ":" + sectors["ind_num"].astype(str)).tolist()
    uses = pd.read_csv(folder / "final_uses.csv")
    final = ("final " + uses["country"] + ":" + uses["final_use"]).tolist()
    with np.load(folder / "wiot_2005.npz") as raw:
        output = raw["output"].astype(float)
        printed = pd.DataFrame(
            np.hstack([raw["inter"], raw["final"]]), index=labels, columns=[*labels, *final]
        )
    printed.loc["value added"] = np.concatenate(
        [output - printed[labels].sum().to_numpy(), np.zeros(len(final))]
    )
    found = symmetric_table(printed, final_demand=final, value_added=["value added"])
    # Cells are whole millions: 1,640 of them may be off by a half each.
    np.testing.assert_allclose(found.gross_output, output, rtol=0, atol=1640 / 2)
    np.testing.assert_allclose(found.imbalance, output - found.gross_output, atol=1e-6)
    shares = production_shares(found.Z, pd.Series(output, labels))
    assert len(shares.zero_output) == 20 and shares.heavy_rows == ()


def test_subtotals_are_refused_as_totals_are() -> None:
    rng = np.random.default_rng(5)
    names = [f"i{i:02}" for i in range(14)]
    table = pd.DataFrame(rng.lognormal(3, 1, (14, 14)), names, names)
    table.loc["goods"] = table.loc["i00":"i05"].sum()
    table["goods"] = table.loc[:, "i00":"i05"].sum(axis=1)
    order = [*names[:6], "goods", *names[6:]]
    printed = table.loc[order, order].assign(homes=1.0)
    with pytest.raises(InputError, match="'goods' is the sum of 6 others, 'i00' to 'i05'"):
        symmetric_table(printed, final_demand=["homes"], value_added=[])
    left = symmetric_table(printed, final_demand=["homes"], value_added=[], left_out=["goods"])
    assert list(left.Z.rows) == names
