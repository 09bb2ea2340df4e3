"""Why accounts do not add up: each usual mistake is undone in turn, and the misfit looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..linalg._labels import Vector, require_kind
from ._check import Accounts, gaps, missed_share

__all__ = [
    "BROKEN",
    "DOUBTFUL",
    "HALF",
    "Cause",
    "balance",
    "find_cause",
    "find_oddity",
    "fits",
    "lacks_payments",
]

#: Misfits, as shares of gross output. From the first on, or where the median sector is off by HALF,
#: a reader is told; from the second on a cause is looked for that proves itself; below the last a
#: mended table fits.
DOUBTFUL, BROKEN, HALF, FITS = 0.01, 0.20, 0.5, 0.01
# Accounts of sectors with less of gross output than this are those of a part.
CHECKED = 0.9
# A mended table that does not fit is still the likely cause where it fits so much better.
BETTER = 3.0
# What misses all of output even so explains nothing.
ALL = 1.0
# A smaller misfit is explained beyond doubt where next to nothing of it is left.
EXACTLY = 0.02
# Two mistakes at once must explain twice as much as one.
SIMPLER = 2.0
# 10^-9 … 10^9: single units to thousand millions.
POWERS = tuple(k for k in range(-9, 10) if k)
# A total holds so much of all flows: half of them, and less where it is one of several.
LARGE = 0.25
# A part that is scaled down to less than this share of output has been explained away.
FELT = 0.02
# Shares of output in place of flows: as they are, or in per cent.
WHOLES = (1.0, 100.0)
# What rounding of printed shares leaves of their sum.
PRINTED = 2e-3
#: Columns that share a unit.
_UNITS = {
    "flows": ("inputs", "sales"),
    "gross_output": ("gross_output",),
    "value_added": ("value_added",),
    "final_demand": ("final_demand",),
    "imports": ("imports",),
}


@dataclass(frozen=True, slots=True)
class Cause:
    """A mistake that explains a misfit.

    Parameters
    ----------
    kind : str
        ``exchanged`` (supplier and user; without imports it looks the same as the next),
        ``margins`` (value added and final demand exchanged), ``unit``, ``shares`` (of output, in
        place of flows), ``buyers`` (final demand among the users), ``total`` (among the sectors)
        or ``imports`` (among the flows already).
    what : str
        Of a unit what has it: ``flows``, ``gross_output``, ...; of a total its label; of buyers
        theirs, parted by ``|``.
    factor : float
        What that has to be multiplied by; of shares 1, or 0.01 of per cent.
    exchanged : bool
        Whether supplier and user are exchanged, too.
    misfits : (float, float)
        Those of the two identities when the mistake is undone; NaN where one cannot be checked.
    proven : bool
        The table misses a fifth of output, and less than a hundredth with the mistake undone; or
        a twentieth, of which less than a fiftieth, and not a fifth of output, is left.
    """

    kind: str
    what: str
    factor: float
    exchanged: bool
    misfits: tuple[float, float]
    proven: bool


def fits(accounts: Accounts) -> bool:
    """Whether the accounts fit to 1% of output, and to half of it in the median sector.

    What cannot be checked fits.

    Parameters
    ----------
    accounts : Accounts
        Accounts of one year.

    Examples
    --------
    >>> from spillgraph.analytics.accounts._check import check_accounts
    >>> from spillgraph.analytics.steel_and_cars import Z, output
    >>> fits(check_accounts(Z, output.assign(value_added=[50, 99])))
    True
    """
    sides = (accounts.paid, accounts.sold)
    return not any(identity.misfit > DOUBTFUL or identity.median > HALF for identity in sides)


def balance(accounts: Accounts) -> bool | None:
    """Whether the accounts balance; None where those that fit are those of a part of the economy.

    Parameters
    ----------
    accounts : Accounts
        Accounts of one year.

    Returns
    -------
    bool or None
        None where sectors with less than 90% of gross output can be checked, or none can.

    Examples
    --------
    >>> from spillgraph.analytics.accounts._check import check_accounts
    >>> from spillgraph.analytics.steel_and_cars import Z, output
    >>> only_steel = output[["gross_output"]].assign(value_added=[50, float("nan")])
    >>> accounts = check_accounts(Z, only_steel)
    >>> fits(accounts), round(accounts.coverage, 4), balance(accounts)
    (True, 0.3333, None)
    """
    if not fits(accounts):
        return False
    return True if accounts.coverage >= CHECKED else None


def find_cause(accounts: Accounts) -> Cause | None:
    """Find the one mistake that, undone, makes the accounts fit best.

    Parameters
    ----------
    accounts : Accounts
        Accounts of one year that do not add up.

    Returns
    -------
    Cause or None
        None where nothing makes them fit three times as well, or to less than all of output.

    Examples
    --------
    >>> from spillgraph.analytics.accounts._check import check_accounts
    >>> from spillgraph.analytics.steel_and_cars import Z, output
    >>> cause = find_cause(check_accounts(Z, output / 1000))
    >>> cause.kind, cause.what, cause.factor, cause.proven
    ('unit', 'flows', 0.001, True)
    """
    require_kind(accounts, Accounts, "accounts")
    # Amounts may be as large as numbers get; what is beyond fits nothing.
    with np.errstate(over="ignore", invalid="ignore"):
        return _best_correction(accounts)


def _best_correction(accounts: Accounts) -> Cause | None:
    before = accounts.misfit
    best, least = None, min(before / BETTER, ALL)
    for kind, what, factor, exchanged, columns in _corrections(accounts):
        paid, sold = (missed_share(columns["gross_output"], gap) for gap in gaps(columns))
        after = _larger_misfit(paid, sold)
        ranked = after * (SIMPLER if exchanged and kind != "exchanged" else 1.0)
        # Ties go to the first: of two explanations the earlier is the simpler.
        if ranked < least - 1e-12:
            plain = before > BROKEN and after < FITS
            exact = before > BROKEN / 4 and after < min(before * EXACTLY, BROKEN)
            proven = (plain or exact) and kind not in {"total", "imports"}
            best, least = Cause(kind, what, factor, exchanged, (paid, sold), proven), ranked
    return best


def _larger_misfit(paid: float, sold: float) -> float:
    return max((misfit for misfit in (paid, sold) if not np.isnan(misfit)), default=float("inf"))


_Columns = dict[str, Vector]
_Correction = tuple[str, str, float, bool, _Columns]


def _corrections(accounts: Accounts) -> Iterator[_Correction]:
    """Yield the columns with each usual mistake undone, the simple ones first."""
    table: _Columns = {str(k): v.to_numpy(dtype=np.float64) for k, v in accounts.table.items()}
    turned = {**table, "inputs": table["sales"], "sales": table["inputs"]}
    yield "exchanged", "", 1.0, True, turned
    yield from _drop_buyers(accounts, table)
    crossed = {**table, "value_added": table["final_demand"], "final_demand": table["value_added"]}
    yield "margins", "", 1.0, False, crossed
    for exchanged, columns in ((False, table), (True, turned)):
        for k in POWERS:
            for what, names in _UNITS.items():
                scaled = {**columns, **{name: columns[name] * 10.0**k for name in names}}
                size = FELT * np.nansum(np.abs(scaled["gross_output"]))
                if all(np.nansum(np.abs(scaled[name])) > size for name in names):
                    yield "unit", what, 10.0**k, exchanged, scaled
    yield from _flows_of_shares(accounts, table)
    if not np.isnan(table["imports"]).all():
        yield "imports", "imports", 1.0, False, {**table, "imports": table["imports"] * np.nan}
    yield from _drop_totals(accounts, table)


def _flows_of_shares(accounts: Accounts, table: _Columns) -> Iterator[_Correction]:
    """Yield the columns for flows that are shares of the user's output."""
    values, index = accounts.flows.values, accounts.table.index
    x = np.nan_to_num(table["gross_output"])
    rows = pd.Series(x, index).reindex(list(accounts.flows.rows)).to_numpy()
    columns = pd.Series(x, index).reindex(list(accounts.flows.columns)).to_numpy()
    bought = pd.Series(values.T @ rows, list(accounts.flows.columns)).reindex(index, fill_value=0.0)
    sold = pd.Series(values @ columns, list(accounts.flows.rows)).reindex(index, fill_value=0.0)
    for whole in WHOLES:
        inputs, sales = table["inputs"] * x / whole, table["sales"] * x / whole
        straight = {**table, "inputs": inputs, "sales": bought.to_numpy() / whole}
        turned = {**table, "inputs": sales, "sales": sold.to_numpy() / whole}
        yield "shares", "flows", 1.0 / whole, False, straight
        yield "shares", "flows", 1.0 / whole, True, turned


