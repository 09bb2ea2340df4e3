"""What ``where`` and ``where_not`` may have missed: a value that no row has, or another spelling.

Values are compared letter by letter. A file that spells one otherwise would lose its rows, or keep
what it should not, without a word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import duckdb

from ...core.errors import LISTED, show
from ...core.words import counted
from ..files.raw import Raw
from ..study_model import Entry
from ..values.alike import MANY, select_likely, with_keys
from ..values.texts import missing_of
from .chosen import conditions
from .lookup import normal, own_text

__all__ = ["FilterDoubts", "Missed", "Other", "filter_doubts", "say_doubts"]

#: From this likeness on a value is named; of two words without a letter in common it is 0.
_NEAR = 0.8
#: A column of so many values may be one of true and false, and its values can all be named.
_FEW = 5


@dataclass(frozen=True, slots=True)
class Other:
    """Another spelling of a value, how many rows have it, and the file."""

    value: str
    spelling: str
    rows: int
    file: str


@dataclass(frozen=True, slots=True)
class Missed:
    """What one filter of one column misses in a file.

    Parameters
    ----------
    absent : dict of str to str or None
        Values that no row has, and what comes nearest.
    others : tuple of Other
        Other spellings, which are not taken.
    few : tuple of str
        All values of the file, where they are few.
    """

    absent: dict[str, str | None] = field(default_factory=dict)
    others: tuple[Other, ...] = ()
    few: tuple[str, ...] = ()


#: By section and column.
FilterDoubts = dict[tuple[str, str], Missed]


def filter_doubts(
    con: duckdb.DuckDBPyConnection,
    entry: Entry,
    file: str,
    table: str,
    raw: Raw,
    besides: Mapping[str, Sequence[str]],
) -> FilterDoubts:
    """Return what the filters of an entry miss in a file.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the table.
    entry : Entry
        Gives ``where`` and ``where_not``.
    file, table, raw : str, str, Raw
        The file, its rows before they are filtered, and its columns.
    besides : mapping of str to sequence of str
        By column of the file, texts that do not mean "missing" there.
    """
    doubts: FilterDoubts = {}
    filtered = {*entry.where, *entry.where_not} & set(raw.columns)
    for column in sorted(filtered):
        rest = conditions(entry, file, raw, filtered - {column})
        counted = f"count(*) FILTER (WHERE {' AND '.join(rest)})" if rest else "count(*)"
        own, text = raw.columns[column], normal(own_text(column, raw))
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE _there AS SELECT coalesce({text}, '') AS v, "
            f"sum(n)::BIGINT AS n FROM (SELECT {own}, {counted} AS n FROM {table} AS r "
            f"GROUP BY {own}) AS r GROUP BY ALL"
        )
        missing = missing_of(entry, besides.get(column, ()))
        for section in ("where", "where_not"):
            if values := getattr(entry, section).get(column):
                named = {*entry.where.get(column, ()), *entry.where_not.get(column, ())}
                doubts[section, column] = _compare_values(con, values, named, missing, file)
        con.execute("DROP TABLE _there")
    return doubts


def _compare_values(
    con: duckdb.DuckDBPyConnection,
    values: list[str],
    named: set[str],
    missing: list[str],
    file: str,
) -> Missed:
    """Compare the values of one filter with those of ``_there``."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE _wanted AS SELECT *, v IN (SELECT v FROM _there) AS there "
        f"FROM {with_keys('(SELECT DISTINCT unnest(?::VARCHAR[]) AS v)')}",
        [values],
    )
    few = con.execute(
        "SELECT v FROM _there WHERE v <> '' AND NOT list_contains(?, v) ORDER BY v "
        f"LIMIT {_FEW + 1}",
        [missing],
    ).fetchall()
    known = tuple(v for (v,) in few) if len(few) <= _FEW else ()
    others = _others(con, sorted(named), missing, truths=bool(known))
    # of several spellings in the list one that is there will do
    absent = con.execute(
        "SELECT v FROM _wanted AS w WHERE v <> '' AND NOT there AND NOT EXISTS "
        "(FROM _wanted AS o WHERE o.there AND o.loose = w.loose AND o.loose <> '')"
    ).fetchall()
    lost = [value for value in dict.fromkeys(values) if (value,) in absent]
    nearest = _nearest(con, lost[:LISTED])
    con.execute("DROP TABLE _wanted")
    return Missed(
        {value: nearest.get(value) for value in lost},
        tuple(Other(value, spelling, rows, file) for value, spelling, rows in others),
        known,
    )


