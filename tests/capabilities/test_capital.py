"""Rental costs of capital and countries of origin from the command line, by hand."""

from __future__ import annotations

import html
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from spillgraph.analytics import ucs, uds
from spillgraph.cli.main import _exit_code
from spillgraph.graph.matrix_files import load_matrix

from ..helpers.page_reader import figures_of, tables_of
from .test_trade_in_value_added import COUNTRY, LABELS, world
from .test_trade_in_value_added import write_study as write_world

CAPITAL = """
[tables.capital_goods]
file = "goods.csv"

[tables.capital_flows]
file = "capital.csv"
classification = "io"
"""
GOODS = "id,life,depreciation\nmachines,7,0.12\nhalls,39,0.03\n"
#: Growth is given for two of three.
FLOWS = (
    "good,user,year,value,growth\nmachines,A1,2005,13,0.01\nhalls,A1,2005,3,0.02\n"
    "machines,B2,2005,12,\n"
)


def write_study(folder: Path, flows: str = FLOWS, goods: str = GOODS) -> Path:
    study = write_world(folder)
    (folder / "goods.csv").write_text(goods)
    (folder / "capital.csv").write_text(flows)
    study.write_text(study.read_text() + CAPITAL)
    return study


def run(command: str, study: Path, *more: str) -> int:
    return _exit_code([command, str(study), "-q", *more], debug=False)


