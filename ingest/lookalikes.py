"""Codes that are one but for leading zeros: without a list of industries each becomes a sector.

A spreadsheet makes ``1`` of ``01``, and ``1.0`` comes of a column with a gap. Where a list names
the industries, the stranger is refused; where none does, only the likeness tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import duckdb

from .study import Study

__all__ = ["bare", "codes_alike"]

# Columns that hold codes of the classification of their table.
_CODED = {
    "firms": ("industry",),
    "firm_industries": ("industry",),
    "industry_citations": ("citing", "cited"),
    "io_flows": ("supplier", "user"),
    "io_output": ("industry",),
    "make": ("industry", "commodity"),
    "use": ("commodity", "user"),
}
_NAMED = 5


def bare(code: str) -> str:
    """Return a code without leading zeros, and without what a number's spelling adds.

    Zeros behind a point say something (``1.01`` is not ``1.1``), so they stay.

    Parameters
    ----------
    code : str
        A code.

    Examples
    --------
    >>> [bare(code) for code in ("01", "1.0", "05+06", "A01", "1.01", "0", "00")]
    ['1', '1', '5+6', 'A1', '1.01', '0', '0']
    """
    whole = re.sub(r"^(\d+)\.0+$", r"\1", code)
    return re.sub(r"(?<![\d.])0+(?=\d)", "", whole)


def codes_alike(con: duckdb.DuckDBPyConnection, study: Study) -> list[str]:
    """Warn of codes of one classification that are the same but for leading zeros.

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
        One warning a classification.
    """
    found: dict[str, dict[str, _Where]] = {}
    levels: dict[str, bool] = {}
    for (classification, _), where in _places(con, study).items():
        listed = _listed(con, study, classification)
        levels[classification] = levels.get(classification, False) or _of_levels(where)
        alike: dict[str, list[str]] = {}
        for code in sorted(where):
            alike.setdefault(bare(code), []).append(code)
        for key, codes in alike.items():
            if len(codes) > 1 and set(codes) - listed:
                group = found.setdefault(classification, {}).setdefault(key, {})
                for code in codes:
                    group[code] = group.get(code, set()) | where[code]
    return [
        _sentence(each, list(groups.values()), levels=levels[each])
        for each, groups in found.items()
    ]


def _of_levels(codes: Iterable[str]) -> bool:
    """Whether codes that begin with a zero have several lengths: 01 and 011 are two levels."""
    return len({len(code) for code in codes if code.isdigit() and code.startswith("0")}) > 1


#: By code the tables and columns that hold it.
_Where = dict[str, set[tuple[str, str]]]


def _places(con: duckdb.DuckDBPyConnection, study: Study) -> dict[tuple[str, bool], _Where]:
    """Return where each code stands, by classification; commodities are codes on their own."""
    found: dict[tuple[str, bool], _Where] = {}
    asked = [(name, column, "classification") for name, cs in _CODED.items() for column in cs]
    asked += [("concordance", "from", "from_classification")]
    asked += [("concordance", "to", "to_classification")]
    for name, column, tag in asked:
        if not study.has(name):
            continue
        if name == "use":  # it has no classification of its own
            tag = f"'{study.of('make')[0].tags[0]}'" if study.has("make") else "''"
        rows = con.execute(
            f'SELECT DISTINCT {tag}, "{column}" FROM ok_{name} WHERE "{column}" IS NOT NULL'
        ).fetchall()
        for classification, code in rows:
            codes = found.setdefault((classification, column == "commodity"), {})
            codes.setdefault(code, set()).add((name, column))
    return found


def _listed(con: duckdb.DuckDBPyConnection, study: Study, classification: str) -> set[str]:
    """Return the codes that a list or a concordance names."""
    found: set[str] = set()
    for table, code, tag in (
        ("industries", "code", "classification"),
        ("concordance", '"from"', "from_classification"),
    ):
        if study.has(table):
            asked = f"SELECT DISTINCT {code} FROM ok_{table} WHERE {tag} = ?"
            found |= {str(each) for (each,) in con.execute(asked, [classification]).fetchall()}
    return found


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
