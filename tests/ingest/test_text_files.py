"""Text files as people have them: read as they are, or refused; no row ever vanishes."""

from __future__ import annotations

import gzip
from pathlib import Path

import pandas as pd
import pytest
from spillgraph.core.errors import InputError, StudyError
from spillgraph.ingest.stage import Staged
from spillgraph.ingest.study import load_study
from staging import keys, staged

CITATIONS_ALONE = True

HEAD = "citing,cited,year,count\n"
ROWS = "1,2,2000,4\n2,1,2001,3\n3,2,2001,2\n"
CELLS = [["1", "2", 2000, 4.0], ["2", "1", 2001, 3.0], ["3", "2", 2001, 2.0]]


def write(tiny, data: bytes | str, name: str = "citations.csv") -> None:
    (tiny.folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())


def cells(found: dict[str, Staged], table: str = "firm_citations") -> list[list[object]]:
    return pd.read_parquet(found[table].path).values.tolist()


def names(found: dict[str, Staged]) -> list[str | None]:
    values = pd.read_parquet(found["firms"].path)["name"]
    return [None if pd.isna(value) else value for value in values]


# -- what stands above and around the rows ---------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "given"),
    [
        (HEAD + ROWS, ""),
        ("OECD Tables\nmillion, US$\n\n" + HEAD + ROWS, "skip = 3"),
        ('A "title with one quote\n' + HEAD + ROWS, "skip = 1"),
        ("\n\n" + HEAD + ROWS, ""),
        ("  \n" + HEAD + ROWS, ""),
        ("sep=;\n" + (HEAD + ROWS).replace(",", ";"), ""),
        ("sep=,\n" + HEAD + ROWS, ""),
        ('"sep=|"\n' + (HEAD + ROWS).replace(",", "|"), ""),
        ("# made by hand\n" + HEAD + "# a remark\n" + ROWS, 'comment = "#"'),
        (ROWS, 'header = false\nnames = ["citing", "cited", "year", "count"]'),
        (
            ROWS,
            "header = false\ncolumns = { citing = 'column_1', cited = 'column_2', "
            "year = 'column_3', count = 'column_4' }",
        ),
        (HEAD + "id,id,a,citations\n" + ROWS, "units_row = true"),
        ("\ufeff" + HEAD + ROWS, ""),
        ((HEAD + ROWS).replace("\n", "\r\n"), ""),
        ((HEAD + ROWS).replace("\n", "\r"), ""),
        (HEAD.replace("\n", "\r\n") + ROWS, ""),
        (HEAD + ROWS.replace("\n", "\r\n", 1), ""),
        ((HEAD + ROWS).rstrip("\n"), ""),
        (HEAD + "\n\n" + ROWS + "\n\n", ""),
        (HEAD.replace("citing", " citing\u200b ").replace("count", "count\u00a0") + ROWS, ""),
        ('"citing","cited","year","count"\n' + ROWS, ""),
        ('citing,cited,year,"cou\nnt"\n' + ROWS, 'columns = { count = "cou nt" }'),
        ((HEAD + ROWS).replace(",", "\t"), ""),
        ((HEAD + ROWS).replace(",", ";"), ""),
        ((HEAD + ROWS).replace(",", "~"), 'delimiter = "~"'),
    ],
)
def test_the_rows_are_found(tiny, tmp_path, text, given) -> None:
    write(tiny, text)
    keys(tiny, "citations.csv", given)
    found = staged(tiny, tmp_path)
    assert cells(found) == CELLS
    assert found["firm_citations"].warnings == ()


@pytest.mark.parametrize(
    ("text", "given", "words"),
    [
        ("", "", "the file is empty"),
        ("\n\n", "", "the file is empty"),
        ("\ufeff", "", "the file is empty"),
        ("citing,cited,year,citing\n" + ROWS, "", "names column 'citing' twice, in places 1 and 4"),
        ("citing,cited,citing\u200b,a\n" + ROWS, "", "names column 'citing' twice"),
        (ROWS, 'header = false\nnames = ["citing"]', "'names' lists 1 columns, the first row has"),
        (HEAD + ROWS, "skip = 99", "the file is empty"),
        ('"' + HEAD + ROWS, "", "the header has a quote that is not closed"),
    ],
)
def test_a_header_that_is_none_is_told(tiny, tmp_path, text, given, words) -> None:
    write(tiny, text)
    keys(tiny, "citations.csv", given)
    with pytest.raises(InputError, match=r"citations.csv") as error:
        staged(tiny, tmp_path)
    assert words in str(error.value)


