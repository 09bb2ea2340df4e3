"""The checks of one row, as SQL text generated from the declared contract.

Pure text: nothing here opens a file or runs a statement. Each entry of a table becomes one SELECT
that types its columns, names the first check that a row fails in the column ``_why``, and the
values that an accepted row loses in ``_lost``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from .. import sql
from ..contract import Column, Table
from ..source import Opened
from ..study import Study, TableSource
from ..values import texts
from ..values.marks import without_flags
from ..values.numbers import number
from ..values.years import year
from .staged import DROPPED

__all__ = [
    "LARGEST",
    "OUT_OF_RANGE",
    "SMALLEST",
    "Reading",
    "text_of",
    "typed_rows",
    "value_of",
]

#: A bad value: SQL condition and reason.
_Check = tuple[str, str]

#: What a column that no file has is in DuckDB.
_TYPES = {"string": "VARCHAR", "float": "DOUBLE", "year": "BIGINT"}


@dataclass(frozen=True, slots=True)
class Reading:
    """How the texts of one entry are read.

    Parameters
    ----------
    source : TableSource
        The entry.
    opened : Opened
        Its rows.
    plain : frozenset of str
        Columns of ASCII without blanks around it: they need no cleaning.
    filled : frozenset of str
        Columns in which no text is empty or stands for "missing".
    floats : frozenset of str
        Columns of ids or codes that are all written as ``1001.0``: they are read as ``1001``.
    months : frozenset of str
        Columns of fiscal years in which ``2010/11`` is a month all the same.
    per_cent : frozenset of str
        Columns of shares in which every number has a per cent sign: 60% is 0.6.
    ids : mapping of str to str
        By table to whose ids a column refers, what holds those that may be met, if not all are
        looked through.
    """

    source: TableSource
    opened: Opened
    plain: frozenset[str] = frozenset()
    filled: frozenset[str] = frozenset()
    floats: frozenset[str] = frozenset()
    months: frozenset[str] = frozenset()
    per_cent: frozenset[str] = frozenset()
    ids: Mapping[str, str] = field(default_factory=dict)


def typed_rows(study: Study, reading: Reading, entry: int) -> str:
    """Return the SELECT of one entry's rows, typed and checked.

    Parameters
    ----------
    study : Study
        Gives years, known tables and the codes with a special part.
    reading : Reading
        The entry, its rows and how their texts are read.
    entry : int
        Its number, so that rows keep the order in which the study gives them.

    Returns
    -------
    str
        Columns: ``_entry, _part, _row, _file``, the contract's columns, the tags, ``lost_NAME``
        for each column that may be kept without a partner: the text that found none, ``_why``:
        NULL, or a struct of
        ``column``, ``value`` and ``reason``, and ``_lost``: a list of such structs.
    """
    source = reading.source
    table = source.table
    tags = dict(zip(table.tags, source.tags, strict=True))
    bad = {column.name: list(_bad(column, reading, study)) for column in table.columns}
    typed: list[str] = []
    why: list[str] = []
    lost: list[str] = []
    for column in table.columns:
        value, unmatched = _typed(column), _finds_nothing(column, reading, study, tags)
        out = [unmatched] if _keeps_unmatched(column, reading) and not column.required else []
        if table.soft(column):
            out += [condition for condition, _ in bad[column.name]]
            out += [condition for condition, _ in bad.get(column.pair or "", [])]
            unmatched = _unless(unmatched, bad[column.name])
            if bad[column.name]:
                lost.append(_first(column.name, bad[column.name]))
        else:
            why += [_when(column.name, *check, reading=reading) for check in bad[column.name]]
        name = sql.name(column.name)
        any_of = " OR ".join(out)
        typed.append(
            f"CASE WHEN ({any_of}) IS NOT TRUE THEN {value} END AS {name}"
            if out and any_of != "false"
            else f"{value} AS {name}"
        )
        if column.keep:
            stranger = f"CASE WHEN {unmatched} THEN {_raw(column)} END"
            typed.append(f"{stranger} AS {sql.name('lost_' + column.name)}")
        if unmatched != "false" and not _keeps_unmatched(column, reading):
            where = f"table {column.refers}" if column.refers else "the list of industries"
            where += DROPPED if source.entry.unmatched == "drop" else ""
            why.append(_when(column.name, unmatched, f"{column.name} is not in {where}"))
    why += _of_row(table, reading)
    typed += [f"{sql.text(tags[tag])} AS {sql.name(tag)}" for tag in table.tags]
    cleaned = [f"{text_of(column, reading)} AS {_raw(column)}" for column in table.columns]
    cleaned += [
        f"{own} AS {sql.name(f's_{name}')}" for name, own in _texts_of_missing(reading).items()
    ]
    # Each value is asked for in several checks: it is written once, for statements that repeat it
    # take longer to be planned than small tables take to be checked.
    values = [
        f", {value_of(column, reading)} AS {_typed(column)}"
        for column in table.columns
        if column.type != "string"
    ]
    return (
        f"SELECT {entry} AS _entry, _part, _row, _file, {', '.join(typed)}, "
        f"CASE {' '.join(why)} END AS _why, {_losses(lost)} AS _lost "
        f"FROM (SELECT *{''.join(values)} FROM "
        f"(SELECT _part, _row, _file, {', '.join(cleaned)} FROM {reading.opened.relation}))"
    )


def text_of(column: Column, reading: Reading) -> str:
    """Return the cleaned text of a column, NULL where it is missing."""
    entry, name = reading.source.entry, column.name
    if name not in reading.opened.present:  # NULL in every row
        return sql.name(name)
    value = texts.clean(sql.name(name), plain=name in reading.plain)
    if column.type != "string" and name not in reading.plain:
        value = texts.digits(value)  # ２０１０ is 2010 and nothing else
        value = texts.minus(value) if column.type == "float" else value
    flags = column.type == "float" and bool(entry.flags)
    if flags:  # before what is missing: ': c' is ':' with a flag
        value = without_flags(value, entry)
    if flags or name not in reading.filled:
        missing = texts.missing_of(entry, column.texts)
        if column.type != "string" or name in reading.opened.numeric | reading.floats:
            value = texts.null_missing_number(value, missing, _number_of(column, reading))
        else:
            value = texts.null_missing(value, missing)
    if name in reading.floats:
        value = f"regexp_replace({value}, '\\.0+$', '')"
    return texts.normalise_text(value, entry.clean.get(name))


def _texts_of_missing(reading: Reading) -> dict[str, str]:
    """Return, by column, what stands where it is missing: ``NA``, or what was looked up."""
    match, present = reading.source.entry.match, reading.opened.present
    flagged = {c.name for c in reading.source.table.columns if c.type == "float"}
    filled = reading.filled - (flagged if reading.source.entry.flags else set())  # ': c' is missing
    stands_for = {name: sql.name(name) for name in sorted(present - filled)}
    return stands_for | {name: sql.name(f"by_{name}") for name in match}


def _number_of(column: Column, reading: Reading) -> Callable[[str], str]:
    """Return how a column's texts are read as numbers, to compare them with those of 'missing'."""
    if column.type == "float" and column.name not in reading.opened.numeric:
        return lambda text: number(text, reading.source.entry)
    # of long ids two would be one as floats
    kind = "DOUBLE" if column.type == "float" else "DECIMAL(38, 9)"
    return lambda text: f"try_cast({text} AS {kind})"


