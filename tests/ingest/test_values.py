"""Values as people's files spell them: read as meant, or refused with a word; never in part."""

from __future__ import annotations

import io
import time
import zipfile

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from spillgraph.core.errors import InputError, StudyError
from spillgraph.ingest.checks.rows import OUT_OF_RANGE
from spillgraph.ingest.stage import Staged
from spillgraph.ingest.study import load_study
from staging import keys, staged

CITATIONS_ALONE = True


def column(found: dict[str, Staged], table: str, name: str) -> list:
    values = pd.read_parquet(found[table].path)[name]
    return [None if pd.isna(value) else value for value in values]


# -- numbers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spelled", "given", "value"),
    [
        ("20.5", "", 20.5),
        ("+1e3", "", 1000.0),
        ('"20,5"', 'decimal = ","', 20.5),
        ('"1.080.000"', 'decimal = ","\nthousands = "."', 1_080_000.0),
        ('"1.080,25"', 'decimal = ","\nthousands = "."', 1080.25),
        ("500", 'decimal = ","\nthousands = "."', 500.0),
        ('"1,080,000.5"', 'thousands = ","', 1_080_000.5),
        ("1 080 000", 'thousands = " "', 1_080_000.0),
        ("1\u00a0080\u202f000", 'thousands = " "', 1_080_000.0),
        ("1'080'000", 'thousands = "\'"', 1_080_000.0),
        ("1’080.5", 'thousands = "\'"', 1080.5),
        ('"12,5e2"', 'decimal = ","', 1250.0),
        ("20.5 p", 'flags = ["p", "e"]', 20.5),
        ("20.5pe", 'flags = ["p", "e"]', 20.5),
        ("12 %", 'flags = ["%"]', 12.0),
        ("20.5", 'flags = ["p"]', 20.5),
        ('"20,5 b"', 'decimal = ","\nflags = ["b"]', 20.5),
    ],
)
def test_a_number_is_read_as_it_is_meant(tiny, tmp_path, spelled, given, value) -> None:
    tiny.write("citations.csv", f"citing,cited,year,count\n1,2,2000,{spelled}\n2,1,2001,3\n")
    keys(tiny, "citations.csv", given)
    assert column(staged(tiny, tmp_path), "firm_citations", "count") == [value, 3.0]


@pytest.mark.parametrize(
    ("spelled", "flags"),
    [
        ("1.2M", "M"),
        ("1.2 Mio.", "Mio."),
        ("3 Tsd", "Tsd"),
        ("12k", "k"),
        ("0.3bn", "bn"),
        ("2万", "万"),
    ],
)
def test_letters_that_multiply_are_no_marks(tiny, tmp_path, spelled, flags) -> None:
    tiny.write("citations.csv", f"citing,cited,year,count\n1,2,2000,{spelled}\n2,1,2001,3\n")
    told = f"count is '{spelled}', a number of which the letters multiply it"
    for given in ("", f'flags = ["p", "{flags}"]'):
        if given:
            keys(tiny, "citations.csv", given)
        with pytest.raises(InputError) as error:
            staged(tiny, tmp_path)
        assert told in str(error.value)
        assert "Write all its digits in the file" in str(error.value)


def test_marks_that_may_be_units_are_told(tiny, tmp_path) -> None:
    rows = "1,2,2000,1.2b\n2,1,2001,3000000\n1,3,2001,2500000 e\n"
    tiny.write("citations.csv", f"citing,cited,year,count\n{rows}")
    keys(tiny, "citations.csv", 'flags = ["b", "e"]')
    (told,) = staged(tiny, tmp_path)["firm_citations"].warnings
    assert told.startswith("count: numbers with the mark 'b', as '1.2b', are 1.2 in the middle")
    tiny.write("citations.csv", f"citing,cited,year,count\n{rows.replace('1.2b', '1200000b')}")
    assert staged(tiny, tmp_path)["firm_citations"].warnings == ()


def test_a_line_below_parts_no_thousands(tiny, tmp_path) -> None:
    tiny.write("citations.csv", "citing,cited,year,count\n1,2,2000,1_000\n2,1,2001,3\n")
    assert staged(tiny, tmp_path)["firm_citations"].reasons == {"count is not a number": 1}


@pytest.mark.parametrize(
    ("spelled", "given", "key"),
    [
        ('"20,5"', "", 'decimal = ","'),
        ('"1.080.000"', "", 'decimal = ",", thousands = "."'),
        ('"1.080,5"', "", 'decimal = ",", thousands = "."'),
        ('"1,080,000"', "", 'thousands = ","'),
        ('"1,080.5"', "", 'thousands = ","'),
        ('"1,080"', "", 'thousands = ","'),
        ("1 080", "", 'thousands = " "'),
        ("1\u00a0080", "", 'thousands = " "'),
        ("1'080", "", 'thousands = " "'),
        ("20.5 p", "", "flags ="),
        ("20.5(e)", "", "flags ="),
        ("12%", "", "flags ="),
        ("20.5", 'decimal = ","', 'decimal = "."'),
    ],
)
def test_a_column_of_two_spellings_is_refused(tiny, tmp_path, spelled, given, key) -> None:
    text = f"citing,cited,year,count\n2,1,2001,3\n1,2,2000,{spelled}\n"
    tiny.write("citations.csv", text)
    keys(tiny, "citations.csv", given)
    shown = spelled.strip('"')
    with pytest.raises(InputError) as error:
        staged(tiny, tmp_path)
    assert f"citations.csv, row 2: count is {shown!r}, a number only in another" in str(error.value)
    assert "while '3' is one as it stands" in str(error.value)
    assert f"Say in [tables.firm_citations]: {key}" in str(error.value)


@pytest.mark.parametrize(
    ("values", "said", "given", "read"),
    [
        (("1,000", "1 000"), 'thousands = [",", " "], if \'1,000\' is 1000', None, [1000, 1000]),
        (("1,000", "1 000"), 'decimal = ",", thousands = " ", if it is 1', None, [1, 1000]),
        (("1'000", "1,000"), 'thousands = [",", " "], if \'1,000\' is 1000', None, [1000, 1000]),
        (("1 000,5", "1.000,5"), 'decimal = ",", thousands = [".", " "]', None, [1000.5, 1000.5]),
        (("1 000.5", "1,000.5"), 'thousands = [",", " "]', None, [1000.5, 1000.5]),
        (("1,000", "1 000"), 'thousands = [",", " "]', 'thousands = ","', [1000, 1000]),
        (("1,000", "1 000"), 'thousands = [",", " "]', 'thousands = " "', [1000, 1000]),
    ],
)
def test_several_signs_in_a_column_are_read_by_one_remedy(
    tiny, tmp_path, values, said, given, read
) -> None:
    text = f'citing,cited,year,count\n1,2,2000,"{values[0]}"\n2,1,2001,"{values[1]}"\n'
    tiny.write("citations.csv", text)
    if given:
        keys(tiny, "citations.csv", given)
    with pytest.raises(InputError, match=r"The column has several signs; say in \[tables") as error:
        staged(tiny, tmp_path)
    assert said in str(error.value)
    mend = said.partition(", if ")[0].replace(", thousands", "\nthousands")
    if given:
        tiny.replace(given, mend)
    else:
        keys(tiny, "citations.csv", mend)
    assert column(staged(tiny, tmp_path), "firm_citations", "count") == read


