"""The networks of a run, which it has made already."""

from __future__ import annotations

from ...runs.capability import Context, Options
from ...runs.networks import YearNetworks

__all__ = ["compute"]


def compute(context: Context, options: Options) -> list[YearNetworks]:
    """Return the networks of every report year.

    Parameters
    ----------
    context : Context
        The run.
    options : Options
        There are none.

    Returns
    -------
    list of YearNetworks
        Oldest year first.
    """
    return context.result.years
