"""Value added in trade from the command line: identities, a direct call, and when there is none."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from spillgraph.analytics.leontief import value_added_in_trade
from spillgraph.cli.main import _exit_code

from ..helpers.page_reader import figures_of, tables_of

COUNTRY = {"A1": "A", "A2": "A", "B1": "B", "B2": "B", "C1": "C", "C2": "C"}
LABELS = list(COUNTRY)
STUDY = """
[study]
name = "Three countries"
target = "io"
money = "million"

[outputs]
figures = []

[tables.industries]
file = "industries.csv"
classification = "io"

[tables.io_flows]
file = "flows.csv"
classification = "io"

[tables.io_output]
file = "output.csv"
classification = "io"
"""
FINAL = """
[tables.final_use]
file = "final.csv"
classification = "io"
"""


def world() -> tuple[pd.DataFrame, pd.DataFrame, pd.Series, pd.Series]:
    """Flows [user, supplier], final use [country, supplier], output, and value added below it."""
    rng = np.random.default_rng(11)
    Z = pd.DataFrame(rng.gamma(0.7, 8.0, (6, 6)), LABELS, LABELS)
    f = pd.DataFrame(10 + rng.gamma(2.0, 30.0, (3, 6)), list("ABC"), LABELS)
    x = Z.sum() + f.sum()
    return Z, f, x, 0.9 * (x - Z.sum(axis=1))


def write_study(folder: Path, *, final: bool = True, countries: dict[str, str] = COUNTRY) -> Path:
    Z, f, x, v = world()
    flows = [(j, i, 2005, Z.loc[i, j]) for i in LABELS for j in LABELS]
    columns = ["supplier", "user", "year", "value"]
    pd.DataFrame(flows, columns=columns).to_csv(folder / "flows.csv", index=False)
    output = {"industry": LABELS, "year": 2005, "gross_output": x, "value_added": v}
    pd.DataFrame(output | {"final_demand": f.sum()}).to_csv(folder / "output.csv", index=False)
    rows = [(j, c, 2005, f.loc[c, j]) for c in "ABC" for j in LABELS]
    columns = ["industry", "country", "year", "value"]
    pd.DataFrame(rows, columns=columns).to_csv(folder / "final.csv", index=False)
    listed = {"code": LABELS, "country": [countries.get(code, "") for code in LABELS]}
    pd.DataFrame(listed).to_csv(folder / "industries.csv", index=False)
    (folder / "study.toml").write_text(STUDY + (FINAL if final else ""))
    return folder / "study.toml"


def accounts(study: Path, out: Path, *more: str) -> int:
    return _exit_code(["accounts", str(study), "--out", str(out), "-q", *more], debug=False)


@pytest.fixture(scope="module")
def out(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("trade")
    assert accounts(write_study(folder), folder / "out") == 0
    return folder / "out"


def pairs_of(out: Path) -> pd.DataFrame:
    file = out / "accounts/trade_in_value_added_2005.csv"
    return pd.read_csv(file, index_col=["exporter", "importer"])


def test_the_file_is_what_a_direct_call_gives(out) -> None:
    Z, f, _, v = world()
    wanted = value_added_in_trade(Z, v, f, pd.Series(COUNTRY))
    found = pairs_of(out)
    assert list(found) == list(wanted) and len(found) == 6
    pd.testing.assert_frame_equal(found.loc[wanted.index], wanted, rtol=1e-9)
    assert (found["other"] > 0).all()  # a tenth of what inputs leave is no value added


def test_exports_are_domestic_and_foreign_value_added_and_what_is_neither(out) -> None:
    table = pairs_of(out)
    parts = table[["DVA", "DDC", "FVA", "FDC", "other"]].sum(axis=1)
    np.testing.assert_allclose(table["exports"], parts, rtol=1e-12)
    np.testing.assert_allclose(table["DVA"], table["VAX"] + table["REF"], rtol=1e-12)
    np.testing.assert_allclose(table["GVC"], table["GVC_forward"] + table["GVC_backward"])
    Z, f, _, _ = world()
    by = pd.Series(COUNTRY)
    sold = Z.groupby(by).sum().add(f)  # [country that uses, supplier]
    goods = sold.T.groupby(by).sum()
    for exporter, importer in table.index:
        wanted = goods.loc[exporter, importer]
        assert table.loc[(exporter, importer), "exports"] == pytest.approx(wanted, rel=1e-12)


def test_json_and_page_have_the_sums_of_the_file(out) -> None:
    sums = pairs_of(out).groupby("exporter").sum()
    said = json.loads((out / "accounts.json").read_text(encoding="utf-8"))
    year = said["years"]["2005"]["value_added_in_trade"]
    for country, row in sums.iterrows():
        assert year[country] == pytest.approx(row.to_dict(), rel=1e-12)
    assert set(sums) <= set(said["meaning"])
    page = tables_of((out / "report.html").read_text(encoding="utf-8"))
    shown = page["Value added in trade by exporter, 2005"]
    drawn = figures_of((out / "report.html").read_text(encoding="utf-8"))
    for country, row in sums.iterrows():
        assert float(shown[country]["Exports, million"]) == pytest.approx(row["exports"])
        for name in ("VAX", "REF", "DDC", "FVA", "FDC", "other", "GVC"):
            share = row[name] / row["exports"]
            assert float(shown[country][f"{name} in exports"]) == pytest.approx(share, rel=1e-9)
            if name != "GVC":
                place = ("figure-value-added-in-trade", "2005", f"country {country}", name)
                assert drawn[place] == pytest.approx(100 * share, rel=1e-3)


def test_value_added_that_leaves_much_of_output_is_told_where_it_goes(tmp_path, capsys) -> None:
    """Half the value added: the screen and the split name the same rest by both of its names."""
    study = write_study(tmp_path)
    output = pd.read_csv(tmp_path / "output.csv")
    output.assign(value_added=output["value_added"] / 2).to_csv(
        tmp_path / "output.csv", index=False
    )
    assert accounts(study, tmp_path / "out") == 0
    screen = " ".join(capsys.readouterr().out.split())
    Z, _, x, v = world()
    rest = (x - Z.sum(axis=1) - v / 2).groupby(pd.Series(COUNTRY)).sum()
    shares = rest / x.groupby(pd.Series(COUNTRY)).sum()
    assert "value added is not all of it" in screen and "rest counts as imports in cost" in screen
    worst = shares.idxmax()
    assert f"leave more than 10% of gross output in {worst} ({shares[worst]:.1%})" in screen
    assert "Where it is value added, the parts DVA to FDC are too small" in screen


def test_without_final_use_or_countries_there_is_none(tmp_path, capsys) -> None:
    study = write_study(tmp_path, final=False)
    assert accounts(study, tmp_path / "out") == 0
    assert not (tmp_path / "out/accounts/trade_in_value_added_2005.csv").exists()
    assert "in trade" not in capsys.readouterr().out
    assert accounts(study, tmp_path / "out", "--value-added-in-trade") == 2
    assert "needs [tables.final_use]" in " ".join(capsys.readouterr().err.split())
    write_study(tmp_path, countries=COUNTRY | {"C2": ""})
    assert accounts(study, tmp_path / "out") == 0
    screen = " ".join(capsys.readouterr().out.split())
    assert "value added in trade is not computed: the country of 'C2' is not known" in screen
    assert accounts(study, tmp_path / "out", "--value-added-in-trade") == 2
    assert "the country of 'C2' is not known" in " ".join(capsys.readouterr().err.split())
    write_study(tmp_path)
    assert accounts(study, tmp_path / "out", "--no-value-added-in-trade") == 0
    assert not (tmp_path / "out/accounts/trade_in_value_added_2005.csv").exists()


def test_a_concordance_carries_final_use_over_and_sales_that_miss_output_are_told(
    tmp_path, capsys
) -> None:
    study = write_study(tmp_path)
    rows = pd.read_csv(tmp_path / "final.csv")
    halves = pd.concat([rows.assign(industry=rows["industry"] + end) for end in "xy"])
    halves.assign(value=halves["value"] / 2).to_csv(tmp_path / "final.csv", index=False)
    maps = [(f"{code}{end}", code) for code in LABELS for end in "xy"]
    pd.DataFrame(maps, columns=["from", "to"]).to_csv(tmp_path / "map.csv", index=False)
    text = study.read_text().replace(
        'file = "final.csv"\nclassification = "io"', 'file = "final.csv"\nclassification = "fine"'
    )
    concordance = '[[tables.concordance]]\nfile = "map.csv"\n'
    concordance += 'from_classification = "fine"\nto_classification = "io"\n'
    study.write_text(f"{text}\n{concordance}")
    assert accounts(study, tmp_path / "out") == 0
    Z, f, _, v = world()
    wanted = value_added_in_trade(Z, v, f, pd.Series(COUNTRY))
    pd.testing.assert_frame_equal(pairs_of(tmp_path / "out").loc[wanted.index], wanted, rtol=1e-9)
    output = pd.read_csv(tmp_path / "output.csv")
    output.loc[output["industry"] == "B1", "gross_output"] *= 1.05
    output.to_csv(tmp_path / "output.csv", index=False)
    capsys.readouterr()
    assert accounts(study, tmp_path / "out") == 0
    screen = " ".join(capsys.readouterr().out.split())
    assert "are not gross output, which they miss by more than 1% in B (" in screen


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda rows: rows.assign(value=rows["value"] * 1_000), "in the money of gross output"),
        (lambda rows: rows[rows["industry"] != "A1"], "'A1' has no row there"),
    ],
)
def test_final_use_in_another_unit_or_without_a_sector_gives_no_numbers(
    tmp_path, capsys, spoil, words
) -> None:
    study = write_study(tmp_path)
    spoil(pd.read_csv(tmp_path / "final.csv")).to_csv(tmp_path / "final.csv", index=False)
    assert accounts(study, tmp_path / "out") == 0
    screen = " ".join(capsys.readouterr().out.split())
    assert "value added in trade is not computed: [tables.final_use] of 2005" in screen
    assert words in screen and not list((tmp_path / "out").rglob("trade_in_value_added*"))
    assert accounts(study, tmp_path / "out", "--value-added-in-trade") == 2
    assert words in " ".join(capsys.readouterr().err.split())


def test_other_formats_say_what_columns_are(out) -> None:
    assert _exit_code(["export", str(out), "--as", "md", "-q"], debug=False) == 0
    (file,) = out.rglob("trade_in_value_added_2005.md")
    text = file.read_text(encoding="utf-8")
    assert "code of the country that exports" in text
    assert "value added of the exporter that leaves it first" in text
