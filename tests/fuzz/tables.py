"""Mutations of tables: what lies in the files that people have."""

from __future__ import annotations

import random
from collections.abc import Callable

from .files import KINDS
from .studies import Draft, Grid, Rows

__all__ = ["CELLS", "mutate_grid"]

#: Texts that stand in cells, for whatever reason.
CELLS = (
    "", " ", "NA", "..", ":", "-", "–", "NULL", r"\N", "n/a", "#N/A", "#DIV/0!", "NaN", "nan",
    "inf",
    "-inf", "Infinity", "1e308", "-1e308", "1e309", "1e-320", "-5", "-0", "0", "00", "+3", "1,5",
    "1.234.567,8", "1,234,567.8", "1 234", "1'234", "1\u00a0234", "1\u202f234", "20,5", "1.000",
    "$5",
    "5%", "5 p", "(5)", "5-", "0x1F", "1e5", "1E+03", "1_000", "٣", "１２", "½", "∞", "true",
    "False",
    "2001", "2001-05", "2001Q2", "2001-05-00", "05/06/2001", "6.5.2001", "2001/02", "20010506",
    "1999",
    "99999", "-2001", "2001.0", "2001.5", "01-MAY-2001", "2001-02-30", "2001-13", "37012", "f01",
    "F1",
    "a", "B ", " C", "\u00a0A", "A\u200b", "Ａ", "unmapped", "UNMAPPED", "other", "Total", '"',
    '""', '"A"',
    'A"', '"A', 'x"y', "'A'", "\\", 'A\\"', "a,b", "a;b", "a\tb", "a\nb", "a\rb", "=1+1", "@x",
    "#x",
    "\ufeffA", "\u202eA", "e\u0301", "é", "\x00", "\x1a", "\x7f", "🙂", "\ud800", "A" * 300,
    "9" * 40,
    "1" + "0" * 400, "5001", "5000", "[1]", "{}", "$x", "'; DROP TABLE x; --", "x'}) RETURN 1 //",
)  # fmt: skip

NAMES = (
    "",
    "id",
    "ID",
    "year",
    "Year ",
    "value",
    "count",
    "x",
    '"',
    "a b",
    "_row",
    "_why",
    "c0",
    "é",
)


def _some(rows: Rows, random_: random.Random) -> int | None:
    return random_.randrange(1, len(rows)) if len(rows) > 1 else None


def _cells(rows: Rows, random_: random.Random) -> None:
    for _ in range(random_.choice((1, 1, 2, 5))):
        row = _some(rows, random_)
        if row is not None and rows[row]:
            rows[row][random_.randrange(len(rows[row]))] = random_.choice(CELLS)


def _columns(rows: Rows, random_: random.Random) -> None:
    """Change one whole column in one way."""
    if not rows or not rows[0]:
        return
    at = random_.randrange(len(rows[0]))
    text, other = random_.choice(CELLS), random_.choice(CELLS)
    change: Callable[[str], str] = random_.choice((
        lambda cell: text,
        lambda cell: text + cell,
        lambda cell: cell + text,
        lambda cell: random_.choice((cell, text, other)),
        str.lower,
        lambda cell: f'"{cell}"',
        lambda cell: f" {cell} ",
        lambda cell: cell.replace(".", ","),
        lambda cell: cell.lstrip("0"),
        lambda cell: cell + "000",
        lambda cell: "-" + cell,
        lambda cell: f"{cell}.0",
        lambda cell: f"{cell}-06-30",
    ))  # fmt: skip
    for row in rows[1:]:
        if at < len(row):
            row[at] = change(row[at])


def _lines(rows: Rows, random_: random.Random) -> None:
    """Cut, double or put in rows, and single fields."""
    row = _some(rows, random_)
    if row is None:
        return
    width, cell = len(rows[0]), random_.choice(CELLS)
    ways: tuple[Callable[[], object], ...] = (
        lambda: rows.pop(row),
        lambda: rows.insert(row, list(rows[row])),
        lambda: rows[row].pop() if rows[row] else None,
        lambda: rows[row].append(cell),
        lambda: rows.insert(row, list(rows[0])),
        lambda: rows.insert(row, [""] * random_.choice((0, 1, width))),
        lambda: rows.insert(0, [cell] * random_.choice((0, 1, width))),
        lambda: rows.append([random_.choice(("Source: x", "*", "Total", '"'))]),
        lambda: rows.pop(0),
    )
    random_.choice(ways)()


