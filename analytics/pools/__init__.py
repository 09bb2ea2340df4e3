"""Knowledge pools of coagglomerated industries, and their linkages in technology and inputs."""

from __future__ import annotations

from ._directional_proximity import directional_proximity
from ._io_linkage import io_linkage
from ._knowledge_pools import knowledge_pools
from ._log_panel import log_panel
from ._pool import pool
from ._reciprocity import Reciprocity, reciprocity

__all__ = [
    "Reciprocity",
    "directional_proximity",
    "io_linkage",
    "knowledge_pools",
    "log_panel",
    "pool",
    "reciprocity",
]
