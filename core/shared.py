"""What many cells read, written once where all workers see it."""

from __future__ import annotations

import hashlib
import io
import pickle
from collections import OrderedDict
from pathlib import Path
from typing import Any, Generic, TypeVar

from .errors import EngineError
from .write_whole import write_whole

__all__ = ["Shared", "pickled"]

_Value = TypeVar("_Value")
#: What this worker has read last: of each job more than one, as records and a year.
_read: OrderedDict[str, Any] = OrderedDict()
_MOST = 4
_SUM = hashlib.sha256().digest_size


class Shared(Generic[_Value]):
    """A value that jobs carry as the name of a file, so that it travels once and not with each.

    Parameters
    ----------
    value : object
        The value.
    folder : Path, optional
        Where workers read it; without, it stays in this process.

    Examples
    --------
    >>> Shared([1, 2]).value
    [1, 2]
    """

    def __init__(self, value: _Value, folder: Path | None = None) -> None:
        self._value: _Value | None = value
        self._digest = ""
        self.path: Path | None = None
        if folder is not None:
            self.path = folder.resolve() / f"{self.digest}.shared"
            content = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
            write_whole(self.path, hashlib.sha256(content).digest() + content)

    @property
    def digest(self) -> str:
        """What it holds, in short."""
        if not self._digest:
            self._digest = hashlib.sha256(pickled(self._value)).hexdigest()
        return self._digest

    @property
    def value(self) -> _Value:
        """The value, read where it is not at hand.

        Raises
        ------
        EngineError
            If the file is not there or not what was written.
        """
        if self._value is not None:
            return self._value
        if self.digest not in _read:
            _read[self.digest] = self._load()
            while len(_read) > _MOST:
                _read.popitem(last=False)
        _read.move_to_end(self.digest)
        found: _Value = _read[self.digest]
        return found

    def _load(self) -> Any:
        try:
            content = Path(self.path or "").read_bytes()
        except OSError as error:
            raise EngineError(
                f"{self.path}, which cells read, cannot be read by a worker: {error.strerror}. "
                "Name a folder of results that all workers see."
            ) from None
        if hashlib.sha256(content[_SUM:]).digest() != content[:_SUM]:
            raise EngineError(f"{self.path}, which cells read, is damaged; run again.")
        return pickle.loads(content[_SUM:])

    def __getstate__(self) -> dict[str, Any]:
        """Leave the value behind."""
        return {"_digest": self.digest, "path": self.path, "_value": None}


def pickled(value: Any) -> bytes:
    """Return a value as bytes that depend on what it holds alone, to be named by.

    A pickle says besides which of its texts are one object, and has sets in an order that is as it
    happens. What is shared stands for itself by its digest, wherever it lies.

    Parameters
    ----------
    value : object
        Without circles.

    Examples
    --------
    >>> text = "".join(["a", "b"])
    >>> pickled([text, text]) == pickled([text, "".join(["a", "b"])])
    True
    """
    stream = io.BytesIO()
    pickler = _Pickler(stream, pickle.HIGHEST_PROTOCOL)
    pickler.fast = True
    pickler.dump(value)
    return stream.getvalue()


class _Pickler(pickle.Pickler):
    def persistent_id(self, obj: Any) -> Any:
        if isinstance(obj, Shared):
            return obj.digest
        return sorted(map(pickled, obj)) if type(obj) in (set, frozenset) else None
