"""What a workbook says of itself: how it counts days, and whether its formulas were worked out."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from .old_workbook import old_workbook

__all__ = ["Workbook", "about"]

_TRUE = ("1", "true", "on")
#: Programs that work formulas out and leave no chain of calculation in the file.
_CALCULATES = re.compile(r"LibreOffice|OpenOffice|Collabora|gnumeric", re.IGNORECASE)
#: Excel writes that chain with every formula: what takes its name and has none is a library.
_LIBRARY = re.compile(r"Microsoft|Apache POI|EPPlus", re.IGNORECASE)
_CHAINS = {"xl/calcChain.xml", "xl/calcChain.bin"}
#: The record of the properties of an .xlsb (BrtWbProp).
_PROPERTIES = 153
_NULL_DATE = re.compile(rb'<table:null-date\b[^>]*table:date-value="1904-01-01')


@dataclass(frozen=True, slots=True)
class Workbook:
    """What holds for all sheets of a workbook.

    Parameters
    ----------
    since_1904 : bool
        Whether day 0 is 1904-01-01, as once on the Macintosh, and not 1899-12-30.
    worked_out : bool or None
        Whether the values of its formulas come from a spreadsheet program; False if a library
        wrote them in their place, None if nothing tells.
    """

    since_1904: bool = False
    worked_out: bool | None = None


def about(path: Path) -> Workbook:
    """Return what a spreadsheet says of itself.

    Parameters
    ----------
    path : Path
        A workbook of any kind.

    Returns
    -------
    Workbook
    """
    if not zipfile.is_zipfile(path):
        return Workbook(since_1904=old_workbook(path).since_1904)
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        if "content.xml" in names:
            return Workbook(bool(_NULL_DATE.search(archive.read("content.xml"))))
        if "xl/workbook.bin" in names:
            return Workbook(_binary_1904(archive.read("xl/workbook.bin")))
        if "xl/workbook.xml" not in names:
            return Workbook()
        tree = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        since_1904 = _says(tree, "workbookPr", "date1904")
        if names & _CHAINS:
            return Workbook(since_1904, True)
        program = _program(archive) if "docProps/app.xml" in names else ""
        if _CALCULATES.search(program):
            return Workbook(since_1904, True)
        asks = _says(tree, "calcPr", "fullCalcOnLoad")
        return Workbook(since_1904, False if asks or _LIBRARY.search(program) else None)


def _says(tree: ElementTree.Element, element: str, attribute: str) -> bool:
    """Whether an attribute of the workbook is on."""
    elements = (node for node in tree.iter() if node.tag.rpartition("}")[2] == element)
    return any(node.get(attribute, "0").lower() in _TRUE for node in elements)


def _program(archive: zipfile.ZipFile) -> str:
    """Return the program that says it wrote the file."""
    match = re.search(
        rb"<(?:\w+:)?Application>([^<]*)</(?:\w+:)?Application>", archive.read("docProps/app.xml")
    )
    return match[1].decode("utf-8", "replace") if match else ""


def _binary_1904(data: bytes) -> bool:
    """Look for the workbook's properties (BrtWbProp) in an .xlsb."""
    at = 0
    while at < len(data):
        kind, at = _variable(data, at)
        size, at = _variable(data, at)
        if kind == _PROPERTIES:
            return bool(data[at] & 1)
        at += size
    return False


def _variable(data: bytes, at: int) -> tuple[int, int]:
    """Return a number of seven bits a byte, and the place behind it."""
    number = shift = 0
    while at < len(data) and shift < 28:
        byte = data[at]
        number |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if not byte & 0x80:
            break
    return number, at
