"""A report of any size, from one seed, with names that are awkward on purpose."""

from __future__ import annotations

import csv
import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from spillgraph.core.matrix import LabelledMatrix
from spillgraph.reports.content import (
    ConcordanceAudit,
    FlowTotals,
    Provenance,
    ReportContent,
    TableCount,
    YearResult,
)

SECTORS = Path(__file__).parents[2] / "ingest" / "data" / "io37_sectors.csv"


def sector_names(count: int) -> dict[str, str]:
    """Names of the 37 sectors, repeated by region where more are wanted."""
    with SECTORS.open(encoding="utf-8", newline="") as file:
        names = [row["name"] for row in csv.DictReader(file)]
    regions = ["", ", Coastal Provinces", ", Inland Provinces", ", West", ", North", ", South"]
    many = [name + region for region in regions for name in names]
    return {f"{i + 1:02d}": name for i, name in enumerate(many[:count])}


def networks(n: int, seed: int, density: float) -> dict[str, np.ndarray]:
    """Random networks with realistic row sums; the third sector never cites."""
    random = np.random.default_rng(seed)
    flows = random.lognormal(0, 2, (n, n)) * (random.random((n, n)) < density)
    flows += np.diag(flows.sum(axis=1) * random.uniform(0.8, 2, n) + 1)
    output = flows.sum(axis=1) / random.uniform(0.45, 0.8, n)
    counts = np.floor(random.lognormal(1, 1.6, (n, n)) * (random.random((n, n)) < density))
    counts += np.diag(counts.sum(axis=1) + 5)
    counts[2] = 0
    W = counts / np.maximum(counts.sum(axis=1), 1)[:, None]
    own = np.where(counts.sum(axis=1) > 0, np.diag(W), np.nan)
    np.fill_diagonal(W, 0)
    final = random.dirichlet(np.ones(n))
    return {
        "S": flows / output[:, None],
        "W": W,
        "citations": counts,
        "trade": flows,
        "own": own,
        "final": final,
    }


def modes_of(S: np.ndarray, W: np.ndarray, codes: list[str]) -> pd.DataFrame:
    """Row sums of the parts of ψ, each from its definition."""
    unit = np.eye(len(codes))
    U, V = np.linalg.inv(unit - S), np.linalg.inv(unit - W)
    parts = {"own": unit, "production": U - unit, "innovation": V - unit}
    parts |= {"interaction": (U - unit) @ (V - unit), "T1": S + S @ S, "T2": W + W @ W}
    parts["T3"] = U @ V - unit - parts["T1"] - parts["T2"]
    return pd.DataFrame({name: part.sum(axis=1) for name, part in parts.items()}, codes)


def loss_of(S: np.ndarray, psi: np.ndarray, final: np.ndarray, codes: list[str]) -> pd.DataFrame:
    """What is lost with W = 0, in %."""
    U = np.linalg.inv(np.eye(len(codes)) - S)
    columns = {
        "benefit": U.sum(axis=1) / psi.sum(axis=1),
        "unit": U.sum(axis=0) / psi.sum(axis=0),
        "final demand": (final @ U) / (final @ psi),
    }
    return pd.DataFrame({name: 100 * (1 - kept) for name, kept in columns.items()}, codes)


def with_intervals(year: YearResult) -> YearResult:
    """The year with an interval of 10% on either side of two of its quantities."""
    assert year.benefit is not None
    given = {"benefit": year.benefit, "contribution: unit": year.contribution["unit"]}
    frames = {}
    for name, values in given.items():
        rank = values.rank(ascending=False).astype(int)
        columns = {"estimate": values, "low": 0.9 * values, "high": 1.1 * values, "rank": rank}
        columns |= {"rank_low": np.maximum(rank - 2, 1), "rank_high": rank + 2}
        frames[name] = pd.DataFrame(columns)
    return dataclasses.replace(year, intervals=frames)


def year_result(codes: list[str], year: int, density: float = 1.0) -> YearResult:
    """One year of random networks, and everything that follows from them."""
    made = networks(len(codes), year, density)
    unit = np.eye(len(codes))
    A, B = unit - made["S"], unit - made["W"]
    psi = np.linalg.solve(A, np.linalg.inv(B))
    back = [B @ A @ psi.sum(axis=1), A.T @ B.T @ psi.sum(axis=0)]
    units = {"S": "share", "W": "share", "citations": "citations", "trade": "million US$"}
    matrices = {
        name: LabelledMatrix.build(name, made[name], codes, unit=unit_name, year=year)
        for name, unit_name in units.items()
    }
    radii = {name: float(np.abs(np.linalg.eigvals(made[name])).max()) for name in ("W", "S")}
    return YearResult(
        year,
        **matrices,
        psi=LabelledMatrix.build("psi", psi, codes, unit="% per %", year=year),
        own_share=pd.Series(made["own"], codes),
        zero_rows=[codes[2]],
        benefit=pd.Series(psi.sum(axis=1), codes),
        spillover=pd.Series((psi - unit).sum(axis=1), codes),
        contribution={
            "unit": pd.Series(psi.sum(axis=0), codes),
            "final demand": pd.Series(made["final"] @ psi, codes),
        },
        spectral_radius=radii,
        condition={
            "I - W": float(np.linalg.cond(B, np.inf)),
            "I - S": float(np.linalg.cond(A, np.inf)),
        },
        residual=float(np.abs(np.array(back) - 1).max()),
        modes=modes_of(made["S"], made["W"], codes),
        loss=loss_of(made["S"], psi, made["final"], codes),
        notes=["S is interpolated between the tables of 2017 and 2020."] if year == 2018 else [],
    )


