"""Industry flows leave the store as labelled matrices ``M[receiver, source]``."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import pyarrow as pa

from ..core.matrix import LabelledMatrix
from .ask import ask
from .schema import UNMAPPED
from .store import GraphStore

__all__ = ["citation_stock", "citations_by_year", "flow_at", "residual", "trade_by_year"]


def citation_stock(
    store: GraphStore,
    *,
    classification: str,
    origin: str,
    year: int,
    labels: Sequence[str],
    self_citations: bool,
    unit: str = "citations",
    provenance: dict[str, str] | None = None,
) -> LabelledMatrix:
    """Return the citations up to a year between the industries of a classification.

    Parameters
    ----------
    store : GraphStore
        Holds CITATION_STOCK edges for the year.
    classification, origin : str
        Classification of the industries, and the input table of the flow.
    year : int
        Last year that counts.
    labels : sequence of str
        Industry codes in the order wanted; the residual is left out.
    self_citations : bool
        Whether firms that cite themselves count.
    unit : str
        What is counted.
    provenance : dict of str to str, optional
        Kept with the matrix.

    Returns
    -------
    LabelledMatrix, shape (N, N)
        ``[citing, cited]``.
    """
    parameters = {"classification": classification, "year": year, "origin": origin}
    table = ask(store, "citation_stock", parameters)
    frame = _drop_unmapped(table)
    value = frame["count"] if self_citations else frame["count"] - frame["self_count"]
    return LabelledMatrix.from_long(
        "citations",
        frame["receiver"],
        frame["source"],
        value,
        labels,
        unit=unit,
        year=year,
        provenance=provenance,
    )


def citations_by_year(
    store: GraphStore,
    *,
    classification: str,
    origin: str,
    labels: Sequence[str],
    self_citations: bool,
    unit: str = "citations",
    provenance: dict[str, str] | None = None,
) -> dict[int, LabelledMatrix]:
    """Return the citations between industries, a matrix for each year with any.

    Parameters
    ----------
    store : GraphStore
        Holds INDUSTRY_CITES edges.
    classification, origin, labels, self_citations, unit, provenance
        As in :func:`citation_stock`.

    Returns
    -------
    dict of int to LabelledMatrix, each shape (N, N)
        ``[citing, cited]`` by year of citing.
    """
    table = ask(store, "industry_citations", {"classification": classification, "origin": origin})
    return {
        int(str(year)): LabelledMatrix.from_long(
            "citations",
            frame["receiver"],
            frame["source"],
            frame["count"] if self_citations else frame["count"] - frame["self_count"],
            labels,
            unit=unit,
            year=int(str(year)),
            provenance=provenance,
        )
        for year, frame in _drop_unmapped(table).groupby("year")
    }


def trade_by_year(
    store: GraphStore,
    *,
    name: str,
    classification: str,
    origin: str,
    labels: Sequence[str],
    unit: str,
    provenance: dict[str, str] | None = None,
) -> dict[int, LabelledMatrix]:
    """Return the deliveries between industries, a matrix for each year with any.

    Parameters
    ----------
    store : GraphStore
        Holds INDUSTRY_SUPPLIES edges.
    name : str
        Name of the matrices, e.g. ``trade``.
    classification, origin, labels, provenance
        As in :func:`citation_stock`.
    unit : str
        Money unit of the deliveries.

    Returns
    -------
    dict of int to LabelledMatrix, shape (N, N)
        ``[user, supplier]`` by year.
    """
    table = ask(store, "industry_trade", {"classification": classification, "origin": origin})
    return {
        int(str(year)): LabelledMatrix.from_long(
            name,
            frame["receiver"],
            frame["source"],
            frame["value"],
            labels,
            unit=unit,
            year=int(str(year)),
            provenance=provenance,
        )
        for year, frame in _drop_unmapped(table).groupby("year")
    }


def residual(store: GraphStore, *, kind: str, classification: str, origin: str) -> pd.DataFrame:
    """Return, by industry, the flow whose other end is not covered by the classification.

    Parameters
    ----------
    store : GraphStore
        Holds industry edges.
    kind : str
        ``citations`` or ``trade``.
    classification, origin : str
        As in :func:`citation_stock`.

    Returns
    -------
    DataFrame, index = industry code
        ``from unmapped`` (the industry receives, the source is not covered) and
        ``to unmapped``, summed over all years; the last row is the residual with itself.
    """
    table = ask(store, f"industry_{kind}", {"classification": classification, "origin": origin})
    measure = "count" if kind == "citations" else "value"
    frame = table.to_pandas()
    inward = frame[frame["source"] == UNMAPPED].groupby("receiver")[measure].sum()
    outward = frame[frame["receiver"] == UNMAPPED].groupby("source")[measure].sum()
    both = pd.DataFrame({"from unmapped": inward, "to unmapped": outward}).fillna(0.0)
    last = both.index == UNMAPPED
    return pd.concat([both[~last].sort_index(), both[last]])


def flow_at(
    store: GraphStore, *, kind: str, classification: str, origin: str, codes: Sequence[str]
) -> dict[str, float]:
    """Return the flow with an end at each of some industries, summed over all years.

    Parameters
    ----------
    store : GraphStore
        Holds industry edges.
    kind, classification, origin : str
        As in :func:`residual`.
    codes : sequence of str
        The industries.

    Returns
    -------
    dict of str to float
        In the order of ``codes``; a flow within one industry counts once.
    """
    table = ask(store, f"industry_{kind}", {"classification": classification, "origin": origin})
    frame = table.to_pandas()
    value = frame["count" if kind == "citations" else "value"]
    return {
        code: float(value[(frame["receiver"] == code) | (frame["source"] == code)].sum())
        for code in codes
    }


def _drop_unmapped(table: pa.Table) -> pd.DataFrame:
    frame: pd.DataFrame = table.to_pandas()
    return frame[(frame["receiver"] != UNMAPPED) & (frame["source"] != UNMAPPED)]
