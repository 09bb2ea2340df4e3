"""OECD Inter-Country Input-Output tables, editions 2016 to 2025: one CSV file a year.

The first column and the header hold ``AUS_01T02``; payments stand below (``TLS``, ``VA``, or
``AUS_TAXSUB``, ``VALU``), output last (``OUT``). China and Mexico are split by kind of firm.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from ...core.errors import InputError, show
from .block import EVERYTHING, FINAL, SECTOR, TOTAL, VALUE_ADDED, Block, Line, without_zero_totals
from .files import File, Files
from .melt import About, symmetric
from .printed import Printed, read_text
from .table import PublishedTable
from .years import one_of_year, the_year, years_in

__all__ = ["fits", "merge", "read"]

UNIT = "million US$"
_NAME = re.compile(r"icio.?\d{4}.*|(?:19|20)\d\d[._](?:SML|EXT).*", re.IGNORECASE)
_OUTPUT = ("OUT", "OUTPUT", "TOTAL")
_LABEL = re.compile(r"[A-Z][A-Z0-9]{2}_\w+")
#: Industries begin with a digit, a letter and a digit, or are a section's letter.
_INDUSTRY = re.compile(r"[A-Z]?\d|[A-U]$")
#: A final use that looks like one: direct purchases.
_USE = re.compile(r"P\d\d")
#: Parts of a country that are printed as countries, and the country.
_PARTS = {"CN": "CHN", "MX": "MEX"}
_PART = re.compile(r"(CN|MX)\d")


def fits(file: File, kind: str) -> bool:
    """Whether a file goes by the name of an ICIO table."""
    return kind == "csv" and bool(_NAME.fullmatch(file.base))


def read(files: Files, year: int | None) -> PublishedTable:
    """Read ``ICIO2021_2018.csv``, ``ICIO2018_2010.CSV`` or ``2018_SML.csv``."""
    tables = [file for file in files.files if file.base.lower().endswith(".csv")]
    if not tables:
        raise InputError(f"{files.given}: there is no CSV file.")
    file = one_of_year(tables, year, [_year_of(each) for each in tables], "ICIO tables")
    printed = read_text(files.plain(file), file.name, header_rows=1, label_columns=1, delimiter=",")
    found = the_year(
        file.name, {"the file's name": [_year_of(file)] if _year_of(file) else []}, year
    )
    block = without_zero_totals(_block(printed))
    merged, notes = _whole_countries(block)
    cells = {"merged": block.values.size - merged.values.size} if notes else {}
    return symmetric(merged, About("icio", found, UNIT, file.name, notes, cells))


def _year_of(file: File) -> int:
    """Return the year of the table: the last one, for the first is that of the edition."""
    return next(iter(reversed(years_in(file.base.replace("_", " ").replace(".", " ")))), 0)


def _block(printed: Printed) -> Block:
    rows = [cells[0] for cells in printed.labels]
    columns = printed.header[0]
    sectors = [label for label in rows if _LABEL.fullmatch(label) and label in set(columns)]
    if not sectors:
        raise InputError(
            f"{printed.file}: no label is a row and a column, as AUS_01T02 is in tables of the "
            f"OECD; the first row is {show(rows[0] if rows else '')}, the first column "
            f"{show(columns[0] if columns else '')}."
        )
    countries = {label.split("_", 1)[0] for label in (*rows, *columns) if _is_industry(label)}
    known = set(sectors)
    return Block(
        "flows",
        printed.file,
        tuple(_row(label, known, countries, printed.row(at)) for at, label in enumerate(rows)),
        tuple(
            _column(label, known, countries, printed.column(at)) for at, label in enumerate(columns)
        ),
        printed.values,
    )


def _is_industry(label: str) -> bool:
    """Whether a label is that of an industry of a country: AUS_01T02, AUS_C26, AUS_D."""
    rest = label.partition("_")[2]
    return bool(_LABEL.fullmatch(label) and _INDUSTRY.match(rest) and not _USE.fullmatch(rest))


def _row(label: str, sectors: set[str], countries: set[str], place: str) -> Line:
    if label in _OUTPUT:
        return Line(TOTAL, label, "", "", place, EVERYTHING)
    country, _, rest = label.partition("_")
    # an industry whose column is not there must not pass for a payment
    if label in sectors or _is_industry(label):
        return Line(SECTOR, label, rest, country, place)
    return Line(VALUE_ADDED, label, rest, country if country in countries else "", place)


def _column(label: str, sectors: set[str], countries: set[str], place: str) -> Line:
    if label in _OUTPUT:
        return Line(TOTAL, label, "", "", place, EVERYTHING)
    country, _, rest = label.partition("_")
    if label in sectors or _is_industry(label):
        return Line(SECTOR, label, rest, country, place)
    if rest in countries:  # the edition of 2016 prints HFCE_AUS
        country, rest = rest, country
    if country not in countries:
        return Line(FINAL, label, label, "", place)
    return Line(FINAL, f"{country}_{rest}", rest, country, place)


def _whole_countries(block: Block) -> tuple[Block, tuple[str, ...]]:
    """Add the parts of China and Mexico into their countries."""
    parts = sorted({line.country for line in block.rows if _PART.fullmatch(line.country)})
    if not parts:
        return block, ()
    into = ", ".join(f"{part} into {_PARTS[part[:2]]}" for part in parts)
    note = f"{into}: rows and columns of parts of a country are added to those of the country"
    return merge(block, {part: _PARTS[part[:2]] for part in parts}), (note,)


def merge(block: Block, into: dict[str, str]) -> Block:
    """Add the lines of some countries to those of others.

    Parameters
    ----------
    block : Block
    into : dict of str to str
        Country that ends → country that it is added to.

    Returns
    -------
    Block
        Lines stand where the first of them stood; a cell is empty where all its parts are.
    """
    values = block.values
    sides = []
    for axis, lines in enumerate((block.rows, block.columns)):
        moved = [_moved(line, into) for line in lines]
        kept: dict[tuple[str, str], Line] = {}
        for line in moved:
            kept.setdefault((line.kind, line.code), line)
        order = {key: at for at, key in enumerate(kept)}
        target = np.array([order[line.kind, line.code] for line in moved])
        mine = values if axis == 0 else values.T
        added = np.zeros((len(order), mine.shape[1]))
        known = np.zeros(added.shape, dtype=bool)
        np.add.at(added, target, np.nan_to_num(mine))
        np.logical_or.at(known, target, ~np.isnan(mine))
        mine = np.where(known, added, np.nan)
        values = mine if axis == 0 else mine.T
        sides.append(tuple(kept.values()))
    return Block(block.name, block.file, sides[0], sides[1], values)


def _moved(line: Line, into: dict[str, str]) -> Line:
    if line.country not in into or line.kind not in (SECTOR, FINAL):
        return line
    country = into[line.country]
    rest = line.code.removeprefix(f"{line.country}_")
    return replace(line, code=f"{country}_{rest}", country=country)
