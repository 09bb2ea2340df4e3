"""A key that stands twice is found wherever it stands, and no other is taken for one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from spillgraph.ingest.repeated_keys import (
    baskets_of,
    find_later,
    keys_of,
    rows_of,
    save_keys,
)

KEYS = st.lists(st.integers(-(2**63), 2**63 - 1) | st.integers(-20, 20), max_size=40)


@given(parts=st.lists(KEYS, min_size=1, max_size=4))
def test_it_is_what_counting_says(tmp_path_factory: pytest.TempPathFactory, parts) -> None:
    folder = tmp_path_factory.mktemp("keys")
    assert repeated(folder, [np.array(keys, dtype=np.int64) for keys in parts]) == (
        len(set().union(*parts)) < sum(map(len, parts))
    )


@given(parts=st.lists(KEYS, min_size=1, max_size=4))
def test_later_rows_are_those_of_pandas(tmp_path_factory: pytest.TempPathFactory, parts) -> None:
    """Whichever part a row is in; the first row of a key is never among them."""
    folder = tmp_path_factory.mktemp("keys")
    keys = pd.Series([key for part in parts for key in part], dtype=np.int64)
    first = keys.groupby(keys).transform(lambda rows: rows.index[0]).astype(np.int64)
    ends = np.cumsum([0, *map(len, parts)])
    paths = [folder / str(number) for number in range(len(parts))]
    for path, part, begin, end in zip(paths, parts, ends, ends[1:], strict=False):
        save_keys(path, np.array(part, dtype=np.int64), rows=np.arange(begin, end))
    found = {
        int(row): int(before)
        for baskets in baskets_of(paths)
        for number, held in keys_of(baskets)
        for row, before in rows_of(baskets, number)[find_later(held)].T
    }
    assert found == dict(first[keys.duplicated()])


def test_all_of_many_are_found() -> None:
    keys = np.random.default_rng(1).integers(0, 1 << 40, 100_000)
    again = np.concatenate([keys, keys[::7], keys[::11]])
    later, first = find_later(again)
    assert sorted(later) == [*range(100_000, len(again))]
    assert (again[first] == again[later]).all() and first.max() < 100_000


@pytest.mark.parametrize("step", [1, 256, 2**20, 2**40, 2**55, -(2**33)])
def test_one_of_many_is_found_between_any_two_parts(tmp_path: Path, step: int) -> None:
    """Also of keys that are the same but for a few bits, of which a poor hash makes one."""
    keys = np.arange(100_000, dtype=np.int64) * step
    parts = [keys[:100], keys[100:99_000], keys[99_000:]]
    parts = [np.unique(part) for part in parts]  # large steps run over, and come again
    again = len(np.unique(keys)) < sum(map(len, parts))
    assert repeated(tmp_path, parts) == again
    for one, other in ((0, 2), (2, 1), (1, 1)):
        more = [*parts]
        more[one] = np.append(more[one], parts[other][len(parts[other]) // 2])
        assert repeated(tmp_path, more)


def test_the_same_key_a_million_times_is_found(tmp_path: Path) -> None:
    assert repeated(tmp_path, [np.full(1_000_000, 7)])
    assert not repeated(tmp_path, [np.array([], dtype=np.int64), np.array([7])])


def repeated(folder: Path, parts: list[np.ndarray]) -> bool:
    paths = [folder / f"{n}.keys" for n in range(len(parts))]
    for path, keys in zip(paths, parts, strict=True):
        save_keys(path, keys)
    return any(
        find_later(keys).size for baskets in baskets_of(paths) for _, keys in keys_of(baskets)
    )