def value_of(column: Column, reading: Reading) -> str:
    """Return the typed value of a cleaned text; NULL where the text does not have the type."""
    raw, table = _raw(column), reading.source.table
    if column.name not in reading.opened.present:
        if column.name == table.measure:
            return "1.0"
        return f"CAST(NULL AS {_TYPES[column.type]})"
    if column.type == "float":
        if column.name in reading.opened.numeric:
            return f"try_cast({raw} AS DOUBLE)"
        value = number(raw, reading.source.entry)
        return f"({value}) / 100" if column.name in reading.per_cent else value
    if column.type == "year":
        months, since_1904 = column.name in reading.months, reading.opened.since_1904
        entry, last = reading.source.entry, reading.source.last
        return year(raw, entry, last, months=months, since_1904=since_1904)
    return raw


def _raw(column: Column) -> str:
    return sql.name(f"r_{column.name}")


def _typed(column: Column) -> str:
    """Return the name of a column's typed value among the cleaned rows."""
    return _raw(column) if column.type == "string" else sql.name(f"v_{column.name}")


def _keeps_unmatched(column: Column, reading: Reading) -> bool:
    return column.keep and reading.source.entry.unmatched == "keep"


def _finds_nothing(column: Column, reading: Reading, study: Study, tags: dict[str, str]) -> str:
    """Return the condition that a reference or code finds nothing; ``false`` if unchecked."""
    raw = _raw(column)
    if column.name not in reading.opened.present:
        return "false"
    if column.refers is not None and study.has(column.refers):
        held = reading.ids.get(column.refers, f"ok_{column.refers}")
        return f"({raw} IS NOT NULL AND {raw} NOT IN (SELECT id FROM {held}))"
    if column.code is not None and tags.get(column.code) in study.listed:
        return (
            f"({raw} IS NOT NULL AND {raw} NOT IN (SELECT code FROM ok_industries "
            f"WHERE classification = {sql.text(tags[column.code])}))"
        )
    return "false"


