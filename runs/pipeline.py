"""The one pipeline: records, tables, graph, industry matrices, numbers, report, in this order."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import duckdb

from ..core.errors import ClosedClassError, InputError, StudyError
from ..core.map_cells import Pool
from ..graph.aggregate import Flow, Totals, aggregate, finish, start
from ..graph.ladybug_file import remove_graph
from ..graph.open import embedded_path, holds_others, open_store
from ..graph.store import GraphStore
from ..ingest import sql
from ..ingest.contract import flow_tables
from ..ingest.economy import Economy, keeps_negative, prepare
from ..ingest.load import BATCH_ROWS, load
from ..ingest.owners.cells import sum_cells
from ..ingest.stage import Progress, Staged, stage
from ..ingest.study import Study
from .attached import attach_tables, register_tables
from .export import Exported, export
from .folder import FRESH, PASSING
from .foresee import foresee, nothing_arrives, require_outputs
from .identity import fingerprint, fingerprint_of_run, hash_inputs, run_id
from .networks import YearNetworks, year_networks
from .result import Result, input_warnings
from .steps import Steps

__all__ = [
    "check",
    "check_tables",
    "compute_study",
]

#: So many warnings go with an error that they may explain.
_DOUBTS = 6


#: Looks at checked tables and refuses those of which no numbers will come.
Ahead = Callable[[dict[str, Staged], Economy], None]


def _nothing(staged: dict[str, Staged], economy: Economy) -> None:
    """Find nothing to refuse."""


def check(study: Study, steps: Steps, ahead: Ahead = _nothing) -> tuple[dict[str, Staged], Economy]:
    """Read and check every table of a study and put the economy together, without a graph.

    Parameters
    ----------
    study : Study
        The study.
    steps : Steps
        Shows progress.
    ahead : callable, optional
        Looks at the checked tables; it may refuse.

    Returns
    -------
    dict of str to Staged
        What became of each table.
    Economy
        With the audits of the concordances.

    Raises
    ------
    InputError
        As in :func:`compute_study`.
    """
    with (
        tempfile.TemporaryDirectory() as folder,
        duckdb.connect() as con,
        steps.step("check") as progress,
    ):
        staged, economy = check_tables(con, study, Path(folder), None, progress)
        economy.warnings.extend(_foresee(con, study, staged, economy, _report_years(study, con)))
        _look_ahead(ahead, staged, economy)
        return staged, economy


def _look_ahead(ahead: Ahead, staged: dict[str, Staged], economy: Economy) -> None:
    """Let capabilities look at the tables; what they refuse often began with what is doubtful."""
    try:
        ahead(staged, economy)
    except InputError as error:
        raise _with_doubts(error, input_warnings(staged, economy)) from None


def _foresee(
    con: duckdb.DuckDBPyConnection,
    study: Study,
    staged: dict[str, Staged],
    economy: Economy,
    years: list[int],
) -> list[str]:
    """Refuse now what would stop a run behind its graph, and say what it will warn of."""
    try:
        return foresee(con, study, economy, years)
    except InputError as error:
        raise _with_doubts(error, input_warnings(staged, economy)) from None


def check_tables(
    con: duckdb.DuckDBPyConnection,
    study: Study,
    folder: Path,
    rejects: Path | None,
    progress: Progress,
    pool: Pool | None = None,
) -> tuple[dict[str, Staged], Economy]:
    """Do what every command begins with: :func:`check`, with accepted rows in FOLDER/tables."""
    # Large tables spill; into our folder, and not into the user's current one.
    con.execute("SET temp_directory = ?", [str(folder / ".tmp")])
    staged = stage(con, study, folder / "tables", rejects, progress, pool)
    economy = prepare(con, study, staged)
    require_outputs(con, economy, _report_years(study, con))
    return staged, economy


@contextmanager
def compute_study(
    study: Study,
    out: Path,
    steps: Steps,
    *,
    store_url: str | None = None,
    rebuild: bool = False,
    verify: bool = False,
    batch_rows: int = BATCH_ROWS,
    before: Callable[[str], None] = lambda whole: None,
    ahead: Ahead = _nothing,
    pool: Pool | None = None,
) -> Iterator[tuple[GraphStore, Result]]:
    """Run a study up to the numbers, and keep its graph open for those who ask it more.

    Parameters
    ----------
    study : Study
        The study.
    out : Path
        Folder for tables, rejects and, by default, the graph.
    steps : Steps
        Shows progress and keeps the seconds.
    store_url : str, optional
        Address of the graph store; default ``out/graph.lbug``.
    rebuild : bool
        Rebuild the graph, and let it take the place of another study's.
    verify : bool
        Hold the sums of the graph against sums from the tables.
    batch_rows : int
        Edges of one load transaction.
    before : callable, optional
        Called with the fingerprint of the run before anything in ``out`` is touched; it may
        refuse.
    ahead : callable, optional
        As in :func:`check`.
    pool : Pool, optional
        Who checks and sums the parts of large flows; by default threads of this process.

    Yields
    ------
    tuple of (GraphStore, Result)
        The graph, open for writing, and what was found. Scores and shares are not in it yet.

    Raises
    ------
    InputError
        If the input cannot be used.
    StoreError, TotalsError
        If the store fails, or totals do not agree.
    """
    _require_kept(study, store_url, verify=verify)
    url = store_url or str(out / "graph.lbug")
    embedded = embedded_path(url)
    namespace = study.graph.namespace
    if embedded is None:  # a wrong password is told now, and not after an hour of checks
        open_store(url, namespace=namespace).close()
    with steps.step("hash") as progress:
        inputs = hash_inputs(study, progress)
    mark = fingerprint(study, inputs)
    whole = fingerprint_of_run(study, mark)
    before(whole)
    if embedded is not None and rebuild and not holds_others(embedded, namespace):
        remove_graph(embedded, damaged=store_url is None)
    with steps.step("check") as progress, duckdb.connect() as con:
        for folder in ("rejects", FRESH, PASSING):
            shutil.rmtree(out / folder, ignore_errors=True)
        staged, economy = check_tables(con, study, out / FRESH, out / "rejects", progress, pool)
        years = _report_years(study, con)
        _foresee(con, study, staged, economy, years)
        _look_ahead(ahead, staged, economy)
    with _place(study, out, url) as place, open_store(place, namespace=namespace) as store:
        given = store, study, staged, economy, mark, steps, out, batch_rows
        changes = _load(*given, replace=rebuild or store_url is None, rebuild=rebuild)
        sums = store, study, staged, economy, years, mark, steps, out
        totals = _aggregate(*sums, verify=verify)
        with steps.step("export"):
            flows = export(store, study, economy, years)
        finish(store, whole)
        networks = _compute(study, years, flows, staged, economy, steps)
        notes = [*economy.notes, *changes]
        notes += _others(store) if store_url is None else []
        notes += [_VERIFIED] if verify else []
        parts = study, inputs, staged, economy, totals, networks, flows, notes, url, mark, whole
        yield store, Result(*parts, run_id(whole))


_VERIFIED = (
    "Verified: between fine industries and years, the sums of the graph are those of the tables."
)


def _others(store: GraphStore) -> list[str]:
    """Say so where the graph in the run's own folder holds more, such as what it loaded before."""
    others = [name for name in store.namespaces() if name != store.namespace.name]
    named = ", ".join(repr(name) if name else "none" for name in others)
    text = f"The graph in this folder also holds what was loaded in another namespace ({named})."
    return [text] if others else []


