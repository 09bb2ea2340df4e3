"""The remedy of a total names the key that leaves it out, and works as it is written."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_studies import economy
from spillgraph.core.errors import InputError

KEYS = 'constants = { year = 2012 }\nwide = { rows = "%s", columns = "%s", values = "value" }\n'
HEAD = '[study]\nname = "t"\ntarget = "s"\n[make_use]\nvalue_added = ["V"]\nfinal_demand = ["F"]\n'
LIST = '[[tables.industries]]\nfile = "ind.csv"\nclassification = "s"\n'
MAKE = 'file = "make.csv"\nclassification = "s"\n' + KEYS % ("industry", "commodity")
USE = 'file = "use.csv"\n' + KEYS % ("commodity", "user")


def write(folder: Path, lists: str, make: str = "", use: str = "") -> Path:
    """Write make and use tables of six industries with their totals printed beside them."""
    rng = np.random.default_rng(5)
    codes, goods = list("abcdef"), list("pqrstu")
    made = rng.integers(1, 20, (6, 6)) + np.diag(rng.integers(400, 600, 6))
    used = rng.integers(5, 40, (6, 6))
    table = pd.DataFrame(made, index=codes, columns=goods)
    table["T008"] = table.sum(axis=1)
    table.loc["T007"] = table.sum()
    table.to_csv(folder / "make.csv")
    bought = pd.DataFrame(used, index=goods, columns=codes)
    bought["F"] = made.sum(axis=0) - used.sum(axis=1)
    bought.loc["T005"] = bought.sum()
    bought.loc["V"] = [*(made.sum(axis=1) - used.sum(axis=0)), 0]
    bought.to_csv(folder / "use.csv")
    pd.DataFrame({"code": codes}).to_csv(folder / "ind.csv", index=False)
    path = folder / "study.toml"
    text = f"{HEAD}{lists}[tables.make]\n{MAKE}{make}[tables.use]\n{USE}{use}"
    path.write_text(text, encoding="utf-8")
    return path


def said(path: Path, folder: Path) -> str:
    with pytest.raises(InputError) as error:
        economy(path, folder)
    return str(error.value)


def test_a_total_of_commodities_is_named_with_its_key_where_a_list_is_given(tmp_path: Path) -> None:
    left_out = 'where_not = { industry = ["T007"] }\n'
    text = said(write(tmp_path, LIST, left_out), tmp_path)
    assert "table make, column commodity: 'T008' equals the sum of 6" in text
    assert "list the industries" not in text  # the list is there, and no list has commodities
    assert 'where_not = { industry = ["T007"], commodity = ["T008"] } in [tables.make]' in text
    written = dict(re.findall(r"(where_not = \{[^}]*\}) in \[tables\.(\w+)\]", text))
    given = {name: f"{key}\n" for key, name in written.items()}
    assert given.keys() == {"make", "use"}
    found = economy(write(tmp_path, LIST, given["make"], given["use"]), tmp_path)
    assert not any("equals the sum" in each for each in found.warnings)


def test_without_a_list_the_key_is_named_all_the_same(tmp_path: Path) -> None:
    text = said(write(tmp_path, ""), tmp_path)
    assert 'where_not = { industry = ["T007"], commodity = ["T008"] } in [tables.make]' in text
    assert 'where_not = { commodity = ["T005"] } in [tables.use]' in text
    assert "list the industries" not in text  # it would leave the commodities where they are
