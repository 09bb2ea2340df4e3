"""Links that last: an open end or an unknown begin written as a far date."""

from __future__ import annotations

from pathlib import Path

import pytest
from spillgraph.ingest.economy import Economy, prepare
from spillgraph.ingest.stage import stage
from spillgraph.ingest.study import load_study
from staging import connect

HEAD = "supplier,buyer,first_year,last_year,value\n"


def prepared(study, folder: Path) -> Economy:
    with connect() as con:
        loaded = load_study(study.path)
        return prepare(con, loaded, stage(con, loaded, folder / "tables", None))


def told(study, folder: Path, rows: str, *, spread: bool = True, keys: str = "") -> list[str]:
    study.write("trade.csv", HEAD + rows)
    if spread:
        study.replace("[options]", '[options]\ninterval = "spread"')
    study.replace('"trade.csv"', f'"trade.csv"\n{keys}')
    found = prepared(study, folder).warnings
    return [each for each in found if each.startswith("trade_links: ") and "spread" in each]


FAR = "1,2,1999,4000-01-01,40\n2,1,2000,4000-01-01,60\n3,1,2000,2002,9\n"


def test_a_far_end_of_several_links_is_told_and_the_remedy_works(tiny, tmp_path: Path) -> None:
    assert told(tiny, tmp_path, FAR) == [
        "trade_links: 2 links end in 4000, 1,998 years after any other date, and interval = "
        '"spread" divides their value among all the years between. If 4000 is an open end, say '
        'missing = ["…"] in [tables.trade_links], with its text in the file: they go on to 2002 '
        "then."
    ]
    tiny.replace('"trade.csv"', '"trade.csv"\nmissing = ["4000-01-01"]')
    made = prepared(tiny, tmp_path)
    assert not [each for each in made.warnings if "spread" in each]
    # 40 · 3/4 + 60 + 9: one of the four years of the first link is 1999
    assert any("9 rows in all, 99 euro; 10 in years outside" in each for each in made.notes)


def test_all_links_with_a_far_end_are_told(tiny, tmp_path: Path) -> None:
    (found,) = told(tiny, tmp_path, "1,2,2000,9999,40\n2,1,2001,9999,60\n")
    assert found.startswith("trade_links: 2 links end in 9999, 7,998 years after any other date")


def test_a_far_begin_of_several_links_is_told(tiny, tmp_path: Path) -> None:
    tiny.replace("first = 2000", "first = 1800")
    (found,) = told(tiny, tmp_path, "1,2,1900,2002,40\n2,1,1900,2002,6\n3,1,2000,2002,9\n")
    assert found == (
        "trade_links: 2 links begin in 1900, 100 years before any other, and interval = "
        '"spread" divides their value among all the years between. If 1900 means that the begin '
        "is not known, write the year from which the value counts, or leave these links out with "
        'where_not = { first_year = "…" }.'
    )


def test_much_outside_the_years_is_told_without_a_far_date(tiny, tmp_path: Path) -> None:
    (found,) = told(tiny, tmp_path, "1,2,1993,2002,100\n2,1,2001,2002,100\n")
    assert found.startswith("trade_links: 70 of 200 euro (35%) of links that last are left out: ")


@pytest.mark.parametrize(
    ("rows", "spread"),
    [
        (FAR, False),
        ("1,2,2000,,40\n2,1,2001,2002,60\n", True),
        ("1,2,2000,2003,12\n2,1,2001,2002,100\n", True),  # 3 of 112 are of 2003
        ("1,2,1940,2002,1\n2,1,2001,2002,90\n", True),  # a link of old, and no far date
    ],
)
def test_links_as_they_are_meant_are_nothing(tiny, tmp_path: Path, rows: str, spread: bool) -> None:
    assert told(tiny, tmp_path, rows, spread=spread) == []