@pytest.mark.parametrize("values", [("20,5", "20.5"), ("1,000.5", "1.000,5")])
def test_two_decimal_signs_are_told_as_such(tiny, tmp_path, values) -> None:
    text = f'citing,cited,year,count,of\n1,2,2000,"{values[0]}",a\n2,1,2001,"{values[1]}",b\n'
    tiny.write("citations.csv", text)
    with pytest.raises(InputError, match="two decimal signs, and no key reads both: write all"):
        staged(tiny, tmp_path)
    comma, point = values if values[0] == "20,5" else values[::-1]
    of = {values[0]: "a", values[1]: "b"}
    entry = '[[tables.firm_citations]]\nfile = "citations.csv"\n'
    tiny.replace(
        '[tables.firm_citations]\nfile = "citations.csv"\n',
        f'{entry}where = {{ of = "{of[comma]}" }}\ndecimal = ","\nthousands = "."\n'
        f'{entry}where = {{ of = "{of[point]}" }}\nthousands = ","\n',
    )
    found = column(staged(tiny, tmp_path), "firm_citations", "count")
    assert found == [20.5 if comma == "20,5" else 1000.5] * 2


@pytest.mark.whole
@pytest.mark.parametrize(
    ("values", "doubtful"),
    [
        (["1.000", "500"], True),
        (["12.500", "7"], True),
        (["1.000", "2.000"], True),
        (["-1.000", "500"], True),
        (["1.000", "500.5"], False),
        (["1.000", "1500"], True),
        (["12.500", "2500"], True),  # as Spanish and Polish write them
        (["1.000", "15000"], False),
        (["1.000", "0.500"], False),
        (["1.0", "500"], False),
        (["1234.567", "1.000"], False),
        (["10", "500"], False),
        (["1.000e3", "5"], False),
    ],
)
def test_a_point_that_may_part_thousands_is_told(tiny, tmp_path, values, doubtful) -> None:
    tiny.write(
        "output.csv",
        f"industry,year,gross_output,value_added\nx,2001,100,{values[0]}\ny,2001,100,{values[1]}\n",
    )
    warnings = " ".join(staged(tiny, tmp_path)["io_output"].warnings)
    assert ("no value says whether its point parts thousands" in warnings) is doubtful
    keys(tiny, "output.csv", 'decimal = "."')
    assert staged(tiny, tmp_path)["io_output"].warnings == ()


@pytest.mark.whole
def test_another_file_of_the_entry_does_not_settle_what_a_point_is(tiny, tmp_path) -> None:
    head = "industry,year,gross_output\n"
    tiny.write("output_1.csv", f"{head}x,2000,2.500\ny,2000,1.250\n")
    tiny.write("output_2.csv", f"{head}x,2001,2500.5\ny,2001,25000\n")
    tiny.replace('file = "output.csv"', 'file = "output_*.csv"')
    (text,) = staged(tiny, tmp_path)["io_output"].warnings
    assert "output_1.csv: gross_output is '2.500' in row 1, and no value says whether" in text


@pytest.mark.whole
def test_texts_in_one_file_and_numbers_in_another_have_no_spelling_in_common(
    tiny, tmp_path
) -> None:
    """12.125 of the second would be 12,125 under keys that are meant for the first."""
    frame = pd.DataFrame({"industry": ["x", "y"], "year": 2001, "gross_output": ["1.250", "7"]})
    frame.to_parquet(tiny.folder / "output_1.parquet")
    frame.assign(year=2002, gross_output=[12.125, 7.0]).to_parquet(tiny.folder / "output_2.parquet")
    tiny.replace('file = "output.csv"', 'file = "output_*.parquet"\ndecimal = ","\nthousands = "."')
    with pytest.raises(
        InputError, match=r"^output_2\.parquet: gross_output holds numbers, and in "
    ):
        staged(tiny, tmp_path)


@pytest.mark.whole
def test_numbers_that_a_file_keeps_as_numbers_are_not_doubted(tiny, tmp_path) -> None:
    frame = pd.DataFrame({"industry": ["x", "y"], "year": 2001, "gross_output": [1.125, 500.0]})
    frame.to_parquet(tiny.folder / "output.parquet")
    tiny.replace('file = "output.csv"', 'file = "output.parquet"')
    found = staged(tiny, tmp_path)
    assert found["io_output"].warnings == ()
    assert column(found, "io_output", "gross_output") == [1.125, 500.0]


def test_one_sign_cannot_be_both(tiny) -> None:
    keys(tiny, "citations.csv", 'decimal = ","\nthousands = ","')
    with pytest.raises(StudyError, match=r"thousands.*is the decimal sign, too"):
        load_study(tiny.path)


# -- years -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("date", "given", "year"),
    [
        ("2001", "", 2001),
        ("2001.0", "", 2001),
        ("20011000", "", 2001),
        ("2001-10-00", "", 2001),
        ("2001-00-00", "", 2001),
        ("2001/3/15", "", 2001),
        ("15.03.2001", 'format = "%d.%m.%Y"', 2001),
        ("2001-03", "", 2001),
        ("2001m3", "", 2001),
        ("2001M12", "", 2001),
        ("2001Q4", "", 2001),
        ("2001-Q4", "", 2001),
        ("FY2001", "", 2001),
        ("12/28/2001", 'format = "%m/%d/%Y"', 2001),
        ("1/5/2001", 'format = "%m/%d/%Y"', 2001),
        ("200103", 'format = "%Y%m"', 2001),
        ("28dec2001", 'format = "%d%b%Y"', 2001),
        ("2001", 'format = ["%m/%d/%Y", "%Y"]', 2001),
        ("2000/01", 'fiscal = { named = "end" }', 2001),
        ("2001/02", 'fiscal = { named = "start" }', 2001),
        ("2001-2002", 'fiscal = { named = "start" }', 2001),
        ("2000-07-01", 'fiscal = { begins = 7, named = "end" }', 2001),
        ("2001-06-30", 'fiscal = { begins = 7, named = "end" }', 2001),
        ("2002-03-31", 'fiscal = { begins = 4, named = "start" }', 2001),
        ("2001-04-01", 'fiscal = { begins = 4, named = "start" }', 2001),
        ("03/31/2002", 'format = "%m/%d/%Y"\nfiscal = { begins = 4 }', 2001),
        ("2001", 'fiscal = { begins = 7, named = "end" }', 2001),
    ],
)
def test_a_date_is_its_year(tiny, tmp_path, date, given, year) -> None:
    tiny.write("citations.csv", f"citing,cited,year,count\n1,2,{date},1\n2,1,{date},3\n")
    keys(tiny, "citations.csv", given)
    assert column(staged(tiny, tmp_path), "firm_citations", "year") == [year, year]


@pytest.mark.parametrize(
    ("date", "given"),
    [
        ("2001.5", ""),
        ("20011301", ""),
        ("2001-13-01", ""),
        ("2001-10-32", ""),
        ("12/28/2001", ""),
        ("2001Q5", ""),
        ("2001-2005", 'fiscal = { named = "start" }'),
        ("2001-2002", ""),
        ("28/12/2001", 'format = "%m/%d/%Y"'),
        ("01", ""),
    ],
)
def test_what_is_no_date_is_refused_with_its_text(tiny, tmp_path, date, given) -> None:
    tiny.write("citations.csv", f"citing,cited,year,count\n1,2,{date},1\n2,1,{date},3\n")
    keys(tiny, "citations.csv", given)
    with pytest.raises(InputError, match=f"year is not a year: 2, '{date}' in row 1 of citations"):
        staged(tiny, tmp_path)


