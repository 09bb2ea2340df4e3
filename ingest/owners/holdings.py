"""Owners of patents and industries of firms, by share and by year, as tables without gaps.

- ``firm_in(firm, industry, share, first, last)``
- ``patent_held(patent, firm, share, first, last)``; firm is empty for what is nobody's
- ``patent_in(patent, industry, owned, share, first, last)``; owned is 0 or 1

Shares of one holder add to 1 in every year, the residual included; so products of shares move
flows and neither make nor lose any.
"""

from __future__ import annotations

import duckdb

from ...core.errors import InputError
from ...core.words import counted
from ...graph.schema import UNMAPPED
from .. import sql
from ..study import Study
from .shares import ALWAYS, Spans, make_spans
from .unknown import without_shares

__all__ = ["make_holdings"]


def make_holdings(con: duckdb.DuckDBPyConnection, study: Study, notes: list[str]) -> list[str]:
    """Make the tables that the module's text lists; return what a reader must know of them.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the views ``ok_NAME``, and ``firm_owner`` where firms own firms.
    study : Study
        The study, with shares.
    notes : list of str
        Receives what is only for the record.

    Raises
    ------
    InputError
        If shares add to more than 1, or tables contradict each other.
    """
    warnings: list[str] = []
    _firm_in(con, study, warnings, notes)
    if study.has("patents"):
        _patent_held(con, study, warnings, notes)
        _patent_in(con)
    return warnings


def _years(study: Study) -> tuple[int, int]:
    return study.years.first, study.years.last


def _firm_in(
    con: duckdb.DuckDBPyConnection, study: Study, warnings: list[str], notes: list[str]
) -> None:
    """Make ``firm_in(firm, industry, share, first, last)``, the residual included."""
    low, high = _years(study)
    plain = (
        f"SELECT id AS firm, coalesce(industry, '{UNMAPPED}') AS industry, 1.0 AS share, "
        f"{low} AS first, {high} AS last FROM ok_firms"
    )
    if not study.has("firm_industries"):
        con.execute(f"CREATE OR REPLACE TEMP TABLE firm_in AS {plain}")
        return
    _require_dates(con)
    twice = make_spans(con, _spans_of_firms(study), "spans", notes)
    warnings.extend(without_shares(con, "firm_industries", "firm", "industry"))
    _note_twice(warnings, "firm_industries", "industries of a firm", twice)
    rest = _rest("spans", f"'{UNMAPPED}'")
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE firm_in AS SELECT holder AS firm, item AS industry, share, "
        f"first, last FROM (SELECT * FROM spans UNION ALL {rest}) WHERE share > 0 "
        f"UNION ALL {plain} WHERE id NOT IN (SELECT holder FROM spans) ORDER BY ALL"
    )
    (other,) = sql.one(
        con,
        "SELECT count(*) FROM ok_firms AS f WHERE f.industry IS NOT NULL AND id IN "
        "(SELECT firm FROM ok_firm_industries) AND NOT EXISTS (SELECT 1 FROM "
        "ok_firm_industries AS i WHERE i.firm = f.id AND i.industry = f.industry)",
    )
    if other:
        warnings.append(
            f"firm_industries: {counted(other, 'firm has', 'firms have')} an industry in table "
            "firms that is not among theirs here; what is here counts."
        )


def _require_dates(con: duckdb.DuckDBPyConnection) -> None:
    """Refuse industries that give their years in two ways, or the wrong way round."""
    for condition, problem in (
        (
            "year IS NOT NULL AND (first_year IS NOT NULL OR last_year IS NOT NULL)",
            "has a year and a first_year or last_year; keep one of them",
        ),
        ("last_year < first_year", "has last_year before first_year; exchange them"),
        (
            "year IS NULL AND firm IN (SELECT firm FROM ok_firm_industries WHERE year IS NOT NULL)",
            "has no year, other rows of the firm have one; give it in all of them, or in none",
        ),
    ):
        rows = con.execute(
            f"SELECT firm, industry FROM ok_firm_industries WHERE {condition} ORDER BY ALL LIMIT 1"
        ).fetchall()
        if rows:
            firm, industry = rows[0]
            raise InputError(
                f"table firm_industries: firm {firm!r} with industry {industry!r} {problem}."
            )


def _spans_of_firms(study: Study) -> Spans:
    first, last = ALWAYS
    return Spans(
        "firm_industries",
        "firm",
        "industry",
        f"SELECT firm AS holder, industry AS item, share, coalesce(year, first_year, {first}) AS "
        f"first, coalesce(year, last_year, {last}) AS last FROM ok_firm_industries",
        _years(study),
    )


