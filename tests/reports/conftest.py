"""A report of any size, from one seed, with names that are awkward on purpose."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import pytest
from spillgraph.capabilities.psi._intervals import Intervals
from spillgraph.core.matrix import LabelledMatrix
from spillgraph.graph.aggregate import Totals
from spillgraph.ingest.checks.staged import Staged
from spillgraph.ingest.concordance import Audit
from spillgraph.runs.networks import YearNetworks, year_networks
from spillgraph.runs.sections import FlowTotals

from ..helpers.whole_report import Report


@pytest.fixture(scope="session", autouse=True)
def checked_charts() -> Iterator[None]:
    """Have Altair check every chart of these tests, as it does not in a run."""
    draw = alt.TopLevelMixin.to_dict

    def checked(self: Any, validate: bool = True, **more: Any) -> Any:
        whole = more.get("context", {}).get("top_level", True)  # a layer alone lacks its data
        return draw(self, validate=validate or whole, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(alt.TopLevelMixin, "to_dict", checked)
        yield


SECTORS = Path(__file__).parents[2] / "ingest" / "data" / "io37_sectors.csv"


def sector_names(count: int) -> dict[str, str]:
    """Names of the 37 sectors, repeated by region where more are wanted."""
    with SECTORS.open(encoding="utf-8", newline="") as file:
        names = [row["name"] for row in csv.DictReader(file)]
    regions = ["", ", Coastal Provinces", ", Inland Provinces", ", West", ", North", ", South"]
    many = [name + region for region in regions for name in names]
    return {f"{i + 1:02d}": name for i, name in enumerate(many[:count])}


def year_of(codes: list[str], number: int, density: float = 1.0) -> YearNetworks:
    """One year of random networks with realistic row sums; the third sector never cites."""
    n, random = len(codes), np.random.default_rng(number)
    flows = random.lognormal(0, 2, (n, n)) * (random.random((n, n)) < density)
    flows += np.diag(flows.sum(axis=1) * random.uniform(0.8, 2, n) + 1)
    output = flows.sum(axis=1) / random.uniform(0.45, 0.8, n)
    counts = np.floor(random.lognormal(1, 1.6, (n, n)) * (random.random((n, n)) < density))
    counts += np.diag(counts.sum(axis=1) + 5)
    counts[2] = 0
    final = random.dirichlet(np.ones(n))
    K = LabelledMatrix.build("citations", counts, codes, unit="citations", year=number)
    Z = LabelledMatrix.build("trade", flows, codes, unit="million US$", year=number)
    columns = {"gross_output": output, "final_demand": final * output.sum()}
    index = pd.MultiIndex.from_product([[number], codes], names=["year", "code"])
    return year_networks(number, K, {number: Z}, pd.DataFrame(columns, index))


def intervals_of(years: Sequence[YearNetworks]) -> Intervals:
    """An interval of 10% on either side of three of the quantities of every year."""
    frames: dict[int, dict[str, pd.DataFrame]] = {}
    for year in years:
        psi = year.spillover
        assert psi is not None
        for name, values in (
            ("benefit", psi.benefit),
            ("contribution: unit", psi.contribution["unit"]),
            ("contribution: final demand", psi.contribution["final demand"]),
        ):
            rank = values.rank(ascending=False).astype(int)
            columns = {"estimate": values, "low": 0.9 * values, "high": 1.1 * values, "rank": rank}
            columns |= {"rank_low": np.maximum(rank - 2, 1), "rank_high": rank + 2}
            frames.setdefault(year.year, {})[name] = pd.DataFrame(columns)
    return Intervals(frames, "95% intervals of 999 draws over citations, seed 1.")


def staged(name: str, read: int, reasons: dict[str, int], missing: int = 0) -> Staged:
    """A table of which so many rows were read, and so many are not accounted for."""
    rejected = sum(reasons.values())
    loaded = read - rejected - missing
    return Staged(name, Path(f"{name}.parquet"), read, loaded, rejected, 0.0, reasons)


def data_part(codes: list[str]) -> dict[str, Any]:
    """What was read, mapped and lost: numbers that add up."""
    lost = {"no firm": 60_000.0, "no industry": 41_013.75, "no concordance": 10_400.0}
    whole, target, rest = 2_801_530.0, 2_690_116.25, 111_413.75
    citations = Totals(whole, whole, whole, target, rest, 0.0, 0.0, lost)
    trade = Totals(84_310_220.5, None, 84_310_220.5, 84_310_220.5, 0.0, 0.0, 0.0)
    frame = pd.DataFrame({"from unmapped": 1500.25, "to unmapped": 990.5}, index=codes)
    used = tuple(f"c{k}" for k in range(78))
    audit = Audit("csrc78", "io37", used, ("S90",), {"C43": 0.85}, {"M73": ("33", "34")}, ("R87",))
    return {
        "tables": [
            staged("firms", 5_210, {"id occurs twice": 9, "empty id": 3}),
            staged("firm_citations", 2_804_004, {"count below 0": 693}),
            staged("io_flows", 4_107, {}),
        ],
        "totals": [
            FlowTotals("citations", "citations", citations),
            FlowTotals("trade", "million US$", trade),
        ],
        "exchanged": {"citations": frame},
        "audits": [audit],
        "uncovered": {"csrc78": {"S90": 10_400.0}},
        "lost": {"csrc78": {"citations": 0.0037, "trade": 0.0}},
    }


RUN = {
    "command": "spillgraph run study.toml --out out",
    "created": "2024-05-01 12:00 UTC",
    "inputs": {"data/firms.csv": "0f" * 32, "data/firm_citations.csv": "a1" * 32},
    "versions": {"spillgraph": "0.1.0", "numpy": "2.4.6", "Python": "3.11.7"},
    "options": {"drop_self": True, "normalisation": "row", "delta": 0.0},
    "seconds": {"load": 12.345, "aggregate": 1.5, "psi": 0.25},
}


def make_report(
    count: int, years: tuple[int, ...], *, synthetic: bool = True, density: float = 1.0
) -> Report:
    """A whole report of ``count`` sectors."""
    names = sector_names(count)
    codes = list(names)
    return Report(
        names,
        [year_of(codes, year, density) for year in years],
        synthetic=synthetic,
        planted="Sector 20 is cited by all others three times as often as chance would have it.",
        warnings=["12 firms have no industry; their citations are in the residual."],
        run=RUN,
        **data_part(codes),
    )


@pytest.fixture(scope="session")
def report() -> Callable[..., Report]:
    """The maker of reports."""
    return make_report


@pytest.fixture(scope="session")
def small() -> Report:
    """37 sectors and three years."""
    return make_report(37, (2012, 2017, 2020))


@pytest.fixture(scope="session")
def drawn(small: Report) -> Report:
    """The same with intervals in every year."""
    return small.replace(intervals=intervals_of(small.years))
