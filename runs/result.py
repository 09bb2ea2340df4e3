"""What a run found, and what a reader must know before using it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..core.words import amount, counted, verb
from ..graph.aggregate import Flow, Totals
from ..ingest.economy import Economy
from ..ingest.stage import Staged
from ..ingest.study import Study
from .export import Exported
from .networks import YearNetworks

if TYPE_CHECKING:
    from .capability import Answer

__all__ = ["Result", "behind_psi", "input_warnings", "without_partner"]

#: Of a flow that reaches a sector, and of rows that have a partner: less is told before any number.
ENOUGH = 0.9


@dataclass(frozen=True, slots=True)
class Result:
    """What a run found; :mod:`spillgraph.runs.record` writes it down.

    Parameters
    ----------
    study : Study
        The study.
    inputs : dict of str to str
        SHA-256 of every input file, by its name in the study file.
    staged : dict of str to Staged
        What became of each table.
    economy : Economy
        Industries, concordances, flows.
    totals : dict of str to Totals
        Sums of each flow at every level.
    years : list of YearNetworks
        Matrices and numbers of each report year.
    flows : Exported
        Stocks and deliveries behind them, residuals, and what the concordances lack.
    notes : list of str
        What the reader should know of the run as a whole.
    store : str
        Address of the graph.
    mark : str
        Names what the tables put into the graph.
    fingerprint : str
        Names what the run found: input, and the choices behind its sums.
    run : str
        Id under which the results are in the graph.
    record : dict
        What run.json holds; empty before the files are there.
    answers : mapping of str to Answer
        What capabilities have found, by name; empty while they are asked.
    """

    study: Study
    inputs: dict[str, str]
    staged: dict[str, Staged]
    economy: Economy
    totals: dict[str, Totals]
    years: list[YearNetworks]
    flows: Exported
    notes: list[str]
    store: str
    mark: str
    fingerprint: str
    run: str
    record: dict[str, Any] = field(default_factory=dict)
    answers: Mapping[str, Answer] = field(default_factory=dict)

    @property
    def warnings(self) -> list[str]:
        """What a reader must know before using any number, the input's doubts first."""
        texts = input_warnings(self.staged, self.economy)
        texts += [text for name, each in self.totals.items() if (text := self._lost(name, each))]
        years: dict[str, list[str]] = {}
        for year in self.years:
            for text in year.warnings:
                years.setdefault(text, []).append(str(year.year))
        return texts + [f"{', '.join(those)}: {text}" for text, those in years.items()]

    def _lost(self, name: str, totals: Totals) -> str:
        """Say so where much of a flow reaches no sector, with the causes."""
        if not totals.input or totals.target >= ENOUGH * totals.input:
            return ""
        causes = ", ".join(f"{cause}: {amount(lost)}" for cause, lost in totals.lost.items())
        return (
            f"{name}: only {totals.target / totals.input:.1%} of {amount(totals.input)} is between "
            f"sectors of {self.study.about.target}{f' ({causes})' if causes else ''}."
        )


def input_warnings(staged: dict[str, Staged], economy: Economy) -> list[str]:
    """Return what is doubtful of the tables and of the economy that they make.

    Parameters
    ----------
    staged : dict of str to Staged
        What became of each table.
    economy : Economy
        What the tables say about industries.
    """
    texts = [f"{table.name}: {text}" for table in staged.values() for text in table.warnings]
    for table in staged.values():
        texts += [
            without_partner(table.name, column, rows, table.loaded)
            for column, rows in table.unmatched.items()
            if column != "cited"
            and not (column == "firm" and "firms" not in staged)  # there is nobody to find
            and rows > (1.0 - ENOUGH) * table.loaded
        ]
    return list(dict.fromkeys([*texts, *economy.warnings]))


def without_partner(name: str, column: str, rows: int, loaded: int) -> str:
    """Say how many loaded rows have no industry, no owner or no known cited patent.

    Parameters
    ----------
    name : str
        Name of the table.
    column : str
        The column that found nothing.
    rows, loaded : int
        Rows of which that is so, and all that were loaded.

    Examples
    --------
    >>> without_partner("patents", "firm", 49, 100)
    'patents: 49 of 100 loaded rows (49%) have no firm.'
    >>> print(without_partner("patent_citations", "cited", 1, 1_000))
    patent_citations: 1 of 1,000 loaded citations (below 1%) cites a patent that is not in table \
patents; it is in the residual.
    """
    share = rows / loaded if loaded else 0.0
    part = f"{share:.0%}" if share >= 0.005 else "below 1%"
    if column == "cited":
        return (
            f"{name}: {rows:,} of {counted(loaded, 'loaded citation')} ({part}) "
            f"{verb(rows, 'cites', 'cite')} a patent that is not in table patents; "
            f"{verb(rows, 'it is', 'they are')} in the residual."
        )
    known = "known " if column == "owner" else ""
    return (
        f"{name}: {rows:,} of {counted(loaded, 'loaded row')} ({part}) {verb(rows, 'has', 'have')} "
        f"no {known}{column}."
    )


def behind_psi(result: Result) -> tuple[Flow | None, list[YearNetworks]]:
    """Return the citations and the report years that ψ comes from; nothing where there is no ψ.

    Parameters
    ----------
    result : Result
        What a run found.
    """
    years = [year for year in result.years if year.spillover is not None]
    flow = next((each for each in result.economy.flows if each.name == "citations"), None)
    return (flow, years) if years else (None, [])
