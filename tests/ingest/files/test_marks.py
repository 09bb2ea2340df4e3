"""Text whose bytes need a word: no mark of their order, control characters, blanks in between."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from spillgraph.core.errors import InputError

from ...helpers.staging import keys, staged

TEXT = "citing,cited,year,count\n1,2,2001,4\n2,1,2001,3\n"
NAMES = 'header = false\nnames = ["citing", "cited", "year", "count"]'


def write(tiny, text: str | bytes, said: str = "") -> None:
    data = text if isinstance(text, bytes) else text.encode()
    (tiny.folder / "citations.csv").write_bytes(data)
    if said:
        keys(tiny, "citations.csv", said)


def counts(tiny, tmp_path) -> dict[tuple[str, str], float]:
    frame = pd.read_parquet(staged(tiny, tmp_path)["firm_citations"].path)
    assert frame["year"].eq(2001).all()
    return frame.set_index(["citing", "cited"])["count"].to_dict()


RIGHT = {("1", "2"): 4, ("2", "1"): 3}


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("said", ["", "general"])
@pytest.mark.parametrize("name", ["", "专利引用次数,次数表,专利引用,说明备注"])
def test_without_a_mark_the_order_of_bytes_is_named(
    tiny, tmp_path, encoding: str, said: str, name: str
) -> None:
    text = TEXT.replace("count", f"count,{name}", 1)
    given = f'encoding = "{encoding[:6]}"' if said else ""
    write(tiny, text.encode(encoding), given)
    with pytest.raises(InputError, match=rf'say encoding = "{encoding}"\.$'):
        counts(tiny, tmp_path)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_and_the_name_reads_it(tiny, tmp_path, encoding: str) -> None:
    write(tiny, TEXT.encode(encoding), f'encoding = "{encoding}"')
    assert counts(tiny, tmp_path) == RIGHT


def test_plain_text_is_no_utf_16(tiny, tmp_path) -> None:
    write(tiny, TEXT, 'encoding = "utf-16"')
    with pytest.raises(InputError, match=r'this is not utf-16, .* Take encoding = "utf-16" out'):
        counts(tiny, tmp_path)


@pytest.mark.parametrize("sign", ["\x01", "\x02", "\x07", "\x1f"])
def test_a_control_character_may_part_fields(tiny, tmp_path, sign: str) -> None:
    write(tiny, TEXT.replace(",", sign), f"delimiter = {json.dumps(sign)}")
    assert counts(tiny, tmp_path) == RIGHT


def test_tables_of_hive_name_their_delimiter(tiny, tmp_path) -> None:
    write(tiny, TEXT.replace(",", "\x01"))
    with pytest.raises(InputError, match=r'say delimiter = "\\u0001"\.'):
        counts(tiny, tmp_path)


@pytest.mark.parametrize(
    ("line", "sign"),
    [("sep=\t", "\t"), ("SEP=;", ";"), ("Sep=|", "|"), ('"sep=;"', ";"), ("\ufeffSEP=;", ";")],
)
def test_the_line_of_spreadsheets_names_the_delimiter(tiny, tmp_path, line: str, sign: str) -> None:
    write(tiny, f"{line}\r\n{TEXT.replace(',', sign)}")
    assert counts(tiny, tmp_path) == RIGHT


@pytest.mark.parametrize("above", ["", "% KONECT\n"])
def test_edge_lists_in_blanks_name_the_delimiter(tiny, tmp_path, above: str) -> None:
    rows = TEXT.split("\n", 1)[1].replace(",", " ")
    write(tiny, above + rows, NAMES + ('\ncomment = "%"' if above else ""))
    with pytest.raises(InputError, match=r'into as many: say delimiter = " "\.$'):
        counts(tiny, tmp_path)
    tiny.replace(NAMES, f'{NAMES}\ndelimiter = " "')
    assert counts(tiny, tmp_path) == RIGHT


@pytest.mark.parametrize(
    ("text", "said", "words"),
    [
        ("1 2 2001 4\n2 1 2001 3\n", "", r'names = \[\.\.\.\] and delimiter = " "'),
        (TEXT.replace(",", " "), "", r'If blanks part the fields, say delimiter = " "\.'),
        ("1  2 2001  4\n", NAMES, "Several blanks part it into as many"),
        ("1 2 2001\n", NAMES, r'Blanks would part it into 3: if so, say delimiter = " ", and as'),
    ],
)
def test_other_lists_in_blanks(tiny, tmp_path, text: str, said: str, words: str) -> None:
    write(tiny, text, said)
    with pytest.raises(InputError, match=words):
        counts(tiny, tmp_path)
