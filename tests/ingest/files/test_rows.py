"""Rows are called by their numbers, and none of them vanishes, whatever stands around them."""

from __future__ import annotations

import random
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from spillgraph.core.errors import InputError
from spillgraph.ingest.files.raw import Raw
from spillgraph.ingest.files.read import read_file
from spillgraph.ingest.study_model import Entry
from staging import connect

from .workbooks import number, xlsx
from .workbooks import text as cell

PRINTED = ",,DE,,FR\n,,A,B,C\nDE,A,1,2,3\n,B,4,5,6\nFR,C,7,8,9\n"
TWO = {"header_rows": 2, "label_columns": 2}


def read(
    folder: Path, data: str | bytes, name: str = "f.csv", **keys: object
) -> tuple[Raw, list[tuple]]:
    """The file as the reader has it, and its rows by number."""
    path = folder / name
    if data:
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
    with connect() as con:
        raw = read_file(con, Entry(file=name, **keys), name, path, "raw", folder)
        return raw, con.execute("SELECT * FROM raw ORDER BY _row").fetchall()


@pytest.mark.parametrize("columns", [1, 2])
@pytest.mark.parametrize("seed", range(25))
def test_every_row_has_the_number_that_it_has_in_the_file(tmp_path, columns, seed) -> None:
    draw = random.Random(seed)
    text, rows = ["id" if columns == 1 else "id,name"], []
    for n in range(30):
        kind = draw.choice(["good", "good", "blank", "broken", "lines"])
        if kind == "blank":
            text.append("")
            continue
        id = f'"{n}\n\nof"' if kind == "lines" else str(n)
        text.append(f"{id},a,b" if kind == "broken" else id if columns == 1 else f"{id},a")
        rows.append((n, kind))
    raw, found = read(tmp_path, "\n".join(text) + "\n", line_breaks=True)
    good = {row: int(id.split()[0]) for row, id, *_ in found}
    bad = {each.row: int(each.value.split(",")[0].strip('"')) for each in raw.malformed}
    wanted = [{}, {}]
    for row, (n, kind) in enumerate(rows, start=1):
        wanted[kind == "broken"][row] = n
    assert [good, bad] == wanted


@pytest.mark.parametrize("begin", ['"one\nname",b\n', 'A "title\na,b\n'])
def test_a_quote_that_swallows_is_found_by_the_line_of_the_file(tmp_path, begin) -> None:
    skip = 1 if "title" in begin else 0
    with pytest.raises(InputError, match=r"row 2 \(line 4\)"):
        read(tmp_path, f'{begin}1,2\n1,"2\n3,4\n', skip=skip)


def test_comments_are_not_counted_as_lines_and_the_message_says_so(tmp_path) -> None:
    with pytest.raises(InputError, match=r"row 2 \(line 3, comments not counted\)"):
        read(tmp_path, '# a\na,b\n# b\n1,2\n1,"2\n3,4\n', comment="#")


