"""What calamine does not tell of a sheet: its error cells, its formulas, and how large it is."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

__all__ = ["MAX_CELLS", "Extent", "column_number", "extents"]

#: A sheet is read as one block from A1 to its last cell; one stray cell at the far end makes that
#: block larger than any memory.
MAX_CELLS = 100_000_000
_CELL = re.compile(rb"<(?:\w+:)?c\s([^>]*)>")
_VALUE = re.compile(rb"(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>([^<]*)<", re.DOTALL)
_PLACE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_ERROR = re.compile(rb'\bt="e"')
_TABLE = re.compile(
    rb'<table:table\s[^>]*?table:name="([^"]*)"[^>]*>(.*?)</table:table>', re.DOTALL
)
_LINE = re.compile(rb"<table:table-row\b([^>]*?)(?:/>|>(.*?)</table:table-row>)", re.DOTALL)
_FIELD = re.compile(rb"<table:(?:covered-)?table-cell\b([^>]*?)(/?)>")
_ROWS = re.compile(rb'table:number-rows-repeated="(\d+)"')
_COLUMNS = re.compile(rb'table:number-columns-repeated="(\d+)"')
#: A formula whose value was never worked out: programs write it so, spreadsheets do not. An empty
#: text is a value (t="str").
_UNWORKED = re.compile(
    rb'<(?:\w+:)?c\s(?![^>]*\bt="str")[^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>]*>\s*<(?:\w+:)?f\b[^>]*(?:/>|>[^<]*</(?:\w+:)?f>)'
    rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
#: A formula with a number or an empty text for a value.
_VALUED = re.compile(
    rb"<(?:\w+:)?c\s([^>]*)>\s*<(?:\w+:)?f\b[^>]*(?:/>|>[^<]*</(?:\w+:)?f>)"
    rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v\b[^>]*>([^<]*)</(?:\w+:)?v>)\s*</(?:\w+:)?c>"
)
_KIND = re.compile(rb'\bt="(\w+)"')
_ZERO = re.compile(rb"-?0(\.0*)?")
#: A formula of an OpenDocument sheet; one with a value says it as an attribute, or as text within.
_FORMULA = b"table:formula="
_OFFICE_VALUE = re.compile(rb"\boffice:(?:\w+-)?value=")
_MAIN = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


@dataclass
class Extent:
    """The last row and column with a cell, from 1, texts of error cells, and formulas: those
    without a value, those whose value is 0 or an empty text, and how many have a value."""

    rows: int = 0
    columns: int = 0
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    unworked: list[tuple[int, int]] = field(default_factory=list)
    zeros: list[tuple[int, int]] = field(default_factory=list)
    valued: int = 0


def column_number(letters: str) -> int:
    """Return a column's number from 1.

    Parameters
    ----------
    letters : str
        As above the columns of a sheet.

    Returns
    -------
    int

    Examples
    --------
    >>> column_number("A"), column_number("Z"), column_number("AB")
    (1, 26, 28)
    """
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def extents(path: Path) -> dict[str, Extent]:
    """Return what an .xlsx, .xlsm or .ods says of its sheets, by name; nothing of other formats.

    Parameters
    ----------
    path : Path
        A workbook.

    Returns
    -------
    dict of str to Extent

    Raises
    ------
    zipfile.BadZipFile
        If the file is cut or damaged: every part's checksum is looked at.
    """
    if not zipfile.is_zipfile(path):
        return {}
    with zipfile.ZipFile(path) as archive:
        broken = archive.testzip()
        if broken is not None:
            raise zipfile.BadZipFile(f"the checksum of {broken!r} is wrong")
        names = set(archive.namelist())
        if "content.xml" in names:
            return _open_document(archive.read("content.xml"))
        if "xl/workbook.xml" not in names:
            return {}
        return {
            sheet: _extent(archive.read(part))
            for sheet, part in _parts(archive).items()
            if part in names
        }


def _parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the part of the archive that holds each sheet."""
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    parts = {}
    for element in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter():
        if element.tag.endswith("}sheet"):
            target = targets.get(element.get(f"{_MAIN}id")) or ""
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            parts[element.get("name", "")] = part
    return parts


def _extent(xml: bytes) -> Extent:
    extent = Extent()
    for cell in _CELL.finditer(xml):
        place = _PLACE.search(cell[1])
        if place is None:
            continue
        row, column = int(place[2]), column_number(place[1].decode())
        extent.rows, extent.columns = max(extent.rows, row), max(extent.columns, column)
        if _ERROR.search(cell[1]) and (value := _VALUE.match(xml, cell.end())):
            extent.errors[row, column] = value[1].decode("utf-8", "replace")
    if b"f>" in xml or b"<f " in xml:
        extent.unworked = [
            (int(cell[2]), column_number(cell[1].decode())) for cell in _UNWORKED.finditer(xml)
        ]
        _add_values(extent, xml)
    return extent


def _add_values(extent: Extent, xml: bytes) -> None:
    for cell in _VALUED.finditer(xml):
        kind, place = _KIND.search(cell[1]), _PLACE.search(cell[1])
        value, text = cell[2] or b"", kind is not None and kind[1] == b"str"
        if place is None or not (value or text):
            continue
        extent.valued += 1
        number = kind is None or kind[1] == b"n"
        if (text and not value) or (number and _ZERO.fullmatch(value)):
            extent.zeros.append((int(place[2]), column_number(place[1].decode())))


def _open_document(xml: bytes) -> dict[str, Extent]:
    """Return how far cells with a value go where one entry may stand for a million."""
    sizes = {}
    for table in _TABLE.finditer(xml):
        extent, row = Extent(), 0
        for line in _LINE.finditer(table[2]):
            row += _repeats(_ROWS, line[1])
            last, unworked = _last_value(line[2] or b"")
            extent.unworked += [(row, column) for column in unworked]
            if last:
                extent.rows, extent.columns = row, max(extent.columns, last)
        sizes[table[1].decode("utf-8", "replace")] = extent
    return sizes


def _last_value(cells: bytes) -> tuple[int, list[int]]:
    """Return the last column with a value, and those of formulas without one."""
    column = last = 0
    unworked = []
    for cell in _FIELD.finditer(cells):
        column += _repeats(_COLUMNS, cell[1])
        if b"office:value" in cell[1] or not cell[2]:
            last = column
        if _FORMULA in cell[1] and not _OFFICE_VALUE.search(cell[1]) and cell[2]:
            unworked.append(column)
    return last, unworked


def _repeats(what: re.Pattern[bytes], attributes: bytes) -> int:
    match = what.search(attributes)
    return int(match[1]) if match else 1
