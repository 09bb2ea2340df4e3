"""Space: where industries are, and which of them crowd around which."""

from __future__ import annotations

from ._coagglomeration import Coagglomeration, coagglomeration
from ._sites import project_sites
from ._transport import wasserstein

__all__ = ["Coagglomeration", "coagglomeration", "project_sites", "wasserstein"]
