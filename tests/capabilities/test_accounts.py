"""Accounts from the command line, against dense inverses of the study's own numbers."""

from __future__ import annotations

import html
import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import spillgraph
from spillgraph.capabilities.accounts._compute import _changes
from spillgraph.capabilities.accounts._section import _sentence
from spillgraph.cli.main import _exit_code
from spillgraph.core.matrix import LabelledMatrix
from spillgraph.graph.matrix_files import load_matrix

from ..helpers.page_reader import figures_of, tables_of

LABELS = list("ABCDE")
STUDY = """
[study]
name = "Five sectors"
target = "io"

[outputs]
figures = []

[tables.io_flows]
file = "flows.csv"
classification = "io"

[tables.io_output]
file = "output.csv"
classification = "io"
"""


def write_study(folder: Path, Z: np.ndarray, x: np.ndarray, f: np.ndarray | None = None) -> Path:
    """Write what suppliers (rows) sold to users (columns), as tables are printed."""
    rows = [(a, b, 2005, Z[i, j]) for i, a in enumerate(LABELS) for j, b in enumerate(LABELS)]
    flows = pd.DataFrame(rows, columns=["supplier", "user", "year", "value"])
    flows[flows["value"] != 0].to_csv(folder / "flows.csv", index=False)
    output = {"industry": LABELS, "year": 2005, "gross_output": x}
    if f is not None:
        output["final_demand"] = f
    pd.DataFrame(output).to_csv(folder / "output.csv", index=False)
    (folder / "study.toml").write_text(STUDY)
    return folder / "study.toml"


