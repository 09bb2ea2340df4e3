"""Real tables, re-encoded as long ones: audited, and held against what the studies read of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import spillgraph
from spillgraph.core.errors import InputError
from spillgraph.ingest.published import PublishedTable, audit, read_published, write_study
from spillgraph.ingest.published.audit import require_adds_up

EXAMPLES = Path(__file__).parents[3] / "examples"
DETAIL = ["Detail_Supply_2017_17sch", "Detail_Use_SUT_2017_17sch"]
SUMMARY = ["Summary_Make_2017_BeforeRedef_17sch", "Summary_Use_2017_PRO_BeforeRedef_17sch"]


def summary(data_folder: Path) -> PublishedTable:
    path = data_folder / "bea_io_2012_2017" / "summary_tables.csv.gz"
    return read_published(path, tables=SUMMARY)


def test_all_printed_totals_of_the_summary_tables_add_up(data_folder) -> None:
    table = summary(data_folder)
    found = audit(table)
    assert (len(table.sectors), len(table.commodities), table.year) == (71, 73, 2017)
    assert found.totals["differ"].sum() == 0 and len(found.totals) == 8
    assert found.balance["misfit"].max() < 5e-6
    used = found.negative[found.negative["table"] == "use"]
    assert used.iloc[0][["row", "column", "value"]].tolist() == ["Used", "483", -183.0]


def test_the_supply_use_framework_of_402_industries_adds_up(data_folder) -> None:
    path = data_folder / "bea_io_2012_2017" / "detail_tables.csv.gz"
    found = audit(read_published(path, tables=DETAIL))
    assert found.totals["share"].max() == 0 and len(found.totals) == 11
    assert found.balance["misfit"].max() < 5e-5


def test_the_summary_tables_give_flows_of_industry_technology(data_folder, tmp_path) -> None:
    study = write_study(summary(data_folder), tmp_path / "study")
    _, economy = spillgraph.check(study)
    flows, output, U = _by_hand(data_folder)
    (trade,) = economy.flows
    assert trade.input == pytest.approx(flows.to_numpy().sum(), rel=1e-12)
    mine = economy.output.loc[2017].reindex(output.index)
    np.testing.assert_allclose(mine["gross_output"], output)
    added = U.loc["Total Value Added"].reindex(output.index)
    np.testing.assert_allclose(mine["value_added"], added, atol=1)
    assert np.abs(np.linalg.eigvals(flows.T.div(output, axis=0))).max() == pytest.approx(
        0.479, abs=5e-4
    )


def _by_hand(data_folder: Path) -> tuple[pd.DataFrame, pd.Series, pd.DataFrame]:
    """Industry technology in the Bureau's symbols, from the same cells without our readers."""
    cells = pd.read_csv(
        data_folder / "bea_io_2012_2017" / "summary_tables.csv.gz",
        dtype={"row": str, "col": str},
        keep_default_na=False,
    )
    make, use = (
        cells[cells["table"] == name].pivot(index="row", columns="col", values="value").fillna(0.0)
        for name in SUMMARY
    )
    V = make.drop("Total Commodity Output").drop(columns="Total Industry Output")
    U = use.reindex(index=V.columns, columns=V.index).fillna(0.0)
    output = V.sum(axis=1)
    D = V / V.sum(axis=0)
    D["Used"] = 0.0
    W = D.div(1 - V["Used"] / output, axis=0)
    return W @ U, output, use


@pytest.mark.parametrize(
    ("make", "use", "commodity"),
    [
        ("Summary_Make_2017_BeforeRedef_17sch", "Summary_Use_2017_PUR_BeforeRedef_17sch", "42"),
        # its totals have lost their names, and would be final uses
        ("Detail_Make_2017_BeforeRedef_17sch", "Detail_Use_2017_PRO_BeforeRedef_17sch", "531HSO"),
    ],
)
def test_tables_at_two_prices_or_with_totals_inside_are_refused(
    make, use, commodity, data_folder
) -> None:
    name = "detail_tables" if "Detail" in make else "summary_tables"
    path = data_folder / "bea_io_2012_2017" / f"{name}.csv.gz"
    with pytest.raises(InputError, match=rf"commodity '{commodity}' .* supplied and .* is used"):
        require_adds_up(audit(read_published(path, tables=[make, use])))


def test_the_tables_of_1992_give_flows_and_output_of_the_example(
    data_folder, tmp_path, monkeypatch
) -> None:
    monkeypatch.setenv("SPILLGRAPH_DATA", str(data_folder))
    path = data_folder / "bea_io_1977_2002" / "bea_io_1992.csv.gz"
    table = read_published(path, tables=["make", "use"], unit="million US$")
    assert audit(table).balance["difference"].abs().max() == 0
    assert set(table.value_added["part"]) == {"88", "89", "90"}
    _, mine = spillgraph.check(write_study(table, tmp_path / "study", scrap=["81"]))
    _, theirs = spillgraph.check(EXAMPLES / "us_1992" / "study.toml")
    pd.testing.assert_frame_equal(mine.output.sort_index(), theirs.output.sort_index())
    trade = [[flow.input for flow in each.flows if flow.name == "trade"] for each in (mine, theirs)]
    assert trade[0] == trade[1] and trade[0]


def test_world_tables_whose_cells_were_cut_are_read_whole(data_folder, tmp_path) -> None:
    """A year of the world tables as a long table: 1,435 sectors, a million cells."""
    folder = data_folder / "wiod2013"
    stored = np.load(folder / "wiot_2011.npz")
    sectors = pd.read_csv(folder / "sectors.csv", dtype=str, keep_default_na=False)
    finals = pd.read_csv(folder / "final_uses.csv", dtype=str, keep_default_na=False)
    codes = (sectors["country"] + "_" + sectors["ind_num"]).tolist()
    uses = (finals["country"] + "_" + finals["final_use"]).tolist()
    cells = pd.DataFrame(np.hstack([stored["inter"], stored["final"]]), codes, codes + uses)
    whole = cells.assign(output=stored["output"].astype(float)).stack()
    whole = whole[whole != 0].rename("value").rename_axis(["supplier", "user"]).reset_index()
    whole.to_parquet(tmp_path / "wiot_2011.parquet")
    table = read_published(tmp_path / "wiot_2011.parquet", "long", year=2011)
    found = audit(table)
    assert table.sectors["country"].nunique() == 41
    # the source has cut all cells to whole numbers: sums fall short, by 108 of 29,022 at most
    assert len(found.totals) == 1
    assert found.totals.iloc[0][["differ", "share", "difference"]].tolist() == [402, 0.0, 108.0]
    assert found.balance["misfit"].tolist() == [pytest.approx(4.18e-4, rel=1e-3)]
    assert table.flows["value"].sum() == stored["inter"].sum()
