"""Scrap is paid for and in no flow: accounts of tables that balance are told to fit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_studies import Cells, economy, made

# by hand: 1 makes 20 of scrap beside 100 of a; 2 makes 190 of b, 10 of a; 2 buys most of the scrap
MAKE: Cells = {("1", "a"): 100, ("1", "Z"): 20, ("2", "b"): 190, ("2", "a"): 10}
USE: Cells = {
    ("a", "1"): 20,
    ("a", "2"): 30,
    ("b", "1"): 40,
    ("b", "2"): 50,
    ("Z", "1"): 2,
    ("Z", "2"): 18,
    ("W", "1"): 58,
    ("W", "2"): 102,
    ("a", "F"): 60,
    ("b", "F"): 100,
}
KEYS = 'scrap = ["Z"]\nvalue_added = ["W"]\nfinal_demand = ["F"]'


def test_both_tables_of_the_test_balance() -> None:
    make, use = pd.Series(MAKE), pd.Series(USE)
    industries, commodities = make.groupby(level=0).sum(), make.groupby(level=1).sum()
    assert use.groupby(level=1).sum()[industries.index].equals(industries)
    assert use.groupby(level=0).sum()[commodities.index].equals(commodities)


@pytest.mark.parametrize("negative", ["refuse", "net"])
def test_balanced_tables_with_scrap_fit(tmp_path: Path, negative: str) -> None:
    path = made(tmp_path, {2000: MAKE}, {2000: USE}, f'{KEYS}\nnegative = "{negative}"')
    found = economy(path, tmp_path)
    each = found.accounts[2000]
    assert each.paid.misfit < 1e-15
    assert each.sold.misfit < 1e-15
    assert not [text for text in found.warnings if "add up" in text]
    # 2 pays 98; its flows are 1.2 times what 1 sells of a, and b, without the scrap
    assert each.table["inputs"].to_dict() == pytest.approx({"1": 62, "2": 98})
    flows = each.flows.to_frame().sum(axis=1)
    assert flows["2"] == pytest.approx(30 * (1.2 * 100 / 110 + 10 / 110) + 50)


def test_a_payment_that_is_missing_is_told_as_before(tmp_path: Path) -> None:
    use = {key: value for key, value in USE.items() if key != ("Z", "2")}
    path = made(tmp_path, {2000: MAKE}, {2000: use}, KEYS)
    each = economy(path, tmp_path).accounts[2000]
    assert each.paid.gap.to_dict() == pytest.approx({"1": 0, "2": 18})


def test_in_another_classification_it_is_mapped(tmp_path: Path) -> None:
    (tmp_path / "map.csv").write_text("from,to,weight\n1,x,.25\n1,y,.75\n2,y,1\n")
    tags = 'from_classification = "s"\nto_classification = "t"\n'
    more = f'[tables.concordance]\nfile = "map.csv"\n{tags}'
    path = made(tmp_path, {2000: MAKE}, {2000: USE}, KEYS, more)
    path.write_text(path.read_text().replace('target = "s"', 'target = "t"'))
    each = economy(path, tmp_path).accounts[2000]
    assert each.table["inputs"].to_dict() == pytest.approx({"x": 62 / 4, "y": 98 + 62 * 3 / 4})
    assert np.abs(each.paid.gap.to_numpy()).max() < 1e-12
