"""Draws of the networks: bootstraps, nulls, intervals and ranks."""

from __future__ import annotations

from ...core.renamed import old_names
from ._binomial import binomial_interval
from ._bootstrap import citations as bootstrap_citations
from ._bootstrap import clusters as bootstrap_clusters
from ._bootstrap import firms as bootstrap_firms
from ._bootstrap import years as bootstrap_years
from ._bundles import permute_bundles
from ._draws import Draws, StockDraws, draw_sums, draws_to_long, has_inverse
from ._intervals import degrees_of_freedom, intervals
from ._multiple import benjamini_hochberg, holm
from ._nulls import null_pvalues, permute_citations, sweeps_needed
from ._ranks import rank_intervals
from ._strata import GRAVE, THIN, describe_thin_strata, thin_strata

__all__ = [
    "GRAVE",
    "THIN",
    "Draws",
    "StockDraws",
    "benjamini_hochberg",
    "binomial_interval",
    "bootstrap_citations",
    "bootstrap_clusters",
    "bootstrap_firms",
    "bootstrap_years",
    "degrees_of_freedom",
    "describe_thin_strata",
    "draw_sums",
    "draws_to_long",
    "has_inverse",
    "holm",
    "intervals",
    "null_pvalues",
    "permute_bundles",
    "permute_citations",
    "rank_intervals",
    "sweeps_needed",
    "thin_strata",
]

#: Old names, for one release.
RENAMED = {
    "permuted": "permute_citations",
    "permuted_bundles": "permute_bundles",
}

__getattr__ = old_names(__name__, RENAMED)
