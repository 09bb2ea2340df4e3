"""A matrix of imports by commodity and user: the Bureau's workbook, a matrix, or a long table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from ...core.errors import InputError, nearest, show
from . import bea
from .files import File, Files, opened
from .generic_lines import is_total, year_of
from .generic_long import is_long, read_cells
from .generic_matrix import read_labelled
from .supply_use import Labelled

__all__ = ["read_import_matrix", "require_same_imports"]

#: Totals by their codes in tables of the Bureau of Economic Analysis, and by any name.
_TOTAL = re.compile(r"T\d{3}|total\b.*", re.IGNORECASE)
#: Imports by user that differ from imports by commodity by more than this share of these, in all,
#: are of another table. The Bureau's of 2012 differ by 0.7%.
OTHER_TABLE = 0.2


def read_import_matrix(
    path: Path, year: int, commodities: Sequence[str], users: Sequence[str]
) -> pd.DataFrame:
    """Read imports by commodity (rows) and user (columns); lines of totals are left out.

    Parameters
    ----------
    path : Path
        ``ImportMatrices_Before_Redefinitions_SUM_1997-2020.xlsx`` and its like (a sheet a year),
        a matrix as text or workbook, or a long table ``commodity, user, value``; one with several
        tables has one of imports of that year.
    year : int
        Year of the use table.
    commodities, users : sequence of str
        Rows and columns of the use table.

    Returns
    -------
    pandas.DataFrame
        NaN is 0.

    Raises
    ------
    InputError
        If the file holds no such matrix, is of another year, or has a line that the use table does
        not have.
    """
    with opened([path]) as files:
        if len(files.files) != 1:
            raise InputError(
                f"{path}: one file of imports is needed, and there are {len(files.files):,}."
            )
        (file,) = files.files
        if year_of(file) not in (0, year):
            raise InputError(
                f"{file.name} is of {year_of(file)}, as its name says, and the use table of "
                f"{year}; give imports of {year}."
            )
        table = _labelled(files, file, year, commodities, users)
    frame = pd.DataFrame(
        table.values,
        [label.code for label in table.rows],
        [label.code for label in table.columns],
    )
    for labels, what in ((frame.index, "row"), (frame.columns, "column")):
        if labels.has_duplicates:
            twice = labels[labels.duplicated()][0]
            raise InputError(f"{table.file}: the {what} {show(twice)} stands there twice.")
    frame = frame.loc[[not _is_total(code) for code in frame.index]]
    frame = frame[[code for code in frame.columns if not _is_total(code)]].fillna(0.0)
    odd = next((code for code in frame.index if code not in set(commodities)), None)
    if odd is not None and set(frame.columns) <= set(commodities):
        raise InputError(
            f"{table.file}: all columns are commodities of the use table, and the row "
            f"{show(odd)} is none: the matrix is turned round. Commodities belong in rows."
        )
    _require_known(table.file, frame, commodities, "row", "commodity")
    _require_known(table.file, frame.T, users, "column", "user")
    return frame


def require_same_imports(file: str, matrix: pd.DataFrame, total: pd.Series[float]) -> None:
    """Refuse imports by user that are not the imports by commodity of the use table.

    Parameters
    ----------
    file : str
        For the message.
    matrix : pandas.DataFrame
        Imports by commodity and user.
    total : pandas.Series
        Imports by commodity, above 0.

    Raises
    ------
    InputError
        If they differ by more than a fifth in all; the commodity that is off most is named, and
        the unit that would explain it.
    """
    mine = matrix.sum(axis=1).reindex(total.index).fillna(0.0)
    gap, whole = (mine - total).abs(), float(total.abs().sum())
    if float(gap.sum()) <= OTHER_TABLE * whole:
        return
    at = str(gap.idxmax())
    power = round(np.log10(mine.sum() / total.sum())) if mine.sum() * total.sum() > 0 else 0
    fits = float((mine / 10.0**power - total).abs().sum()) <= OTHER_TABLE * whole
    cause = (
        f"Multiplied by {10.0**-power:g} they fit: another unit. Give them in the unit of the use "
        "table."
        if power and fits
        else "The matrix is of another year, edition or country, or rows are missing."
    )
    raise InputError(
        f"{file}: imports of {show(at)} are {mine[at]:,.10g}, and {total[at]:,.10g} in the use "
        f"table; all imports are {mine.sum():,.10g} against {total.sum():,.10g}. {cause} "
        '--totals warn (totals="warn") goes on with the matrix as it is.'
    )


def _is_total(code: str) -> bool:
    return is_total(code) or bool(_TOTAL.fullmatch(code))


def _require_known(
    file: str, frame: pd.DataFrame, known: Sequence[str], side: str, what: str
) -> None:
    """Refuse a line with imports that the use table does not have."""
    odd = [code for code in frame.index if code not in set(known)]
    odd = [code for code in odd if (frame.loc[code] != 0).any()]
    if odd:
        raise InputError(
            f"{file}: the {side} {show(odd[0])} is no {what} of the use table, and imports "
            f"{frame.loc[odd[0]].sum():,.6g}. {nearest(odd[0], known)} Correct its code, or take "
            "it out of the file if it is a total."
        )


def _labelled(
    files: Files, file: File, year: int, commodities: Sequence[str], users: Sequence[str]
) -> Labelled:
    kind = files.kind(file)
    if is_long(files, file):
        return read_cells(files, file, year)
    if kind == "sheet" and bea.has_years(files, file):
        found, said, _, _ = bea.read_labelled(files, file, year)
        if said != year:
            raise InputError(f"{found.file} is of {said}, and the use table of {year}.")
        return found
    return read_labelled(files, file, year, commodities, users)
