"""technology under [make_use]: other flows, their negatives told, refused or turned round."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_studies import Cells, economy, made
from spillgraph.core.errors import InputError
from spillgraph.ingest.study import load_study, summary
from spillgraph.runs.identity import fingerprint

# Industry 1 makes 10 of b, and hardly uses a, of which b takes .4 wherever it is made.
MAKE: Cells = {("1", "a"): 90, ("1", "b"): 10, ("2", "b"): 200}
USE: Cells = {
    ("a", "1"): 2,
    ("a", "2"): 80,
    ("b", "1"): 30,
    ("b", "2"): 60,
    ("W", "1"): 68,
    ("W", "2"): 60,
    ("a", "F"): 8,
    ("b", "F"): 120,
}
KEYS = 'value_added = ["W"]\nfinal_demand = ["F"]\n'


def flows(path: Path, folder: Path) -> tuple[dict[tuple[str, str], float], list[str]]:
    found = economy(path, folder)
    (flow,) = found.flows
    assert flow.table is not None
    rows = flow.table.to_pylist()
    return {(r["source"], r["receiver"]): round(r["value"], 9) for r in rows}, found.notes


def test_commodity_technology_gives_the_flows_of_model_c(tmp_path: Path) -> None:
    usual, notes = flows(made(tmp_path, {2000: MAKE}, {2000: USE}, KEYS), tmp_path)
    same, _ = flows(
        made(tmp_path, {2000: MAKE}, {2000: USE}, KEYS + 'technology = "industry"'), tmp_path
    )
    assert same == usual and usual["1", "2"] == round(80 + 10 * 60 / 210, 9)
    assert not [note for note in notes if "technology" in note]
    use = USE | {("a", "2"): 8, ("W", "2"): 132, ("a", "F"): 80}
    found, notes = flows(
        made(tmp_path, {2000: MAKE}, {2000: use}, KEYS + 'technology = "commodity"'), tmp_path
    )
    # T = ĝ V'⁻¹: a unit of a comes with 10/90 of b from industry 1, so 2 sells that much less.
    assert found["1", "2"] == round(100 * 8 / 90, 9)
    assert found["2", "2"] == round(60 - 10 / 90 * 8, 9)
    assert not [note for note in notes if "technology" in note]


def test_negative_flows_are_counted_kept_turned_or_refused(tmp_path: Path) -> None:
    use = USE | {("b", "1"): 0.1, ("W", "1"): 97.9, ("b", "F"): 149.9}

    def study(more: str) -> Path:
        return made(tmp_path, {2000: MAKE}, {2000: use}, KEYS + more)

    commodity = 'technology = "commodity"\n'
    kept, notes = flows(study(commodity), tmp_path)
    assert kept["2", "1"] == round(0.1 - 10 / 90 * 2, 9) < 0
    (told,) = [note for note in notes if "commodity technology" in note]
    assert "makes 1 of 4 flows between industries negative, -0.122222 in all, kept" in told
    turned, _ = flows(study(commodity + 'negative = "net"'), tmp_path)
    assert turned["1", "2"] == pytest.approx(kept["1", "2"] - kept["2", "1"])
    with pytest.raises(InputError, match=r"'2' to '1' .*Take technology = .industry."):
        flows(study(commodity + 'negative = "refuse"'), tmp_path)


def test_more_commodities_than_industries_are_refused_by_name(tmp_path: Path) -> None:
    make = MAKE | {("2", "c"): 5}
    path = made(tmp_path, {2000: make}, {2000: USE}, KEYS + 'technology = "commodity"')
    with pytest.raises(InputError, match=r"3 products and 2 industries .*mainly makes 'c'"):
        economy(path, tmp_path)
    with pytest.raises(InputError, match="technology"):
        load_study(made(tmp_path, {2000: make}, {2000: USE}, KEYS + 'technology = "both"'))


def test_the_usual_technology_leaves_names_of_runs_as_they_were(tmp_path: Path) -> None:
    plain = load_study(made(tmp_path, {2000: MAKE}, {2000: USE}, KEYS))
    name = fingerprint(plain, {})
    assert "technology" not in summary(plain)["make_use"]
    said = load_study(made(tmp_path, {2000: MAKE}, {2000: USE}, KEYS + 'technology = "industry"'))
    assert fingerprint(said, {}) == name
    other = load_study(made(tmp_path, {2000: MAKE}, {2000: USE}, KEYS + 'technology = "commodity"'))
    assert fingerprint(other, {}) != name
    assert summary(other)["make_use"]["technology"] == "commodity"
