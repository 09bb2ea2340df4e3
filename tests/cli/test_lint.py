"""``spillgraph queries --lint FILE``: 0 for a statement that any store answers alike, else 2."""

from __future__ import annotations

from pathlib import Path

import pytest
from spillgraph.cli.main import _exit_code

LIBRARY = sorted((Path(__file__).parents[2] / "queries" / "library").glob("*.cypher"))


def lint(path: Path, *more: str) -> int:
    return _exit_code(["queries", *more, "--lint", str(path)], debug=False)


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
def test_every_query_of_the_library_passes_with_its_header(path: Path, capsys) -> None:
    assert lint(path) == 0
    assert "nothing found" in capsys.readouterr().out


def test_every_problem_is_told_with_its_line_and_remedy(tmp_path: Path, capsys) -> None:
    path = tmp_path / "wrong.cypher"
    path.write_text("MATCH (f:Firm)\nRETURN log(f.size) AS size,\n  round(f.size) AS whole\n")
    assert lint(path) == 2
    told = " ".join(capsys.readouterr().err.split())
    assert "wrong.cypher" in told
    assert "line 2: log(: base 10 in one store" in told and "take logarithms in Python" in told
    assert "line 3: round(: the stores round halves differently" in told


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read (No such file"),
        (b"MATCH (f:Firm) // \xff", "not UTF-8"),
        (b"// nothing but a remark\n", "no statement"),
        (b"MATCH (f:Firm) RETURN 'open", "open"),
    ],
)
def test_what_is_no_statement_is_refused(
    tmp_path: Path, capsys, content: bytes | None, words: str
) -> None:
    path = tmp_path / "f.cypher"
    if content is not None:
        path.write_bytes(content)
    assert lint(path) == 2
    assert words in " ".join(capsys.readouterr().err.split())


def test_a_name_and_a_file_at_once_are_refused(tmp_path: Path, capsys) -> None:
    assert lint(tmp_path / "f.cypher", "top_cited_firms") == 2
    assert "name one of the two" in " ".join(capsys.readouterr().err.split())


def test_a_second_statement_is_told_by_its_line(tmp_path: Path, capsys) -> None:
    path = tmp_path / "two.cypher"
    one = "MATCH (f:Firm) RETURN count(*) AS firms"
    path.write_text(f"{one};\n{one};\n")
    assert lint(path) == 2
    assert "line 2: a second statement begins here" in " ".join(capsys.readouterr().err.split())
    path.write_text(f"{one};\n")
    assert lint(path) == 0
