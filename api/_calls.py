"""What the commands of the command line do, as functions."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ._run import Run, open_run
from .capabilities import QUESTIONS
from .capabilities.studies import asked_of, meaning_of, read_study
from .cli.template import write_template
from .core.engines import LOCAL
from .core.errors import InputError, nearest
from .graph.ask import cast_answer
from .graph.results import remove_results, remove_study
from .graph.store import GraphStore
from .runs.read import bind_query, doubt_of, open_graph, require_kept
from .runs.steps import Steps

if TYPE_CHECKING:
    from .core.kept import Kept
    from .ingest.economy import Economy
    from .ingest.stage import Staged
    from .runs.bulk import Export

__all__ = [
    "bulk_export",
    "check",
    "clean",
    "export",
    "init",
    "open_store",
    "query",
    "run",
    "sample_study",
    "warn_of",
]


def run(
    study: str | Path,
    out: str | Path,
    *,
    store: str | Path | None = None,
    graph: Kept | None = None,
    verify: bool = False,
    engine: str = LOCAL,
    rebuild: bool = False,
    replace: bool = False,
    steps: Steps | None = None,
    **asked: Mapping[str, Any],
) -> Run:
    """Run a study, as ``spillgraph run`` does, and return what it found.

    Parameters
    ----------
    study : str or Path
        The study file.
    out : str or Path
        Folder for the results.
    store : str or Path, optional
        Graph: a path or ``neo4j://HOST``; default ``out/graph.lbug``.
    graph : {"firms", "industries", "nothing"}, optional
        How much of the graph is built; default as ``[graph] keep`` of the study says, or firms.
    verify : bool
        Hold the sums of the graph against sums from the tables.
    engine : str
        Who computes cells and draws: ``local``, ``processes:N`` or ``dask:ADDRESS``. Numbers do not
        depend on it.
    rebuild : bool
        Rebuild the graph.
    replace : bool
        Remove what capabilities have left in the folder for another run.
    steps : Steps, optional
        Shows progress; by default nothing is shown.
    **asked : mapping
        What else is asked, by the name of its command, with its options: ``psi={"draws": 999}``,
        ``borders={}``. They go before those of the study file.

    Returns
    -------
    Run
        Each of its warnings is given as a Python warning, too.

    Raises
    ------
    InputError
        If the input or the folder cannot be used, or what is asked is not known.
    EngineError
        If who is to compute does not answer, or would not compute the same.
    StoreError, TotalsError
        If the store fails, or totals do not agree.
    """
    from .runs.run import run as run_study

    for name in asked:
        if name not in QUESTIONS:
            raise InputError(f"{name} is not a capability. {nearest(name, QUESTIONS)}")
        if not isinstance(asked[name], Mapping):
            raise InputError(
                f"{name} = {asked[name]!r}: its options are needed, as in {name}={{}} for those of "
                "the study file."
            )
    steps = steps or Steps()
    loaded = read_study(Path(study), graph, steps)
    options: dict[str, Any] = {"store": str(store) if store else None}
    options |= {"engine": None if engine == LOCAL else engine}
    options |= {"graph": graph, "verify": verify, "rebuild": rebuild, "replace": replace, **asked}
    more = "".join(
        f", {key}={value!r}" for key, value in options.items() if value not in (None, False)
    )
    result = run_study(
        loaded,
        Path(out),
        steps,
        asked_of(loaded, asked),
        command=f"spillgraph.run({str(study)!r}, {str(out)!r}{more})",
        store_url=options["store"],
        rebuild=rebuild,
        replace_others=replace,
        verify=verify,
        engine=engine,
    )
    warn_of(result.record["warnings"])
    return open_run(out)


def check(study: str | Path) -> tuple[dict[str, Staged], Economy]:
    """Read and check everything a study names, as ``spillgraph check`` does; nothing is loaded.

    Parameters
    ----------
    study : str or Path
        The study file.

    Returns
    -------
    dict of str to Staged
        What became of each table: ``read``, ``loaded``, ``reasons``, ``examples``, ``warnings``.
    Economy
        Industries, concordances with their audits, flows, ``warnings``.

    Raises
    ------
    InputError
        If the input cannot be used.
    """
    from .runs.capability import require_ready
    from .runs.pipeline import check as check_study
    from .runs.result import input_warnings

    loaded = read_study(Path(study))
    staged, economy = check_study(loaded, Steps(), require_ready(loaded, asked_of(loaded)))
    warn_of(input_warnings(staged, economy))
    return staged, economy


def export(folder: str | Path, formats: str | Iterable[str] = ("xlsx",)) -> list[Path]:
    """Write tables and networks of a run for other programs, as ``spillgraph export`` does.

    Parameters
    ----------
    folder : str or Path
        Folder of the run.
    formats : str or iterable of str
        Of ``xlsx``, ``dta``, ``tex``, ``md``, ``graphml``, ``gexf``.

    Returns
    -------
    list of Path
        The files.

    Raises
    ------
    InputError
        If a format is not known, or the folder holds no run.
    """
    from .runs.result_files import export_results

    wanted = [formats] if isinstance(formats, str) else list(formats)
    return export_results(Path(folder), wanted, meaning_of)


def bulk_export(study: str | Path, folder: str | Path, *, database: str = "neo4j") -> Export:
    """Write a study's graph for Neo4j's offline import, as ``spillgraph bulk-export`` does.

    Parameters
    ----------
    study : str or Path
        The study file.
    folder : str or Path
        A new folder, or an earlier export.
    database : str
        Database that the import replaces.

    Returns
    -------
    Export
        With the ``command`` that imports it.

    Raises
    ------
    InputError
        If the input cannot be used, or the folder holds what no export has written.
    """
    from .runs.bulk import bulk_export as export_study
    from .runs.result import input_warnings

    export = export_study(read_study(Path(study)), Path(folder), Steps(), database=database)
    warn_of(input_warnings(export.staged, export.economy))
    return export


def init(path: str | Path = "study.toml") -> Path:
    """Write a commented study file to start from, as ``spillgraph init`` does.

    Parameters
    ----------
    path : str or Path
        Where to write it; nothing may be there.

    Returns
    -------
    Path

    Raises
    ------
    InputError
        If something is there already.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     init(f"{folder}/mine.toml").name
    'mine.toml'
    """
    write_template(Path(path))
    return Path(path)


def sample_study(
    out: str | Path,
    *,
    firms: int = 2_000,
    citations: int = 100_000,
    seed: int = 1,
    closed_class: bool = False,
) -> Path:
    """Write a SYNTHETIC study with planted answers, as ``spillgraph sample`` does.

    Parameters
    ----------
    out : str or Path
        New folder for the study.
    firms, citations : int
        How many; at least 10 and 1.
    seed : int
        Same seed, same files.
    closed_class : bool
        Plant sectors that only cite each other.

    Returns
    -------
    Path
        The study file; the answers are in ``planted.json`` beside it.

    Raises
    ------
    InputError
        If a number is too small, or the folder is not empty.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     sample_study(f"{folder}/study", firms=20, citations=50).name
    'study.toml'
    """
    from .sample import write_sample

    write_sample(Path(out), firms=firms, citations=citations, seed=seed, closed_class=closed_class)
    return Path(out) / "study.toml"


def open_store(
    where: str | Path, *, read_only: bool = True, namespace: str | None = None
) -> GraphStore:
    """Open a graph, as ``--store`` does; ``store.query(statement)`` asks it in Cypher.

    Parameters
    ----------
    where : str or Path
        The folder of a run, a path, or ``neo4j://HOST``.
    read_only : bool
        Nothing is created or written, and others may read beside you.
    namespace : str, optional
        ``[graph] namespace`` of the study, where it has one; the folder of a run knows it.

    Returns
    -------
    GraphStore
        A context manager: ``with open_store("results") as store: ...``.

    Raises
    ------
    InputError
        If there is none.
    StoreError
        If it cannot be opened.
    """
    graph = open_graph(where, read_only=read_only, namespace=namespace)
    try:
        if doubt := doubt_of(graph, where) if read_only else "":
            warn_of([doubt])
    except BaseException:
        graph.close()
        raise
    return graph


def query(
    name: str, where: str | Path, *, namespace: str | None = None, **values: Any
) -> pd.DataFrame:
    """Ask a question of the library to a graph, as ``spillgraph query`` does.

    Parameters
    ----------
    name : str
        Name of a query; :func:`list_queries` has them.
    where : str or Path
        As in :func:`open_store`. The folder of a run gives the values that its study knows.
    namespace : str, optional
        As in :func:`open_store`.
    **values
        Parameters of the query.

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    QueryError
        If there is no such query or parameter, or a value is missing or of another type.
    """
    statement, texts = bind_query(name, values, where)
    with open_graph(where, namespace=namespace) as graph:
        if doubt := doubt_of(graph, where):
            warn_of([doubt])
        require_kept(graph, statement.text)
        frame: pd.DataFrame = cast_answer(graph.query(statement.text, texts), statement).to_pandas()
        return frame


def clean(
    run: str | None,
    where: str | Path,
    *,
    study: str | None = None,
    namespace: str | None = None,
) -> None:
    """Remove from a graph what one run wrote back, or a whole study, as ``spillgraph clean`` does.

    Parameters
    ----------
    run : str or None
        Id of the run: ``Run.id``.
    where : str or Path
        As in :func:`open_store`.
    study : str, optional
        Name of the study that goes, where no run is given.
    namespace : str, optional
        As in :func:`open_store`.

    Raises
    ------
    InputError
        If no run of this id has written to the graph, if it holds another study, or if both or
        neither are given.
    """
    if (run is None) == (study is None):
        raise InputError("Say what to remove: the id of a run, or study= with its name.")
    open_graph(where, namespace=namespace).close()  # opened for writing, a graph would be made
    with open_graph(where, read_only=False, namespace=namespace) as graph:
        if run is not None:
            remove_results(graph, run)
        elif study is not None:
            remove_study(graph, study)


def warn_of(texts: Iterable[str]) -> None:
    """Give what must be known before any number as warnings of the line that called."""
    for text in texts:
        warnings.warn(text, stacklevel=3)
