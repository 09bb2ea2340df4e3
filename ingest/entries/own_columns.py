"""Which column of a file is which of ours."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

import duckdb

from ...core.errors import InputError, nearest
from .. import sql
from ..contract import Table
from ..files.raw import Raw
from ..study import TableSource
from ..study_model import Entry
from .lookup import own_text

__all__ = ["amounts_of", "choose_columns", "unused_columns"]

#: Numbers in whatever spelling, flags behind them too; and dates, which are none.
_NUMBER, _DATE = r"[^\p{L}]*\d[^\p{L}]*( ?\p{L}{1,3})?", r"^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}"

#: Bytes in which a header is looked for.
_SEARCHED = 1 << 14


def choose_columns(source: TableSource, file: tuple[str, Path], raw: Raw) -> dict[str, str]:
    """Return, by contract column, the file's column; refuse what is missing.

    Parameters
    ----------
    source : TableSource
        The entry.
    file : tuple of str and Path
        The file, by its name for messages and where it is.
    raw : Raw
        Its columns.

    Raises
    ------
    InputError
        With the nearest name that the file has, and the key that would map it.
    """
    table: Table = source.table
    wide, (file_name, path) = source.entry.wide, file
    mapped = dict(source.entry.columns)
    if wide is not None:
        mapped = {name: name for name in (wide.rows, wide.columns, wide.values)} | mapped
    chosen = {}
    for column in table.columns:
        own = mapped.get(column.name, column.name)
        otherwise = column.name in source.entry.constants or column.name in source.entry.match
        if not own and (not column.required or otherwise):  # left alone: size = ""
            continue
        _require_one_meaning(source, file_name, raw, column.name, own)
        if own in raw.columns:
            chosen[column.name] = own
        elif column.name in mapped or (
            column.required
            and column.name not in source.entry.constants
            and column.name not in source.entry.match
        ):
            place = f"{own!r} (for {table.name}.{column.name})"
            _require_read_right(source, file, raw, f"{file_name}: there is no column {place}.")
            hint = f"{_of_matrix(table, source.entry, raw)}{_hint(own, path, raw)}"
            raise InputError(
                f"{file_name}: there is no column {place}. {hint} Map it with "
                f'columns = {{ {column.name} = "…" }}.{_other_sheets(raw)}'
            )
    given_otherwise = {*source.entry.constants, *source.entry.match}
    if table.either and not {*chosen, *given_otherwise} & set(table.either):
        one, other = table.either
        _require_read_right(source, file, raw, f"{file_name}: there is no column {one!r}.")
        raise InputError(
            f"{file_name}: there is no column {one!r} (for {table.name}.{one}), nor {other!r}. "
            f'{_hint(one, path, raw)} Map it with columns = {{ {one} = "…" }}.'
        )
    return chosen


def _require_one_meaning(source: TableSource, file: str, raw: Raw, column: str, own: str) -> None:
    """Refuse a column that constants give, too, and one that is left alone and needed."""
    constant = source.entry.constants.get(column, "")
    if own in raw.columns and constant != "":  # an empty one leaves the column alone
        raise InputError(
            f"{file}: 'constants' gives {column}, but the file has a column {own!r} of "
            f'its own. Take the constant out, or say columns = {{ {column} = "" }} beside '
            "it."
        )
    if not own:
        raise InputError(
            f'{file}: columns = {{ {column} = "" }} leaves {column} alone, and '
            f"{source.table.name} needs it: give it for all rows, constants = {{ {column} = … "
            "}, or take the key out."
        )


def _of_matrix(table: Table, entry: Entry, raw: Raw) -> str:
    """Return how a printed matrix is read, where no column is called as one of ours."""
    ours = {column.name for column in table.columns}
    if entry.wide or entry.printed or len(raw.columns) < 3 or ours & set(raw.columns):
        return ""
    if table.printed:
        return (
            "If this is a printed input-output table, say which of its rows or columns is output: "
            'printed = { gross_output = "…" }. '
        )
    ends = [c.name for c in table.columns if c.required and c.type == "string"]
    if table.measure is None or len(ends) != 2:
        return ""
    keys = f'rows = "{ends[0]}", columns = "{ends[1]}", values = "{table.measure}"'
    return f"If this is a printed matrix, say wide = {{ {keys} }}. "


def _require_read_right(
    source: TableSource, file: tuple[str, Path], raw: Raw, missing: str
) -> None:
    """Refuse a file whose header was taken for another line, or with its quotes, before a column
    of it is looked for among the wrong names."""
    entry, (_, path) = source.entry, file
    if entry.quote != '"' and all(re.fullmatch('".*"', name) for name in raw.columns):
        quote = json.dumps(entry.quote, ensure_ascii=False)
        raise InputError(
            f"{missing} Its names stand in double quotes, so quote = {quote} is wrong for this "
            "file: take it out."
        )
    required = [c.name for c in source.table.columns if c.required]
    elsewhere = {*entry.constants, *entry.match}
    wanted = {entry.columns.get(name, name) for name in required if name not in elsewhere}
    line = _line_of(wanted, path, entry) if entry.wide is None else None
    if line is not None:
        raise InputError(
            f"{missing} Line {line} of the file has it: if that is the header, say skip = "
            f"{line - 1}."
        )


def _line_of(wanted: set[str], path: Path, entry: Entry) -> int | None:
    """Return the first of the lines below the header that has all names, if the file is text."""
    if entry.comment or not wanted or not path.is_file():
        return None
    with path.open("rb") as file:
        text = file.read(_SEARCHED).decode(entry.encoding, errors="replace")
    parts = re.compile(re.escape(entry.delimiter) if entry.delimiter else r"[,;\t|]")
    lines = [line for line in enumerate(text.split("\n"), start=1) if line[1].strip()]
    below = [line for line in lines if line[0] > entry.skip][1:]  # the first was the header
    for number, line in below:
        fields = {field.strip(' \r"') for field in parts.split(line)}
        if wanted <= fields:
            return number
    return None


def _other_sheets(raw: Raw) -> str:
    """Return the warning that a sheet was chosen which nobody named: it may be the wrong one."""
    return next(
        (f" {warning}" for warning in raw.warnings if " is read; there are also " in warning), ""
    )


def _hint(column: str, path: Path, raw: Raw) -> str:
    """Return what a missing column may be: in the folders, behind another header, or misspelt."""
    names = list(raw.columns)
    if any(part.startswith(f"{column}=") for part in path.parts[:-1]):
        advice = f'Its folder has it: partitions = ["{column}"]. '
    elif any(re.fullmatch(r"[\d.,-]+", name) for name in names):
        advice = "If the first line is a row, say header = false, and names = [...]. "
    elif all(len(name) > 1 and name[0] == name[-1] == "'" for name in names):
        advice = 'If texts stand in apostrophes, say quote = "\'". '
    elif len(names) == 1 and column in re.split(r'[\s"]+', names[0]):
        advice = 'If blanks part the fields, say delimiter = " ". '
    elif len(names) == 1 and re.fullmatch(r"[\d.-]+( [\d.-]+)+", names[0]):
        advice = (
            'If the first line is a row, say header = false, names = [...] and delimiter = " ". '
        )
    elif len(names) < 2 or sum(name.startswith("column_") for name in names) > len(names) / 2:
        advice = "If there are lines above the header, say skip = how many. "
    else:
        advice = ""
    return f"{advice}{nearest(column, raw.columns)}"


def unused_columns(source: TableSource, raw: Raw, chosen: dict[str, str]) -> tuple[str, ...]:
    """Return columns of the file that the entry neither reads, nor filters or looks up by.

    Parameters
    ----------
    source, raw
        As in :func:`choose_columns`, with what it returned.
    chosen : dict of str to str
        The file's column by ours.
    """
    entry = source.entry
    used = {*chosen.values(), *entry.where, *entry.where_not}
    used |= {match.by for match in entry.match.values()}
    left_alone = {column for column, own in entry.columns.items() if not own}
    return tuple(name for name in raw.columns if name not in used | left_alone)


def amounts_of(
    con: duckdb.DuckDBPyConnection, table: str, raw: Raw, columns: Iterable[str]
) -> tuple[str, ...]:
    """Return the columns that may hold numbers, as far as their first values tell.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the rows of the file.
    table : str
        Name of the rows.
    raw : Raw
        Their columns.
    columns : iterable of str
        Those that are asked about.
    """
    names = []
    for name in columns:
        (numbers,) = sql.one(
            con,
            f"SELECT bool_and(regexp_full_match(v, {sql.text(_NUMBER)}) AND NOT "
            f"regexp_matches(v, {sql.text(_DATE)})) FROM (SELECT trim(v) AS v FROM "
            f"(SELECT {own_text(name, raw)} AS v FROM {table} AS r) WHERE trim(v) <> '' LIMIT 100)",
        )
        if numbers is not False:
            names.append(name)
    return tuple(names)
