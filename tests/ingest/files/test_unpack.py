"""Archives: the one table comes out whole, and nothing else happens."""

from __future__ import annotations

import bz2
import gzip
import shutil
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest
from spillgraph.core.errors import InputError
from spillgraph.ingest.files.unpack import unpack

TEXT = "supplier,user,year,value\n" + "".join(f"A,B,{year},1.5\n" for year in range(1900, 2000))
DATA = TEXT.encode()


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("suffix", "pack"),
    [
        (".gz", gzip.compress),
        (".bz2", bz2.compress),
        (".zst", lambda data: pa.compress(data, "zstd", asbytes=True)),
        (".gz", lambda data: gzip.compress(data[:700]) + gzip.compress(data[700:])),
        (".bz2", lambda data: bz2.compress(data[:700]) + bz2.compress(data[700:])),
    ],
)
def test_every_archive_gives_back_its_bytes(tmp_path, suffix, pack):
    path = written(tmp_path / f"io.csv{suffix}", pack(DATA))
    unpacked, name = unpack(path, path.name, None, tmp_path)
    assert (unpacked.read_bytes(), name) == (DATA, "io.csv")
    assert unpacked.suffix == ".csv"


def test_two_frames_of_zstandard_are_both_read(tmp_path):
    halves = [pa.compress(half, "zstd", asbytes=True) for half in (DATA[:700], DATA[700:])]
    path = written(tmp_path / "io.csv.zst", b"".join(halves))
    assert unpack(path, path.name, None, tmp_path)[0].read_bytes() == DATA


def test_a_zip_with_one_file_and_what_systems_leave_beside_it(tmp_path):
    path = zipped(
        tmp_path / "io.zip",
        {"d/": b"", "d/io.csv": DATA, "__MACOSX/d/._io.csv": b"x", "d/.DS_Store": b"y"},
    )
    unpacked, name = unpack(path, "io.zip", None, tmp_path)
    assert (unpacked.read_bytes(), name) == (DATA, "d/io.csv")


def test_a_zip_with_several_files_wants_a_member(tmp_path):
    path = zipped(tmp_path / "io.zip", {f"io{number}.csv": DATA for number in range(15)})
    with pytest.raises(InputError, match=r"holds 15 files .*'io11.csv' and 3 more\).*member ="):
        unpack(path, "io.zip", None, tmp_path)
    assert unpack(path, "io.zip", "io14.csv", tmp_path)[1] == "io14.csv"
    with pytest.raises(InputError, match=r"no file 'io1.cvs'.*Did you mean 'io1.csv'"):
        unpack(path, "io.zip", "io1.cvs", tmp_path)


def test_packed_twice_is_unpacked_twice(tmp_path):
    path = zipped(tmp_path / "io.zip", {"io.csv.gz": gzip.compress(DATA)})
    unpacked, name = unpack(path, "io.zip", None, tmp_path)
    assert (unpacked.read_bytes(), name) == (DATA, "io.csv")


def test_packed_without_end_is_refused(tmp_path):
    data = DATA
    for _ in range(5):
        data = gzip.compress(data)
    with pytest.raises(InputError, match="3 deep"):
        unpack(written(tmp_path / "io.gz", data), "io.gz", None, tmp_path)


def test_names_inside_lead_nowhere(tmp_path):
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    for name in ("../../evil.csv", "/evil.csv", "..\\evil.csv", "x/../../evil.csv"):
        path = zipped(tmp_path / "io.zip", {name: DATA})
        unpacked, _ = unpack(path, "io.zip", None, folder)
        assert unpacked.resolve().parent == folder.resolve()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a", "io.zip"]


def test_an_encrypted_member_says_so(tmp_path):
    path = zipped(tmp_path / "io.zip", {"io.csv": DATA})
    data = bytearray(path.read_bytes())
    for magic, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(magic) + offset] |= 1
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"'io.csv' is encrypted"):
        unpack(path, "io.zip", None, tmp_path)


@pytest.mark.parametrize("suffix", [".gz", ".bz2", ".zst", ".zip"])
def test_a_cut_or_changed_archive_is_one_error_and_leaves_nothing(tmp_path, suffix):
    pack = {
        ".gz": gzip.compress,
        ".bz2": bz2.compress,
        ".zst": lambda data: pa.compress(data, "zstd", asbytes=True),
        ".zip": lambda data: zipped(tmp_path / "x.zip", {"io.csv": data}).read_bytes(),
    }[suffix]
    whole = pack(DATA)
    folder = tmp_path / "out"
    folder.mkdir()
    for cut in (len(whole) - 1, len(whole) // 2, 12):
        path = written(tmp_path / f"io.csv{suffix}", whole[:cut])
        with pytest.raises(InputError, match=r"^io\.csv.*cannot be read|larger"):
            unpack(path, path.name, None, folder)
    assert not list(folder.iterdir())


def test_a_zip_whose_checksum_is_wrong(tmp_path):
    path = zipped(tmp_path / "io.zip", {"io.csv": DATA})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\3\4") + 14] ^= 1
    data[data.index(b"PK\1\2") + 16] ^= 1
    path.write_bytes(data)
    with pytest.raises(InputError, match="Bad CRC-32"):
        unpack(path, "io.zip", None, tmp_path)


def test_more_than_the_disk_has_room_for_is_refused(tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)._replace(free=(64 << 20) + 1_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    folder = tmp_path / "out"
    folder.mkdir()
    gz = written(tmp_path / "io.csv.gz", gzip.compress(DATA))
    for path in (gz, zipped(tmp_path / "io.zip", {"io.csv": DATA})):
        with pytest.raises(InputError, match="larger than the free space"):
            unpack(path, path.name, None, folder)
    assert not list(folder.iterdir())


def test_a_member_of_what_is_no_zip_is_refused(tmp_path):
    path = written(tmp_path / "io.csv.gz", gzip.compress(DATA))
    with pytest.raises(InputError, match=r"'member' names a file of a .zip"):
        unpack(path, path.name, "io.csv", tmp_path)
