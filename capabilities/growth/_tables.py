"""The files of growth: by year and sector, means by sector, by source, the aggregate, trends."""

from __future__ import annotations

import pandas as pd

from ...analytics.growth import COEFFICIENTS
from ...analytics.spillovers import EXACT
from ...core.measures import GROWTH_PARTS
from ...runs.capability import Tables
from ._compute import Growth

__all__ = ["MEANINGS", "meaning", "scores", "tables"]

MEANINGS = {
    name: f"of growth, in log points a year: {what}" for name, what in GROWTH_PARTS.items()
} | {
    "growth": "growth that the shares of the two networks give, in log points a year",
    "spillover": "progress of others: the sum of the three channels, in log points a year",
    "misfit": "growth of output less what the networks give, mean, in log points a year",
    "root_mean_square": "root of the mean square of the misfit, in log points a year",
    "largest": "largest misfit of a year, without its sign, in log points",
    "correlation": "correlation of growth of output with what the networks give, −1 to 1",
    "Gamma1": "constant of the trend of own progress, in log points a year",
    "Gamma2": "slope of the trend of own progress, in log points a year, each year",
    "delta1": "linear term of the trend of the level, Γ1 + Γ2/2, in log points a year",
    "delta2": "quadratic term of the trend of the level, Γ2/2, in log points a year²",
    "fitted": "share of the variance of own progress that the trend explains, 0 to 1",
}


def meaning(column: str) -> str:
    """Return what a column of a table is, or an empty text.

    Parameters
    ----------
    column : str
        Its name.

    Examples
    --------
    >>> meaning("se_Gamma2")
    'standard error of Gamma2 (Newey–West), in its unit'
    """
    of = column.removeprefix("se_")
    if of != column and of in COEFFICIENTS:
        return f"standard error of {of} (Newey–West), in its unit"
    return MEANINGS.get(column, "")


def tables(growth: Growth) -> Tables:
    """Return everything in log points a year.

    Parameters
    ----------
    growth : Growth
        What was computed.
    """
    account = growth.account
    panels = {"growth": account.dlny, **{name: getattr(account, name) for name in EXACT}}
    long = pd.concat({name: panel.stack() for name, panel in panels.items()}, axis=1)
    means = {name: panel.mean() for name, panel in panels.items()}
    sectors = pd.DataFrame(means | {"spillover": account.spillover.mean()}).rename_axis(
        index="code"
    )
    if growth.misfit is not None:
        sectors = sectors.join(growth.misfit.summary.rename(columns={"mean": "misfit"}))
    files = {"panel": long.rename_axis(index=["year", "code"]), "sectors": sectors}
    if growth.sources is not None:
        files["sources"] = growth.sources.to_frame().rename_axis(index="receiver", columns=None)
    if (total := growth.aggregate) is not None:
        files["aggregate"] = total.by_channel.rename_axis(columns=None)
        files["aggregate"].insert(0, "growth", total.growth)
        cells = total.cells.mean().unstack("channel").loc[account.own.columns, list(EXACT)]
        files["contributions"] = cells.rename_axis(index="code", columns=None)
        files["contributions"].insert(0, "growth", cells.sum(axis=1))
    if (trend := growth.trend) is not None:
        table = pd.DataFrame({name: getattr(trend, name) for name in COEFFICIENTS})
        varied = ((account.own - account.own.mean()) ** 2).sum()
        files["trend"] = table.join(trend.se.add_prefix("se_")).rename_axis(index="code")
        files["trend"]["fitted"] = 1.0 - (trend.residual**2).sum() / varied.where(varied > 0)
    return files


def scores(growth: Growth) -> dict[int, pd.DataFrame]:
    """Return what goes back into the graph: the parts of mean growth, with the networks' year.

    Parameters
    ----------
    growth : Growth
        What was computed.
    """
    parts = {f"growth_{name}": getattr(growth.account, name).mean() for name in EXACT}
    return {growth.networks: pd.DataFrame(parts)}
