"""The one way to open a store: by its address."""

from __future__ import annotations

from pathlib import Path

from ..core.errors import InputError
from .bolt.address import SCHEMES, redact, require_no_secret
from .ladybug_store import LadybugStore
from .store import GraphStore

__all__ = ["embedded_path", "open_store"]


def open_store(url: str | Path, *, read_only: bool = False) -> GraphStore:
    """Open a graph store by its address.

    Parameters
    ----------
    url : str or Path
        A path, or ``ladybug:PATH``, for the embedded store; ``neo4j://HOST`` and its like for a
        server, see :func:`spillgraph.graph.bolt.address.parse_address`.
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
        If the address is of an unknown kind, credentials are missing or wrong, or there is
        nothing to read.
    """
    path = embedded_path(url)
    if path is not None:
        return LadybugStore(path, read_only=read_only)
    if str(url).partition(":")[0] in SCHEMES:
        # Imported here: a tenth of a second that the embedded store need not wait for.
        from .bolt.store import BoltStore

        return BoltStore(str(url), read_only=read_only)
    require_no_secret(str(url))
    raise InputError(
        f"store {redact(str(url))!r} is of an unknown kind; give a path, ladybug:PATH or neo4j://HOST."
    )


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
    return None if (colon and scheme in SCHEMES) or "://" in text else Path(text)
