"""From make and use tables to one industry-by-industry table, by industry technology or not.

The Bureau of Economic Analysis' derivation, in its symbols: U use, V make, q commodity output,
g industry output, D market shares, p scrap ratio, W = (I − p̂)⁻¹ D. (That W is a transformation
matrix and has nothing to do with citation shares.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...core.errors import InputError, nearest
from ...core.labels import finite_numbers, require_printed, text_labels
from ..linalg._labels import Vector, require_kind
from ._inverse_make import solve_make

__all__ = ["TECHNOLOGIES", "IndustryTechnology", "industry_technology"]

#: What industry_technology and requirements may assume of secondary output.
TECHNOLOGIES = ("industry", "commodity")


@dataclass(frozen=True, slots=True)
class IndustryTechnology:
    """An industry-by-industry table.

    Parameters
    ----------
    flows : pandas.DataFrame, shape (N, N)
        Z: what user (columns) buys from supplier (rows), in the tables' money. This is the
        printed orientation; transpose it for ``M[receiver, source]``.
    gross_output : pandas.Series, length N
        g: output of each industry, scrap included, in the same money.
    value_added : pandas.Series, length N
        Sum of the value-added rows of each industry.
    final_demand : pandas.Series, length N
        Deliveries of each industry to final users; with the row sum of ``flows`` it is the
        gross output, where make and use balance.
    imports : pandas.Series, length N
        What each industry uses of commodities that no industry makes, noncomparable imports
        above all; in no flow.
    scrap : pandas.Series, length N
        What each industry pays for scrap, less what W adds to its other inputs in its place: with
        it the column sums of ``flows`` are what the use table says that is paid. 0 without scrap.
    dropped : dict of str to float
        Use that no industry supplies and that is therefore in neither table, in money, by
        reason: ``scrap, intermediate``, ``scrap, final``, ``not made, intermediate``, ``not
        made, final``.
    not_made : tuple of str
        Commodities in the use table that no industry makes, such as noncomparable imports.
    final_uses : pandas.DataFrame, shape (N, F)
        Deliveries of each industry to each final user; ``final_demand`` are its row sums.
    """

    flows: pd.DataFrame
    gross_output: pd.Series[float]
    value_added: pd.Series[float]
    final_demand: pd.Series[float]
    imports: pd.Series[float]
    scrap: pd.Series[float]
    dropped: dict[str, float]
    not_made: tuple[str, ...]
    final_uses: pd.DataFrame


def industry_technology(
    make: pd.DataFrame,
    use: pd.DataFrame,
    *,
    industries: Sequence[str],
    scrap: Sequence[str] = (),
    value_added_rows: Sequence[str] = (),
    final_columns: Sequence[str] = (),
    technology: str = "industry",
) -> IndustryTechnology:
    """Combine make and use: Z = W U with W = (I − p̂)⁻¹ D.

    Each industry supplies a commodity in proportion to its share of the commodity's output
    (D), and uses inputs in proportion to its output whatever it makes. Scrap comes out of
    production unasked, so demand for scrap induces none: its rows are dropped, and the other
    output of an industry is scaled up by 1/(1 − p) to make room for it.

    Parameters
    ----------
    make : pandas.DataFrame, shape (N, commodities)
        Output of each industry (rows) by commodity (columns), in money. No missing values.
    use : pandas.DataFrame, shape (commodities and value added, N and final users)
        Use of each commodity (rows) by industry or final user (columns), in the same money.
    industries : sequence of str, length N
        Industries in the order wanted: exactly the rows of ``make``, all columns of ``use``.
    scrap : sequence of str
        Commodities that are scrap.
    value_added_rows : sequence of str
        Rows of ``use`` that are value added and no commodity.
    final_columns : sequence of str
        Columns of ``use`` that are final users: all that are not industries.
    technology : {"industry", "commodity"}
        With ``commodity`` a commodity has the same inputs wherever it is made: W = ĝ (V')⁻¹, for
        as many commodities as industries. Flows may then be negative (model C of
        :func:`~spillgraph.analytics.technology_table`, which lists them).

    Returns
    -------
    IndustryTechnology
        Money in the tables' unit. Negative entries are kept as published (imports are a
        negative final use); ``production_shares`` refuses them where they matter.

    Raises
    ------
    InputError
        If a code is missing, unknown or repeated, a number is missing, a commodity's outputs
        cancel to zero, an industry makes nothing but scrap, or commodity technology meets a make
        table without an inverse.

    References
    ----------
    BEA (1997), *Mathematical Derivation of the Total Requirements Tables for the Input-Output
    Study*, equations (1)–(9). Ouyang & Chang (2011), *Pro-cyclical Aggregate R&D: Timing or
    Propagation?*, equation (A1), for make times use.

    Examples
    --------
    Steel makes a little of what cars sell; abroad sends 5 of something that nobody makes here.

    >>> make = pd.DataFrame({"steel": [90.0, 0], "cars": [10.0, 200]}, index=["steel", "cars"])
    >>> use = pd.DataFrame(
    ...     {"steel": [20.0, 21, 5, 54], "cars": [30.0, 84, 0, 86], "final": [40.0, 105, 0, 0]},
    ...     index=["steel", "cars", "abroad", "wages"],
    ... )
    >>> table = industry_technology(make, use, industries=["steel", "cars"],
    ...                             value_added_rows=["wages"], final_columns=["final"])
    >>> table.flows.round(9).to_numpy().tolist()
    [[21.0, 34.0], [20.0, 80.0]]
    >>> table.final_demand.round(9).to_dict(), table.dropped["not made, intermediate"]
    ({'steel': 45.0, 'cars': 100.0}, 5.0)
    """
    if technology not in TECHNOLOGIES:
        raise InputError(
            f"technology {technology!r}: there is no such assumption. "
            f"{nearest(str(technology), TECHNOLOGIES)}"
        )
    order = [str(code) for code in industries]
    make, use, commodities = _read_tables(make, use, order, scrap, value_added_rows, final_columns)
    goods = make.drop(columns=[code for code in scrap if code in make.columns])
    goods = goods.loc[:, (goods != 0).any(axis=0)]
    W = _transformation(goods, make.sum(axis=1), technology)
    demanded = use.reindex(index=goods.columns, fill_value=0.0)
    flows = W @ demanded[order].to_numpy()
    final = W @ demanded[list(final_columns)].sum(axis=1).to_numpy()
    uses = W @ demanded[list(final_columns)].to_numpy()
    not_made = tuple(c for c in commodities if c not in goods.columns and c not in set(scrap))
    index = pd.Index(order, name="industry")
    paid = use.loc[[c for c in commodities if c not in set(not_made)], order].sum()
    return IndustryTechnology(
        pd.DataFrame(flows, pd.Index(order, name="supplier"), pd.Index(order, name="user")),
        make.sum(axis=1).set_axis(index).rename("gross_output"),
        use.loc[list(value_added_rows), order].sum().set_axis(index).rename("value_added"),
        pd.Series(final, index, name="final_demand"),
        use.loc[list(not_made), order].sum().set_axis(index).rename("imports"),
        pd.Series(paid.to_numpy() - flows.sum(axis=0), index, name="scrap"),
        _sum_dropped(use, order, list(final_columns), scrap, not_made),
        not_made,
        pd.DataFrame(uses, index, pd.Index(list(final_columns), name="use")),
    )


def _read_tables(
    make: pd.DataFrame,
    use: pd.DataFrame,
    industries: list[str],
    scrap: Sequence[str],
    value_added: Sequence[str],
    final: Sequence[str],
) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """Return both tables, checked, the make table in the order wanted, and the commodities used."""
    make, use = _text_labels(make, "make"), _text_labels(use, "use")
    _require_codes(make, use, industries, value_added, final)
    commodities = [row for row in use.index if row not in set(value_added)]
    unknown = sorted(set(scrap) - set(make.columns) - set(commodities))
    if unknown:
        raise InputError(f"scrap: commodity {unknown[0]!r} is in neither table.")
    return make.loc[industries], use, commodities


def _text_labels(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return a table of finite floats with text labels, each once."""
    require_kind(table, pd.DataFrame, f"{name} table")
    if name == "use":
        require_printed(table, "use table")
    rows = text_labels(table.index, f"{name} table, rows")
    columns = text_labels(table.columns, f"{name} table, columns")
    numbers = finite_numbers(table, rows, columns, f"{name} table")
    return pd.DataFrame(numbers, index=pd.Index(rows), columns=pd.Index(columns))


