"""What would mend the refusals of a table: keys that the study file lacks, tried on all values."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass

import duckdb

from .. import sql
from ..checks import repeats
from ..checks.refusals import stands_for_missing
from ..contract import Column, Table
from ..files.raw import Malformed
from ..source import Opened
from ..study import Study
from .hints import another_form, merged_cells, short_rows
from .looked_up import name_missing
from .negative_ends import negative_ends
from .references import find_spelling, found_nothing

__all__ = ["Mend"]


@dataclass(frozen=True, slots=True)
class Mend:
    """A table whose rows were checked. What would mend it asks for the same things, hence a class.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the checked rows, and the views ``ok_NAME`` of earlier tables.
    study : Study
        The study.
    table : Table
        Declaration of the table.
    checked : str
        Name of the checked rows.
    opened : sequence of Opened
        Its entries, opened.
    adds : bool
        Whether rows of one key add up.
    producers : callable
        Gives the codes with gross output, where those are the codes of the flows.
    """

    con: duckdb.DuckDBPyConnection
    study: Study
    table: Table
    checked: str
    opened: Sequence[Opened]
    adds: bool
    producers: Callable[[], set[str]]

    @property
    def malformed(self) -> list[Malformed]:
        """Lines of the files that are no rows."""
        return [line for opened in self.opened for line in opened.malformed]

    def keys(self, refused: dict[str, int]) -> Iterator[str]:
        """Yield what would mend refusals, where it shows.

        Parameters
        ----------
        refused : dict of str to int
            Reasons, and of how many rows.
        """
        if self.table.signed and f"{self.table.measure} is negative" in refused:
            first = self.study.of(self.table.name)[0].entry
            yield from negative_ends(self.con, self.checked, first, self.producers())
        if short_rows(self.malformed, [opened.read for opened in self.opened]):
            yield 'where the last fields are empty and were left out, say short_rows = "fill".'
        for column in self.table.columns:
            hint = None
            if column.name in self.table.adds and not self.adds:
                hint = repeats.credit_notes(column, self.table, refused)
            elif column.type == "year":
                yield from self._read_dates(column.name, refused)
            elif column.refers or column.code:
                hint = self._find_spelling(column, refused)
            if hint:
                yield hint
            missing = f"{column.name} is missing" in refused
            if missing and column.type != "float":
                yield from self._fill_merged(column)
            if missing and column.type == "string":
                yield from stands_for_missing(self.con, self.study, self.table, column.name)
            yield from self._name_missing(column, needed=missing)

    def _name_missing(self, column: Column, *, needed: bool) -> Iterator[str]:
        """Yield what lookups do not find, one entry's."""
        asked = f"FROM {self.checked} WHERE _why IS NULL AND {sql.name(column.name)} IS NULL"
        for source, opened in zip(self.study.of(self.table.name), self.opened, strict=True):
            if column.name not in source.entry.match:
                continue
            if needed or sql.one(self.con, f"SELECT count(*) {asked}")[0]:
                hint = name_missing(self.con, source, opened, column.name, needed=needed)
                if hint:
                    yield hint
                    return

    def _read_dates(self, column: str, refused: Container[str]) -> Iterator[str]:
        """Yield what reads the dates of an entry that were not read."""
        unread = f"{column} is not a year" in refused
        for number, source in enumerate(self.study.of(self.table.name) if unread else ()):
            values = self._values(f"{self._select_undated(column)} AND _entry = {number} LIMIT 200")
            if not values:
                continue
            read = self._read_forms(column, number)
            since_1904 = all(raw.since_1904 for raw in self.opened[number].raws)
            arguments = self.con, column, values, source.entry, read or ()
            if hint := another_form(*arguments, since_1904=since_1904):
                if read is None and "say format = " in hint:
                    hint += " Other rows are read as they are: give their forms, too, in a list."
                yield hint
                return

    def _read_forms(self, column: str, entry: int) -> list[str] | None:
        """Return the forms of the dates of an entry that are read; None if they are not known."""
        name = sql.name(column)
        (read,) = sql.one(
            self.con,
            f"SELECT count(*) FROM {self.checked} WHERE _entry = {entry} AND {name} IS NOT NULL",
        )
        forms = self.study.of(self.table.name)[entry].entry.format
        if not read or forms:
            return forms if read else []
        (years,) = sql.one(
            self.con,
            f"SELECT count(*) FROM {self.opened[entry].relation} WHERE "
            f"regexp_full_match(trim({name}), '[0-9]{{4}}')",
        )
        return ["%Y"] if years >= read else None

    def _fill_merged(self, column: Column) -> Iterator[str]:
        """Yield what fills a column of merged cells; an owner may well be empty: there is none."""
        name = column.name
        for source, opened in zip(self.study.of(self.table.name), self.opened, strict=True):
            entry, wide = source.entry, source.entry.wide
            own = entry.columns.get(name) or name
            if wide is not None and name == wide.rows:
                own = opened.labels or own
            known = name in entry.match or (wide is not None and name == wide.columns)
            if known or own in entry.fill_down or (self.table.name, name) == ("ownership", "owner"):
                continue
            others = sorted(opened.present - {name, *entry.constants})
            # the cells of a blank line have the label of their column, and nothing else
            others = others if wide is None else [wide.values]
            filled = [o for o in others if (entry.columns.get(o) or o) in entry.fill_down]
            hint = merged_cells(self.con, opened.relation, name, others, own, filled)
            if hint:
                yield hint
                return

    def _find_spelling(self, column: Column, refused: Iterable[str]) -> str | None:
        begin = f"{column.name} is not in "
        if not column.keep and not any(reason.startswith(begin) for reason in refused):
            return None
        hint = find_spelling(self.con, self.study, self.table, column, self.checked)
        sources = self.study.of(self.table.name)
        stata = any(name.endswith(".dta") for of_entry in sources for name, _ in of_entry.files)
        if hint is None and stata and found_nothing(self.con, self.table, column, self.checked):
            if sources[0].entry.labels == "codes":
                return f'{column.name} was read by its codes; labels = "labels" reads their labels.'
            return f'{column.name} was read by its value labels; labels = "codes" reads the codes.'
        return hint

    def _values(self, statement: str) -> list[str]:
        return [value for (value,) in self.con.execute(statement).fetchall()]

    def _select_undated(self, column: str) -> str:
        reason = sql.text(f"{column} is not a year")
        return f"SELECT DISTINCT _why.value FROM {self.checked} WHERE _why.reason = {reason}"
