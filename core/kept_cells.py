"""Cells that are computed already: a run that was killed goes on with them."""

from __future__ import annotations

import hashlib
import json
import pickle
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .shared import pickled
from .versions import versions
from .write_whole import write_whole

__all__ = ["Cells"]

_DIGEST = hashlib.sha256().digest_size


@dataclass(frozen=True, slots=True)
class Cells:
    """Finished cells in a folder, each a file called by all that decides its numbers.

    Parameters
    ----------
    folder : Path
        It is made when the first cell ends.
    inputs : str
        Fingerprint of what jobs come from.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     cells = Cells(Path(folder) / "cells", "study of today")
    ...     key = cells.key(abs, -3)
    ...     before = cells.read(key)
    ...     cells.write(key, 3)
    ...     before, cells.read(key), key == Cells(cells.folder, "of tomorrow").key(abs, -3)
    (None, (3,), False)
    """

    folder: Path
    inputs: str

    def key(self, compute: Callable[[Any], Any], job: Any) -> str:
        """Name a cell: by function, job, fingerprint of the inputs, and all versions.

        Parameters
        ----------
        compute : callable
            A function of a module.
        job : object
            What it is called with.
        """
        function = f"{compute.__module__}.{compute.__qualname__}"
        digest = hashlib.sha256(json.dumps([function, self.inputs, versions()]).encode())
        digest.update(pickled(job))
        return digest.hexdigest()

    def read(self, key: str) -> tuple[Any] | None:
        """Return what came of a cell, alone in a tuple; None if it is not known or damaged.

        Parameters
        ----------
        key : str
            Its name.
        """
        path = self.folder / key
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        if content[:_DIGEST] == _digest(key, content[_DIGEST:]):
            with suppress(Exception):  # of a class that is not there any more, whatever it raises
                return (pickle.loads(content[_DIGEST:]),)
        path.unlink(missing_ok=True)
        return None

    def write(self, key: str, found: Any) -> None:
        """Keep what came of a cell: whole or not at all.

        Parameters
        ----------
        key : str
            Its name.
        found : object
            What came of it.

        Raises
        ------
        OSError
            If it cannot be written; what was kept before stays.
        """
        content = pickle.dumps(found, pickle.HIGHEST_PROTOCOL)
        write_whole(self.folder / key, _digest(key, content) + content)


def _digest(key: str, content: bytes) -> bytes:
    return hashlib.sha256(key.encode() + content).digest()
