"""Files that are whole or not there, whoever is killed and whoever else writes them."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["whole_file", "write_whole"]


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all.

    Parameters
    ----------
    path : Path
        Its folder is made where it is not there.
    content : bytes
        What it holds.

    Raises
    ------
    OSError
        If it cannot be written; what was there before stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with whole_file(path) as fresh:
            fresh.write_bytes(content)
    except OSError as error:  # a full disk does not say of which file
        raise OSError(error.errno, error.strerror, str(path)) from None


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Yield a name to write to, and have what is there take the place of a file in the end.

    Parameters
    ----------
    path : Path
        The file; its folder is there. It stays as it was where writing fails.

    Yields
    ------
    Path
        A hidden file in the same folder, which does not exist yet.
    """
    fresh = path.with_name(f".{path.name[:16]}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        yield fresh
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
