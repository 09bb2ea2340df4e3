"""``spillgraph published``: a published table as it was downloaded, audited, as a study."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .asking import Quiet
from .console import ShownSteps, out

__all__ = ["published"]


def published(
    paths: Annotated[
        list[Path],
        typer.Argument(help="File, folder or archive; make and use: both.", metavar="PATH…"),
    ],
    out_folder: Annotated[Path, typer.Option("--out", "-o", help="New folder for the study.")],
    format: Annotated[
        str | None, typer.Option("--format", help="Format; default: what the files look like.")
    ] = None,
    year: Annotated[int | None, typer.Option("--year", help="Year of the table.")] = None,
    unit: Annotated[str | None, typer.Option("--unit", help="Unit of money, in words.")] = None,
    sheet: Annotated[str | None, typer.Option("--sheet", help="Sheet of a matrix.")] = None,
    tables: Annotated[
        list[str] | None, typer.Option("--table", help="Table of a long file; make and use: two.")
    ] = None,
    leave_out: Annotated[
        list[str] | None, typer.Option("--leave-out", help="Row or column that is no part.")
    ] = None,
    scrap: Annotated[
        list[str] | None, typer.Option("--scrap", help="Commodity that is scrap.")
    ] = None,
    totals: Annotated[
        str, typer.Option("--totals", help="Totals that contradict each other: stop or warn.")
    ] = "stop",
    balance: Annotated[
        bool, typer.Option("--balance", help="Change cells until rows and columns add up (GRAS).")
    ] = False,
    domestic: Annotated[
        bool, typer.Option("--domestic", help="Take imports out of the uses of a use table.")
    ] = False,
    import_matrix: Annotated[
        Path | None, typer.Option("--import-matrix", help="Imports by commodity and user: a file.")
    ] = None,
    import_columns: Annotated[
        list[str] | None, typer.Option("--import-column", help="Column of imports, by its code.")
    ] = None,
    export_columns: Annotated[
        list[str] | None, typer.Option("--export-column", help="Column of exports, by its code.")
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model", help="Make and use to symmetric: A, B, C or D.")
    ] = None,
    requirements: Annotated[
        bool, typer.Option("--requirements", help="Direct and total requirements of make and use.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Read a published input-output table (BEA, WIOD, OECD, FIGARO, EXIOBASE, Eora), audit it, and
    write a study that is ready to run."""
    from ..ingest.published import audit, derive, read_published, require_ready, write_study

    require_ready(out_folder, totals)
    steps = ShownSteps(quiet=quiet)
    with steps.step("read"):
        table = read_published(
            paths,
            format,
            year=year,
            unit=unit,
            sheet=sheet,
            tables=tables or (),
            leave_out=leave_out or (),
        )
    with steps.step("audit"):
        found = audit(table)
    out.print("\n".join([f"{table!r}", *found.sentences()]), markup=False)
    domestic = domestic or bool(import_matrix or import_columns or export_columns)
    if balance or domestic or model:
        with steps.step("derive"):
            table = derive(
                table,
                import_columns=import_columns or (),
                export_columns=export_columns or (),
                balance=balance,
                domestic=domestic,
                import_matrix=import_matrix,
                model=model,
                scrap=scrap or (),
                totals=totals,
            )
        told = [f"note: {note}" for note in table.notes if note not in found.table.notes]
        out.print("\n".join([f"{table!r}", *told]), markup=False)
    with steps.step("write"):
        study = write_study(
            table, out_folder, totals=totals, scrap=scrap or (), requirements=requirements
        )
    out.print(
        f"Wrote {study}. Next: spillgraph run {study} --out {out_folder / 'results'}",
        markup=False,
    )
