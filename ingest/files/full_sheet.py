"""A text file with as many rows as a sheet holds: what was below may have been cut off."""

from __future__ import annotations

__all__ = ["perhaps_cut"]

#: Rows of a sheet, by what wrote it.
_FULL = {65_536: "a sheet of old Excel (.xls)", 1_048_576: "a sheet of Excel"}


def perhaps_cut(file: str, rows: int, above: int) -> list[str]:
    """Return a warning of a file whose lines fill a sheet.

    Parameters
    ----------
    file : str
        The file, for messages.
    rows : int
        Its records.
    above : int
        Lines above them, the header among them.

    Examples
    --------
    >>> print(*perhaps_cut("c.csv", 65_535, 1))
    c.csv: it has exactly 65,535 rows, as many as a sheet of old Excel (.xls) holds: what follows \
them may have been cut off. Look whether its last row is the last one of the source.
    >>> perhaps_cut("c.csv", 65_537, 1)
    []
    """
    for full, sheet in _FULL.items():
        if rows in {full - 1, full} or rows + above == full:
            return [
                f"{file}: it has exactly {rows:,} rows, as many as {sheet} holds: what follows "
                "them may have been cut off. Look whether its last row is the last one of the "
                "source."
            ]
    return []
