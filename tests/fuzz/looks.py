"""The same study as it lies on different disks, with the keys that say how to read it.

A look changes how a table is written and nothing of what it says, so the values that are loaded are
the oracle: with all keys they are those of the plain study; with one key left out they are those,
or the reader is told.
"""

from __future__ import annotations

import bz2
import gzip
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from .files import archive, bytes_of, toml
from .studies import Draft, Rows

__all__ = ["Look", "dress", "enlarge", "say", "write_looks"]

YEARS = {"year", "first_year", "last_year"}
MONEY = {"value", "gross_output", "value_added", "final_demand", "imports"}
NUMBERS = MONEY | {"count", "lat", "lon", "size", "quality", "share", "weight", "patents"}
WORDS = {"name", "region", "country"}
#: Columns that looks add.
EXTRA = ("note", "kind")


@dataclass
class Look:
    """How one table is written."""

    rows: Rows
    keys: dict[str, Any] = field(default_factory=dict)
    delimiter: str = ","
    quote: str = '"'
    escape: str = ""
    always: bool = False
    encoding: str = "utf-8"
    above: list[str] = field(default_factory=list)
    end: str = "\n"
    kind: str = "csv"
    pack: str = ""
    parts: dict[str, Rows] = field(default_factory=dict)

    def own(self, names: set[str]) -> list[int]:
        """Return the places of the columns that have one of our names."""
        return [at for at, name in enumerate(self.rows[0]) if name in names]

    def change(self, places: list[int], change: Callable[[str], str]) -> bool:
        """Change filled cells of columns, and say whether any is another text now."""
        changed = False
        for row in self.rows[1:]:
            for at in places:
                new = change(row[at]) if row[at] else ""
                changed |= new != row[at]
                row[at] = new
        return changed


def enlarge(draft: Draft) -> None:
    """Write money in a smaller unit and names with accents, so that there is something to spell."""
    for grid in draft.grids.values():
        for at, name in enumerate(grid.rows[0]):
            for row in grid.rows[1:]:
                if name in MONEY and row[at]:
                    row[at] = repr(float(row[at]) * 1234.5)
                elif name == "name":
                    row[at] = f"é {row[at]}"


# -- values --------------------------------------------------------------------------------------


def _spelled(look: Look, random_: random.Random) -> None:
    """Write numbers with a decimal comma, thousands signs, or both."""
    places = look.own(NUMBERS)
    decimal, thousands = random_.choice(((",", ""), (",", "."), (".", ","), (".", " "), (".", "'")))
    if decimal == "," and not look.change(places, lambda cell: cell.replace(".", ",")):
        return
    mark = random_.choice((" ", "\u00a0", "\u202f")) if thousands == " " else thousands
    fewest = random_.choice((4, 5))  # in Spanish and Polish 1500 stands beside 12.500

    def grouped(cell: str) -> str:
        whole, point, rest = cell.partition(decimal)
        many = len(whole) >= fewest
        return (f"{int(whole):,}".replace(",", mark) if many else whole) + point + rest

    grouped_any = bool(thousands) and look.change(look.own(MONEY), grouped)
    if decimal == ",":
        look.keys["decimal"] = ","
    if grouped_any:
        look.keys["thousands"] = thousands


def _flags(look: Look, random_: random.Random) -> None:
    mark = random_.choice((" p", "p", " e", " (p)"))
    if look.change(look.own(MONEY), lambda cell: cell + mark * random_.randrange(2)):
        look.keys["flags"] = [mark.strip()]


def _missing(look: Look, random_: random.Random) -> None:
    """Write a text of its own where an optional value is missing; a default one needs no key."""
    text = random_.choice(("-999", "missing", "x", "NA", "..", ":", "n/a", r"\N"))
    places = look.own({"size", "quality", "value_added", "first_year", "last_year"})
    rows = [(row, at) for row in look.rows[1:] for at in places if not row[at]]
    for row, at in rows:
        row[at] = text
    if rows and text in ("-999", "missing", "x"):
        look.keys["missing"] = [text]


def _ids(look: Look, random_: random.Random) -> None:
    """Write the ids of one column in another way."""
    places = [at for at in range(len(look.rows[0])) if look.rows[0][at] not in NUMBERS | YEARS]
    places = [at for at in places if look.rows[0][at] not in WORDS and _plain(look.rows, at)]
    if not places:
        return
    at = random_.choice(places)
    ways: dict[str, tuple[dict[str, Any], Callable[[str], str]]] = {
        "prefix": ({"drop_prefix": "TTL_"}, lambda cell: f"TTL_{cell}"),
        "suffix": ({"drop_suffix": ".SZ"}, lambda cell: f"{cell}.SZ"),
        "case": ({"case": "upper"}, str.lower),
        "zeros": ({"zfill": 2}, lambda cell: cell.lstrip("0")),
        "float": ({"zfill": 2}, lambda cell: f"{int(cell)}.0" if cell.isdigit() else cell),
        "patent": ({"patent": True}, lambda cell: re.sub(r"^([1-9]\d{3,})$", r"US-\1-B2", cell)),
    }
    keys, way = ways[random_.choice(sorted(ways))]
    if look.change([at], way):
        look.keys.setdefault("clean", {})[look.rows[0][at]] = keys