def _shape(rows: Rows, random_: random.Random) -> None:
    """Change the table as a whole."""
    row = _some(rows, random_)
    if row is None:
        return
    match random_.randrange(5):
        case 0:
            del rows[row:]
        case 1:
            random_.shuffle(rows[0])
        case 2:
            rows[1:] = [list(each) for each in rows[1:] * random_.choice((2, 30))]
        case 3:
            width = max(map(len, rows))
            full = [[*each, *[""] * (width - len(each))] for each in rows]
            rows[:] = [list(each) for each in zip(*full, strict=True)]
        case _:
            _total(rows)


def _total(rows: Rows) -> None:
    """Add a row that is the sum of all."""
    last = list(rows[-1])
    for at in range(len(last)):
        try:
            last[at] = str(sum(float(row[at]) for row in rows[1:]))
        except (ValueError, IndexError):
            last[at] = "Total"
    rows.append(last)


def _head(rows: Rows, random_: random.Random) -> None:
    """Drop, rename, double or exchange columns."""
    if not rows or not rows[0]:
        return
    at = random_.randrange(len(rows[0]))
    match random_.randrange(5):
        case 0:
            for row in rows:
                del row[at : at + 1]
        case 1:
            rows[0][at] = random_.choice((*NAMES, rows[0][at].upper(), rows[0][at] + " ", *CELLS))
        case 2:
            for row in rows:
                row.insert(at, row[at] if at < len(row) else "")
        case 3:
            other = random_.randrange(len(rows[0]))
            rows[0][at], rows[0][other] = rows[0][other], rows[0][at]
        case 4:
            for number, row in enumerate(rows):
                row.append(random_.choice(CELLS) if number else random_.choice(NAMES))


def _scale(rows: Rows, random_: random.Random) -> None:
    """Change the unit of one column of numbers."""
    if not rows or not rows[0]:
        return
    at, factor = random_.randrange(len(rows[0])), random_.choice((1e-6, 0.001, 1000.0, -1.0, 1e300))
    for row in rows[1:]:
        try:
            row[at] = repr(float(row[at]) * factor)
        except (ValueError, IndexError):
            continue


def mutate_grid(draft: Draft, random_: random.Random) -> None:
    """Change one table, or how it is kept."""
    name = random_.choice(sorted(draft.grids))
    grid = draft.grids[name]
    ways = (_cells, _cells, _cells, _columns, _columns, _lines, _lines, _shape, _head, _scale)
    if random_.random() < 0.15:
        grid.kind = random_.choice(KINDS)
        draft.done.append(f"{name}: as {grid.kind}")
        return
    if random_.random() < 0.08:
        _elsewhere(draft, name, random_)
        return
    way = random_.choice(ways)
    way(grid.rows, random_)
    draft.done.append(f"{name}: {way.__name__}")


def _elsewhere(draft: Draft, name: str, random_: random.Random) -> None:
    """Part the table into two files, by a pattern, by folders, or by two entries."""
    grid, stem = draft.grids[name], name.removesuffix(".csv")
    if len(grid.rows) < 3:
        return
    half = len(grid.rows) // 2
    parts = [[grid.rows[0], *grid.rows[1:half]], [grid.rows[0], *grid.rows[half:]]]
    parts = [[list(row) for row in part] for part in parts]
    how = random_.choice(("pattern", "entries", "folders"))
    head = grid.rows[0]
    pattern = f"{stem}_*.csv"
    names = [f"{stem}_1.csv", f"{stem}_2.csv"]
    if how == "folders" and "year" in head:
        at = head.index("year")
        years = [row[at] for row in grid.rows[1:] if at < len(row)]
        names, parts = [], []
        for year in dict.fromkeys(years):
            if not year.isdigit():
                return
            names.append(f"{stem}/year={year}/part.csv")
            kept = [row for row in grid.rows[1:] if at < len(row) and row[at] == year]
            parts.append([row[:at] + row[at + 1 :] for row in (head, *kept)])
        pattern = f"{stem}/**/*.csv"
    for table, entry in draft.entries():
        if entry.get("file") != name:
            continue
        if how == "entries":
            entry["file"] = names[0]
            draft.study["tables"][table] = [entry, {**entry, "file": names[1]}]
        else:
            entry["file"] = pattern
            if how == "folders" and "year" in head:
                entry["partitions"] = ["year"]
    del draft.grids[name]
    for each, rows in zip(names, parts, strict=True):
        draft.grids[each] = Grid(rows)
    draft.done.append(f"{name}: {how}")
