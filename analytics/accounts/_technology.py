"""From make and use tables to symmetric ones: models A to D of the handbooks.

Each is one transformation T, industries by products: V make, q and g output of products and
industries without scrap.

========  =====================================  ====================  ===============
model     assumption                             T                     table
========  =====================================  ====================  ===============
A         product (commodity) technology         (V')⁻¹ q̂              U T, products
B         industry technology                    ĝ⁻¹ V                 U T, products
C         fixed industry sales structure         ĝ (V')⁻¹              T U, industries
D         fixed product sales structure          V q̂⁻¹                 T U, industries
========  =====================================  ====================  ===============
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from ...core.errors import InputError, nearest, show
from ...core.matrix import LabelledMatrix
from ..linalg._labels import Vector, require_kind
from ._inverse_make import solve_make
from ._make_and_use import MakeAndUse, require_output

__all__ = ["MODELS", "Model", "TechnologyTable", "find_model", "technology_table"]

#: What rounding leaves of a sum that is 0, as a share of the largest entry.
ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Model:
    """One way from make and use tables to a symmetric table.

    Parameters
    ----------
    letter : str
        ``A`` to ``D``, as in the handbooks of Eurostat and the United Nations.
    name : str
        The assumption in words.
    of : {"product", "industry"}
        What the rows and columns of the table are.
    inverts : bool
        Whether the make table is inverted: as many products as industries are needed, and entries
        may become negative.
    """

    letter: str
    name: str
    of: str
    inverts: bool


#: The four models by letter.
MODELS = {
    "A": Model("A", "product technology", "product", True),
    "B": Model("B", "industry technology", "product", False),
    "C": Model("C", "fixed industry sales structure", "industry", True),
    "D": Model("D", "fixed product sales structure", "industry", False),
}
_NAMES = {model.name: model for model in MODELS.values()} | {"commodity technology": MODELS["A"]}


@dataclass(frozen=True, slots=True)
class TechnologyTable:
    """A symmetric table that follows from make and use tables.

    Parameters
    ----------
    model : Model
        The assumption it rests on.
    Z : LabelledMatrix, shape (n, n)
        What user i (row) bought from supplier j (column), in the tables' money;
        :func:`~spillgraph.analytics.production_shares` takes it with ``gross_output``.
    gross_output : pandas.Series, length n
        Output of each product or industry.
    final_uses : pandas.DataFrame, shape (n, F)
        Deliveries to final users; with the sales to others they are the gross output.
    value_added : pandas.DataFrame, shape (K, n)
        Value-added rows.
    imports : pandas.Series, length n
        Inputs that no industry makes.
    scrap : pandas.Series, length n
        Payments for scrap less what the treatment of scrap adds to other inputs. With ``Z``,
        value added and imports it is what each sector pays.
    negatives : pandas.DataFrame
        Every flow below 0, the largest first: ``supplier``, ``user``, ``value``. None is set to 0.
    negative_before : int
        How many cells of the make and use tables were negative before.
    """

    model: Model
    Z: LabelledMatrix
    gross_output: pd.Series[float]
    final_uses: pd.DataFrame
    value_added: pd.DataFrame
    imports: pd.Series[float]
    scrap: pd.Series[float]
    negatives: pd.DataFrame
    negative_before: int


def find_model(model: str) -> Model:
    """Return a model by its letter or its name.

    Parameters
    ----------
    model : str
        ``A`` to ``D``, or the assumption; ``commodity technology`` is A.

    Returns
    -------
    Model

    Raises
    ------
    InputError
        If there is no such model.

    Examples
    --------
    >>> find_model("D").name, find_model("commodity technology").letter
    ('fixed product sales structure', 'A')
    """
    found = MODELS.get(str(model)) or _NAMES.get(str(model))
    if found is None:
        valid = [*MODELS, *_NAMES]
        raise InputError(f"model {show(model)}: there is no such model. {nearest(model, valid)}")
    return found


def technology_table(tables: MakeAndUse, model: str = "D") -> TechnologyTable:
    """Derive a symmetric table from make and use tables, by one of the models A to D.

    A: a product has the same inputs wherever it is made (product × product). B: an industry has
    the same inputs whatever it makes (product × product). C: an industry's sales go to the same
    users whatever it sells (industry × industry). D: a product's sales go to the same users
    wherever it is made (industry × industry; BEA's industry technology assumption with its
    market shares, what :func:`~spillgraph.analytics.industry_technology` gives).

    Parameters
    ----------
    tables : MakeAndUse
        Checked tables, see :func:`make_and_use`.
    model : str
        Letter or name.

    Returns
    -------
    TechnologyTable
        A and C may have negative flows: all are kept, named and counted in ``negatives``. Scrap
        is treated as BEA does: nobody makes it on purpose, so its use induces no output, and the
        other output of an industry is scaled by g/(g − h).

    Raises
    ------
    InputError
        If a product has no market shares, an industry makes nothing but scrap, or A or C has
        another number of products than of industries or a make table without an inverse.

    References
    ----------
    Eurostat (2008), *Manual of Supply, Use and Input–Output Tables*, ch. 11, p. 349. United
    Nations (2018), *Handbook on Supply and Use Tables and Input–Output Tables*, ch. 12. Miller &
    Blair (2009), *Input–Output Analysis*, 2nd ed., §5.3–5.5.

    Examples
    --------
    >>> from spillgraph.analytics import make_and_use
    >>> make = pd.DataFrame({"steel": [90.0, 0], "cars": [10.0, 200]}, index=["steel", "cars"])
    >>> use = pd.DataFrame(
    ...     {"steel": [20.0, 21, 59], "cars": [30.0, 84, 86], "final": [40.0, 105, 0]},
    ...     index=["steel", "cars", "wages"],
    ... )
    >>> tables = make_and_use(make, use, industries=["steel", "cars"],
    ...                       value_added_rows=["wages"], final_columns=["final"])
    >>> technology_table(tables, "D").Z.to_frame().round(9).to_numpy().tolist()
    [[21.0, 20.0], [34.0, 80.0]]
    >>> technology_table(tables, "A").Z.to_frame().round(9).to_numpy().tolist()
    [[18.5, 16.8], [31.5, 88.2]]
    """
    require_kind(tables, MakeAndUse, "make and use tables")
    kind = find_model(model)
    goods, q = require_output(tables), tables.commodity_output.to_numpy()
    g, U = tables.gross_output.to_numpy(), tables.use.to_numpy()
    V, Y = sparse.csr_array(tables.make.to_numpy()), tables.final_uses.to_numpy()
    if kind.of == "product":
        scrap_bought = (tables.scrap_used - tables.scrap_made).to_numpy()
        paid = [tables.value_added.to_numpy(), tables.imports.to_numpy(), scrap_bought]
        rows = np.vstack([U, *(np.atleast_2d(part) for part in paid)])
        if kind.inverts:
            moved = solve_make(tables.make, rows.T, transposed=False).T * q
        else:
            moved = (rows / goods) @ V
        flows, value_added = moved[: len(q)], moved[len(q) : -2]
        imports, scrap, output, final = moved[-2], moved[-1], tables.commodity_output, Y
    else:
        columns = np.hstack([U, Y])
        if kind.inverts:
            moved = g[:, None] * solve_make(tables.make, columns, transposed=True)
        else:
            moved = (g / goods)[:, None] * (V @ (columns / q[:, None]))
        flows, final = moved[:, : len(g)], moved[:, len(g) :]
        value_added, output = tables.value_added.to_numpy(), tables.gross_output
        imports = tables.imports.to_numpy()
        scrap = tables.scrap_used.to_numpy() + U.sum(axis=0) - flows.sum(axis=0)
    index = pd.Index(output.index, name=kind.of)
    return TechnologyTable(
        kind,
        LabelledMatrix.build("Z", flows.T, list(index), provenance={"model": kind.letter}),
        output.set_axis(index).rename("gross_output"),
        pd.DataFrame(final, index, tables.final_uses.columns),
        pd.DataFrame(value_added, tables.value_added.index, index),
        pd.Series(imports, index, name="imports"),
        pd.Series(scrap, index, name="scrap"),
        find_negatives(flows, index),
        int((U < 0).sum() + (tables.make.to_numpy() < 0).sum()),
    )


def find_negatives(flows: Vector, index: pd.Index) -> pd.DataFrame:
    """List the flows below 0, beyond rounding, the largest first.

    Parameters
    ----------
    flows : ndarray, shape (n, n)
        As printed: suppliers by users.
    index : pandas.Index, length n
        Labels of both sides.

    Returns
    -------
    pandas.DataFrame
        ``supplier``, ``user``, ``value``.

    Examples
    --------
    >>> find_negatives(np.array([[5.0, -2], [0, 1]]), pd.Index(["steel", "cars"])).values.tolist()
    [['steel', 'cars', -2.0]]
    """
    below = flows < -ROUNDING * np.abs(flows).max(initial=0.0)
    i, j = np.nonzero(below)
    order = np.argsort(flows[i, j], kind="stable")
    i, j = i[order], j[order]
    return pd.DataFrame({"supplier": index[i], "user": index[j], "value": flows[i, j]})
