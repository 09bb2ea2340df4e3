"""Value added that [make_use] does not name would be taken as imports: that is told."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from small_studies import MAKE, USE, Cells, economy, made
from spillgraph.core.errors import InputError

SPLIT: Cells = {key: value for key, value in USE.items() if key[0] != "W"} | {
    ("W", "1"): 30,
    ("W", "2"): 70,
    ("T", "1"): 20,
    ("T", "2"): 30,
}


def told(warnings: list[str]) -> list[str]:
    return [text for text in warnings if "that no industry makes" in text]


@pytest.mark.parametrize(
    ("named", "begin", "rows"),
    [
        ("", "[make_use] names no value_added. Rows of", "50.0% of gross output"),
        ('value_added = ["W"]', "Rows of", "16.7% of gross output"),
        ('value_added = ["T"]', "Rows of", "33.3% of gross output"),
    ],
)
def test_value_added_that_is_not_named_is_told(tmp_path, named, begin, rows) -> None:
    path = made(tmp_path, {2000: MAKE}, {2000: SPLIT}, f'final_demand = ["F"]\n{named}')
    (text,) = told(economy(path, tmp_path).warnings)
    assert text.startswith(begin)
    assert f"hold {rows} and are taken as imports" in text
    for code, share in {"W": "33.3%", "T": "16.7%"}.items():
        assert (f"{code!r} ({share})" in text) is (code not in named)
    assert "value_added of [make_use]" in text


def test_the_years_share_one_warning(tmp_path) -> None:
    keys = 'final_demand = ["F"]\nvalue_added = ["W"]'
    years = {2000: SPLIT, 2001: SPLIT, 2002: USE}
    path = made(tmp_path, dict.fromkeys(years, MAKE), years, keys)
    (text,) = told(economy(path, tmp_path).warnings)
    assert "of 2000" in text
    assert "So it is in 2000, 2001." in text


def test_a_little_that_is_imported_is_not_told(tmp_path) -> None:
    use = USE | {("N", "1"): 1, ("N", "F"): -1}
    path = made(tmp_path, {2000: MAKE}, {2000: use}, 'value_added = ["W"]\nfinal_demand = ["F"]')
    assert told(economy(path, tmp_path).warnings) == []


@pytest.mark.parametrize(("named", "warned"), [('["88", "89"]', True), ('["88", "89", "90"]', 0)])
def test_the_real_case(data_folder: Path, tmp_path, named, warned) -> None:
    study = (Path(__file__).parents[2] / "examples/us_1992/study.toml").read_text()
    study = study.replace("${SPILLGRAPH_DATA:-../../../shared/data}", str(data_folder))
    study = study.replace(
        '"industries.csv"', f'"{Path(__file__).parents[2]}/examples/us_1992/industries.csv"'
    )
    path = tmp_path / "study.toml"
    path.write_text(study.replace('["88", "89", "90"]', named))
    found = told(economy(path, tmp_path).warnings)
    assert len(found) == int(warned)
    assert all("'90' (19.2%)" in text for text in found)


def test_imports_that_are_named_are_not_told_again(tmp_path) -> None:
    use = USE | {("M", "1"): 30, ("M", "F"): -30}
    keys = 'value_added = ["W"]\nfinal_demand = ["F"]'
    path = made(tmp_path, {2000: MAKE}, {2000: use}, keys)
    before = economy(path, tmp_path)
    (text,) = told([each for each in before.warnings if "no industry makes" in each])
    assert text.endswith("Imports go into imports there.")
    after = economy(made(tmp_path, {2000: MAKE}, {2000: use}, keys + '\nimports = ["M"]'), tmp_path)
    assert not [each for each in after.warnings if "no industry makes" in each]
    pd.testing.assert_frame_equal(before.output, after.output)


def test_a_use_table_of_a_year_without_a_make_table_stops(tmp_path) -> None:
    keys = 'value_added = ["W"]\nfinal_demand = ["F"]'
    path = made(tmp_path, {2000: MAKE}, {2000: USE, 2001: USE}, keys)
    with pytest.raises(InputError, match="table make has no rows for 2001, the other one has"):
        economy(path, tmp_path)
