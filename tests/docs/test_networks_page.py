"""The example of fractional counts in the manual is what a run gives."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest
from spillgraph.ingest.study import load_study
from spillgraph.runs.run import run
from spillgraph.runs.steps import Steps

PAGE = (Path(__file__).parents[2] / "docs" / "networks.md").read_text(encoding="utf-8")
#: By the row of the table: whether the second patent of cars is known, and what the study says.
CASES = {
    "is in table `patents`": ("p3,cars,2000\n", "reject"),
    "is not, so that its citation is refused": ("", "reject"),
    'is not, with `unmatched = "keep"`': ("", "keep"),
}
STUDY = """
[study]
name = "Three citations"
target = "s"
[years]
first = 2000
last = 2001
[options]
citation_weight = "fractional"
[[tables.industries]]
file = "sectors.csv"
classification = "s"
[tables.firms]
file = "firms.csv"
classification = "s"
[tables.patents]
file = "patents.csv"
[tables.patent_citations]
file = "citations.csv"
"""


def told(case: str) -> list[Fraction]:
    """Return the numbers of a row of the table: cars, glass, residual."""
    (row,) = [line for line in PAGE.splitlines() if line.startswith(f"| {case} |")]
    return [Fraction(text) for text in re.findall(r"\| ([\d/]+) (?=\|)", row)]


@pytest.mark.parametrize("case", CASES)
def test_three_citations_count_as_the_table_says(case: str, tmp_path: Path) -> None:
    second, unmatched = CASES[case]
    sectors = ("steel", "cars", "glass")
    files = {
        "sectors.csv": "code\n" + "".join(f"{name}\n" for name in sectors),
        "firms.csv": "id,industry\n" + "".join(f"{name},{name}\n" for name in sectors),
        "patents.csv": f"id,firm,year\np1,steel,2001\np2,cars,2000\n{second}p4,glass,2000\n",
        "citations.csv": "citing,cited\np1,p2\np1,p3\np1,p4\n",
        "study.toml": f'{STUDY}unmatched = "{unmatched}"\n',
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    result = run(load_study(tmp_path / "study.toml"), tmp_path / "out", Steps(), [])
    (year,) = result.years
    assert year.citations is not None
    K = year.citations.to_frame()
    cars, glass, residual = map(float, told(case))
    assert [K.at["steel", "cars"], K.at["steel", "glass"]] == pytest.approx([cars, glass])
    assert result.totals["citations"].unmapped == pytest.approx(residual)
    assert K.to_numpy().sum() + residual == pytest.approx(1.0)
