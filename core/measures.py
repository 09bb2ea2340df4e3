"""The one list of measures of an industry.

A measure is a line here and a file ``analytics/hubs/_NAME.py`` with a function of its name. Hub
tables, the graph model, what runs write back, the page and the manual follow the list. What other
capabilities write back of an industry is a line of the mappings behind ``CAPABILITY_SCORES``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = [
    "CAPABILITY_SCORES",
    "CHAINS",
    "GROWTH_PARTS",
    "MEASURES",
    "NETWORKS",
    "POOLED",
    "POOLS",
    "VECTORS",
    "Measure",
    "Score",
    "scores",
]

#: Matrices whose industries are measured, as files and properties name them.
NETWORKS = ("W", "S", "psi")


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of an industry in a matrix ``M[receiver, source]``.

    Parameters
    ----------
    name : str
        Column of hub tables; in the graph ``NETWORK_name``.
    meaning : str
        In a sentence; M stands for the matrix.
    formula : str
        In the manual's notation, with m_ij for M's entries.
    reading : str
        What a high score says.
    parameter : str
        Its parameter and default, if it has one.
    undefined : str
        When it is NaN.
    of : tuple of str
        Networks that it is defined for.
    on_request : bool
        Computed only where it is asked for by name: not in the tables of every run.
    """

    name: str
    meaning: str
    formula: str
    reading: str
    parameter: str = "–"
    undefined: str = "never"
    of: tuple[str, ...] = NETWORKS
    on_request: bool = False


MEASURES: tuple[Measure, ...] = (
    Measure(
        "in_strength",
        "column sum of M: what all draw from the sector as a source",
        "Σ_i m_ij, column sum",
        "much used as a *source*",
    ),
    Measure(
        "out_strength",
        "row sum of M: what the sector draws as a receiver",
        "Σ_j m_ij, row sum",
        "uses much as a *receiver* (the only centrality that is not about sources)",
    ),
    Measure(
        "pagerank",
        "weighted PageRank in M, damping 0.85; sums to 1",
        "stationary share of a walker who follows edges receiver → source by weight with "
        "probability d and jumps anywhere otherwise; sums to 1",
        "source of important receivers",
        "d = 0.85",
        "never; a receiver without sources jumps anywhere",
    ),
    Measure(
        "katz_bonacich",
        "column sum of (I − α M)⁻¹: direct and indirect use, never below 1",
        "column sums of (I − αM)⁻¹: 1 + αΣ_i m_ij + α²Σ_i (M²)_ij + …; at least 1, not normalised",
        "source through chains of any length",
        "`katz_alpha`: 0 < α < 1/ρ(M); default 0.5/ρ(M), or 1 where ρ(M) = 0",
        "never; α out of bounds is an error",
    ),
    Measure(
        "eigenvector",
        "left Perron vector of M, largest entry 1; none where there is no single one",
        "left Perron vector x'M = ρx', largest entry 1",
        "source of sectors that are themselves such sources",
        undefined="all NaN where there is no single answer: ρ(M) = 0 (no feedback), or several "
        "strongly connected components reach ρ. Where one component alone reaches ρ, sectors that "
        "it does not draw on have 0",
    ),
    Measure(
        "betweenness",
        "shortest directed paths between two others that pass through the sector",
        "number of shortest directed paths between two others that run through the sector, ties "
        "shared; length of an edge 1/m_ij",
        "broker between others, not size",
        undefined="never; time grows with sectors × edges",
    ),
    Measure(
        "upstreamness",
        "mean number of steps from the sector's output to final use, at least 1",
        "[x'(I − S)⁻¹]_j / x_j with gross output x: 1 × the share of output that goes to final "
        "use, + 2 × the share that does so through one buyer, + …",
        "far from final use",
        "`output`: gross output x, in any unit",
        "where output is 0, and where it is not known",
        of=("S",),
    ),
    *(
        Measure(
            f"{side}_degree_{threshold}",
            meaning.format(threshold),
            f"#{{{counted} ≠ {own} : m_ij ≥ 0.0{threshold} Σ_k m_ik}}",
            reading,
            f"{threshold}%",
            on_request=True,
        )
        for side, own, counted, meaning, reading in (
            (
                "in",
                "j",
                "i",
                "number of sectors that draw at least {}% of all they draw in M from the sector",
                "a source of note to many",
            ),
            (
                "out",
                "i",
                "j",
                "number of sectors from which the sector draws at least {}% of all it draws in M",
                "draws on many, not on a few (about receivers)",
            ),
        )
        for threshold in (2, 4)
    ),
    Measure(
        "closeness",
        "how near the sector is, as a source, to those that reach it in M; a strong link is short",
        "n_j² / ((N − 1) Σ_i d_ij) over the n_j others that reach j; d_ij shortest path, length of "
        "an edge 1/m_ij",
        "source of all through short, strong paths",
        undefined="never; 0 where nobody reaches it; time grows with sectors × edges",
        on_request=True,
    ),
    Measure(
        "authority",
        "leading right singular vector of M, largest entry 1: drawn on by those who draw on such",
        "leading eigenvector of M'M, largest entry 1",
        "source of sectors that draw on the same sources",
        undefined="all NaN where the largest singular value is there twice, or M is 0",
        on_request=True,
    ),
    Measure(
        "hub",
        "leading left singular vector of M, largest entry 1: draws on sectors that others draw on",
        "leading eigenvector of MM', largest entry 1",
        "draws on authorities (about receivers)",
        undefined="as authority",
        on_request=True,
    ),
    Measure(
        "core_periphery",
        "coreness as a source in the continuous core and periphery of M, largest entry 1",
        "v of min Σ_(i≠j) (m_ij − u_i v_j)², largest entry 1",
        "source in the core, of receivers in the core",
        undefined="all NaN where there is no link",
        on_request=True,
    ),
    *(
        Measure(
            f"{kind}_core_{side}",
            f"largest {kind} such that the sector is in a set of sectors each of which {what} "
            f"{amount} the set in M",
            f"largest {kind} with a set of {kind}-{side} ≥ {kind} within it",
            f"in the innermost part of those that {reading}",
            on_request=True,
        )
        for kind, side, what, amount, reading in (
            ("k", "in", "is drawn on by", "at least k others of", "draw on each other"),
            ("k", "out", "draws on", "at least k others of", "draw on each other"),
            ("s", "in", "gives", "at least s to others of", "draw much on each other"),
            ("s", "out", "draws", "at least s from others of", "draw much on each other"),
        )
    ),
)


