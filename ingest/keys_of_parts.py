"""What is known of all parts of a flow together: whether a key repeats, and what patents cite."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from .patent_sums import CitationSums, OwnedPatents
from .repeated_keys import Baskets, find_later, keys_of, rows_of
from .unknown_ids import UnknownIds

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
    first : bool
        Whether the first row of a key counts, and later ones do not.
    unknown : UnknownIds, optional
        Ids that are in no table, where they are kept.
    """

    baskets: Baskets
    patents: OwnedPatents | None
    first: bool
    unknown: UnknownIds | None = None

    @property
    def later(self) -> Path:
        """The file of the rows that do not count, if there are any, and of those that do."""
        return self.baskets.paths[0].with_name(f"later-{self.baskets.first:03}.npy")


@dataclass(frozen=True, slots=True)
class KeysFound:
    """What was found in some baskets.

    Parameters
    ----------
    repeated : bool
        Whether a key stands twice.
    sums : pyarrow.Table or None
        Of citations between patents, each key once, as
        :class:`~spillgraph.ingest.patent_sums.CitationSums` has them; none where nobody asks for
        them, or keys must not repeat and do.
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
    later = []
    held = keys_of(keys.baskets, keys.unknown.of_all) if keys.unknown else keys_of(keys.baskets)
    for number, basket in held:
        again = find_later(basket)
        if again.size:
            if not keys.first:
                return KeysFound(repeated=True)
            later.append(rows_of(keys.baskets, number)[again])
        if sums:
            sums.add(np.delete(basket, again[0]))
    if later:
        np.save(keys.later, np.concatenate(later, axis=1))
    return KeysFound(bool(later), sums.all() if sums else None)
