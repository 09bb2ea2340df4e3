"""Random networks that a user can name: what stays of an observed network, and what is chance."""

from __future__ import annotations

from ._chains import CHAINED, SUMS, Direct, null_of_chains
from ._list import NULLS, draw_null, null_named
from ._made_of import null_of_psi, null_of_ucs, null_of_uds
from ._null import LARGE, Null

__all__ = [
    "CHAINED",
    "LARGE",
    "NULLS",
    "SUMS",
    "Direct",
    "Null",
    "draw_null",
    "null_named",
    "null_of_chains",
    "null_of_psi",
    "null_of_ucs",
    "null_of_uds",
]
