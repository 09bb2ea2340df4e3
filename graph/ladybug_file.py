"""The file of an embedded graph: known by its first bytes, held by a lock file, removed whole."""

from __future__ import annotations

import glob
from contextlib import nullcontext
from pathlib import Path
from typing import IO

import portalocker

from ..core.errors import InputError, StoreLockedError

__all__ = ["lock", "remove_files", "remove_graph", "remove_scratch", "require_graph"]

#: How a graph file begins, and what the library keeps beside it.
_MAGIC = b"LBUG"
_BESIDE = (".wal", ".shadow", ".checkpoint", ".tmp", ".pk_validator")
#: Of these, what it writes while it copies nodes, and never looks at again after a kill.
_SCRATCH = (".pk_validator",)


def remove_graph(path: Path, *, damaged: bool = False) -> None:
    """Remove an embedded graph, if there is one.

    Parameters
    ----------
    path : Path
        The graph's file.
    damaged : bool
        Remove the file even if it does not look like a graph: the caller knows that it was one.

    Raises
    ------
    StoreLockedError
        If a process uses it.
    InputError
        If what lies there is no graph.
    """
    if path.exists() or path.is_symlink():
        if not damaged or path.is_dir():
            require_graph(path)
        with lock(path, exclusive=True) or nullcontext():
            remove_files(path)


def remove_files(path: Path) -> None:
    """Remove the graph and what the library keeps beside it; never anything else."""
    path.unlink(missing_ok=True)
    _remove_beside(path, _BESIDE)


def remove_scratch(path: Path) -> None:
    """Remove what the library has left beside a graph when it was killed; the lock is held."""
    _remove_beside(path, _SCRATCH)


def _remove_beside(path: Path, endings: tuple[str, ...]) -> None:
    for beside in path.parent.glob(glob.escape(path.name) + ".*"):
        ending = beside.name.removeprefix(path.name)
        if ending in endings or ending.startswith(tuple(f"{each}." for each in endings)):
            beside.unlink()


def require_graph(path: Path) -> None:
    """Refuse a path at which something else lies."""
    if not path.exists():
        return
    if not path.is_file():
        raise InputError(f"{path} is a folder, not a graph; name a file for the graph.")
    with path.open("rb") as file:
        start = file.read(len(_MAGIC))
    if start and start != _MAGIC:
        raise InputError(
            f"{path} is not a graph, or a damaged one; name another place for the graph. What a "
            "run keeps in its own folder is rebuilt by --rebuild."
        )


def lock(path: Path, *, exclusive: bool) -> IO[bytes] | None:
    """Hold the lock file; the kernel lets go of it when the process ends, however it ends."""
    if not exclusive and not path.exists():
        raise InputError(
            f"there is no graph at {path}; make one with 'spillgraph run STUDY --out DIR'."
        )
    beside = path.with_name(path.name + ".lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        held: IO[bytes] = beside.open("ab")
    except OSError as error:
        if exclusive:
            raise InputError(f"cannot write to {path.parent}: {error.strerror}.") from None
        if not beside.exists():
            return None  # a graph on read-only media has no writer
        held = beside.open("rb")
    kind = portalocker.LOCK_EX if exclusive else portalocker.LOCK_SH
    try:
        portalocker.lock(held, kind | portalocker.LOCK_NB)
    except portalocker.LockException:
        held.close()
        raise StoreLockedError(
            f"another process uses the graph at {path}; wait until it ends, close it, or name "
            "another place with --store."
        ) from None
    return held
