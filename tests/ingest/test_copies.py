"""One file under two names, or in two entries: where rows add up, they would count twice."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import numpy as np
import pytest
from spillgraph.core.errors import InputError
from staging import keys, staged

ENTRY = '[tables.firm_citations]\nfile = "citations.csv"\n'
TWICE = "once more, row by row, and its rows count twice"


def test_one_file_under_two_names_does_not_count_twice(tiny, tmp_path) -> None:
    tiny.write("c_1.csv", "citing,cited,year\n1,2,2000\n2,1,2001\n")
    tiny.write("c_1 (1).csv", "citing,cited,year\n1,2,2000\n2,1,2001\n")
    tiny.write("c_2.csv", "citing,cited,year\n1,3,2000\n2,1,2002\n")
    tiny.replace('file = "citations.csv"', 'file = "c_*.csv"')
    with pytest.raises(InputError, match=r"c_1\.csv is c_1 \(1\)\.csv once more, row by row"):
        staged(tiny, tmp_path)
    (tiny.folder / "c_1 (1).csv").unlink()
    assert staged(tiny, tmp_path)["firm_citations"].total == 4


def packed(text: str, kind: str, folder: Path) -> None:
    """Write a copy of a table beside it."""
    match kind:
        case "gz":
            (folder / "c_1.csv.gz").write_bytes(gzip.compress(text.encode()))
        case "zip":
            with zipfile.ZipFile(folder / "c_1.zip", "w") as archive:
                archive.writestr("c_1.csv", text)
        case "crlf":
            (folder / "c_1b.csv").write_bytes(text.replace("\n", "\r\n").encode())
        case "end":
            (folder / "c_1b.csv").write_text(text.rstrip("\n"), encoding="utf-8")
        case "bom":
            (folder / "c_1b.csv").write_text(text, encoding="utf-8-sig")


@pytest.mark.parametrize("kind", ["gz", "zip", "crlf", "end", "bom"])
@pytest.mark.parametrize("count", ["", ",7"])
def test_a_copy_in_another_form_does_not_count_twice(tiny, tmp_path, kind, count) -> None:
    text = f"citing,cited,year{',count' if count else ''}\n1,2,2000{count}\n2,1,2001{count}\n"
    tiny.write("c_1.csv", text)
    tiny.write("c_2.csv", text.replace("2000", "2002"))
    repeat = '\nrepeat = "add"' if count else ""
    tiny.replace('file = "citations.csv"', f'file = "c_*"{repeat}')
    assert staged(tiny, tmp_path)["firm_citations"].loaded >= 2
    packed(text, kind, tiny.folder)
    if count:  # each row counts, says the study
        (told,) = staged(tiny, tmp_path)["firm_citations"].warnings
        assert TWICE in told
        return
    with pytest.raises(InputError, match=TWICE):
        staged(tiny, tmp_path)


def test_a_row_that_two_entries_take_does_not_count_twice(tiny, tmp_path) -> None:
    tiny.write("c.csv", "citing,cited,year\n1,2,2000\n2,1,2001\n1,3,2001\n")
    entry = '[[tables.firm_citations]]\nfile = "c.csv"\nwhere = {{ year = [{}] }}\n'
    old = '[tables.firm_citations]\nfile = "citations.csv"\n'
    two = entry.format('"2000", "2001"') + entry.format('"2001"')
    tiny.replace(old, two)
    with pytest.raises(InputError, match=r"two entries take row 2 of c\.csv \(2 rows in all\)"):
        staged(tiny, tmp_path)
    tiny.replace(two, entry.format('"2000"') + entry.format('"2001"'))
    assert staged(tiny, tmp_path)["firm_citations"].total == 3


@pytest.mark.parametrize(
    ("second", "copy"),
    [
        ("cited,citing,year\n1,2,2000\n2,1,2001\n1,3,2001\n", False),  # other names, same cells
        ("cited,citing,year\n2,1,2000\n1,2,2001\n3,1,2001\n", True),
    ],
)
def test_a_copy_has_the_same_columns_in_whatever_order(tiny, tmp_path, second, copy) -> None:
    tiny.write("c_1.csv", "citing,cited,year\n1,2,2000\n2,1,2001\n1,3,2001\n")
    tiny.write("c_2.csv", second)
    tiny.replace('file = "citations.csv"', 'file = "c_*.csv"')
    if copy:
        with pytest.raises(InputError, match="once more, row by row"):
            staged(tiny, tmp_path)
    else:
        assert staged(tiny, tmp_path)["firm_citations"].total == 6


def test_files_without_rows_are_no_copies(tiny, tmp_path) -> None:
    head = "citing,cited,year\n"
    for number, rows in enumerate(("1,2,2000\n", "", "")):
        tiny.write(f"c_{number}.csv", head + rows)
    tiny.replace('file = "citations.csv"', 'file = "c_*.csv"')
    assert staged(tiny, tmp_path)["firm_citations"].total == 1


def entries(*keys: str) -> str:
    return "".join(f"[[tables.firm_citations]]\n{each}\n" for each in keys)


def test_filters_that_overlap_in_a_file_and_its_packed_copy(tiny, tmp_path) -> None:
    text = "citing,cited,year\n1,2,2000\n2,1,2001\n1,3,2001\n1,3,2001\n2,1,2002\n"
    tiny.write("c.csv", text)
    packed_copy = tiny.folder / "c.csv.gz"
    packed_copy.write_bytes(gzip.compress(text.encode()))
    one, other = 'file = "c.csv"\nwhere = { year = ["2000", "2001"] }', 'file = "c.csv.gz"\n'
    tiny.replace(ENTRY, entries(one, other + 'where = { year = ["2001", "2002"] }'))
    words = r"two entries take row 2 of c\.csv, which is c\.csv\.gz once more \(3 rows in all\)"
    with pytest.raises(InputError, match=words):
        staged(tiny, tmp_path)
    tiny.replace('["2001", "2002"]', '"2002"')
    assert staged(tiny, tmp_path)["firm_citations"].total == 5


@pytest.mark.parametrize(
    "key", ['columns = { citing = "citing" }', 'delimiter = ","', "header = true", "missing = []"]
)
def test_an_idle_key_makes_no_other_rows(tiny, tmp_path, key) -> None:
    tiny.write("c.csv", "citing,cited,year\n1,2,2000\n2,1,2001\n")
    both = entries('file = "c.csv"', f'file = "c.csv"\n{key}')
    tiny.replace(ENTRY, both)
    with pytest.raises(InputError, match=r"take row 1 of c\.csv|once more"):
        staged(tiny, tmp_path)
    tiny.replace(
        both, entries('file = "c.csv"', f'file = "c.csv"\n{key}\nwhere = {{ year = 2001 }}')
    )
    with pytest.raises(InputError, match=r"two entries take row 2 of c\.csv"):
        staged(tiny, tmp_path)


def test_entries_may_read_other_columns_of_one_file(tiny, tmp_path) -> None:
    """A link without a direction counts both ways, the one to oneself, too."""
    tiny.write("c.csv", "a,b,year\n1,2,2000\n1,3,2001\n2,2,2001\n")
    both = (
        f'file = "c.csv"\ncolumns = {{ citing = "{x}", cited = "{y}" }}' for x, y in ("ab", "ba")
    )
    tiny.replace(ENTRY, entries(*both))
    assert staged(tiny, tmp_path)["firm_citations"].total == 6


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            "citing,cited,year\n1,2,2000\n1,3,2001\n",
            "citing,cited,year,id\n1,2,2000,7\n1,3,2001,8\n",
        ),
        (
            "citing,cited,year,x\n1,2,2000,a\n1,3,2001,b\n",
            "citing,cited,year,y\n1,3,2001,c\n1,2,2000,d\n",
        ),
    ],
)
def test_a_column_more_makes_no_other_rows(tiny, tmp_path, first, second) -> None:
    tiny.write("c_1.csv", first)
    tiny.write("c_2.csv", second)
    tiny.replace('file = "citations.csv"', 'file = "c_*.csv"')
    with pytest.raises(InputError, match=TWICE):
        staged(tiny, tmp_path)


def test_months_that_differ_in_a_date_which_is_not_read_are_no_copies(tiny, tmp_path) -> None:
    for month in ("01", "02"):
        tiny.write(f"c_{month}.csv", f"citing,cited,year,date\n1,2,2000,2000-{month}-01\n")
    tiny.replace('file = "citations.csv"', 'file = "c_*.csv"')
    assert staged(tiny, tmp_path)["firm_citations"].total == 2


def firms_who_cite(tiny, *files: np.ndarray) -> None:
    firms = "".join(f"{number},F{number},{'AB'[number % 2]},,,,,\n" for number in range(100, 160))
    tiny.append("firms.csv", firms)
    for number, pairs in enumerate(files):
        rows = "".join(f"{a},{b},2001\n" for a, b in pairs)
        tiny.write(f"c_{number}.csv", f"citing,cited,year\n{rows}")
    tiny.replace('file = "citations.csv"', 'file = "c_*.csv"')


def test_files_that_overlap_are_told(tiny, tmp_path) -> None:
    rng = np.random.default_rng(1)
    pairs = rng.integers(100, 160, (300, 2))
    firms_who_cite(tiny, pairs[:200], pairs[150:])
    (told,) = [t for t in staged(tiny, tmp_path)["firm_citations"].warnings if "share" in t]
    assert told.startswith("c_0.csv and c_1.csv share ")
    assert 50 <= int(told.split(" share ")[1].split(" rows")[0]) < 70  # some by chance
    tiny.replace('file = "c_*.csv"', 'file = "c_*.csv"\nrepeat = "add"')
    assert staged(tiny, tmp_path)["firm_citations"].warnings == ()


def test_files_in_which_pairs_repeat_do_not_overlap(tiny, tmp_path) -> None:
    """Each pair of firms cites often: other months have the same rows by nature."""
    rng = np.random.default_rng(1)
    firms_who_cite(tiny, *(100 + rng.integers(0, 12, (200, 2)) for _ in range(4)))
    assert staged(tiny, tmp_path)["firm_citations"].warnings == ()


def test_pairs_that_hardly_repeat_do_not_overlap(tiny, tmp_path) -> None:
    rng = np.random.default_rng(1)
    firms_who_cite(tiny, *(rng.integers(100, 160, (300, 2)) for _ in range(4)))
    assert staged(tiny, tmp_path)["firm_citations"].warnings == ()


def test_a_part_of_a_file_beside_it_is_told(tiny, tmp_path) -> None:
    """Six firms have few pairs, which repeat; all rows of a year in two files are no chance."""
    rng = np.random.default_rng(1)
    pairs = [(a, b, year) for year in (2000, 2001) for a, b in rng.integers(100, 106, (60, 2))]
    firms_who_cite(tiny, np.zeros((0, 2), int))
    for number, rows in enumerate((pairs, pairs[60:])):
        lines = "".join(f"{a},{b},{year}\n" for a, b, year in rows)
        tiny.write(f"c_{number}.csv", f"citing,cited,year\n{lines}")
    (told,) = staged(tiny, tmp_path)["firm_citations"].warnings
    assert told.startswith("c_0.csv and c_1.csv share all 60 rows of 2001: where files overlap")


@pytest.mark.parametrize("number", ["7", "7.0", " 7", "7e0"])
def test_a_copy_that_another_program_wrote(tiny, tmp_path, number) -> None:
    tiny.write("c_1.csv", "citing,cited,year,count\n1,2,2000,7\n2,1,2001,8\n")
    tiny.write("c_2.csv", f"citing,cited,year,count\n2 ,1,2001,8\n1,2,2000,{number}\n")
    tiny.replace('file = "citations.csv"', 'file = "c_*.csv"\nrepeat = "add"')
    (told,) = staged(tiny, tmp_path)["firm_citations"].warnings
    assert told == f"c_2.csv is c_1.csv {TWICE}."


def test_a_copy_within_one_part_of_a_partition(tiny, tmp_path) -> None:
    for name, rows in (("year=2000/a", "1,2"), ("year=2001/a", "1,2"), ("year=2001/a (1)", "1,2")):
        (tiny.folder / "c" / name).parent.mkdir(parents=True, exist_ok=True)
        tiny.write(f"c/{name}.csv", f"citing,cited\n{rows}\n")
    tiny.replace('file = "citations.csv"', 'file = "c"\npartitions = ["year"]')
    with pytest.raises(InputError, match=TWICE):
        staged(tiny, tmp_path)
    (tiny.folder / "c/year=2001/a (1).csv").unlink()
    assert staged(tiny, tmp_path)["firm_citations"].total == 2


def test_what_was_read_and_added_is_noted(tiny, tmp_path) -> None:
    for number, rows in enumerate(("1,2,2000,7\n1,2,2000,2\n", "2,1,2001,8\n")):
        tiny.write(f"c_{number}.csv", f"citing,cited,year,count\n{rows}")
    tiny.replace('file = "citations.csv"', 'file = "c_*.csv"\nrepeat = "add"')
    assert staged(tiny, tmp_path)["firm_citations"].notes == (
        "2 files were read: 'c_0.csv', 'c_1.csv'.",
        "3 rows add up to 2 of different citing, cited, year.",
    )


LINKS = "supplier,buyer,year,value,kind\n1,2,2001,4,DOM\n1,2,2001,9,{}\n2,1,2001,3,DOM\n"


def test_a_column_that_tells_rows_of_one_key_apart_is_named(tiny, tmp_path) -> None:
    tiny.write("trade.csv", LINKS.format("TOTAL"))
    with pytest.raises(InputError) as error:
        staged(tiny, tmp_path)
    told = "Column 'kind', which is not read, tells them apart ('DOM', 'TOTAL'): choose the rows"
    assert f'{told} of one kind, where = {{ kind = "DOM" }}. Else say in' in str(error.value)
    keys(tiny, "trade.csv", 'where = { kind = "DOM" }')
    assert staged(tiny, tmp_path)["trade_links"].total == 7


@pytest.mark.parametrize(("kind", "doubtful"), [("TOTAL", True), ("T", True), ("IMP", False)])
def test_a_total_among_rows_that_add_up_is_told(tiny, tmp_path, kind, doubtful) -> None:
    tiny.write("trade.csv", LINKS.format(kind))
    keys(tiny, "trade.csv", 'repeat = "add"')
    found = staged(tiny, tmp_path)["trade_links"]
    assert any(f"if '{kind}' holds the others" in text for text in found.warnings) is doubtful
    assert found.total == 16


@pytest.mark.parametrize(("number", "doubtful"), [("a7", True), ("b8", False)])
def test_invoices_that_were_pasted_twice_are_told(tiny, tmp_path, number, doubtful) -> None:
    rows = f"1,2,2001,4,a7\n1,2,2001,4,{number}\n2,1,2001,3,a9\n"
    tiny.write("trade.csv", f"supplier,buyer,year,value,invoice\n{rows}")
    keys(tiny, "trade.csv", 'repeat = "add"')
    told = staged(tiny, tmp_path)["trade_links"].warnings
    assert any("1 row is the same as another in every column, 'invoice'" in t for t in told) is (
        doubtful
    )


def test_months_may_add_up(tiny, tmp_path) -> None:
    rows = "supplier,buyer,year,value,month\n1,2,2001,4,1\n1,2,2001,9,2\n2,1,2001,3,1\n"
    tiny.write("trade.csv", rows)
    with pytest.raises(InputError, match="if these are not parts that add up, as months are"):
        staged(tiny, tmp_path)
