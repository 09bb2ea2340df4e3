"""Who computes cells: this process, processes of this machine, or a Dask cluster.

An engine is named by a text, as the command line takes it. Whatever could spoil a run later –
nobody answers, another version, a folder that is not shared – is looked for before work begins.
"""

from __future__ import annotations

from os import cpu_count
from typing import TYPE_CHECKING

from .errors import EngineError, show

if TYPE_CHECKING:  # what a command line that computes nothing need not wait for
    from .map_cells import Pool

__all__ = ["LOCAL", "open_engine"]

#: The engine that needs nobody.
LOCAL = "local"
#: Processes that anybody may want on one machine; and seconds in which the first one must answer.
MOST, PATIENCE = 256, 120.0
REMEDY = (
    "say local, processes:4 (so many on this machine) or dask:tcp://HOST:8786 (a scheduler's "
    "address)"
)


def open_engine(text: str = LOCAL) -> Pool | None:
    """Return who computes, looked at and found ready.

    Parameters
    ----------
    text : str
        ``local``, ``processes:N`` or ``dask:ADDRESS``.

    Returns
    -------
    Pool or None
        For :func:`~spillgraph.core.map_cells.map_cells`; None computes here.

    Raises
    ------
    EngineError
        If the text is none of these, nobody answers in time, or a worker has other versions.

    Examples
    --------
    >>> open_engine("local") is None
    True
    >>> open_engine("proceses:4")
    Traceback (most recent call last):
    ...
    spillgraph.core.errors.EngineError: engine 'proceses:4' is not known: say local, processes:4 \
(so many on this machine) or dask:tcp://HOST:8786 (a scheduler's address).
    """
    kind, _, rest = str(text).strip().partition(":")
    if kind == LOCAL and not rest:
        return None
    if kind == "processes":
        return _processes(text, rest)
    if kind == "dask" and rest.strip("/"):
        from .dask_engine import cluster  # an extra, imported where it is asked for

        return cluster(rest)
    raise EngineError(f"engine {show(text)} is not known: {REMEDY}.")


def _processes(text: str, number: str) -> Pool:
    if not (number.isascii() and number.isdigit() and 1 <= int(number) <= MOST):
        raise EngineError(
            f"engine {show(text)}: the number of processes must be whole, from 1 to {MOST}; say "
            "processes:4, or local."
        )
    from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, wait

    from .map_cells import processes
    from .versions import differences, versions

    pool = processes(int(number))
    executor, ready = pool.take(), False
    try:
        # As many begin now as there are processors, while input is hashed and opened; one tells of
        # this machine.
        asked = [executor.submit(versions) for _ in range(min(pool.workers, cpu_count() or 1))]
        told = wait(asked, timeout=PATIENCE, return_when=FIRST_COMPLETED).done
        if not told:
            raise EngineError(
                f"engine {show(text)}: no process has begun within {PATIENCE:g} seconds; the "
                "machine may be full, ask for fewer, or say local."
            )
        if odd := differences(told.pop().result()):
            raise EngineError(f"engine {show(text)}: processes have {odd}; start again.")
        ready = True
    except BrokenExecutor:
        raise EngineError(
            f"engine {show(text)}: processes end as soon as they begin. In a script of your own "
            'put the call under if __name__ == "__main__":, for each of them reads it first.'
        ) from None
    finally:
        if ready:
            pool.give_back(executor)
        else:
            executor.shutdown(wait=False, cancel_futures=True)
    return pool
