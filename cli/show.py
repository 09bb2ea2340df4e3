"""Results on the screen: short tables, exact numbers, and where the files lie."""

from __future__ import annotations

import json
import shlex
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
from rich import box
from rich.markup import escape
from rich.table import Table

from ..core.errors import InputError, QueryError, nearest
from ..core.words import amount, counted, verb
from ..queries import Query
from .cells import alike, short, shown
from .console import err, out

if TYPE_CHECKING:  # a second of imports that 'spillgraph queries' need not wait for
    from ..ingest.economy import Economy
    from ..ingest.stage import Staged
    from ..ingest.study import Study
    from ..runs.bulk import Export
    from ..runs.result import Result

__all__ = [
    "answers",
    "begin_table",
    "check_summary",
    "export_summary",
    "files_written",
    "input_counts",
    "query_list",
    "query_text",
    "rows",
    "run_summary",
    "warn_first",
]

#: What becomes of rows and of values that cannot be used.
_REFUSED, _EMPTY = ("row", "refused"), ("value", "left empty")
_LEVELS = ("input", "firm", "fine", "target", "unmapped")


def begin_table(title: str, *columns: str) -> Table:
    """Return a table whose first column is text and whose others are numbers."""
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for number, column in enumerate(columns):  # a number over two lines would be two numbers
        text = number == 0
        table.add_column(
            column, justify="left" if text else "right", overflow="fold", no_wrap=not text
        )
    return table


def run_summary(run: dict[str, Any], folder: Path) -> None:
    """Show what a run loaded, that its totals agree, and where its results lie."""
    if run["synthetic"]:
        out.print("SYNTHETIC data: the numbers describe no real economy.")
    input_counts(
        {name: (t["read"], t["loaded"], t["rejected"]) for name, t in run["tables"].items()}
    )
    warn_first(run["warnings"])
    if run["totals"]:
        _totals(run)
    _self_citations(run)
    _accounts(run["accounts"])
    if run["matrices"]:
        _matrices(run)
    _notes(run)
    for audit in run["concordances"]:
        if audit["unmapped"] or audit["uneven"]:
            codes = ", ".join([*audit["unmapped"], *audit["uneven"]])
            out.print(
                f"Concordance {audit['source']} → {audit['target']} does not cover all of {codes}: "
                "that flow is in 'unmapped'.",
                markup=False,
            )
    for name, table in run["tables"].items():
        for reason, number in (table["reasons"] | table["values_lost"]).items():
            noun, end = _REFUSED if reason in table["reasons"] else _EMPTY
            example = table["examples"][reason][0]
            out.print(f"{name}: {counted(number, noun)} {end}: {reason} ({example})", markup=False)
        _without_partner(name, table["without_partner"], table["loaded"], run["warnings"])
    rejected = sum(t["rejected"] for t in run["tables"].values())
    lost = sum(sum(t["values_lost"].values()) for t in run["tables"].values())
    for number, (noun, end) in ((rejected, _REFUSED), (lost, _EMPTY)):
        if number:
            what = counted(number, f"{noun} was", f"{noun}s were")
            out.print(f"{what} {end}: see {folder / 'rejects'}", markup=False)
    within = f", namespace {run['namespace']}" if run["namespace"] else ""
    kept = f"Scores and shares are in the graph as those of run {run['run']}{within}."
    out.print(
        kept if run["store"] else 'No graph was kept ([graph] keep = "nothing").', markup=False
    )
    out.print(f"Report: {folder / 'report.html'}", markup=False)


def _totals(run: dict[str, Any]) -> None:
    out.print(totals_by_level(run["totals"]))
    out.print(
        "input = firm = fine = target + unmapped in every flow, to "
        f"{max(run['totals_agree_to'], 1e-16):.0e} relative."
    )


def totals_by_level(totals: Mapping[str, Mapping[str, float | None]]) -> Table:
    """Return a table of flows by level: flows are few, and large sums have room below each."""
    table = begin_table("Totals by level", "level", *totals)
    flows = [alike([levels[level] for level in _LEVELS]) for levels in totals.values()]
    for level, *sums in zip(_LEVELS, *flows, strict=True):
        table.add_row(level, *sums)
    return table


