"""Rows of a server, where every value carries its own type, become Arrow columns with one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
from neo4j.graph import Entity, Path
from neo4j.spatial import Point
from neo4j.time import Date, DateTime, Duration, Time

from ...core.errors import QueryError

__all__ = ["to_table"]


def to_table(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> pa.Table:
    """Return rows as a table.

    Parameters
    ----------
    names : sequence of str
        Names of the columns.
    rows : sequence of sequence
        As the driver yields them.

    Returns
    -------
    pyarrow.Table
        Whole numbers as int64, others as double, text as string. A column that holds both whole
        and other numbers is double; one without any value is string. Nodes and relationships
        become maps of their properties, paths lists of them, durations and points text.

    Raises
    ------
    QueryError
        If a column mixes kinds of values.

    Examples
    --------
    >>> table = to_table(["n", "x"], [[1, 2], [3, 0.5]])
    >>> [str(kind) for kind in table.schema.types]
    ['int64', 'double']
    """
    columns: Sequence[Sequence[Any]] = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    arrays = [_column(name, values) for name, values in zip(names, columns, strict=True)]
    return pa.Table.from_arrays(arrays, names=list(names))


def _column(name: str, values: Sequence[Any]) -> pa.Array:
    kinds = {type(value) for value in values} - {type(None)}
    if not kinds:
        return pa.nulls(len(values), pa.string())
    if kinds == {str}:
        return pa.array(values, pa.string())
    if kinds == {int}:
        return pa.array(values, pa.int64())
    if kinds <= {int, float}:
        return pa.array([None if value is None else float(value) for value in values], pa.float64())
    try:
        return pa.array([_to_plain(value) for value in values])
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        raise QueryError(
            f"column {name!r} mixes kinds of values "
            f"({', '.join(sorted(kind.__name__ for kind in kinds))}); return one kind, "
            f"e.g. toString({name})."
        ) from None


def _to_plain(value: Any) -> Any:
    if isinstance(value, Entity):
        return {key: _to_plain(part) for key, part in value.items()}
    if isinstance(value, Path):
        return [_to_plain(node) for node in value.nodes]
    if isinstance(value, list):
        return [_to_plain(part) for part in value]
    if isinstance(value, dict):
        return {key: _to_plain(part) for key, part in value.items()}
    if isinstance(value, Date | DateTime | Time):
        return value.iso_format()
    if isinstance(value, Duration | Point):
        return str(value)
    return value