@pytest.mark.parametrize(
    ("dates", "form", "last", "years"),
    [
        (["05-Jan-68", "12-Oct-12"], '"%d-%b-%y"', 2015, [1968, 2012]),
        (["1/5/68", "12/31/99"], '"%m/%d/%y"', 2068, [2068, 1999]),
        (["05.01.68", "05.01.1971"], '["%d.%m.%Y", "%d.%m.%y"]', 2002, [1968, 1971]),
        (["00", "68"], '"%y"', 2002, [2000, 1968]),
    ],
)
def test_years_of_two_digits_lie_in_the_century_up_to_the_last(
    tiny, tmp_path, dates, form, last, years
) -> None:
    rows = "".join(f"1,2,{date},{n}\n" for n, date in enumerate(dates, start=1))
    tiny.write("citations.csv", f"citing,cited,year,count\n{rows}")
    tiny.replace("first = 2000\nlast = 2002\nreport = [2001, 2002]", "")
    keys(tiny, "citations.csv", f"format = {form}")
    with pytest.raises(StudyError, match=r"68 may be 1968 or 2068. Say under \[years\]"):
        staged(tiny, tmp_path)
    tiny.replace("[years]", f"[years]\nlast = {last}")
    assert column(staged(tiny, tmp_path), "firm_citations", "year") == years


def test_two_digits_without_a_form_are_told(tiny, tmp_path) -> None:
    tiny.write("citations.csv", "citing,cited,year,count\n1,2,05-Jan-68,1\n2,1,12-Oct-12,3\n")
    told = _told(tiny, tmp_path)
    assert 'years of two digits: say format = "%d-%b-%y", and under [years] the last' in told


@pytest.mark.parametrize(
    ("fiscal", "years"),
    [
        ('begins = 7, named = "end"', [2012, 2013]),
        ('begins = 4, named = "start"', [2012, 2012]),
        ('begins = 10, named = "start"', [2011, 2011]),
    ],
)
def test_quarters_are_those_of_the_calendar(tiny, tmp_path, fiscal, years) -> None:
    tiny.write("citations.csv", "citing,cited,year,count\n1,2,2012Q2,1\n2,1,2012Q3,3\n")
    tiny.replace("first = 2000\nlast = 2002\nreport = [2001, 2002]", "")
    keys(tiny, "citations.csv", f"fiscal = {{ {fiscal} }}")
    assert column(staged(tiny, tmp_path), "firm_citations", "year") == years


def test_a_quarter_of_two_fiscal_years_is_refused(tiny, tmp_path) -> None:
    tiny.write("citations.csv", "citing,cited,year,count\n1,2,2012Q2,1\n2,1,2012,3\n")
    tiny.replace("first = 2000\nlast = 2002\nreport = [2001, 2002]", "")
    keys(tiny, "citations.csv", 'fiscal = { begins = 6, named = "end" }')
    assert staged(tiny, tmp_path)["firm_citations"].reasons == {"year is not a year": 1}


def test_a_zero_in_front_is_no_group_of_thousands(tiny, tmp_path) -> None:
    tiny.write("citations.csv", 'citing,cited,year,count\n1,2,2000,"1,915"\n2,1,2001,"0,082"\n')
    with pytest.raises(InputError, match=r"'0,082', a number only in .*: decimal = \",\"\.$"):
        staged(tiny, tmp_path)
    keys(tiny, "citations.csv", 'thousands = ","')
    with pytest.raises(InputError, match=r"'0,082'.*decimal = \",\""):
        staged(tiny, tmp_path)


@pytest.mark.parametrize(
    ("dates", "said", "given", "year"),
    [
        (["40210", "36526"], "'40210' is of 2010", 'format = "excel"', [2010, 2000]),
        (["18293", "14610"], "'18293' is of 2010", 'format = "%td"', [2010, 2000]),
        (["40210.5"], "'40210.5' is of 2010", 'format = "excel"', [2010]),
        (["600", "492"], "'600' is of 2010", 'format = "%tm"', [2010, 2001]),
        (["200", "164"], "'200' is of 2010", 'format = "%tq"', [2010, 2001]),
        (["201002", "200112"], "in another form", 'format = "%Y%m"', [2010, 2001]),
        (["31122010"], "in another form", 'format = "%d%m%Y"', [2010]),
        (["2010年", "2001年"], "in another form", 'format = "%Y年"', [2010, 2001]),
        (["2010年3月"], "in another form", 'format = "%Y年%m月"', [2010]),
        (["2010年03月05日"], "in another form", 'format = "%Y年%m月%d日"', [2010]),
        (["2010/11", "2012/13"], "is 2010", 'fiscal = { named = "start" }', [2010, 2012]),
        (["2010/11", "2012/13"], "is 2011", 'fiscal = { named = "end" }', [2011, 2013]),
        (["2010-2011"], "is 2011", 'fiscal = { named = "end" }', [2011]),
        (["1999/00"], "is 1999", 'fiscal = { named = "start" }', [1999]),
    ],
)
def test_a_date_that_is_not_read_names_the_key_that_reads_it(
    tiny, tmp_path, dates, said, given, year
) -> None:
    rows = "".join(f"1,2,{date},{n}\n" for n, date in enumerate(dates, start=1))
    tiny.replace("first = 2000\nlast = 2002\nreport = [2001, 2002]", "")
    tiny.write("citations.csv", f"citing,cited,year,count\n{rows}")
    words = _told(tiny, tmp_path)
    assert said in words and given in words
    keys(tiny, "citations.csv", given)
    assert column(staged(tiny, tmp_path), "firm_citations", "year") == year


def _told(tiny, tmp_path) -> str:
    """What is said of citations, refused or not."""
    try:
        found = staged(tiny, tmp_path)["firm_citations"]
    except InputError as error:
        return str(error)
    return " ".join([*found.warnings, *found.hints])


def test_numbered_dates_go_with_others_and_with_fiscal_years(tiny, tmp_path) -> None:
    tiny.write("citations.csv", "citing,cited,year,count\n1,2,36891,1\n2,1,31.12.2001,3\n")
    keys(tiny, "citations.csv", 'format = ["excel", "%d.%m.%Y"]')  # 36891: 31 December 2000
    assert column(staged(tiny, tmp_path), "firm_citations", "year") == [2000, 2001]
    tiny.replace('"%d.%m.%Y"]', '"%d.%m.%Y"]\nfiscal = { begins = 12, named = "end" }')
    assert column(staged(tiny, tmp_path), "firm_citations", "year") == [2001, 2002]


# -- missing values --------------------------------------------------------------------------------

STANDS_FOR_MISSING = ["NA", "N/A", "#N/A", "..", ":", "\\N", "NULL", "-", "n/a", "NaN", ".", " NA "]


