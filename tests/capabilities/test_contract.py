"""What holds of every capability."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from spillgraph.capabilities import QUESTIONS, load

ROOT = Path(__file__).parents[2]
FOLDERS = {each.parent.name for each in (ROOT / "capabilities").glob("*/__init__.py")}


def test_every_folder_is_a_capability_with_a_manual_page() -> None:
    assert set(QUESTIONS) == FOLDERS
    pages = {each.stem for each in (ROOT / "docs").glob("*.md")}
    assert set(QUESTIONS) <= pages


@pytest.mark.parametrize("name", QUESTIONS)
def test_name_question_and_files_agree(name: str) -> None:
    capability = load(name)
    assert capability.name == name
    assert capability.question == QUESTIONS[name] and name in (ROOT / "docs/outputs.md").read_text()
    page = (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
    assert QUESTIONS[name] in page
    assert all(f"`{key}`" in page for key in capability.options.model_fields)


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_capability_imports_no_other(name: str) -> None:
    others = FOLDERS - {name}
    for path in (ROOT / "capabilities" / name).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert not others & set((node.module or "").split(".")), path
