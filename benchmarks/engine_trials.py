"""Cells with a worker killed at a random moment: python benchmarks/engine_trials.py [trials].

Each trial computes the same cells – coagglomeration of small towns, sums of ψ over draws of
citations, inverses of 120 sectors – on an engine, and kills one worker by its pid with signal 9 at
a random moment while cells are left. What comes out is compared byte for byte with the same cells
computed here. One trial is one kill: where the cells were done before, it is tried anew.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import random
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
from distributed import LocalCluster
from spillgraph.analytics.inference import bootstrap_citations, draw_sums
from spillgraph.analytics.space import coagglomeration
from spillgraph.core.engines import open_engine
from spillgraph.core.map_cells import Counts, Pool, map_cells
from spillgraph.core.matrix import LabelledMatrix

CELLS, WORKERS = 36, 2


def cell(key: int) -> bytes:
    """Compute one cell, which follows from its number alone."""
    rng = np.random.default_rng([11, key])
    if key % 3 == 0:
        industry = rng.choice(list("abcd"), 80)
        found = coagglomeration(rng.uniform(0, 50, (80, 2)), industry, seed=[1, key], draws=39,
                                threshold=0.9)  # fmt: skip
        return found.pairs.to_csv().encode()
    N = 30 if key % 3 == 1 else 120
    labels = [f"s{i:03d}" for i in range(N)]
    shares = rng.random((N, N)) / N
    if key % 3 == 2:
        return np.linalg.inv(np.eye(N) - 0.9 * shares).tobytes()
    S = LabelledMatrix.build("S", 0.5 * shares, labels)
    K = LabelledMatrix.build("K", rng.integers(0, 9, (N, N)), labels)
    sums = draw_sums(S, bootstrap_citations(K, rng, 99))
    return b"".join(frame.to_numpy().tobytes() for frame in sums.values.values())


def digest(found: dict[int, bytes]) -> str:
    """Name what came out, in the order of the cells."""
    return hashlib.sha256(pickle.dumps([found[key] for key in range(CELLS)])).hexdigest()


@contextmanager
def standard() -> Iterator[tuple[Pool, Callable[[], list[int]]]]:
    """The standard pool, and who its workers are now."""
    pool = open_engine(f"processes:{WORKERS}")
    assert pool is not None
    pool.close()  # the one that was looked at; each new one is taken note of
    made: list[Executor] = []

    def make() -> Executor:
        made.append(pool.make())
        return made[-1]

    watched = replace(pool, make=make, _idle=[])
    try:
        yield watched, lambda: list(getattr(made[-1], "_processes", None) or {}) if made else []
    finally:
        watched.close()


@contextmanager
def dask() -> Iterator[tuple[Pool, Callable[[], list[int]]]]:
    """A Dask cluster of this machine, and who its workers are now."""
    with LocalCluster(
        n_workers=2 * WORKERS, threads_per_worker=1, dashboard_address=":0", silence_logs=50
    ) as cluster:
        pool = open_engine(f"dask:{cluster.scheduler_address}")
        assert pool is not None

        def workers() -> list[int]:
            """Some are always about to begin again, in the place of those killed before."""
            there = [worker.pid for worker in cluster.scheduler.workers.values()]
            return there if len(there) >= WORKERS else []

        try:
            yield pool, workers
        finally:
            pool.close()


def trial(
    pool: Pool, workers: Callable[[], list[int]], chance: random.Random
) -> tuple[dict[int, bytes], Counts, bool]:
    """Compute all cells; kill a worker when some number of them is done, or a moment later."""
    found: dict[int, bytes] = {}
    counts = [Counts(CELLS)]
    killed, ended = threading.Event(), threading.Event()
    done, later = chance.randrange(CELLS), chance.uniform(0, 0.1)

    def kill() -> None:
        while (len(found) < done or not workers()) and not ended.is_set():
            time.sleep(0.001)
        if not ended.wait(later) and (there := workers()):
            os.kill(chance.choice(there), signal.SIGKILL)
            killed.set()

    killer = threading.Thread(target=kill)
    killer.start()
    for key, value in map_cells(cell, range(CELLS), pool, tell=counts.append):
        assert key not in found, "a cell came twice"
        found[key] = value
    ended.set()
    killer.join()
    return found, counts[-1], killed.is_set()


def main() -> None:
    """Print what became of the trials of each engine."""
    trials = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    here = digest(dict(map_cells(cell, range(CELLS))))
    print(f"{CELLS} cells, {WORKERS} workers; here: {here[:12]}")
    for name, engine in (("standard pool", standard), ("Dask", dask)):
        chance, kills, begun = random.Random(5), 0, time.perf_counter()
        outcomes: Counter[str] = Counter()
        retried: Counter[int] = Counter()
        with engine() as (pool, workers):
            while kills < trials:
                if name == "Dask":  # whose workers are there before cells are
                    while not workers():
                        time.sleep(0.01)
                found, counts, killed = trial(pool, workers, chance)
                kills += killed
                if killed:
                    outcomes["same" if digest(found) == here else "other"] += 1
                    retried[counts.retried] += 1
        print(
            f"{name}: {outcomes['same']} of {trials} trials with a worker killed have the same "
            f"bytes; cells begun again: {sum(n * k for n, k in retried.items())}, "
            f"{dict(sorted(retried.items()))} by trial; {time.perf_counter() - begun:.0f} s"
        )


if __name__ == "__main__":
    main()