@pytest.mark.parametrize("text", STANDS_FOR_MISSING)
def test_a_missing_size_costs_the_size(tiny, tmp_path, text) -> None:
    tiny.write(
        "firms.csv",
        f"id,name,industry,size\n1,One,A,{text}\n2,Two,B,7\n3,C,C,{text}\n4,D,{text},\n",
    )
    found = staged(tiny, tmp_path)
    assert (found["firms"].loaded, found["firms"].lost) == (4, {})
    assert column(found, "firms", "size") == [None, 7.0, None, None]
    assert column(found, "firms", "industry") == ["A", "B", "C", None]
    assert found["firm_citations"].total == 28


def test_namibia_is_a_country(tiny, tmp_path) -> None:
    tiny.write("firms.csv", "id,name,industry,country\n1,NA,A,NA\n2,Two,B,..\n3,x,C,DE\n4,x,A,\n")
    found = staged(tiny, tmp_path)
    assert column(found, "firms", "country") == ["NA", None, "DE", None]
    assert column(found, "firms", "name")[0] is None


def test_the_study_says_what_is_missing(tiny, tmp_path) -> None:
    tiny.write("firms.csv", "id,name,industry,size\n1,NA,A,-9\n2,Two,B,7\n3,C,C,8\n4,D,A,9\n")
    keys(tiny, "firms.csv", 'missing = ["-9"]')
    found = staged(tiny, tmp_path)
    assert column(found, "firms", "size") == [None, 7.0, 8.0, 9.0]
    assert column(found, "firms", "name")[0] == "NA"


@pytest.mark.parametrize("suffix", ["parquet", "dta"])
@pytest.mark.parametrize("size", [[1, 999, 3, 4], [1.5, 999.0, 3.0, 4.0]])
def test_a_number_that_means_missing_does_so_where_numbers_are_kept(
    tiny, tmp_path, suffix, size
) -> None:
    frame = pd.DataFrame({"id": ["1", "2", "3", "4"], "industry": list("ABCA"), "size": size})
    path = tiny.folder / f"f.{suffix}"
    frame.to_parquet(path) if suffix == "parquet" else frame.to_stata(path, write_index=False)
    tiny.replace('file = "firms.csv"', f'file = "{path.name}"\nmissing = ["999"]')
    assert column(staged(tiny, tmp_path), "firms", "size") == [size[0], None, *size[2:]]


def test_nan_is_a_missing_id_and_no_industry_of_that_name(tiny, tmp_path) -> None:
    code = pa.array([1.0, float("nan"), 2.0, 1.0])  # pandas writes it as missing, others do not
    table = pa.table({"id": ["1", "2", "3", "4"], "industry": code, "size": code})
    pq.write_table(table, tiny.folder / "f.parquet")
    tiny.replace('file = "firms.csv"', 'file = "f.parquet"')
    tiny.write("fine.csv", "code\n1\n2\n")
    tiny.write("map.csv", "from,to\n1,x\n2,y\n")
    found = staged(tiny, tmp_path)
    assert column(found, "firms", "industry") == ["1", None, "2", "1"]
    assert column(found, "firms", "size") == [1.0, None, 2.0, 1.0]
    assert found["firms"].unmatched == {"industry": 1}


def test_texts_that_parquet_holds_as_bytes_are_texts(tiny, tmp_path) -> None:
    names = pa.array([b"One", "M\u00fcller".encode(), b"M\xfcller", None])
    ids = pa.array([b"1", b"2", b"3", b"4"])
    table = pa.table({"id": ids, "name": names, "industry": ["A", "B", "C", "A"]})
    pq.write_table(table, tiny.folder / "f.parquet")
    tiny.replace('file = "firms.csv"', 'file = "f.parquet"')
    found = staged(tiny, tmp_path)
    assert column(found, "firms", "name") == ["One", "Müller", None, None]
    assert found["firms"].lost == {"name is not readable text": 1}


def test_a_missing_value_may_have_a_flag(tiny, tmp_path) -> None:
    tiny.write("firms.csv", "id,industry,size\n1,A,: c\n2,B,7 p\n3,C,:\n4,A,9\n")
    keys(tiny, "firms.csv", 'flags = ["p", "c"]')
    found = staged(tiny, tmp_path)
    assert column(found, "firms", "size") == [None, 7.0, None, 9.0]
    assert found["firms"].lost == {}


def test_an_empty_list_of_missing_texts_means_every_text(tiny, tmp_path) -> None:
    tiny.write("firms.csv", "id,name,industry\n1,NULL,A\n2,-,B\n3,C,C\n4,D,A\n")
    keys(tiny, "firms.csv", "missing = []")
    assert column(staged(tiny, tmp_path), "firms", "name")[:2] == ["NULL", "-"]


@pytest.mark.parametrize(
    ("columns", "values", "reason"),
    [
        ("size", ["large", "7"], "size is not a number"),
        ("size", ["-3", "7"], "size is negative"),
        ("size", ["inf", "7"], "size is not finite"),
        ("size", ["1e308", "7"], f"size {OUT_OF_RANGE}"),
        ("size", ["1e-320", "7"], f"size {OUT_OF_RANGE}"),
        ("lat,lon", ["116.4,39.9", "48.1,11.6"], "lat is above 90"),
        ("lat,lon", ["48,200", "48.1,11.6"], "lon is above 180"),
        ("lat,lon", ["north,9", "48.1,11.6"], "lat is not a number"),
        ("name", ["M\ufffdller", "Two"], "name is not readable text"),
        ("region", ["\ufffd", "Two"], "region is not readable text"),
        ("industry", ["unmapped", "A"], "industry is 'unmapped', the name of the residual"),
    ],
)
def test_a_bad_optional_value_costs_the_value(tiny, tmp_path, columns, values, reason) -> None:
    rows = [f"{n},{value}" for n, value in enumerate([*values, values[1], values[1]], start=1)]
    tiny.write("firms.csv", f"id,{columns}\n" + "\n".join(rows) + "\n")
    found = staged(tiny, tmp_path)
    firms = found["firms"]
    assert (firms.loaded, firms.rejected, firms.lost) == (4, 0, {reason: 1})
    for name in columns.split(","):
        values_of = column(found, "firms", name)
        assert values_of[0] is None and None not in values_of[1:]
    assert found["firm_citations"].total == 28
    written = pd.read_csv(tmp_path / "rejects" / "firms_values.csv", dtype=str)
    assert written[["file", "row", "reason"]].values.tolist() == [["firms.csv", "1", reason]]
    assert any("is loaded without a value" in text for text in firms.warnings)


def test_a_column_of_ours_can_be_left_alone(tiny, tmp_path) -> None:
    tiny.write("firms.csv", "id,industry,size\n1,A,big\n2,B,small\n3,C,big\n4,A,big\n")
    keys(tiny, "firms.csv", 'columns = { size = "" }')
    found = staged(tiny, tmp_path)
    assert (found["firms"].loaded, found["firms"].lost) == (4, {})
    assert column(found, "firms", "size") == [None] * 4


# -- a value that another file has -----------------------------------------------------------------

MATCH = 'match = { industry = { file = "found.csv", by = "id", key = "id", value = "code" } }'


