"""Every number that the page shows, or the graph holds, was computed and stands where it belongs.

Both are read back and held against psi.json, run.json, the hub tables and the matrices; psi.json
against ψ from dense inverses of the matrices. Then every field that the page is filled from is
spoilt, one at a time: the comparison has to see it.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest
from spillgraph.cli.main import _exit_code
from spillgraph.core.errors import InputError
from spillgraph.core.matrix import LabelledMatrix
from spillgraph.core.measures import scores
from spillgraph.graph.open import open_store
from spillgraph.graph.schema import SCORES
from spillgraph.reports import bars, heat, page
from spillgraph.reports.kit import Page
from spillgraph.reports.page import render_page
from spillgraph.runs import record
from spillgraph.runs.capability import Capability
from spillgraph.runs.page import page_of
from spillgraph.runs.result import Result
from spillgraph.sample import write_sample

from ..helpers.computed_numbers import Computed
from ..helpers.page_reader import figures_of, tables_of

#: Tables of the page that hold no result: texts of the input, and cells that a figure draws, too.
OTHERS = {"Inputs", "Options", "Versions", "Time by step", "Concordances"}


@dataclass
class Sample:
    """A run of the sample with draws: its files, and what its page was filled from."""

    files: Computed
    result: Result
    run: dict[str, Any]
    capabilities: list[Capability]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    folder = tmp_path_factory.mktemp("page")
    write_sample(folder / "study", firms=150, citations=4_000, seed=3)
    study = folder / "study" / "study.toml"
    text = study.read_text(encoding="utf-8")
    study.write_text(text.replace("[outputs]\n", "[outputs]\nfigures = []\n"), encoding="utf-8")
    kept: list[Any] = []

    def keep(*given: Any) -> Page:
        kept.extend(given)
        return page_of(*given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(record, "page_of", keep)
        args = ["psi", str(study), "--out", str(folder / "out"), "--draws", "40", "-q"]
        assert _exit_code(args, debug=False) == 0
    return Sample(Computed(folder / "out"), *kept)


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
    assert {each.name for each in scores() if each.by == "hubs"} == {name for _, _, name in want}
    assert found.keys() == {place for place, value in want.items() if not math.isnan(value)}
    for place, value in found.items():
        assert value == pytest.approx(want[place], rel=1e-12, abs=1e-300), place


def test_an_exchanged_score_would_be_seen(sample: Sample) -> None:
    """No two scores agree everywhere."""
    want = _scores_computed(sample.files)
    columns = {
        name: [value for place, value in want.items() if place[2] == name]
        for name in {name for _, _, name in want}
    }
    same = {
        frozenset({one, other})
        for one, values in columns.items()
        for other, others in columns.items()
        if one != other and np.allclose(values, others, rtol=1e-12, equal_nan=True)
    }
    assert not same


# -- the comparison itself has to see every mistake ---

#: What the page takes of a year: a field, or a field of a field.
RESULTS = [
    *("citations", "trade", "innovation.W", "innovation.own", "innovation.zero_rows"),
    *("production.S", "production.value_added", "parts.psi"),
    *("spillover.benefit", "spillover.contribution", "spillover.modes"),
    *("spillover.benefit_without_W", "spillover.contribution_without_W"),
    *("spillover.proof.cond_S", "spillover.proof.cond_W", "spillover.proof.residual"),
]


@pytest.mark.parametrize("field", RESULTS)
def test_a_spoilt_field_of_a_year_is_seen(sample: Sample, field: str) -> None:
    years = [put(year, field, spoilt(at(year, field))) for year in sample.result.years]
    assert seen(sample, years=years)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("innovation.W", "production.S"),
        ("parts.psi", "production.S"),
        ("citations", "trade"),
        ("spillover.benefit", "spillover.benefit_without_W"),
        ("spillover.contribution", "spillover.contribution_without_W"),
        ("spillover.proof.cond_S", "spillover.proof.cond_W"),
    ],
)
def test_exchanged_fields_are_seen(sample: Sample, one: str, other: str) -> None:
    years = [
        put(put(year, one, at(year, other)), other, at(year, one)) for year in sample.result.years
    ]
    assert seen(sample, years=years)


def test_exchanged_years_are_seen(sample: Sample) -> None:
    years = sample.result.years
    numbers = [year.year for year in years]
    changed = [put(y, "year", number) for y, number in zip(years, reversed(numbers), strict=True)]
    assert seen(sample, years=changed)


def test_exchanged_hubs_are_seen(sample: Sample) -> None:
    answers = dict(sample.result.answers)
    hubs = answers["hubs"].value
    turned = {
        year: dict(zip(tables, reversed(tables.values()), strict=True))
        for year, tables in hubs.measures.items()
    }
    found = dataclasses.replace(hubs, measures=turned)
    answers["hubs"] = dataclasses.replace(answers["hubs"], value=found)
    assert seen(sample, answers=answers)


def test_spoilt_draws_are_seen(sample: Sample) -> None:
    answers = dict(sample.result.answers)
    depth = answers["psi"].value
    for column in ("percentile_low", "percentile_high"):
        uncertain = {
            year: dataclasses.replace(
                each,
                spreads=[
                    dataclasses.replace(one, table=one.table.assign(**{column: 1.5}))
                    for one in each.spreads
                ],
            )
            for year, each in depth.uncertain.items()
        }
        found = dataclasses.replace(depth, uncertain=uncertain)
        changed = answers | {"psi": dataclasses.replace(answers["psi"], value=found)}
        assert seen(sample, answers=changed)


def test_exchanged_names_are_seen(sample: Sample) -> None:
    economy = sample.result.economy
    names = dict(zip(economy.names, reversed(economy.names.values()), strict=True))
    assert seen(sample, economy=dataclasses.replace(economy, names=names))


def test_another_tables_counts_are_seen(sample: Sample) -> None:
    result = sample.result
    tables = turned(result.staged)
    staged = {name: dataclasses.replace(table, name=name) for name, table in tables.items()}
    assert seen(sample, staged=staged)
    assert seen(sample, totals=turned(result.totals))
    accounts = turned(result.economy.accounts)
    assert seen(sample, economy=dataclasses.replace(result.economy, accounts=accounts))


def turned(values: dict[Any, Any]) -> dict[Any, Any]:
    """Give each key the value of the next."""
    names = list(values)
    return dict(zip(names, [values[name] for name in [*names[1:], names[0]]], strict=True))


def at(value: Any, place: str) -> Any:
    """Return a field, or a field of a field."""
    for name in place.split("."):
        value = getattr(value, name)
    return value


def put(value: Any, place: str, new: Any) -> Any:
    """Return a value with another field, or another field of a field."""
    name, _, rest = place.partition(".")
    inner = put(getattr(value, name), rest, new) if rest else new
    return dataclasses.replace(value, **{name: inner})


def seen(sample: Sample, **changes: Any) -> list[str]:
    result = dataclasses.replace(sample.result, **changes)
    if "years" in changes:  # ψ has them from the run
        found = put(result.answers["psi"].value, "result.years", changes["years"])
        psi = dataclasses.replace(result.answers["psi"], value=found)
        result = dataclasses.replace(result, answers={**result.answers, "psi": psi})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(page, "script_bundle", str)
        # Charts hold no number, and take nine tenths of the time.
        for module, name in ((bars, "bars_wide"), (bars, "bars_narrow"), (heat, "heat_map")):
            patch.setattr(module, name, lambda *given, **named: {})
        try:
            text = render_page(page_of(result, sample.run, sample.capabilities))
        except InputError as error:  # matrices that cannot be S and W draw no page
            return [str(error)]
        return differences(text, sample.files)


def spoilt(value: Any) -> Any:
    """Return what a wrong line of code would: the numbers of other sectors, or another number."""
    kinds: list[tuple[type | tuple[type, ...], Callable[[Any], Any]]] = [
        (LabelledMatrix, lambda M: dataclasses.replace(M, values=2 * M.values.T.tocsr())),
        (pd.Series, lambda s: pd.Series(s.to_numpy()[::-1], s.index)),
        (pd.DataFrame, lambda f: pd.DataFrame(f.to_numpy()[:, ::-1], f.index, f.columns)),
        (dict, lambda d: dict(zip(d, reversed(list(d.values())), strict=True))),
        ((list, tuple), lambda codes: (*codes, "01")),
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
