"""Imports run only the way that docs/architecture.md says."""

from __future__ import annotations

import ast
import re
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def rooms() -> dict[str, set[str]]:
    """Read the table of rooms: name to the rooms that it may import."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    found = {}
    for name, allowed in re.findall(
        r"^\| `(\w+)/?` \| `spillgraph(?:\.\w+)?` \|.*\| ([^|]+) \|$", text, re.MULTILINE
    ):
        words = {word.strip(" `/") for word in allowed.split(",")}
        found[name] = set() if words == {"nothing of ours"} else words
    everything = set(found)
    return {
        name: everything - {name} if words == {"all"} else words for name, words in found.items()
    }


def imported(path: Path, room: str) -> set[str]:
    """Return the rooms that a file imports, by relative or absolute import."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    depth = len(path.relative_to(ROOT / room).parts)
    depth -= room == "api"  # the package itself: one level up is no room
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if node.level > depth:  # leaves the room
                names = [module.split(".")[0]] if module else [a.name for a in node.names]
                found.update(names)
            elif node.level == 0 and module.startswith("spillgraph."):
                found.add(module.split(".")[1])
            elif node.level == 0 and module == "spillgraph":
                found.update(a.name for a in node.names)
        elif isinstance(node, ast.Import):
            found.update(
                a.name.split(".")[1] for a in node.names if a.name.startswith("spillgraph.")
            )
    return {name for name in found - {room} if not name.startswith("_")}


def test_the_table_lists_every_room() -> None:
    on_disk = {each.parent.name for each in ROOT.glob("*/py.typed")}
    assert set(rooms()) == on_disk
    assert {"analytics", "cli", "core", "graph", "ingest", "queries", "reports", "runs"} < on_disk


@pytest.mark.parametrize("room", sorted(rooms()))
def test_a_room_imports_only_what_it_may(room: str) -> None:
    wrong = {
        f"{path.relative_to(ROOT)} imports {', '.join(sorted(strangers))}"
        for path in (ROOT / room).rglob("*.py")
        if (strangers := imported(path, room) - rooms()[room])
    }
    assert not wrong


SUBJECT = re.compile(r"^\| `(\w+)` \| [^|]+ \| ([^|`]+) \|$", re.MULTILINE)


def subjects() -> dict[str, set[str]]:
    """Read the table of subjects of analytics: name to those that it may import."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    return {
        name: set() if words == "nothing of analytics" else set(words.split(", "))
        for name, words in SUBJECT.findall(text)
    }


def modules(path: Path) -> list[tuple[int, str]]:
    """Return the level and module of every import with ``from``."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return [(node.level, node.module or "") for node in found]


def test_subjects_import_exactly_what_the_table_says() -> None:
    folders = {each.parent.name: each.parent for each in (ROOT / "analytics").glob("*/__init__.py")}
    assert subjects() == {
        name: {
            module.split(".")[0]
            for path in folder.glob("*.py")
            for level, module in modules(path)
            if level == 2
        }
        for name, folder in folders.items()
    }


FOLDER = re.compile(r"^\| `(\w+)/` \| [^|]+ \| ([^|`]+) \|$", re.MULTILINE)
#: What declares: every folder of ingest may import it.
DECLARE = {"contract", "declared", "signs", "sql", "study", "study_model"}


def ingest() -> dict[str, set[str]]:
    """Return by folder of ingest, and by module at its top, those of them that it imports."""
    found: dict[str, set[str]] = {}
    for path in (ROOT / "ingest").rglob("*.py"):
        *folder, module = path.relative_to(ROOT / "ingest").with_suffix("").parts
        own = found.setdefault(folder[0] if folder else module, set())
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level == len(folder) + 1:
                named = [each.name for each in node.names]
                own.update([node.module.split(".")[0]] if node.module else named)
        own -= {folder[0] if folder else module}
    return found


def test_folders_of_ingest_import_exactly_what_the_table_says() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = {
        name: set() if words == "nothing of these" else set(words.split(", "))
        for name, words in FOLDER.findall(text)
    }
    folders = {each.parent.name for each in (ROOT / "ingest").glob("*/__init__.py")}
    assert table == {name: found - DECLARE for name, found in ingest().items() if name in folders}


def test_no_import_of_ingest_goes_in_a_circle() -> None:
    TopologicalSorter(ingest()).prepare()


def test_others_import_subjects_and_not_their_files() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {module}"
        for room in set(rooms()) - {"analytics"}
        for path in (ROOT / room).rglob("*.py")
        for _, module in modules(path)
        if re.search(r"\banalytics(\.\w+)?\._", module)
    ]
    assert not wrong


def test_the_walk_sees_imports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    folder = tmp_path / "graph" / "deep"
    folder.mkdir(parents=True)
    path = folder / "x.py"
    path.write_text(
        "from ...ingest.study import Study\nfrom ..schema import NODES\nfrom . import y\n"
        "import spillgraph.cli.main\nfrom spillgraph import queries\n"
        "def f():\n    from spillgraph.reports import page\n"
    )
    assert imported(path, "graph") == {"ingest", "cli", "reports", "queries"}
