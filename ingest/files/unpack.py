"""Take the one table out of an archive: gzip, zip, Zstandard or bzip2."""

from __future__ import annotations

import bz2
import gzip
import re
import shutil
import tempfile
import zipfile
from contextlib import AbstractContextManager
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow as pa

from ...core.errors import InputError, nearest, show, show_some
from .damaged import readable
from .kind import ARCHIVES, kind_of

__all__ = ["unpack"]

#: An archive in an archive in an archive is read; deeper ones are made to do harm.
DEPTH = 3
_CHUNK = 1 << 20
#: So much of the disk stays free for the rest of the run.
_SPARE = 64 << 20
_SUFFIXES = {"gzip": (".gz", ".gzip"), "zstd": (".zst", ".zstd"), "bzip2": (".bz2", ".bz")}


def unpack(path: Path, file: str, member: str | None, folder: Path) -> tuple[Path, str]:
    """Unpack an archive's table into a folder; what is packed twice is unpacked twice.

    Parameters
    ----------
    path, file : Path, str
        The archive, and its name for messages.
    member : str or None
        Which file of a zip; needed where there are several.
    folder : Path
        Where the unpacked file goes. No name inside an archive leads out of it.

    Returns
    -------
    tuple of (Path, str)
        The unpacked file, and its name inside the archive.

    Raises
    ------
    InputError
        If the archive is damaged, cut, encrypted or larger than the disk; if a zip holds several
        files and none is named; if a member is named that is not there.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as there:
    ...     packed = Path(there) / "io.csv.gz"
    ...     _ = packed.write_bytes(gzip.compress(b"supplier,user\\n"))
    ...     unpacked, name = unpack(packed, "io.csv.gz", None, Path(there))
    ...     name, unpacked.read_text()
    ('io.csv', 'supplier,user\\n')
    """
    kind = kind_of(path, file, None)
    if kind not in ARCHIVES:
        raise InputError(f"{file}: the file is not an archive.")
    if member is not None and kind != "zip":
        raise InputError(f"{file}: 'member' names a file of a .zip; this archive holds one file.")
    name = path.name
    for depth in range(DEPTH + 1):
        if depth == DEPTH:
            raise InputError(f"{file}: archives lie {DEPTH} deep in each other; unpack them.")
        where = file if depth == 0 else f"{file} ({name})"
        path, name = _unpack_once(path, name, where, kind, member if depth == 0 else None, folder)
        kind = kind_of(path, f"{file} ({name})", None)
        if kind not in ARCHIVES:
            break
    return path, name


def _unpack_once(
    path: Path, name: str, file: str, kind: str, member: str | None, folder: Path
) -> tuple[Path, str]:
    if kind == "zip":
        with readable(file), zipfile.ZipFile(path) as archive:
            info = _member(archive, file, member)
            if info.flag_bits & 1:
                raise InputError(
                    f"{file}: {show(info.filename)} is encrypted; unpack it with its password."
                )
            if info.file_size > _room(folder):
                raise InputError(_too_large(file))
            return _copy(archive.open(info), file, info.filename, folder), info.filename
    with readable(file):
        inner = _without_suffix(name, kind)
        return _copy(_stream(path, kind), file, inner, folder), inner


def _stream(path: Path, kind: str) -> AbstractContextManager[Any]:
    if kind == "gzip":
        return gzip.open(path)
    if kind == "bzip2":
        return bz2.open(path)
    stream: AbstractContextManager[Any] = pa.CompressedInputStream(pa.OSFile(str(path)), "zstd")
    return stream


def _copy(stream: AbstractContextManager[Any], file: str, name: str, folder: Path) -> Path:
    """Write a stream to a new file, never more than the disk has room for."""
    room = _room(folder)
    # Only the end of the name is kept, for its suffix: nothing in it can lead elsewhere.
    clean = re.sub(r"[^\w.-]", "_", re.split(r"[/\\]", name)[-1])[-60:]
    with tempfile.NamedTemporaryFile(
        "wb", dir=folder, prefix="unpacked-", suffix=f"-{clean}", delete=False
    ) as target:
        written = Path(target.name)
        try:
            with stream as source:
                while chunk := _next(source):
                    room -= len(chunk)
                    if room < 0:
                        raise InputError(_too_large(file))
                    target.write(chunk)
        except BaseException:
            written.unlink()
            raise
    return written


def _next(stream: Any) -> bytes:
    """Read on; what follows a complete gzip and is none is told as gunzip tells it."""
    try:
        return bytes(stream.read(_CHUNK))
    except gzip.BadGzipFile as error:
        if "Not a gzipped file" in str(error):
            raise OSError("behind its end there are bytes that are not gzip") from error
        raise


def _room(folder: Path) -> int:
    return shutil.disk_usage(folder).free - _SPARE


def _too_large(file: str) -> str:
    return (
        f"{file}: unpacked, the file is larger than the free space of the folder for temporary "
        "files; make room, or set TMPDIR to a larger disk."
    )


def _member(archive: zipfile.ZipFile, file: str, member: str | None) -> zipfile.ZipInfo:
    """Return the file of a zip that is meant."""
    files = {info.filename: info for info in archive.infolist() if not _is_clutter(info)}
    if files and all(name.endswith(".npy") for name in files):
        raise InputError(
            f"{file}: a file of NumPy arrays (.npz) is not a table that is read; write the matrix "
            "with its labels to CSV or Parquet."
        )
    if member is not None:
        if member not in files:
            raise InputError(
                f"{file}: the archive holds no file {show(member)}. {nearest(member, files)}"
            )
        return files[member]
    if not files:
        raise InputError(f"{file}: the archive holds no file.")
    if len(files) > 1:
        raise InputError(
            f"{file}: the archive holds {len(files):,} files ({show_some(list(files))}); say "
            f'which one is the table: member = "{next(iter(files))}".'
        )
    return next(iter(files.values()))


def _is_clutter(info: zipfile.ZipInfo) -> bool:
    """Whether a folder, or what systems leave in archives beside the files."""
    parts = PurePosixPath(info.filename).parts
    clutter = (".DS_Store", "Thumbs.db", "desktop.ini")
    return info.is_dir() or not parts or "__MACOSX" in parts or parts[-1] in clutter


def _without_suffix(name: str, kind: str) -> str:
    for suffix in _SUFFIXES[kind]:
        if name.lower().endswith(suffix) and len(name) > len(suffix):
            return name[: -len(suffix)]
    return name
