"""Published input-output tables as they lie on people's disks: a reader a format, and an audit."""

from __future__ import annotations

from .audit import Audit, audit
from .derive import derive
from .exchange import from_mario, from_pymrio, to_mario, to_pymrio
from .formats import FORMATS, read_published
from .study import require_ready, write_study
from .table import PublishedTable

__all__ = [
    "FORMATS",
    "Audit",
    "PublishedTable",
    "audit",
    "derive",
    "from_mario",
    "from_pymrio",
    "read_published",
    "require_ready",
    "to_mario",
    "to_pymrio",
    "write_study",
]
