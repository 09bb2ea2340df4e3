"""A table that gives each pair once is told as half of a matrix; one with directions is not."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from small_studies import economy

CODES = "ABCDEFGH"


def told(folder: Path, pairs: list[tuple[str, str]]) -> list[str]:
    lines = [f"{citing},{cited},2000,3" for citing, cited in pairs]
    (folder / "cit.csv").write_text("citing,cited,year,count\n" + "\n".join(lines) + "\n")
    path = folder / "study.toml"
    path.write_text(
        '[study]\nname = "half"\ntarget = "s"\n'
        '[tables.industry_citations]\nfile = "cit.csv"\nclassification = "s"\n'
    )
    return [text for text in economy(path, folder).warnings if "one half of a matrix" in text]


@pytest.mark.parametrize("diagonal", [True, False])
def test_each_pair_once_is_half_of_a_matrix(tmp_path: Path, diagonal: bool) -> None:
    pairs = list(combinations(CODES, 2)) + [(code, code) for code in CODES] * diagonal
    (text,) = told(tmp_path, pairs)
    assert text.startswith("industry_citations: each of the 28 pairs of industries with a flow")
    assert "(as 'A' from 'B'), and none in both" in text


def test_one_pair_both_ways_is_enough(tmp_path: Path) -> None:
    assert told(tmp_path, [*combinations(CODES, 2), ("C", "A")]) == []


def test_a_sparse_half_is_told_by_its_order(tmp_path: Path) -> None:
    pairs = [(f"c{a:02}", f"c{b:02}") for a in range(40) for b in (a + 3,)]
    assert len(told(tmp_path, pairs)) == 1
    turned = [pair if at else pair[::-1] for at, pair in enumerate(pairs)]
    assert told(tmp_path, turned) == []


@pytest.mark.parametrize("seed", range(5))
def test_few_pairs_of_many_industries_are_no_sign(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    ends = rng.integers(0, 60, (50, 2))
    pairs = {(f"c{a}", f"c{b}") for a, b in ends.tolist() if (b, a) not in ends.tolist()}
    assert told(tmp_path, sorted(pairs)) == []
