"""Flows and output in two classifications are told as such, and not as totals."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_studies import economy
from spillgraph.core.errors import InputError

CODES = ("Agri", "Food", "Wood")


def study(folder: Path, of_output: tuple[str, ...], more: str = "") -> Path:
    flows = "".join(f"{a},{b},10\n" for a in CODES for b in CODES)
    (folder / "flows.csv").write_text(f"supplier,user,value\n{flows}{more}")
    made = "".join(f"{code},100,70\n" for code in of_output)
    (folder / "made.csv").write_text(f"industry,gross_output,value_added\n{made}")
    path = folder / "study.toml"
    path.write_text(
        '[study]\nname = "two"\ntarget = "s"\n'
        '[tables.io_flows]\nfile = "flows.csv"\nclassification = "s"\nconstants = { year = 2000 }\n'
        '[tables.io_output]\nfile = "made.csv"\nclassification = "s"\nconstants = { year = 2000 }\n'
    )
    return path


def test_another_classification_is_told_first(tmp_path: Path) -> None:
    with pytest.raises(InputError) as why:
        economy(study(tmp_path, ("1", "2", "3", "4")), tmp_path)
    text = str(why.value)
    assert text.startswith("In 2000 io_output and io_flows have 0 of 4 codes in common ('1' is of ")
    assert "another classification?" in text and "where_not" not in text


def test_a_total_left_in_is_still_a_total(tmp_path: Path) -> None:
    total = "".join(f"Total,{b},30\n" for b in CODES)
    with pytest.raises(InputError) as why:
        economy(study(tmp_path, CODES, total), tmp_path)
    assert "Total" in str(why.value) and "classification" not in str(why.value)


def test_output_of_all_sectors_is_no_alarm(tmp_path: Path) -> None:
    found = economy(study(tmp_path, CODES), tmp_path)
    assert not [text for text in found.warnings if "in common" in text]
