"""Codes of the data that a concordance has not: coarser there, spelled otherwise, or strange."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import duckdb
import pyarrow as pa

from ...core.errors import show
from ...core.words import counted, verb
from .. import sql
from ..concordance import Audit
from ..doubts.remedies import Sides
from ..doubts.spelling import spelled_otherwise
from ..study import Study

__all__ = ["coarser", "codes_without_target"]

#: From this share of codes without a target on, the concordance may be for others.
STRANGERS = 0.2
#: Levels of codes are told by digits: NACE has a point between them.
_DIGITS = re.compile(r"\d+(\.\d*[1-9]\d*)?")


def codes_without_target(
    con: duckdb.DuckDBPyConnection,
    study: Study,
    audits: Iterable[Audit],
    coded: Mapping[str, Sequence[str]],
) -> list[str]:
    """Warn of codes without a target, and say why they have none, where it shows.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the views ``ok_NAME``.
    study : Study
        The study.
    audits : iterable of Audit
        One for each concordance.
    coded : mapping of str to sequence of str
        By table, its columns of codes.
    """
    warnings = []
    for audit in audits:
        where = f"the concordance {audit.source} → {audit.target}"
        known = (str(code) for (code,) in con.execute(_there(audit)).fetchall())
        coarse = coarser(audit.unmapped, known)
        hints = [_describe_coarser(where, coarse)] if coarse else []
        spelled = _other_spelling(con, study, audit, where, coarse, coded)
        hints += [spelled] if spelled else []
        if not hints and len(audit.unmapped) > STRANGERS * len(audit.codes):
            hints = [f"{where} may be of another vintage or classification than they are."]
        if hints:
            listed = ", ".join(map(repr, audit.unmapped[:5]))
            more = ", …" if audit.unmapped[5:] else ""
            count = f"{len(audit.unmapped):,} of {counted(len(audit.codes), 'code')}"
            have = verb(len(audit.unmapped), "has", "have")
            warnings.append(f"{count} {have} no target ({listed}{more}): {' '.join(hints)}")
    return warnings


def coarser(codes: Iterable[str], known: Iterable[str]) -> dict[str, str]:
    """Return the codes that begin with one of others of at least two digits, with the longest.

    Where codes of one digit are numbers, 101 may follow 100 and is no part of 10.

    Parameters
    ----------
    codes : iterable of str
        Codes that are not among the others.
    known : iterable of str
        The others.

    Examples
    --------
    >>> coarser(["0241", "2812", "99"], ["02", "024", "241", "281"])
    {'0241': '024', '2812': '281'}
    >>> coarser(["22.10", "22.0", "101"], ["10", "22"])
    {'22.10': '22', '101': '10'}
    >>> coarser(["101"], ["1", "10"])
    {}
    """
    there = {code for code in known if _DIGITS.fullmatch(code)}
    if any(len(code) < 2 and code != "0" for code in there):
        return {}
    short_of = {}
    for code in codes:
        if _DIGITS.fullmatch(code):
            cuts = (code[:end].removesuffix(".") for end in range(len(code) - 1, 1, -1))
            if short := next((cut for cut in cuts if cut in there), None):
                short_of[code] = short
    return short_of


def _describe_coarser(where: str, coarse: Mapping[str, str]) -> str:
    """Say of how many codes there is a coarser one, and what to do."""
    named = ", ".join(f"{show(short)} for {show(code)}" for code, short in [*coarse.items()][:3])
    more = ", …" if len(coarse) > 3 else ""
    return (
        f"for {len(coarse):,} of them {where} has a code that they begin with ({named}{more}). If "
        "it is coarser, give it a row for each code of the data."
    )


def _there(audit: Audit) -> str:
    """Return the SELECT of the codes that a concordance has."""
    return (
        'SELECT DISTINCT "from" AS id FROM ok_concordance '
        f"WHERE from_classification = {sql.text(audit.source)} "
        f"AND to_classification = {sql.text(audit.target)}"
    )


def _other_spelling(
    con: duckdb.DuckDBPyConnection,
    study: Study,
    audit: Audit,
    where: str,
    coarse: Mapping[str, str],
    coded: Mapping[str, Sequence[str]],
) -> str:
    """Return a sentence on codes that the concordance has in another spelling."""
    sides = Sides(
        "a code",
        where,
        codes=True,
        noun="codes",
        own=("COLUMN",),  # of several tables, none of which is named
        other=("from",),
        other_place=" in [tables.concordance]",
    )
    codes = [code for code in audit.codes if code not in coarse]
    con.register("_codes", pa.table({"v": pa.array(codes, pa.string())}))
    hint = spelled_otherwise(con, sides, "SELECT v, 1 AS n FROM _codes", _there(audit))
    con.unregister("_codes")
    if hint and "COLUMN" in hint:
        strangers = [code for code in audit.unmapped if code not in coarse]
        columns = _columns_of(con, study, audit, strangers, coded)
        hint = hint.replace("COLUMN", columns[0][1])
        hint += f" Of the data it is {', '.join(f'{c} in [tables.{n}]' for n, c in columns)}."
    return hint or ""


def _columns_of(
    con: duckdb.DuckDBPyConnection,
    study: Study,
    audit: Audit,
    strangers: Sequence[str],
    coded: Mapping[str, Sequence[str]],
) -> list[tuple[str, str]]:
    """Return tables and columns that have codes which the concordance does not."""
    return [
        (name, column)
        for name, columns in coded.items()
        for column in columns
        if study.has(name)
        and sql.one(
            con,
            f"SELECT count(*) FROM ok_{name} WHERE classification = {sql.text(audit.source)} "
            f'AND "{column}" IN ({", ".join(map(sql.text, strangers))})',
        )[0]
    ]
