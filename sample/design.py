"""The plan of the synthetic economy: who cites whom and who buys from whom, before any chance.

The tables below are ours. They are shaped after what is known of such data (most citations stay
in the industry, a few industries hold most patents, materials and distribution sell to
everybody), but no number in them is an observation.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from io import StringIO
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = [
    "BUNDLED",
    "CITED",
    "CLOSED",
    "FIRST",
    "HUBS",
    "PAIRS",
    "SELF",
    "SUPPLIERS",
    "Design",
    "make_design",
    "quota",
    "read_bundled",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

BUNDLED = {
    "industries.csv": "csrc78_industries.csv",
    "sectors.csv": "io37_sectors.csv",
    "concordance.csv": "csrc78_to_io37.csv",
}
"""Name in the study's folder: name in the package."""


class Group(NamedTuple):
    """Fine industries that behave alike; every number is relative to the other groups'."""

    codes: str  # fine codes
    firms: float  # firms per fine industry
    knowledge: float  # citations made per firm: patents are a matter of few industries
    own: float  # share of citations to others' patents that stay in the industry
    supply: float  # weight among suppliers, next to the planted hubs
    final: float  # final demand: consumption and investment goods
    inputs: float  # intermediate inputs over gross output: high in manufacturing, low in services


GROUPS = {
    "farming": Group("A01 A02 A03 A04 A05", 0.5, 0.3, 0.64, 0.6, 1.0, 0.47),
    "mining": Group("B06 B07 B08 B09 B10 B11", 0.5, 0.6, 0.66, 1.0, 0.4, 0.55),
    "food": Group("C13 C14 C15", 1.3, 0.5, 0.68, 0.8, 2.5, 0.75),
    "light": Group("C17 C18 C19 C20 C21 C22 C23 C24", 1.0, 0.5, 0.65, 0.6, 1.5, 0.76),
    "chemicals": Group("C25 C26 C27 C28 C29 C30", 2.5, 1.0, 0.64, 0.7, 1.0, 0.77),
    "metals": Group("C31 C32 C33", 1.8, 0.9, 0.62, 0.9, 0.6, 0.78),
    "machinery": Group("C34 C35 C36 C37 C38", 3.5, 1.6, 0.63, 0.8, 2.5, 0.77),
    "electronics": Group("C39 C40", 5.0, 2.4, 0.64, 1.0, 3.0, 0.78),
    "waste": Group("C41 C42 C43", 0.4, 0.5, 0.66, 0.5, 0.4, 0.70),
    "utilities": Group("D44 D45 D46", 0.8, 0.6, 0.66, 1.0, 0.8, 0.70),
    "building": Group("E47 E48 E50", 0.8, 0.5, 0.66, 0.3, 6.0, 0.76),
    "trade": Group("F51 F52", 2.0, 0.2, 0.66, 0.5, 2.0, 0.48),
    "transport": Group("G53 G54 G55 G56 G58 G59 G60", 0.5, 0.3, 0.68, 0.4, 0.6, 0.58),
    "information": Group("I63 I64 I65", 3.0, 1.2, 0.60, 0.6, 1.5, 0.54),
    "finance": Group("J66 J67 J68 J69", 0.8, 0.2, 0.66, 0.4, 0.8, 0.48),
    "business": Group("K70 L71 L72", 1.2, 0.3, 0.66, 0.7, 1.5, 0.50),
    # What research learns comes from everywhere: the exception to the own-industry rule.
    "research": Group("M73 M74", 1.4, 1.0, 0.34, 0.5, 0.7, 0.56),
    "services": Group("H61 H62 N77 N78 P82 Q83 R85 R86 R87 R88", 0.5, 0.3, 0.68, 0.2, 1.5, 0.51),
}

LINKS = {
    # (group, group): how much closer than strangers (1) two groups are, both ways. The chains
    # that everybody knows, so that a heat map of W or S looks like an economy.
    ("farming", "food"): 5.0,
    ("mining", "metals"): 5.0,
    ("mining", "utilities"): 4.0,
    ("chemicals", "light"): 3.0,
    ("metals", "machinery"): 4.0,
    ("machinery", "electronics"): 3.0,
    ("machinery", "utilities"): 3.0,
    ("electronics", "information"): 5.0,
    ("building", "metals"): 3.0,
    ("building", "business"): 2.0,
    ("trade", "transport"): 3.0,
    ("information", "finance"): 2.0,
    ("research", "machinery"): 2.0,
    ("research", "chemicals"): 2.0,
    ("services", "food"): 2.0,
}
SAME_GROUP = 6.0

SELF = 0.15
"""Share of all citations in which a firm cites itself."""

CITED = ("C39", 0.40)
"""The knowledge hub, and its share of what every industry cites outside itself."""

