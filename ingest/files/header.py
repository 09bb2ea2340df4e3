"""Where the rows of a text file begin, what its columns are called, and what parts them."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ...core.errors import LISTED, InputError, show
from ..signs import clash
from ..study_model import Entry
from .encoding import require_text
from .plain import Plain
from .units import require_units

__all__ = [
    "Header",
    "column_names",
    "delimiter_of",
    "guess_delimiter",
    "lines_above",
    "read_header",
]

_DELIMITERS = ",;\t|"
#: Lines of a header, and rows that the delimiter is tried on.
_LONGEST, _TRIED = 20, 50


@dataclass(frozen=True, slots=True)
class Header:
    """How a text file begins.

    Parameters
    ----------
    names : list of str
        Columns.
    delimiter : str
        One character.
    lines : int
        Lines before the first row.
    offset : int
        Bytes before it.
    apart : bool
        Whether the lines before the first row have quotes that a reader would take for its own.
    cut : int
        Lines that were cut off above, so that messages name those of the file.
    heads : int
        Records behind these lines that are header still, and no rows.
    warnings : tuple of str
        What is doubtful of it.
    """

    names: list[str]
    delimiter: str
    lines: int
    offset: int
    apart: bool = False
    cut: int = 0
    heads: int = 0
    warnings: tuple[str, ...] = ()


def read_header(plain: Plain, path: Path, file: str, entry: Entry) -> Header:
    """Read the lines before the first row.

    Parameters
    ----------
    plain : Plain
        The file as it can be read.
    path, file : Path, str
        The file as it was, and its name for messages.
    entry : Entry
        Gives ``skip``, ``header``, ``names``, ``units_row``, ``delimiter``, ``quote``.

    Raises
    ------
    InputError
        If there is no header, it cannot be read, or names a column twice.
    """
    before, separator = lines_above(plain.path, entry)
    lines = _lines(plain.path, len(before))
    begin = list(lines)
    if not begin:
        raise InputError(f"{file}: the file is empty; it needs a header row.")
    delimiter = delimiter_of(_decode(begin), separator, file, entry)
    heads: list[bytes] = []
    if entry.header:
        heads = _record(begin, file, entry)
        text = b"".join(heads).decode("utf-8", errors="replace")
        require_text(file, plain.encoding, text, _original(path, plain, len(before)))
        names = column_names(_fields(text, delimiter, entry), file)
        above = len(before) + len(heads)
        _require_as_wide(names, begin[len(heads) :], file, delimiter, entry, above)
    else:
        width = len(_fields(begin[0].decode("utf-8", errors="replace"), delimiter, entry))
        names = list(entry.names) or [f"column_{n}" for n in range(1, width + 1)]
        if len(names) != width:
            raise InputError(
                f"{file}: 'names' lists {len(names)} columns, the first row has {width} fields."
                f"{_parted_by_blanks(begin[0], len(names), entry)}"
            )
    units = begin[len(heads) : len(heads) + 1] if entry.units_row else []
    warnings: list[str] = []
    if units:
        warnings = _require_units([*units, *begin[len(heads) + 1 :]], file, delimiter, entry)
    used = [*before, *heads, *units]
    quote = entry.quote.encode()
    apart = bool(quote) and (
        any(line.count(quote) % 2 for line in used) or not _regular(heads, delimiter, entry)
    )
    size = sum(map(len, used))
    return Header(names, delimiter, len(used), size, apart, warnings=tuple(warnings))


def _parted_by_blanks(line: bytes, wanted: int, entry: Entry) -> str:
    """Return a sentence on a row that blanks would part into the fields that are wanted."""
    text = line.decode("utf-8", errors="replace").rstrip("\r\n")
    if entry.delimiter is not None or wanted < 2:
        return ""
    if len(text.split(" ")) == wanted:
        return ' Blanks would part it into as many: say delimiter = " ".'
    if len(text.split()) == wanted:
        return (
            " Several blanks part it into as many, and a delimiter is one character: write commas "
            "in their place."
        )
    parts = len(text.split(" "))
    if parts > 1 and not re.search(r"[,;\t|]", text):
        return f' Blanks would part it into {parts}: if so, say delimiter = " ", and as many names.'
    return ""


def _require_as_wide(
    names: list[str], lines: list[bytes], file: str, delimiter: str, entry: Entry, above: int
) -> None:
    """Refuse a header that is one field short: R writes none for the names of its rows."""
    text = [line.decode("utf-8", errors="replace") for line in lines[entry.units_row : _TRIED]]
    try:
        rows = [row for row in _rows(text, delimiter, entry) if any(row)]
    except csv.Error:
        return
    if len(names) < 2 or not rows or any(len(row) != len(names) + 1 for row in rows):
        return
    ends = not any(row[-1].strip() for row in rows)
    if not ends and len({row[0] for row in rows}) < len(rows):  # R's names of rows are different
        raise InputError(
            f"{file}: the header has {len(names)} fields, all rows have {len(names) + 1}. Look "
            "whether a decimal comma parts numbers in two: then write the file with semicolons "
            "between fields, or numbers in quotes; else a name is missing in the header."
        )
    own = next(name for n in range(len(names) + 1) if (name := f"row{'_' * n}") not in names)
    listed = json.dumps([*names, own] if ends else [own, *names], ensure_ascii=False)
    mend = f"Say skip = {above}, header = false, names = {listed}"
    if len(names) > LISTED:
        mend = "Write one more name into the header, " + ("behind" if ends else "in front")
    why = (
        "and the last field of every row is empty: rows end in a delimiter"
        if ends
        else "as where R writes the names of its rows and no name above them"
    )
    if not ends and _is_header(rows):
        skip = above + next(n for n, line in enumerate(lines) if line.strip())
        mend = (
            f"If line {skip + 1} is the header, say skip = {skip}. Else {mend[0].lower()}{mend[1:]}"
        )
    raise InputError(
        f"{file}: the header has {len(names)} fields, all rows have {len(names) + 1}, {why}. "
        f"{mend}."
    )


def _is_header(rows: list[list[str]]) -> bool:
    """Whether the first row names columns: it has no number, and all others have one there."""
    first, *others = rows
    number = re.compile(r"\s*[-+]?[\d.,]*\d\s*")
    places = range(1, len(first))  # the first field may be R's number of the row
    return (
        bool(others)
        and not any(map(number.fullmatch, first))
        and any(all(number.fullmatch(row[at]) for row in others) for at in places)
    )


def _require_units(lines: list[bytes], file: str, delimiter: str, entry: Entry) -> list[str]:
    text = [line.decode("utf-8", errors="replace") for line in lines]
    try:
        units, *below = _rows(text, delimiter, entry)
    except csv.Error:  # such a row is refused later, with its number
        return []
    return require_units(units, below, file)


def lines_above(path: Path, entry: Entry) -> tuple[list[bytes], str | None]:
    """Return the lines above the header, and the delimiter if one of them names it.

    Parameters
    ----------
    path : Path
        A file of :func:`~spillgraph.ingest.files.plain.plain_file`.
    entry : Entry
        Gives ``skip``; behind these lines Excel's ``sep=;`` and blank ones are left out, too.
    """
    before: list[bytes] = []
    separator = None
    for line in _lines(path, 0, most=None):
        bare = line.removeprefix(b"\xef\xbb\xbf").strip(b" \r\n\f\v")  # sep= may name a tab
        sign = re.fullmatch(rb"\"?[sS][eE][pP]=(.)\"?", bare) if len(before) == entry.skip else None
        if sign:
            separator = sign[1].decode()
        elif len(before) >= entry.skip and bare.strip():
            break
        before.append(line)
    return before, separator


def _lines(path: Path, after: int, most: int | None = _LONGEST + _TRIED) -> Iterator[bytes]:
    with path.open("rb") as file:
        for number, line in enumerate(file):
            if most is not None and number >= after + most:
                break
            if number >= after:
                yield line


def _record(lines: list[bytes], file: str, entry: Entry) -> list[bytes]:
    """Return the lines of the header: more than one where a name in quotes runs over them."""
    quote = entry.quote.encode()
    taken: list[bytes] = []
    for line in lines[:_LONGEST]:
        taken.append(line)
        if not quote or b"".join(taken).count(quote) % 2 == 0:
            return taken
    raise InputError(f"{file}: the header has a quote that is not closed: {_cut(lines[0])}.")


def _decode(lines: list[bytes]) -> list[str]:
    return [line.decode("utf-8", errors="replace") for line in lines]


def _cut(line: bytes) -> str:
    return show(line.decode("utf-8", errors="replace").rstrip("\r\n"))


def _original(path: Path, plain: Plain, above: int) -> bytes:
    """Return the header's bytes as the original has them, for the guess at its encoding."""
    return next(_lines(path, above), b"") if path != plain.path else b""


