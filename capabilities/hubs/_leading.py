"""The leading hubs of a network: who they are, who uses them, and how much stands behind them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import shorten

import numpy as np
import pandas as pd

from ...core.matrix import LabelledMatrix
from ...reports.tables import label, show
from ...runs.networks import YearNetworks
from ._evidence import Evidence

__all__ = ["LEVEL", "SYMBOL", "Leading", "called", "leading"]

#: A hub is one at this level, after Holm.
LEVEL = 0.05
#: Hubs of a network that are told at most.
MOST = 8
SYMBOL = {"psi": "ψ"}
#: Letters of a name in a list of three.
LETTERS = 32


def called(measure: str) -> str:
    """Return the name of a measure as a reader says it.

    Parameters
    ----------
    measure : str
        As files name it.

    Examples
    --------
    >>> called("in_degree_4"), called("katz_bonacich"), called("in_strength")
    ('in-degree at 4%', 'Katz–Bonacich', 'in-strength')
    """
    text = re.sub(r"^(in|out)_degree_(\d)$", r"\1-degree at \2%", measure)
    text = re.sub(r"^(in|out)_strength$", r"\1-strength", text)
    known = {"pagerank": "PageRank", "katz_bonacich": "Katz–Bonacich"}
    return known.get(text, text.replace("_", " "))


@dataclass(frozen=True, slots=True)
class Leading:
    """One leading sector of a network.

    Parameters
    ----------
    code : str
        The sector.
    hub : bool
        Whether it is a hub by any measure at 5% after Holm.
    by : str
        The measure by which it stands out most.
    row : pandas.Series
        Of that measure: score, rank, p and the others.
    users : str
        Its three largest users, each with its share of what others draw from it.
    behind : str
        What was recorded of it.
    """

    code: str
    hub: bool
    by: str
    row: pd.Series
    users: str
    behind: str

    @property
    def rank(self) -> str:
        """Its rank, with the places that draws leave open."""
        low, high = self.row["rank_low"], self.row["rank_high"]
        rank = str(self.row["rank"])
        return rank if pd.isna(low) or low == high else f"{rank} ({low}–{high})"


def leading(
    network: str, claim: Evidence, year: YearNetworks, names: Mapping[str, str]
) -> list[Leading]:
    """Return the hubs of a network, the surest first; the three nearest to one if there is none.

    Parameters
    ----------
    network : str
        Its name.
    claim : Evidence
        What is known of it.
    year : YearNetworks
        The report year, for the records behind it.
    names : mapping of str to str
        Names of the sectors, by code.
    """
    table = claim.found.table.reset_index()
    table = table[table["p_holm"].notna()].sort_values(
        ["p_holm", "p", "rank"], kind="stable", ignore_index=True
    )
    first = table.drop_duplicates("industry").head(MOST)
    surely = first[first["p_holm"] <= LEVEL]
    chosen = surely if len(surely) else first.head(3)
    return [
        Leading(
            str(row["industry"]),
            bool(row["p_holm"] <= LEVEL),
            str(row["measure"]),
            row,
            _users(claim.matrix, str(row["industry"]), names),
            _behind(network, year, str(row["industry"])),
        )
        for _, row in chosen.iterrows()
    ]


def _others(M: LabelledMatrix, code: str) -> np.ndarray:
    """Return what each other sector draws from one; its own place is 0."""
    column: np.ndarray = M.values[:, [M.columns.index(code)]].toarray().ravel()
    column[M.rows.index(code)] = 0.0
    return column


def _users(M: LabelledMatrix, code: str, names: Mapping[str, str]) -> str:
    column = _others(M, code)
    total = column.sum()
    if not total:
        return ""
    order = np.argsort(-column, kind="stable")[:3]
    return "; ".join(
        f"{shorten(label(M.rows[k], names), LETTERS, placeholder=' …')} "
        f"{show(column[k] / total, 'percent')}"
        for k in order
        if column[k] > 0
    )


def _behind(network: str, year: YearNetworks, code: str) -> str:
    """Say how many citations, or how much money, others have sent to a sector."""
    texts = []
    kinds = {"citations": ("W", "psi", "citations"), "trade": ("S", "psi", "UDS", "UCS", "trade")}
    for name, networks in kinds.items():
        M = getattr(year, name)
        if M is None or network not in networks or code not in M.columns:
            continue
        column = _others(M, code)
        users = int((column > 0).sum())
        what = f"{column.sum():,.0f} {M.unit}" if M.unit else f"{column.sum():,.0f}"
        texts.append(f"{what} from {users} others")
    return "; ".join(texts)
