"""What a capability is: a question, what it needs, and what its answer looks like.

A capability is a folder of :mod:`spillgraph.capabilities` that gives one value of
:class:`Capability`; the command line, the record of a run and the page follow from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

import pandas as pd
from pydantic import BaseModel, ConfigDict

from ..core.errors import StudyError
from ..core.kept_cells import Cells
from ..core.map_cells import Counts, Pool, map_cells
from ..core.matrix import LabelledMatrix
from ..core.shared import Shared
from ..graph.store import GraphStore
from ..ingest.economy import Economy
from ..ingest.stage import Staged
from ..ingest.study import Study
from ..reports.kit import Section
from .networks import YearNetworks
from .result import Result
from .steps import Report, Steps
from .ultimate import Ultimate, ultimate_shares

__all__ = [
    "Answer",
    "Asked",
    "Capability",
    "Checked",
    "Context",
    "Grid",
    "Options",
    "Shown",
    "Tables",
    "require_ready",
]

_Job = TypeVar("_Job")
_Found = TypeVar("_Found")
_Value = TypeVar("_Value")
#: Tables by the name of their file.
Tables: TypeAlias = "Mapping[str, pd.DataFrame]"


class Options(BaseModel):
    """Keys of a capability's section of the study file, which are options of its command, too.

    Every key has a default and a description, which is the help of the option.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Checked:
    """What is known before anything is loaded.

    Parameters
    ----------
    study : Study
        The study.
    staged : dict of str to Staged
        Its checked tables.
    economy : Economy
        The sectors, and what else the tables say of industries.
    """

    study: Study
    staged: dict[str, Staged]
    economy: Economy

    def rows(self, table: str) -> pd.DataFrame:
        """Return the accepted rows of an input table, with our column names."""
        return pd.read_parquet(self.staged[table].path)


@dataclass(frozen=True, slots=True)
class Context:
    """What a capability may ask.

    Parameters
    ----------
    result : Result
        The study, its checked tables, and W, S, ψ of every report year.
    store : GraphStore
        The graph of the run, open.
    steps : Steps
        Shows progress.
    pool : Pool or None
        Who computes cells; None: this process.
    cells : Cells or None
        Where finished cells are kept until the run has ended.
    """

    result: Result
    store: GraphStore
    steps: Steps
    pool: Pool | None = None
    cells: Cells | None = None
    _ultimate: dict[int, Ultimate] = field(default_factory=dict)

    @property
    def names(self) -> Mapping[str, str]:
        """Names of the sectors, by code."""
        return self.result.economy.names

    def rows(self, table: str) -> pd.DataFrame:
        """Return the accepted rows of an input table, with our column names."""
        return pd.read_parquet(self.result.staged[table].path)

    def ultimate(self, year: YearNetworks) -> Ultimate:
        """Return the ultimate shares of a report year with S, formed once for all who ask.

        What is doubtful of them is told once, too: who asks has not to.
        """
        if year.year not in self._ultimate:
            self._ultimate[year.year] = ultimate_shares(year)
            for doubt in self._ultimate[year.year].doubts:
                self.warn(f"{year.year}: {doubt}")
        return self._ultimate[year.year]

    def share(self, value: _Value) -> Shared[_Value]:
        """Put what many jobs read where workers find it."""
        at_workers = self.pool is not None and self.cells is not None
        return Shared(value, self.cells.folder if at_workers and self.cells else None)

    def tell(self, progress: Report) -> Callable[[Counts], None]:
        """Return what shows how far cells are, and says how many a run before has computed."""
        said = False

        def told(counts: Counts) -> None:
            nonlocal said
            if counts.before and not said:
                said = True
                self.steps.say(f"{counts.before:,} of {counts.cells:,} cells were computed before.")
            progress(str(counts), counts.share)

        return told

    def map_cells(
        self,
        compute: Callable[[_Job], _Found],
        jobs: Sequence[_Job],
        progress: Report,
        *,
        name: Callable[[_Job], str],
    ) -> Iterator[tuple[_Job, _Found]]:
        """Compute cells on the engine of the run, keep them, and show how far they are.

        Parameters
        ----------
        compute, jobs, name
            As :func:`spillgraph.core.map_cells.map_cells` takes them.
        progress : callable
            Takes what is next, and the share that is done.
        """
        return map_cells(
            compute, jobs, self.pool, name=name, keep=self.cells, tell=self.tell(progress)
        )

    def warn(self, text: str) -> None:
        """Say before all numbers, on the screen and on the page, what is doubtful."""
        self.result.economy.warnings.append(text)


