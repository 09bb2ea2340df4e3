"""Pure numerics: labelled matrices and frames in, labelled results out.

No file, no store and no printing; every square matrix is ``M[receiver, source]``. Each public
function's docstring gives shapes, units, errors and the source of the formula, and its example
runs as a test on one economy of two sectors, steel and cars.
"""

from __future__ import annotations

from .hubs import hub_table, to_igraph, to_networkx
from .leakage import closed_classes, default_leak, require_leakage, spectral_radius
from .make_use import IndustryTechnology, industry_technology
from .networks import (
    CitationShares,
    ProductionShares,
    accumulate,
    citation_shares,
    production_shares,
)
from .psi import Decomposition, Psi, contribution, decompose, psi

__all__ = [
    "CitationShares",
    "Decomposition",
    "IndustryTechnology",
    "ProductionShares",
    "Psi",
    "accumulate",
    "citation_shares",
    "closed_classes",
    "contribution",
    "decompose",
    "default_leak",
    "hub_table",
    "industry_technology",
    "production_shares",
    "psi",
    "require_leakage",
    "spectral_radius",
    "to_igraph",
    "to_networkx",
]
