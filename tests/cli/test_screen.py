"""What stands on a screen of 80 columns: names, the same digits, each sentence once."""

from __future__ import annotations

import pytest
from rich.console import Console
from spillgraph.cli import show
from spillgraph.cli.cells import alike, short


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