@pytest.fixture(scope="module")
def economy() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Flows [supplier, user], output and final demand, which balance."""
    rng = np.random.default_rng(3)
    Z = rng.gamma(0.6, 20.0, (5, 5))
    f = 100.0 + rng.gamma(2.0, 30.0, 5)
    return Z, Z.sum(axis=1) + f, f


@pytest.fixture(scope="module")
def out(economy, tmp_path_factory) -> Path:
    """A study of deliveries alone, and its accounts."""
    folder = tmp_path_factory.mktemp("accounts")
    Z, x, _ = economy
    study = write_study(folder, Z, x)
    assert accounts(study, folder / "out", "--extract", "A, C") == 0
    return folder / "out"


def accounts(study: Path, out: Path, *more: object) -> int:
    arguments = ["accounts", str(study), "--out", str(out), "-q", *map(str, more)]
    return _exit_code(arguments, debug=False)


@pytest.fixture(scope="module")
def said(out) -> dict[str, dict[str, float]]:
    """What accounts.json says of the year."""
    whole = json.loads((out / "accounts.json").read_text(encoding="utf-8"))
    return whole["years"]["2005"]


def vector(said, name: str) -> np.ndarray:
    return np.array([said[name][code] for code in LABELS])


def test_multipliers_are_sums_of_inverses(economy, said) -> None:
    Z, x, _ = economy
    L = np.linalg.inv(np.eye(5) - Z / x)  # A = Z / x by column
    G = np.linalg.inv(np.eye(5) - Z / x[:, None])
    np.testing.assert_allclose(vector(said, "output_multiplier"), L.sum(axis=0), rtol=1e-10)
    np.testing.assert_allclose(vector(said, "ghosh_multiplier"), G.sum(axis=1), rtol=1e-10)
    for linkage, total in (("backward", L.sum(axis=0)), ("forward", G.sum(axis=1))):
        wanted = total / total.mean()
        np.testing.assert_allclose(vector(said, f"{linkage}_linkage"), wanted, rtol=1e-10)
    np.testing.assert_allclose(vector(said, "upstreamness"), G.sum(axis=1), rtol=1e-10)
    np.testing.assert_allclose(vector(said, "downstreamness"), L.sum(axis=0), rtol=1e-10)


def test_a_loss_is_what_is_missing_when_the_sector_is_taken_out(economy, said) -> None:
    Z, x, f = economy
    A = Z / x
    for k in range(5):
        stays = np.arange(5) != k
        rest = np.linalg.solve(np.eye(4) - A[stays][:, stays], f[stays])
        lost = 100 * (x.sum() - rest.sum()) / x.sum()
        assert said["extraction_loss"][LABELS[k]] == pytest.approx(lost, rel=1e-10)


def test_influence_sums_to_one_and_domar_weights_are_sales_over_gdp(economy, said) -> None:
    Z, x, f = economy
    v = 1 - Z.sum(axis=0) / x
    U = np.linalg.inv(np.eye(5) - (Z / x).T)
    np.testing.assert_allclose(vector(said, "influence"), v * U.mean(axis=0), rtol=1e-10)
    assert vector(said, "influence").sum() == pytest.approx(1, rel=1e-12)
    np.testing.assert_allclose(vector(said, "domar"), x / f.sum(), rtol=1e-10)


def test_requirements_and_ultimate_shares_keep_their_identities(economy, out) -> None:
    Z, x, f = economy

    def matrix(name: str) -> np.ndarray:
        M = load_matrix(out / "accounts" / f"{name}_2005.npz")
        assert list(M.rows) == list(M.columns) == LABELS
        return M.values.toarray()

    S = (Z / x).T
    np.testing.assert_allclose(matrix("direct_requirements"), S, rtol=1e-12)
    U = np.linalg.inv(np.eye(5) - S)
    np.testing.assert_allclose(matrix("total_requirements"), U, rtol=1e-10)
    sold = Z - np.diag(np.diag(Z))
    share = f / (sold.sum(axis=1) + f)
    D = sold / (sold.sum(axis=1) + f)[:, None]
    wanted = np.linalg.inv(np.eye(5) - D) * share
    np.testing.assert_allclose(matrix("UDS"), wanted, rtol=1e-10)
    np.testing.assert_allclose(matrix("UDS").sum(axis=1), 1, rtol=1e-12)
    primary = x - Z.sum(axis=0)
    cost = sold.sum(axis=0) + primary
    S2, v2 = (sold / cost).T, primary / cost
    wanted = (np.linalg.inv(np.eye(5) - S2) * v2).T
    np.testing.assert_allclose(matrix("UCS"), wanted, rtol=1e-10)
    np.testing.assert_allclose(matrix("UCS").sum(axis=0), 1, rtol=1e-12)


def test_a_set_that_leaves_takes_what_it_bought_with_it(economy, out, said) -> None:
    Z, x, f = economy
    stays = np.array([False, True, False, True, True])
    rest = np.linalg.solve(np.eye(3) - (Z / x)[stays][:, stays], f[stays])
    lost = pd.read_csv(out / "accounts" / "extracted_2005.csv", index_col="code")["loss"]
    np.testing.assert_allclose(lost[stays], 100 * (1 - rest / x[stays]), rtol=1e-9)
    np.testing.assert_allclose(lost[~stays], 100)
    whole = 100 * (1 - rest.sum() / x.sum())
    assert said["extracted"]["loss_percent"] == pytest.approx(whole, rel=1e-10)


def test_page_graph_and_files_have_the_same_numbers(out, said) -> None:
    page = (out / "report.html").read_text(encoding="utf-8")
    assert '<section id="accounts">' in page
    table = pd.read_csv(out / "accounts" / "vectors_2005.csv", index_col="code")
    found = spillgraph.open_store(out).query(
        "MATCH (i:Industry) WHERE i.accounts_domar IS NOT NULL "
        "RETURN i.code AS code, i.accounts_domar AS domar, i.accounts_extraction_loss AS loss"
    )
    graph = found.to_pandas().set_index("code").loc[LABELS]
    for column, name in (("domar", "domar"), ("loss", "extraction_loss")):
        np.testing.assert_allclose(graph[column], vector(said, name), rtol=1e-12)
        np.testing.assert_allclose(table.loc[LABELS, name], vector(said, name), rtol=1e-12)


def test_every_number_of_the_table_and_of_the_bars_is_in_the_file(out, said) -> None:
    page = (out / "report.html").read_text(encoding="utf-8")
    shown, drawn = tables_of(page)["Accounts by sector, 2005"], figures_of(page)
    lost = pd.read_csv(out / "accounts/extracted_2005.csv", index_col="code")["loss"]
    for code in LABELS:
        assert float(tables_of(page)["Without A, C, 2005"][code]["Output lost, %"]) == (
            pytest.approx(lost[code], rel=1e-9)
        )
        for name in ("output_multiplier", "upstreamness", "influence", "domar"):
            title = name.replace("_", " ")
            assert float(shown[code][title]) == pytest.approx(said[name][code], rel=1e-9)
            place = ("figure-accounts", f"{title}|2005", code, "value")
            assert drawn[place] == pytest.approx(said[name][code], rel=1e-3)


def test_who_sells_nothing_is_left_out_and_told(economy, tmp_path, capsys) -> None:
    Z, x, f = (part.copy() for part in economy)
    Z[1, :], f[1] = 0.0, 0.0
    x = Z.sum(axis=1) + f
    x[1] = 2 * Z[:, 1].sum()
    study = write_study(tmp_path, Z, x, f)
    assert accounts(study, tmp_path / "out") == 0
    UDS = load_matrix(tmp_path / "out/accounts/UDS_2005.npz")
    assert list(UDS.rows) == list("ACDE")
    np.testing.assert_allclose(UDS.values.toarray().sum(axis=1), 1, rtol=1e-12)
    page = html.unescape((tmp_path / "out/report.html").read_text(encoding="utf-8"))
    assert page.count("UDS leaves out what sells nothing: 'B'.") == 1  # hubs ask for it, too


def test_an_unknown_sector_is_refused_before_the_load(economy, tmp_path, capsys) -> None:
    Z, x, f = economy
    study = write_study(tmp_path, Z, x, f)
    assert accounts(study, tmp_path / "out", "--extract", "A,X") == 2
    assert "there is no sector 'X'" in capsys.readouterr().err
    assert not (tmp_path / "out" / "graph.lbug").exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("A,A", "key 'accounts.extract' = 'A,A': sector 'A' is named twice; name it once."),
        ("A,,B", "key 'accounts.extract' = 'A,,B': a code is blank;"),
        (" ", "key 'accounts.extract' = ' ': a code is blank;"),
    ],
)
def test_what_is_typed_wrong_in_extract_is_refused_and_the_option_named(
    economy, tmp_path, capsys, typed, said
) -> None:
    study = write_study(tmp_path, *economy)
    assert accounts(study, tmp_path / "out", "--extract", typed) == 2
    assert said in " ".join(capsys.readouterr().err.split())


def test_a_sector_without_output_and_one_below_1_are_told(economy, tmp_path, capsys) -> None:
    """Both on the first screen: who is in no mean, and whose upstreamness cannot be."""
    Z, x, f = (part.copy() for part in economy)
    Z[1, :], Z[:, 1], f[1] = 0.0, 0.0, 0.0
    Z[3, :] = 0.0
    Z[3, 0], f[3] = -20.0, 120.0
    x = Z.sum(axis=1) + f
    study = write_study(tmp_path, Z, x, f)
    study.write_text(STUDY.replace("[tables.io_output]", 'negative = "keep"\n\n[tables.io_output]'))
    assert accounts(study, tmp_path / "out") == 0
    screen = " ".join(capsys.readouterr().out.split())
    silent = "1 of 5 sectors has no output and is in no mean of linkages, nor in influence: 'B'."
    assert silent in screen
    assert "Upstreamness is below 1 in 1 of 5 sectors, because they sell negative amounts" in screen
    page = html.unescape((tmp_path / "out/report.html").read_text(encoding="utf-8"))
    whole = json.loads((tmp_path / "out/accounts.json").read_text(encoding="utf-8"))
    year = whole["years"]["2005"]
    assert silent in page and silent in year["notes"]
    alive = [0, 2, 3, 4]
    L = np.linalg.inv(np.eye(4) - (Z / np.where(x > 0, x, 1.0))[np.ix_(alive, alive)])
    wanted = L.sum(axis=0) / L.sum(axis=0).mean()
    given = [year["backward_linkage"][LABELS[i]] for i in alive]
    np.testing.assert_allclose(given, wanted, rtol=1e-10)
    assert year["backward_linkage"]["B"] is None
    assert sum(year["influence"].values()) == pytest.approx(1)
    assert year["upstreamness"]["D"] < 1


TRADE = {
    "exports": np.array([30.0, 0.0, 5.0, 12.0, 1.0]),
    "product_imports": np.array([4.0, 9.0, 0.0, 2.0, 0.0]),
    "inventories": np.array([-3.0, 1.0, 0.0, 2.0, 0.0]),
}


@pytest.mark.parametrize("known", [["exports", "product_imports", "inventories"], ["inventories"]])
def test_upstreamness_is_of_what_is_used_at_home(economy, tmp_path, known) -> None:
    """a = x − exports + imports − stocks, of those that the study has; U = (I − Z / a)⁻¹ 1."""
    Z, x, f = economy
    study = write_study(tmp_path, Z, x, f)
    output = pd.read_csv(tmp_path / "output.csv")
    output.assign(**{name: TRADE[name] for name in known}).to_csv(
        tmp_path / "output.csv", index=False
    )
    assert accounts(study, tmp_path / "out") == 0
    year = json.loads((tmp_path / "out/accounts.json").read_text(encoding="utf-8"))["years"]["2005"]
    signs = {"exports": -1.0, "product_imports": 1.0, "inventories": -1.0}
    home = x + sum(signs[name] * TRADE[name] for name in known)
    wanted = np.linalg.inv(np.eye(5) - Z / home[:, None]).sum(axis=1)
    np.testing.assert_allclose(vector(year, "upstreamness"), wanted, rtol=1e-10)
    closed = np.linalg.inv(np.eye(5) - Z / x[:, None]).sum(axis=1)
    np.testing.assert_allclose(vector(year, "ghosh_multiplier"), closed, rtol=1e-10)
    assert year["home_use"] == known
    page = html.unescape((tmp_path / "out/report.html").read_text(encoding="utf-8"))
    assert "Upstreamness: of output" in page and "− change of stocks." in page


def test_trade_that_is_known_of_some_or_leaves_nothing_at_home_is_not_taken(
    economy, tmp_path, capsys
) -> None:
    Z, x, f = economy
    study = write_study(tmp_path, Z, x, f)
    output = pd.read_csv(tmp_path / "output.csv")
    output.assign(inventories=[1.0, None, 0, 0, 0], exports=[2 * x[0], 0, 0, 0, 0]).to_csv(
        tmp_path / "output.csv", index=False
    )
    assert accounts(study, tmp_path / "out") == 0
    year = json.loads((tmp_path / "out/accounts.json").read_text(encoding="utf-8"))["years"]["2005"]
    assert year["home_use"] == []
    assert year["upstreamness"] == year["ghosh_multiplier"]
    screen = " ".join(capsys.readouterr().out.split())
    assert "Upstreamness is that of a closed economy: upstreamness: of 'A'" in screen
    assert "inventories of 2005 are missing in 'B'" in screen


def test_make_and_use_tables_say_which_final_users_are_abroad_or_stocks(economy, tmp_path) -> None:
    """Each industry makes one commodity: the columns of the use table are its own trade."""
    Z, x, f = economy
    final = {"home": f - TRADE["exports"] + TRADE["product_imports"] - TRADE["inventories"]}
    final |= {"abroad": TRADE["exports"], "from": -TRADE["product_imports"]}
    final |= {"stocks": TRADE["inventories"]}
    users = {user: Z[:, j] for j, user in enumerate(LABELS)} | final
    use = [(c, u, 2005, v[i]) for u, v in users.items() for i, c in enumerate(LABELS)]
    use += [("wages", u, 2005, x[j] - Z[:, j].sum()) for j, u in enumerate(LABELS)]
    make = [(c, c, 2005, x[i]) for i, c in enumerate(LABELS)]
    names = ["commodity", "user", "year", "value"]
    pd.DataFrame(use, columns=names).to_csv(tmp_path / "use.csv", index=False)
    names = ["industry", "commodity", "year", "value"]
    pd.DataFrame(make, columns=names).to_csv(tmp_path / "make.csv", index=False)
    head = STUDY.partition("[tables")[0]
    (tmp_path / "study.toml").write_text(
        f"""{head}
