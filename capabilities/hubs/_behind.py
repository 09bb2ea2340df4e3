"""Who draws on the leading hubs, and how much was recorded of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import shorten

import numpy as np
import pandas as pd

from ...core.matrix import LabelledMatrix
from ...reports.tables import Head, Table, label, make_table, show
from ._compute import Hubs
from ._leading import Leading, sectors_of

__all__ = ["recorded", "table_of_users"]

#: Letters of a name in a list of three.
LETTERS = 32
#: By flow: the networks that are made of it.
MADE_OF = {"citations": ("W", "psi", "citations"), "trade": ("S", "psi", "trade")}


def table_of_users(
    hubs: Hubs, by_network: Mapping[str, list[Leading]], names: Mapping[str, str], limit: int
) -> Table:
    """Return who draws most on each leading hub, and what was recorded of it.

    Parameters
    ----------
    hubs : Hubs
        What was computed.
    by_network : mapping of str to list of Leading
        The leading hubs.
    names : mapping of str to str
        Names of the sectors, by code.
    limit : int
        How many rows at most.
    """
    rows: list[list[str]] = []
    for network, codes, sectors in sectors_of(by_network, names):
        users = _users(hubs.claims[hubs.last][network].matrix, codes, names)
        rows += map(list, zip(sectors, users, recorded(hubs, network, codes), strict=True))
    heads = [
        Head("Network: sector"),
        Head("Who draws most on it", "text", "and the share of all that they draw, own included"),
        Head("Behind it", "text", "what was recorded of it"),
    ]
    note = (
        "Shares are of all that the user draws, as in-degrees count it. In UDS the users of a "
        "sector are those whose output ends in its final sales, in UCS those whose costs begin "
        "in it."
    )
    caption = f"Who draws on the leading hubs, {hubs.last}"
    return make_table(caption, heads, rows, note=note, limit=limit)


def _others(M: LabelledMatrix, codes: Sequence[str]) -> np.ndarray:
    """Return what each other sector draws from some, in one cut; their own places are 0."""
    at = pd.Index(M.columns).get_indexer(pd.Index(codes))
    drawn: np.ndarray = M.values[:, at].toarray()
    drawn[at, np.arange(len(at))] = 0.0
    return drawn


def _users(M: LabelledMatrix, codes: Sequence[str], names: Mapping[str, str]) -> list[str]:
    """Name the three that draw most, with the share that in-degrees count: of all they draw."""
    total = np.asarray(M.values.sum(axis=1))
    drawn = _others(M, codes)
    shares = np.divide(drawn, total[:, None], out=np.zeros_like(drawn), where=total[:, None] > 0)
    told = []
    for share in shares.T:
        first = [k for k in np.argsort(-share, kind="stable")[:3] if share[k] > 0]
        called = [shorten(label(M.rows[k], names), LETTERS, placeholder=" …") for k in first]
        parts = [show(share[k], "percent") for k in first]
        told.append("; ".join(map(" ".join, zip(called, parts, strict=True))))
    return told


def recorded(hubs: Hubs, network: str, codes: Sequence[str]) -> list[str]:
    """Say what was recorded of sectors: of ultimate shares their own end of the chains.

    Parameters
    ----------
    hubs : Hubs
        What was computed.
    network : str
        One of the last report year.
    codes : sequence of str
        Sectors of the network.
    """
    if network in ("UDS", "UCS"):
        of = hubs.ultimate[hubs.last]
        end, what = (
            (of.final, "final demand") if network == "UDS" else (of.primary, "primary inputs")
        )
        if end is None:
            return [""] * len(codes)
        shares = end / end.sum()
        return [f"{show(shares[code], 'percent')} of all {what}" for code in codes]
    told: dict[str, list[str]] = {code: [] for code in codes}
    for name, networks in MADE_OF.items():
        M = getattr(hubs.years[hubs.last], name)
        if M is None or network not in networks:
            continue
        known = [code for code in codes if code in set(M.columns)]
        for code, column in zip(known, _others(M, known).T, strict=True):
            users = int((column > 0).sum())
            told[code].append(f"{_amount(column.sum(), M.unit)} from {users} others")
    return ["; ".join(texts) for texts in told.values()]


def _amount(value: float, unit: str) -> str:
    """Show an amount in whole units where it has four digits of them."""
    return f"{value:,.0f} {unit}".strip() if value >= 1_000 else f"{value:.4g} {unit}".strip()
