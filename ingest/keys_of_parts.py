"""What is known of all parts of a flow together: whether a key repeats, and what patents cite."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from .patent_sums import CitationSums, OwnedPatents
from .repeated_keys import Baskets, keys_of, repeats

__all__ = ["KeysFound", "KeysOfParts", "check_keys"]


@dataclass(frozen=True, slots=True)
class KeysOfParts:
    """Some baskets of the keys of all parts.

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
class KeysFound:
    """What was found in some baskets.

    Parameters
    ----------
    repeated : bool
        Whether a key stands twice.
    sums : pyarrow.Table or None
        Of citations between patents, if none does, as
        :class:`~spillgraph.ingest.patent_sums.CitationSums` has them.
    """

    repeated: bool
    sums: pa.Table | None = None


def check_keys(keys: KeysOfParts) -> KeysFound:
    """Go through keys once.

    Parameters
    ----------
    keys : KeysOfParts
        The keys.
    """
    sums = CitationSums(keys.patents) if keys.patents else None
    for basket in keys_of(keys.baskets):
        if repeats(basket):
            return KeysFound(repeated=True)
        if sums:
            sums.add(basket)
    return KeysFound(repeated=False, sums=sums.all() if sums else None)