def _require_codes(
    make: pd.DataFrame,
    use: pd.DataFrame,
    industries: list[str],
    value_added: Sequence[str],
    final: Sequence[str],
) -> None:
    """Refuse codes that are not where they should be, naming one and what may be meant."""
    for what, wanted, valid in (
        ("industry is not a row of the make table", industries, make.index),
        ("industry is not a column of the use table", industries, use.columns),
        ("value-added row is not in the use table", value_added, use.index),
        ("final column is not in the use table", final, use.columns),
        ("row of the make table is not among the industries", make.index, industries),
        (
            "column of the use table is neither an industry nor final",
            use.columns,
            [*industries, *final],
        ),
    ):
        strangers = [code for code in wanted if code not in set(valid)]
        if strangers:
            raise InputError(f"{strangers[0]!r}: this {what}. {nearest(strangers[0], valid)}")
    for what, codes in (("industries", industries), ("final columns", [*industries, *final])):
        if len(set(codes)) < len(codes):
            raise InputError(f"{what}: {pd.Index(codes)[pd.Index(codes).duplicated()][0]!r} twice.")


def _transformation(goods: pd.DataFrame, g: pd.Series[float], technology: str) -> Vector:
    """W, industry × commodity, from the make table without scrap."""
    q = goods.sum(axis=0)
    cancelled = q.index[q == 0]
    if len(cancelled):
        raise InputError(
            f"make table: the outputs of commodity {cancelled[0]!r} cancel to zero, so it has no "
            "market shares; merge it with another commodity."
        )
    product = goods.sum(axis=1)
    only_scrap = product.index[(product == 0) & (g != 0)]
    if len(only_scrap):
        raise InputError(
            f"make table: industry {only_scrap[0]!r} makes nothing but scrap; merge it with "
            "the industry that its scrap comes from."
        )
    if technology == "commodity":
        inverse = solve_make(goods, np.eye(len(goods)), transposed=True)
        return g.to_numpy()[:, None] * inverse
    # 1/(1 − p) = g / (g − h); an industry without output has no row to scale.
    scale = np.divide(g, product, out=np.ones(len(g)), where=product.to_numpy() != 0)
    W: Vector = np.asarray(scale)[:, None] * (goods / q).to_numpy()
    return W


def _sum_dropped(
    use: pd.DataFrame,
    industries: list[str],
    final: list[str],
    scrap: Sequence[str],
    not_made: Sequence[str],
) -> dict[str, float]:
    """Sum the use of what no industry supplies, by reason."""
    reasons = {"scrap": [code for code in scrap if code in use.index], "not made": list(not_made)}
    return {
        f"{reason}, {kind}": float(use.loc[rows, columns].to_numpy().sum())
        for reason, rows in reasons.items()
        for kind, columns in (("intermediate", industries), ("final", final))
    }
