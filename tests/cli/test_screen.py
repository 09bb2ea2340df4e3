"""What stands on a screen of 80 columns: names, the same digits, each sentence once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from spillgraph.cli import show
from spillgraph.cli.cells import alike, short, shown
from spillgraph.cli.main import _exit_code


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Console:
    console = Console(width=80, record=True, soft_wrap=True, emoji=False)
    monkeypatch.setattr(show, "out", console)
    return console


def test_numbers_of_an_identity_have_the_same_digits() -> None:
    noise = [117_334.5, None, 117_334.49999999999, 117_334.50000000001, 0.0]
    assert alike(noise) == ["117,334.5", "–", "117,334.5", "117,334.5", "0"]
    assert alike([0.1 + 0.2, 0.3]) == ["0.30000", "0.30000"]
    assert alike([1e15 + 0.5, 3.0, None]) == ["1,000,000,000,000,000", "3", "–"]
    assert alike([1_234.0, 12.0]) == ["1,234", "12"]


def test_a_number_alone_is_shown_as_one_of_an_identity_is() -> None:
    """3.58071e+06 beside 260,518 cannot be compared."""
    assert shown(260_518.0) == "260,518" and shown(3_580_712.36) == "3,580,712.4"
    for value in (3_580_712.36, 2_000_000.000_000_1, 98_765_432_109.8, 123_456_789_012_345.5):
        assert shown(value) == alike([value])[0]
    assert shown(999_999.9) == "999,999.9"
    assert shown(-2_500_000.5) == "-2,500,000.5" and shown(0.25) == "0.25" and shown(None) == "–"
    assert shown(float("inf")) == "inf" and shown(1e300) == "1e+300"


def test_names_of_sectors_stay_on_one_line(screen: Console) -> None:
    names = ["Machinery", "C26 Computers, electronics and optical products", "Basic metals"]
    rows = [{"sector": name, "paid": 0.594, "sold": None} for name in names]
    about = {"checked": 3, "sectors": 3, "balanced": False, "worst": rows}
    show._accounts({"2006": about})
    text = screen.export_text()
    for name in ("Machinery", "C26 Computers, electronics and op…", "Basic metals"):
        assert sum(name in line for line in text.splitlines()) == 1
    assert text.count("59.4%") == 3 and max(map(len, text.splitlines())) <= 80
    assert "paid: output − inputs − value added − imports" in text


def test_a_long_pair_keeps_both_of_its_ends() -> None:
    """Cut like one name, a pair would lose whom it points to."""
    pair = short("M73 Research and experimental development → C27 Pharmaceuticals and medicine")
    assert pair.startswith("M73 Research") and "… → C27 Pharma" in pair and len(pair) <= 34
    assert short("A → B") == "A → B" and short("x" * 40) == "x" * 33 + "…"


def give_patents(tiny: Any, citations: str) -> None:
    """Put patents and their citations in the place of the firms' citations."""
    tiny.write("patents.csv", "id,firm,year\np1,1,2000\np2,2,2001\np3,,2001\np4,1,2002\n")
    tiny.write("pc.csv", f"citing,cited\n{citations}")
    tiny.replace(
        '[tables.firm_citations]\nfile = "citations.csv"',
        '[tables.patents]\nfile = "patents.csv"\n\n'
        '[tables.patent_citations]\nfile = "pc.csv"\nunmatched = "keep"',
    )


@pytest.mark.parametrize(
    ("strangers", "said"),
    [
        ("p4,old\n", "1 of 5 loaded citations (20%) cites a patent that is not in table patents; "),
        ("p4,old\np3,older\n", "2 of 6 loaded citations (33%) cite a patent that is not in table "),
        ("", ""),
    ],
)
def test_citations_of_unknown_patents_are_counted_on_the_screen(
    tiny: Any, tmp_path: Path, capsys: Any, strangers: str, said: str
) -> None:
    give_patents(tiny, f"p2,p1\np3,p1\np4,p1\np4,p2\n{strangers}")
    for command in (["check"], ["run", "--out", str(tmp_path / "out"), "--graph", "nothing"]):
        assert _exit_code([command[0], str(tiny.path), *command[1:]], debug=True) == 0
        shown = capsys.readouterr()
        told = " ".join((shown.out + shown.err).split())
        assert said in told and ("in the residual" in told) == bool(said)
        assert told.count("patents: 1 of 4 loaded rows (25%) has no firm.") == 1  # it warns of it


@pytest.mark.parametrize(
    ("rows", "refused", "in_all"),
    [
        ("1,9,2001,5\n", "1 row refused: cited is not in table firms", "1 row was refused: see"),
        ("1,9,2001,5\n8,9,2001,5\n", "1 row refused: citing is not", "2 rows were refused: see"),
        ("1,9,2001,5\n1,8,2001,5\n", "2 rows refused: cited is not", "2 rows were refused: see"),
    ],
)
def test_one_row_is_no_rows(
    tiny: Any, tmp_path: Path, capsys: Any, rows: str, refused: str, in_all: str
) -> None:
    tiny.append("citations.csv", rows)
    assert _exit_code(["check", str(tiny.path)], debug=True) == 0
    assert f"firm_citations: {refused}" in " ".join(capsys.readouterr().out.split())
    run = ["run", str(tiny.path), "--out", str(tmp_path / "out"), "--graph", "nothing"]
    assert _exit_code(run, debug=True) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert f"firm_citations: {refused}" in told and in_all in told
