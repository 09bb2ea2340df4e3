"""Every example of the room runs, and those of the small modules that say what is wrong."""

from __future__ import annotations

import doctest
import importlib

import pytest

MODULES = [
    *(
        f"core.{name}"
        for name in ("errors", "labelled", "labels", "matrix", "renamed", "roles", "words")
    ),
    "cli.trouble",
    "graph.stata_file",
    "ingest.study_words",
    "runs.result",
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name: str):
    result = doctest.testmod(importlib.import_module(f"spillgraph.{name}"))
    assert result.attempted > 0 and result.failed == 0