def _matrices(run: dict[str, Any]) -> None:
    matrices = begin_table("Matrices", "matrix", "size", "sum", "spectral radius")
    for name, about in run["matrices"].items():
        size = " × ".join(str(n) for n in about["shape"])
        radius = _radius(about)
        matrices.add_row(escape(name), size, shown(about["sum"]), radius)
    out.print(matrices)


def answers(result: Result, folder: Path) -> None:
    """Show what capabilities have found, and where it lies."""
    from ..runs.folder import places_of

    for name, answer in result.answers.items():
        for part in answer.capability.screen(answer.value, result.economy.names):
            if isinstance(part, str):
                out.print(part, markup=False)
                continue
            table = begin_table(part.title, *part.heads)
            for text, *numbers in part.rows:
                table.add_row(escape(short(text)), *map(escape, numbers))
            out.print(table)
        places = [folder / each for each in places_of(result.record["capabilities"][name])]
        out.print(f"All of {name}: {', '.join(map(str, places))}", markup=False)


def warn_first(texts: list[str]) -> None:
    """Show what a reader must know before any number, ahead of all numbers."""
    for text in texts:
        out.print(f"[bold red]Warning:[/bold red] {escape(text)}")


def _self_citations(run: dict[str, Any]) -> None:
    """Say what the totals hold and W does not: citations of firms to themselves."""
    own = run["totals"].get("citations", {}).get("self_citations") or 0
    if own and run["options"]["self_citations"] == "exclude":
        out.print(
            f"{shown(own)} of the citations are from firms to themselves: they are in the totals "
            'and left out of W and its stock (self_citations = "exclude").',
            markup=False,
        )


def _accounts(years: dict[str, Any]) -> None:
    """Say how the accounts fit: a line where they do, the worst sectors where they do not."""
    known = {y: a for y, a in years.items() if a["checked"]}
    if all(about["balanced"] is not False for about in known.values()):
        whole = {y: a for y, a in known.items() if a["balanced"]}
        if whole:
            listed = ", ".join(y + _of_all(a) for y, a in whole.items())
            largest = max(map(_largest, whole.values()))
            out.print(f"Accounts fit to {largest:.2g} of gross output: {listed}.", markup=False)
        for year in (each for each in known if each not in whole):
            about = known[year]
            out.print(
                f"Accounts of {year} are checked in {about['checked']} of {about['sectors']} "
                f"sectors only, with {about['coverage']:.2%} of gross output: there they fit to "
                f"{_largest(about):.2g}.",
                markup=False,
            )
    sides = ("paid", "sold")
    if any(about["balanced"] is False for about in known.values()):
        out.print("paid: output − inputs − value added − imports")
        out.print("sold: output − sales − final demand")
    for year, about in known.items():
        if about["balanced"] is not False:
            continue
        worst = begin_table(
            f"Accounts of {year}: worst sectors, gaps in % of their gross output", "sector", *sides
        )
        for row in about["worst"]:
            gaps = ("–" if row[s] is None else f"{row[s]:.1%}" for s in ("paid", "sold"))
            worst.add_row(escape(short(row["sector"])), *gaps)
        out.print(worst)


def _largest(about: dict[str, Any]) -> float:
    sides = (about[side]["misfit"] for side in ("paid", "sold"))
    return max((each for each in sides if each is not None), default=0.0)


def _of_all(about: dict[str, Any]) -> str:
    some = about["checked"] < about["sectors"]
    return f" ({about['checked']} of {about['sectors']} sectors)" if some else ""


def _notes(run: dict[str, Any]) -> None:
    """Show what holds of each year; years that share a note share a line."""
    years: dict[str, list[str]] = {}
    for year, about in run["years"].items():
        notes = list(about["notes"])
        if about.get("zero_rows"):
            sectors = run["matrices"][f"W_{year}"]["shape"][0]
            silent = len(about["zero_rows"])
            cites = verb(silent, "cites", "cite")
            notes.insert(0, f"{silent:,} of {sectors:,} sectors never {cites}.")
        for note in notes:
            years.setdefault(note, []).append(year)
    for note in run["notes"]:
        out.print(note, markup=False)
    for note, those in years.items():
        out.print(f"{', '.join(those)}: {note}", markup=False)


