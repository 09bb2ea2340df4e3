"""Damaged files of every kind: rows or one InputError, nothing else (seeded, 200 of each)."""

from __future__ import annotations

import bz2
import gzip
import random
import zipfile
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from spillgraph.core.errors import InputError
from spillgraph.ingest.files.damaged import readable
from spillgraph.ingest.files.kind import ARCHIVES, kind_of
from spillgraph.ingest.files.sheet import read_sheet
from spillgraph.ingest.files.stata import read_stata
from spillgraph.ingest.files.unpack import unpack
from staging import connect

from .test_sheet import XLS
from .workbooks import number, ods, text, xlsx

FRAME = pd.DataFrame({
    "id": [f"F{number}" for number in range(60)],
    "industry": [number % 4 for number in range(60)],
    "size": [number / 7 for number in range(60)],
    "day": pd.date_range("2010-01-01", periods=60),
})  # fmt: skip
CSV = FRAME.to_csv(index=False).encode()
MUTANTS = 200


def _dta(path: Path, version: int) -> None:
    labels = {"industry": {0: "Mining", 1: "Steel"}}
    long = {} if version == 114 else {"convert_strl": ["id"]}
    FRAME.to_stata(path, write_index=False, version=version, value_labels=labels, **long)


def _xlsx(path: Path) -> None:
    rows = [text(f"A{at}", f"F{at}") + number(f"B{at}", at / 7) for at in range(1, 40)]
    xlsx(path, {"Data": rows, "Other": rows[:2]})


def _ods(path: Path) -> None:
    cell = '<table:table-cell office:value-type="float" office:value="1.5"/>'
    ods(path, {"Data": f"<table:table-row>{cell * 3}</table:table-row>" * 20})


def _zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("io.csv"), CSV)  # of no hour: same bytes each time


WRITERS = {
    "old.dta": lambda path: _dta(path, 114),
    "new.dta": lambda path: _dta(path, 118),
    "x.xlsx": _xlsx,
    "x.ods": _ods,
    "x.xls": lambda path: path.write_bytes(XLS),
    "x.csv.zip": _zip,
    "x.csv.gz": lambda path: path.write_bytes(gzip.compress(CSV, mtime=0)),
    "x.csv.bz2": lambda path: path.write_bytes(bz2.compress(CSV)),
    "x.csv.zst": lambda path: path.write_bytes(pa.compress(CSV, "zstd", asbytes=True)),
    "x.parquet": FRAME.to_parquet,
}


def mutant(data: bytes, random_: random.Random) -> bytes:
    """Return a file cut, with some bytes changed, or with zeros put in."""
    at = random_.randrange(len(data))
    kind = random_.choice(("cut", "flip", "flip", "zeros"))
    if kind == "cut":
        return data[:at]
    if kind == "zeros":
        return data[:at] + bytes(random_.choice((1, 4, 64))) + data[at:]
    changed = bytearray(data)
    for _ in range(random_.choice((1, 1, 3))):
        changed[random_.randrange(len(data))] = random_.randrange(256)
    return bytes(changed)


def read(path: Path, folder: Path) -> int:
    """Return the number of rows, or of bytes of a text."""
    kind = kind_of(path, path.name, None)
    if kind in ARCHIVES:
        path, _ = unpack(path, path.name, None, folder)
        kind = kind_of(path, path.name, None)
    if kind == "stata":
        return int(read_stata(path, path.name, "labels")[0].num_rows)
    if kind == "sheet":
        return len(read_sheet(path, path.name, sheet=None, range=None)[0])
    if kind == "parquet":
        with readable(path.name), connect() as con:
            assert pq.read_schema(path).names
            return len(con.execute("SELECT * FROM read_parquet(?)", [str(path)]).fetchall())
    return path.stat().st_size


@pytest.mark.parametrize("name", WRITERS)
def test_a_damaged_file_is_rows_or_one_error(tmp_path, name):
    path = tmp_path / name
    WRITERS[name](path)
    whole = path.read_bytes()
    assert read(path, tmp_path)
    random_ = random.Random(name)
    errors = 0
    # Each .xls is opened by a process of its own first, which takes its time.
    mutants = MUTANTS // 5 if name == "x.xls" else MUTANTS
    for _ in range(mutants):
        path.write_bytes(mutant(whole, random_))
        try:
            read(path, tmp_path)
        except InputError as error:
            errors += 1
            assert str(error).startswith(name)
            assert "\n" not in str(error)
    assert errors > mutants // 20