def _plain(rows: Rows, at: int) -> bool:
    """Whether all ids of a column are capitals and digits: lower-case codes mean something."""
    return all(re.fullmatch(r"[A-Z0-9]*", row[at]) for row in rows[1:])


def _dates(look: Look, random_: random.Random) -> None:
    """Write dates in place of years; those that begin with the year need no key."""
    form = random_.choice(("{}-06-30", "{}0630", "{}-06", "{}.0", "06/30/{}", "30.6.{}", "{}Q2"))
    if look.change(look.own(YEARS), form.format) and form in ("06/30/{}", "30.6.{}"):
        look.keys["format"] = {"06/30/{}": "%m/%d/%Y", "30.6.{}": "%d.%m.%Y"}[form]


def _fiscal(look: Look, random_: random.Random) -> None:
    """Write fiscal years."""
    named = random_.choice(("start", "end"))
    first = 0 if named == "start" else -1

    def spell(cell: str) -> str:
        year = int(cell) + first
        return f"{year}/{(year + 1) % 100:02}"

    if look.change(look.own(YEARS), spell):
        look.keys["fiscal"] = {"begins": 7, "named": named}


def _blanks(look: Look, random_: random.Random) -> None:
    """Put blanks that nobody sees around texts."""
    blank = random_.choice((" ", "  ", "\u00a0", "\u200b", "\ufeff", "\u3000"))
    places = [at for at in range(len(look.rows[0])) if look.rows[0][at] not in NUMBERS]
    look.change(places, lambda cell: random_.choice((blank + cell, cell + blank, cell)))


# -- rows and columns ----------------------------------------------------------------------------


def _names(look: Look, random_: random.Random) -> None:
    """Call columns by other names."""
    for at, name in enumerate(look.rows[0]):
        if name not in (*EXTRA, "") and random_.random() < 0.5:
            look.rows[0][at] = random_.choice((f"x {name}", f"{name.upper()}_é", f'a "{name}"'))
            look.keys.setdefault("columns", {})[name] = look.rows[0][at]


def _order(look: Look, random_: random.Random) -> None:
    """Put columns in another order, with strange ones between."""
    order = list(range(len(look.rows[0])))
    random_.shuffle(order)
    look.rows[:] = [[row[at] for at in order] for row in look.rows]
    at = random_.randrange(len(order) + 1)
    for number, row in enumerate(look.rows):
        row.insert(at, random_.choice(("", "x", "7,5", 'a "b"', "é")) if number else "note")


def _others(look: Look, random_: random.Random) -> None:
    """Add rows that are not meant, which a column tells."""
    look.rows[0].append("kind")
    for row in look.rows[1:]:
        row.append("national")
    for _ in range(random_.choice((1, 3))):
        other = [*random_.choice(look.rows[1:])[:-1], random_.choice(("regional", ""))]
        look.rows.insert(random_.randrange(1, len(look.rows) + 1), other)
    look.keys["where"] = {"kind": "national"}


def _constant(look: Look, random_: random.Random) -> None:
    """Leave out a column that is the same in all rows."""
    for at in look.own(YEARS):
        values = {row[at] for row in look.rows[1:]}
        if len(values) == 1 and (value := values.pop()):
            name = look.rows[0][at]
            for row in look.rows:
                del row[at]
            look.keys.setdefault("constants", {})[name] = value
            return


def _parts(look: Look, random_: random.Random) -> None:
    """Part the rows into folders by year."""
    places = look.own({"year"})
    if not places or any(not row[places[0]].isdigit() for row in look.rows[1:]):
        return
    at = places[0]
    head = [name for place, name in enumerate(look.rows[0]) if place != at]
    for row in look.rows[1:]:
        rows = look.parts.setdefault(f"year={row[at]}/", [head])
        rows.append([cell for place, cell in enumerate(row) if place != at])
    look.keys["partitions"] = ["year"]


# -- text ----------------------------------------------------------------------------------------


def _dialect(look: Look, random_: random.Random) -> None:
    look.delimiter = random_.choice(",;\t|^")
    if look.delimiter == "^" or random_.random() < 0.3:
        look.keys["delimiter"] = look.delimiter
    look.always = random_.random() < 0.3
    if random_.random() < 0.3 and look.keys.get("thousands") != "'":
        look.quote = look.keys["quote"] = "'"
    if random_.random() < 0.3:
        look.escape = look.keys["escape"] = "\\"
    look.end = random_.choice(("\n", "\r\n", "\r"))


def _encoding(look: Look, random_: random.Random) -> None:
    encoding = random_.choice(("utf-8-sig", "utf-16", "cp1252", "latin-1", "utf-16-le"))
    try:
        "".join(map("".join, look.rows)).encode(encoding)
    except UnicodeEncodeError:
        return
    look.encoding = encoding
    if encoding in ("cp1252", "latin-1", "utf-16-le"):
        look.keys["encoding"] = encoding


