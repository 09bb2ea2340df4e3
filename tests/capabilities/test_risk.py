"""Risk from the command line: the issue's golden number, and the files against the functions."""

from __future__ import annotations

import html
import json
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from spillgraph.analytics.firms import carriers, systemic_risk
from spillgraph.capabilities.risk._compute import _classes
from spillgraph.cli.main import _exit_code
from spillgraph.core.matrix import LabelledMatrix
from spillgraph.reports.tables import show
from spillgraph.sample import write_sample

#: Of the paper's code, W[supplier, customer] and class[input, user].
W = [
    [0, 3, 2, 7, 5, 11],
    [4, 0, 9, 1, 8, 6],
    [10, 2, 0, 4, 3, 7],
    [6, 5, 1, 0, 9, 2],
    [8, 3, 6, 10, 0, 4],
    [2, 7, 5, 3, 11, 0],
]
CLASS = [[2, 1, 0], [0, 2, 1], [1, 0, 2]]
WORDS = ["ignored", "non-essential", "essential"]
STUDY = """
[study]
name = "Six firms"
target = "s"

[years]
report = [2015]
{more}
[outputs]
figures = []

[[tables.industries]]
file = "industries.csv"
classification = "s"

[tables.firms]
file = "firms.csv"
classification = "s"

[tables.trade_links]
file = "trade.csv"

[tables.io_output]
file = "output.csv"
classification = "s"
"""
ESSENTIAL = """
[tables.essential_inputs]
file = "essential.csv"
"""


def six_firms(folder: Path, more: str = "", table: bool = True, **change: Any) -> Path:
    """Return the study; ``change`` takes the place of its tables."""
    links = [(f"f{i}", f"f{j}", 2015, x) for i, row in enumerate(W) for j, x in enumerate(row) if x]
    pairs = [(user, supplier) for user in range(3) for supplier in range(3)]
    classes = [("abc"[user], "abc"[made], WORDS[CLASS[made][user]]) for user, made in pairs]
    firms = [(f"f{i}", f"Firm {i}", "abcabc"[i]) for i in range(6)]
    sold = {code: sum(W[i]) + sum(W[i + 3]) for i, code in enumerate("abc")}
    bought = {c: sum(row[i] + row[i + 3] for row in W) for i, c in enumerate("abc")}
    output = [(c, 2015, 200.0, 200.0 - bought[c], 200.0 - sold[c]) for c in "abc"]
    columns = ["industry", "year", "gross_output", "value_added", "final_demand"]
    tables = {
        "industries": pd.DataFrame({"code": list("abc"), "name": ["Steel", "Cars", "Cleaning"]}),
        "firms": pd.DataFrame(firms, columns=["id", "name", "industry"]),
        "trade": pd.DataFrame(links, columns=["supplier", "buyer", "year", "value"]),
        "essential": pd.DataFrame(classes, columns=["user", "supplier", "class"]),
        "output": pd.DataFrame(output, columns=columns),
    } | change
    for name, rows in tables.items():
        rows.to_csv(folder / f"{name}.csv", index=False)
    path = folder / "study.toml"
    text = STUDY.format(more=more) + (ESSENTIAL if table else "")
    path.write_text(text, encoding="utf-8")
    return path


def spillgraph(*arguments: object) -> int:
    return _exit_code([*map(str, arguments), "-q"], debug=False)


def values_in(out: Path) -> dict[str, Any]:
    values: dict[str, Any] = json.loads((out / "risk.json").read_text(encoding="utf-8"))
    return values


def table_in(out: Path, name: str, index: str) -> pd.DataFrame:
    texts = dict.fromkeys(["firm", "firm_name", "industry", "sector", "code", "carrier"], str)
    return pd.read_csv(out / "risk" / f"{name}.csv", dtype=texts).set_index(index)