#: No amount is as large, nor as near to 0 and not 0: its exponent is wrong, and neither sums nor
#: quotients of such amounts are numbers.
LARGEST, SMALLEST = 1e100, 1e-100
OUT_OF_RANGE = "is above 1e100 or, but for 0, below 1e-100 in size"


def _bad(column: Column, reading: Reading, study: Study) -> Iterator[_Check]:
    """Yield the checks of one column: missing, not of its type, out of bounds."""
    if column.name in reading.opened.present:
        yield from _of_type(column, reading)
        yield from _within(column, reading, study)


def _of_type(column: Column, reading: Reading) -> Iterator[_Check]:
    name, raw, value = column.name, _raw(column), _typed(column)
    if not reading.source.table.soft(column) and not column.strict:
        yield f"{raw} IS NULL", f"{name} is missing"
    if column.type == "string" and name not in reading.plain:
        yield f"contains({raw}, '{texts.UNREADABLE}')", f"{name} is not readable text"
    elif column.type != "string":
        kind = "number" if column.type == "float" else "year"
        yield f"{raw} IS NOT NULL AND {value} IS NULL", f"{name} is not a {kind}"
    if column.type == "float":
        yield f"NOT isfinite({value})", f"{name} is not finite"
        if column.maximum is None:
            size = f"isfinite({value}) AND {value} <> 0 AND abs({value})"
            yield f"{size} NOT BETWEEN {SMALLEST} AND {LARGEST}", f"{name} {OUT_OF_RANGE}"


def _within(column: Column, reading: Reading, study: Study) -> Iterator[_Check]:
    name, raw, value = column.name, _raw(column), _typed(column)
    table, entry = reading.source.table, reading.source.entry
    if column.type == "year" and column.within:
        first, last = study.years.first, study.years.last
        yield f"{value} NOT BETWEEN {first} AND {last}", f"{name} is outside {first} to {last}"
    signed = name == table.measure and entry.negative in {"keep", "net"}
    signed |= name in table.adds and entry.repeat == "add"  # there the sum is what counts
    if column.minimum is not None and not signed:
        low = "is negative" if column.minimum == 0 else f"is below {column.minimum:g}"
        yield f"{value} < {column.minimum}", f"{name} {low}"
    if column.maximum is not None:
        yield f"{value} > {column.maximum}", f"{name} is above {column.maximum:g}"
    if column.positive:
        yield f"{value} <= 0", f"{name} is not above 0"
    if column.reserved is not None:
        same = f"{raw} = {sql.text(column.reserved)}"
        yield same, f"{name} is {column.reserved!r}, the name of the residual"


def _unless(unmatched: str, bad: list[_Check]) -> str:
    """A value that is lost anyway is looked for nowhere."""
    if unmatched == "false" or not bad:
        return unmatched
    return f"({unmatched} AND ({' OR '.join(condition for condition, _ in bad)}) IS NOT TRUE)"


def _of_row(table: Table, reading: Reading) -> Iterator[str]:
    """Yield the checks that need more than one column; one that never fails comes last."""
    if table.distinct:
        one, other = table.distinct
        same = f"{sql.name(f'r_{one}')} = {sql.name(f'r_{other}')}"
        yield _when(one, same, f"{one} and {other} are the same")
    if table.either:
        one, other = table.either
        none = f"r_{one} IS NULL AND r_{other} IS NULL"
        yield _when(one, none, f"{one} is missing", reading=reading)
        both = f"r_{one} IS NOT NULL AND r_{other} IS NOT NULL"
        yield _when(one, both, f"{one} and {other} are both given")
        both = f"r_{one} IS NOT NULL AND r_last_year IS NOT NULL"
        yield _when(one, both, f"{one} and last_year are both given")
    yield "WHEN false THEN {'column': '', 'value': '', 'reason': ''}"


def _when(column: str, condition: str, reason: str, *, reading: Reading | None = None) -> str:
    value = sql.name(f"r_{column}")
    if (
        reading is not None
        and reason == f"{column} is missing"
        and column in _texts_of_missing(reading)
    ):
        # the text that stands for it; only where the row is refused, so that none is cleaned twice
        value = f"nullif({texts.clean(sql.name(f's_{column}'))}, '')"
    return (
        f"WHEN {condition} THEN {{'column': {sql.text(column)}, "
        f"'value': {value}, 'reason': {sql.text(reason)}}}"
    )


def _first(column: str, checks: list[_Check]) -> str:
    return f"CASE {' '.join(_when(column, *check) for check in checks)} END"


def _losses(lost: list[str]) -> str:
    """Return the list of values that a row loses; the type is the same for every table."""
    kind = 'STRUCT("column" VARCHAR, "value" VARCHAR, reason VARCHAR)[]'
    if not lost:
        return f"CAST(NULL AS {kind})"
    return f"CAST(list_filter([{', '.join(lost)}], lambda _each: _each IS NOT NULL) AS {kind})"
