"""Which industries crowd around which: the directional test of Billings and Johnson, exact."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from ...core.errors import InputError, show
from ...core.labels import text_labels
from ...core.matrix import LabelledMatrix
from ...core.part_done import tell_part
from ..inference import benjamini_hochberg
from ._cell import Cell, Places
from ._engines import Engine, Plans, choose_engine
from ._nearest import count_nearest
from ._read import read_known, read_whole, require_masses, require_near
from ._sites import require_degrees
from ._slices import BINS, DIRECTIONS
from ._verdicts import TIE, Counts, Work, count_draws

__all__ = [
    "Coagglomeration",
    "NoPairsError",
    "PlanTooLargeError",
    "coagglomeration",
    "require_thresholds",
]

#: A region whose most frequent point has more of its sites says little about distances.
CROWDED = 1 / 3
#: Numbers that draws may hold at a time: 8 GB of them.
ROOM = 1_000_000_000


class NoPairsError(InputError):
    """The sites of a region make no pair that a distance could tell apart."""


class PlanTooLargeError(InputError):
    """Two industries of a region have too many sites for an exact plan between them."""


@dataclass(frozen=True, slots=True)
class Coagglomeration:
    """Verdicts on all ordered pairs of industries of one region and year.

    Parameters
    ----------
    pairs : pandas.DataFrame, J·(J − 1) rows
        ``j``, ``k``; ``n_j``, ``n_k`` (sites); ``W`` (km, the distance between the two); ``r_low``,
        ``r_high`` (draws at most as far, of S: what was proved), ``p`` (missing where the two
        differ), ``q`` (p after Benjamini–Hochberg over all pairs; missing unless all p are known),
        ``phi`` (1 if j and k coagglomerate at the first threshold, j → k).
    thresholds : tuple of float
        Verdicts that are certain, the first of them ``phi``.
    draws : int
        S.
    sites : int
        N that took part.
    dropped : dict of str to int
        Sites that did not, by reason.
    excluded : dict of str to int
        Industries with fewer sites than asked for, and their sites.
    resample, ties : str
        As asked.
    notes : tuple of str
        What is doubtful.
    work : Work
        What it took.
    """

    pairs: pd.DataFrame
    thresholds: tuple[float, ...]
    draws: int
    sites: int
    dropped: dict[str, int]
    excluded: dict[str, int]
    resample: str
    ties: str
    notes: tuple[str, ...]
    work: Work

    def phi(self, threshold: float | None = None) -> LabelledMatrix:
        """Return Φ, ``Φ[j, k] = 1`` where j → k; the diagonal is 0.

        Parameters
        ----------
        threshold : float, optional
            One of those asked for; default: the first.

        Raises
        ------
        InputError
            If verdicts were not asked for at it, and not all draws are finished.
        """
        level = self.thresholds[0]
        if threshold is not None:
            (level,) = require_thresholds(threshold, self.draws, self.ties)
        most = _most_near(level, self.draws, self.ties)
        low, high = self.pairs["r_low"].to_numpy(), self.pairs["r_high"].to_numpy()
        if ((low <= most) & (high > most)).any():
            asked = ", ".join(f"{t:g}" for t in self.thresholds)
            raise InputError(
                f"threshold {level:g}: verdicts are certain at {asked}; ask for this one too, or "
                "for mode='full'."
            )
        linked = self.pairs[high <= most]
        labels = sorted(set(self.pairs["j"]))
        place = {label: i for i, label in enumerate(labels)}
        dense = np.zeros((len(labels), len(labels)))
        dense[linked["j"].map(place), linked["k"].map(place)] = 1.0
        return LabelledMatrix.build("Phi", dense, labels, unit="verdict")


def coagglomeration(
    sites: Any,
    industry: Sequence[str],
    *,
    threshold: float | Sequence[float] = 0.95,
    draws: int = 999,
    seed: int | Sequence[int] = 0,
    resample: Literal["target", "source"] = "target",
    mode: Literal["decide", "full"] = "decide",
    distance: Literal["wasserstein", "nearest", "haversine"] = "wasserstein",
    pool: Literal["all", "exclude_fixed"] = "all",
    ties: Literal["against", "published"] = "against",
    weights: Sequence[float] | None = None,
    min_size: int = 1,
    engine: Engine = "auto",
    advance: Callable[[int], None] = lambda pairs: None,
) -> Coagglomeration:
    """Test, for every ordered pair, whether k's sites are nearer to j's than chance would put them.

    μ_j spreads a mass of 1 over j's sites, and W_jk = W₁(μ_j, μ_k) is the least mean distance, in
    km, over which one can be moved onto the other. The sites of j stay, n_k sites are drawn without
    replacement from all sites of the region, S times, and r counts the draws with W* ≤ W_jk. Then
    p = (1 + r) / (S + 1), and j → k where p ≤ 1 − threshold. Draws are shared by all pairs: the
    draw of n sites is the first n of a random order.

    Verdicts are those of a brute force over the same draws: a distance is compared through bounds
    that are proved, and solved exactly where these leave doubt.

    Parameters
    ----------
    sites : array_like, shape (N, 2)
        x and y in km, on a plane (:func:`project_sites` makes them of degrees); latitude and
        longitude with ``distance="haversine"``. Rows with a missing coordinate are dropped and
        counted.
    industry : sequence of str, shape (N,)
        Industry of each site. Missing: dropped and counted.
    threshold : float or sequence of float
        1 − α of the verdicts, each above 0 and below 1.
    draws, seed : int
        S ≥ 1; the seed may be a sequence of numbers.
    resample : {"target", "source"}
        Whose sites are redrawn in j → k: those of k, as the method's published code does and stores
        it, or those of j, as its prose can be read. The one is the transpose of the other, and
        exchanges outward with inward pools.
    mode : {"decide", "full"}
        Stop where every verdict is certain, or finish all draws, so that every p is known.
    distance : {"wasserstein", "nearest", "haversine"}
        W₁; or the mean distance from j's sites to the nearest of k. W₁ balances mass, so it cannot
        tell that all of j is near a part of k; the other can, and is not symmetric. Haversine is
        W₁ with great circles, by brute force alone.
    pool : {"all", "exclude_fixed"}
        Whether draws may fall on sites of the industry that stays.
    ties : {"against", "published"}
        Whether draws as far as the pair count against coagglomeration, as above, or 1 − p is the
        share #{W* ≥ W} / S of the published code.
    weights : sequence of float, shape (N,), optional
        Mass of each site, e.g. employment; default: ones. Drawn sites bring theirs.
    min_size : int
        Industries with fewer sites are left out, and named; their sites stay in the pool.
    engine : {"auto", "compiled", "numpy", "brute"}
        Loops that numba compiles, or SciPy; or a brute force that solves every draw of every pair
        with POT (``pip install POT``), some hundred times slower: what the others are held against.
        It finishes all draws, whatever ``mode``.
    advance : callable
        Told how many pairs are done, for a bar.

    Returns
    -------
    Coagglomeration
        Verdicts, what they rest on, what was left out.

    Raises
    ------
    InputError
        If an argument makes no sense, all sites share a point, fewer than two industries are left,
        or two of them have too many sites for an exact plan between them.

    Notes
    -----
    Billings, S. B. & Johnson, E. B. (2016), Agglomeration within an urban area, Journal of Urban
    Economics 91, 13–25. Chen & Liu (2025) call j's outward coagglomeration those k with j → k.

    Examples
    --------
    Bakers sit beside cafés, two streets from each other; smiths sit elsewhere.

    >>> rng = np.random.default_rng(1)
    >>> towns = rng.uniform(0, 50, (12, 2))
    >>> xy = np.vstack([towns, towns + 0.2, rng.uniform(0, 50, (40, 2))])
    >>> trade = ["bakers"] * 12 + ["cafes"] * 12 + ["smiths"] * 40
    >>> coagglomeration(xy, trade, draws=199).phi().to_frame().loc["bakers"].to_dict()
    {'bakers': 0.0, 'cafes': 1.0, 'smiths': 0.0}
    """
    thresholds = require_thresholds(threshold, draws, ties)
    _one_of("resample", resample, ("target", "source"))
    _one_of("mode", mode, ("decide", "full"))
    _one_of("distance", distance, ("wasserstein", "nearest", "haversine"))
    _one_of("pool", pool, ("all", "exclude_fixed"))
    read_whole(min_size, "min_size", 1)
    plans = _engine(engine, distance)
    cell, dropped, excluded, notes = _cell(
        sites, industry, weights, min_size, distance == "haversine"
    )
    ranks = np.array(
        [] if mode == "full" else [_most_near(t, draws, ties) for t in thresholds], np.int64
    )
    tie = -TIE if ties == "published" else TIE
    _require_room(cell, draws)
    if distance != "nearest":
        _require_plans(cell, plans)
    rng = np.random.default_rng(_seed(seed))
    advance = _telling(advance, len(cell.counts) * (len(cell.counts) - 1))
    apart = pool == "exclude_fixed"
    if distance == "nearest":
        counts = count_nearest(cell, draws, rng, exclude_fixed=apart, tie=tie, advance=advance)
    else:
        counts = count_draws(
            cell,
            draws,
            rng,
            ranks,
            exclude_fixed=apart,
            engine=plans,
            tie=tie,
            advance=advance,
        )
    if resample == "source":
        counts = replace(counts, distance=counts.distance.T, near=counts.near.T, far=counts.far.T)
    return Coagglomeration(
        _table(cell, counts, draws, thresholds[0], ties),
        thresholds,
        draws,
        len(cell.xy),
        dropped,
        excluded,
        resample,
        ties,
        notes,
        counts.work,
    )


def _engine(engine: Engine, distance: str) -> Plans:
    """Return the engine; refuse one that cannot measure such distances."""
    plans = choose_engine(engine)
    if distance == "haversine" and engine != "brute":
        raise InputError(
            f"distance 'haversine' with engine {engine!r}: bounds hold on a plane. Put degrees on "
            "one with project_sites and take 'wasserstein', or give engine='brute'."
        )
    if distance == "nearest" and engine == "brute":
        raise InputError(
            "distance 'nearest' with engine 'brute': all its draws are finished as it is; leave "
            "the engine out."
        )
    return plans


def _one_of(name: str, value: str, among: tuple[str, ...]) -> None:
    if value not in among:
        raise InputError(f"{name}: got {show(value)}; give one of {', '.join(among)}.")


def _telling(advance: Callable[[int], None], pairs: int) -> Callable[[int], None]:
    """Tell whoever waits, too, which share of all pairs is done."""
    done = 0

    def told(more: int) -> None:
        nonlocal done
        done += more
        tell_part(min(1.0, done / max(1, pairs)))
        advance(more)

    return told


def _most_near(threshold: float, draws: int, ties: str) -> int:
    """Return how many draws may be near in a verdict of coagglomeration."""
    level = 1.0 - threshold
    if ties == "published":
        return int(np.floor(level * draws + 1e-9))
    return int(np.floor(level * (draws + 1) + 1e-9)) - 1


def require_thresholds(
    threshold: float | Sequence[float], draws: int, ties: str = "against"
) -> tuple[float, ...]:
    """Return thresholds; refuse those that no number of near draws could meet.

    Parameters
    ----------
    threshold : float or sequence of float
        Each above 0 and below 1.
    draws : int
        S.
    ties : {"against", "published"}
        As in :func:`coagglomeration`.

    Returns
    -------
    tuple of float

    Raises
    ------
    InputError
        If there is none, one is out of range, or there are too few draws for it.

    Examples
    --------
    >>> require_thresholds(0.95, 19)
    (0.95,)
    """
    _one_of("ties", ties, ("against", "published"))
    read_whole(draws, "draws", 1)
    try:
        given = np.ravel(np.asarray(threshold, dtype=float))
    except (TypeError, ValueError):
        raise InputError(
            f"threshold: got {show(threshold)}; give numbers above 0 and below 1."
        ) from None
    for level in given:
        if not 0 < level < 1:
            raise InputError(f"threshold: got {level:g}; give numbers above 0 and below 1.")
        if _most_near(level, draws, ties) < 0:
            least = int(np.ceil(1 / (1 - level) - 1e-9)) - 1
            raise InputError(
                f"threshold {level:g} with {draws} draws: no pair could ever be found; give at "
                f"least {least} draws."
            )
    if not len(given):
        raise InputError("threshold: got none; give at least one.")
    return tuple(float(level) for level in given)


def _cell(
    sites: Any,
    industry: Sequence[str],
    weights: Sequence[float] | None,
    min_size: int,
    globe: bool,
) -> tuple[Cell, dict[str, int], dict[str, int], tuple[str, ...]]:
    """Check sites; industries that are too small keep their sites in the pool, as code −1."""
    xy = read_known(sites, "sites")
    if xy.ndim != 2 or xy.shape[1:] != (2,):
        raise InputError(f"sites: got shape {xy.shape}; give a row of x and y, in km, a site.")
    if globe:
        require_degrees(xy[:, 0], xy[:, 1])
    require_near(xy, "sites")
    mass = np.ones(len(xy)) if weights is None else read_known(weights, "weights")
    codes = np.asarray(industry, dtype="object")
    for name, values in (("industry", codes), ("weights", mass)):
        if values.ndim != 1:
            raise InputError(f"{name}: got shape {values.shape}; give one a site.")
        if len(values) != len(xy):
            raise InputError(f"{name}: got {len(values)} for {len(xy)} sites; give one each.")
    labels = _labels(codes)
    nowhere = ~np.isfinite(xy).all(axis=1)
    unnamed = ~nowhere & labels.isna().to_numpy()
    light = ~nowhere & ~unnamed & ~(np.isfinite(mass) & (mass > 0))
    stay = ~(nowhere | unnamed | light)
    reasons = {"no coordinates": nowhere, "no industry": unnamed, "no weight": light}
    dropped = {reason: int(which.sum()) for reason, which in reasons.items() if which.any()}
    every = labels.nunique()
    xy, mass, labels = np.ascontiguousarray(xy[stay]), mass[stay], labels[stay]
    require_masses(mass, "weights")
    sizes = labels.value_counts()
    names = tuple(sorted(sizes.index[sizes >= min_size]))
    if len(names) < 2:
        few = f"{len(names) or 'no'} {'industry has' if len(names) == 1 else 'industries have'}"
        enough = "a site" if min_size == 1 else f"{min_size} sites"
        what = "coordinates" if weights is None else "coordinates and a weight"
        lost = "".join(f" ({n} of {len(stay)} sites: {reason})" for reason, n in dropped.items())
        raise NoPairsError(f"{few} {enough} with {what}, of {every}{lost}; a pair needs two.")
    points, shared = np.unique(xy, axis=0, return_counts=True)
    if len(points) == 1:
        raise NoPairsError(
            f"all {len(xy)} sites are in one point; distances between them say nothing. Give each "
            "its own coordinates."
        )
    notes = []
    if shared.max() > max(1, CROWDED * len(xy)):
        x, y = points[shared.argmax()]
        notes.append(
            f"{shared.max()} of {len(xy)} sites share the point ({x:g}, {y:g}): many distances are "
            "0."
        )
    place = {name: i for i, name in enumerate(names)}
    code = labels.map(place).fillna(-1).to_numpy(np.int64)
    excluded = {str(name): int(n) for name, n in sorted(sizes.items()) if n < min_size}
    return Cell(xy, mass, code, names, globe), dropped, excluded, tuple(notes)


def _labels(codes: Any) -> pd.Series[str]:
    """Return industries as texts, as all functions on industries have them; None where missing."""
    code, distinct = pd.factorize(codes)
    texts = np.array([*text_labels(list(distinct), "industry"), None], dtype=object)
    return pd.Series(texts[code], dtype="object")


def _seed(seed: Any) -> list[int]:
    """Refuse a seed that is no number, or none from which draws could come again."""
    parts = seed if isinstance(seed, list | tuple | np.ndarray) else [seed]
    return [read_whole(part, "seed", 0) for part in parts]


def _require_room(cell: Cell, draws: int) -> None:
    """Refuse more draws than memory can hold."""
    longest, J = int(cell.counts.max()), len(cell.names)
    row = longest + 3 * (DIRECTIONS * BINS + 2 * J)
    if draws * row > ROOM:
        raise InputError(
            f"draws: {draws:,} draws of up to {longest:,} sites, of {J:,} industries, need "
            f"{8e-9 * draws * row:,.0f} GB of memory; give at most {ROOM // row:,}."
        )


def _require_plans(cell: Cell, plans: Plans) -> None:
    """Refuse two industries between which a plan is beyond the engine."""
    second, first = np.argsort(cell.counts, kind="stable")[-2:]
    n, m = int(cell.counts[first]), int(cell.counts[second])
    if n * m > plans.MOST:
        raise PlanTooLargeError(
            f"industries {show(cell.names[first])} ({n:,} sites) and {show(cell.names[second])} "
            f"({m:,}): an exact plan of {n * m:,} pairs of sites is beyond this engine, which "
            f"takes at most {plans.MOST:,}; {plans.BEYOND}. Or take finer industries or smaller "
            "regions, or distance='nearest', which needs no plans."
        )


def _table(cell: Cell, counts: Counts, draws: int, threshold: float, ties: str) -> pd.DataFrame:
    j, k = np.nonzero(~np.eye(len(cell.names), dtype=bool))
    names, sizes = np.array(cell.names, dtype=object), cell.counts
    low: Places = counts.near[j, k]
    high: Places = draws - counts.far[j, k]
    known = low == high
    p = low / draws if ties == "published" else (1 + low) / (draws + 1)
    p = np.where(known, p, np.nan)
    phi = high <= _most_near(threshold, draws, ties)
    return pd.DataFrame(
        {
            "j": names[j],
            "k": names[k],
            "n_j": sizes[j],
            "n_k": sizes[k],
            "W": counts.distance[j, k],
            "r_low": low,
            "r_high": high,
            "p": p,
            "q": benjamini_hochberg(p) if known.all() else np.nan,
            "phi": phi.astype(np.int64),
        }
    )
