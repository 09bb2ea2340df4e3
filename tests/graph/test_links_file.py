"""Networks on disk: what was written is read, and nothing else is taken for it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from spillgraph.core.errors import InputError
from spillgraph.core.links import Links
from spillgraph.graph.links_file import LinksWriter, open_links, write_about


def _written(folder: Path, dtype: str = "float64", shares: float = 0.25) -> Path:
    folder.mkdir(exist_ok=True)
    with LinksWriter(folder / "S", 3, dtype) as writer:
        writer.append(np.array([2, 0]), np.array([0, 2]), np.array([shares, 0.1]))
        writer.append(np.array([1]), np.array([1]), np.array([1.0]))
    write_about(folder, {"firms": 3, "dtype": dtype, "networks": {"S": writer.about}})
    return folder


def test_rows_come_back_as_numpy_files_of_their_own(tmp_path: Path) -> None:
    S = open_links(_written(tmp_path), "S")
    assert S.indptr.tolist() == [0, 2, 2, 3] and S.indices.tolist() == [0, 2, 1]
    assert S.leak.tolist() == [0.65, 1.0, 0.0] and S.rounding == 0.0
    assert np.load(tmp_path / "S" / "data.npy").tolist() == [0.25, 0.1, 1.0]
    assert (S.indices.dtype, S.indptr.dtype) == (np.int32, np.int64)
    assert not S.data.flags.writeable and isinstance(S.data.base, np.memmap)


def test_float32_says_how_far_each_share_can_be_off(tmp_path: Path) -> None:
    S = open_links(_written(tmp_path, "float32"), "S")
    stored = float(S.data[1])
    assert 0 < abs(0.1 - stored) / stored <= S.rounding < 2**-24
    with pytest.raises(InputError, match=r"a share of 1e-60 is too small for float32; take"):
        _written(tmp_path / "tiny", "float32", 1e-60)


def test_places_beyond_int32_are_int64(tmp_path: Path) -> None:
    """Nobody has so many firms in a test: the writer alone is asked what it would write."""
    writer = LinksWriter(tmp_path / "S", 2**31, "float64")
    writer.append(np.array([1]), np.array([2**31 - 1]), np.array([0.5]))
    with writer:
        pass
    assert np.load(tmp_path / "S" / "indices.npy").tolist() == [2**31 - 1]
    assert np.load(tmp_path / "S" / "indices.npy").dtype == np.int64


def _cut(folder: Path) -> None:
    path = folder / "S" / "data.npy"
    os.truncate(path, path.stat().st_size - 8)


def _flip(folder: Path) -> None:
    path = folder / "S" / "indices.npy"
    held = bytearray(path.read_bytes())
    held[-1] ^= 1
    path.write_bytes(held)


def _of_another(folder: Path) -> None:
    """A sound file, and a sum that fits it: only its places give it away."""
    import zlib

    path = folder / "S" / "indices.npy"
    np.save(path, np.array([0, 9, 1], np.int32))
    about = json.loads((folder / "about.json").read_text())
    about["networks"]["S"]["crc32"]["indices"] = zlib.crc32(path.read_bytes())
    (folder / "about.json").write_text(json.dumps(about))


def _leave_out(folder: Path) -> None:
    (folder / "S" / "leak.npy").unlink()


@pytest.mark.parametrize("harm", [_cut, _flip, _of_another, _leave_out])
def test_damaged_files_are_refused(tmp_path: Path, harm: Callable[[Path], None]) -> None:
    harm(_written(tmp_path))
    with pytest.raises(InputError, match=re.escape(f"{tmp_path / 'S'} is damaged: ")):
        open_links(tmp_path, "S")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "holds no networks of firms"),
        ("{", "is damaged"),
        ('{"version": 9, "networks": {}}', "is of another version"),
        ("[]", "is damaged"),
    ],
)
def test_a_folder_without_its_last_file_is_none(
    tmp_path: Path, text: str | None, message: str
) -> None:
    """It is written last: what a killed writer leaves is never taken for a network."""
    folder = _written(tmp_path)
    (folder / "about.json").unlink()
    if text is not None:
        (folder / "about.json").write_text(text)
    with pytest.raises(InputError, match=message):
        open_links(folder, "S")


def test_a_network_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no network W; it has S"):
        open_links(_written(tmp_path), "W")


@pytest.mark.parametrize("gone", [False, True])
def test_files_that_change_under_the_numbers_are_told(tmp_path: Path, gone: bool) -> None:
    S = open_links(_written(tmp_path), "S")
    S.unchanged()
    path = tmp_path / "S" / "data.npy"
    if gone:
        path.unlink()
    else:
        os.utime(path, ns=(1, 1))
    with pytest.raises(InputError, match="its files have changed while they were read"):
        S.unchanged()


def test_arrays_of_other_lengths_are_no_network() -> None:
    with pytest.raises(InputError, match="2 firms and 1 links do not fit 1 leaks and 1 shares"):
        Links("S", np.array([0, 1, 1]), np.array([0]), np.array([0.5]), np.array([0.5]))
