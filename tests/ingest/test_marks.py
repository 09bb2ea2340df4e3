"""Numbers with marks around them, as formulas, with other digits: read if clear, else an error."""

from __future__ import annotations

import pandas as pd
import pytest
from spillgraph.core.errors import InputError

from ..helpers.staging import staged


def write(tiny, cell: str, keys: str = "", others: tuple[str, str] = ("20", "5")) -> None:
    first, second = others
    cell, first, second = ('"' + each.replace('"', '""') + '"' for each in (cell, first, second))
    rows = [f"x,x,2001,{cell}", f"x,y,2001,{first}", f"y,x,2001,{second}"]
    tiny.write("io.csv", "\n".join(["supplier,user,year,value", *rows, ""]))
    tiny.replace(
        '[tables.trade_links]\nfile = "trade.csv"',
        f'[tables.io_flows]\nfile = "io.csv"\nclassification = "t"\nnegative = "keep"\n{keys}',
    )


def values(tiny, tmp_path) -> list[float]:
    flows = pd.read_parquet(staged(tiny, tmp_path)["io_flows"].path)
    return [float(each) for each in flows.sort_values(["supplier", "user"])["value"]]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('="37"', 37.0),
        ('="-3.5"', -3.5),
        (' ="37" ', 37.0),
        ("٣٧", 37.0),
        ("۳۷.5", 37.5),
        ("３７", 37.0),
        ("1.5D+03", 1500.0),
        ("3.7D1", 37.0),
        ("-2d-01", -0.2),
    ],
)
def test_spellings_that_mean_one_thing_are_read(tiny, tmp_path, cell, value) -> None:
    write(tiny, cell)
    assert values(tiny, tmp_path) == [value, 20.0, 5.0]


@pytest.mark.parametrize(
    ("cell", "flag", "value"),
    [
        ("$37", "$", 37.0),
        ("-$37", "$", -37.0),
        ("$-37", "$", -37.0),
        ("37 €", "€", 37.0),
        ("USD 37", "USD", 37.0),
        ("37 USD", "USD", 37.0),
        ("US$37.5", "US$", 37.5),
        ("'37", "'", 37.0),
        ("37¹", "¹", 37.0),
        ("#37", "#", 37.0),
        ("37 元", "元", 37.0),
        ("37 (1)", "(1)", 37.0),
        ("37[a]", "[a]", 37.0),
        ("37*", "*", 37.0),
    ],
)
def test_one_marked_number_is_an_error_whose_key_reads_it(
    tiny, tmp_path, cell, flag, value
) -> None:
    write(tiny, cell)
    with pytest.raises(InputError) as caught:
        staged(tiny, tmp_path)
    said = str(caught.value)
    assert said.startswith(f"io.csv, row 1: value is {cell!r}, a number only in another spelling")
    key = f'flags = ["{flag}"]'
    assert f"Say in [tables.io_flows]: {key}" in said
    tiny.replace('negative = "keep"\n', f'negative = "keep"\n{key}\n')
    assert values(tiny, tmp_path) == [value, 20.0, 5.0]


def test_marks_and_thousands_are_told_together_and_both_keys_read_all(tiny, tmp_path) -> None:
    write(tiny, "$1,234", others=("$1,234,567", "$5"))
    with pytest.raises(InputError) as caught:
        staged(tiny, tmp_path)
    assert 'flags = ["$"]' in str(caught.value) and 'thousands = ","' in str(caught.value)
    tiny.replace('negative = "keep"\n', 'negative = "keep"\nflags = ["$"]\nthousands = ","\n')
    assert values(tiny, tmp_path) == [1234.0, 1234567.0, 5.0]


@pytest.mark.parametrize("cell", ["$37k", "37k$", "$37 million", "37k"])
@pytest.mark.parametrize("keys", ["", 'flags = ["$"]\n', 'flags = ["$", "k", "million"]\n'])
def test_no_flag_cuts_off_what_multiplies(tiny, tmp_path, cell, keys) -> None:
    write(tiny, cell, keys)
    with pytest.raises(InputError, match=r"the letters multiply it.*Write all its digits"):
        staged(tiny, tmp_path)


def test_two_currencies_are_no_flags(tiny, tmp_path) -> None:
    write(tiny, "$37", others=("€20", "5"))
    with pytest.raises(InputError, match=r"several currencies \(\$, €\): write all in one"):
        staged(tiny, tmp_path)


@pytest.mark.parametrize("cell", ["($37)", "(37)"])
def test_brackets_around_money_are_a_minus(tiny, tmp_path, cell) -> None:
    write(tiny, cell, 'flags = ["$"]\n')
    with pytest.raises(InputError, match=r"brackets stand for a minus.*Write -37 "):
        staged(tiny, tmp_path)


@pytest.mark.parametrize("cell", ["#REF!", "#DIV/0!", "#WERT!", "########"])
def test_an_error_of_a_spreadsheet_is_named_unless_missing_lists_it(tiny, tmp_path, cell) -> None:
    write(tiny, cell)
    with pytest.raises(InputError) as caught:
        staged(tiny, tmp_path)
    assert str(caught.value).startswith(f"io.csv, row 1: value is {cell!r}, which stands for ")
    assert str(caught.value).endswith(f"name {cell!r} in missing.")
    tiny.replace('negative = "keep"\n', f'negative = "keep"\nmissing = ["{cell}"]\n')
    assert staged(tiny, tmp_path)["io_flows"].reasons == {"value is missing": 1}


@pytest.mark.parametrize("cell", ["<5", "~5", "≥ 5"])
def test_what_is_not_exact_is_an_error(tiny, tmp_path, cell) -> None:
    write(tiny, cell)
    with pytest.raises(InputError, match="a sign says that it is not exact"):
        staged(tiny, tmp_path)


@pytest.mark.parametrize("cell", ["12D3", "S01", "1½", "abc", "37-39", "1/2", "12:30", "(D)"])
def test_what_is_no_marked_number_is_refused_as_before(tiny, tmp_path, cell) -> None:
    write(tiny, cell)
    assert staged(tiny, tmp_path)["io_flows"].reasons == {"value is not a number": 1}


def test_codes_as_formulas_are_the_codes(tiny, tmp_path) -> None:
    write(tiny, "10")
    rows = [f'"=""{a}""","=""{b}""","=""2001""",1' for a in "xy" for b in "xy"]
    tiny.write("io.csv", "\n".join(["supplier,user,year,value", *rows, ""]))
    flows = pd.read_parquet(staged(tiny, tmp_path)["io_flows"].path)
    assert {*flows["supplier"], *flows["user"]} == {"x", "y"}
    assert set(flows["year"]) == {2001}
