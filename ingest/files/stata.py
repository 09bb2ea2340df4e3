"""Read a Stata file as its columns: value labels or codes, dates as text, missing as missing."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from pandas.io.stata import StataReader

from ...core.errors import InputError, nearest, show
from ...core.words import counted
from .damaged import readable
from .stata_dates import as_dates

__all__ = ["CHOICES", "read_stata"]

#: What a column with value labels is read as.
CHOICES = ("labels", "codes")
#: Files of Stata 13 (release 117) and before do not say their encoding; this one is Windows'.
OLD_ENCODING = "cp1252"
_UNICODE = 118


def read_stata(
    path: Path, file: str, labels: str, encoding: str = OLD_ENCODING
) -> tuple[pa.Table, list[str]]:
    """Return a Stata file's columns, and what a reader should know about them.

    Parameters
    ----------
    path, file : Path, str
        The file, and its name for messages.
    labels : {"labels", "codes"}
        What a column with value labels becomes: the label where a value has one and else its code
        as text, or the codes as numbers.
    encoding : str, optional
        Of texts in files of Stata 13 and before; later ones are UTF-8.

    Returns
    -------
    tuple of (pyarrow.Table, list of str)
        Strings; int64 where all values of a numeric column are whole, else floats; dates as ISO
        text ("2010-03-01", months "2010-03", quarters "2010Q1"). Stata's missing values ``.`` and
        ``.a`` to ``.z``, and empty strings, are missing. And warnings, each a sentence.

    Raises
    ------
    InputError
        If the file is damaged or cut.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     frame = pd.DataFrame({"id": ["F1"], "industry": [2]})
    ...     path = Path(folder) / "firms.dta"
    ...     frame.to_stata(path, write_index=False, value_labels={"industry": {2: "Mining"}})
    ...     [read_stata(path, "firms.dta", each)[0].to_pylist() for each in CHOICES]
    [[{'id': 'F1', 'industry': 'Mining'}], [{'id': 'F1', 'industry': 2}]]
    """
    if labels not in CHOICES:
        raise InputError(f"{file}: labels = {labels!r} is not known. {nearest(labels, CHOICES)}")
    with readable(file):
        columns, notes = _columns(path, labels, encoding)
        return pa.table(columns), [f"{file}: {note}" for note in notes]


def _columns(path: Path, labels: str, encoding: str) -> tuple[dict[str, pa.Array], list[str]]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        file = _File(path, encoding)
    notes = []
    if any(issubclass(warning.category, UnicodeWarning) for warning in caught):
        notes.append("texts are not all UTF-8, as they should be; look at accents.")
    columns: dict[str, pa.Array] = {}
    for position, name in enumerate(map(file.text, file.frame.columns)):
        if name in columns:
            raise ValueError(f"two columns are called {show(name)}")
        if labels == "labels" and file.label_names[position]:
            columns[name], doubts = _read_labels(file, position, name)
        else:
            values = file.frame.iloc[:, position]
            columns[name], doubts = _plain(file, values, file.formats[position], name)
        notes += doubts
    if not columns:
        raise ValueError("it has no columns")
    return columns, notes


class _File:
    """What is in the file: codes, and the labels and formats of its columns."""

    def __init__(self, path: Path, encoding: str) -> None:
        with path.open("rb") as stream:
            _whole(stream)
            reader: Any = StataReader(stream)
            self.frame: pd.DataFrame = reader.read(
                convert_categoricals=False, convert_dates=False, convert_missing=False
            )
            labels = reader.value_labels()
            # pandas has no public name for these four.
            self.release = int(reader._format_version)
            self.formats: list[str] = list(reader._fmtlist)
            self.label_names: list[str] = list(reader._lbllist)
            rows = int(reader._nobs)
        self.encoding = encoding
        if len(self.frame) != rows:
            raise ValueError(f"the file says {rows:,} rows and holds {len(self.frame):,}")
        self.labels = {
            name: {int(code): self.text(label) for code, label in codes.items()}
            for name, codes in labels.items()
        }

    def text(self, text: str) -> str:
        """Return a text of the file in its encoding; pandas reads old ones as Latin-1."""
        if self.release >= _UNICODE or text.isascii():
            return str(text)
        try:
            return text.encode("latin-1").decode(self.encoding)
        except UnicodeError:
            return str(text)


def _whole(stream: Any) -> None:
    """Raise where a file of release 117 and later lacks its last word."""
    if stream.read(11) == b"<stata_dta>":
        stream.seek(-16, 2)
        if b"</stata_dta>" not in stream.read():
            raise EOFError("its end is missing")
    stream.seek(0)


def _plain(
    file: _File, values: pd.Series[Any], format_: str, name: str
) -> tuple[pa.Array, list[str]]:
    """Return a column without labels."""
    if values.dtype.kind not in "iuf":
        texts = [file.text(value) if isinstance(value, str) and value else None for value in values]
        return pa.array(texts, pa.string()), []
    dates = as_dates(values, format_)
    if dates is not None:
        return pa.array(dates, pa.string()), []
    doubts = []
    if format_.startswith(("%tb", "%-tb")):
        doubts = [f"column {show(name)} keeps its numbers: dates as {format_} are not read."]
    return _numbers(values), doubts


def _numbers(values: pd.Series[Any]) -> pa.Array:
    """Return whole numbers as integers, whatever type Stata kept them in, if it kept them whole."""
    numbers: npt.NDArray[Any] = values.to_numpy()
    if numbers.dtype.kind != "f":
        return pa.array(numbers.astype(np.int64))
    missing = np.isnan(numbers)
    known = numbers[~missing]
    whole_below = 2.0**24 if numbers.dtype == np.float32 else 2.0**53
    if known.size and (np.abs(known) < whole_below).all() and (known == np.floor(known)).all():
        whole = np.where(missing, 0, numbers).astype(np.int64)
        return pa.array(whole, mask=missing)
    return pa.array(numbers, mask=missing)


def _read_labels(file: _File, position: int, name: str) -> tuple[pa.Array, list[str]]:
    """Return the labels of a column; a value without one becomes its code as text."""
    values, wanted = file.frame.iloc[:, position], file.label_names[position]
    if wanted not in file.labels:
        plain, doubts = _plain(file, values, file.formats[position], name)
        lacks = f"column {show(name)} names value labels {show(wanted)} that the file lacks"
        return plain, [*doubts, f"{lacks}; its codes are read."]
    labels = file.labels[wanted]
    codes = _numbers(values).to_pylist()
    texts = [None if code is None else labels.get(code, str(code)) for code in codes]
    counts = pd.Series([code for code in codes if code is not None], dtype=object).value_counts()
    bare = [code for code in counts.index if code not in labels]
    doubts = []
    if bare and len(bare) < len(counts):
        rows = int(counts[bare].sum())
        doubts.append(
            f"column {show(name)} has value labels for a part of its values: "
            f"{counted(rows, 'row keeps its', 'rows keep their')} code, as {show(min(bare))}. "
            "Should all "
            'be codes, say labels = "codes".'
        )
    return pa.array(texts, pa.string()), doubts + _name_shared(labels, set(counts.index), name)


def _name_shared(labels: dict[int, str], used: set[Any], name: str) -> list[str]:
    """Say where two codes of the data become one text, which nothing later can tell apart."""
    codes: dict[str, list[str]] = {}
    for code in sorted(used):
        codes.setdefault(labels.get(code, str(code)), []).append(str(code))
    return [
        f"column {show(name)}: codes {' and '.join(same)} are all called {show(label)} and are "
        'one from here on. Should they differ, say labels = "codes".'
        for label, same in codes.items()
        if len(same) > 1
    ]
