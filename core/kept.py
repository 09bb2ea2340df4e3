"""How much of a study's graph is built."""

from __future__ import annotations

from typing import Literal, TypeAlias

__all__ = ["Kept"]

#: Firms with all that is between them; industries alone; or nothing that stays.
Kept: TypeAlias = Literal["firms", "industries", "nothing"]
