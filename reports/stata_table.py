"""A table of results as a Stata file (.dta, version 118: Stata 14 and later)."""

from __future__ import annotations

import struct
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pandas.io import stata

from ..core.errors import InputError
from ..core.stata_names import LABEL, TEXT, TIME_STAMP, VARIABLES, variable_names
from .result_table import ResultTable, one_line, short_label

__all__ = ["write_stata"]

#: Bytes of a name in the record of a note.
_NAME = 129


def write_stata(table: ResultTable, path: Path) -> None:
    """Write a variable for each column; its label says what it is, or is the column's own name.

    Codes and names are texts, whole numbers are whole, all others double: no digit is lost. A
    label is cut between two words, and a note of the variable holds all of it then. What must
    be read before any number is the label of the file, and its note.

    Parameters
    ----------
    table : ResultTable
        What to write.
    path : Path
        The file.

    Raises
    ------
    InputError
        If a number is infinite, which Stata does not know, or there are too many columns.
    """
    columns = [str(column) for column in table.frame]
    if len(columns) > VARIABLES:
        raise InputError(
            f"table {table.name}: {len(columns):,} columns are more than the {VARIABLES:,} that a "
            "Stata file holds; take its CSV file."
        )
    names = variable_names(columns)
    data, long, labels = {}, [], {}
    notes = {"_dta": [table.notice]} if table.notice else {}
    for name, column in zip(names, columns, strict=True):
        values = table.frame[column]
        if table.form(column) == "text":
            # An empty text is what Stata calls missing.
            texts = values.astype(object).where(values.notna(), "").map(str)
            data[name] = texts.astype(object)
            if len(texts) and max(len(text.encode()) for text in texts) > TEXT:
                long.append(name)
        else:
            data[name] = _numbers(values, f"table {table.name}, column {column}")
        told = one_line(table.meanings.get(column, column))
        labels[name] = short_label(told, LABEL)
        if labels[name] != told:
            notes[name] = [told]
    # The label of a file is short: the first words of the notice, and the name.
    headline = ": ".join(part for part in (table.notice.partition(":")[0], table.name) if part)
    writer = _WithNotes(
        path,
        pd.DataFrame(data),
        write_index=False,
        version=118,
        convert_strl=long,
        time_stamp=TIME_STAMP,
        data_label=short_label(headline, LABEL),
        variable_labels=labels,
    )
    writer.notes = notes
    writer.write_file()


class _WithNotes(stata.StataWriterUTF8):  # type: ignore[misc, name-defined]  # not in its types
    """Writes what ``notes`` shows in Stata, too; the library leaves their place empty."""

    notes: Mapping[str, Sequence[str]]

    def _write_characteristics(self) -> None:
        self._update_map("characteristics")
        records = b"".join(
            _note(variable, key, text)
            for variable, texts in self.notes.items()
            for key, text in [
                ("note0", str(len(texts))),
                *((f"note{place}", text) for place, text in enumerate(texts, start=1)),
            ]
        )
        self._write_bytes(self._tag(records, "characteristics"))


def _note(variable: str, key: str, text: str) -> bytes:
    """Return a record of a file of version 118: length, variable, key, text and its end."""
    names = b"".join(name.encode().ljust(_NAME, b"\0") for name in (variable, key))
    record = names + text.encode() + b"\0"
    order = "<" if sys.byteorder == "little" else ">"
    return b"<ch>" + struct.pack(f"{order}I", len(record)) + record + b"</ch>"


def _numbers(values: pd.Series[float], where: str) -> pd.Series[Any]:
    """Return whole numbers as such where Stata holds them, all others as double."""
    numbers = values.astype(np.float64)
    if np.isinf(numbers).any():
        raise InputError(
            f"{where}: a number is infinite, which a Stata file cannot hold; take its CSV file or "
            "--as xlsx."
        )
    # What is measured is double even where it happens to be whole: it is not so in every year.
    # Above 2,147,483,620 Stata's whole numbers end.
    if pd.api.types.is_integer_dtype(values) and (numbers.abs() <= 2_000_000_000).all():
        return numbers.astype(np.int32)
    return numbers
