"""Networks of a year: citation stocks and W, deliveries and S."""

from __future__ import annotations

from ...core.renamed import old_names
from ._citation import CitationShares, Normalisation, citation_shares
from ._concordance import Concordance, Weighting
from ._production import ProductionShares, benchmarks, interpolate_shares, production_shares
from ._stocks import accumulate, stock_of_year, year_weights

__all__ = [
    "CitationShares",
    "Concordance",
    "Normalisation",
    "ProductionShares",
    "Weighting",
    "accumulate",
    "benchmarks",
    "citation_shares",
    "interpolate_shares",
    "production_shares",
    "stock_of_year",
    "year_weights",
]

#: Old names, for one release.
RENAMED = {
    "interpolated": "interpolate_shares",
}

__getattr__ = old_names(__name__, RENAMED)
