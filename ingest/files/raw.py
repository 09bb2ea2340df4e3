"""A file as a table: its columns under names of ours, because those of a file may be anything."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["Filled", "Malformed", "Raw"]


@dataclass(frozen=True, slots=True)
class Malformed:
    """A row that is no row: wrong number of fields, or broken quoting."""

    file: str
    row: int
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Filled:
    """What ``fill_down`` did in a column of a file.

    Parameters
    ----------
    file, column : str
        Where.
    cells : int
        Blank cells that have the value above now.
    repeats : int
        Filled rows that repeat the value of a filled row right above them.
    row : int
        The first of these rows.
    value : str
        What it repeats.
    """

    file: str
    column: str
    cells: int
    repeats: int
    row: int
    value: str


@dataclass(frozen=True, slots=True)
class Raw:
    """A DuckDB table of a file's rows.

    Parameters
    ----------
    columns : dict of str to str
        The file's names and ours, ``c0``, ``c1``, …: DuckDB takes ``a`` and ``A`` for one.
    types : dict of str to str
        The file's names and DuckDB's types.
    malformed : tuple of Malformed
        Rows that could not be taken apart.
    warnings : tuple of str
        What is doubtful of the file as a whole.
    joined : bool
        Whether some texts run over several lines.
    apart : str
        What would tell rows of a matrix apart that have one label, as a sentence.
    since_1904 : bool
        Whether the file counts days from 1904-01-01.
    filled : tuple of Filled
        What ``fill_down`` did.
    view : str
        The SELECT of the rows where they are still in a file, and there is no table; else empty.
    place : Path or None
        That file.
    """

    columns: dict[str, str]
    types: dict[str, str]
    malformed: tuple[Malformed, ...] = ()
    warnings: tuple[str, ...] = ()
    joined: bool = False
    apart: str = ""
    since_1904: bool = False
    filled: tuple[Filled, ...] = ()
    view: str = ""
    place: Path | None = None
