"""Check every row of every table: accepted rows become Parquet, refused rows a rejects file.

Each check is one SQL expression over the declared contract, so ten million rows are one set
operation. The first failing check of a row is its reason; in = loaded + rejected, always.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa

from ..core.errors import InputError, TotalsError
from . import sql
from .contract import TABLES, Column, Table
from .source import Opened, open_source
from .study import Study, TableSource

__all__ = ["Progress", "Staged", "attach", "stage"]

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
    """

    name: str
    path: Path
    read: int
    loaded: int
    rejected: int
    total: float
    reasons: dict[str, int] = field(default_factory=dict)
    unmatched: dict[str, int] = field(default_factory=dict)


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
    """The checks of one table. The steps share the table's names, hence a class."""

    def __init__(self, con: duckdb.DuckDBPyConnection, study: Study, table: Table) -> None:
        self.con, self.study, self.table = con, study, table
        self.checked = f"checked_{table.name}"
        self.sources = study.of(table.name)
        self.opened: list[Opened] = []
        self.events = False
        self.keep = any(source.entry.unmatched == "keep" for source in self.sources)

    def run(self, folder: Path, rejects: Path | None) -> Staged:
        for number, source in enumerate(self.sources):
            self.opened.append(open_source(self.con, source, f"in_{self.table.name}_{number}"))
        measure = self.table.measure
        self.events = self._counts_rows(measure)
        self._check()
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

    # -- checking ----------------------------------------------------------------------------

    def _check(self) -> None:
        parts = [
            self._typed(number, source, opened)
            for number, (source, opened) in enumerate(zip(self.sources, self.opened, strict=True))
        ]
        self.con.execute(
            f"CREATE OR REPLACE TEMP TABLE {self.checked} AS {' UNION ALL '.join(parts)}"
        )

    def _typed(self, number: int, source: TableSource, opened: Opened) -> str:
        """Return the SELECT that types one entry's rows and names the first failing check."""
        tags = dict(zip(self.table.tags, source.tags, strict=True))
        cleaned, typed, why = [], [], []
        for column in self.table.columns:
            raw, value = sql.name(f"r_{column.name}"), sql.name(column.name)
            cleaned.append(f"nullif(trim({value}), '') AS {raw}")
            expression = self._value(column, raw, opened)
            lost = self._lost(column, raw, tags)
            if lost and self._kept(column) and not column.required:
                expression = f"CASE WHEN NOT ({lost}) THEN {expression} END"
            typed.append(f"{expression} AS {value}")
            why += self._reasons(column, raw, expression, lost, opened)
        why += self._row_reasons()
        tagged = [f"{sql.text(tags[tag])} AS {sql.name(tag)}" for tag in self.table.tags]
        shares = [
            f"{lost} AS {sql.name('lost_' + column.name)}"
            for column in self.table.columns
            if self._kept(column)
            and (lost := self._lost(column, sql.name(f"r_{column.name}"), tags))
        ]
        return (
            f"SELECT _file, _row, {', '.join(typed + tagged + shares)}, "
            f"CASE {' '.join(why)} END AS _why "
            f"FROM (SELECT _file, _row, {', '.join(cleaned)} FROM in_{self.table.name}_{number})"
        )

    def _kept(self, column: Column) -> bool:
        return self.keep and column.keep

    def _value(self, column: Column, raw: str, opened: Opened) -> str:
        if column.name == self.table.measure and column.name not in opened.present:
            return "1.0"
        if column.type == "float":
            return f"try_cast({raw} AS DOUBLE)"
        if column.type == "year":
            date = r"\d{4}(-?\d{2}-?\d{2}.*)?"
            return (
                f"CASE WHEN regexp_full_match({raw}, {sql.text(date)}) "
                f"THEN CAST(left({raw}, 4) AS BIGINT) END"
            )
        return raw

    def _lost(self, column: Column, raw: str, tags: dict[str, str]) -> str | None:
        """Return the condition that a reference or code finds nothing, if it is checked."""
        if column.refers is not None:
            if not self.study.has(column.refers):
                return None
            return f"({raw} IS NOT NULL AND {raw} NOT IN (SELECT id FROM ok_{column.refers}))"
        if column.code is not None and self.table.name != "industries":
            classification = tags.get(column.code)
            known = {source.tags[0] for source in self.study.of("industries")}
            if classification not in known:
                return None
            return (
                f"({raw} IS NOT NULL AND {raw} NOT IN (SELECT code FROM ok_industries "
                f"WHERE classification = {sql.text(str(classification))}))"
            )
        return None

    def _reasons(
        self, column: Column, raw: str, value: str, lost: str | None, opened: Opened
    ) -> list[str]:
        def when(condition: str, reason: str) -> str:
            return (
                f"WHEN {condition} THEN {{'column': {sql.text(column.name)}, 'value': {raw}, "
                f"'reason': {sql.text(reason)}}}"
            )

        name, found = column.name, []
        absent = column.name not in opened.present
        if (column.required or name == self.table.measure) and not absent:
            found.append(when(f"{raw} IS NULL", f"{name} is missing"))
        if column.type in {"float", "year"} and not absent:
            kind = "number" if column.type == "float" else "year"
            found.append(when(f"{raw} IS NOT NULL AND {value} IS NULL", f"{name} is not a {kind}"))
        if column.type == "float" and not absent:
            found.append(when(f"NOT isfinite({value})", f"{name} is not finite"))
        if column.type == "year":
            first, last = self.study.years.first, self.study.years.last
            outside = f"{value} NOT BETWEEN {first} AND {last}"
            found.append(when(outside, f"{name} is outside {first} to {last}"))
        if column.minimum is not None:
            low = "is negative" if column.minimum == 0 else f"is below {column.minimum:g}"
            found.append(when(f"{value} < {column.minimum}", f"{name} {low}"))
        if column.maximum is not None:
            found.append(when(f"{value} > {column.maximum}", f"{name} is above {column.maximum:g}"))
        if lost is not None and not self._kept(column):
            where = f"table {column.refers}" if column.refers else "the list of industries"
            found.append(when(lost, f"{name} is not in {where}"))
        return found

    def _row_reasons(self) -> list[str]:
        """Checks that need more than one column."""
        found = []
        if self.table.distinct:
            one, other = self.table.distinct
            raw = sql.name(f"r_{one}")
            found.append(
                f"WHEN {raw} = {sql.name(f'r_{other}')} THEN {{'column': {sql.text(one)}, "
                f"'value': {raw}, 'reason': {sql.text(f'{one} and {other} are the same')}}}"
            )
        options = self.study.make_use
        if self.table.name == "use" and options is not None:
            final = _listed(options.final_demand)
            exempt = _listed(options.value_added + options.scrap)
            found.append(
                "WHEN try_cast(r_value AS DOUBLE) < 0 "
                f"AND r_user NOT IN ({final}) AND r_commodity NOT IN ({exempt}) "
                "THEN {'column': 'value', 'value': r_value, "
                "'reason': 'a flow between industries is negative'}"
            )
        return found or ["WHEN false THEN {'column': '', 'value': '', 'reason': ''}"]

    def _refuse_repeated_keys(self) -> None:
        """Keep the first row of each key and refuse the others: never add up silently."""
        keys = [*self.table.tags, *self.table.key]
        listed = ", ".join(sql.name(key) for key in keys)
        self.con.execute(
            f"CREATE OR REPLACE TEMP TABLE twice AS SELECT {listed}, min(rowid) AS first "
            f"FROM {self.checked} WHERE _why IS NULL GROUP BY ALL HAVING count(*) > 1"
        )
        same = " AND ".join(f"c.{sql.name(key)} = t.{sql.name(key)}" for key in keys)
        shown = " || ', ' || ".join(
            f"{sql.text(key + '=')} || c.{sql.name(key)}" for key in self.table.key
        )
        self.con.execute(
            f"UPDATE {self.checked} AS c SET _why = {{'column': {sql.text(self.table.key[0])}, "
            f"'value': {shown} || ' (as row ' || f._row || ' of ' || f._file || ')', "
            "'reason': 'repeats the key of an earlier row'} "
            f"FROM twice AS t JOIN {self.checked} AS f ON f.rowid = t.first "
            f"WHERE {same} AND c.rowid > t.first AND c._why IS NULL"
        )

    # -- writing -----------------------------------------------------------------------------

    def _write(self, path: Path) -> None:
        names = [column.name for column in self.table.columns]
        listed = ", ".join(sql.name(name) for name in [*names, *self.table.tags])
        grouped = ""
        if self.events:
            measure = str(self.table.measure)
            listed = ", ".join(
                f"sum({sql.name(name)}) AS {sql.name(name)}" if name == measure else sql.name(name)
                for name in [*names, *self.table.tags]
            )
            # Rows must not come in another order each time, or hashes of outputs would differ.
            grouped = f" GROUP BY ALL ORDER BY {', '.join(sql.name(k) for k in self.table.key)}"
        self.con.execute(
            f"COPY (SELECT {listed} FROM {self.checked} WHERE _why IS NULL{grouped}) "
            f"TO {sql.text(str(path))} (FORMAT parquet)"
        )
        _attach(self.con, self.table.name, path)

    def _count(self, path: Path) -> Staged:
        measure = sql.name(self.table.measure) if self.table.measure else "1"
        loaded, total = self._row(
            f"SELECT count(*), coalesce(sum({measure}), 0) FROM {self.checked} WHERE _why IS NULL"
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
            if not column.keep:
                continue
            name = sql.name(f"lost_{column.name}" if column.required else column.name)
            if column.required and not self._checks_reference(column):
                continue
            without = f"coalesce({name}, false)" if column.required else f"{name} IS NULL"
            (rows,) = self._row(
                f"SELECT count(*) FROM {self.checked} WHERE _why IS NULL AND {without}"
            )
            if rows:
                found[column.name] = int(rows)
        return found

    def _checks_reference(self, column: Column) -> bool:
        described = self.con.execute(f"DESCRIBE {self.checked}").fetchall()
        return any(row[0] == f"lost_{column.name}" for row in described)

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


def _listed(values: list[str]) -> str:
    return ", ".join(sql.text(value) for value in values) or "''"
