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
from .firms import (
    Carriers,
    TopRisk,
    carriers,
    failure_cascade,
    input_classes,
    most_systemic,
    systemic_risk,
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
    "Carriers",
    "Cause",
    "CitationShares",
    "Draws",
    "Elements",
    "ErrorBounds",
    "IndustryTechnology",
    "Misfit",
    "PathAttribution",
    "ProductionShares",
    "Psi",
    "SpatialRho",
    "StockDraws",
    "SymmetricTable",
    "TopRisk",
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
    "carriers",
    "check_accounts",
    "citation_shares",
    "closed_classes",
    "decompose_by_border",
    "default_leak",
    "degrees_of_freedom",
    "draw_sums",
    "draws_to_long",
    "elements",
    "failure_cascade",
    "filter_output",
    "filter_tfp",
    "find_cause",
    "find_totals",
    "fit_trend",
    "hub_table",
    "industry_technology",
    "input_classes",
    "interpolate_shares",
    "intervals",
    "loss_percent",
    "misfit",
    "most_systemic",
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
    "systemic_risk",
    "tfp_growth",
    "to_igraph",
    "to_networkx",
    "truncation",
]

#: Old names, for one release.
RENAMED = inference.RENAMED | networks.RENAMED | spillovers.RENAMED

__getattr__ = old_names(__name__, RENAMED)
