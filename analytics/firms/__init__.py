"""Firms: whose failure would be felt, which firms carry an industry, and ψ of millions of them.

Deliveries are ``M[customer, supplier]``, as every matrix here; the paper of the index prints
``W[supplier, customer]``, its transpose.
"""

from __future__ import annotations

from ._carriers import Carriers, carriers
from ._certified import Limits
from ._classes import input_classes
from ._firm_psi import FirmPsi, FirmSums, firm_psi
from ._risk import failure_cascade, systemic_risk
from ._top import TopRisk, most_systemic

__all__ = [
    "Carriers",
    "FirmPsi",
    "FirmSums",
    "Limits",
    "TopRisk",
    "carriers",
    "failure_cascade",
    "firm_psi",
    "input_classes",
    "most_systemic",
    "systemic_risk",
]