@dataclass(frozen=True, slots=True)
class Score:
    """One number of an industry and a year that a run writes into the graph.

    Parameters
    ----------
    name : str
        Its property, ``NETWORK_measure`` or ``CAPABILITY_column``.
    meaning : str
        In a sentence.
    by : str
        The capability that finds it.
    """

    name: str
    meaning: str
    by: str


#: What the vectors of accounts are, by the column of their tables.
VECTORS = {
    "output_multiplier": "output of all sectors per unit of final demand for this one: row sum of "
    "U = (I − S)⁻¹",
    "ghosh_multiplier": "output of all sectors per unit of this one's primary inputs (Ghosh)",
    "backward_linkage": "output multiplier over its mean among sectors with output: above 1, it "
    "draws on others more than most",
    "forward_linkage": "Ghosh multiplier over its mean: above 1, others draw on it more than most",
    "upstreamness": "mean number of steps from its output to final use; where the study knows "
    "exports, imports or changes of stocks, of what is used at home",
    "downstreamness": "mean number of steps from primary inputs to its output",
    "extraction_loss": "% of all gross output that is lost if the sector is extracted",
    "influence": "% of aggregate consumption for 1% of the productivity of its primary inputs, "
    "consumption spread evenly over sectors with output; sums to 1",
    "domar": "its output over GDP: % of GDP for 1% of its productivity",
}
#: What a sum of ψ is split into by borders: of rows in the graph, of rows and columns in files.
CHAINS = {
    "domestic": "chains that never leave their country",
    "production": "chains that cross a border with goods alone",
    "innovation": "chains that cross a border with knowledge alone",
    "both": "chains that cross a border with goods and with knowledge",
}
#: What growth is the sum of: its mean in the graph, every year in files.
GROWTH_PARTS = {
    "own": "own progress g",
    "production": "others' progress, goods alone, (U − I)g",
    "innovation": "others' progress, knowledge alone, (V − I)g",
    "interaction": "others' progress, both, (U − I)(V − I)g",
}
#: What the sites of an industry add up to, and pools are made of.
POOLED = {
    "size": "patents",
    "quality": "patent values",
    "employment": "employment",
    "output": "output",
}
_WAYS = {"outward": "of those around whom it crowds", "inward": "of those who crowd around it"}
_POOLS = {f"{way}_{name}": f"{of} {_WAYS[way]}" for name, of in POOLED.items() for way in _WAYS}
#: Pools of an industry in a region, with and without the pairs that crowd around each other.
POOLS = _POOLS | {
    f"{name}_one_way": f"{text}, mutual pairs left out" for name, text in _POOLS.items()
}
_PARTS = {
    ("accounts", ""): VECTORS,
    ("borders", "of the row sum of ψ, in %: "): CHAINS,
    ("growth", "of yearly growth with this year's networks, mean in log points: "): GROWTH_PARTS,
}

#: What capabilities other than hubs find, called after them and the column of their tables.
CAPABILITY_SCORES: tuple[Score, ...] = tuple(
    Score(f"{capability}_{column}", whole + meaning, capability)
    for (capability, whole), columns in _PARTS.items()
    for column, meaning in columns.items()
)


def scores() -> Iterator[Score]:
    """Yield every score of an industry: each measure in its networks, then what else is found.

    Examples
    --------
    >>> [score.name for score in scores() if score.name.endswith("upstreamness")]
    ['S_upstreamness', 'accounts_upstreamness']
    >>> [score.name for score in scores() if score.by == "growth"][0]
    'growth_own'
    """
    for network in NETWORKS:
        for measure in MEASURES:
            if network in measure.of and not measure.on_request:
                meaning = re.sub(r"\bM\b", "ψ" if network == "psi" else network, measure.meaning)
                yield Score(f"{network}_{measure.name}", meaning, "hubs")
    yield from CAPABILITY_SCORES
