"""A make table that was read turned round: industries as commodities, commodities as industries.

Both have the same codes then, and nothing else tells: the flows are plausible either way.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import numpy as np
import pandas as pd

from ...analytics.accounts import IndustryTechnology
from ...core.errors import InputError
from ..study import Study

__all__ = ["check_direction"]

#: So much of what the accounts miss is left at most where the table is turned back.
CLOSED = 0.1
#: What the accounts may miss by rounding.
ROUNDING = 1e-3


def check_direction(
    con: duckdb.DuckDBPyConnection, study: Study, make_use: Mapping[int, IndustryTechnology]
) -> list[str]:
    """Hold make against use as it is and turned round; stop where only the latter fits.

    What a commodity's makers deliver is what its users take, and what an industry makes is what it
    pays: both identities are looked at, as far as value added and final demand are known.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the views ``ok_make`` and ``ok_use``.
    study : Study
        The study.
    make_use : mapping of int to IndustryTechnology
        What they come to, by year.

    Returns
    -------
    list of str
        Warnings, with ``accounts = "warn"``.

    Raises
    ------
    InputError
        If the make table of a year fits turned round, and not as it is.
    """
    warnings = []
    for year in make_use:
        as_read, turned = _misfits(con, study, year)
        if not (as_read > ROUNDING and turned <= CLOSED * as_read):
            continue
        text = (
            f"make and use tables of {year} miss each other by {as_read:.1%} of output, and by "
            f"{turned:.1%} with the make table turned round: exchange industry and commodity under "
            "[tables.make], or rows and columns of its 'wide'."
        )
        if study.options.accounts == "stop":
            raise InputError(f'{text} To go on all the same: accounts = "warn" under [options].')
        warnings.append(text)
    return warnings


def _misfits(con: duckdb.DuckDBPyConnection, study: Study, year: int) -> tuple[float, float]:
    """Return what the tables miss, as a share of output, as they are and with make turned round."""
    makers, goods = (_sums(con, "make", column, year) for column in ("industry", "commodity"))
    if len(makers.index.symmetric_difference(goods.index)) > len(makers) / 2:
        return np.nan, np.nan
    options = study.make_use
    assert options is not None
    paid, taken = _sums(con, "use", '"user"', year), _sums(con, "use", "commodity", year)
    sides = []
    if options.value_added:
        sides.append((makers, goods, paid.drop(options.final_demand, errors="ignore")))
    if options.final_demand:
        beside = [*options.value_added, *options.imports, *options.scrap]
        sides.append((goods, makers, taken.drop(beside, errors="ignore")))
    if not sides:
        return np.nan, np.nan
    whole = float(makers.abs().sum())
    gaps = [
        [_mismatch(output, use) / whole for output in (own, other)] for own, other, use in sides
    ]
    as_read, turned = (max(side[at] for side in gaps) for at in (0, 1))
    return as_read, turned


def _mismatch(output: pd.Series[float], use: pd.Series[float]) -> float:
    """Return what one side has and the other lacks, over the codes that have output."""
    return float((output - use.reindex(output.index).fillna(0.0)).abs().sum())


def _sums(con: duckdb.DuckDBPyConnection, table: str, column: str, year: int) -> pd.Series[float]:
    rows = con.execute(
        f"SELECT {column}, sum(value) FROM ok_{table} WHERE year = ? GROUP BY ALL", [year]
    ).fetchall()
    return pd.Series({str(code): float(value) for code, value in rows}, dtype=float)
