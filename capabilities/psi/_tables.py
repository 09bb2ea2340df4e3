"""The tables of ψ: sums, other choices, strong paths and draws, for other programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import sparse

from ...analytics import Elements, loss_percent, strongest_paths
from ...core.matrix import LabelledMatrix
from ...runs.networks import YearNetworks
from ._compute import Depth

__all__ = ["lost", "paths_of", "strong_paths", "tables"]

#: Elements of ψ whose paths are told, and paths of each.
ELEMENTS, PATHS = 20, 5


def tables(depth: Depth) -> dict[str, pd.DataFrame]:
    """Return tables of every report year: sums, other choices, paths, numbers drawn.

    Parameters
    ----------
    depth : Depth
        What was found.
    """
    files = {}
    for year in depth.result.years:
        if year.spillover is None:
            continue
        files[f"sums_{year.year}"] = _sums(year, depth.result.economy.names)
        files[f"sensitivity_{year.year}"] = depth.sensitivity[year.year]
        paths = paths_of(depth, year)
        if paths is not None:
            files[f"paths_{year.year}"] = paths
        uncertain = depth.uncertain.get(year.year)
        if uncertain is None:
            continue
        if uncertain.spreads:
            drawn = [each.table.assign(drawn=each.drawn) for each in uncertain.spreads]
            files[f"intervals_{year.year}"] = pd.concat(drawn)
        if uncertain.null is not None:
            files[f"permuted_{year.year}"] = uncertain.null
    return files


def lost(depth: Depth) -> dict[str, LabelledMatrix]:
    """Return ψ − U of every report year: what each element of ψ would lose with W = 0.

    Parameters
    ----------
    depth : Depth
        What was found.
    """
    return {
        f"loss_{year.year}": _lost(year.parts)
        for year in depth.result.years
        if year.parts is not None
    }


def _sums(year: YearNetworks, names: Mapping[str, str]) -> pd.DataFrame:
    """Return a row a sector: names first, then all sums of ψ."""
    psi = year.spillover
    assert psi is not None and year.innovation is not None and year.production is not None
    table = pd.DataFrame({"name": [names.get(code, "") for code in psi.benefit.index]})
    table.index = psi.benefit.index.rename("code")
    table["benefit"], table["benefit_without_W"] = psi.benefit, psi.benefit_without_W
    table = table.join(psi.modes)
    for name in psi.contribution:
        label = str(name).replace(" ", "_")
        table[f"contribution_{label}"] = psi.contribution[name]
        table[f"contribution_without_W_{label}"] = psi.contribution_without_W[name]
    for name, values in loss_percent(psi).items():
        kind = "benefit" if name == "benefit" else f"contribution_{name}".replace(" ", "_")
        table[f"loss_percent_{kind}"] = values
    table["own_citation_share"] = year.innovation.own
    table["value_added_share"] = year.production.value_added
    table["imports_share"] = year.production.imports
    table["unexplained_share"] = year.production.unexplained
    return table


def paths_of(depth: Depth, year: YearNetworks) -> pd.DataFrame | None:
    """Return the strongest paths of a year, looked for once.

    Parameters
    ----------
    depth : Depth
        What was found; it keeps them.
    year : YearNetworks
        A report year.
    """
    if year.year not in depth.paths:
        depth.paths[year.year] = strong_paths(year)
    return depth.paths[year.year]


def strong_paths(year: YearNetworks) -> pd.DataFrame | None:
    """Return the strongest paths behind the largest spillovers between two sectors.

    Parameters
    ----------
    year : YearNetworks
        A report year.

    Returns
    -------
    DataFrame or None
        For the 20 largest elements of ψ off its diagonal, the 5 strongest walks each, in words:
        ``20 uses 16 cites 12``. None where ψ is not formed, or S has negative entries.
    """
    if year.parts is None or year.innovation is None or year.production is None:
        return None
    if (year.production.S.values.data < 0).any():
        return None
    values = year.parts.psi.values.toarray()
    np.fill_diagonal(values, 0.0)
    labels = year.parts.psi.rows
    largest = np.argsort(-values, axis=None, kind="stable")[:ELEMENTS]
    tables = []
    for i, j in zip(*np.unravel_index(largest, values.shape), strict=True):
        if values[i, j] <= 0:
            break
        strongest = strongest_paths(
            year.production.S,
            year.innovation.W,
            labels[i],
            labels[j],
            PATHS,
            own_leak=year.innovation.leak,
        )
        rows = strongest.paths.assign(
            receiver=strongest.receiver, source=strongest.source, psi=strongest.psi
        )
        rows["path"] = strongest.told
        tables.append(rows)
    columns = ["receiver", "source", "psi", "rank", "path", "strength", "share", "cumulative"]
    return pd.concat(tables)[columns] if tables else pd.DataFrame(columns=columns)


def _lost(parts: Elements) -> LabelledMatrix:
    """Return ψ − U, what each element of ψ would lose with W = 0, in % per %."""
    lost = sparse.csr_array(parts.innovation.values + parts.interaction.values)
    return replace(parts.psi, name="loss", values=lost)
