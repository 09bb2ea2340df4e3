"""Dates that strptime reads otherwise than they are meant: refused with the remedy, or read right.

The oracle is Python's calendar, or the date as a person reads it.
"""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from spillgraph.core.errors import InputError, StudyError
from spillgraph.ingest.doubts.hints import another_form
from spillgraph.ingest.stage import Staged, stage
from spillgraph.ingest.study import load_study
from spillgraph.ingest.study_model import Entry
from spillgraph.ingest.values.years import year

from ..helpers.staging import connect, keys, staged


def read_all(texts: list[str], **said: object) -> list[int | None]:
    with connect() as con:
        asked = year("v", Entry(file="", **said), 2020)
        found = con.execute(f"SELECT {asked} FROM unnest(?) AS t(v)", [texts]).fetchall()
    return [each for (each,) in found]


def read(text: str, **said: object) -> int | None:
    return read_all([text], **said)[0]


def hint(texts: list[str], **said: object) -> str:
    with connect() as con:
        return another_form(con, "year", texts, Entry(file="", **said)) or ""


def citations(tiny, tmp_path: Path, years: list[str], key: str) -> Staged:
    lines = [f"1,2,{year},{n + 1}" for n, year in enumerate(years)]
    tiny.write("citations.csv", "\n".join(["citing,cited,year,count", *lines]) + "\n")
    tiny.replace('file = "citations.csv"', f'file = "citations.csv"\nrepeat = "add"\n{key}')
    tiny.replace("first = 2000\nlast = 2002\nreport = [2001, 2002]", "last = 2020")
    with connect() as con:
        return stage(con, load_study(tiny.path), tmp_path / "tables", None)["firm_citations"]


def counts(table: Staged) -> dict[int, float]:
    frame = pd.read_parquet(table.path)
    return frame.groupby("year")["count"].sum().to_dict()


# -- zeros that are lost ---------------------------------------------------------------------------

DAYS = [dt.date(2009, 1, 1), dt.date(1995, 6, 5), dt.date(2010, 11, 10), dt.date(2000, 2, 3)]


@pytest.mark.parametrize(
    "form",
    [
        "%y%m%d",
        "%d%m%y",
        "%m%d%y",
        "%y%m",
        "%m%y",
        "%Y%m%d",
        "%d%m%Y",
        "%m%d%Y",
        "%m%Y",
        "%y%j",
        "%d%H%m%Y",
        "%y%m%d%H%M",
    ],
)
def test_a_number_that_lost_its_zeros_is_refused_and_the_key_brings_them_back(form) -> None:
    for day in DAYS:
        whole = day.strftime(form)
        number = str(int(whole))
        assert read(whole, format=[form]) == day.year
        if len(number) < len(whole):
            assert read(number, format=[form]) is None
            told, key = hint([number], format=[form]), f"{{ zfill = {len(whole)} }}"
            assert f"if '{number}' is {whole}, clean = {{ year = {key} }} corrects it" in told


def test_the_zeros_come_back_in_the_study(tiny, tmp_path) -> None:
    dates = ["100101", "90101", "91231", "950615"]
    table = citations(tiny, tmp_path, dates, 'format = "%y%m%d"')
    assert counts(table) == {2010: 1, 1995: 4} and table.reasons == {"year is not a year": 2}
    assert "clean = { year = { zfill = 6 } } corrects it" in table.hints[0]
    tiny.replace('"%y%m%d"', '"%y%m%d"\nclean = { year = { zfill = 6 } }')
    with connect() as con:
        table = stage(con, load_study(tiny.path), tmp_path / "tables", None)["firm_citations"]
    assert counts(table) == {2010: 1, 2009: 2 + 3, 1995: 4}


@pytest.mark.parametrize(
    "key",
    ["clean = { year = { zfill = 6 } }", 'format = "%Y%m"\nclean = { year = { case = "upper" } }'],
)
def test_years_are_cleaned_of_lost_zeros_only(tiny, tmp_path, key) -> None:
    with pytest.raises(StudyError, match=r"clean.year': only ids and codes can be cleaned"):
        citations(tiny, tmp_path, ["2001"], key)


