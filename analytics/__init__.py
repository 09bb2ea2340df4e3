"""Pure numerics: labelled matrices and frames in, labelled results out.

No file, no store and no printing; every square matrix is ``M[receiver, source]``. Each public
function's docstring gives shapes, units, errors and the source of the formula, and its example
runs as a test on one economy of two sectors, :mod:`spillgraph.analytics.steel_and_cars`.

Most formulas are those of Li, Xu, Sun, Su and Jiang (2024), *Research on the Spillover Effects of
Technological Progress from the Perspective of Production and Innovation Networks*, slides of the
30th International Input-Output Association Conference, Santiago. §3.2 of them is heading 2 of part
03, "Models & Theory"; slides of part 04 are cited by title. They are wrong here and there: the
errata E-000.1 to E-000.5 are listed in the manual's page on ψ.
"""

from __future__ import annotations

from ..core.renamed import old_names
from . import inference, networks, spillovers
from .accounts import (
    Accounts,
    Cause,
    IndustryTechnology,
    SymmetricTable,
    Total,
    check_accounts,
    find_cause,
    find_totals,
    industry_technology,
    symmetric_table,
)
from .comovement import (
    Comovement,
    Correlations,
    CovDecomposition,
    Filled,
    comove,
    correlate,
    decompose_cov,
    fill_gaps,
    growth_rates,
    long_run_shares,
)
from .growth import (
    Account,
    AggregateGrowth,
    Misfit,
    SpatialRho,
    Trend,
    account,
    aggregate_growth,
    by_source,
    filter_output,
    filter_tfp,
    fit_trend,
    misfit,
    rewiring,
    spatial_rho,
    tfp_growth,
)
from .hubs import hub_table, to_igraph, to_networkx
from .inference import (
    Draws,
    StockDraws,
    bootstrap_citations,
    bootstrap_clusters,
    bootstrap_firms,
    bootstrap_years,
    degrees_of_freedom,
    draw_sums,
    draws_to_long,
    intervals,
    null_pvalues,
    permute_bundles,
    permute_citations,
    rank_intervals,
    sweeps_needed,
)
from .linalg import closed_classes, default_leak, radius_bounds, require_leakage, spectral_radius
from .networks import (
    CitationShares,
    ProductionShares,
    accumulate,
    citation_shares,
    interpolate_shares,
    production_shares,
)
from .spillovers import (
    BorderDecomposition,
    Elements,
    ErrorBounds,
    PathAttribution,
    Psi,
    decompose_by_border,
    elements,
    loss_percent,
    psi,
    strongest_paths,
    truncation,
)

__all__ = [
    "Account",
    "Accounts",
    "AggregateGrowth",
    "BorderDecomposition",
    "Cause",
    "CitationShares",
    "Comovement",
    "Correlations",
    "CovDecomposition",
    "Draws",
    "Elements",
    "ErrorBounds",
    "Filled",
    "IndustryTechnology",
    "Misfit",
    "PathAttribution",
    "ProductionShares",
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
    "by_source",
    "check_accounts",
    "citation_shares",
    "closed_classes",
    "comove",
    "correlate",
    "decompose_by_border",
    "decompose_cov",
    "default_leak",
    "degrees_of_freedom",
    "draw_sums",
    "draws_to_long",
    "elements",
    "fill_gaps",
    "filter_output",
    "filter_tfp",
    "find_cause",
    "find_totals",
    "fit_trend",
    "growth_rates",
    "hub_table",
    "industry_technology",
    "interpolate_shares",
    "intervals",
    "long_run_shares",
    "loss_percent",
    "misfit",
    "null_pvalues",
    "permute_bundles",
    "permute_citations",
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

#: Old names, for one release.
RENAMED = inference.RENAMED | networks.RENAMED | spillovers.RENAMED

__getattr__ = old_names(__name__, RENAMED)
