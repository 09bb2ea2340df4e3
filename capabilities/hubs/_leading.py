"""The leading hubs of a network: who they are, who uses them, and how much stands behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import shorten

import numpy as np
import pandas as pd

from ...core.matrix import LabelledMatrix
from ...reports.tables import label, show
from ._compute import Hubs
from ._evidence import SURE

__all__ = ["Leading", "leading", "sector_of", "show_p", "symbol"]

#: Letters of a name in a list of three.
LETTERS = 32


@dataclass(frozen=True, slots=True)
class Leading:
    """One leading sector of a network.

    Parameters
    ----------
    code : str
        The sector.
    hub : bool
        Whether more sectors draw on it than chance explains, at 5% after Holm.
    by : str
        The in-degree by which it stands out most.
    row : pandas.Series
        Of that measure: score, rank, p and the others; ``p_claim`` is adjusted for sectors and for
        both in-degrees.
    measures : str
        By how many measures of all it is above chance, each for itself, of how many tested.
    users : str
        The three that draw most on it, each with the share of all that it draws.
    behind : str
        What was recorded of it.
    """

    code: str
    hub: bool
    by: str
    row: pd.Series
    measures: str
    users: str
    behind: str

    @property
    def rank(self) -> str:
        """Its rank, with the places that draws leave open; without draws that is not known."""
        low, high = self.row["rank_low"], self.row["rank_high"]
        rank = str(self.row["rank"])
        return rank if pd.isna(low) else f"{rank} ({low}–{high})"


def leading(hubs: Hubs, names: Mapping[str, str]) -> dict[str, list[Leading]]:
    """Return the hubs of each network in the last year, the surest first.

    Where a network has none, the three that are nearest to one.

    Parameters
    ----------
    hubs : Hubs
        What was computed.
    names : mapping of str to str
        Names of the sectors, by code.

    Returns
    -------
    dict of str to list of Leading
        By network; empty where none was tested.
    """
    if not hubs.claims:
        return {}
    return {name: _of_network(hubs, name, names) for name in hubs.claims[hubs.last]}


def _of_network(hubs: Hubs, network: str, names: Mapping[str, str]) -> list[Leading]:
    claim = hubs.claims[hubs.last][network]
    surely = claim.claims[claim.claims["p_claim"] <= SURE]
    chosen = surely if len(surely) else claim.claims.head(3)
    above, tested = claim.measures
    return [
        Leading(
            code := str(index),
            bool(row["p_claim"] <= SURE),
            str(row["measure"]),
            row,
            f"{above[code]} of {tested[code]}",
            _users(claim.matrix, code, names),
            _behind(hubs, network, code),
        )
        for index, row in chosen.iterrows()
    ]


def _others(M: LabelledMatrix, code: str) -> np.ndarray:
    """Return what each other sector draws from one; its own place is 0."""
    column: np.ndarray = M.values[:, [M.columns.index(code)]].toarray().ravel()
    column[M.rows.index(code)] = 0.0
    return column


def _users(M: LabelledMatrix, code: str, names: Mapping[str, str]) -> str:
    """Name the three that draw most, with the share that in-degrees count: of all they draw."""
    total = np.asarray(M.values.sum(axis=1)).ravel()
    share = np.divide(_others(M, code), total, out=np.zeros(len(total)), where=total > 0)
    order = np.argsort(-share, kind="stable")[:3]
    return "; ".join(
        f"{shorten(label(M.rows[k], names), LETTERS, placeholder=' …')} {show(share[k], 'percent')}"
        for k in order
        if share[k] > 0
    )


def _behind(hubs: Hubs, network: str, code: str) -> str:
    """Say what was recorded of a sector: of ultimate shares its own end of the chains."""
    if network in ("UDS", "UCS"):
        of = hubs.ultimate[hubs.last]
        end, what = (
            (of.final, "final demand") if network == "UDS" else (of.primary, "primary inputs")
        )
        return "" if end is None else f"{show(end[code] / end.sum(), 'percent')} of all {what}"
    texts, year = [], hubs.years[hubs.last]
    kinds = {"citations": ("W", "psi", "citations"), "trade": ("S", "psi", "trade")}
    for name, networks in kinds.items():
        M = getattr(year, name)
        if M is None or network not in networks or code not in M.columns:
            continue
        column = _others(M, code)
        users = int((column > 0).sum())
        texts.append(f"{_amount(column.sum(), M.unit)} from {users} others")
    return "; ".join(texts)


def symbol(network: str) -> str:
    """Return what a reader calls a network.

    Examples
    --------
    >>> symbol("psi"), symbol("UDS")
    ('ψ', 'UDS')
    """
    return "ψ" if network == "psi" else network


def sector_of(network: str, code: object, names: Mapping[str, str]) -> str:
    """Return a sector with the network that a row speaks of.

    Examples
    --------
    >>> sector_of("psi", "20", {"20": "Steel"})
    'ψ: 20 Steel'
    """
    return f"{symbol(network)}: {label(code, names)}"


def show_p(p: float) -> str:
    """Show a p-value; nobody can tell apart two that are smaller than one in 10,000.

    Examples
    --------
    >>> show_p(3e-35), show_p(0.0329)
    ('< 0.0001', '0.03290')
    """
    return "< 0.0001" if p < 1e-4 else show(p, "value")


def _amount(value: float, unit: str) -> str:
    """Show an amount in whole units where it has four digits of them."""
    return f"{value:,.0f} {unit}".strip() if value >= 1_000 else f"{value:.4g} {unit}".strip()
