"""Keys of match that find nothing for their spelling's sake are told, with both spellings."""

from __future__ import annotations

import pytest
from spillgraph.core.errors import InputError
from staging import keys, staged


def matched(tiny, by: list[str], there: list[str]) -> None:
    """Give the industries of firms by another file."""
    rows = [f"{at},f{at},{each}\n" for at, each in enumerate([*by, *[""] * (4 - len(by))], start=1)]
    tiny.write("firms.csv", "id,name,asg\n" + "".join(rows))
    pairs = zip(there, "ABCA", strict=False)
    tiny.write("own.csv", "key,code\n" + "".join(f"{key},{code}\n" for key, code in pairs))
    match = 'match = { industry = { file = "own.csv", by = "asg", key = "key", value = "code" } }'
    keys(tiny, "firms.csv", match)


@pytest.mark.parametrize(
    ("by", "there", "here", "other"),
    [
        (["0.0", "1.0", "2.0"], ["0", "1", "2"], "0.0", "0"),
        (["ACME INC.", "BOLT CO."], ["Acme Inc", "Bolt Co"], "ACME INC.", "Acme Inc"),
        (["001", "002"], ["1", "2"], "001", "1"),
    ],
)
def test_a_match_that_finds_nothing_says_so_first(tiny, tmp_path, by, there, here, other) -> None:
    matched(tiny, by, there)
    with pytest.raises(InputError) as error:
        staged(tiny, tmp_path)
    assert str(error.value).startswith(
        f"firms.csv: of {len(by)} different values of 'asg', 0 are in own.csv; {len(by)} more "
        f"({len(by)} rows) would be, but for the spelling ('{here}' here, '{other}' there"
    )


def test_a_few_keys_in_another_case_are_told(tiny, tmp_path) -> None:
    matched(tiny, ["Firm 1", "Firm 2", "FIRM 1", "FIRM 1", "x"], ["Firm 1", "Firm 2"])
    told = [t for t in staged(tiny, tmp_path)["firms"].warnings if "'asg'" in t]
    assert told == [
        "firms.csv: of 4 different values of 'asg', 2 are in own.csv; 1 more (2 rows) would be, "
        "but for the spelling ('FIRM 1' here, 'Firm 1' there): write 'asg' and 'key' in one way "
        "(match)."
    ]


@pytest.mark.parametrize("by", [["1", "2"], ["1", "9"], ["1", "NA", ""], ["1", "1-2"]])
def test_keys_that_are_nowhere_are_no_alarm(tiny, tmp_path, by) -> None:
    matched(tiny, by, ["1", "2", "12"])
    assert not [t for t in staged(tiny, tmp_path)["firms"].warnings if "'asg'" in t]


def test_a_match_by_the_wrong_column_is_told(tiny, tmp_path) -> None:
    matched(tiny, ["q", "r", "s", "t"], ["7", "8"])
    (told,) = (t for t in staged(tiny, tmp_path)["firms"].warnings if "'asg'" in t)
    assert told == (
        "firms.csv: of 4 different values of 'asg', 0 are in own.csv ('q' here, '7' there): "
        "'match' finds nothing. Are 'asg' and 'key' the right columns?"
    )


def test_rows_that_need_no_lookup_are_no_alarm(tiny, tmp_path) -> None:
    rows = ["1,f1,A,ACME", "2,f2,B,BOLT", "3,f3,C,CARS", "4,f4,,Dust"]
    tiny.write("firms.csv", "\n".join(["id,name,industry,asg", *rows]) + "\n")
    tiny.write("own.csv", "key,code\nacme,B\nbolt,C\ncars,A\nDust,A\n")
    match = 'match = { industry = { file = "own.csv", by = "asg", key = "key", value = "code" } }'
    keys(tiny, "firms.csv", match)
    assert not [t for t in staged(tiny, tmp_path)["firms"].warnings if "'asg'" in t]


def test_rows_that_are_not_taken_are_no_alarm(tiny, tmp_path) -> None:
    matched(tiny, ["Firm 1", "Firm 2", "FIRM 1"], ["Firm 1", "Firm 2"])
    tiny.replace('file = "firms.csv"', 'file = "firms.csv"\nwhere = { id = ["1", "2"] }')
    assert not [t for t in staged(tiny, tmp_path)["firms"].warnings if "'asg'" in t]
