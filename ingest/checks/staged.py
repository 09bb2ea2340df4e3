"""What became of a table, and whether it can be used."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ...core.errors import InputError
from ...core.words import counted, verb
from ...graph.aggregate import Cells
from ..contract import Table
from ..entries.chosen import leaving_out
from ..study import TableSource
from .refusals import Example

__all__ = ["DROPPED", "Staged", "require_usable", "with_warnings"]

#: Share of a table's rows, or of a column's values, above which a loss is told before all numbers.
_MUCH = 0.1

_NEGATIVE = "value is negative"
_APART = "the row cannot be taken apart: "

#: Ends the reason of a row that the study file says to leave out.
DROPPED = " (dropped)"


@dataclass(frozen=True, slots=True)
class Staged:
    """What became of one input table.

    Parameters
    ----------
    name : str
        Name of the table.
    path : Path
        Parquet file of the accepted rows, in the contract's columns and the table's tags.
    read, loaded, rejected : int
        Rows; ``read == loaded + rejected``.
    total : float
        Sum of the table's measure over loaded rows; the number of rows where it has none.
    reasons : dict of str to int
        Rejected rows by reason.
    unmatched : dict of str to int
        Loaded rows without an owner, an industry or a known cited patent, by column.
    warnings : tuple of str
        What a reader must know before using any number that rests on the table.
    lost : dict of str to int
        Values of loaded rows that are empty because they could not be used, by reason.
    examples : dict of str to tuple of Example
        Some refused rows and lost values of each reason.
    hints : tuple of str
        What would mend refusals, where it shows.
    notes : tuple of str
        How it was read, for the record.
    cells : Cells, optional
        Of a large flow, which was summed as it was read: its loaded rows by fine industries and
        years, as they stand.
    """

    name: str
    path: Path
    read: int
    loaded: int
    rejected: int
    total: float
    reasons: dict[str, int] = field(default_factory=dict)
    unmatched: dict[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    lost: dict[str, int] = field(default_factory=dict)
    examples: dict[str, tuple[Example, ...]] = field(default_factory=dict)
    hints: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    cells: Cells | None = field(default=None, repr=False, compare=False)

    def why(self) -> str:
        """Return why most rows were refused, each reason with an example."""
        often = sorted(self.reasons.items(), key=lambda item: -item[1])
        named = [f"{reason}: {number:,}, {self.examples[reason][0]}" for reason, number in often]
        return "; ".join([*named[:3], *(["…"] if named[3:] else [])])


def require_usable(
    table: Table, staged: dict[str, Staged], sources: Sequence[TableSource] = ()
) -> None:
    """Stop at the first table that cannot be used: what comes after it is its consequence.

    Parameters
    ----------
    table : Table
        Declaration of the table that was staged last.
    staged : dict of str to Staged
        All tables so far.
    sources : sequence of TableSource
        Its entries in the study file.

    Raises
    ------
    InputError
        If it has no rows, none was accepted, or one was refused that must not be missing.
    """
    audit = staged[table.name]
    if not audit.read:
        raise InputError(f"table {table.name} has no rows: there is nothing below the header.")
    them = verb(audit.rejected, "it", "them")
    left = (
        f"'spillgraph run' leaves {them} in OUT/rejects/{table.name}.csv.{_sentences(audit.hints)}"
    )
    if not audit.loaded:
        rows = f"none of its {audit.read:,} rows was" if audit.read > 1 else "its only row was not"
        raise InputError(
            f"table {table.name}: {rows} accepted ({audit.why()}); "
            f"{left}{_refused_before(table, staged)}"
        )
    below = audit.reasons.get(_NEGATIVE)
    if table.signed and below:
        raise InputError(
            f"table {table.name}: {counted(below, 'flow is', 'flows are')} negative "
            f"({audit.examples[_NEGATIVE][0]})."
            f"{_sentences(audit.hints)} Correct the file, or say in [tables.{table.name}] what "
            'they are: negative = "keep" (as published) or "net" (turned round, a delivery the '
            "other way)."
        )
    # rows of such a table repeat a key only where the study file says that the first counts
    meant = (DROPPED, "repeats the key of an earlier row")
    holes = [reason for reason in audit.reasons if not reason.endswith(meant)]
    if table.whole and holes:
        raise InputError(
            f"table {table.name}: {audit.rejected:,} of its {counted(audit.read, 'row')} "
            f"{verb(audit.rejected, 'was', 'were')} refused ({audit.why()}). A hole in it bends "
            "every number, so nothing was computed: correct the "
            f"{verb(audit.rejected, 'row', 'rows')}, or leave {them} out with "
            f"{_left_out(table, audit, holes, sources)}; {left}"
        )


def _left_out(
    table: Table, audit: Staged, reasons: list[str], sources: Sequence[TableSource]
) -> str:
    """Return the key that leaves out rows that were refused."""
    if all(" is not in " in reason for reason in reasons):
        return 'unmatched = "drop"'
    if apart := [reason for reason in reasons if reason.startswith(_APART)]:
        return _passed_over(str(audit.examples[apart[0]][0].value or ""))
    column = next((c.name for c in table.columns if f"{c.name} is missing" in reasons), None)
    if column is None:
        return "where_not"
    file = audit.examples[f"{column} is missing"][0].file
    of_file = [source.entry for source in sources if file in (name for name, _ in source.files)]
    return leaving_out(of_file, {column: ""})


def _passed_over(line: str) -> str:
    """Return the key that passes over a line that is no row: no filter sees its columns."""
    begin = re.match(r"[^\w\s\"']|[^\W\d]{4,}[^\w\s,;|]?", line.strip())
    if begin is None:
        return "an editor"
    text = json.dumps(begin[0], ensure_ascii=False)
    return f"comment = {text}, which passes over every line that begins so"


def _refused_before(table: Table, staged: dict[str, Staged]) -> str:
    """Name the refusals in the tables that a table refers to."""
    names = dict.fromkeys(column.refers for column in table.columns if column.refers in staged)
    earlier = [staged[str(name)] for name in names]
    return "".join(
        f" Before, {one.rejected:,} of {counted(one.read, 'row')} of {one.name} "
        f"{verb(one.rejected, 'was', 'were')} refused ({one.why()}).{_sentences(one.hints)}"
        for one in earlier
        if one.rejected
    )


def _sentences(hints: tuple[str, ...]) -> str:
    return "".join(f" {hint[0].upper()}{hint[1:]}" for hint in hints)


def with_warnings(staged: Staged, *, first: bool = False, cells: str = "") -> Staged:
    """Add warnings where much was refused or lost.

    Parameters
    ----------
    staged : Staged
        A table with its counts.
    first : bool
        Whether the study says that of a repeated key the first row counts.
    cells : str
        The column that the cells of a matrix are read into: an empty one is no flow.
    """
    warnings = list(staged.warnings)
    harmless = {"repeats the key of an earlier row"} if first else set()
    harmless |= {f"{cells} is missing"} if cells else set()
    meant = sum(
        n for reason, n in staged.reasons.items() if reason.endswith(DROPPED) or reason in harmless
    )
    if staged.rejected - meant > _MUCH * staged.read:
        share = staged.rejected / staged.read
        warnings.append(
            f"{staged.rejected:,} of {counted(staged.read, 'row')} ({share:.0%}) "
            f"{verb(staged.rejected, 'was', 'were')} refused "
            f"({staged.why()}).{_sentences(staged.hints)}"
        )
    for reason, number in staged.lost.items():
        if number > _MUCH * staged.loaded:
            warnings.append(
                f"{number:,} of {counted(staged.loaded, 'row')} {verb(number, 'is', 'are')} "
                f"loaded without a value ({reason}: "
                f"{staged.examples[reason][0]})."
            )
    for column, number in staged.unmatched.items():
        hint = next((text for text in staged.hints if text.startswith(f"{column} is ")), None)
        if hint:
            warnings.append(
                f"{number:,} of {counted(staged.loaded, 'row')} "
                f"{verb(number, 'has', 'have')} an unknown {column}: {hint}"
            )
    # what is only spelled otherwise is wrong however few rows it is; a hint that begins with the
    # reason itself says what may be meant
    for hint in staged.hints:
        guess = any(hint.startswith(reason) for reason in staged.reasons)
        if not guess and not any(hint.casefold() in warning.casefold() for warning in warnings):
            rows = counted(
                staged.rejected,
                "row was refused, and need not be",
                "rows were refused, and some need not be",
            )
            warnings.append(f"{rows}: {hint}")
    return replace(staged, warnings=tuple(warnings))
