"""A deeper look into ψ: other choices behind W, draws and chance."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from ...core.errors import InputError
from ...ingest.study import Study
from ...runs.capability import Context
from ...runs.result import Result
from ._options import PsiOptions
from ._sensitivity import sensitivity
from ._uncertainty import LEAST_DRAWS, LEVEL, YearUncertainty, uncertainty

__all__ = ["Depth", "compute", "refuse"]


@dataclass(frozen=True, slots=True)
class Depth:
    """What is found of ψ beside its sums.

    Parameters
    ----------
    result : Result
        What the run found.
    options : PsiOptions
        What was asked.
    uncertain : dict of int to YearUncertainty
        By report year with ψ; empty without draws.
    sensitivity : dict of int to DataFrame
        By report year with ψ.
    paths : dict of int to DataFrame or None
        Strongest paths by report year, as far as they have been looked for: files and page show
        the same, and at 400 sectors a year takes eight seconds.
    """

    result: Result
    options: PsiOptions
    uncertain: dict[int, YearUncertainty]
    sensitivity: dict[int, pd.DataFrame]
    paths: dict[int, pd.DataFrame | None] = field(default_factory=dict)


def refuse(study: Study, options: PsiOptions) -> None:
    """Refuse, before any work, draws that would not be those of the study's W, or too few.

    Parameters
    ----------
    study : Study
        The study.
    options : PsiOptions
        What is asked.

    Raises
    ------
    InputError
        If there is something to refuse.
    """
    draws = options.draws
    if options.null is not None and not draws:
        raise InputError(
            f"psi: null = {options.null}: nothing is permuted without draws; 999 is usual."
        )
    if draws and draws < LEAST_DRAWS:
        raise InputError(
            f"psi: draws = {draws}: intervals of {LEVEL:.0%} need {LEAST_DRAWS} draws at least; "
            "999 is usual."
        )
    if draws and study.options.normalisation != "row":
        raise InputError(
            'psi: draws: intervals are made for normalisation = "row" alone, the study has '
            f"{study.options.normalisation!r}; leave draws out."
        )
    if draws and study.has("firm_industries"):
        raise InputError(
            "psi: draws: firms are drawn within their industry, and with [tables.firm_industries] "
            "a firm may have several; leave draws out."
        )


def compute(context: Context, options: PsiOptions) -> Depth:
    """Set the sums of ψ against other choices, draws and chance.

    Parameters
    ----------
    context : Context
        The run.
    options : PsiOptions
        What is asked.

    Returns
    -------
    Depth
    """
    store, result, steps = context.store, context.result, context.steps
    variants = sensitivity(store, result, steps)
    uncertain = {}
    if options.draws:
        uncertain = uncertainty(context, draws=options.draws, seed=options.seed, null=options.null)
    return Depth(result, options, uncertain, variants)
