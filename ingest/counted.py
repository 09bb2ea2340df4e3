"""What counts, for whom and when: owners, industries by share, links that last, lags.

From checked tables (``ok_NAME``) come the views and tables that the load reads:

- ``counted_patent_citations``, ``counted_firm_citations``, ``counted_trade_links``: what counts of
  a table, the ends of firms' flows replaced by those who own them in that year;
- ``firm_owner``: owners of the firms that have any;
- ``shown_firms``, ``shown_patents``: each with one industry or owner, the largest of several;
- where a study has shares, what :mod:`spillgraph.ingest.holdings` makes.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa

from ..core.errors import InputError
from ..core.words import amount, counted, verb
from . import sql
from .checks.repeats import REPEATED
from .contract import TABLES, Table, table
from .owners.chains import ended_by_others, owners_by_year
from .owners.far_ends import far_ends
from .owners.holdings import make_holdings
from .owners.unknown import STAKE, unknown_stakes
from .stage import Staged
from .study import Study
from .values.rounding import note_scaling

__all__ = ["Counted", "count_what_counts", "require_all_rows"]

#: Reasons for which a row may be refused without making shares of others wrong.
_HARMLESS = {
    declared.name: f"{declared.key[0]} is not in table {declared.column(declared.key[0]).refers}"
    for declared in TABLES
    if declared.shares
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


#: What the study file can say of rows that were refused.
_REMEDIES = {
    "firm is not": (
        "patent_owners",
        'Owners that are not firms of the study: set unmatched = "keep", and their shares go to '
        "the residual.",
    ),
    "owner is not": (
        "ownership",
        'Owners that are not firms of the study: set unmatched = "keep", and what they own stays '
        "with the firm itself, from the year on in which they come.",
    ),
    REPEATED: (
        None,
        'If a row was only pasted twice, say repeat = "first", and the first counts; shares that '
        "belong together must be added up in the file.",
    ),
}


def require_all_rows(study: Study, staged: dict[str, Staged]) -> None:
    """Refuse shares of which some were refused: the others would get what is missing.

    Parameters
    ----------
    study : Study
        Says whether later rows of a key are passed over on purpose.
    staged : dict of str to Staged
        What became of each table.

    Raises
    ------
    InputError
        If a row of owners or industries was refused that belongs to a known patent or firm.
    """
    for name, harmless in _HARMLESS.items():
        if name not in staged:
            continue
        passed_over = (REPEATED,) if study.of(name)[0].entry.repeat == "first" else ()
        reasons = staged[name].reasons
        bad = {why: n for why, n in reasons.items() if not why.startswith((harmless, *passed_over))}
        if bad:
            listed = "; ".join(
                f"{why}: {n:,}, {staged[name].examples[why][0]}" for why, n in bad.items()
            )
            remedies = [
                f" {remedy}"
                for begin, (only, remedy) in _REMEDIES.items()
                if only in (None, name) and any(why.startswith(begin) for why in bad)
            ]
            rows = counted(sum(bad.values()), "row was", "rows were")
            them = verb(sum(bad.values()), "it", "them")
            raise InputError(
                f"table {name}: {rows} refused ({listed}), and without "
                f"{them} the shares of the others would be wrong. Correct {them}, or choose rows "
                f"with 'where'.{''.join(remedies)}"
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
        _owners(con, study, done)
    if study.has("patent_citations"):
        _patent_citations(con, study, done)
    if study.has("firm_citations"):
        _between_firms(con, study, table("firm_citations"), "ok_")
    if study.has("trade_links"):
        _deliveries(con, study, done)
        _between_firms(con, study, table("trade_links"), "lasting_")
    if study.has_shares:
        done.warnings.extend(make_holdings(con, study, done.notes))
    if study.has("firms"):
        con.execute(f"CREATE OR REPLACE TEMP VIEW shown_firms AS {_shown_firms(study)}")
    if study.has("patents"):
        con.execute(f"CREATE OR REPLACE TEMP VIEW shown_patents AS {_shown_patents(study)}")
    return done


def _years(study: Study) -> tuple[int, int]:
    return study.years.first, study.years.last


def _owners(con: duckdb.DuckDBPyConnection, study: Study, done: Counted) -> None:
    """Make ``firm_owner``, and say what a reader must know of it."""
    done.warnings.extend(unknown_stakes(con))
    named = con.execute(f"SELECT firm, owner, {STAKE} FROM ok_ownership ORDER BY ALL").fetchall()
    rows = con.execute(
        # an owner who is no firm of the study leaves the firm to itself
        "SELECT firm, CASE WHEN owner IN (SELECT id FROM ok_firms) THEN owner ELSE firm END, "
        f"{STAKE} FROM ok_ownership"
    ).fetchall()
    rounded: dict[str, float] = {}
    stakes = owners_by_year(rows, _years(study), rounded)
    if rounded:
        words = "firm", "firms"
        done.notes.append(note_scaling("table ownership", "shares in", words, rounded))
    table = pa.table(
        {
            "firm": pa.array([stake.firm for stake in stakes], pa.string()),
            "owner": pa.array([stake.owner for stake in stakes], pa.string()),
            "share": pa.array([stake.share for stake in stakes], pa.float64()),
            "first": pa.array([stake.first for stake in stakes], pa.int64()),
            "last": pa.array([stake.last for stake in stakes], pa.int64()),
        }
    )
    con.register("stakes", table)
    con.execute("CREATE OR REPLACE TEMP TABLE firm_owner AS SELECT * FROM stakes")
    con.unregister("stakes")
    done.warnings.extend(ended_by_others(named))


# -- flows ---------------------------------------------------------------------------------------


def _patent_citations(con: duckdb.DuckDBPyConnection, study: Study, done: Counted) -> None:
    """Leave out the citations whose lag is outside what the study asks for."""
    lag = study.options.lag
    if lag is None:
        select = "SELECT * FROM ok_patent_citations"
        con.execute(f"CREATE OR REPLACE TEMP VIEW counted_patent_citations AS {select}")
        return
    # In one order: fractions are added in that of the table, to the same last digit each time.
    whole = study.options.citation_weight == "full"
    with nullcontext() if whole else sql.one_thread(con):
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
        f"patent_citations: {early + late:,} of {rows:,} "
        f"{verb(early + late, 'is', 'are')} left out by lag = [{lag[0]}, {lag[1]}]: {early:,} "
        f"below, {late:,} above; {unknown:,} whose cited patent has no year "
        f"{verb(unknown, 'is kept, and goes', 'are kept, and go')} to the residual."
    )


def _deliveries(con: duckdb.DuckDBPyConnection, study: Study, done: Counted) -> None:
    """Give each year of a link that lasts a row of its own; links of a pair may add up."""
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
    if all(source.entry.repeat == "add" for source in study.of("trade_links")):
        with sql.one_thread(con):
            con.execute(
                "CREATE OR REPLACE TEMP TABLE lasting_trade_links AS SELECT supplier, buyer, year, "
                "fsum(value) AS value FROM lasting_trade_links GROUP BY ALL ORDER BY ALL"
            )
    twice = con.execute(
        "SELECT supplier, buyer, year FROM lasting_trade_links GROUP BY ALL HAVING count(*) > 1 "
        "ORDER BY ALL LIMIT 1"
    ).fetchall()
    if twice:
        supplier, buyer, year = twice[0]
        raise InputError(
            f"table trade_links: supplier {supplier!r} and buyer {buyer!r} have two links in "
            f'{year}; let one end before the other begins, or say repeat = "add" in '
            "[tables.trade_links], and the values of each year add up."
        )
    _note_links(con, study, int(lasting), done)
    if not done.deliveries["rows"]:
        raise InputError(
            f"table trade_links: none of its links lies in the years {low} to {high}; look at "
            "first_year and last_year, and at [years]."
        )


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
            f"table trade_links: {counted(ends, 'link has', 'links have')} a first_year and no "
            "last_year; set 'last' in [years], to which they go on."
        )


def _note_links(con: duckdb.DuckDBPyConnection, study: Study, lasting: int, done: Counted) -> None:
    """Say what became of links that last, and what of them lies outside the study's years."""
    low, high = _years(study)
    years, value = sql.one(
        con, "SELECT count(*), coalesce(fsum(value), 0.0) FROM lasting_trade_links"
    )
    done.deliveries.update(rows=years, value=value)
    spread = study.options.interval == "spread"
    length = f"coalesce(last_year, {high}) - first_year + 1"
    outside = (
        f"greatest(0, least(coalesce(last_year, {high}), {low} - 1) - first_year + 1) + "
        f"greatest(0, coalesce(last_year, {high}) - greatest(first_year, {high} + 1) + 1)"
    )
    per_year = f"value / ({length})" if spread else "value"
    (lost,) = sql.one(
        con,
        f"SELECT coalesce(fsum({per_year} * ({outside})), 0.0) FROM ok_trade_links "
        "WHERE first_year IS NOT NULL",
    )
    its = verb(lasting, "its", "their")
    done.notes.append(
        f"trade_links: {counted(lasting, 'link that lasts counts', 'links that last count')} with "
        f"{its} value {'spread over' if spread else 'in each of'} {its} years: "
        f"{counted(years, 'row')} in all, {amount(value)} {study.about.money}"
        + (f"; {amount(lost)} in years outside {low} to {high} are left out." if lost else ".")
    )
    if spread:
        done.warnings.extend(far_ends(con, (low, high), study.about.money, lost))


