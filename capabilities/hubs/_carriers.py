"""The firms that carry each sector: of whom others cite most, or who deliver most."""

from __future__ import annotations

import pandas as pd

from ...analytics.firms import carriers
from ...runs.capability import Context
from ...runs.firms import amounts_of_firms

__all__ = ["carriers_of"]

#: Firms of a sector in the files.
MOST = 10


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
    members = dict(list(drawn.groupby("sector")))
    parts = []
    for code in filter(members.__contains__, context.result.economy.labels):
        found = carriers(members[code]["amount"], members[code]["sector"], code, k=MOST)
        top = found.top.set_axis(["amount", "share"], axis=1).rename_axis("firm").reset_index()
        parts.append(top.assign(code=code, hhi=float(found.concentration["hhi"].iloc[0])))
    columns = ["firm", "firm_name", "amount", "share", "hhi"]
    if not parts:
        return pd.DataFrame(columns=columns, index=pd.Index([], name="code"))
    names = context.rows("firms").set_index("id")["name"]
    table = pd.concat(parts).set_index("code")
    return table.assign(firm_name=table["firm"].map(names).fillna("").astype(str))[columns]
