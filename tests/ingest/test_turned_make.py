"""A make table read turned round is found by the use table; unknown value added is no 0."""

from __future__ import annotations

import numpy as np
import pytest
from small_studies import MAKE, USE, economy, made
from spillgraph.core.errors import InputError

KEYS = 'value_added = ["W"]\nfinal_demand = ["F"]'
#: Three industries that are called as their main commodities, with by-products; balanced.
CODES = ("1", "2", "3")
OUTPUTS = np.array([[90.0, 10, 0], [0, 180, 20], [15, 0, 150]])
TAKEN = np.array([[10.0, 30, 5], [20, 40, 10], [15, 20, 30]])


def tables(outputs: np.ndarray, taken: np.ndarray = TAKEN) -> tuple[dict, dict]:
    final, wages = OUTPUTS.sum(axis=0) - taken.sum(axis=1), OUTPUTS.sum(axis=1) - taken.sum(axis=0)
    make = {(i, c): outputs[a, b] for a, i in enumerate(CODES) for b, c in enumerate(CODES)}
    use = {(c, i): taken[a, b] for a, c in enumerate(CODES) for b, i in enumerate(CODES)}
    use |= {(c, "F"): final[a] for a, c in enumerate(CODES)}
    return make, use | {("W", i): wages[a] for a, i in enumerate(CODES)}


@pytest.mark.parametrize("keys", [KEYS, KEYS.replace('["W"]', '["W"]\nscrap = []')])
def test_a_make_table_turned_round_stops_with_the_remedy(tmp_path, keys) -> None:
    make, use = tables(OUTPUTS.T)
    with pytest.raises(InputError) as error:
        economy(made(tmp_path, {2000: make}, {2000: use}, keys), tmp_path)
    assert str(error.value).startswith("make and use tables of 2000 miss each other by ")
    assert "0.0% with the make table turned round: exchange industry and commodity" in str(
        error.value
    )


def test_with_warn_it_is_told_and_goes_on(tmp_path) -> None:
    make, use = tables(OUTPUTS.T)
    path = made(tmp_path, {2000: make}, {2000: use}, KEYS, '[options]\naccounts = "warn"\n')
    found = economy(path, tmp_path).warnings
    assert any("with the make table turned round" in text for text in found)


@pytest.mark.parametrize("noise", [0.0, 1e-4, 0.05])
def test_tables_as_they_should_be_are_not_told(tmp_path, noise) -> None:
    make, use = tables(OUTPUTS * (1 + noise * np.array([[1, -1, 0], [0, 1, -1], [1, 0, -1]])))
    found = economy(made(tmp_path, {2000: make}, {2000: use}, KEYS), tmp_path)
    assert not any("turned round" in text for text in found.warnings)


@pytest.mark.parametrize(
    ("keys", "use", "unknown"),
    [
        ('value_added = ["W"]', {k: v for k, v in USE.items() if k[1] != "F"}, "final_demand"),
        ('final_demand = ["F"]', {k: v for k, v in USE.items() if k[0] != "W"}, "value_added"),
    ],
)
def test_what_make_use_does_not_name_is_unknown_and_not_zero(tmp_path, keys, use, unknown) -> None:
    found = economy(made(tmp_path, {2000: MAKE}, {2000: use}, keys), tmp_path)
    assert found.output is not None
    assert found.output[unknown].isna().all()
    other = {"final_demand", "value_added"} - {unknown}
    assert found.output[other.pop()].notna().all()
    assert not any("do not add up" in text for text in found.warnings)
