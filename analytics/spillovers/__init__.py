"""ψ = (I − S)⁻¹(I − W)⁻¹: its sums with a proof, its elements, paths and borders."""

from __future__ import annotations

from ...core.renamed import old_names
from ._borders import CROSSINGS, BorderDecomposition, decompose_by_border
from ._elements import Elements, elements
from ._modes import CHANNELS, DIFFERENCE, EXACT, MODES, PRINTED, interaction_of_third, mode_shares
from ._paths import PathAttribution, strongest_paths
from ._psi import ErrorBounds, Psi, loss_percent, psi
from ._truncation import truncation

__all__ = [
    "CHANNELS",
    "CROSSINGS",
    "DIFFERENCE",
    "EXACT",
    "MODES",
    "PRINTED",
    "BorderDecomposition",
    "Elements",
    "ErrorBounds",
    "PathAttribution",
    "Psi",
    "decompose_by_border",
    "elements",
    "interaction_of_third",
    "loss_percent",
    "mode_shares",
    "psi",
    "strongest_paths",
    "truncation",
]

#: Old names, for one release.
RENAMED = {
    "Borders": "BorderDecomposition",
    "Proof": "ErrorBounds",
    "borders": "decompose_by_border",
    "loss": "loss_percent",
}

__getattr__ = old_names(__name__, RENAMED)
