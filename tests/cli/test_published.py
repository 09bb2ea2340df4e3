"""``spillgraph published`` from a file as it was downloaded to a study that is checked."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
from spillgraph.analytics.leontief import value_added_in_trade
from spillgraph.cli.main import _exit_code

from ..ingest.published import layouts

HEAD = "V1,AUS_A01,AUS_B05,NZL_A01,NZL_B05,AUS_HFCE,NZL_HFCE,OUT\n"
ROWS = """\
AUS_A01,10,5,1,2,80,2,100
AUS_B05,20,30,4,6,100,40,200
NZL_A01,1,2,3,4,5,35,50
NZL_B05,2,3,8,12,15,40,80
TLS,1,2,1,2,3,4,
VA,66,158,33,54,0,0,
OUT,100,200,50,80,203,121,
"""


def spillgraph(*arguments: str) -> int:
    return _exit_code(list(arguments), debug=False)


def test_a_table_becomes_a_study_that_check_accepts(tmp_path: Path, capsys) -> None:
    path = tmp_path / "2018_SML.csv"
    path.write_text(HEAD + ROWS)
    out = tmp_path / "study"
    assert spillgraph("published", str(path), "--out", str(out)) == 0
    told = capsys.readouterr()
    assert "PublishedTable(icio, 2018, 4 sectors, 2 countries" in told.out
    assert "total 'OUT' (flows, row): 6 compared, all equal" in told.out
    assert "negative entries: none" in told.out
    assert f"Next: spillgraph run {out}/study.toml --out {out}/results" in told.out
    assert [line.split()[0] for line in told.err.splitlines()] == ["read", "audit", "write"]
    assert spillgraph("check", str(out / "study.toml"), "--quiet") == 0


def test_a_total_that_is_off_is_told_with_its_place_and_nothing_is_written(
    tmp_path, capsys
) -> None:
    path = tmp_path / "2018_SML.csv"
    path.write_text(HEAD + ROWS.replace("20,30,4", "20,3000,4"))
    out = tmp_path / "study"
    assert spillgraph("published", str(path), "--out", str(out), "--quiet") == 2
    told = capsys.readouterr()
    assert "'OUT' says 200 for 'AUS_B05', and the cells add up to 3,170" in told.err
    assert not out.exists()
    arguments = ["--out", str(out), "--totals", "warn", "--quiet"]
    assert spillgraph("published", str(path), *arguments) == 0
    assert spillgraph("published", str(path), *arguments) == 2
    assert "is not empty, and nothing is overwritten" in capsys.readouterr().err


def test_a_format_that_is_not_known_is_refused(tmp_path: Path, capsys) -> None:
    path = tmp_path / "table.csv"
    path.write_text("a,b\n1,2\n")
    code = spillgraph("published", str(path), "--format", "wiot", "--out", str(tmp_path / "s"))
    assert code == 2 and "Did you mean 'wiod'?" in capsys.readouterr().err


def test_choices_of_make_and_use_are_told_and_written(tmp_path: Path, capsys) -> None:
    (tmp_path / "make_2017.csv").write_text("make,steel,cars\nsteel,90,10\ncars,0,200\n")
    (tmp_path / "use_2017.csv").write_text(
        "use,steel,cars,homes,imports\nsteel,20,30,45,-5\ncars,21,84,125,-20\nwages,59,86,,\n"
    )
    files = [str(tmp_path / f"{name}_2017.csv") for name in ("make", "use")]
    out = tmp_path / "study"
    options = ["--format", "supply-use", "--domestic", "--model", "A", "--requirements"]
    assert spillgraph("published", *files, "--out", str(out), *options) == 0
    told = capsys.readouterr()
    assert "note: domestic: imports of 25 are taken out of the uses" in told.out
    assert "note: model A: product technology, product by product, 2 of them" in told.out
    assert [line.split()[0] for line in told.err.splitlines()] == [
        *("read", "audit", "derive", "write")
    ]
    assert (out / "printed" / "use.csv").is_file()
    assert len(list((out / "requirements").iterdir())) == 8
    assert spillgraph("check", str(out / "study.toml"), "--quiet") == 0


def test_a_table_that_does_not_balance_is_refused_or_balanced(tmp_path: Path, capsys) -> None:
    path = tmp_path / "io_2017.csv"
    path.write_text("flows,steel,cars,homes\nsteel,20,20,60\ncars,30,80,90\nwages,90,100,\n")
    out = ["--out", str(tmp_path / "study")]
    assert spillgraph("published", str(path), *out, "--balance") == 2
    assert "the column 'steel' pays 140 and the row 'steel' sells 100" in capsys.readouterr().err
    assert spillgraph("published", str(path), *out, "--balance", "--totals", "warn") == 0
    assert "note: balanced by GRAS" in capsys.readouterr().out


def accounts_of(path: Path, folder: Path) -> Path:
    """Run published and then accounts, as a user does; return the folder of results."""
    assert spillgraph("published", str(path), "--out", str(folder / "study"), "--quiet") == 0
    study, out = folder / "study" / "study.toml", folder / "out"
    assert spillgraph("accounts", str(study), "--out", str(out), "--quiet") == 0
    return out


def test_value_added_in_trade_of_a_file_is_that_of_the_printed_table(tmp_path: Path) -> None:
    path = tmp_path / "2018_SML.csv"
    path.write_text(HEAD + ROWS)
    out = accounts_of(path, tmp_path)
    pairs = ["exporter", "importer"]
    found = pd.read_csv(out / "accounts" / "trade_in_value_added_2018.csv", index_col=pairs)
    printed = pd.read_csv(path, index_col=0).astype(float)
    codes = list(printed.index[:4])
    Z = printed.loc[codes, codes].T  # [user, supplier]
    final = printed.loc[codes, ["AUS_HFCE", "NZL_HFCE"]].T.set_axis(["AUS", "NZL"])
    country = pd.Series([code[:3] for code in codes], codes)
    wanted = value_added_in_trade(Z, printed.loc[["TLS", "VA"], codes].sum(), final, country)
    assert list(found) == list(wanted) and len(found) == 2
    pd.testing.assert_frame_equal(found.loc[wanted.index], wanted, rtol=1e-9, atol=1e-9)
    goods = printed.loc["AUS_A01":"AUS_B05", ["NZL_A01", "NZL_B05", "NZL_HFCE"]]
    assert found.loc[("AUS", "NZL"), "exports"] == goods.to_numpy().sum() == 55


def test_upstreamness_of_a_world_table_takes_stocks_off_what_is_used(tmp_path: Path) -> None:
    it = layouts.world()
    cells = layouts.wiod_cells(it, ("c37", "c42"), year=2009, coded=False)
    out = accounts_of(layouts.xlsx(tmp_path / "wiot09_row_sep12.xlsx", {"2009": cells}), tmp_path)
    vectors = pd.read_csv(out / "accounts" / "vectors_2009.csv", index_col=0)
    # U = 1 + sum over users j of z_ij / (x_i - stocks_i) U_j; rows of Z sell
    shares = it.Z / (it.output - it.Y[:, 1::2].sum(axis=1))[:, None]
    wanted = np.linalg.solve(np.eye(len(it.Z)) - shares, np.ones(len(it.Z)))
    found = vectors["upstreamness"].reindex(it.codes())
    np.testing.assert_allclose(found, wanted, rtol=1e-10)
    said = json.loads((out / "accounts.json").read_text(encoding="utf-8"))
    assert "inventories" in json.dumps(said["years"]["2009"]["home_use"])
