"""Days that are numbers, as the workbook that holds them counts them.

The oracle is Python's calendar: spreadsheets count from 1899-12-30 or from 1904-01-01.
"""

from __future__ import annotations

import base64
import datetime as dt
import zipfile
import zlib
from pathlib import Path

import pandas as pd
import pytest
from spillgraph.core.errors import InputError
from spillgraph.ingest.files.workbook import about
from spillgraph.ingest.stage import Staged, stage
from spillgraph.ingest.study import load_study
from staging import connect

from .files.workbooks import number, ods, xlsx
from .files.workbooks import text as cell

SINCE_1904 = '<workbookPr date1904="{}"/>'
BEGIN = {False: dt.date(1899, 12, 30), True: dt.date(1904, 1, 1)}
#: The first and last days of years are where a beginning that is off by a day shows.
DAYS = [dt.date(1995, 12, 31), dt.date(2005, 1, 1), dt.date(2009, 12, 31), dt.date(2010, 2, 1)]
NULL_DATE = (
    "<table:calculation-settings>"
    '<table:null-date table:date-value="{}"/></table:calculation-settings>'
)
#: Of xlwt 1.3.0 with dates_1904: HEAD and the rows of DAYS below (zlib, base 64).
XLS = zlib.decompress(
    base64.b64decode(
        "eNrtWE1oE0EU/mZ380vSJjEVWqGEgLXWHqxevLRbBe3JUr0oUtG0CRJaNrLEQ71YrTkKgifFS6EXL1Uv/qCC3jwI"
        "LXoQBCHRoydFwUOb9c3b3ZjVHBrQUmW/Zb5982bmm5edn8zu6kqyuni/p4ZfMAIVdSuCYJNPUIq4mQSo3LKk6d7D"
        "lCwf/xQiYRrIYABP4q9CcgzleNeg4J72ghj4QGkS5zFeMgqZTcQhjiEnZAzDxAK3ydOBbo4qxTzNvI35Ltd8yjzK"
        "nmvMw1S3Kk5hRR8fOODM4pNKFlKxg/kht3nHtYfQhZdyFl+6Luy6ARw0i7nZrVnQq8WwBBq3sYJRMHOzVaRpAJfw"
        "zcoAX92V+jzj+zfXL0D+715/qIX/hqIB87DO8gSv0Oa6qtoDnFvDXsSc9UhpulguGucCbBTy1GqukDNltnTBKNOk"
        "GKK0Lyr3Z17PCc96jvM8jxHn0cl2kmd7gnbstTufXx+dmtDPsGee93B7p98pg4OFy7IFNe7gkgCzLBngFnuYr7Dq"
        "DrZ7mNNUk+59E12OcWSB61zl0j7qZz/jjb6rye4nu/Lp2KPeykd9N9nLY7WL6eW3+iKy9HDy1F5eCxgUg+LWTYnH"
        "unsXzq7wnrn7tx0irCSc2C3n76wT64iymWS2c/LpiEZOcZ6VnVMppzpaooWWYC3NqS9YSz6xZxSbYK1oXHKQtaSK"
        "0kJF8agoHhWFVYxR1mqoqC1UVI+K6lFRWeXLpORUQ0VroaJ5VDSPisYq5mnJWVYZUVJ4IMOnPfgnovDhw4cPHz58"
        "+PCxVSD4jAvnBGmf7+XpNOR811mnVPc/k/y3OI4SXWV6MT0Mg+4m5tqaP9sREK6W2GAb93uhxAnq3cQMpjiOmbbn"
        "L70Riebfs+GGiT+3hNrtv95OnH+5/x89MNbj"
    )
)


def rows(days: list[dt.date], since: bool) -> list[list[object]]:
    """Citations of 1, 2, 4, 8, …, so that every sum says which days are in it."""
    numbers = [(day - BEGIN[since]).days for day in days]
    return [["1", "2", each, 2**n] for n, each in enumerate(numbers)]


def workbook(path: Path, listed: list[list[object]], said: str = "") -> None:
    head = "".join(cell(f"{c}1", n) for c, n in zip("ABCD", HEAD, strict=True))
    lines = [
        cell(f"A{at}", a) + cell(f"B{at}", b) + number(f"C{at}", day) + number(f"D{at}", count)
        for at, (a, b, day, count) in enumerate(listed, start=2)
    ]
    xlsx(path, {"Data": [head, *lines]}, said=said)


HEAD = ["citing", "cited", "year", "count"]


def staged(tiny, tmp_path: Path, file: str, key: str = 'format = "excel"') -> Staged:
    tiny.replace('file = "citations.csv"', f'file = "{file}"\nrepeat = "add"\n{key}')
    tiny.replace("first = 2000\nlast = 2002\nreport = [2001, 2002]", "last = 2020")
    with connect() as con:
        return stage(con, load_study(tiny.path), tmp_path / "tables", None)["firm_citations"]


def counts(table: Staged) -> dict[int, float]:
    return pd.read_parquet(table.path).groupby("year")["count"].sum().to_dict()


WANTED = {1995: 1, 2005: 2, 2009: 4, 2010: 8}


