"""Read a text file as text, so that results depend on nothing that is guessed from data."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from ...core.errors import InputError
from .. import sql
from ..study_model import Entry
from .full_sheet import perhaps_cut
from .header import Header, read_header
from .plain import Plain, plain_file
from .raw import Malformed, Raw
from .records import Record, count_lines, records

__all__ = ["read_csv"]

#: DuckDB's own bound on the bytes of a line, and its word for lines that are longer.
_LINE = 2_000_000
_TOO_LONG = "LINE SIZE OVER MAXIMUM"


def read_csv(
    con: duckdb.DuckDBPyConnection,
    entry: Entry,
    file: str,
    path: Path,
    raw: str,
    folder: Path,
    *,
    lies: bool = False,
) -> Raw:
    """Make a table of the file's own columns as text, with ``_row``.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Where the table goes.
    entry : Entry
        Gives encoding, signs and the lines above the header.
    file, path : str, Path
        Name for messages, and the file, not compressed.
    raw : str
        Name of the table.
    folder : Path
        For a copy, where the file cannot be read as it is.
    lies : bool
        Whether the rows of a large file may lie in a copy, and the table be a view of it.

    Returns
    -------
    Raw

    Raises
    ------
    InputError
        If the header or the encoding cannot be read, or a quote swallows rows.
    """
    plain = plain_file(path, file, entry, folder)
    header = read_header(plain, path, file, entry)
    if header.apart:
        plain, header = _below(plain, header, folder)
    lies = lies and len(header.names) > 1
    copy = folder.absolute() / f"{raw}.parquet" if lies else None
    read, bad = _scan(con, plain, header, entry, raw, _LINE, copy)
    if bad and copy is not None:  # rows are numbered anew, in a table
        con.execute(f"DROP VIEW {raw}")
        copy = None
        read, bad = _scan(con, plain, header, entry, raw, _LINE, copy)
    if any(kind == _TOO_LONG for _, _, kind in bad):
        read, bad = _scan(con, plain, header, entry, raw, _longest(plain.path) + 2, copy)
    rows, joined = _require_all(con, plain, header, entry, file, raw, read, bad)
    malformed = tuple(
        Malformed(file, row, text.strip(), f"the row cannot be taken apart: {kind.lower()}")
        for row, (_, text, kind) in zip(rows, bad, strict=True)
    )
    columns = {name: f"c{number}" for number, name in enumerate(header.names)}
    if len(header.names) == 1:  # without its blank lines
        (read,) = sql.one(con, f"SELECT count(*) FROM {raw}")
    above = header.lines + header.cut
    cut = perhaps_cut(file, read + len(malformed), above)
    doubts = (*plain.warnings, *header.warnings, *cut)
    read_as = Raw(columns, dict.fromkeys(columns, "VARCHAR"), malformed, doubts, joined)
    return replace(read_as, view=_select(copy), place=copy) if copy else read_as


def _select(copy: Path) -> str:
    return f"SELECT * FROM read_parquet({sql.text(sql.path(copy))}, hive_partitioning = false)"


def _below(plain: Plain, header: Header, folder: Path) -> tuple[Plain, Header]:
    """Copy the rows alone: a reader would take quotes that stand above them for its own."""
    copy = folder / f"rows_{len(list(folder.iterdir()))}.csv"
    with plain.path.open("rb") as source, copy.open("wb") as target:
        source.seek(header.offset)
        shutil.copyfileobj(source, target, 1 << 20)
    return replace(plain, path=copy), replace(header, lines=0, offset=0, cut=header.lines)


def _scan(
    con: duckdb.DuckDBPyConnection,
    plain: Plain,
    header: Header,
    entry: Entry,
    raw: str,
    longest: int,
    copy: Path | None,
) -> tuple[int, list[tuple[int, str, str]]]:
    """Read the rows into a table, or a copy; return how many, and line, text and reason of those
    that could not be taken apart."""
    for table in ("_bad", "_bad_scan"):
        con.execute(f"DROP TABLE IF EXISTS {table}")
    columns = ", ".join(f"c{number}: 'VARCHAR'" for number in range(len(header.names)))
    quote, escape = entry.quote, (entry.escape or entry.quote) if entry.quote else ""
    # rows are filled by one thread: with several, line breaks in quotes cannot be told
    fill = "null_padding = true, parallel = false, " if entry.short_rows == "fill" else ""
    select = (
        "SELECT row_number() OVER () AS _row, * "
        f"FROM read_csv({sql.text(sql.path(plain.path))}, columns = {{{columns}}}, header = false, "
        f"auto_detect = false, skip = {header.lines}, delim = {sql.text(header.delimiter)}, "
        f"quote = {sql.text(quote)}, escape = {sql.text(escape)}, max_line_size = {longest}, "
        f"{fill}hive_partitioning = false, store_rejects = true, "
        "rejects_table = '_bad', rejects_scan = '_bad_scan', rejects_limit = 0)"
    )
    if copy is None:
        (read,) = sql.one(con, f"CREATE OR REPLACE TEMP TABLE {raw} AS {select}")
    else:
        (read,) = sql.one(con, f"COPY ({select}) TO {sql.text(str(copy))} (FORMAT parquet)")
        con.execute(f"CREATE OR REPLACE TEMP VIEW {raw} AS {_select(copy)}")
    errors = con.execute(
        "SELECT line, any_value(csv_line), any_value(error_type) FROM _bad GROUP BY 1 ORDER BY 1"
    ).fetchall()
    return int(read), [(int(line), str(text or ""), kind) for line, text, kind in errors]


def _longest(path: Path) -> int:
    with path.open("rb") as file:
        return max(map(len, file), default=0)


def _require_all(
    con: duckdb.DuckDBPyConnection,
    plain: Plain,
    header: Header,
    entry: Entry,
    file: str,
    raw: str,
    read: int,
    bad: list[tuple[int, str, str]],
) -> tuple[list[int], bool]:
    """Hold the rows against an independent count.

    Returns the numbers of those that could not be taken apart, and whether texts run over lines.
    """
    single = len(header.names) == 1
    lines = count_lines(plain.path, header.offset, blank=single)
    counted: list[Record] | None = None
    # Most files have no line breaks within quotes, so records are lines.
    if read + len(bad) != lines or any("\n" in text.strip() for _, text, _ in bad):
        counted = list(records(plain.path, file, header, entry))
        if read + len(bad) != len(counted):
            raise InputError(
                f"{file}: {len(counted):,} records were counted in the file, but "
                f"{read + len(bad):,} were read; a quote is at fault somewhere. Say quote = "
                '"" if the file has no texts in quotes.'
            )
    wanted = [line for line, _, _ in bad]
    if single:
        numbers = _without_blank(con, raw, [line - header.lines for line in wanted])
    elif not bad:
        numbers = []
    elif counted is not None:
        numbers = np.searchsorted(_number_lines(counted), wanted, side="right").tolist()
    else:
        blank = _blank_before(plain.path, wanted, header.lines)
        numbers = [line - header.lines - gaps for line, gaps in zip(wanted, blank, strict=True)]
    _renumber(con, raw, numbers)
    return numbers, counted is not None


def _number_lines(lines: list[Record]) -> list[int]:
    """Return the lines as the reader numbers them: a record is one, however many it runs over."""
    further = np.cumsum([0, *(record.lines - 1 for record in lines)])
    return [record.line - int(more) for record, more in zip(lines, further[:-1], strict=True)]


def _without_blank(con: duckdb.DuckDBPyConnection, raw: str, bad: list[int]) -> list[int]:
    """Take blank lines out of a file of one column, where the reader has them as rows.

    Returns the numbers of the rows that could not be taken apart, without the blank lines.
    """
    _renumber(con, raw, bad)
    blank = con.execute(f"SELECT _row FROM {raw} WHERE c0 IS NULL ORDER BY 1").fetchall()
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {raw} AS SELECT row_number() OVER (ORDER BY _row) AS _row, "
        f"c0 FROM {raw} WHERE c0 IS NOT NULL"
    )
    before = np.searchsorted([row for (row,) in blank], bad)
    return [row - int(gaps) for row, gaps in zip(bad, before, strict=True)]


def _blank_before(path: Path, lines: list[int], above: int) -> list[int]:
    """Count the blank lines before each of some lines: the reader numbers lines, we number rows."""
    counts, blank, wanted = [], 0, iter(lines)
    line = next(wanted)
    with path.open("rb") as file:
        for number, text in enumerate(file, start=1):
            while number == line:
                counts.append(blank)
                line = next(wanted, -1)
            if line < 0:
                break
            blank += number > above and text in {b"\n", b"\r\n"}
    return counts + [blank] * (len(lines) - len(counts))


def _renumber(con: duckdb.DuckDBPyConnection, raw: str, bad: list[int]) -> None:
    """Move rows down past those that could not be taken apart: row_number() passes over them."""
    if not bad:
        return
    # after so many good rows come so many bad ones
    shift = {row - number: number for number, row in enumerate(bad, start=1)}
    con.register("_shift", pa.table({"good": list(shift.keys()), "bad": list(shift.values())}))
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {raw} AS SELECT r._row + coalesce(s.bad, 0) AS _row, "
        f"r.* EXCLUDE (_row) FROM {raw} AS r ASOF LEFT JOIN _shift AS s ON r._row > s.good"
    )
    con.unregister("_shift")
