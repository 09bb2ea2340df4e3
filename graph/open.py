"""The one way to open a store: by its address."""

from __future__ import annotations

from pathlib import Path

from ..core.errors import InputError, StoreError, StoreLockedError
from .bolt.address import SCHEMES, redact, require_no_secret
from .ladybug_store import LadybugStore
from .namespace import PLAIN, Namespace, require_namespace
from .store import GraphStore

__all__ = ["embedded_path", "holds_others", "open_store"]


def open_store(
    url: str | Path, *, read_only: bool = False, namespace: str | None = None
) -> GraphStore:
    """Open a graph store by its address.

    Parameters
    ----------
    url : str or Path
        A path, or ``ladybug:PATH``, for the embedded store; ``neo4j://HOST`` and its like for a
        server, see :func:`spillgraph.graph.bolt.address.parse_address`.
    read_only : bool
        Open for reading beside other readers; nothing is created.
    namespace : str, optional
        That of the study, where it has one.

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
        If the address is of an unknown kind, credentials are missing or wrong, there is
        nothing to read, or the namespace cannot be one.
    """
    within = _within(namespace)
    path = embedded_path(url)
    if path is not None:
        return LadybugStore(path, read_only=read_only, namespace=within)
    if str(url).partition(":")[0] in SCHEMES:
        # Imported here: a tenth of a second that the embedded store need not wait for.
        from .bolt.store import BoltStore

        return BoltStore(str(url), read_only=read_only, namespace=within)
    require_no_secret(str(url))
    raise InputError(
        f"store {redact(str(url))!r} is of an unknown kind; give a path, ladybug:PATH or neo4j://HOST."
    )


def holds_others(path: Path, namespace: str | None = None) -> bool:
    """Whether an embedded graph holds more than the study of a namespace, which must not be lost.

    Of a file that cannot be opened any more nothing can be kept.

    Parameters
    ----------
    path : Path
        The file; there may be none.
    namespace : str, optional
        That of the study.

    Raises
    ------
    StoreLockedError
        If a process uses it.
    """
    if not path.is_file():
        return False
    try:
        # For writing: what a killed process has left is settled first.
        with LadybugStore(path, namespace=_within(namespace)) as store:
            return store.holds_others()
    except StoreLockedError:
        raise
    except (StoreError, InputError):
        return False


def _within(namespace: str | None) -> Namespace:
    return PLAIN if namespace is None else Namespace(require_namespace(namespace))


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
