"""A command for each capability, with the keys of its section of the study file as options."""

from __future__ import annotations

import inspect
import shlex
from collections.abc import Callable, Mapping
from operator import getitem
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Union

import typer
from typer.core import TyperGroup

from ..capabilities import QUESTIONS, load
from ..core.engines import LOCAL
from ..core.kept import Kept
from .console import ShownSteps

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

__all__ = [
    "Commands",
    "Engine",
    "Keep",
    "OutFolder",
    "Quiet",
    "Rebuild",
    "Replace",
    "RunStore",
    "StudyPath",
    "Verify",
    "command_line",
    "help_of",
    "run_and_show",
]

StudyPath = Annotated[Path, typer.Argument(help="Study file (TOML).", metavar="STUDY")]
OutFolder = Annotated[Path, typer.Option("--out", "-o", help="Folder for the results.")]
RunStore = Annotated[
    str | None,
    typer.Option("--store", help="Graph: a path or neo4j://HOST; default OUT/graph.lbug."),
]
Rebuild = Annotated[bool, typer.Option("--rebuild", help="Rebuild the graph.")]
Replace = Annotated[
    bool, typer.Option("--replace", help="Remove what psi, borders, … wrote for another run.")
]
Keep = Annotated[
    Kept | None,
    typer.Option(
        "--graph", help="How much of the graph is built; default as [graph] keep, or firms."
    ),
]
Verify = Annotated[
    bool, typer.Option("--verify", help="Hold the graph's sums against sums from the tables.")
]
Engine = Annotated[
    str,
    typer.Option(
        "--engine",
        help="Who computes cells and draws: local, processes:N or dask:ADDRESS; same numbers.",
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")]


class Commands(TyperGroup):
    """Commands, of which those of capabilities are made when they are called."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return name, command and the other arguments."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, _command(name) if name in QUESTIONS else command, rest


def help_of(name: str) -> str:
    """Return the help of a capability's command."""
    return f"{QUESTIONS[name]} A run, and a look at it."


def command_line(
    name: str,
    study: Path,
    out_folder: Path,
    store: str | None,
    *,
    rebuild: bool,
    replace: bool,
    more: Mapping[str, Any],
    graph: str | None = None,
    verify: bool = False,
    engine: str = LOCAL,
) -> str:
    """Return the command as it was typed, for whoever wants to run it again.

    Examples
    --------
    >>> command_line("psi", Path("s.toml"), Path("out"), None, rebuild=False, replace=False,
    ...              more={"draws": 99})
    'spillgraph psi s.toml --out out --draws 99'
    """
    words = ["spillgraph", name, str(study), "--out", str(out_folder)]
    for key, value in more.items():
        flag = key.replace("_", "-")
        if isinstance(value, bool):
            words.append(f"--{flag}" if value else f"--no-{flag}")
        else:
            words += [f"--{flag}", str(value)]
    words += ["--store", store] if store else []
    words += ["--graph", graph] if graph else []
    words += ["--verify"] if verify else []
    words += ["--engine", engine] if engine != LOCAL else []
    words += ["--rebuild"] if rebuild else []
    return shlex.join([*words, "--replace"] if replace else words)


def _command(name: str) -> Any:
    """Return the command of a capability, with its options."""
    single = typer.Typer(
        add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None
    )
    single.command(name, help=help_of(name))(_function(name))
    return typer.main.get_command(single)


def run_and_show(
    name: str,
    study: Path,
    out_folder: Path,
    store: str | None,
    rebuild: bool,
    replace: bool,
    quiet: bool,
    more: Mapping[str, Mapping[str, Any]],
    graph: str | None = None,
    verify: bool = False,
    engine: str = LOCAL,
) -> None:
    """Run a study for a command, and show what was found.

    Parameters
    ----------
    name : str
        The command.
    study, out_folder, store, rebuild, replace, quiet, graph, verify, engine
        Its options.
    more : mapping of str to mapping
        Capabilities that are asked beside those of the study, with their options.
    """
    # Every command imports what it needs, and nobody waits for what another one needs.
    from ..capabilities.studies import asked_of, read_study
    from ..runs.run import run
    from . import show

    steps = ShownSteps(quiet=quiet)
    loaded = read_study(study, graph, steps)
    options = more.get(name, {})
    result = run(
        loaded,
        out_folder,
        steps,
        asked_of(loaded, more),
        command=command_line(
            name,
            study,
            out_folder,
            store,
            rebuild=rebuild,
            replace=replace,
            more=options,
            graph=graph,
            verify=verify,
            engine=engine,
        ),
        store_url=store,
        rebuild=rebuild,
        replace_others=replace,
        verify=verify,
        engine=engine,
    )
    show.run_summary(result.record, out_folder)
    show.answers(result, out_folder)


def _function(name: str) -> Callable[..., None]:
    """Return what the command does; its signature holds the options of the capability."""

    def ask(
        study: StudyPath,
        out_folder: OutFolder,
        store: RunStore = None,
        graph: Keep = None,
        verify: Verify = False,
        engine: Engine = LOCAL,
        rebuild: Rebuild = False,
        replace: Replace = False,
        quiet: Quiet = False,
        **typed_options: Any,
    ) -> None:
        options = {key: value for key, value in typed_options.items() if value is not None}
        fixed = name, study, out_folder, store, rebuild, replace, quiet
        run_and_show(*fixed, {name: options}, graph, verify, engine)

    whole = inspect.signature(ask, eval_str=True)
    fixed = [each for each in whole.parameters.values() if each.kind is not each.VAR_KEYWORD]
    own = [_option(key, field) for key, field in load(name).options.model_fields.items()]
    ask.__signature__ = whole.replace(parameters=[*fixed, *own])  # type: ignore[attr-defined]
    ask.__annotations__ = {}
    return ask


def _option(key: str, field: FieldInfo) -> inspect.Parameter:
    """Return an option; where it is not given, the study file says its value, or the default."""
    least = next((each.ge for each in field.metadata if hasattr(each, "ge")), None)
    most = next((each.le for each in field.metadata if hasattr(each, "le")), None)
    default = "" if field.default in (None, "") else f" Default: {field.default}."
    text = f"{field.description}{default}"
    option = typer.Option(help=text, min=least, max=most, show_default=False)
    kind = getitem(Annotated, (getitem(Union, (field.annotation, None)), option))  # of a value
    return inspect.Parameter(key, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=kind)
