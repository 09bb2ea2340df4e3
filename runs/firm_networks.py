"""Networks of millions of firms from tables of links, built on disk without holding them.

Links are given places for ids and written to a table of their own; firm by firm they are summed,
sorted and divided in parts that fit into memory, and appended to compressed rows on disk. The
folder appears whole or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, TypeAlias

import duckdb
import numpy as np
from numpy.typing import NDArray

from ..core.errors import InputError, StoreError, show
from ..core.words import counted
from ..graph.links_file import ABOUT, LinksWriter, open_about, write_about
from ..ingest import sql
from .new_folder import new_folder
from .steps import Steps

__all__ = ["Dtype", "Flows", "build_networks", "citation_rule", "production_rule", "require_dtype"]

Vector: TypeAlias = NDArray[np.float64]
Dtype: TypeAlias = Literal["float64", "float32"]
#: Takes what each firm receives in all, and of that its own: by what its links are divided, and
#: what leaks (None: what its shares leave).
Rule: TypeAlias = Callable[[Vector, Vector], tuple[Vector, Vector | None]]

#: What DuckDB holds before it writes to disk.
MEMORY = "3GB"
#: Links that are summed and sorted at once.
AT_ONCE = 6_000_000


@dataclass(frozen=True, slots=True)
class Flows:
    """What becomes a network.

    Parameters
    ----------
    select : str
        SELECT of ``receiver``, ``source`` (ids of firms) and ``amount``; pairs that repeat add up.
    rule : callable
        How amounts become shares.
    own : bool
        Whether a firm's link to itself is kept.
    what : str
        What they are, for errors: ``deliveries``.
    """

    select: str
    rule: Rule
    own: bool
    what: str


def citation_rule(rho: float | None) -> Rule:
    """Return how citations become W: the row is divided first, its own citations left out then.

    Parameters
    ----------
    rho : float or None
        With a factor below 1 the own citations are left out first, as ``offdiag`` does.

    Examples
    --------
    >>> citation_rule(None)(np.array([10.0, 0.0]), np.array([6.0, 0.0]))[1].tolist()
    [0.6, 1.0]
    """

    def divide(total: Vector, own: Vector) -> tuple[Vector, Vector]:
        if rho is None:
            leak = np.divide(own, total, out=np.ones_like(total), where=total > 0)
            return total, leak
        others = total - own
        return others / rho, np.where(others > 0, 1.0 - rho, 1.0)

    return divide


def production_rule(output: Vector | None, inputs: Vector | float | None) -> Rule:
    """Return how deliveries become S: by the gross output of each buyer.

    Parameters
    ----------
    output : ndarray, shape (N,), or None
        Gross output; NaN where it is not known.
    inputs : ndarray, shape (N,), float or None
        Where output is not known: the share of inputs in it, above 0 and below 1, so that output
        is what the firm buys, divided by it.

    Examples
    --------
    >>> production_rule(None, 0.5)(np.array([10.0]), np.array([0.0]))[0].tolist()
    [20.0]
    """

    def divide(total: Vector, own: Vector) -> tuple[Vector, None]:
        by = np.full_like(total, np.nan) if inputs is None else total / inputs
        return by if output is None else np.where(np.isnan(output), by, output), None

    return divide


def require_dtype(dtype: str) -> Dtype:
    """Return how shares are stored, and refuse what they cannot be stored as.

    Parameters
    ----------
    dtype : str
        ``float64`` or ``float32``.

    Raises
    ------
    InputError
        If it is something else.

    Examples
    --------
    >>> require_dtype("float64")
    'float64'
    """
    kinds: dict[str, Dtype] = {"float64": "float64", "float32": "float32"}
    if dtype in kinds:
        return kinds[dtype]
    raise InputError(f"dtype: {show(dtype)} is none; needed: float64 or float32.")


def build_networks(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    firms: str,
    flows: Callable[[duckdb.DuckDBPyConnection], Mapping[str, Flows]],
    *,
    dtype: Dtype = "float64",
    about: Mapping[str, Any] | None = None,
    steps: Steps | None = None,
) -> None:
    """Build networks of firms as compressed rows on disk.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Knows the tables behind the statements.
    folder : Path
        New, or networks that this function has written, which are replaced.
    firms : str
        SELECT of ``id``, every firm once; firms without links have empty rows.
    flows : callable
        Takes the connection, where ``firm_places`` (``place``, ``id``) is a table now; returns
        S and W.
    dtype : {"float64", "float32"}
        How shares are stored.
    about : mapping, optional
        What else is to be known of them.
    steps : Steps, optional
        Shows progress.

    Raises
    ------
    InputError
        If an id repeats or is missing, an amount is negative or not finite, a link is of a firm
        that is not among them, a buyer has no output, or the folder is another's.
    StoreError
        If the disk is full.
    """
    require_dtype(dtype)
    shown = steps or Steps()
    with _folder_of_networks(Path(folder)) as (fresh, work):
        con.execute(f"SET memory_limit = '{MEMORY}'")
        con.execute("SET temp_directory = ?", [str(work / "spill")])
        con.execute(f"ATTACH {sql.text(str(work / 'links.duckdb'))} AS building")
        try:
            with shown.step("firms") as report:
                report("ids", 0.0)
                number = _write_firms(con, firms, fresh)
            networks = {}
            for name, flow in flows(con).items():
                with shown.step(f"build {name}") as report:
                    networks[name] = _write_network(
                        con, fresh / name, name, flow, number, dtype, report
                    )
        finally:
            with suppress(duckdb.Error):  # what stopped us is told, not what follows from it
                con.execute("DROP VIEW IF EXISTS firm_places")
                con.execute("DETACH building")
        write_about(fresh, {"firms": number, "dtype": dtype, **(about or {}), "networks": networks})


def _write_firms(con: duckdb.DuckDBPyConnection, firms: str, fresh: Path) -> int:
    """Give every id its place: they are sorted."""
    con.execute(
        f"CREATE TABLE building.firm AS SELECT id::VARCHAR AS id FROM ({firms}) ORDER BY id"
    )
    con.execute(
        "CREATE OR REPLACE TEMP VIEW firm_places AS SELECT rowid AS place, id FROM building.firm"
    )
    number, blank = sql.one(con, "SELECT count(*), count(*) - count(id) FROM building.firm")
    if not number:
        raise InputError("networks of firms: there is no firm.")
    if blank:
        raise InputError(
            f"networks of firms: {counted(blank, 'firm has', 'firms have')} no id; give each firm "
            "one."
        )
    twice = con.execute(
        "SELECT id FROM building.firm GROUP BY id HAVING count(*) > 1 ORDER BY id LIMIT 1"
    ).fetchone()
    if twice:
        raise InputError(
            f"networks of firms: the id {show(twice[0])} occurs twice; every firm needs one of its "
            "own."
        )
    con.execute(
        f"COPY (SELECT place, id FROM firm_places ORDER BY place) TO "
        f"{sql.text(str(fresh / 'firms.parquet'))} (FORMAT parquet, COMPRESSION zstd)"
    )
    return int(number)


def _write_network(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    name: str,
    flow: Flows,
    number: int,
    dtype: Dtype,
    report: Callable[[str, float], None],
) -> dict[str, Any]:
    report("places of firms", 0.0)
    _place_links(con, flow, "INTEGER" if number <= np.iinfo(np.int32).max else "BIGINT")
    report("sums of firms", 0.3)
    total, own, count = _totals(con, number)
    by, leak = flow.rule(total, own)
    _require_divisors(con, by, total if flow.own else total - own, flow)
    ends = _cut(count)
    with LinksWriter(folder, number, dtype) as writer:
        for part, (first, last) in enumerate(pairwise(ends)):
            report("links", 0.4 + 0.6 * part / len(ends))
            rows: dict[str, Any] = con.execute(
                "SELECT i, j, fsum(v) AS v FROM building.placed WHERE i BETWEEN ? AND ? "
                f"{'' if flow.own else 'AND i <> j '}GROUP BY i, j ORDER BY i, j",
                [first, last - 1],
            ).fetchnumpy()
            i = rows["i"].astype(np.int64) - first
            shares = np.asarray(rows["v"], np.float64) / by[first + i]
            counts = np.bincount(i, minlength=last - first)
            writer.append(counts, rows["j"], shares, None if leak is None else leak[first:last])
    con.execute("DROP TABLE building.placed")
    return writer.about


def _place_links(con: duckdb.DuckDBPyConnection, flow: Flows, kind: str) -> None:
    """Write links with places for ids, and refuse what is no flow between known firms."""
    con.execute(
        f"CREATE TABLE building.placed AS SELECT CAST(a.rowid AS {kind}) AS i, "
        f"CAST(b.rowid AS {kind}) AS j, TRY_CAST(l.amount AS DOUBLE) AS v, "
        "CASE WHEN a.id IS NULL OR b.id IS NULL OR NOT coalesce(isfinite(v) AND v >= 0, false) "
        "THEN [l.receiver::VARCHAR, l.source::VARCHAR] END AS odd "
        f"FROM ({flow.select}) AS l LEFT JOIN building.firm AS a ON a.id = l.receiver::VARCHAR "
        "LEFT JOIN building.firm AS b ON b.id = l.source::VARCHAR WHERE coalesce(v <> 0, true)"
    )
    odd = con.execute(
        "SELECT odd, v, i, j FROM building.placed WHERE odd IS NOT NULL ORDER BY odd LIMIT 1"
    ).fetchone()
    if odd is None:
        return
    (receiver, source), amount, i, j = odd
    link = f"{flow.what}: the link from {show(source)} to {show(receiver)}"
    if i is None or j is None:
        unknown = receiver if i is None else source
        raise InputError(
            f"{link}: {show(unknown)} is not among the firms; add it there, or leave the link out."
        )
    raise InputError(
        f"{link} is {'missing' if amount is None else f'{amount:g}'}; amounts must be finite and "
        "not negative. Correct or leave out that row."
    )


def _totals(
    con: duckdb.DuckDBPyConnection, number: int
) -> tuple[Vector, Vector, NDArray[np.int64]]:
    """Return what each firm receives, of that its own, and the number of its links."""
    total, own = np.zeros(number), np.zeros(number)
    count = np.zeros(number, np.int64)
    found = con.execute(
        "SELECT i, fsum(v) AS v, fsum(CASE WHEN i = j THEN v ELSE 0.0 END) AS own, "
        "count(*) AS links FROM building.placed GROUP BY i"
    ).fetchnumpy()
    at = found["i"]
    total[at], own[at], count[at] = found["v"], found["own"], found["links"]
    return total, own, count


def _require_divisors(
    con: duckdb.DuckDBPyConnection, by: Vector, received: Vector, flow: Flows
) -> None:
    bad = np.flatnonzero((received > 0) & ~(np.isfinite(by) & (by > 0)))
    if not bad.size:
        return
    (label,) = sql.one(con, f"SELECT id FROM firm_places WHERE place = {int(bad[0])}")
    raise InputError(
        f"{flow.what}: {show(label)} buys {received[bad[0]]:g} and has an output of "
        f"{by[bad[0]]:g}; a positive output is needed of every firm that buys ({bad.size:,} lack "
        "it). Give its output, or say which share of output inputs are."
    )


def _cut(count: NDArray[np.int64]) -> list[int]:
    """Cut firms into parts of so many links; a firm is never cut."""
    ends = np.cumsum(count)
    parts = int(ends[-1]) // AT_ONCE + 1
    inner = np.searchsorted(ends, np.arange(1, parts) * (ends[-1] / parts)).tolist()
    return list(dict.fromkeys([0, *inner, len(count)]))


# -- the folder ------------------------------------------------------------------------------------


@contextmanager
def _folder_of_networks(folder: Path) -> Iterator[tuple[Path, Path]]:
    """Yield a folder that takes its place in the end, and one for what is needed meanwhile."""

    def require_ours() -> None:
        if folder.exists() and not _ours(folder):
            raise InputError(
                f"{folder} is there and holds no networks of firms; name a new folder, or an empty "
                "one."
            )

    busy = f"networks are being built in {folder}; wait until that ends, or name another."
    with new_folder(folder, "firms", busy, require_ours) as folders:
        try:
            yield folders
        except (OSError, duckdb.IOException) as error:
            reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
            raise StoreError(
                f"{folder} cannot be written: {reason}. Nothing was changed there."
            ) from error


def _ours(place: Path) -> bool:
    if place.is_dir() and not any(place.iterdir()):
        return True
    if not (place / ABOUT).is_file():
        return False
    open_about(place)
    return True
