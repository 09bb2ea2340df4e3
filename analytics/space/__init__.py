"""Space: where industries are, which of them crowd around which, and what chance gives."""

from __future__ import annotations

from ._cells import CellOutcome, coagglomeration_by_cell
from ._coagglomeration import Coagglomeration, coagglomeration, require_thresholds
from ._colocation import colocation
from ._density import KDensities, k_density, k_density_envelope, k_density_pvalues
from ._ellison_glaeser import ellison_glaeser, ellison_glaeser_group, ellison_glaeser_kerr
from ._envelopes import Envelope, envelope
from ._lang_marcon_puech import (
    lang_marcon_puech,
    lang_marcon_puech_envelope,
    lang_marcon_puech_pvalues,
)
from ._marcon_puech import marcon_puech, marcon_puech_envelope, marcon_puech_pvalues
from ._pair_distances import distance_grid
from ._quotients import location_quotients
from ._regions import Outlines, locate_sites, outlines_of_geojson
from ._sites import project_sites
from ._transport import wasserstein

__all__ = [
    "CellOutcome",
    "Coagglomeration",
    "Envelope",
    "KDensities",
    "Outlines",
    "coagglomeration",
    "coagglomeration_by_cell",
    "colocation",
    "distance_grid",
    "ellison_glaeser",
    "ellison_glaeser_group",
    "ellison_glaeser_kerr",
    "envelope",
    "k_density",
    "k_density_envelope",
    "k_density_pvalues",
    "lang_marcon_puech",
    "lang_marcon_puech_envelope",
    "lang_marcon_puech_pvalues",
    "locate_sites",
    "location_quotients",
    "marcon_puech",
    "marcon_puech_envelope",
    "marcon_puech_pvalues",
    "outlines_of_geojson",
    "project_sites",
    "require_thresholds",
    "wasserstein",
]
