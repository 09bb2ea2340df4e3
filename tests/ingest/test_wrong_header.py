"""A header that is not read as one: quotes, titles above it, another sheet."""

from __future__ import annotations

import pytest
from spillgraph.core.errors import InputError
from staging import keys, staged

from .files.workbooks import text, xlsx

FILE = "citations.csv"
HEAD, ROWS = "citing,cited,year,count\n", "1,2,2000,4\n2,1,2001,3\n"


def said(tiny) -> str:
    with pytest.raises(InputError) as error:
        staged(tiny, tiny.folder)
    return str(error.value)


def test_quotes_that_the_study_file_denies_are_named(tiny) -> None:
    quoted = "".join(
        ",".join(f'"{x}"' for x in line.split(",")) + "\n" for line in (HEAD + ROWS).splitlines()
    )
    tiny.write("citations.csv", quoted)
    keys(tiny, FILE, 'quote = ""')
    text = said(tiny)
    assert 'stand in double quotes, so quote = "" is wrong for this file: take it out.' in text
    assert "Did you mean" not in text and "wide" not in text


@pytest.mark.parametrize(
    ("above", "skip"),
    [
        ("Company list, downloaded 2020-01-01\n", 1),
        ("Company list, downloaded 2020-01-01\n\n", 2),
        ("a;b;c;d\nMade, by, many, hands\n", 2),
        ("one, two, three\n", 1),  # a field short, as a header of R
        ("one, two, three\n\n", 2),
    ],
)
def test_titles_with_commas_above_the_header_are_counted(tiny, above: str, skip: int) -> None:
    tiny.write("citations.csv", above + HEAD + ROWS)
    text = said(tiny)
    assert f"say skip = {skip}." in text and "Did you mean" not in text
    keys(tiny, FILE, f"skip = {skip}")
    assert staged(tiny, tiny.folder)["firm_citations"].loaded == 2


def test_another_sheet_is_named_with_its_key(tiny) -> None:
    sheets = {"ReadMe": [text("A1", "made by hand")], "Data": [text("A5", "citing")]}
    xlsx(tiny.folder / "citations.xlsx", sheets)
    tiny.replace('"citations.csv"', '"citations.xlsx"')
    missing = said(tiny)
    assert "sheet 'ReadMe' is read; there are also 'Data'" in missing
    keys(tiny, "citations.xlsx", 'range = "A5:"')
    assert said(tiny).endswith(
        "there is nothing in range 'A5:' of sheet 'ReadMe'. There are also 'Data': say which, "
        "e.g. sheet = 'Data'."
    )
