"""The figures of a run as files for papers, in the formats that the study asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ..reports.kit import Page
from ..reports.plates import fonts_wanted, has_plates, write_plates
from .capability import Answer
from .steps import Steps

__all__ = ["write_figures"]


def write_figures(
    page: Page, answers: Mapping[str, Answer], folder: Path, formats: Sequence[str], steps: Steps
) -> tuple[dict[str, list[str]], list[str]]:
    """Write what each capability shows of its figures into its folder.

    Parameters
    ----------
    page : Page
        The page of the run.
    answers : mapping of str to Answer
        What was asked, by name.
    folder : Path
        Of the run.
    formats : sequence of str
        Of the files.
    steps : Steps
        Shows progress.

    Returns
    -------
    dict of str to list of str
        By capability, the places of its files.
    list of str
        What is doubtful of them.
    """
    wanted: dict[str, tuple[str, Page]] = {}
    for name, answer in answers.items():
        if answer.unasked:
            continue
        whole = answer.capability.figures
        wide = [s.id for s in page.sections if s.id not in answers] if whole else []
        sections = [s for s in page.sections if has_plates(s) and s.id in (name, *wide)]
        if sections and formats:
            wanted[name] = whole or name, replace(page, sections=tuple(sections))
    if not wanted:
        return {}, []
    places: dict[str, list[str]] = {}
    with steps.step("figures") as progress:
        for number, (name, (place, part)) in enumerate(wanted.items()):
            progress(name, number / len(wanted))
            paths = write_plates(part, folder / place, formats)
            places[name] = [f"{place}/{path.name}" for path in paths]
    return places, fonts_wanted(page.setting.labels.values(), formats)
