"""What counts, for whom and when: owners, industries by share, links that last, lags.

From checked tables (``ok_NAME``) come the views and tables that the load reads:

- ``counted_patent_citations``, ``counted_firm_citations``, ``counted_trade_links``: what counts of
  a table, the ends of firms' flows replaced by those who own them in that year;
- ``firm_owner``: owners of the firms that have any;
- ``firm_in``, ``patent_held``, ``patent_in``, where a study has shares: industries of firms,
  owners and industries of patents.

Shares of one holder add to 1 in every year, where there is a residual for the rest; so products of
shares move flows and neither make nor lose any.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb
import pyarrow as pa

from ..core.errors import InputError
from ..graph.schema import UNMAPPED
from . import sql
from .ownership import owners_by_year
from .shares import ALWAYS, Spans, make_spans
from .stage import Staged
from .study import Study

__all__ = ["Counted", "count_what_counts", "require_all_rows"]

#: Reasons for which a row may be refused without making shares of others wrong.
_HARMLESS = {
    "patent_owners": "patent is not in table patents",
    "firm_industries": "firm is not in table firms",
    "ownership": "firm is not in table firms",
}


@dataclass(frozen=True, slots=True)
class Counted:
    """What was done.

    Parameters
    ----------
    notes, warnings : list of str
        For the record, and what a reader must know before using any number.
    deliveries : dict of str to float
        ``rows`` and ``value`` of the deliveries, where links that last became several of them.
    """

    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    deliveries: dict[str, float] = field(default_factory=dict)


def require_all_rows(staged: dict[str, Staged]) -> None:
    """Refuse shares of which some were refused: the others would get what is missing.

    Raises
    ------
    InputError
        If a row of owners or industries was refused that belongs to a known patent or firm.
    """
    for name, harmless in _HARMLESS.items():
        reasons = staged[name].reasons if name in staged else {}
        bad = {why: n for why, n in reasons.items() if not why.startswith(harmless)}
        if bad:
            listed = "; ".join(f"{why}: {n:,}" for why, n in bad.items())
            keep = (
                ' Owners that are no firm of the study: set unmatched = "keep", and their shares '
                "go to the residual."
                if name == "patent_owners"
                else ""
            )
            raise InputError(
                f"table {name}: {sum(bad.values()):,} rows were refused ({listed}), and without "
                "them the shares of the others would be wrong. Mend them, or choose rows with "
                f"'where'.{keep}"
            )


def count_what_counts(con: duckdb.DuckDBPyConnection, study: Study) -> Counted:
    """Make the views and tables that say what counts.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the views ``ok_NAME``; afterwards also what the module's text lists.
    study : Study
        The study.

    Returns
    -------
    Counted

    Raises
    ------
    InputError
        If shares add to more than 1, owners contradict each other or form a circle, or a link
        has no end where it needs one.
    """
    done = Counted()
    if study.has("ownership"):
        _owners(con, study)
    if study.has("patent_citations"):
        _patent_citations(con, study, done)
    if study.has("firm_citations"):
        _between_firms(con, study, "firm_citations", ("citing", "cited"), "count", "ok_")
    if study.has("trade_links"):
        _deliveries(con, study, done)
        _between_firms(con, study, "trade_links", ("supplier", "buyer"), "value", "lasting_")
    if study.has_shares:
        _firm_in(con, study, done)
        if study.has("patents"):
            _patent_held(con, study, done)
            _patent_in(con, study)
    return done


def _years(study: Study) -> tuple[int, int]:
    return study.years.first, study.years.last


def _owners(con: duckdb.DuckDBPyConnection, study: Study) -> None:
    rows = con.execute(
        "SELECT firm, owner, share, first_year, last_year FROM ok_ownership"
    ).fetchall()
    stakes = owners_by_year(rows, _years(study))
    table = pa.table(
        {
            "firm": pa.array([each.firm for each in stakes], pa.string()),
            "owner": pa.array([each.owner for each in stakes], pa.string()),
            "share": pa.array([each.share for each in stakes], pa.float64()),
            "first": pa.array([each.first for each in stakes], pa.int64()),
            "last": pa.array([each.last for each in stakes], pa.int64()),
        }
    )
    con.register("stakes", table)
    con.execute("CREATE OR REPLACE TEMP TABLE firm_owner AS SELECT * FROM stakes")
    con.unregister("stakes")


# -- flows ---------------------------------------------------------------------------------------


def _patent_citations(con: duckdb.DuckDBPyConnection, study: Study, done: Counted) -> None:
    """Leave out the citations whose lag is outside what the study asks for."""
    lag = study.options.lag
    if lag is None:
        select = "SELECT * FROM ok_patent_citations"
        con.execute(f"CREATE OR REPLACE TEMP VIEW counted_patent_citations AS {select}")
        return
    con.execute(
        "CREATE OR REPLACE TEMP TABLE lagged AS SELECT c.*, p.year - q.year AS lag "
        "FROM ok_patent_citations AS c JOIN ok_patents AS p ON p.id = c.citing "
        "LEFT JOIN ok_patents AS q ON q.id = c.cited"
    )
    con.execute(
        "CREATE OR REPLACE TEMP VIEW counted_patent_citations AS SELECT * EXCLUDE lag FROM lagged "
        f"WHERE lag IS NULL OR lag BETWEEN {lag[0]} AND {lag[1]}"
    )
    early, late, unknown, rows = sql.one(
        con,
        f"SELECT count(*) FILTER (lag < {lag[0]}), count(*) FILTER (lag > {lag[1]}), "
        "count(*) FILTER (lag IS NULL), count(*) FROM lagged",
    )
    done.notes.append(
        f"patent_citations: {early + late:,} of {rows:,} are left out by lag = "
        f"[{lag[0]}, {lag[1]}]: {early:,} below, {late:,} above; {unknown:,} whose cited patent "
        "has no year are kept, and go to the residual."
    )


def _deliveries(con: duckdb.DuckDBPyConnection, study: Study, done: Counted) -> None:
    """Give each year of a link that lasts a row of its own."""
    (lasting,) = sql.one(con, "SELECT count(first_year) FROM ok_trade_links")
    plain = "SELECT supplier, buyer, year, value FROM ok_trade_links"
    if not lasting:
        con.execute(f"CREATE OR REPLACE TEMP VIEW lasting_trade_links AS {plain}")
        return
    low, high = _years(study)
    _require_ends(con, study)
    part = "value / (stop - first_year + 1)" if study.options.interval == "spread" else "value"
    con.execute(
        "CREATE OR REPLACE TEMP TABLE lasting_trade_links AS "
        f"{plain} WHERE first_year IS NULL UNION ALL SELECT supplier, buyer, "
        f"unnest(range(greatest(first_year, {low}), least(stop, {high}) + 1)) AS year, "
        f"{part} AS value FROM (SELECT *, coalesce(last_year, {high}) AS stop "
        "FROM ok_trade_links WHERE first_year IS NOT NULL) ORDER BY ALL"
    )
    twice = con.execute(
        "SELECT supplier, buyer, year FROM lasting_trade_links GROUP BY ALL HAVING count(*) > 1 "
        "ORDER BY ALL LIMIT 1"
    ).fetchall()
    if twice:
        supplier, buyer, year = twice[0]
        raise InputError(
            f"table trade_links: supplier {supplier!r} and buyer {buyer!r} have two links in "
            f"{year}; let one end before the other begins, or add their values up."
        )
    _note_links(con, study, int(lasting), done)


def _require_ends(con: duckdb.DuckDBPyConnection, study: Study) -> None:
    """Refuse links that end before they begin, or that would go on for ever."""
    wrong = con.execute(
        "SELECT supplier, buyer, first_year, last_year FROM ok_trade_links "
        "WHERE last_year < first_year ORDER BY ALL LIMIT 1"
    ).fetchall()
    if wrong:
        supplier, buyer, first, last = wrong[0]
        raise InputError(
            f"table trade_links: the link from {supplier!r} to {buyer!r} has last_year {last} "
            f"before first_year {first}; exchange them."
        )
    (ends,) = sql.one(
        con,
        "SELECT count(*) FROM ok_trade_links WHERE first_year IS NOT NULL AND last_year IS NULL",
    )
    if ends and "last" not in study.years.model_fields_set:
        raise InputError(
            f"table trade_links: {ends:,} links have a first_year and no last_year; set 'last' in "
            "[years], to which they go on."
        )


def _note_links(con: duckdb.DuckDBPyConnection, study: Study, lasting: int, done: Counted) -> None:
    """Say what became of links that last, and what of them lies outside the study's years."""
    low, high = _years(study)
    years, value = sql.one(
        con, "SELECT count(*), coalesce(fsum(value), 0.0) FROM lasting_trade_links"
    )
    done.deliveries.update(rows=years, value=value)
    spread = study.options.interval == "spread"
    each = f"coalesce(last_year, {high}) - first_year + 1"
    outside = (
        f"greatest(0, least(coalesce(last_year, {high}), {low} - 1) - first_year + 1) + "
        f"greatest(0, coalesce(last_year, {high}) - greatest(first_year, {high} + 1) + 1)"
    )
    per_year = f"value / ({each})" if spread else "value"
    (lost,) = sql.one(
        con,
        f"SELECT coalesce(fsum({per_year} * ({outside})), 0.0) FROM ok_trade_links "
        "WHERE first_year IS NOT NULL",
    )
    done.notes.append(
        f"trade_links: {lasting:,} links that last count with their value "
        f"{'spread over their years' if spread else 'in each of their years'}: {years:,} rows in "
        f"all, {value:,.6g} {study.about.money}"
        + (f"; {lost:,.6g} in years outside {low} to {high} are left out." if lost else ".")
    )


