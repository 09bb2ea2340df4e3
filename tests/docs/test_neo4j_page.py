"""The queries of docs/neo4j.md run on both stores, and find the same."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from neo4j import GraphDatabase
from spillgraph.capabilities.studies import asked_of
from spillgraph.graph.open import open_store
from spillgraph.ingest.study import load_study
from spillgraph.runs.run import run
from spillgraph.runs.steps import Steps

PAGE = Path(__file__).parents[2] / "docs" / "neo4j.md"
BLOCKS = [
    re.sub(r"(?m)^   ", "", text)
    for text in re.findall(r"(?ms)^ *```cypher\n(.*?)^ *```", PAGE.read_text(encoding="utf-8"))
]


SECTION = PAGE.read_text(encoding="utf-8").partition("## Ten queries")[2].partition("\n## ")[0]


def test_ten_queries_are_promised_and_there() -> None:
    numbered = re.findall(r"(?m)^(\d+)\. ", SECTION)
    assert numbered == [str(number) for number in range(1, 11)]
    assert len(re.findall(r"(?m)^   +```(?:cypher|text)$", SECTION)) == 10
    # All but the last, which writes, run on both stores; so does what other sections show.
    assert len(BLOCKS) >= 9 == SECTION.count("```cypher\n")


@pytest.fixture(scope="module")
def embedded(sample_run: Path) -> Any:
    with open_store(sample_run / "results" / "graph.lbug", read_only=True) as store:
        yield store


@pytest.fixture(scope="module")
def served(sample_run: Path, neo4j_of_module: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    study = load_study(sample_run / "study" / "study.toml")
    out = tmp_path_factory.mktemp("served")
    run(study, out, Steps(), asked_of(study), store_url=neo4j_of_module.address)
    with open_store(neo4j_of_module.address, read_only=True) as store:
        yield store


def test_the_tenth_query_writes_a_note_and_finds_it(served: Any, neo4j_of_module: Any) -> None:
    (block,) = re.findall(r"(?ms)^ *```text\n(.*?)^ *```", SECTION)
    auth = (neo4j_of_module.username, neo4j_of_module.password)
    with GraphDatabase.driver(neo4j_of_module.address, auth=auth) as driver:
        first, ask = block.strip().splitlines()
        driver.execute_query(first)
        found = [record.values() for record in driver.execute_query(ask).records]
    industry = served.query("MATCH (f:Firm {id: 'F000001'}) RETURN f.industry AS industry")
    (code,) = industry["industry"].to_pylist()
    assert found == [["F000001", code, "ask for the register extract"]]
    assert all(note.whole for note in served.batches().values())  # nothing of ours was touched


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