@pytest.mark.whole
def test_labels_that_differ_in_case_are_two(tiny, tmp_path) -> None:
    write(tiny, "code,name\na,small\nA,large\nb,other\n", "sectors.csv")
    write(tiny, "from,to,weight\nA,a,1\nB,A,1\nC,b,1\n", "map.csv")
    write(tiny, "industry,year,gross_output\na,2001,1\nA,2001,2\nb,2001,3\n", "output.csv")
    write(tiny, "maker,a,A\na,1,2.5\nA,0,4\n", "matrix.csv")
    tiny.replace(
        '[tables.trade_links]\nfile = "trade.csv"',
        '[tables.io_flows]\nfile = "matrix.csv"\nclassification = "t"\n'
        'wide = { rows = "supplier", columns = "user", values = "value" }\n'
        "constants = { year = 2001 }",
    )
    table = pd.read_parquet(staged(tiny, tmp_path)["io_flows"].path)
    assert table.set_index(["supplier", "user"])["value"].to_dict() == {
        ("a", "a"): 1.0, ("A", "a"): 0.0, ("a", "A"): 2.5, ("A", "A"): 4.0,
    }  # fmt: skip


@pytest.mark.whole
@pytest.mark.parametrize("label", ["_label", "_row", "_file", "_value", "c0", "file_row_number"])
def test_a_sector_may_have_any_name(tiny, tmp_path, label) -> None:
    write(tiny, f"code,name\n{label},One\ny,Two\n", "sectors.csv")
    write(tiny, f"from,to,weight\nA,{label},1\nB,y,1\nC,y,1\n", "map.csv")
    write(tiny, f"industry,year,gross_output\n{label},2001,1\ny,2001,3\n", "output.csv")
    write(tiny, f"{label},{label}x,y\ny,1,2.5\n{label},0,4\n".replace("x", "", 0), "matrix.csv")
    write(
        tiny, f"_label,{label},y\ny,1,2.5\n{label},0,4\n".replace("_label", "rows", 1), "matrix.csv"
    )
    tiny.replace(
        '[tables.trade_links]\nfile = "trade.csv"',
        '[tables.io_flows]\nfile = "matrix.csv"\nclassification = "t"\n'
        'wide = { rows = "supplier", columns = "user", values = "value" }\n'
        "constants = { year = 2001 }",
    )
    table = pd.read_parquet(staged(tiny, tmp_path)["io_flows"].path)
    assert table.set_index(["supplier", "user"])["value"].to_dict() == {
        ("y", label): 1.0, ("y", "y"): 2.5, (label, label): 0.0, (label, "y"): 4.0,
    }  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "citing;cited;year;count;name, with, many, commas\n1;2;2000;4;a, b\n2;1;2001;3;c\n",
        "citing\tcited\tyear\tcount\tname, or | or ;\n1\t2\t2000\t4\tx,y;z\n2\t1\t2001\t3\tq\n",
        "citing|cited|year|count|a,b,c,d,e\n1|2|2000|4|,,,,\n2|1|2001|3|,,\n",
        'citing,cited,year,count,"a;b;c;d;e;f"\n1,2,2000,4,x\n2,1,2001,3,y\n',
        "citing;cited;year;count\n1;2;2000;4\n2;1;2001;3\n",
    ],
)
def test_the_delimiter_is_what_parts_all_rows_alike(tiny, tmp_path, text) -> None:
    write(tiny, text)
    assert cells(staged(tiny, tmp_path)) == CELLS[:2]


