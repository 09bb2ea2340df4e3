"""Measures that a graph of a million sectors is too large for, and why."""

from __future__ import annotations

from collections.abc import Sequence

from ...core.errors import InputError

__all__ = ["TOO_LARGE", "require_feasible"]

_PATHS = "shortest paths from every sector take time sectors × links"
_PEEL = "it takes sectors away one by one, each time all are looked through"
#: Measure to why it is not computed above 3,000 sectors.
TOO_LARGE = {
    "betweenness": _PATHS,
    "closeness": _PATHS,
    "eigenvector": "that it is the only one takes the radius of every strongly connected component",
    "upstreamness": "the factors of I − S fill with numbers",
    "s_core_in": _PEEL,
    "s_core_out": _PEEL,
}


def require_feasible(names: Sequence[str], sectors: int) -> None:
    """Refuse measures that are not feasible.

    Raises
    ------
    InputError
        Naming the first.
    """
    for name in names:
        if name in TOO_LARGE:
            raise InputError(
                f"measure {name!r}: {sectors:,} sectors are too many for it, for "
                f"{TOO_LARGE[name]}; take strengths, degrees, 'pagerank', 'katz_bonacich', "
                "'authority', 'hub', "
                "'core_periphery' or k-cores."
            )
