"""The codes that [make_use] names, and the columns of a use table: whose is each, in which year."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import duckdb
import pandas as pd

from ...core.errors import InputError, nearest, show_some
from ..study import Study
from ..study_model import MakeUse
from ..values.likeness import bare

__all__ = ["in_year", "require_in_place", "require_users", "use_codes"]


def use_codes(con: duckdb.DuckDBPyConnection) -> set[str]:
    """Return every code of make and use tables, of all years.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the views ``ok_make`` and ``ok_use``.
    """
    rows = con.execute(
        'SELECT commodity FROM ok_make UNION SELECT commodity FROM ok_use UNION SELECT "user" '
        "FROM ok_use"
    ).fetchall()
    return {str(code) for (code,) in rows}


def in_year(named: Iterable[str], here: Collection[str], anywhere: Collection[str]) -> list[str]:
    """Return the named codes that one year has, and those that no year has: they are mistakes.

    Classifications change: ``96`` of 1987 is ``96C`` and ``96I`` in 1992.

    Parameters
    ----------
    named : iterable of str
        Codes that [make_use] names.
    here, anywhere : collection of str
        Codes of the tables of this year, and of any.

    Examples
    --------
    >>> in_year(["96", "96C", "9"], {"96"}, {"96", "96C"})
    ['96', '9']
    """
    return [code for code in named if code in here or code not in anywhere]


def require_in_place(con: duckdb.DuckDBPyConnection, options: MakeUse) -> None:
    """Refuse codes that [make_use] names for what they are not: they would do nothing.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the views ``ok_make`` and ``ok_use``.
    options : MakeUse
        What ``[make_use]`` says.

    Raises
    ------
    InputError
        Naming the key, the code, and what it is.
    """
    rows, users, makers = (
        {str(code) for (code,) in con.execute(f'SELECT DISTINCT "{of}" FROM ok_{table}').fetchall()}
        for table, of in (("use", "commodity"), ("use", "user"), ("make", "commodity"))
    )
    lasting = {
        str(code)
        for (code,) in con.execute(
            "SELECT commodity FROM ok_use EXCEPT SELECT commodity FROM (SELECT commodity, year "
            "FROM ok_use EXCEPT SELECT commodity, year FROM ok_make WHERE value <> 0)"
        ).fetchall()
    }
    for key, where, there in (
        ("value_added", "rows", rows),
        ("imports", "rows", rows),
        ("scrap", "commodities", rows | makers),
        ("final_demand", "columns", users),
    ):
        for code in getattr(options, key):
            named = f"[make_use] names {code!r} in {key}"
            if code not in there and code in rows | users:
                is_one = "column" if code in users else "row"
                raise InputError(
                    f"{named}, whose codes are {where}; in the use table it is a {is_one} alone. "
                    "Take it out there."
                )
            if key == "imports" and code not in there:
                raise InputError(f"{named}: no row of the use table is. {nearest(code, rows)}")
            if key == "imports" and code in lasting:
                raise InputError(
                    f"{named}, and an industry makes it: what is imported of it is in the rows of "
                    "the use table that no industry makes. Take it out there, or leave it out of "
                    "the make table if it is imported alone."
                )
            if key == "imports" and code in options.value_added:
                raise InputError(
                    f"{named} and in value_added, and it is one of them; keep it once."
                )


def require_users(
    con: duckdb.DuckDBPyConnection,
    study: Study,
    use: pd.DataFrame,
    industries: list[str],
    year: int,
) -> None:
    """Refuse columns of a use table that are neither industries nor final users, all at once.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the views ``ok_NAME``.
    study : Study
        The study.
    use : DataFrame
        The use table of the year; columns are users.
    industries : list of str
        Rows of the make table of the year.
    year : int
        The year.

    Raises
    ------
    InputError
        Naming the columns, and what they may be.
    """
    assert study.make_use is not None
    known = {*industries, *study.make_use.final_demand}
    strangers = [code for code in use.columns if code not in known]
    if not strangers:
        return
    one = len(strangers) == 1
    are = "is neither an industry" if one else "are neither industries"
    what = "it is a final user, name it" if one else "they are final users, name them"
    text = (
        f"table use of {year}: {show_some(strangers)} {are} (no row of the make table) nor named "
        "by final_demand of [make_use]."
    )
    raise InputError(
        f"{text} {_of_zeros(con, study, strangers, industries)}If {what} there; "
        "totals go into where_not of [tables.use]."
    )


def _of_zeros(
    con: duckdb.DuckDBPyConnection, study: Study, strangers: list[str], industries: list[str]
) -> str:
    """Say so where strangers are industries without their leading zeros."""
    known = set(industries)
    if study.has("industries"):
        rows = con.execute(
            "SELECT code FROM ok_industries WHERE classification = ?", [study.of("make")[0].tags[0]]
        ).fetchall()
        known |= {str(code) for (code,) in rows}
    alike = {bare(code): code for code in sorted(known)}
    pairs = [(code, alike[bare(code)]) for code in strangers if bare(code) in alike]
    if not pairs:
        return ""
    code, other = pairs[0]
    text = f"The industries have {other!r} where the use table has {code!r}: "
    digits = [sign for pair in pairs for sign in pair if sign.isdigit()]
    if not digits:
        return f"{text}write them in one way. "
    width = max(map(len, digits))
    return (
        f"{text}leading zeros are lost. Say clean = {{ user = {{ zfill = {width} }} }} in "
        f"[tables.use], and clean = {{ industry = {{ zfill = {width} }} }} in [tables.make], "
        f"where they are lost, too. "
    )