def test_a_lookup_fills_what_is_missing_and_nothing_else(tiny, tmp_path) -> None:
    tiny.write("firms.csv", "id,industry\n1,A\n2,NA\n3,\n4,\u00a0-\n")
    tiny.write("found.csv", "id,code\n1,B\n2,B\n3,C\n4,A\n")
    keys(tiny, "firms.csv", MATCH)
    assert column(staged(tiny, tmp_path), "firms", "industry") == ["A", "B", "C", "A"]


def test_a_key_with_two_values_matters_where_a_row_looks_it_up(tiny, tmp_path) -> None:
    tiny.write("firms.csv", "id,industry\n1,\n2,A\n3,\n4,\n")
    tiny.write("found.csv", "id,code\n1,B\n2,B\n2,C\n3,C\n4,A\n9,A\n9,B\n")
    keys(tiny, "firms.csv", MATCH)
    found = staged(tiny, tmp_path)
    # nobody is 9, and 2 has a code of its own, once
    assert column(found, "firms", "id") == ["1", "2", "3", "4"]
    assert column(found, "firms", "industry") == ["B", "A", "C", "A"]
    assert (found["firms"].read, found["firms"].warnings) == (4, ())
    tiny.write("firms.csv", "id,industry\n1,\n2,\n3,\n4,\n9,A\n")
    with pytest.raises(InputError, match="id = '2' has two different values of 'code'; keep one"):
        staged(tiny, tmp_path)


def test_a_key_of_rows_left_out_may_have_two_values(tiny, tmp_path) -> None:
    tiny.write("firms.csv", "id,kind\n1,x\n2,x\n3,x\n4,x\n5,y\n")
    tiny.write("found.csv", "id,code\n1,B\n2,B\n3,C\n4,A\n5,A\n5,B\n")
    keys(tiny, "firms.csv", f'{MATCH}\nwhere = {{ kind = "x" }}')
    assert column(staged(tiny, tmp_path), "firms", "industry") == ["B", "B", "C", "A"]
    tiny.replace('kind = "x"', 'kind = ["x", "y"]')
    with pytest.raises(InputError, match="id = '5' has two different values of 'code'; keep one"):
        staged(tiny, tmp_path)


def test_what_cannot_be_read_of_a_lookup_is_told(tiny, tmp_path) -> None:
    tiny.write("firms.csv", "id\n1\n2\n3\n4\n")
    (tiny.folder / "found.csv").write_bytes(b"id,code,name\n1,A,Caf\xe9\n2,B,x\n3,C,x\n4,A,x\n")
    keys(tiny, "firms.csv", MATCH)
    (warning,) = staged(tiny, tmp_path)["firms"].warnings
    assert warning.startswith("found.csv is not UTF-8 in 1 of 5 lines")


def test_a_country_that_is_looked_up_may_be_namibia(tiny, tmp_path) -> None:
    tiny.write("firms.csv", "id,industry\n1,A\n2,B\n3,C\n4,A\n")
    tiny.write("found.csv", "id,code\n1,NA\n2,DE\n3,-\n4,n/a\n")
    keys(tiny, "firms.csv", MATCH.replace("industry", "country"))
    assert column(staged(tiny, tmp_path), "firms", "country") == ["NA", "DE", None, None]


@pytest.mark.parametrize(
    ("text", "layout"),
    [
        ("id,branch\nname,text\n{rows}", "units_row = true"),
        ("Register\n\nid,branch\n{rows}", "skip = 1"),
        ("# of 2020\nid,branch\n{rows}", 'comment = "#"'),
        ("Medium\nid,branch\n{rows}M none\n", 'comment = "M"'),
        ("{rows}", 'header = false\nnames = ["id", "branch"]'),
        ("firm,of\nid,branch\n{rows}", "header_rows = 2"),
    ],
)
def test_the_layout_of_a_file_is_not_that_of_its_lookup(tiny, tmp_path, text, layout) -> None:
    rows = "1,Farms\n2,mills\n3,Banks\n4,Farms\n"
    tiny.write("firms.csv", text.format(rows=rows))
    tiny.write("found.csv", "id,code\nFarms,A\nmills,B\nBanks,C\nMining,C\n")
    by = "of_branch" if "header_rows" in layout else "branch"
    columns = 'columns = { id = "firm_id" }\n' if "header_rows" in layout else ""
    keys(tiny, "firms.csv", MATCH.replace('by = "id"', f'by = "{by}"') + f"\n{columns}{layout}")
    assert column(staged(tiny, tmp_path), "firms", "industry") == ["A", "B", "C", "A"]


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("Codes of 2020\nid,code\n{rows}", "skip = 1"),
        ("# of 2020\nid,code\n{rows}", 'comment = "#"'),
        ("id;code\n{rows}", 'delimiter = ";"'),
        ("id,code\n{rows}é,C\n", 'encoding = "utf-16"'),
    ],
)
def test_a_lookup_says_how_it_is_written_itself(tiny, tmp_path, text, own) -> None:
    tiny.write("firms.csv", "id,name\n1,é\n2,é\n3,é\n4,é\n")
    rows = "1,A\n2,B\n3,C\n4,A\n".replace(",", ";" if ";" in text else ",")
    encoding = "utf-16" if "encoding" in own else "utf-8"
    (tiny.folder / "found.csv").write_text(text.format(rows=rows), encoding=encoding)
    keys(tiny, "firms.csv", MATCH.replace("value =", f"{own}, value =") + '\ndelimiter = ","')
    found = staged(tiny, tmp_path)
    assert column(found, "firms", "industry") == ["A", "B", "C", "A"]
    assert found["firms"].warnings == ()


def test_a_lookup_may_lie_in_an_archive_or_be_of_another_kind(tiny, tmp_path) -> None:
    tiny.write("firms.csv", "id\n1\n2\n3\n4\n")
    rows = "id,code\n1,A\n2,B\n3,C\n4,A\n"
    with zipfile.ZipFile(tiny.folder / "found.zip", "w") as packed:
        packed.writestr("a.csv", rows)
        packed.writestr("b.csv", "id,code\n1,B\n")
    zipped = MATCH.replace("found.csv", "found.zip").replace("value =", 'member = "a.csv", value =')
    keys(tiny, "firms.csv", zipped)
    assert column(staged(tiny, tmp_path), "firms", "industry") == ["A", "B", "C", "A"]
    frame = pd.read_csv(io.StringIO(rows), dtype=str)
    frame.to_parquet(tiny.folder / "found.parquet")
    tiny.replace(zipped, MATCH.replace("found.csv", "found.parquet") + '\ntype = "csv"')
    assert column(staged(tiny, tmp_path), "firms", "industry") == ["A", "B", "C", "A"]


@pytest.mark.whole
@pytest.mark.parametrize("value", ["1.125", "3", "2.5e-7", '"1,125"'])
def test_a_constant_is_the_number_that_it_is(tiny, tmp_path, value) -> None:
    tiny.write("trade.csv", "supplier,buyer,year\n1,2,2001\n")
    keys(tiny, "trade.csv", f'decimal = ","\nthousands = "."\nconstants = {{ value = {value} }}')
    meant = float(value.strip('"').replace(",", "."))
    assert column(staged(tiny, tmp_path), "trade_links", "value") == [meant]


# -- ids and codes ---------------------------------------------------------------------------------


