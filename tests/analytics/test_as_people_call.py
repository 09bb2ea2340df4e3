"""Python functions as people call them: years as texts, masks, frames, numbers for labels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from spillgraph.analytics import (
    accumulate,
    check_accounts,
    interpolate_shares,
    psi,
    symmetric_table,
)
from spillgraph.core.errors import InputError
from spillgraph.core.matrix import LabelledMatrix
from spillgraph.graph.matrix_files import load_matrix, save_matrix

LABELS = ["steel", "cars"]
M = pd.DataFrame([[6.0, 4.0], [1.0, 3.0]], LABELS, LABELS)
S = M / 40


@pytest.mark.parametrize("key", [str, float, np.int64, np.float64])
def test_years_are_years_however_they_are_kept(key: Any) -> None:
    found = accumulate({key(2000): M, key(2002): M}, delta=0.5)
    assert {year: stock.sum() for year, stock in found.items()} == {2000: 14, 2001: 7, 2002: 17.5}
    between = interpolate_shares({key(2000): S, key(2010): 2 * S}, 2005)
    assert np.allclose(between.values.toarray(), 1.5 * S.to_numpy())


@pytest.mark.parametrize(
    ("years", "words"),
    [
        (("a", "b"), "'a' is not a year"),
        ((2000.5, 1), "2000.5 is not a year"),
        (("2000", 2000), "twice"),
    ],
)
def test_what_is_no_year_is_named(years: tuple[Any, Any], words: str) -> None:
    for call in (accumulate, lambda given: interpolate_shares(given, 2000)):
        with pytest.raises(InputError, match=words):
            call(dict.fromkeys(years, S))


def test_a_mask_is_refused_and_the_remedy_gives_the_right_sum() -> None:
    masked = np.ma.masked_less(S.to_numpy(), 0.05)
    W = np.array([[0, 0.5], [0.25, 0]])
    for arguments in ((masked, W), (W, masked)):
        with pytest.raises(InputError, match=r"is masked, .* array\.filled\(0\.0\)"):
            psi(*arguments)
    with pytest.raises(InputError, match="the cell in row 2, column 1 is masked"):
        LabelledMatrix.build("S", masked, LABELS)
    without = np.where(S.to_numpy() < 0.05, 0.0, S.to_numpy())
    assert psi(masked.filled(0.0), W).benefit.sum() == psi(without, W).benefit.sum()
    unmasked = np.ma.array(S.to_numpy())
    assert psi(unmasked, W).benefit.sum() == psi(S.to_numpy(), W).benefit.sum()


def test_a_frame_is_written_as_it_is(tmp_path) -> None:
    save_matrix(S, tmp_path / "S", ["csv"])
    found = load_matrix(tmp_path / "S.npz")
    assert (found.name, list(found.rows)) == ("S", LABELS)
    assert np.array_equal(found.values.toarray(), S.to_numpy())
    with pytest.raises(InputError, match=r"pd\.DataFrame\(array, index=labels, columns=labels\)"):
        save_matrix(S.to_numpy(), tmp_path / "A", [])


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (["output", "value_added"], "a column 'gross_output' is needed.*'output', 'value_added'"),
        (["gross_output", "va"], "neither a column 'value_added' nor 'final_demand'. If 'va'"),
    ],
)
def test_accounts_of_which_nothing_could_be_checked_are_refused(columns: Any, words: str) -> None:
    output = pd.DataFrame([[100.0, 90.0], [80.0, 76.0]], LABELS, columns)
    with pytest.raises(InputError, match=words):
        check_accounts(M, output)
    right = output.set_axis(["gross_output", "value_added"], axis=1)
    assert check_accounts(M, right).misfit == 0.0


@pytest.mark.parametrize("kind", [int, float, str])
def test_a_printed_table_with_numbers_for_labels(kind: Any) -> None:
    table = pd.DataFrame(
        [[1, 2, 9], [3, 4, 8], [5, 6, 0]],
        [kind(each) for each in (1, 2, 99)],
        [kind(each) for each in (1, 2, 98)],
    )
    found = symmetric_table(table, final_demand=[kind(98)], value_added=[kind(99)])
    assert found.Z.to_frame().loc["1", "2"] == 3
    assert found.gross_output.to_dict() == {"1": 12, "2": 15}
