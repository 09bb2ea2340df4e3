"""What a capability is: a question, what it needs, and what its answer looks like.

A capability is a folder of :mod:`spillgraph.capabilities` that gives one value of
:class:`Capability`; the command line, the record of a run and the page follow from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import pandas as pd
from pydantic import BaseModel, ConfigDict

from ..graph.store import GraphStore
from ..ingest.study import Study
from ..reports.kit import Section
from .result import Result
from .steps import Steps

__all__ = ["Answer", "Capability", "Context", "Options", "Tables"]

#: Tables by the name of their file.
Tables: TypeAlias = "Mapping[str, pd.DataFrame]"


class Options(BaseModel):
    """Keys of a capability's section of the study file."""

    model_config = ConfigDict(extra="forbid", frozen=True)


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
    """

    result: Result
    store: GraphStore
    steps: Steps

    @property
    def names(self) -> Mapping[str, str]:
        """Names of the sectors, by code."""
        return self.result.economy.names

    def rows(self, table: str) -> pd.DataFrame:
        """Return the accepted rows of an input table, with our column names."""
        return pd.read_parquet(self.result.staged[table].path)


@dataclass(frozen=True, slots=True)
class Capability:
    """One thing that a run can be asked.

    Parameters
    ----------
    name : str
        The command, the section of the study file, the folder of its files and its place on the
        page.
    question : str
        One sentence.
    options : type of Options
        Keys of its section of the study file.
    missing : callable
        Takes the study; returns what it lacks, as a sentence, or nothing.
    compute : callable
        Takes a :class:`Context` and the options; returns numbers.
    section : callable
        Takes what was computed and the names of the sectors; returns what the page shows.
    tables : callable
        Takes what was computed; returns tables by the name of their file.
    meanings : mapping of str to str
        What the columns of its tables are, with their unit; a column without one goes by its name.
    """

    name: str
    question: str
    options: type[Options]
    missing: Callable[[Study], str]
    compute: Callable[[Context, Any], Any]
    section: Callable[[Any, Mapping[str, str]], Section]
    tables: Callable[[Any], Tables]
    meanings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a capability has found in a run.

    Parameters
    ----------
    capability : Capability
        Who answers.
    found : object
        What its ``compute`` returned.
    """

    capability: Capability
    found: Any

    @property
    def tables(self) -> Tables:
        """Its tables by the name of their file."""
        return self.capability.tables(self.found)

    def section(self, names: Mapping[str, str]) -> Section:
        """Return what the page shows of it."""
        return self.capability.section(self.found, names)