SUPPLIERS = {"C26": 0.14, "C31": 0.055, "C32": 0.055, "F51": 0.05, "F52": 0.02, "J66": 0.05}
"""Supplier hubs and their share of every industry's inputs; flat, so that size cannot hide them."""

OWN_INPUTS = 0.28
"""Share of inputs bought within the industry: the heavy diagonal of S."""

HUBS = {"citations": ["20"], "trade": ["12", "14", "27", "30"]}
"""The same hubs by sector, the greatest first."""

PAIRS = (
    ("C17", "C18", True),  # yarn and clothes
    ("C20", "C21", True),  # wood and furniture
    ("C27", "M73", True),  # drugs and laboratories
    ("C29", "C36", False),  # tyres go to the car makers, who sit elsewhere too
    ("C33", "C34", False),  # castings go to the machine makers
)
"""Planted pairs j, k and whether nearness is mutual; no industry is in two of them."""

CLOSED = ("D44", "D45", "D46")
"""The closed class on request: each is the only fine industry of its sector, and of no other."""

FIRST = (
    *("C39", "C26", "F51", "F52", "J66", "C17", "C18"),
    # Sector 15 buys and cites like C31 and C32, a part of which it has, if it has not C33 first.
    *("C33", "C31", "C32", "C34", "C20", "C21", "C27", "M73", "C29", "C36"),
)
"""Industries that a sample with few firms has first, in this order: the hubs and the pairs. Then
come ``CLOSED``, if they are asked for, and then those with the most firms."""


@dataclass(frozen=True, slots=True)
class Design:
    """Everything that is planned; n fine industries that have firms, at most 78; N = 37 sectors.

    Parameters
    ----------
    fine, sectors : tuple of str
        Codes, in the order of all arrays. A sector may have no fine industry here.
    B : ndarray, shape (n, N)
        Weighted concordance, rows sum to 1.
    firm_share : ndarray, shape (n,)
        Share of firms in each industry, sums to 1.
    citations : ndarray, shape (n, n + 1)
        Probability that a citation is made by the row to the column; the last column is for
        firms that cite themselves. Sums to 1.
    inputs : ndarray, shape (n, n)
        Planned shares ``[buyer, supplier]`` in intermediate inputs, rows sum to 1.
    final : ndarray, shape (n,)
        Shares in final demand, sum to 1.
    input_share : ndarray, shape (N,)
        Planned intermediate inputs over gross output: the row sums of S.
    closed : tuple of str
        Fine codes of the closed class; empty without one.
    """

    fine: tuple[str, ...]
    sectors: tuple[str, ...]
    B: Floats
    firm_share: Floats
    citations: Floats
    inputs: Floats
    final: Floats
    input_share: Floats
    closed: tuple[str, ...]

    def positions(self, codes: Iterable[str]) -> list[int]:
        """Return the positions of those of the fine codes that have firms."""
        return [self.fine.index(code) for code in codes if code in self.fine]

    def sectors_of(self, codes: Iterable[str]) -> list[str]:
        """Return the main sector of each of the fine codes that have firms."""
        return [self.sectors[int(self.B[i].argmax())] for i in self.positions(codes)]


def read_bundled(name: str) -> str:
    """Return the text of a bundled table, by its name in ``BUNDLED``."""
    place = files("spillgraph.ingest").joinpath("data").joinpath(BUNDLED[name])
    return place.read_text(encoding="utf-8")


def quota(share: Floats, total: int) -> Ints:
    """Split a whole number by shares, by largest remainders.

    Parameters
    ----------
    share : ndarray, shape (n,)
        Shares, sum to 1.
    total : int
        What is split.

    Returns
    -------
    ndarray of int, shape (n,)
        Sums to ``total``.

    Examples
    --------
    >>> quota(np.array([0.5, 0.3, 0.2]), 7).tolist()
    [4, 2, 1]
    """
    exact = share * total
    whole = np.floor(exact).astype(np.int64)
    order = np.argsort(whole - exact, kind="stable")
    whole[order[: total - int(whole.sum())]] += 1
    return whole


