"""What is made of a published table on wish: balanced, domestic, symmetric by a model."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ...analytics.accounts import MODELS, TechnologyTable, technology_table
from ...core.errors import InputError, nearest, show
from .audit import audit, require_adds_up
from .domestic import domestic_use
from .frames import known_scrap, naming, require_make_use, tables_of
from .gras import balanced
from .table import COLUMNS, PublishedTable

__all__ = ["derive"]

#: So many negative flows are named.
NAMED = 3


def derive(
    table: PublishedTable,
    *,
    balance: bool = False,
    domestic: bool = False,
    import_matrix: str | Path | None = None,
    import_columns: Collection[str] = (),
    export_columns: Collection[str] = (),
    model: str | None = None,
    scrap: Collection[str] = (),
    totals: str = "stop",
) -> PublishedTable:
    """Balance a published table, take imports out of its uses, or choose a model for it.

    Steps come in this order, each only where it is asked for, and ``notes`` say what they did. The
    table as it was printed stays in ``printed``.

    Parameters
    ----------
    table : PublishedTable
        Of :func:`read_published`.
    balance : bool
        Change the cells as little as possible (GRAS) until rows and columns of sectors add up to
        output, and commodities to what is supplied.
    domestic : bool
        Take imports out of the uses: they become one row of payments. From ``import_matrix``, or
        in proportion to all uses at home.
    import_matrix : str or Path, optional
        A file of imports by commodity and user; it asks for ``domestic``.
    import_columns, export_columns : collection of str
        Columns of imports and exports, where their names do not say it; they ask for ``domestic``.
    model : {"A", "B", "C", "D"}, optional
        How make and use become symmetric; default is D, industry technology.
    scrap : collection of str
        Commodities that are scrap.
    totals : str
        As in :func:`write_study`: what contradicts itself is not derived from.

    Returns
    -------
    PublishedTable
        A and B are symmetric tables of products; C and D keep make and use, of which the study
        makes S.

    Raises
    ------
    InputError
        If the table is symmetric and a make and a use table are needed, or a step is not possible:
        the message names the first line that stands against it.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from .formats import read_published
    >>> files = {"make_2017.csv": "make,steel,cars\\nsteel,90,10\\ncars,0,200\\n", "use_2017.csv":
    ...     "use,steel,cars,homes\\nsteel,20,30,40\\ncars,21,84,105\\nwages,59,86,0\\n"}
    >>> with TemporaryDirectory() as folder:
    ...     for name, text in files.items():
    ...         _ = Path(folder, name).write_text(text)
    ...     table = read_published(folder, "supply-use")
    >>> products = derive(table, model="A")
    >>> print(products, products.notes[-1])
    PublishedTable(supply-use, 2017, 2 sectors, symmetric, money units) model A: product \
technology, product by product, 2 of them; no flow is negative
    >>> products.flows["value"].round(9).tolist()
    [18.5, 31.5, 16.8, 88.2]
    """
    if model is not None and model not in MODELS:
        raise InputError(f"model {show(model)}: there is no such model. {nearest(model, MODELS)}")
    domestic = domestic or bool(import_matrix or import_columns or export_columns)
    if not (balance or domestic or model):
        return table
    if model or domestic:
        require_make_use(table, "--model" if model else "--domestic")
    if totals == "stop":
        require_adds_up(audit(table))
    found = balanced(table) if balance else table
    if domestic:
        found = domestic_use(found, import_matrix, scrap, import_columns, export_columns, totals)
    if model:
        found = _of_model(found, model, scrap)
    return replace(found, printed=table)


def _of_model(table: PublishedTable, model: str, scrap: Collection[str]) -> PublishedTable:
    """Return a table with its model; one of products is derived here, others by the study."""
    with naming(table):
        found = technology_table(tables_of(table, scrap), model)
    kind = found.model
    notes = [
        *table.notes,
        f"model {kind.letter}: {kind.name}, {kind.of} by {kind.of}, {len(found.Z.rows):,} of them; "
        f"{_negative(found)}",
    ]
    if kind.of == "industry":
        return replace(table, model=model, notes=tuple(notes))
    left = known_scrap(table, scrap)
    if left:
        notes.append(
            f"scrap ({', '.join(left)}) is no product of the table: what is paid for it, less what "
            "is sold of it, is the payment 'scrap'"
        )
    return _products(table, found, tuple(notes))


def _negative(found: TechnologyTable) -> str:
    below = found.negatives
    if below.empty:
        return "no flow is negative"
    cells = found.Z.values.shape[0] ** 2
    named = ", ".join(
        f"{supplier} → {user} {value:,.6g}"
        for supplier, user, value in below.head(NAMED).itertuples(index=False)
    )
    more = f" and {len(below) - NAMED:,} more" if len(below) > NAMED else ""
    whole = float(abs(found.Z.values).sum())
    return (
        f"{len(below):,} of {cells:,} flows are negative, {below['value'].sum():,.6g} in all, "
        f"{-below['value'].sum() / whole:.2%} of all flows, kept: {named}{more}; make and use had "
        f"{found.negative_before:,}"
    )


def _products(
    table: PublishedTable, found: TechnologyTable, notes: tuple[str, ...]
) -> PublishedTable:
    """Return a symmetric table of products as a published one."""
    year, codes = table.year, list(found.Z.rows)
    names = table.commodities.set_index("code").reindex(codes).reset_index()
    below = found.value_added.copy()
    below.loc["scrap"] = found.scrap
    imports = found.imports.to_frame().T.set_axis(["imports"])
    payments = [(part, "value_added") for part, row in below.iterrows() if row.any()]
    payments += [("imports", "imports")] if imports.to_numpy().any() else []
    about = table.final_uses.set_index("use").reindex(found.final_uses.columns)
    uses = about.fillna({"country": "", "kind": about.index.to_series()}).reset_index(names="use")
    demand = _long(found.final_uses, ("supplier", "use"), year).merge(uses, on="use", how="left")
    output = pd.DataFrame({"industry": codes, "year": year, "gross_output": found.gross_output})
    return PublishedTable(
        format=table.format,
        year=year,
        unit=table.unit,
        source=table.source,
        sectors=names[list(COLUMNS["sectors"])].astype("str"),
        flows=_long(found.Z.to_frame().T, ("supplier", "user"), year),
        final_demand=demand[list(COLUMNS["final_demand"])],
        final_uses=uses[list(COLUMNS["final_uses"])].astype("str"),
        payments=pd.DataFrame(payments, columns=list(COLUMNS["payments"])).astype("str"),
        value_added=_long(below, ("part", "industry"), year),
        imports=_long(imports, ("part", "industry"), year),
        output=output.reset_index(drop=True),
        cells=table.cells,
        digit=table.digit,
        notes=notes,
        model=found.model.letter,
        made_of=table,
    )


def _long(matrix: pd.DataFrame, names: tuple[str, str], year: int) -> pd.DataFrame:
    """Return the cells of a matrix that are not 0, a row a cell."""
    values: Any = matrix.to_numpy(float)
    row, column = np.nonzero(values)
    return pd.DataFrame(
        {
            names[0]: np.asarray(matrix.index, dtype=object)[row],
            names[1]: np.asarray(matrix.columns, dtype=object)[column],
            "year": np.full(len(row), year, dtype=np.int64),
            "value": values[row, column],
        }
    )
