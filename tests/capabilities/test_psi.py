"""ψ on the page of every run: its overview is its section without whiskers."""

from __future__ import annotations

from types import SimpleNamespace

from spillgraph.capabilities import load
from spillgraph.capabilities.psi._compute import Depth
from spillgraph.capabilities.psi._options import PsiOptions
from spillgraph.reports.kit import Bars, Folded

from .test_networks import year_of


def test_the_overview_is_the_section_without_draws() -> None:
    economy = SimpleNamespace(names={"01": "Steel"})
    result = SimpleNamespace(years=[year_of()], economy=economy)
    seen = load("psi").overview(result)  # type: ignore[arg-type]
    section = load("psi").section
    assert section is not None and seen is not None
    asked = section(Depth(result, PsiOptions(), {}, {}), economy.names)  # type: ignore[arg-type]
    assert [type(part) for part in seen.parts] == [type(part) for part in asked.parts]
    assert seen.findings == asked.findings and len(seen.findings) == 6
    names = [part.name for part in seen.parts if isinstance(part, Bars)]
    assert names == ["benefit", "contribution", "loss", "modes"]
    assert [part.title for part in seen.parts if isinstance(part, Folded)] == [
        "All numbers by sector"
    ]


def test_a_study_with_one_network_has_no_psi_and_says_so() -> None:
    result = SimpleNamespace(years=[year_of(cited=False)], economy=SimpleNamespace(names={}))
    section = load("psi").overview(result)  # type: ignore[arg-type]
    assert section is not None and "This study has no ψ" in str(section.parts)
    assert section.findings == ()
