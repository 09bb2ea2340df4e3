"""The command line.

Exit codes: 0 done; 2 input or usage refused; 1 anything else. A traceback is shown only with
``--debug``.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Annotated, Any

import typer

from ..capabilities import QUESTIONS
from ..core.engines import LOCAL
from ..core.errors import InputError, QueryError, SpillgraphError, end_sentence
from . import asking
from .asking import Engine, Keep, OutFolder, Quiet, Rebuild, Replace, RunStore, StudyPath, Verify
from .console import ShownSteps, err, out
from .published import published
from .start import STOPPED, heard
from .trouble import disk_trouble

__all__ = ["app", "main"]

app = typer.Typer(
    name="spillgraph",
    help="Spillovers through production and innovation networks: from records to numbers.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    cls=asking.Commands,
)

#: Errors of the disk. On a full one the embedded graph aborts the process when it is taken apart,
#: and the last reference to it is in the traceback: it is kept until the process has left.
_KEPT: list[Exception] = []

#: What typer makes of Ctrl-C.
_INTERRUPTED = 130

StoreUrl = Annotated[
    str | None,
    typer.Option(
        "--store",
        help="Graph: the folder of a run, a path, or neo4j://HOST.",
        envvar="SPILLGRAPH_STORE",
    ),
]
Namespace = Annotated[
    str | None,
    typer.Option(
        "--namespace",
        help="[graph] namespace of the study, where it has one; the folder of a run knows it.",
    ),
]
Format = Annotated[
    str, typer.Option("--format", "-f", help="table, csv, json or parquet.", metavar="FORMAT")
]
Output = Annotated[
    Path | None, typer.Option("--out", "-o", help="Write to this file instead of the screen.")
]


def _tell_version(asked: bool) -> None:
    if asked:
        out.print(f"spillgraph {metadata.version('spillgraph')}")
        raise typer.Exit


@app.callback()
def options(
    debug: Annotated[bool, typer.Option("--debug", help="Show a traceback on errors.")] = False,
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version.", callback=_tell_version, is_eager=True),
    ] = False,
) -> None:
    """Spillovers through production and innovation networks: from records to numbers."""


@app.command()
def run(
    study: StudyPath,
    out_folder: OutFolder,
    store: RunStore = None,
    graph: Keep = None,
    verify: Verify = False,
    engine: Engine = LOCAL,
    rebuild: Rebuild = False,
    replace: Replace = False,
    quiet: Quiet = False,
) -> None:
    """Run a study: tables, graph, industry matrices, W, S, psi, hubs and the report."""
    fixed = "run", study, out_folder, store, rebuild, replace, quiet
    asking.run_and_show(*fixed, {}, graph, verify, engine)


for _name in QUESTIONS:
    # its options, which take a library to declare, are there when it is called
    app.command(_name, help=asking.help_of(_name))(lambda: None)


@app.command()
def check(study: StudyPath, quiet: Quiet = False) -> None:
    """Read and check everything a study names, without loading it."""
    from ..capabilities.studies import asked_of, read_study
    from ..runs.capability import require_ready
    from ..runs.pipeline import check as check_study
    from . import show

    steps = ShownSteps(quiet=quiet)
    loaded = read_study(study, steps=steps)
    ahead = require_ready(loaded, asked_of(loaded))
    staged, economy = check_study(loaded, steps, ahead)
    show.check_summary(staged, economy)


@app.command()
def bulk_export(
    study: StudyPath,
    folder: Annotated[
        Path, typer.Argument(help="New folder, or an earlier export.", metavar="DIR")
    ],
    database: Annotated[
        str, typer.Option("--database", help="Database that the import replaces.")
    ] = "neo4j",
    quiet: Quiet = False,
) -> None:
    """Write a study's graph as files for Neo4j's offline import, the fastest first load."""
    from ..capabilities.studies import read_study
    from ..runs.bulk import bulk_export as export_study
    from . import show

    steps = ShownSteps(quiet=quiet)
    loaded = read_study(study, steps=steps)
    export = export_study(loaded, folder, steps, database=database)
    show.export_summary(export, loaded, folder)


@app.command()
def firms(
    study: StudyPath,
    out_folder: Annotated[
        Path, typer.Option("--out", "-o", help="New folder, or networks of firms.", metavar="DIR")
    ],
    year: Annotated[
        int | None, typer.Option("--year", help="Year of the networks; default: the last.")
    ] = None,
    inputs: Annotated[
        float | None,
        typer.Option("--inputs", help="Share of inputs in output; default: of each sector."),
    ] = None,
    dtype: Annotated[
        str, typer.Option("--dtype", help="float64, or float32: two thirds of the disk.")
    ] = "float64",
    top: Annotated[int, typer.Option("--top", help="How many firms are shown.", min=1)] = 10,
    seconds: Annotated[
        float | None, typer.Option("--seconds", help="Time for the sums; default: no limit.")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Which firms gain and which give? psi of firms, of millions, from networks on disk."""
    from ..capabilities.studies import read_study
    from ..runs.firm_networks import require_dtype
    from ..runs.firm_psi import open_firms
    from ..runs.firm_study import networks_of_study
    from .show_firms import firm_summary

    steps = ShownSteps(quiet=quiet)
    loaded = read_study(study, steps=steps)
    staged, warnings = networks_of_study(
        loaded, out_folder, steps, year=year, inputs=inputs, dtype=require_dtype(dtype)
    )
    found = open_firms(out_folder, seconds=seconds, steps=steps)
    found.write_sums(out_folder / "sums.parquet")
    firm_summary(found, loaded, staged, warnings, top)


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(help="Folder of a run.", metavar="OUT")],
    formats: Annotated[
        str,
        typer.Option("--as", help="Among xlsx, dta, tex, md, graphml, gexf; with commas between."),
    ] = "xlsx",
    quiet: Quiet = False,
) -> None:
    """Write the tables and networks of a run for Excel, Stata, LaTeX, Markdown and Gephi."""
    from ..capabilities.studies import meaning_of
    from ..runs.result_files import export_results
    from . import show

    chosen = [each.strip() for each in formats.split(",") if each.strip()]
    written = export_results(folder, chosen, meaning_of)
    if not written:
        raise InputError(f"{folder} has no table or matrix to write as {formats}.")
    if not quiet:
        show.files_written(written)