def _require_kept(study: Study, store_url: str | None, *, verify: bool) -> None:
    """Refuse what goes with a graph where none is wanted."""
    keep = study.graph.keep
    if keep == "nothing" and store_url is not None:
        raise InputError(
            f'[graph] keep = "nothing": no graph stays, and {store_url} is to hold one; leave out '
            '--store, or say keep = "industries".'
        )
    if verify and keep != "firms":
        raise InputError(
            f"--verify holds the sums of the graph against those of the tables, and with keep = "
            f'"{keep}" these are the only ones; say keep = "firms", or leave out --verify.'
        )


@contextmanager
def _place(study: Study, out: Path, url: str) -> Iterator[str]:
    """Yield where the graph is built; one that is not to stay goes with the numbers that it gave.

    Also where nothing is kept sums go through the same graph of industries: there is one way to
    the matrices, and it is small.
    """
    if study.graph.keep != "nothing":
        yield url
        return
    own = out / "graph.lbug"  # of a run before, which nothing names now
    if holds_others(own, study.graph.namespace):
        with open_store(own, namespace=study.graph.namespace) as store:
            store.clear()
    else:
        remove_graph(own, damaged=True)
    try:
        yield str(out / PASSING / "graph.lbug")
    finally:
        shutil.rmtree(out / PASSING, ignore_errors=True)