def _fields(text: str, delimiter: str, entry: Entry) -> list[str]:
    text = text.removeprefix("\ufeff").rstrip("\r\n")
    # splitlines() would part it at form feeds and Unicode's line ends, too
    return next(_rows(re.split(r"(?<=\n)", text), delimiter, entry), [""])


def _rows(lines: list[str], delimiter: str, entry: Entry) -> Iterator[list[str]]:
    if not entry.quote:
        return iter(csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE))
    escape = entry.escape if entry.escape != entry.quote else None
    return iter(csv.reader(lines, delimiter=delimiter, quotechar=entry.quote, escapechar=escape))


def _regular(lines: list[bytes], delimiter: str, entry: Entry) -> bool:
    """Whether nothing stands behind a closing quote: ``""id,name`` makes a reader lose its way."""
    text = b"".join(lines).decode("utf-8", errors="replace").removeprefix("\ufeff")
    rows = csv.reader(
        re.split(r"(?<=\n)", text), delimiter=delimiter, quotechar=entry.quote, strict=True
    )
    try:
        return bool(list(rows)) or not lines
    except csv.Error:
        return False


def delimiter_of(lines: list[str], separator: str | None, file: str, entry: Entry) -> str:
    """Return what parts the fields, as the study or the file says or the lines show.

    Parameters
    ----------
    lines : list of str
        The header and the rows.
    separator : str or None
        What the file itself says, as :func:`lines_above` returns it.
    file, entry : str, Entry
        The file's name for messages, and how it is written.

    Raises
    ------
    InputError
        If the study file gives another meaning to the same sign.
    """
    usual = {"quote": '"', "escape": None}
    # a sign that may part the fields would hide them
    odd = {key: sign for key, sign in usual.items() if (getattr(entry, key) or "x") in _DELIMITERS}
    delimiter = entry.delimiter or separator or guess_delimiter(lines, entry.model_copy(update=odd))
    if wrong := clash(entry, delimiter):
        raise InputError(
            f"{file}: key '{wrong} Change the key, or say by delimiter what parts the fields."
        )
    return delimiter