@dataclass(frozen=True, slots=True)
class Grid:
    """A short table on the screen: its first column is text, the others are numbers as text."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]


#: What the screen shows of an answer: sentences and short tables.
Shown: TypeAlias = str | Grid


@dataclass(frozen=True, slots=True)
class Capability:
    """One thing that a run can be asked. All but the first five may be left out.

    Parameters
    ----------
    name : str
        The command, the section of the study file, the folder of its files and its place on the
        page.
    question : str
        One sentence.
    options : type of Options
        Keys of its section of the study file.
    compute : callable
        Takes a :class:`Context` and the options; returns numbers.
    tables : callable
        Takes what was computed; returns tables by the name of their file. An index that has a name
        is the first column.
    missing : callable, optional
        Takes the study; returns what it lacks, as a sentence, or nothing.
    refuse : callable, optional
        Takes the study and the options; refuses what cannot be done before any work.
    check : callable, optional
        Takes :class:`Checked` and the options; refuses tables of which no numbers will come, so
        that ``spillgraph check`` says it, and a run before it loads anything.
    section : callable, optional
        Takes what was computed and the names of the sectors; returns what the page shows.
    values : callable, optional
        Takes what was computed; returns plain values for NAME.json.
    matrices : callable, optional
        Takes what was computed; returns matrices by the name of their file.
    parquet : callable, optional
        Takes what was computed; returns long tables by the name of their Parquet file, which lies
        beside NAME.json and says of each column what it is.
    screen : callable, optional
        Takes what was computed and the names of the sectors; returns what the command shows.
    overview : callable, optional
        Takes what a run found; returns what the page shows where the capability was not asked.
    scores : callable, optional
        Takes what was computed; returns a frame a report year, indexed by code, that goes back into
        the graph. Its columns are declared in :mod:`spillgraph.core.measures`: any other is
        refused before files are written.
    graph : callable, optional
        Takes what was computed and the id of the run; returns nodes and edges that go back into the
        graph, a frame a kind: those that ``FOUND`` of :mod:`spillgraph.graph.schema` has of it.
    always : bool
        Whether every run asks it.
    plain : mapping
        Keys of its options in a run that asks it because every run does. Figures of such a run are
        on its page, and no files.
    of_networks : bool
        Whether it needs a network; one that reads a table that is enough alone does not.
    figures : str
        Folder of its figures as files; among them are then those of all sections that no other
        capability was asked for. Else those of its section lie beside its tables.
    meaning : callable, optional
        Takes a column of its tables; says what it is, or nothing where its name does.
    """

    name: str
    question: str
    options: type[Options]
    compute: Callable[[Context, Any], Any]
    tables: Callable[[Any], Tables]
    missing: Callable[[Study], str] = lambda study: ""
    refuse: Callable[[Study, Any], None] = lambda study, options: None
    check: Callable[[Checked, Any], None] = lambda checked, options: None
    section: Callable[[Any, Mapping[str, str]], Section] | None = None
    values: Callable[[Any], dict[str, Any]] | None = None
    matrices: Callable[[Any], Mapping[str, LabelledMatrix]] = lambda value: {}
    parquet: Callable[[Any], Tables] = lambda value: {}
    screen: Callable[[Any, Mapping[str, str]], Sequence[Shown]] = lambda value, names: ()
    overview: Callable[[Result], Section | None] = lambda result: None
    scores: Callable[[Any], Mapping[int, pd.DataFrame]] = lambda value: {}
    graph: Callable[[Any, str], Tables] = lambda value, run: {}
    always: bool = False
    plain: Mapping[str, Any] = field(default_factory=dict)
    of_networks: bool = True
    figures: str = ""
    meaning: Callable[[str], str] = lambda column: ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A capability and what is asked of it; without options nothing is but its overview.

    ``unasked`` is one that every run asks, and that nobody asked for.
    """

    capability: Capability
    options: Options | None
    unasked: bool = False


_NO_NETWORK = "it needs citations or deliveries, and the study has none"


def require_ready(
    study: Study, asked: Sequence[Asked]
) -> Callable[[dict[str, Staged], Economy], None]:
    """Refuse what cannot be done before any work; return what looks at the checked tables.

    Parameters
    ----------
    study : Study
        The study.
    asked : sequence of Asked
        Capabilities, and what is asked of them.

    Raises
    ------
    InputError
        Naming the capability and what the study lacks for it, or as its ``refuse`` says.
    """
    wanted = [(each.capability, each.options) for each in asked if each.options is not None]
    if not (study.has_flows or wanted):
        given = next(table.name for table in study.tables if table.alone)
        readers = [each.capability for each in asked if not each.capability.of_networks]
        name = next((each.name for each in readers if not each.missing(study)), "NAME")
        raise StudyError(
            f"{study.path}: there is nothing to compute: give citations, trade, or both. Of "
            f"[tables.{given}] alone, ask spillgraph {name}, or add a section [{name}]."
        )
    for capability, options in wanted:
        lack = "" if study.has_flows or not capability.of_networks else _NO_NETWORK
        if lack := lack or capability.missing(study):
            raise StudyError(f"{capability.name} cannot be computed of {study.path}: {lack}.")
        capability.refuse(study, options)

    def look(staged: dict[str, Staged], economy: Economy) -> None:
        for capability, options in wanted:
            capability.check(Checked(study, staged, economy), options)

    return look


@dataclass(frozen=True, slots=True)
class Answer:
    """What a capability has found in a run.

    Parameters
    ----------
    capability : Capability
        Who answers.
    value : object
        What its ``compute`` returned.
    unasked : bool
        Whether nobody asked for it but every run; its figures are then on the page alone.
    """

    capability: Capability
    value: Any
    unasked: bool = False

    @property
    def tables(self) -> Tables:
        """Its tables by the name of their file."""
        return self.capability.tables(self.value)
