"""Negative and grouped numbers as print has them: read if they are clear, else told."""

from __future__ import annotations

import pandas as pd
import pytest
from spillgraph.core.errors import InputError

from ..helpers.staging import staged

KEYS = 'negative = "keep"\n'


def entry(tiny, first: str, keys: str = KEYS) -> None:
    tiny.write("io.csv", f'supplier,user,year,value\nx,x,2001,"{first}"\nx,y,2001,20\ny,x,2001,5\n')
    tiny.replace(
        '[tables.trade_links]\nfile = "trade.csv"',
        f'[tables.io_flows]\nfile = "io.csv"\nclassification = "t"\n{keys}',
    )


def first(tiny, tmp_path) -> float:
    flows = pd.read_parquet(staged(tiny, tmp_path)["io_flows"].path)
    assert len(flows) == 3
    return float(flows.set_index(["supplier", "user"]).loc[("x", "x"), "value"])


@pytest.mark.parametrize(
    ("written", "keys", "value"),
    [
        ("−10", "", -10.0),
        ("−1.5e1", "", -15.0),
        ("−1,5", 'decimal = ","\n', -1.5),
        ("−1.234", 'thousands = "."\ndecimal = ","\n', -1234.0),
    ],
)
def test_the_minus_of_printers_is_a_minus(tiny, tmp_path, written, keys, value) -> None:
    entry(tiny, written, KEYS + keys)
    assert first(tiny, tmp_path) == value


def test_a_minus_alone_is_missing_and_no_zero(tiny, tmp_path) -> None:
    entry(tiny, "−")
    assert staged(tiny, tmp_path)["io_flows"].reasons == {"value is missing": 1}


@pytest.mark.parametrize(
    ("written", "why", "write", "value"),
    [
        ("(10)", "brackets stand for a minus", "-10", -10.0),
        ("(10.5)", "brackets stand for a minus", "-10.5", -10.5),
        ("10-", "the minus stands behind it", "-10", -10.0),
        ("–10", "a dash stands for a minus", "-10", -10.0),
        ("1,23,456", "grouped by hundreds", "123456", 123456.0),
        ("12,34,567.5", "grouped by hundreds", "1234567.5", 1234567.5),
    ],
)
@pytest.mark.parametrize("keys", ["", 'thousands = ","\n'])
def test_what_no_key_reads_is_told_with_what_to_write(
    tiny, tmp_path, written: str, why: str, write: str, value: float, keys: str
) -> None:
    entry(tiny, written, KEYS + keys)
    with pytest.raises(InputError) as caught:
        first(tiny, tmp_path)
    said = str(caught.value)
    assert said.startswith(f"io.csv, row 1: value is '{written}', a number of which ")
    assert why in said
    assert said.endswith(
        f"no key reads it. Write {write} in the file; a note that is not a number goes into "
        "missing."
    )
    text = (tiny.folder / "io.csv").read_text()
    tiny.write("io.csv", text.replace(written, write))
    assert first(tiny, tmp_path) == value
