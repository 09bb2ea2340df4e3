"""What is asked of a sample, and which orders are refused."""

from __future__ import annotations

from dataclasses import dataclass

from ..core.errors import InputError
from .citations import least_citations
from .design import CLOSED, FIRST, Design, make_design
from .files import extension
from .trade import benchmark_years, least_links

__all__ = ["Order", "make_order"]

LEAST_FIRMS = 10
ALL_FIRMS, ALL_CITATIONS = 200, 5_000  # with these, chance does not undo what is planted
MANY_LINKS = 1_500  # a year


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for; every number can be kept."""

    firms: int
    citations: int
    seed: int
    years: tuple[int, int]
    closed_class: bool
    trade_links: int

    @property
    def benchmarks(self) -> list[int]:
        """The years with deliveries and output, for which matrices are made."""
        return benchmark_years(self.years)

    @property
    def small(self) -> bool:
        """Whether chance could undo what is planted: then more is made sure and less claimed."""
        return self.firms < ALL_FIRMS or self.citations < max(ALL_CITATIONS, self.firms)

    @property
    def files(self) -> dict[str, str]:
        """File of each table of the study, by the table's name in the study file."""
        return {
            "firms": "firms.csv",
            "firm_citations": f"citations.{extension(self.citations)}",
            "trade_links": f"trade.{extension(self.trade_links)}",
            "io_output": "output.csv",
            "productivity": "productivity.csv",
            "industry_panel": "panel.csv",
        }


def make_order(
    firms: int,
    citations: int,
    seed: int,
    years: tuple[int, int],
    closed_class: bool,
    trade_links: int | None,
) -> tuple[Order, Design]:
    """Return the order and the plan for it, or refuse what cannot be kept.

    Parameters
    ----------
    firms, citations, seed, years, closed_class, trade_links
        As in ``write_sample``.

    Returns
    -------
    Order
    Design
        With two firms or more for each industry: below 156 firms, of fewer industries.

    Raises
    ------
    InputError
        If a number is too small or too large.
    """
    first, last = years
    if not 1500 <= first <= last <= 2200:
        raise InputError(f"years {first} to {last}: give the first year and then the last.")
    if seed < 0:
        raise InputError(f"the seed must be 0 or greater, got {seed}.")
    _check_firms(firms, closed_class)
    design = make_design(closed_class=closed_class, most=firms // 2)
    _check_citations(citations, design)
    links = _links(firms, trade_links, len(benchmark_years(years)), least_links(design))
    return Order(firms, citations, seed, years, closed_class, links), design


def _check_firms(firms: int, closed_class: bool) -> None:
    if firms < LEAST_FIRMS:
        raise InputError(
            f"a sample needs {LEAST_FIRMS} firms or more, got {firms}: five industries of "
            "two firms, so that each can cite and trade within itself and with others. From "
            f"{ALL_FIRMS} firms and {ALL_CITATIONS} citations on, every answer is planted."
        )
    least = 2 * (len(FIRST) + len(CLOSED))
    if closed_class and firms < least:
        raise InputError(
            f"a sample with a closed class needs {least} firms or more, got {firms}: "
            f"each industry has two at least, and {', '.join(CLOSED)}, which make the class, come "
            f"after the {len(FIRST)} industries of the other planted answers."
        )


def _check_citations(citations: int, design: Design) -> None:
    least = least_citations(design)
    if citations >= least:
        return
    why = ""
    if design.closed:
        why = (
            f": in a closed class, {', '.join(design.closed)} each cite both of the others, or it "
            "would not be closed in every report year"
        )
    noun = "citation" if least == 1 else "citations"
    raise InputError(f"a sample needs {least} {noun} or more, got {citations}{why}.")


def _links(firms: int, wanted: int | None, years: int, least: int) -> int:
    """Return the number of deliveries in all years, refused if it is too small or too large."""
    pairs = firms * (firms - 1)
    usual = min(max(10 * firms, MANY_LINKS * years), max(least, pairs // 4) * years)
    number = usual if wanted is None else wanted
    part, words = (8, "one in eight pairs") if firms >= ALL_FIRMS else (2, "half of the pairs")
    few, many = least * years, pairs // part * years
    if not few <= number <= many:
        raise InputError(
            f"got {number} trade links, but {firms} firms in {years} years can have {few} "
            "(each industry buys from itself and from the supplier hubs) "
            f"to {many} ({words}); choose a number in between."
        )
    return number
