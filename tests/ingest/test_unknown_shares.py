"""Rows without a share, where others of the table have one."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from . import by_hand
from .test_ownership_files import cells, prepared, written

HALF = Fraction(1, 2)


def told(path: Path) -> list[str]:
    return [each for each in prepared(path)[0].warnings if "no share" in each]


def test_an_owner_without_a_share_gets_nothing_where_others_have_one(tmp_path: Path) -> None:
    rows = ("F1", "F2", None, 2001, None), ("F2", "F3", HALF, 2003, None)
    path = written(tmp_path / "some", *rows)
    text = (tmp_path / "some" / "ownership.csv").read_text()
    (tmp_path / "some" / "ownership.csv").write_text(text.replace("F1,F2,,", "F1,F2,n.a.,"))
    assert told(path) == [
        "ownership: 1 of 2 rows has no share while others have one (owner 'F2' of firm 'F1'): "
        "theirs is not known and counts as 0, so that the firm stays with itself. If it is all of "
        "the firm, write 1."
    ]
    assert cells(path)["F1", 2004] == 5
    own = ("F1", "F1", None, 2001, None), ("F2", "F3", HALF, 2003, None)
    assert cells(path) == cells(written(tmp_path / "own", *own))
    all_of_it = ("F1", "F2", Fraction(1), 2001, None), rows[1]
    assert cells(written(tmp_path / "all", *all_of_it))["F2", 2004] == pytest.approx(2.5)


def test_the_owner_before_ends_where_the_share_of_the_next_is_not_known(tmp_path: Path) -> None:
    rows = ("F1", "F2", Fraction(1), 2001, None), ("F1", "F3", None, 2003, None)
    found = cells(written(tmp_path / "next", *rows))
    assert found["F2", 2002] == 3 and found["F1", 2003] == 4


@pytest.mark.parametrize("owner", ["F2", "F1"])
def test_without_any_share_owners_have_all(tmp_path: Path, owner: str) -> None:
    path = written(tmp_path / "none", ("F1", owner, None, 2001, None))
    assert not told(path)
    assert cells(path)[owner, 2002] == 3


def test_a_firm_on_its_own_again_needs_no_share(tmp_path: Path) -> None:
    rows = ("F1", "F2", HALF, 2001, None), ("F1", "F1", None, 2003, None)
    path = written(tmp_path / "own", *rows)
    assert not told(path)
    assert cells(path)["F1", 2003] == 4


@pytest.mark.parametrize(("share", "many"), [(None, 1), (HALF, 0)])
def test_patents_without_shares_are_counted_where_others_have_some(
    tmp_path: Path, share: Fraction | None, many: int
) -> None:
    given = by_hand.Records(
        firms={"F1": "A", "F2": "B"},
        patents={"P1": (None, 2000), "P2": (None, 2001)},
        cites=[("P2", "P1")],
        owners=[
            ("P1", "F1", share, None), ("P1", "F2", share, None), ("P2", "F1", HALF, None),
        ],
    )  # fmt: skip
    said = [
        "patent_owners: 1 patent has no share while others have one ('P1'): what is named counts "
        "in equal parts, and as the whole where it is alone (0). If that is not meant, write the "
        'shares, or leave these rows out with where_not = { share = "" }.'
    ]
    assert told(by_hand.write(given, tmp_path)) == said[:many]


@pytest.mark.parametrize(("share", "many"), [(None, 1), (HALF, 0)])
def test_firms_without_shares_are_counted_where_others_have_some(
    tmp_path: Path, share: Fraction | None, many: int
) -> None:
    given = by_hand.Records(
        firms={"F1": "A", "F2": "B"},
        industries=[
            ("F1", "A", HALF, None, None, None), ("F1", "B", HALF, None, None, None),
            ("F2", "B", share, None, None, None),
        ],
        firm_cites=[("F1", "F2", 2001, 1)],
    )  # fmt: skip
    found = told(by_hand.write(given, tmp_path))
    assert [each[:58] for each in found] == [
        "firm_industries: 1 firm has no share while others have one"
    ][:many]
    assert not many or "where it is alone (1)" in found[0]
