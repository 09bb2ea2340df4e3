"""The engines that compare distances: what each has to have, and which of them is meant.

An engine is a file with the functions of :class:`Plans` and a row in ``ENGINES``. How draws are
made, what bounds them from below and which are asked for is not its concern (:mod:`_verdicts`).
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any, Literal, NamedTuple, Protocol, TypeAlias, cast

from ...core.errors import InputError, show
from ..linalg._labels import Vector
from ._cell import Cell, Matrix, Places

__all__ = ["ENGINES", "Engine", "Plans", "choose_engine"]

Engine: TypeAlias = Literal["auto", "compiled", "numpy", "brute"]


class Plans(Protocol):
    """What an engine has to have."""

    #: Whether bounds from below spare it draws; without, ``lower`` is 0 and there are no prices.
    BOUNDED: bool
    #: Pairs of sites, n·m, above which a plan is refused: it would take hours, or too much memory.
    MOST: int
    #: What to do then, in words.
    BEYOND: str

    def plan(self, a: Matrix, b: Matrix, wa: Vector, wb: Vector) -> tuple[float, Vector]:
        """Return W₁ of two sets of sites with their masses, and prices of the second.

        Prices are the g of any plan: min over b of (distance − g) is 1-Lipschitz, so its means
        bound a distance from below; those of the best plan reach it.
        """

    def distances(self, cell: Cell) -> Matrix:
        """Return W₁ of all pairs, shape (J, J), km; NaN on the diagonal."""

    def settle(
        self,
        cell: Cell,
        ranks: Places,
        drawn: Places,
        fixed: Places,
        lower: Vector,
        limits: Vector,
        prices: Vector,
    ) -> tuple[Places, Places, tuple[int, int, int, int]]:
        """Count draws that are proved near, and proved far, until no verdict can change.

        Parameters
        ----------
        cell : Cell
            Sites and masses.
        ranks : ndarray, shape (T,)
            A verdict is: at most so many draws are near. None: all draws are counted.
        drawn : ndarray, shape (S, n)
            The draws, all of one size.
        fixed : ndarray, shape (m,)
            Sites of the industry that stays.
        lower : ndarray, shape (S,)
            What each draw's distance is at least; may be raised in place.
        limits : ndarray, shape (P,)
            Up to which distance a draw is near, for each pair.
        prices : ndarray, shape (m,)
            Prices of the fixed sites to begin with.

        Returns
        -------
        near, far : ndarray, shape (P,)
            Draws at most as far as the limit, and farther.
        took : tuple of int
            Draws settled by bounds alone, by a first plan, by an exact one; pivots.
        """


class Row(NamedTuple):
    """An engine: its file, the package it needs, and how to get that."""

    file: str
    needs: str
    remedy: str


ENGINES = {
    "compiled": Row("_engine_compiled", "numba", "pip install 'spillgraph[fast]'"),
    "numpy": Row("_engine_numpy", "scipy", "pip install spillgraph"),
    "brute": Row("_engine_brute", "ot", "pip install POT"),
}


def choose_engine(engine: str) -> Plans:
    """Return the engine that is meant: compiled loops where numba is installed.

    Parameters
    ----------
    engine : {"auto", "compiled", "numpy", "brute"}
        What was asked.

    Returns
    -------
    Plans
        The file with its functions.

    Raises
    ------
    InputError
        If it is another, or what it needs is not installed.

    Examples
    --------
    >>> choose_engine("numpy").__name__.rpartition(".")[2]
    '_engine_numpy'
    """
    if engine == "auto":
        engine = "compiled" if _is_there("compiled") else "numpy"
    if not isinstance(engine, str) or engine not in ENGINES:
        raise InputError(f"engine: got {show(engine)}; give one of auto, {', '.join(ENGINES)}.")
    row = ENGINES[engine]
    if not _is_there(engine):
        raise InputError(f"engine {engine!r}: {row.needs} is needed; {row.remedy}.")
    file: Any = import_module(f"{__package__}.{row.file}")  # here: numba takes a second to import
    return cast(Plans, file)


def _is_there(engine: str) -> bool:
    return find_spec(ENGINES[engine].needs) is not None