def _drop_buyers(accounts: Accounts, table: _Columns) -> Iterator[_Correction]:
    """Yield the columns without those who only buy: households and investors are final demand."""
    Z, index = accounts.flows, accounts.table.index
    nothing = (np.nan_to_num(table["gross_output"]) == 0) & (table["sales"] == 0)
    buyers = [str(label) for label in index[nothing & (table["inputs"] != 0)]]
    if not buyers or len(buyers) == len(index):
        return
    places = [Z.rows.index(label) for label in buyers]
    sold = pd.Series(np.asarray(Z.values[places, :].sum(axis=0)).ravel(), list(Z.columns))
    rest = {**table, "sales": table["sales"] - sold.reindex(index, fill_value=0.0).to_numpy()}
    dropped = index.isin(buyers)
    yield "buyers", "|".join(buyers), 1.0, False, {k: v[~dropped] for k, v in rest.items()}


def _drop_totals(accounts: Accounts, table: _Columns) -> Iterator[_Correction]:
    """Yield the columns without each sector that holds a large part of all flows, or of output."""
    Z, index = accounts.flows, accounts.table.index
    whole = float(abs(Z.values).sum()) or 1.0
    large = np.maximum(table["inputs"], table["sales"]) > LARGE * whole
    x = np.nan_to_num(table["gross_output"])
    large |= (x > LARGE * np.abs(x).sum()) & ~index.isin(Z.rows)
    for place in map(int, np.flatnonzero(large) if len(index) > 2 else ()):
        label = str(index[place])
        if label not in Z.rows:  # a total of output that the flows do not have
            yield "total", label, 1.0, False, {k: np.delete(v, place) for k, v in table.items()}
            continue
        i, j = Z.rows.index(label), Z.columns.index(label)
        bought = pd.Series(Z.values[:, [j]].toarray()[:, 0], list(Z.rows)).reindex(index)
        sold = pd.Series(Z.values[[i], :].toarray()[0], list(Z.columns)).reindex(index)
        rest = {
            **table,
            "inputs": table["inputs"] - bought.fillna(0.0).to_numpy(),
            "sales": table["sales"] - sold.fillna(0.0).to_numpy(),
        }
        yield "total", label, 1.0, False, {k: np.delete(v, place) for k, v in rest.items()}


