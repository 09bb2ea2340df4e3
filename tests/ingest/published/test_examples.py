"""Every example of the readers runs."""

from __future__ import annotations

import doctest
import importlib

import pytest

MODULES = (
    "balances",
    "derive",
    "formats",
    "generic_labels",
    "generic_lines",
    "melt",
    "printed",
    "years",
)


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name: str) -> None:
    module = importlib.import_module(f"spillgraph.ingest.published.{name}")
    result = doctest.testmod(module)
    assert result.attempted > 0 and result.failed == 0
