"""Files of a published table as they lie on a disk: alone, in a folder, in archives."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from python_calamine import CalamineWorkbook

from ...core.errors import InputError, show_some
from ..files.damaged import readable
from ..files.kind import ARCHIVES, kind_of
from ..files.unpack import unpack

__all__ = ["File", "Files", "opened", "sheet_names"]

_CLUTTER = (".DS_Store", "Thumbs.db", "desktop.ini")
_KINDS = dict.fromkeys((".csv", ".txt", ".tsv"), "csv")
_KINDS |= dict.fromkeys((".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"), "sheet")
_KINDS |= {".dta": "stata", ".parquet": "parquet"}
_R = (".rdata", ".rda")
#: Files that no reader needs, which may be large.
_PASSED = (".pdf", ".docx", ".doc", ".html", ".md", ".png")


@dataclass(frozen=True, slots=True)
class File:
    """A file of a published table.

    Parameters
    ----------
    name : str
        What messages call it: path, and place in an archive.
    within : str
        Its place under what was given, with ``/``: ``satellite/F.txt``.
    path : Path
        The file, or the archive that holds it.
    member : str or None
        Its place in that archive.
    """

    name: str
    within: str
    path: Path
    member: str | None = None

    @property
    def base(self) -> str:
        """Its own name, without folders and without the endings of packed files."""
        base = PurePosixPath(self.within).name
        for ending in (".gz", ".zip", ".zst", ".bz2"):
            base = base[: -len(ending)] if base.lower().endswith(ending) else base
        return base


@dataclass(frozen=True, slots=True)
class Files:
    """What was given, as single files, and a folder for what has to be unpacked."""

    given: str
    files: tuple[File, ...]
    folder: Path
    unpacked: dict[File, Path] = field(default_factory=dict)

    def plain(self, file: File) -> Path:
        """Return a path to the content of a file, unpacked once if it has to be."""
        if file not in self.unpacked:
            with readable(file.name):
                if _is_r(file):  # packed by itself, and no table inside
                    self.unpacked[file] = self._member(file)
                    return self.unpacked[file]
                packed = file.member or kind_of(file.path, file.name, None) in ARCHIVES
                self.unpacked[file] = (
                    unpack(file.path, file.name, file.member, self.folder)[0]
                    if packed
                    else file.path
                )
        return self.unpacked[file]

    def _member(self, file: File) -> Path:
        """Return a file as it is, out of its archive if it lies in one."""
        if file.member is None:
            return file.path
        with zipfile.ZipFile(file.path) as archive, archive.open(file.member) as source:
            target = self.folder / f"{len(self.unpacked)}-{PurePosixPath(file.member).name}"
            with target.open("wb") as written:
                shutil.copyfileobj(source, written)
        return target

    def kind(self, file: File) -> str:
        """Return what the content of a file is: csv, parquet, stata, sheet or rdata.

        Inside an archive its name says it, so that only what is read is unpacked.
        """
        if _is_r(file):
            return "rdata"
        named = _KINDS.get(PurePosixPath(file.within).suffix.lower()) if file.member else None
        return named or kind_of(self.plain(file), file.name, None)


@contextmanager
def opened(paths: Sequence[Path]) -> Iterator[Files]:
    """List the files of a published table, those in folders and archives, too.

    Parameters
    ----------
    paths : sequence of Path
        Files, folders or archives.

    Yields
    ------
    Files

    Raises
    ------
    InputError
        If a path is not there, or holds no file.
    """
    found: list[File] = []
    for path in paths:
        if not path.exists():
            raise InputError(f"{path} is not there; name a file, a folder or an archive.")
        found += _listed(path)
    if not found:
        raise InputError(f"{show_some([str(path) for path in paths])}: there is no file in it.")
    with TemporaryDirectory(prefix="spillgraph-") as folder:
        yield Files(", ".join(str(path) for path in paths), tuple(found), Path(folder))


def sheet_names(path: Path, file: str) -> list[str]:
    """Return the names of a workbook's sheets."""
    with readable(file), CalamineWorkbook.from_path(path) as book:
        return list(book.sheet_names)


def _listed(path: Path) -> list[File]:
    if path.is_dir():
        inside = sorted(each for each in path.rglob("*") if each.is_file())
        return [
            file
            for each in inside
            if not _is_clutter(each.relative_to(path).parts)
            for file in _members(each, each.relative_to(path).as_posix())
        ]
    return _members(path, path.name)


def _members(path: Path, within: str) -> list[File]:
    """Return the files of a zip that is no workbook, or the file itself."""
    if not zipfile.is_zipfile(path) or path.suffix.lower() in (".xlsx", ".xlsm", ".xlsb", ".ods"):
        return [File(str(path), within, path)]
    with readable(str(path)), zipfile.ZipFile(path) as archive:
        names = [info.filename for info in archive.infolist() if not info.is_dir()]
    if "[Content_Types].xml" in names or "mimetype" in names:
        return [File(str(path), within, path)]
    return [
        File(f"{path} ({name})", name, path, name)
        for name in sorted(names)
        if not _is_clutter(PurePosixPath(name).parts)
    ]


def _is_r(file: File) -> bool:
    return PurePosixPath(file.within).suffix.lower() in _R


def _is_clutter(parts: tuple[str, ...]) -> bool:
    hidden = any(part.startswith((".", "__MACOSX")) for part in parts)
    last = parts[-1].lower()
    return hidden or parts[-1] in _CLUTTER or last.endswith(_PASSED)
