"""The one way to open a store: by its address."""

from __future__ import annotations

from pathlib import Path

from ..core.errors import InputError
from .ladybug_store import LadybugStore
from .store import GraphStore

__all__ = ["open_store"]


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
    text = str(url)
    scheme, colon, rest = text.partition(":")
    if colon and scheme in {"neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc"}:
        raise InputError(
            f"store {scheme}:// needs the Neo4j store, which this version does not have yet; "
            "leave --store out for the embedded store, or give it a path."
        )
    if colon and scheme == "ladybug":
        text = rest.removeprefix("//")
    elif "://" in text:
        raise InputError(f"store {text!r} is of no known kind; give a path or ladybug:PATH.")
    return LadybugStore(Path(text), read_only=read_only)
