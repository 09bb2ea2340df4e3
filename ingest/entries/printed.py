"""Take totals by industry out of a printed input-output table: its rows and columns have them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from ...core.errors import InputError, nearest, show
from .. import sql
from ..files.raw import Raw
from ..study_model import Entry
from ..values import texts
from ..values.marks import without_flags
from ..values.numbers import doubt, number, require_one_spelling
from .lookup import own_text
from .wide import is_number, split_columns

__all__ = ["read_printed"]

#: A row and a column of one name are the same up to so much of a cell, and so much of their sum.
ROUNDED, EXACT = 1e-3, 1e-6
#: A column for the row's number beside those of the file, whose names are texts.
_ROW = 0
#: Columns of a table of all cells that were read.
_READ = "_file VARCHAR, _row BIGINT, _part BIGINT, part VARCHAR, text VARCHAR"


def read_printed(
    con: duckdb.DuckDBPyConnection,
    entry: Entry,
    file: str,
    table: str,
    raw: Raw,
    kept: str = "",
) -> Raw:
    """Replace a printed table by one row an industry.

    An industry is a label that both a row and a column have. ``printed`` names, by column of ours,
    the rows or columns that add up to it, e.g. ``final_demand = ["HFCE", "INVNT"]``.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the table; its first column holds the labels of rows, or the one of ``row_labels``.
    entry : Entry
        Gives ``printed``, and how numbers are spelled.
    file, table : str, str
        The file, for messages; name of the table.
    raw : Raw
        Its columns.
    kept : str
        WHERE clause of the rows to take: one table of several in the file.

    Returns
    -------
    Raw
        ``industry`` and the columns that ``printed`` names; missing where all parts are.

    Raises
    ------
    InputError
        If a label is no row and no column, or both and they differ, or a cell is no number.
    """
    _, beside, columns = split_columns(entry, file, raw)
    frame = _frame(con, entry, file, table, raw, kept)
    year = entry.columns.get("year") or "year"  # beside the labels: a table for each
    if year in beside:
        _require_years(frame, year, file)
    groups = frame.groupby(year, sort=False) if year in beside else [(None, frame)]
    parts, gaps = [], list[str]()
    con.execute(f"CREATE OR REPLACE TEMP TABLE _read ({_READ})")
    for one, part in groups:
        whole = _of_one(con, entry, file, part[columns], part[_ROW], gaps)
        parts.append(whole if one is None else whole.assign(**{year: one}))
    whole = pd.concat(parts, ignore_index=True)
    rows = pa.Table.from_pandas(whole, preserve_index=False)
    con.register("_printed", rows.rename_columns([f"c{n}" for n in range(len(whole.columns))]))
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT row_number() OVER () AS _row, * "
        "FROM _printed"
    )
    con.unregister("_printed")
    own = {str(name): f"c{place}" for place, name in enumerate(whole.columns)}
    types = dict.fromkeys(own, "DOUBLE") | dict.fromkeys({"industry", year} & {*own}, "VARCHAR")
    kinds = {is_number(raw.types[name]): name for name in columns}
    if len(kinds) > 1 and (entry.decimal or entry.thousands):
        raise InputError(
            f"{file}: column {kinds[True]!r} holds numbers, and {kinds[False]!r} texts, for which "
            "alone 'decimal' and 'thousands' are meant. Keep all columns in one way in the file."
        )
    spelled = False in kinds
    doubts = _doubts(con, entry) if spelled else []
    con.execute("DROP TABLE _read")
    return replace(raw, columns=own, types=types, warnings=(*raw.warnings, *doubts, *gaps))


def _doubts(con: duckdb.DuckDBPyConnection, entry: Entry) -> list[str]:
    """Return warnings of numbers whose points may part thousands, as of every other column."""
    doubts = []
    for column, named in entry.printed.items() if not (entry.decimal or entry.thousands) else ():
        listed = ", ".join(map(sql.text, named))
        read = f"(SELECT * FROM _read WHERE part IN ({listed}))"
        doubts += doubt(con, read, column, "text", "tables.io_output")
    return doubts


def _frame(
    con: duckdb.DuckDBPyConnection, entry: Entry, file: str, table: str, raw: Raw, kept: str
) -> pd.DataFrame:
    """Return the rows of a file as texts, by their labels, without blank ones."""
    labels, _, columns = split_columns(entry, file, raw)
    cells = ", ".join(f"{own_text(c, raw)} AS {raw.columns[c]}" for c in raw.columns)
    frame = con.execute(f"SELECT {cells}, _row FROM {table} AS r{kept} ORDER BY _row").df()
    names: dict[str, str | int] = {own: name for name, own in raw.columns.items()}
    frame = frame.rename(columns=names | {"_row": _ROW})
    # headers have one blank in a row, and a row of that name is the same industry
    own = frame[labels].fillna("").str.strip()
    bare = own.str.replace(r"\s+", " ", regex=True)
    frame = frame.set_index(bare.where(bare.isin(columns), own))
    # blank lines part blocks of a table
    filled = pd.Series(frame.index != "", frame.index)
    for column in columns:
        filled |= frame[column].fillna("").str.strip() != ""
    if not filled.any():
        raise InputError(
            f"{file}: 'where' and 'where_not' of [tables.io_output] leave no row; compare their "
            "values with the file's, letter by letter."
            if kept
            else f"{file}: the printed table has no rows."
        )
    return frame[filled.to_numpy()]


def _require_years(frame: pd.DataFrame, year: str, file: str) -> None:
    """Refuse a row without a year: it would belong to no table."""
    blank = frame[frame[year].fillna("").str.strip() == ""]
    if len(blank):
        raise InputError(
            f"{file}, row {blank[_ROW].iloc[0]}: {year} is empty, and printed needs that of every "
            f"row ({len(blank)} of {len(frame)} have none). If it is the one above, as merged "
            f"cells mean, say fill_down = [{json.dumps(year, ensure_ascii=False)}]; else write it."
        )


def _of_one(
    con: duckdb.DuckDBPyConnection,
    entry: Entry,
    file: str,
    frame: pd.DataFrame,
    numbers: pd.Series[int],
    gaps: list[str],
) -> pd.DataFrame:
    """Return one row an industry of a table whose rows have their labels, and numbers.

    ``gaps`` receives warnings of sums of which a part is missing.
    """
    if frame.index.has_duplicates:
        twice = frame.index[frame.index.duplicated()][0]
        rows = numbers[numbers.index == twice].tolist()
        raise InputError(
            f"{file}: two rows are called {show(twice)} (rows {rows[0]} and {rows[1]}); printed "
            "needs one of each. If a column beside the labels tells them apart, name it in beside, "
            "and say with where which of the tables is meant."
        )
    parts = {part for named in entry.printed.values() for part in named}
    _require_same_zeros(frame, parts, file)
    industries = [name for name in frame.columns if name in frame.index and name not in parts]
    if not industries:
        raise InputError(
            f"{file}: no label is that of a row and of a column: no industry is there."
        )
    sums: dict[str, pd.Series[Any]] = {"industry": pd.Series(industries, industries)}
    at = {str(label): int(row) for label, row in numbers.items()}
    for column, named in entry.printed.items():
        place = f"{file} (printed.{column})"
        values_of, spelled = {}, {}
        for part in named:
            lines = _lines(frame, part, industries, at, place)
            read = [_numbers(con, line, entry, file) for line in lines]
            values_of[part] = _require_agreement(read, part, place)
            spelled[part] = lines[0].set_index("industry")["text"]
        values = pd.DataFrame(values_of)
        sums[column] = values.sum(axis=1, min_count=1)
        gaps += _gap(values, pd.DataFrame(spelled), place)
    return pd.DataFrame(sums)


def _gap(values: pd.DataFrame, spelled: pd.DataFrame, place: str) -> list[str]:
    """Return a warning of sums of which a part says that it is missing; a blank means nothing."""
    filled = spelled.fillna("").apply(lambda cells: cells.str.strip()) != ""
    some = values.notna().any(axis=1).to_numpy()[:, np.newaxis]
    gaps = (values.isna() & filled & some).stack()
    if not gaps.any():
        return []
    industry, part = gaps[gaps].index[0]
    return [
        f"{place}: {show(part)} of {show(industry)} is {show(spelled.loc[industry, part])}, which "
        f"is missing, and the sum is that of the other parts (so in {int(gaps.sum())} cells). "
        "Write the number, or 0."
    ]


def _require_same_zeros(frame: pd.DataFrame, parts: set[str], file: str) -> None:
    """Refuse rows ``1`` beside columns ``01``: a program took the zeros of one side."""
    rows = {str(row).lstrip("0"): row for row in frame.index if row not in frame.columns}
    for column in frame.columns:
        row = rows.get(str(column).lstrip("0"))
        if row and column not in frame.index and not {row, column} & parts:
            raise InputError(
                f"{file}: a row is called {show(row)} where a column is called {show(column)}: "
                "leading zeros are lost. Write them in the file, so that an industry has one name "
                "in rows and columns."
            )


def _lines(
    frame: pd.DataFrame, label: str, industries: list[str], at: dict[str, int], place: str
) -> list[pd.DataFrame]:
    """Return the cells of a row or a column, or both: text, by industry, with the file's row."""
    row, column = label in frame.index, label in frame.columns
    if not row and not column:
        hint = nearest(label, [*frame.index, *frame.columns])
        raise InputError(f"{place}: there is no row or column {show(label)}. {hint}")
    lines = [(frame.loc[label, industries], [at[label]] * len(industries))] if row else []
    if column:
        lines.append((frame.loc[industries, label], [at[code] for code in industries]))
    return [
        pd.DataFrame(
            {"industry": industries, "text": cells.to_numpy(), "_row": rows, "part": label}
        )
        for cells, rows in lines
    ]


