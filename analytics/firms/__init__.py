"""Firms: whose failure would be felt, and which firms carry an industry.

Deliveries are ``M[customer, supplier]``, as every matrix here; the paper of the index prints
``W[supplier, customer]``, its transpose.
"""

from __future__ import annotations

from ._carriers import Carriers, carriers
from ._classes import input_classes
from ._risk import failure_cascade, systemic_risk
from ._top import TopRisk, most_systemic

__all__ = [
    "Carriers",
    "TopRisk",
    "carriers",
    "failure_cascade",
    "input_classes",
    "most_systemic",
    "systemic_risk",
]
