"""What is on disk is what is installed, and every docstring example runs."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
import tomllib
from importlib import metadata
from pathlib import Path

import numpy as np
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES = PROJECT["tool"]["setuptools"]["packages"]
FOLDERS = PROJECT["tool"]["setuptools"]["package-dir"]


def test_every_folder_with_modules_is_a_listed_package() -> None:
    rooms = [each.parent for each in ROOT.glob("*/py.typed")]
    folders = {
        path.parent.relative_to(ROOT).as_posix() for room in rooms for path in room.rglob("*.py")
    }
    lacking = set(folders) - set(FOLDERS.values())
    assert not lacking, "add them to packages and package-dir in pyproject.toml"
    assert sorted(FOLDERS.values()) == sorted(folders)
    assert sorted(FOLDERS) == sorted(PACKAGES)


def test_every_data_file_is_packaged() -> None:
    patterns = PROJECT["tool"]["setuptools"]["package-data"]["*"]
    endings = {pattern.rpartition(".")[2] for pattern in patterns}
    for folder in FOLDERS.values():
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".py":
                assert path.name == "py.typed" or path.suffix[1:] in endings, path


def test_the_package_itself_lies_in_a_folder_of_its_own() -> None:
    assert FOLDERS["spillgraph"] == "api"
    assert not (ROOT / "spillgraph").exists()
    assert not (ROOT / "__init__.py").exists()


MODULES = sorted(
    {
        f"{package}.{module.name}"
        for package in PACKAGES
        for module in pkgutil.iter_modules(importlib.import_module(package).__path__)
    }
    | set(PACKAGES)
)


@pytest.mark.parametrize("name", MODULES)
def test_docstring_examples(name: str) -> None:
    module = importlib.import_module(name)
    with np.printoptions(legacy=False):
        result = doctest.testmod(module)
    assert result.failed == 0


def test_public_functions_have_examples_or_say_what_they_need() -> None:
    """Analytics is the part that people copy from: each public name there has an example."""
    package = importlib.import_module("spillgraph.analytics")
    without = [
        name
        for name in package.__all__
        if callable(getattr(package, name))
        and not isinstance(getattr(package, name), type)
        and ">>>" not in (getattr(package, name).__doc__ or "")
    ]
    assert not without


def test_constraints_hold_names_and_versions_only() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in pins)
    pinned = {line.partition("==")[0].lower().replace("_", "-") for line in pins}
    project = PROJECT["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {re.match(r"[\w.-]+", each).group().lower() for each in wanted}  # type: ignore[union-attr]
    assert names <= pinned


def test_whatever_the_dependencies_need_is_pinned_too() -> None:
    """A package that one of them began to need would come in whatever version there is."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {canonicalize_name(line.partition("==")[0]) for line in lines if "==" in line}
    project = PROJECT["project"]
    left = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    seen: set[tuple[str, str]] = set()
    while left:
        wanted = Requirement(left.pop())
        for extra in ("", *wanted.extras):
            if (wanted.name, extra) in seen:
                continue
            seen.add((wanted.name, extra))
            left += [
                text
                for text in metadata.requires(wanted.name) or []
                if (marker := Requirement(text).marker) is None or marker.evaluate({"extra": extra})
            ]
    needed = {canonicalize_name(name) for name, _ in seen}
    assert needed - {"pip", "setuptools", "spillgraph"} <= pinned
    assert len(needed) > 100
