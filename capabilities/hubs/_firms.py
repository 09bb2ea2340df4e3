"""The firms that carry a hub: of whom others cite most, or who deliver most."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ...analytics.firms import carriers
from ...reports.tables import Head, Table, label, make_table, show
from ...runs.capability import Context
from ...runs.firms import amounts_of_firms

__all__ = ["carriers_of", "table_of_firms"]

#: Firms of a sector in the files, and on the page.
MOST, SHOWN = 10, 3


def carriers_of(context: Context, network: str, year: int) -> pd.DataFrame:
    """Return the firms that carry each sector in a network.

    Parameters
    ----------
    context : Context
        The run.
    network : {"W", "S"}
        By citations received from other firms, or by deliveries made to them.
    year : int
        The report year.

    Returns
    -------
    DataFrame, index = code of the sector
        ``firm``, ``firm_name``, ``amount``, ``share`` in that of all firms of the sector, and
        ``hhi``, the sum of squared shares of all; the largest first, ten a sector at most. Empty
        where the study has no such records of firms.
    """
    drawn = amounts_of_firms(context.store, context.result, network, year)
    parts = []
    for code in context.result.economy.labels:
        if not (drawn["sector"] == code).any():
            continue
        found = carriers(drawn["amount"], drawn["sector"], code, k=MOST)
        top = found.top.set_axis(["amount", "share"], axis=1).rename_axis("firm").reset_index()
        parts.append(top.assign(code=code, hhi=float(found.concentration["hhi"].iloc[0])))
    columns = ["firm", "firm_name", "amount", "share", "hhi"]
    if not parts:
        return pd.DataFrame(columns=columns, index=pd.Index([], name="code"))
    names = context.rows("firms").set_index("id")["name"]
    table = pd.concat(parts).set_index("code")
    return table.assign(firm_name=table["firm"].map(names).fillna("").astype(str))[columns]


def table_of_firms(
    tables: Mapping[str, pd.DataFrame],
    hubs: Mapping[str, list[str]],
    names: Mapping[str, str],
    year: int,
) -> Table | None:
    """Return the firms that carry the leading hubs; None where no firms are known.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        By network, as :func:`carriers_of` gives them.
    hubs : mapping of str to list of str
        Codes of the leading hubs, by network.
    names : mapping of str to str
        Names of the sectors, by code.
    year : int
        The report year.
    """
    rows = [
        [
            f"{network}: {label(code, names)}",
            _told(table.loc[[code]]),
            table.loc[[code], "hhi"].iloc[0],
        ]
        for network, table in tables.items()
        for code in hubs.get(network, [])
        if code in table.index
    ]
    if not rows:
        return None
    heads = [
        Head("Network: sector"),
        Head("Firms with most", "text", "the share of each in that of all firms of the sector"),
        Head("HHI", "value", "sum of squared shares of its firms: 1 if one firm has all"),
    ]
    note = (
        "W: citations from other firms, in all years up to this one. S: deliveries to other firms, "
        "in the last year that has any. A firm counts in the sector with most of its industry."
    )
    return make_table(f"Firms that carry the leading hubs, {year}", heads, rows, note=note)


def _told(firms: pd.DataFrame) -> str:
    shown = firms.head(SHOWN)
    return "; ".join(
        f"{name or firm} {show(share, 'percent')}"
        for firm, name, share in zip(shown["firm"], shown["firm_name"], shown["share"], strict=True)
    )
