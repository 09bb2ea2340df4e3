"""Maps of the sites of a few pairs, each with its verdict."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from ...analytics.space import CellOutcome, Coagglomeration, project_sites
from ...reports.kit import Key, SiteMap, Spots
from ...reports.tables import label, show
from ._compute import Coagglomerated
from ._tables import pairs_table

__all__ = ["site_map"]

#: Pairs that have a map.
_PAIRS = 6


def site_map(found: Coagglomerated, every: str) -> SiteMap | None:
    """Return maps of the pairs that are linked in the most regions, each where it is clearest.

    Parameters
    ----------
    found : Coagglomerated
        What was computed.
    every : str
        What to call the year where sites have none.

    Returns
    -------
    SiteMap or None
        ``None`` if no pair is linked.
    """
    series: dict[Key, Spots] = {}
    planes: dict[str, tuple[pd.DataFrame, list[np.ndarray]]] = {}
    for j, k in _chosen(found):
        region = _clearest(found, j, k)
        if region not in planes:
            planes[region] = _on_plane(found, region)
        for cell in found.cells:
            row = _row(cell, j, k) if cell.region == region else None
            if row is not None and cell.found is not None:
                here, outline = planes[region]
                of_year = here if cell.year is None else here[here["year"] == cell.year]
                key = (f"{j} → {k}, {region}", str(cell.year or every))
                series[key] = _spots(found, cell, of_year, row, outline)
    if not series:
        return None
    degrees = found.sites.in_degrees
    plane = (
        "Sites lie on the plane on which their distances are measured, an azimuthal equidistant "
        "projection about the middle of the region; 0 is at their median."
        if degrees
        else "Sites lie on the plane on which their distances are measured."
    )
    return SiteMap(
        "coagglomeration_map",
        "Where the sites of a pair are",
        f"{plane} Pairs that are linked in the most {found.places}, each in the region where it "
        "meets the most thresholds over the years, and of several where both have the most sites.",
        ("km to the east", "km to the north") if degrees else ("x, km", "y, km"),
        series,
        choice="Pair",
    )


def _chosen(found: Coagglomerated) -> list[tuple[str, str]]:
    """Return the first pairs; a pair and its reverse share a map."""
    pairs: list[tuple[str, str]] = []
    for j, k in pairs_table(found)[["j", "k"]].itertuples(index=False):
        if (k, j) not in pairs:
            pairs.append((j, k))
        if len(pairs) == _PAIRS:
            break
    return pairs


def _row(cell: CellOutcome, j: str, k: str) -> pd.Series | None:
    """Return what was found of an ordered pair in a region and year."""
    if cell.found is None:
        return None
    pairs = cell.found.pairs
    rows = pairs[(pairs["j"] == j) & (pairs["k"] == k)]
    return None if rows.empty else rows.iloc[0]


def _clearest(found: Coagglomerated, j: str, k: str) -> str:
    """Return the region where j → k holds most strictly over the years, then by the most sites."""
    clear: dict[str, tuple[int, int]] = {}
    for cell in found.cells:
        row = _row(cell, j, k)
        if row is not None and cell.found is not None and row["phi"]:
            met = sum(_meets(cell.found, row, level) for level in found.thresholds)
            before = clear.get(cell.region, (0, 0))
            clear[cell.region] = (before[0] + met, before[1] + int(min(row["n_j"], row["n_k"])))
    return max(clear, key=lambda region: clear[region])


def _meets(result: Coagglomeration, row: pd.Series, threshold: float) -> bool:
    """Whether j → k is certain at a threshold: so many draws are farther."""
    return bool(_most(result, row) <= 1 - threshold + 1e-12)


def _most(result: Coagglomeration, row: pd.Series) -> float:
    """Return the largest p that is left possible."""
    count = int(row["r_high"]) + (result.ties != "published")
    return count / (result.draws + (result.ties != "published"))


def _on_plane(found: Coagglomerated, region: str) -> tuple[pd.DataFrame, list[np.ndarray]]:
    """Return the sites of a region that have a place, and its outline if known, in km."""
    rows = found.used[found.used["region"] == region]
    outline: list[np.ndarray] = []
    if found.sites.in_degrees:
        about = rows["lat"], rows["lon"]
        xy = project_sites(*about)
        middle = np.nanmedian(xy, axis=0)
        rows = rows.assign(x=xy[:, 0] - middle[0], y=xy[:, 1] - middle[1])
        for ring in found.outlines.get(region, ()):
            outline.append(project_sites(ring[:, 1], ring[:, 0], about) - middle)
    placed: pd.DataFrame = rows.dropna(subset=["x", "y", "industry"])
    return placed, outline


def _spots(
    found: Coagglomerated,
    cell: CellOutcome,
    sites: pd.DataFrame,
    row: pd.Series,
    outline: list[np.ndarray],
) -> Spots:
    result = cell.found
    assert result is not None  # it has the row
    j, k = str(row["j"]), str(row["k"])
    of = sites["industry"]
    groups = {
        "other sites": sites[(of != j) & (of != k)],
        f"j: {j}": sites[of == j],
        f"k: {k}": sites[of == k],
    }
    where = ", ".join([cell.region, *([] if cell.year is None else [str(cell.year)])])
    linked = "" if row["phi"] else "not "
    title = f"{j} → {k}, {where}: {linked}linked, {_p(result, row)}, {_km(row['W'])}"
    return Spots(
        {name: places[["x", "y"]] for name, places in groups.items()},
        title,
        " ".join(_sentences(found, result, row)),
        outline,
    )


def _sentences(found: Coagglomerated, result: Coagglomeration, row: pd.Series) -> Iterator[str]:
    """Say the verdict with the names of both, and that of the other direction."""
    j, k = (label(str(row[end]), found.names) for end in ("j", "k"))
    does = "coagglomerates" if row["phi"] else "does not coagglomerate"
    yield f"{j} {does} with {k}: {_p(result, row)}; the distance between them is {_km(row['W'])}."
    pairs = result.pairs
    back = pairs[(pairs["j"] == row["k"]) & (pairs["k"] == row["j"])].iloc[0]
    yield (
        f"The other way, k → j, {'holds, too' if back['phi'] else 'does not hold'}: "
        f"{_p(result, back)}."
    )


def _p(result: Coagglomeration, row: pd.Series) -> str:
    """Return p, or the bound of it that decided the verdict."""
    if pd.notna(row["p"]):
        return f"p = {row['p']:.3g}"
    if row["phi"]:
        return f"p ≤ {_most(result, row):.3g}"
    least = int(row["r_low"]) + (result.ties != "published")
    return f"p ≥ {least / (result.draws + (result.ties != 'published')):.3g}"


def _km(distance: float) -> str:
    return f"{show(float(distance), 'value')} km"