# -- quotes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "given", "expected"),
    [
        ('1,"Alpha\nHoldings",A\n2,Two,B\n', "", "Alpha\nHoldings"),
        ('1,"Alpha\n\nHoldings",A\n2,Two,B\n', "", "Alpha\n\nHoldings"),
        ('1,"Street 1\nCity, Land",A\n2,Two,B\n', "", "Street 1\nCity, Land"),
        ('1,"say ""hi""",A\n2,Two,B\n', "", 'say "hi"'),
        ('1,24" wide,A\n2,Two,B\n', "", '24" wide'),
        ('1,"Beta" Works,A\n2,Two,B\n', 'quote = ""', '"Beta" Works'),
        ('1,24" wide,A\n2,"open,B\n', 'quote = ""', '24" wide'),
        ("1,'a,b',A\n2,'it''s',B\n", 'quote = "\'"', "a,b"),
        ('1,"a\\"b",A\n2,"c",B\n', "escape = '\\'", 'a"b'),
        ('1,"x,A\n2,y",B\n', "quote = ''", '"x'),
        ('1,"' + "x" * 3_000_000 + '",A\n2,Two,B\n', "", "x" * 3_000_000),
    ],
)
def test_texts_in_quotes_are_read(tiny, tmp_path, rows, given, expected) -> None:
    write(tiny, "id,name,industry\n" + rows + "3,Three,C\n4,Four,A\n", "firms.csv")
    keys(tiny, "firms.csv", given)
    found = staged(tiny, tmp_path)
    assert found["firms"].loaded == 4
    assert names(found)[0] == expected


def test_line_breaks_that_look_like_rows_need_a_word(tiny, tmp_path) -> None:
    write(tiny, 'id,name\n1,"Alpha\nHoldings, Inc"\n2,Two\n3,C\n4,D\n', "firms.csv")
    with pytest.raises(InputError, match=r"row 1 \(line 2\).*say line_breaks = true"):
        staged(tiny, tmp_path)
    keys(tiny, "firms.csv", "line_breaks = true")
    assert names(staged(tiny, tmp_path))[0] == "Alpha\nHoldings, Inc"


@pytest.mark.parametrize(
    ("rows", "row"),
    [
        ('1,"2,2010,4\n1,3,2010,6\n"3","1" ,"2011"x,"5"y\n2,1,2001,1\n', 1),
        ('1,"2,2010,4\n1,3,2010,6\n2,1",2001,1\n', 1),
        ('1,2,2000,4\n"1,2,2000,4\n2,1,2001,1\n', 2),
        ('1,2,2000,4\n1,"2,2000,4\n2,"1",2001,1\n3,2,2001,1\n', 2),
        ('1,2,2000,"4\n2,1,2001,3"\n3,2,2001,1\n', 1),
        ('"1,2,2000,4\n"2,1,2001,3\n3,2,2001,1\n', 1),
        ('1,2,2000,4\n\n\n1,"2,2000,4\n2,1,2001,3\n', 2),
        ('x"y,"1,2000,4\n2,1,2001,3\n3,2,2001,"1\n', 1),
    ],
)
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_a_quote_swallows_no_rows(tiny, tmp_path, rows, row, suffix) -> None:
    data = (HEAD + rows).encode()
    write(tiny, gzip.compress(data) if suffix else data, f"citations.csv{suffix}")
    if suffix:
        tiny.replace('"citations.csv"', '"citations.csv.gz"')
    with pytest.raises(InputError, match=rf"citations.csv{suffix}, row {row}\b.*would be lost"):
        staged(tiny, tmp_path)


@pytest.mark.parametrize("seed", range(40))
def test_every_record_is_counted_whatever_the_quotes_do(tiny, tmp_path, seed) -> None:
    """Rows with stray quotes put anywhere: all are accounted for, or the file is refused."""
    import random

    draw = random.Random(seed)
    rows = [f"{1 + n % 3},{1 + (n + 1) % 3},{2000 + n % 3},{n}" for n in range(30)]
    for _ in range(draw.randint(1, 4)):
        at = draw.randrange(len(rows))
        place = draw.randint(0, len(rows[at]))
        rows[at] = rows[at][:place] + draw.choice(['"', '""', '" ']) + rows[at][place:]
    write(tiny, HEAD + "\n".join(rows) + "\n")
    keys(tiny, "citations.csv", 'repeat = "first"')
    try:
        table = staged(tiny, tmp_path)["firm_citations"]
    except InputError as error:
        assert "citations.csv, row" in str(error)
    else:
        assert table.read == len(rows)


# -- encodings -------------------------------------------------------------------------------------

MUELLER = "id,name,industry\n1,Müller & Söhne,A\n2,“Café” – Łódź?,B\n3,C,C\n4,D,A\n"
CHINESE = "id,名称,industry\n1,阿尔法公司,A\n2,贝塔,B\n3,C,C\n4,D,A\n"


