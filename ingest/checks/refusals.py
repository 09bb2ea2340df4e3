"""What was refused and what was lost: counted by reason, with examples, and written down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from ...core.errors import show
from .. import sql
from ..contract import Table
from ..files.raw import Malformed
from ..study import Study
from .repeats import PLACE

__all__ = [
    "EXAMPLES",
    "Example",
    "lost_values",
    "reasons",
    "stands_for_missing",
    "write_lost",
    "write_no_rejects",
    "write_rejects",
]

#: How many examples of a reason are kept.
EXAMPLES = 3
#: So many characters of a value are shown: room for a key of three ids and the row that had it.
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Example:
    """One refused row, or one lost value."""

    file: str
    row: int
    value: str | None

    def __str__(self) -> str:
        """Return it as part of a sentence; what is invisible in the value is made visible."""
        value = "nothing" if self.value is None else show(self.value, _LONGEST)
        return f"{value} in row {self.row:,} of {self.file}"


def reasons(
    con: duckdb.DuckDBPyConnection, checked: str, malformed: Iterable[Malformed]
) -> tuple[dict[str, int], dict[str, tuple[Example, ...]]]:
    """Count refused rows by reason, and return some of each.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the checked rows.
    checked : str
        Name of their table.
    malformed : iterable of Malformed
        Rows that could not be taken apart.

    Returns
    -------
    dict of str to int
        Rows by reason.
    dict of str to tuple of Example
        The first ones of each.
    """
    counts: dict[str, int] = {}
    examples: dict[str, tuple[Example, ...]] = {}
    for line in malformed:
        counts[line.reason] = counts.get(line.reason, 0) + 1
        known = examples.get(line.reason, ())
        examples[line.reason] = (*known, Example(line.file, line.row, line.value))[:EXAMPLES]
    refused = _by_reason(con, f"SELECT _why AS w, * FROM {checked} WHERE _why IS NOT NULL")
    return counts | refused[0], examples | refused[1]


def lost_values(
    con: duckdb.DuckDBPyConnection, checked: str
) -> tuple[dict[str, int], dict[str, tuple[Example, ...]]]:
    """Count values that accepted rows have lost, by reason, and return some of each."""
    return _by_reason(con, _select_lost(checked))


def _select_lost(checked: str) -> str:
    return f"SELECT unnest(_lost) AS w, * FROM {checked} WHERE _why IS NULL AND len(_lost) > 0"


def _by_reason(
    con: duckdb.DuckDBPyConnection, rows: str
) -> tuple[dict[str, int], dict[str, tuple[Example, ...]]]:
    groups = con.execute(
        f"SELECT w.reason, count(*), arg_min((_file, _row, w.value), {PLACE}, {EXAMPLES}) "
        f"FROM ({rows}) GROUP BY 1 ORDER BY 2 DESC, 1"
    ).fetchall()
    counts = {reason: int(number) for reason, number, _ in groups}
    return counts, {reason: tuple(Example(*one) for one in some) for reason, _, some in groups}


def stands_for_missing(
    con: duckdb.DuckDBPyConnection, study: Study, table: Table, column: str
) -> Iterator[str]:
    """Yield a sentence on a text that counts as missing: it may be a ticker, or a name.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the checked rows.
    study, table : Study, Table
        What is read.
    column : str
        A column of texts without which rows are refused.
    """
    sources = enumerate(study.of(table.name))
    entries = ", ".join(str(n) for n, source in sources if column not in source.entry.match)
    rows = con.execute(
        f"SELECT _file, _row, _why.value FROM checked_{table.name} WHERE _why.reason = ? "
        f"AND _why.value IS NOT NULL AND _entry IN ({entries or 'NULL'}) ORDER BY {PLACE} LIMIT 1",
        [f"{column} is missing"],
    ).fetchall()
    for row in rows:
        yield (
            f'{Example(*row)} ({column}) is a text that means "missing"; if it is a value, say '
            f"in [tables.{table.name}] which texts mean it: missing = [] for none."
        )


def write_rejects(
    con: duckdb.DuckDBPyConnection, checked: str, malformed: list[Malformed], path: Path
) -> None:
    """Write refused rows as CSV: file, row, column, value, reason."""
    con.register(
        "malformed",
        pa.table(
            {
                "file": pa.array([m.file for m in malformed], pa.string()),
                "row": pa.array([m.row for m in malformed], pa.int64()),
                "value": pa.array([m.value for m in malformed], pa.string()),
                "reason": pa.array([m.reason for m in malformed], pa.string()),
            }
        ),
    )
    _write(
        con,
        f"{_list_rows(f'SELECT _why AS w, * FROM {checked} WHERE _why IS NOT NULL')} UNION ALL "
        "SELECT file, row, '' AS \"column\", value, reason FROM malformed",
        path,
    )
    con.unregister("malformed")


def write_no_rejects(path: Path) -> None:
    """Write the same file where no row was refused."""
    path.write_text("file,row,column,value,reason\n", encoding="utf-8", newline="\n")


def write_lost(con: duckdb.DuckDBPyConnection, checked: str, path: Path) -> None:
    """Write the values that accepted rows have lost, in the same columns."""
    _write(con, _list_rows(_select_lost(checked)), path)


def _list_rows(rows: str) -> str:
    return (
        'SELECT _file AS file, _row AS row, w.column AS "column", w.value AS value, '
        f"w.reason AS reason FROM ({rows})"
    )


def _write(con: duckdb.DuckDBPyConnection, rows: str, path: Path) -> None:
    con.execute(
        f'COPY (SELECT * FROM ({rows}) ORDER BY file, row, "column", value) '
        f"TO {sql.text(str(path))} (FORMAT csv, HEADER)"
    )
