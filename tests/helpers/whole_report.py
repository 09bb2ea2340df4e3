"""A report of any size as a value: what a run would find, and the page that follows from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import pandas as pd
from spillgraph.capabilities.hubs import CAPABILITY as HUBS
from spillgraph.capabilities.hubs._compute import Hubs, measures_of
from spillgraph.capabilities.hubs._options import HubOptions
from spillgraph.capabilities.networks import CAPABILITY as NETWORKS
from spillgraph.capabilities.psi._intervals import Intervals
from spillgraph.capabilities.psi._section import sums_section
from spillgraph.ingest.checks.staged import Staged
from spillgraph.ingest.concordance import Audit
from spillgraph.reports.drawing import draw_sections
from spillgraph.reports.figures import Figure, Setting
from spillgraph.reports.kit import Bars, HeatMap, Lines, Page, Section
from spillgraph.reports.tables import Table, label
from spillgraph.runs.networks import YearNetworks
from spillgraph.runs.sections import (
    FlowTotals,
    accounts_parts,
    concordance_parts,
    findings_section,
    proof_section,
    provenance_section,
    rows_parts,
    totals_parts,
)

#: What run.json says of a run of nothing.
BARE: dict[str, Any] = {"command": "spillgraph run study.toml", "created": "2024-05-01"}
BARE |= {key: {} for key in ("inputs", "options", "versions", "seconds")}


def with_sums(year: YearNetworks, **changes: Any) -> YearNetworks:
    """The year with other sums of ψ."""
    assert year.spillover is not None
    return replace(year, spillover=replace(year.spillover, **changes))


def weighted(year: YearNetworks, columns: Mapping[str, pd.Series]) -> YearNetworks:
    """The year with these contributions, of which 0.8 stay without W."""
    found = pd.DataFrame(columns)
    return with_sums(year, contribution=found, contribution_without_W=0.8 * found)


def spillover_of(year: YearNetworks) -> pd.Series:
    """(ψ − I)1."""
    assert year.spillover is not None
    return year.spillover.benefit - 1.0


@dataclass(frozen=True)
class Report:
    """What a run would find."""

    names: dict[str, str] = field(default_factory=dict)
    years: Sequence[YearNetworks] = ()
    title: str = "Innovation and production networks of China"
    description: str = "Citations between listed firms, 1992–2020, and input–output tables."
    synthetic: bool = True
    planted: str = ""
    warnings: Sequence[str] = ()
    intervals: Intervals = field(default_factory=Intervals)
    tables: Sequence[Staged] = ()
    totals: Sequence[FlowTotals] = ()
    exchanged: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    audits: Sequence[Audit] = ()
    uncovered: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    lost: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    run: Mapping[str, Any] = field(default_factory=lambda: dict(BARE))
    hubs: bool = True
    study: str = "study.toml"
    more: Sequence[Section] = ()

    @property
    def last(self) -> YearNetworks:
        return self.years[-1]

    def label(self, code: str) -> str:
        return label(code, self.names)

    def replace(self, **changes: Any) -> Report:
        return replace(self, **changes)

    @property
    def setting(self) -> Setting:
        """Every sector of every year, those of the last year first."""
        codes: dict[str, None] = {}
        for year in reversed(self.years):
            for matrix in year.matrices().values():
                codes |= dict.fromkeys(matrix.rows)
        return Setting({code: self.label(code) for code in codes}, self.synthetic)

    @cached_property
    def sections(self) -> list[Section]:
        """All but the findings, in the order of the page."""
        assert NETWORKS.section is not None and HUBS.section is not None
        measured = self.years[-1:] if self.hubs else ()
        measures = {year.year: measures_of(year) for year in measured}
        hubs = Hubs(measures, {}, {}, {}, {}, {}, {}, {}, HubOptions(draws=0))
        data = [
            *rows_parts(self.tables),
            *totals_parts(self.totals, self.exchanged, self.names),
            *accounts_parts({}, self.names),
            *concordance_parts(self.audits, self.uncovered, self.lost),
        ]
        matrices = {
            f"{name}_{year.year}": {"spectral_radius": 0.5}
            for year in self.years
            for name in year.matrices()
        }
        return [
            sums_section(self.years, self.names, self.intervals),
            NETWORKS.section(self.years, self.names),
            HUBS.section(hubs, self.names),
            *self.more,
            Section("data", "Data: loaded, mapped, lost", tuple(data)),
            proof_section(self.years, matrices, self.names),
            provenance_section(self.run, self.study),
        ]

    @cached_property
    def page(self) -> Page:
        sections = self.sections
        last = self.last.year if self.years else None
        return Page(
            self.title,
            self.description,
            self.study,
            (findings_section(sections, last), *sections),
            self.setting,
            self.planted,
            self.warnings,
        )

    @property
    def declared(self) -> dict[str, Any]:
        """The declared figures by name, in the order of the page."""
        parts = [part for section in self.sections for part in section.parts]
        return {part.name: part for part in parts if isinstance(part, Bars | HeatMap | Lines)}

    @cached_property
    def drawn(self) -> dict[str, Figure]:
        """The figures of the page by name, in its order."""
        sections = draw_sections(self.sections, self.setting)
        figures = [figure for section in sections for figure in section.figures]
        return {figure.id.removeprefix("figure-"): figure for figure in figures}

    def table(self, caption: str) -> Table:
        """The table of the page whose caption begins so."""
        for section in self.sections:
            for part in section.parts:
                for one in getattr(part, "tables", (part,)):
                    if isinstance(one, Table) and one.caption.startswith(caption):
                        return one
        raise KeyError(caption)