@pytest.mark.parametrize(
    ("text", "form"),
    [("1/1/10", "%d/%m/%Y"), ("Jul-06", "%b-%Y"), ("10-01", "%Y-%m"), ("20101", "%Y%m")],
)
def test_a_year_under_Y_has_four_digits(text, form) -> None:
    assert read(text, format=[form]) is None


@pytest.mark.parametrize(
    ("text", "form", "is_of"),
    [
        ("1/5/2001", "%m/%d/%Y", 2001),
        ("1.5.01", "%d.%m.%y", 2001),
        ("5", "%y", 2005),
        ("1jan2010", "%d%b%Y", 2010),
        ("Jul-06", "%b-%y", 2006),
        ("January 5, 2009", "%B %d, %Y", 2009),
        ("68-1", "%-y-%-m", 1968),
        ("2010 100%", "%Y 100%%", 2010),
        ("2010-W11-3", "%G-W%V-%u", 2010),
        ("20100101 9:05", "%Y%m%d %H:%M", 2010),
    ],
)
def test_dates_with_something_between_may_be_short(text, form, is_of) -> None:
    assert read(text, format=[form]) == is_of


def test_the_order_of_forms_does_not_change_a_year() -> None:
    for forms in (["%d.%m.%Y", "%d.%m.%y", "excel"], ["excel", "%d.%m.%y", "%d.%m.%Y"]):
        assert [read(t, format=forms) for t in ("1.2.68", "1.2.1971", "36891")] == [
            1968,
            1971,
            2000,
        ]


def test_a_year_among_days_of_spreadsheets_is_not_of_1905() -> None:
    assert read_all(["40210", "2010"], format=["excel"]) == [2010, None]
    assert 'say format = ["excel", "%Y"]' in hint(["2010"], format=["excel"])
    assert read_all(["40210", "2010"], format=["excel", "%Y"]) == [2010, 2010]


# -- months and fiscal years -----------------------------------------------------------------------

OCTOBER = 'fiscal = { begins = 10, named = "end" }'
MONTHS = [f"2006-{month:02}" for month in range(4, 10)]


def test_july_2006_is_a_month_beside_june(tiny, tmp_path) -> None:
    table = citations(tiny, tmp_path, [*MONTHS, "2006-10", "2007-08"], OCTOBER)
    assert counts(table) == {2006: 1 + 2 + 3 + 4 + 5 + 6, 2007: 7 + 8}
    assert table.warnings == ()


def test_months_of_one_digit_are_decided_by_the_column_too(tiny, tmp_path) -> None:
    table = citations(tiny, tmp_path, ["2006/7", "2006/6", "2006/10"], OCTOBER)
    assert counts(table) == {2006: 1 + 2, 2007: 3}


def test_fiscal_years_of_one_digit_are_told(tiny, tmp_path) -> None:
    table = citations(tiny, tmp_path, ["2006/7", "2007/8"], "")
    assert counts(table) == {2006: 1, 2007: 2}
    assert "'2006/7' in row 1, which can be a month or a fiscal year" in table.warnings[0]


def test_fiscal_years_that_are_no_months_need_no_word(tiny, tmp_path) -> None:
    table = citations(tiny, tmp_path, ["2006/07", "2007/08", "2012/13"], OCTOBER)
    assert (counts(table), table.warnings) == ({2007: 1, 2008: 2, 2013: 3}, ())


def test_where_every_value_can_be_both_it_is_told_and_format_settles_it(tiny, tmp_path) -> None:
    table = citations(tiny, tmp_path, ["2006-07", "2007-08"], OCTOBER)
    assert counts(table) == {2007: 1, 2008: 2}
    (told,) = table.warnings
    assert "'2006-07' in row 1, which can be a month or a fiscal year. It was read as the" in told
    assert 'else say format = "%Y-%m" in [tables.firm_citations]' in told
    tiny.replace(OCTOBER, f'{OCTOBER}\nformat = "%Y-%m"')
    with connect() as con:
        table = stage(con, load_study(tiny.path), tmp_path / "tables", None)["firm_citations"]
    assert (counts(table), table.warnings) == ({2006: 1, 2007: 2}, ())