def lacks_payments(accounts: Accounts) -> bool:
    """Whether output exceeds inputs and value added nearly everywhere, and falls short nowhere.

    Then a payment is missing from the tables: imported inputs beside domestic flows, or taxes.

    Parameters
    ----------
    accounts : Accounts
        Accounts of one year.

    Examples
    --------
    >>> from spillgraph.analytics.accounts._check import check_accounts
    >>> from spillgraph.analytics.steel_and_cars import Z, output
    >>> lacks_payments(check_accounts(Z, output.assign(value_added=[40, 80])))
    True
    """
    gap = accounts.paid.gap.dropna()
    x = accounts.table["gross_output"].reindex(gap.index)
    gap, x = gap[x > 0], x[x > 0]
    if gap.empty or accounts.table["imports"].notna().any() or accounts.paid.misfit <= FITS:
        return False
    missing = gap / x
    nearly_everywhere = (missing > 0.005).mean() >= 0.8
    nowhere = -gap[missing < -0.005].sum() <= 0.005 * x.sum()
    return bool(nearly_everywhere and nowhere and missing.min() > -0.05)


def find_oddity(accounts: Accounts) -> str:
    """Say what is odd about flows and output alone, where nothing else is known.

    Parameters
    ----------
    accounts : Accounts
        Accounts of one year.

    Returns
    -------
    str
        ``excess``: most sectors buy more than they make; ``all``: the inputs are all of the
        output in most; ``shares``: the inputs of every sector are 1, or 100; ``tiny``: inputs are
        below a thousandth of output in most; else nothing.

    Examples
    --------
    >>> from spillgraph.analytics.accounts._check import check_accounts
    >>> from spillgraph.analytics.steel_and_cars import Z, output
    >>> find_oddity(check_accounts(Z, output[["gross_output"]] / 100))
    'excess'
    """
    table = accounts.table[accounts.table["gross_output"] > 0]
    inputs = table["inputs"].to_numpy()
    share = inputs / table["gross_output"].to_numpy()
    bought = inputs[inputs > 0]
    if not bought.size:
        return ""
    if np.mean(np.abs(share - 1.0) <= 1e-6) > 0.5:
        return "all"
    if len(bought) > 2 and any(np.abs(bought / whole - 1.0).max() <= PRINTED for whole in WHOLES):
        return "shares"
    if np.mean(share > 1.0) > 0.5:
        return "excess"
    return "tiny" if np.median(share) < 1e-3 else ""
