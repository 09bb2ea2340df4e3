"""The formats that are read, and which of them given files are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ...core.errors import InputError, nearest, show_some
from . import bea, eora, exiobase, figaro, figaro_sut, icio, wiod, wiod_sut
from .files import Files, opened
from .generic_long import looks_long, read_long
from .generic_matrix import read_supply_use, read_symmetric
from .table import PublishedTable

__all__ = ["FORMATS", "Options", "read_published"]


@dataclass(frozen=True, slots=True)
class Options:
    """What a reader may have to be told.

    Parameters
    ----------
    year : int, optional
        The year, where files hold several or none says it.
    sheet : str, optional
        Sheet of a generic workbook.
    tables : sequence of str
        Tables of a long file that has a column of them.
    leave_out : sequence of str
        Labels of lines of a generic table that are no part of it.
    """

    year: int | None = None
    sheet: str | None = None
    tables: Sequence[str] = ()
    leave_out: Sequence[str] = ()


#: A reader of each format, by its name.
FORMATS: dict[str, Callable[[Files, Options], PublishedTable]] = {
    "bea": lambda files, to: bea.read(files, to.year),
    "wiod": lambda files, to: wiod.read_workbook(files, to.year),
    "wiod-sut": lambda files, to: wiod_sut.read(files, to.year),
    "wiod-wide": lambda files, to: wiod.read_wide(files, to.year),
    "icio": lambda files, to: icio.read(files, to.year),
    "figaro": lambda files, to: figaro.read(files, to.year),
    "figaro-sut": lambda files, to: figaro_sut.read(files, to.year),
    "exiobase": lambda files, to: exiobase.read(files, to.year),
    "eora26": lambda files, to: eora.read(files, to.year),
    "symmetric": lambda files, to: read_symmetric(files, to.year, to.sheet, to.leave_out),
    "supply-use": lambda files, to: read_supply_use(files, to.year, to.leave_out),
    "long": lambda files, to: read_long(files, to.year, to.tables, to.leave_out),
}
#: Formats that take the options of generic tables.
_GENERIC = {"sheet": ("symmetric",), "tables": ("long",)} | {
    "leave_out": ("symmetric", "supply-use", "long")
}


def read_published(
    path: str | Path | Sequence[str | Path],
    format: str | None = None,
    *,
    year: int | None = None,
    unit: str | None = None,
    sheet: str | None = None,
    tables: Sequence[str] = (),
    leave_out: Sequence[str] = (),
) -> PublishedTable:
    """Read a published input-output table as its files lie on a disk.

    Parameters
    ----------
    path : str, Path or sequence of them
        A file, a folder, an archive, or several: a make and a use table.
    format : str, optional
        One of :data:`FORMATS`. Without it the files' names and first lines say it, or nothing is
        read.
    year : int, optional
        The year, where files hold several, or none says it.
    unit : str, optional
        The unit, in words, where the format does not fix it; nothing is converted.
    sheet : str, optional
        Sheet of a workbook of the format ``symmetric``.
    tables : sequence of str, optional
        Of a long file with a column ``table``: the one that is meant, or make and use.
    leave_out : sequence of str, optional
        Labels of rows and columns of ``symmetric``, ``supply-use`` and ``long`` tables that are
        no part of them, such as totals of unusual names. They are counted.

    Returns
    -------
    PublishedTable

    Raises
    ------
    InputError
        If the format is not known, or the files are not as it says: the message names file,
        place, value and remedy.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> printed = "flows 2017,steel,cars,homes\\nsteel,20,20,60\\ncars,30,80,90\\nwages,50,100,0\\n"
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "io_2017.csv").write_text(printed)
    ...     table = read_published(Path(folder, "io_2017.csv"))
    >>> table
    PublishedTable(symmetric, 2017, 2 sectors, symmetric, money units)
    >>> table.output["gross_output"].tolist()
    [100.0, 200.0]
    """
    paths = [Path(each) for each in ([path] if isinstance(path, str | Path) else path)]
    if format is not None and format not in FORMATS:
        raise InputError(f"{format!r} is no format. {nearest(format, FORMATS)}")
    with opened(paths) as files:
        name = format or _recognised(files)
        given = {"sheet": sheet, "tables": tables, "leave_out": leave_out}
        for option, formats in _GENERIC.items():
            if given[option] and name not in formats:
                raise InputError(
                    f"{option}: the format {name} takes none; it is for {', '.join(formats)}."
                )
        found = FORMATS[name](files, Options(year, sheet, tuple(tables), tuple(leave_out)))
    # The source stands on every page of a run: without the folders of this machine.
    source = found.source
    for each in paths:
        source = source.replace(f"{each.parent.as_posix()}/", "")
    return replace(found, unit=unit or found.unit, source=source)


def _recognised(files: Files) -> str:
    """Return the format that names and first lines say."""
    bases = {file.base for file in files.files}
    if exiobase.fits(bases):
        return "exiobase"
    if eora.fits(bases):
        return "eora26"
    found: dict[str, None] = {}
    unknown = []
    for file in files.files[:50]:
        kind = files.kind(file)
        known = next(
            (
                name
                for name, fits in (
                    ("icio", icio.fits),
                    ("figaro", figaro.fits),
                    ("figaro-sut", figaro_sut.fits),
                    ("wiod-sut", wiod_sut.fits),
                    ("wiod", wiod.fits_workbook),
                    ("wiod-wide", wiod.fits_wide),
                    ("bea", bea.fits),
                )
                if fits(file, kind)
            ),
            None,
        )
        if known:
            found[known] = None
        else:
            unknown.append(file)
    if len(found) == 1:
        return "supply-use" if _of_others(files, *found) else next(iter(found))
    if not found and len(unknown) == 1:
        return _by_content(files)
    raise InputError(
        f"{files.given}: the names ({show_some([file.base for file in files.files])}) say "
        f"{'two formats: ' + ', '.join(found) if found else 'no format'}; say which it is: "
        f"--format NAME (format=…), one of {', '.join(FORMATS)}."
    )


def _of_others(files: Files, name: str) -> bool:
    """Whether files are called make and use as the Bureau's are, and hold other tables than its."""
    if name != "bea":
        return False
    return not any(
        bea.has_years(files, file) if files.kind(file) == "sheet" else bea.has_header(files, file)
        for file in files.files
        if files.kind(file) in ("csv", "sheet")
    )


def _by_content(files: Files) -> str:
    """Return what the first lines of a single file of an unknown name look like."""
    (file,) = files.files
    kind = files.kind(file)
    if kind in ("parquet", "stata", "rdata"):
        return "long"
    if kind == "sheet":
        return "symmetric"
    with files.plain(file).open(encoding="utf-8-sig", errors="replace") as lines:
        head = "".join(lines.readline() for _ in range(2))
    header = [cell.strip().strip('"').lower() for cell in head.split("\n")[0].split(",")]
    if looks_long(header):
        return "long"
    return "figaro" if "rowlabels" in header else "symmetric"
