"""Keys that would do nothing, or give one column of a file two meanings: told or refused."""

from __future__ import annotations

from collections.abc import Iterable

from ..core.errors import StudyError, show
from .contract import Table, flow_tables
from .study_model import Entry, MakeUse, Options

__all__ = [
    "name_uncleaned",
    "read_twice",
    "require_effect",
    "require_final",
    "require_options",
    "require_own_constants",
]

#: By key, the type of a column of ours that it is about, and what such values are called.
_OF_TYPE = {
    **dict.fromkeys(("decimal", "thousands", "flags"), ("float", "numbers")),
    **dict.fromkeys(("format", "fiscal"), ("year", "years")),
}
#: By key, the key that must not be switched off beside it, and how that is said.
_BESIDE = {
    "escape": ("quote", 'quote = ""'),
    "line_breaks": ("quote", 'quote = ""'),
    "header_rows": ("header", "header = false"),
}
#: By option, the tables that it is about: one of them must be there.
_OPTIONS = {
    **dict.fromkeys(("depreciation", "window", "normalisation"), (*flow_tables("citations"),)),
    **dict.fromkeys(("production", "interval"), ("trade_links",)),
}


def require_effect(declared: Table, entry: Entry, key: str) -> None:
    """Refuse keys of an entry that nothing would come of.

    Parameters
    ----------
    declared : Table
        The table that the entry is of.
    entry : Entry
        What the study file says.
    key : str
        Name of the entry, for messages.

    Raises
    ------
    StudyError
        Naming the key.
    """
    for name, (type, called) in _OF_TYPE.items():
        if entry.says(name) and all(column.type != type for column in declared.columns):
            raise StudyError(
                f"key '{key}.{name}' has no meaning for this table: {declared.name} has no column "
                f"of {called}; take it out."
            )
    for name, (other, off) in _BESIDE.items():
        if entry.says(name) and not getattr(entry, other):
            raise StudyError(f"key '{key}.{name}' does nothing beside {off}; take one of them out.")
    for column in sorted({*entry.constants} & {*entry.match}):
        if entry.constants[column] != "":
            raise StudyError(
                f"key '{key}.match.{column}' does nothing, for constants give {column} to all "
                "rows; take one of them out."
            )


def require_final(make_use: MakeUse) -> None:
    """Refuse exports, imports and stocks that are no final users.

    Parameters
    ----------
    make_use : MakeUse
        What ``[make_use]`` says.

    Examples
    --------
    >>> require_final(MakeUse(final_demand=["F010", "F040"], exports=["F040"]))
    >>> require_final(MakeUse(final_demand=["F010"], exports=["F040"]))
    Traceback (most recent call last):
    spillgraph.core.errors.StudyError: [make_use] names 'F040' in exports, which are final uses, \
and not in final_demand; name it there, too.
    """
    for name in ("exports", "product_imports", "inventories"):
        for code in getattr(make_use, name):
            if code not in make_use.final_demand:
                raise StudyError(
                    f"[make_use] names {show(code)} in {name}, which are final uses, and not in "
                    "final_demand; name it there, too."
                )


def require_own_constants(entry: Entry, key: str, files: Iterable[str]) -> None:
    """Refuse a constant where a folder above a file gives another value for the column.

    Parameters
    ----------
    entry : Entry
        What the study file says.
    key : str
        Name of the entry, for messages.
    files : iterable of str
        Names of its files.

    Examples
    --------
    >>> entry = Entry(file="c/**/*.csv", constants={"year": 2010})
    >>> require_own_constants(entry, "tables.make", ["c/year=2010/a.csv"])
    >>> require_own_constants(entry, "tables.make", ["c/year=2009/a.csv"])
    Traceback (most recent call last):
    spillgraph.core.errors.StudyError: key 'tables.make.constants.year' = 2010: the folder of \
c/year=2009/a.csv says year=2009. Say partitions = ["year"] in its place, or columns = { year = "" \
} beside it if the folder means something else.
    """
    for column, value in entry.constants.items():
        if entry.columns.get(column) == "":
            continue
        for file in files:
            parts = [part for part in file.split("/")[:-1] if part.startswith(f"{column}=")]
            if parts and parts[-1] != f"{column}={value}":
                raise StudyError(
                    f"key '{key}.constants.{column}' = {value!r}: the folder of {file} says "
                    f'{parts[-1]}. Say partitions = ["{column}"] in its place, or columns = {{ '
                    f'{column} = "" }} beside it if the folder means something else.'
                )


def require_options(options: Options, names: Iterable[str]) -> None:
    """Refuse options on tables that the study does not give.

    Parameters
    ----------
    options : Options
        What ``[options]`` says.
    names : iterable of str
        Names of the study's tables.

    Examples
    --------
    >>> require_options(Options(production="trade_links"), ["io_flows", "io_output"])
    Traceback (most recent call last):
    spillgraph.core.errors.StudyError: key 'options.production' does nothing without \
[tables.trade_links]; add it, or take the key out.
    """
    there = {*names}
    for name, tables in _OPTIONS.items():
        if options.says(name) and not there & {*tables}:
            needed = " or ".join(f"[tables.{table}]" for table in tables)
            raise StudyError(
                f"key 'options.{name}' does nothing without {needed}; add it, or take the key out."
            )


def read_twice(entry: Entry, chosen: dict[str, str]) -> list[str]:
    """Warn of a column of the file that two of ours are read from, unless both are mapped to it.

    Parameters
    ----------
    entry : Entry
        What the study file says.
    chosen : dict of str to str
        By column of ours, the file's.

    Examples
    --------
    >>> entry = Entry(file="c.csv", columns={"count": "year"})
    >>> print(*read_twice(entry, {"year": "year", "count": "year"}))
    columns 'year' and 'count' are both read from 'year' of the file. If both are meant, say so: \
columns = { year = "year", count = "year" }.
    """
    warnings = []
    for own in dict.fromkeys(chosen.values()):
        ours = [column for column in chosen if chosen[column] == own]
        if len(ours) > 1 and any(column not in entry.columns for column in ours):
            both = ", ".join(f'{column} = "{own}"' for column in ours)
            warnings.append(
                f"columns {' and '.join(map(show, ours))} are both read from {show(own)} "
                f"of the file. If both are meant, say so: columns = {{ {both} }}."
            )
    return warnings


def name_uncleaned(entry: Entry, present: Iterable[str]) -> list[str]:
    """Warn of ``clean`` for columns that a file does not give.

    Examples
    --------
    >>> entry = Entry(file="f.csv", clean={"name": {"case": "upper"}})
    >>> print(*name_uncleaned(entry, ["id"]))
    'clean' is about 'name', and there is no such column: nothing is cleaned.
    """
    return [
        f"'clean' is about {show(column)}, and there is no such column: nothing is cleaned."
        for column in sorted({*entry.clean} - {*present} - {*entry.constants})
    ]
