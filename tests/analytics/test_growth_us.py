"""Growth accounts of the United States: 63 industries, 1963–2023, with BEA's summary tables.

No network of citations exists at this level. The W of these tests is MADE UP: every industry is
taken to cite as it sells (the transpose of S), so that numbers that need W say nothing about
the United States. What is tested are identities, and the numbers that need no W.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import fields
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
from spillgraph.analytics import citation_shares, industry_technology, production_shares
from spillgraph.analytics.growth import (
    account,
    aggregate_growth,
    by_source,
    filter_output,
    filter_tfp,
    fit_trend,
    misfit,
    rewiring,
    tfp_growth,
)
from spillgraph.analytics.spillovers import EXACT
from spillgraph.core.matrix import LabelledMatrix

YEARS = range(2012, 2024)

#: Industries of the panel that are not named as a summary code is: which codes they are.
DIFFERENT = {
    "Retail trade": ["441", "445", "452", "4A0"],
    "Real estate": ["HS", "ORE"],
    "Hospitals and Nursing and residential care": ["622", "623"],
    "Federal": ["GFGD", "GFGN", "GFE"],
    "State and local": ["GSLG", "GSLE"],
}

# -- reading -------------------------------------------------------------------------------------

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def sheet(book: zipfile.ZipFile, number: int) -> pd.DataFrame:
    """A sheet by column letters; text cells from the shared strings."""
    root = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
    texts = ["".join(t.text or "" for t in item.iter(f"{SHEET}t")) for item in root]
    rows = []
    for row in ElementTree.fromstring(book.read(f"xl/worksheets/sheet{number}.xml")).iter(
        f"{SHEET}row"
    ):
        cells: dict[str, object] = {}
        for cell in row:
            value = cell.find(f"{SHEET}v")
            if value is not None and value.text:
                column = re.match("[A-Z]+", cell.attrib["r"])[0]  # type: ignore[index]
                shared = cell.get("t") == "s"
                cells[column] = texts[int(value.text)] if shared else float(value.text)
        rows.append(cells)
    return pd.DataFrame(rows)


@cache
def panels(folder: Path) -> dict[str, pd.DataFrame]:
    """Every variable of the production accounts, years × names of industries."""
    path = folder / "us_productivity_panel" / "EV_production_accounts_1947to2023.xlsx"
    with zipfile.ZipFile(path) as book:
        info, data = sheet(book, 1), sheet(book, 2)
    names = dict(zip(info["I"][1:].astype(int), info["J"][1:], strict=True))
    data = data.iloc[1:].set_axis(data.iloc[0].tolist(), axis=1).astype(float)
    data["year"], data["name"] = data["year"].astype(int), data["industry_id"].map(names)
    variables = [c for c in data.columns if c not in ("industry_id", "year", "name")]
    return {v: data.pivot(index="year", columns="name", values=v) for v in variables}


@cache
def sectors(folder: Path) -> dict[str, str]:
    """Industry of the panel of each summary code."""
    path = folder / "bea_io_2012_2017" / "MasterCrosswalk.csv.gz"
    columns = ["BEA_2017_Summary_Code", "BEA_2017_Summary_Name"]
    names = pd.read_csv(path, dtype=str, usecols=columns).dropna().drop_duplicates()
    here = set(panels(folder)["GO"].columns)
    same = {code: name for code, name in names[columns].itertuples(index=False) if name in here}
    return same | {code: name for name, codes in DIFFERENT.items() for code in codes}


@cache
def tables(folder: Path) -> dict[int, tuple[pd.DataFrame, pd.Series, pd.Series, pd.Series]]:
    """Flows supplier × user, gross output, final demand and taxes of each year, by industry."""
    path = folder / "bea_io_2012_2017" / "summary_tables.csv.gz"
    long = pd.read_csv(path, dtype={"row": str, "col": str})
    of = sectors(folder)
    answer = {}
    for year in YEARS:
        make, use = (
            long[long["table"] == f"Summary_{kind}_BeforeRedef_17sch"]
            .pivot(index="row", columns="col", values="value")
            .fillna(0)
            .pipe(lambda t: t.drop(index=[r for r in t.index if r.startswith("Total")]))
            .pipe(lambda t: t.drop(columns=[c for c in t.columns if c.startswith("Total")]))
            for kind in (f"Make_{year}", f"Use_{year}_PRO")
        )
        table = industry_technology(
            make,
            use,
            industries=list(make.index),
            scrap=["Used", "Other"],
            value_added_rows=["V001", "V002", "V003"],
            final_columns=[c for c in use.columns if c not in make.index],
        )
        flows = table.flows.groupby(of).sum().T.groupby(of).sum().T
        answer[year] = (
            flows,
            table.gross_output.groupby(of).sum(),
            table.final_demand.groupby(of).sum(),
            use.loc["V002", list(make.index)].groupby(of).sum(),
        )
    return answer


@cache
def production(folder: Path) -> dict[int, LabelledMatrix]:
    """S of every year; the one negative cell, farm stocks the government sells, is set to 0."""
    answer = {}
    for year, (flows, output, _, _) in tables(folder).items():
        bought = flows.clip(lower=0).T
        Z = LabelledMatrix.build("Z", bought.to_numpy(), list(bought.index), year=year)
        answer[year] = production_shares(Z, output).S
    return answer


def made_up_citations(folder: Path) -> LabelledMatrix:
    """W as if every industry cited whom it sells to, and itself as much as all of them."""
    sold = production(folder)[2017].to_frame().T
    K = sold + np.diag(sold.sum(axis=1))
    origin = {"made up": "transpose of S of 2017 with half of all citations kept at home"}
    return citation_shares(
        LabelledMatrix.build("K", K.to_numpy(), list(K.index), provenance=origin)
    ).W


def steps(panel: pd.DataFrame) -> pd.DataFrame:
    return np.log(panel).diff().iloc[1:]


def shares_of_output(folder: Path) -> dict[str, pd.DataFrame]:
    P = panels(folder)
    return {name: P[name] / P["GO"] for name in ("CAP", "LAB", "II")}


def technology(folder: Path) -> pd.DataFrame:
    P, share = panels(folder), shares_of_output(folder)
    return tfp_growth(
        P["GO_QI"],
        P["CAP_QI"],
        P["LAB_QI"],
        P["II_QI"],
        alpha=share["CAP"],
        beta=share["LAB"],
        s=share["II"],
    )


def recent(panel: pd.DataFrame) -> pd.DataFrame:
    """The steps to the years that have tables."""
    return panel.loc[list(YEARS)[1:]]


def close(actual: object, wanted: object, scale: object = 0.1) -> None:
    """Equal to 1e-12 of the size of what was added up."""
    size = float(np.max(np.abs(np.asarray(scale, dtype=float))))
    np.testing.assert_allclose(
        np.asarray(actual, dtype=float), np.asarray(wanted, dtype=float), rtol=0, atol=1e-12 * size
    )


# -- the data fit together -----------------------------------------------------------------------


def test_58_industries_match_by_name_and_five_by_the_table(data_folder: Path):
    of = sectors(data_folder)
    assert len(panels(data_folder)["GO"].columns) == len(set(of.values())) == 63
    assert len(of) == 71 and len(set(of.values()) - set(DIFFERENT)) == 58
    for flows, output, _, _ in tables(data_folder).values():
        assert set(flows.index) == set(flows.columns) == set(output.index) == set(of.values())


def test_gross_output_of_tables_and_panel_differ_by_taxes_on_products(data_folder: Path):
    """The panel is in basic prices, the tables in producers': where sales are taxed (trade, air
    transport, hotels) the tables are up to 12% higher, and nowhere by more than the taxes of the
    industry. The panel counts the services of government capital. Looked at from 2015, before
    which its nominal levels are of an older vintage, to 2019, as the subsidies of the pandemic
    hide taxes."""
    for year in range(2015, 2020):
        _, output, _, taxes = tables(data_folder)[year]
        gap = (output - panels(data_folder)["GO"].loc[year]) / output
        assert gap.abs().median() < 0.005
        assert (gap[["Federal", "State and local"]] < -0.1).all()
        assert (gap <= (taxes / output).clip(lower=0)).all()
        assert {name for name in gap.index if gap[name] > 0.09} == {
            "Retail trade",
            "Wholesale trade",
            "Air transportation",
        }


def test_the_negative_cell_that_is_set_to_zero_is_small(data_folder: Path):
    for flows, output, _, _ in tables(data_folder).values():
        cells = flows.stack()
        negative = cells[cells < 0]
        assert set(negative.index) <= {("Farms", "Federal")}
        assert negative.abs().sum() < 5e-4 * output["Federal"]


# -- the Solow residual --------------------------------------------------------------------------


def test_technology_of_the_panel_is_found_up_to_its_four_printed_digits(data_folder: Path):
    """Every index is printed to .00005, which bounds the error of every step; shares are printed
    to 7 digits and do not count. 3,780 steps: largest difference .00047 (apparel, 2018, where the
    index of output is near .2), half of all below .00003."""
    P, share = panels(data_folder), shares_of_output(data_folder)
    found, printed = technology(data_folder), steps(P["TFPGO"])
    half = 0.5e-4 * (1 + 1e-9)

    def bound(index: pd.DataFrame) -> pd.DataFrame:
        worst = -np.log1p(-half / index)
        return (worst + worst.shift()).iloc[1:]

    allowed = bound(P["TFPGO"]) + bound(P["GO_QI"])
    for name, index in (("CAP", "CAP_QI"), ("LAB", "LAB_QI"), ("II", "II_QI")):
        mean = ((share[name] + share[name].shift()) / 2).iloc[1:]
        allowed = allowed + mean * bound(P[index])
    difference = (found - printed).abs()
    assert difference.shape == (60, 63)
    assert (difference <= allowed + 1e-6).all(axis=None)
    assert difference.stack().median() < 4e-5 and difference.max(axis=None) < 5e-4


# -- the accounts --------------------------------------------------------------------------------


def test_channels_and_sources_add_up_to_the_last_digit(data_folder: Path):
    S, W = production(data_folder), made_up_citations(data_folder)
    lnA = np.log(panels(data_folder)["TFPGO"]).loc[list(YEARS)]
    g = filter_tfp(lnA, W)
    growth = account(S, W, g)
    parts = [getattr(growth, name) for name in EXACT]
    close(sum(parts), growth.dlny, sum(part.abs() for part in parts))
    close(growth.own + growth.spillover, growth.dlny)
    close(growth.own + growth.innovation, lnA.diff().iloc[1:])
    cells = by_source(S, W, g, year=2021).to_frame()
    close(cells.sum(axis=1), growth.spillover.loc[2021], cells.abs().sum(axis=1))
    mean = by_source(S, W, g).to_frame()
    close(mean.sum(axis=1), growth.spillover.mean(), mean.abs().sum(axis=1))
    final = tables(data_folder)[2017][2]
    total = aggregate_growth(S, W, g, final / final.sum())
    close(total.cells.sum(axis=1), total.growth)
    close(total.by_source.sum(axis=1), total.by_channel.sum(axis=1))
    assert [len(getattr(growth, field.name)) for field in fields(growth)] == [11] * 7


def test_without_innovation_industries_count_by_sales_over_gdp(data_folder: Path):
    """Hulten's theorem on the table of 2017; final demand is what is not sold to industries."""
    flows, output, final, _ = tables(data_folder)[2017]
    kept = flows.clip(lower=0)
    demand = output - kept.sum(axis=1)
    # Million dollars: the cell that was set to 0, and half a million for each printed number, of
    # which the two tables have 4,863 and 962.
    assert (demand - final).abs().sum() < 84 + 0.5 * (4863 + 962)
    none = LabelledMatrix.build("W", np.zeros((63, 63)), list(flows.index))
    g = recent(technology(data_folder))
    S = production(data_folder)[2017]
    result = aggregate_growth(S, none, g, demand / demand.sum())
    domar = (output / demand.sum())[g.columns]
    close(result.by_source, g * domar)
    assert 1.5 < domar.sum() < 2.2
    assert (result.by_channel[["innovation", "interaction"]] == 0).all(axis=None)


