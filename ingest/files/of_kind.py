"""Keys that do something in files of one kind and nothing in those of another: refused there."""

from __future__ import annotations

from ...core.errors import InputError
from ..study_model import Entry

__all__ = ["require_of_kind"]

_TEXT = ("delimiter", "quote", "escape", "line_breaks")
_PRINTED = ("skip", "header", "names", "units_row", "header_rows", "label_columns")
#: By key, the kinds of files that it means something in; all others know nothing of it.
_MEANT = {
    **dict.fromkeys(_TEXT, ("csv",)),
    **dict.fromkeys(_PRINTED, ("csv", "sheet")),
    "comment": ("csv",),
    "short_rows": ("csv",),
    "sheet": ("sheet",),
    "range": ("sheet",),
    "labels": ("stata",),
    "encoding": ("csv", "stata"),
}
#: Keys that a file's values are read by, so that a file of ``match`` may need them.
_READ_BY = {*_TEXT, "encoding", "labels"}
_CALLED = {"csv": "text", "sheet": "a spreadsheet", "parquet": "Parquet", "stata": "a Stata file"}


def require_of_kind(entry: Entry, kind: str, file: str, *, packed: bool) -> None:
    """Refuse a key that would have done something if the file were of another kind.

    Parameters
    ----------
    entry : Entry
        What the study file says.
    kind, file : str, str
        What the file is, and its name for messages.
    packed : bool
        Whether it came out of an archive.

    Raises
    ------
    InputError
        Naming the key.

    Examples
    --------
    >>> require_of_kind(Entry(file="f.csv", skip=3), "csv", "f.csv", packed=False)
    >>> require_of_kind(Entry(file="f.csv", range="A3:D9"), "csv", "f.csv", packed=False)
    Traceback (most recent call last):
    spillgraph.core.errors.InputError: f.csv: the study says range = 'A3:D9', but the file is \
text, where it has no meaning, and all rows would be read. Take it out, or name the file that is \
meant.
    """
    idle = [key for key, kinds in _MEANT.items() if kind not in kinds]
    if not packed:
        idle.append("member")
    for key in idle:
        if not entry.says(key):
            continue
        value, reads = getattr(entry, key), key in _READ_BY
        if reads and entry.match:
            continue
        text = str(value).lower() if isinstance(value, bool) else repr(value)
        called = "no archive" if key == "member" else _CALLED[kind]
        lost = "" if reads else ", and all rows would be read"
        raise InputError(
            f"{file}: the study says {key} = {text}, but the file is {called}, where it has "
            f"no meaning{lost}. Take it out, or name the file that is meant."
        )
