"""Redefinitions: what stays the same, and BEA's own of 1992."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from spillgraph.analytics import make_and_use, redefine, secondary_output, technology_table
from spillgraph.core.errors import InputError


def by_hand() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Hotels serve 20 of meals, which restaurants make."""
    make = pd.DataFrame({"beds": [80.0, 0], "meals": [20.0, 100]}, index=["hotels", "restaurants"])
    use = pd.DataFrame(
        {"hotels": [10.0, 14, 76], "restaurants": [2.0, 48, 50], "homes": [68.0, 58, 0]},
        index=["beds", "meals", "wages"],
    )
    return make, use


def test_output_moves_with_the_inputs_of_the_industry_that_takes_it() -> None:
    make, use = by_hand()
    moves = secondary_output(make, {"beds": "hotels", "meals": "restaurants"})
    assert moves.values.tolist() == [["meals", "hotels", "restaurants", 20.0]]
    after = redefine(make, use, moves)
    assert after.make.to_numpy().tolist() == [[80, 0], [0, 120]]
    # A restaurant uses .02 of beds, .48 of meals and .5 of wages a unit.
    assert after.use["hotels"].round(12).tolist() == [9.6, 4.4, 66]
    assert after.use["restaurants"].round(12).tolist() == [2.4, 57.6, 60]
    assert after.use["homes"].equals(use["homes"]) and after.negatives.empty
    assert (make.loc["hotels", "meals"], use.loc["meals", "hotels"]) == (20, 14)  # as they were


def test_outputs_uses_and_balances_stay() -> None:
    make, use = by_hand()
    after = redefine(make, use, secondary_output(make, {"beds": "hotels", "meals": "restaurants"}))
    assert after.make.sum().equals(make.sum())
    np.testing.assert_allclose(after.use.sum(axis=1), use.sum(axis=1), rtol=1e-14)
    industries = ["hotels", "restaurants"]
    np.testing.assert_allclose(after.use[industries].sum(), after.make.sum(axis=1), rtol=1e-14)


def test_where_others_are_pure_moving_everything_is_product_technology() -> None:
    make, use = by_hand()
    before = make_and_use(
        make,
        use,
        industries=list(make.index),
        value_added_rows=["wages"],
        final_columns=["homes"],
    )
    product = technology_table(before, "A").Z.to_frame().T
    moves = secondary_output(make, {"beds": "hotels", "meals": "restaurants"})
    after = redefine(make, use, moves).use.loc[["beds", "meals"], list(make.index)]
    np.testing.assert_allclose(after, product, rtol=1e-13)


def test_inputs_that_were_not_there_become_negative_and_are_listed() -> None:
    make, use = by_hand()
    use.loc["meals", "hotels"], use.loc["wages", "hotels"] = 4.0, 86.0
    moves = secondary_output(make, {"beds": "hotels", "meals": "restaurants"})
    after = redefine(make, use, moves)
    assert after.negatives.round(12).values.tolist() == [["meals", "hotels", -5.6]]
    assert after.use.loc["meals", "hotels"] == pytest.approx(-5.6)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"commodity": "meal"}, "moves: commodity 'meal' is not in the make table.*'meals'"),
        ({"to": "hotel"}, "moves: to 'hotel' is not"),
        (
            {"amount": 21.0},
            "21 of commodity 'meals' .* industry 'hotels', which makes 20",
        ),
        ({"amount": -1.0}, "-1 of commodity 'meals'"),
    ],
)
def test_moves_that_cannot_be_made_are_named(change, message: str) -> None:
    make, use = by_hand()
    moves = secondary_output(make, {"beds": "hotels", "meals": "restaurants"}).assign(**change)
    with pytest.raises(InputError, match=message):
        redefine(make, use, moves)
    with pytest.raises(InputError, match="moves: column 'to' is missing"):
        redefine(make, use, moves.drop(columns="to"))
    with pytest.raises(InputError, match="primary: 'inns', whose product 'beds' is said to be"):
        secondary_output(make, {"beds": "inns"})


def test_us_1992_redefinitions_are_those_that_bea_made(data_folder: Path) -> None:
    """The make table is met cell by cell; inputs only where BEA's finer ones are like the mean."""
    long = pd.read_csv(
        data_folder / "bea_io_1977_2002" / "bea_io_1992.csv.gz", dtype={"row": str, "col": str}
    )
    after_make, after_use, make, use = (
        long[long["table"] == name].pivot(index="row", columns="col", values="value").fillna(0)
        for name in ("make", "use", "make_sicdef", "use_sicdef")
    )
    make = make.reindex(index=after_make.index, columns=after_make.columns, fill_value=0.0)
    use = use.reindex(index=after_use.index, columns=after_use.columns, fill_value=0.0)
    listed = secondary_output(make)
    left = [make.loc[f, c] - after_make.loc[f, c] for c, f in listed[["commodity", "from"]].values]
    moves = listed.assign(amount=left)[np.array(left) > 0]
    assert (len(listed), len(moves), moves["amount"].sum()) == (1426, 158, 245_558)
    assert moves.iloc[0].tolist() == ["75", "69B", "75", 43_260.0]  # car repair by retailers
    found = redefine(make, use, moves)
    np.testing.assert_allclose(found.make, after_make, atol=1e-6)
    np.testing.assert_allclose(found.use.sum(axis=1), after_use.sum(axis=1), rtol=1e-9, atol=1e-6)
    industries = list(make.index)
    ours, theirs = (
        (table - use)[industries].to_numpy().ravel() for table in (found.use, after_use)
    )
    assert np.corrcoef(ours, theirs)[0, 1] > 0.919