@pytest.mark.whole
@pytest.mark.parametrize(
    ("number", "bare"),
    [
        ("US1234567B2", "1234567"),
        ("US-1234567-B2", "1234567"),
        ("1234567", "1234567"),
        ("1,234,567", "1234567"),
        ("US 1234567 A", "1234567"),
        ("us-1234567-b2", "1234567"),
        ("US2011/0002889A1", "20110002889"),
        ("US20110002889A1", "20110002889"),
        ("US-9824690-B2", "9824690"),
        ("D668832", "D668832"),
        ("USD0668832S1", "D668832"),
        ("RE12345", "RE12345"),
        ("EP1234567B1", "EP1234567"),
        ("06123456", "6123456"),
    ],
)
def test_patent_numbers_in_one_spelling(tiny, tmp_path, number, bare) -> None:
    tiny.write("firms.csv", f'id,industry\n"{number}",A\n2,B\n3,C\n4,A\n')
    keys(tiny, "firms.csv", "clean = { id = { patent = true } }")
    tiny.write("citations.csv", f"citing,cited,year,count\n{bare},2,2000,4\n2,{bare},2001,1\n")
    tiny.write("trade.csv", "supplier,buyer,year,value\n2,3,2001,4\n")
    assert column(staged(tiny, tmp_path), "firms", "id")[0] == bare


@pytest.mark.whole
@pytest.mark.parametrize(
    ("given", "text", "value"),
    [
        ("zfill = 6", "1002", "001002"),
        ("zfill = 6", "1002.0", "001002"),
        ("zfill = 3", "1002", "1002"),
        ("zfill = 6", "A12", "A12"),
        ('drop_prefix = "TTL_"', "TTL_01", "01"),
        ('drop_prefix = "T.L"', "TTL01", "TTL01"),
        ('drop_suffix = ".SZ"', "000001.SZ", "000001"),
        ('drop_suffix = [".SZ", ".SH"]', "000001.SH", "000001"),
        ('drop_prefix = ["S", "SZ"]', "SZ000001", "000001"),
        ('case = "upper"', "a1", "A1"),
        ('case = "lower"', "A1", "a1"),
        ('drop_prefix = "SH", zfill = 6', "SH5", "000005"),
    ],
)
def test_ids_are_brought_into_one_spelling(tiny, tmp_path, given, text, value) -> None:
    tiny.write("firms.csv", f"id,industry\n{text},A\n2,B\n3,C\n4,A\n")
    keys(tiny, "firms.csv", f"clean = {{ id = {{ {given} }} }}")
    end = "000002" if "6" in given else "002" if "3" in given else "2"
    three = end.replace("2", "3")
    tiny.write("citations.csv", f"citing,cited,year,count\n{value},{end},2000,4\n")
    tiny.write("trade.csv", f"supplier,buyer,year,value\n{end},{three},2001,4\n")
    found = staged(tiny, tmp_path)
    assert column(found, "firms", "id")[0] == value
    assert found["firm_citations"].total == 4


@pytest.mark.parametrize(
    "dirt",
    ["\u200b{}", "{}\t", "\u00a0{}\u3000", "{}\x1f", "\ufeff{}", "{}\u2060", " {} ", "\u00ad{}"],
)
def test_invisible_blanks_are_cut_off(tiny, tmp_path, dirt) -> None:
    rows = [("1", "2", 4), ("2", "1", 3)]
    text = "".join(f'"{dirt.format(a)}",{dirt.format(b)},2001,{n}\n' for a, b, n in rows)
    tiny.write("citations.csv", "citing,cited,year,count\n" + text)
    assert staged(tiny, tmp_path)["firm_citations"].total == 7


@pytest.mark.whole
def test_composed_and_decomposed_letters_are_one(tiny, tmp_path) -> None:
    tiny.write("firms.csv", "id,industry\nM\u00fcller,A\n2,B\n3,C\n4,A\n")
    tiny.write("citations.csv", "citing,cited,year,count\nMu\u0308ller,2,2000,4\n")
    tiny.write("trade.csv", "supplier,buyer,year,value\n2,3,2001,4\n")
    assert staged(tiny, tmp_path)["firm_citations"].total == 4


def test_ids_that_became_floats_are_whole_again(tiny, tmp_path) -> None:
    tiny.write("citations.csv", "citing,cited,year,count\n1.0,2.0,2000,4\n2.0,1.0,2001,3\n")
    assert column(staged(tiny, tmp_path), "firm_citations", "citing") == ["1", "2"]


@pytest.mark.parametrize(
    ("ids", "named", "words"),
    [
        (["001", "002"], ["1", "2"], "leading zeros are lost; clean = { citing = { zfill = 3 } }"),
        (["a1", "a2"], ["A1", "A2"], 'clean = { citing = { case = "lower" } }'),
        (["1234567", "1234568"], ["US1234567B2", "US1234568B2"], "{ patent = true }"),
        (["1", "2"], ["F1", "F2"], 'clean = { citing = { drop_prefix = "F" } }'),
        (["A-1", "A-2"], ["A 1", "A 2"], "they differ in blanks, signs or zeros"),
        (["x", "y"], ["7", "8"], None),
    ],
)
def test_another_spelling_is_named(tiny, tmp_path, ids, named, words) -> None:
    tiny.write("firms.csv", f"id,industry\n{ids[0]},A\n{ids[1]},B\n")
    tiny.write("citations.csv", f"citing,cited,year,count\n{named[0]},{named[1]},2000,4\n")
    with pytest.raises(InputError, match="table firm_citations: its only row was not") as error:
        staged(tiny, tmp_path)
    assert f"citing is not in table firms: 1, '{named[0]}' in row 1 of citations.csv" in str(
        error.value
    )
    if words is None:
        assert "Citing is" not in str(error.value)
    else:
        assert words in str(error.value)


def test_a_lost_zero_in_the_list_of_industries_stops_the_run_with_a_hint(tiny, tmp_path) -> None:
    tiny.write("sectors.csv", "code,name\n01,X\n02,Y\n")
    tiny.write("map.csv", "from,to,weight\nA,1,1\nB,2,1\nC,2,1\n")
    with pytest.raises(InputError, match="table concordance: none of its 3 rows") as error:
        staged(tiny, tmp_path)
    assert "To is '1', the list of industries has '01': leading zeros are lost" in str(error.value)


# -- repeated keys ---------------------------------------------------------------------------------

INVOICES = "supplier,buyer,year,value\n1,2,2001,5\n1,2,2001,7\n2,1,2001,4\n"


@pytest.mark.whole
def test_repeated_amounts_are_not_guessed_at(tiny, tmp_path) -> None:
    tiny.write("trade.csv", INVOICES)
    with pytest.raises(
        InputError, match=r"trade.csv, row 2 repeats the key of row 1.*repeat = \"add\""
    ):
        staged(tiny, tmp_path)


@pytest.mark.whole
@pytest.mark.parametrize(
    ("repeat", "rows", "total"),
    [
        ("add", [["1", "2", 2001, 12.0], ["2", "1", 2001, 4.0]], 16.0),
        ("first", [["1", "2", 2001, 5.0], ["2", "1", 2001, 4.0]], 9.0),
    ],
)
def test_repeated_amounts_by_choice(tiny, tmp_path, repeat, rows, total) -> None:
    tiny.write("trade.csv", INVOICES)
    keys(tiny, "trade.csv", f'repeat = "{repeat}"')
    table = staged(tiny, tmp_path)["trade_links"]
    columns = ["supplier", "buyer", "year", "value"]
    assert pd.read_parquet(table.path)[columns].values.tolist() == rows
    assert (table.total, table.loaded) == (total, 3 if repeat == "add" else 2)


