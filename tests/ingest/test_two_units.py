"""Amounts of which some are a thousand or a million times the others, and none lies between."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from parted import found, in_every_table, write
from spillgraph.ingest.doubts.two_units import perhaps_apart, sizes_of

FIRMS = ["a", "b", "c", "A", "é", "01", "7"]


def citations(counts: list[float]) -> pd.DataFrame:
    """As many citations between firms, no key twice."""
    place = np.arange(len(counts))
    citing, cited = (np.take(FIRMS, place // step % len(FIRMS)) for step in (1, len(FIRMS)))
    year = 1990 + place // len(FIRMS) ** 2
    return pd.DataFrame({"citing": citing, "cited": cited, "year": year, "count": counts})


def told(rows: pd.DataFrame, folder: Path, *, parts: bool = False) -> list[str]:
    folder.mkdir()
    study = write(folder, "firm_citations", rows, "parquet")
    if parts:
        with in_every_table(30):
            said = found(study, folder / "out")
    else:
        said = found(study, folder / "out")
    assert not isinstance(said, str)
    return [each for each in said[0]["firm_citations"].warnings if "two units" in each]


@pytest.mark.parametrize("parts", [False, True])
@pytest.mark.parametrize("factor", [1e3, 1e6])
def test_two_groups_far_apart_are_told(factor: float, parts: bool, tmp_path: Path) -> None:
    counts = [float(1 + n // 3 % 4) * (factor if n % 3 == 1 else 1.0) for n in range(90)]
    assert told(citations(counts), tmp_path / "a", parts=parts) == [
        f"count is {factor:,.0f} to {4 * factor:,.0f} in 30 rows (the first is row 2 of "
        "rows.parquet), 1 to 4 in the other 60, and nothing between: the middle of one is "
        f"{factor:,.0f} times that of the other, as where two units are mixed. All are added up as "
        "they are: write all in one unit, and 0 where a small number only stands for nothing."
    ]


@pytest.mark.parametrize("parts", [False, True])
@pytest.mark.parametrize("low", [1.0, 1.9, 3.0, 127.0])
def test_a_factor_of_64_is_enough_wherever_it_stands(
    low: float, parts: bool, tmp_path: Path
) -> None:
    (said,) = told(citations([low] * 30 + [64 * low] * 30), tmp_path / "a", parts=parts)
    assert "the middle of one is 64 times that of the other" in said


@pytest.mark.parametrize(
    "counts",
    [
        [1.0] * 50 + [1e6] * 19,  # a few
        [1.0] * 500 + [1e6] * 20,  # a small part
        [1.0] * 50 + [30.0] * 50,
        [float(n) for n in range(1, 51)] + [3199.0] * 50,  # 63.98 times
        [0.0] * 50 + [1e6] * 50,
        [10.0**n for n in range(7) for _ in range(30)],
    ],
)
@pytest.mark.parametrize("parts", [False, True])
def test_other_amounts_are_not_doubted(counts: list[float], parts: bool, tmp_path: Path) -> None:
    assert told(citations(counts), tmp_path / "a", parts=parts) == []


@given(
    st.floats(0.5, 2.0), st.integers(0, 2**32 - 1), st.sampled_from(["lognormal", "pareto", "zipf"])
)
def test_heavy_tails_are_not_two_units(spread: float, seed: int, kind: str) -> None:
    draw = np.random.default_rng(seed)
    values = {
        "lognormal": lambda: draw.lognormal(0, 2 * spread, 400),
        "pareto": lambda: 1 + draw.pareto(spread, 400),
        "zipf": lambda: draw.zipf(1 + spread, 400).astype(float),
    }[kind]()
    assert not perhaps_apart(sizes_of(values))


@given(st.lists(st.integers(-1000, 1000), max_size=30))
def test_amounts_are_counted_once(powers: list[int]) -> None:
    sizes = sizes_of(np.array([0.0, *(1.5 * 2.0**power for power in powers)]))
    assert sum(sizes.values()) == len(powers)
    assert set(sizes) == set(powers)