def check_summary(staged: dict[str, Staged], economy: Economy) -> None:
    """Show what a check found: rows by table, reasons, and the audit of concordances."""
    from ..runs.accounts_json import accounts_json
    from ..runs.result import input_warnings

    input_counts({name: (t.read, t.loaded, t.rejected) for name, t in staged.items()})
    warnings = input_warnings(staged, economy)
    warn_first(warnings)
    _accounts(accounts_json(economy.accounts))
    for table in staged.values():
        for (noun, end), counts in ((_REFUSED, table.reasons), (_EMPTY, table.lost)):
            for reason, number in counts.items():
                some = "; ".join(map(str, table.examples[reason]))
                what = f"{counted(number, noun)} {end}"
                out.print(f"{table.name}: {what}: {reason} ({some})", markup=False)
        for hint in table.hints:
            out.print(f"{table.name}: {hint}", markup=False)
        _without_partner(table.name, table.unmatched, table.loaded, warnings)
    for audit in economy.audits:
        out.print(
            f"Concordance {audit.source} → {audit.target}: {counted(len(audit.codes), 'code')} "
            f"in use, {len(audit.unmapped):,} unmapped, {len(audit.uneven):,} with weights below "
            f"1, {len(audit.ties):,} with ties, {len(audit.equal_split):,} split equally.",
            markup=False,
        )
        if audit.unmapped:
            out.print(f"  unmapped: {', '.join(audit.unmapped)}", markup=False)
    for note in economy.notes:
        out.print(note, markup=False)
    out.print("Everything the study names is there. Nothing was loaded.")


def _without_partner(name: str, rows: Mapping[str, int], loaded: int, told: list[str]) -> None:
    """Say which loaded rows found nothing, column by column, unless a warning has said so."""
    from ..runs.result import without_partner

    for column, number in rows.items():
        sentence = without_partner(name, column, number, loaded)
        if sentence not in told:
            out.print(sentence, markup=False)


def files_written(paths: list[Path]) -> None:
    """Say where files were written: a line for each folder and kind of file."""
    kinds = Counter((path.parent, path.suffix) for path in paths)
    for (place, ending), number in kinds.items():
        one = next(path for path in paths if (path.parent, path.suffix) == (place, ending))
        what = f"{one}" if number == 1 else f"{place / f'*{ending}'}, {number} files"
        out.print(f"Wrote {what}", markup=False)


def export_summary(export: Export, study: Study, folder: Path) -> None:
    """Show what was exported, and how it is imported."""
    from ..runs.bulk import WARNING, how_to
    from ..runs.result import input_warnings

    if study.about.synthetic:
        out.print("SYNTHETIC data: the numbers describe no real economy.")
    tables = export.staged
    input_counts({name: (t.read, t.loaded, t.rejected) for name, t in tables.items()})
    warn_first(input_warnings(tables, export.economy))
    kinds = begin_table("Files", "kind", "rows", "sum")
    for file in export.files:
        kinds.add_row(file.name, f"{file.rows:,}", shown(file.total) if file.total else "")
    out.print(kinds)
    for note in export.economy.notes:
        out.print(note, markup=False)
    if any(table.rejected for table in tables.values()):
        rejected = sum(table.rejected for table in tables.values())
        what = counted(rejected, "row was", "rows were")
        out.print(f"{what} refused: see {folder / 'rejects'}", markup=False)
    out.print(f"Wrote {folder}. The import itself, in {folder / 'import.sh'}:\n", markup=False)
    out.print(shlex.join(export.command).replace(" --", " \\\n  --"), markup=False)
    out.print(f"\n{WARNING}", markup=False)
    how = how_to(str(folder.resolve()), study.path, export.database)
    out.print(how, markup=False, end="")


