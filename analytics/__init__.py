"""Pure numerics: labelled matrices and frames in, labelled results out.

No file, no store and no printing; every square matrix is ``M[receiver, source]``. Each public
function's docstring gives shapes, units, errors and the source of the formula, and its example
runs as a test on one economy of two sectors, steel and cars.
"""

from __future__ import annotations

from .borders import Borders, borders
from .citation import CitationShares, citation_shares
from .elements import Elements, elements
from .filters import filter_output, filter_tfp, rewiring
from .growth import Account, AggregateGrowth, account, aggregate_growth, by_source
from .hubs import hub_table, to_igraph, to_networkx
from .leakage import closed_classes, default_leak, require_leakage
from .make_use import IndustryTechnology, industry_technology
from .paths import PathAttribution, strongest_paths, truncation
from .production import ProductionShares, interpolated, production_shares
from .psi import Proof, Psi, loss, psi
from .radius import radius_bounds, spectral_radius
from .solow import Misfit, misfit, tfp_growth
from .spatial_rho import SpatialRho, spatial_rho
from .stocks import accumulate
from .trend import Trend, fit_trend

__all__ = [
    "Account",
    "AggregateGrowth",
    "Borders",
    "CitationShares",
    "Elements",
    "IndustryTechnology",
    "Misfit",
    "PathAttribution",
    "ProductionShares",
    "Proof",
    "Psi",
    "SpatialRho",
    "Trend",
    "account",
    "accumulate",
    "aggregate_growth",
    "borders",
    "by_source",
    "citation_shares",
    "closed_classes",
    "default_leak",
    "elements",
    "filter_output",
    "filter_tfp",
    "fit_trend",
    "hub_table",
    "industry_technology",
    "interpolated",
    "loss",
    "misfit",
    "production_shares",
    "psi",
    "radius_bounds",
    "require_leakage",
    "rewiring",
    "spatial_rho",
    "spectral_radius",
    "strongest_paths",
    "tfp_growth",
    "to_igraph",
    "to_networkx",
    "truncation",
]
