"""Messages that the FAQ quotes are those that the program gives."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from spillgraph.analytics import production_shares, require_leakage
from spillgraph.cli.main import _exit_code
from spillgraph.cli.networks import year_networks
from spillgraph.core.errors import SpillgraphError
from spillgraph.core.matrix import LabelledMatrix
from spillgraph.graph.open import open_store
from spillgraph.ingest.concordance import weighted_map
from spillgraph.ingest.sample import write_sample

FAQ = (Path(__file__).parents[2] / "docs" / "faq.md").read_text(encoding="utf-8")
QUOTED = re.findall(r"^### `(.+)`$", FAQ, re.MULTILINE)


def matrix(name: str, values: list[list[float]]) -> LabelledMatrix:
    return LabelledMatrix.build(name, values, ["steel", "cars"])


def concordance(*rows: tuple[str, str, float | None]) -> None:
    weighted_map(pd.DataFrame(rows, columns=["from", "to", "weight"]), ["a"], "f", "t")


def check(tiny: Any, old: str, new: str, file: str = "study.toml") -> None:
    """Check the tiny study with one text changed, and leave it as it was."""
    path = tiny.folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    try:
        _exit_code(["check", str(tiny.path), "-q"], debug=True)
    finally:
        path.write_text(text, encoding="utf-8")


def twice(path: Path) -> None:
    with open_store(path), open_store(path):
        raise AssertionError("two writers")


def rubbish(path: Path) -> None:
    path.write_bytes(b"rubbish" * 5_000)
    open_store(path)


def ask(run: Path, statement: str) -> None:
    with open_store(run / "results" / "graph.lbug", read_only=True) as store:
        store.query(statement)


def without_output() -> None:
    index = pd.MultiIndex.from_product([[2019], ["steel", "cars"]], names=["year", "code"])
    output = pd.DataFrame({"gross_output": 1.0}, index=index)
    year_networks(2020, None, {2020: matrix("Z", [[0, 1], [1, 0]])}, output)


def shares(values: list[list[float]], output: float) -> None:
    production_shares(matrix("Z", values), pd.Series({"steel": output, "cars": 100.0}))


@pytest.fixture
def provoked(tiny: Any, tmp_path: Path, sample_run: Path) -> dict[str, Callable[[], object]]:
    """By the beginning of a quoted message, what makes the program say it."""
    mapped = '[tables.concordance]\nfile = "map.csv"\nfrom_classification = "f"\n'
    citations = '[tables.firm_citations]\nfile = "citations.csv"\n'
    trade = '[tables.trade_links]\nfile = "trade.csv"\n'
    return {
        "matrix W has": lambda: require_leakage(matrix("W", [[0, 1], [1, 0]])),
        "concordance … → …": lambda: concordance(("a", "x", 0.7), ("a", "y", 0.7)),
        "concordance from": lambda: concordance(("a", "x", 0.7), ("a", "y", None)),
        "another process": lambda: twice(tmp_path / "g.lbug"),
        "there is no graph": lambda: open_store(tmp_path / "no.lbug", read_only=True),
        "the graph at": lambda: rubbish(tmp_path / "g.lbug"),
        "unknown key": lambda: check(tiny, "target =", "targte ="),
        "…: there is no column": lambda: check(tiny, "supplier", "seller", "trade.csv"),
        "there is no file": lambda: check(tiny, "firms.csv", "firm.csv"),
        "[tables.…] is in": lambda: check(tiny, mapped, mapped.replace('"f"', '"g"')),
        "there is nothing to compute": lambda: check(tiny, f"{citations}\n{trade}", ""),
        "there are deliveries": without_output,
        "gross output": lambda: shares([[0, 1], [1, 0]], 0.0),
        "matrix …: the flow": lambda: shares([[0, -1], [1, 0]], 100.0),
        "this statement": lambda: ask(sample_run, "MATCH (f:Firm) DETACH DELETE f"),
        "the statement cannot run": lambda: ask(sample_run, "MATCH (f:Frim) RETURN f.id AS id"),
        "which graph?": lambda: _exit_code(["cypher", "RETURN 1 AS one"], debug=True),
        "store neo4j": lambda: open_store("neo4j://localhost"),
        "the folder": lambda: write_sample(tiny.folder, firms=300, citations=6000, seed=1),
    }


#: A defect of ours cannot be provoked.
NEVER = "… went in, but the … level holds …; please report this."


def test_every_quoted_message_is_said(
    provoked: dict[str, Callable[[], object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SPILLGRAPH_STORE", raising=False)
    assert len(QUOTED) == len(provoked) + 1
    for quoted in QUOTED:
        if quoted == NEVER:
            continue
        (begin,) = [begin for begin in provoked if quoted.startswith(begin)]
        with pytest.raises(SpillgraphError) as raised:
            provoked[begin]()
        pattern = ".*".join(map(re.escape, quoted.split("…")))
        assert re.search(pattern, str(raised.value), re.DOTALL), (quoted, str(raised.value))
