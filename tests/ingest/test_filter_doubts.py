"""What where and where_not miss for a spelling's sake is told, with file, spelling and rows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from spillgraph.ingest.values import alike
from spillgraph.ingest.values.alike import select_likely, with_keys
from staging import keys, staged

HEAD = "supplier,buyer,year,value,kind\n"


PAIRS = ("1,2", "2,1", "1,3", "3,1")


def written(tiny, values: Sequence[str], file: str = "trade.csv", year: int = 2001) -> None:
    """Write a delivery a value, none of which repeats another."""
    rows = [f"{pair},{year},10,{value}\n" for pair, value in zip(PAIRS, values, strict=False)]
    tiny.write(file, HEAD + "".join(rows))


def told(tiny, tmp_path: Path) -> list[str]:
    return [t for t in staged(tiny, tmp_path)["trade_links"].warnings if "'kind'" in t]


@pytest.mark.parametrize("section", ["where", "where_not"])
@pytest.mark.parametrize(
    ("wanted", "there"),
    [
        ("granted", "Granted"),
        ("not listed", "Not-listed"),
        ("total", "Total:"),
        ("1", "1.0"),
        ("1", "1.00"),
        ("1.0", "1"),
        ("01", "1"),
        ("7", "07"),
        ("0.3", "0.30"),
        ("100000", "1e+05"),
        ("1000", '"1,000"'),
        ("1", "true"),
        ("yes", "Y"),
        ("True", "true"),
        ("F", "N"),
        ("0", "FALSCH"),
        ("2009-01-01", "2009-01-01 00:00:00"),
        ("2009-01-01", "2009-01-01T00:00:00Z"),
        ("20090101", "2009/01/01"),
        ("A1", "Ａ１"),
        ("NA", ""),
        ("NA", "."),
    ],
)
def test_another_spelling_is_told_where_no_row_has_the_value(
    tiny, tmp_path, section, wanted, there
) -> None:
    written(tiny, [there, there, "other"])
    keys(tiny, "trade.csv", f'{section} = {{ kind = ["{wanted}", "other"] }}')
    if section == "where_not":
        tiny.replace('"other"]', "]")
    spelled = there.strip('"')
    assert told(tiny, tmp_path) == [
        f"no row has '{wanted}' in 'kind', as {section} wants it, but there is '{spelled}' "
        "(2 rows of trade.csv): values are compared letter by letter."
    ]


@pytest.mark.parametrize(
    ("wanted", "first", "second"),
    [
        ("granted", ["granted", "x"], ["Granted", "x"]),
        ("True", ["True", "False"], ["true", "false"]),
        ("1", ["0", "1"], ["0.0", "1.0"]),
        ("1", ["0", "1"], ["N", "Y"]),
        ("2.5", ["2.5", "3"], ["2.50", "3"]),
    ],
)
@pytest.mark.parametrize("section", ["where", "where_not"])
def test_the_file_that_spells_otherwise_is_named(
    tiny, tmp_path, section, wanted, first, second
) -> None:
    written(tiny, first, "t1.csv")
    written(tiny, [*second, second[first.index(wanted)]], "t2.csv", 2002)
    tiny.replace('file = "trade.csv"', f'file = "t?.csv"\n{section} = {{ kind = "{wanted}" }}')
    spelling = second[first.index(wanted)]
    rest, what = ("left out", "name it in where_not")
    if section == "where_not":
        rest, what = ("kept", "list in where all that is to stay")
    assert told(tiny, tmp_path) == [
        f"{section} takes '{wanted}' in 'kind' letter by letter, so '{spelling}' (2 rows of "
        f"t2.csv) is {rest}: if it means the same, name it in {section} too; if not, {what}."
    ]


def test_two_spellings_within_one_file_are_told_and_silenced(tiny, tmp_path) -> None:
    written(tiny, ["granted", "Granted", "GRANTED", "Granted"])
    keys(tiny, "trade.csv", 'where = { kind = "granted" }')
    (text,) = told(tiny, tmp_path)
    assert "so 'GRANTED' (1 row of trade.csv) and 'Granted' (2 rows of trade.csv) are left" in text
    tiny.replace('kind = "granted" }', 'kind = "granted" }\nwhere_not = { kind = ["Granted"] }')
    assert "so 'GRANTED' (1 row of trade.csv) is left out" in told(tiny, tmp_path)[0]
    tiny.replace('["Granted"]', '["Granted", "GRANTED"]')
    assert told(tiny, tmp_path) == []
    assert staged(tiny, tmp_path)["trade_links"].loaded == 1


def test_a_spelling_that_another_filter_leaves_out_is_no_loss(tiny, tmp_path) -> None:
    written(tiny, ["granted", "Granted"])
    keys(tiny, "trade.csv", 'where = { kind = "granted", buyer = 2 }')
    assert told(tiny, tmp_path) == []


@pytest.mark.parametrize(
    ("wanted", "there"),
    [
        ("5", ["5", "<5", "5+", "15"]),
        ("A", ["A", "A-", "A+", "AA"]),
        ("N", ["A", "F", "N", "T"]),  # sections of industries, none of which is false
        ("1", ["1", "T", "2"]),
        ("1.1", ["1.1", "1.10", "1.11"]),
        ("11-1", ["11-1", "1-11", "111"]),
        ("1", ["1", "10", "-1", "0.1"]),
        ("10:00:00", ["10:00:00", "10"]),
    ],
)
@pytest.mark.parametrize("section", ["where", "where_not"])
def test_what_may_be_another_thing_is_no_alarm(tiny, tmp_path, section, wanted, there) -> None:
    written(tiny, there)
    keys(tiny, "trade.csv", f'{section} = {{ kind = "{wanted}" }}')
    assert told(tiny, tmp_path) == []


@pytest.mark.parametrize("section", ["where", "where_not"])
def test_an_empty_field_is_not_what_means_missing(tiny, tmp_path, section) -> None:
    written(tiny, ["x", "", "NA", "NA"])
    keys(tiny, "trade.csv", f'{section} = {{ kind = ["", "y"] }}')
    tiny.replace(', "y"]', "]")
    (text,) = told(tiny, tmp_path)
    assert text.startswith(f"{section} takes '' in 'kind' letter by letter, so 'NA' (2 rows of")
    tiny.replace(f"{section} = ", f"missing = []\n{section} = ")
    assert told(tiny, tmp_path) == []


def test_namibia_is_not_missing(tiny, tmp_path) -> None:
    tiny.write("firms.csv", "id,name,industry,country\n1,a,A,NA\n2,b,B,\n3,c,C,DE\n4,d,,FR\n")
    tiny.replace('file = "firms.csv"', 'file = "firms.csv"\nwhere_not = { country = "" }')
    assert not [t for t in staged(tiny, tmp_path)["firms"].warnings if "country" in t]


def test_many_values_of_one_filter_are_one_sentence(tiny, tmp_path) -> None:
    written(tiny, ["x", "b-1"])
    wanted = ", ".join(f'"{letter}{digit}"' for letter in "ab" for digit in range(1, 9))
    keys(tiny, "trade.csv", f'where_not = {{ kind = ["x", {wanted}] }}')
    (text,) = told(tiny, tmp_path)
    assert text.startswith("no row has 'a1', 'a2', 'a3', ")
    assert "'b4' or 4 more in 'kind', as where_not wants them, but there is 'b-1'" in text


def test_truth_of_parquet_and_whole_floats(tiny, tmp_path) -> None:
    frame = pd.DataFrame(
        {
            "supplier": ["1"] * 3,
            "buyer": ["2"] * 3,
            "year": [2001, 2002, 2003],
            "value": [1, 2, 3],
            "kind": [True, False, True],
            "half": [1.0, 0.0, 1.0],
        }
    )
    frame.to_parquet(tiny.folder / "t.parquet")
    tiny.replace('file = "trade.csv"', 'file = "t.parquet"\nwhere_not = { kind = 1, half = 0 }')
    assert told(tiny, tmp_path) == [
        "no row has '1' in 'kind', as where_not wants it, but there is 'true' (2 rows of "
        "t.parquet): values are compared letter by letter."
    ]


def test_of_many_values_the_likely_ones_are_compared(monkeypatch) -> None:
    monkeypatch.setattr(alike, "MANY", 3)
    with duckdb.connect() as con:
        con.execute("CREATE TABLE there AS SELECT unnest(['A', '1.0', 'b-b', 'c', 'd']) AS v")
        con.execute("CREATE TABLE wanted AS SELECT unnest(['a', '1', 'bb']) AS v")
        rows = con.execute(f"SELECT v FROM {select_likely(con, 'there', 'wanted')} ORDER BY v")
        assert rows.fetchall() == [("1.0",), ("A",)]


def test_keys_are_those_of_decimals(rng=range(1, 400)) -> None:
    """Whole numbers are one in every form that Python's own decimals call equal."""
    with duckdb.connect() as con:
        for form in ("{:d}", "{:04d}", "{:.1f}", "{:.3f}", "{:,d}", "+{:d}", "{:e}"):
            values = [form.format(each * 37) for each in rng]
            con.execute("CREATE OR REPLACE TABLE t AS SELECT unnest(?::VARCHAR[]) AS v", [values])
            found = con.execute(f"SELECT plain, loose FROM {with_keys('t')}").fetchall()
            assert found == [(str(each * 37),) * 2 for each in rng]
