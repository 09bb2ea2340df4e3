"""Tables go to pymrio and MARIO and come back; their readers and ours see the same."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import spillgraph
from spillgraph.core.errors import InputError
from spillgraph.ingest.published import (
    PublishedTable,
    audit,
    from_mario,
    from_pymrio,
    read_published,
    to_mario,
    to_pymrio,
    write_study,
)

from . import layouts

IT = layouts.world()


class FakeSystem(SimpleNamespace):
    """What an IOSystem of pymrio holds, as far as it is asked for."""

    def __init__(self, **given) -> None:
        paid = given.pop("factor_inputs")
        meta = SimpleNamespace(name=given.pop("name"), description=given.pop("description"))
        super().__init__(**given, meta=meta, factor_inputs=SimpleNamespace(**paid))


class FakeDatabase(SimpleNamespace):
    """What a Database of MARIO holds, as far as it is asked for."""

    def __init__(self, **given) -> None:
        meta = SimpleNamespace(name=given.pop("name"), year=None)
        super().__init__(**given, meta=meta)


@pytest.fixture
def table(tmp_path) -> PublishedTable:
    return read_published(layouts.icio(tmp_path / "2018_SML.csv", IT, 2023))


def same(mine: PublishedTable, other: PublishedTable) -> None:
    assert mine.sectors.equals(other.sectors) and mine.year == other.year
    for name in ("flows", "final_demand", "value_added", "output", "final_uses", "payments"):
        left, right = getattr(mine, name).astype(object), getattr(other, name).astype(object)
        pd.testing.assert_frame_equal(left, right)


def test_to_pymrio_and_back_is_the_same_table(table, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "pymrio", SimpleNamespace(IOSystem=FakeSystem))
    io = to_pymrio(table)
    assert io.Z.index.names == ["region", "sector"] and io.Y.columns.names == ["region", "category"]
    np.testing.assert_array_equal(io.Z, IT.Z)
    np.testing.assert_array_equal(io.Y, IT.Y)
    np.testing.assert_array_equal(io.factor_inputs.F, [IT.taxes, IT.added])
    same(table, from_pymrio(io))


def test_to_mario_and_back_is_the_same_table(table, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "mario", SimpleNamespace(Database=FakeDatabase))
    db = to_mario(table)
    assert db.Z.index[0] == ("AUS", "Sector", "A01")
    assert db.Y.columns[1] == ("AUS", "Consumption category", "INVNT")
    assert set(db.units) == {"Sector", "Factor of production", "Satellite account"}
    same(table, from_mario(db))


def test_supply_and_use_of_mario_become_make_and_use() -> None:
    lines = pd.MultiIndex.from_tuples(
        [("x", kind, item) for kind in ("Activity", "Commodity") for item in ("a", "b")]
    )
    Z = pd.DataFrame(np.zeros((4, 4)), lines, lines)
    Z.iloc[:2, 2:] = [[10, 0], [1, 20]]  # made
    Z.iloc[2:, :2] = [[2, 3], [4, 5]]  # used
    uses = pd.MultiIndex.from_tuples([("x", "Consumption category", "homes")])
    Y = pd.DataFrame([0.0, 0.0, 6.0, 11.0], lines, uses)
    V = pd.DataFrame([[4.0, 13.0, 0.0, 0.0]], ["wages"], lines)
    db = FakeDatabase(name="t 2001", Z=Z, Y=Y, V=V, units={})
    found = from_mario(db, unit="shells")
    assert not found.is_symmetric and found.year == 2001 and found.unit == "shells"
    assert found.make["value"].tolist() == [10.0, 1.0, 20.0]
    assert found.use["value"].tolist() == [2.0, 3.0, 4.0, 5.0]
    assert found.output["gross_output"].tolist() == [10.0, 21.0]
    assert found.final_demand["value"].tolist() == [6.0, 11.0]


def test_neither_is_needed_and_who_asks_is_told(table, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "pymrio", None)
    monkeypatch.setitem(sys.modules, "mario", None)
    with pytest.raises(InputError, match=r"pymrio is not installed; .*pip install pymrio"):
        to_pymrio(table)
    with pytest.raises(InputError, match=r"mario is not installed; .*pip install mariopy"):
        to_mario(table)


def test_commodities_do_not_go_out(tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "pymrio", SimpleNamespace(IOSystem=FakeSystem))
    with pytest.raises(InputError, match=r"this table has commodities"):
        to_pymrio(read_published(layouts.bea(tmp_path), year=2017))


def test_an_object_without_flows_is_told() -> None:
    with pytest.raises(InputError, match=r"the pymrio object has no Z; call its calc_all"):
        from_pymrio(SimpleNamespace(Z=None))


def test_the_test_system_of_pymrio_comes_back_to_the_last_digit() -> None:
    pymrio = pytest.importorskip("pymrio", reason="pymrio is not installed: pip install pymrio")
    io = pymrio.load_test().calc_all()
    back = to_pymrio(from_pymrio(io, year=2010)).calc_all()
    for name in ("Z", "Y", "x", "A"):
        mine, theirs = getattr(back, name), getattr(io, name)
        np.testing.assert_array_equal(
            mine.reindex(index=theirs.index, columns=theirs.columns), theirs
        )
    np.testing.assert_array_equal(back.factor_inputs.F, io.factor_inputs.F)


def test_pymrio_reads_the_same_of_a_file(tmp_path) -> None:
    pymrio = pytest.importorskip("pymrio", reason="pymrio is not installed: pip install pymrio")
    path = layouts.icio(tmp_path / "ICIO2021_2018.csv", IT, 2021)
    theirs = pymrio.parse_oecd(str(path))
    mine = to_pymrio(read_published(path))
    np.testing.assert_array_equal(mine.Z.loc[theirs.Z.index, theirs.Z.columns], theirs.Z)
    np.testing.assert_array_equal(mine.Y.loc[theirs.Y.index, theirs.Y.columns], theirs.Y)


def test_the_test_tables_of_mario_come_back_to_the_last_digit() -> None:
    mario = pytest.importorskip("mario", reason="MARIO is not installed: pip install mariopy")
    db = mario.load_test("IOT")
    back = to_mario(from_mario(db, year=2010))
    for name in ("Z", "Y", "V"):
        mine, theirs = getattr(back, name), getattr(db, name)
        np.testing.assert_array_equal(
            mine.reindex(index=theirs.index, columns=theirs.columns), theirs
        )


def test_the_test_supply_and_use_of_mario_become_make_and_use_to_the_last_digit() -> None:
    mario = pytest.importorskip("mario", reason="MARIO is not installed: pip install mariopy")
    db = mario.load_test("SUT")
    table = from_mario(db, year=2010)
    makers = db.Z.index.get_level_values(1) == "Activity"
    users = db.Z.columns.get_level_values(1) == "Activity"
    for frame, theirs in (
        (table.make, db.Z.loc[makers, ~users]),
        (table.use, db.Z.loc[~makers, users]),
        (table.value_added, db.V.loc[:, users]),
    ):
        mine = np.sort(frame["value"].to_numpy(float))
        np.testing.assert_array_equal(mine, np.sort(theirs.to_numpy()[theirs.to_numpy() != 0]))
    assert all(each.differ == 0 for each in audit(table).identities)


@pytest.mark.parametrize("kind", ["IOT", "SUT"])
def test_a_table_of_mario_becomes_a_study_that_runs(kind: str, tmp_path: Path) -> None:
    mario = pytest.importorskip("mario", reason="MARIO is not installed: pip install mariopy")
    study = write_study(from_mario(mario.load_test(kind), year=2010), tmp_path / "study")
    S = spillgraph.run(study, tmp_path / "out").matrix("S", 2010).to_frame()
    assert S.shape[0] == (6 if kind == "IOT" else 4) and 0 < S.to_numpy().sum(axis=1).max() < 1