@pytest.mark.parametrize(("repeat", "total"), [(None, 3), ("add", 3), ("first", 2)])
def test_rows_that_count_as_one_add_up_unless_the_study_says_otherwise(
    tiny, tmp_path, repeat, total
) -> None:
    tiny.write("citations.csv", "citing,cited,year\n1,2,2000\n1,2,2000\n2,1,2001\n")
    keys(tiny, "citations.csv", f'repeat = "{repeat}"' if repeat else "")
    assert staged(tiny, tmp_path)["firm_citations"].total == total


def test_rows_that_count_as_one_are_refused_twice_by_choice(tiny, tmp_path) -> None:
    tiny.write("citations.csv", "citing,cited,year\n1,2,2000\n1,2,2000\n2,1,2001\n")
    keys(tiny, "citations.csv", 'repeat = "refuse"')
    with pytest.raises(InputError, match=r"row 2 repeats the key of row 1"):
        staged(tiny, tmp_path)


@pytest.mark.whole
def test_dated_invoices_are_deliveries_of_their_year(tiny, tmp_path) -> None:
    tiny.write(
        "trade.csv",
        "supplier,buyer,year,value\n1,2,2001-01-05,5\n1,2,2001-09-30,7\n2,1,2001-02-01,4\n",
    )
    keys(tiny, "trade.csv", 'repeat = "add"')
    assert column(staged(tiny, tmp_path), "trade_links", "value") == [12.0, 4.0]


@pytest.mark.whole
def test_a_missing_part_leaves_the_sum_unknown(tiny, tmp_path) -> None:
    tiny.write(
        "output.csv",
        "industry,year,gross_output,value_added,final_demand\nx,2001,10,4,1\nx,2001,5,,2\n"
        "y,2001,8,3,3\n",
    )
    keys(tiny, "output.csv", 'repeat = "add"')
    found = staged(tiny, tmp_path)
    assert column(found, "io_output", "gross_output") == [15.0, 8.0]
    assert column(found, "io_output", "value_added") == [None, 3.0]
    assert column(found, "io_output", "final_demand") == [3.0, 3.0]


def test_weights_of_a_pair_add_up_by_choice(tiny, tmp_path) -> None:
    tiny.write("map.csv", "from,to,weight\nA,x,0.5\nA,x,0.5\nB,y,1\nC,y,1\n")
    with pytest.raises(InputError, match=r"map.csv, row 2 repeats the key of row 1 of map.csv"):
        staged(tiny, tmp_path)
    keys(tiny, "map.csv", 'repeat = "add"')
    assert column(staged(tiny, tmp_path), "concordance", "weight") == [1.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("second", "told"), [("1,Other,A", False), ("1,One,B", True), ("1,One,", True)]
)
def test_a_firm_with_two_industries_is_told(tiny, tmp_path, second, told) -> None:
    tiny.write("firms.csv", f"id,name,industry\n1,One,A\n{second}\n2,Two,B\n3,C,C\n4,D,A\n")
    table = staged(tiny, tmp_path)["firms"]
    assert (table.loaded, table.rejected) == (4, 1)
    assert any("[tables.firm_industries]" in text for text in table.warnings) is told


def test_records_that_are_no_amounts_do_not_add_up(tiny) -> None:
    keys(tiny, "firms.csv", 'repeat = "add"')
    with pytest.raises(StudyError, match="rows of firms are not amounts that could add up"):
        load_study(tiny.path)


# -- the first link of a chain ---------------------------------------------------------------------


def test_the_first_link_is_blamed(tiny, tmp_path) -> None:
    tiny.write("firms.csv", "id,industry\n1,Z\n2,Z\n3,Z\n4,Z\n")
    with pytest.raises(InputError, match="table firms: none of its 4 rows was accepted") as error:
        staged(tiny, tmp_path)
    assert "'Z' in row 1 of firms.csv" in str(error.value)


def test_what_was_refused_before_is_named(tiny, tmp_path) -> None:
    tiny.write("firms.csv", "id,industry\n1,Z\n2,Z\n3,C\n4,A\n")
    tiny.write("citations.csv", "citing,cited,year,count\n1,3,2000,4\n")
    with pytest.raises(InputError, match="Before, 2 of 4 rows of firms were refused"):
        staged(tiny, tmp_path)


@pytest.mark.whole
@pytest.mark.parametrize(
    "name", ["fine.csv", "firms.csv", "citations.csv", "output.csv", "map.csv"]
)
def test_a_table_of_a_header_alone_says_so(tiny, tmp_path, name) -> None:
    head = (tiny.folder / name).read_text().splitlines()[0]
    tiny.write(name, head + "\n")
    if name == "fine.csv":  # its list has two files; alone it would be filled by the other
        tiny.write("sectors.csv", "code,name\n")
    with pytest.raises(InputError, match="has no rows: there is nothing below the header"):
        staged(tiny, tmp_path)


# -- what is left out ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "given", "told"),
    [
        ("citing,cited,year,n", "", "'n' is not read"),
        ("citing,cited,year,Count", "", "'Count' is not read"),
        ("citing,cited,year,n", 'columns = { count = "" }', None),
        ("citing,cited,year,n", 'columns = { count = "n" }', None),
        ("citing,cited,year,count", "", None),
    ],
)
def test_rows_that_count_as_one_are_told_where_a_column_may_be_the_count(
    tiny, tmp_path, head, given, told
) -> None:
    tiny.write("citations.csv", f"{head}\n1,2,2000,4\n2,1,2001,3\n")
    keys(tiny, "citations.csv", given)
    table = staged(tiny, tmp_path)["firm_citations"]
    assert table.total == (2 if told or '""' in given else 7)
    assert any(told in text for text in table.warnings) if told else table.warnings == ()


@pytest.mark.parametrize("kind", ["a ", " a", "a\t", "a\u00a0", "a"])
def test_a_filter_passes_over_blanks(tiny, tmp_path, kind) -> None:
    tiny.write("citations.csv", f"citing,cited,year,count,kind\n1,2,2000,4,{kind}\n2,1,2001,3,b\n")
    keys(tiny, "citations.csv", 'where = { kind = "a" }')
    assert staged(tiny, tmp_path)["firm_citations"].total == 4


@pytest.mark.parametrize(
    "zone", ["Asia/Shanghai", "America/New_York", "+08:00", "-05:30", "UTC", None]
)
def test_an_instant_has_the_year_of_its_own_time_zone(tiny, tmp_path, zone, monkeypatch) -> None:
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    time.tzset()
    there = pd.DatetimeIndex(["2001-01-01 00:30", "2001-12-31 23:30"], tz=zone)
    frame = pd.DataFrame({"citing": ["1", "2"], "cited": ["2", "3"], "year": there, "count": 1})
    frame.to_parquet(tiny.folder / "citations.csv", index=False)
    assert column(staged(tiny, tmp_path), "firm_citations", "year") == [2001, 2001]
    monkeypatch.undo()
    time.tzset()


