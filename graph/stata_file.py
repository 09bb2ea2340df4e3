"""A matrix as a Stata file (.dta, version 118: Stata 14 and later)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ..core.errors import InputError
from ..core.matrix import LabelledMatrix
from ..core.stata_names import LABEL, TEXT, TIME_STAMP, VARIABLES, variable_names

__all__ = ["require_room", "write_dta"]

FIRST = "receiver"


def require_room(matrix: LabelledMatrix) -> None:
    """Refuse a matrix with more columns than Stata has variables.

    Parameters
    ----------
    matrix : LabelledMatrix, shape (R, C)
        Any unit.

    Raises
    ------
    InputError
        If C is above 32,766.

    Examples
    --------
    >>> require_room(LabelledMatrix.build("W", [[0.0]], ["steel"]))
    """
    if len(matrix.columns) >= VARIABLES:
        raise InputError(
            f"matrix {matrix.name}: {len(matrix.columns):,} columns are more than the "
            f"{VARIABLES - 1:,} that a Stata file holds beside the labels; take 'parquet' or 'mtx'."
        )


def write_dta(matrix: LabelledMatrix, path: Path) -> None:
    """Write a matrix with a row for each receiver and a variable for each source.

    Parameters
    ----------
    matrix : LabelledMatrix, shape (R, C)
        Any unit.
    path : Path
        The file.
    """
    require_room(matrix)
    names = variable_names(matrix.columns, [FIRST])
    numbers = pd.DataFrame(matrix.values.toarray(), columns=names)
    # The text "" would be a missing label; there is none, so a plain column of texts does.
    rows = pd.DataFrame({FIRST: pd.Series(matrix.rows, dtype=object)})
    long_labels = max(len(label.encode()) for label in matrix.rows) > TEXT if matrix.rows else False
    year = "" if matrix.year is None else f" {matrix.year}"
    pd.concat([rows, numbers], axis=1).to_stata(
        path,
        write_index=False,
        version=118,
        convert_strl=[FIRST] if long_labels else None,
        time_stamp=TIME_STAMP,
        data_label=f"{matrix.name}{year}, rows receive, in {matrix.unit or 'numbers'}"[:LABEL],
        variable_labels={
            FIRST: "receiver (row)",
            **{n: label[:LABEL] for n, label in zip(names, matrix.columns, strict=True)},
        },
    )
