"""What calamine does not tell of an .xls: how it counts days, and formulas nobody worked out.

An .xls is a small file system (OLE); in its file "Workbook" lies a list of records: number, length,
content.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

__all__ = ["OldWorkbook", "old_workbook"]

_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: Sectors beyond this are none: the end of a chain, or a free one.
_LAST = 0xFFFFFFFA
_FORMULA, _END, _DATES, _PASSWORD, _SHEET, _BEGIN = 0x06, 0x0A, 0x22, 0x2F, 0x85, 0x809
#: Results of formulas that libraries write in place of a value: 0, and the empty text.
_UNWORKED = (bytes(8), b"\x03\0\0\0\0\0\xff\xff")
#: Every spreadsheet program describes the file here; libraries do not.
_SUMMARY = "\x05SummaryInformation"


@dataclass(frozen=True)
class OldWorkbook:
    """The records of an .xls, and the names of what lies beside them; none of other files."""

    data: bytes = b""
    names: frozenset[str] = field(default_factory=frozenset)

    @cached_property
    def since_1904(self) -> bool:
        """Whether days are counted from 1904-01-01."""
        return any(kind == _DATES and body[:2] == b"\1\0" for kind, body in self._records(0))

    def find_unworked(self) -> dict[str, list[tuple[int, int]]]:
        """Return rows and columns of formulas, from 1, by sheet, if a library wrote them all
        without their values."""
        if not self.data or _SUMMARY in self.names:
            return {}
        sheets: dict[str, list[tuple[int, int]]] = {}
        for offset, name in self._sheets():
            formulas = [body for kind, body in self._records(offset) if kind == _FORMULA]
            if formulas and all(body[6:14] in _UNWORKED for body in formulas):
                places = [struct.unpack_from("<HH", body) for body in formulas]
                sheets[name] = [(row + 1, column + 1) for row, column in places]
        return sheets

    def _sheets(self) -> Iterator[tuple[int, str]]:
        new = self.data[4:6] == b"\0\6"  # BIFF8: names have a byte on how wide their letters are
        for kind, body in self._records(0):
            if kind == _SHEET:
                (offset,) = struct.unpack_from("<I", body)
                wide = new and body[7] & 1
                name = body[8 if new else 7 :][: body[6] * (2 if wide else 1)]
                yield offset, name.decode("utf-16-le" if wide else "latin-1", "replace")

    def _records(self, at: int) -> Iterator[tuple[int, bytes]]:
        """Yield the records of one part of the book, as far as they are not enciphered."""
        depth = 0
        while at + 4 <= len(self.data):
            kind, size = struct.unpack_from("<HH", self.data, at)
            if kind == _PASSWORD:
                return
            depth += (kind == _BEGIN) - (kind == _END)  # charts lie inside a sheet
            if not depth:
                return
            yield kind, self.data[at + 4 : at + 4 + size]
            at += 4 + size


def old_workbook(path: Path) -> OldWorkbook:
    """Return the records of an .xls; an empty book for what is none, or is damaged.

    Parameters
    ----------
    path : Path
        A spreadsheet.

    Returns
    -------
    OldWorkbook
    """
    data = path.read_bytes()
    if not data.startswith(_MAGIC):
        return OldWorkbook()
    try:
        files = _files(data)
    except (struct.error, IndexError, ValueError):
        return OldWorkbook()  # the reader of cells tells what is wrong
    book = next((files[name] for name in ("Workbook", "Book") if name in files), b"")
    return OldWorkbook(book, frozenset(files))


def _files(data: bytes) -> dict[str, bytes]:
    """Return the files of a small file system by name; short ones, which lie apart, as empty."""
    (shift,) = struct.unpack_from("<H", data, 30)
    if shift not in (9, 12):
        raise ValueError("no size of sectors that there is")
    size = 1 << shift
    start, _, smallest = struct.unpack_from("<3I", data, 48)
    more, count = struct.unpack_from("<2I", data, 68)

    def sector(number: int) -> bytes:
        return data[(number + 1) * size : (number + 2) * size]

    places = list(struct.unpack_from("<109I", data, 76))
    for _ in range(min(count, len(data) // size)):
        *here, more = struct.unpack(f"<{size // 4}I", sector(more))
        places += here
    table = b"".join(sector(number) for number in places if number < _LAST)
    following = struct.unpack(f"<{len(table) // 4}I", table)

    def chain(number: int) -> bytes:
        parts: list[bytes] = []
        while number < _LAST and len(parts) <= len(following):
            parts.append(sector(number))
            number = following[number]
        return b"".join(parts)

    directory, files = chain(start), {}
    for at in range(0, len(directory) - 127, 128):
        length, kind = struct.unpack_from("<HB", directory, at + 64)
        if kind == 2 and 2 <= length <= 64:
            name = directory[at : at + length - 2].decode("utf-16-le", "replace")
            first, bytes_ = struct.unpack_from("<2I", directory, at + 116)
            files[name] = chain(first)[:bytes_] if bytes_ >= smallest else b""
    return files