def _require_agreement(read: list[pd.Series[float]], label: str, place: str) -> pd.Series[float]:
    """Return what a row says, and a column of the same name, which must say the same.

    World tables print output on both sides.
    """
    first, *others = read
    for other in others:
        # a side that prints no zeros says nothing of them
        first = first.where(first.notna() | (other != 0), other)
        other = other.where(other.notna() | (first != 0), first)
        off = (first - other).abs()
        allowed = ROUNDED * np.maximum(first.abs(), other.abs()) + EXACT * first.abs().sum()
        bad = (first.isna() != other.isna()) | (off > allowed)
        if bad.any():
            code = str(bad.index[bad][0])
            raise InputError(
                f"{place}: {show(label)} is a row and a column, and they are not the same: of "
                f"{show(code)} the row {_says(first[code])}, the column {_says(other[code])} "
                f"({int(bad.sum())} of {len(bad)} differ). Rename one of them in the file."
            )
    return first


def _says(value: float) -> str:
    return "is empty" if np.isnan(value) else f"says {value:,.10g}"


def _clean_text(text: str, entry: Entry) -> str:
    """Return the text of a cell as that of every other number, NULL where it is missing."""
    value = texts.minus(texts.digits(texts.clean(text)))
    bare = without_flags(value, entry)
    return texts.null_missing_number(
        bare, texts.missing_of(entry), lambda value: number(value, entry)
    )