def _rest(spans: str, item: str) -> str:
    """Return a SELECT of what the shares of each holder and span lack of 1."""
    return (
        f"SELECT holder, {item} AS item, 1.0 - fsum(share) AS share, first, last FROM {spans} "
        "GROUP BY holder, first, last HAVING abs(1.0 - fsum(share)) > 1e-9"
    )


def _note_twice(warnings: list[str], table: str, what: str, twice: int) -> None:
    if twice:
        warnings.append(
            f"{table}: {twice:,} {what} are named twice, without shares; each counts once."
        )


def _patent_held(
    con: duckdb.DuckDBPyConnection, study: Study, warnings: list[str], notes: list[str]
) -> None:
    """Make ``patent_held``: as recorded, and then by who owns the owners in each year."""
    low, high = _years(study)
    plain = f"SELECT id AS holder, firm AS item, 1.0 AS share, {low} AS first, {high} AS last "
    con.execute(f"CREATE OR REPLACE TEMP TABLE named AS {plain} FROM ok_patents WHERE false")
    if study.has("patent_owners"):
        _require_same_owner(con)
        twice = make_spans(con, _spans_of_patents(study), "named", notes)
        warnings.extend(without_shares(con, "patent_owners", "patent", "firm"))
        _note_twice(warnings, "patent_owners", "owners of a patent", twice)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE owned AS SELECT * FROM named "
        f"UNION ALL {_rest('named', 'NULL::VARCHAR')} UNION ALL {plain} "
        f"FROM ok_patents WHERE id NOT IN (SELECT holder FROM named){_select_only_cited(study)}"
    )
    held = (
        "SELECT s.holder, coalesce(o.owner, s.item) AS item, s.share * coalesce(o.share, 1) AS "
        "share, greatest(s.first, coalesce(o.first, s.first)) AS first, "
        "least(s.last, coalesce(o.last, s.last)) AS last FROM owned AS s LEFT JOIN firm_owner AS o "
        "ON o.firm = s.item AND o.first <= s.last AND o.last >= s.first"
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE patent_held AS SELECT holder AS patent, "
        "coalesce(item, '') AS firm, fsum(share) AS share, first, last FROM "
        f"({held if study.has('ownership') else 'SELECT * FROM owned'}) "
        "GROUP BY ALL HAVING fsum(share) > 0 ORDER BY ALL"
    )
    for name in ("named", "owned"):
        con.execute(f"DROP TABLE {name}")


def _spans_of_patents(study: Study) -> Spans:
    """Owners stay until a later year that names others."""
    return Spans(
        "patent_owners",
        "patent",
        "firm",
        "SELECT patent AS holder, firm AS item, share, "
        f"coalesce(first_year, {ALWAYS[0]}) AS first, first AS last FROM ok_patent_owners",
        _years(study),
    )


def _select_only_cited(study: Study) -> str:
    """Return a SELECT of patents that are only cited; nobody owns them."""
    if not study.has("patent_citations"):
        return ""
    low, high = _years(study)
    return (
        f" UNION ALL SELECT DISTINCT cited, NULL::VARCHAR, 1.0, {low}, {high} FROM "
        "counted_patent_citations WHERE cited NOT IN (SELECT id FROM ok_patents)"
    )


def _require_same_owner(con: duckdb.DuckDBPyConnection) -> None:
    """Refuse a patent whose owner in table patents is not among its owners."""
    rows = con.execute(
        "SELECT p.id, p.firm FROM ok_patents AS p WHERE p.firm IS NOT NULL AND p.id IN "
        "(SELECT patent FROM ok_patent_owners) AND NOT EXISTS (SELECT 1 FROM ok_patent_owners "
        "AS o WHERE o.patent = p.id AND o.firm = p.firm) ORDER BY ALL LIMIT 1"
    ).fetchall()
    if rows:
        patent, firm = rows[0]
        raise InputError(
            f"table patents says that {firm!r} owns patent {patent!r}, table patent_owners names "
            "others; take the owner out of one of them."
        )


def _patent_in(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``patent_in(patent, industry, owned, share, first, last)``; owned is 0 or 1."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE patent_in AS SELECT h.patent, "
        f"coalesce(i.industry, '{UNMAPPED}') AS industry, "
        "CASE WHEN h.firm = '' THEN 0.0 ELSE 1.0 END AS owned, "
        "fsum(h.share * coalesce(i.share, 1.0)) AS share, "
        "greatest(h.first, coalesce(i.first, h.first)) AS first, "
        "least(h.last, coalesce(i.last, h.last)) AS last FROM patent_held AS h "
        "LEFT JOIN firm_in AS i ON i.firm = h.firm AND i.first <= h.last AND i.last >= h.first "
        "GROUP BY ALL ORDER BY ALL"
    )