def hub_table(matrix: LabelledMatrix) -> pd.DataFrame:
    """The columns of the analytics room's table, from random numbers where that is easier."""
    random = np.random.default_rng(7)
    dense = matrix.to_frame()
    n = len(dense)
    return pd.DataFrame(
        {
            "in_strength": dense.sum(axis=0).to_numpy(),
            "out_strength": dense.sum(axis=1).to_numpy(),
            "pagerank": random.dirichlet(np.ones(n)),
            "katz_bonacich": 1 + random.random(n),
            "eigenvector": np.full(n, np.nan),
            "betweenness": random.integers(0, 200, n).astype(float),
        },
        index=list(matrix.rows),
    )


def data_part(codes: list[str]) -> dict[str, object]:
    """What was read, mapped and lost: numbers that add up."""
    citations = {"input": 2_801_530.0, "firm": 2_801_530.0, "fine": 2_801_530.0}
    citations |= {"target": 2_690_116.25, "unmapped": 111_413.75}
    trade = {"input": 84_310_220.5, "firm": None, "fine": None}
    trade |= {"target": 84_310_220.5, "unmapped": 0.0}
    lost = {"no firm": 60_000.0, "no industry": 41_013.75, "no concordance": 10_400.0}
    frame = pd.DataFrame({"from unmapped": 1500.25, "to unmapped": 990.5}, index=codes)
    return {
        "tables": [
            TableCount("firms", 5_210, 5_198, 12, {"id occurs twice": 9, "empty id": 3}),
            TableCount("firm_citations", 2_804_004, 2_803_311, 693, {"count below 0": 693}),
            TableCount("io_flows", 4_107, 4_107, 0),
        ],
        "totals": [
            FlowTotals("citations", "citations", citations, lost),
            FlowTotals("trade", "million US$", trade),
        ],
        "concordances": [
            ConcordanceAudit(
                "csrc78",
                "io37",
                78,
                unmapped={"S90": 10_400.0},
                uneven={"C43": 0.85},
                ties={"M73": ["33", "34"]},
                equal_split=["R87"],
                lost_share={"citations": 0.0037, "trade": 0.0},
            )
        ],
        "unmapped_flows": {"citations": frame},
    }


def make_content(
    count: int, years: tuple[int, ...], *, synthetic: bool = True, density: float = 1.0
) -> ReportContent:
    """A whole report of ``count`` sectors."""
    names = sector_names(count)
    codes = list(names)
    results = [year_result(codes, year, density) for year in years]
    hubs = {}
    if results:
        last = results[-1]
        assert last.W is not None and last.S is not None and last.psi is not None
        hubs = {one.name: hub_table(one) for one in (last.W, last.S, last.psi)}
    return ReportContent(
        title="Innovation and production networks of China",
        description="Citations between listed firms, 1992–2020, and input–output tables.",
        synthetic=synthetic,
        names=names,
        provenance=Provenance(
            study="study.toml",
            command="spillgraph run study.toml --out out",
            created="2024-05-01 12:00 UTC",
            inputs={"data/firms.csv": "0f" * 32, "data/firm_citations.csv": "a1" * 32},
            versions={"spillgraph": "0.1.0", "numpy": "2.4.6", "Python": "3.11.7"},
            options={"drop_self": True, "normalisation": "row", "delta": 0.0},
            seconds={"load": 12.345, "aggregate": 1.5, "psi": 0.25},
        ),
        years=results,
        hubs=hubs,
        planted="Sector 20 is cited by all others three times as often as chance would have it."
        if synthetic
        else None,
        warnings=["12 firms have no industry; their citations are in the residual."],
        **data_part(codes),  # type: ignore[arg-type]
    )


@pytest.fixture(scope="session")
def report() -> Callable[..., ReportContent]:
    """The maker of reports."""
    return make_content


@pytest.fixture(scope="session")
def small() -> ReportContent:
    """37 sectors and three years."""
    return make_content(37, (2012, 2017, 2020))


@pytest.fixture(scope="session")
def drawn(small: ReportContent) -> ReportContent:
    """The same with intervals in every year."""
    said = "95% intervals of 999 draws over citations, seed 1."
    years = [with_intervals(year) for year in small.years]
    return dataclasses.replace(small, years=years, uncertainty=said)
