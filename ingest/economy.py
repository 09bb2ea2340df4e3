"""From checked tables to what the graph and the matrices need of the economy as a whole.

Industry nodes in the order of the user's lists, completed concordances with their audits, flows
(see :mod:`spillgraph.ingest.flows`), and output by industry.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import duckdb
import numpy as np
import pandas as pd

from ..analytics.accounts import MEASURES, Accounts, IndustryTechnology
from ..graph.aggregate import Flow
from ..graph.schema import UNMAPPED
from . import sql
from .accounts.by_year import accounts_of
from .accounts.check import judge
from .accounts.left_in import require_left_out
from .accounts.one_sided import find_one_sided
from .accounts.totals import check_totals
from .accounts.turned_make import check_direction
from .accounts.unmade import unmade_rows
from .citations.half_matrix import half_matrices
from .citations.one_end import one_end
from .citations.order import younger_than_citing
from .citations.years import years_without_citations
from .codes.lookalikes import codes_alike
from .codes.no_codes import no_codes
from .codes.no_target import codes_without_target
from .codes.sectors_taken import only_in_output
from .concordance import Audit, map_totals, weighted_map
from .contract import TABLES, flow_tables
from .counted import count_what_counts, require_all_rows
from .flows import flows_of, make_tables
from .stage import Staged
from .study import Study
from .values.rounding import note_scaling

__all__ = ["TRADED", "Economy", "keeps_negative", "prepare"]

#: What of a product is not used by industries at home in the year, beside final users.
TRADED = ("exports", "product_imports", "inventories")
#: Tables whose codes become industries, and their columns.
_CODED = {table.name: table.industries for table in TABLES if table.counts and table.industries}


#: The same of tables that are enough without any flow: nothing else says what sectors there are.
_ALONE = {table.name: table.industries for table in TABLES if table.alone}


@dataclass(frozen=True, slots=True)
class Economy:
    """What the tables say about industries.

    Parameters
    ----------
    industries : DataFrame, columns ``key``, ``classification``, ``code``, ``name``
        Industry nodes of all classifications, residuals included, in the order of the lists.
    labels : list of str
        Codes of the target classification, without the residual: rows of every matrix.
    names : dict of str to str
        Their names, where a list gives them.
    maps : DataFrame, columns ``from``, ``to``, ``weight``
        Concordance edges between industry keys.
    audits : list of Audit
        One for each concordance.
    flows : list of Flow
        What is to be aggregated.
    output : DataFrame or None, index (year, code)
        Gross output, value added, final demand, imports, and what is known of :data:`TRADED`, in
        the target classification; NaN is missing.
    notes : list of str
        What a reader should know, e.g. use that no industry supplies.
    warnings : list of str
        What a reader must know before using any number: accounts that do not add up, say.
    accounts : dict of int to Accounts
        How output, flows, value added and final demand fit, by year.
    """

    industries: pd.DataFrame
    labels: list[str]
    names: dict[str, str]
    maps: pd.DataFrame
    audits: list[Audit]
    flows: list[Flow]
    output: pd.DataFrame | None
    notes: list[str]
    warnings: list[str] = field(default_factory=list)
    accounts: dict[int, Accounts] = field(default_factory=dict)


def prepare(con: duckdb.DuckDBPyConnection, study: Study, staged: dict[str, Staged]) -> Economy:
    """Put together what the study's tables say about industries.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the views ``ok_NAME``.
    study : Study
        The study.
    staged : dict of str to Staged
        What became of each table.

    Returns
    -------
    Economy

    Raises
    ------
    ConcordanceError
        If weights of a concordance make flow.
    InputError
        If make and use tables do not fit together, a total would become a sector, or the accounts
        prove a table wrong.
    """
    require_all_rows(study, staged)
    counted = count_what_counts(con, study)
    used = _used_codes(con, study, _coded(study))
    maps, audits = _maps(con, study, used)
    labels, names = _sectors(_industries(con, study, used, maps), study.about.target)
    # What stands beside flows, sites say, has industries that are nodes and no sectors.
    industries = _industries(con, study, _used_codes(con, study, _CODED | _ALONE), maps)
    notes = [f"{audit.name}: {note}" for audit in staged.values() for note in audit.notes]
    notes += [*map(_note_rounding, (audit for audit in audits if audit.rounded)), *counted.notes]
    left_in = require_left_out(con, study)
    alone = only_in_output(con, study)
    warnings = left_in + check_totals(con, study, alone)
    make_use = make_tables(con, study, notes)
    flows = flows_of(con, study, staged, make_use, counted, notes)
    output = _output(con, study, make_use, maps)
    accounts = accounts_of(study, flows, maps, output, make_use)
    alike = codes_alike(con, study)
    return Economy(
        industries,
        labels,
        names,
        _key_maps(maps),
        audits,
        flows,
        output,
        notes,
        [
            *alike,
            *no_codes(con, study),
            *one_end(con, study),
            *unmade_rows(con, study, make_use),
            *check_direction(con, study, make_use),
            *warnings,
            *judge(study, accounts, _doubts(staged), alike),
            *find_one_sided(con, study, accounts, alone),
            *younger_than_citing(con, study),
            *half_matrices(flows),
            *codes_without_target(con, study, audits, _coded(study)),
            *years_without_citations(con, study),
            *counted.warnings,
        ],
        accounts,
    )


def _doubts(staged: dict[str, Staged]) -> list[str]:
    """Return what is doubtful about how the tables of the accounts were read."""
    used = [table for table in TABLES if table.accounts and table.name in staged]
    if not any(table.between for table in used):  # firms deliver nothing
        used = [table for table in used if not {table.name, *table.requires} & {"firms"}]
    return [f"{table.name}: {text}" for table in used for text in staged[table.name].warnings]


def _note_rounding(audit: Audit) -> str:
    """Say of weights that were scaled how far they were off."""
    where = f"concordance {audit.source} → {audit.target}"
    return note_scaling(where, "weights of", ("code", "codes"), audit.rounded)


def keeps_negative(study: Study) -> bool:
    """Whether negative flows between industries stay what they are.

    Parameters
    ----------
    study : Study
        The study.
    """
    if study.trade_from == "make_use":
        return study.make_use is not None and study.make_use.negative == "keep"
    flows = flow_tables("trade").get(str(study.trade_from))
    return flows is not None and any(
        source.entry.negative == "keep" for source in study.of(flows.name)
    )


def _coded(study: Study) -> dict[str, tuple[str, ...]]:
    """Return the tables whose codes become industries of the study, and their columns."""
    return _CODED if study.has_flows else _CODED | _ALONE


def _used_codes(
    con: duckdb.DuckDBPyConnection, study: Study, tables: dict[str, tuple[str, ...]]
) -> dict[str, list[str]]:
    """Return the codes that the data use in columns of some tables, by classification."""
    used: dict[str, set[str]] = {}
    for name, columns in tables.items():
        if not study.has(name):
            continue
        for column in columns:
            for classification, code in con.execute(
                f"SELECT DISTINCT classification, {column} FROM ok_{name} "
                f"WHERE {column} IS NOT NULL"
            ).fetchall():
                used.setdefault(classification, set()).add(code)
    return {classification: sorted(codes) for classification, codes in used.items()}


def _maps(
    con: duckdb.DuckDBPyConnection, study: Study, used: dict[str, list[str]]
) -> tuple[dict[tuple[str, str], pd.DataFrame], list[Audit]]:
    maps, audits = {}, []
    for pair in dict.fromkeys(source.tags for source in study.of("concordance")):
        source, target = pair
        rows = con.execute(
            'SELECT "from", "to", weight FROM ok_concordance '
            "WHERE from_classification = ? AND to_classification = ?",
            [source, target],
        ).df()
        maps[source, target], audit = weighted_map(rows, used.get(source, []), source, target)
        audits.append(_of_what_counts(con, study, audit))
    return maps, audits


def _of_what_counts(con: duckdb.DuckDBPyConnection, study: Study, audit: Audit) -> Audit:
    """Leave out codes of firms whose other industries count alone: no flow has them."""
    if not (study.has("firm_industries") and study.has("firms")):
        return audit
    others = [
        f'SELECT "{column}" FROM ok_{name} WHERE classification = {sql.text(audit.source)}'
        for name, columns in _CODED.items()
        for column in columns
        if name != "firms" and study.has(name)
    ]
    others.append(
        f"SELECT industry FROM ok_firms WHERE classification = {sql.text(audit.source)} AND id "
        "NOT IN (SELECT firm FROM ok_firm_industries WHERE industry IS NOT NULL)"
    )
    rows = con.execute(" UNION ".join(others)).fetchall()
    kept = {str(code) for (code,) in rows if code is not None}
    return replace(
        audit,
        codes=tuple(code for code in audit.codes if code in kept),
        unmapped=tuple(code for code in audit.unmapped if code in kept),
        uneven={code: targets for code, targets in audit.uneven.items() if code in kept},
        ties={code: targets for code, targets in audit.ties.items() if code in kept},
        equal_split=tuple(code for code in audit.equal_split if code in kept),
    )


def _key_maps(maps: dict[tuple[str, str], pd.DataFrame]) -> pd.DataFrame:
    """Return all concordances as edges between industry keys."""
    parts = [
        pd.DataFrame(
            {
                "from": source + ":" + rows["from"],
                "to": target + ":" + rows["to"],
                "weight": rows["weight"],
            }
        )
        for (source, target), rows in maps.items()
    ]
    columns = {"from": "str", "to": "str", "weight": "float64"}
    empty = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in columns.items()})
    return pd.concat(parts, ignore_index=True) if parts else empty


def _industries(
    con: duckdb.DuckDBPyConnection,
    study: Study,
    used: dict[str, list[str]],
    maps: dict[tuple[str, str], pd.DataFrame],
) -> pd.DataFrame:
    """Return every industry: first as listed, then what only the data or a concordance name."""
    industries: dict[tuple[str, str], str] = {}
    if study.has("industries"):
        for classification, code, name in con.execute(
            "SELECT classification, code, coalesce(name, '') FROM ok_industries"
        ).fetchall():
            industries[classification, code] = name
    further = {(c, code) for c, codes in used.items() for code in codes}
    for (source, target), rows in maps.items():
        further |= {(source, code) for code in rows["from"]}
        further |= {(target, code) for code in rows["to"]}
    classifications = {c for c, _ in [*industries, *further]} | {study.about.target}
    further |= {(c, UNMAPPED) for c in classifications}
    for pair in sorted(further - set(industries)):
        industries[pair] = "" if pair[1] != UNMAPPED else "Not covered"
    return pd.DataFrame(
        [(f"{c}:{code}", c, code, name) for (c, code), name in industries.items()],
        columns=["key", "classification", "code", "name"],
    )


def _sectors(industries: pd.DataFrame, target: str) -> tuple[list[str], dict[str, str]]:
    """Return the codes of the target, without the residual, and their names where there are any."""
    own = industries[(industries["classification"] == target) & (industries["code"] != UNMAPPED)]
    codes, names = list(own["code"]), list(own["name"])
    return codes, {code: name for code, name in zip(codes, names, strict=True) if name}


# -- output ------------------------------------------------------------------------------------


def _names(study: Study, what: str) -> list[str]:
    """Return the codes of the use table that [make_use] says are of one kind."""
    named: list[str] = getattr(study.make_use, what)
    return named


def _traded(uses: pd.DataFrame, codes: list[str], what: str) -> pd.Series[float]:
    """Sum final uses of one kind by industry; imports are printed below 0 among them."""
    known = [code for code in codes if code in uses]
    if not known:
        return pd.Series(np.nan, uses.index)
    sums: pd.Series[float] = uses[known].sum(axis=1)
    return -sums if what == "product_imports" else sums


def _output(
    con: duckdb.DuckDBPyConnection,
    study: Study,
    make_use: dict[int, IndustryTechnology],
    maps: dict[tuple[str, str], pd.DataFrame],
) -> pd.DataFrame | None:
    """Return output by (year, code) in the target classification, or None without any."""
    measures = [*MEASURES, *TRADED]
    if make_use:
        classification = study.of("make")[0].tags[0]
        unknown = [name for name in ("value_added", "final_demand") if not _names(study, name)]
        years = {
            year: pd.concat([getattr(table, measure) for measure in MEASURES], axis=1)
            for year, table in make_use.items()
        }
        for year, table in years.items():
            table[unknown] = np.nan
            for name in TRADED:
                table[name] = _traded(make_use[year].final_uses, _names(study, name), name)
    elif study.output_in is not None:
        classification = study.output_in
        frame = con.execute(
            f"SELECT year, industry, {', '.join(measures)} FROM ok_io_output ORDER BY ALL"
        ).df()
        years = {
            int(str(year)): group.set_index("industry")[measures].astype(np.float64)
            for year, group in frame.groupby("year")
        }
    else:
        return None
    if classification != study.about.target:
        weights = maps[classification, study.about.target]
        years = {year: map_totals(table, weights) for year, table in years.items()}
    combined: pd.DataFrame = pd.concat(years, names=["year", "code"])
    combined = combined.drop(columns=[name for name in TRADED if combined[name].isna().all()])
    return combined.loc[combined.index.get_level_values("code") != UNMAPPED]
