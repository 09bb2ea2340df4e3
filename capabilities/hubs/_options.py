"""What can be asked of hubs."""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import Field, field_validator

from ...analytics.hubs import CLAIMED
from ...core.errors import InputError, nearest, show
from ...ingest.study import Study
from ...runs.capability import Options

__all__ = ["KNOWN", "PLAIN", "USUAL", "ChanceName", "HubOptions", "SecondName", "refuse"]

#: Networks whose hubs can be asked for, and those that are if none is named.
KNOWN = ("W", "S", "psi", "UDS", "UCS", "trade", "citations")
USUAL = ("W", "S", "psi", "UDS", "UCS")
#: Networks that are drawn for the measures where nobody says how many: as many as one measure of
#: all sectors needs, if that is no more than twice the usual number.
USUAL_DRAWS = 999
#: For the claim: so many times the fewest that can find anything, and at most.
TIMES, MOST_DRAWS = 10, 39_999
#: Nulls whose draws are long walks: the fewest, and at most.
WALKS, MOST_WALKS = ("degree", "maxent"), 9_999
#: What a run that does not ask for hubs leaves out: draws. p-values of in-degrees are exact.
PLAIN = {"draws": 0}

ChanceName: TypeAlias = Literal[
    "spread", "spread_columns", "strength", "strength_own", "strength_links", "degree", "maxent"
]
SecondName: TypeAlias = Literal["none", ChanceName]
#: Nulls under which everybody gives as much as they do: a second one asks without it, and the
#: second one of all others with it.
OF_SIZE = ("strength", "strength_own", "strength_links", "maxent")


class HubOptions(Options):
    """Keys of ``[hubs]``, and options of ``spillgraph hubs``."""

    network: str | None = Field(
        None, description="W, S, psi, UDS, UCS, trade or citations; several parted by commas."
    )
    null: ChanceName = Field("spread", description="Against which chance: a null of the manual.")
    second_null: SecondName | None = Field(
        None,
        description="Null under which hubs are tested once more; none for no such test; default: "
        "strength, or spread where null keeps sizes.",
    )
    draws: int | None = Field(
        None,
        ge=0,
        le=1_000_000,
        description="Networks drawn from the null; 0 for none; default: enough.",
    )
    seed: int = Field(1, ge=0, description="Same seed, same draws.")

    @field_validator("network")
    @classmethod
    def _known(cls, value: str | None) -> str | None:
        if value is None:
            return value
        names = _names(value)
        # as of a variable that is not set: the usual ones would not be what was meant
        if not names:
            raise ValueError(f"no network is named. Valid names: {', '.join(KNOWN)}.")
        for name in names:
            if name not in KNOWN:
                what = "this" if name == value.strip() else show(name)  # the value stands in front
                raise ValueError(f"{what} is no network. {nearest(name, KNOWN)}")
        return value

    @property
    def drawn(self) -> bool:
        """Whether anything is drawn; without draws p-values of in-degrees are exact."""
        return self.draws != 0

    @property
    def second(self) -> str:
        """The null under which hubs are tested once more; empty for none.

        Examples
        --------
        >>> HubOptions().second, HubOptions(null="strength").second, HubOptions(draws=0).second
        ('strength', 'spread', '')
        """
        if not self.drawn or self.second_null == "none":
            return ""
        return self.second_null or ("spread" if self.null in OF_SIZE else "strength")

    def needed_for(self, N: int) -> int:
        """Return how many draws the claim of N sectors needs at least, where p is not exact.

        Examples
        --------
        >>> HubOptions().needed_for(94)
        3759
        """
        return len(CLAIMED) * N * 20 - 1

    def draws_for(self, N: int) -> int:
        """Return how many networks of N sectors are drawn for all measures.

        Examples
        --------
        >>> HubOptions().draws_for(37), HubOptions().draws_for(94), HubOptions().draws_for(200)
        (999, 1879, 999)
        """
        if self.draws is not None:
            return self.draws
        one = 20 * N - 1
        return one if USUAL_DRAWS < one <= 2 * USUAL_DRAWS else USUAL_DRAWS

    def draws_of_claim(self, N: int, null: str) -> int:
        """Return how many networks of N sectors are drawn for the claim, where p is not exact.

        With the fewest that can find anything, a single draw as high decides.

        Parameters
        ----------
        N : int
            Sectors.
        null : str
            The null, or that of what is drawn.

        Examples
        --------
        >>> HubOptions().draws_of_claim(94, "strength"), HubOptions().draws_of_claim(94, "maxent")
        (37599, 3759)
        """
        if self.draws is not None:
            return self.draws
        times, most = (1, MOST_WALKS) if null in WALKS else (TIMES, MOST_DRAWS)
        return min(max(USUAL_DRAWS, times * (self.needed_for(N) + 1) - 1), most)

    @property
    def networks(self) -> tuple[str, ...]:
        """The networks that are asked for."""
        return _names(self.network) if self.network is not None else USUAL


def _names(value: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, value.split(","))))


def refuse(study: Study, options: HubOptions) -> None:
    """Refuse, before any work, a network that the study does not have, or a null never drawn.

    Parameters
    ----------
    study : Study
        The study.
    options : HubOptions
        Networks, null, draws.
    """
    if not options.drawn and options.null != "spread":
        raise InputError(
            f"[hubs] null = {options.null!r}: nothing is drawn from it with draws = 0; 999 is "
            "usual. Without draws p-values of in-degrees are exact, under 'spread'."
        )
    if options.second_null == options.null:
        raise InputError(
            f"[hubs] second_null = {options.null!r}: hubs are held against it already; name "
            "another null, or none."
        )
    if options.second_null not in (None, "none") and not options.drawn:
        raise InputError(
            f"[hubs] second_null = {options.second_null!r}: nothing is drawn from it with draws = "
            "0; 999 is usual."
        )
    needs = {"W": "citations", "citations": "citations", "psi": "citations and deliveries"}
    for name in options.networks if options.network is not None else ():
        need = needs.get(name, "deliveries")
        if ("citations" in need and study.citations_from is None) or (
            "deliveries" in need and study.trade_from is None
        ):
            raise InputError(
                f"[hubs] network = {name!r}: it is made of {need}, which the study does not have; "
                "name another one."
            )