def _between_firms(
    con: duckdb.DuckDBPyConnection, study: Study, declared: Table, read: str
) -> None:
    """Let flows between firms count for those who own the firms in the flow's year."""
    name, rows = f"counted_{declared.name}", f"{read}{declared.name}"
    if not study.has("ownership"):
        con.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT * FROM {rows}")
        return
    (one, other), measure = declared.key[:2], declared.measure
    owned = (
        f"CREATE OR REPLACE TEMP TABLE {name}_owned AS SELECT coalesce(a.owner, c.{one}) AS {one}, "
        f"coalesce(b.owner, c.{other}) AS {other}, c.year, "
        f"fsum(c.{measure} * coalesce(a.share, 1) * coalesce(b.share, 1)) AS {measure} "
        f"FROM {rows} AS c "
        f"LEFT JOIN firm_owner AS a ON a.firm = c.{one} AND c.year BETWEEN a.first AND a.last "
        f"LEFT JOIN firm_owner AS b ON b.firm = c.{other} AND c.year BETWEEN b.first AND b.last "
        "GROUP BY ALL ORDER BY 1, 2, 3"
    )
    with sql.one_thread(con):
        con.execute(owned)
    con.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT * FROM {name}_owned")


def _shown_firms(study: Study) -> str:
    """Return the firms, each with one industry: of several the largest in the last year."""
    if not study.has("firm_industries"):
        return "SELECT * FROM ok_firms"
    return (
        "SELECT f.* REPLACE (m.industry AS industry) FROM ok_firms AS f LEFT JOIN ("
        "SELECT firm, arg_min(industry, (-share, industry)) AS industry FROM firm_in "
        f"WHERE {study.years.last} BETWEEN first AND last GROUP BY firm) AS m ON m.firm = f.id"
    )


def _shown_patents(study: Study) -> str:
    """Return the patents, each with one owner: of several the largest in the patent's year."""
    if not study.has_shares:
        return "SELECT * FROM ok_patents"
    return (
        "SELECT p.* REPLACE (m.firm AS firm) FROM ok_patents AS p LEFT JOIN ("
        "SELECT patent, arg_min(firm, (-share, firm)) AS firm FROM (SELECT h.patent, h.firm, "
        "sum(h.share) AS share FROM patent_held AS h JOIN ok_patents AS q ON q.id = h.patent "
        "WHERE h.firm <> '' AND q.year BETWEEN h.first AND h.last GROUP BY ALL) GROUP BY patent"
        ") AS m ON m.patent = p.id"
    )
