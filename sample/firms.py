"""Synthetic firms: industry, size, strength in citations, and where they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .design import PAIRS, Bools, Design, Floats, Ints, quota

__all__ = ["Firms", "Pair", "Sampler", "firm_ids", "firms_table", "make_firms"]

REGIONS = 21
FEWEST = 2  # firms per industry: one alone could neither trade nor cite within its industry
PARETO = 1.2  # tail of employment: near Zipf's law, as firm registers have it
LARGEST = 500_000.0  # employees
PLANTED = 0.75  # share of a planted pair's firms that lie in the planted regions
SITE_KM = 0.5  # mutual pairs: partners within one estate
CLUSTER_KM = 2.0  # ordered pairs: j and two fifths of k within one cluster a region
EDGE_KM = 35.0  # the cluster's distance from the region's centre: where sites are few
KM_PER_DEGREE = 111.32


@dataclass(frozen=True, slots=True)
class Pair:
    """Industry j was placed beside industry k (and k beside j, if mutual) in these regions."""

    j: str
    k: str
    mutual: bool
    regions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Firms:
    """F firms as arrays of length F, in the order of their numbers.

    Parameters
    ----------
    industry, region : ndarray of int
        Positions in the design's fine codes and among the regions.
    lat, lon : ndarray of float
        Degrees.
    size : ndarray of float
        Employees, whole numbers.
    citing, cited : ndarray of float
        Strength of the firm within its industry, heavy-tailed.
    pairs : tuple of Pair
        What was planted.
    """

    industry: Ints
    region: Ints
    lat: Floats
    lon: Floats
    size: Floats
    citing: Floats
    cited: Floats
    pairs: tuple[Pair, ...]


class Sampler:
    """Draw firms of given industries with probabilities proportional to a strength.

    Parameters
    ----------
    industry : ndarray of int, shape (F,)
        Industry of each firm.
    strength : ndarray of float, shape (F,)
        Positive strengths.
    n : int
        Number of industries; each has at least one firm.
    """

    def __init__(self, industry: Ints, strength: Floats, n: int) -> None:
        self.order = np.argsort(industry, kind="stable").astype(np.int64)
        self.count = np.bincount(industry, minlength=n)
        self.end = np.cumsum(self.count)
        self.start = self.end - self.count
        self.sums = np.cumsum(strength[self.order])
        self.upper = self.sums[self.end - 1]
        self.lower = np.concatenate([[0.0], self.upper[:-1]])

    def draw(self, rng: np.random.Generator, industry: Ints) -> Ints:
        """Return one firm number for each entry of ``industry``."""
        low, high = self.lower[industry], self.upper[industry]
        at = np.searchsorted(self.sums, low + rng.random(len(industry)) * (high - low), "right")
        at = np.clip(at, self.start[industry], self.end[industry] - 1)
        return np.asarray(self.order[at], dtype=np.int64)

    def draw_other(self, rng: np.random.Generator, industry: Ints, firm: Ints) -> Ints:
        """Return firms as ``draw`` does, each different from the entry of ``firm``."""
        drawn = self.draw(rng, industry)
        for _ in range(4):
            same = np.flatnonzero(drawn == firm)
            drawn[same] = self.draw(rng, industry[same])
        same = np.flatnonzero(drawn == firm)
        if len(same):  # a firm that dominates its industry: any of the others
            codes = industry[same]
            place = np.empty(len(self.order), dtype=np.int64)
            place[self.order] = np.arange(len(self.order))
            step = 1 + rng.integers(0, self.count[codes] - 1)
            within = (place[firm[same]] - self.start[codes] + step) % self.count[codes]
            drawn[same] = self.order[self.start[codes] + within]
        return drawn


def firm_ids(firms: int) -> list[str]:
    """Return the identifiers, in the order of the firms' numbers.

    Examples
    --------
    >>> firm_ids(3)
    ['F000001', 'F000002', 'F000003']
    """
    return [f"F{number:06d}" for number in range(1, firms + 1)]


def make_firms(
    design: Design, firms: int, rng: np.random.Generator, *, small: bool = False
) -> Firms:
    """Make firms by the plan.

    Parameters
    ----------
    design : Design
        Shares of the industries.
    firms : int
        How many, at least twice the number of industries.
    rng : numpy.random.Generator
    small : bool
        Leave alone the pairs that are not mutual and have too few firms of k for most to lie
        elsewhere.

    Returns
    -------
    Firms
    """
    n = len(design.fine)
    numbers = FEWEST + quota(design.firm_share, firms - FEWEST * n)
    industry = rng.permutation(np.repeat(np.arange(n), numbers))
    size = np.minimum(np.ceil(20.0 * (1.0 + rng.pareto(PARETO, firms))), LARGEST)
    # Patents grow a little slower than employment, and luck is added on either side.
    citing = size**0.85 * rng.lognormal(0.0, 1.1, firms)
    cited = size**0.9 * rng.lognormal(0.0, 1.1, firms)
    ground = _Ground(rng)
    region = ground.regions(firms)
    x, y = ground.anywhere(region)
    pairs = []
    for j, k, mutual in PAIRS:
        members = [np.flatnonzero(industry == i) for i in design.positions((j, k))]
        if len(members) < 2 or (small and not mutual and not ground.leaves_most(members)):
            continue
        chosen = ground.plant(members, mutual, region, x, y)
        names = tuple(region_name(code) for code in sorted(chosen.tolist()))
        pairs.append(Pair(j, k, mutual, names))
    lat, lon = ground.degrees(region, x, y)
    return Firms(industry, region, lat, lon, size, citing, cited, tuple(pairs))


def region_name(region: int) -> str:
    """Return the name of a region by its position."""
    return f"Agglomeration {region + 1:02d}"


def firms_table(design: Design, firms: Firms) -> pd.DataFrame:
    """Return the register as it is written, one row per firm."""
    ids = firm_ids(len(firms.industry))
    return pd.DataFrame(
        {
            "id": ids,
            "name": [f"Synthetic Firm {number[1:]}" for number in ids],
            "industry": np.array(design.fine, dtype=object)[firms.industry],
            "region": np.array([region_name(r) for r in range(REGIONS)], object)[firms.region],
            "country": "Synthetica",
            "lat": np.round(firms.lat, 5),
            "lon": np.round(firms.lon, 5),
            "size": firms.size.astype(np.int64),
        }
    )


class _Ground:
    """An invented country: 21 regions far apart, each with a few towns and scattered sites.

    Sites are in km from the centre of their region until ``degrees`` turns them.
    """

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        row, column = np.divmod(np.arange(REGIONS), 7)
        self.lat = 25.0 + 6.0 * row + rng.uniform(-1.0, 1.0, REGIONS)
        self.lon = 95.0 + 5.0 * column + rng.uniform(-1.0, 1.0, REGIONS)
        self.towns = rng.normal(0.0, 20.0, (REGIONS, 6, 2))
        self.weight = 1.0 / (4.0 + np.arange(REGIONS))  # large regions first
        self.weight /= self.weight.sum()

    def regions(self, firms: int, without: Ints | None = None) -> Ints:
        weight = self.weight.copy()
        if without is not None:
            weight[without] = 0.0
        drawn = self.rng.choice(REGIONS, firms, p=weight / weight.sum())
        return np.asarray(drawn, dtype=np.int64)

    def anywhere(self, region: Ints) -> tuple[Floats, Floats]:
        """Return sites that know nothing of industries: three fifths in towns."""
        shape = (len(region), 2)
        town = self.towns[region, self.rng.integers(0, self.towns.shape[1], len(region))]
        in_town = self.rng.random(len(region)) < 0.6
        near, far = self.rng.normal(0.0, 5.0, shape), self.rng.normal(0.0, 28.0, shape)
        xy = np.where(in_town[:, None], town + near, far)
        return xy[:, 0], xy[:, 1]

    def circle(self, radius: Floats) -> tuple[Floats, Floats]:
        angle = self.rng.uniform(0.0, 2.0 * np.pi, len(radius))
        return radius * np.cos(angle), radius * np.sin(angle)

    def disc(self, size: int, radius: float) -> tuple[Floats, Floats]:
        return self.circle(radius * np.sqrt(self.rng.random(size)))

    def plant(self, members: list[Ints], mutual: bool, region: Ints, x: Floats, y: Floats) -> Ints:
        """Move the firms of j and k, in place; return the regions where they meet."""
        here = [firms[: self._count_planted(len(firms))] for firms in members]
        fewest = min(len(firms) for firms in here)
        chosen = self.rng.choice(12, self._regions(fewest), replace=False)
        chosen = np.asarray(chosen, dtype=np.int64)
        for firms, planted in zip(members, here, strict=True):  # the others stay away from there
            rest = firms[len(planted) :]
            region[rest] = self.regions(len(rest), without=chosen)
            x[rest], y[rest] = self.anywhere(region[rest])
        sites = chosen[np.arange(fewest if mutual else len(chosen)) % len(chosen)]
        edge = np.full(len(sites), EDGE_KM)
        site_x, site_y = self.anywhere(sites) if mutual else self.circle(edge)
        for industry, planted in zip("jk", here, strict=True):
            at = np.arange(len(planted)) % len(sites)
            dx, dy = self.disc(len(planted), SITE_KM if mutual else CLUSTER_KM)
            px, py = site_x[at] + dx, site_y[at] + dy
            region[planted] = sites[at]
            if industry == "k" and not mutual:  # three fifths of k are elsewhere in the region
                away = self._away(len(planted), len(sites))
                px[away], py[away] = self.anywhere(sites[at][away])
            x[planted], y[planted] = px, py
        return chosen

    def leaves_most(self, members: list[Ints]) -> bool:
        """Say whether most of k would lie away from j, were the pair not mutual."""
        j, k = (self._count_planted(len(firms)) for firms in members)
        return bool(self._away(k, self._regions(min(j, k))).mean() > 0.5)

    @staticmethod
    def _count_planted(firms: int) -> int:
        return firms if firms < 12 else round(PLANTED * firms)

    @staticmethod
    def _regions(fewest: int) -> int:
        return int(np.clip(fewest // 6, 2, 5))

    @staticmethod
    def _away(firms: int, sites: int) -> Bools:
        return np.asarray((np.arange(firms) // sites) % 5 >= 2)

    def degrees(self, region: Ints, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        lat = self.lat[region] + y / KM_PER_DEGREE
        around = KM_PER_DEGREE * np.cos(np.radians(self.lat[region]))
        return lat, self.lon[region] + x / around
