"""Check every row of every table: accepted rows become Parquet, refused rows a rejects file.

Each check is one SQL expression over the declared contract, so ten million rows are one set
operation. The first failing check of a row is its reason; in = loaded + rejected, always.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa

from ..core.errors import InputError, TotalsError
from . import sql
from .contract import TABLES, Table
from .row_checks import typed_rows
from .source import Opened, open_source
from .study import Study

__all__ = ["Progress", "Staged", "attach", "stage"]

#: Place of a row in the study: entry, file, row.
_PLACE = "(_entry, _part, _row)"

#: Tells a caller what is being worked on, and how much of the whole is done (0 to 1).
Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Staged:
    """What became of one input table.

    Parameters
    ----------
    name : str
        Name of the table.
    path : Path
        Parquet file of the accepted rows, in the contract's columns and the table's tags.
    read, loaded, rejected : int
        Rows; ``read == loaded + rejected``.
    total : float
        Sum of the table's measure over loaded rows; the number of rows where it has none.
    reasons : dict of str to int
        Rejected rows by reason.
    unmatched : dict of str to int
        Loaded rows without an owner, an industry or a known cited patent, by column.
    warnings : tuple of str
        What a reader must know before using any number that rests on the table.
    """

    name: str
    path: Path
    read: int
    loaded: int
    rejected: int
    total: float
    reasons: dict[str, int] = field(default_factory=dict)
    unmatched: dict[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def stage(
    con: duckdb.DuckDBPyConnection,
    study: Study,
    folder: Path,
    rejects: Path | None,
    progress: Progress = lambda what, share: None,
) -> dict[str, Staged]:
    """Read, check and store every table of a study.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Where the work is done; afterwards it holds a view ``ok_NAME`` of each table.
    study : Study
        The study.
    folder : Path
        Receives ``NAME.parquet``.
    rejects : Path, optional
        Receives ``NAME.csv`` with file, row, column, value and reason of each refused row.
    progress : callable, optional
        Called with the table's name and the share done.

    Returns
    -------
    dict of str to Staged
        By table name, in the order of the contract.

    Raises
    ------
    InputError
        If a file cannot be read or lacks a column.
    TotalsError
        If rows went missing, which would be a defect of ours.
    """
    folder.mkdir(parents=True, exist_ok=True)
    staged = {}
    given = [table for table in TABLES if study.has(table.name)]
    for number, table in enumerate(given):
        progress(table.name, number / len(given))
        staged[table.name] = _Stage(con, study, table).run(folder, rejects)
    progress("", 1.0)
    return staged


def attach(con: duckdb.DuckDBPyConnection, staged: dict[str, Staged]) -> None:
    """Give a connection the views ``ok_NAME`` of staged tables."""
    for table in staged.values():
        _attach(con, table.name, table.path)


def _attach(con: duckdb.DuckDBPyConnection, name: str, path: Path) -> None:
    file = sql.text(str(path))
    con.execute(f"CREATE OR REPLACE TEMP VIEW ok_{name} AS SELECT * FROM read_parquet({file})")


class _Stage:
    """The work on one table. The steps share the table's names, hence a class."""

    def __init__(self, con: duckdb.DuckDBPyConnection, study: Study, table: Table) -> None:
        self.con, self.study, self.table = con, study, table
        self.checked = f"checked_{table.name}"
        self.opened: list[Opened] = []
        self.events = False

    def run(self, folder: Path, rejects: Path | None) -> Staged:
        sources = self.study.of(self.table.name)
        for number, source in enumerate(sources):
            self.opened.append(open_source(self.con, source, f"in_{self.table.name}_{number}"))
        self.events = self._counts_rows(self.table.measure)
        parts = [
            typed_rows(self.study, source, opened, number)
            for number, (source, opened) in enumerate(zip(sources, self.opened, strict=True))
        ]
        self.con.execute(
            f"CREATE OR REPLACE TEMP TABLE {self.checked} AS {' UNION ALL '.join(parts)}"
        )
        if not self.events:
            self._refuse_repeated_keys()
        path = folder / f"{self.table.name}.parquet"
        self._write(path)
        staged = self._count(path)
        if rejects is not None:
            rejects.mkdir(parents=True, exist_ok=True)
            self._write_rejects(rejects / f"{self.table.name}.csv")
        for opened in self.opened:
            opened.close(self.con)
        self.con.execute(f"DROP TABLE {self.checked}")
        return staged

    def _counts_rows(self, measure: str | None) -> bool:
        """Whether each row is one event, because no file has the measure's column."""
        have = {measure in each.present for each in self.opened}
        if measure is not None and len(have) > 1:
            raise InputError(
                f"[[tables.{self.table.name}]]: some entries have the column {measure!r}, others "
                "do not; give it in all, or in none and let every row count as one."
            )
        return measure is not None and have == {False}

    def _refuse_repeated_keys(self) -> None:
        """Keep the first row of each key and refuse the others: never add up silently."""
        keys = [*self.table.tags, *self.table.key]
        listed = ", ".join(sql.name(key) for key in keys)
        self.con.execute(
            f"CREATE OR REPLACE TEMP TABLE repeated AS SELECT {listed} FROM {self.checked} "
            f"WHERE _why IS NULL GROUP BY {listed} HAVING count(*) > 1"
        )
        if not self._row("SELECT count(*) FROM repeated")[0]:
            return
        same = " AND ".join(f"c.{sql.name(key)} = t.{sql.name(key)}" for key in keys)
        # First in the order of the study, not of the table: large tables are made in parallel.
        self.con.execute(
            f"CREATE OR REPLACE TEMP TABLE twice AS SELECT t.*, "
            f"arg_min(c.rowid, {_PLACE}) AS first, arg_min(_file, {_PLACE}) AS first_file, "
            f"arg_min(_row, {_PLACE}) AS first_row "
            f"FROM {self.checked} AS c JOIN repeated AS t ON {same} WHERE _why IS NULL GROUP BY ALL"
        )
        shown = " || ', ' || ".join(
            f"{sql.text(key + '=')} || c.{sql.name(key)}" for key in self.table.key
        )
        self.con.execute(
            f"UPDATE {self.checked} AS c SET _why = {{'column': {sql.text(self.table.key[0])}, "
            f"'value': {shown} || ' (as row ' || t.first_row || ' of ' || t.first_file || ')', "
            "'reason': 'repeats the key of an earlier row'} "
            f"FROM twice AS t WHERE {same} AND c.rowid <> t.first AND c._why IS NULL"
        )

    # -- writing -----------------------------------------------------------------------------

    def _write(self, path: Path) -> None:
        """Write the accepted rows, in the same order each time: batches are cut by position."""
        names = [*(column.name for column in self.table.columns), *self.table.tags]
        measure = str(self.table.measure)
        listed = ", ".join(
            f"sum({sql.name(name)}) AS {sql.name(name)}"
            if self.events and name == measure
            else sql.name(name)
            for name in names
        )
        order = "_entry, _part, _row"
        if self.events:
            order = ", ".join(sql.name(name) for name in names if name != measure)
            order = f"ALL ORDER BY {order}"
        self.con.execute(
            f"COPY (SELECT {listed} FROM {self.checked} WHERE _why IS NULL "
            f"{'GROUP BY' if self.events else 'ORDER BY'} {order}) "
            f"TO {sql.text(str(path))} (FORMAT parquet)"
        )
        _attach(self.con, self.table.name, path)

    def _count(self, path: Path) -> Staged:
        # fsum: a plain sum of millions of amounts is off by more than what totals may differ
        measure = f"fsum({sql.name(self.table.measure)})" if self.table.measure else "count(*)"
        loaded, total = self._row(
            f"SELECT count(*), coalesce({measure}, 0) FROM {self.checked} WHERE _why IS NULL"
        )
        if not math.isfinite(total):
            raise InputError(
                f"table {self.table.name}: {self.table.measure} adds up to more than a number can "
                "hold; give it in a larger unit."
            )
        reasons: dict[str, int] = {}
        for opened in self.opened:
            for each in opened.malformed:
                reasons[each.reason] = reasons.get(each.reason, 0) + 1
        for reason, number in self.con.execute(
            f"SELECT _why.reason, count(*) FROM {self.checked} WHERE _why IS NOT NULL "
            "GROUP BY 1 ORDER BY 2 DESC, 1"
        ).fetchall():
            reasons[reason] = int(number)
        read = sum(opened.read for opened in self.opened)
        rejected = sum(reasons.values())
        if read != loaded + rejected:
            raise TotalsError(
                f"table {self.table.name}: {read} rows read, but {loaded} loaded and {rejected} "
                "rejected; please report this."
            )
        return Staged(
            self.table.name,
            path,
            read,
            int(loaded),
            rejected,
            float(total),
            reasons,
            self._unmatched(),
        )

    def _unmatched(self) -> dict[str, int]:
        """Count loaded rows without a partner, whether the field was empty or found nothing."""
        found = {}
        for column in self.table.columns:
            if column.keep:
                name = sql.name(f"lost_{column.name}" if column.required else column.name)
                without = f"coalesce({name}, false)" if column.required else f"{name} IS NULL"
                (rows,) = self._row(
                    f"SELECT count(*) FROM {self.checked} WHERE _why IS NULL AND {without}"
                )
                if rows:
                    found[column.name] = int(rows)
        return found

    def _write_rejects(self, path: Path) -> None:
        malformed = [each for opened in self.opened for each in opened.malformed]
        self.con.register(
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
        self.con.execute(
            'COPY (SELECT file, row, "column", value, reason FROM ('
            'SELECT _file AS file, _row AS row, _why.column AS "column", _why.value AS value, '
            f"_why.reason AS reason FROM {self.checked} WHERE _why IS NOT NULL UNION ALL "
            "SELECT file, row, '' AS \"column\", value, reason FROM malformed) "
            f'ORDER BY file, row, "column", value) TO {sql.text(str(path))} (FORMAT csv, HEADER)'
        )
        self.con.unregister("malformed")

    def _row(self, statement: str) -> tuple[float, ...]:
        return sql.one(self.con, statement)
