"""The files of growth: by year and sector, means by sector, by source, the aggregate, trends."""

from __future__ import annotations

import pandas as pd

from ...analytics.growth import COEFFICIENTS
from ...analytics.spillovers import EXACT
from ...runs.capability import Tables
from ._compute import Growth

__all__ = ["by_sector", "by_year", "tables"]


def tables(found: Growth) -> Tables:
    """Return everything in log points a year.

    Parameters
    ----------
    found : Growth
        What was computed.
    """
    parts = {"growth": found.account.dlny} | {n: getattr(found.account, n) for n in EXACT}
    long = pd.concat({name: panel.stack() for name, panel in parts.items()}, axis=1)
    files = {"panel": long.rename_axis(index=["year", "code"]), "sectors": by_sector(found)}
    if found.sources is not None:
        files["sources"] = found.sources.to_frame().rename_axis(index="receiver", columns=None)
    if found.aggregate is not None:
        files["aggregate"] = by_year(found)
        cells = found.aggregate.cells.mean().unstack("channel")[list(EXACT)]
        cells = cells.reindex(found.account.own.columns).rename_axis(index="code", columns=None)
        files["contributions"] = pd.concat([cells.sum(axis=1).rename("growth"), cells], axis=1)
    if found.trend is not None:
        files["trend"] = _trend(found)
    return files


def by_sector(found: Growth) -> pd.DataFrame:
    """Return means over the years, by sector.

    Parameters
    ----------
    found : Growth
        What was computed.

    Returns
    -------
    DataFrame, index = code
        ``growth`` is the sum of ``own``, ``production``, ``innovation`` and ``interaction``, of
        which the last three are ``spillover``; where output is known beside tfp ``misfit`` and
        its ``root_mean_square``, ``largest`` and ``correlation``.
    """
    each = found.account
    panels = {"growth": each.dlny, **{name: getattr(each, name) for name in EXACT}}
    means = {name: panel.mean() for name, panel in panels.items()}
    table = pd.DataFrame(means | {"spillover": each.spillover.mean()})
    if found.misfit is not None:
        table = table.join(found.misfit.summary.rename(columns={"mean": "misfit"}))
    return table.rename_axis(index="code")


def by_year(found: Growth) -> pd.DataFrame:
    """Return the growth of the aggregate and its parts, by year.

    Parameters
    ----------
    found : Growth
        What was computed, with an aggregate.
    """
    assert found.aggregate is not None
    parts = found.aggregate.by_channel.rename_axis(columns=None)
    return pd.concat([found.aggregate.growth, parts], axis=1)


def _trend(found: Growth) -> pd.DataFrame:
    """Return Γ1, Γ2, δ1, δ2 with errors, and the share of the variance of g that they fit."""
    trend, g = found.trend, found.account.own
    assert trend is not None
    table = pd.DataFrame({name: getattr(trend, name) for name in COEFFICIENTS})
    table = table.join(trend.se.add_prefix("se_"))
    varied = ((g - g.mean()) ** 2).sum()
    table["fitted"] = 1.0 - (trend.residual**2).sum() / varied.where(varied > 0)
    return table.rename_axis(index="code")
