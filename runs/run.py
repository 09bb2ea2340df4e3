"""The one entrance: a study in, a folder of results and a graph that names them out."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from ..core.engines import LOCAL, open_engine
from ..core.kept_cells import Cells
from ..core.map_cells import Pool
from ..graph.open import embedded_path
from ..ingest.load import BATCH_ROWS
from ..ingest.study import Study
from .capability import Answer, Asked, Context, require_ready
from .folder import CELLS, claim, discard_unfinished, require_readable, require_same, staying_in
from .pipeline import compute_study
from .record import record
from .result import Result
from .steps import Steps
from .write_back import add_staying, add_staying_found, found_of, scores_of, write_back

__all__ = ["run"]


def run(
    study: Study,
    out: Path,
    steps: Steps,
    asked: Sequence[Asked],
    *,
    command: str = "",
    store_url: str | None = None,
    rebuild: bool = False,
    replace_others: bool = False,
    verify: bool = False,
    batch_rows: int = BATCH_ROWS,
    engine: str = LOCAL,
) -> Result:
    """Run a study: numbers, files, and what goes back into the graph, in this order.

    The graph learns of results when all their files are there: a run that ends before leaves a
    graph that names nothing which cannot be found.

    Parameters
    ----------
    study : Study
        The study.
    out : Path
        Folder of the run.
    steps : Steps
        Shows progress and keeps the seconds.
    asked : sequence of Asked
        Capabilities in the order of the page, and what is asked of each.
    command : str
        The command line, for the provenance.
    store_url : str, optional
        Address of the graph store; default ``out/graph.lbug``.
    rebuild : bool
        Rebuild the graph, and let it take the place of another study's.
    replace_others : bool
        Remove what a capability has left there for another run.
    verify : bool
        Hold the sums of the graph against sums from the tables.
    batch_rows : int
        Edges of one load transaction.
    engine : str
        Who computes cells, as :func:`~spillgraph.core.engines.open_engine` takes it: numbers do not
        depend on it. Cells that have ended are kept in ``out`` until the run has, so that one that
        is killed goes on with them.

    Returns
    -------
    Result

    Raises
    ------
    InputError
        If the input or the folder cannot be used.
    StoreError, TotalsError
        If the store fails, or totals do not agree.
    """
    answering = [each for each in asked if each.options is not None]
    names = [each.capability.name for each in answering]
    wanted = [each.capability.name for each in answering if not each.unasked]
    ahead = require_ready(study, asked)
    texts = [f"{each.capability.name}.json" for each in answering if each.capability.values]
    figures = [each.capability.figures for each in answering if each.capability.figures]

    every = [each.capability for each in asked]
    places = [name for one in every for name in (one.name, f"{one.name}.json", one.figures) if name]
    require_readable(out, dict.fromkeys(places))

    def before(whole: str) -> None:
        if not replace_others:
            require_same(out, whole, wanted)

    graph = embedded_path(store_url) if store_url else None
    with (
        claim(out, [study.path, *study.files().values()], graph, [*names, *texts, *figures]),
        _ready(engine, out) as pool,
        discard_unfinished(out),
        compute_study(
            study,
            out,
            steps,
            store_url=store_url,
            rebuild=rebuild,
            verify=verify,
            batch_rows=batch_rows,
            before=before,
            ahead=ahead,
            pool=pool,
        ) as (store, result),
    ):
        cells = Cells(out / CELLS, result.fingerprint)
        context = Context(result, store, steps, pool, cells)
        for doubt in pool.doubts if pool else ():
            context.warn(doubt)
        answers = {
            each.capability.name: Answer(
                each.capability, each.capability.compute(context, each.options), each.unasked
            )
            for each in answering
        }
        result = replace(result, answers=answers)
        stay = staying_in(out, result.fingerprint, wanted)
        scores, found = scores_of(result), found_of(result)
        if keeps := study.graph.keep != "nothing":
            scores = add_staying(scores, store, result, stay)
            found = add_staying_found(found, store, result, stay)
        if stay:
            result.notes.append(_staying(stay))
        about = {"command": command, "engine": engine}
        written = record(result, out, steps, **about, kept=stay, capabilities=every)
        if keeps:
            with steps.step("write back"):
                write_back(store, result, scores, found)
        shutil.rmtree(out / CELLS, ignore_errors=True)
    return replace(result, record=written)


@contextmanager
def _ready(engine: str, out: Path) -> Iterator[Pool | None]:
    """Yield who computes cells, if all of them see the folder of the run."""
    pool = open_engine(engine)
    try:
        if pool is not None:
            pool.require_folder(out)
        yield pool
    finally:
        if pool is not None:
            pool.close()


def _staying(stay: Iterable[str]) -> str:
    """Say what stays in the folder, and that the page may show something else."""
    text = (
        f"The folder also holds what {' and '.join(stay)} found in the same run before. The page "
        "shows it if the study file has its section, too."
    )
    if "hubs" not in stay:
        return text
    return (
        f"{text} Of hubs the page shows what every run finds, without draws; hubs/ and hubs.json "
        "hold what was asked, which may be other networks and another chance, with other p-values. "
        "The command stands in hubs.json."
    )
