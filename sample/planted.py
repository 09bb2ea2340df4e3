"""What was planted in a sample, as far as it is found in what was written."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..analytics import CitationShares, citation_shares, closed_classes
from ..core.matrix import LabelledMatrix
from .design import BUNDLED, HUBS, SELF, SUPPLIERS, Design, Floats, Ints
from .firms import Firms
from .how import explain
from .order import Order
from .trade import TradeYear

__all__ = ["Facts", "describe_planted"]

TIE = 1e-9  # relative: rounding is no lead
NEAR = 0.01  # how far the share of citations to oneself may lie from the planned one


class Facts:
    """Sums over what is written, from which the planted answers are confirmed.

    Parameters
    ----------
    design : Design
        The plan.
    firms : Firms
        The firms.
    years : list of int
        The report years.

    Attributes
    ----------
    total, itself : int
        Citations, and those in which firms cite themselves.
    """

    def __init__(self, design: Design, firms: Firms, years: list[int]) -> None:
        self.design, self.industry, self.years = design, firms.industry, years
        self.total = self.itself = 0
        self._cited = np.zeros((len(design.fine),) * 2)
        self._shares: dict[int, CitationShares] = {}
        self._sold: list[Floats] = []

    def add_citations(self, year: int, citing: Ints, cited: Ints, count: Ints) -> None:
        """Add one year's citations; the years come in ascending order."""
        self.total += int(count.sum())
        self.itself += int(count[citing == cited].sum())
        self._cited += self._between(citing, cited, count)
        if year in self.years:
            B = self.design.B
            stock = LabelledMatrix.build("K", B.T @ self._cited @ B, self.design.sectors)
            self._shares[year] = citation_shares(stock)

    def add_trade(self, trade: TradeYear) -> None:
        """Add one year's deliveries."""
        B = self.design.B
        flow = B.T @ self._between(trade.buyer, trade.supplier, trade.value) @ B
        np.fill_diagonal(flow, 0.0)
        gross = trade.output["gross_output"].to_numpy()[:, None]
        S = np.divide(flow, gross, out=np.zeros_like(flow), where=gross > 0)
        self._sold += [S.sum(axis=0), flow.sum(axis=0)]

    def _between(self, rows: Ints, columns: Ints, values: Ints | Floats) -> Floats:
        """Sum to ``[fine, fine]``."""
        n = len(self.design.fine)
        cell = self.industry[rows] * n + self.industry[columns]
        return np.asarray(np.bincount(cell, values, n * n).reshape(n, n))

    @property
    def report(self) -> list[int]:
        """The report years in which only the planned class is closed: a run would refuse others."""
        return [
            year
            for year, shares in self._shares.items()
            if self.design.closed or not closed_classes(shares.W, shares.leak)
        ]

    @property
    def W(self) -> LabelledMatrix:
        """W of the last report year."""
        return self._shares[(self.report or self.years)[-1]].W

    @property
    def knowledge_hubs(self) -> list[str]:
        """The planted hub, if W of the last report year shows it."""
        received = self._shares[self.years[-1]].W.to_frame().sum(axis=0).to_numpy()
        return self._leading(HUBS["citations"], [received])

    @property
    def supplier_hubs(self) -> list[str]:
        """The planted hubs from the greatest on, as far as all years show them in this order."""
        there = self.design.sectors_of(SUPPLIERS)
        return self._leading([hub for hub in HUBS["trade"] if hub in there], self._sold)

    def _leading(self, hubs: list[str], sums: list[Floats]) -> list[str]:
        """Return the first of the hubs that are the greatest in all sums, without a tie."""
        kept = len(hubs)
        for values in sums:
            order = np.argsort(-values, kind="stable")
            for place, hub in enumerate(hubs[:kept]):
                here, after = order[place], order[place + 1]
                ahead = values[here] > values[after] * (1.0 + TIE)
                if self.design.sectors[here] != hub or not ahead:
                    kept = place
                    break
        return hubs[:kept]

    @property
    def closed(self) -> list[str]:
        """The sectors of the planned closed class, if it is closed in the last report year."""
        planned = self.design.sectors_of(self.design.closed)
        shares = self._shares[self.years[-1]]
        return planned if planned in closed_classes(shares.W, shares.leak) else []

    @property
    def self_share(self) -> float | None:
        """The planned share of citations to oneself, if it is nearly that."""
        return SELF if abs(self.itself - SELF * self.total) <= NEAR * self.total else None

    @property
    def input_share(self) -> dict[str, float]:
        """Planned row sums of S, for the sectors that have firms."""
        reached = self.design.B.sum(axis=0) > 0
        shares = zip(self.design.sectors, self.design.input_share, reached, strict=True)
        return {code: round(float(share), 6) for code, share, has_firms in shares if has_firms}


def describe_planted(
    order: Order,
    firms: Firms,
    facts: Facts,
    sizes: dict[str, Any],
    trend: pd.DataFrame,
    moving: dict[str, Any],
) -> dict[str, Any]:
    """Return the content of ``planted.json``.

    Parameters
    ----------
    order : Order
        What was asked for.
    firms : Firms
        With the pairs that were placed side by side.
    facts : Facts
        What the written citations and deliveries show.
    sizes : dict
        Rows and sums of each table.
    trend : DataFrame, columns ``Gamma1``, ``Gamma2``, index = code
        Of own progress.
    moving : dict
        Whose R&D moves with the output of others.

    Returns
    -------
    dict
        As in ``write_sample``.
    """
    answers = {
        "hubs": {"citations": facts.knowledge_hubs, "trade": facts.supplier_hubs},
        "coagglomerated_pairs": [
            {"j": p.j, "k": p.k, "mutual": p.mutual, "regions": list(p.regions)}
            for p in firms.pairs
        ],
        "closed_class": facts.closed,
        "self_citation_share": facts.self_share,
        "input_share": facts.input_share,
        "growth": trend.to_dict(),
        "comovement": moving,
    }
    return {
        "synthetic": True,
        "note": "SYNTHETIC: every firm, citation and delivery is invented; the facts below were "
        "planted and hold in the data.",
        "seed": order.seed,
        "arguments": {
            "firms": order.firms,
            "citations": order.citations,
            "years": list(order.years),
            "closed_class": order.closed_class,
            "trade_links": order.trade_links,
        },
        "files": order.files | {name.removesuffix(".csv"): name for name in BUNDLED},
        "sizes": sizes,
        **answers,
        "how": explain(order, facts.design, answers),
    }
