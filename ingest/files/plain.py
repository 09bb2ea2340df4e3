"""A text file as DuckDB reads it: UTF-8, one kind of line end, no comments, nothing compressed.

Most files are so already and are read where they lie. Others are written once more into the
study's temporary folder; what cannot be decoded becomes U+FFFD, one by one, and is counted.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

from ...core.errors import InputError
from ..study_model import Entry
from .encoding import byte_order, is_utf8, not_readable, require_byte_order

__all__ = ["Plain", "plain_file"]

_CHUNK = 1 << 24
#: Lines that could not be read and are kept to guess from.
_KEPT = 200


@dataclass(frozen=True, slots=True)
class Plain:
    """A text file in UTF-8 with one kind of line end.

    Parameters
    ----------
    path : Path
        The file itself, or its copy.
    encoding : str
        What the bytes of the original are.
    warnings : tuple of str
        What could not be read as text.
    """

    path: Path
    encoding: str
    warnings: tuple[str, ...] = ()


@dataclass(slots=True)
class _Scan:
    """What the bytes of a file say about it."""

    utf8: bool = True
    one_line_end: bool = True
    nul: int = 0
    size: int = 0


def plain_file(path: Path, file: str, entry: Entry, folder: Path) -> Plain:
    """Return a text file as it can be read: the file itself, or a copy in UTF-8.

    Parameters
    ----------
    path, file : Path, str
        The file, not compressed, and its name for messages.
    entry : Entry
        Gives ``encoding``, ``comment`` and ``quote``.
    folder : Path
        For the copy.

    Raises
    ------
    InputError
        If it is no text in its encoding.
    """
    encoding = byte_order(path) or entry.encoding
    scan = _scan(path)
    require_byte_order(path, file, encoding, wide=scan.nul > scan.size // 8)
    as_it_is = is_utf8(encoding) and scan.utf8 and scan.one_line_end and not scan.nul
    if as_it_is and entry.comment is None:
        return Plain(path, encoding)
    warnings = _unreadable(path, file, encoding)
    copy = folder / f"plain_{len(list(folder.iterdir()))}.csv"
    _copy(path, copy, encoding, entry)
    return Plain(copy, encoding, tuple(warnings))


def _scan(path: Path) -> _Scan:
    scan, ends, last = _Scan(), [0, 0, 0], b""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            scan.size += len(chunk)
            scan.nul += chunk.count(0)
            if b"\r" in chunk or last == b"\r":
                joined = last + chunk
                for at, end in enumerate((b"\r\n", b"\r", b"\n")):
                    ends[at] += joined.count(end) - last.count(end)
            else:
                ends[2] += chunk.count(b"\n")
            last = chunk[-1:] if chunk[-1:] == b"\r" else b""
            if scan.utf8 and not (chunk.isascii() and not decoder.getstate()[0]):
                scan.utf8 = _decodes(decoder, chunk)
    scan.utf8 = scan.utf8 and _decodes(decoder, b"", final=True)
    both, cr, lf = ends
    scan.one_line_end = cr == 0 or cr == both == lf
    return scan


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _unreadable(path: Path, file_name: str, encoding: str) -> list[str]:
    """Return a warning on lines that are no text in the encoding."""
    if not is_utf8(encoding):
        return _unreadable_in_another(path, file_name, encoding)
    kept: list[bytes] = []
    bad = lines = 0
    with path.open("rb") as file:
        for line in file:
            lines += 1
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                bad += 1
                if len(kept) < _KEPT:
                    kept.append(line)
    if not bad:
        return []
    return [not_readable(file_name, encoding, f"in {bad:,} of {lines:,} lines", kept)]


def _unreadable_in_another(path: Path, file_name: str, encoding: str) -> list[str]:
    bad = lines = 0
    first = ""
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        for line in file:
            lines += 1
            if "\ufffd" in line:
                bad += 1
                first = first or line
    if not bad:
        return []
    sentence = not_readable(file_name, encoding, f"in {bad:,} of {lines:,} lines", [first.encode()])
    if bad > lines // 2:
        raise InputError(sentence)
    return [sentence]


def _copy(path: Path, copy: Path, encoding: str, entry: Entry) -> None:
    decoding = "utf-8-sig" if is_utf8(encoding) else encoding
    with (
        path.open(encoding=decoding, errors="replace", newline=None) as source,
        copy.open("w", encoding="utf-8", newline="\n") as target,
    ):
        if entry.comment is None:
            while text := source.read(_CHUNK):
                target.write(text.replace("\x00", "\ufffd"))
        else:
            target.writelines(
                line.replace("\x00", "\ufffd")
                for line in source
                if not line.startswith(entry.comment)
            )
