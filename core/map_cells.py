"""Cells that know nothing of each other, computed here or by workers, each of them once.

A worker that dies takes the cells with it that it had, and the standard pool gives up all that
were still to come. What is lost is handed to a new pool; a cell has its own stream of chance, so
it comes to the same, whoever computes it, and however often.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from typing import Generic, TypeVar

from .errors import SpillgraphError

__all__ = ["LostCellError", "Pool", "map_cells", "processes"]

_Job = TypeVar("_Job")
_Found = TypeVar("_Found")

#: So often a cell may end its worker, alone at work, before it is held to be the cause.
ATTEMPTS = 3


class LostCellError(SpillgraphError):
    """Workers died while they computed a cell, or did not answer."""


@dataclass(frozen=True, slots=True)
class Pool:
    """Workers that can be had anew.

    Parameters
    ----------
    make : callable
        Makes an executor.
    workers : int
        How many cells it computes at a time.
    """

    make: Callable[[], Executor]
    workers: int


def processes(n: int) -> Pool:
    """Return processes of this machine.

    Parameters
    ----------
    n : int
        How many.
    """
    # Not by a fork: other threads of this process hold locks that a copy would never get.
    return Pool(lambda: ProcessPoolExecutor(n, get_context("spawn")), n)


def map_cells(
    compute: Callable[[_Job], _Found],
    jobs: Sequence[_Job],
    pool: Pool | Executor | None = None,
    *,
    name: Callable[[_Job], str] = str,
    patience: float | None = None,
) -> Iterator[tuple[_Job, _Found]]:
    """Compute cells, and yield each as it ends.

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
    patience : float, optional
        Seconds for which no cell may end.

    Yields
    ------
    tuple of (job, object)
        In the order in which they end.

    Raises
    ------
    LostCellError
        If a cell ends its worker whenever it is computed, an executor breaks that cannot be made
        anew, or no cell ends for longer than ``patience``.

    Examples
    --------
    >>> dict(map_cells(abs, [-2, 3]))
    {-2: 2, 3: 3}
    """
    if pool is None:
        for job in jobs:
            yield job, compute(job)
        return
    left = _Left(compute, dict(enumerate(jobs)), name, patience)
    if isinstance(pool, Executor):
        yield from left.ended(pool, len(jobs))
        if left.jobs:
            raise LostCellError(
                f"a worker died, and {len(left.jobs)} of {len(jobs)} cells are not computed, "
                f"{left.first} for one; give a Pool, of which a new one can be made."
            )
        return
    while left.jobs:
        executor = pool.make()
        try:
            yield from left.ended(executor, pool.workers)
        finally:
            executor.shutdown(wait=False, cancel_futures=True)


class _Left(Generic[_Job, _Found]):
    """Cells that are still to be computed."""

    def __init__(
        self,
        compute: Callable[[_Job], _Found],
        jobs: dict[int, _Job],
        name: Callable[[_Job], str],
        patience: float | None,
    ) -> None:
        self.compute, self.jobs, self.name, self.patience = compute, jobs, name, patience
        self.lost = dict.fromkeys(jobs, 0)  # how often with a worker that died
        self.alone = dict.fromkeys(jobs, 0)  # how often so, with no other cell at work

    @property
    def first(self) -> str:
        """Name of one of them."""
        return self.name(next(iter(self.jobs.values())))

    def ended(self, executor: Executor, workers: int) -> Iterator[tuple[_Job, _Found]]:
        """Yield what comes of cells until all have ended or the executor is broken."""
        trusted = [at for at in self.jobs if self.lost[at] < 2]
        # No more at a time than there are workers, so that few are lost; those that were lost again
        # go alone when all others are done, those lost most last: if one of them ends its worker
        # no other is the cause.
        waiting = iter(trusted or sorted(self.jobs, key=self.lost.__getitem__))
        most = workers if trusted else 1
        running: dict[Future[_Found], int] = {}
        while True:
            broken = False
            for at in islice(waiting, most - len(running)):
                try:
                    running[executor.submit(self.compute, self.jobs[at])] = at
                except BrokenExecutor:
                    broken = True
                    break
            if not running:
                return
            ended, _ = wait(running, timeout=self.patience, return_when=FIRST_COMPLETED)
            if not ended:
                raise LostCellError(
                    f"no cell has ended for {self.patience:g} seconds; {len(self.jobs)} are left, "
                    f"{self.name(self.jobs[next(iter(running.values()))])} is one. Look whether "
                    "the workers live."
                )
            for future in ended:
                at = running.pop(future)
                try:
                    found = future.result()
                except BrokenExecutor:
                    broken = True
                    self._note_loss(at, alone=most == 1)
                else:
                    yield self.jobs.pop(at), found
            if broken:  # what still runs is lost, too, and told at once
                waiting = iter(())

    def _note_loss(self, at: int, *, alone: bool) -> None:
        self.lost[at] += 1
        self.alone[at] += alone
        if self.alone[at] >= ATTEMPTS:
            raise LostCellError(
                f"{self.name(self.jobs[at])}: the worker died {self.lost[at]} times while it "
                "computed this cell; it may need more memory than there is."
            )
