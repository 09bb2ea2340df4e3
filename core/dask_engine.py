"""Cells on a Dask cluster: the scheduler begins again what a dead worker had.

Every wait has a limit. Workers are asked by tasks that only they may take, never by
``Client.run``, which waits for ever on one that has died.
"""

from __future__ import annotations

import asyncio
import importlib
import pickle
import secrets
import threading
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from .errors import EngineError, show_some
from .map_cells import BEAT, Pool, Watched
from .versions import differences, processor, versions

__all__ = ["cluster"]

#: Seconds for the scheduler to answer, for workers to do so, and without any worker in a run.
CONNECT, ANSWER, ALONE = 10.0, 60.0, 60.0
#: Seconds for what came of a cell to arrive: at first, and at last, when it has been asked for six
#: times, in ten minutes altogether.
FETCH, FETCH_AT_LAST = 10.0, 320.0
#: Cells that wait with the scheduler: they hide the way there, and clusters that grow by their work
#: see that there is some.
AHEAD = 32
#: A shared folder may take a moment to show a new file everywhere.
_LOOKS, _PAUSE = 4, 1.0


class LostWorkerError(BrokenExecutor):
    """Workers died with a cell more often than the scheduler tries."""


def cluster(address: str) -> Pool:
    """Return the workers of a scheduler, looked at and found ready.

    Parameters
    ----------
    address : str
        As ``tcp://HOST:8786``.

    Raises
    ------
    EngineError
        If ``distributed`` is not installed, the scheduler does not answer or has no worker, or a
        worker does not answer or has other versions.
    """
    with _connected(address) as client:
        workers = _workers(client, address)
        about = _ask(client, address, workers, _about)
        for worker, (theirs, _) in about.items():
            if odd := differences(theirs):
                raise EngineError(
                    f"engine dask:{address}: worker {worker} has {odd}. Install the same versions "
                    "there (pip install -c constraints.txt, from the same checkout), so that every "
                    "worker comes to the same digits."
                )

    def require_folder(folder: Path) -> None:
        with _connected(address) as client:
            _require_folder(client, address, folder)

    def require_files(files: Sequence[Path]) -> None:
        with _connected(address) as client:
            _require_files(client, address, files)

    kinds = {worker: kind for worker, (_, kind) in about.items()}
    doubts = _doubts(address, kinds)
    return Pool(
        lambda: _Cluster(address), len(workers), require_folder, require_files, AHEAD, doubts
    )


def _about() -> tuple[dict[str, str], str]:
    """Say what a worker is."""
    return versions(), processor()


def _doubts(address: str, kinds: Mapping[str, str]) -> tuple[str, ...]:
    """Say so where processors are not of one kind."""
    here = processor()
    others = [worker for worker, kind in kinds.items() if kind != here]
    if not others:
        return ()
    more = f" ({len(others)} of {len(kinds)} workers)" if len(others) > 1 else ""
    return (
        f"engine dask:{address}: worker {others[0]}{more} has another kind of processor "
        f"({kinds[others[0]]}, here {here}), so that last digits may depend on who computes; set "
        "OPENBLAS_CORETYPE to one that all have, here and there.",
    )


class _Cluster(Watched):
    """A client of a scheduler as an executor."""

    def __init__(self, address: str) -> None:
        self.address, self.retried = address, 0
        self.client = _connect(address)
        self.running: dict[str, Any] = {}  # a task that nobody holds is dropped by the scheduler
        self.client.subscribe_topic("all", self._hear)
        self.alone_since: float | None = None

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Hand a call over, pickled here, so that it is the same as for any other process."""
        call = pickle.dumps((fn, args, kwargs), pickle.HIGHEST_PROTOCOL)
        outer: Future[Any] = Future()
        key = f"cell-{secrets.token_hex(8)}"

        def end(inner: Any) -> None:
            _pass_on(inner, outer)
            self.running.pop(key, None)

        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Sending large graph")
            inner = self.client.submit(_call, versions(), call, key=key, pure=False)
        self.running[key] = inner
        inner.add_done_callback(end)
        return outer

    def trouble(self) -> str:
        """Say so where the scheduler does not answer, or has had no worker for a minute."""
        try:
            there = _known(self.client, self.address)
        except EngineError as error:
            return str(error).rstrip(".")
        now = time.monotonic()
        self.alone_since = None if there else self.alone_since or now
        if self.alone_since is None or now - self.alone_since < ALONE:
            return ""
        return f"engine dask:{self.address}: there has been no worker for {ALONE:g} seconds"

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the cluster; what it still computes for us is cancelled."""
        with suppress(Exception):
            self.client.unsubscribe_topic("all")
        with suppress(Exception):
            self.client.cancel(list(self.running.values()))
        with suppress(Exception):
            self.client.close(timeout=CONNECT)

    def _hear(self, event: tuple[float, Mapping[str, Any]]) -> None:
        """Count what a dead worker had, which the scheduler begins again."""
        _, what = event
        if what.get("action") == "remove-worker" and not what.get("expected"):
            self.retried += sum(key in self.running for key in what.get("processing-tasks", ()))


