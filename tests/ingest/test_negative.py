"""Negative flows between industries: refused by name, kept, or turned round without a loss."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from spillgraph.core.errors import InputError
from spillgraph.ingest.accounts.negative import negative_flows, net_flows, of_use, to_themselves


@pytest.mark.parametrize("seed", range(5))
def test_turned_round_every_pair_keeps_its_balance(seed: int) -> None:
    rng = np.random.default_rng(seed)
    labels = list("abcdef")
    table = pd.DataFrame(rng.normal(2, 3, (6, 6)), labels, labels)
    table = table.where(~np.eye(6, dtype=bool), table.abs())
    found = net_flows(table)
    assert (found.to_numpy() >= 0).all()
    np.testing.assert_allclose(found - found.T, table - table.T, atol=1e-14)
    untouched = (table >= 0) & (table.T >= 0)
    assert (found[untouched] == table[untouched]).to_numpy()[untouched.to_numpy()].all()
    assert net_flows(found).equals(found)


def test_long_rows_turned_round_are_those_of_the_matrix() -> None:
    rng = np.random.default_rng(9)
    labels = list("abcd")
    table = pd.DataFrame(np.round(rng.normal(2, 3, (4, 4))), labels, labels)
    table = table.where(~np.eye(4, dtype=bool), 1.0)
    long = table.rename_axis("receiver").melt(ignore_index=False, var_name="source").reset_index()
    rows, notes = negative_flows(long.assign(year=2000), "net")
    wide = rows.pivot(index="receiver", columns="source", values="value").fillna(0.0)
    pd.testing.assert_frame_equal(wide, net_flows(table), check_names=False, check_freq=False)
    (note,) = notes
    assert note.startswith("2000: negative flows are turned round: ")
    assert rows.columns.tolist() == ["receiver", "source", "year", "value"]


def test_a_negative_flow_to_oneself_is_left_out_and_the_note_says_so() -> None:
    rows = pd.DataFrame(
        {
            "receiver": ["b", "b", "a", "a"],
            "source": ["b", "a", "b", "a"],
            "year": 2010,
            "value": [-20.0, -50.0, 30.0, 7.0],
        }
    )
    found, notes = negative_flows(rows, "net")
    assert found.to_numpy().tolist() == [["a", "a", 2010, 7.0], ["a", "b", 2010, 80.0]]
    left_out = (
        "2010: negative flows of industries to themselves have no other side and are left out, as "
        "if they were 0: 'b' to 'b' (-20)."
    )
    assert notes == ["2010: negative flows are turned round: 'a' to 'b' (-50).", left_out]
    assert negative_flows(rows[rows["receiver"] == rows["source"]], "net")[1] == [left_out]
    table = rows.pivot(index="source", columns="receiver", values="value").fillna(0.0)
    assert to_themselves(table, 2010) == [left_out]
    assert net_flows(table).loc["b", "b"] == 0.0 and to_themselves(net_flows(table), 2010) == []


def test_kept_rows_stay_and_are_named_source_first() -> None:
    rows = pd.DataFrame(
        {"receiver": ["b", "a"], "source": ["a", "b"], "year": [1, 1], "value": [-2.0, 3.0]}
    )
    kept, notes = negative_flows(rows, "keep")
    assert kept is rows
    assert notes == ["1: negative flows are kept as they are: 'a' to 'b' (-2)."]
    assert negative_flows(rows[rows["value"] > 0], None)[1] == []


@pytest.mark.parametrize("wanted", ["refuse", None])
def test_refused_rows_stop_with_the_value_and_the_remedy(wanted) -> None:
    rows = pd.DataFrame({"receiver": ["b"], "source": ["a"], "year": [2010], "value": [-20.0]})
    pattern = (
        r"negative flows in 2010: 'a' to 'b' \(-20\). Correct .* negative = \"keep\" or \"net\""
    )
    with pytest.raises(InputError, match=pattern):
        negative_flows(rows, wanted)


def test_many_cells_are_counted_and_not_all_named() -> None:
    users = [f"u{i}" for i in range(12)]
    use = pd.DataFrame(-1.0, ["good", "scrap"], [*users, "homes"])
    (note,) = of_use(use, ["good"], users, "keep", 2002)
    assert note.count("(-1)") == 8 and note.endswith(" and 4 more.")
    assert of_use(use.abs(), ["good"], users, "refuse", 2002) == []