def make_design(*, closed_class: bool = False, most: int | None = None) -> Design:
    """Return the plan, which depends on no seed.

    Parameters
    ----------
    closed_class : bool
        Let the industries of ``CLOSED`` cite only each other.
    most : int, optional
        How many fine industries have firms, at most; by default all 78. Which ones says ``FIRST``.

    Returns
    -------
    Design
    """
    codes = tuple(_codes("industries.csv"))
    sectors = tuple(_codes("sectors.csv"))
    group = {
        code: name for name, sector_group in GROUPS.items() for code in sector_group.codes.split()
    }
    of = [GROUPS[group[code]] for code in codes]
    texture = _texture(len(codes))
    B = _concordance(codes, sectors)
    firms = np.array([sector.firms for sector in of]) * texture.diagonal()
    firms[codes.index(CITED[0])] *= 2.0
    activity = _shares(firms * [sector.knowledge for sector in of]) + 0.002
    near = _nearness([group[code] for code in codes]) * texture
    own = np.array([sector.own for sector in of])
    closed = CLOSED if closed_class else ()
    at = _in_use(codes, firms, closed, most)
    fine = tuple(codes[i] for i in at)
    return Design(
        fine,
        sectors,
        B[at],
        _shares(firms[at]),
        _citations(fine, _shares(activity[at]), own[at], near[np.ix_(at, at)], closed),
        _among(_inputs(codes, np.array([sector.supply for sector in of]), near), at),
        _shares((np.array([sector.final for sector in of]) * texture[0])[at]),
        _shares_by_column(B) @ np.array([sector.inputs for sector in of]),
        closed,
    )


def _in_use(
    codes: tuple[str, ...], firms: Floats, closed: tuple[str, ...], most: int | None
) -> list[int]:
    """Return the positions of the industries that have firms, in ascending order."""
    wanted = [codes.index(code) for code in (*FIRST, *closed)]
    largest = np.argsort(-firms, kind="stable").tolist()
    return sorted(list(dict.fromkeys(wanted + largest))[:most])


def _codes(name: str) -> list[str]:
    table = pd.read_csv(StringIO(read_bundled(name)), dtype=str)
    return [str(code) for code in table["code"]]


def _concordance(fine: tuple[str, ...], sectors: tuple[str, ...]) -> Floats:
    table = pd.read_csv(StringIO(read_bundled("concordance.csv")), dtype={"from": str, "to": str})
    B = np.zeros((len(fine), len(sectors)))
    i = pd.Index(fine).get_indexer(pd.Index(table["from"]))
    j = pd.Index(sectors).get_indexer(pd.Index(table["to"]))
    B[i, j] = table["weight"].to_numpy(np.float64)
    return B


def _texture(n: int) -> Floats:
    """Return fixed factors between .7 and 1.3 that make no two cells quite alike."""
    i, j = np.arange(1, n + 1)[:, None], np.arange(1, n + 1)[None, :]
    return np.asarray(0.7 + 0.6 * ((i * 0.6180339887 + j * 0.7548776662) % 1.0))


def _shares(values: Floats) -> Floats:
    return np.asarray(values / values.sum())


def _shares_by_column(B: Floats) -> Floats:
    return np.asarray((B / B.sum(axis=0)).T)


def _nearness(group: list[str]) -> Floats:
    both = LINKS | {(b, a): value for (a, b), value in LINKS.items()}
    near = [[SAME_GROUP if a == b else both.get((a, b), 1.0) for b in group] for a in group]
    return np.array(near)


def _citations(
    fine: tuple[str, ...], activity: Floats, own: Floats, near: Floats, closed: tuple[str, ...]
) -> Floats:
    """Return the probabilities of a citation from industry to industry, and of self-citation."""
    n, hub = len(fine), fine.index(CITED[0])
    others = near * np.sqrt(activity)  # an industry with many patents is cited more
    np.fill_diagonal(others, 0.0)
    others[:, hub] = 0.0
    others /= others.sum(axis=1, keepdims=True)
    outside = (1.0 - CITED[1]) * others
    outside[:, hub] = CITED[1]
    outside[hub] = others[hub]
    shares = np.zeros((n, n + 1))
    shares[:, :n] = (1.0 - own)[:, None] * outside + np.diag(own)
    shares *= 1.0 - SELF
    shares[:, n] = SELF
    if closed:
        inside = [fine.index(code) for code in closed]
        shares[inside] = 0.0
        shares[np.ix_(inside, inside)] = (1.0 - np.eye(len(inside))) / (len(inside) - 1)
    planned = shares * activity[:, None]
    return np.asarray(planned / planned.sum())


def _inputs(fine: tuple[str, ...], supply: Floats, near: Floats) -> Floats:
    """Return the planned shares of suppliers in every buyer's inputs."""
    hubs = [fine.index(code) for code in SUPPLIERS]
    rates = np.array(list(SUPPLIERS.values()))
    rest = near * supply
    np.fill_diagonal(rest, 0.0)
    rest[:, hubs] = 0.0
    rest /= rest.sum(axis=1, keepdims=True)
    inputs = (1.0 - OWN_INPUTS - rates.sum()) * rest + OWN_INPUTS * np.eye(len(fine))
    inputs[:, hubs] += rates
    return np.asarray(inputs)


def _among(inputs: Floats, at: list[int]) -> Floats:
    """Return the shares among the industries that have firms: who is left sells more."""
    if len(at) == len(inputs):
        return inputs
    left = inputs[np.ix_(at, at)]
    return np.asarray(left / left.sum(axis=1, keepdims=True))
