"""What can be asked of coagglomeration."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from ...runs.capability import Options

__all__ = ["ALWAYS", "CoagglomerationOptions"]

#: Thresholds at which pools are given beside the one that is asked for, as robustness checks are.
ALWAYS = (0.90, 0.95, 0.99)


class CoagglomerationOptions(Options):
    """Keys of ``[coagglomeration]``, and options of ``spillgraph coagglomeration``."""

    threshold: float = Field(
        0.95, gt=0.0, lt=1.0, description="Share of draws that must be farther than the pair."
    )
    draws: int = Field(999, ge=1, le=1_000_000, description="Draws of each pair.")
    seed: int = Field(1, ge=0, description="Same seed, same draws.")
    resample: Literal["target", "source"] = Field(
        "target", description="Whose sites are redrawn in j → k: those of k, or those of j."
    )
    mode: Literal["decide", "full"] = Field(
        "decide", description="Stop where verdicts are certain, or finish all draws and give all p."
    )
    region: str = Field("", description="This region alone; default: all.")
    year: int | None = Field(None, description="This year alone; default: all.")
    outlines: str = Field(
        "", description="File with outlines of regions, in place of column region; GeoJSON."
    )
    outline_name: str = Field("name", description="Property of an outline that names its region.")
    level: Literal["industry", "sector"] = Field(
        "industry", description="Industries as the table of sites has them, or sectors."
    )
    distance: Literal["wasserstein", "nearest"] = Field(
        "wasserstein", description="Distance between industries, or to the nearest site of k."
    )
    pool: Literal["all", "exclude_fixed"] = Field(
        "all", description="Sites that are drawn from: all, or all but those of the one that stays."
    )
    ties: Literal["against", "published"] = Field(
        "against", description="Draws as far as the pair count against it, or for it."
    )
    weights: Literal["none", "employment"] = Field(
        "none", description="Mass of a site: each the same, or its employment."
    )
    min_size: int = Field(1, ge=1, description="Sites that an industry needs in a region and year.")
    indices: bool = Field(
        False, description="Other indices of the same pairs beside φ, and how far they agree."
    )
    indices_km: float = Field(
        10.0, gt=0.0, description="Distance that these look at, and side of their squares, km."
    )
    indices_draws: int = Field(
        0, ge=0, le=100_000, description="Draws of an envelope of K for each pair, 39 or more."
    )

    @model_validator(mode="before")
    @classmethod
    def _once_for_all(cls, values: Any) -> Any:
        if isinstance(values, dict) and "processes" in values:
            raise ValueError(
                "processes is an engine of the whole run now: take the key out, and say "
                f"--engine processes:{values['processes']}"
            )
        return values
