"""Totals of printed tables are found by their sums and refused by name, before anything is made.

A row of totals that becomes a sector counts every flow twice. Where a list of industries is given
its code is refused row by row; without one only the numbers tell.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import duckdb
import pandas as pd

from ...analytics.accounts import PROVEN, Total, find_totals
from ...core.errors import InputError
from .. import contract, sql
from ..codes.sectors_taken import name_unlisted
from ..entries.chosen import filters_of
from ..study import Study

__all__ = ["check_totals"]

#: Output of a total and that of its addends, which are rounded.
ROUNDED = 1e-3
#: Flows between industries: those of the accounts first, which output can prove wrong.
_SQUARE = sorted(
    (table for table in contract.TABLES if table.ends and not table.between),
    key=lambda table: not table.accounts,
)
#: Of larger tables, which nobody prints, all pairs of sectors would have to be held at once.
MOST_ROWS = 8_000


@dataclass(frozen=True, slots=True)
class _Side:
    """Totals of one side of a table: our name of the column, and labels with what they sum."""

    table: str
    column: str
    totals: dict[str, Total]
    proven: set[str]


def check_totals(con: duckdb.DuckDBPyConnection, study: Study, alone: Sequence[str]) -> list[str]:
    """Refuse totals that would become sectors, and say which industries were taken without a list.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the views ``ok_NAME``.
    study : Study
        The study.
    alone : sequence of str
        Industries that are in ``io_output`` alone.

    Returns
    -------
    list of str
        Warnings: sums that are no proof, and sectors that no list names.

    Raises
    ------
    InputError
        If a row or column is the sum of others; not with ``accounts = "warn"``.
    """
    of_output = _of_output(con, study, alone)
    of_flows, unseen = _of_flows(con, study)
    sides = [*of_flows, *_of_make_use(con, study), *of_output]
    proven = [side for side in sides if side.proven]
    texts = [_sentence(side, sorted(side.proven)) for side in proven]
    if texts and study.options.accounts == "stop":
        raise InputError(f"{' '.join(texts)} {_remedy(study, proven)}")
    for side in sides:
        doubtful = sorted(set(side.totals) - side.proven)
        if doubtful:
            texts.append(_sentence(side, doubtful, "If so, leave it out."))
    named = {label for side in of_output for label in side.totals}
    return texts + unseen + name_unlisted(con, study, [code for code in alone if code not in named])


# -- flows between industries ----------------------------------------------------------------------


def _of_flows(con: duckdb.DuckDBPyConnection, study: Study) -> tuple[list[_Side], list[str]]:
    """Look at io_flows year by year, and at industry citations of all years together.

    Tables that are too large to look at are named.
    """
    sides, unseen = [], []
    for declared in _SQUARE:
        if not study.has(declared.name):
            continue
        (receiver, source), table = declared.ends, declared.name
        years: list[int | None] = [None]
        if declared.accounts:
            rows = con.execute(f"SELECT DISTINCT year FROM ok_{table} ORDER BY 1").fetchall()
            years = [int(year) for (year,) in rows]
        for year in years:
            sectors = _sectors(con, table, (source, receiver), year)
            if sectors > MOST_ROWS:
                of_year = "" if year is None else f" of {year}"
                unseen.append(
                    f"table {table}: whether one of its {sectors:,} sectors{of_year} is a total of "
                    "others was not looked for, there are too many."
                )
                continue
            frame = _print_table(con, table, source, receiver, str(declared.measure), year)
            output = _outputs(con, study, year) if declared.accounts else None
            sides += _square(table, source, receiver, frame, output)
    return _merge_years(sides), unseen


def _sectors(
    con: duckdb.DuckDBPyConnection, table: str, ends: tuple[str, str], year: int | None
) -> int:
    where = "" if year is None else f"WHERE year = {year}"
    counts = ", ".join(f'count(DISTINCT "{end}")' for end in ends)
    return int(max(sql.one(con, f"SELECT {counts} FROM ok_{table} {where}")))


def _print_table(
    con: duckdb.DuckDBPyConnection,
    table: str,
    row: str,
    column: str,
    measure: str,
    year: int | None,
) -> pd.DataFrame:
    """Return a table as it was printed: rows and columns in the order of the file."""
    where = "" if year is None else f"WHERE year = {year}"
    long = con.execute(
        f'SELECT "{row}" AS row, "{column}" AS col, "{measure}" AS value FROM ok_{table} {where}'
    ).df()
    rows, columns = long["row"].unique(), long["col"].unique()
    wide = long.pivot_table(index="row", columns="col", values="value", aggfunc="sum")
    return wide.reindex(index=rows, columns=columns).fillna(0.0)


def _outputs(
    con: duckdb.DuckDBPyConnection, study: Study, year: int | None
) -> pd.Series[float] | None:
    """Return gross output in the classification of the flows, if it is given so."""
    if not study.output_of_flows:
        return None
    statement = "SELECT industry, gross_output FROM ok_io_output WHERE year = ?"
    frame = con.execute(statement, [year]).df()
    return frame.set_index("industry")["gross_output"] if len(frame) else None


def _square(
    table: str,
    source: str,
    receiver: str,
    frame: pd.DataFrame,
    output: pd.Series[float] | None,
) -> list[_Side]:
    """Find totals of both sides of flows, proven by themselves or by what agrees with them."""
    by_side = {source: find_totals(frame), receiver: find_totals(frame.T)}
    sides = {name: {total.label: total for total in totals} for name, totals in by_side.items()}
    both = set(sides[source]) & set(sides[receiver])
    of_sides = []
    for column, totals in sides.items():
        proven = {
            label
            for label, total in totals.items()
            if total.proven or label in both or _odd(label, output)
        }
        kept = {
            label: total
            for label, total in totals.items()
            if label in proven or total.whole or total.positions >= PROVEN
        }
        of_sides.append(_Side(table, column, kept, proven))
    return of_sides


def _odd(label: str, output: pd.Series[float] | None) -> bool:
    """Whether a sector has no output, or that of all others together."""
    if output is None:
        return False
    mine = float(output.get(label, 0.0))
    others = float(output.drop(label, errors="ignore").sum())
    return mine == 0.0 or abs(mine - others) <= ROUNDED * others


# -- output ----------------------------------------------------------------------------------------


def _of_output(
    con: duckdb.DuckDBPyConnection, study: Study, suspects: Sequence[str]
) -> list[_Side]:
    """Find rows of io_output that are in no flow and have the output of all others in every year.

    Others are all rows, or those in a flow where subtotals stand beside them.
    """
    if not suspects:
        return []
    long = con.execute("SELECT industry, year, gross_output FROM ok_io_output").df()
    order = long["industry"].unique()
    wide = long.pivot(index="industry", columns="year", values="gross_output").reindex(order)
    named = study.output_in in study.listed
    totals, proven = {}, set[str]()
    for label in suspects:
        mine = wide.loc[label].dropna()
        for others in (wide.index != label, ~wide.index.isin(suspects)):
            addends = wide.loc[others, mine.index]
            whole = addends.sum()
            equal = (mine > 0) & ((mine - whole).abs() <= ROUNDED * whole)
            if len(mine) and len(addends) > 1 and equal.all():
                ends = str(addends.index[0]), str(addends.index[-1])
                totals[label] = Total(label, *ends, len(addends), True, len(mine))
                # of one year and named by the user it may be a coincidence
                proven |= {label} if len(mine) > 1 or not named else set()
    return [_Side("io_output", "industry", totals, proven)] if totals else []


# -- make and use ----------------------------------------------------------------------------------


def _of_make_use(con: duckdb.DuckDBPyConnection, study: Study) -> list[_Side]:
    options = study.make_use
    if options is None or not study.has("make"):
        return []
    sides = []
    for (year,) in con.execute("SELECT DISTINCT year FROM ok_make ORDER BY 1").fetchall():
        make = _print_table(con, "make", "industry", "commodity", "value", int(year))
        use = _print_table(con, "use", "commodity", "user", "value", int(year))
        makers, products = (
            _one_side("make", "industry", make),
            _one_side("make", "commodity", make.T),
        )
        industries = set(make.index) - makers.proven
        goods = set(make.columns) - products.proven
        values, final = set(options.value_added), set(options.final_demand)
        bought = use[[user for user in use.columns if user in industries]]
        supplied = use.loc[[row for row in use.index if row in goods]]
        rows = [goods, set(use.index) - values, values]
        users = [industries, set(use.columns) - industries, final]
        sides += [
            makers,
            products,
            _one_side("use", "commodity", bought, rows),
            _one_side("use", "user", supplied.T, users),
        ]
    return _merge_years(sides)


def _one_side(
    table: str, column: str, frame: pd.DataFrame, groups: Sequence[Collection[str]] = ()
) -> _Side:
    """Find totals of one side: sums of all others or of a group are proven, blocks are told."""
    totals = {
        total.label: total for total in find_totals(frame, groups) if total.positions >= PROVEN
    }
    return _Side(table, column, totals, {k for k, total in totals.items() if total.proven})


# -- words -----------------------------------------------------------------------------------------


def _merge_years(parts: list[_Side]) -> list[_Side]:
    """Put the years of one side together: a total of one year is one of the table."""
    sides: dict[tuple[str, str], _Side] = {}
    for side in parts:
        known = sides.get((side.table, side.column))
        if known is None:
            known = sides[side.table, side.column] = _Side(side.table, side.column, {}, set())
        known.totals.update({k: v for k, v in side.totals.items() if k not in known.totals})
        known.proven.update(side.proven)
    return [side for side in sides.values() if side.totals]


def _sentence(side: _Side, labels: list[str], end: str = "") -> str:
    sums = []
    for label in labels[:4]:
        total = side.totals[label]
        sums.append(
            f"{label!r} equals the sum of {total.addends}, {total.first!r} to {total.last!r}"
        )
    more = f" (and {len(labels) - 4} more)" if len(labels) > 4 else ""
    text = f"table {side.table}, column {side.column}: {'; '.join(sums)}{more}."
    single = "it is a total and no sector" if len(labels) == 1 else "they are totals and no sectors"
    return f"{text} {end}" if end else f"{text[:-1]}: {single}."


def _remedy(study: Study, sides: list[_Side]) -> str:
    """Say how to leave totals out, in the names of the user's file.

    A list of industries does it where one is missing; what is no industry it cannot name.
    """
    parts: dict[str, dict[str, list[str]]] = {}
    for side in sides:
        entry = study.of(side.table)[0].entry
        theirs = entry.columns.get(side.column, side.column)
        filters = parts.setdefault(side.table, dict(entry.where_not))
        filters[theirs] = [*filters.get(theirs, []), *sorted(side.proven)]
    written = "; ".join(
        f"where_not = {filters_of(filters)} in {_place(study, name)}"
        for name, filters in parts.items()
    )
    does = "counts every flow twice"
    if all(side.table == "io_output" for side in sides):
        does = "is a sector and takes half of all weights"
    lists = {_has_list(study, side) for side in sides}
    then = ", or list the industries in [[tables.industries]]" if lists == {False} else ""
    then += ", and take it out of [[tables.industries]]" if True in lists else ""
    return f"A total that is left in {does}. Write {written}{then}."


def _has_list(study: Study, side: _Side) -> bool | None:
    """Whether a list names the codes of a side; None where none can: commodities, and users."""
    if not contract.table(side.table).column(side.column).code:
        return None
    return study.of(side.table)[0].tags[0] in study.listed


def _place(study: Study, name: str) -> str:
    entries = len(study.of(name))
    return f"[tables.{name}]" if entries == 1 else f"each of the {entries} [[tables.{name}]]"