@pytest.mark.parametrize(
    ("text", "encoding", "expected"),
    [
        (MUELLER.replace("Łódź", "Lodz"), "cp1252", "Müller & Söhne"),
        (MUELLER, "utf-8", "Müller & Söhne"),
        (MUELLER, "utf-8-sig", "Müller & Söhne"),
        (MUELLER, "utf-16", "Müller & Söhne"),
        (MUELLER, "utf-16-le", "Müller & Söhne"),
        (MUELLER.replace("“Café” – Łódź?", "x"), "latin-1", "Müller & Söhne"),
        (MUELLER.replace("“Café” – ", "x"), "cp1250", "Müller & Söhne"),
        (CHINESE, "gb18030", "阿尔法公司"),
        (CHINESE, "gbk", "阿尔法公司"),
        ("id,name,industry\n1,臺積電,A\n2,b,B\n3,C,C\n4,D,A\n", "big5", "臺積電"),
        ("id,name,industry\n1,Газпром,A\n2,b,B\n3,C,C\n4,D,A\n", "cp1251", "Газпром"),
        ("id,name,industry\n1,トヨタ,A\n2,b,B\n3,C,C\n4,D,A\n", "shift_jis", "トヨタ"),
    ],
)
def test_any_encoding_is_read(tiny, tmp_path, text, encoding, expected) -> None:
    write(tiny, text.encode(encoding), "firms.csv")
    column = 'columns = { name = "名称" }\n' if "名称" in text else ""
    keys(tiny, "firms.csv", f'{column}encoding = "{encoding}"')
    found = staged(tiny, tmp_path)
    assert names(found)[0] == expected and found["firms"].lost == {}


@pytest.mark.parametrize(
    ("text", "encoding", "hint"),
    [
        (MUELLER.replace("Łódź", "Lodz"), "cp1252", "would read it as '1,Müller & Söhne,A'"),
        (CHINESE.replace("名称", "name"), "gb18030", "would read it as '1,阿尔法公司,A'"),
    ],
)
def test_an_unsaid_encoding_costs_names_and_is_told(tiny, tmp_path, text, encoding, hint) -> None:
    write(tiny, text.encode(encoding), "firms.csv")
    found = staged(tiny, tmp_path)
    assert found["firms"].loaded == 4
    assert names(found)[0] is None
    assert found["firms"].lost == {"name is not readable text": 2}
    assert "firms.csv is not UTF-8 in 2 of 5 lines" in found["firms"].warnings[0]
    assert f'encoding = "{encoding}" {hint}' in found["firms"].warnings[0]
    assert found["firm_citations"].total == 9 or found["firm_citations"].total == 28


def test_a_header_in_another_encoding_is_refused_with_the_right_one(tiny, tmp_path) -> None:
    write(tiny, CHINESE.encode("gb18030"), "firms.csv")
    keys(tiny, "firms.csv", 'columns = { name = "名称" }')
    with pytest.raises(InputError, match=r"firms.csv is not UTF-8 in its header.*gb18030.*名称"):
        staged(tiny, tmp_path)


def test_one_bad_byte_costs_one_name(tiny, tmp_path) -> None:
    write(tiny, b"id,name,industry\n1,One\xff,A\n2,Two,B\n3,C,C\n4,D,A\n", "firms.csv")
    found = staged(tiny, tmp_path)
    assert names(found) == [None, "Two", "C", "D"]
    assert found["firm_citations"].total == 28


def test_a_bad_byte_in_an_id_costs_the_row_and_says_so(tiny, tmp_path) -> None:
    write(tiny, HEAD.encode() + ROWS.encode() + b"\xff1,2,2002,7\n")
    found = staged(tiny, tmp_path)
    assert found["firm_citations"].reasons == {"citing is not readable text": 1}