def test_a_slip_among_fiscal_years_makes_no_months_of_them(tiny, tmp_path) -> None:
    with pytest.raises(InputError, match=r"row 3: year is '2008/10', a month and no fiscal year"):
        citations(tiny, tmp_path, ["2006/07", "2007/08", "2008/10"], OCTOBER)


# -- half-years and weeks --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "2010H2",
        "2010h2",
        "2010-H1",
        "2010S1",
        "2010-S2",
        "2010W11",
        "2010w11",
        "2010w1",
        "2010-W53",
        "2010-W11-3",
        "2010m7",
        "2010-M07",
        "2010Q3",
        "2010-01-01Z",
        "2010-12-31+02:00",
        "2010-12-31T23:30:00-05:00",
        "20101231T233000Z",
    ],
)
def test_what_begins_with_the_year_is_of_that_year(text) -> None:
    assert read(text) == read(text, fiscal={"begins": 1}) == 2010


@pytest.mark.parametrize("unit", ["th", "tw", "tq", "tm", "td", "ty"])
def test_dates_of_stata_are_of_their_year(tiny, tmp_path, unit) -> None:
    # pandas counts the last days of December as a week of the next year
    days = pd.to_datetime(["2001-12-20", "2002-01-01", "1959-12-20"])
    frame = pd.DataFrame({"citing": "1", "cited": "2", "year": days, "count": [1, 2, 4]})
    frame.to_stata(tiny.path.parent / "c.dta", write_index=False, convert_dates={"year": unit})
    tiny.replace('file = "citations.csv"', 'file = "c.dta"')
    tiny.replace("first = 2000\nlast = 2002\nreport = [2001, 2002]", "last = 2020")
    with connect() as con:
        table = stage(con, load_study(tiny.path), tmp_path / "tables", None)["firm_citations"]
    assert counts(table) == {2001: 1, 2002: 2, 1959: 4}


@pytest.mark.parametrize("text", ["2010H3", "2010W54", "2010W0", "2010W11-8", "2010-W", "2010X1"])
def test_what_is_no_half_year_and_no_week_is_none(text) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    "hour", ["T10:15", " 10:15:00.000", " 9:05 PM", "T101500Z", "T10", " 0:00"]
)
def test_a_day_may_have_an_hour(hour) -> None:
    assert read(f"2010-03-04{hour}") == 2010


@pytest.mark.parametrize("more", [" to 2011-03-04", " - 2011-03-04", " 2011-03-04", "T2011-03-04"])
def test_a_range_of_days_is_no_day(more) -> None:
    assert read(f"2010-03-04{more}") is None


@pytest.mark.parametrize("begins", range(2, 13))
@pytest.mark.parametrize(("sign", "parts"), [("Q", 4), ("H", 2)])
def test_a_part_of_two_fiscal_years_is_refused(begins, sign, parts) -> None:
    size = 12 // parts
    for part in range(1, parts + 1):
        months = range(size * (part - 1) + 1, size * part + 1)
        years = {2011 if month >= begins else 2010 for month in months}
        found = read(f"2010{sign}{part}", fiscal={"begins": begins, "named": "end"})
        assert found == (years.pop() if len(years) == 1 else None)


@pytest.mark.parametrize("year_", [2010, 2012, 2015])
@pytest.mark.parametrize("begins", [3, 4, 7, 10])
def test_a_week_is_read_where_no_calendar_of_weeks_puts_it_in_two_fiscal_years(
    begins, year_
) -> None:
    start, weeks = dt.date(year_, begins, 1), range(1, 53)
    texts = [f"{year_}W{week:02}" for week in weeks]
    read_as = read_all(texts, fiscal={"begins": begins, "named": "end"})
    for week, found in zip(weeks, read_as, strict=True):
        of_stata = dt.date(year_, 1, 1) + dt.timedelta(days=7 * week - 7)
        of_iso = dt.date.fromisocalendar(year_, week, 1)
        days = [day + dt.timedelta(days=n) for day in (of_stata, of_iso) for n in range(7)]
        assert found is None or {found} == {year_ + (day >= start) for day in days}
    assert read_as.count(None) <= 3


