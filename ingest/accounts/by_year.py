"""How flows, output, value added and final demand fit in every year that has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import sparse

from ...analytics.accounts import Accounts, IndustryTechnology, check_accounts, identities
from ...core.matrix import LabelledMatrix
from ...graph.aggregate import Flow
from ..concordance import map_totals
from ..owners.cells import cells_of
from ..study import Study

__all__ = ["accounts_of"]


@np.errstate(over="ignore")
def accounts_of(
    study: Study,
    flows: list[Flow],
    maps: dict[tuple[str, str], pd.DataFrame],
    output: pd.DataFrame | None,
    make_use: Mapping[int, IndustryTechnology] | None = None,
) -> dict[int, Accounts]:
    """Hold the deliveries that S is made of against output, for every year that has both.

    Parameters
    ----------
    study : Study
        The study.
    flows : list of Flow
        What is aggregated.
    maps : dict of (str, str) to DataFrame
        Completed concordances, by classifications.
    output : DataFrame or None, index (year, code)
        Output in the target classification.
    make_use : mapping of int to IndustryTechnology, optional
        What make and use tables come to, by year, where S is made of them.

    Returns
    -------
    dict of int to Accounts
        By year; empty without deliveries or output.
    """
    trade = next((table for table in flows if table.name == "trade"), None)
    if trade is None or output is None:
        return {}
    frame = cells_of(trade)
    assert frame is not None, "deliveries are between firms or industries"
    target, years = study.about.target, set(output.index.get_level_values("year"))
    weights = maps.get((trade.classification, target))
    by_year = {}
    for year, rows in frame.groupby("year", sort=True):
        if year not in years:
            continue
        known = output[output.index.get_level_values("year") == year].droplevel("year")
        mapped = weights if trade.classification != target else None
        accounts = check_accounts(_at_target(rows, mapped), known)
        table = (make_use or {}).get(int(str(year))) if trade.origin == "make_use" else None
        by_year[int(str(year))] = (
            accounts if table is None else _with_scrap(accounts, table.scrap, mapped)
        )
    return by_year


def _with_scrap(
    accounts: Accounts, scrap: pd.Series[float], weights: pd.DataFrame | None
) -> Accounts:
    """Count what is paid for scrap among the inputs: no flow holds it, and output pays it."""
    amounts = scrap.to_frame() if weights is None else map_totals(scrap.to_frame(), weights)
    table = accounts.table.copy()
    table["inputs"] += amounts["scrap"].reindex(table.index).fillna(0.0)
    paid, sold = identities(table)
    return replace(accounts, table=table, paid=paid, sold=sold)


def _at_target(rows: pd.DataFrame, weights: pd.DataFrame | None) -> LabelledMatrix:
    """Sum deliveries to the target classification, the residual included: [user, supplier]."""
    both = pd.concat([rows["receiver"], rows["source"]])
    codes, found = pd.factorize(both, sort=True)
    ends, labels = codes.reshape(2, -1), list(found)
    n = len(labels)
    Z = sparse.csr_array((rows["value"].to_numpy(), (ends[0], ends[1])), shape=(n, n))
    if weights is not None:
        place = {label: i for i, label in enumerate(labels)}
        kept = weights[weights["from"].isin(place)]
        targets = sorted(set(kept["to"]))
        column = {label: j for j, label in enumerate(targets)}
        at = kept["from"].map(place).to_numpy(), kept["to"].map(column).to_numpy()
        B = sparse.csr_array((kept["weight"].to_numpy(), at), shape=(n, len(targets)))
        Z, labels = sparse.csr_array(B.T @ Z @ B), targets
    return LabelledMatrix.build("Z", Z, labels)
