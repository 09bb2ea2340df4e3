"""Rows of a table gone through one by one: each is accepted, or refused with its reason."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path

import duckdb

from ..core.errors import InputError, TotalsError, show_some
from ..core.words import counted
from . import sql
from .accepted import view_of
from .checks import repeats
from .checks.profile import read_how
from .checks.refusals import (
    Example,
    lost_values,
    reasons,
    write_lost,
    write_no_rejects,
    write_rejects,
)
from .checks.rows import Reading, typed_rows
from .checks.staged import Staged, with_warnings
from .contract import Table, table
from .doubts import added
from .doubts import of_values as doubts
from .doubts.copies import require_no_copies
from .doubts.mend import Mend
from .doubts.sites import doubts_of_sites
from .doubts.two_units import amounts_in_two_units
from .doubts.year_and_parts import whole_and_parts
from .files.raw import Malformed
from .source import Opened, open_entries
from .study import Study, TableSource

__all__ = ["OneByOne", "measure_of", "notes_of_files"]


class OneByOne:
    """The work on the rows of one table. Its steps share the table's names, hence a class.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the rows, and the views ``ok_NAME`` of earlier tables.
    study : Study
        The study.
    table : Table
        Declaration of the table.
    opened : list of Opened
        Its entries, opened.
    """

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        study: Study,
        table: Table,
        opened: list[Opened],
    ) -> None:
        self.con, self.study, self.table = con, study, table
        self.opened = opened
        self.checked = f"checked_{table.name}"
        self.warnings: list[str] = []
        self.adds = False

    def run(self, path: Path, rejects: Path | None) -> Staged:
        """Check every row, and write what is accepted and what is refused.

        Parameters
        ----------
        path : Path
            Becomes the Parquet file of the accepted rows.
        rejects : Path, optional
            Folder for the refused ones.

        Returns
        -------
        Staged
        """
        staged = self._go_through(path)
        if rejects is not None:
            self._write_refusals(rejects, refused=bool(staged.rejected), lost=bool(staged.lost))
        self.con.execute(f"DROP TABLE {self.checked}")
        for opened in self.opened:
            opened.close(self.con)
        return staged

    def tell_refused(
        self, path: Path, refused: Sequence[Path], unknown: Path | None, rejects: Path | None
    ) -> Staged:
        """Count what parts have accepted, and count and write down what they have refused.

        Parameters
        ----------
        path : Path
            What was written of the accepted rows; the view ``ok_NAME`` is there.
        refused : sequence of Path
            Parquet files of the others, as :func:`typed_rows` has them.
        unknown : Path, optional
            Parquet file of the ids that are in no table and were kept.
        rejects : Path, optional
            Folder for them.

        Returns
        -------
        Staged
        """
        fault = 'STRUCT("column" VARCHAR, "value" VARCHAR, reason VARCHAR)'
        lost, joined = [], ""
        for column in (c for c in self.table.columns if c.keep):
            text = "NULL::VARCHAR" if unknown is None else "u.id"
            lost.append(f"{text} AS {sql.name(f'lost_{column.name}')}")
            if unknown is not None:
                file = f"read_parquet({sql.text(sql.path(unknown))})"
                joined = f" LEFT JOIN {file} AS u ON u.id = c.{sql.name(column.name)}"
        none = [f"NULL::{fault} AS _why", f"NULL::{fault}[] AS _lost", *lost]
        rows = f"SELECT 0 AS _entry, c.*, {', '.join(none)} FROM ok_{self.table.name} AS c{joined}"
        if refused:
            files = ", ".join(sql.text(sql.path(file)) for file in refused)
            rows += f" UNION ALL BY NAME SELECT * FROM read_parquet([{files}])"
        self.con.execute(f"CREATE OR REPLACE TEMP VIEW {self.checked} AS {rows}")
        staged = self._count(path)
        if rejects is not None:
            self._write_refusals(rejects, refused=bool(staged.rejected), lost=False)
        self.con.execute(f"DROP VIEW {self.checked}")
        return staged

    def _go_through(self, path: Path) -> Staged:
        """Check row by row, and write what is accepted."""
        readings = list(self._read())
        repeat = self._repeat()
        self.adds = repeat == "add"
        if self.adds:
            sources = self.study.of(self.table.name)
            self.warnings += require_no_copies(self.con, sources, self.opened)
        parts = [typed_rows(self.study, reading, number) for number, reading in enumerate(readings)]
        self.con.execute(
            f"CREATE OR REPLACE TEMP TABLE {self.checked} AS {' UNION ALL '.join(parts)}"
        )
        bad = f"SELECT count(*) > 0 FROM {self.checked} WHERE _why IS NOT NULL OR len(_lost) > 0"
        (faulty,) = sql.one(self.con, bad)
        for number, reading in enumerate(readings):
            rows = f"SELECT * FROM {self.checked} WHERE _entry = {number}"
            self.warnings += doubts.of_values(
                self.con, self.study, self.table, reading, rows, faulty=faulty
            )
        self.warnings += doubts.of_margins(self.con, self.study, self.table, self.checked)
        self.warnings += amounts_in_two_units(self.con, self.table, self.checked)
        if self.table.pairs:
            entries = [source.entry for source in self.study.of(self.table.name)]
            self.warnings += doubts_of_sites(self.con, self.table, entries, self.checked)
        self._settle(repeat)
        self._write(path)
        return self._count(path)

    def _read(self) -> Iterator[Reading]:
        """Yield how the texts of every entry are."""
        self.opened = [opened.hold(self.con) for opened in self.opened]
        for source, opened in zip(self.study.of(self.table.name), self.opened, strict=True):
            self.warnings += opened.warnings
            yield read_how(self.con, source, opened)
            self.warnings += doubts.of_ids(self.con, self.table, opened)
        self.warnings += doubts.of_absent(self.con, self.study, self.table, self.opened)

    def _settle(self, repeat: str) -> None:
        """Pass over, refuse or add up the rows of one key."""
        if repeat == "first":
            tables = {source.table.name for source in self.study.sources}
            self.warnings += repeats.pass_over(
                self.con, self.table, self.checked, tables, asked=self._asks_for("first")
            )
        elif repeat == "refuse":
            asked = self._asks_for("refuse")
            repeats.require_none(self.con, self.table, self.checked, asked=asked, apart=self._apart)
        elif not self._allows_negative():
            repeats.refuse_negative_sums(self.con, self.table, self.checked)
        if self.adds:
            sources = self.study.of(self.table.name)
            self.warnings += added.doubts_of_added(self.con, self.table, self.checked, self.opened)
            self.warnings += whole_and_parts(self.con, sources, self.checked, self.opened)

    def _apart(self) -> str:
        """Return what would tell rows of one key apart, more likely than two about the same."""
        of_labels = (raw.apart for of_entry in self.opened for raw in of_entry.raws if raw.apart)
        by_column = added.apart_by(self.con, self.table, self.checked, self.opened)
        return next(of_labels, by_column)

    def _repeat(self) -> str:
        """Return what happens to repeated keys; rows without a measure are events, which add up
        unless the study says otherwise."""
        measure = self.table.measure
        have = {measure in of_entry.present for of_entry in self.opened}
        if measure is not None and len(have) > 1:
            raise InputError(
                f"[[tables.{self.table.name}]]: some entries have the column {measure!r}, others "
                "do not; give it in all, or in none and let every row count as one."
            )
        unsaid = self.table.repeat
        if measure is not None and have == {False}:
            unsaid = "add"
        return self.study.of(self.table.name)[0].entry.repeat or unsaid

    def _allows_negative(self) -> bool:
        """Whether the study file lets amounts of the table be negative."""
        return all(
            source.entry.negative in {"keep", "net"} for source in self.study.of(self.table.name)
        )

    def _asks_for(self, repeat: str) -> bool:
        """Whether the study file itself says what happens to repeated keys."""
        return self.study.of(self.table.name)[0].entry.repeat == repeat

    def _write(self, path: Path) -> None:
        """Write the accepted rows, in the same order each time: batches are cut by position."""
        names = [*(column.name for column in self.table.columns), *self.table.tags]
        sums = repeats.sum_columns(self.table, signed=self._allows_negative()) if self.adds else {}
        keys = ", ".join(sql.name(name) for name in names if name not in sums)
        listed = ", ".join(
            f"{sums[name]} AS {sql.name(name)}" if name in sums else sql.name(name)
            for name in names
        )
        order = f"GROUP BY {keys} ORDER BY {keys}" if self.adds else "ORDER BY _entry, _part, _row"
        with sql.one_thread(self.con) if sums else nullcontext():
            self.con.execute(
                f"COPY (SELECT {listed} FROM {self.checked} WHERE _why IS NULL {order}) "
                f"TO {sql.text(str(path))} (FORMAT parquet)"
            )
        self.con.execute(view_of(self.table.name, path))

    def _write_refusals(self, folder: Path, *, refused: bool, lost: bool) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.table.name}.csv"
        if refused:
            write_rejects(self.con, self.checked, self._malformed(), path)
        else:
            write_no_rejects(path)
        if lost:
            write_lost(self.con, self.checked, folder / f"{self.table.name}_values.csv")

    def _malformed(self) -> list[Malformed]:
        return self._mend().malformed

    def _mend(self) -> Mend:
        opened, codes = self.opened, self._producers
        return Mend(self.con, self.study, self.table, self.checked, opened, self.adds, codes)

    def _producers(self) -> set[str]:
        """Return the codes with gross output, where those are the codes of the flows.

        Output is read after the flows, whose codes it is compared with where it finds none: it is
        looked at beforehand, for the sake of the message.
        """
        if not self.study.output_of_flows:
            return set()
        with tempfile.TemporaryDirectory() as folder:
            try:
                opened = open_entries(self.con, self.study.of("io_output"), Path(folder))
                output = OneByOne(self.con, self.study, table("io_output"), opened)
                output.run(Path(folder) / "io_output.parquet", None)
            except InputError:  # told when its turn comes
                return set()
            rows = self.con.execute(
                "SELECT DISTINCT industry FROM ok_io_output WHERE gross_output > 0"
            ).fetchall()
            self.con.execute("DROP VIEW ok_io_output")
        return {str(code) for (code,) in rows}

    def _count(self, path: Path) -> Staged:
        measure = measure_of(self.table)
        without = self._without_partner()
        conditions = ["len(_lost) > 0", *without.values()]
        loaded, total, any_refused, any_lost, *unmatched = sql.one(
            self.con,
            f"SELECT count(*) FILTER (_why IS NULL), coalesce({measure} FILTER (_why IS NULL), 0), "
            f"count(*) FILTER (_why IS NOT NULL)"
            f"{''.join(f', count(*) FILTER (_why IS NULL AND {c})' for c in conditions)} "
            f"FROM {self.checked}",
        )
        read = sum(opened.read for opened in self.opened)
        # In most tables nothing is refused or lost, and nobody has to look for what it was.
        refused: dict[str, int] = {}
        examples: dict[str, tuple[Example, ...]] = {}
        if any_refused or self._malformed():
            refused, examples = reasons(self.con, self.checked, self._malformed())
        lost, lost_examples = lost_values(self.con, self.checked) if any_lost else ({}, {})
        rejected = sum(refused.values())
        if read != loaded + rejected:
            raise TotalsError(
                f"table {self.table.name}: {read} rows read, but {loaded} loaded and {rejected} "
                "rejected; please report this."
            )
        staged = Staged(
            self.table.name,
            path,
            read,
            int(loaded),
            rejected,
            float(total),
            refused,
            {name: int(n) for name, n in zip(without, unmatched, strict=True) if n},
            tuple(self.warnings),
            lost,
            examples | lost_examples,
            tuple(self._mend().keys(refused)),
            tuple(self._notes()),
        )
        entries = [source.entry for source in self.study.of(self.table.name)]
        cells = {entry.wide.values if entry.wide else "" for entry in entries}
        return with_warnings(
            staged,
            first=entries[0].repeat == "first",
            cells=cells.pop() if len(cells) == 1 else "",
        )

    def _notes(self) -> Iterator[str]:
        """Yield how the files were read, and how many rows added up, where it is asked for."""
        yield from notes_of_files(self.study.of(self.table.name), self.opened)
        if self.adds and self._asks_for("add"):
            keys = ", ".join(sql.name(key) for key in (*self.table.tags, *self.table.key))
            rows, kinds = sql.one(
                self.con,
                f"SELECT count(*), count(DISTINCT ({keys})) FROM {self.checked} WHERE _why IS NULL",
            )
            adds = counted(rows, "row adds", "rows add")
            yield f"{adds} up to {kinds:,} of different {', '.join(self.table.key)}."

    def _without_partner(self) -> dict[str, str]:
        """Return, by column, the condition that a loaded row has no partner, whether the field was
        empty or found nothing; what is enough alone needs none where the study has none to give."""
        return {
            column.name: f"{sql.name(f'lost_{column.name}')} IS NOT NULL"
            if column.required
            else f"{sql.name(column.name)} IS NULL"
            for column in self.table.columns
            if column.keep and not (self.table.alone and not self.study.has(column.refers or ""))
        }


def measure_of(table: Table) -> str:
    """Return the sum that verifies a load; of rows that are no amounts, how many there are."""
    # fsum: a plain sum of millions of amounts is off by more than what totals may differ
    return f"fsum({sql.name(table.measure)})" if table.measure else "count(*)"


def notes_of_files(sources: Sequence[TableSource], opened: Sequence[Opened]) -> Iterator[str]:
    """Yield how many files were read, and how."""
    for source in sources:
        files = [name for name, _ in source.files]
        if files[1:]:  # of a pattern or a folder, none of which the study names
            yield f"{len(files):,} files were read: {show_some(files)}."
    yield from (note for of_entry in opened for note in of_entry.notes)