def test_a_month_that_nobody_knew_is_in_no_fiscal_year() -> None:
    said = {"begins": 10, "named": "end"}
    assert read("2010-00", fiscal=said) is None and read("20100000", fiscal=said) is None
    assert read("2010-10-00", fiscal=said) == read("2010.10.8", fiscal=said) == 2011
    assert read("2010.0", fiscal=said) == 2010 and read("FY2010", fiscal=said) == 2010


def test_the_remedy_of_what_lies_in_two_fiscal_years_is_told() -> None:
    told = hint(["2010H2", "2011H2"], fiscal={"begins": 10})
    assert told.startswith("year lies in two fiscal years, which begin in month 10: give months or")
    assert "in place of '2010H2', or leave 'fiscal' out" in told


def test_a_year_alone_is_a_fiscal_year_under_a_form_too() -> None:
    said = {"format": ["%m/%d/%Y", "%Y"], "fiscal": {"begins": 10, "named": "start"}}
    assert [read(text, **said) for text in ("2010", "09/30/2010", "10/01/2010")] == [
        2010,
        2009,
        2010,
    ]


def test_quarters_that_are_numbers_need_fiscal_years_of_quarters(tiny, tmp_path) -> None:
    with pytest.raises(StudyError, match=r"quarters \(%tq\) lie in two fiscal years"):
        citations(tiny, tmp_path, ["200"], 'format = "%tq"\nfiscal = { begins = 6 }')


# -- zones and other forms -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("31.12.2009 23:30 -0500", "%d.%m.%Y %H:%M %z"),
        ("31.12.2009 23:30-05:00", "%d.%m.%Y %H:%M%z"),
        ("31.12.2009 23:30 America/New_York", "%d.%m.%Y %H:%M %Z"),
        ("31.12.2009 23:30Z", "%d.%m.%Y %H:%M%z"),
    ],
)
def test_a_day_is_that_of_the_text_in_whatever_zone_the_machine_is(text, form) -> None:
    with duckdb.connect() as con:
        asked = year("v", Entry(file="", format=[form]), 2020)
        for zone in ("UTC", "Asia/Tokyo", "America/Los_Angeles"):
            con.execute(f"SET TimeZone = '{zone}'")
            assert con.execute(f"SELECT {asked} FROM (SELECT ? AS v)", [text]).fetchall() == [
                (2009,)
            ]


def test_a_zone_stands_at_the_end(tiny, tmp_path) -> None:
    with pytest.raises(StudyError, match="a time zone is read at the end only"):
        citations(tiny, tmp_path, ["2001"], 'format = "%z %d.%m.%Y"')


@pytest.mark.parametrize("form", ["%d.%m.", "%H:%M", "%j", "%z", "%%Y"])
def test_a_form_without_a_year_is_refused(tiny, tmp_path, form) -> None:
    with pytest.raises(StudyError, match=r"has no year; write it as %Y, or %y for 68"):
        citations(tiny, tmp_path, ["2001"], f'format = "{form}"')


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["Jul-2006", "Aug-2006"], '"%b-%Y"'),
        (["July 2006", "May 2006"], '"%B %Y"'),
        (["Jul-06", "Aug-07"], '"%b-%y"'),
        (["06-07", "07-08"], '"%m-%y" or "%y-%m"'),
        (["100131", "091231"], '"%y%m%d"'),
        (["20101231233000"], '"%Y%m%d%H%M%S"'),
        (["2010.07"], '"%Y.%m"'),
        (["40210"], 'format = "excel"'),
    ],
)
def test_other_forms_are_told(texts, said) -> None:
    assert said in hint(texts)


# -- signs around the year -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("texts", "form"),
    [
        (["X2001", "X1999"], "X%Y"),  # R makes names of columns so
        (["Y2001", "Y2002"], "Y%Y"),
        (["yr2001"], "yr%Y"),
        (["F.Y. 2001", "F.Y. 2002"], "F.Y. %Y"),
        (["02002", "02001"], "0%Y"),
        (["2001 (r)", "2002 (r)"], "%Y (r)"),
        (["año 2001", "año 1998"], "año %Y"),
    ],
)
def test_signs_around_a_year_go_into_its_form(texts: list[str], form: str) -> None:
    told = f'year is a year with the same signs around it in every row: say format = "{form}".'
    assert hint(texts) == told
    bare = [text.removeprefix("0") for text in texts]
    assert read_all(texts, format=[form]) == [int(re.sub(r"\D", "", each)) for each in bare]


