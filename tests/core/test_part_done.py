"""What is told from within long work moves the bar and not a digit."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from cells import die_once, slow_halves
from spillgraph.analytics import StockDraws, communities
from spillgraph.analytics.hubs import hubs
from spillgraph.analytics.space import coagglomeration_by_cell
from spillgraph.capabilities.coagglomeration._compute import _counter
from spillgraph.core.kept_cells import Cells
from spillgraph.core.map_cells import Counts, Pool, _writer, map_cells, processes
from spillgraph.core.part_done import hear_parts, part, tell_draws, tell_part


def halves(job: int) -> int:
    tell_part(0.5)
    tell_part(0.502)  # too little to be seen
    return job


def test_a_cell_that_tells_its_parts_moves_the_share_before_it_ends():
    counts: list[Counts] = []
    assert dict(map_cells(halves, [1, 2], tell=counts.append)) == {1: 1, 2: 2}
    assert [each.share for each in counts] == [0.25, 0.5, 0.75, 1.0]
    assert [each.done for each in counts] == [0, 1, 1, 2]


def test_workers_tell_their_parts_where_cells_are_kept(tmp_path, monkeypatch):
    monkeypatch.setattr("spillgraph.core.map_cells.BEAT", 0.05)
    counts: list[Counts] = []
    kept = Cells(tmp_path, "inputs")
    found = dict(map_cells(slow_halves, [1, 2], processes(2), keep=kept, tell=counts.append))
    assert found == {1: 1, 2: 2}
    assert any(each.done == 0 and each.part >= 0.5 for each in counts)
    shares = [each.share for each in counts]
    assert shares == sorted(shares) and counts[-1] == Counts(2, done=2)
    assert not list(tmp_path.glob("*.part"))


def silent(job: int) -> int:
    time.sleep(0.3)
    return job


def test_what_a_killed_run_told_is_not_believed_of_a_cell_that_is_begun_anew(tmp_path, monkeypatch):
    monkeypatch.setattr("spillgraph.core.map_cells.BEAT", 0.05)
    kept = Cells(tmp_path, "inputs")
    stale = kept.folder / f"{kept.key(silent, 1)}.part"
    stale.parent.mkdir(parents=True, exist_ok=True)
    stale.write_text("0.9", encoding="ascii")
    counts: list[Counts] = []
    workers = Pool(lambda: ThreadPoolExecutor(1), 1)
    assert dict(map_cells(silent, [1], workers, keep=kept, tell=counts.append)) == {1: 1}
    assert counts == [Counts(1, done=1)]


def test_what_a_worker_told_is_forgotten_when_it_dies(tmp_path, monkeypatch):
    monkeypatch.setattr("spillgraph.core.map_cells.BEAT", 0.05)
    counts: list[Counts] = []
    kept, job = Cells(tmp_path, "inputs"), tmp_path / "once"
    found = dict(map_cells(die_once, [job], processes(1), keep=kept, tell=counts.append))
    assert found == {job: 1}
    assert counts == [Counts(1, part=0.5), Counts(1, retried=1), Counts(1, done=1, retried=1)]


def test_the_first_part_is_told_at_once_whenever_the_clock_began(tmp_path, monkeypatch):
    monkeypatch.setattr("spillgraph.core.map_cells.time.monotonic", lambda: 0.5)
    _writer(tmp_path / "part")(0.25)
    assert (tmp_path / "part").read_text(encoding="ascii") == "0.2500"


def test_parts_of_parts_are_shares_of_the_whole_and_nobody_need_listen():
    heard: list[float] = []
    with hear_parts(heard.append):
        with part(0.0, 0.5):
            list(tell_draws([np.zeros((2, 1, 1))] * 2, 4))
        with part(0.5, 1.0), part(0.0, 0.5):
            tell_part(0.5)
    assert heard == [0.25, 0.5, 0.5, 0.625, 0.75, 1.0]
    tell_part(1.0)
    assert len(heard) == 6


@pytest.mark.parametrize("records", [False, True])
def test_draws_of_hubs_and_runs_of_communities_tell_how_far_they_are_without_changing_a_digit(
    records: bool,
):
    M = np.random.default_rng(2).exponential(size=(150, 150))
    few = ["in_degree_4"]

    def both():
        made = M[None] * np.random.default_rng(3).uniform(0.5, 1.5, (60, 150, 150))
        drawn = StockDraws(tuple(map(str, range(150))), iter(np.split(made, 6)))
        asked = {"records": drawn if records else None, "missing_draws": 99}
        found = hubs(M, few, "strength", draws=99, **asked)  # type: ignore[arg-type]
        return found.table, communities(M[:12, :12], runs=10).table

    heard: list[float] = []
    with hear_parts(heard.append):
        told = both()
    of_hubs, of_communities = heard[:-10], heard[-10:]
    assert of_hubs == sorted(of_hubs) and len(of_hubs) >= (4 if records else 7)
    assert np.allclose(of_communities, np.arange(1, 11) / 10)
    for one, other in zip(told, both(), strict=True):
        pd.testing.assert_frame_equal(one, other)


def test_pairs_of_a_single_region_move_the_bar():
    """One region and year is one cell: its pairs tell how far it is."""
    random = np.random.default_rng(4)
    sites = pd.DataFrame({"industry": random.choice(list("abcd"), 60)})
    sites["x"], sites["y"] = random.random(60), random.random(60)
    counts: list[Counts] = []
    found = coagglomeration_by_cell(sites, draws=39, tell=counts.append)
    assert len(found) == 1
    shares = [each.share for each in counts]
    assert shares == sorted(shares) and shares[-1] == 1.0 and len(set(shares)) > 6


def test_the_bar_of_coagglomeration_only_grows_and_moves_within_a_region():
    seen: list[float] = []
    used = pd.DataFrame({"x": range(10)})
    report, show, hear = _counter(used, lambda text, share: seen.append(share))
    for sites, done in ((4, 0), (6, 1)):
        for part_of_cell in (0.5, 0.9):
            counts = Counts(2, done=done, part=part_of_cell)
            hear(counts)
            show(str(counts), counts.share)
        counts = Counts(2, done=done + 1)
        hear(counts)
        show(str(counts), counts.share)
        report(SimpleNamespace(sites=sites))  # type: ignore[arg-type]
    assert np.allclose(seen, [0.25, 0.45, 0.45, 0.7, 0.94, 0.94])
