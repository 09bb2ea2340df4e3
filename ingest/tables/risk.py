"""What firms cannot do without."""

from __future__ import annotations

from ..declared import Column, Table
from .columns import label

__all__ = ["RISK"]

RISK: tuple[Table, ...] = (
    Table(
        "essential_inputs",
        "Which industries of firms cannot do without which inputs, for the systemic risk of firms",
        (
            label("user", "using industry of firms; * is every one"),
            label("supplier", "supplying industry of firms; * is every one"),
            Column("class", "string", "essential, non-essential or ignored", required=True),
        ),
        ("user", "supplier"),
        whole=True,
    ),
)
