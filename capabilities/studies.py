"""Study files with the sections of all capabilities, and what is asked of which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ..core.errors import InputError
from ..ingest.study import Study, load_study, wrap_sections
from ..ingest.study_model import Graph, explain
from ..runs.capability import Asked, Capability, Options
from ..runs.steps import Steps
from . import QUESTIONS, load

__all__ = ["asked_of", "meaning_of", "read_study"]


def read_study(path: Path, graph: str | None = None, steps: Steps | None = None) -> Study:
    """Read a study file that may have a section for each capability.

    Parameters
    ----------
    path : Path
        The study file.
    graph : {"firms", "industries", "nothing"}, optional
        What takes the place of ``[graph] keep``.
    steps : Steps, optional
        Shows how objects are brought from a store.

    Raises
    ------
    StudyError
        As :func:`~spillgraph.ingest.study.load_study` does.
    """
    sections = {name: load(name).options for name in QUESTIONS}
    study = load_study(path, sections, lambda: (steps or Steps()).step("fetch"))
    if graph is None:
        return study
    try:
        return replace(
            study, graph=Graph.model_validate({**study.graph.model_dump(), "keep": graph})
        )
    except ValidationError:
        raise InputError(
            f"graph = {graph!r}: say firms, industries or nothing; see [graph] of the study file."
        ) from None


def asked_of(study: Study, more: Mapping[str, Mapping[str, Any]] | None = None) -> list[Asked]:
    """Return every capability in the order of the page, and what is asked of it.

    It is asked by its section of the study, beside it, or in every run.

    Parameters
    ----------
    study : Study
        The study.
    more : mapping of str to mapping, optional
        By capability, keys that take the place of those of its section; an empty one asks all the
        same.
    """
    more = more or {}
    asked = []
    for name in QUESTIONS:
        capability, options, unasked = load(name), None, False
        always = capability.always and study.has_flows
        if name in study.sections or name in more or always:
            section = study.sections.get(name)
            unasked = section is None and name not in more
            values = (section or capability.options()).model_dump()
            values |= capability.plain if unasked else {}
            options = _options(capability, values | dict(more.get(name, {})))
        asked.append(Asked(capability, options, unasked))
    return asked


def meaning_of(name: str, column: str) -> str:
    """Say what a column of a capability's tables is, or nothing where its name does.

    Parameters
    ----------
    name : str
        A folder of a run; that of a capability is called as it is.
    column : str
        The column; ``TABLE.column`` asks what that table alone means by it.
    """
    return load(name).meaning(column) if name in QUESTIONS else ""


def _options(capability: Capability, values: Mapping[str, Any]) -> Options:
    """Check options as those of a study file are."""
    model = {capability.name: capability.options}
    try:
        whole = wrap_sections(model)[capability.name].model_validate({capability.name: values})
    except ValidationError as error:
        raise InputError(explain(error, model)) from None
    options: Options = getattr(whole, capability.name)
    return options
