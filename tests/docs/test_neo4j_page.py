"""The queries of docs/neo4j.md run on both stores, and find the same."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from spillgraph.cli.console import Steps
from spillgraph.cli.pipeline import run
from spillgraph.graph.open import open_store
from spillgraph.ingest.study import load_study

PAGE = Path(__file__).parents[2] / "docs" / "neo4j.md"
BLOCKS = [
    re.sub(r"(?m)^   ", "", text)
    for text in re.findall(r"(?ms)^ *```cypher\n(.*?)^ *```", PAGE.read_text(encoding="utf-8"))
]


def test_ten_queries_are_promised_and_there() -> None:
    text = PAGE.read_text(encoding="utf-8")
    numbered = re.findall(r"(?m)^(\d+)\. .*[^.]$|^(\d+)\. ", text.partition("## Ten queries")[2])
    assert len([one for one in numbered if any(one)]) >= 10
    assert len(BLOCKS) >= 10


@pytest.fixture(scope="module")
def embedded(sample_run: Path) -> Any:
    with open_store(sample_run / "results" / "graph.lbug", read_only=True) as store:
        yield store


@pytest.fixture(scope="module")
def served(sample_run: Path, neo4j_of_module: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    study = load_study(sample_run / "study" / "study.toml")
    out = tmp_path_factory.mktemp("served")
    run(study, out, Steps(quiet=True), store_url=neo4j_of_module.address)
    with open_store(neo4j_of_module.address, read_only=True) as store:
        yield store


@pytest.mark.parametrize("statement", BLOCKS, ids=range(1, len(BLOCKS) + 1))
def test_a_query_of_the_page_finds_the_same_on_both_stores(
    embedded: Any, served: Any, statement: str
) -> None:
    wanted, found = (store.query(statement).to_pandas() for store in (embedded, served))
    assert len(wanted)
    if "ORDER BY" not in statement:
        keys = list(wanted.columns[:-1])
        wanted, found = (frame.sort_values(keys, ignore_index=True) for frame in (wanted, found))
    pd.testing.assert_frame_equal(wanted, found, rtol=1e-9)