def _above(look: Look, random_: random.Random) -> None:
    """Write a title above, comments between, units below the header, or no header."""
    match random_.randrange(5):
        case 0:
            look.above = random_.choice((["A title"], ["A title", "", "Unit: persons"]))
            look.keys["skip"] = len(look.above)
        case 1:
            look.above, look.keys["comment"] = ["# made by hand", "# twice"], "#"
        case 2:
            if look.own(YEARS):  # elsewhere units may be one more code with its name
                look.rows.insert(1, ["(unit)"] * len(look.rows[0]))
                look.keys["units_row"] = True
        case 3:
            look.keys |= {"header": False, "names": look.rows.pop(0)}
        case _:
            look.above = ["", ""]


def _pack(look: Look, random_: random.Random) -> None:
    look.pack = random_.choice(("gz", "zip", "bz2", "zst"))
    if look.pack == "zip" and random_.random() < 0.5:
        look.keys["member"] = "inside.csv"


def _kind(look: Look, random_: random.Random) -> None:
    zeros = any(re.search(r"(?<![0-9])0[0-9]", cell) for row in look.rows for cell in row)
    many = look.parts or any(not re.fullmatch("[a-z_]+", name) for name in look.rows[0])
    # Numbers have no zeros in front, Stata few signs in names, and parts need one type.
    look.kind = random_.choice(("parquet", "xlsx", *(() if zeros or many else ("typed", "dta"))))


#: What is done before blanks are put around it all.
VALUES = (_spelled, _flags, _ids, _dates, _fiscal, _missing, _blanks)
TABLE = (_names, _order, _others, _constant, _parts)
TEXT = (_dialect, _encoding, _above)


def dress(draft: Draft, random_: random.Random) -> dict[str, Look]:
    """Give tables of a draft other looks, with the keys to read them.

    Tables that are printed matrices, or that two entries read, keep their rows.
    """
    looks = {}
    for name, grid in draft.grids.items():
        entries = [entry for _, entry in draft.entries() if entry.get("file") == name]
        look = looks[name] = Look([list(row) for row in grid.rows])
        steps: list[Callable[[Look, random.Random], None]] = []
        if len(entries) == 1 and "wide" not in entries[0]:
            steps += sorted(random_.sample(VALUES, random_.choice((0, 1, 1, 2))), key=VALUES.index)
            if {_dates, _fiscal} <= set(steps):
                steps.remove(_fiscal)
            steps += sorted(random_.sample(TABLE, random_.choice((0, 1, 1, 2))), key=TABLE.index)
            # Renamed columns are no longer known by our names, so that comes last.
            steps.sort(key=lambda step: step is _names)
        if random_.random() < 0.3:
            steps.append(_kind)
        else:
            steps += sorted(random_.sample(TEXT, random_.choice((0, 1, 2))), key=TEXT.index)
        if random_.random() < 0.2:
            steps.append(_pack)
        for step in steps:
            if look.parts and step in (_names, _encoding, _above):
                continue
            step(look, random_)
        draft.done.append(f"{name}: {' '.join(step.__name__ for step in steps)}")
    return looks


def say(draft: Draft, looks: dict[str, Look]) -> None:
    """Put the keys of all looks into the study's entries."""
    for _, entry in draft.entries():
        look = looks[entry["file"]]
        for key, value in look.keys.items():
            mine = entry.get(key)
            both = isinstance(mine, dict) and isinstance(value, dict)
            entry[key] = {**mine, **value} if both else value
        if look.parts:
            entry["file"] = entry["file"].replace(".csv", "/**/*.*")


# -- writing -------------------------------------------------------------------------------------


def _field(cell: str, look: Look) -> str:
    quote = look.quote
    if not look.always and not (set(cell) & {look.delimiter, quote, "\n", "\r"}):
        return cell
    inner = cell.replace(look.escape, look.escape * 2) if look.escape else cell
    return quote + inner.replace(quote, (look.escape or quote) + quote) + quote


def _bytes(rows: Rows, look: Look) -> bytes:
    if look.kind != "csv":
        data = bytes_of(rows, look.kind)
    else:
        lines = [*look.above, *(look.delimiter.join(_field(c, look) for c in r) for r in rows)]
        data = "".join(line + look.end for line in lines).encode(look.encoding)
    match look.pack:
        case "gz":
            return gzip.compress(data, mtime=0)
        case "bz2":
            return bz2.compress(data)
        case "zst":
            return bytes(pa.compress(data, "zstd", asbytes=True))
        case "zip":
            return archive({"inside.csv": data})
    return data


def write_looks(draft: Draft, looks: dict[str, Look], folder: Path) -> Path:
    """Write all tables in their looks, and return the study file."""
    for name, look in looks.items():
        stem = name.removesuffix(".csv")
        parts = {f"{stem}/{part}part.x": rows for part, rows in look.parts.items()}
        for each, rows in (parts or {name: look.rows}).items():
            path = folder / each
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_bytes(rows, look))
    path = folder / "study.toml"
    path.write_text(toml(draft.study), encoding="utf-8")
    return path
