"""Direct and total requirements of make and use tables, as they are printed."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from ...analytics.accounts import requirements
from ...core.errors import InputError
from .frames import naming, require_make_use, tables_of
from .table import PublishedTable

__all__ = ["crossings"]

_SIDES = ("commodity", "industry")


def crossings(table: PublishedTable, scrap: Collection[str] = ()) -> dict[str, pd.DataFrame]:
    """Return requirements in all crossings of commodities and industries.

    Parameters
    ----------
    table : PublishedTable
        With make and use; by commodity technology where its model is A or C.
    scrap : collection of str
        Commodities that are scrap, beside those known.

    Returns
    -------
    dict of str to pandas.DataFrame
        ``direct_commodity_by_industry`` and so on, printed: what is needed in rows, for whose
        output in columns. ``total_commodity_by_industry`` is left out where the mix of
        commodities behind a delivery does not follow.

    Raises
    ------
    InputError
        If the table is symmetric, or industries buy everything from each other.
    """
    source = table.made_of or table
    require_make_use(source, "--requirements")
    technology = "commodity" if table.model in ("A", "C") else "industry"
    with naming(source):
        needs = requirements(tables_of(source, scrap), technology)
    found = {}
    for of in _SIDES:
        for per in _SIDES:
            direct = needs.direct(of, per).to_frame().T  # type: ignore[arg-type]
            found[f"direct_{of}_by_{per}"] = direct.rename_axis(of)
            try:
                total = needs.total(of, per).to_frame().T  # type: ignore[arg-type]
            except InputError:
                if (of, per) != ("commodity", "industry"):
                    raise
                continue
            found[f"total_{of}_by_{per}"] = total.rename_axis(of)
    return found
