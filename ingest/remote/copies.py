"""Objects of a study as files: each is brought once, whole, and read from its copy ever after.

A copy lies in a folder that is named by the address and by the version of the object, so that an
object that has not changed is not brought again, and one that has does not take the file away from
a run that still reads it.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from ...core.errors import InputError, StudyError, nearest, show
from ...core.write_whole import whole_file, write_whole
from .address import require_no_secrets, scheme_of
from .store import LISTED, NoSuchObject, answered, opened

__all__ = ["CACHE", "Objects"]

#: Names the folder of copies; without it they lie beside the study file.
CACHE = "SPILLGRAPH_CACHE"
_BESIDE = ".spillgraph-cache"
#: What stores say of the version of an object: a mark, or else a time.
_MARKS = ("ETag", "etag", "md5Hash", "content_md5", "Content-MD5", "Digest", "generation")
_TIMES = (
    "LastModified",
    "last_modified",
    "Last-Modified",
    "updated",
    "mtime",
    "modified",
    "created",
)
#: Objects that are brought at a time: each question to a store takes some tenths of a second.
_AT_ONCE = 8
#: Seconds between two looks at how far they are.
_BEAT = 0.2
#: Seconds after which a file that is not whole is nobody's: who brings it has bytes each minute.
_STALE = 3_600.0

#: Takes what is being worked on, and the share that is done.
Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class _Object:
    """An object that was found: what it is called, where it lies, and where its copy is to be."""

    name: str
    address: str
    store: Any
    place: str
    info: dict[str, Any]
    path: Path


class Objects:
    """The objects that a study names.

    Parameters
    ----------
    folder : Path
        Where the study file lies; copies lie in ``.spillgraph-cache`` there, or where
        ``SPILLGRAPH_CACHE`` says.
    """

    def __init__(self, folder: Path) -> None:
        said = os.environ.get(CACHE)
        self.folder = Path(said).expanduser().absolute() if said else folder / _BESIDE
        self._found: dict[tuple[str, str], tuple[tuple[str, Path], ...]] = {}
        self._lacking: dict[Path, _Object] = {}

    @property
    def lacking(self) -> bool:
        """Whether any object has still to be brought."""
        return bool(self._lacking)

    def find(self, name: str, address: str, key: str) -> tuple[tuple[str, Path], ...]:
        """Return (shown name, path of the copy) of each object that an address stands for.

        As with paths, a folder stands for all objects below, and ``*``, ``?``, ``[…]`` and ``**``
        for all that match; names that begin with ``.`` or ``_`` are left out there. The copies are
        there after :meth:`bring`.

        Parameters
        ----------
        name, address : str
            The address as the study file has it, with variables, and what it stands for.
        key : str
            Place in the study file, for messages.

        Raises
        ------
        StudyError
            If nothing is there, or the store cannot be asked.
        """
        if (name, address) not in self._found:  # two entries read one version
            require_no_secrets(_without_query(address), key)
            try:
                objects = _look(name, address, key, self.folder)
            except StudyError:
                raise
            except InputError as error:
                raise StudyError(f"key '{key}': {error}") from None
            self._lacking |= {
                each.path: each
                for each in objects
                if _version(each.info) is None or not each.path.is_file()
            }
            self._found[name, address] = tuple((each.name, each.path) for each in objects)
        return self._found[name, address]

    def bring(self, progress: Progress) -> None:
        """Copy what is not there yet, some at a time: what has come stays, whatever follows.

        Parameters
        ----------
        progress : callable
            Called with the name of one that is on its way, and the share of the bytes that are
            there.

        Raises
        ------
        InputError
            If the store stops to answer, an object changes meanwhile, or the folder of copies
            cannot be written to.
        """
        self._make_folder()
        lacking = list(self._lacking.values())
        whole = max(1, sum(each.info.get("size") or 0 for each in lacking))
        came = dict.fromkeys(self._lacking, 0)

        def show(name: str) -> None:
            progress(name, min(1.0, sum(came.values()) / whole))

        # Some packages have one line to a store, on which nobody else may speak meanwhile.
        alone = [each for each in lacking if not each.store.async_impl]
        self._bring_some([each for each in lacking if each.store.async_impl], _AT_ONCE, came, show)
        self._bring_some(alone, 1, came, show)

    def _bring_some(
        self,
        objects: list[_Object],
        at_once: int,
        came: dict[Path, int],
        show: Callable[[str], None],
    ) -> None:
        """Copy objects, so many at once; ``came`` has their bytes."""
        waiting, stop = iter(objects), threading.Event()
        running: dict[Future[None], _Object] = {}
        threads = ThreadPoolExecutor(at_once)
        try:
            while True:
                for each in islice(waiting, at_once - len(running)):
                    tell = partial(came.__setitem__, each.path)
                    running[threads.submit(_bring, each, tell, stop)] = each
                if not running:
                    return
                show(next(iter(running.values())).name)
                ended, _ = wait(running, _BEAT, FIRST_COMPLETED)
                for future in [each for each in running if each in ended]:
                    future.result()
                    each = running.pop(future)
                    came[each.path] = each.info.get("size") or 0
                    del self._lacking[each.path]
        finally:
            stop.set()  # whoever is on the way still, after an error
            threads.shutdown()
            for future, each in running.items():
                if future.exception() is None:
                    del self._lacking[each.path]

    def _make_folder(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if not (ignore := self.folder / ".gitignore").exists():  # nobody commits data so
                write_whole(ignore, b"*\n")
        except OSError as error:
            raise InputError(
                f"{self.folder}: copies of objects cannot be kept there ({error.strerror}). Name a "
                f"folder in the environment variable {CACHE}."
            ) from None


def _without_query(address: str) -> str:
    """Leave out what a variable may hold and the study file may not: a signature."""
    return address.partition("?")[0]


def _look(name: str, address: str, key: str, folder: Path) -> list[_Object]:
    """Find the objects of an address."""
    store, place = opened(address, key, name)

    def ask(call: Callable[..., Any], *arguments: Any, **more: Any) -> Any:
        return answered(name, address, call, *arguments, **more)

    def copy(shown: str, info: dict[str, Any]) -> _Object:
        path = _copy_of(folder, address, info["name"], _version(info))
        return _Object(shown, address, store, info["name"], info, path)

    signs = "*[" if scheme_of(address) in ("http", "https") else "*?["
    base, depth, below = place, 0, {}
    try:
        info = ask(store.info, place)
        if info["type"] != "directory":
            return [copy(name, info)]
        below = ask(store.find, place, detail=True, patience=LISTED)
    except NoSuchObject:
        parts = place.split("/")
        first = next((n for n, part in enumerate(parts) if set(part) & set(signs)), len(parts))
        base, depth = "/".join(parts[:first]), len(parts) - first
        if depth:
            with suppress(NoSuchObject):
                below = ask(store.glob, place, detail=True, patience=LISTED)
    above = "/".join(name.split("/")[:-depth]) if depth else name
    prefix = f"{above.rstrip('/')}/" if above else ""
    found = []
    for each, about in sorted(below.items()):
        inner = each.removeprefix(base).lstrip("/")
        hidden = any(part.startswith((".", "_")) for part in inner.split("/"))
        if about["type"] != "directory" and not hidden and not inner.endswith("/"):
            found.append(copy(f"{prefix}{inner}", about))
    if not found:
        left = "Names that begin with . or _ are left out."
        hint = left if below else _hint(name, store, place, ask)
        raise StudyError(f"key '{key}': there is no object {show(name, 400)}. {hint}")
    return found


def _hint(name: str, store: Any, place: str, ask: Callable[..., Any]) -> str:
    """Say what lies beside it."""
    above, _, last = place.rstrip("/").rpartition("/")
    try:
        beside = [str(each).rstrip("/").rpartition("/")[2] for each in ask(store.ls, above, False)]
    except InputError:
        beside = []
    if beside:
        return nearest(last, beside)
    parent = show(name.rstrip("/").rpartition("/")[0], 400)
    return f"Nothing lies in {parent}; look at the name of the bucket, too."


def _version(info: dict[str, Any]) -> str | None:
    """Return what tells an object from its next version; None where the store says nothing."""
    said = next((info[each] for each in _TIMES if info.get(each)), None)
    return _mark(info) or (None if said is None else f"{said} {info.get('size')}")


def _mark(info: dict[str, Any]) -> str | None:
    """Return what the store calls a version, spelled alike in a list of objects and alone."""
    said = next((str(info[each]).strip('"') for each in _MARKS if info.get(each)), None)
    return None if said is None else f"{said} {info.get('size')}"


def _copy_of(folder: Path, address: str, place: str, version: str | None) -> Path:
    """Return where the copy of a version lies, below the folders that give columns their values."""
    scheme = scheme_of(address)
    host = address.split("/")[2]
    account = host if "@" in host else ""  # of Azure, which is no part of the place
    mark = hashlib.sha256(f"{scheme}://{account}\n{place}\n{version}".encode()).hexdigest()[:20]
    if scheme in ("http", "https"):
        place = place.partition("?")[0]
    *folders, last = place.rstrip("/").split("/")
    return Path(folder, scheme, mark, *(part for part in folders if "=" in part), last or "object")


class _StoppedError(Exception):
    """Another object cannot be had."""


def _bring(wanted: _Object, tell: Callable[[int], None], stop: threading.Event) -> None:
    """Copy one object, whole or not at all."""
    from fsspec.callbacks import Callback

    came = [0]

    def note(size: int | None, value: int, **more: Any) -> None:
        came[0] = value
        moved()

    def moved() -> int:
        if stop.is_set():
            raise _StoppedError
        return came[0]

    try:
        wanted.path.parent.mkdir(parents=True, exist_ok=True)
        _sweep(wanted.path.parent)
        # Times may be spelled otherwise in a list: of those that are asked for alone, both are.
        before = wanted.info if _mark(wanted.info) else _now(wanted, moved)
        with whole_file(wanted.path) as fresh:
            answered(
                *(wanted.name, wanted.address, wanted.store.get_file, wanted.place, str(fresh)),
                callback=Callback(hooks={"note": note}),
                moved=moved,
                tell=tell,
            )
            _require_same(wanted, before, fresh, moved)
    except OSError as error:  # a full disk does not say of which file
        raise OSError(error.errno, error.strerror, str(wanted.path)) from None


def _now(wanted: _Object, moved: Callable[[], int]) -> dict[str, Any]:
    """Return what the store says of an object now."""
    wanted.store.invalidate_cache()
    ask, place = wanted.store.info, wanted.place
    info: dict[str, Any] = answered(wanted.name, wanted.address, ask, place, moved=moved)
    return info


def _require_same(
    wanted: _Object, before: dict[str, Any], copy: Path, moved: Callable[[], int]
) -> None:
    """Refuse a copy that may be of another version than the one which was found.

    And see to it that the copy is on disk before it gets its name.
    """
    with copy.open("rb") as file:
        os.fsync(file.fileno())
        size = file.seek(0, os.SEEK_END)
    after = _now(wanted, moved)
    if _version(before) != _version(after) or size < (after.get("size") or 0):
        raise InputError(
            f"{show(wanted.name, 400)}: the object has changed while it was read. Run again when "
            "nobody writes it."
        )


def _sweep(folder: Path) -> None:
    """Remove what somebody has left who was killed."""
    for path in folder.glob(".*"):
        with suppress(OSError):
            if path.stat().st_mtime < time.time() - _STALE:
                path.unlink()
