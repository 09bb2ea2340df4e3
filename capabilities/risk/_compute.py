"""ESRI of firms, and what it says of industries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from ...analytics.firms import carriers, input_classes, most_systemic, systemic_risk
from ...core.errors import InputError, StudyError
from ...graph.schema import UNMAPPED
from ...ingest.economy import Economy
from ...ingest.study import Study
from ...runs.capability import Checked, Context, Options
from ._trade import Trade, read_trade

__all__ = ["DIRECTIONS", "Risk", "RiskOptions", "check", "compute", "missing", "refuse"]

#: What a failure costs, and what of it goes one way alone.
DIRECTIONS = ("both", "downstream", "upstream")
_TABLE = "essential_inputs"


class RiskOptions(Options):
    """Keys of ``[risk]``, and options of ``spillgraph risk``."""

    year: int | None = Field(None, description="Year of the deliveries; default: the last.")
    inputs: Literal["auto", "table", "linear", "leontief"] = Field(
        "auto", description="Which inputs are essential: as a table says, none, or all."
    )
    market: Literal["industry", "none"] = Field(
        "industry", description="Whether other firms of its industry can replace a supplier."
    )
    revenue: Literal["auto", "deliveries", "sector"] = Field(
        "auto", description="All that a firm sells: what links show, or scaled to output."
    )
    tolerance: float = Field(
        0.01, ge=0.0, lt=1.0, description="A cascade ends where no firm changes by more."
    )
    top: int = Field(100, ge=1, description="How many firms risk.json names.")
    cascades: int = Field(
        20_000, ge=1, description="With more firms, only the highest are sought, with so many."
    )


@dataclass(frozen=True, slots=True)
class Risk:
    """Whose failure would be felt.

    Parameters
    ----------
    trade : Trade
        Deliveries and firms.
    firms : pandas.DataFrame, shape (M, 9), indexed by ``firm``; the highest first
        ``firm_name``, ``industry``, ``sector``, ``deliveries`` (money); ``both``, ``downstream``,
        ``upstream``, shares of all deliveries; ``steps``, ``change``. All firms, or the highest.
    industries : pandas.DataFrame, indexed by ``code``
        Of the sectors that have firms: ``firms``, ``carrier`` (of the highest ``both``), ``both``,
        ``downstream``, ``upstream`` (the largest of a firm), ``deliveries``, and of these ``hhi``,
        ``make_half`` and ``top_share``.
    inputs : str
        ``table``, ``linear`` or ``leontief``.
    revenue : str
        ``deliveries`` or ``sector``.
    options : RiskOptions
        What was asked.
    certified : bool
        Whether no other firm can be among the highest.
    bound : float
        The most that a firm which is not in ``firms`` can have; 0 where all are.
    """

    trade: Trade
    firms: pd.DataFrame
    industries: pd.DataFrame
    inputs: str
    revenue: str
    options: RiskOptions
    certified: bool
    bound: float

    @property
    def whole(self) -> bool:
        """Whether every firm has a cascade of its own."""
        return len(self.firms) == len(self.trade.firms)


def missing(study: Study) -> str:
    """Return what a study lacks.

    Parameters
    ----------
    study : Study
        The study.
    """
    needed = (
        "it needs [tables.trade_links], what firms deliver to firms, and the industries of these "
        "in [tables.firms]"
    )
    return "" if study.has("trade_links") else needed


def refuse(study: Study, options: RiskOptions) -> None:
    """Refuse classes from a table that is not there.

    Parameters
    ----------
    study : Study
        The study.
    options : RiskOptions
        What is asked.
    """
    if options.inputs == "table" and not study.has(_TABLE):
        raise StudyError(
            f'[risk] inputs = "table" needs [tables.{_TABLE}] (columns user, supplier, class); add '
            'it, or say "linear" or "leontief".'
        )


def check(checked: Checked, options: RiskOptions) -> None:
    """Refuse classes of unknown name or industry.

    Parameters
    ----------
    checked : Checked
        The tables.
    options : RiskOptions
        What is asked.
    """
    if _inputs(checked.study, options) == "table":
        _classes(checked.rows(_TABLE), _codes(checked.economy, checked.study.fine_of_firms))


def compute(context: Context, options: RiskOptions) -> Risk:
    """Run the cascades of all firms, or find the highest where there are too many.

    Parameters
    ----------
    context : Context
        The run.
    options : RiskOptions
        What is asked.
    """
    with context.steps.step("risk"):
        trade = read_trade(context, options.year)
        study, economy = context.result.study, context.result.economy
        inputs = _inputs(study, options)
        classes: Any = inputs
        if inputs == "table":
            classes = _classes(context.rows(_TABLE), _codes(economy, study.fine_of_firms))
        sells = _revenue(context, trade, options.revenue)
        given: dict[str, Any] = {
            "market": "industry" if options.market == "industry" else None,
            "revenue": sells,
            "tolerance": options.tolerance,
        }
        network = trade.deliveries, trade.firms["industry"], classes
        certified, bound = True, 0.0
        if len(trade.firms) <= options.cascades:
            found = systemic_risk(*network, **given)
        else:
            k = min(options.top, len(trade.firms))
            top = most_systemic(*network, k=k, cascades=options.cascades, **given)
            found, certified, bound = top.table, top.certified, top.bound
            if not certified:
                context.warn(
                    f"risk: whether these are the highest {k:,} of {len(trade.firms):,} firms is "
                    f"not proved: others may have up to {bound:.4g}. Raise cascades under [risk]."
                )
        firms = trade.firms.loc[found.index].join(found)
        firms = firms.sort_values("both", ascending=False, kind="stable").rename_axis("firm")
        industries = _industries(trade, firms, economy.labels)
        revenue = "deliveries" if sells is None else "sector"
        return Risk(trade, firms, industries, inputs, revenue, options, certified, bound)


def _inputs(study: Study, options: RiskOptions) -> str:
    if options.inputs != "auto":
        return options.inputs
    return "table" if study.has(_TABLE) else "linear"


def _codes(economy: Economy, classification: str) -> list[str]:
    """Return the industries of firms, listed and met."""
    every = economy.industries
    own = every[(every["classification"] == classification) & (every["code"] != UNMAPPED)]
    return list(own["code"])


def _classes(rows: pd.DataFrame, codes: list[str]) -> Any:
    """Return the classes of inputs: a pair that is named beats * for one end, and that for both."""
    general = 2 * (rows["user"] == "*").astype(int) + (rows["supplier"] == "*").astype(int)
    ordered = rows.iloc[np.argsort(-general.to_numpy(), kind="stable")]
    return input_classes(ordered, codes)


def _revenue(context: Context, trade: Trade, wanted: str) -> pd.Series[float] | None:
    """Return what firms sell in all, if they sell to others as much as their sector does."""
    output = context.result.economy.output
    known = output is not None and trade.year in output.index.unique("year")
    if wanted == "deliveries" or (wanted == "auto" and not known):
        return None
    if output is None or not known:
        raise InputError(
            f'[risk] revenue = "sector" needs the gross output of sectors in {trade.year}; give it '
            'in [tables.io_output], or say revenue = "deliveries".'
        )
    gross = output["gross_output"].xs(trade.year, level="year")
    firms = trade.firms
    sold = firms.groupby("sector")["deliveries"].sum()
    factor = (gross.reindex(sold.index) / sold.where(sold > 0)).clip(lower=1.0).fillna(1.0)
    return firms["deliveries"] * firms["sector"].map(factor).fillna(1.0)


def _industries(trade: Trade, firms: pd.DataFrame, labels: list[str]) -> pd.DataFrame:
    """Return of each sector with firms the one that carries it, and how few make its deliveries."""
    rows = {}
    risky = dict(list(firms.groupby("sector", sort=False)))
    members = dict(list(trade.firms.groupby("sector", sort=False)))
    for code in labels:
        if code not in members:
            continue
        sales = members[code]["deliveries"]
        known = risky.get(code, firms.iloc[:0])
        spread = carriers(sales, dict.fromkeys(sales.index, code), code, k=1).concentration
        rows[code] = {
            "firms": len(sales),
            "carrier": known.index[0] if len(known) else "",
            **{name: known[name].max() if len(known) else np.nan for name in DIRECTIONS},
            "deliveries": spread["total"].iloc[0],
            **{name: spread[name].iloc[0] for name in ("hhi", "make_half", "top_share")},
        }
    table = pd.DataFrame.from_dict(rows, orient="index")
    return table.rename_axis(index="code")
