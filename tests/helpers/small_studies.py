"""Small studies of printed tables, written by hand, and what checking them says."""

from __future__ import annotations

from pathlib import Path

from spillgraph.ingest.economy import Economy, prepare
from spillgraph.ingest.stage import stage
from spillgraph.ingest.study import load_study
from staging import connect

__all__ = ["MAKE", "USE", "economy", "made", "printed"]

#: Two industries, two commodities, something that nobody makes, wages and a final user; balanced.
MAKE = {("1", "a"): 100, ("2", "b"): 200}
USE = {
    ("a", "1"): 20,
    ("a", "2"): 40,
    ("b", "1"): 30,
    ("b", "2"): 60,
    ("W", "1"): 50,
    ("W", "2"): 100,
    ("a", "F"): 40,
    ("b", "F"): 110,
}
Cells = dict[tuple[str, str], float]


def made(
    folder: Path, make: dict[int, Cells], use: dict[int, Cells], keys: str, more: str = ""
) -> Path:
    """Write a study of make and use tables by year; ``keys`` are those of [make_use]."""
    for name, head, tables in (
        ("make", "industry,commodity", make),
        ("use", "commodity,user", use),
    ):
        lines = [
            f"{row},{column},{year},{value}"
            for year, cells in tables.items()
            for (row, column), value in cells.items()
        ]
        (folder / f"{name}.csv").write_text(f"{head},year,value\n" + "\n".join(lines) + "\n")
    path = folder / "study.toml"
    path.write_text(
        '[study]\nname = "made"\ntarget = "s"\n'
        '[tables.make]\nfile = "make.csv"\nclassification = "s"\n'
        f'[tables.use]\nfile = "use.csv"\n[make_use]\n{keys}\n{more}'
    )
    return path


def printed(folder: Path, table: str, flows: str = "", output: str = "", more: str = "") -> Path:
    """Write a study of one printed table, which is both flows and output; keys of each."""
    (folder / "io.csv").write_text(table)
    path = folder / "study.toml"
    path.write_text(
        '[study]\nname = "printed"\ntarget = "s"\n'
        '[tables.io_flows]\nfile = "io.csv"\nclassification = "s"\nconstants = { year = 2000 }\n'
        f'wide = {{ rows = "supplier", columns = "user", values = "value" }}\n{flows}\n'
        '[tables.io_output]\nfile = "io.csv"\nclassification = "s"\nconstants = { year = 2000 }\n'
        f"{output}\n{more}"
    )
    return path


def economy(path: Path, folder: Path) -> Economy:
    """Check a study and put its economy together."""
    study = load_study(path)
    with connect() as con:
        return prepare(con, study, stage(con, study, folder / "tables", folder / "rejects"))