def _numbers(
    con: duckdb.DuckDBPyConnection,
    cells: pd.DataFrame,
    entry: Entry,
    file: str,
) -> pd.Series[float]:
    """Read the cells of a row or column; an empty one is missing."""
    part = cells["part"].iloc[0]
    rows = cells.assign(_file=file, _part=0, text=cells["text"].astype("string"))
    con.register("_given", pa.Table.from_pandas(rows, preserve_index=False))
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE _cells AS SELECT * FROM (SELECT * REPLACE ("
        f"{_clean_text('text', entry)} AS text) FROM _given) WHERE text IS NOT NULL"
    )
    value = number("text", entry)
    try:
        read = con.execute(f"SELECT industry, text, {value} AS value FROM _cells").df()
        con.execute("INSERT INTO _read SELECT _file, _row, _part, part, text FROM _cells")
        bad = read[read["value"].isna()]
        if len(bad):
            key = "tables.io_output"
            require_one_spelling(con, "_cells", show(part), "text", value, key, entry)
            text, industry = (show(bad.iloc[0][name]) for name in ("text", "industry"))
            raise InputError(f"{file}: {text} of {industry} in {show(part)} is not a number.")
    finally:
        con.unregister("_given")
        con.execute("DROP TABLE _cells")
    return read.set_index("industry")["value"].reindex(cells["industry"]).astype(float)
