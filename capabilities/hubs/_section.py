"""The network hub report: the question, the answer, the evidence, the pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from ...analytics.hubs import called
from ...reports.kit import Folded, Paragraph, Part, Section
from ...reports.tables import Head, Table, label, make_table, sector_table
from .. import QUESTIONS
from ._answer import answer
from ._behind import table_of_users
from ._brokers import table_of_brokers
from ._chances import chances
from ._compute import MEANINGS, Hubs
from ._doubts import doubts
from ._figures import figures, without_shock
from ._firms import table_of_firms
from ._known import known
from ._leading import Leading, leading, sector_of, symbol
from ._options import OF_SIZE
from ._remaining import law_of_second, remaining

__all__ = ["section"]

#: Rows of hubs on the page.
MOST = 250
#: What a null that spreads at random does not know.
SIZE = (
    "Spread at random, size does not count: who has much to give may be a hub by that alone; the "
    "null 'strength' keeps how much everybody gives."
)


def section(hubs: Hubs, names: Mapping[str, str]) -> Section:
    """Return the section of hubs.

    Parameters
    ----------
    hubs : Hubs
        What was computed.
    names : mapping of str to str
        Names of the sectors, by code.

    Returns
    -------
    Section
    """
    tables = _measures(hubs, names)
    if not tables:
        return Section("hubs", "Hubs", (Paragraph("No hubs were computed."),))
    found = leading(hubs)
    parts: list[Part] = [Paragraph(QUESTIONS["hubs"]), *map(Paragraph, answer(hubs, found, names))]
    if hubs.claims and (again := remaining(hubs)):
        parts.append(Paragraph(again))
    parts += map(Paragraph, doubts(hubs))
    if any(hubs.claims.values()):
        if chances(hubs):
            parts += [_evidence(hubs, found, names), table_of_users(hubs, found, names, MOST)]
        if (carried := table_of_firms(hubs, found, names)) is not None:
            parts.append(carried)
        parts += figures(hubs, names)
        if without := without_shock(hubs):
            parts.append(Paragraph(without))
        if (between := table_of_brokers(hubs, names)) is not None:
            parts.append(between)
        verdicts = tuple(_verdicts(hubs))
        parts.append(Folded("Verdicts by sector", verdicts))
    if changed := tuple(_changes(hubs, names)):
        parts.append(Folded("Who rose and who fell", changed))
    if hubs.untested:
        why = "; ".join(f"{symbol(name)}: {text}" for name, text in hubs.untested.items())
        parts.append(Paragraph(f"No change is tested of {why}."))
    parts.append(Folded("All measures by sector", tables))
    more = f", {hubs.last}" if hubs.claims else ""
    return Section("hubs", "Hubs", tuple(parts), more)


def _evidence(
    hubs: Hubs, by_network: Mapping[str, list[Leading]], names: Mapping[str, str]
) -> Table:
    second, drawn = hubs.options.second, hubs.options.drawn
    again = [Head("2nd null", "text", "whether it is a hub under the second null, too")]
    heads = [
        Head("Network: sector"),
        Head("Hub", "text", "more sectors draw on it than chance explains, 5% after Holm"),
        Head("by", "text", "the in-degree by which it stands out most"),
        Head("Rank", "text", "by that in-degree, and the places that draws leave open"),
        Head("p, Holm", "value", "adjusted for all sectors and both in-degrees"),
        *(again if second else []),
        Head("Measures", "text", "by how many of all it is above chance, or more draws may find"),
        *(
            [Head("In backbone", "check", "whether it keeps its rank there, see below")]
            if drawn
            else []
        ),
    ]
    rows = [
        [
            sector_of(network, each.code, names),
            each.word,
            called(each.by),
            each.rank,
            float(each.row["p_claim"]),
            *([each.again] if second else []),
            each.measures,
            *([known(each.row["survives"])] if drawn else []),
        ]
        for network, found in by_network.items()
        for each in found
    ]
    against = chances(hubs)
    said = " ".join(each.of_networks if len(against) > 1 else each.sentence for each in against)
    law = law_of_second(hubs)
    sized = law and second in OF_SIZE  # then the law says what size comes to
    if not sized and any(each.found.null.startswith("spread") for each in against):
        said += f" {SIZE}"
    if law:
        said += f" {law}"
    note = (
        f"{said} A hub is a sector on which more others draw, for 2% or 4% of all they draw at "
        "least, than that explains. The other measures stand beside this claim: each is a test of "
        "its own, so that one of many may pass by chance."
    )
    if drawn:
        note += (
            " In backbone: whether by the links of the backbone alone its rank is among the places "
            "that draws leave open, or above them."
        )
    caption = f"Leading hubs, with the evidence, {hubs.last}"
    return make_table(caption, heads, rows, note=note, limit=MOST)


def _verdicts(hubs: Hubs) -> list[Table]:
    tables = []
    for network, claim in hubs.claims[hubs.last].items():
        rows = [[code, text] for code, text in claim.sentences.items()]
        heads = [Head("Code", "code"), Head("Verdict")]
        caption = f"Verdicts: {symbol(network)}, {hubs.last}"
        tables.append(make_table(caption, heads, rows, limit=MOST))
    return tables


def _changes(hubs: Hubs, names: Mapping[str, str]) -> Iterator[Table]:
    """Yield, for each network, the change of in-strength and rank, and whether it is one."""
    for network, change in hubs.change.items():
        columns = ["score_from", "score_to", "rank_from", "rank_to", "p_holm"]
        table = change.table[columns].sort_values("p_holm", kind="stable").astype(float)
        first, last = change.years[0], change.years[-1]
        heads = [
            Head(f"drawn from it {first}", "value"),
            Head(f"{last}", "value"),
            Head(f"rank {first}", "count"),
            Head(f"rank {last}", "count"),
            Head("p, Holm", "value", "of the change, two-sided"),
        ]
        told = change.table["verdict"]
        moved = [f"{label(code, names)} {word}" for code, word in told.items() if word]
        note = f"Test: {change.test}. " + (
            f"In rank, for all sectors together: {'; '.join(moved)}."
            if moved
            else "No change of rank can be told from noise."
        )
        caption = f"Change in {symbol(network)}, {first}–{last}"
        yield sector_table(caption, heads, table, names, note)


def _measures(hubs: Hubs, names: Mapping[str, str]) -> tuple[Table, ...]:
    """Return the measures in each network of the last year that has it; each explained once."""
    last: dict[str, pd.DataFrame] = {}
    for year in sorted(hubs.measures):
        last |= hubs.measures[year]
    tables: list[Table] = []
    explained: set[str] = set()
    for network, table in last.items():
        tables.append(_table(network, table, names, explained))
        explained.update(map(str, table))
    return tuple(tables)


def _table(
    network: str, table: pd.DataFrame, names: Mapping[str, str], explained: set[str]
) -> Table:
    """Return the measures in one network, by the first of them; each is explained once."""
    numbers = table.astype(float)
    numbers = numbers.sort_values(numbers.columns[0], ascending=False, kind="stable")
    heads = [
        Head(str(name).replace("_", " "), _form(numbers[name]), MEANINGS[str(name)])
        for name in numbers
    ]
    new = [str(name) for name in numbers if name not in explained]
    note = "; ".join(f"{name.replace('_', ' ')}: {MEANINGS[name]}" for name in new)
    caption = f"Hubs of {symbol(network)}"
    return sector_table(caption, heads, numbers, names, note and f"{note}.")


def _form(values: pd.Series[float]) -> str:
    """Show counts as counts."""
    known = values.dropna()
    return "count" if len(known) and (known == known.round()).all() else "value"
