"""Cells are computed once, whatever becomes of the workers."""

from __future__ import annotations

import os
import signal
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from cells import drawn, dying, stuck, torn
from spillgraph.core.map_cells import Counts, LostCellError, Pool, map_cells, processes


def test_here_and_by_workers_it_is_the_same() -> None:
    here = dict(map_cells(drawn, range(20)))
    assert dict(map_cells(drawn, range(20), processes(2))) == here
    with ThreadPoolExecutor(2) as threads:
        assert dict(map_cells(drawn, range(20), threads)) == here


def test_workers_that_are_killed_lose_nothing_and_change_no_digit() -> None:
    here = dict(map_cells(drawn, range(120)))
    pools: list[ProcessPoolExecutor] = []

    def make() -> ProcessPoolExecutor:
        pools.append(ProcessPoolExecutor(2, get_context("spawn")))
        return pools[-1]

    kills = 0

    def kill() -> None:
        nonlocal kills
        while kills < 4 and not stop.is_set():
            time.sleep(0.05)
            workers = list((pools[-1]._processes or {}).values()) if len(pools) == kills + 1 else []
            if workers and len(found) > 20 * (kills + 1):
                os.kill(workers[kills % len(workers)].pid or 0, signal.SIGKILL)
                kills += 1

    found: dict[int, float] = {}
    stop = threading.Event()
    killer = threading.Thread(target=kill)
    killer.start()
    for key, value in map_cells(drawn, range(120), Pool(make, 2)):
        assert key not in found
        found[key] = value
    stop.set()
    killer.join()
    assert found == here
    assert kills and kills < len(pools) <= 2 * kills + 1


def test_a_cell_that_ends_its_worker_now_and_then_is_computed(tmp_path: Path) -> None:
    jobs = [(str(tmp_path), key) for key in (0, 3, 0, 2, 0)]
    found = sorted(value for _, value in map_cells(dying, jobs, processes(2)))
    assert found == [0, 0, 0, 2, 3]


def test_a_worker_that_is_killed_while_it_hands_over_what_it_found_is_not_waited_for(
    tmp_path: Path,
) -> None:
    """The standard pool would wait for the second half of what it has begun to read, for ever."""
    jobs = [(str(tmp_path), key) for key in range(6)]
    counts: list[Counts] = []
    found = dict(map_cells(torn, jobs, processes(2), tell=counts.append, patience=60))
    assert found == {job: bytes(100_000) for job in jobs}
    assert counts[-1].retried >= 1


def test_a_cell_that_always_ends_its_worker_is_named_and_no_other() -> None:
    jobs = [("", 0), ("", -1), ("", 0)]
    found = []
    with pytest.raises(LostCellError, match=r"cell -1: the worker died \d times"):
        for _, value in map_cells(dying, jobs, processes(2), name=lambda job: f"cell {job[1]}"):
            found.append(value)
    assert found == [0, 0]


def test_an_executor_that_breaks_says_what_to_give() -> None:
    with (
        ProcessPoolExecutor(1, get_context("spawn")) as executor,
        pytest.raises(LostCellError, match="give a Pool"),
    ):
        list(map_cells(dying, [("", -1), ("", 0)], executor))


def test_nobody_waits_for_ever() -> None:
    pool = processes(2)
    with pytest.raises(LostCellError, match="no cell has ended for 4 seconds; 1 are left, 1 is"):
        list(map_cells(stuck, [0, 1], pool, patience=4.0))


def test_what_a_cell_raises_is_raised() -> None:
    with pytest.raises(TypeError):
        list(map_cells(abs, ["a"], processes(1)))  # type: ignore[list-item]
