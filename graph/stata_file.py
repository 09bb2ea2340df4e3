"""A matrix as a Stata file (.dta, version 118: Stata 14 and later)."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from ..core.errors import InputError
from ..core.matrix import LabelledMatrix

__all__ = ["require_room", "variable_names", "write_dta"]

#: Variables that Stata/SE holds, the labels' among them. Stata/BE holds 2,048.
VARIABLES = 32_767
#: Characters of a variable's name and of its label.
NAME, LABEL = 32, 80
#: Bytes of a plain text column; longer texts are kept in another way (strL).
TEXT = 2_045
FIRST = "receiver"
_WORDS = "_all _b byte _coef _cons double float if in int long _n _N _pi _pred _rc _skip"
RESERVED = frozenset([*_WORDS.split(), "str", "strL", "using", "with"])
# The time of writing would make two equal matrices two different files.
TIME_STAMP = datetime.datetime(2000, 1, 1)


def variable_names(labels: Sequence[str]) -> list[str]:
    """Name the columns as Stata allows: letters, digits and _, 32 of them at most, each once.

    Parameters
    ----------
    labels : sequence of str
        Sources.

    Returns
    -------
    list of str
        The label itself where it is a name; ``v`` in front of one that begins with a digit;
        ``_`` for every other character; a number behind a name that is taken.

    Examples
    --------
    >>> variable_names(["C26", "16", "v16", "10-12", "if"])
    ['C26', 'v16', 'v16_2', 'v10_12', 'v_if']
    """
    taken, names = {FIRST}, []
    for label in labels:
        name = re.sub("[^A-Za-z0-9_]", "_", label)
        if name[0].isdigit():
            name = f"v{name}"
        elif name in RESERVED or re.fullmatch(r"str\d+", name) or name.startswith("_"):
            name = f"v_{name.lstrip('_')}"
        name, number, stem = name[:NAME], 1, name
        while name in taken:
            number += 1
            name = f"{stem[: NAME - 1 - len(str(number))]}_{number}"
        taken.add(name)
        names.append(name)
    return names


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
    names = variable_names(matrix.columns)
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
