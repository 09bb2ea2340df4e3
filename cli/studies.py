"""Study files with the sections of all capabilities, and which of them are asked."""

from __future__ import annotations

from pathlib import Path

from ..capabilities import QUESTIONS, load
from ..ingest.study import Study, load_study
from ..runs.capability import Capability

__all__ = ["asked_of", "read_study"]


def read_study(path: Path) -> Study:
    """Read a study file that may have a section for each capability.

    Parameters
    ----------
    path : Path
        The study file.
    """
    return load_study(path, {name: load(name).options for name in QUESTIONS})


def asked_of(study: Study, *more: str) -> list[Capability]:
    """Return the capabilities that a study has a section for, and others by name.

    Parameters
    ----------
    study : Study
        The study.
    *more : str
        Names of others.
    """
    return [load(name) for name in QUESTIONS if name in study.sections or name in more]
