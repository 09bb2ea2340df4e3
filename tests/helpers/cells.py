"""Cells for workers to compute: in a file of their own, which processes of any start can import."""

from __future__ import annotations

import os
import signal
import time
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
from spillgraph.core.errors import ClosedClassError
from spillgraph.core.part_done import tell_part


def drawn(key: int) -> float:
    """A cell with a stream of chance of its own, long enough to be killed in."""
    time.sleep(0.01)
    return float(np.random.default_rng([7, key]).random())


def dying(job: tuple[str, int]) -> int:
    """End the worker: always, or the first times that it is tried."""
    folder, key = job
    if key < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    if key:
        tries = Path(folder) / str(key)
        with tries.open("a") as file:
            file.write("x")
        if tries.stat().st_size < key:
            os.kill(os.getpid(), signal.SIGKILL)
    return key


def stuck(key: int) -> int:
    """Take far longer than anybody would wait, but for the first."""
    time.sleep(9 if key else 0)
    return key


def closed(classes: list[list[str]]) -> None:
    """Find no inverse."""
    raise ClosedClassError("closed", classes)


def solved(job: tuple[int, int]) -> str:
    """Digits of a cell of linear algebra."""
    N, key = job
    A = np.eye(N) - np.random.default_rng([7, key]).random((2, N, N)) / N
    return (np.linalg.inv(A) @ A[::-1]).tobytes().hex()[:4_000]


def torn(job: tuple[str, int]) -> bytes:
    """Find much; the third is cut off, once, while its worker hands it over."""
    folder, key = job
    tried = Path(folder) / "tried"
    if key == 2 and not tried.exists():
        tried.touch()

        def send_half(self: Connection, content: bytes, write: object = None) -> None:
            os.write(self.fileno(), bytes(content)[: len(content) // 2])
            os.kill(os.getpid(), signal.SIGKILL)

        Connection._send = send_half  # type: ignore[attr-defined]
    return bytes(100_000)


def slow_halves(job: int) -> int:
    tell_part(0.5)
    time.sleep(1.0)
    return job


def die_once(job: Path) -> int:
    """Tell a half, and end the worker; the second time say nothing."""
    if job.exists():
        time.sleep(0.3)
        return 1
    tell_part(0.5)
    time.sleep(1.0)
    job.touch()
    os._exit(1)
