"""Ultimate demand and cost shares of a report year, and what had to be left out of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from ..analytics.leontief import PRINTED, ucs, uds
from ..core.errors import InputError, show_some
from ..core.matrix import LabelledMatrix
from .networks import MOST_ELEMENTS, YearNetworks

__all__ = ["REST", "CapitalUse", "Ultimate", "ultimate_shares"]

#: What final demand is where the study has none. A definition, no doubt.
REST = "Final demand is what of gross output is not sold as an input."


@dataclass(frozen=True, slots=True)
class CapitalUse:
    """Capital goods by the sector that makes them, in shares of all gross output; N sectors.

    Parameters
    ----------
    goods : ndarray, shape (N, N)
        ``[maker, user]``: what was bought in the year.
    rental : ndarray, shape (N, N)
        ``[maker, user]``: what the use of the stock costs a year.
    """

    goods: np.ndarray
    rental: np.ndarray


@dataclass(frozen=True, slots=True)
class Ultimate:
    """UDS and UCS of a year, [upstream, downstream].

    Parameters
    ----------
    uds, ucs : LabelledMatrix or None, shape (N, N)
        Ultimate demand shares, whose rows sum to 1, and ultimate cost shares, whose columns do;
        none above 3,000 sectors. Sectors that sell nothing, or cost nothing, are not in them.
    notes : tuple of str
        What was left out, what was taken for 0, and what final demand is.
    final, primary : Series or None, index = sector
        Final demand and primary inputs, in shares of all gross output, without what is negative.
    bought : DataFrame or None, shape (N, N)
        ``[user, supplier]``, the flows behind both, in shares of all gross output, without what is
        negative.
    """

    uds: LabelledMatrix | None
    ucs: LabelledMatrix | None
    notes: tuple[str, ...]
    final: pd.Series[float] | None = None
    primary: pd.Series[float] | None = None
    bought: pd.DataFrame | None = None

    @property
    def doubts(self) -> tuple[str, ...]:
        """The notes that a reader must know: all but what final demand is by definition."""
        return tuple(note for note in self.notes if note != REST)


def ultimate_shares(year: YearNetworks, capital: CapitalUse | None = None) -> Ultimate:
    """Return UDS and UCS of a report year.

    Flows are S times gross output. Final demand is that of the study where it is known of every
    sector, else what of output is not sold as an input; primary inputs are what inputs leave.

    With capital goods these are deliveries, too, and no final demand (A3), and their rental cost is
    a cost and no primary input (A13) of Ouyang & Chang (2011).

    Parameters
    ----------
    year : YearNetworks
        With S.
    capital : CapitalUse, optional
        Of the year, in the order of S.

    Returns
    -------
    Ultimate
        Without what is not defined, where sectors sell to each other alone or buy from each other
        alone; the notes name them.
    """
    assert year.production is not None
    S = year.production.S
    if len(S.rows) > MOST_ELEMENTS:
        text = f"UDS and UCS are not formed above {MOST_ELEMENTS:,} sectors."
        return Ultimate(None, None, (text,))
    if "gross output" not in year.weights:
        return Ultimate(None, None, ("UDS and UCS need gross output of every sector.",))
    notes: list[str] = []
    x = year.weights["gross output"].reindex(list(S.rows)).to_numpy(dtype=np.float64)
    bought = S.values.toarray() * x[:, None]  # [user, supplier]
    if many := int((bought < 0).sum()):
        notes.append(f"UDS, UCS: {many:,} negative flows were taken for 0.")
        bought = np.maximum(bought, 0.0)
    final = _final(year, x, bought, notes)
    primary = x - bought.sum(axis=1)
    below = [code for code, left in zip(S.rows, primary, strict=True) if left < -1e-12 * x.sum()]
    if below:
        notes.append(f"UCS: inputs of {show_some(below)} exceed output; nothing primary is left.")
    primary = np.maximum(primary, 0.0)
    delivered, used = bought.T, bought
    if capital is not None:
        delivered, used = bought.T + capital.goods, bought + capital.rental.T
        made, rent = capital.goods.sum(axis=1), capital.rental.sum(axis=0)
        final = _less(final, made, "UDS: capital goods of", "final demand", S, notes)
        primary = _less(primary, rent, "UCS: rental costs of", "value added", S, notes)
    sold = _that_reach(delivered, final)
    paid = _that_reach(used, primary)
    for mask, what in (
        (sold, "UDS leaves out what sells nothing"),
        (paid, "UCS leaves out what costs nothing"),
    ):
        gone = [code for code, stays in zip(S.rows, mask, strict=True) if not stays]
        if gone:
            notes.append(f"{what}: {show_some(gone)}.")
    UDS = _defined(uds, "UDS", "FLOW", (delivered, S, sold), final, notes)
    UCS = _defined(ucs, "UCS", "FLOWCOST", (used.T, S, paid), primary, notes)
    labels = list(S.rows)
    ends = pd.Series(final, labels), pd.Series(primary, labels)
    return Ultimate(UDS, UCS, tuple(notes), *ends, pd.DataFrame(bought, labels, labels))


def _less(
    whole: np.ndarray, part: np.ndarray, what: str, of: str, S: LabelledMatrix, notes: list[str]
) -> np.ndarray:
    """Return what of final demand or primary inputs is no capital; never less than nothing."""
    left = whole - part
    below = [code for code, value in zip(S.rows, left, strict=True) if value < -1e-12]
    if below:
        notes.append(f"{what} {show_some(below)} are more than {of}; nothing of it is left.")
    rest: np.ndarray = np.maximum(left, 0.0)
    return rest


def _defined(
    shares: Callable[[LabelledMatrix, pd.Series[float]], LabelledMatrix],
    name: str,
    flows: str,
    of: tuple[np.ndarray, LabelledMatrix, np.ndarray],
    outside: np.ndarray,
    notes: list[str],
) -> LabelledMatrix | None:
    """Return the shares, or say why there are none: a run has more to tell."""
    bought, S, mask = of
    if mask.sum() < 2:
        return None
    try:
        return shares(_printed(flows, bought, S, mask), _amounts(outside, S, mask))
    except InputError as error:
        notes.append(f"{name} is not defined: {error}")
        return None


def _final(year: YearNetworks, x: np.ndarray, bought: np.ndarray, notes: list[str]) -> np.ndarray:
    """Return final demand: the study's where it is whole, else what is not sold as an input."""
    assert year.production is not None
    labels = year.production.S.rows
    known = year.final.reindex(list(labels)).to_numpy(dtype=np.float64)
    known = np.where(x > 0, known, 0.0)
    found: np.ndarray = x * known
    if np.isnan(known).any():
        found = x - bought.sum(axis=0)
        notes.append(REST)
    below = [code for code, value in zip(labels, found, strict=True) if value < -1e-12 * x.sum()]
    if below:
        notes.append(f"UDS: final demand of {show_some(below)} is below 0 and taken for 0.")
    positive: np.ndarray = np.maximum(found, 0.0)
    return positive


def _that_reach(flows: np.ndarray, outside: np.ndarray) -> np.ndarray:
    """Return who has a flow to others or to the outside, when those without one are gone."""
    stays: np.ndarray = np.ones(len(outside), dtype=bool)
    others = flows * (1.0 - np.eye(len(outside)))
    while True:
        has = stays & ((others @ stays > 0) | (outside > 0))
        if (has == stays).all():
            return stays
        stays = has


def _printed(name: str, flows: np.ndarray, S: LabelledMatrix, mask: np.ndarray) -> LabelledMatrix:
    labels = [code for code, stays in zip(S.rows, mask, strict=True) if stays]
    values = sparse.csr_array(flows[mask][:, mask])
    return LabelledMatrix.build(
        name, values, labels, unit="share of all output", year=S.year, axes=PRINTED
    )


def _amounts(values: np.ndarray, S: LabelledMatrix, mask: np.ndarray) -> pd.Series[float]:
    return pd.Series(values, list(S.rows))[mask]
