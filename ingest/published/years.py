"""Of which year a published table is: file names, sheets and titles say it, and must agree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ...core.errors import InputError, show_some
from .files import File

__all__ = ["one_of_year", "the_year", "years_in"]

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")


def years_in(text: str) -> list[int]:
    """Return the years that a text names.

    Examples
    --------
    >>> years_in("World input-output table for 2009"), years_in("wiot09")
    ([2009], [])
    """
    return [int(year) for year in _YEAR.findall(text)]


def the_year(file: str, said: Mapping[str, Iterable[int]], asked: int | None) -> int:
    """Return the year on which everything agrees.

    Parameters
    ----------
    file : str
        For messages.
    said : mapping of str to iterable of int
        Years by where they stand; what names none or several says nothing.
    asked : int or None
        The year that the user wants.

    Returns
    -------
    int

    Raises
    ------
    InputError
        If two places say different years, the user wants another, or none is known.
    """
    one = {place: sorted(set(years)) for place, years in said.items()}
    found = {place: years[0] for place, years in one.items() if len(years) == 1}
    if not found:
        if asked is None:
            raise InputError(
                f"{file}: nothing says of which year the table is; give it: --year 2015 "
                "(year=2015)."
            )
        return asked
    place, year = next(iter(found.items()))
    for other, another in found.items():
        if another != year:
            raise InputError(
                f"{file}: {place} says {year} and {other} says {another}. The file was renamed or "
                "is another year's; fetch it again."
            )
    if asked is not None and asked != year:
        raise InputError(f"{file}: {place} says {year}, and {asked} was asked for.")
    return year


def one_of_year(files: list[File], year: int | None, years: list[int], what: str) -> File:
    """Return the one file of a year.

    Parameters
    ----------
    files : list of File
        Those that may be meant, at least one.
    year : int or None
        The year that is wanted.
    years : list of int
        The year of each file, 0 where its name says none.
    what : str
        What they are, for messages.

    Returns
    -------
    File

    Raises
    ------
    InputError
        If several may be meant, or none.
    """
    fit = [file for file, of in zip(files, years, strict=True) if year in (None, of) or not of]
    if len(fit) == 1:
        return fit[0]
    names = show_some([file.name for file in (fit or files)])
    if not fit:
        raise InputError(f"no {what} of {year} is there; there are {names}.")
    raise InputError(
        f"there are {len(fit):,} files that are {what} ({names}); name one of them, or its year: "
        "--year 2015 (year=2015)."
    )