def test_output_growth_is_found_again_after_the_filter(data_folder: Path):
    S, W = production(data_folder), made_up_citations(data_folder)
    lny = np.log(panels(data_folder)["GO_QI"]).loc[list(YEARS)]
    close(account(S, W, filter_output(lny, S, W)).dlny, lny.diff().iloc[1:], 1)


def test_misfit_is_what_factors_and_changes_of_the_input_mix_add(data_folder: Path):
    """d ln y − ψ g = U (ᾱ Δ ln k + β̄ Δ ln l + s̄ Δ ln x − S d ln y), whatever W is. It is as
    large as growth itself: 2013–2023 the median industry has root mean squares of .044 and .045.
    """
    P, share, S = panels(data_folder), shares_of_output(data_folder), production(data_folder)
    dlny, dlnA = recent(steps(P["GO_QI"])), recent(technology(data_folder))
    W = made_up_citations(data_folder).aligned_to(tuple(dlnA.columns))
    g = dlnA - dlnA.to_numpy() @ W.values.toarray().T
    left = misfit(dlny, S, W, g)
    assert round(left.summary["root_mean_square"].median(), 3) == 0.044
    assert round(np.sqrt((dlny**2).mean()).median(), 3) == 0.045
    inputs = sum(
        recent((share[name] + share[name].shift()) / 2) * recent(steps(P[f"{name}_QI"]))
        for name in share
    )
    for year in dlny.index:
        s = S[year].aligned_to(tuple(dlny.columns)).values.toarray()
        U = np.linalg.inv(np.eye(63) - s)
        close(left.misfit.loc[year], U @ (inputs.loc[year] - s @ dlny.loc[year]), 1)
    none = LabelledMatrix.build("W", np.zeros((63, 63)), list(dlny.columns))
    close(misfit(dlny, S, none, dlnA).misfit, left.misfit, 1)


def test_trend_of_60_years_and_exact_filter_of_a_changing_network(data_folder: Path):
    lnA = np.log(panels(data_folder)["TFPGO"])
    trend = fit_trend(filter_tfp(lnA, made_up_citations(data_folder)))
    assert (trend.n, trend.lags, trend.origin) == (60, 3, 1963)
    size = trend.residual.abs().max()
    assert (trend.residual.sum().abs() < 1e-11 * size).all() and (trend.se > 0).all(axis=None)
    W = {
        year: citation_shares(
            LabelledMatrix.build("K", S.to_frame().T.to_numpy(), S.columns, S.rows)
        ).W
        for year, S in production(data_folder).items()
    }
    levels = lnA.loc[list(YEARS)]
    g = filter_tfp(levels, W)
    whole = account(production(data_folder), W, g + rewiring(levels, W))
    close(whole.own + whole.innovation, levels.diff().iloc[1:], 1)
