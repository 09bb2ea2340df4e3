"""Study files with the sections of all capabilities, and what is asked of which."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..capabilities import QUESTIONS, load
from ..ingest.study import Study, load_study
from ..runs.capability import Asked

__all__ = ["asked_of", "read_study"]


def read_study(path: Path) -> Study:
    """Read a study file that may have a section for each capability.

    Parameters
    ----------
    path : Path
        The study file.
    """
    return load_study(path, {name: load(name).options for name in QUESTIONS})


def asked_of(study: Study, more: Mapping[str, Mapping[str, Any]] | None = None) -> list[Asked]:
    """Return what is asked of capabilities: by the study's sections, and beside them.

    Parameters
    ----------
    study : Study
        The study.
    more : mapping of str to mapping, optional
        By capability, keys that take the place of those of its section; an empty one asks all the
        same.
    """
    more = more or {}
    found = []
    for name in QUESTIONS:
        if name in study.sections or name in more:
            capability = load(name)
            said = study.sections.get(name, capability.options()).model_dump()
            options = capability.options.model_validate(said | dict(more.get(name, {})))
            found.append(Asked(capability, options))
    return found