def _between_firms(
    con: duckdb.DuckDBPyConnection,
    study: Study,
    table: str,
    ends: tuple[str, str],
    measure: str,
    read: str,
) -> None:
    """Let flows between firms count for those who own the firms in the flow's year."""
    name = f"counted_{table}"
    if not study.has("ownership"):
        con.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT * FROM {read}{table}")
        return
    one, other = ends
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {name}_owned AS SELECT coalesce(a.owner, c.{one}) AS {one}, "
        f"coalesce(b.owner, c.{other}) AS {other}, c.year, "
        f"fsum(c.{measure} * coalesce(a.share, 1) * coalesce(b.share, 1)) AS {measure} "
        f"FROM {read}{table} AS c "
        f"LEFT JOIN firm_owner AS a ON a.firm = c.{one} AND c.year BETWEEN a.first AND a.last "
        f"LEFT JOIN firm_owner AS b ON b.firm = c.{other} AND c.year BETWEEN b.first AND b.last "
        "GROUP BY ALL ORDER BY 1, 2, 3"
    )
    con.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT * FROM {name}_owned")


# -- shares --------------------------------------------------------------------------------------


def _firm_in(con: duckdb.DuckDBPyConnection, study: Study, done: Counted) -> None:
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
    twice = make_spans(con, _spans_of_firms(study), "spans")
    _note_twice(done, "firm_industries", "industries of a firm", twice)
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
        done.warnings.append(
            f"firm_industries: {other:,} firms have an industry in table firms that is not among "
            "theirs here; what is here counts."
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
        found = con.execute(
            f"SELECT firm, industry FROM ok_firm_industries WHERE {condition} ORDER BY ALL LIMIT 1"
        ).fetchall()
        if found:
            firm, industry = found[0]
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


def _note_twice(done: Counted, table: str, what: str, twice: int) -> None:
    if twice:
        done.warnings.append(
            f"{table}: {twice:,} {what} are named twice, without shares; each counts once."
        )


def _patent_held(con: duckdb.DuckDBPyConnection, study: Study, done: Counted) -> None:
    """Make ``patent_held(patent, firm, share, first, last)``; firm is empty for the residual."""
    low, high = _years(study)
    plain = f"SELECT id AS holder, firm AS item, 1.0 AS share, {low} AS first, {high} AS last "
    con.execute(f"CREATE OR REPLACE TEMP TABLE owned AS {plain} FROM ok_patents WHERE false")
    if study.has("patent_owners"):
        _require_same_owner(con)
        # Owners stay until a later year that names others.
        rows = (
            "SELECT patent AS holder, firm AS item, share, "
            f"coalesce(first_year, {ALWAYS[0]}) AS first, first AS last FROM ok_patent_owners"
        )
        spans = Spans("patent_owners", "patent", "firm", rows, _years(study))
        _note_twice(done, "patent_owners", "owners of a patent", make_spans(con, spans, "owned"))
    owner = (
        ("coalesce(o.owner, s.item)", "s.share * coalesce(o.share, 1)")
        if study.has("ownership")
        else ("s.item", "s.share")
    )
    join = (
        "LEFT JOIN firm_owner AS o ON o.firm = s.item AND o.first <= s.last AND o.last >= s.first"
        if study.has("ownership")
        else "LEFT JOIN (SELECT NULL::BIGINT AS first, NULL::BIGINT AS last) AS o ON false"
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE patent_held AS SELECT s.holder AS patent, "
        f"coalesce({owner[0]}, '') AS firm, fsum({owner[1]}) AS share, "
        "greatest(s.first, coalesce(o.first, s.first)) AS first, "
        "least(s.last, coalesce(o.last, s.last)) AS last FROM ("
        f"SELECT * FROM owned UNION ALL {_rest('owned', 'NULL::VARCHAR')} UNION ALL {plain} "
        f"FROM ok_patents WHERE id NOT IN (SELECT holder FROM owned){_only_cited(study)}) AS s "
        f"{join} GROUP BY ALL HAVING fsum({owner[1]}) > 0 ORDER BY ALL"
    )
    con.execute("DROP TABLE owned")


def _only_cited(study: Study) -> str:
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
    found = con.execute(
        "SELECT p.id, p.firm FROM ok_patents AS p WHERE p.firm IS NOT NULL AND p.id IN "
        "(SELECT patent FROM ok_patent_owners) AND NOT EXISTS (SELECT 1 FROM ok_patent_owners "
        "AS o WHERE o.patent = p.id AND o.firm = p.firm) ORDER BY ALL LIMIT 1"
    ).fetchall()
    if found:
        patent, firm = found[0]
        raise InputError(
            f"table patents says that {firm!r} owns patent {patent!r}, table patent_owners names "
            "others; take the owner out of one of them."
        )


def _patent_in(con: duckdb.DuckDBPyConnection, study: Study) -> None:
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
