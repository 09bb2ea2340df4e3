"""Places in degrees or in km: the files of a table have one pair of columns, and all of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ...core.errors import InputError, nearest
from ..contract import Table

__all__ = ["require_one_pair"]


def require_one_pair(
    table: Table, given: Iterable[tuple[str, Collection[str], Collection[str]]]
) -> None:
    """Refuse files that have both pairs, none, a half, or another one than the files before.

    Parameters
    ----------
    table : Table
        Declares the pairs.
    given : iterable of (str, collection of str, collection of str)
        By entry: its file, those of our columns that it gives, and all of the file's own.

    Raises
    ------
    InputError
        Naming the file, the columns, and the key that mends it.
    """
    before: tuple[str, tuple[str, str]] | None = None
    for file, present, own in given if table.pairs else ():
        pair = _pair_of(table, file, present, own)
        if before and before[1] != pair:
            raise InputError(
                f"{file}: places of {table.name} are given as {_and(pair)}, those of {before[0]} "
                f"as {_and(before[1])}. Give all of them in one way."
            )
        before = file, pair


def _pair_of(
    table: Table, file: str, present: Collection[str], own: Collection[str]
) -> tuple[str, str]:
    """Return the one pair that a file gives."""
    whole = [pair for pair in table.pairs if set(pair) <= set(present)]
    ours = [name for pair in table.pairs for name in pair if name in present]
    if len(whole) == 1 and len(ours) == len(whole[0]):
        return whole[0]
    ways = " or ".join(f"{_and(pair)} in {table.column(pair[0]).unit}" for pair in table.pairs)
    if whole:
        alone = ", ".join(f'{name} = ""' for name in ours if name not in whole[0])
        raise InputError(
            f"{file}: the columns {_and(ours)} (for {table.name}) give places twice, and one way "
            f"is needed: {ways}. Leave the other alone with columns = {{ {alone} }}."
        )
    half = next((pair for pair in table.pairs if set(pair) & set(ours)), table.pairs[0])
    missing = next(name for name in half if name not in ours)
    raise InputError(
        f"{file}: there is no column {missing!r} (for {table.name}.{missing}), and places are "
        f"needed: {ways}. {nearest(missing, own)} Map it with columns = "
        f'{{ {missing} = "…" }}.'
    )


def _and(names: Collection[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}"
