"""Hubs: which sectors the others draw on.

The graph of ``M[receiver, source]`` has an edge row → column for every entry that is not 0: it
points from the receiver to its source, as ``CITES`` does. A sector is a hub when edges point
at it. The diagonal is kept as the matrix has it (W has none, S has own inputs).
"""

from __future__ import annotations

from ._graphs import to_igraph, to_networkx
from ._table import hub_table

__all__ = ["hub_table", "to_igraph", "to_networkx"]