def test_six_firms_equal_the_published_code(tmp_path: Path) -> None:
    path, out = six_firms(tmp_path), tmp_path / "out"
    given = ("--tolerance", 1e-15, "--revenue", "deliveries", "--top", 2)
    assert spillgraph("risk", path, "--out", out, *given) == 0
    firms = table_in(out, "firms", "firm")
    assert firms.loc["f0", "downstream"] == pytest.approx(0.5068798821474254, rel=3e-16)
    values = values_in(out)
    assert values["bound"] == 0.0 and values["certified"]
    assert (values["inputs"], values["revenue"], values["all"]) == ("table", "deliveries", True)
    assert list(values["top"]) == list(firms.index[:2]) and firms["both"].is_monotonic_decreasing


# -- the sample ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a synthetic study with its results, of the risk of its firms, too."""
    folder = tmp_path_factory.mktemp("risk")
    write_sample(folder / "study", firms=240, citations=3_000, seed=3)
    path = folder / "study" / "study.toml"
    assert spillgraph("risk", path, "--out", folder / "out") == 0
    return folder


def test_files_hold_what_the_functions_give(sample: Path) -> None:
    rows = pd.read_csv(sample / "study" / "trade.csv")
    rows = rows[rows["year"] == rows["year"].max()]
    register = pd.read_csv(sample / "study" / "firms.csv", dtype=str).set_index("id")
    labels = sorted({*rows["supplier"], *rows["buyer"]})
    deliveries = LabelledMatrix.from_long(
        "Z", rows["buyer"], rows["supplier"], rows["value"], labels
    )
    own = register["industry"].reindex(labels)
    firms, values = table_in(sample / "out", "firms", "firm"), values_in(sample / "out")
    assert values["revenue"] == "sector" and values["firms"] == len(firms) == len(labels)
    output = pd.read_csv(sample / "study" / "output.csv", dtype={"industry": str})
    gross = output[output["year"] == rows["year"].max()].set_index("industry")["gross_output"]
    sold = rows.groupby("supplier")["value"].sum().reindex(labels).fillna(0.0)
    sector = firms["sector"].reindex(labels)
    factor = (gross / sold.groupby(sector).sum()).clip(lower=1.0)
    revenue = sold * sector.map(factor).fillna(1.0)
    wanted = systemic_risk(deliveries, own, "linear", revenue=revenue)
    found = firms.loc[labels, list(wanted)]
    pd.testing.assert_frame_equal(found, wanted, check_names=False, rtol=1e-9)
    for code, row in table_in(sample / "out", "sectors", "code").iterrows():
        inside = firms[firms["sector"] == code]
        spread = carriers(inside["deliveries"], inside["sector"], code, k=1).concentration.iloc[0]
        assert row["carrier"] == inside["both"].idxmax() and row["both"] == inside["both"].max()
        assert row["downstream"] == inside["downstream"].max()
        names = ["firms", "hhi", "make_half", "top_share"]
        assert row["firms"] == len(inside)
        assert row[names[1:]].to_list() == pytest.approx(spread[names[1:]].to_list())


def test_a_firm_stands_in_the_sector_that_has_most_of_its_industry(sample: Path) -> None:
    weights = pd.read_csv(sample / "study" / "concordance.csv", dtype={"from": str, "to": str})
    firms = table_in(sample / "out", "firms", "firm")
    for industry, rows in weights.groupby("from"):
        mine = firms.loc[firms["industry"] == industry, "sector"]
        most = rows.loc[rows["weight"] == rows["weight"].max(), "to"]
        assert set(mine) <= {most.iloc[0]} or len(most) > 1


def test_the_page_shows_the_numbers_of_the_files(sample: Path) -> None:
    page = html.unescape((sample / "out" / "report.html").read_text(encoding="utf-8"))
    section = page.split('<section id="risk">')[1].split("</section>")[0]
    firms, values = table_in(sample / "out", "firms", "firm"), values_in(sample / "out")
    assert 'id="figure-risk"' in page and "none is essential (linear" in section
    assert f"{values['firms']:,} firms and {values['links']:,} links of 2020" in section
    whole, (tops, carried) = firms["deliveries"].sum(), section.split("Who carries a sector", 1)
    for firm, row in firms.head(25).iterrows():
        line = tops.split(f">{firm}</th>")[1].split("</tr>")[0]
        for number in (row["both"], row["downstream"], row["upstream"], row["deliveries"] / whole):
            assert f">{show(number, 'percent')}<" in line
    for code, row in table_in(sample / "out", "sectors", "code").iterrows():
        line = carried.split(f">{code}</th>")[1].split("</tr>")[0]
        assert f">{row['carrier']}<" in line
        assert f">{show(row['both'], 'percent')}<" in line
        assert f">{show(row['hhi'], 'value')}<" in line


