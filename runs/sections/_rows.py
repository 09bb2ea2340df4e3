"""Rows of the input tables: read, loaded, rejected, and why."""

from __future__ import annotations

from collections.abc import Collection

from ...ingest.staged import Staged
from ...reports.kit import Heading, Paragraph, Part, Verdict
from ...reports.tables import Head, make_table

__all__ = ["rows_parts"]


def rows_parts(tables: Collection[Staged]) -> list[Part]:
    """Return what became of the rows of each input table, and whether all are accounted for.

    Parameters
    ----------
    tables : collection of Staged
        Input tables, in the order of reading.
    """
    heading = Heading("Loaded and rejected")
    if not tables:
        return [heading, Paragraph("No input tables were reported.")]
    heads = [
        Head("Table"),
        Head("Read", "count"),
        Head("Loaded", "count"),
        Head("Rejected", "count"),
        Head("Rejected, share", "percent"),
        Head("Read = loaded + rejected, reasons add up", "check"),
    ]
    rows = [
        [
            *(table.name, table.read, table.loaded, table.rejected),
            table.rejected / table.read if table.read else None,
            _balanced(table),
        ]
        for table in tables
    ]
    parts: list[Part] = [heading, _verdict(tables)]
    parts.append(make_table("Rows read, loaded and rejected", heads, rows))
    why = [
        [table.name, reason, count]
        for table in tables
        for reason, count in sorted(table.reasons.items(), key=lambda item: -item[1])
    ]
    if why:
        heads = [Head("Table"), Head("Reason"), Head("Rows", "count")]
        parts.append(make_table("Why rows were rejected", heads, why))
    return parts


def _balanced(table: Staged) -> bool:
    """Whether read = loaded + rejected, and the reasons add to the rejected rows."""
    rows = table.read == table.loaded + table.rejected
    return rows and sum(table.reasons.values()) == table.rejected


def _verdict(tables: Collection[Staged]) -> Verdict:
    odd = [table.name for table in tables if not _balanced(table)]
    if odd:
        return Verdict(f"Rows are NOT accounted for in: {', '.join(odd)}.", good=False)
    return Verdict(
        f"Every row that was read is accounted for: read = loaded + rejected in all {len(tables)} "
        "tables.",
        good=True,
    )
