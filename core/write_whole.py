"""Files that are whole or not there, whoever is killed and whoever else writes them."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

__all__ = ["write_whole"]


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
    fresh = path.with_name(f".{path.name[:16]}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        fresh.write_bytes(content)
        fresh.replace(path)
    except OSError as error:  # a full disk does not say of which file
        raise OSError(error.errno, error.strerror, str(path)) from None
    finally:
        fresh.unlink(missing_ok=True)