def _load(
    store: GraphStore,
    study: Study,
    staged: dict[str, Staged],
    economy: Economy,
    mark: str,
    steps: Steps,
    out: Path,
    batch_rows: int,
    *,
    replace: bool,
    rebuild: bool,
) -> list[str]:
    """Bring the graph to hold the tables; return what the user should know of it."""
    # Flows that were summed as they were read were written with numbers for texts.
    coded = {name: read.path for name, read in staged.items() if read.cells is not None}
    with steps.step("load") as progress, attach_tables(staged, out / FRESH) as con:
        return load(
            con,
            study,
            store,
            mark,
            industries=economy.industries,
            maps=economy.maps,
            progress=progress,
            batch_rows=batch_rows,
            replace=replace,
            rebuild=rebuild,
            coded=coded,
        )


def _compute(
    study: Study,
    years: list[int],
    flows: Exported,
    staged: dict[str, Staged],
    economy: Economy,
    steps: Steps,
) -> list[YearNetworks]:
    networks = []
    options = study.options
    with steps.step("compute") as progress:
        for number, year in enumerate(years):
            progress(str(year), number / len(years))
            given = year, flows.stocks.get(year), flows.trade, economy.output
            try:
                made = year_networks(
                    *given,
                    normalisation=options.normalisation,
                    rho=options.rho,
                    negative="keep" if keeps_negative(study) else "refuse",
                )
            except InputError as error:
                raise _with_doubts(error, input_warnings(staged, economy)) from None
            networks.append(made)
    return networks


def _with_doubts(error: InputError, doubts: list[str]) -> InputError:
    """Put what was doubtful of the input before an error of numbers: the first link of the chain.

    A code that has no label, or another spelling, becomes a sector without output much later;
    doubts that name what the error names come first.
    """
    if not doubts:
        return error
    named = re.findall(r"'[^']+'", str(error))
    first = sorted(doubts, key=lambda text: not any(each in text for each in named))
    more = f" And {len(doubts) - _DOUBTS:,} more warnings." if doubts[_DOUBTS:] else ""
    text = f"{error} Before that: {' '.join(first[:_DOUBTS])}{more}"
    if isinstance(error, ClosedClassError):
        return ClosedClassError(text, error.classes)
    return StudyError(text) if isinstance(error, StudyError) else InputError(text)


def _report_years(study: Study, con: duckdb.DuckDBPyConnection) -> list[int]:
    """Return the report years: as the study says, else the last year with data.

    Of a study without flows there are none: they are years of networks.
    """
    if not study.has_flows:
        return []
    if study.years.report:
        return sorted(set(study.years.report))
    declared = flow_tables("citations") | flow_tables("trade")
    table = declared[str(study.citations_from or study.trade_from)]
    # a table with "first_year, or year" has links that last, whose years are counted ones
    view = f"{'counted' if table.either else 'ok'}_{table.dated}"
    (last,) = sql.one(con, f"SELECT max(year) FROM {view}")  # noqa: S608 - a declared name
    return [int(last)]


def _aggregate(
    store: GraphStore,
    study: Study,
    staged: dict[str, Staged],
    economy: Economy,
    years: list[int],
    mark: str,
    steps: Steps,
    out: Path,
    *,
    verify: bool,
) -> dict[str, Totals]:
    """Sum the flows: of firms in the graph, or from the tables where firms are not in it."""
    totals = {}
    with steps.step("aggregate") as progress, ExitStack() as stack:
        start(store)
        con = None
        if verify and any(flow.of_firms and flow.cells is None for flow in economy.flows):
            con = stack.enter_context(register_tables(study, staged, economy, out / FRESH))
        target = study.about.target
        lacking = {each.source: each.unmapped for each in economy.audits if each.target == target}
        for number, flow in enumerate(economy.flows):
            progress(flow.name, number / len(economy.flows))
            cells = flow.cells
            if cells is None and flow.of_firms and con is not None:
                cells = sum_cells(con, study, flow)
            totals[flow.name] = aggregate(
                store,
                replace(flow, cells=None) if study.keeps_firms else flow,
                target=target,
                years=years,
                keep_diagonal=study.options.diagonal == "keep",
                fingerprint=mark,
                uncovered=lacking.get(flow.classification),
                wanted=cells.table if cells is not None and verify else None,
            )
            _require_some(flow, totals[flow.name], target)
    return totals


def _require_some(flow: Flow, totals: Totals, target: str) -> None:
    """Refuse a study of whose networks one would be empty without a word."""
    if flow.name in {"citations", "trade"} and not totals.target:
        causes = ", ".join(f"{cause}: {amount:g}" for cause, amount in totals.lost.items())
        raise nothing_arrives(flow, totals.input, target, causes)
