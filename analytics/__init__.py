"""Pure numerics: labelled matrices and frames in, labelled results out.

No file, no store and no printing; every square matrix is ``M[receiver, source]``. Each public
function's docstring gives shapes, units, errors and the source of the formula, and its example
runs as a test on one economy of two sectors, steel and cars.
"""

from __future__ import annotations

from .account_causes import Cause, find_cause
from .accounts import Accounts, check_accounts
from .bootstrap import citations as bootstrap_citations
from .bootstrap import clusters as bootstrap_clusters
from .bootstrap import firms as bootstrap_firms
from .bootstrap import years as bootstrap_years
from .borders import Borders, borders
from .bundles import permuted_bundles
from .citation import CitationShares, citation_shares
from .draws import Draws, StockDraws, draw_sums, draws_to_long
from .elements import Elements, elements
from .filters import filter_output, filter_tfp, rewiring
from .growth import Account, AggregateGrowth, account, aggregate_growth, by_source
from .hubs import hub_table, to_igraph, to_networkx
from .intervals import degrees_of_freedom, intervals
from .leakage import closed_classes, default_leak, require_leakage
from .make_use import IndustryTechnology, industry_technology
from .nulls import null_pvalues, permuted, sweeps_needed
from .paths import PathAttribution, strongest_paths, truncation
from .production import ProductionShares, interpolated, production_shares
from .psi import Proof, Psi, loss, psi
from .radius import radius_bounds, spectral_radius
from .ranks import rank_intervals
from .solow import Misfit, misfit, tfp_growth
from .spatial_rho import SpatialRho, spatial_rho
from .stocks import accumulate
from .symmetric import SymmetricTable, symmetric_table
from .totals import Total, find_totals
from .trend import Trend, fit_trend

__all__ = [
    "Account",
    "Accounts",
    "AggregateGrowth",
    "Borders",
    "Cause",
    "CitationShares",
    "Draws",
    "Elements",
    "IndustryTechnology",
    "Misfit",
    "PathAttribution",
    "ProductionShares",
    "Proof",
    "Psi",
    "SpatialRho",
    "StockDraws",
    "SymmetricTable",
    "Total",
    "Trend",
    "account",
    "accumulate",
    "aggregate_growth",
    "bootstrap_citations",
    "bootstrap_clusters",
    "bootstrap_firms",
    "bootstrap_years",
    "borders",
    "by_source",
    "check_accounts",
    "citation_shares",
    "closed_classes",
    "default_leak",
    "degrees_of_freedom",
    "draw_sums",
    "draws_to_long",
    "elements",
    "filter_output",
    "filter_tfp",
    "find_cause",
    "find_totals",
    "fit_trend",
    "hub_table",
    "industry_technology",
    "interpolated",
    "intervals",
    "loss",
    "misfit",
    "null_pvalues",
    "permuted",
    "permuted_bundles",
    "production_shares",
    "psi",
    "radius_bounds",
    "rank_intervals",
    "require_leakage",
    "rewiring",
    "spatial_rho",
    "spectral_radius",
    "strongest_paths",
    "sweeps_needed",
    "symmetric_table",
    "tfp_growth",
    "to_igraph",
    "to_networkx",
    "truncation",
]
