"""Flows between firms summed to industries part by part: the map from firms to industries is small
and goes to the parts, and what they send back does not grow with their rows."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from ..core.map_cells import Pool, map_cells
from .contract import table
from .owners.cells import industry_sums
from .parts import parts_of, processors, view_of

__all__ = ["sum_parts"]


@dataclass(frozen=True, slots=True)
class _Part:
    """One part of a flow, and the firms' industries."""

    flow: str
    rows: Path
    firms: Path


def sum_parts(
    con: duckdb.DuckDBPyConnection, flow: str, rows: Path, firms: Path, pool: Pool | None = None
) -> pa.Table:
    """Sum a flow between firms to fine industries and years.

    Sums of parts are compensated, and so is the sum over parts, which are the same wherever they
    are summed: so are all digits.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Where the sums of parts are added.
    flow : str
        ``firm_citations`` or ``trade_links``.
    rows : Path
        Folder of the flow's accepted rows.
    firms : Path
        Accepted rows of firms.
    pool : Pool, optional
        Who sums; by default threads of this process.

    Returns
    -------
    pyarrow.Table
        ``receiver, source, year``, and ``count, self_count`` or ``value``.
    """
    jobs = [_Part(flow, part, firms.absolute()) for part in parts_of(rows.absolute())]
    with ExitStack() as stack:
        workers = pool or stack.enter_context(ThreadPoolExecutor(processors()))
        found = dict(map_cells(_sum, jobs, workers, name=lambda job: str(job.rows)))
    con.register("_parts", pa.concat_tables(found[job] for job in jobs))
    sums = ", ".join(
        f"fsum({name}) AS {name}" for name in found[jobs[0]].column_names if name not in _CELL
    )
    added = con.sql(
        f"SELECT {', '.join(_CELL)}, {sums} FROM _parts GROUP BY ALL ORDER BY ALL"
    ).to_arrow_table()
    con.unregister("_parts")
    return added


#: Columns that say which sum it is.
_CELL = ("receiver", "source", "year")


def _sum(part: _Part) -> pa.Table:
    with duckdb.connect(config={"threads": 1}) as con:
        con.execute(view_of("firms", part.firms))
        con.execute(view_of(part.flow, part.rows))
        query = industry_sums(table(part.flow), f"ok_{part.flow}", "ok_firms")
        return con.sql(query).to_arrow_table()
