"""What follows from I − S, and from ψ: multipliers, positions, extraction, decomposition, trade.

No inverse is formed that is not asked for: sums take a solve each, and what every sector alone
would be missed for follows from a diagonal.
"""

from __future__ import annotations

from ._decomposition import StructuralDecomposition, structural_decomposition
from ._extraction import Extraction, extract, extraction_losses
from ._extraction_both import JointExtraction, extract_both, extraction_losses_both
from ._influence import derive_final_demand, domar_weights, influence
from ._multipliers import KINDS, ghosh_multipliers, linkages, output_multipliers
from ._positions import downstreamness, upstreamness
from ._total import total_requirements
from ._ultimate import PRINTED, cost_step, demand_step, ucs, uds
from ._value_added import value_added_in_trade
from ._vectors import VECTORS, industry_vectors

__all__ = [
    "KINDS",
    "PRINTED",
    "VECTORS",
    "Extraction",
    "JointExtraction",
    "StructuralDecomposition",
    "cost_step",
    "demand_step",
    "derive_final_demand",
    "domar_weights",
    "downstreamness",
    "extract",
    "extract_both",
    "extraction_losses",
    "extraction_losses_both",
    "ghosh_multipliers",
    "industry_vectors",
    "influence",
    "linkages",
    "output_multipliers",
    "structural_decomposition",
    "total_requirements",
    "ucs",
    "uds",
    "upstreamness",
    "value_added_in_trade",
]