@pytest.mark.parametrize("texts", [["X2001", "Y2002"], ["X0012"], ["100%2001"], ["X2001", "x"]])
def test_what_has_no_one_frame_names_no_form(texts: list[str]) -> None:
    assert hint(texts) == ""


def test_a_number_of_days_names_only_forms_that_give_a_year() -> None:
    """02002 is no day of a spreadsheet, where years stand beside days."""
    told = hint(["37257", "37622"])
    assert told.startswith("year is a number of days: say format = \"excel\" if '37257' is of 2002")
    assert hint(["02002", "12002"]) == (
        "year is a number of days: say format = \"%td\" if '02002' is of 1965."
    )


def test_fy_is_read_as_it_is() -> None:
    assert read_all(["FY2001", "fy 2002"]) == [2001, 2002]


@pytest.mark.parametrize(
    ("years", "key", "told"),
    [
        (["X2001", "X2002"], "", 'format = "X%Y"'),
        (["X2001", "2002"], "", 'format = ["%Y", "X%Y"]'),
        (["12/28/2001", "2002"], "", 'format = ["%Y", "%m/%d/%Y"]'),
        (["X2001", "5/2002"], 'format = "%m/%Y"', 'format = ["%m/%Y", "X%Y"]'),
    ],
)
def test_what_is_read_now_is_read_with_the_form_that_is_named(
    tiny, tmp_path, years: list[str], key: str, told: str
) -> None:
    try:
        said = citations(tiny, tmp_path, years, key).hints[0]
    except InputError as error:
        said = str(error)
    assert f"say {told}" in said
    tiny.replace(f'repeat = "add"\n{key}', f'repeat = "add"\n{told}')
    with connect() as con:
        table = stage(con, load_study(tiny.path), tmp_path / "tables", None)["firm_citations"]
    assert counts(table) == {2001: 1.0, 2002: 2.0}


def test_other_forms_that_are_read_are_not_guessed(tiny, tmp_path) -> None:
    (said,) = citations(tiny, tmp_path, ["X2001", "2002-03"], "").hints
    assert said.endswith(
        'say format = "X%Y". Other rows are read as they are: give their forms, too, in a list.'
    )


def test_columns_of_years_that_r_has_named(tiny, tmp_path) -> None:
    tiny.write("output.csv", "industry,X2001,X2002\nx,100,110\ny,80,90\n")
    wide = 'wide = { rows = "industry", columns = "year", values = "gross_output" }'
    keys(tiny, "output.csv", wide)
    with pytest.raises(InputError, match=r'say format = "X%Y"\.$'):
        staged(tiny, tmp_path)
    keys(tiny, "output.csv", 'format = "X%Y"')
    frame = pd.read_parquet(staged(tiny, tmp_path)["io_output"].path)
    assert frame.groupby("year")["gross_output"].sum().to_dict() == {2001: 180.0, 2002: 200.0}


def test_columns_of_years_as_the_world_bank_calls_them(tiny, tmp_path) -> None:
    tiny.write("output.csv", "industry,2001 [YR2001],2002 [YR2002]\nx,100,110\ny,80,90\n")
    keys(
        tiny,
        "output.csv",
        'wide = { rows = "industry", columns = "year", values = "gross_output" }',
    )
    found = staged(tiny, tmp_path)["io_output"]
    assert found.warnings == ()
    frame = pd.read_parquet(found.path)
    assert frame.groupby("year")["gross_output"].sum().to_dict() == {2001: 180.0, 2002: 200.0}


@pytest.mark.parametrize("fiscal", [{}, {"fiscal": {"begins": 7, "named": "end"}}])
def test_a_year_beside_the_code_of_another_is_none(fiscal) -> None:
    assert read("2010 [YR2010]", **fiscal) == 2010
    for text in ("2010 [YR2011]", "2010 [YR2010", "2010 [2010]", "2010 [YR2010] x", "[YR2010]"):
        assert read(text, **fiscal) is None
