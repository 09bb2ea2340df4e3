"""Owners, industries by share, dates and lags: sums in the store are those made by hand."""

from __future__ import annotations

import importlib.util
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spillgraph.graph.aggregate import Totals, aggregate, start
from spillgraph.graph.ask import ask
from spillgraph.graph.open import open_store
from spillgraph.graph.store import GraphStore
from spillgraph.ingest.economy import Economy, prepare
from spillgraph.ingest.load import load
from spillgraph.ingest.stage import stage
from spillgraph.ingest.study import load_study

SPEC = importlib.util.spec_from_file_location("by_hand", Path(__file__).with_name("by_hand.py"))
assert SPEC is not None and SPEC.loader is not None
by_hand = sys.modules.setdefault("by_hand", importlib.util.module_from_spec(SPEC))
SPEC.loader.exec_module(by_hand)

CLOSE = 1e-12


@contextmanager
def summed(path: Path, url: str) -> Iterator[tuple[GraphStore, Economy, dict[str, Totals]]]:
    """A study's flows in a store, as a run has them."""
    study = load_study(path)
    with duckdb.connect() as con, open_store(url) as store:
        staged = stage(con, study, path.parent / "tables", None)
        economy = prepare(con, study, staged)
        given = {"industries": economy.industries, "maps": economy.maps}
        load(con, study, store, "mark", replace=True, rebuild=True, **given)
        start(store)
        totals = {
            flow.name: aggregate(
                store, flow, target="f", years=[], keep_diagonal=False, fingerprint="mark"
            )
            for flow in economy.flows
        }
        yield store, economy, totals


def cells(store: GraphStore, kind: str, origin: str, measure: str) -> dict[Any, float]:
    table = ask(store, f"industry_{kind}", {"classification": "f", "origin": origin})
    columns = [table[name].to_pylist() for name in ("receiver", "source", "year", measure)]
    return {(i, j, year): value for i, j, year, value in zip(*columns, strict=True) if value}


def assert_same(found: dict[Any, float], wanted: dict[Any, Fraction]) -> None:
    wanted = {cell: amount for cell, amount in wanted.items() if amount}
    assert found.keys() == wanted.keys()
    for cell, amount in wanted.items():
        assert found[cell] == pytest.approx(float(amount), rel=CLOSE)


def compare(records: Any, url: str, folder: Path, *, options: str = "", **given: Any) -> None:
    """Hold a store's sums against those by hand: cells, self-citations, and what is nobody's."""
    spread = given.pop("spread", False)
    path = by_hand.write(records, folder, options, given.pop("seed", None))
    origin = "patent_citations" if records.patents else "firm_citations"
    cited, delivered = by_hand.citations(records, **given), by_hand.deliveries(records, spread)
    with summed(path, url) as (store, _, totals):
        if records.cites or records.firm_cites:
            assert_same(cells(store, "citations", origin, "count"), cited.cells)
            assert_same(cells(store, "citations", origin, "self_count"), cited.selfs)
            total = totals["citations"]
            assert total.input == pytest.approx(float(sum(cited.cells.values())), rel=CLOSE)
            assert total.lost.get("no firm", 0) == pytest.approx(float(cited.unowned), rel=1e-9)
            inside = sum(v for (i, j, _), v in cited.cells.items() if by_hand.NOBODY not in (i, j))
            assert total.target == pytest.approx(float(inside), rel=CLOSE)
            assert total.target + total.unmapped == pytest.approx(total.input, rel=CLOSE)
        if records.links:
            assert_same(cells(store, "trade", "trade_links", "value"), delivered.cells)


def options_of(seed: int, patents: bool) -> dict[str, Any]:
    """Options that change what counts, in turn."""
    spread, fractional = bool(seed % 2), patents and seed % 3 == 0
    lag = (0, 2) if patents and seed % 4 == 0 else None
    texts = ['interval = "spread"'] if spread else []
    texts += ['citation_weight = "fractional"'] if fractional else []
    texts += ["lag = [0, 2]"] if lag else []
    made: dict[str, Any] = {"options": "\n".join(texts), "spread": spread}
    return made | ({"lag": lag, "fractional": fractional} if patents else {})


@pytest.mark.parametrize("patents", [True, False])
@settings(max_examples=12, derandomize=True, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_sums_are_those_made_by_hand(patents: bool, seed: int) -> None:
    records = by_hand.drawn(seed, patents=patents)
    if not (records.cites or records.firm_cites):
        return
    with tempfile.TemporaryDirectory() as name:
        made = options_of(seed, patents)
        compare(records, f"{name}/graph.lbug", Path(name), seed=seed, **made)