def test_the_record_names_every_file(sample: Path) -> None:
    out = sample / "out"
    record = json.loads((out / "run.json").read_text(encoding="utf-8"))
    files = {f"risk/{path.name}" for path in (out / "risk").iterdir()} | {"risk.json"}
    assert files == set(record["capabilities"]["risk"])
    assert {"risk/firms.csv", "risk/sectors.csv", "risk/risk-both.svg"} < files


def test_the_highest_of_many_firms_are_those_of_all(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    size = rng.pareto(1.0, 90) + 0.1
    ends = [rng.choice(90, 250, p=size / size.sum()) for _ in range(2)]
    links = pd.DataFrame({"supplier": ends[0], "buyer": ends[1]}).drop_duplicates()
    links = links[links["supplier"] != links["buyer"]].map("f{}".format)
    links = links.assign(year=2015, value=rng.lognormal(0, 1, len(links)))
    firms = pd.DataFrame([(f"f{i}", "abc"[i % 3]) for i in range(90)], columns=["id", "industry"])
    output = pd.DataFrame(
        [(code, 2015, 1e4) for code in "abc"], columns=["industry", "year", "gross_output"]
    )
    path = six_firms(tmp_path, table=False, trade=links, firms=firms, output=output)
    trading, found = len(set(links["supplier"]).union(links["buyer"])), {}
    for cascades in (trading - 1, 1):
        out = tmp_path / str(cascades)
        assert spillgraph("risk", path, "--out", out, "--top", 4, "--cascades", cascades) == 0
        found[cascades] = values_in(out), table_in(out, "firms", "firm")
    (some, top), (cut, _) = found.values()
    assert not some["all"] and some["certified"] and some["bound"] <= top["both"].min()
    there = sorted(set(links["supplier"]).union(links["buyer"]))
    flows = (links[name] for name in ("buyer", "supplier", "value"))
    Z = LabelledMatrix.from_long("Z", *flows, there)
    own = firms.set_index("id")["industry"].loc[there]
    sold = links.groupby("supplier")["value"].sum().reindex(there).fillna(0.0)
    factor = 1e4 / sold.groupby(own).transform("sum")
    every = systemic_risk(Z, own, "linear", revenue=sold * factor)["both"]
    assert top.index.to_list() == every.nlargest(4).index.to_list()
    assert top["both"].to_list() == pytest.approx(every.nlargest(4).to_list(), rel=1e-9)
    assert not cut["certified"] and cut["bound"] == 1.0
    warnings = json.loads((tmp_path / "1" / "run.json").read_text(encoding="utf-8"))["warnings"]
    assert any("is not proved: others may have up to" in text for text in warnings)


# -- what is refused, and what is told -----------------------------------------------------------


def said(capsys: Any) -> str:
    return " ".join("".join(capsys.readouterr()).split())


@pytest.mark.parametrize("command", ["check", "risk"])
@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("a", "b", "vital"), "class 'vital' is none; needed is essential (2)"),
        (("z", "b", "essential"), "user 'z', supplier 'b': 'z' is not among the industries"),
    ],
)
def test_a_bad_table_of_classes_is_refused_before_anything_is_loaded(
    tmp_path: Path, capsys: Any, command: str, row: tuple[str, str, str], message: str
) -> None:
    rows = pd.DataFrame([row], columns=["user", "supplier", "class"])
    path = six_firms(tmp_path, "[risk]\n", essential=rows)
    more = () if command == "check" else ("--out", tmp_path / "out")
    assert spillgraph(command, path, *more) == 2
    assert message in said(capsys)
    assert not (tmp_path / "out" / "run.json").exists()


