"""The sections that every report has, in the order of the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from markupsafe import Markup

from . import audit, results
from .content import ReportContent
from .findings import findings
from .kit import Cards, Folded, Heading, HeatMap, Paragraph, Part, Section, Verdict
from .network_figures import network_figures
from .spillover_figures import spillover_figures
from .tables import Table

__all__ = ["sections_of"]

#: Cells of each matrix listed below its heat map.
MOST_CELLS = 15


def sections_of(content: ReportContent, more: Iterable[Section] = ()) -> list[Section]:
    """Return the sections of a report; what capabilities add stands behind the hubs.

    Parameters
    ----------
    content : ReportContent
        Everything that the page shows.
    more : iterable of Section, optional
        What capabilities add.

    Returns
    -------
    list of Section
    """
    last = f", {content.ordered[-1].year}" if content.years else ""
    return [
        Section("findings", "Key findings", tuple(_findings(content)), last),
        Section("psi", "Benefit and contribution", tuple(_psi(content))),
        Section("networks", "Networks and spillovers", tuple(_networks(content))),
        Section("hubs", "Hubs", tuple(_hubs(content))),
        *more,
        Section("data", "Data: loaded, mapped, lost", tuple(_data(content))),
        Section("proof", "Proof", tuple(_proof(content))),
        Section("provenance", "Provenance", tuple(_provenance(content))),
    ]


def _known(tables: Iterable[Table | None]) -> tuple[Table, ...]:
    return tuple(table for table in tables if table is not None)


def _or(parts: tuple[Part, ...], otherwise: str) -> tuple[Part, ...]:
    """Return the parts, or a sentence where there are none."""
    return parts or (Paragraph(otherwise),)


def _findings(content: ReportContent) -> Iterator[Part]:
    found = findings(content)
    if found:
        yield Cards(tuple(found))
    else:
        yield Paragraph("This study has no results by year; only its data are shown.")


def _psi(content: ReportContent) -> Iterator[Part]:
    figures = spillover_figures(content)
    if {"benefit", "contribution"}.isdisjoint(figure.name for figure in figures):
        yield Paragraph("This study has no ψ: that needs both networks, innovation and production.")
    yield from figures
    yield from _known([results.year_table(content)])
    yield Folded("Ranks with intervals", tuple(results.interval_tables(content)))
    yield Folded("All numbers by sector", _known([results.sector_table(content)]))


def _networks(content: ReportContent) -> Iterator[Part]:
    maps = network_figures(content)
    if maps:
        yield Paragraph(
            Markup(
                "In every map a row is a <em>receiver</em> (it uses, cites, is affected) and a "
                "column is a <em>source</em> (it supplies, is cited, starts the change). Goods and "
                "knowledge flow from column to row."
            )
        )
    else:
        yield Paragraph("This study has no matrices by year.")
    for heat in maps:
        yield heat
        yield Folded("Largest cells as a table", _known([_cells(content, heat)]))


def _cells(content: ReportContent, heat: HeatMap) -> Table | None:
    """Return the largest cells of what a heat map shows at first."""
    title = f"{'ψ − I' if heat.name == 'psi' else heat.name}, {heat.periods[0]}"
    return results.cell_table(content, heat.shown.matrix, title, MOST_CELLS)


def _hubs(content: ReportContent) -> Iterator[Part]:
    tables = results.hub_tables(content)
    if tables:
        yield Paragraph("Sectors on which the others draw. Choose a head to sort by it.")
    else:
        yield Paragraph("No hubs were computed.")
    yield from tables


def _data(content: ReportContent) -> Iterator[Part]:
    yield Heading("Loaded and rejected")
    loaded = _known([audit.loaded_table(content), audit.reason_table(content)])
    if loaded:
        yield _rows_verdict(content)
    yield from _or(loaded, "No input tables were reported.")
    yield Heading("Totals by level and the residual ‘unmapped’")
    totals = _known([audit.totals_table(content), audit.lost_table(content)])
    if totals:
        yield _totals_verdict(content)
    yield from _or(totals, "No totals were reported.")
    yield from audit.unmapped_tables(content)
    yield Heading("Accounts")
    accounts = tuple(audit.account_tables(content))
    if accounts:
        yield _accounts_verdict(content)
    yield from _or(
        accounts,
        "Neither value added nor final demand is known beside deliveries: the accounts cannot be "
        "checked.",
    )
    yield Heading("Concordances")
    suspects = (audit.suspect_table(one) for one in content.concordances)
    maps = _known([audit.concordance_table(content), *suspects])
    yield from _or(maps, "No concordance was used.")


def _rows_verdict(content: ReportContent) -> Verdict:
    odd = [table.name for table in content.tables if not table.balanced]
    if odd:
        return Verdict(f"Rows are NOT accounted for in: {', '.join(odd)}.", good=False)
    return Verdict(
        "Every row that was read is accounted for: read = loaded + rejected in all "
        f"{len(content.tables)} tables.",
        good=True,
    )


def _totals_verdict(content: ReportContent) -> Verdict:
    odd = [totals.flow for totals in content.totals if not totals.agree]
    if odd:
        return Verdict(
            f"The totals do NOT agree for: {', '.join(odd)}. Do not use the results before this is "
            "explained.",
            good=False,
        )
    return Verdict(
        "The totals agree at every level: no flow was created or lost between the files and the "
        "sectors; what has no sector is kept as ‘unmapped’.",
        good=True,
    )


def _accounts_verdict(content: ReportContent) -> Verdict:
    def years(balanced: bool | None) -> str:
        return ", ".join(str(one.year) for one in content.accounts if one.balanced is balanced)

    if off := years(balanced=False):
        return Verdict(
            f"The accounts do NOT fit in {off}: see what stands before the numbers.", good=False
        )
    if part := years(balanced=None):
        return Verdict(
            f"In {part} the accounts of a part of the sectors alone can be checked, or of none: "
            "the others may be off. What can be checked fits to 1% of gross output.",
            good=False,
        )
    return Verdict(
        "Flows, gross output, value added and final demand fit each other to 1% of gross output, "
        "as far as they are known.",
        good=True,
    )


def _proof(content: ReportContent) -> Iterator[Part]:
    yield Paragraph(
        Markup(
            "Chains of citations and of inputs die out where the spectral radius ρ is below 1. A "
            "condition number of 10<sup>k</sup> (in the maximum norm) costs up to k of the 16 "
            "digits."
        )
    )
    proof = _known([results.diagnostics_table(content)])
    yield from _or(proof, "There are no results by year to prove.")
    yield from _known([results.notes_table(content)])


def _provenance(content: ReportContent) -> Iterator[Part]:
    made = content.provenance
    yield Paragraph(Markup("To make this page again: <code>{}</code>").format(made.command))
    yield Paragraph(Markup("Study <code>{}</code>, made {}.").format(made.study, made.created))
    yield from audit.provenance_tables(made)
