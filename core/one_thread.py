"""Linear algebra with one thread: the same digits on every machine, whatever its processors.

BLAS adds up in another order where it has more threads, from about 100 sectors on. A worker that
shares its machine with others has one, so all have.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from threadpoolctl import threadpool_limits

__all__ = ["one_thread"]

_lock = Lock()
_limits: list[threadpool_limits] = []  # one of each cell since the last time that none was computed
_cells = 0


@contextmanager
def one_thread() -> Iterator[None]:
    """Give BLAS one thread while the block lasts; the last of blocks that overlap gives it back.

    Some builds of BLAS count threads for all of the process, others for each thread of it: none may
    be given back while another cell is computed.

    Examples
    --------
    >>> from threadpoolctl import threadpool_info
    >>> with one_thread():
    ...     {each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"} - {1}
    set()
    """
    global _cells
    with _lock:
        _cells += 1
        _limits.append(threadpool_limits(1, user_api="blas"))
    try:
        yield
    finally:
        with _lock:
            _cells -= 1
            while not _cells and _limits:
                _limits.pop().restore_original_limits()
