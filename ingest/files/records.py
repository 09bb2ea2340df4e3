"""Count the records of a text file without the library that reads them.

Whatever a reader does with a stray quote, lines do not vanish: without line breaks inside quotes
there are as many records as lines that are not blank. Where a reader finds fewer, each line is
looked at, and a record that swallowed others is named.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...core.errors import InputError, show
from ...core.words import counted
from ..study_model import Entry
from .header import Header

__all__ = ["Record", "count_lines", "records", "without_comments"]

_CHUNK = 1 << 24


@dataclass(frozen=True, slots=True)
class Record:
    """Where a record begins and how long it is: the line of the file, from 1, and its lines."""

    line: int
    lines: int


def count_lines(path: Path, offset: int, *, blank: bool = False) -> int:
    """Count the lines behind an offset.

    Parameters
    ----------
    path : Path
        The file; its lines end in LF or CR LF.
    offset : int
        Bytes that are passed over.
    blank : bool
        Whether blank lines count.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "f.csv"
    ...     _ = path.write_bytes(b"head\\n1\\n\\n2")
    ...     count_lines(path, 5), count_lines(path, 5, blank=True)
    (2, 3)
    """
    total, last = 0, np.array([10, 10], np.uint8)  # as if a line had just ended
    with path.open("rb") as file:
        file.seek(offset)
        while chunk := file.read(_CHUNK):
            read = np.frombuffer(chunk, np.uint8)
            if blank:
                total += int(np.count_nonzero(read == 10))
            elif _has_blank(chunk, last):
                text = np.concatenate([last, read])
                ends = np.flatnonzero(read == 10)
                before, second = text[ends + 1], text[ends]
                empty = (before == 10) | ((before == 13) & (second == 10))
                total += int(len(ends) - np.count_nonzero(empty))
            else:
                total += int(np.count_nonzero(read == 10))
            last = np.concatenate([last, read[-2:]])[-2:]
    return total + int(last[-1] != 10)


def _has_blank(chunk: bytes, last: np.ndarray) -> bool:
    begin = last.tobytes() + chunk[:2]
    return any(end in chunk or end in begin for end in (b"\n\n", b"\n\r\n"))


def records(path: Path, file_name: str, header: Header, entry: Entry) -> Iterator[Record]:
    """Yield the records of a file, and refuse one that has swallowed others.

    A record over several lines is one where a text in quotes has line breaks. It has swallowed rows
    where its quotes are broken, it has another number of fields than the header, or most of its
    lines have as many delimiters as the header and so are records of their own.

    Parameters
    ----------
    path : Path
        The file, in UTF-8.
    file_name : str
        Its name for messages.
    header : Header
        Where rows begin, and how many columns there are.
    entry : Entry
        Gives ``quote``, ``escape`` and ``line_breaks``.

    Raises
    ------
    InputError
        Naming the row and its line.
    """
    quote, escape = entry.quote, entry.escape or entry.quote
    parser = _Parser(header.delimiter, quote, escape)
    lines: list[str] = []
    start, row = 0, -header.heads
    with path.open(encoding="utf-8", errors="replace", newline="\n") as file:
        for number, text in enumerate(file, start=1):
            if number <= header.lines:
                continue
            line = text.rstrip("\r\n")
            if not lines and not line and len(header.names) > 1:
                continue
            if not lines:
                start = number + header.cut
                row += line != ""  # of one column the reader has blank lines as records
            lines.append(line)
            if parser.take(line):
                if len(lines) > 1:
                    _require_whole(
                        parser, lines, _place(file_name, row, start, entry), header, entry
                    )
                yield Record(start - header.cut, len(lines))
                lines = []
                parser.begin()
    if lines:
        raise InputError(
            f"{_place(file_name, row, start, entry)}: a quote is opened and never closed, so that "
            f"{counted(len(lines), 'line')} would be lost: {show(lines[0])}. {_REMEDY}"
        )


_REMEDY = (
    'Close the quote, or double it if it belongs to the text; quote = "" if the file has no '
    "quoted texts."
)


def _place(file: str, row: int, line: int, entry: Entry) -> str:
    where = f"line {line:,}{without_comments(entry)}"
    return f"{file}, row {row:,} ({where})" if row > 0 else f"{file}, {where}"


def without_comments(entry: Entry) -> str:
    """Say of a line's number that comments are gone before lines are counted."""
    return "" if entry.comment is None else ", comments not counted"


def _require_whole(
    parser: _Parser, lines: list[str], place: str, header: Header, entry: Entry
) -> None:
    width = len(header.names)
    alike = sum(line.count(header.delimiter) == width - 1 for line in lines)
    rows = alike >= max(2, 2 * len(lines) / 3)  # the first or the last may be cut
    if parser.broken or parser.fields != width or (rows and not entry.line_breaks):
        allowed = ""
        if not parser.broken and parser.fields == width:
            allowed = " If the text really has line breaks, say line_breaks = true."
        raise InputError(
            f"{place}: a quote is opened and closed only {len(lines)} lines later, so that rows "
            f"would be lost: {show(lines[0])}. {_REMEDY}{allowed}"
        )


class _Parser:
    """Follow the quotes of one record, line by line."""

    def __init__(self, delimiter: str, quote: str, escape: str) -> None:
        self.delimiter, self.quote, self.escape = delimiter, quote, escape
        self.begin()

    def begin(self) -> None:
        """Start a record."""
        self.open, self.broken, self.fields = False, False, 1

    def take(self, line: str) -> bool:
        """Take one more line; whether the record ends with it."""
        if not self.quote or (not self.open and self.quote not in line):
            self.fields += line.count(self.delimiter)
            return True
        at = 0
        while at <= len(line):
            if self.open:
                at = self._close(line, at)
            elif line.startswith(self.quote, at):
                self.open, at = True, at + 1
            else:
                end = line.find(self.delimiter, at)
                if end < 0:
                    break
                self.fields, at = self.fields + 1, end + 1
        return not self.open

    def _close(self, line: str, at: int) -> int:
        """Return where the next field begins, or the end of the line if the quote stays open."""
        while at < len(line):
            if self.escape != self.quote and line[at] == self.escape:
                at += 2
            elif line[at] != self.quote:
                at += 1
            elif self.escape == self.quote and line.startswith(self.quote, at + 1):
                at += 2
            else:
                break
        if at >= len(line):
            return len(line) + 1
        self.open = False
        rest = line.find(self.delimiter, at + 1)
        behind = line[at + 1 : rest if rest >= 0 else len(line)]
        self.broken = self.broken or bool(behind)
        if rest < 0:
            return len(line) + 1
        self.fields += 1
        return rest + 1