@pytest.fixture(scope="module")
def out(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("capital")
    assert run("accounts", write_study(folder), "--out", str(folder / "out")) == 0
    return folder / "out"


def read(out: Path, name: str, *index: str) -> pd.DataFrame:
    return pd.read_csv(out / f"accounts/{name}_2005.csv", index_col=list(index))


def test_stocks_and_rental_costs_are_those_of_a_hand_calculation(out) -> None:
    """13 of machines that grow by 1% and lose 12%: 13 × 1.01/0.13 = 101 in use."""
    cells = read(out, "capital", "code", "good")
    assert cells.loc[("A1", "machines"), "capital_stock"] == pytest.approx(101.0)
    assert cells.loc[("A1", "halls"), "capital_stock"] == pytest.approx(3 * 1.02 / 0.05)
    assert cells.loc[("B2", "machines"), "capital_stock"] == pytest.approx(12 / 0.12)
    # the present values of lives of 7 and 39 years are those of the specification
    machines = (0.0701 + 0.12) * (1 - 0.34 * 0.817206) / 0.66
    halls = (0.0701 + 0.03) * (1 - 0.34 * 0.339736) / 0.66
    assert cells.loc[("A1", "machines"), "rental_cost"] == pytest.approx(101 * machines, rel=1e-6)
    assert cells.loc[("A1", "halls"), "rental_cost"] == pytest.approx(61.2 * halls, rel=1e-6)
    sectors = read(out, "rental_costs", "code")
    assert sectors.index.tolist() == LABELS
    whole = 101 * machines + 61.2 * halls
    assert sectors.loc["A1", "rental_cost"] == pytest.approx(whole, rel=1e-6)
    x = world()[2]["A1"]
    assert sectors.loc["A1", "rental_share"] == pytest.approx(100 * whole / x, rel=1e-6)
    assert sectors.loc["A2"].tolist() == [0.0, 0.0, 0.0, 0.0]
    goods = read(out, "capital_goods", "good")
    assert goods["present_value"].to_dict() == pytest.approx(
        {"machines": 0.817206, "halls": 0.339736}, abs=5e-7
    )


def test_json_and_page_have_the_numbers_of_the_files(out) -> None:
    said = json.loads((out / "accounts.json").read_text(encoding="utf-8"))
    year, sectors = said["years"]["2005"], read(out, "rental_costs", "code")
    assert year["capital"]["rental_cost"] == pytest.approx(sectors["rental_cost"].to_dict())
    assert year["capital"]["goods"]["machines"]["life"] == 7
    assert any("1 of 3 capital flows is taken to grow by 0% a year" in n for n in year["notes"])
    assert set(sectors) <= set(said["meaning"])
    page = (out / "report.html").read_text(encoding="utf-8")
    shown = tables_of(page)["Capital by sector, 2005"]
    assert float(shown["A1"]["Stock, million"]) == pytest.approx(sectors["capital_stock"]["A1"])
    drawn = {place: value for place, value in figures_of(page).items() if "rental" in place[0]}
    assert any(
        value == pytest.approx(sectors["rental_share"]["A1"], rel=1e-3) for value in drawn.values()
    )


def test_tax_interest_credit_and_timing_are_options(tmp_path) -> None:
    study, out = write_study(tmp_path), tmp_path / "out"
    options = ["--capital-tax", "0", "--capital-interest", "0.05", "--capital-growth", "0.08"]
    assert run("accounts", study, "--out", str(out), *options) == 0
    cells = read(out, "capital", "code", "good")
    stock = 12 * 1.08 / 0.2
    assert cells.loc[("B2", "machines"), "rental_cost"] == pytest.approx(stock * 0.17)
    more = ["--capital-credit", "0.1", "--capital-timing", "begin", "--rebuild"]
    assert run("accounts", study, "--out", str(out), *more[:4]) == 0
    machines = (0.0701 + 0.12) * (1 - 0.1 - 0.34 * 0.817206 * 1.0701) / 0.66
    cells = read(out, "capital", "code", "good")
    assert cells.loc[("B2", "machines"), "rental_cost"] == pytest.approx(100 * machines, rel=1e-6)


@pytest.mark.parametrize(
    ("flows", "goods", "words"),
    [
        (FLOWS.replace("halls", "ships"), GOODS, "ships"),
        (FLOWS, GOODS.replace("39", ""), "life"),
        (FLOWS, GOODS.replace("39", "0"), "life"),
        (FLOWS, GOODS.replace("0.03", "1.3"), "depreciation"),
        (FLOWS.replace("B2", "Z9"), GOODS, "Z9"),
        (FLOWS.replace("0.02", "2"), GOODS, "growth is above 1: 1, '2' in row 2 of capital.csv"),
        (FLOWS.replace(",12,", ",-12,"), GOODS, "-12"),
        (FLOWS + "machines,A1,2005,1,0\n", GOODS, "machines"),
        (
            FLOWS.replace("0.02", "-0.03"),
            GOODS,
            "'halls' used by 'A1': growth -0.03 and depreciation",
        ),
    ],
)
def test_a_flow_without_life_rate_or_user_is_one_error_that_names_it(
    flows, goods, words, tmp_path, capsys
) -> None:
    study = write_study(tmp_path, flows, goods)
    study.write_text(study.read_text() + "\n[accounts]\n")
    assert run("check", study) == 2
    told = " ".join(capsys.readouterr().err.split())
    assert words in told and told.count("Error") == 1, told


def test_capital_flows_in_another_unit_and_of_another_year_are_told(tmp_path, capsys) -> None:
    study = write_study(tmp_path, FLOWS.replace(",13,", ",13000,"))
    assert run("accounts", study, "--out", str(tmp_path / "out")) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "Rental costs are more than gross output in 1 of 6 sectors, most in 'A1' (" in told
    (tmp_path / "capital.csv").write_text(FLOWS.replace("2005", "2004"))
    study.write_text(study.read_text() + "\n[years]\nfirst = 2004\nlast = 2005\nreport = [2005]\n")
    assert run("accounts", study, "--out", str(tmp_path / "out")) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "2005: [tables.capital_flows] has no row of 2005: no rental costs." in told
    assert not list((tmp_path / "out/accounts").glob("rental_costs*"))


def test_capital_goods_bought_by_fine_industries_are_added_up_to_sectors(tmp_path) -> None:
    """Stocks grow as those of the fine industries do, and are added up."""
    flows = FLOWS.replace("A1,2005,13,0.01", "a,2005,13,0.01").replace("A1", "b").replace("B2", "b")
    study = write_study(tmp_path, flows)
    text = study.read_text()
    at = text.index("[tables.capital_flows]")
    text = text[:at] + text[at:].replace('"io"', '"fine"')
    (tmp_path / "map.csv").write_text("from,to\na,A1\nb,A1\n")
    text += '\n[[tables.concordance]]\nfile = "map.csv"\nfrom_classification = "fine"\n'
    study.write_text(text + 'to_classification = "io"\n')
    assert run("accounts", study, "--out", str(tmp_path / "out")) == 0
    cells = read(tmp_path / "out", "capital", "code", "good")
    assert cells.loc[("A1", "machines"), "capital_stock"] == pytest.approx(101 + 100)


def test_inputs_of_every_sector_by_country_of_origin(out) -> None:
    Z, *_ = world()
    found = read(out, "inputs_by_country", "code", "origin")
    wanted = Z.T.groupby(pd.Series(COUNTRY)).sum().T
    for (code, origin), row in found.iterrows():
        assert row["intermediate_inputs"] == pytest.approx(wanted.loc[code, origin])
        share = 100 * wanted.loc[code, origin] / Z.loc[code].sum()
        assert row["input_share"] == pytest.approx(share)
    assert len(found) == 18
    said = json.loads((out / "accounts.json").read_text(encoding="utf-8"))["years"]["2005"]
    sums = wanted.groupby(pd.Series(COUNTRY)).sum()
    assert said["inputs_by_country"]["A"] == pytest.approx(sums.loc["A"].to_dict())
    shown = tables_of((out / "report.html").read_text(encoding="utf-8"))
    row = shown["Inputs by country of origin, 2005"]["A"]
    assert float(row["of it from home"]) == pytest.approx(sums.loc["A", "A"] / sums.loc["A"].sum())
    first = sums.loc["A"].drop("A").idxmax()
    assert row["Source 1"].startswith(f"{first} (")


def test_capital_goods_called_as_sectors_are_deliveries_and_costs_in_ultimate_shares(
    tmp_path,
) -> None:
    """FLOW = use + capital goods (A3), FLOWCOST = use + rental costs (A13), held against both."""
    study = write_study(
        tmp_path,
        "good,user,year,value,growth\nA1,A1,2005,13,0.01\nC2,A1,2005,3,0.02\nA1,B2,2005,12,0\n",
        "id,life,depreciation\nA1,7,0.12\nC2,39,0.03\n",
    )
    out = tmp_path / "out"
    assert run("accounts", study, "--out", str(out)) == 0
    Z, f, x, _ = world()
    cells = read(out, "capital", "code", "good")
    goods, rental = (
        cells[name].unstack("code").reindex(LABELS, columns=LABELS).fillna(0.0)
        for name in ("capital_flow", "rental_cost")
    )
    assert goods.loc["A1"].sum() == 25 and goods.loc["C2", "A1"] == 3
    wanted = {
        "UDS_capital": uds(Z.T + goods, f.sum() - goods.sum(axis=1)),
        "UCS_capital": ucs(Z.T + rental, x - Z.sum(axis=1) - rental.sum()),
        "UDS": uds(Z.T, f.sum()),
        "UCS": ucs(Z.T, x - Z.sum(axis=1)),
    }
    for name, M in wanted.items():
        found = load_matrix(out / f"accounts/{name}_2005.npz").to_frame()
        np.testing.assert_allclose(found, M.to_frame().loc[found.index, found.columns], rtol=1e-9)
        sums = found.sum(axis=1 if name.startswith("UDS") else 0)
        np.testing.assert_allclose(sums, 1.0, rtol=1e-12)


def test_capital_goods_of_other_names_leave_ultimate_shares_as_they_are(out) -> None:
    assert not list(out.glob("accounts/*_capital_*.npz"))


@pytest.mark.parametrize(
    ("second", "told"),
    [
        ("halls", "the capital good has no maker among the sectors: 'halls'. Give it the code of"),
        (None, "the capital goods have no maker among the sectors: 'halls', 'machines'. Give each"),
    ],
)
def test_a_capital_good_without_a_maker_is_named_with_the_remedy_and_once(
    second: str | None, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    maker = "machines" if second is None else "A1"
    flows, goods = (text.replace("machines", maker) for text in (FLOWS, GOODS))
    study = write_study(tmp_path, flows, goods)
    assert run("accounts", study, "--out", str(tmp_path / "out")) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert f"2005: UDS_capital and UCS_capital are left out: {told}" in said
    assert "as id in [tables.capital_goods] and as good in [tables.capital_flows]" in said
    notes = json.loads((tmp_path / "out/accounts.json").read_text())["years"]["2005"]["notes"]
    assert any(told in note for note in notes)
    page = html.unescape((tmp_path / "out/report.html").read_text(encoding="utf-8"))
    assert page.count(told) == 1
    assert not list((tmp_path / "out").glob("accounts/*_capital_*.npz"))


def test_a_sector_without_a_country_leaves_out_origins_and_is_named(tmp_path, capsys) -> None:
    study = write_study(tmp_path)
    lists = next(file for file in tmp_path.glob("*.csv") if "country" in file.read_text())
    rows = lists.read_text().splitlines()
    at = next(k for k, row in enumerate(rows) if row.startswith("A1,"))
    rows[at] = rows[at].replace(",A", ",", 1) if rows[at].endswith(",A") else rows[at]
    lists.write_text("\n".join(rows) + "\n")
    assert run("accounts", study, "--out", str(tmp_path / "out")) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert (
        "2005: inputs by country of origin are left out: the country of 'A1' is not known" in said
    )


def test_more_capital_goods_than_final_demand_are_told(tmp_path, capsys) -> None:
    goods = "id,life,depreciation\nA1,7,0.12\n"
    study = write_study(tmp_path, "good,user,year,value\nA1,B1,2005,100000\n", goods)
    assert run("accounts", study, "--out", str(tmp_path / "out")) == 0
    told = json.loads((tmp_path / "out/accounts.json").read_text())["years"]["2005"]["notes"]
    assert any(
        note.startswith("With capital goods, UDS: capital goods of 'A1' are more than final demand")
        for note in told
    )
