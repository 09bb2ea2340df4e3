"""Which rows are taken: ``where`` and ``where_not``."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from ...core.errors import InputError, nearest
from .. import sql
from ..files.raw import Raw
from ..study_model import Entry
from .lookup import normal, own_text

__all__ = ["conditions", "filter_of", "filters_of", "key_of", "leaving_out"]


def conditions(entry: Entry, file: str, raw: Raw, by: Collection[str]) -> list[str]:
    """Return what ``where`` and ``where_not`` say of some columns, as SQL conditions.

    Parameters
    ----------
    entry : Entry
        Gives the filters.
    file, raw : str, Raw
        The file, for messages, and its columns.
    by : collection of str
        The columns.

    Raises
    ------
    InputError
        If the file has none of that name.
    """
    parts = []
    for section, verb in (("where", "IN"), ("where_not", "NOT IN")):
        for column, values in getattr(entry, section).items():
            if column not in by:
                continue
            if column not in raw.columns:
                hint = nearest(column, raw.columns)
                raise InputError(f"{file}: there is no column {column!r} ({section}). {hint}")
            listed = ", ".join(sql.text(value) for value in values)
            own = f"coalesce({normal(own_text(column, raw))}, '')"
            parts.append(f"{own} {verb} ({listed})")
    return parts


def filter_of(entry: Entry, file: str, raw: Raw, by: Collection[str]) -> str:
    """Return the WHERE clause of :func:`conditions`, empty where there are none."""
    parts = conditions(entry, file, raw, by)
    return f" WHERE {' AND '.join(parts)}" if parts else ""


def filters_of(values: Mapping[str, str | Sequence[str]]) -> str:
    """Return filters as the study file takes them.

    Parameters
    ----------
    values : mapping of str to str, or sequence of str
        One value, or several, by column.

    Examples
    --------
    >>> print(filters_of({"user": ["F1", "F2"], "Name of row": "Total"}))
    { user = ["F1", "F2"], "Name of row" = "Total" }
    """
    parts = (f"{key_of(key)} = {_text(value)}" for key, value in values.items())
    return f"{{ {', '.join(parts)} }}"


def leaving_out(entries: Iterable[Entry], labels: Mapping[str, str | Sequence[str]]) -> str:
    """Return the ``where_not`` that leaves values of our columns out, in the names of the files.

    Parameters
    ----------
    entries : iterable of Entry
        Say what their columns are called; rows and columns of a printed matrix are called as ours.
    labels : mapping of str to str, or sequence of str
        What is to be left out, by column of ours.

    Examples
    --------
    >>> print(leaving_out([Entry(file="z.csv", columns={"user": "col"})], {"user": ["VA", "FD"]}))
    where_not = { col = ["VA", "FD"] }
    """
    filters = (f"where_not = {filters_of(_left_out(entry, labels))}" for entry in entries)
    return " or ".join(dict.fromkeys(filters))


def _left_out(
    entry: Entry, labels: Mapping[str, str | Sequence[str]]
) -> dict[str, str | Sequence[str]]:
    """Return what an entry leaves out, and some labels more, by column of the file."""
    filters: dict[str, str | Sequence[str]] = dict(entry.where_not)
    for ours, values in labels.items():
        wide = entry.wide is not None and ours in {entry.wide.rows, entry.wide.columns}
        theirs = ours if wide else entry.columns.get(ours) or ours
        more = [values] if isinstance(values, str) else values
        before = entry.where_not.get(theirs)
        filters[theirs] = values if before is None else list(dict.fromkeys([*before, *more]))
    return filters


def key_of(name: str) -> str:
    """Return a column as the study file takes it on the left side.

    Examples
    --------
    >>> print(key_of("kind"), key_of("Name of row"))
    kind "Name of row"
    """
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _text(name)


def _text(value: str | Sequence[str]) -> str:
    return json.dumps(value if isinstance(value, str) else list(value), ensure_ascii=False)
