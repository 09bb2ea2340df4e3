"""Read a CSV file as text, so that results depend on nothing that is guessed from data."""

from __future__ import annotations

import csv
import gzip
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa

from ..core.errors import InputError
from . import sql
from .study_model import Entry

__all__ = ["Malformed", "is_text", "read_csv", "refuse_broken_lines"]


@dataclass(frozen=True, slots=True)
class Malformed:
    """A row that is no row: wrong number of fields, broken quoting or encoding."""

    file: str
    row: int
    value: str
    reason: str


def is_text(path: Path) -> bool:
    """Whether a file is CSV, by its name."""
    suffixes = "".join(path.suffixes[-2:]).lower()
    return suffixes.endswith((".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt", ".txt.gz"))


def read_csv(
    con: duckdb.DuckDBPyConnection, entry: Entry, shown: str, path: Path, raw: str
) -> list[Malformed]:
    """Make a table of the file's own columns as text, with ``_row``.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Where the table goes.
    entry : Entry
        Gives the encoding and, if the study says so, the delimiter.
    shown, path : str, Path
        Name for messages, and the file.
    raw : str
        Name of the table.

    Returns
    -------
    list of Malformed
        Rows that cannot be taken apart, in their order.

    Raises
    ------
    InputError
        If the header or the encoding cannot be read, or a quote swallows rows.
    """
    header, delimiter = _header(entry, shown, path)
    con.execute("DROP TABLE IF EXISTS _bad")
    con.execute("DROP TABLE IF EXISTS _bad_scan")
    columns = "{" + ", ".join(f"{sql.text(column)}: 'VARCHAR'" for column in header) + "}"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {raw} AS SELECT row_number() OVER () AS _row, * "
        f"FROM read_csv(?, columns = {columns}, header = true, auto_detect = false, delim = ?, "
        """quote = '"', escape = '"', encoding = ?, store_rejects = true, """
        "rejects_table = '_bad', rejects_scan = '_bad_scan', rejects_limit = 0)",
        [str(path), delimiter, entry.encoding],
    )
    bad = con.execute(
        "SELECT line - 1, any_value(csv_line), any_value(error_type) FROM _bad "
        "GROUP BY 1 ORDER BY 1"
    ).fetchall()
    if bad:
        blank = _blank_before(path, entry.encoding, [int(row) + 1 for row, _, _ in bad])
        bad = [
            (int(row) - lines, str(line).strip(), kind)
            for (row, line, kind), lines in zip(bad, blank, strict=True)
        ]
        for row, line, _ in bad:
            if len(line.splitlines()) > 1:
                raise _broken_lines(shown, row, line)
        _renumber(con, raw, [row for row, _, _ in bad])
    return [
        Malformed(shown, row, line, f"the row cannot be taken apart: {kind.lower()}")
        for row, line, kind in bad
    ]


def refuse_broken_lines(
    con: duckdb.DuckDBPyConnection, raw: str, shown: str, columns: set[str]
) -> None:
    """Refuse a value that runs over several lines: a stray quote has swallowed rows.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the table ``raw`` of the file's own columns and ``_row``.
    raw, shown : str
        Name of the table, and of the file for the message.
    columns : set of str
        Columns that are looked at; line breaks in others do no harm.

    Raises
    ------
    InputError
        Naming the file, the row and how many lines the value has.
    """
    for column in sorted(columns):
        name = f"CAST({sql.name(column)} AS VARCHAR)"
        found = con.execute(
            f"SELECT _row, {name} FROM {raw} "
            f"WHERE contains({name}, chr(10)) OR contains({name}, chr(13)) LIMIT 1"
        ).fetchall()
        if found:
            raise _broken_lines(shown, *found[0])


def _broken_lines(shown: str, row: int, value: str) -> InputError:
    lines = len(value.splitlines())
    return InputError(
        f"{shown}, row {row}: a quote is opened and closed only {lines} lines later, so that rows "
        f"would be lost: {value[:60]!r}… Close the quote, or double it if it belongs to the text."
    )


def _blank_before(path: Path, encoding: str, lines: list[int]) -> list[int]:
    """Count the blank lines before each of some lines: the reader numbers lines, we number rows."""
    opener = gzip.open if path.suffix.lower() == ".gz" else open
    counts, blank, wanted = [], 0, iter(lines)
    line = next(wanted)
    with opener(path, "rt", encoding=encoding, errors="replace") as file:
        for number, text in enumerate(file, start=1):
            while number == line:
                counts.append(blank)
                line = next(wanted, -1)
            if line < 0:
                break
            blank += not text.strip()
    return counts + [blank] * (len(lines) - len(counts))


def _renumber(con: duckdb.DuckDBPyConnection, raw: str, bad: list[int]) -> None:
    """Move rows down past those that could not be taken apart: row_number() passes over them."""
    # after so many good rows come so many bad ones
    shift = {row - number: number for number, row in enumerate(bad, start=1)}
    con.register("_shift", pa.table({"good": list(shift.keys()), "bad": list(shift.values())}))
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {raw} AS SELECT r._row + coalesce(s.bad, 0) AS _row, "
        f"r.* EXCLUDE (_row) FROM {raw} AS r ASOF LEFT JOIN _shift AS s ON r._row > s.good"
    )
    con.unregister("_shift")


def _header(entry: Entry, shown: str, path: Path) -> tuple[list[str], str]:
    """Read the first line ourselves: guessing columns from data would make results depend on it."""
    opener = gzip.open if path.suffix.lower() == ".gz" else open
    encoding = "utf-8-sig" if entry.encoding == "utf-8" else entry.encoding
    # Rows that are not in the encoding are refused one by one later; here they are only passed.
    with opener(path, "rt", encoding=encoding, errors="replace", newline="") as file:
        line = file.readline()
    if not line.strip():
        raise InputError(f"{shown}: the file is empty; it needs a header row.")
    if "\x00" in line:
        raise InputError(f'{shown}: this is no {entry.encoding}; try encoding = "utf-16".')
    if line.count('"') % 2:
        raise InputError(f"{shown}: the header has a quote that is not closed in its line.")
    delimiter = entry.delimiter or max(",;\t|", key=line.count)
    header = next(csv.reader([line], delimiter=delimiter))
    # pandas writes its index without a name
    header = [name or f"column_{number}" for number, name in enumerate(header, start=1)]
    twice = pd.Index(header)[pd.Index(header).str.lower().duplicated()]
    if len(twice):
        raise InputError(f"{shown}: the header names column {twice[0]!r} twice; rename one.")
    return header, delimiter
