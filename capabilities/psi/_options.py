"""What can be asked of ψ."""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import Field

from ...runs.capability import Options

__all__ = ["Chance", "PsiOptions"]

Chance: TypeAlias = Literal["bundles", "citations"]


class PsiOptions(Options):
    """Keys of ``[psi]``, and options of ``spillgraph psi``."""

    draws: int = Field(
        0, ge=0, le=1_000_000, description="Draws for intervals and ranks; 999 is usual."
    )
    seed: int = Field(1, ge=0, description="Same seed, same draws.")
    null: Chance | None = Field(
        None,
        description="Permuted for p-values; default: firms' bundles where firms are known.",
    )
