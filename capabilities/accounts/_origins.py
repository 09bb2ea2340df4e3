"""From which countries the inputs of every sector come, where sectors have countries."""

from __future__ import annotations

import pandas as pd

from ...analytics.accounts import imports_by_source
from ...runs.capability import Context
from ...runs.networks import YearNetworks
from ._trade import countries_of, lacking

__all__ = ["by_user_country", "origins_of"]


def origins_of(context: Context, year: YearNetworks) -> tuple[pd.DataFrame, pd.Series] | None:
    """Return inputs of every sector by country of origin, and the countries of the sectors.

    Parameters
    ----------
    context : Context
        The run.
    year : YearNetworks
        The report year.

    Returns
    -------
    pandas.DataFrame indexed by code and origin, and pandas.Series; or None
        ``intermediate_inputs`` in money, ``input_share`` in % of all inputs of the sector. Nothing
        where there is one country, or the list of industries does not say all.
    """
    study, Z = context.result.study, year.trade
    if Z is None or not study.has("industries"):
        return None
    rows, labels = context.rows("industries"), context.result.economy.labels
    country = countries_of(rows, study.about.target, labels)
    if lack := lacking(country):
        if country.notna().any() and country.isna().any():  # of one country there is no origin
            context.warn(f"{year.year}: inputs by country of origin are left out: {lack}")
        return None
    wide = imports_by_source(Z, country).by_country.rename_axis(index="code", columns="origin")
    inputs = wide.sum(axis=1)
    share = 100.0 * wide.div(inputs.where(inputs != 0), axis=0)
    amounts = {"intermediate_inputs": wide.stack(), "input_share": share.stack(future_stack=True)}
    return pd.DataFrame(amounts).reindex(amounts["intermediate_inputs"].index), country


def by_user_country(origins: pd.DataFrame, country: pd.Series) -> pd.DataFrame:
    """Return inputs in money by country of the users (rows) and of origin (columns).

    Parameters
    ----------
    origins : pandas.DataFrame, indexed by code and origin
        As :func:`origins_of` returns it.
    country : pandas.Series, indexed by code
        Countries of the sectors.

    Examples
    --------
    >>> index = pd.MultiIndex.from_product([["a", "b"], ["A", "B"]], names=["code", "origin"])
    >>> origins = pd.DataFrame({"intermediate_inputs": [3.0, 1.0, 2.0, 5.0]}, index)
    >>> by_user_country(origins, pd.Series({"a": "A", "b": "B"})).to_numpy().tolist()
    [[3.0, 1.0], [2.0, 5.0]]
    """
    wide = origins["intermediate_inputs"].unstack("origin")
    order = list(dict.fromkeys(country))
    sums: pd.DataFrame = wide.groupby(country.reindex(wide.index).to_numpy()).sum()
    return sums.reindex(index=order, columns=order)