# -- printed tables of text ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        (PRINTED, {}),
        ("A title, of two parts\n\n" + PRINTED, {"skip": 1}),
        ("sep=;\n" + PRINTED.replace(",", ";"), {}),
        ("sep=\t\n" + PRINTED.replace(",", "\t"), {}),
        (PRINTED.replace(",", ";").replace("1;2;3", "1,5;2,5;3,5"), {}),
        ("\ufeff" + PRINTED.replace("\n", "\r\n"), {}),
        (PRINTED.replace(",DE,,FR", ',"D\nE",,"F\nR"'), {}),
        (PRINTED.replace("DE,A", 'DE,"A \\" 1"'), {"escape": "\\"}),
    ],
)
def test_a_printed_table_is_read(tmp_path, text, keys) -> None:
    _, rows = read(tmp_path, text, **TWO, **keys)
    assert [row[0] for row in rows] == [1, 2, 3]
    assert [float(row[4].replace(",", ".")) // 1 for row in rows] == [3, 6, 9]
    assert [len(row) for row in rows] == [5, 5, 5]


@pytest.mark.parametrize(
    ("broken", "place"),
    [
        (PRINTED.replace("DE,A", 'DE,"A').replace("FR,C", 'FR,C"'), r"row 1 \(line 3\)"),
        (PRINTED.replace("1,2,3", '1,2,"3').replace("7,8,9", '7,8,9"'), r"row 1 \(line 3\)"),
        (PRINTED.replace(",B,4", ',"B,4'), r"row 2 \(line 4\)"),
        (PRINTED.replace("A,B,C", 'A,B,"C').replace("1,2,3", '1,2,3"'), "line 2"),
    ],
)
def test_a_quote_swallows_no_row_of_a_printed_table(tmp_path, broken, place) -> None:
    with pytest.raises(InputError, match=rf"f.csv, {place}: a quote is opened .*would be lost"):
        read(tmp_path, broken, **TWO)


def test_a_row_of_a_printed_table_that_lacks_a_field_moves_no_value(tmp_path) -> None:
    for short in (",B,4,6", ",B,4"):
        with pytest.raises(InputError, match=rf"line 4: the row has {short.count(',') + 1} fields"):
            read(tmp_path, PRINTED.replace(",B,4,5,6", short), **TWO)
    noted = read(tmp_path, PRINTED.replace(",,DE,,FR", ",,DE") + "\nSource: an office\n", **TWO)[1]
    assert [row[1:] for row in noted[:3]] == [row[1:] for row in read(tmp_path, PRINTED, **TWO)[1]]


# -- numbers beside texts that spell them otherwise ------------------------------------------------


def test_a_number_of_a_sheet_is_never_read_in_the_spelling_of_texts(tmp_path) -> None:
    texts = [cell("A1", "n"), cell("A2", "1.080,5")]
    keys = {"decimal": ",", "thousands": "."}
    xlsx(tmp_path / "f.xlsx", {"S": [*texts, number("A3", "12.125")]})
    with pytest.raises(InputError, match=r"holds 12.125 as a number.* it would be read as 12125"):
        read(tmp_path, "", "f.xlsx", **keys)
    assert len(read(tmp_path, "", "f.xlsx", **keys, range="A1:A2")[1]) == 1
    xlsx(tmp_path / "f.xlsx", {"S": [*texts, number("A3", "12")]})
    assert [row[1] for row in read(tmp_path, "", "f.xlsx", **keys)[1]] == ["1.080,5", "12"]


def test_an_old_stata_file_is_read_in_the_encoding_that_the_study_says(tmp_path) -> None:
    name = "证券"
    known = name.encode("gb18030").decode("latin-1")
    frame = pd.DataFrame({"id": [known, "b"]})
    frame.to_stata(tmp_path / "f.dta", write_index=False, version=117)
    assert read(tmp_path, "", "f.dta", encoding="gb18030")[1][0] == (1, name)
    assert read(tmp_path, "", "f.dta")[1][0] != (1, name)
    pd.DataFrame({"id": [name]}).to_stata(tmp_path / "f.dta", write_index=False, version=118)
    assert read(tmp_path, "", "f.dta", encoding="gb18030")[1] == [(1, name)]


# -- keys of another kind of file ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "keys"),
    [
        ("csv", {"range": "A1:B2"}),
        ("csv", {"sheet": 2}),
        ("csv", {"member": "f.csv"}),
        ("parquet", {"skip": 1}),
        ("parquet", {"units_row": True}),
        ("parquet", {"label_columns": 2}),
        ("stata", {"header": False}),
        ("stata", {"comment": "a"}),
        ("sheet", {"comment": "a"}),
        ("sheet", {"delimiter": ";"}),
        ("parquet", {"encoding": "cp1252"}),
        ("stata", {"quote": ""}),
        ("csv", {"labels": "codes"}),
    ],
)
def test_a_key_that_does_something_elsewhere_is_refused(tmp_path, kind, keys) -> None:
    frame = pd.DataFrame({"id": ["a", "b"], "n": [7, 8]})
    frame.to_csv(tmp_path / "f.csv", index=False)
    frame.to_parquet(tmp_path / "f.parquet")
    frame.to_stata(tmp_path / "f.stata", write_index=False, version=118)
    xlsx(tmp_path / "f.sheet", {"S": [cell("A1", "id"), cell("A2", "a"), cell("A3", "b")]})
    assert [row[1] for row in read(tmp_path, "", f"f.{kind}")[1]] == ["a", "b"]
    with pytest.raises(InputError, match=rf"f\.{kind}: the study says {next(iter(keys))} = "):
        read(tmp_path, "", f"f.{kind}", **keys)


def test_a_file_of_values_may_need_what_the_own_file_does_not(tmp_path) -> None:
    pd.DataFrame({"id": ["a", "b"]}).to_parquet(tmp_path / "f.parquet")
    match = {"firm": {"file": "o.csv", "by": "id", "key": "k", "value": "v"}}
    assert len(read(tmp_path, "", "f.parquet", delimiter=";", match=match)[1]) == 2
    with pytest.raises(InputError, match="the study says skip = 1"):
        read(tmp_path, "", "f.parquet", delimiter=";", skip=1, match=match)


# -- columns of the file that are called like ours, or twice ---------------------------------------


def test_a_column_called_row_is_a_column(tmp_path) -> None:
    frame = pd.DataFrame({"id": ["a", "b"], "_row": [7, 7]})
    frame.to_stata(tmp_path / "f.dta", write_index=False)
    raw, rows = read(tmp_path, "", "f.dta")
    assert rows == [(1, "a", 7), (2, "b", 7)]
    assert list(raw.columns) == ["id", "_row"]


def test_two_columns_of_one_name_are_refused(tmp_path) -> None:
    table = pa.Table.from_arrays([pa.array(["a"]), pa.array(["b"])], names=["id", "id"])
    pq.write_table(table, tmp_path / "f.parquet")
    with pytest.raises(InputError, match=r"f.parquet: two columns are called 'id'"):
        read(tmp_path, "", "f.parquet")


@pytest.mark.parametrize("encoding", ["utf-32", "utf-16"])
def test_the_byte_order_mark_says_how_wide_letters_are(tmp_path, encoding) -> None:
    assert read(tmp_path, "id,n\nä,1\n".encode(encoding))[1] == [(1, "ä", "1")]


def test_a_name_too_long_for_a_header_is_told(tmp_path) -> None:
    with pytest.raises(InputError, match=r"f.csv: the file cannot be read: field larger"):
        read(tmp_path, f"id,{'x' * 200_000}\n1,2\n")
