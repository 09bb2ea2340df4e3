"""The folder of a run: it is never somebody else's work that is replaced."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import portalocker

from ..core.errors import InputError

__all__ = ["answered_in", "claim", "deeper_of", "require_same"]

#: What a run writes into its folder.
OURS = (
    "tables",
    "rejects",
    "matrices",
    "hubs",
    "figures",
    "psi",
    "psi.json",
    "run.json",
    "report.html",
    "graph.lbug",
    ".new",
)
#: What 'spillgraph psi' writes besides.
DEEPER = ("figures", "psi", "psi.json")
#: Says that the names above are of a run. Written first, so that a run that was cut off can go on.
MARKER = ".spillgraph"


@contextmanager
def claim(
    out: Path, inputs: Iterable[Path], store: Path | None = None, more: Iterable[str] = ()
) -> Iterator[None]:
    """Make the folder of a run and hold it while the run goes on, or refuse it.

    Parameters
    ----------
    out : Path
        The folder; it may hold other files, and an earlier run.
    inputs : iterable of Path
        Files that the study reads.
    store : Path, optional
        Where the graph lies, if the user says so.
    more : iterable of str
        Further folders that the run writes into it.

    Raises
    ------
    InputError
        If it is a file, cannot be written to, another run is at work in it, or a run would
        replace what no run has written.
    """
    if out.exists() and not out.is_dir():
        raise InputError(f"--out {out} is a file; name a folder.")
    ours = (*OURS, *more)
    places = [(out / name).resolve() for name in ours]
    for path in inputs:
        if any(path.resolve().is_relative_to(place) for place in places):
            raise InputError(
                f"--out {out}: a run would replace the input {path}; name another folder."
            )
    replaced = [place for place in places if place.name != "graph.lbug"]
    if store is not None and any(store.resolve().is_relative_to(place) for place in replaced):
        raise InputError(f"--store {store} lies where the run writes its results; name another.")
    if not (out / MARKER).exists():
        taken = [name for name in ours if (out / name).exists()]
        if taken:
            raise InputError(
                f"--out {out}: a run would replace {', '.join(taken)} there, which no run has "
                "written; name another folder."
            )
    try:
        out.mkdir(parents=True, exist_ok=True)
        marker = (out / MARKER).open("a", encoding="utf-8")
    except OSError as error:
        raise InputError(f"--out {out} cannot be written to: {error.strerror}.") from None
    with marker:
        try:
            portalocker.lock(marker, portalocker.LOCK_EX | portalocker.LOCK_NB)
        except portalocker.LockException:
            raise InputError(
                f"--out {out}: another run is at work there; wait until it ends, or name another "
                "folder."
            ) from None
        if not marker.tell():
            marker.write("The results of a spillgraph run lie here.\n")
            marker.flush()
        yield


def deeper_of(out: Path) -> str:
    """Return the fingerprint of the run whose psi.json lies in a folder; empty without one.

    Parameters
    ----------
    out : Path
        Folder of a run.
    """
    try:
        found = json.loads((out / "psi.json").read_text(encoding="utf-8"))
        return str(found["fingerprint"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def answered_in(out: Path) -> tuple[str, dict[str, Any]]:
    """Return the fingerprint of the run in a folder, and what its capabilities left there.

    Parameters
    ----------
    out : Path
        Folder of a run.
    """
    try:
        found = json.loads((out / "run.json").read_text(encoding="utf-8"))
        return str(found["fingerprint"]), dict(found.get("capabilities", {}))
    except (OSError, ValueError, KeyError, TypeError):
        return "", {}


def require_same(out: Path, whole: str, asked: Collection[str], *, deep: bool) -> None:
    """Refuse to remove what a deeper look or a capability has left of another run.

    Parameters
    ----------
    out : Path
        Folder of the run that is to come.
    whole : str
        Its fingerprint.
    asked : collection of str
        Capabilities that it asks; their files are written anew.
    deep : bool
        Whether it looks deeper into ψ.

    Raises
    ------
    InputError
        If there is anything of the kind, and not of the same run.
    """
    there = [name for name in DEEPER if (out / name).exists()]
    if there and not deep and deeper_of(out) != whole:
        raise _would_remove(out, "psi", there)
    mark, found = answered_in(out)
    for name in found:
        if name not in asked and mark != whole and (out / name).exists():
            raise _would_remove(out, name, [name])


def _would_remove(out: Path, command: str, there: list[str]) -> InputError:
    return InputError(
        f"--out {out}: 'spillgraph {command}' has written {', '.join(there)} there, of other input "
        f"or other choices than this run, which would remove them. Run 'spillgraph {command}' "
        "again, name another folder, or add --replace."
    )
