"""Every example of the room runs, and every public name has one."""

from __future__ import annotations

import dataclasses
import doctest
import importlib
from pathlib import Path

import pytest
from spillgraph import analytics

HOME = Path(analytics.__file__).parent
MODULES = sorted(
    ".".join(path.relative_to(HOME).with_suffix("").parts)
    for path in (*HOME.glob("*/_[!_]*.py"), HOME / "steel_and_cars.py")
)


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name):
    module = importlib.import_module(f"spillgraph.analytics.{name}")
    result = doctest.testmod(module)
    assert result.failed == 0
    # a measure is called through hub_table, which has the examples
    assert result.attempted > 0 or name.startswith("hubs._")


@pytest.mark.parametrize("name", analytics.__all__)
def test_every_public_function_documents_shapes_and_shows_an_example(name):
    item = getattr(analytics, name)
    sections = ["Parameters"] if dataclasses.is_dataclass(item) else ["Parameters", "Returns"]
    if not dataclasses.is_dataclass(item):
        sections.append("Examples")
        if name == "require_leakage":
            sections.remove("Returns")
    for section in sections:
        assert f"{section}\n    {'-' * len(section)}\n" in item.__doc__, section
    if dataclasses.is_dataclass(item):
        for field in dataclasses.fields(item):
            assert field.name in item.__doc__


@pytest.mark.parametrize("name", [n for n in analytics.__all__ if n[0].isupper()])
def test_results_are_frozen_and_slotted(name):
    item = getattr(analytics, name)
    assert dataclasses.is_dataclass(item) and item.__dataclass_params__.frozen
    assert "__slots__" in vars(item)
