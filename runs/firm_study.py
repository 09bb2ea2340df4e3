"""Networks of the firms of a study: its checked tables, its choices, a folder on disk."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np

from ..core.errors import InputError, StudyError, show_some
from ..ingest import sql
from ..ingest.contract import flow_tables
from ..ingest.economy import Economy
from ..ingest.owners.firm_rows import citations_of_firms, deliveries_of_firms
from ..ingest.stage import Staged
from ..ingest.study import Study
from .attached import register_tables
from .firm_networks import (
    Dtype,
    Flows,
    Vector,
    build_networks,
    citation_rule,
    production_rule,
    require_dtype,
)
from .firms import sectors_of_codes
from .pipeline import check_tables
from .result import input_warnings
from .steps import Steps

__all__ = ["networks_of_study"]


def networks_of_study(
    study: Study,
    folder: Path,
    steps: Steps,
    *,
    year: int | None = None,
    inputs: float | None = None,
    dtype: Dtype = "float64",
) -> tuple[dict[str, Staged], list[str]]:
    """Build W and S between the firms of a study, on disk.

    W is made of the citations up to the year, as ``[options]`` says of sectors: depreciation,
    window, normalisation. S is made of the deliveries of the last year that has any up to it. Of a
    firm no output is known: it is what the firm buys, divided by the share of inputs.

    Parameters
    ----------
    study : Study
        The study, with firms.
    folder : Path
        Where to; as in :func:`~spillgraph.runs.firm_networks.build_networks`.
    steps : Steps
        Shows progress.
    year : int, optional
        Default: the last report year, or the last with citations or deliveries of firms.
    inputs : float, optional
        Share of inputs in output, the same for all firms; default: that of each firm's sector, its
        firms' purchases in its gross output.
    dtype : {"float64", "float32"}
        How shares are stored.

    Returns
    -------
    dict of str to Staged
        What became of each table.
    list of str
        What is doubtful.

    Raises
    ------
    InputError
        If the tables cannot be used, or lack what is needed.
    StoreError
        If the disk is full.
    """
    require_dtype(dtype)
    _require_firms(study, inputs)
    folder = Path(folder)
    folder.resolve().parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".spillgraph-", dir=folder.resolve().parent) as made:
        place = Path(made)
        with steps.step("check") as progress, duckdb.connect() as con:
            staged, economy = check_tables(con, study, place / "tables", None, progress)
        warnings = input_warnings(staged, economy)
        with register_tables(study, staged, economy, place) as con:
            taken = _Years(con, study, year)
            about = {
                "study": study.about.name,
                "year": taken.year,
                "year_of_deliveries": taken.deliveries,
                "money": study.about.money,
                "inputs": "sector" if inputs is None else inputs,
                "normalisation": study.options.normalisation,
            }

            def flows(con: duckdb.DuckDBPyConnection) -> Mapping[str, Flows]:
                networks = {}
                if taken.deliveries is not None:
                    networks["S"] = _production(con, economy, study, taken.deliveries, inputs)
                if taken.citations:
                    networks["W"] = _citations(study, taken.year)
                return networks

            firms = "SELECT id FROM shown_firms"
            build_networks(con, folder, firms, flows, dtype=dtype, about=about, steps=steps)
    return staged, warnings


def _require_firms(study: Study, inputs: float | None) -> None:
    flows = flow_tables("citations") | flow_tables("trade")
    of_firms = [name for name, declared in flows.items() if declared.between]
    if not study.has("firms") or not any(map(study.has, of_firms)):
        raise StudyError(
            f"{study.path}: networks of firms need [tables.firms] and links between them: "
            "[tables.trade_links], and [tables.firm_citations] or [tables.patent_citations]."
        )
    if study.options.normalisation == "column":
        raise StudyError(
            f'{study.path}: [options] normalisation = "column" is of sectors; for firms take '
            '"row", or "offdiag" with a factor rho below 1.'
        )
    if inputs is not None and not 0 < inputs < 1:
        raise InputError(
            f"inputs = {inputs:g}: the share of inputs in output must lie between 0 and 1."
        )


@dataclass(slots=True, init=False)
class _Years:
    """The year that is asked for, and which tables have links for it."""

    year: int
    citations: bool
    deliveries: int | None

    def __init__(self, con: duckdb.DuckDBPyConnection, study: Study, wanted: int | None) -> None:
        con.execute(f"CREATE OR REPLACE TEMP VIEW firm_cites AS {citations_of_firms(con, study)}")
        con.execute(f"CREATE OR REPLACE TEMP VIEW firm_supplies AS {deliveries_of_firms(study)}")
        first, last = sql.one(con, "SELECT min(year), max(year) FROM firm_cites")
        (sold,) = sql.one(con, "SELECT max(year) FROM firm_supplies")
        years = [each for each in (last, sold) if each is not None]
        if not years:
            raise InputError("networks of firms: no firm cites another or delivers to one.")
        report = max(study.years.report, default=max(years))
        self.year = report if wanted is None else wanted
        self.citations = first is not None and first <= self.year
        (self.deliveries,) = sql.one(
            con, f"SELECT max(year) FROM firm_supplies WHERE year <= {int(self.year)}"
        )
        if not self.citations and self.deliveries is None:
            raise InputError(
                f"networks of firms: there are no links up to {self.year}; name a later year."
            )


def _citations(study: Study, year: int) -> Flows:
    """Citations up to the year, older ones as the study counts them."""
    options = study.options
    worth = f"count * power({1.0 - options.depreciation!r}, {year} - year)"
    after = "" if options.window is None else f" AND year > {year - options.window}"
    select = (
        f"SELECT citing AS receiver, cited AS source, {worth} AS amount FROM firm_cites "
        f"WHERE year <= {year}{after}"
    )
    return Flows(select, citation_rule(options.rho), False, "citations")


def _production(
    con: duckdb.DuckDBPyConnection,
    economy: Economy,
    study: Study,
    year: int,
    inputs: float | None,
) -> Flows:
    select = (
        "SELECT buyer AS receiver, supplier AS source, value AS amount FROM firm_supplies "
        f"WHERE year = {year}"
    )
    share = inputs if inputs is not None else _of_sectors(con, economy, study, year)
    return Flows(select, production_rule(None, share), True, f"deliveries of {year}")


def _of_sectors(
    con: duckdb.DuckDBPyConnection, economy: Economy, study: Study, year: int
) -> Vector:
    """Return of each firm the share of inputs in the output of its sector: purchases by output."""
    output = economy.output
    if output is None or year not in output.index.unique("year"):
        raise InputError(
            f"networks of firms: what firms make is not known, and the gross output of sectors in "
            f"{year} neither; give it in [tables.io_output], or say which share of output inputs "
            "are: --inputs 0.5."
        )
    found = con.execute(
        "SELECT p.place, f.industry, coalesce(b.bought, 0.0) AS bought FROM firm_places AS p "
        "JOIN shown_firms AS f ON f.id = p.id LEFT JOIN (SELECT buyer, fsum(value) AS bought FROM "
        f"firm_supplies WHERE year = {year} GROUP BY buyer) AS b ON b.buyer = p.id ORDER BY p.place"
    ).df()
    sector = found["industry"].map(
        sectors_of_codes(economy, study.fine_of_firms, study.about.target)
    )
    gross = output["gross_output"].xs(year, level="year").astype(float)
    bought = found["bought"].groupby(sector).sum()
    share = bought / gross.reindex(bought.index)
    odd = share.index[(bought > 0) & ~(share < 1)]
    if len(odd):
        raise InputError(
            f"networks of firms: in {year} the firms of {show_some(list(odd))} buy as much as "
            "their sector makes, or its output is not known; correct the amounts, or say which "
            "share of output inputs are: --inputs 0.5."
        )
    known = bought.sum() / gross.reindex(bought.index).sum()
    shares: Vector = sector.map(share).fillna(known).to_numpy(dtype=np.float64)
    return np.where(shares > 0, shares, np.nan)