def input_counts(tables: dict[str, tuple[int, int, int]]) -> None:
    counts = begin_table("Rows: read = loaded + rejected", "table", "read", "loaded", "rejected")
    for name, numbers in tables.items():
        counts.add_row(escape(name), *(f"{number:,}" for number in numbers))
    out.print(counts)


def _radius(about: dict[str, Any]) -> str:
    """One number, or the bounds where nobody knows it better."""
    if "spectral_radius_bounds" in about:
        low, high = about["spectral_radius_bounds"]
        return f"{low:.3g}–{high:.3g}"
    return f"{about['spectral_radius']:.6g}"


def query_list(queries: list[Query]) -> None:
    """Show the library: name, question, parameters."""
    for query in queries:
        needed = [f"--param {each.name}=…" for each in query.parameters if each.default is None]
        out.print(f"[bold]{escape(query.name)}[/bold]  {escape(query.question)}")
        if needed:
            out.print(f"    needs {' '.join(needed)}", markup=False)
    out.print("spillgraph queries NAME shows one; spillgraph query NAME --store RUN asks it.")


def query_text(query: Query) -> None:
    """Show one query with its parameters, columns and Cypher."""
    out.print(query.question, markup=False)
    for parameter in query.parameters:
        default = "" if parameter.default is None else f" = {parameter.default}"
        line = f"  --param {parameter.name}={parameter.type}{default}  {parameter.meaning}"
        out.print(line, markup=False)
    for column in query.columns:
        out.print(f"  column {column.name} ({column.type}): {column.meaning}", markup=False)
    out.print(query.text, markup=False)


def lint_passed(path: Path) -> None:
    """Say that the lint found nothing."""
    out.print(f"{path}: nothing found that differs between stores.", markup=False)


def rows(table: pa.Table, format: str, path: Path | None) -> None:
    """Show or write the rows of a query.

    Parameters
    ----------
    table : pyarrow.Table
        The rows.
    format : str
        ``table``, ``csv``, ``json`` or ``parquet``.
    path : Path, optional
        File to write; Parquet needs one.

    Raises
    ------
    InputError
        If the format is unknown, or the file cannot be written.
    """
    formats = ("table", "csv", "json", "parquet")
    if format not in formats:
        raise InputError(f"--format {format!r} is not known. {nearest(format, formats)}")
    if format == "parquet" and path is None:
        raise InputError("--format parquet needs --out FILE.")
    if not table.num_rows:
        err.print("No rows. Are the values spelled as in the data?")
    try:
        _write(table, format, path)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}.") from None


def _write(table: pa.Table, format: str, path: Path | None) -> None:
    if format == "parquet":
        assert path is not None
        pq.write_table(table, path)
    elif format == "table":
        screen = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for field in table.schema:
            right = pa.types.is_floating(field.type) or pa.types.is_integer(field.type)
            screen.add_column(field.name, justify="right" if right else "left", overflow="fold")
        for row in table.to_pylist():
            screen.add_row(*(escape(_cell(value)) for value in row.values()))
        if path is None:
            out.print(screen)
            out.print(counted(table.num_rows, "row"))
        else:
            from rich.console import Console

            with path.open("w", encoding="utf-8") as file:
                Console(file=file, width=200, emoji=False).print(screen)
    else:
        text = _csv(table) if format == "csv" else _json(table)
        if path is None:
            sys.stdout.write(text)
        else:
            path.write_text(text, encoding="utf-8")


def _cell(value: object) -> str:
    if value is None:
        return ""
    return amount(value) if isinstance(value, float) else str(value)


def _csv(table: pa.Table) -> str:
    for field in table.schema:
        if pa.types.is_nested(field.type):
            raise QueryError(
                f"column {field.name!r} holds lists or whole nodes, which CSV cannot; return "
                "single properties, or take --format json."
            )
    sink = pa.BufferOutputStream()
    pa.csv.write_csv(table, sink)
    return str(sink.getvalue().to_pybytes().decode("utf-8"))


def _json(table: pa.Table) -> str:
    return json.dumps(table.to_pylist(), ensure_ascii=False, indent=2, default=str) + "\n"