@pytest.mark.parametrize("begin", ['""', '"c"', '","'])
def test_a_broken_quote_in_the_header_loses_no_row(tiny, tmp_path, begin) -> None:
    write(tiny, f"{begin}x,citing,cited,year,count\n,1,2,2001,4\n,2,1,2001,3\n".encode())
    assert staged(tiny, tmp_path)["firm_citations"].total == 7


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ('quote = "§"', r"quote' = '§': only a sign of ASCII"),
        ('escape = "🙂"', "escape' = '🙂': only a sign of ASCII"),
        ('quote = "\\n"', "quote' = .*no end of a line"),
        ('delimiter = "\\n"', "delimiter' = .*parts rows, not fields"),
        ('delimiter = "|"\nquote = "|"', "quote': '|' is the delimiter, too"),
        ('delimiter = "|"\nescape = "|"', "escape': '|' is the delimiter, too"),
        ('delimiter = "|"\ncomment = "|"', "comment': '|' is the delimiter, too"),
        ("comment = '\"'", "comment': '\"' is the quote, too"),
        ('quote = "."', "quote': '\\.' is the decimal sign, too"),
        ('quote = "\'"\nthousands = "\'"', "thousands': \"'\" is the quote, too"),
        ('escape = "#"\ncomment = "#"', "comment': '#' is the escape, too"),
        ('delimiter = ","\nquote = ""\ndecimal = ","', "decimal': ',' is the delimiter, too"),
    ],
)
def test_signs_that_cannot_be_read_are_refused_by_their_key(tiny, said, words) -> None:
    keys(tiny, "citations.csv", said)
    with pytest.raises(StudyError, match=words):
        load_study(tiny.path)


@pytest.mark.parametrize("key", ["quote", "escape", "comment"])
@pytest.mark.parametrize("sign", [",", ";"])
def test_a_sign_that_the_file_parts_its_fields_by_is_the_study_s_mistake(
    tiny, tmp_path, key, sign
) -> None:
    write(tiny, (HEAD + ROWS).replace(",", sign))
    keys(tiny, "citations.csv", f'{key} = "{sign}"')
    with pytest.raises(InputError) as told:
        staged(tiny, tmp_path)
    assert f"citations.csv: key '{key}': '{sign}' is the delimiter, too." in str(told.value)


def test_numbers_in_quotes_may_hold_the_delimiter(tiny, tmp_path) -> None:
    write(tiny, HEAD + '1,2,2001,"1,000"\n2,1,2001,"3"\n')
    keys(tiny, "citations.csv", 'delimiter = ","\nthousands = ","')
    assert staged(tiny, tmp_path)["firm_citations"].total == 1003


def test_an_unknown_encoding_names_the_nearest(tiny) -> None:
    keys(tiny, "firms.csv", 'encoding = "windows-1525"')
    with pytest.raises(StudyError, match="no encoding is called 'windows-1525'"):
        load_study(tiny.path)


@pytest.mark.parametrize("name", ["idna", "hex", "rot13", "undefined", "x\\u0000"])
def test_an_encoding_that_is_none_of_texts_is_unknown(tiny, name) -> None:
    keys(tiny, "firms.csv", f'encoding = "{name}"')
    words = r"'tables\.firms\.encoding' = '[^']*': no encoding is called '[^']*'\. "
    words += r"[VD][^.]*[^.?][.?]$"
    with pytest.raises(StudyError, match=words):
        load_study(tiny.path)


@pytest.mark.parametrize("sign", ["\x0c", "\x85", "\u2028"])
def test_a_header_ends_where_its_line_ends(tiny, tmp_path, sign) -> None:
    write(tiny, f"citing{sign},cited,year,count\n1,2,2001,4\n".encode())
    assert staged(tiny, tmp_path)["firm_citations"].total == 4


def test_the_wrong_encoding_is_told(tiny, tmp_path) -> None:
    write(tiny, CHINESE.encode("gb18030"), "firms.csv")
    keys(tiny, "firms.csv", 'encoding = "utf-16"')
    with pytest.raises(InputError, match=r"firms\.csv"):
        staged(tiny, tmp_path)


# -- which file ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["cit[1].csv", "cit*.csv", "cit?.csv", "cit[a-z].csv", "a b.csv", "x{1}.csv", "'q'.csv"]
)
def test_a_name_that_exists_is_that_file(tiny, tmp_path, name) -> None:
    for other in ("cit1.csv", "cita.csv", "citx.csv"):
        write(tiny, HEAD + "1,3,2002,100\n", other)
    write(tiny, HEAD + ROWS, name)
    tiny.replace('file = "citations.csv"', f'file = "{name}"')
    assert cells(staged(tiny, tmp_path)) == CELLS
    assert load_study(tiny.path).files()[name] == tiny.folder / name


