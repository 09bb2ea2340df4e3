"""Who delivers to whom, and where firms belong, as the graph and the study have it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ...core.errors import InputError
from ...core.matrix import LabelledMatrix
from ...core.words import counted, verb
from ...graph.schema import UNMAPPED
from ...runs.capability import Context
from ...runs.firms import ask_firms, industry_of_firms, sectors_of

__all__ = ["Trade", "read_trade"]


@dataclass(frozen=True, slots=True)
class Trade:
    """Deliveries of a year between firms that have an industry.

    Parameters
    ----------
    year : int
        Of the deliveries.
    deliveries : LabelledMatrix, shape (N, N)
        [buyer, supplier], in the study's money; no firm supplies itself.
    firms : pandas.DataFrame, shape (N, 4), indexed by ``firm``
        ``firm_name``, ``industry`` (as the register has it), ``sector`` (of the target; empty
        where none is known), ``deliveries`` to other firms.
    """

    year: int
    deliveries: LabelledMatrix
    firms: pd.DataFrame


def read_trade(context: Context, wanted: int | None) -> Trade:
    """Read the deliveries of one year from the graph.

    Parameters
    ----------
    context : Context
        The run.
    wanted : int or None
        The year; none: the last that has deliveries.

    Returns
    -------
    Trade

    Raises
    ------
    InputError
        If there are no deliveries in the year, firms deliver to themselves alone, or none has an
        industry.
    """
    year = _year(context, wanted)
    rows = ask_firms(context.store, context.result, "deliveries_between_firms", {"year": year})
    rows = rows[rows["value"] > 0]
    if rows.empty:
        raise InputError(
            f"risk: in {year} every delivery is of a firm to itself, and no failure spreads by "
            "those; look at supplier and buyer of [tables.trade_links], or name another year under "
            "[risk]."
        )
    known = industry_of_firms(context.store, context.result)
    known = known[known != UNMAPPED]
    inside = rows["supplier"].isin(known.index) & rows["buyer"].isin(known.index)
    kept = rows[inside]
    if kept.empty:
        raise InputError(
            f"risk: none of {len(rows):,} deliveries in {year} is between two firms that have an "
            "industry; give the column industry of [tables.firms]."
        )
    if len(kept) < len(rows):
        lost = rows.loc[~inside, "value"].sum() / rows["value"].sum()
        out = len(rows) - len(kept)
        nowhere = set(rows["supplier"]).union(rows["buyer"]) - set(known.index)
        context.warn(
            f"risk: {counted(len(nowhere), 'firm has', 'firms have')} no industry; {out:,} of "
            f"{len(rows):,} deliveries in {year} ({lost:.2%} of the value) "
            f"{verb(out, 'is', 'are')} left out."
        )
    labels = sorted(set(kept["supplier"]).union(kept["buyer"]))
    deliveries = LabelledMatrix.from_long(
        "deliveries", kept["buyer"], kept["supplier"], kept["value"], labels
    )
    industry = known.reindex(labels)
    names = context.rows("firms").set_index("id")["name"].reindex(labels).fillna("")
    sold = kept.groupby("supplier")["value"].sum().reindex(labels).fillna(0.0)
    firms = pd.DataFrame(
        {
            "firm_name": names.astype(str),
            "industry": industry,
            "sector": industry.map(sectors_of(context.result)).fillna(""),
            "deliveries": sold,
        },
        index=pd.Index(labels, name="firm"),
    )
    return Trade(year, deliveries, firms)


def _year(context: Context, wanted: int | None) -> int:
    """Return the year that is asked for, or the last, where it has deliveries."""
    totals = ask_firms(context.store, context.result, "total_firm_trade")
    years = sorted(int(year) for year in totals.loc[totals["total"] > 0, "year"].unique())
    if not years:
        raise InputError("risk: no firm delivers to another; look at [tables.trade_links].")
    if wanted is not None and wanted not in years:
        raise InputError(
            f"[risk] year = {wanted}: firms deliver in {', '.join(map(str, years))}; name one of "
            "these years."
        )
    return years[-1] if wanted is None else wanted