# -- credit notes ----------------------------------------------------------------------------------

LINES = (
    "1,2,2001,100\n1,2,2001,-30\n2,1,2001,-5\n2,1,2001,20.5\n"
    "3,1,2001,0.1\n3,1,2001,0.2\n3,1,2001,-0.3\n"
)
AMOUNTS = {
    "trade_links": ("trade.csv", "supplier,buyer,year,value\n", "value"),
    "firm_citations": ("citations.csv", "citing,cited,year,count\n", "count"),
}


@pytest.mark.whole
@pytest.mark.parametrize("table", list(AMOUNTS))
def test_credit_notes_add_up_with_their_invoices(tiny, tmp_path, table) -> None:
    file, head, name = AMOUNTS[table]
    tiny.write(file, head + LINES)
    keys(tiny, file, 'repeat = "add"')
    found = staged(tiny, tmp_path)
    assert column(found, table, name) == pytest.approx([70, 15.5, 0], abs=1e-15)
    assert min(column(found, table, name)) >= 0
    assert (found[table].read, found[table].loaded, found[table].rejected) == (7, 7, 0)
    assert found[table].total == pytest.approx(85.5)


@pytest.mark.whole
@pytest.mark.parametrize("table", list(AMOUNTS))
def test_a_pair_that_adds_up_to_less_than_nothing_is_refused_whole(tiny, tmp_path, table) -> None:
    file, head, name = AMOUNTS[table]
    tiny.write(file, f"{head}{LINES}2,3,2001,10\n2,3,2001,-25\n3,2,2002,-1\n")
    keys(tiny, file, 'repeat = "add"')
    found = staged(tiny, tmp_path)
    assert column(found, table, name) == pytest.approx([70, 15.5, 0], abs=1e-15)
    assert (found[table].read, found[table].loaded, found[table].rejected) == (10, 7, 3)
    assert found[table].reasons == {f"{name} is negative": 3}
    assert "-15.0 in 2 rows of" in found[table].why() and "refused" in found[table].warnings[0]


@pytest.mark.whole
def test_negative_amounts_that_do_not_add_up_name_the_key(tiny, tmp_path) -> None:
    tiny.write("trade.csv", "supplier,buyer,year,value\n1,2,2001,100\n1,2,2001,-30\n")
    found = staged(tiny, tmp_path)["trade_links"]
    assert found.rejected == 1
    assert 'if these are credit notes or corrections, say repeat = "add" in' in found.warnings[0]
    keys(tiny, "trade.csv", 'repeat = "add"')
    assert column(staged(tiny, tmp_path), "trade_links", "value") == [70]


@pytest.mark.whole
@pytest.mark.parametrize(
    ("given", "value"), [('negative = "keep"\n', -60.0), ('negative = "net"\n', -60.0), ("", None)]
)
def test_flows_between_industries_add_up_before_they_are_judged(
    tiny, tmp_path, given, value
) -> None:
    tiny.write(
        "io.csv", "supplier,user,year,value\nA,B,2001,40\nA,B,2001,-100\nB,B,2001,-1\nB,B,2001,9\n"
    )
    entry = f'[tables.io_flows]\nfile = "io.csv"\nclassification = "f"\nrepeat = "add"\n{given}\n'
    tiny.replace("[tables.io_output]", entry + "[tables.io_output]")
    if value is None:
        with pytest.raises(InputError, match=r"2 flows are negative \('-60\.0 in 2 rows of"):
            staged(tiny, tmp_path)
    else:
        assert column(staged(tiny, tmp_path), "io_flows", "value") == [value, 8]


# -- full-width signs ------------------------------------------------------------------------------


@pytest.mark.whole
@pytest.mark.parametrize("wide", ["firms", "citations"])
def test_full_width_ids_name_the_key_that_makes_them_one(tiny, tmp_path, wide) -> None:
    ids = {"firms": ["FOO1", "BAR-2"], "citations": ["FOO1", "BAR-2"]}
    ids[wide] = ["ＦＯＯ１", "ＢＡＲ－２"]
    (a, b), (c, d) = ids["firms"], ids["citations"]
    tiny.write("firms.csv", f"id,industry\n{a},A\n{b},B\n")
    tiny.write("citations.csv", f"citing,cited,year,count\n{c},{d},2001,3\n{d},{c},2000,4\n")
    tiny.write("trade.csv", f"supplier,buyer,year,value\n{a},{b},2001,3\n")
    with pytest.raises(InputError, match="one of them has full-width signs") as error:
        staged(tiny, tmp_path)
    told = {"firms": "clean = { id = { half_width = true } } in [tables.firms]"}
    told["citations"] = "clean = { citing = { half_width = true } }"
    assert f"{told[wide]} makes them one" in str(error.value)
    if wide == "firms":
        keys(tiny, "firms.csv", "clean = { id = { half_width = true } }")
        tiny.write("trade.csv", "supplier,buyer,year,value\nFOO1,BAR-2,2001,3\n")
    else:
        both = "clean = { citing = { half_width = true }, cited = { half_width = true } }"
        keys(tiny, "citations.csv", both)
    found = staged(tiny, tmp_path)
    assert column(found, "firm_citations", "citing") == ["FOO1", "BAR-2"]


def test_codes_of_full_width_and_the_list_of_industries(tiny, tmp_path) -> None:
    tiny.write("firms.csv", "id,industry\n1,Ａ\n2,Ｂ\n3,Ｃ\n4,\n")
    with pytest.raises(InputError) as error:
        staged(tiny, tmp_path)
    assert "clean = { industry = { half_width = true } } makes them one" in str(error.value)
    keys(tiny, "firms.csv", "clean = { industry = { half_width = true } }")
    assert column(staged(tiny, tmp_path), "firms", "industry") == ["A", "B", "C", None]


def test_full_width_numbers_and_years_are_read(tiny, tmp_path) -> None:
    rows = "1,2,２００１,１２．５\n2,1,２０００－０３,３\n"
    tiny.write("citations.csv", f"citing,cited,year,count\n{rows}")
    found = staged(tiny, tmp_path)
    assert column(found, "firm_citations", "year") == [2001, 2000]
    assert column(found, "firm_citations", "count") == [12.5, 3]


# -- missing numbers, in any spelling --------------------------------------------------------------


@pytest.mark.parametrize("kind", ["csv", "parquet", "dta"])
@pytest.mark.parametrize("listed", ["99", "99.0", "9.9e1"])
def test_a_listed_number_is_missing_in_every_spelling(tiny, tmp_path, kind, listed) -> None:
    table = pd.DataFrame({"id": [1, 2, 99], "industry": list("ABC"), "size": [99.0, 98.5, 1.0]})
    path = tiny.folder / f"of_numbers.{kind}"
    if kind == "csv":
        path.write_text(table.to_csv(index=False))
    elif kind == "dta":
        table.to_stata(path, write_index=False)
    else:
        table.to_parquet(path)
    tiny.replace('file = "firms.csv"', f'file = "{path.name}"\nmissing = ["{listed}"]')
    found = staged(tiny, tmp_path)
    assert column(found, "firms", "size")[:2] == [None, 98.5]
    # in a text file an id is a text, and another than the one that is listed
    asked = kind != "csv" or listed == "99"
    assert found["firms"].reasons.get("id is missing", 0) == asked
