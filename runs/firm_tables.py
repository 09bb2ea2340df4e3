"""Networks of firms from tables of links as they lie: Parquet, CSV or a frame, without a study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from ..core.errors import InputError, nearest
from ..ingest import sql
from .firm_networks import Dtype, Flows, build_networks, citation_rule, production_rule
from .steps import Steps

__all__ = ["networks_of_links"]

#: Columns of each table; one in brackets may be missing.
_COLUMNS = {
    "deliveries": ("buyer", "supplier", "value"),
    "citations": ("citing", "cited", "[count]"),
    "firms": ("id",),
    "output": ("firm", "output"),
}


def networks_of_links(
    folder: Path,
    *,
    deliveries: Any = None,
    citations: Any = None,
    firms: Any = None,
    output: Any = None,
    inputs: float | None = None,
    rho: float | None = None,
    dtype: Dtype = "float64",
    steps: Steps | None = None,
) -> None:
    """Build W and S between firms from tables of links, on disk.

    Parameters
    ----------
    folder : Path
        Where to; as in :func:`~spillgraph.runs.firm_networks.build_networks`.
    deliveries : path or pandas.DataFrame, optional
        ``buyer``, ``supplier``, ``value``: of one year; rows of a pair add up. They give S.
    citations : path or pandas.DataFrame, optional
        ``citing``, ``cited``, and ``count`` (1 where there is no such column). They give W.
    firms : path or pandas.DataFrame, optional
        ``id``: all firms; default: those that have links.
    output : path or pandas.DataFrame, optional
        ``firm``, ``output``: gross output in the money of the deliveries, a row a firm.
    inputs : float, optional
        Share of inputs in output, for firms whose output is not given.
    rho : float, optional
        Factor below 1: own citations are left out first; default: the row is divided first.
    dtype : {"float64", "float32"}
        How shares are stored.
    steps : Steps, optional
        Shows progress.

    Raises
    ------
    InputError
        If a table or column is missing, or as ``build_networks`` says.
    StoreError
        If the disk is full.
    """
    given = {"deliveries": deliveries, "citations": citations, "firms": firms, "output": output}
    tables = {name: table for name, table in given.items() if table is not None}
    if not {"deliveries", "citations"} & set(tables):
        raise InputError("networks of firms: give deliveries, citations or both.")
    if "deliveries" in tables and output is None and inputs is None:
        raise InputError(
            "networks of firms: S needs what firms make: give output (firm, output), or inputs, "
            "the share of inputs in output, as 0.5."
        )
    for what, value in (("inputs", inputs), ("rho", rho)):
        if value is not None and not 0 < value < 1:
            raise InputError(f"{what} = {value:g}: it must lie between 0 and 1.")
    with duckdb.connect() as con:
        for name, table in tables.items():
            _register(con, name, table)

        def flows(con: duckdb.DuckDBPyConnection) -> Mapping[str, Flows]:
            made = {}
            if deliveries is not None:
                select = (
                    "SELECT buyer AS receiver, supplier AS source, value AS amount FROM deliveries"
                )
                rule = production_rule(_output(con) if output is not None else None, inputs)
                made["S"] = Flows(select, rule, True, "deliveries")
            if citations is not None:
                select = (
                    "SELECT citing AS receiver, cited AS source, count AS amount FROM citations"
                )
                made["W"] = Flows(select, citation_rule(rho), False, "citations")
            return made

        about = {"inputs": inputs, "normalisation": "row" if rho is None else f"offdiag {rho:g}"}
        ids = "SELECT id FROM firms" if firms is not None else _ends(list(tables))
        build_networks(con, Path(folder), ids, flows, dtype=dtype, about=about, steps=steps)


def _register(con: duckdb.DuckDBPyConnection, name: str, table: Any) -> None:
    """Make a view of a table with its columns, ids as text."""
    if isinstance(table, pd.DataFrame):
        con.register(f"given_{name}", table)
        read = f"given_{name}"
    else:
        path = Path(table)
        if not path.exists():
            raise InputError(f"{name}: {path} is not there.")
        file = sql.text(sql.path(path))
        read = (
            f"read_parquet({file})"
            if path.suffix == ".parquet"
            else f"read_csv({file}, header = true, all_varchar = true)"
        )
    try:
        have = [row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {read}").fetchall()]
    except duckdb.Error as error:
        raise InputError(f"{name}: {table} cannot be read: {str(error).splitlines()[0]}") from None
    parts = [_part(name, column, have) for column in _COLUMNS[name]]
    con.execute(f"CREATE TEMP VIEW {name} AS SELECT {', '.join(parts)} FROM {read}")


def _part(name: str, column: str, have: Sequence[str]) -> str:
    plain = column.strip("[]")
    if plain not in have:
        if column == plain:
            raise InputError(f"{name}: there is no column {plain}. {nearest(plain, have)}")
        return f"1.0 AS {plain}"
    number = plain in ("value", "count", "output")
    return f"{plain} AS {plain}" if number else f"{plain}::VARCHAR AS {plain}"


def _ends(tables: Sequence[str]) -> str:
    """Return the SELECT of all firms that have links."""
    ends = [
        f"SELECT {end} AS id FROM {name}"
        for name in tables
        if name != "output"
        for end in _COLUMNS[name][:2]
    ]
    return f"SELECT DISTINCT id FROM ({' UNION ALL '.join(ends)})"


def _output(con: duckdb.DuckDBPyConnection) -> Any:
    """Return gross output by place; NaN where none is given."""
    twice = con.execute(
        "SELECT firm FROM output GROUP BY firm HAVING count(*) > 1 ORDER BY firm LIMIT 1"
    ).fetchone()
    if twice:
        raise InputError(f"output: the firm {twice[0]!r} occurs twice; one row a firm is needed.")
    found = con.execute(
        "SELECT TRY_CAST(o.output AS DOUBLE) AS output FROM firm_places AS p "
        "LEFT JOIN output AS o ON o.firm = p.id ORDER BY p.place"
    ).fetchnumpy()["output"]
    return np.ma.filled(np.ma.asarray(found, np.float64), np.nan)
