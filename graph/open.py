"""The one way to open a store: by its address."""

from __future__ import annotations

from pathlib import Path

from ..core.errors import InputError
from .ladybug_store import LadybugStore
from .store import GraphStore

__all__ = ["embedded_path", "open_store"]

_SERVERS = frozenset({"neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc"})


def open_store(url: str | Path, *, read_only: bool = False) -> GraphStore:
    """Open a graph store by its address.

    Parameters
    ----------
    url : str or Path
        A path, or ``ladybug:PATH``, for the embedded store. ``neo4j://`` and ``bolt://``
        addresses are refused by this version.
    read_only : bool
        Open for reading beside other readers; nothing is created.

    Returns
    -------
    GraphStore

    Raises
    ------
    StoreLockedError
        If another process writes to it.
    StoreError
        If it cannot be opened.
    InputError
        If the address is of an unknown kind, or there is nothing to read.
    """
    path = embedded_path(url)
    if path is not None:
        return LadybugStore(path, read_only=read_only)
    scheme = str(url).partition(":")[0]
    if scheme in _SERVERS:
        raise InputError(
            f"store {scheme}:// needs the Neo4j store, which this version does not have yet; "
            "leave --store out for the embedded store, or give it a path."
        )
    raise InputError(f"store {str(url)!r} is of no known kind; give a path or ladybug:PATH.")


def embedded_path(url: str | Path) -> Path | None:
    """Return where an embedded graph lies, or None for an address of another kind.

    Examples
    --------
    >>> embedded_path("ladybug:out/g.lbug").name, embedded_path("out/g.lbug").name
    ('g.lbug', 'g.lbug')
    >>> embedded_path("neo4j://localhost") is None
    True
    """
    text = str(url)
    scheme, colon, rest = text.partition(":")
    if colon and scheme == "ladybug":
        return Path(rest.removeprefix("//"))
    return None if (colon and scheme in _SERVERS) or "://" in text else Path(text)
