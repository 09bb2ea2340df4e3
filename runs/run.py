"""The one entrance: a study in, a folder of results and a graph that names them out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from ..graph.open import embedded_path
from ..graph.store import GraphStore
from ..ingest.load import BATCH_ROWS
from ..ingest.study import Study
from .capability import Answer, Capability, Context, options_of, require_ready
from .folder import claim, require_same
from .pipeline import computed, write_back
from .psi_json import Depth
from .record import record
from .result import Result
from .steps import Steps

__all__ = ["Look", "run"]

#: Asks the open graph more than every run does.
Look: TypeAlias = Callable[[GraphStore, Result, Steps], Depth]


def run(
    study: Study,
    out: Path,
    steps: Steps,
    *,
    command: str = "",
    store_url: str | None = None,
    rebuild: bool = False,
    replace_others: bool = False,
    batch_rows: int = BATCH_ROWS,
    look: Look | None = None,
    capabilities: Sequence[Capability] = (),
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
    command : str
        The command line, for the provenance.
    store_url : str, optional
        Address of the graph store; default ``out/graph.lbug``.
    rebuild : bool
        Make the graph anew, and let it take the place of another study's.
    replace_others : bool
        Remove what a deeper look or a capability has left there for another run.
    batch_rows : int
        Edges of one load transaction.
    look : callable, optional
        A deeper look, which has files of its own.
    capabilities : sequence of Capability
        What else is asked; options are those of the study's sections.

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

    names = [each.name for each in capabilities]
    ahead = require_ready(study, capabilities)

    def before(whole: str) -> None:
        if not replace_others:
            require_same(out, whole, names, deep=look is not None)

    graph = embedded_path(store_url) if store_url else None
    with (
        claim(out, [study.path, *study.files().values()], graph, names),
        computed(
            study,
            out,
            steps,
            store_url=store_url,
            rebuild=rebuild,
            batch_rows=batch_rows,
            before=before,
            ahead=ahead,
        ) as (store, result),
    ):
        depth = look(store, result, steps) if look else None
        context = Context(result, store, steps)
        answers = [
            Answer(each, each.compute(context, options_of(study, each))) for each in capabilities
        ]
        written = record(result, out, steps, command=command, depth=depth, answers=answers)
        with steps.step("write back"):
            write_back(store, result)
    return replace(result, record=written)
