"""Networks of millions of firms on disk: compressed rows as .npy, read where they lie.

A folder holds ``about.json``, ``firms.parquet`` (``place``, ``id``) and for each network, ``S`` or
``W``, a folder with ``indptr.npy``, ``indices.npy``, ``data.npy`` and ``leak.npy``, which any
program opens that reads NumPy's files.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from ..core.errors import InputError
from ..core.links import Links, leaks

__all__ = ["ABOUT", "LinksWriter", "open_about", "open_links", "write_about"]

ABOUT = "about.json"
_ARRAYS = ("indptr", "indices", "data", "leak")
_VERSION = 1
#: Bytes that are read at once when files are checked.
_PIECE = 1 << 24


class _Column:
    """An .npy file that grows at its end; its header is written anew when it is closed."""

    def __init__(self, path: Path, dtype: Any) -> None:
        self.dtype = np.dtype(dtype)
        self._file: BinaryIO = path.open("wb")
        self.length = 0
        self._head()

    def _head(self) -> None:
        # NumPy leaves room for a longer first axis: the header keeps its size.
        about = {"descr": self.dtype.str, "fortran_order": False, "shape": (self.length,)}
        np.lib.format.write_array_header_1_0(self._file, about)

    def append(self, values: NDArray[Any]) -> None:
        part = np.ascontiguousarray(values, self.dtype)
        self._file.write(part.data)
        self.length += len(part)

    def close(self) -> None:
        self._file.seek(0)
        self._head()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def drop(self) -> None:
        self._file.close()


class LinksWriter:
    """Writes a network row after row; a context manager.

    Parameters
    ----------
    folder : Path
        Folder of the network, which is made.
    firms : int
        N.
    dtype : {"float64", "float32"}
        How shares are stored.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with LinksWriter(Path(folder) / "W", 2, "float64") as writer:
    ...         writer.append(np.array([1, 1]), np.array([1, 0]), np.array([0.4, 0.25]))
    ...     writer.about["links"]
    2
    """

    def __init__(self, folder: Path, firms: int, dtype: str) -> None:
        folder.mkdir()
        self.folder = folder
        self.about: dict[str, Any] = {}
        self._rounding = 0.0
        kinds = ("<i8", "<i4" if firms <= np.iinfo(np.int32).max else "<i8", dtype, "<f8")
        self._columns = {
            name: _Column(folder / f"{name}.npy", kind)
            for name, kind in zip(_ARRAYS, kinds, strict=True)
        }
        self._columns["indptr"].append(np.zeros(1, np.int64))

    def append(
        self,
        counts: NDArray[Any],
        sources: NDArray[Any],
        shares: NDArray[np.float64],
        leak: NDArray[np.float64] | None = None,
    ) -> None:
        """Write the next rows.

        Parameters
        ----------
        counts : ndarray of int, shape (R,)
            Links of each row.
        sources : ndarray of int, shape (sum of counts,)
            Places of the sources, ascending within a row.
        shares : ndarray of float64, of the same shape
            Shares, above 0.
        leak : ndarray of float64, shape (R,), optional
            What of each row leaks, where it is known exactly; default: 1 − row sum.

        Raises
        ------
        InputError
            If a share is too small to be stored.
        """
        columns = self._columns
        start = columns["indices"].length
        columns["indptr"].append(start + np.cumsum(counts))
        columns["leak"].append(leaks(counts, shares) if leak is None else leak)
        columns["indices"].append(sources)
        stored = shares.astype(columns["data"].dtype)
        if not stored.min(initial=1.0) > 0:
            raise InputError(
                f"a share of {shares.min():g} is too small for {stored.dtype}; take float64, or "
                "leave the link out."
            )
        if stored.dtype != shares.dtype and len(shares):
            exact = stored.astype(np.float64)
            off = float((np.abs(exact - shares) / exact).max())
            self._rounding = max(self._rounding, off * (1.0 + 1e-9))
        columns["data"].append(stored)

    def __enter__(self) -> LinksWriter:
        """Begin."""
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        """End the files; what they hold is known then."""
        if kind is not None:
            for column in self._columns.values():
                column.drop()
            return
        for column in self._columns.values():
            column.close()
        self.about = {
            "links": self._columns["indices"].length,
            "rounding": self._rounding,
            "crc32": {name: _crc(self.folder / f"{name}.npy") for name in _ARRAYS},
        }


def write_about(folder: Path, about: Mapping[str, Any]) -> None:
    """Write what a folder holds, last of all: without it the folder is no network.

    Parameters
    ----------
    folder : Path
        The folder.
    about : mapping
        ``networks``: what each :class:`LinksWriter` says; and what else is to be known.
    """
    text = json.dumps({"version": _VERSION, **about}, indent=1, ensure_ascii=False)
    with (folder / ABOUT).open("w", encoding="utf-8") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())


def open_about(folder: Path) -> dict[str, Any]:
    """Read what a folder holds.

    Parameters
    ----------
    folder : Path
        The folder.

    Raises
    ------
    InputError
        If it holds no networks of firms, or those of a later version.
    """
    path = Path(folder) / ABOUT
    if not path.is_file():
        raise InputError(
            f"{folder} holds no networks of firms: there is no {ABOUT}. Build them with "
            "spillgraph firms."
        )
    try:
        about: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        version, networks = about["version"], about["networks"]
        known = version == _VERSION and isinstance(networks, dict)
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise InputError(f"{path} is damaged ({error}); build the networks again.") from None
    if not known:
        raise InputError(f"{path} is of another version; build the networks again.")
    return about


def open_links(folder: Path, name: str, label: Callable[[int], str] = str) -> Links:
    """Open a network where it lies; all that is in it is looked at once.

    Parameters
    ----------
    folder : Path
        What :func:`write_about` was written to.
    name : {"S", "W"}
        The network.
    label : callable, optional
        Takes a place, returns the id of the firm.

    Returns
    -------
    Links
        Its arrays are read from disk as they are needed.

    Raises
    ------
    InputError
        If there is no such network, or its files are cut, damaged or of another one.
    """
    about = open_about(folder)
    if name not in about["networks"]:
        raise InputError(
            f"{folder} holds no network {name}; it has {', '.join(about['networks'])}."
        )
    known, paths = about["networks"][name], [folder / name / f"{each}.npy" for each in _ARRAYS]
    try:
        stamps = [_stamp(path) for path in paths]
        for path in paths:
            if _crc(path) != known["crc32"][path.stem]:
                raise ValueError(f"{path.name} is not as it was written")
        arrays = [np.load(path, mmap_mode="r", allow_pickle=False) for path in paths]
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise _damaged(folder / name, error) from None

    def unchanged() -> None:
        """Refuse numbers of files that were written to while they were read."""
        if [_stamp(path) if path.exists() else None for path in paths] != stamps:
            raise InputError(
                f"{folder / name}: its files have changed while they were read, so the numbers are "
                "of no network; build it again, and ask again."
            )

    indptr, indices, data, leak = map(np.asarray, arrays)
    links = Links(name, indptr, indices, data, leak, float(known["rounding"]), label, unchanged)
    _require_sound(links, folder / name)
    return links


def _require_sound(links: Links, folder: Path) -> None:
    """Refuse places out of bounds: they would be read from anywhere in memory."""
    ends = links.indptr
    sound = ends.dtype == np.int64 and int(ends[0]) == 0 and int(ends[-1]) == links.links
    sound = sound and not (np.diff(ends) < 0).any()
    for first in range(0, links.links if sound else 0, _PIECE):
        places, shares = links.indices[first : first + _PIECE], links.data[first : first + _PIECE]
        sound = sound and bool(places.min() >= 0 and places.max() < links.firms)
        sound = sound and bool(shares.min() > 0 and np.isfinite(shares.max()))
    if not sound:
        raise _damaged(folder, "its links are not those of its firms")


def _damaged(folder: Path, why: object) -> InputError:
    return InputError(f"{folder} is damaged: {why}. Build the networks again.")


def _stamp(path: Path) -> tuple[int, int, int]:
    about = path.stat()
    return about.st_size, about.st_mtime_ns, about.st_ino


def _crc(path: Path) -> int:
    value = 0
    with path.open("rb") as file:
        while part := file.read(_PIECE):
            value = zlib.crc32(part, value)
    return value
