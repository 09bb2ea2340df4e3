"""Labels of a printed matrix of citations that are a row and no column, or a column and no row.

A column of codes beside the labels, a row of means: without a list each becomes a sector that is
cited and never cites, or the other way round. Flows have output to be compared with.
"""

from __future__ import annotations

import duckdb

from ...core.errors import show_some
from ..entries.chosen import leaving_out
from ..study import Study
from ..values.likeness import likeness

__all__ = ["one_end"]


def one_end(con: duckdb.DuckDBPyConnection, study: Study) -> list[str]:
    """Name labels of a square matrix of citations that only its rows, or only its columns, have.

    Where a list or a concordance names them they are meant so; in a table of pairs most have one
    end. Two spellings of one label are told of as such.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the views ``ok_NAME``.
    study : Study
        The study.

    Returns
    -------
    list of str
        A warning of each side.
    """
    sources = study.of("industry_citations")
    wide = sources[0].entry.wide if sources else None
    if wide is None or any(source.entry.wide is None for source in sources):
        return []
    classification = sources[0].tags[0]
    if classification in study.listed:
        return []
    ends = {wide.rows: ("row", "column"), wide.columns: ("column", "row")}
    labels = {end: _labels(con, end) for end in ends}
    rows, columns = labels.values()
    if 2 * len(rows.keys() & columns.keys()) <= len(rows | columns):
        return []
    known = _mapped_codes(con, study, classification)
    like = likeness(con, list(rows | columns))
    warnings = []
    for end, (one, other) in ends.items():
        (others,) = (codes for name, codes in labels.items() if name != end)
        spelled = {like.get(label) for label in others}
        odd = [
            label
            for label in labels[end]
            if label not in others and label not in known and like.get(label) not in spelled
        ]
        if odd:
            warnings.append(_warning(study, odd, end, one, other))
    return warnings


def _labels(con: duckdb.DuckDBPyConnection, end: str) -> dict[str, None]:
    """Return the labels of one side, in their order; zeros are cells, too."""
    asked = f'SELECT DISTINCT "{end}" FROM ok_industry_citations ORDER BY 1'
    return dict.fromkeys(str(label) for (label,) in con.execute(asked).fetchall())


def _mapped_codes(con: duckdb.DuckDBPyConnection, study: Study, classification: str) -> set[str]:
    """Return the codes that a concordance maps."""
    if not study.has("concordance"):
        return set()
    asked = 'SELECT "from" FROM ok_concordance WHERE from_classification = ?'
    return {str(code) for (code,) in con.execute(asked, [classification]).fetchall()}


def _warning(study: Study, labels: list[str], end: str, one: str, other: str) -> str:
    entries = study.of("industry_citations")
    leave = leaving_out([entries[0].entry], {end: labels})
    place = "[tables.industry_citations]"
    if entries[1:]:
        place = f"each of the {len(entries)} [{place}]"
    many = bool(labels[1:])
    became = "and became sectors" if many else "and became a sector"
    return (
        f"table industry_citations: {show_some(labels)} {'are' if many else 'is'} a {one} of the "
        f"matrix and no {other}, unlike most labels, {became} all the same. If "
        f"{'they are' if many else 'it is'} none (codes, numbers, a mean), leave "
        f"{'them' if many else 'it'} out: {leave} in {place}; else list the "
        "industries in [[tables.industries]]."
    )
