"""Cells that know nothing of each other, computed here or by workers, each of them once.

A worker that dies takes the cells with it that it had, and the standard pool gives up all that
were still to come. What is lost is handed to a new pool; a cell has its own stream of chance, so
it comes to the same, whoever computes it, and however often. Finished cells can be kept, so that a
run that is killed itself goes on with them.
"""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import islice
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import Generic, TypeVar

from .errors import SpillgraphError
from .kept_cells import Cells
from .one_thread import one_thread
from .part_done import hear_parts

__all__ = ["Counts", "LostCellError", "Pool", "Watched", "map_cells", "processes"]

_Job = TypeVar("_Job")
_Found = TypeVar("_Found")

#: So often a cell may end its worker, alone at work, before it is held to be the cause.
ATTEMPTS = 3
#: Seconds after which workers that say nothing are looked at.
BEAT = 2.0
#: Smallest part of a cell that is told, and seconds between two times that a worker tells it.
STEP, TOLD = 0.01, 1.0
#: Seconds for which no cell may end, where nobody says otherwise: a day.
PATIENCE = 86_400.0


class LostCellError(SpillgraphError):
    """Workers died while they computed a cell, or did not answer."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How far cells are.

    Parameters
    ----------
    cells : int
        All of them.
    done : int
        Those that have ended, those of a run before among them.
    before : int
        Those that a run before had computed.
    retried : int
        How often one was begun again because its worker died.
    part : float
        What is done of the cells at work, from 0 to 1 each. Of workers it is known where finished
        cells are kept.

    Examples
    --------
    >>> print(Counts(120, 50, before=47, retried=2))
    50 of 120 cells done, 47 of them before, 2 begun again, 70 left
    """

    cells: int
    done: int = 0
    before: int = 0
    retried: int = 0
    part: float = 0.0

    @property
    def left(self) -> int:
        """Those that have not ended."""
        return self.cells - self.done

    @property
    def share(self) -> float:
        """The share that has ended, with what is done of the one at work."""
        return min(1.0, (self.done + self.part) / max(1, self.cells))

    def __str__(self) -> str:
        """Say all that is not 0."""
        words = [f"{self.done:,} of {self.cells:,} cells done"]
        words += [f"{self.before:,} of them before"] if self.before else []
        words += [f"{self.retried:,} begun again"] if self.retried else []
        return ", ".join([*words, f"{self.left:,} left"])


class Watched(Executor):
    """An executor that looks after its workers, and says how they are."""

    #: How many cells it has begun again without being asked.
    retried: int = 0

    def trouble(self) -> str:
        """Say why no cell can end; nothing where one may."""
        return ""


def _ignore(place: object) -> None:
    """Workers of this machine see its folders and files."""


@dataclass(frozen=True, slots=True)
class Pool:
    """Workers that can be had anew, and stay for the next cells as long as none of them dies.

    Parameters
    ----------
    make : callable
        Makes an executor.
    workers : int
        How many cells it computes at a time.
    require_folder : callable
        Takes a folder that is there; refuses it if a worker does not see it.
    require_files : callable
        Takes files; refuses one that a worker does not see, or sees another.
    ahead : int
        How many cells it is given beyond those: none where a worker that dies takes all with it.
    doubts : tuple of str
        What must be known of the workers.
    """

    make: Callable[[], Executor]
    workers: int
    require_folder: Callable[[Path], None] = _ignore
    require_files: Callable[[Sequence[Path]], None] = _ignore
    ahead: int = 0
    doubts: tuple[str, ...] = ()
    _idle: list[Executor] = field(default_factory=list, repr=False)

    def take(self) -> Executor:
        """Return workers: those who are there, or new ones."""
        return self._idle.pop() if self._idle else self.make()

    def give_back(self, executor: Executor) -> None:
        """Keep workers for the next cells; none of them has died, and none is at work."""
        self._idle.append(executor)

    def close(self) -> None:
        """Let the workers go."""
        while self._idle:
            self._idle.pop().shutdown(wait=False, cancel_futures=True)


def processes(n: int) -> Pool:
    """Return processes of this machine.

    Parameters
    ----------
    n : int
        How many.
    """
    # Not by a fork: other threads of this process hold locks that a copy would never get.
    context = get_context("spawn")
    return Pool(lambda: ProcessPoolExecutor(n, context, _end_with_parent), n)


def _end_with_parent() -> None:
    """End this worker when whoever began it is killed: it would wait for more work for ever."""
    parent = parent_process()
    if parent is not None:
        waits = parent

        def end() -> None:
            waits.join()
            os._exit(1)

        threading.Thread(target=end, daemon=True).start()


