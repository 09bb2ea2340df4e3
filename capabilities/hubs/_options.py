"""What can be asked of hubs."""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import Field, field_validator

from ...core.errors import InputError, nearest, show
from ...ingest.study import Study
from ...runs.capability import Options

__all__ = ["KNOWN", "PLAIN", "USUAL", "ChanceName", "HubOptions", "refuse"]

#: Networks whose hubs can be asked for, and those that are if none is named.
KNOWN = ("W", "S", "psi", "UDS", "UCS", "trade", "citations")
USUAL = ("W", "S", "psi", "UDS", "UCS")
#: What a run that does not ask for hubs leaves out: draws. p-values of in-degrees are exact.
PLAIN = {"draws": 0}

ChanceName: TypeAlias = Literal[
    "spread", "spread_columns", "strength", "strength_own", "strength_links", "degree", "maxent"
]


class HubOptions(Options):
    """Keys of ``[hubs]``, and options of ``spillgraph hubs``."""

    network: str = Field(
        "", description="W, S, psi, UDS, UCS, trade or citations; several parted by commas."
    )
    null: ChanceName = Field("spread", description="Against which chance: a null of the manual.")
    draws: int = Field(999, ge=0, description="Networks drawn from the null; 0 for none.")
    seed: int = Field(1, ge=0, description="Same seed, same draws.")

    @field_validator("network")
    @classmethod
    def _known(cls, value: str) -> str:
        for name in filter(None, map(str.strip, value.split(","))):
            if name not in KNOWN:
                what = "this" if name == value.strip() else show(name)  # the value stands in front
                raise ValueError(f"{what} is no network. {nearest(name, KNOWN)}")
        return value

    @property
    def networks(self) -> tuple[str, ...]:
        """The networks that are asked for."""
        return tuple(filter(None, map(str.strip, self.network.split(",")))) or USUAL


def refuse(study: Study, options: HubOptions) -> None:
    """Refuse, before any work, a network that the study does not have, or a null never drawn.

    Parameters
    ----------
    study : Study
        The study.
    options : HubOptions
        Networks, null, draws.
    """
    if not options.draws and options.null != "spread":
        raise InputError(
            f"[hubs] null = {options.null!r}: nothing is drawn from it with draws = 0; 999 is "
            "usual. Without draws p-values of in-degrees are exact, under 'spread'."
        )
    needs = {"W": "citations", "citations": "citations", "psi": "citations and deliveries"}
    for name in options.networks if options.network.strip(", ") else ():
        need = needs.get(name, "deliveries")
        if ("citations" in need and study.citations_from is None) or (
            "deliveries" in need and study.trade_from is None
        ):
            raise InputError(
                f"[hubs] network = {name!r}: it is made of {need}, which the study does not have; "
                "name another one."
            )
