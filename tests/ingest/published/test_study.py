"""What is written is a study that check and run accept as it is."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
import spillgraph
from spillgraph.core.errors import InputError
from spillgraph.ingest.published import read_published, write_study

from . import layouts
from .test_one_world import LAYOUTS

IT = layouts.world()


def test_a_study_of_flows_runs_and_S_is_flows_over_output(tmp_path) -> None:
    table = read_published(layouts.icio(tmp_path / "ICIO2021_2018.csv", IT, 2021))
    study = write_study(table, tmp_path / "study")
    staged, _ = spillgraph.check(study)
    assert {name: each.read - each.loaded for name, each in staged.items()} == dict.fromkeys(
        ("industries", "io_flows", "io_output", "final_use"), 0
    )
    found = spillgraph.run(study, tmp_path / "out")
    assert found.warnings == []
    S = found.matrix("S", 2018).to_frame().loc[IT.codes(), IT.codes()]
    np.testing.assert_allclose(S, IT.Z.T / IT.output[:, None], rtol=1e-12)
    assert found.record["accounts"]["2018"]["balanced"]


@pytest.mark.parametrize("format", ["exiobase", "long", "wiod-wide"])
def test_check_accepts_a_study_of_other_formats(format, tmp_path) -> None:
    _, _, write = next(each for each in LAYOUTS.values() if each[0] == format)
    staged, economy = spillgraph.check(write_study(read_published(write(tmp_path)), tmp_path / "s"))
    assert sum(each.read - each.loaded for each in staged.values()) == 0
    assert economy.accounts[2009].misfit < 1e-9 and economy.warnings == []


@pytest.mark.parametrize("format", sorted({each[0] for each in LAYOUTS.values()}))
def test_a_study_says_what_it_was_made_of_without_the_folders_of_this_machine(
    format, tmp_path
) -> None:
    _, _, write = next(each for each in LAYOUTS.values() if each[0] == format)
    folder = tmp_path / "my papers (old)"
    folder.mkdir()
    text = write_study(read_published(write(folder)), tmp_path / "s").read_text()
    (line,) = (line for line in text.splitlines() if line.startswith("description"))
    assert "my papers" not in line and str(tmp_path) not in line
    assert ". taken for" in line or "taken for" not in line


def test_a_study_of_make_and_use_runs(tmp_path) -> None:
    study = write_study(read_published(layouts.bea(tmp_path), year=2017), tmp_path / "study")
    text = study.read_text()
    assert 'scrap = ["Used"]' in text and 'imports = ["Other"]' in text
    staged, economy = spillgraph.check(study)
    assert sum(each.read - each.loaded for each in staged.values()) == 0
    assert economy is not None


def test_supply_and_use_at_purchasers_prices_balance_in_the_study(tmp_path) -> None:
    table = read_published(layouts.bea_framework(tmp_path))
    study = write_study(table, tmp_path / "study")
    use = pd.read_csv(study.parent / "use.csv")
    made = table.make.groupby("commodity", observed=True)["value"].sum()
    sold = use[use["commodity"].isin(made.index)].groupby("commodity")["value"].sum()
    assert sold.to_dict() == made.to_dict() == {"111CA": 103.0, "211": 200.0}
    spillgraph.check(study)


def test_negative_flows_are_kept_and_the_study_says_so(tmp_path) -> None:
    it = layouts.world()
    it.Z[2, 3] = -4.0
    it.output[:] = it.Z.sum(axis=1) + it.Y.sum(axis=1)
    it.added[:] = it.output - it.Z.sum(axis=0) - it.taxes
    table = read_published(layouts.icio(tmp_path / "ICIO2021_2018.csv", it, 2021))
    study = write_study(table, tmp_path / "study")
    assert 'negative = "keep"' in study.read_text()
    spillgraph.check(study)


def test_the_audit_lies_beside_the_study(tmp_path) -> None:
    table = read_published(layouts.icio(tmp_path / "ICIO2021_2018.csv", IT, 2021))
    study = write_study(table, tmp_path / "study")
    told = json.loads((study.parent / "audit.json").read_text())
    assert told["cells"]["read"] == table.cells["read"]
    assert {row["total"] for row in told["totals"]} == {"OUTPUT", "TOTAL"}
    assert told["negative"] == [
        {"table": "final_demand", "row": "AUS_B05", "column": "AUS_INVNT", "value": -7.0}
    ]


def test_nothing_is_overwritten_and_nothing_half_written_stays(tmp_path, monkeypatch) -> None:
    table = read_published(layouts.icio(tmp_path / "ICIO2021_2018.csv", IT, 2021))
    folder = tmp_path / "study"
    folder.mkdir()
    (folder / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match=r"is not empty, and nothing is overwritten"):
        write_study(table, folder)
    with pytest.raises(InputError, match=r"is a file; name a folder"):
        write_study(table, folder / "mine.txt")

    def fail(*_: object) -> str:
        raise OSError("no space left")

    monkeypatch.setattr("spillgraph.ingest.published.study._audit_text", fail)
    with pytest.raises(OSError, match=r"no space"):
        write_study(table, tmp_path / "other")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ICIO2021_2018.csv", "study"]


def test_a_negative_output_is_refused_by_name(tmp_path) -> None:
    it = layouts.world()
    it.Y[4] = -900.0
    it.output[:] = it.Z.sum(axis=1) + it.Y.sum(axis=1)
    it.added[:] = it.output - it.Z.sum(axis=0) - it.taxes
    table = read_published(layouts.icio(tmp_path / "ICIO2021_2018.csv", it, 2021))
    with pytest.raises(InputError, match=r"the output of 'DEU_B05' is -3,\d+; shares of a negat"):
        write_study(table, tmp_path / "study")


def test_scrap_that_nobody_makes_is_refused(tmp_path) -> None:
    table = read_published(layouts.bea(tmp_path), year=2017)
    with pytest.raises(InputError, match=r"no industry makes '81', named as scrap"):
        write_study(table, tmp_path / "study", scrap=["81"])
