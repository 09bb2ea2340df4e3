"""ψ = (I − S)⁻¹(I − W)⁻¹: its sums with a proof, its elements, paths and borders."""

from __future__ import annotations

from ._borders import CROSSINGS, Borders, borders
from ._elements import Elements, elements
from ._modes import CHANNELS, DIFFERENCE, EXACT, MODES, PRINTED, interaction_of_third, mode_shares
from ._paths import PathAttribution, strongest_paths, truncation
from ._psi import Proof, Psi, loss, psi

__all__ = [
    "CHANNELS",
    "CROSSINGS",
    "DIFFERENCE",
    "EXACT",
    "MODES",
    "PRINTED",
    "Borders",
    "Elements",
    "PathAttribution",
    "Proof",
    "Psi",
    "borders",
    "elements",
    "interaction_of_third",
    "loss",
    "mode_shares",
    "psi",
    "strongest_paths",
    "truncation",
]
