"""What a network is made of: its backbone, its communities, who stands between them, and change.

Links of ``M[receiver, source]`` keep their directions and weights throughout.
"""

from __future__ import annotations

from ._backbone import Backbone, backbone
from ._brokers import brokers
from ._change import HubChange, change_of_hubs
from ._communities import Communities, communities
from ._survivors import survivors

__all__ = [
    "Backbone",
    "Communities",
    "HubChange",
    "backbone",
    "brokers",
    "change_of_hubs",
    "communities",
    "survivors",
]
