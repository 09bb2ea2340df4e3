"""Wrong values of keys and foreign files are told in our words, and what they say to do works."""

from __future__ import annotations

import gzip
import re

import pandas as pd
import pytest
from spillgraph.core.errors import InputError, StudyError

from ..helpers.staging import keys, staged

FOREIGN = re.compile(r"Input should|valid |instance of|\.str'|\.int'|\.float'|datetime|Tuple|parse")
TEXT = "citing,cited,year,count\n1,2,2001,4\n2,1,2001,3\n"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("missing = [-9]", 'a text is needed, in quotes: "-9"'),
        ('names = ["a"]', "names' is for files without a header"),
        ('flags = "p"', 'a list is needed, in brackets: ["p"]'),
        ("constants = { year = true }", "constants.year' = true: a text or a number is needed"),
        ("constants = { year = 2010-01-01 }", "constants.year' = 2010-01-01: a text or a number"),
        ("fiscal = 7", "a section is needed: { begins = …, named = … }"),
        ("fiscal = { begins = 13 }", "it must be at most 12"),
        ('fiscal = { begins = "July" }', "a whole number is needed"),
        ('wide = "yes"', "a section is needed: { rows = …, columns = …, values = … }"),
        ('columns = "a"', "a section is needed: { KEY = VALUE }"),
        ('clean = { citing = "upper" }', "a section is needed: { half_width = …"),
        ('delimiter = ";;"', "only one character can stand here"),
        ('delimiter = ""', "it must not be empty"),
        ('decimal = ";"', "it must be '.' or ','"),
        ('line_breaks = "perhaps"', "true or false is needed"),
        ("skip = -1", "it must be at least 0"),
        ("skip = 1.5", "a whole number is needed"),
        ("comment = 1", 'a text is needed, in quotes: "1"'),
    ],
)
def test_a_wrong_value_is_told_in_our_words(tiny, tmp_path, said: str, words: str) -> None:
    keys(tiny, "citations.csv", said)
    with pytest.raises(StudyError) as caught:
        staged(tiny, tmp_path)
    assert words in str(caught.value)
    assert not FOREIGN.search(str(caught.value))


def test_several_files_are_a_pattern_or_entries(tiny, tmp_path) -> None:
    tiny.write("cit_1.csv", TEXT)
    tiny.write("cit_2.csv", "citing,cited,year,count\n1,3,2001,1\n")
    tiny.replace('"citations.csv"', '["cit_1.csv", "cit_2.csv"]')
    with pytest.raises(StudyError, match=r'a pattern \("cit_\*.csv"\), or entries of their own'):
        staged(tiny, tmp_path)
    tiny.replace('["cit_1.csv", "cit_2.csv"]', '"cit_*.csv"')
    assert staged(tiny, tmp_path)["firm_citations"].total == 8


def test_bytes_behind_a_gzip_are_told(tiny, tmp_path) -> None:
    (tiny.folder / "c.csv.gz").write_bytes(gzip.compress(TEXT.encode()) + b"junk\n")
    tiny.replace('"citations.csv"', '"c.csv.gz"')
    with pytest.raises(InputError, match="behind its end there are bytes that are not gzip") as it:
        staged(tiny, tmp_path)
    assert "b'" not in str(it.value)


def test_a_link_to_nothing_is_told(tiny, tmp_path) -> None:
    (tiny.folder / "link.csv").symlink_to("gone.csv")
    tiny.replace('"citations.csv"', '"link.csv"')
    with pytest.raises(StudyError, match=r"'link.csv' is a link to 'gone.csv', which is not there"):
        staged(tiny, tmp_path)
    tiny.write("gone.csv", TEXT)
    assert staged(tiny, tmp_path)["firm_citations"].total == 7


@pytest.mark.parametrize("orient", ["records", "columns", "table"])
@pytest.mark.parametrize("lines", [False, True])
def test_json_is_called_json(tiny, tmp_path, orient: str, lines: bool) -> None:
    frame = pd.read_csv(tiny.folder / "citations.csv")
    text = frame.to_json(orient="records" if lines else orient, lines=lines)
    tiny.write("c.json", text)
    tiny.replace('"citations.csv"', '"c.json"')
    with pytest.raises(InputError, match=r"c.json: the file seems to be JSON"):
        staged(tiny, tmp_path)


def test_a_table_of_a_web_page_is_called_so(tiny, tmp_path) -> None:
    tiny.write("c.xls", pd.read_csv(tiny.folder / "citations.csv").to_html())
    tiny.replace('"citations.csv"', '"c.xls"')
    with pytest.raises(InputError, match=r"c.xls: the file seems to be a web page or an XML sheet"):
        staged(tiny, tmp_path)