def test_a_study_without_the_table_or_the_year_says_what_it_needs(
    tmp_path: Path, capsys: Any
) -> None:
    path = six_firms(tmp_path, table=False)
    assert spillgraph("risk", path, "--out", tmp_path / "out", "--inputs", "table") == 2
    assert 'inputs = "table" needs [tables.essential_inputs]' in said(capsys)
    assert spillgraph("risk", path, "--out", tmp_path / "out", "--year", 2014) == 2
    assert "[risk] year = 2014: firms deliver in 2015" in said(capsys)


def test_a_study_without_deliveries_of_firms_says_so(tmp_path: Path, capsys: Any) -> None:
    flows = [(a, b, 2015, 10.0) for a in "abc" for b in "abc"]
    frame = pd.DataFrame(flows, columns=["supplier", "user", "year", "value"])
    path = six_firms(tmp_path, table=False, flows=frame)
    firms = '[tables.firms]\nfile = "firms.csv"\nclassification = "s"\n'
    links = '[tables.trade_links]\nfile = "trade.csv"\n'
    new = '[tables.io_flows]\nfile = "flows.csv"\nclassification = "s"\n'
    text = path.read_text(encoding="utf-8").replace(firms, "").replace(links, new)
    path.write_text(text, encoding="utf-8")
    assert spillgraph("risk", path, "--out", tmp_path / "out") == 2
    assert "it needs [tables.trade_links], what firms deliver to firms" in said(capsys)


def test_firms_that_deliver_to_themselves_alone_are_told_so(tmp_path: Path, capsys: Any) -> None:
    links = [(f"f{i}", f"f{i}", 2015, 1.0) for i in range(6)]
    trade = pd.DataFrame(links, columns=["supplier", "buyer", "year", "value"])
    path = six_firms(tmp_path, trade=trade)
    assert spillgraph("risk", path, "--out", tmp_path / "out") == 2
    assert "risk: in 2015 every delivery is of a firm to itself" in said(capsys)


def test_firms_without_an_industry_are_left_out_and_counted(tmp_path: Path) -> None:
    firms = pd.DataFrame(
        {"id": [f"f{i}" for i in range(6)], "industry": ["a", "b", "c", "a", "b", None]}
    )
    path, out = six_firms(tmp_path, firms=firms), tmp_path / "out"
    assert spillgraph("risk", path, "--out", out) == 0
    warnings = json.loads((out / "run.json").read_text(encoding="utf-8"))["warnings"]
    assert any("risk: 1 firm has no industry; 10 of 30 deliveries in 2015" in t for t in warnings)
    assert "f5" not in table_in(out, "firms", "firm").index and values_in(out)["firms"] == 5


def test_a_negative_delivery_is_refused_and_named_and_an_industry_may_have_no_firm(
    tmp_path: Path, capsys: Any
) -> None:
    links = [(f"f{i}", f"f{j}", 2015, x) for i, row in enumerate(W) for j, x in enumerate(row) if x]
    links[3] = (*links[3][:3], -4)
    trade = pd.DataFrame(links, columns=["supplier", "buyer", "year", "value"])
    listed = pd.DataFrame({"code": list("abcd")})
    essential = pd.DataFrame([("d", "a", "essential")], columns=["user", "supplier", "class"])
    path = six_firms(tmp_path, trade=trade, industries=listed, essential=essential)
    assert spillgraph("risk", path, "--out", tmp_path / "out") == 0
    assert "trade_links: 1 row refused: value is negative ('-4' in row 4 of" in said(capsys)
    values = values_in(tmp_path / "out")
    assert values["links"] == 29 and list(values["sectors"]) == ["a", "b", "c"]


def test_a_pair_that_is_named_beats_a_star() -> None:
    """In whatever order the rows come; what no row names is non-essential."""
    rows = [("*", "*", "essential"), ("*", "b", "ignored"), ("b", "*", "non-essential")]
    rows.append(("a", "b", "non-essential"))
    for order in permutations(rows):
        table = pd.DataFrame(order, columns=["user", "supplier", "class"])
        found = _classes(table, list("abc")).to_frame().to_numpy().tolist()
        assert found == [[2, 1, 2], [1, 1, 1], [2, 0, 2]]
    table = pd.DataFrame([("a", "b", "essential")], columns=["user", "supplier", "class"])
    assert _classes(table, list("ab")).to_frame().to_numpy().tolist() == [[1, 2], [1, 1]]
