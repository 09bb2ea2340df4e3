"""Weights of the sectors: what the column sums of ψ are weighted with, where the study knows it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ..core.errors import LISTED, InputError
from ..core.matrix import LabelledMatrix

__all__ = ["amounts_of", "no_weight", "require_output", "require_rows", "weights_of"]

_COLUMNS = ("final_demand", "value_added", "gross_output")


def require_output(year: int, output: pd.DataFrame) -> None:
    """Refuse a year of deliveries without gross output.

    Parameters
    ----------
    year : int
        A year that S is made of.
    output : DataFrame, index (year, code)
        Output of all years.

    Raises
    ------
    InputError
        Naming the years that are known.
    """
    known = sorted(set(output.index.get_level_values("year")))
    if year not in known:
        raise InputError(
            f"there are deliveries but no gross output for {year}; add them. It is known for "
            f"{', '.join(map(str, known[:LISTED]))}{', …' if known[LISTED:] else ''}: if that is "
            "the same table, correct the year of one of them, in its file or under 'constants'."
        )


def require_rows(year: int, Z: LabelledMatrix, output: pd.DataFrame) -> None:
    """Refuse a sector that buys and has no row of gross output: what is missing is not 0.

    Parameters
    ----------
    year : int
        A year that S is made of.
    Z : LabelledMatrix, shape (N, N)
        Deliveries of the year: [buyer, supplier].
    output : DataFrame, index (year, code)
        Output of all years.

    Raises
    ------
    InputError
        Naming the first sector, and how many there are.
    """
    inputs = np.asarray(Z.values.sum(axis=1), dtype=float).ravel()
    rows = output["gross_output"].dropna().index
    buying = [code for code, amount in zip(Z.rows, inputs, strict=True) if amount > 0]
    lacking = [code for code in buying if (year, code) not in rows]
    if not lacking:
        return
    code, many = lacking[0], ""
    if lacking[1:]:
        many = f" So it is in {len(lacking):,} of the {len(buying):,} sectors that buy."
    if len(lacking) > len(buying) / 2:
        many += " Are flows and io_output of one classification?"
    raise InputError(
        f"gross output: {code!r} buys inputs of {inputs[Z.rows.index(code)]:g} but its output of "
        f"{year} is missing; a positive output is needed. Add it, or leave the sector out.{many}"
    )


def amounts_of(year: int, output: pd.DataFrame, labels: Sequence[str]) -> pd.DataFrame:
    """Return output of one year in the order of the labels; absent sectors have none of anything.

    What is missing of a sector that is there stays missing.

    Parameters
    ----------
    year : int
        A year that S is made of.
    output : DataFrame, index (year, code)
        Output of all years.
    labels : sequence of str
        The sectors.

    Returns
    -------
    DataFrame, index = sector
    """
    require_output(year, output)
    table = output[output.index.get_level_values("year") == year].droplevel("year")
    known = table.columns[table.notna().any()]
    absent = [label for label in labels if label not in table.index]
    table = table.reindex(list(labels))
    table.loc[absent, known] = 0.0
    return table.fillna({"gross_output": 0.0})


def no_weight(year: int, amounts: pd.DataFrame, output: pd.DataFrame) -> list[str]:
    """Say which kinds are no weight, and why: what is missing is not 0.

    A kind that the study knows of no year is not spoken of.

    Parameters
    ----------
    year : int
        The year.
    amounts : DataFrame, index = sector
        As :func:`amounts_of` returns them.
    output : DataFrame, index (year, code)
        Output of all years.

    Returns
    -------
    list of str
        A warning of each kind.
    """
    warnings = []
    for column in _COLUMNS:
        if column in amounts and output[column].notna().any():
            why = _why_none(amounts[column].astype(float))
            if why:
                name = column.replace("_", " ")
                warnings.append(f"{name} of {year} is no weight, because {why}.")
    return warnings


def weights_of(amounts: pd.DataFrame) -> pd.DataFrame:
    """Return final demand (the theory's), value added and output as shares.

    Parameters
    ----------
    amounts : DataFrame, index = sector
        As :func:`amounts_of` returns them.

    Returns
    -------
    DataFrame, index = sector
        A column of each kind that is a weight; each sums to 1.
    """
    weights = {
        column.replace("_", " "): values / float(values.sum())
        for column in _COLUMNS
        if column in amounts and not _why_none(values := amounts[column].astype(float))
    }
    return pd.DataFrame(weights)


def _why_none(values: pd.Series[float]) -> str:
    """Say why values are no weight; nothing where they are one."""
    missing = values.index[values.isna()]
    if len(missing) == len(values):
        return "it is missing in all sectors"
    if len(missing):
        more = ", …" if len(missing) > LISTED else ""
        return f"it is missing in {', '.join(map(repr, missing[:LISTED]))}{more}"
    total = float(values.sum())
    return f"its sum is {total:g}" if total <= 0 else ""
