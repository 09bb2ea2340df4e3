"""A matrix of imports by commodity and user: the Bureau's workbook, a matrix, or a long table."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from ...core.errors import InputError, show
from . import bea
from .files import File, Files, opened
from .generic_lines import is_total
from .generic_long import is_long, read_cells
from .generic_matrix import read_labelled
from .supply_use import Labelled

__all__ = ["read_import_matrix"]

#: Codes of totals in tables of the Bureau of Economic Analysis.
_TOTAL = re.compile(r"T\d{3}")


def read_import_matrix(path: Path, year: int) -> pd.DataFrame:
    """Read imports by commodity (rows) and user (columns); columns of totals are left out.

    Parameters
    ----------
    path : Path
        ``ImportMatrices_Before_Redefinitions_SUM_1997-2020.xlsx`` and its like (a sheet a year),
        a matrix as text or workbook, or a long table ``commodity, user, value``; one with several
        tables has one of imports of that year.
    year : int
        Year of the use table.

    Returns
    -------
    pandas.DataFrame
        NaN is 0.

    Raises
    ------
    InputError
        If the file holds no such matrix, or is of another year.
    """
    with opened([path]) as files:
        if len(files.files) != 1:
            raise InputError(
                f"{path}: one file of imports is needed, and there are {len(files.files):,}."
            )
        (file,) = files.files
        table = _labelled(files, file, year)
    frame = pd.DataFrame(
        table.values,
        [label.code for label in table.rows],
        [label.code for label in table.columns],
    )
    for labels, what in ((frame.index, "row"), (frame.columns, "column")):
        if labels.has_duplicates:
            twice = labels[labels.duplicated()][0]
            raise InputError(f"{table.file}: the {what} {show(twice)} stands there twice.")
    kept = [code for code in frame.columns if not is_total(code) and not _TOTAL.fullmatch(code)]
    return frame[kept].fillna(0.0)


def _labelled(files: Files, file: File, year: int) -> Labelled:
    kind = files.kind(file)
    if is_long(files, file):
        return read_cells(files, file, year)
    if kind == "sheet" and bea.has_years(files, file):
        found, said, _, _ = bea.read_labelled(files, file, year)
        if said != year:
            raise InputError(f"{found.file} is of {said}, and the use table of {year}.")
        return found
    return read_labelled(files, file)
