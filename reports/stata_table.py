"""A table of results as a Stata file (.dta, version 118: Stata 14 and later)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..core.errors import InputError
from ..core.stata_names import LABEL, TEXT, TIME_STAMP, variable_names
from .result_table import ResultTable, form_of

__all__ = ["write_stata"]


def write_stata(table: ResultTable, path: Path) -> None:
    """Write a variable for each column; its label says what it is, or is the column's own name.

    Codes and names are texts, whole numbers are whole, all others double: no digit is lost.

    Parameters
    ----------
    table : ResultTable
        What to write.
    path : Path
        The file.

    Raises
    ------
    InputError
        If a number is infinite: Stata knows none.
    """
    columns = [str(column) for column in table.frame]
    names = variable_names(columns)
    data, long = {}, []
    for name, column in zip(names, columns, strict=True):
        values = table.frame[column]
        if form_of(values) == "text":
            # An empty text is what Stata calls missing.
            texts = values.astype(object).where(values.notna(), "").map(str)
            data[name] = texts.astype(object)
            if len(texts) and max(len(text.encode()) for text in texts) > TEXT:
                long.append(name)
        else:
            data[name] = _numbers(values, f"table {table.name}, column {column}")
    frame = pd.DataFrame(data)
    labels = zip(names, columns, strict=True)
    frame.to_stata(
        path,
        write_index=False,
        version=118,
        convert_strl=long or None,
        time_stamp=TIME_STAMP,
        data_label=table.name[:LABEL],
        variable_labels={n: table.meanings.get(column, column)[:LABEL] for n, column in labels},
    )


def _numbers(values: pd.Series[float], where: str) -> pd.Series[Any]:
    """Return whole numbers as such where Stata holds them, all others as double."""
    numbers = values.astype(np.float64)
    if np.isinf(numbers).any():
        raise InputError(
            f"{where}: a number is infinite, which a Stata file cannot hold; take its CSV file or "
            "--as xlsx."
        )
    whole = form_of(values) in ("count", "year") and not numbers.isna().any()
    # Above 2,147,483,620 Stata's whole numbers end.
    if whole and (numbers.abs() <= 2_000_000_000).all():
        return numbers.astype(np.int32)
    return numbers
