"""The networks of a year in one file, for Gephi and igraph: names, scores, and all layers."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pandas as pd

from ..core.errors import InputError
from ..core.matrix import LabelledMatrix

__all__ = ["NETWORK_WRITERS", "network_of", "printable_name", "write_network"]

#: Pairs of sectors beyond which neither Gephi nor its formats are of use.
MOST_EDGES = 1_000_000
#: Layers that may be the weight of an edge, the first that the year has.
MAIN = ("psi", "W", "S")
#: Signs that no XML can hold.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def network_of(
    year: int,
    layers: Mapping[str, LabelledMatrix],
    names: Mapping[str, str],
    scores: pd.DataFrame,
    notice: str = "",
) -> Any:
    """Put the matrices of a year together in one network.

    Parameters
    ----------
    year : int
        The report year.
    layers : mapping of str to LabelledMatrix, each shape (N, N)
        Matrices by name; all of the same sectors.
    names : mapping of str to str
        Names of the sectors, by code.
    scores : pandas.DataFrame, index = code
        A column a score; one that is not defined is left out.
    notice : str
        What must be read before any number: it begins the name of the network and what the file
        says of itself, and every node carries it in ``notice``, a column in Gephi.

    Returns
    -------
    networkx.DiGraph
        A node a sector: its code is its id; ``label`` is its name, or its code without one. An
        edge a pair with an entry in any layer, **from the receiver to the source** as in the
        graph and in every matrix: entry ``W[i, j]`` is the number ``W`` of the edge from i to j.
        An entry of 0 is absent. ``weight`` repeats ψ, or W, or S, the first that the year has.

    Raises
    ------
    InputError
        If there are too many pairs for such a file, layers or scores are of other sectors, or a
        code holds a sign that XML does not.

    Examples
    --------
    >>> W = LabelledMatrix.build("W", [[0, 0.5], [0, 0]], ["24", "29"], unit="share")
    >>> network = network_of(2020, {"W": W}, {"24": "Steel"}, pd.DataFrame())
    >>> network.nodes["24"], network.edges["24", "29"]
    ({'label': 'Steel', 'code': '24'}, {'W': 0.5, 'weight': 0.5})
    """
    import networkx  # a quarter of a second that only this needs

    main = next((name for name in MAIN if name in layers), next(iter(layers)))
    about = ({"notice": notice} if notice else {}) | {
        "year": year,
        "edges": "from receiver to source",
        "weight": main,
        "layers": {name: matrix.unit for name, matrix in layers.items()},
    }
    codes = _codes(year, layers, scores)
    _require_few(year, max(matrix.values.nnz for matrix in layers.values()))
    told = {"notice": notice} if notice else {}
    graph = networkx.DiGraph(
        name=f"{notice} Networks of {year}".strip(), about=json.dumps(about, ensure_ascii=False)
    )
    for code in codes:
        graph.add_node(code, label=printable_name(code, names), code=code, **told)
    for code, row in zip(map(str, scores.index), scores.to_dict("records"), strict=True):
        known = {str(name): float(x) for name, x in row.items() if math.isfinite(x)}
        graph.nodes[code].update(known)
    for name, matrix in layers.items():
        for receiver, source, value in matrix.to_long().itertuples(index=False):
            if value:  # a zero may be stored
                graph.add_edge(receiver, source, **{name: float(value)})
    _require_few(year, graph.number_of_edges())
    for _, _, edge in graph.edges(data=True):
        edge["weight"] = edge.get(main, 0.0)
    return graph


def _require_few(year: int, pairs: int) -> None:
    """Refuse what neither Gephi nor its formats can hold."""
    if pairs > MOST_EDGES:
        raise InputError(
            f"the networks of {year} have {pairs:,} pairs, too many for GraphML and GEXF (at most "
            f"{MOST_EDGES:,}); take the matrices as parquet."
        )


def _codes(
    year: int, layers: Mapping[str, LabelledMatrix], scores: pd.DataFrame
) -> tuple[str, ...]:
    """Return the sectors, which all layers and scores must have in common."""
    first, codes = next((name, matrix.rows) for name, matrix in layers.items())
    for name, matrix in layers.items():
        if matrix.rows != codes or matrix.columns != codes:
            raise InputError(
                f"matrices {name} and {first} of {year} are of different sectors; run the study "
                "again."
            )
    measured = [str(code) for code in scores.index]
    if measured and sorted(measured) != sorted(codes):
        odd = next(iter({*measured} ^ {*codes}), measured[0])
        raise InputError(
            f"the hub tables of {year} and its matrices are of different sectors, {odd!r} for "
            "instance; run the study again."
        )
    for code in codes:
        if _CONTROL.search(code):
            raise InputError(
                f"the code {code!r} holds a sign that GraphML and GEXF cannot; take the matrices."
            )
    return codes


def printable_name(code: str, names: Mapping[str, str]) -> str:
    """Return what XML can hold of the name of a sector, or its code."""
    return _CONTROL.sub(" ", names.get(code) or code)


def write_network(graph: Any, path: Path) -> None:
    """Write what :func:`network_of` made; the ending of the file says how.

    Parameters
    ----------
    graph : networkx.DiGraph
        The network.
    path : Path
        Its ending is one of :data:`NETWORK_WRITERS`.
    """
    NETWORK_WRITERS[path.suffix[1:]](graph, path)


def _write_graphml(graph: Any, path: Path) -> None:
    import networkx

    networkx.write_graphml(graph, path)


def _write_gexf(graph: Any, path: Path) -> None:
    import networkx

    text = "\n".join(networkx.generate_gexf(graph)) + "\n"
    # The day of writing would make two equal networks two different files.
    text = re.sub(r' lastmodifieddate="[^"]*"', "", text, count=1)
    about = f"<description>{escape(graph.graph['about'])}</description>"
    text = re.sub("</creator>", lambda found: f"{found[0]}{about}", text, count=1)
    path.write_text(f'<?xml version="1.0" encoding="utf-8"?>\n{text}', encoding="utf-8")


NETWORK_WRITERS: dict[str, Callable[[Any, Path], None]] = {
    "graphml": _write_graphml,
    "gexf": _write_gexf,
}