def _pass_on(ended: Any, outer: Future[Any]) -> None:
    """Give what came of a call to those who wait for it, whatever came."""
    try:
        content = _fetch(ended)
    except Exception as error:
        if ended.status == "error" and type(error).__name__ != "KilledWorker":
            outer.set_exception(error)
        else:  # the workers of the cell have gone, or the scheduler with all that it had
            outer.set_exception(LostWorkerError(str(error)))
        return
    try:
        outer.set_result(pickle.loads(content))
    except Exception as unknown:  # of a class that is not here
        outer.set_exception(unknown)


def _fetch(ended: Any) -> Any:
    """Bring what came of a call here; ask again, and wait twice as long each time.

    If a worker dies while something is asked of it the scheduler may owe the answer for ever,
    though others have computed the same again.
    """
    patience = FETCH
    while True:
        try:
            return ended.result(timeout=patience)
        except TimeoutError:
            if ended.status == "error":  # which is the call's own, whatever it is
                return ended.result(timeout=patience)
            if patience >= FETCH_AT_LAST:
                raise
        patience = min(2 * patience, FETCH_AT_LAST)


#: One cell at a time in a process: those that the graph library and BLAS share nothing with.
_one_at_a_time = threading.Lock()


def _call(wanted: dict[str, str], call: bytes) -> bytes:
    """Do a call in a worker; one that came later may have other versions."""
    if wanted != versions():
        raise EngineError(
            f"a worker that joined the cluster has other versions: {_turned(wanted)}. Install the "
            "same ones there."
        )
    with _one_at_a_time:
        try:
            fn, args, kwargs = pickle.loads(call)
        except ImportError as error:
            raise EngineError(
                f"a worker cannot import what it is to compute ({error}); put the module where all "
                "workers find it."
            ) from None
        return pickle.dumps(fn(*args, **kwargs), pickle.HIGHEST_PROTOCOL)


def _turned(wanted: dict[str, str]) -> str:
    mine = versions()
    return "; ".join(
        f"{name} {mine.get(name)}, wanted {wanted.get(name)}"
        for name in {**wanted, **mine}
        if mine.get(name) != wanted.get(name)
    )


def _connect(address: str) -> Any:
    """Return a client that has had an answer."""
    distributed = _imported()
    try:
        # A client that finds nobody keeps trying to close itself; and one that somebody listens to
        # who never answers waits for ever.
        with ThreadPoolExecutor(1) as thread:  # whoever calls may have a loop of its own
            thread.submit(asyncio.run, _knock(distributed, address)).result()
        with warnings.catch_warnings():  # of versions, which are looked at with more care
            warnings.filterwarnings("ignore", "Mismatched versions")
            return distributed.Client(address, timeout=CONNECT, set_as_default=False)
    except (OSError, ValueError, TypeError, RuntimeError, ImportError) as error:
        why = str(error).splitlines()[0] if str(error) else f"nothing within {CONNECT:g} seconds"
        raise EngineError(
            f"engine dask:{address}: no scheduler answers there ({why}). Start one (dask "
            "scheduler), and give the address that it tells, as in dask:tcp://HOST:8786."
        ) from None


async def _knock(distributed: Any, address: str) -> None:
    """Say hello to a scheduler and leave; it must answer in time."""
    async with asyncio.timeout(CONNECT):
        remote = distributed.rpc(address, timeout=CONNECT)
        try:
            await remote.identity(n_workers=0)
        finally:
            await remote.close_rpc()


@contextmanager
def _connected(address: str) -> Any:
    client = _connect(address)
    try:
        yield client
    finally:
        with suppress(Exception):
            client.close(timeout=CONNECT)


def _imported() -> Any:
    """Import what talks with schedulers, which tells the screen nothing of its own."""
    try:
        config = importlib.import_module("dask").config
        quiet = {"logging": {"distributed": "critical", "distributed.client": "critical"}}
        with config.set(quiet):
            return importlib.import_module("distributed")
    except ImportError:
        raise EngineError(
            'engine dask: the package distributed is not installed; pip install "spillgraph[dask]",'
            " or say processes:4."
        ) from None


