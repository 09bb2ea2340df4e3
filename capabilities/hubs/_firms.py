"""The firms that carry the leading hubs, on the page."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ...reports.tables import Head, Table, make_table, show
from ._compute import Hubs
from ._leading import Leading, sectors_of

__all__ = ["table_of_firms"]

#: Firms of a sector that are named.
SHOWN = 3


def table_of_firms(
    hubs: Hubs, by_network: Mapping[str, list[Leading]], names: Mapping[str, str]
) -> Table | None:
    """Return the firms that carry the leading hubs; None where no firms are known.

    Parameters
    ----------
    hubs : Hubs
        What was computed.
    by_network : mapping of str to list of Leading
        The leading hubs.
    names : mapping of str to str
        Names of the sectors, by code.
    """
    rows = [
        [sector, _told(firms), float(firms["hhi"].iloc[0])]
        for network, codes, sectors in sectors_of(by_network, names)
        if (table := hubs.firms.get(network)) is not None
        for code, sector in zip(codes, sectors, strict=True)
        if len(firms := table[table.index == code])
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
    return make_table(f"Firms that carry the leading hubs, {hubs.last}", heads, rows, note=note)


def _told(firms: pd.DataFrame) -> str:
    shown = firms.head(SHOWN)
    return "; ".join(
        f"{name or firm} {show(share, 'percent')}"
        for firm, name, share in zip(shown["firm"], shown["firm_name"], shown["share"], strict=True)
    )