def map_cells(
    compute: Callable[[_Job], _Found],
    jobs: Sequence[_Job],
    pool: Pool | Executor | None = None,
    *,
    name: Callable[[_Job], str] = str,
    patience: float = PATIENCE,
    keep: Cells | None = None,
    tell: Callable[[Counts], None] = lambda counts: None,
) -> Iterator[tuple[_Job, _Found]]:
    """Compute cells, and yield each as it ends.

    BLAS has one thread while a cell is computed, so that its digits depend on no machine.

    Parameters
    ----------
    compute : callable
        A function of a module, which workers can import; the same of a job whenever it is called.
    jobs : sequence
        What it is called with, in the order in which they begin: the longest first.
    pool : Pool or concurrent.futures.Executor, optional
        Who computes; of a :class:`Pool` a new one is made where workers die. Default: here, one
        after the other.
    name : callable
        Names a job in messages.
    patience : float
        Seconds for which no cell may end; a day.
    keep : Cells, optional
        Where finished cells are kept; those that are there already are not computed again.
    tell : callable
        Takes the :class:`Counts` whenever they change.

    Yields
    ------
    tuple of (job, object)
        In the order in which they end; those that were kept first.

    Raises
    ------
    LostCellError
        If a cell ends its worker whenever it is computed, an executor breaks that cannot be made
        anew, or no cell ends for longer than ``patience``.
    OSError
        If a finished cell cannot be written.

    Examples
    --------
    >>> dict(map_cells(abs, [-2, 3]))
    {-2: 2, 3: 3}
    """
    left = _Left(compute, dict(enumerate(jobs)), name, patience, tell)
    yield from left.kept(keep)
    if pool is None:
        yield from left.ended_here()
        return
    if isinstance(pool, Executor):
        yield from left.ended(pool, len(jobs))
        if left.jobs:
            raise LostCellError(
                f"a worker died, and {len(left.jobs)} of {len(jobs)} cells are not computed, "
                f"{left.first} for one; give a Pool, of which a new one can be made."
            )
        return
    while left.jobs:
        executor, whole = pool.take(), False
        try:
            yield from left.ended(executor, pool.workers + pool.ahead)
            whole = not left.broken
        finally:
            if whole:
                pool.give_back(executor)
            else:
                executor.shutdown(wait=False, cancel_futures=True)


