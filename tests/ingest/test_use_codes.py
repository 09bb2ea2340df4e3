"""Codes of [make_use] by year, and columns of a use table that are nobody's."""

from __future__ import annotations

import pytest
from small_studies import MAKE, USE, economy, made
from spillgraph.core.errors import InputError

KEYS = 'value_added = ["W", "V"]\nfinal_demand = ["F", "G", "H"]\nscrap = ["Z", "Y"]'


def renamed(cells, **names):
    return {tuple(names.get(code, code) for code in key): v for key, v in cells.items()}


def test_final_users_and_value_added_may_have_other_codes_in_another_year(tmp_path) -> None:
    first = USE | {("Z", "F"): 0}
    second = renamed(USE, F="G", W="V") | {("Y", "H"): 0, ("a", "H"): 0}
    path = made(tmp_path, {2000: MAKE, 2001: MAKE}, {2000: first, 2001: second}, KEYS)
    found = economy(path, tmp_path)
    assert found.output is not None
    assert found.output.loc[2000].to_dict() == found.output.loc[2001].to_dict()
    assert found.output.loc[(2001, "1"), "value_added"] == 50
    assert all(each.misfit < 1e-12 for each in found.accounts.values())


def test_a_code_that_no_year_has_is_refused(tmp_path) -> None:
    keys = 'value_added = ["W"]\nfinal_demand = ["F", "E"]'
    path = made(tmp_path, {2000: MAKE, 2001: MAKE}, {2000: USE, 2001: USE}, keys)
    with pytest.raises(InputError, match="'E': this final column is not in the use table"):
        economy(path, tmp_path)


def test_all_users_that_are_nobody_are_named_at_once(tmp_path) -> None:
    use = USE | {("a", "G"): 3, ("b", "H"): 4}
    keys = 'value_added = ["W"]\nfinal_demand = ["F"]'
    path = made(tmp_path, {2000: MAKE}, {2000: use}, keys)
    with pytest.raises(InputError) as raised:
        economy(path, tmp_path)
    assert str(raised.value) == (
        "table use of 2000: 'G', 'H' are neither industries (no row of the make table) nor named "
        "by final_demand of [make_use]. If they are final users, name them there; totals go into "
        "where_not of [tables.use]."
    )
    path.write_text(path.read_text().replace('["F"]', '["F", "G", "H"]'))
    economy(path, tmp_path)


@pytest.mark.parametrize("with_list", [True, False])
def test_users_that_lost_their_zeros_are_told_the_key(tmp_path, with_list) -> None:
    names = {"1": "01", "2": "02"}
    make, listed = MAKE if with_list else renamed(MAKE, **names), ""
    if with_list:
        (tmp_path / "i.csv").write_text("code\n01\n02\n3\n")
        make = make | {("3", "a"): 1}
        listed = '[tables.industries]\nfile = "i.csv"\nclassification = "s"\n'
    keys = 'value_added = ["W"]\nfinal_demand = ["F"]'
    path = made(tmp_path, {2000: make}, {2000: USE | {("a", "3"): 0}}, keys, listed)
    if not with_list:
        path.write_text(path.read_text().replace('["F"]', '["F", "3"]'))
    with pytest.raises(InputError) as raised:
        economy(path, tmp_path)
    text = str(raised.value)
    assert "'1', '2' are neither industries" in text
    assert "clean = { user = { zfill = 2 } } in [tables.use]" in text
    assert "final_demand" in text
    assert "Did you mean" not in text
