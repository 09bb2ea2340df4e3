"""Published input-output tables as they lie on people's disks: a reader a format, and an audit."""

from __future__ import annotations

from .audit import Audit, audit
from .formats import FORMATS, read_published
from .study import write_study
from .table import PublishedTable

__all__ = ["FORMATS", "Audit", "PublishedTable", "audit", "read_published", "write_study"]
