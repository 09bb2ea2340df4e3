"""Mutants of tables and study files: numbers that agree, or one paragraph and exit code 2.

``make search`` tries thousands with a fresh seed.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from .files import write
from .judge import judge
from .look_judge import try_look
from .mutant import Mutant, make_mutant
from .studies import STUDIES

SEED, CHUNKS, EACH = 11, 6, 30
LOOKS = 20


@pytest.mark.parametrize("name", STUDIES)
def test_the_studies_that_mutants_are_made_of_are_valid(name: str, tmp_path: Path) -> None:
    path = write(STUDIES[name](), tmp_path)
    assert judge(Mutant(path, [], "check")) == (0, [])


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_a_mutant_is_reconciled_or_refused_in_one_paragraph(chunk: int, tmp_path: Path) -> None:
    codes = []
    for number in range(chunk * EACH, (chunk + 1) * EACH):
        mutant = make_mutant(SEED, number, tmp_path / str(number))
        code, wrong = judge(mutant)
        assert not wrong, f"mutant {number} ({'; '.join(mutant.done)}): {wrong[0]}"
        codes.append(code)
    # A generator whose mutants are all refused, or all taken, tries nothing.
    assert min(codes.count(0), codes.count(2)) > EACH // 8


@pytest.mark.parametrize("chunk", range(2))
def test_a_study_in_another_look_is_the_same_study(chunk: int, tmp_path: Path) -> None:
    outcomes = []
    for number in range(chunk * LOOKS, (chunk + 1) * LOOKS):
        outcome, done, wrong = try_look(SEED, number, tmp_path / str(number))
        assert not wrong, f"look {number} ({'; '.join(done)}): {wrong[0]}"
        outcomes.append(outcome)
    assert outcomes.count("equal") > LOOKS // 3
    assert outcomes.count("equal") < LOOKS
