"""Sentences on how each fact was planted, and on what a sample is too small to show."""

from __future__ import annotations

from typing import Any

from .design import CITED, CLOSED, SELF, SUPPLIERS, Design
from .firms import CLUSTER_KM, SITE_KM
from .order import Order

__all__ = ["explain"]

_GROWTH = (
    "tfp of every sector grows by a line in time and noise that no line fits, so its own progress, "
    "(I − W) Δ ln A with the W of the last report year, has the trend Gamma1 + Gamma2 t; t = 0 in "
    "the year of the first level."
)
_COMOVEMENT = (
    "Output of all sectors follows one cycle, and R&D of those that make capital goods does, too; "
    "R&D of the others follows it or runs against it, and a second, weaker one. What else moves of "
    "R&D is uncorrelated with output in these very years. R_fraction is how much of the covariance "
    "of aggregate R&D and output across sectors goes by the R&D of each maker of capital goods, "
    "share how much of the covariance lies across sectors."
)
TOO_SMALL = "None, the sample is too small: "


def explain(order: Order, design: Design, planted: dict[str, Any]) -> dict[str, str]:
    """Return a sentence on each planted fact.

    Parameters
    ----------
    order : Order
        What was asked for.
    design : Design
        The plan.
    planted : dict
        The planted facts that hold, as in ``planted.json``.

    Returns
    -------
    dict of str to str
    """
    sentences = {
        "hubs.citations": _knowledge_hub(order, planted["hubs"]["citations"]),
        "hubs.trade": _supplier_hubs(design, planted["hubs"]["trade"]),
        "coagglomerated_pairs": _pairs(planted["coagglomerated_pairs"]),
        "closed_class": _closed_class(order, planted["closed_class"]),
        "self_citation_share": _self_citations(order, planted["self_citation_share"]),
        "input_share": _input_share(design, planted["input_share"]),
        "growth": _GROWTH,
        "comovement": _COMOVEMENT,
    }
    if order.firms // 2 < 78:
        sentences["industries"] = (
            f"{len(design.fine)} of the 78 industries have firms, two or more each: those of the "
            "planted answers first, and then the largest."
        )
    return sentences


def _knowledge_hub(order: Order, hubs: list[str]) -> str:
    plan = f"{CITED[1]:.0%} of what every other industry cites outside itself"
    if not order.small and hubs:
        return f"{plan} goes to {CITED[0]}, so its sector has the greatest sum of W's column."
    last = order.benchmarks[-1]
    if hubs:
        return (
            f"{plan} was planned to go to {CITED[0]}; with the chance that a small sample leaves, "
            f"its sector has the greatest sum of W's column in {last}."
        )
    return (
        f"{TOO_SMALL}{plan} was planned to go to {CITED[0]}, but its sector does not have the "
        f"greatest sum of W's column in {last}."
    )


def _supplier_hubs(design: Design, hubs: list[str]) -> str:
    rates = {code: rate for code, rate in SUPPLIERS.items() if code in design.fine}
    plan = (
        f"{', '.join(rates)} sell every industry a fixed share of its inputs "
        f"({', '.join(map(str, rates.values()))}, and more where industries that sell little "
        "do not sell to it at all)"
    )
    if not hubs:
        return f"{TOO_SMALL}{plan}, but their sectors are not the greatest suppliers in every year."
    wanted = list(dict.fromkeys(design.sectors_of(rates)))
    whose = "their sectors" if len(hubs) == len(wanted) else "the sectors listed here"
    more = "" if len(hubs) == len(wanted) else " The sample is too small to show the others."
    return (
        f"{plan}; in every year {whose} have the greatest column sums of "
        "S without its diagonal, and the greatest deliveries to other sectors, in this order."
        f"{more}"
    )


def _pairs(pairs: list[dict[str, Any]]) -> str:
    needs = (
        "a pair needs firms in both industries, and one that is not mutual so many of k that most "
        "can lie away from j."
    )
    if not pairs:
        return TOO_SMALL + needs
    ordered = (
        f"Otherwise all of j and two fifths of k lie in one cluster of {CLUSTER_KM} km radius a "
        "region and the rest of k anywhere, so that j is near k but k is not near j. "
    )
    mutual = all(pair["mutual"] for pair in pairs)
    return (
        f"Three quarters of the firms of {len(pairs)} pair{'s' * (len(pairs) > 1)} of industries "
        "(all, if an industry has fewer than 12) were moved into these regions. The firms of a "
        f"mutual pair share sites of {SITE_KM} km radius, at least one of each on every site. "
        f"{'' if mutual else ordered}All other "
        "sites are drawn without regard to industry. A test within one region needs several "
        "firms of each, which samples of 3,000 firms and more have."
        f"{f' There are no others here: {needs}' if len(pairs) < 5 else ''}"
    )


def _closed_class(order: Order, sectors: list[str]) -> str:
    if sectors:
        return (
            f"{', '.join(CLOSED)} cite only each other, and neither themselves nor anybody else, "
            "so I − W is singular."
        )
    if order.closed_class:
        return f"{TOO_SMALL}{', '.join(CLOSED)} cite only each other, but not all of them do."
    if order.small:
        return "None: every industry that cites another one cites itself, too."
    return "None: every industry cites itself."


def _self_citations(order: Order, share: float | None) -> str:
    if share is None:
        return f"{TOO_SMALL}{SELF} of all citations were planned to be made by firms to themselves."
    if order.small:
        return "This share of all citations, to within 0.01, is made by firms to themselves."
    return "This share of every industry's citations is made by firms to themselves" + (
        ", except in the closed class." if order.closed_class else "."
    )


def _input_share(design: Design, shares: dict[str, float]) -> str:
    without = " Sectors that are not listed have no firms, no inputs and no output."
    return (
        "Gross output of a sector is its realised inputs over this number, so it "
        "is the sector's row sum of S in every year."
        f"{without if len(shares) < len(design.sectors) else ''}"
    )