def _known(client: Any, address: str) -> list[str]:
    """Return the addresses of the workers, as the scheduler knows them now."""
    try:
        known = client.sync(client.scheduler.identity, n_workers=-1, callback_timeout=CONNECT)
    except Exception as error:  # whatever the way there has: none of it is an answer
        raise EngineError(
            f"engine dask:{address}: the scheduler does not answer any more "
            f"({type(error).__name__})."
        ) from None
    return list(known["workers"])


def _workers(client: Any, address: str) -> list[str]:
    """Return the addresses of the workers, of which there must be one."""
    known = _known(client, address)
    if not known:
        raise EngineError(
            f"engine dask:{address}: the scheduler has no worker. Start some (dask worker "
            f"{address} --nworkers 4 --nthreads 1), and run the same command again."
        )
    return known


def _ask(
    client: Any, address: str, workers: list[str], what: Callable[..., Any], *given: Any
) -> dict[str, Any]:
    """Return what each worker answers; one that has gone meanwhile is left out."""
    asked = {
        worker: client.submit(
            what,
            *given,
            workers=[worker],
            allow_other_workers=False,
            pure=False,
            key=f"ask-{secrets.token_hex(8)}",
        )
        for worker in workers
    }
    until = time.monotonic() + ANSWER
    while time.monotonic() < until and not all(each.done() for each in asked.values()):
        time.sleep(0.02)
    there = _workers(client, address)
    asked = {worker: each for worker, each in asked.items() if each.done() or worker in there}
    answers = {}
    for worker, future in asked.items():
        if not future.done():
            silent = [one for one, each in asked.items() if not each.done()]
            raise EngineError(
                f"engine dask:{address}: {show_some(silent)} "
                f"{'does' if len(silent) == 1 else 'do'} not answer within {ANSWER:g} seconds; the "
                "worker may be busy with other work, or dead. Wait, or restart it."
            )
        answers[worker] = _answer(future, worker, address)
    return answers


def _answer(future: Any, worker: str, address: str) -> Any:
    error = future.exception(timeout=BEAT)
    if error is None:
        return future.result(timeout=BEAT)
    if isinstance(error, EngineError):
        raise error
    if isinstance(error, ImportError | AttributeError):
        raise EngineError(
            f"engine dask:{address}: worker {worker} has no spillgraph, or another one ({error}). "
            "Install the same version there (pip install -c constraints.txt, from the same "
            "checkout)."
        )
    raise EngineError(f"engine dask:{address}: worker {worker} cannot compute: {error}.")


def _require_folder(client: Any, address: str, folder: Path) -> None:
    """Refuse a folder in which a worker does not find what we have just written there."""
    content = secrets.token_hex(16)
    probe = folder.resolve() / f".spillgraph-{secrets.token_hex(8)}"
    probe.write_text(content, encoding="utf-8")
    try:
        found = _ask(client, address, _workers(client, address), _look, str(probe))
    finally:
        probe.unlink(missing_ok=True)
    blind = {worker: text for worker, text in found.items() if text != content}
    for worker in blind:
        more = f" ({len(blind)} of {len(found)} workers do not)" if len(blind) > 1 else ""
        raise EngineError(
            f"engine dask:{address}: worker {worker} does not see {folder.resolve()}{more}. Name a "
            "folder on a disk that all workers have under the same path."
        )


def _require_files(client: Any, address: str, files: Sequence[Path]) -> None:
    """Refuse files that a worker does not see as they are here."""
    names = [str(file.absolute()) for file in files]
    here = _sizes(names)
    for worker, there in _ask(client, address, _workers(client, address), _sizes, names).items():
        for name, size, other in zip(names, here, there, strict=True):
            if other != size:
                seen = "does not see" if other < 0 else f"has {other:,} bytes, and not {size:,}, of"
                raise EngineError(
                    f"engine dask:{address}: worker {worker} {seen} {name}. Put large tables on a "
                    "disk that all workers have under the same path; copies of objects lie where "
                    "SPILLGRAPH_CACHE says."
                )


def _sizes(names: list[str]) -> list[int]:
    """Return the bytes of files; -1 of those that are not there."""
    return [Path(name).stat().st_size if Path(name).is_file() else -1 for name in names]


def _look(path: str) -> str:
    """Read a file in a worker."""
    for look in range(_LOOKS):
        with suppress(OSError):
            return Path(path).read_text(encoding="utf-8")
        if look + 1 < _LOOKS:
            time.sleep(_PAUSE)
    return ""
