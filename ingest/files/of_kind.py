"""Keys that choose rows in files of one kind and do nothing in those of another: refused there."""

from __future__ import annotations

from ...core.errors import InputError
from ..study_model import Entry

__all__ = ["require_of_kind"]

_COLUMNAR = (
    "skip", "comment", "header", "names", "units_row", "header_rows", "label_columns",
    "sheet", "range",
)  # fmt: skip
#: By kind of file, keys that it knows nothing of.
_IDLE = {
    "csv": ("sheet", "range"),
    "sheet": ("comment",),
    "parquet": _COLUMNAR,
    "stata": _COLUMNAR,
}
_CALLED = {"csv": "text", "sheet": "a spreadsheet", "parquet": "Parquet", "stata": "a Stata file"}


def require_of_kind(entry: Entry, kind: str, shown: str, *, packed: bool) -> None:
    """Refuse a key that would choose other rows if the file were of another kind.

    Parameters
    ----------
    entry : Entry
        What the study file says.
    kind, shown : str, str
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
    idle = _IDLE[kind] if packed else (*_IDLE[kind], "member")
    for key in idle:
        value = getattr(entry, key)
        if value != Entry.model_fields[key].get_default(call_default_factory=True):
            said = str(value).lower() if isinstance(value, bool) else repr(value)
            called = "no archive" if key == "member" else _CALLED[kind]
            raise InputError(
                f"{shown}: the study says {key} = {said}, but the file is {called}, where it has "
                "no meaning, and all rows would be read. Take it out, or name the file that is "
                "meant."
            )
