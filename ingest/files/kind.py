"""What a file is: its first bytes decide, its name only where they cannot."""

from __future__ import annotations

import gzip
import re
import unicodedata
import zipfile
import zlib
from pathlib import Path

from ...core.errors import InputError, nearest
from .damaged import readable

__all__ = ["ARCHIVES", "KINDS", "kind_of"]

#: Kinds of tables, as the study file's `type` names them.
KINDS = ("csv", "parquet", "stata", "sheet")
#: Kinds of files that hold another file.
ARCHIVES = ("gzip", "zip", "zstd", "bzip2")
READ = (
    "Read are text tables (.csv, .tsv, .txt, …), Parquet, Stata (.dta), spreadsheets (.xlsx, "
    ".xlsm, .xlsb, .xls, .ods) and each of them in .gz, .zip, .zst or .bz2"
)
_WORDS = {
    "csv": "text",
    "parquet": "a Parquet file",
    "stata": "a Stata file",
    "sheet": "a spreadsheet",
}
_MAGIC = (
    (b"PAR1", "parquet"),
    (b"\x1f\x8b", "gzip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "sheet"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"<stata_dta>", "stata"),
)
#: What is not read, by its first bytes.
_FOREIGN = (
    (b"%PDF", "a PDF document"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"$FL2@(#)", "an SPSS file"),
    (b"$FL3@(#)", "an SPSS file"),
    (b"\0" * 12 + b"\xc2\xea\x81\x60", "a SAS file"),
    (b"HEADER RECORD***", "a SAS transport file"),
    (b"\x89HDF", "an HDF5 file"),
    (b"ARROW1\0\0", "an Arrow (Feather) file"),
    (b"RDX2\n", "an R data file"),
    (b"RDX3\n", "an R data file"),
    (b"RDA2\n", "an R data file"),
    (b"RDA3\n", "an R data file"),
    (b"X\n\0\0\0", "an R data file (.rds)"),
    (b"MATLAB 5.0", "a MATLAB file"),
    (b"\0\1\0\0Standard ", "an Access database"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!\x1a", "a RAR archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"version https://git-lfs", "a Git LFS pointer, not the file itself (run 'git lfs pull')"),
)
_MARKUP = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?<(!doctype html|html|head|body|table|workbook|\?mso)"
)
_JSON = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\[\s*)?\{\s*\"[^\"]*\"\s*:")
#: Text that is no table.
_WRITTEN = (
    (
        _MARKUP,
        "a web page or an XML sheet (whatever its name says; open it in a spreadsheet program "
        "and save it as .xlsx, or see whether the download brought an error page)",
    ),
    (_JSON, "JSON (in Python, pandas.read_json(…).to_csv(…, index=False) makes a table of it)"),
)
_LOOK = 4096
#: Wide letters without a mark for the order of their bytes.
_ORDERS = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")


def kind_of(path: Path, file: str, named: str | None, delimiter: str | None = None) -> str:
    """Return what a file is.

    Parameters
    ----------
    path, file : Path, str
        The file, and its name for messages.
    named : str or None
        The kind that the study file names (one of :data:`KINDS`). It is about the table, so it
        may stand for a file inside an archive.
    delimiter : str, optional
        What parts fields, if the study file says so: a control character is no sign of damage then.

    Returns
    -------
    str
        One of :data:`KINDS` or :data:`ARCHIVES`. Text of any suffix is "csv".

    Raises
    ------
    InputError
        If the file is of no kind that is read, or not of the kind given.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "io.dat"
    ...     _ = path.write_text("supplier;user\\nA;B\\n")
    ...     kind_of(path, "io.dat", None)
    'csv'
    """
    if named is not None and named not in KINDS:
        raise InputError(f"{file}: there is no type {named!r}. {nearest(named, KINDS)}")
    with readable(file), path.open("rb") as stream:
        head = stream.read(_LOOK)
    kind = _by_content(path, head)
    if kind is None:
        bare = head.replace(delimiter.encode(), b"") if delimiter else head
        if _looks_textual(head) or _looks_textual(bare):
            kind = "csv"
        elif b"\n" in head and _looks_textual(head.replace(b"\0", b"")):
            raise InputError(
                f"{file}: the file is text padded with NUL characters, as fields of a fixed width "
                "are. Take them out (tr -d '\\000' < old > new), or write blanks in their place."
            )
        elif _looks_textual(head.replace(b"\x01", b"")) and b"\n" in head:
            raise InputError(
                f"{file}: the file is text with the control character ^A in it. If it parts the "
                'fields, as Hive writes them, say delimiter = "\\u0001".'
            )
        else:
            raise InputError(f"{file}: the file is not a table that is read. {READ}.")
    if kind not in KINDS and kind not in ARCHIVES:
        raise InputError(f"{file}: the file seems to be {kind}, which is not read. {READ}.")
    if named is not None and kind in KINDS and kind != named:
        raise InputError(
            f"{file}: the study says type = {named!r}, but the file is {_WORDS[kind]}; "
            f"write type = {kind!r}, or leave it out."
        )
    return kind