def _others(
    con: duckdb.DuckDBPyConnection, named: list[str], missing: list[str], *, truths: bool
) -> list[tuple[str, str, int]]:
    """Return value, spelling and rows of what no filter names, and is the same but for spelling.

    What may be two things, and stands beside the wanted value, is not the same.
    """
    ways = ["o.plain = w.plain", "o.loose = w.loose AND NOT w.there"]
    if truths:  # T and Y in one column are two letters
        two = "(length(o.plain) > 1 OR length(w.plain) > 1 OR NOT w.there)"
        ways.append(f"o.truth = w.truth AND {two}")
    there = select_likely(con, "_there", "(SELECT v FROM _wanted)")
    con.execute(f"CREATE OR REPLACE TEMP TABLE _keyed AS FROM {with_keys(there)} WHERE n > 0")
    joined = [
        f"SELECT w.v, o.v, o.n FROM _keyed AS o JOIN _wanted AS w ON {way} "
        "WHERE o.plain <> '' AND NOT list_contains($named, o.v)"
        for way in ways
    ]
    joined.append(
        "SELECT w.v, o.v, o.n FROM _there AS o JOIN _wanted AS w "
        "ON (w.v = '' OR list_contains($missing, w.v) AND NOT w.there) "
        "WHERE (o.v = '' OR list_contains($missing, o.v)) AND o.n > 0 "
        "AND NOT list_contains($named, o.v)"
    )
    rows = con.execute(
        f"SELECT DISTINCT ON (o.v) * FROM ({' UNION '.join(joined)}) AS o(w, v, n) ORDER BY v, w",
        {"named": named, "missing": missing},
    ).fetchall()
    con.execute("DROP TABLE _keyed")
    return rows


def _nearest(con: duckdb.DuckDBPyConnection, values: list[str]) -> dict[str, str]:
    """Return what comes nearest to each of some values that are not there."""
    pairs = con.execute(
        "SELECT w, arg_max(v, (likeness, v)) FROM (SELECT w, v, jaro_winkler_similarity(v, w) AS "
        f"likeness FROM (SELECT unnest(?::VARCHAR[]) AS w), (FROM _there LIMIT {MANY})) "
        "WHERE likeness >= ? GROUP BY w",
        [values, _NEAR],
    ).fetchall()
    return dict(pairs)


def say_doubts(files: Iterable[FilterDoubts]) -> list[str]:
    """Return warnings of what filters miss in the files of an entry: at most two a filter.

    Examples
    --------
    >>> other = Other("Total", "TOTAL", 3, "use.csv")
    >>> print(*say_doubts([{("where_not", "row"): Missed({"Total": "TOTAL"}, (other,))}]))
    no row has 'Total' in 'row', as where_not wants it, but there is 'TOTAL' (3 rows of use.csv): \
values are compared letter by letter.
    >>> print(*say_doubts([{("where", "row"): Missed({}, (other,))}]))
    where takes 'Total' in 'row' letter by letter, so 'TOTAL' (3 rows of use.csv) is left out: if \
it means the same, name it in where too; if not, name it in where_not.
    """
    parts, doubts = list(files), []
    for section, column in dict.fromkeys(key for part in parts for key in part):
        missed = [part[section, column] for part in parts if (section, column) in part]
        absent = {v: near for v, near in missed[0].absent.items() if _in_all(v, missed)}
        others = [other for part in missed for other in part.others]
        if absent:
            doubts.append(_absent(section, column, absent, missed, others))
        if lost := [other for other in others if other.value not in absent]:
            doubts.append(_otherwise(section, column, lost))
    return doubts


def _in_all(value: str, missed: list[Missed]) -> bool:
    return all(value in part.absent for part in missed)


def _absent(
    section: str,
    column: str,
    absent: dict[str, str | None],
    missed: list[Missed],
    others: list[Other],
) -> str:
    """Say which values no row has, and what there is instead."""
    it = "it" if len(absent) == 1 else "them"
    text = f"no row has {_list(map(show, absent), 'or')} in {show(column)}, as {section} wants {it}"
    if spelled := [other for other in others if other.value in absent]:
        are = "is" if len(spelled) == 1 else "are"
        return (
            f"{text}, but there {are} {_spellings(spelled)}: values are compared letter by letter."
        )
    near = next((part.absent[v] for v in absent for part in missed if part.absent[v]), None)
    if near is not None:
        return f"{text}; the nearest that is there is {show(near)}."
    few = sorted({value for part in missed for value in part.few})
    if section == "where_not" and 0 < len(few) <= _FEW and all(part.few for part in missed):
        return f"{text}; there {'is' if len(few) == 1 else 'are'} {_list(map(show, few), 'and')}."
    return f"{text}."


def _otherwise(section: str, column: str, lost: list[Other]) -> str:
    """Say which other spellings a filter does not take."""
    values = _list(map(show, dict.fromkeys(other.value for other in lost)), "and")
    one = len(lost) == 1
    are, it, mean = ("is", "it", "it means") if one else ("are", "them", "they mean")
    stay, rest = ("kept", "list in where all that is to stay")
    if section == "where":
        stay, rest = ("left out", f"name {it} in where_not")
    return (
        f"{section} takes {values} in {show(column)} letter by letter, so {_spellings(lost)} {are} "
        f"{stay}: if {mean} the same, name {it} in {section} too; if not, {rest}."
    )


def _spellings(others: list[Other]) -> str:
    def rows(other: Other) -> str:
        return f"{counted(other.rows, 'row')} of {other.file}"

    return _list((f"{show(other.spelling)} ({rows(other)})" for other in others), "and")


def _list(texts: Iterable[str], word: str) -> str:
    """List texts; of many the first, and how many more."""
    listed = list(texts)
    if len(listed) > LISTED:
        listed = [*listed[:LISTED], f"{len(listed) - LISTED} more"]
    return f" {word} ".join([", ".join(listed[:-1]), listed[-1]] if len(listed) > 1 else listed)
