"""Every number that the page shows, or the graph holds, was computed and stands where it belongs.

Both are read back and held against psi.json, run.json, the hub tables and the matrices; psi.json
against ψ from dense inverses of the matrices. Then every field that the page is filled from is
spoilt, one at a time: the comparison has to see it.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest
from spillgraph.cli.main import _exit_code
from spillgraph.core.matrix import LabelledMatrix
from spillgraph.graph.open import open_store
from spillgraph.graph.schema import SCORES
from spillgraph.reports import bars, heat, page
from spillgraph.reports.content import ReportContent, YearResult
from spillgraph.reports.kit import Section
from spillgraph.reports.page import render_page
from spillgraph.runs import record
from spillgraph.sample import write_sample

from ..helpers.computed_numbers import Computed
from ..helpers.page_reader import figures_of, tables_of

#: Tables of the page that hold no result: texts of the input, and cells that a figure draws, too.
OTHERS = {"Inputs", "Options", "Versions", "Time by step", "Concordances"}


@dataclass
class Sample:
    """A run of the sample with draws: its files, and what its page was filled from."""

    files: Computed
    content: ReportContent


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    folder = tmp_path_factory.mktemp("page")
    write_sample(folder / "study", firms=150, citations=4_000, seed=3)
    study = folder / "study" / "study.toml"
    text = study.read_text(encoding="utf-8")
    study.write_text(text.replace("[outputs]\n", "[outputs]\nfigures = []\n"), encoding="utf-8")
    kept: list[ReportContent] = []

    def keep(content: ReportContent, more: Iterable[Section]) -> str:
        kept.append(content)
        return render_page(content, more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(record, "render_page", keep)
        args = ["psi", str(study), "--out", str(folder / "out"), "--draws", "40", "-q"]
        assert _exit_code(args, debug=False) == 0
    return Sample(Computed(folder / "out"), kept[0])


def test_the_page_shows_what_was_computed(sample: Sample) -> None:
    text = (sample.files.folder / "report.html").read_text(encoding="utf-8")
    assert not differences(text, sample.files)


def test_no_table_and_no_figure_is_left_out_of_the_comparison(sample: Sample) -> None:
    text = (sample.files.folder / "report.html").read_text(encoding="utf-8")
    held = {caption for caption, _, _ in sample.files.tables()}
    free = {caption for caption in tables_of(text) if caption not in held}
    cells = {caption for caption in free if caption.startswith("The 15 largest cells of ")}
    texts = {caption for caption in free if caption.startswith(("Codes to look at", "Notes"))}
    assert free - cells - texts - OTHERS <= {"The residual ‘unmapped’ by cause", "Reasons"}


def test_psi_json_is_the_psi_of_its_matrices(sample: Sample) -> None:
    files = sample.files
    for key, year in files.years.items():
        S, W, psi = (files.matrix(name, key).to_frame() for name in ("S", "W", "psi"))
        one = np.eye(len(S))
        U, V = np.linalg.inv(one - S), np.linalg.inv(one - W)
        want = pd.DataFrame(U @ V, S.index, S.columns)
        assert np.allclose(psi, want, rtol=1e-12, atol=1e-15)
        assert np.allclose(pd.Series(year["benefit"]), want.sum(axis=1), rtol=1e-12)
        assert np.allclose(pd.Series(year["benefit_without_W"]), U.sum(axis=1), rtol=1e-12)
        assert np.allclose(pd.Series(year["contribution"]["unit"]), want.sum(axis=0), rtol=1e-12)
        lost = 100 * (1 - U.sum(axis=1) / want.sum(axis=1))
        assert np.allclose(pd.Series(year["loss_without_W"]["benefit"]), lost, rtol=1e-9)
        output = _output(files, int(key)).loc[list(S.index)]
        for weight in ("final_demand", "value_added", "gross_output"):
            share = output[weight] / output[weight].sum()
            name = weight.replace("_", " ")
            given = pd.Series(year["contribution"][name])
            assert np.allclose(given, share.to_numpy() @ want, rtol=1e-9)
            lost = 100 * (1 - (share.to_numpy() @ U) / (share.to_numpy() @ want.to_numpy()))
            given = pd.Series(year["loss_without_W"]["contribution"][name])
            assert np.allclose(given, lost, rtol=1e-8)
        parts = {
            "own": one,
            "production": U - one,
            "innovation": V - one,
            "interaction": (U - one) @ (V - one),
            "T1": S + S @ S,
            "T2": W + W @ W,
        }
        parts["T3"] = U @ V - one - parts["T1"] - parts["T2"]
        for name, part in parts.items():
            want_sum = np.asarray(part).sum(axis=1)
            assert np.allclose(pd.Series(year["modes"][name]), want_sum, rtol=1e-9, atol=1e-12)
        for name, matrix in (("S", S), ("W", W)):
            low, high = (year["spectral_radius"][name][side] for side in ("low", "high"))
            rho = np.abs(np.linalg.eigvals(matrix)).max()
            assert low * (1 - 1e-9) <= rho <= high * (1 + 1e-9)
            cond = np.linalg.cond(one - matrix, np.inf)
            assert year["condition"][f"I - {name}"] == pytest.approx(cond, rel=1e-9)
        stock = files.matrix("citations", key).to_frame()
        own = pd.Series(np.diag(stock), stock.index) / stock.sum(axis=1)
        given = pd.Series(year["own_citation_share"], dtype=float)
        assert np.allclose(given, own, rtol=1e-12, equal_nan=True)
        added = output["value_added"] / output["gross_output"]
        assert np.allclose(pd.Series(year["value_added_share"]), added, rtol=1e-9)
        assert year["zero_rows"] == [code for code in S.index if not stock.loc[code].any()]


def test_run_json_says_the_same_as_psi_json(sample: Sample) -> None:
    for key, year in sample.files.years.items():
        run = sample.files.run["years"][key]
        assert run["benefit"] == year["benefit"]
        assert run["contribution"] == year["contribution"]
        assert run["condition"] == year["condition"]
        assert run["residual"] == year["residual"]
        assert run["leaks"]["value_added"] == year["value_added_share"]


def test_the_graph_holds_the_scores_that_were_computed(sample: Sample) -> None:
    found = _scores_in_graph(sample.files)
    want = _scores_computed(sample.files)
    assert {each.name for each in SCORES} == {name for _, _, name in want}
    assert found.keys() == {place for place, value in want.items() if not math.isnan(value)}
    for place, value in found.items():
        assert value == pytest.approx(want[place], rel=1e-12, abs=1e-300), place


def test_an_exchanged_score_would_be_seen(sample: Sample) -> None:
    """No two scores agree everywhere."""
    want = _scores_computed(sample.files)
    columns = {
        each.name: [value for place, value in want.items() if place[2] == each.name]
        for each in SCORES
    }
    same = {
        frozenset({one, other})
        for one, values in columns.items()
        for other, others in columns.items()
        if one != other and np.allclose(values, others, rtol=1e-12, equal_nan=True)
    }
    assert not same


# -- the comparison itself has to see every mistake ---

#: Fields of a year that hold results; each is spoilt in turn.
RESULTS = [
    field.name for field in dataclasses.fields(YearResult) if field.name not in {"year", "notes"}
]


@pytest.mark.parametrize("field", RESULTS)
def test_a_spoilt_field_of_a_year_is_seen(sample: Sample, field: str) -> None:
    years = [
        dataclasses.replace(y, **{field: spoilt(getattr(y, field))}) for y in sample.content.years
    ]
    assert seen(sample, dataclasses.replace(sample.content, years=years))


@pytest.mark.parametrize(
    ("one", "other"),
    [("W", "S"), ("psi", "S"), ("citations", "trade"), ("benefit", "spillover")],
)
def test_exchanged_fields_are_seen(sample: Sample, one: str, other: str) -> None:
    years = [
        dataclasses.replace(y, **{one: getattr(y, other), other: getattr(y, one)})
        for y in sample.content.years
    ]
    assert seen(sample, dataclasses.replace(sample.content, years=years))


@pytest.mark.parametrize("field", ["hubs", "names", "years"])
def test_exchanged_entries_of_the_content_are_seen(sample: Sample, field: str) -> None:
    content, found = sample.content, getattr(sample.content, field)
    changed: Any
    if field == "years":
        years = [year.year for year in found]
        changed = [
            dataclasses.replace(y, year=year)
            for y, year in zip(found, reversed(years), strict=True)
        ]
    else:
        changed = dict(zip(found, reversed(found.values()), strict=True))
    assert seen(sample, dataclasses.replace(content, **{field: changed}))


@pytest.mark.parametrize("field", ["tables", "totals", "accounts"])
def test_another_tables_counts_are_seen(sample: Sample, field: str) -> None:
    name = {"tables": "name", "totals": "flow", "accounts": "year"}[field]
    found = getattr(sample.content, field)
    names = [getattr(each, name) for each in found]
    changed = [
        dataclasses.replace(each, **{name: other})
        for each, other in zip(found, [*names[1:], names[0]], strict=True)
    ]
    assert seen(sample, dataclasses.replace(sample.content, **{field: changed}))


def seen(sample: Sample, content: ReportContent) -> list[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(page, "script_bundle", str)
        # Charts hold no number, and take nine tenths of the time.
        for module, name in ((bars, "bars_wide"), (bars, "bars_narrow"), (heat, "heat_map")):
            patch.setattr(module, name, lambda *given, **named: {})
        return differences(render_page(content), sample.files)


def spoilt(value: Any) -> Any:
    """Return what a wrong line of code would: the numbers of other sectors, or another number."""
    kinds: list[tuple[type, Callable[[Any], Any]]] = [
        (LabelledMatrix, lambda M: dataclasses.replace(M, values=2 * M.values.T.tocsr())),
        (pd.Series, lambda s: pd.Series(s.to_numpy()[::-1], s.index)),
        (pd.DataFrame, lambda f: pd.DataFrame(f.to_numpy()[:, ::-1], f.index, f.columns)),
        (dict, lambda d: dict(zip(d, reversed(list(d.values())), strict=True))),
        (list, lambda codes: [*codes, "01"]),
        (float, lambda x: 2 * x + 1),
    ]
    return next(change(value) for kind, change in kinds if isinstance(value, kind))


# -- comparing ---


def differences(text: str, files: Computed) -> list[str]:
    """Return what the page shows otherwise than computed, or does not show at all."""
    shown = tables_of(text)
    found = []
    for (caption, row, head), want in files.tables().items():
        got = shown.get(caption, {}).get(row, {}).get(head)
        if not _same(got, want):
            found.append(f"{caption}, {row}, {head}: shown {got}, computed {want}")
    drawn, computed = figures_of(text), files.figures()
    found += [f"{place}: not drawn" for place in computed.keys() - drawn.keys()]
    found += [f"{place}: not computed" for place in drawn.keys() - computed.keys()]
    for place in drawn.keys() & computed.keys():
        if not math.isclose(drawn[place], computed[place], rel_tol=6e-4, abs_tol=1e-12):
            found.append(f"{place}: drawn {drawn[place]}, computed {computed[place]}")
    return found


def _same(got: str | None, want: object) -> bool:
    if got is None or isinstance(want, str):
        return got == want
    if want is None or math.isnan(float(str(want))):
        return got == "-Infinity"  # sorts below every number
    return math.isclose(float(got), float(str(want)), rel_tol=1e-9, abs_tol=1e-25)


def _output(files: Computed, year: int) -> pd.DataFrame:
    table = pd.read_parquet(files.folder / "tables" / "io_output.parquet")
    return table[table["year"] == year].set_index("industry")


def _scores_in_graph(files: Computed) -> dict[tuple[str, str, str], float]:
    """Year, sector and score, as the graph of the run has them."""
    with open_store(str(files.folder / "graph.lbug"), read_only=True) as store:
        table = store.query(
            "MATCH (r:Run)-[s:SCORES]->(i:Industry) RETURN i.code AS code, s.year AS year, "
            + ", ".join(f"s.{each.name} AS {each.name}" for each in SCORES)
        )
    return {
        (str(row["year"]), row["code"], each.name): row[each.name]
        for row in table.to_pylist()
        for each in SCORES
        if row[each.name] is not None
    }


def _scores_computed(files: Computed) -> dict[tuple[str, str, str], float]:
    """The same of psi.json and the hub tables."""
    found = {}
    for key, year in files.years.items():
        for network in ("W", "S", "psi"):
            for code, row in files.hubs(network, key).iterrows():
                for name, value in row.items():
                    found[key, str(code), f"{network}_{name}"] = float(value)
        for code, value in year["benefit"].items():
            assert found[key, code, "psi_out_strength"] == pytest.approx(value, rel=1e-12)
            contribution = year["contribution"]["unit"][code]
            assert found[key, code, "psi_in_strength"] == pytest.approx(contribution, rel=1e-12)
    return found
