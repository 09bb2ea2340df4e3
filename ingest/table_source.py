"""One entry of the study file with its files found, once its keys fit the table and each other."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..core.errors import StudyError, nearest
from .contract import Table, table
from .find import find
from .idle_keys import require_effect, require_own_constants
from .remote.copies import Objects
from .signs import clash
from .study_model import Entry, Years
from .values.date_forms import require_forms, two_digits

__all__ = ["TableSource", "table_source"]


#: What an entry may say whose rows are taken as they stand.
_SAID = frozenset(
    {"file", "columns", "constants", "clean", "type", "delimiter", "encoding", "quote", "escape"}
    | {"skip", "comment", "header", "names", "decimal", "thousands", "member", "repeat"}
    | {"partitions", "unmatched"}
)


@dataclass(frozen=True, slots=True)
class TableSource:
    """One entry of the study file with its files found.

    Parameters
    ----------
    table : Table
        Declaration of the input table.
    entry : Entry
        What the study file says.
    files : tuple of (str, Path)
        Name as the study file gives it, without machine paths, and the path.
    lookups : dict of str to (str, Path)
        The same for each ``match``.
    last : int
        Last year of the study, which tells the century of years of two digits.
    """

    table: Table
    entry: Entry
    files: tuple[tuple[str, Path], ...]
    lookups: dict[str, tuple[str, Path]]
    last: int = 2200

    @property
    def as_it_stands(self) -> bool:
        """Whether the rows are flows of firms or patents, and nothing is said that tells some of
        them apart, or has their amounts mean something else."""
        flows = bool(self.table.between) and not self.table.tags
        return flows and self.entry.repeat != "add" and self.entry.model_fields_set <= _SAID

    @property
    def first_counts(self) -> bool:
        """Whether of amounts or records with one key the first counts, and others are refused."""
        return (self.entry.repeat or self.table.repeat) == "first"

    @property
    def kept(self) -> str | None:
        """The column of ids that the study file keeps although they are in no table, if any."""
        if self.entry.unmatched != "keep":
            return None
        return next((column.name for column in self.table.columns if column.keep), None)

    @property
    def tags(self) -> tuple[str, ...]:
        """Classifications of the table, in the order of ``table.tags``."""
        return tuple(str(getattr(self.entry, tag)) for tag in self.table.tags)


def table_source(
    folder: Path, name: str, entry: Entry, number: int | None, years: Years, objects: Objects
) -> TableSource:
    """Return an entry with its files, if nothing in it contradicts the table or itself.

    Parameters
    ----------
    folder : Path
        Where the study file lies.
    name : str
        The table.
    entry : Entry
        What the study file says of it.
    number : int or None
        Which of several entries it is; None if there is one.
    years : Years
        Years of the study.
    objects : Objects
        Finds what lies at addresses.

    Raises
    ------
    StudyError
        Naming the key that is unknown, missing, or says nothing.
    """
    declared = table(name)
    key = f"tables.{name}" + (f"[{number}]" if number else "")
    _require_known(declared, entry, key)
    _readable(declared, entry, key)
    _meaningful(declared, entry, key)
    require_effect(declared, entry, key)
    if any(map(two_digits, entry.format)) and "last" not in years.model_fields_set:
        raise StudyError(
            f"key '{key}.format': with years of two digits 68 may be 1968 or 2068. Say under "
            "[years] the last year of the data, as in last = 2020: they lie in the hundred years "
            "up to it."
        )
    files = find(folder, entry.file, f"{key}.file", objects)
    require_own_constants(entry, key, (file for file, _ in files))
    lookups = {
        column: find(folder, match.file, f"{key}.match.{column}.file", objects)[0]
        for column, match in entry.match.items()
    }
    return TableSource(declared, entry, files, lookups, years.last)


def _require_known(declared: Table, entry: Entry, key: str) -> None:
    """Refuse columns that the table has not, and ask for its classifications."""
    names = [column.name for column in declared.columns]
    for columns, section in (
        (entry.columns, "columns"),
        (entry.constants, "constants"),
        (entry.clean, "clean"),
        (entry.printed, "printed"),
        (entry.match, "match"),
    ):
        for column in columns:
            if (
                column == declared.uncounted
                and columns == entry.columns
                and not entry.columns[column]
            ):
                continue
            if column not in names:
                raise StudyError(
                    f"unknown key '{key}.{section}.{column}'. {nearest(column, names)}"
                )
    for tag in ("classification", "from_classification", "to_classification"):
        if tag in declared.tags and getattr(entry, tag) is None:
            raise StudyError(f"key '{key}.{tag}' is missing: say which classification it is in.")
        if tag not in declared.tags and getattr(entry, tag) is not None:
            raise StudyError(f"key '{key}.{tag}' has no meaning for this table; take it out.")
        if ":" in (name := getattr(entry, tag) or ""):  # it parts classification and code in keys
            raise StudyError(f"key '{key}.{tag}': {name!r} has a ':'; write another sign, as '-'.")


def _meaningful(declared: Table, entry: Entry, key: str) -> None:
    """Refuse keys that only other tables may have, or none together."""
    if entry.names and entry.header:
        raise StudyError(
            f"key '{key}.names' is for files without a header, which names the columns where there "
            "is one: say header = false, and skip = 1 if the first line is none of the rows."
        )
    if entry.unmatched == "keep" and not declared.may_keep:
        raise StudyError(f"key '{key}.unmatched': rows of this table need all their ends.")
    if entry.printed and not declared.printed:
        raise StudyError(f"key '{key}.printed': only io_output is read from a printed table.")
    for name, columns in (("row_labels", entry.row_labels), ("beside", entry.beside)):
        if columns and not (entry.wide or entry.printed):
            raise StudyError(f"key '{key}.{name}' is about printed matrices: say 'wide', too.")
    if entry.negative is not None and not declared.signed:
        raise StudyError(f"key '{key}.negative' has no meaning for this table; take it out.")


def _readable(declared: Table, entry: Entry, key: str) -> None:
    """Refuse keys on the spelling of values that contradict each other or the table."""
    for column in entry.clean:
        steps = entry.clean[column].model_fields_set
        if declared.column(column).type == "year" and entry.format and steps == {"zfill"}:
            continue  # 901 is January 2009 under %y%m: it has lost a zero
        if declared.column(column).type != "string":
            raise StudyError(f"key '{key}.clean.{column}': only ids and codes can be cleaned.")
    if wrong := clash(entry, entry.delimiter):
        raise StudyError(f"key '{key}.{wrong}")
    for flag in entry.flags:
        if all(sign.isdecimal() or sign in ".,+-" for sign in flag):
            raise StudyError(f"key '{key}.flags': {flag!r} is a part of numbers and no mark.")
    require_forms(entry, key)
    if entry.repeat == "add" and not declared.adds:
        raise StudyError(
            f"key '{key}.repeat': rows of {declared.name} are not amounts that could add up; take "
            'it out, or say "first".'
        )
