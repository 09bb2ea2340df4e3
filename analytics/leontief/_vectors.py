"""All vectors of the accounts at once, from one factorisation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ...core.labelled import MatrixLike
from ...core.matrix import LabelledMatrix
from ..linalg._labels import Vector, by_label
from ..linalg._leakage import row_leaks
from ..linalg._operands import check_production
from ..linalg._resolvent import Resolvent, choose_method
from ._extraction import lose_each
from ._influence import leave
from ._multipliers import link
from ._positions import downstreamness, upstreamness

__all__ = ["VECTORS", "industry_vectors"]

#: The columns of :func:`industry_vectors`.
VECTORS = (
    "output_multiplier",
    "ghosh_multiplier",
    "backward_linkage",
    "forward_linkage",
    "upstreamness",
    "downstreamness",
    "extraction_loss",
    "influence",
    "domar",
)


def industry_vectors(
    S: MatrixLike,
    output: Any,
    final_demand: Any = None,
    value_added: Any = None,
    *,
    exports: Any = None,
    imports: Any = None,
    inventories: Any = None,
) -> pd.DataFrame:
    """All that the accounts say of each industry in a year.

    One factorisation of I − S serves all columns; each is what the function of its name gives.

    Parameters
    ----------
    S : LabelledMatrix, shape (N, N)
        Production shares of gross output, [user, supplier].
    output : pandas.Series, length N
        Gross output x, in money.
    final_demand : pandas.Series, length N, optional
        Final demand of each industry's product, in the same money. Default: what of output is not
        sold as an input, :func:`derive_final_demand`.
    value_added : pandas.Series, length N, optional
        Value added, in the same money; with it ``downstreamness`` takes imports and taxes to be
        like the rest of the cost.
    exports, imports, inventories : pandas.Series, length N, optional
        As in :func:`upstreamness`, which alone uses them.

    Returns
    -------
    pandas.DataFrame, N rows indexed by ``label``
        Columns as in :data:`VECTORS`. ``attrs["final_demand"]`` is ``given``, ``derived``, or
        ``derived, net of imports`` where some of it is negative. ``domar`` is NaN where final
        demand does not sum to a positive number. ``influence`` spreads consumption evenly over
        industries with output; those without have none of the linkages, nor of the means in them.

    Raises
    ------
    InputError, ClosedClassError
        As the functions that the columns are called by.

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import S, output
    >>> table = industry_vectors(S, output["gross_output"])
    >>> table.loc["steel"].mul(18).round(6).to_dict()["extraction_loss"], table.attrs
    (900.0, {'final_demand': 'derived'})
    >>> table["domar"].mul(3).round(9).to_dict()
    {'steel': 2.0, 'cars': 4.0}
    """
    S = check_production(S)
    x = by_label(output, S.rows, "output")
    f, origin = _final_demand(S, x, final_demand)
    U = Resolvent(S.values, choose_method(len(x)))
    links = link(U, x, S.rows)
    made, count, demand = U.solve(f, transposed=True), len(x), float(f.sum())
    open_economy = any(values is not None for values in (exports, imports, inventories))
    ahead, behind = links["total_forward"], links["total_backward"]
    if open_economy:
        ahead = upstreamness(S, output, exports, imports, inventories)
    if value_added is not None:
        behind = downstreamness(S, output, value_added)
    producing = (x > 0).astype(np.float64)
    consumers = U.solve(producing / max(producing.sum(), 1.0), transposed=True)
    columns = {
        "output_multiplier": links["total_backward"],
        "ghosh_multiplier": links["total_forward"],
        "backward_linkage": links["backward_linkage"],
        "forward_linkage": links["forward_linkage"],
        "upstreamness": ahead,
        "downstreamness": behind,
        "extraction_loss": lose_each(U, made),
        "influence": row_leaks(S) * consumers,
        "domar": made / demand if demand > 0 else np.full(count, np.nan),
    }
    table = pd.DataFrame(columns, index=pd.Index(S.rows, name="label"))
    table.attrs["final_demand"] = origin
    return table


def _final_demand(S: LabelledMatrix, x: Vector, final_demand: Any) -> tuple[Vector, str]:
    """Return final demand in the order of the sectors, and where it came from."""
    if final_demand is not None:
        return by_label(final_demand, S.rows, "final_demand"), "given"
    f = leave(S, x)
    return f, "derived, net of imports" if (f < 0).any() else "derived"
