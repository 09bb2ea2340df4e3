"""The networks of the last year, on the screen: how dense they are, and how much they carry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...runs.capability import Grid, Shown
from ...runs.networks import YearNetworks

__all__ = ["screen"]


def screen(years: Sequence[YearNetworks], names: Mapping[str, str]) -> list[Shown]:
    """Return what the command shows.

    Parameters
    ----------
    years : sequence of YearNetworks
        The report years, oldest first.
    names : mapping of str to str
        Names of the sectors; none is shown.
    """
    if not years:
        return []
    rows = []
    for name, matrix in years[-1].matrices().items():
        if name in {"W", "S"}:
            links, cells = int((matrix.values.data != 0).sum()), matrix.shape[0] * matrix.shape[1]
            mean = matrix.sum() / matrix.shape[0]
            rows.append(
                [name, f"{matrix.shape[0]:,}", f"{links:,}", f"{links / cells:.1%}", f"{mean:.4f}"]
            )
    heads = ("network", "sectors", "links", "of all possible", "mean row sum")
    return [Grid(f"The networks in {years[-1].year}", heads, rows)] if rows else []