class _Left(Generic[_Job, _Found]):
    """Cells that are still to be computed."""

    def __init__(
        self,
        compute: Callable[[_Job], _Found],
        jobs: dict[int, _Job],
        name: Callable[[_Job], str],
        patience: float,
        tell: Callable[[Counts], None],
    ) -> None:
        self.compute, self.jobs, self.name, self.patience = compute, jobs, name, patience
        self.lost = dict.fromkeys(jobs, 0)  # how often with a worker that died
        self.alone = dict.fromkeys(jobs, 0)  # how often so, with no other cell at work
        self.counts, self.tell = Counts(len(jobs)), tell
        self.keep: Cells | None = None
        self.keys: dict[int, str] = {}
        self.seen = 0  # of those that the executor at work has begun again itself
        self.broken = False  # whether a worker of the executor at work has died

    @property
    def first(self) -> str:
        """Name of one of them."""
        return self.name(next(iter(self.jobs.values())))

    def kept(self, keep: Cells | None) -> Iterator[tuple[_Job, _Found]]:
        """Yield what a run before has computed."""
        self.keep = keep
        if keep is None:
            return
        self.keys = {at: keep.key(self.compute, job) for at, job in self.jobs.items()}
        for at, key in self.keys.items():
            if known := keep.read(key):
                done = self.counts.done + 1
                self.counts = replace(self.counts, done=done, before=done)
                yield self.jobs.pop(at), known[0]
        if self.counts.before:
            self.tell(self.counts)

    def ended_here(self) -> Iterator[tuple[_Job, _Found]]:
        """Yield what comes of cells, computed one after the other."""
        for at in list(self.jobs):
            with hear_parts(self._hear):
                found = _compute(self.compute, self.jobs[at])
            yield self._end(at, found)

    def _hear(self, part: float) -> None:
        """Take note of what is done of the cell at work, in steps that can be seen."""
        if part >= self.counts.part + STEP:
            self.counts = replace(self.counts, part=part)
            self.tell(self.counts)

    def ended(self, executor: Executor, workers: int) -> Iterator[tuple[_Job, _Found]]:
        """Yield what comes of cells until all have ended or the executor is broken."""
        trusted = [at for at in self.jobs if self.lost[at] < 2]
        # No more at a time than there are workers, so that few are lost; those that were lost again
        # go alone when all others are done, those lost most last: if one of them ends its worker
        # no other is the cause.
        waiting = iter(trusted or sorted(self.jobs, key=self.lost.__getitem__))
        most = workers if trusted else 1
        running: dict[Future[_Found], int] = {}
        self.broken = False
        self.seen = executor.retried if isinstance(executor, Watched) else 0
        while True:
            for at in islice(waiting, most - len(running)):
                try:
                    job, told_in = self.jobs[at], self._told_in(at)
                    self._forget_part(at)  # told by a run that was killed, or a worker that died
                    running[executor.submit(_compute, self.compute, job, told_in)] = at
                except BrokenExecutor:
                    self.broken = True
                    break
            if not running:
                return
            for future in self._wait(running, executor):
                at = running.pop(future)
                try:
                    found = future.result()
                except BrokenExecutor:
                    self.broken = True
                    self._note_loss(at, self._parts(running), alone=most == 1)
                else:
                    self._forget_part(at)
                    yield self._end(at, found, self._parts(running))
            if self.broken:  # what still runs is lost, too, and told at once
                waiting = iter(())

    def _wait(self, running: dict[Future[_Found], int], executor: Executor) -> set[Future[_Found]]:
        """Wait until a cell ends, as long as one may."""
        begun = time.monotonic()
        while (still := begun + self.patience - time.monotonic()) > 0:
            ended, _ = wait(running, timeout=min(BEAT, still), return_when=FIRST_COMPLETED)
            if isinstance(executor, Watched):
                self._count(retried=executor.retried - self.seen)
                self.seen = executor.retried
                if not ended and (trouble := executor.trouble()):
                    raise LostCellError(self._unended(running, trouble))
            if ended:
                return ended
            self._hear(self._parts(running))
            if isinstance(executor, ProcessPoolExecutor):
                _end_if_one_died(executor)
        told = f"no cell has ended for {self.patience:g} seconds"
        raise LostCellError(self._unended(running, told))

    def _told_in(self, at: int) -> Path | None:
        """Return the file in which a worker tells how far it is; none where nothing is kept."""
        return self.keep.folder / f"{self.keys[at]}.part" if self.keep else None

    def _parts(self, running: dict[Future[_Found], int]) -> float:
        """Return what is done of all cells that workers are at."""
        parts = 0.0
        for at in running.values():
            place = self._told_in(at)
            with suppress(OSError, ValueError):  # none yet, or half written
                parts += min(1.0, float(place.read_text(encoding="ascii"))) if place else 0.0
        return parts

    def _forget_part(self, at: int) -> None:
        if place := self._told_in(at):
            with suppress(OSError):
                place.unlink(missing_ok=True)

    def _unended(self, running: dict[Future[_Found], int], trouble: str) -> str:
        one = self.name(self.jobs[next(iter(running.values()))])
        more = " Those that have ended are kept." if self.keep else ""
        return (
            f"{trouble}; {len(self.jobs)} are left, {one} is one. Look whether the workers live."
            f"{more}"
        )

    def _end(self, at: int, found: _Found, parts: float = 0.0) -> tuple[_Job, _Found]:
        if self.keep is not None:
            self.keep.write(self.keys[at], found)
        self._count(done=1, parts=parts)
        return self.jobs.pop(at), found

    def _count(self, done: int = 0, retried: int = 0, parts: float | None = None) -> None:
        if done or retried:
            old = self.counts
            ended = replace(old, done=old.done + done, retried=old.retried + retried)
            self.counts = replace(ended, part=old.part if parts is None else parts)
            self.tell(self.counts)

    def _note_loss(self, at: int, parts: float, *, alone: bool) -> None:
        self.lost[at] += 1
        self.alone[at] += alone
        if self.alone[at] >= ATTEMPTS:
            raise LostCellError(
                f"{self.name(self.jobs[at])}: the worker died {self.lost[at]} times while it "
                "computed this cell; it may need more memory than there is."
            )
        self._count(retried=1, parts=parts)


def _end_if_one_died(executor: ProcessPoolExecutor) -> None:
    """End a pool of which a worker has died without its noticing.

    One that is killed while it hands over what it has found leaves half of it in the pipe, and the
    pool waits for the other half as long as anybody could write it: the other workers, and we.
    """
    workers = list((executor._processes or {}).values())
    if any(worker.exitcode not in (None, 0) for worker in workers):
        for worker in workers:
            worker.kill()
        with suppress(AttributeError, OSError):  # where it has ended meanwhile
            executor._result_queue._writer.close()  # type: ignore[attr-defined]


def _compute(compute: Callable[[_Job], _Found], job: _Job, told_in: Path | None = None) -> _Found:
    """Compute a cell, here or in a worker, which tells in a file how far it is."""
    if told_in is None:
        with one_thread():
            return compute(job)
    with one_thread(), hear_parts(_writer(told_in)):
        return compute(job)


def _writer(place: Path) -> Callable[[float], None]:
    """Return what writes a share into a file, seldom enough to cost nothing."""
    last = -math.inf  # a clock may begin at 0

    def write(share: float) -> None:
        nonlocal last
        if (now := time.monotonic()) - last >= TOLD:
            last = now
            with suppress(OSError):  # the work does not depend on it
                place.write_text(f"{share:.4f}", encoding="ascii")

    return write
