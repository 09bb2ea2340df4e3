"""The folder of a run: it is never somebody else's work that is replaced."""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

import portalocker

from ..core.errors import InputError

__all__ = [
    "CELLS",
    "FRESH",
    "PASSING",
    "UNFINISHED",
    "answered_in",
    "claim",
    "discard_unfinished",
    "half_moved",
    "hold",
    "places_of",
    "require_readable",
    "require_same",
    "staying_in",
]

#: What every run computed before run.json said what nobody had asked for.
ALWAYS = ("hubs",)
#: What ``spillgraph psi`` writes.
PSI = ("figures", "psi", "psi.json")
#: Where everything waits until all of it is there.
FRESH = ".new"
#: Where a graph that is not to stay is built. Always the same, so that what a kill leaves is found.
PASSING = ".graph"
#: Where cells that have ended are kept until all that is asked is written down.
CELLS = ".cells"
#: What every run writes into its folder.
EVERY = (
    "tables",
    "rejects",
    "matrices",
    "hubs",
    "hubs.json",
    "run.json",
    "report.html",
    "graph.lbug",
    FRESH,
    PASSING,
    CELLS,
)
#: What a run may write into its folder, whatever is asked.
OURS = (*EVERY, *PSI)
#: Key of a run.json that a run leaves while it moves its files: the places that it moves.
UNFINISHED = "unfinished"
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
        Further files and folders that the run writes into it.

    Raises
    ------
    InputError
        If it is a file, cannot be written to, another run is at work in it, or a run would
        replace what no run has written.
    """
    if out.exists() and not out.is_dir():
        raise InputError(f"--out {out} is a file; name a folder.")
    more = tuple(more)
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
    known = _written_in(out)
    writes = (*EVERY, *more) if known else ours
    taken = [name for name in dict.fromkeys(writes) if name not in known and (out / name).exists()]
    if taken:
        raise InputError(
            f"--out {out}: a run would replace {', '.join(taken)} there, which no run has "
            "written; move it away, or name another folder."
        )
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"--out {out} cannot be written to: {error.strerror}.") from None
    with hold(out):
        yield


def _written_in(out: Path) -> set[str]:
    """Return the names in a folder that a run has written: a marker alone makes no other ours."""
    if not (out / MARKER).exists():
        return set()
    return {*EVERY, *half_moved(out), *places_of(chain(*answered_in(out)[1].values()))}


@contextmanager
def hold(out: Path) -> Iterator[None]:
    """Hold the folder of a run: nobody else writes into it meanwhile.

    Parameters
    ----------
    out : Path
        The folder.

    Raises
    ------
    InputError
        If it cannot be written to, or another run is at work in it.
    """
    try:
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


@contextmanager
def discard_unfinished(out: Path) -> Iterator[None]:
    """Remove what a run has not finished; results of the run before it are as they were.

    Parameters
    ----------
    out : Path
        Folder of the run, claimed.
    """
    try:
        yield
    finally:
        for folder in (FRESH, PASSING):
            shutil.rmtree(out / folder, ignore_errors=True)


def answered_in(out: Path, *, unasked: bool = True) -> tuple[str, dict[str, list[str]]]:
    """Return the fingerprint of the run in a folder, and the files of each of its capabilities.

    Parameters
    ----------
    out : Path
        Folder of a run.
    unasked : bool
        Whether those count that nobody asked for: every run writes them anew.
    """
    mark: str = ""
    files: dict[str, list[str]] = {}
    listed = False
    try:
        record = json.loads((out / "run.json").read_text(encoding="utf-8"))
        mark, listed = str(record["fingerprint"]), "capabilities" in record
        files = dict(record.get("capabilities", {}))
        for name in () if unasked else record.get("unasked", ALWAYS):
            files.pop(name, None)
    except (OSError, ValueError, KeyError, TypeError):
        pass  # of no run that is known
    there = [name for name in PSI if (out / name).exists()]
    if there and not listed:  # an older version did not list it
        files["psi"] = there
    return mark, files


def half_moved(out: Path) -> list[str]:
    """Return the places that a run was moving its files to when it was cut off; mostly none.

    Parameters
    ----------
    out : Path
        Folder of a run.
    """
    try:
        record = json.loads((out / "run.json").read_text(encoding="utf-8"))
        return [str(place) for place in record.get(UNFINISHED, [])]
    except (OSError, ValueError, AttributeError, TypeError):
        return []


def staying_in(out: Path, whole: str, asked: Collection[str]) -> dict[str, list[str]]:
    """Return the files of capabilities that a run leaves as they are: of the same run, not asked.

    What somebody has asked for is more than what every run finds, and stays, too. Files that are
    gone do not.

    Parameters
    ----------
    out : Path
        Folder of the run.
    whole : str
        Its fingerprint.
    asked : collection of str
        Capabilities that somebody asks.
    """
    mark, files = answered_in(out, unasked=False)
    if mark != whole:
        return {}
    there = {
        name: [place for place in some if (out / place).exists()]
        for name, some in files.items()
        if name not in asked
    }
    return {name: some for name, some in there.items() if some}


def places_of(files: Iterable[str]) -> list[str]:
    """Return the names in the folder of a run under which files lie.

    Examples
    --------
    >>> places_of(["psi/sums_2012.csv", "psi/sums_2017.csv", "psi.json"])
    ['psi', 'psi.json']
    """
    return list(dict.fromkeys(each.split("/")[0] for each in files))


def require_readable(out: Path, places: Iterable[str]) -> None:
    """Refuse a folder whose run.json is damaged where files lie of which it alone could tell.

    They would stay beside the results of another run, and no run.json would list them.

    Parameters
    ----------
    out : Path
        Folder of the run that is to come.
    places : iterable of str
        Names of all that any capability writes.

    Raises
    ------
    InputError
        If there are such files.
    """
    if not (out / "run.json").exists() or answered_in(out)[0]:
        return
    always = {*EVERY, *PSI}  # which are known for a run's without its record
    left = [name for name in places if name not in always and (out / name).exists()]
    if (out / MARKER).exists() and left:
        raise InputError(
            f"--out {out}: run.json there is damaged, so that nobody can tell of which run "
            f"{', '.join(left)} there is; move what lies there away, or name another folder."
        )


def require_same(out: Path, whole: str, asked: Collection[str]) -> None:
    """Refuse to remove what a capability has left of another run.

    Parameters
    ----------
    out : Path
        Folder of the run that is to come.
    whole : str
        Its fingerprint.
    asked : collection of str
        Capabilities that somebody asks; their files are written anew.

    Raises
    ------
    InputError
        If there is anything of the kind, and not of the same run.
    """
    mark, capabilities = answered_in(out, unasked=False)
    left = {
        name: there
        for name, files in capabilities.items()
        if name not in asked and mark != whole
        if (there := [place for place in places_of(files) if (out / place).exists()])
    }
    if left:
        names = " and ".join(f"'spillgraph {name}'" for name in left)
        places = ", ".join(sorted({place for there in left.values() for place in there}))
        raise InputError(
            f"--out {out}: {names} {'have' if len(left) > 1 else 'has'} written {places} there, of "
            "other input or other choices than this run, which would remove them. Name another "
            f"folder, or add --replace and run {names} again."
        )