def guess_delimiter(lines: list[str], entry: Entry) -> str:
    """Return the sign that parts header and rows into the same number of fields.

    Parameters
    ----------
    lines : list of str
        The header and the rows; the first 70 lines are looked at.
    entry : Entry
        Gives ``quote`` and ``escape``.

    Examples
    --------
    >>> guess_delimiter(["a, b;c\\n", "1,5;2,5\\n"], Entry(file="f.csv"))
    ';'
    """
    text = lines[: _LONGEST + _TRIED]
    best, sign = (0.0, 0), ","
    for delimiter in _DELIMITERS:
        try:
            rows = list(_rows(text, delimiter, entry))
        except csv.Error:
            continue
        widths = [len(row) for row in rows if row]
        if not widths or widths[0] < 2:
            continue
        alike = sum(width == widths[0] for width in widths) / len(widths)
        if (alike, widths[0]) > best:
            best, sign = (alike, widths[0]), delimiter
    return sign


def column_names(fields: list[str], file: str) -> list[str]:
    """Return the names of columns: trimmed, numbered where there is none, each once.

    Parameters
    ----------
    fields : list of str
        The header.
    file : str
        Name of the file, for messages.

    Raises
    ------
    InputError
        If two columns have one name.

    Examples
    --------
    >>> column_names(["", "id\\u200b ", "gross\\n output", "ID"], "f.csv")
    ['column_1', 'id', 'gross output', 'ID']
    """
    names: list[str] = []
    for number, field in enumerate(fields, start=1):
        bare = re.sub(r"\s+", " ", field).strip(" \u00a0\u200b\ufeff\u2060\u3000\t")
        name = bare or f"column_{number}"
        if name in names:
            raise InputError(
                f"{file}: the header names column {show(name)} twice, in places "
                f"{names.index(name) + 1} and {number}; rename one, or say header_rows = 2 if "
                "two rows name the columns."
            )
        names.append(name)
    return names
