"""Bytes as text: what a file's encoding is, and what it might be where it is not the one said."""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from ...core.errors import InputError, show

__all__ = ["byte_order", "is_utf8", "likely", "not_readable", "require_byte_order"]

#: What unsaid encodings mostly are, by how their letters beyond ASCII lie.
_WIDE = ("gb18030", "big5", "shift_jis", "euc-kr")
_NARROW = ("cp1252", "cp1250", "latin-1")

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins as UTF-16's does
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def byte_order(path: Path) -> str | None:
    """Return the encoding that a file's first bytes declare, if they do."""
    with path.open("rb") as file:
        begin = file.read(4)
    return next((name for mark, name in _MARKS if begin.startswith(mark)), None)


def require_byte_order(path: Path, file_name: str, encoding: str, *, wide: bool) -> None:
    """Refuse text of two or four bytes a letter of which nothing says in which order they are.

    Parameters
    ----------
    path, file_name : Path, str
        The file, and its name for messages.
    encoding : str
        What it is to be read as: the first bytes of the file, or the study file, say so.
    wide : bool
        Whether every eighth byte or more is NUL.

    Raises
    ------
    InputError
        Naming the encoding that reads it.
    """
    named = codecs.lookup(encoding).name
    if byte_order(path) or not (named in {"utf-16", "utf-32"} or (wide and is_utf8(encoding))):
        return
    with path.open("rb") as file:
        begin = file.read(1 << 16)
    empty = [begin[place::4].count(0) for place in range(4)]
    if not any(empty):
        raise InputError(
            f"{file_name}: this is not {named}, for no byte of it is empty. Take encoding = "
            f'"{encoding}" out, or say another.'
        )
    # of four bytes the last two, or the first two, are empty in every letter
    full = [count >= len(begin) // 4 for count in empty]
    four = (full[2] and full[3]) or (full[0] and full[1])
    little = empty[3] >= empty[0] if four else empty[1] + empty[3] >= empty[0] + empty[2]
    guess = f"utf-{32 if four else 16}-{'le' if little else 'be'}"
    raise InputError(
        f"{file_name}: this is {guess[:6]} without a mark that says in which order its bytes are: "
        f'say encoding = "{guess}".'
    )


def is_utf8(encoding: str) -> bool:
    """Whether a name means UTF-8, with or without a byte order mark."""
    return codecs.lookup(encoding).name in {"utf-8", "utf-8-sig", "ascii"}


def likely(lines: Iterable[bytes]) -> str | None:
    """Return the encoding in which lines that are no UTF-8 make sense, as far as one can tell.

    Parameters
    ----------
    lines : iterable of bytes
        Some lines that could not be read.

    Examples
    --------
    >>> likely(["Müller & Söhne".encode("cp1252")]), likely(["证券代码,公司".encode("gb18030")])
    ('cp1252', 'gb18030')
    """
    text = b"\n".join(lines)
    runs = [run for run in _runs(text) if run]
    if not runs:
        return None
    # Two bytes a letter: runs of high bytes, and mostly of even length
    paired = sum(run for run in runs if run > 1) / sum(runs)
    for name in (*_WIDE, *_NARROW) if paired > 0.75 else _NARROW:
        try:
            decoded = text.decode(name)
        except UnicodeDecodeError:
            continue
        beyond = [sign for sign in decoded if ord(sign) > 127]
        if any(unicodedata.category(sign) == "Cc" for sign in beyond):
            continue
        if name in _NARROW or sum("\u3000" <= e <= "\u9fff" for e in beyond) > 0.8 * len(beyond):
            return name
    return None


def _runs(text: bytes) -> list[int]:
    lengths, length = [], 0
    for byte in text:
        if byte > 127:
            length += 1
        else:
            lengths.append(length)
            length = 0
    return [*lengths, length]


def not_readable(file: str, encoding: str, where: str, lines: list[bytes]) -> str:
    """Return the sentence on bytes that are no text: how many, an example, and what may help.

    Parameters
    ----------
    file, encoding : str
        The file, and what it was read as.
    where : str
        How much of it, e.g. ``in 3 of 4 lines``.
    lines : list of bytes
        Some of the lines.
    """
    example = lines[0].rstrip(b"\r\n").decode("ascii", errors="backslashreplace")
    name = "UTF-8" if is_utf8(encoding) else encoding
    other = likely(lines) if is_utf8(encoding) else None
    if other is None:
        return f"{file} is not {name} {where}, e.g. {show(example)}; say its 'encoding'."
    read = lines[0].rstrip(b"\r\n").decode(other, errors="replace")
    return (
        f"{file} is not {name} {where}, e.g. {show(example)}; "
        f'encoding = "{other}" would read it as {show(read)}.'
    )


def require_text(file: str, encoding: str, header: str, raw: bytes) -> None:
    """Refuse a header that cannot be read: every column would go by a wrong name.

    Raises
    ------
    InputError
        With the encoding that would read it.
    """
    if "\ufffd" in header:
        raise InputError(not_readable(file, encoding, "in its header", [raw]))
