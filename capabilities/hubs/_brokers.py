"""Who stands between the communities of a network, on the links that its backbone keeps."""

from __future__ import annotations

from collections.abc import Mapping

from ...reports.tables import Head, Table, make_table
from ._compute import Hubs
from ._evidence import BETWEEN
from ._leading import sector_of

__all__ = ["table_of_brokers"]

#: Brokers of a network that the page shows at most.
MOST = 5


def table_of_brokers(hubs: Hubs, names: Mapping[str, str]) -> Table | None:
    """Return the brokers of each network in the last year; None without communities.

    Parameters
    ----------
    hubs : Hubs
        What was computed.
    names : mapping of str to str
        Names of the sectors, by code.
    """
    rows = [
        [
            sector_of(network, code, names),
            row["community"],
            float(row["between"]),
            max(BETWEEN, key=lambda role: row[role]),
            float(row["certainty"]),
            float(row["participation_in"]),
            float(row["constraint"]),
        ]
        for network, claim in hubs.claims[hubs.last].items()
        if claim.brokers is not None
        for code, row in claim.brokers.head(MOST).iterrows()
        if row["between"] > 0
    ]
    if not rows:
        return None
    heads = [
        Head("Network: sector"),
        Head("Community", "code", "its own"),
        Head("Paths between", "count", "source, sector, receiver, with two communities at least"),
        Head("Mostly", "text", "its role in most of these paths (Gould and Fernandez)"),
        Head("Certainty", "value", "that its community is its own: 1 if sure, 0 if not"),
        Head("Participation", "value", "how evenly communities draw on it: 0 one, near 1 many"),
        Head("Constraint", "value", "low where its partners do not deal with each other (Burt)"),
    ]
    note = (
        "Paths of two links of the backbone whose ends have no link of their own from the first to "
        "the last: what goes between them goes through the sector."
    )
    return make_table(f"Brokers between communities, {hubs.last}", heads, rows, note=note)
