"""What holds of every capability."""

from __future__ import annotations

import ast
from dataclasses import fields, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
import typer
from spillgraph.capabilities import QUESTIONS, load
from spillgraph.cli.main import app
from spillgraph.core.measures import CAPABILITY_SCORES, scores
from spillgraph.graph.schema import FOUND
from spillgraph.reports.kit import Bars, Section
from spillgraph.runs import page, record
from spillgraph.runs.capability import Answer, Capability

ROOT = Path(__file__).parents[2]
FOLDERS = {each.parent.name for each in (ROOT / "capabilities").glob("*/__init__.py")}


def test_every_folder_is_a_capability_with_a_manual_page() -> None:
    assert set(QUESTIONS) == FOLDERS
    pages = {each.stem for each in (ROOT / "docs").glob("*.md")}
    assert set(QUESTIONS) <= pages
    tested = {each.stem.removeprefix("test_") for each in Path(__file__).parent.glob("*.py")}
    assert set(QUESTIONS) <= tested


@pytest.mark.parametrize("name", QUESTIONS)
def test_name_question_and_files_agree(name: str) -> None:
    capability = load(name)
    assert capability.name == name
    assert capability.question == QUESTIONS[name]
    listed = (ROOT / "docs/outputs.md").read_text(encoding="utf-8")
    assert f"[{name}]({name}.md)" in listed, "run python docs/generate.py"
    page = (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
    assert QUESTIONS[name] in page
    assert all(f"`{key}`" in page for key in capability.options.model_fields)
    keys = capability.options.model_fields.values()
    assert all(key.description and not key.is_required() for key in keys)


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_key_of_the_section_is_an_option_of_the_command(name: str) -> None:
    group: Any = typer.main.get_command(app)
    _, command, _ = group.resolve_command(typer.Context(group), [name])
    own = {option for each in command.params for option in each.opts}
    assert {f"--{key.replace('_', '-')}" for key in load(name).options.model_fields} <= own
    assert {"--out", "--store", "--rebuild", "--quiet"} <= own


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_capability_imports_no_other(name: str) -> None:
    others = FOLDERS - {name}
    for path in (ROOT / "capabilities" / name).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):  # subjects of analytics may be called the same
                place, names = (node.module or "").split("."), {each.name for each in node.names}
                own = node.level == 2 or "capabilities" in place
                assert not (own and others & {*place, *names}), path


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_page_of_any_run_has_its_section_or_none(name: str) -> None:
    """Of a run without years, too: what is always shown says what is missing."""
    nothing = SimpleNamespace(years=[], economy=SimpleNamespace(names={}, labels=[]))
    section = load(name).overview(nothing)  # type: ignore[arg-type]
    assert section is None or (section.id == name and section.parts)
    assert set(load(name).plain) <= set(load(name).options.model_fields)
    assert load(name).always or not load(name).plain


def test_who_declares_scores_gives_them_and_only_who_does() -> None:
    """A score is called as its capability, but for the measures of hubs, and as no other."""
    names = [each.name for each in scores()]
    assert len(set(names)) == len(names)
    assert all(each.name.startswith(f"{each.by}_") for each in CAPABILITY_SCORES)
    (nothing,) = [each.default for each in fields(Capability) if each.name == "scores"]
    giving = {name for name in QUESTIONS if load(name).scores is not nothing}
    assert giving == {each.by for each in scores()}


def test_who_declares_nodes_and_edges_gives_them_and_only_who_does() -> None:
    (nothing,) = [each.default for each in fields(Capability) if each.name == "graph"]
    assert {name for name in QUESTIONS if load(name).graph is not nothing} == set(FOUND)


def test_figures_of_one_name_are_refused() -> None:
    bars = Bars("own", "Own", "", "%", {"": ["own"]}, {})
    sections = [Section("networks", "Networks", (bars,)), Section("reach", "Reach", (bars,))]
    with pytest.raises(ValueError, match="reach: a figure of networks is called 'own', too"):
        page._require_other_names(sections)
    page._require_other_names(sections[:1])


def test_a_section_is_called_as_its_capability() -> None:
    borders = replace(load("borders"), section=lambda value, names: Section("bordres", "B", ()))
    result = SimpleNamespace(
        answers={"borders": Answer(borders, None)}, economy=SimpleNamespace(names={})
    )
    with pytest.raises(ValueError, match="borders: its section has the id 'bordres'"):
        page._section(borders, result)  # type: ignore[arg-type]


def test_codes_that_would_not_be_written_are_refused() -> None:
    table = pd.DataFrame({"x": [1.0]}, ["01"])
    with pytest.raises(
        ValueError, match="capability reach: the index of table sectors holds codes"
    ):
        record._require_named("reach", "sectors", table)
    record._require_named("reach", "sectors", table.rename_axis(index="code"))
    record._require_named("reach", "sectors", table.reset_index())
