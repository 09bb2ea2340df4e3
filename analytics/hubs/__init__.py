"""Hubs: which sectors the others draw on, and whether chance would have done so, too.

The graph of ``M[receiver, source]`` has an edge row → column for every entry that is not 0: it
points from the receiver to its source, as ``CITES`` does. A sector is a hub when edges point
at it. The diagonal is kept as the matrix has it (W has none, S has own inputs).
"""

from __future__ import annotations

from ._above import above_chance
from ._breadth import hub_breadth
from ._claims import CLAIMED, claims, settled
from ._evidence import HubEvidence
from ._graphs import to_igraph, to_networkx
from ._hubs import USUAL, hubs
from ._table import hub_table
from ._verdicts import verdicts
from ._words import called

__all__ = [
    "CLAIMED",
    "USUAL",
    "HubEvidence",
    "above_chance",
    "called",
    "claims",
    "hub_breadth",
    "hub_table",
    "hubs",
    "settled",
    "to_igraph",
    "to_networkx",
    "verdicts",
]
