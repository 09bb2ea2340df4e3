"""Make and use tables of a published table as matrices, and as the long tables of a study."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

import pandas as pd

from ...analytics.accounts import MakeAndUse, make_and_use
from ...core.errors import InputError, show
from .table import PublishedTable

__all__ = ["SCRAP", "known_scrap", "naming", "require_make_use", "tables_of", "use_rows"]

#: Scrap and used goods in tables of the Bureau of Economic Analysis since 1997.
SCRAP = ("Used", "S00401", "S00402")


@contextmanager
def naming(table: PublishedTable) -> Iterator[None]:
    """Say of which files a table is, where it cannot be computed with.

    Parameters
    ----------
    table : PublishedTable
    """
    try:
        yield
    except InputError as error:
        if str(error).startswith(table.source):
            raise
        raise InputError(f"{table.source}: {error}") from None


def require_make_use(table: PublishedTable, what: str) -> None:
    """Refuse a symmetric table where make and use are needed.

    Parameters
    ----------
    table : PublishedTable
    what : str
        What needs them, as an option.

    Raises
    ------
    InputError
        If the table has no commodities.
    """
    if table.is_symmetric:
        raise InputError(
            f"{table.source}: {what} is for make (or supply) and use tables, and this table is "
            "symmetric; leave it out."
        )


def known_scrap(table: PublishedTable, scrap: Collection[str] = ()) -> list[str]:
    """Return the commodities of a table that are scrap: those named, and the Bureau's own.

    Parameters
    ----------
    table : PublishedTable
    scrap : collection of str
        Those named.

    Returns
    -------
    list of str

    Raises
    ------
    InputError
        If nobody makes one that is named.
    """
    made = set(table.make["commodity"])
    unknown = next((code for code in scrap if code not in made), None)
    if unknown is not None:
        raise InputError(f"{table.source}: no industry makes {show(unknown)}, named as scrap.")
    return list(dict.fromkeys([*scrap, *(code for code in SCRAP if code in made)]))


def use_rows(table: PublishedTable) -> pd.DataFrame:
    """Return all of the use table, a row a cell; what adds to domestic output is a use below 0.

    Parameters
    ----------
    table : PublishedTable

    Returns
    -------
    pandas.DataFrame
        ``commodity``, ``user``, ``year``, ``value``.
    """
    taken = table.supply.assign(value=-table.supply["value"].astype(float))
    parts = [
        table.use,
        table.final_demand.rename(columns={"supplier": "commodity", "use": "user"}),
        *(
            part.rename(columns={"part": "commodity", "industry": "user"})
            for part in (table.value_added, table.imports)
        ),
        taken.rename(columns={"part": "user"}),
    ]
    names = ["commodity", "user", "year", "value"]
    return pd.concat(
        [part[names].astype({"commodity": object, "user": object}) for part in parts],
        ignore_index=True,
    )


def tables_of(table: PublishedTable, scrap: Collection[str] = ()) -> MakeAndUse:
    """Return make and use as checked matrices.

    Parameters
    ----------
    table : PublishedTable
        With make and use.
    scrap : collection of str
        Commodities that are scrap, beside those known.

    Returns
    -------
    MakeAndUse
    """
    industries = list(table.sectors["code"])
    finals = [*dict.fromkeys(table.final_demand["use"]), *dict.fromkeys(table.supply["part"])]
    paid = list(dict.fromkeys(table.value_added["part"]))
    made = [code for code in table.commodities["code"] if code in set(table.make["commodity"])]
    rows = use_rows(table)
    others = [code for code in dict.fromkeys(rows["commodity"]) if code not in {*made, *paid}]
    make = _matrix(table.make, "industry", "commodity").reindex(index=industries, columns=made)
    use = _matrix(rows, "commodity", "user").reindex(
        index=[*made, *others, *paid], columns=[*industries, *finals]
    )
    return make_and_use(
        make.fillna(0.0),
        use.fillna(0.0),
        industries=industries,
        scrap=known_scrap(table, scrap),
        value_added_rows=paid,
        final_columns=finals,
    )


def _matrix(frame: pd.DataFrame, row: str, column: str) -> pd.DataFrame:
    plain = frame.astype({row: object, column: object, "value": float})
    return plain.pivot(index=row, columns=column, values="value")
