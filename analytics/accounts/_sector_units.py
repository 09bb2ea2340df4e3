"""Single sectors in another unit: their inputs, say, fit the others if multiplied by 1,000.

What is wrong in one sector of many is little of all output, and the sum of all gaps does not show
it. But it shows twice: what a sector buys is also what the others sell. Each part of each sector
that is off is multiplied by each power of ten, and taken where gaps of both identities close, and
open again with the power before and the power after.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from ..linalg._labels import Vector, require_kind
from ._causes import POWERS
from ._check import Accounts, gaps, missed_share

__all__ = ["OFF", "WrongUnit", "WrongUnits", "wrong_units"]

#: A sector that misses more than this share of its output is off.
OFF = 0.20
# Flows of larger tables take too much memory as they are looked at here.
LARGEST = 3_000
# So many sectors are looked at, the worst ones, and so many mended; and no more than a third.
LOOKED_AT, MOST = 60, 20
# A sector whose own accounts fit is looked at where others miss so much of all output for it.
SEEN = 0.002
# Of what a factor moves so much must go to where it is missing; so much more where this is proof.
SHARP, SHARPER = 0.5, 0.9
# Others fit where their median error is no larger.
FIT = 0.01
# A gap has closed where at most so much of it is left; less where one identity alone shows it.
CLOSED, EXACTLY = 0.02, 1e-3
# Errors as large as those of the others are none, up to the second of these.
ROUNDED, ROUGH = 0.005, 0.05

_SIDES = ("paid", "sold")
_MONEY = ("gross_output", "value_added", "final_demand", "imports")
#: Parts of a sector that may share a wrong unit, the simple ones first.
_PARTS = (
    ("inputs",),
    ("sales",),
    *((name,) for name in _MONEY),
    ("inputs", "value_added", "imports"),
    ("sales", "final_demand"),
    ("inputs", "sales"),
    _MONEY,
    ("inputs", "sales", *_MONEY),
)
# What the sector itself is short of where the part is: the others have none of it.
_OWN = {"inputs": "paid", "value_added": "paid", "imports": "paid", "sales": "sold"}
_OWN["final_demand"] = "sold"


@dataclass(frozen=True, slots=True)
class WrongUnit:
    """A part of a sector in another unit than the rest.

    Parameters
    ----------
    sector : str
        Its label.
    parts : tuple of str
        What has the unit: ``inputs``, ``sales``, ``gross_output``, ``value_added``,
        ``final_demand``, ``imports``.
    factor : float
        A power of ten that they have to be multiplied by.
    off : float
        The larger share of its gross output that the sector misses; NaN where its own accounts
        say nothing.
    proven : bool
        Both identities show it, and a fiftieth of the gap is left at most. Where one alone does
        (neither factors of ten are taken then, nor more than a thousandth may be left), it may
        be chance.
    """

    sector: str
    parts: tuple[str, ...]
    factor: float
    off: float
    proven: bool


@dataclass(frozen=True, slots=True)
class WrongUnits:
    """All that was found, and what the accounts miss with it undone.

    Parameters
    ----------
    found : tuple of WrongUnit
        In the order of what they explain, the most first.
    misfits : (float, float)
        Those of the two identities afterwards; NaN where one cannot be checked.
    """

    found: tuple[WrongUnit, ...] = ()
    misfits: tuple[float, float] = (float("nan"), float("nan"))


@dataclass(slots=True)
class _Books:
    """The accounts as arrays, which a found factor changes."""

    Z: Vector
    columns: dict[str, Vector]
    paid: Vector = field(init=False)
    sold: Vector = field(init=False)

    def __post_init__(self) -> None:
        self.paid, self.sold = gaps(self.columns)

    def gap(self, side: str) -> Vector:
        """Return the gaps of one identity."""
        return self.paid if side == "paid" else self.sold

    def errors(self) -> dict[str, Vector]:
        """Return the sizes of the relative errors in both identities."""
        return {side: np.abs(self.gap(side) / self.size()) for side in _SIDES}

    def total_gap(self) -> float:
        """Return the sum of all gaps."""
        return float(sum(np.nansum(np.abs(self.gap(side))) for side in _SIDES))

    def has(self, i: int, part: str) -> bool:
        """Whether sector i has an amount of a part."""
        amount = self.columns[part][i]
        return bool(amount) and not np.isnan(amount)

    def size(self) -> Vector:
        """Return gross output where there is any."""
        x = self.columns["gross_output"]
        return np.where(x > 0, x, np.nan)

    def move_gaps(self, i: int, parts: tuple[str, ...]) -> tuple[Vector, Vector]:
        """Return how the gaps move where the parts of sector i grow by themselves once."""
        paid, sold = np.zeros(len(self.Z)), np.zeros(len(self.Z))
        if "inputs" in parts:
            paid[i] -= self.Z[i].sum()
            sold -= self.Z[i]
        if "sales" in parts:
            paid -= self.Z[:, i]
            sold[i] -= self.Z[:, i].sum()
        if {"inputs", "sales"} <= {*parts}:  # what it delivers to itself is one amount
            paid[i] += self.Z[i, i]
            sold[i] += self.Z[i, i]
        amount = {name: float(np.nan_to_num(self.columns[name][i])) for name in _MONEY}
        for name in _MONEY:
            if name in parts:
                sign = 1 if name == "gross_output" else -1
                paid[i] += sign * amount[name] * (name != "final_demand")
                sold[i] += sign * amount[name] * (name in {"gross_output", "final_demand"})
        known = ~np.isnan(self.paid), ~np.isnan(self.sold)
        return np.where(known[0], paid, 0.0), np.where(known[1], sold, 0.0)

    def multiply(self, i: int, parts: tuple[str, ...], factor: float) -> None:
        """Multiply parts of sector i."""
        before = self.Z.sum(axis=1), self.Z.sum(axis=0)
        own = self.Z[i, i]
        if "inputs" in parts:
            self.Z[i] *= factor
        if "sales" in parts:
            self.Z[:, i] *= factor
            self.Z[i, i] = own * factor
        self.columns["inputs"] = self.columns["inputs"] + self.Z.sum(axis=1) - before[0]
        self.columns["sales"] = self.columns["sales"] + self.Z.sum(axis=0) - before[1]
        for name in set(parts) & {*_MONEY}:
            self.columns[name] = self.columns[name].copy()
            self.columns[name][i] *= factor
        self.paid, self.sold = gaps(self.columns)


@dataclass(frozen=True, slots=True)
class _Try:
    """A part of a sector times a power of ten, and how much of all gaps it closes."""

    place: int
    parts: tuple[str, ...]
    factor: float
    closes: float


@dataclass(frozen=True, slots=True)
class _Judgement:
    """Whether a sector fits as the others do with all undone, and whether that is proof."""

    fits: bool
    proven: bool


def wrong_units(accounts: Accounts) -> WrongUnits:
    """Find sectors of which a part fits the others only if multiplied by a power of ten.

    Parameters
    ----------
    accounts : Accounts
        Accounts of one year.

    Returns
    -------
    WrongUnits
        Empty where nothing is found, or where the table has more than 3,000 sectors.

    Examples
    --------
    >>> import pandas as pd
    >>> from spillgraph.core.matrix import LabelledMatrix
    >>> from spillgraph.analytics import check_accounts
    >>> Z = pd.DataFrame([[20.0, 30, 5], [20, 80, 7], [0.001, 0.002, 0.004]], list("abc"),
    ...                  list("abc"))  # the inputs of c are in thousands
    >>> output = pd.DataFrame({"gross_output": [100.0, 200, 20], "value_added": [45.0, 93, 13],
    ...                        "final_demand": [59.0, 88, 4]}, index=list("abc"))
    >>> units = wrong_units(check_accounts(LabelledMatrix.build("Z", Z), output))
    >>> [(unit.sector, unit.parts, unit.factor, unit.proven) for unit in units.found]
    [('c', ('inputs',), 1000.0, True)]
    """
    require_kind(accounts, Accounts, "accounts")
    n = len(accounts.table)
    if np.isnan(accounts.misfit) or n > LARGEST or n < 3:
        return WrongUnits()
    # Amounts may be as large as numbers get; what is beyond fits nothing.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        return _search(accounts)


def _search(accounts: Accounts) -> WrongUnits:
    books, index = _books(accounts), [str(label) for label in accounts.table.index]
    tries: list[_Try] = []
    while len(tries) < min(MOST, max(1, len(index) // 3)):
        best = _best_try(books, {attempt.place for attempt in tries})
        if best is None:
            break
        books.multiply(best.place, best.parts, best.factor)
        tries.append(best)
    first = _books(accounts)
    judgements = _judge_all(first, books, tries)
    # what does not fit in the end is put back
    while not all(judgement.fits for judgement in judgements):
        tries = [
            attempt for attempt, judgement in zip(tries, judgements, strict=True) if judgement.fits
        ]
        books = _books(accounts)
        for attempt in tries:
            books.multiply(attempt.place, attempt.parts, attempt.factor)
        judgements = _judge_all(first, books, tries)
    if not tries:
        return WrongUnits()
    x = books.columns["gross_output"]
    units = tuple(
        WrongUnit(
            index[attempt.place],
            tuple(part for part in attempt.parts if first.has(attempt.place, part)),
            attempt.factor,
            _largest_error(first, attempt),
            judgement.proven,
        )
        for attempt, judgement in zip(tries, judgements, strict=True)
    )
    return WrongUnits(units, (missed_share(x, books.paid), missed_share(x, books.sold)))


def _books(accounts: Accounts) -> _Books:
    table, Z = accounts.table, accounts.flows
    place = {str(label): i for i, label in enumerate(table.index)}
    rows, columns = ([place[str(label)] for label in side] for side in (Z.rows, Z.columns))
    dense = np.zeros((len(table), len(table)))
    dense[np.ix_(rows, columns)] = np.asarray(Z.values.toarray(), float)
    return _Books(dense, {str(k): v.to_numpy(dtype=np.float64) for k, v in table.items()})


def _best_try(books: _Books, done: set[int]) -> _Try | None:
    """Return what closes most of all gaps, the simpler one of two that close the same."""
    best = None
    for place in _find_doubtful(books):
        for parts in _PARTS if place not in done else ():
            for attempt in _try_powers(books, place, parts):
                if best is None or attempt.closes > best.closes * (1 + 1e-9):
                    best = attempt
    return best


def _find_doubtful(books: _Books) -> list[int]:
    """Return sectors that are off, or for which others seem to be; the worst first."""
    paid, sold = np.nan_to_num(books.paid), np.nan_to_num(books.sold)
    x, Z = np.nan_to_num(books.size()), books.Z
    size = np.maximum(x, np.maximum(Z.sum(axis=1), Z.sum(axis=0)))
    own = np.maximum(np.abs(paid), np.abs(sold))
    weight = np.where(own > OFF * size, own, 0.0)
    # How often the flows of a sector are what others are short of: least squares.
    for flows, gap in ((Z, sold), (Z.T, paid)):
        often = np.nan_to_num((flows @ gap) / (flows**2).sum(axis=1))
        explains = np.abs(often) * np.abs(flows).sum(axis=1)
        seen = ((often > 4) | (often < -0.8)) & (explains > SEEN * x.sum())
        weight = np.where(seen, np.maximum(weight, explains), weight)
    order = np.argsort(-weight, kind="stable")[:LOOKED_AT]
    return [int(place) for place in order if weight[place] > 0]


def _try_powers(books: _Books, place: int, parts: tuple[str, ...]) -> Iterator[_Try]:
    """Yield the power of ten with which a part of a sector closes gaps, and others do not."""
    if not books.has(place, parts[0]):
        return
    powers = np.array(sorted([min(POWERS) - 1, *POWERS, 0, max(POWERS) + 1]))
    grown = 10.0**powers - 1.0
    sides, amounts = _remaining_gaps(books, place, parts, grown)
    left, amount = sides[0] + sides[1], sum(amounts)
    if not amount or not np.isfinite(left).all():
        return
    at = int(np.argmin(left))
    if powers[at] == 0 or at in {0, len(powers) - 1}:
        return
    if _sharpness(left, grown, at, amount) >= SHARP:
        closes = float(left[powers == 0][0] - left[at])
        yield _Try(place, parts, 10.0 ** float(powers[at]), closes)


def _remaining_gaps(
    books: _Books, place: int, parts: tuple[str, ...], grown: Vector
) -> tuple[list[Vector], list[float]]:
    """Return what is left of the gaps for each growth, and what moves, in both identities."""
    left, amounts = [], []
    for gap, move in zip((books.paid, books.sold), books.move_gaps(place, parts), strict=True):
        touched = move != 0
        left.append(np.abs(gap[touched] + grown[:, None] * move[touched]).sum(axis=1))
        amounts.append(float(np.abs(move).sum()))
    return left, amounts


def _sharpness(left: Vector, grown: Vector, at: int, amount: float) -> float:
    """Return how much less is left than with the powers before and after, of what they move."""
    return min(
        float((left[near] - left[at]) / (abs(grown[near] - grown[at]) * amount))
        for near in (at - 1, at + 1)
    )


# -- what is found must fit ------------------------------------------------------------------------


def _judge_all(first: _Books, after: _Books, tries: list[_Try]) -> list[_Judgement]:
    return [_judge(first, after, attempt) for attempt in tries]


def _judge(first: _Books, after: _Books, attempt: _Try) -> _Judgement:
    """Judge one part once all that was found is undone."""
    grown, errors = np.array([-0.9, 0.0, 9.0]), after.errors()
    left, amounts = _remaining_gaps(after, attempt.place, attempt.parts, grown)
    sharp = {
        side: _sharpness(one, grown, 1, amount)
        for side, one, amount in zip(_SIDES, left, amounts, strict=True)
        # An identity that does not hold anywhere is no witness: all gaps would close a little.
        if amount and _median(np.delete(errors[side], attempt.place)) <= FIT
    }
    own, least = _own_sides(first, attempt), min(sharp.values(), default=0.0)
    both = len(sharp) == 2
    if not {*own} <= {*sharp} or least < SHARP:
        return _Judgement(fits=False, proven=False)
    if not own:  # only others show it: then it must explain nearly all that they miss
        fits = both and after.total_gap() < first.total_gap() / 10
        return _Judgement(fits, fits and least >= SHARPER)
    size = float(after.size()[attempt.place])
    pairs = [
        (
            side,
            abs(float(first.gap(side)[attempt.place])) / size,
            float(errors[side][attempt.place]),
        )
        for side in own
    ]
    if not both:
        small = all(then <= EXACTLY * before and before > OFF for _, before, then in pairs)
        return _Judgement(small and not 0.05 < attempt.factor < 20, proven=False)
    usual = {side: np.nanquantile(np.delete(errors[side], attempt.place), 0.9) for side in own}
    fits = all(
        then <= min(max(ROUNDED, 2 * usual[side]), ROUGH, before / 4)
        for side, before, then in pairs
    )
    closed = all(then <= CLOSED * before for _, before, then in pairs)
    return _Judgement(fits, fits and closed and least >= SHARPER)


def _median(errors: Vector) -> float:
    """Return the median of what is known; nothing known fits nothing."""
    known = errors[~np.isnan(errors)]
    return float(np.median(known)) if known.size else np.inf


def _own_sides(first: _Books, attempt: _Try) -> list[str]:
    """Return the identities of the sector itself that the parts open: none where all of it is."""
    if {"inputs", "gross_output"} <= {*attempt.parts}:
        sides: tuple[str, ...] = ()
    elif "gross_output" in attempt.parts:
        sides = _SIDES
    else:
        sides = tuple(dict.fromkeys(_OWN[part] for part in attempt.parts))
    return [side for side in sides if not np.isnan(first.gap(side)[attempt.place])]


def _largest_error(first: _Books, attempt: _Try) -> float:
    x = first.size()[attempt.place]
    errors = [abs(float(gap[attempt.place])) / x for gap in (first.paid, first.sold)]
    known = [float(error) for error in errors if error > OFF]
    return max(known, default=float("nan"))
