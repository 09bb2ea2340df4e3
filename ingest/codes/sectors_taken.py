"""Which industries become sectors where no list names them, and which of them are in no flow."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from ...core.errors import show_some
from .. import sql
from ..contract import TABLES
from ..entries.chosen import leaving_out
from ..study import Study

__all__ = ["name_unlisted", "only_in_output"]

#: Tables of flows and of whose they are, with their columns of industries: flows first.
_FLOWS = {
    table.name: table.industries
    for table in (*(t for t in reversed(TABLES) if t.network), *TABLES)
    if table.industries and table.loads
}


def name_unlisted(con: duckdb.DuckDBPyConnection, study: Study, alone: Sequence[str]) -> list[str]:
    """Say which industries were taken from the data, where no list names them.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the views ``ok_NAME``.
    study : Study
        The study.
    alone : sequence of str
        Industries that are in ``io_output`` alone, and of which nothing else is told.

    Returns
    -------
    list of str
        A warning of each classification, and one of what is in ``io_output`` alone.
    """
    warnings = []
    tags = [(source.table.name, source.tags[0]) for name in _FLOWS for source in study.of(name)]
    target = study.about.target
    if any(source.tags[1] == target for source in study.of("concordance")):
        tags.append(("concordance", target))  # what it maps to is a sector, whatever it is
    for classification in dict.fromkeys(tag for _, tag in tags):
        if classification in study.listed:
            continue
        names = dict.fromkeys(name for name, tag in tags if tag == classification)
        parts = [*_in_flows(study, classification), *_in_output(study, classification)]
        codes = _in_order(con, [*parts, *_in_concordances(study, classification)])
        if codes:
            warnings.append(
                f"table{'s' * (len(names) > 1)} {', '.join(names)}: no list names the industries "
                f"of {classification!r}, so all {len(codes)} were taken, from {codes[0]!r} to "
                f"{codes[-1]!r}. Give [[tables.industries]], or look whether a total or a remark "
                "is among them."
            )
    return warnings + _without_flows(study, alone)


def _without_flows(study: Study, alone: Sequence[str]) -> list[str]:
    """Name what became a sector because io_output has a row of it, where no list does."""
    if not alone or study.output_in in study.listed:
        return []
    entries = [source.entry for source in study.of("io_output")]
    leave = leaving_out(entries, {"industry": [alone[0]]})
    return [
        f"table io_output: {show_some(alone)} {'are' if alone[1:] else 'is'} in no flow and in no "
        "list, and became a sector all the same. If one is a total or a remark, leave it out, e.g. "
        f"{leave} in [tables.io_output]; else list the industries in [[tables.industries]]."
    ]


def only_in_output(con: duckdb.DuckDBPyConnection, study: Study) -> list[str]:
    """Return the industries that become sectors because ``io_output`` has them, and no flow.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the views ``ok_NAME``.
    study : Study
        The study.

    Returns
    -------
    list of str
        In the order of the file; none where no flow is in the classification of ``io_output``.
    """
    own = study.output_in
    if own is None:
        return []
    # the targets of a concordance are as good as a list
    flows = [*_in_flows(study, own), *_in_concordances(study, own)]
    known = set(_in_order(con, flows))
    codes = [code for code in _in_order(con, _in_output(study, own)) if code not in known]
    if own != study.about.target:  # a code that the concordance has not is no sector
        mapped = _in_order(con, [_end(own, "from", "from_classification")])
        codes = [code for code in codes if code in set(mapped)]
    return codes if known else []


# -- where codes stand -----------------------------------------------------------------------------


def _in_flows(study: Study, classification: str) -> list[str]:
    tables = {
        name: columns
        for name, columns in _FLOWS.items()
        if any(source.tags[0] == classification for source in study.of(name))
    }
    return [f'SELECT "{c}" AS code FROM ok_{name}' for name, cs in tables.items() for c in cs]


def _in_output(study: Study, classification: str) -> list[str]:
    own = study.output_in == classification
    return ["SELECT industry AS code FROM ok_io_output"] if own else []


def _in_concordances(study: Study, classification: str) -> list[str]:
    return [_end(classification, "to", "to_classification")] if study.has("concordance") else []


def _end(classification: str, end: str, tag: str) -> str:
    return f'SELECT "{end}" AS code FROM ok_concordance WHERE {tag} = {sql.text(classification)}'


def _in_order(con: duckdb.DuckDBPyConnection, parts: list[str]) -> list[str]:
    """Return the codes of some columns once, in the order of the columns and their rows."""
    if not parts:
        return []
    sides = " UNION ALL ".join(
        f"SELECT {side} AS side, code, row_number() OVER () AS place FROM ({part})"
        for side, part in enumerate(parts)
    )
    rows = con.execute(
        f"SELECT code, min((side, place)) AS first FROM ({sides}) WHERE code IS NOT NULL "
        "GROUP BY code ORDER BY first"
    ).fetchall()
    return [str(code) for code, _ in rows]
