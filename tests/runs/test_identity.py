"""The same name for two graphs would give one study the numbers of the other."""

from __future__ import annotations

from pathlib import Path

import pytest
from spillgraph.capabilities import QUESTIONS
from spillgraph.capabilities.studies import read_study
from spillgraph.ingest.study import load_study, summary
from spillgraph.runs.identity import fingerprint, fingerprint_of_run, hash_inputs


def mark(path: Path) -> str:
    study = load_study(path)
    return fingerprint(study, hash_inputs(study))


def test_the_same_files_below_another_year_are_another_graph(tmp_path, tiny_in) -> None:
    marks, plain = set(), set()
    for year in (2000, 2001, 2001):
        (tmp_path / f"year={year}").mkdir(exist_ok=True)
        tiny = tiny_in(tmp_path / f"year={year}" / str(len(marks | plain)))
        plain.add(mark(tiny.path))
        tiny.write("citations.csv", "citing,cited,count\n1,2,4\n2,1,3\n3,2,2\n")
        tiny.replace('file = "citations.csv"', 'file = "citations.csv"\npartitions = ["year"]')
        marks.add(mark(tiny.path))
    assert len(marks) == 2
    assert len(plain) == 1


def test_a_folder_above_is_found_from_wherever_the_study_is_run(tiny, monkeypatch) -> None:
    tiny.folder.rename(tiny.folder.parent / "year=2001")
    monkeypatch.chdir(tiny.folder.parent / "year=2001")
    text = Path("study.toml").read_text()
    keyed = text.replace('"citations.csv"', '"citations.csv"\npartitions = ["year"]')
    Path("study.toml").write_text(keyed)
    assert mark(Path("study.toml")) == mark(Path("study.toml").resolve())


def test_a_release_or_a_measure_reloads_nobodys_graph(tiny, monkeypatch) -> None:
    """What runs write back, and the version of the package, are no part of the input."""
    before = mark(tiny.path)
    monkeypatch.setattr("importlib.metadata.version", lambda name: "99.0")
    monkeypatch.setattr("spillgraph.core.measures.MEASURES", ())
    monkeypatch.setattr("spillgraph.graph.schema.SCORES", ())
    assert mark(tiny.path) == before
    monkeypatch.setattr("spillgraph.runs.identity.SCHEMA_VERSION", 99)
    assert mark(tiny.path) != before


@pytest.mark.parametrize("name", QUESTIONS)
def test_what_is_asked_of_a_capability_makes_no_other_run(tiny, name: str) -> None:
    """Not even of accounts, which is also the name of an option that every run has."""
    before = fingerprint_of_run(read_study(tiny.path), "mark")
    text = tiny.path.read_text()
    tiny.path.write_text(f"{text}\n[{name}]\n")
    assert fingerprint_of_run(read_study(tiny.path), "mark") == before
    options = text.count("[options]")
    more = (
        text.replace("[options]", '[options]\naccounts = "warn"')
        if options
        else (f'{text}\n[options]\naccounts = "warn"\n')
    )
    tiny.path.write_text(f"{more}\n[{name}]\n")
    study = read_study(tiny.path)
    assert fingerprint_of_run(study, "mark") != before
    assert summary(study)["accounts"] == "warn"  # and not what the section says
    assert summary(study)[f"[{name}]"] == study.sections[name].model_dump()
