"""ψ on the page of every run: its overview is its section without whiskers."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

from spillgraph.capabilities import load
from spillgraph.capabilities.psi._compute import Depth
from spillgraph.capabilities.psi._options import PsiOptions
from spillgraph.reports.kit import Bars, Folded
from spillgraph.reports.tables import ABSENT, Table

from .test_networks import year_of


def test_the_overview_is_the_section_without_draws() -> None:
    economy = SimpleNamespace(names={"01": "Steel"})
    result = SimpleNamespace(years=[year_of()], economy=economy)
    seen = load("psi").overview(result)  # type: ignore[arg-type]
    section = load("psi").section
    assert section is not None and seen is not None
    asked = section(Depth(result, PsiOptions(), {}, {}), economy.names)  # type: ignore[arg-type]
    assert [type(part) for part in seen.parts] == [type(part) for part in asked.parts]
    assert seen.findings == asked.findings and len(seen.findings) == 7
    names = [part.name for part in seen.parts if isinstance(part, Bars)]
    assert names == ["benefit", "contribution", "loss", "modes"]
    assert [part.title for part in seen.parts if isinstance(part, Folded)] == [
        "All numbers by sector",
        "Strongest paths, 2012",
    ]


def test_a_study_with_one_network_has_no_psi_and_says_so() -> None:
    result = SimpleNamespace(years=[year_of(cited=False)], economy=SimpleNamespace(names={}))
    section = load("psi").overview(result)  # type: ignore[arg-type]
    assert section is not None and "This study has no ψ" in str(section.parts)
    assert section.findings == ()


def test_years_need_not_have_the_same_weights() -> None:
    first, other = year_of(), replace(year_of(), year=2013)
    assert other.spillover is not None
    psi = other.spillover
    fewer = replace(
        psi,
        contribution=psi.contribution[["unit"]],
        contribution_without_W=psi.contribution_without_W[["unit"]],
    )
    years = [first, replace(other, spillover=fewer)]
    result = SimpleNamespace(years=years, economy=SimpleNamespace(names={}))
    section = load("psi").overview(result)  # type: ignore[arg-type]
    assert section is not None
    (table,) = (part for part in section.parts if isinstance(part, Table))
    assert [row[-1].text == ABSENT for row in table.rows] == [False, True]
