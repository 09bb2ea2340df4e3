"""Who owns a firm in which year, up to the top: chains of owners are followed at each date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from ...core.errors import InputError, show
from ..concordance import TOLERANCE, in_per_cent
from ..values.rounding import MOST, last_digits
from .shares import ALWAYS

__all__ = ["Stake", "ended_by_others", "owners_by_year"]

#: Owners above each other: more than any chain of firms has, and a bound for the search.
_MOST_LEVELS = 100
#: Firm, owner, share, first year, last year.
_Row = tuple[str, str, float | None, int | None, int | None]


@dataclass(frozen=True, slots=True)
class Stake:
    """A firm's share that an owner has from a first year to a last one, both themselves in."""

    firm: str
    owner: str
    share: float
    first: int
    last: int


def owners_by_year(
    rows: Iterable[_Row], years: tuple[int, int], rounded: dict[str, float] | None = None
) -> list[Stake]:
    """Return who a firm's doings count for, year by year.

    Parameters
    ----------
    rows : iterable of (firm, owner, share, first year, last year)
        A missing share is all of the firm. Without a last year an owner stays until the year
        before the firm's next one comes. A firm that is its own owner is on its own.
    years : tuple of int
        First and last year that are wanted.
    rounded : dict of str to float, optional
        Receives firms whose shares add to more than 1 by what rounding of their last digits
        explains, and what they add to.

    Returns
    -------
    list of Stake
        For every firm in ``rows``: shares that add to 1 in each year, of owners who are not owned
        themselves. What nobody owns of a firm stays with it.

    Raises
    ------
    InputError
        If owners have more than all of a firm, or firms own each other in a circle.

    Examples
    --------
    >>> rows = [("F2", "F1", None, 2005, None), ("F1", "F0", 0.5, 2010, None)]
    >>> for each in owners_by_year(rows, (2000, 2015)):
    ...     if each.firm == "F2":
    ...         print(each.owner, each.share, each.first, each.last)
    F2 1.0 2000 2004
    F1 1.0 2005 2009
    F1 0.5 2010 2015
    F0 0.5 2010 2015
    """
    stakes = _stakes(rows)
    shares = sorted({stake.share for mine in stakes.values() for stake in mine})
    moved = dict(zip(shares, map(float, last_digits(shares)), strict=True))
    search = _Search(stakes, moved, {} if rounded is None else rounded)
    return [stake for firm in sorted(search.stakes) for stake in search.top(firm, *years)]


def ended_by_others(rows: Iterable[_Row]) -> list[str]:
    """Warn of shares that end because another owner comes, although both could hold.

    Parameters
    ----------
    rows : iterable of (firm, owner, share, first year, last year)
        As :func:`owners_by_year` takes them.

    Returns
    -------
    list of str
        At most one warning, with the first case and how many there are.

    Examples
    --------
    >>> rows = [("F1", "F2", 0.6, 2003, None), ("F1", "F3", 0.3, 2005, None)]
    >>> print(*ended_by_others(rows))
    ownership: 'F2' has 0.6 of firm 'F1' until 2004 only: 'F3' comes in 2005 with 0.3, and \
without a last_year a next owner ends what was before. If both hold, give the last_year of 'F2'; \
if not, too (2004). 1 share ends so.
    """
    by_firm = defaultdict(list)
    for row in rows:
        by_firm[row[0]].append(row)
    cases = [case for _, mine in sorted(by_firm.items()) for case in _find_ended(mine)]
    if not cases:
        return []
    old, new, start = cases[0]
    owner = show(old[1])
    many = f"{len(cases):,} shares end" if len(cases) > 1 else "1 share ends"
    return [
        f"ownership: {owner} has {_share(old):.6g} of firm {show(old[0])} until {start - 1} only: "
        f"{show(new[1])} comes in {start} with {_share(new):.6g}, and without a last_year a "
        "next owner ends what was before. If both hold, give the last_year of "
        f"{owner}; if not, too ({start - 1}). {many} so."
    ]


def _find_ended(mine: list[_Row]) -> list[tuple[_Row, _Row, int]]:
    """Return a firm's stakes that end for another's and leave room for it, and the year."""
    dated = sorted(mine, key=lambda row: (_first(row), row[1]))
    starts = sorted({*map(_first, dated)})
    cases = []
    for start, following in pairwise(starts):
        coming = [row for row in dated if _first(row) == following]
        open_ended = [row for row in dated if _first(row) == start and row[4] is None]
        # an owner who is named again shows that each date names all owners
        again = {row[1] for row in open_ended} & {row[1] for row in coming}
        held = [row for row in dated if _first(row) < following <= (row[4] or ALWAYS[0])]
        if not again and sum(map(_share, [*open_ended, *coming, *held])) <= 1 + TOLERANCE:
            cases += [(row, coming[0], following) for row in open_ended if row[1] != row[0]]
    return cases


def _first(row: _Row) -> int:
    return ALWAYS[0] if row[3] is None else row[3]


def _share(row: _Row) -> float:
    return 1.0 if row[2] is None else row[2]


