"""Turn what libraries raise over a damaged file into one sentence about that file."""

from __future__ import annotations

import csv
import errno
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import pyarrow as pa
from python_calamine import CalamineError

from ...core.errors import InputError

__all__ = ["readable"]

#: What the libraries that read files raise over bytes that are not what they should be.
_RAISED: tuple[type[Exception], ...] = (
    OSError,  # bz2 and gzip raise it
    ValueError,  # UnicodeDecodeError is one
    EOFError,
    struct.error,
    csv.Error,
    LookupError,
    ArithmeticError,  # OverflowError, ZeroDivisionError
    MemoryError,
    AssertionError,
    NotImplementedError,
    RuntimeError,
    TypeError,
    AttributeError,
    duckdb.Error,
    pa.ArrowException,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    CalamineError,
)
#: A full disk is no damaged file: the caller tells it as what it is.
_FULL = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def readable(file: str) -> Iterator[None]:
    """Say that a file cannot be read where a library fails over it.

    Parameters
    ----------
    file : str
        The file's name for messages.

    Raises
    ------
    InputError
        In place of what the library raised. A full disk and Ctrl-C pass as they are.

    Examples
    --------
    >>> with readable("firms.dta"):
    ...     raise EOFError("the file ends early")
    Traceback (most recent call last):
    spillgraph.core.errors.InputError: firms.dta: the file cannot be read: the file ends early. \
It is damaged or cut: get it again, or open it in the program that made it and save it again.
    """
    try:
        yield
    except InputError:
        raise
    except _RAISED as error:
        if isinstance(error, OSError) and error.errno in _FULL:
            raise
        raise InputError(_message(file, error)) from error
    except BaseException as error:
        # Libraries written in Rust panic with a class that is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise InputError(_message(file, error)) from error


def _message(file: str, error: BaseException) -> str:
    if isinstance(error, FileNotFoundError | PermissionError | IsADirectoryError):
        return f"{file}: the file cannot be read: {error.strerror}."
    reason = error.strerror if isinstance(error, OSError) else None
    lines = (reason or str(error)).strip().splitlines()
    first = lines[0].rstrip(" .:") if lines else type(error).__name__
    return (
        f"{file}: the file cannot be read: {first}. It is damaged or cut: get it again, or open "
        "it in the program that made it and save it again."
    )
