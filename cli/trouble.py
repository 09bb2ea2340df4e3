"""Disks that are full, locked or broken, told in one sentence each."""

from __future__ import annotations

import errno
import re
import resource
import shutil
import ssl
from collections.abc import Sequence
from pathlib import Path

__all__ = ["disk_trouble"]

#: What the system says, by number; the words are those of the libraries that pass on no number.
_FULL = (errno.ENOSPC, errno.EDQUOT)
_LOCKED = (errno.EACCES, errno.EPERM, errno.EROFS)
_BROKEN = (errno.EIO, errno.EFBIG, errno.EMFILE, errno.ENFILE, errno.ENAMETOOLONG)
_WORDS = {
    errno.ENOSPC: r"no space left on device|disk (is )?full|errno:? 28\b|not enough disk space",
    errno.EDQUOT: r"disk quota exceeded",
    errno.EFBIG: r"file too large",
    errno.EROFS: r"read-only file ?system",
    errno.EACCES: r"permission denied",
    errno.EIO: r"input/output error",
    errno.EMFILE: r"too many open files",
}
_PATH = re.compile(r"""["'](/[^"'\\]+)|(?:file|path)[: ]+(/\S+?)[:.,;]*(?:\s|$)""", re.IGNORECASE)
# What the embedded graph says where less was written than it asked for, and nobody told it why.
_SHORT = re.compile(r"Cannot (write to|read from) file.* numBytes(Written|Read):")
#: A disk with fewer free bytes is full.
LITTLE = 2**16


def disk_trouble(error: BaseException, places: Sequence[str] = ()) -> str | None:
    """Say in one sentence what is wrong with the disk, where that is what an error means.

    Parameters
    ----------
    error : BaseException
        Of Python or of any of the databases; what it was raised from is looked at, too.
    places : sequence of str, optional
        Words of the command line, to say which disk is full where the error does not.

    Returns
    -------
    str or None
        None where it means something else.

    Examples
    --------
    >>> disk_trouble(OSError(28, "No space left on device", "out/tables/firms.parquet"))
    'the disk is full: out/tables/firms.parquet could not be written. Free some space, or name a \
place on another disk, and run the same command again.'
    >>> disk_trouble(ValueError("no such luck")) is None
    True
    """
    seen: BaseException | None = error
    while seen is not None:
        code = _code(seen)
        if code is not None:
            return _sentence(code, _place(seen) or _full_disk(places) or "a file")
        seen = seen.__cause__ or seen.__context__
    return None


def _code(error: BaseException) -> int | None:
    known = (*_FULL, *_LOCKED, *_BROKEN)
    if isinstance(error, ConnectionError | ssl.SSLError):  # its numbers are no errors of a disk
        return None
    if isinstance(error, OSError) and error.errno in known:
        return error.errno
    text = str(error)
    for code, words in _WORDS.items():
        if re.search(words, text, re.IGNORECASE):
            return code
    if _SHORT.search(text):
        place = _place(error)
        if place is not None and _full_disk([place]):
            return errno.ENOSPC
        if resource.getrlimit(resource.RLIMIT_FSIZE)[0] != resource.RLIM_INFINITY:
            return errno.EFBIG
    return None


def _full_disk(places: Sequence[str]) -> str | None:
    """Name the first place that lies on a full disk."""
    for place in places:
        path = Path(place)
        there = next((each for each in (path, *path.parents) if each.exists()), Path())
        if shutil.disk_usage(there).free < LITTLE:
            return place
    return None


def _place(error: BaseException) -> str | None:
    """Name the file, as far as the error knows it."""
    if isinstance(error, OSError) and error.filename is not None:
        return str(error.filename)
    match = _PATH.search(str(error))
    return (match[1] or match[2]) if match else None


def _sentence(code: int, place: str) -> str:
    again = "and run the same command again."
    if code in _FULL:
        what = "the disk is full" if code == errno.ENOSPC else "your disk quota is used up"
        remedy = "Free some space, or name a place on another disk,"
        return f"{what}: {place} could not be written. {remedy} {again}"
    if code == errno.EFBIG:
        return (
            f"{place} grew larger than this system allows (ulimit -f, or the disk's format). Raise "
            f"the limit, or name a place on another disk, {again}"
        )
    if code in _LOCKED:
        why = "the disk is read-only" if code == errno.EROFS else "you have no right to"
        return f"{place} cannot be opened or written: {why}. Name another place, {again}"
    if code in (errno.EMFILE, errno.ENFILE):
        return f"{place} cannot be opened: too many files are open. Raise 'ulimit -n', {again}"
    if code == errno.ENAMETOOLONG:
        return f"{place}: the name is too long for this disk. Name a shorter place, {again}"
    return f"{place}: the disk does not answer (input/output error). Check it, {again}"
