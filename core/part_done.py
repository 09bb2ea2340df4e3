"""How far a piece of long work is, told from within it to whoever waits.

What draws says how many are done; who listens, and whether anybody does, is not its business. So
nothing that is computed depends on it, and functions of numbers take no argument for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

import numpy as np

__all__ = ["hear_parts", "part", "tell_draws", "tell_part"]

_Chunk = TypeVar("_Chunk")
_HEARD_BY: ContextVar[Callable[[float], None] | None] = ContextVar("heard_by", default=None)


def tell_part(share: float) -> None:
    """Tell whoever listens which share of the work is done.

    Parameters
    ----------
    share : float
        From 0 to 1.
    """
    heard_by = _HEARD_BY.get()
    if heard_by is not None:
        heard_by(share)


@contextmanager
def hear_parts(listener: Callable[[float], None] | None) -> Iterator[None]:
    """Listen to what is told within.

    Parameters
    ----------
    listener : callable or None
        Takes the share that is done; None: nobody listens.
    """
    token = _HEARD_BY.set(listener)
    try:
        yield
    finally:
        _HEARD_BY.reset(token)


@contextmanager
def part(begin: float, end: float) -> Iterator[None]:
    """Take what is told within for a part of the whole work, and tell its end.

    Parameters
    ----------
    begin, end : float
        From 0 to 1.

    Examples
    --------
    >>> with hear_parts(print), part(0.5, 1.0):
    ...     tell_part(0.5)
    0.75
    1.0
    """
    outer = _HEARD_BY.get()
    if outer is None:
        yield
        return
    with hear_parts(lambda share: outer(begin + (end - begin) * share)):
        yield
    outer(end)


def tell_draws(chunks: Iterable[_Chunk], draws: int) -> Iterator[_Chunk]:
    """Pass on draws, and tell which share of them has been dealt with.

    Parameters
    ----------
    chunks : iterable
        Arrays of shape (B, N, N), of B draws each, or one draw each.
    draws : int
        All of them.

    Examples
    --------
    >>> with hear_parts(print):
    ...     taken = list(tell_draws([np.zeros((3, 2, 2)), np.zeros((1, 2, 2))], 4))
    0.75
    1.0
    """
    done = 0
    for chunk in chunks:
        yield chunk
        done += len(chunk) if isinstance(chunk, np.ndarray) and chunk.ndim == 3 else 1
        tell_part(min(1.0, done / max(1, draws)))
