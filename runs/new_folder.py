"""A folder that takes the place of another when all is in it, whatever is killed before."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import portalocker

from ..core.errors import InputError, StoreError

__all__ = ["disk_of", "new_folder"]


@contextmanager
def new_folder(
    folder: Path, kind: str, busy: str, require_ours: Callable[[], None]
) -> Iterator[tuple[Path, Path]]:
    """Yield a folder that takes its place in the end, and one for what is needed meanwhile.

    Parameters
    ----------
    folder : Path
        The place.
    kind : str
        Names the folder that is held meanwhile, beside the place.
    busy : str
        What is said where another is at it.
    require_ours : callable
        Refuses a place in which something would be lost; asked before all, and in the end.

    Raises
    ------
    InputError
        If the place cannot be written to, or another is at it.
    StoreError
        If the folder cannot take its place; the one before is there then.
    """
    place = folder.resolve()
    require_ours()
    work = place.with_name(f".{place.name}.spillgraph-{kind}")
    with _held(work, folder, busy):
        try:
            (work / "new").mkdir()
            yield work / "new", work
            require_ours()
            with disk_of(folder):
                _exchange(work / "new", place, work / "old")
        finally:
            _clear(work)
            with suppress(OSError):
                work.rmdir()


@contextmanager
def disk_of(folder: Path) -> Iterator[None]:
    """Tell what the disk refuses as one sentence about a folder.

    Parameters
    ----------
    folder : Path
        What is being written.
    """
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"{folder} cannot be written: {error.strerror or error}. Nothing was changed there."
        ) from error


@contextmanager
def _held(work: Path, folder: Path, busy: str) -> Iterator[None]:
    """Hold a folder against others, and settle what one that was killed has left."""
    try:
        work.mkdir(parents=True, exist_ok=True)
        handle = os.open(work, os.O_RDONLY)
    except OSError as error:
        raise InputError(f"{folder} cannot be written to: {error.strerror}.") from None
    try:
        try:
            portalocker.lock(handle, portalocker.LOCK_EX | portalocker.LOCK_NB)
            ours = os.path.samestat(os.fstat(handle), work.stat())
        except (portalocker.LockException, FileNotFoundError):
            ours = False  # held by another, or held and removed by it just now
        if not ours:
            raise InputError(busy)
        _bring_back(work / "old", folder.resolve())
        _clear(work)
        yield
    finally:
        os.close(handle)


def _exchange(new: Path, place: Path, old: Path) -> None:
    if place.exists():
        place.rename(old)
    try:
        new.rename(place)
    except OSError:
        _bring_back(old, place)
        raise


def _bring_back(old: Path, place: Path) -> None:
    """Undo an exchange that was cut off between its two steps."""
    if old.exists() and not place.exists():
        old.rename(place)


def _clear(work: Path) -> None:
    for each in work.iterdir():
        if each.is_dir() and not each.is_symlink():
            shutil.rmtree(each, ignore_errors=True)
        else:
            each.unlink(missing_ok=True)