def test_a_name_that_exists_is_that_file_for_parquet_and_lookups(tiny, tmp_path) -> None:
    pd.DataFrame({"id": ["1", "2", "3", "4"]}).to_parquet(tiny.folder / "f[1].parquet")
    pd.DataFrame({"id": ["9"]}).to_parquet(tiny.folder / "f1.parquet")
    write(tiny, "key,ind\n1,A\n2,B\n3,C\n", "own[1].csv")
    write(tiny, "key,ind\n1,C\n2,C\n3,C\n", "own1.csv")
    tiny.replace(
        'file = "firms.csv"',
        'file = "f[1].parquet"\n'
        'match = { industry = { file = "own[1].csv", by = "id", key = "key", value = "ind" } }',
    )
    table = pd.read_parquet(staged(tiny, tmp_path)["firms"].path)
    assert table["industry"].fillna("").tolist() == ["A", "B", "C", ""]


@pytest.fixture
def parted(tiny):
    """Citations in folders by year, as partitioned writers leave them."""
    for year in (2000, 2001):
        folder = tiny.folder / "cit" / f"year={year}"
        folder.mkdir(parents=True)
        rows = [row for row in CELLS if row[2] == year]
        frame = pd.DataFrame(rows, columns=["citing", "cited", "year", "count"])
        frame.drop(columns="year").to_parquet(folder / "part-0.parquet")
    (tiny.folder / "cit" / "_SUCCESS").write_text("")
    (tiny.folder / "cit" / ".hidden.parquet").write_text("")
    return tiny


@pytest.mark.parametrize(
    "pattern", ["cit", "cit/", "cit/*/*.parquet", "cit/**/*.parquet", "cit/year=*/*", "c?t/*/*"]
)
def test_partitioned_folders_give_their_column(parted, tmp_path, pattern) -> None:
    parted.replace('file = "citations.csv"', f'file = "{pattern}"\npartitions = ["year"]')
    assert cells(staged(parted, tmp_path)) == CELLS


def test_a_column_that_only_the_folders_have_is_named(parted, tmp_path) -> None:
    parted.replace('file = "citations.csv"', 'file = "cit"')
    with pytest.raises(InputError, match=r"there is no column 'year'.*partitions = \[\"year\"\]"):
        staged(parted, tmp_path)


@pytest.mark.parametrize("kind", ["csv", "parquet", "csv.gz"])
def test_a_folder_never_overwrites_a_column(tiny, tmp_path, kind) -> None:
    folder = tiny.folder / "year=1999" / "count=9"
    folder.mkdir(parents=True)
    frame = pd.DataFrame(CELLS, columns=["citing", "cited", "year", "count"])
    path = folder / f"c.{kind}"
    frame.to_parquet(path) if kind == "parquet" else frame.to_csv(path, index=False)
    tiny.replace('file = "citations.csv"', f'file = "year=1999/count=9/c.{kind}"')
    assert cells(staged(tiny, tmp_path)) == CELLS
    keys(tiny, f"year=1999/count=9/c.{kind}", 'partitions = ["year"]')
    with pytest.raises(InputError, match=r"row 1: column 'year' is '2000', but its folder says"):
        staged(tiny, tmp_path)


def test_a_partition_that_no_folder_has_is_told(tiny, tmp_path) -> None:
    keys(tiny, "citations.csv", 'partitions = ["kind"]')
    with pytest.raises(InputError, match="no folder above it is called kind="):
        staged(tiny, tmp_path)


def test_a_file_that_is_not_there_names_the_nearest(tiny) -> None:
    tiny.replace('file = "citations.csv"', 'file = "citation.csv"')
    with pytest.raises(StudyError, match=r"there is no file 'citation.csv'.*'citations.csv'"):
        load_study(tiny.path)
    tiny.replace('file = "citation.csv"', 'file = "nowhere/deep/c.csv"')
    with pytest.raises(StudyError, match=r"The folder .*nowhere.* is not there"):
        load_study(tiny.path)


def test_compressed_text(tiny, tmp_path) -> None:
    write(tiny, gzip.compress((HEAD + ROWS).encode()), "c.csv.gz")
    tiny.replace('file = "citations.csv"', 'file = "c.csv.gz"')
    assert cells(staged(tiny, tmp_path)) == CELLS


def test_no_encoding_is_named_that_would_read_control_signs(tiny, tmp_path) -> None:
    write(tiny, HEAD.encode("cp037"))
    with pytest.raises(InputError) as caught:
        staged(tiny, tmp_path)
    assert "would read it" not in str(caught.value)


# -- headers that are a field short ----------------------------------------------------------------

