"""Random networks that a user can name: what stays of an observed network, and what is chance."""

from __future__ import annotations

from ._list import NULLS, draw_null, null_named
from ._null import LARGE, Null

__all__ = ["LARGE", "NULLS", "Null", "draw_null", "null_named"]