def _by_content(path: Path, head: bytes) -> str | None:
    """Return the kind, what else the file seems to be, or None where the bytes do not say."""
    for magic, kind in _MAGIC:
        if head.startswith(magic) and not (kind == "parquet" and _looks_textual(head)):
            return _inside_gzip(path) or kind if kind == "gzip" else kind
    if head.startswith((b"PK\3\4", b"PK\5\6", b"PK\7\x08")):
        return "sheet" if _is_office(path, head) else "zip"
    if re.match(rb"BZh[1-9](1AY&SY|\x17rE8P\x90)", head):  # a block, or the end of nothing
        return "bzip2"
    if _is_old_stata(path, head):
        return "stata"
    foreign = _foreign(head)
    if foreign is not None:
        return foreign
    if path.suffix.lower() in (".dbf", ".pkl", ".mdb") and not _looks_textual(head):
        return f"a {path.suffix.lower()} file"
    return None


def _foreign(head: bytes) -> str | None:
    """Return what a file is that is not read, by its first bytes."""
    begun = (foreign for magic, foreign in _FOREIGN if head.startswith(magic))
    written = (words for pattern, words in _WRITTEN if pattern.match(head[:1024].lower()))
    return next(begun, None) or next(written, None)


def _inside_gzip(path: Path) -> str | None:
    """Return what R's data files are called: they are gzip, and no table is inside."""
    try:
        with gzip.open(path) as stream:
            head = stream.read(16)
    except (OSError, EOFError, zlib.error):
        return None
    r = head.startswith((b"RDX", b"RDA", b"X\n\0\0\0"))
    return "an R data file (.rds or .RData)" if r else None


def _is_office(path: Path, head: bytes) -> bool:
    """Whether a zip is a spreadsheet; the first name inside tells it of a cut file."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except Exception:  # whatever is broken is told by the reader of that kind
        return b"[Content_Types].xml" in head or b"mimetypeapplication/vnd.oasis" in head
    return "[Content_Types].xml" in names or {"mimetype", "content.xml"} <= names


def _is_old_stata(path: Path, head: bytes) -> bool:
    """Whether a file of Stata's releases before 13: number, byte order, type of file."""
    release = len(head) > 2 and 0x66 <= head[0] <= 0x77 and head[1] in (1, 2) and head[2] == 1
    return release and path.suffix.lower() == ".dta"


def _looks_textual(head: bytes) -> bool:
    """Whether bytes are text of any encoding: no control characters, or UTF-16 or UTF-32."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")):
        return True
    if 0 in head:
        return any(_is_wide(head, name) for name in _ORDERS)
    controls = sum(byte < 32 and byte not in b"\t\n\r\f\v\x1a\x1b\x1c\x1d\x1e\x1f" for byte in head)
    return controls <= max(2, len(head) // 100)


def _is_wide(head: bytes, encoding: str) -> bool:
    """Whether bytes without a mark are text of two or four bytes a letter: nothing but signs."""
    text = head[: len(head) // 4 * 4].decode(encoding, errors="replace")
    strange = sum(
        sign == "\ufffd" or unicodedata.category(sign) in ("Cc", "Cn", "Co", "Cs") for sign in text
    )
    ends = sum(text.count(end) for end in "\t\n\r")
    return bool(ends) and strange - ends <= len(text) // 100
