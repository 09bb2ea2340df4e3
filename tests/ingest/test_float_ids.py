"""Ids that a file keeps as numbers with a point are refused from where neighbours become one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from spillgraph.core.errors import InputError

from ..helpers.staging import keys, staged

KINDS = [
    (np.float32, 2**24, "32 bits", "from 16,777,216 on"),
    (np.float64, 2**53, "64 bits", "from 9,007,199,254,740,992 on"),
]


def firms(study, ids: list[float], kind: type, suffix: str) -> None:
    frame = pd.DataFrame({"id": np.array(ids, dtype=kind), "industry": ["A"] * len(ids)})
    path: Path = study.folder / f"firms.{suffix}"
    if suffix == "dta":
        frame.to_stata(path, write_index=False)
    else:
        frame.to_parquet(path)
    study.replace('file = "firms.csv"', f'file = "firms.{suffix}"')


@pytest.mark.parametrize("suffix", ["dta", "parquet"])
@pytest.mark.parametrize(("kind", "first", "bits", "bound"), KINDS)
def test_ids_from_the_bound_on_are_refused(
    tiny, tmp_path, suffix, kind, first, bits, bound
) -> None:
    firms(tiny, [1, 2, 3, first], kind, suffix)
    with pytest.raises(InputError) as error:
        staged(tiny, tmp_path)
    said = str(error.value)
    assert said.startswith(f"firms.{suffix}, row 4: id is '{first}', an id that the file keeps as ")
    assert f"a number of {bits} with a point (1 row): {bound} these are rounded" in said


@pytest.mark.parametrize("suffix", ["dta", "parquet"])
@pytest.mark.parametrize(("kind", "first"), [(kind, first) for kind, first, *_ in KINDS])
def test_ids_below_the_bound_are_whole(tiny, tmp_path, suffix, kind, first) -> None:
    firms(tiny, [1, 2, 3, first - 1], kind, suffix)
    found = staged(tiny, tmp_path)["firms"]
    assert found.rejected == 0
    ids = pd.read_parquet(found.path)["id"].tolist()
    assert sorted(ids) == sorted(["1", "2", "3", str(first - 1)])


def test_the_keys_of_a_lookup_are_ids_too(tiny, tmp_path) -> None:
    lookup = pd.DataFrame({"firm": np.array([1, 2**24 + 2], np.float32), "code": ["A", "B"]})
    lookup.to_parquet(tiny.folder / "codes.parquet")
    tiny.write("firms.csv", "id\n1\n2\n3\n")
    where = '{ file = "codes.parquet", key = "firm", value = "code", by = "id" }'
    keys(tiny, "firms.csv", f"match = {{ industry = {where} }}")
    with pytest.raises(InputError, match=r"codes\.parquet, row 2: firm is '16777218', an id that"):
        staged(tiny, tmp_path)


def test_amounts_may_be_as_large_as_they_are(tiny, tmp_path) -> None:
    frame = pd.DataFrame({"industry": ["x", "y"], "year": 2001})
    frame["gross_output"] = np.array([3e9, 1.5], np.float32)
    frame.to_parquet(tiny.folder / "output.parquet")
    tiny.replace('file = "output.csv"', 'file = "output.parquet"')
    assert staged(tiny, tmp_path)["io_output"].loaded == 2