OF_R = '"citing"{s}"cited"{s}"year"{s}"count"\n'
ROWS_OF_R = '"1"{s}"1"{s}"2"{s}2000{s}4\n"2"{s}"2"{s}"1"{s}2001{s}3\n"3"{s}"3"{s}"2"{s}2001{s}2\n'


@pytest.mark.parametrize("above", ["", "a title\n\n"])
@pytest.mark.parametrize("sign", [",", ";", "\t", " "])
def test_a_header_without_a_name_for_the_names_of_rows(tiny, tmp_path, sign, above) -> None:
    write(tiny, above + (OF_R + ROWS_OF_R).format(s=sign))
    if sign == " ":
        with pytest.raises(InputError, match='If blanks part the fields, say delimiter = " "'):
            keys(tiny, "citations.csv", "skip = 2") if above else None
            staged(tiny, tmp_path)
        keys(tiny, "citations.csv", 'delimiter = " "')
    elif above:
        keys(tiny, "citations.csv", "skip = 2")
    with pytest.raises(InputError) as error:
        staged(tiny, tmp_path)
    lines = 3 if above else 1
    said = f'skip = {lines}, header = false, names = ["row", "citing", "cited", "year", "count"]'
    assert str(error.value) == (
        "citations.csv: the header has 4 fields, all rows have 5, as where R writes the names of "
        f"its rows and no name above them. Say {said}."
    )
    text = tiny.path.read_text().replace("skip = 2\n", "")
    tiny.path.write_text(text)
    keys(tiny, "citations.csv", said.replace(", header", "\nheader").replace(", names", "\nnames"))
    assert cells(staged(tiny, tmp_path)) == CELLS


def test_rows_that_end_in_a_delimiter_are_told_as_such(tiny, tmp_path) -> None:
    write(tiny, HEAD + ROWS.replace("\n", ",\n"))
    with pytest.raises(InputError, match=r"rows end in a delimiter\. Say skip = 1, header = false"):
        staged(tiny, tmp_path)
    given = 'skip = 1\nheader = false\nnames = ["citing", "cited", "year", "count", "row"]'
    keys(tiny, "citations.csv", given)
    assert cells(staged(tiny, tmp_path)) == CELLS


@pytest.mark.whole
def test_a_printed_matrix_of_r(tiny, tmp_path) -> None:
    write(tiny, '"A","B"\n"A",1,2\n"B",3,4\n', "io.csv")
    wide = 'wide = { rows = "supplier", columns = "user", values = "value" }'
    entry = f'[tables.io_flows]\nfile = "io.csv"\nclassification = "f"\n{wide}\n'
    tiny.replace("[tables.io_output]", f"{entry}constants = {{ year = 2001 }}\n[tables.io_output]")
    with pytest.raises(InputError, match="all rows have 3, as where R writes"):
        staged(tiny, tmp_path)
    keys(tiny, "io.csv", 'skip = 1\nheader = false\nnames = ["row", "A", "B"]')
    assert cells(staged(tiny, tmp_path), "io_flows") == [
        ["A", "A", 2001, 1, "f"], ["A", "B", 2001, 2, "f"],
        ["B", "A", 2001, 3, "f"], ["B", "B", 2001, 4, "f"],
    ]  # fmt: skip


def test_one_row_that_is_too_long_is_no_matter_of_the_header(tiny, tmp_path) -> None:
    write(tiny, f"{HEAD}{ROWS}1,2,2000,5,6\n")
    found = staged(tiny, tmp_path)["firm_citations"]
    assert (found.loaded, found.rejected) == (3, 1)


def test_a_folder_that_may_not_be_looked_into_is_an_error_of_the_study(tiny, monkeypatch) -> None:
    """As where the name is '/': the tests run as root, who may look at most."""
    (tiny.folder / "cit").mkdir()
    (tiny.folder / "cit" / "a.csv").write_text("citing,cited,year,count\n", encoding="utf-8")
    tiny.replace('file = "citations.csv"', 'file = "cit"')

    def is_file(path: Path) -> bool:
        if path.name == "a.csv":
            raise PermissionError(13, "Permission denied", str(path))
        return path.exists() and not path.is_dir()

    monkeypatch.setattr(Path, "is_file", is_file)
    with pytest.raises(StudyError, match=r"'cit' stands for all files below, .*cit/a\.csv"):
        load_study(tiny.path)
