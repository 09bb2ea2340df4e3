"""Files of owners as offices keep them: pasted twice, with owners abroad, with years that touch."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from spillgraph.core.errors import InputError
from spillgraph.ingest.economy import Economy, prepare
from spillgraph.ingest.stage import Staged, stage
from spillgraph.ingest.study import load_study
from staging import connect

from . import by_hand

HALF = Fraction(1, 2)
FIRMS = {"F1": "A", "F2": "B", "F3": "C"}
CITES = [("F1", "F3", year, 1 + year - 2000) for year in range(2000, 2006)]


def records(*owners: tuple[Any, ...]) -> by_hand.Records:
    return by_hand.Records(firms=FIRMS, ownership=list(owners), firm_cites=CITES)


def prepared(path: Path) -> tuple[Economy, dict[str, Staged]]:
    study = load_study(path)
    with connect() as con:
        staged = stage(con, study, path.parent / "tables", None)
        return prepare(con, study, staged), staged


def cells(path: Path) -> dict[tuple[str, int], float]:
    """Citations by the firm for which they count and the year."""
    study = load_study(path)
    with connect() as con:
        prepare(con, study, stage(con, study, path.parent / "tables", None))
        rows = con.execute(
            "SELECT citing, year, sum(count) FROM counted_firm_citations GROUP BY ALL"
        ).fetchall()
    return {(firm, year): count for firm, year, count in rows}


def written(folder: Path, *owners: tuple[Any, ...], keys: str = "") -> Path:
    folder.mkdir()
    path = by_hand.write(records(*owners), folder)
    text = path.read_text()
    path.write_text(text.replace('"ownership.csv"\n', f'"ownership.csv"\n{keys}\n'))
    return path


@pytest.mark.parametrize("first", [None, 2002])
def test_a_row_pasted_twice_is_no_second_share(tmp_path: Path, first: int | None) -> None:
    row = ("F1", "F2", HALF, first, None)
    with pytest.raises(InputError, match='say repeat = "first", and the first counts'):
        prepared(written(tmp_path / "twice", row, row))
    twice = written(tmp_path / "said", row, row, keys='repeat = "first"')
    assert cells(twice) == cells(written(tmp_path / "once", row))
    assert prepared(twice)[1]["ownership"].rejected == 1


def test_an_industry_by_share_pasted_twice_counts_once_if_asked(tmp_path: Path) -> None:
    row = ("F1", "A", HALF, None, None, None)
    path = by_hand.write(by_hand.Records(FIRMS, industries=[row, row], firm_cites=CITES), tmp_path)
    with pytest.raises(InputError, match='repeat = "first" if it was only pasted twice'):
        prepared(path)
    text = path.read_text()
    entry = 'firm_industries.csv"\n'
    path.write_text(text.replace(entry, entry + 'repeat = "first"\n'))
    (flow,) = prepared(path)[0].flows
    assert sum(each["count"] for each in flow.by_share.to_pylist()) == pytest.approx(21)


def test_an_owner_abroad_leaves_the_firm_to_itself_from_his_year_on(tmp_path: Path) -> None:
    rows = ("F1", "F2", None, 2001, None), ("F1", "abroad", None, 2003, None)
    for keys in ("", 'unmatched = "drop"'):
        with pytest.raises(InputError, match='set unmatched = "keep", and what they own stays'):
            prepared(written(tmp_path / f"no{len(keys)}", *rows, keys=keys))
    kept = written(tmp_path / "kept", *rows, keys='unmatched = "keep"')
    own = ("F1", "F2", None, 2001, None), ("F1", "F1", None, 2003, None)
    assert cells(kept) == cells(written(tmp_path / "own", *own))
    assert cells(kept)["F1", 2004] == 5
    assert cells(kept)["F2", 2002] == 3
    assert prepared(kept)[1]["ownership"].unmatched == {"owner": 1}


def test_half_of_an_owner_abroad_stays_with_the_firm(tmp_path: Path) -> None:
    rows = ("F1", "F2", HALF, None, None), ("F1", "abroad", HALF, None, None)
    found = cells(written(tmp_path / "kept", *rows, keys='unmatched = "keep"'))
    assert found["F1", 2001] == found["F2", 2001] == 1


def test_an_end_in_the_year_of_the_next_owner_says_what_to_write(tmp_path: Path) -> None:
    rows = ("F1", "F2", None, 2001, 2003), ("F1", "F3", None, 2003, 2005)
    with pytest.raises(InputError, match="give 2002 as the last_year of F2, or say columns"):
        prepared(written(tmp_path / "touching", *rows))
    followed = written(tmp_path / "a", ("F1", "F2", None, 2001, 2002), rows[1])
    also = written(tmp_path / "b", *rows, keys='columns = { last_year = "" }')
    assert cells(followed) == cells(also)
    assert cells(also)["F2", 2002] == 3
    assert cells(also)["F3", 2003] == 4


def test_two_owners_who_come_in_one_year_are_named(tmp_path: Path) -> None:
    rows = ("F1", "F2", None, 2003, None), ("F1", "F3", None, 2003, None)
    with pytest.raises(InputError, match="all of them come in that year, and a year has one owner"):
        prepared(written(tmp_path / "sold_twice", *rows))


def test_a_share_just_above_all_is_written_out(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"have 1\.0000001 of it, more than all") as caught:
        prepared(written(tmp_path / "o", ("F1", "F2", Fraction(10_000_001, 10**7), None, None)))
    assert "per cent" not in str(caught.value)
