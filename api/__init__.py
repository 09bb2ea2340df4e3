"""Spillovers through production and innovation networks: from records to numbers.

Run a study and read what it found::

    import spillgraph
    found = spillgraph.run("study/study.toml", "results")
    print(found.sums().nlargest(5, "benefit"))

``found.matrix("W")`` is a matrix with its labels, ``found.hubs("S")`` a table of measures; a run of
yesterday is ``spillgraph.open_run("results")``. The functions behind them take frames of your own,
by subject: ``spillgraph.spillovers.psi(S, W)``, ``spillgraph.networks.citation_shares(...)``. Every
square matrix is ``M[receiver, source]``. What a command of the command line does has a call here;
the manual's page on Python lists them.

Names are imported when they are first used: ``import spillgraph`` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import analytics
    from ._calls import (
        bulk_export,
        check,
        clean,
        export,
        init,
        open_store,
        query,
        run,
        sample_study,
    )
    from ._firms import FirmNetworks, build_firms, link_firms, open_firms
    from ._run import Run, open_run
    from .analytics import (
        accounts,
        comovement,
        growth,
        hubs,
        inference,
        leontief,
        linalg,
        networks,
        nulls,
        pools,
        space,
        spillovers,
        structure,
    )
    from .core.errors import InputError, SpillgraphError
    from .core.matrix import LabelledMatrix
    from .graph.matrix_files import load_matrix, save_matrix
    from .ingest.published import (
        PublishedTable,
        audit,
        derive,
        from_mario,
        from_pymrio,
        read_published,
        to_mario,
        to_pymrio,
        write_study,
    )
    from .queries import list_queries, load_query

    __version__: str

__all__ = [
    "FirmNetworks",
    "InputError",
    "LabelledMatrix",
    "PublishedTable",
    "Run",
    "SpillgraphError",
    "__version__",
    "accounts",
    "analytics",
    "audit",
    "build_firms",
    "bulk_export",
    "check",
    "clean",
    "comovement",
    "derive",
    "export",
    "from_mario",
    "from_pymrio",
    "growth",
    "hubs",
    "inference",
    "init",
    "leontief",
    "linalg",
    "link_firms",
    "list_queries",
    "load_matrix",
    "load_query",
    "networks",
    "nulls",
    "open_firms",
    "open_run",
    "open_store",
    "pools",
    "query",
    "read_published",
    "run",
    "sample_study",
    "save_matrix",
    "space",
    "spillovers",
    "structure",
    "to_mario",
    "to_pymrio",
    "write_study",
]

#: Where a name comes from; a module is its own place.
_PLACES = {
    "._calls": "bulk_export check clean export init open_store query run sample_study",
    "._firms": "FirmNetworks build_firms link_firms open_firms",
    "._run": "Run open_run",
    ".core.errors": "InputError SpillgraphError",
    ".core.matrix": "LabelledMatrix",
    ".graph.matrix_files": "load_matrix save_matrix",
    ".ingest.published": (
        "PublishedTable audit derive from_mario from_pymrio read_published to_mario to_pymrio "
        "write_study"
    ),
    ".queries": "list_queries load_query",
}
_HOME = {name: place for place, names in _PLACES.items() for name in names.split()}
_SUBJECTS = (
    *("accounts", "comovement", "growth", "hubs", "inference", "leontief"),
    *("linalg", "networks", "nulls", "pools", "space", "spillovers", "structure"),
)


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used."""
    value: Any
    if name == "__version__":
        value = import_module("importlib.metadata").version("spillgraph")
    elif name in _HOME:
        value = getattr(import_module(_HOME[name], __name__), name)
    elif name == "analytics" or name in _SUBJECTS:
        place = ".analytics" if name == "analytics" else f".analytics.{name}"
        value = import_module(place, __name__)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List what is there and what can be asked for."""
    return sorted({*globals(), *__all__})