@app.command()
def init(
    path: Annotated[Path, typer.Argument(help="Where to write it.")] = Path("study.toml"),
) -> None:
    """Write a commented study file to start from."""
    from .template import write_template

    write_template(path)
    out.print(f"Wrote {path}. Fill it in, then: spillgraph check {path}", markup=False)


@app.command()
def sample(
    out_folder: Annotated[Path, typer.Option("--out", "-o", help="New folder for the study.")],
    firms: Annotated[int, typer.Option("--firms", help="Number of firms.")] = 2_000,
    citations: Annotated[int, typer.Option("--citations", help="Number of citations.")] = 100_000,
    seed: Annotated[int, typer.Option("--seed", help="Seed: same seed, same files.")] = 1,
    closed_class: Annotated[
        bool, typer.Option("--closed-class", help="Plant sectors that only cite each other.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Write a SYNTHETIC study of any size, with planted answers in planted.json."""
    from ..sample import write_sample

    with ShownSteps(quiet=quiet).step("sample") as progress:
        write_sample(
            out_folder,
            firms=firms,
            citations=citations,
            seed=seed,
            closed_class=closed_class,
            progress=progress,
        )
    out.print(
        f"Wrote a SYNTHETIC study to {out_folder}. Next: "
        f"spillgraph run {out_folder / 'study.toml'} --out {out_folder / 'results'}",
        markup=False,
    )


app.command()(published)


@app.command()
def queries(
    name: Annotated[str | None, typer.Argument(help="Show one query in full.")] = None,
    lint: Annotated[
        Path | None,
        typer.Option(help="Say what in a file differs between stores."),
    ] = None,
) -> None:
    """List the queries of the library, show one in full, or lint a statement of yours."""
    from ..queries import list_queries, load_query, require_same_on_every_store
    from . import show

    if lint is not None:
        if name is not None:
            raise InputError(f"got the query '{name}' and --lint {lint}; name one of the two.")
        require_same_on_every_store(lint)
        show.lint_passed(lint)
    elif name is None:
        show.query_list(list_queries())
    else:
        show.query_text(load_query(name))


@app.command()
def query(
    name: Annotated[str, typer.Argument(help="Name of a query; see 'spillgraph queries'.")],
    param: Annotated[
        list[str] | None, typer.Option("--param", "-p", help="Parameter: name=value.")
    ] = None,
    format: Format = "table",
    out_file: Output = None,
    store: StoreUrl = None,
    namespace: Namespace = None,
) -> None:
    """Ask a question of the library to a graph.

    Where --store is the folder of a run, the origin of flows, the target classification and the
    treatment of self-citations are those of its study, run and year its id and its last report
    year, unless --param says otherwise.
    """
    from ..graph.ask import cast_answer
    from ..runs.read import bind_query, require_kept
    from . import show
    from .asked import open_asked, warn

    texts = {}
    for each in param or []:
        key, equals, value = each.partition("=")
        if not equals:
            raise QueryError(f"--param {each!r} needs the form name=value.")
        texts[key] = value
    statement, values = bind_query(name, texts, store)
    with open_asked(store, namespace) as graph:
        warn(graph, store)
        require_kept(graph, statement.text)
        show.rows(cast_answer(graph.query(statement.text, values), statement), format, out_file)


@app.command()
def clean(
    run: Annotated[
        str | None, typer.Option("--run", help="Id of the run, as in its run.json.")
    ] = None,
    study: Annotated[
        str | None, typer.Option("--study", help="Name of the study: all of it goes.")
    ] = None,
    store: StoreUrl = None,
    namespace: Namespace = None,
) -> None:
    """Remove from a graph what one run wrote back, its scores and shares; or a whole study."""
    from ..graph.results import remove_results, remove_study
    from .asked import open_asked

    if (run is None) == (study is None):
        raise InputError("Say what to remove: --run with its id, or --study with its name.")
    open_asked(store, namespace).close()  # opened for writing, a graph would be made
    with open_asked(store, namespace, read_only=False) as graph:
        if run is not None:
            remove_results(graph, run)
            out.print(f"Removed the results of run {run}.", markup=False)
        elif study is not None:
            remove_study(graph, study)
            out.print(f"Removed the study {study}.", markup=False)


@app.command()
def cypher(
    statement: Annotated[str, typer.Argument(help="A Cypher statement that only reads.")],
    format: Format = "table",
    out_file: Output = None,
    store: StoreUrl = None,
    namespace: Namespace = None,
) -> None:
    """Run a Cypher statement of your own; it may read, not write."""
    from ..runs.read import require_kept
    from . import show
    from .asked import open_asked, warn

    with open_asked(store, namespace) as graph:
        warn(graph, store)
        require_kept(graph, statement)
        show.rows(graph.query(statement), format, out_file)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in words
    code = _exit_code([each for each in words if each != "--debug"], debug=debug)
    # All is done and said: Ctrl-C while the databases close has nothing left to stop.
    signal.signal(signal.SIGINT, lambda *_: os._exit(code))
    if code == 1:  # see _KEPT
        with suppress(OSError):
            sys.stdout.flush()
        os._exit(code)
    sys.exit(code)


@cache
def _command() -> Any:
    """Put the commands together, once a process: whoever calls many of them waits for it once."""
    return typer.main.get_command(app)


def _exit_code(arguments: list[str], *, debug: bool) -> int:
    try:
        code = int(_command()(arguments, standalone_mode=False, prog_name="spillgraph") or 0)
        return _tell_stopped() if code == _INTERRUPTED else code
    except (KeyboardInterrupt, typer.Abort):
        return _tell_stopped()
    except BrokenPipeError:  # the reader of our output went away: 'spillgraph queries | head'
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        if hasattr(error, "show") and hasattr(error, "exit_code"):  # typer's own usage errors
            from .usage import in_our_words

            in_our_words(error)
            error.show()
            return int(error.exit_code)
        if debug:
            raise
        # how the databases take Ctrl-C; an input may be called so, too
        by_name = not isinstance(error, InputError) and "interrupted" in str(error).lower()
        if heard() or by_name:
            return _tell_stopped()
        return _tell(error, arguments)


def _tell_stopped() -> int:
    err.print(STOPPED.rstrip())
    return 1


def _tell(error: Exception, arguments: Sequence[str]) -> int:
    """Show one clear sentence, and return the exit code."""
    if isinstance(error, InputError):
        err.print(f"Error: {error}", markup=False)
        return 2
    trouble = disk_trouble(error, arguments)
    if trouble is not None:
        _KEPT.append(error)
    if trouble is not None or isinstance(error, SpillgraphError):
        err.print(f"Error: {trouble or error}", markup=False)
        return 1
    err.print(
        f"Error: {type(error).__name__}: {end_sentence(error)} This was not expected: run again "
        "with --debug and report it.",
        markup=False,
    )
    return 1


if __name__ == "__main__":
    main()
