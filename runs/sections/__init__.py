"""What the page of every run shows beside its capabilities: findings, data, proof, provenance."""

from __future__ import annotations

from ._accounts import accounts_parts
from ._concordances import concordance_parts
from ._findings import findings_section
from ._proof import proof_section
from ._provenance import provenance_section
from ._rows import rows_parts
from ._totals import FlowTotals, reached_finding, totals_parts

__all__ = [
    "FlowTotals",
    "accounts_parts",
    "concordance_parts",
    "findings_section",
    "proof_section",
    "provenance_section",
    "reached_finding",
    "rows_parts",
    "totals_parts",
]
