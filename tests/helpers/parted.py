"""Small flows through the checks of large ones: parts, and texts that are checked once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from spillgraph.core.errors import InputError
from spillgraph.ingest import parts
from spillgraph.ingest import source as opening
from spillgraph.ingest.stage import Staged, stage
from spillgraph.ingest.study import load_study
from staging import connect

__all__ = ["found", "in_every_table", "write"]

STUDY = """
[study]
name = "Coded"
target = "f"
[tables.firms]
file = "firms.csv"
classification = "f"
columns = { industry = "code" }
[tables.patents]
file = "patents.csv"
[tables.io_output]
file = "output.csv"
classification = "f"
[tables.TABLE]
file = "FILE"
[years]
first = 1990
last = 2010
"""
FILES = {"csv": "rows.csv", "parquet": "rows.parquet", "files": "rows-*.parquet"}


@contextmanager
def in_every_table(rows: int = 3) -> Iterator[None]:
    """Have rows be coded however few they are, and so many be a part."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opening, "LARGE", 0)
        patch.setattr(parts, "_ROWS", rows)
        patch.setattr(parts, "_OFTEN", 0)
        patch.setattr(parts, "_WORTH", 0)
        yield


def write(
    folder: Path, table: str, rows: pd.DataFrame, kind: str, odd: tuple[str, ...] = ("é",)
) -> Path:
    """Write a study; without odd ids no firm's needs any check."""
    firms = ["a", "b", "c", "A", *odd, "01", "1", "2", "7"]
    pd.DataFrame({"id": firms, "code": "k"}).to_csv(folder / "firms.csv", index=False)
    patents = pd.DataFrame({"id": ["p", "q", "r", "8"], "firm": "a", "year": 2000})
    patents.to_csv(folder / "patents.csv", index=False)
    output = pd.DataFrame({"industry": "k", "year": range(1990, 2011), "gross_output": 1e14})
    output.to_csv(folder / "output.csv", index=False)
    whole = pa.Table.from_pandas(rows, preserve_index=False)
    if kind == "csv":
        rows.to_csv(folder / "rows.csv", index=False)
    elif kind == "parquet":
        pq.write_table(whole, folder / "rows.parquet")
    else:
        pq.write_table(whole.slice(0, 2), folder / "rows-0.parquet")
        pq.write_table(whole.slice(2), folder / "rows-1.parquet")
    study = folder / "study.toml"
    text = STUDY.replace("FILE", FILES[kind]).replace("TABLE", table)
    study.write_text(text, encoding="utf-8")
    return study


def found(
    study: Path, folder: Path
) -> tuple[dict[str, Staged], dict[str, pa.Table], dict[str, str]] | str:
    """Everything that is said of the tables, their rows, and what was refused; or why there is
    nothing."""
    with connect() as con:
        try:
            tables = stage(con, load_study(study), folder, folder / "rejects")
        except InputError as error:
            return str(error)
        rows = {name: con.sql(f"FROM ok_{name}").to_arrow_table() for name in tables}
        left = con.execute("SELECT table_name FROM duckdb_tables()").fetchall()
    assert not [name for (name,) in left if name.startswith(("in_", "covering", "checked_"))]
    refused = {path.name: path.read_text("utf-8") for path in (folder / "rejects").iterdir()}
    return {name: replace(table, path=Path()) for name, table in tables.items()}, rows, refused
