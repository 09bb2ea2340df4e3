"""Ellison and Glaeser's dartboard: industries alone, in pairs and in groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ...core.errors import InputError, nearest, show
from ...core.labels import text_labels
from ...core.matrix import LabelledMatrix
from ..linalg._labels import Vector
from ._areas import AreaTable, area_shares, read_areas

__all__ = ["ellison_glaeser", "ellison_glaeser_group", "ellison_glaeser_kerr"]

#: What the two sides of a pair are; the index is symmetric.
SIDES = ("industry", "other")


def ellison_glaeser(
    area: Any, industry: Any, weights: Any = None, size: Any = None
) -> pd.DataFrame:
    """Measure how agglomerated each industry is beyond chance and the size of its plants.

    γ_j = (G_j / (1 − Σ_m x_m²) − H_j) / (1 − H_j), with G_j = Σ_m (s_mj − x_m)², s_mj the share of
    area m in industry j's employment, x_m its share in all employment, and H_j = Σ_k z_kj² the
    Herfindahl index of the industry's plants. If plants fall on areas as darts of their size on a
    board whose fields are x, E(γ_j) = 0.

    Parameters
    ----------
    area, industry : sequence of label, length n
        Of each plant.
    weights : sequence of float, length n, optional
        Employment of each plant. Default: 1.
    size : pandas.Series or mapping, length M, optional
        Size of each area, for x. Default: its employment in all plants that are given.

    Returns
    -------
    pandas.DataFrame, index ``industry``
        ``gamma``; ``G``; ``herfindahl`` H; ``plants`` with employees; ``employment``;
        ``expected_G`` (1 − Σ x²) H and ``sd_G``, mean and standard deviation of G if γ were 0;
        ``z`` = (G − expected_G) / sd_G. γ is NaN for an industry of one plant (H = 1), and all
        numbers are for one without employees.

    Raises
    ------
    InputError
        If lengths differ, a label is missing, a weight is negative or missing, areas of ``size``
        differ, or only one area has employment.

    References
    ----------
    Ellison & Glaeser (1997), *Journal of Political Economy* 105, 889–927, equation (5). The
    variance of G is 2 {H² [Σx² − 2Σx³ + (Σx²)²] − Σ_k z_k⁴ [Σx² − 4Σx³ + 3(Σx²)²]}.

    Examples
    --------
    >>> area = ["north", "north", "south", "south", "south"]
    >>> industry = ["cars", "cars", "steel", "steel", "steel"]
    >>> found = ellison_glaeser(area, industry, [30, 30, 10, 20, 10])
    >>> found["gamma"].round(4).to_dict(), found.loc["cars", "herfindahl"]
    ({'cars': 0.3333, 'steel': 1.8}, np.float64(0.5))
    """
    table = read_areas(area, industry, weights)
    E = table.employment
    x = area_shares(table, size, E.sum(axis=1))
    G, H, spread = _concentration(table, x), table.herfindahl, 1 - (x**2).sum()
    cubes, fourth = (x**3).sum(), _fourth_powers(table)
    squares = 1 - spread
    variance = 2 * (
        H**2 * (squares - 2 * cubes + squares**2) - fourth * (squares - 4 * cubes + 3 * squares**2)
    )
    sd = np.sqrt(np.maximum(variance, 0.0))
    beyond = G - spread * H
    J = len(table.industries)
    columns = {
        "gamma": _gamma(G, H, spread),
        "G": G,
        "herfindahl": H,
        "plants": np.bincount(table.industry, table.weights > 0, J).astype(int),
        "employment": E.sum(axis=0),
        "expected_G": spread * H,
        "sd_G": sd,
        "z": np.divide(beyond, sd, out=np.full(J, np.nan), where=sd > 0),
    }
    return pd.DataFrame(columns, pd.Index(table.industries, name="industry"))


def ellison_glaeser_kerr(
    area: Any, industry: Any, weights: Any = None, size: Any = None
) -> LabelledMatrix:
    """Measure the coagglomeration of all pairs of industries.

    γ_jk = Σ_m (s_mj − x_m)(s_mk − x_m) / (1 − Σ_m x_m²), where s_mj is the share of area m in the
    employment of industry j and x_m the size of the area: the mean of s_mj over all industries. It
    is the index of Ellison and Glaeser (1997) for groups of two.

    Parameters
    ----------
    area, industry, weights
        As in :func:`ellison_glaeser`.
    size : pandas.Series or mapping, length M, optional
        Size of each area, for x; for instance its total employment, as in Ellison and Glaeser
        (1997). Default: the mean of the industries' shares.

    Returns
    -------
    LabelledMatrix, shape (J, J)
        Symmetric, axes ``industry`` and ``other``. An industry has no coagglomeration with itself,
        so the diagonal is 0; its own agglomeration is that of :func:`ellison_glaeser`. Industries
        without employees are left out.

    Raises
    ------
    InputError
        As :func:`ellison_glaeser`; if fewer than two industries have employees.

    References
    ----------
    Ellison, Glaeser & Kerr (2010), *American Economic Review* 100, 1195–1213, equation (1), and
    their Mathematical Appendix (2009).

    Examples
    --------
    >>> area = ["north", "south", "north", "south", "north", "south"]
    >>> industry = ["cars", "cars", "glass", "glass", "steel", "steel"]
    >>> found = ellison_glaeser_kerr(area, industry, [9, 1, 9, 1, 1, 9])
    >>> found.to_frame().round(4).loc["cars"].to_dict()
    {'cars': 0.0, 'glass': 0.3062, 'steel': -0.6124}
    """
    table = read_areas(area, industry, weights)
    s = table.shares
    there = np.isfinite(s[0])
    if np.count_nonzero(there) < 2:
        raise InputError(
            f"industry: two industries with employees are needed, got {np.count_nonzero(there)}."
        )
    s = s[:, there]
    x = area_shares(table, size, s.mean(axis=1))
    labels = [label for label, known in zip(table.industries, there, strict=True) if known]
    gamma = _pairs(s, x)
    np.fill_diagonal(gamma, 0.0)
    return LabelledMatrix.build("EGK", gamma, labels, unit="index", axes=SIDES)


def ellison_glaeser_group(
    area: Any, industry: Any, weights: Any = None, size: Any = None, *, group: Sequence[Any]
) -> float:
    """Measure the coagglomeration of a group of industries.

    γᶜ = [G / (1 − Σ_m x_m²) − H − Σ_j w_j² γ_j (1 − H_j)] / (1 − Σ_j w_j²), where w_j is the share
    of industry j in the group's employment, G = Σ_m (s_m − x_m)² that of the group as a whole,
    H = Σ_j w_j² H_j the Herfindahl index of its plants, and γ_j as in :func:`ellison_glaeser`. What
    is left is what industries have in common: γᶜ is exactly the mean of the pairs' γ_jk
    (:func:`ellison_glaeser_kerr` with the same sizes), weighted by w_j w_k.

    Parameters
    ----------
    area, industry, weights, size
        As in :func:`ellison_glaeser`: x is of all employment by default.
    group : sequence of label
        Two industries or more.

    Returns
    -------
    float

    Raises
    ------
    InputError
        As :func:`ellison_glaeser`; if an industry of the group is not known, is named twice or has
        no employees, or the group has fewer than two.

    References
    ----------
    Ellison & Glaeser (1997), *Journal of Political Economy* 105, 889–927. The R package REAT
    3.0.3 (``ellison.c``) sums shares where the paper weights them, and gives another number.

    Examples
    --------
    >>> area = ["north", "south", "north", "south", "north", "south"]
    >>> industry = ["cars", "cars", "glass", "glass", "steel", "steel"]
    >>> employment = [9, 1, 9, 1, 1, 9]
    >>> round(ellison_glaeser_group(area, industry, employment, group=["cars", "glass"]), 4)
    0.3062
    """
    table = read_areas(area, industry, weights)
    E = table.employment
    x = area_shares(table, size, E.sum(axis=1))
    of = _places(table, group)
    w = E[:, of].sum(axis=0) / E[:, of].sum()
    if not (w > 0).all():
        odd = table.industries[of[int(w.argmin())]]
        raise InputError(f"group: industry {show(odd)} has no employees; leave it out.")
    spread = 1 - (x**2).sum()
    H = table.herfindahl[of]
    G = ((E[:, of].sum(axis=1) / E[:, of].sum() - x) ** 2).sum()
    # γ_j (1 − H_j), which is defined for an industry of one plant, too.
    own = _concentration(table, x)[of] / spread - H
    return float((G / spread - (w**2 * H).sum() - (w**2 * own).sum()) / (1 - (w**2).sum()))


def _concentration(table: AreaTable, x: Vector) -> Vector:
    """Return G of each industry."""
    G: Vector = ((table.shares - x[:, np.newaxis]) ** 2).sum(axis=0)
    return G


def _gamma(G: Vector, H: Vector, spread: float) -> Vector:
    # Of one plant nothing can be said; a Herfindahl index of 1 may be off by rounding.
    several = H < 1 - 1e-12
    gamma: Vector = np.divide(G / spread - H, 1 - H, out=np.full(len(G), np.nan), where=several)
    return gamma


def _fourth_powers(table: AreaTable) -> Vector:
    """Return Σ_k z_k⁴ of each industry's plants."""
    J = len(table.industries)
    total = np.bincount(table.industry, table.weights, J)
    powers = np.bincount(table.industry, table.weights**4, J)
    z: Vector = np.divide(powers, total**4, out=np.full(J, np.nan), where=total > 0)
    return z


def _pairs(s: Vector, x: Vector) -> Vector:
    away = s - x[:, np.newaxis]
    gamma: Vector = away.T @ away / (1 - (x**2).sum())
    return gamma


def _places(table: AreaTable, group: Sequence[Any]) -> list[int]:
    """Return the places of the industries of a group."""
    if isinstance(group, str):
        raise InputError(f"group: a list of industries is needed, got the text {show(group)}.")
    labels = text_labels(group, "group")
    for label in labels:
        if label not in table.industries:
            raise InputError(
                f"group: there is no plant of industry {show(label)}. "
                f"{nearest(label, table.industries)}"
            )
    if len(labels) < 2:
        raise InputError(f"group: at least two industries are needed, got {len(labels)}.")
    return [table.industries.index(label) for label in labels]
