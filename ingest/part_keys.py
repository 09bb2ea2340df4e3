"""What is known of all parts of a flow together: whether a key repeats, and what patents cite."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .patent_sums import OwnedPatents, PatentSums, sum_baskets
from .repeated_keys import Baskets, keys_of, repeats

__all__ = ["Looked", "PartKeys", "look_through"]


@dataclass(frozen=True, slots=True)
class PartKeys:
    """Keys of all parts, some baskets of them.

    Parameters
    ----------
    baskets : Baskets
        The baskets.
    patents : OwnedPatents or None
        Of citations between patents that are to be summed.
    """

    baskets: Baskets
    patents: OwnedPatents | None


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found.

    Parameters
    ----------
    repeated : bool
        Whether a key stands twice.
    sums : PatentSums or None
        Of citations between patents, if none does.
    """

    repeated: bool
    sums: PatentSums | None = None


def look_through(keys: PartKeys) -> Looked:
    """Go through keys once.

    Parameters
    ----------
    keys : PartKeys
        The keys.
    """
    if keys.patents is None:
        return Looked(any(map(repeats, keys_of(keys.baskets))))
    found = []

    def unique() -> Iterator[NDArray[np.int64]]:
        for basket in keys_of(keys.baskets):
            found.append(repeats(basket))
            if found[-1]:
                return
            yield basket

    sums = sum_baskets(keys.patents, unique())
    return Looked(repeated=True) if any(found) else Looked(repeated=False, sums=sums)
