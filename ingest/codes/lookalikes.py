"""Codes that are one but for their spelling: without a list of industries each becomes a sector.

A spreadsheet makes ``1`` of ``01``, and ``1.0`` comes of a column with a gap; ``Food`` and ``food``
come of two hands. Where a list names the industries, the stranger is refused; where none does,
only the likeness tells.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

import duckdb

from ...core.errors import show
from .. import sql
from ..contract import LIST, Table
from ..study import Study
from ..values.likeness import FOOTNOTES, bare, likeness, name_lookalikes

__all__ = ["codes_alike"]

_NAMED = 5
#: Where codes stand that a concordance sends on.
_FROM = ("concordance", "from")

#: By code the tables and columns that hold it.
_Where = dict[str, set[tuple[str, str]]]


def codes_alike(con: duckdb.DuckDBPyConnection, study: Study) -> list[str]:
    """Warn of codes of one classification that are the same but for leading zeros or spelling.

    Pairs of which a list of industries names both are meant so.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the views ``ok_NAME``.
    study : Study
        The study.

    Returns
    -------
    list of str
        Of a classification one warning of zeros, and one of other spellings.
    """
    groups: dict[str, dict[tuple[str, bool], _Where]] = {}
    everywhere: dict[str, _Where] = {}
    levels = set()
    for (classification, _), where in _places(con, study).items():
        levels |= {classification} if _of_levels(where) else set()
        listed = _codes_named(con, study, classification)
        alike: dict[str, list[str]] = {}
        for code, key in likeness(con, sorted(where)).items():
            alike.setdefault(key, []).append(code)
        kept = _of_levels(code for code, at in where.items() if _FROM in at)
        for key, codes in alike.items():
            if len(codes) > 1 and set(codes) - listed:
                of_zeros = len({bare(code) for code in codes}) == 1
                if of_zeros and kept and _short_of_concordance(codes, where):
                    continue
                kind = groups.setdefault(classification, {}).setdefault((key, of_zeros), {})
                _add(kind, {code: where[code] for code in sorted(codes)})
        _add(everywhere.setdefault(classification, {}), where)
    warnings = []
    for classification, kinds in groups.items():
        zeros = [codes for (_, of_zeros), codes in kinds.items() if of_zeros]
        others = [codes for (_, of_zeros), codes in kinds.items() if not of_zeros]
        if zeros:
            warnings.append(_sentence(classification, zeros, levels=classification in levels))
        if others:
            keys = _keys(study, classification, others, everywhere[classification])
            warnings.append(_of_spelling(classification, others, keys))
    return warnings


def _short_of_concordance(codes: Iterable[str], where: _Where) -> bool:
    """Whether a concordance alone has the shorter ones: 241 beside 024 and 0259 is no 0241."""
    *short, _ = sorted(codes, key=len)
    return all(where[code] == {_FROM} for code in short)


def _add(codes: _Where, more: _Where) -> None:
    for code, at in more.items():
        codes[code] = codes.get(code, set()) | at


def _of_levels(codes: Iterable[str]) -> bool:
    """Whether codes that begin with a zero have several lengths: 01 and 011 are two levels."""
    return len({len(code) for code in codes if code.isdigit() and code.startswith("0")}) > 1


def _places(con: duckdb.DuckDBPyConnection, study: Study) -> dict[tuple[str, bool], _Where]:
    """Return where each code stands, by classification; commodities are codes on their own."""
    places: dict[tuple[str, bool], _Where] = {}
    tables = [t for t in study.tables if (t.counts or t.alone) and t.name != LIST]
    # data come before what maps their codes
    for table in sorted(tables, key=lambda table: table.lists):
        for column in table.codes:
            for classification, code in _codes(con, study, table, column):
                codes = places.setdefault((classification, column == "commodity"), {})
                codes.setdefault(code, set()).add((table.name, column))
    return places


def _codes(
    con: duckdb.DuckDBPyConnection, study: Study, declared: Table, column: str
) -> list[tuple[str, str]]:
    """Return the codes of a column, each with the classification that it is of."""
    tag = declared.column(column).code or "classification"
    if not declared.tags:  # its codes are those of the table that it needs
        tags = [source.tags[0] for name in declared.requires for source in study.of(name)]
        tag = sql.text(tags[0]) if tags else "''"
    asked = f'SELECT DISTINCT {tag}, "{column}" FROM ok_{declared.name}'
    return con.execute(f'{asked} WHERE "{column}" IS NOT NULL').fetchall()


def _codes_named(con: duckdb.DuckDBPyConnection, study: Study, classification: str) -> set[str]:
    """Return the codes that a list or a concordance names."""
    codes: set[str] = set()
    for table, code, tag in (
        (LIST, "code", "classification"),
        (_FROM[0], '"from"', "from_classification"),
    ):
        if study.has(table):
            asked = f"SELECT DISTINCT {code} FROM ok_{table} WHERE {tag} = ?"
            codes |= {str(code) for (code,) in con.execute(asked, [classification]).fetchall()}
    return codes


def _sentence(classification: str, several: list[_Where], *, levels: bool) -> str:
    """Say which codes are alike, where they stand, and what makes them one."""
    named = "; ".join(
        " and ".join(f"{code!r} ({', '.join(_tables(at))})" for code, at in sorted(codes.items()))
        for codes in several[:_NAMED]
    )
    more = f" and {len(several) - _NAMED} more" if len(several) > _NAMED else ""
    text = (
        f"Codes of {classification!r} are the same but for leading zeros, and count as different "
        f"ones, each with a part of the numbers: {named}{more}."
    )
    digits = [codes for codes in several if all(re.sub(r"\.0+$", "", c).isdigit() for c in codes)]
    if not digits or levels:
        return f"{text} If they are the same, write them in one way."
    whole = [[re.sub(r"\.0+$", "", code) for code in codes] for codes in digits]
    width = max(len(code) for codes in whole for code in codes)
    short = {
        place
        for codes in digits
        for code, at in codes.items()
        if len(code) != width or "." in code
        for place in at
    }
    parts = []
    for table in _tables(short):
        columns = [column for name, column in sorted(short) if name == table]
        keys = ", ".join(f"{column} = {{ zfill = {width} }}" for column in columns)
        parts.append(f"clean = {{ {keys} }} in [tables.{table}]")
    rest = " The others have to be written in one way." if len(digits) < len(several) else ""
    return f"{text} If they are the same, say {'; '.join(parts)}.{rest}"


def _tables(places: Iterable[tuple[str, str]]) -> list[str]:
    return sorted({table for table, _ in places})


# -- other spellings -------------------------------------------------------------------------------


def _of_spelling(classification: str, several: list[_Where], keys: str) -> str:
    """Say which codes may be one, and what to do in either case."""
    named = "; ".join(
        " and ".join(_describe_code(code, codes) for code in sorted(codes))
        for codes in several[:_NAMED]
    )
    more = f" and {len(several) - _NAMED} more" if len(several) > _NAMED else ""
    one_way = f"write them in one way: {keys}" if keys else "write them in one way"
    commodities = all(
        column == "commodity" for codes in several for at in codes.values() for _, column in at
    )
    rest = (
        "nothing is wrong."
        if commodities
        else f"list the industries of {classification!r}, them all among these, in "
        "[[tables.industries]]."
    )
    return (
        f"Some codes of {classification!r} may be one in several spellings, and count as different "
        f"ones, each with a part of the numbers: {named}{more}. If they are one, {one_way}. If "
        f"they are not, {rest}"
    )


def _describe_code(code: str, codes: _Where) -> str:
    """Return a code with its tables, and with the signs that look like others."""
    signs = name_lookalikes(code, [other for other in codes if other != code])
    reason = f"with {', '.join(signs[:2])}; " if signs else ""
    return f"{show(code)} ({reason}{', '.join(_tables(codes[code]))})"


def _keys(study: Study, classification: str, several: list[_Where], codes: _Where) -> str:
    """Return the keys that make all of them one, in every column of their classification."""
    pairs = [[*group] for group in several]
    ends = sorted({code[-1] for pair in pairs for code in pair if code[-1] in FOOTNOTES})
    if all(len({code.casefold() for code in pair}) == 1 for pair in pairs):
        small = sum(code == code.lower() for code in codes)
        large = sum(code == code.upper() for code in codes)
        step = f'case = "{"lower" if small > large else "upper"}"'
    elif all(len({code.rstrip("".join(ends)) for code in pair}) == 1 for pair in pairs):
        step = f"drop_suffix = {json.dumps(ends, ensure_ascii=False)}"
    else:
        return ""
    places = {place for at in codes.values() for place in at}
    if classification in study.listed:
        places |= {(LIST, "code")}
    parts = []
    for table in _tables(places):
        columns = (column for name, column in sorted(places) if name == table)
        steps = ", ".join(f"{column} = {{ {step} }}" for column in columns)
        parts.append(f"clean = {{ {steps} }} in [tables.{table}]")
    return "; ".join(parts)
