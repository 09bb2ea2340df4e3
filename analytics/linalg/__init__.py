"""Labels, leaks, spectral radii and solves with I − M: what all subjects stand on."""

from __future__ import annotations

from ._entries import without_identity
from ._labels import Vector
from ._leakage import closed_classes, default_leak, require_leakage
from ._radius import EXACT_LIMIT, radius_bounds, spectral_radius

__all__ = [
    "EXACT_LIMIT",
    "Vector",
    "closed_classes",
    "default_leak",
    "radius_bounds",
    "require_leakage",
    "spectral_radius",
    "without_identity",
]