def _stakes(rows: Iterable[_Row]) -> dict[str, list[Stake]]:
    """Close what is left open: a next owner ends the stake of the one before."""
    by_firm = defaultdict(list)
    for row in rows:
        by_firm[row[0]].append(row)
    stakes_of = {}
    for firm, mine in by_firm.items():
        starts = sorted({ALWAYS[0] if row[3] is None else row[3] for row in mine})
        stakes = []
        for _, owner, share, start, stop in mine:
            first = ALWAYS[0] if start is None else start
            following = next((start - 1 for start in starts if start > first), ALWAYS[1])
            last = following if stop is None else stop
            if last < first:
                raise InputError(
                    f"table ownership: the owner {owner!r} of firm {firm!r} has last_year {last} "
                    f"before first_year {first}; exchange them."
                )
            stakes.append(Stake(firm, owner, 1.0 if share is None else share, first, last))
        stakes_of[firm] = sorted(stakes, key=lambda stake: (stake.first, stake.owner, stake.last))
    return stakes_of


def _in(year: int, stakes: list[Stake]) -> str:
    """Say when, where that is a year and not always."""
    return f" in {year}" if any(stake.first > ALWAYS[0] for stake in stakes) else ""


def _remedy(year: int, stakes: list[Stake]) -> str:
    """Return what mends owners who have more than all of a firm in a year."""
    ending = [stake.owner for stake in stakes if stake.last == year and stake.first < year]
    coming = [stake.owner for stake in stakes if stake.first == year]
    if ending and coming:
        return (
            f"{ending[0]} ends in the year in which {coming[0]} comes, and a year has one owner: "
            f"give {year - 1} as the last_year of {ending[0]}, or say columns = {{ last_year = "
            '"" } if every owner stays until the next one comes'
        )
    if len(coming) > 1 and all(stake.share == 1 for stake in stakes):
        return (
            "all of them come in that year, and a year has one owner: keep the row of the one who "
            "has the firm at its end, or give shares"
        )
    return "give shares that add to 1 or less, or the year in which each ends"


@dataclass(slots=True)
class _Search:
    """Walks up the chains; what was found for a firm and some years is kept."""

    stakes: dict[str, list[Stake]]
    moved: dict[float, float]
    rounded: dict[str, float]
    known: dict[tuple[str, int, int], list[Stake]] = field(default_factory=dict)

    def top(self, firm: str, low: int, high: int, below: tuple[str, ...] = ()) -> list[Stake]:
        """Return the owners without owners, of one firm from one year to another."""
        if firm not in self.stakes:
            return [Stake(firm, firm, 1.0, low, high)]
        if firm in below:
            circle = " ← ".join([*below[below.index(firm) :], firm])
            raise InputError(
                f"table ownership: in {low} firms own each other in a circle: {circle}; end one "
                "of these stakes with last_year, or take it out."
            )
        if len(below) > _MOST_LEVELS:
            raise InputError(
                f"table ownership: above {below[0]!r} there are more than {_MOST_LEVELS} owners, "
                "one above the other; give the firm's last owner."
            )
        key = firm, low, high
        if key not in self.known:
            mine = self.stakes[firm]
            cuts = {low} | {stake.first for stake in mine} | {stake.last + 1 for stake in mine}
            starts = sorted(cut for cut in cuts if low <= cut <= high)
            stops = [start - 1 for start in starts[1:]] + [high]
            self.known[key] = [
                stake
                for start, stop in zip(starts, stops, strict=True)
                for stake in self._piece(firm, start, stop, below)
            ]
        return self.known[key]

    def _piece(self, firm: str, start: int, stop: int, below: tuple[str, ...]) -> list[Stake]:
        """Return the owners in years in which the firm's own owners do not change."""
        mine = [stake for stake in self.stakes[firm] if stake.first <= start <= stake.last]
        held: dict[str, float] = defaultdict(float)
        for stake in mine:
            held[stake.owner] += stake.share
        total = sum(held.values())
        leeway = min(sum(self.moved[stake.share] for stake in mine), MOST)
        if total > 1 + TOLERANCE + leeway:
            raise InputError(
                f"table ownership: the owners of firm {firm!r} have {total:.12g} of it"
                f"{_in(start, mine)}, more than all ({', '.join(sorted(held))}); "
                f"{_remedy(start, mine)}.{in_per_cent((stake.share for stake in mine), [total])}"
            )
        if total > 1 + TOLERANCE:
            self.rounded[firm] = max(total, self.rounded.get(firm, 0.0))
        even = total >= 1 - TOLERANCE
        rest = held.pop(firm, 0.0) / (total if even else 1.0) + (0.0 if even else 1 - total)
        pieces = [Stake(firm, firm, rest, start, stop)] if rest > 0 else []
        for owner, share in held.items():
            part = share / total if even else share
            pieces += [
                Stake(firm, stake.owner, part * stake.share, stake.first, stake.last)
                for stake in self.top(owner, start, stop, (*below, firm))
                if part * stake.share > 0
            ]
        return pieces