@pytest.mark.parametrize(
    ("said", "since"),
    [
        ("", False),
        (SINCE_1904.format(0), False),
        (SINCE_1904.format("false"), False),
        (SINCE_1904.format(1), True),
        (SINCE_1904.format("true"), True),
    ],
)
def test_days_of_xlsx_are_counted_as_the_workbook_says(tiny, tmp_path, said, since) -> None:
    workbook(tiny.folder / "c.xlsx", rows(DAYS, since), said)
    assert counts(staged(tiny, tmp_path, "c.xlsx")) == WANTED


@pytest.mark.parametrize("hours", [".0", ".25", ".999"])
def test_the_hour_of_a_day_changes_no_year(tiny, tmp_path, hours) -> None:
    listed = [[a, b, f"{day}{hours}", count] for a, b, day, count in rows(DAYS, True)]
    workbook(tiny.folder / "c.xlsx", listed, SINCE_1904.format(1))
    assert counts(staged(tiny, tmp_path, "c.xlsx")) == WANTED


def test_files_of_one_entry_may_count_in_two_ways(tiny, tmp_path) -> None:
    for n, since in enumerate((True, False, True)):
        said = SINCE_1904.format(int(since))
        workbook(tiny.folder / f"c{n}.xlsx", rows([DAYS[n]] * (n + 1), since)[n:], said)
    assert counts(staged(tiny, tmp_path, "c*.xlsx")) == {1995: 1, 2005: 2, 2009: 4}


def test_a_year_among_days_is_a_year_in_both_ways(tiny, tmp_path) -> None:
    listed = [*rows(DAYS, True), ["1", "2", 2007, 16]]
    workbook(tiny.folder / "c.xlsx", listed, SINCE_1904.format(1))
    read = counts(staged(tiny, tmp_path, "c.xlsx", 'format = ["excel", "%Y"]'))
    assert read == WANTED | {2007: 16}


@pytest.mark.parametrize("since", [False, True])
def test_the_fiscal_year_is_that_of_the_day(tiny, tmp_path, since) -> None:
    days = [dt.date(2005, 6, 30), dt.date(2005, 7, 1)]
    workbook(tiny.folder / "c.xlsx", rows(days, since), SINCE_1904.format(int(since)))
    keys = 'format = "excel"\nfiscal = { begins = 7, named = "end" }'
    assert counts(staged(tiny, tmp_path, "c.xlsx", keys)) == {2005: 1, 2006: 2}


def test_the_hint_counts_as_the_workbook_does(tiny, tmp_path) -> None:
    workbook(tiny.folder / "c.xlsx", [["1", "2", 37056, 1]], SINCE_1904.format(1))
    with pytest.raises(InputError, match=r"""say format = "excel" if '37056' is of 2005, """):
        staged(tiny, tmp_path, "c.xlsx", "")


@pytest.mark.parametrize(("begins", "since"), [("1899-12-30", False), ("1904-01-01", True)])
def test_days_of_open_document_sheets(tiny, tmp_path, begins, since) -> None:
    def row(values: list[object]) -> str:
        cells = "".join(
            f'<table:table-cell office:value-type="float" office:value="{each}"/>'
            if isinstance(each, int)
            else '<table:table-cell office:value-type="string">'
            f"<text:p>{each}</text:p></table:table-cell>"
            for each in values
        )
        return f"<table:table-row>{cells}</table:table-row>"

    lines = "".join(map(row, [HEAD, *rows(DAYS, since)]))
    ods(tiny.folder / "c.ods", {"Data": lines}, NULL_DATE.format(begins))
    assert counts(staged(tiny, tmp_path, "c.ods")) == WANTED


def test_days_of_old_files(tiny, tmp_path) -> None:
    (tiny.folder / "c.xls").write_bytes(XLS)
    assert counts(staged(tiny, tmp_path, "c.xls")) == WANTED


def test_the_same_numbers_are_of_other_days_where_old_files_count_from_1899(tiny, tmp_path) -> None:
    mode = b"\x22\0\x02\0"  # the record DATEMODE, of two bytes
    assert XLS.count(mode + b"\1\0") == 1
    (tiny.folder / "c.xls").write_bytes(XLS.replace(mode + b"\1\0", mode + b"\0\0"))
    earlier = [BEGIN[False] + (day - BEGIN[True]) for day in DAYS]
    wanted = {day.year: 2.0**n for n, day in enumerate(earlier)}
    assert counts(staged(tiny, tmp_path, "c.xls")) == wanted


@pytest.mark.parametrize(("flags", "since"), [(1, True), (0, False), (0x10020, False)])
def test_the_properties_of_binary_workbooks(tmp_path, flags, since) -> None:
    """BrtBeginBook, BrtFileVersion of 200 bytes, BrtWbProp."""
    data = b"\x83\x01\0" + b"\x80\x01\xc8\x01" + bytes(200)
    data += b"\x99\x01\x0c" + flags.to_bytes(4, "little") + bytes(8)
    path = tmp_path / "c.xlsb"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.bin", data)
    assert about(path).since_1904 is since
