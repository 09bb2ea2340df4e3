"""Files of the sample study: tables as CSV or Parquet in pieces, and a study file to learn from."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from .design import Ints

__all__ = ["PARQUET_FROM", "Names", "TableWriter", "extension", "study_text"]

PARQUET_FROM = 1_000_000
"""Rows above which a table of the sample is written as Parquet."""


def extension(rows: int) -> str:
    """Return the file format for a table of so many rows.

    Examples
    --------
    >>> extension(50_000), extension(10_000_000)
    ('csv', 'parquet')
    """
    return "parquet" if rows > PARQUET_FROM else "csv"


class Names:
    """Texts by their number, without one Python object per row.

    Parameters
    ----------
    texts : list of str
        The texts, e.g. firm identifiers.
    """

    def __init__(self, texts: list[str]) -> None:
        self._array = np.array(texts, dtype=object)
        self._arrow = pa.array(texts, pa.string())

    def array(self, numbers: Ints) -> Any:
        """Return a column for CSV."""
        return self._array[numbers]

    def arrow(self, numbers: Ints) -> Any:
        """Return a column for Parquet."""
        return pa.DictionaryArray.from_arrays(pa.array(numbers.astype(np.int32)), self._arrow)


class TableWriter:
    """Write a table piece by piece; the same pieces give the same bytes.

    Parameters
    ----------
    path : Path
        Ends in ``.csv`` or ``.parquet``, which decides on the format.
    names : Names
        What integer columns called in ``texts`` stand for.
    texts : tuple of str
        Columns that are numbers of names.

    Attributes
    ----------
    rows : int
        Rows written so far.
    """

    def __init__(self, path: Path, names: Names, texts: tuple[str, ...]) -> None:
        self.path, self.rows = path, 0
        self._begun = False
        self._names, self._texts = names, texts
        self._parquet: Any = None
        self._csv = path.open("w", encoding="utf-8", newline="") if path.suffix == ".csv" else None

    def __enter__(self) -> TableWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for writer in (self._csv, self._parquet):
            if writer is not None:
                writer.close()

    def write(self, columns: dict[str, Any]) -> None:
        """Append a piece: arrays of one length by column name."""
        if self._csv is not None:
            data = {k: self._names.array(v) if k in self._texts else v for k, v in columns.items()}
            frame = pd.DataFrame(data)
            frame.to_csv(self._csv, index=False, header=not self._begun, lineterminator="\n")
        else:
            self._append_parquet(columns)
        self._begun = True
        self.rows += len(next(iter(columns.values())))

    def _append_parquet(self, columns: dict[str, Any]) -> None:
        piece = pa.table(
            {
                key: self._names.arrow(value) if key in self._texts else pa.array(value)
                for key, value in columns.items()
            }
        )
        if self._parquet is None:
            # Without the Arrow schema, readers see texts and not the dictionary behind them.
            self._parquet = pq.ParquetWriter(
                self.path, piece.schema, compression="zstd", store_schema=False
            )
        self._parquet.write_table(piece)


_STUDY = """\
# SYNTHETIC DATA. Every firm, citation and delivery in this folder is invented by
# 'write_sample' (seed {seed}). Nothing here is an observation; planted.json lists what was
# put in on purpose, so that you can see whether an analysis finds it.
#
# This file is also an example of the format: copy it and put your own files in.

[study]
name = "Synthetic sample, seed {seed}"
description = "SYNTHETIC: {firms} invented firms and {citations} invented citations"
target = "io37"              # classification of the matrices W, S and psi
money = "million yuan"       # unit of deliveries and output
synthetic = true             # every report says so

[years]
first = {first}                 # rows outside first..last are refused
last = {last}
report = {report}   # years for which W, S and psi are made

[options]
# Firms that cite themselves are counted here, so that the matrices add up to the input to the
# last citation. The default, and the paper's choice, is "exclude": change it and run again. The
# own-industry shares fall, and with them the rows of W grow.
self_citations = "include"
# A citation within an industry that the concordance splits is split at both ends, so part of it
# leaves the diagonal. "keep" leaves all of it there.
diagonal = "split"
production = "trade_links"   # S is made from deliveries between firms, not from a flow table

[outputs]
formats = ["npz"]            # also "mtx", "parquet", "csv", "graphml"

# ---- tables: one entry for each; a file name is relative to this file -------------------------

[tables.firms]
file = "firms.csv"
classification = "csrc78"    # of the column 'industry'
# Where your columns are called otherwise:  columns = {{ id = "stock_code", industry = "ind" }}

[tables.firm_citations]
file = "{citations_file}"    # citing, cited, year, count

[tables.trade_links]
file = "{trade_file}"        # supplier, buyer, year, value

[tables.io_output]
file = "output.csv"          # gross output is what deliveries are divided by to give S
classification = "io37"

# What 'spillgraph growth' takes growth from; nothing else reads it.
[tables.productivity]
file = "productivity.csv"    # industry, year, tfp; the planted trends are in planted.json
classification = "io37"

# What 'spillgraph comovement' takes R&D and output from; nothing else reads it.
[tables.industry_panel]
file = "panel.csv"           # industry, year, rd, output, group; see planted.json
classification = "io37"

# A table may have several entries: [[tables.NAME]] for each. These two give names and order.
[[tables.industries]]
file = "industries.csv"
classification = "csrc78"

[[tables.industries]]
file = "sectors.csv"
classification = "io37"

# Firms are in csrc78, the matrices in io37: this is the way from one to the other. A fine
# industry that belongs to two sectors has two rows, whose weights sum to 1.
[[tables.concordance]]
file = "concordance.csv"
from_classification = "csrc78"
to_classification = "io37"
"""


def study_text(**values: object) -> str:
    """Return the text of ``study.toml``.

    Parameters
    ----------
    **values
        ``seed``, ``firms``, ``citations`` (numbers), ``first``, ``last``, ``report`` (years),
        ``citations_file`` and ``trade_file``.

    Returns
    -------
    str
    """
    return _STUDY.format(**values)
