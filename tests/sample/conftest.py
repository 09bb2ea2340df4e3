"""Samples that several tests look at, each written once and read by pandas alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from spillgraph.sample import write_sample

TEXT = dict.fromkeys(("from", "to", "code", "industry"), str)


@dataclass
class Sample:
    """The files of a sample, and the sums that the planted answers are about."""

    folder: Path
    arguments: dict[str, object]
    returned: dict[str, object] = field(default_factory=dict)

    @cached_property
    def planted(self) -> dict:
        return json.loads((self.folder / "planted.json").read_text(encoding="utf-8"))

    def read(self, name: str) -> pd.DataFrame:
        path = self.folder / self.planted["files"][name]
        return pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path, dtype=TEXT)

    @cached_property
    def firms(self) -> pd.DataFrame:
        return self.read("firms").set_index("id")

    @cached_property
    def citations(self) -> pd.DataFrame:
        return self.read("firm_citations")

    @cached_property
    def trade(self) -> pd.DataFrame:
        return self.read("trade_links")

    @cached_property
    def output(self) -> pd.DataFrame:
        return self.read("io_output")

    @cached_property
    def B(self) -> pd.DataFrame:
        wide = self.read("concordance").pivot(index="from", columns="to", values="weight")
        fine, sectors = self.read("industries")["code"], self.read("sectors")["code"]
        return wide.reindex(index=fine, columns=sectors).fillna(0.0)

    @property
    def years(self) -> list[int]:
        return sorted(self.trade["year"].unique().tolist())

    def by_sector(self, rows: pd.DataFrame, i: str, j: str, value: str) -> pd.DataFrame:
        """Sum to ``[i, j]`` of sectors, both ends through the weighted concordance."""
        ends = [rows[i].map(self.firms["industry"]), rows[j].map(self.firms["industry"])]
        fine = rows.groupby(ends)[value].sum().unstack()
        fine = fine.reindex(index=self.B.index, columns=self.B.index).fillna(0.0)
        return self.B.T @ fine @ self.B

    def K(self, year: int | None = None, *, self_citations: bool = True) -> pd.DataFrame:
        """The citations up to a year, ``[citing, cited]``; all of them without a year."""
        rows = self.citations
        if year is not None:
            rows = rows[rows["year"] <= year]
        if not self_citations:
            rows = rows[rows["citing"] != rows["cited"]]
        return self.by_sector(rows, "citing", "cited", "count")

    def W(self, year: int | None = None, *, self_citations: bool = True) -> pd.DataFrame:
        """The innovation matrix, with zero rows for sectors that cite nobody."""
        K = self.K(year, self_citations=self_citations)
        return self.off_diagonal(K.div(K.sum(axis=1), axis=0).fillna(0.0))

    def flow(self, year: int) -> pd.DataFrame:
        """Deliveries of a year, ``[using, supplying]``."""
        rows = self.trade[self.trade["year"] == year]
        return self.by_sector(rows, "buyer", "supplier", "value")

    def S(self, year: int) -> pd.DataFrame:
        """The production matrix, ``[using, supplying]``; rows without output are zero."""
        gross = self.output[self.output["year"] == year].set_index("industry")["gross_output"]
        return self.flow(year).div(gross.where(gross > 0, 1.0), axis=0)

    @staticmethod
    def off_diagonal(frame: pd.DataFrame) -> pd.DataFrame:
        return frame * (1.0 - np.eye(len(frame)))

    def nearest_km(self, j: str, k: str, regions: list[str]) -> np.ndarray:
        """Great-circle distance from each firm of j to the nearest of k in the same region."""
        found = [np.empty(0)]
        for region in regions:
            firms = self.firms[self.firms["region"] == region]
            here, industry = np.radians(firms[["lat", "lon"]]), firms["industry"]
            a, b = here[industry == j].to_numpy(), here[industry == k].to_numpy()
            if not len(a) or not len(b):
                continue
            half = (a[:, None] - b[None]) / 2.0
            cos = np.cos(a[:, None, 0]) * np.cos(b[None, :, 0])
            h = np.sin(half[..., 0]) ** 2 + cos * np.sin(half[..., 1]) ** 2
            found.append((2.0 * 6371.0 * np.arcsin(np.sqrt(h))).min(axis=1))
        return np.concatenate(found)


ORDERS = {
    "small": {"firms": 200, "citations": 5_000, "seed": 1},
    "middle": {"firms": 3_000, "citations": 60_000, "seed": 7},
    "closed": {"firms": 3_000, "citations": 60_000, "seed": 8, "closed_class": True},
}


@pytest.fixture(scope="session")
def written(tmp_path_factory) -> Callable[..., Sample]:
    """Write a sample of the given order, or return the one that was written before."""
    known: dict[str, Sample] = {}

    def write(**order: object) -> Sample:
        key = repr(sorted(order.items()))
        if key not in known:
            folder = tmp_path_factory.mktemp("sample") / "study"
            known[key] = Sample(folder, order, write_sample(folder, **order))
        return known[key]

    return write


@pytest.fixture(params=list(ORDERS))
def sample(request, written) -> Sample:
    """A sample large enough for every planted answer."""
    return written(**ORDERS[request.param])


@pytest.fixture
def middle(written) -> Sample:
    """A sample of 3,000 firms."""
    return written(**ORDERS["middle"])