[make_use]
value_added = ["wages"]
final_demand = ["home", "abroad", "from", "stocks"]
exports = ["abroad"]
product_imports = ["from"]
inventories = ["stocks"]

[tables.make]
file = "make.csv"
classification = "io"

[tables.use]
file = "use.csv"
"""
    )
    assert accounts(tmp_path / "study.toml", tmp_path / "out") == 0
    year = json.loads((tmp_path / "out/accounts.json").read_text(encoding="utf-8"))["years"]["2005"]
    home = x - TRADE["exports"] + TRADE["product_imports"] - TRADE["inventories"]
    wanted = np.linalg.inv(np.eye(5) - Z / home[:, None]).sum(axis=1)
    np.testing.assert_allclose(vector(year, "upstreamness"), wanted, rtol=1e-10)
    assert year["home_use"] == list(TRADE)


def test_symbols_in_a_sentence_keep_their_capitals() -> None:
    assert _sentence("domar") == "Domar: its output over GDP: % of GDP for 1% of its productivity."
    assert "U = (I − S)⁻¹" in _sentence("output_multiplier")


def test_years_whose_change_of_output_is_not_decomposed_are_told() -> None:
    """Of a year without deliveries of its own, and between years with other sectors."""

    def year_of(number: int, codes: str, *, own: bool = True) -> SimpleNamespace:
        S = LabelledMatrix.build("S", np.full((len(codes), len(codes)), 0.1), list(codes))
        trade = S if own else None
        return SimpleNamespace(year=number, trade=trade, production=SimpleNamespace(S=S))

    years = [year_of(2000, "abc"), year_of(2005, "abc", own=False), year_of(2010, "abd")]
    index = pd.MultiIndex.from_product([[2000, 2005, 2010], list("abcd")], names=["year", "code"])
    economy = SimpleNamespace(output=pd.DataFrame({"gross_output": 1.0}, index))
    context = SimpleNamespace(result=SimpleNamespace(economy=economy))
    found, left = _changes(context, years)  # type: ignore[arg-type]
    assert found == {}
    assert left == [
        "The change of output is not decomposed for 2005: it takes deliveries and gross output of "
        "the year itself.",
        "The change of output between 2000 and 2010 is not decomposed: 'c' and 'd' are sectors in "
        "only one of the years.",
    ]
    none = [year_of(2000, "abc", own=False), year_of(2005, "abc", own=False)]
    assert _changes(context, none)[1] == [  # type: ignore[arg-type]
        "The change of output is not decomposed for 2000 and 2005: it takes deliveries and gross "
        "output of the year itself.",
    ]
    assert _changes(context, none[:1])[1] == []  # type: ignore[arg-type]


def test_total_requirements_that_are_not_written_are_told(economy, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("spillgraph.capabilities.accounts._compute.MOST_ELEMENTS", 4)
    study = write_study(tmp_path, *economy)
    assert accounts(study, tmp_path / "out") == 0
    assert not list((tmp_path / "out").glob("accounts/total_requirements*"))
    page = html.unescape((tmp_path / "out/report.html").read_text(encoding="utf-8"))
    assert page.count("2005: Total requirements are not written above 4 sectors.") == 1
