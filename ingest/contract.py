"""The input tables, declared once: reading, checking and the manual all follow them.

Each subject has a file in :mod:`spillgraph.ingest.tables`.
"""

from __future__ import annotations

from ..core.errors import StudyError, nearest
from .declared import Column, Table
from .tables.capital import CAPITAL
from .tables.codes import CODES
from .tables.firms import FIRMS
from .tables.industries import INDUSTRIES
from .tables.panels import PANELS
from .tables.risk import RISK
from .tables.sites import SITES

__all__ = ["LIST", "SEVERAL", "TABLES", "Column", "Table", "flow_tables", "table"]

#: In the order in which they are read: a table stands behind those that it refers to.
TABLES: tuple[Table, ...] = (*CODES, *FIRMS, *INDUSTRIES, *PANELS, *CAPITAL, *RISK, *SITES)

#: The table that lists the industries of a classification.
LIST = "industries"
#: Columns with one owner or industry, and the table that gives several of them with their shares.
SEVERAL = {("patents", "firm"): "patent_owners", ("firms", "industry"): "firm_industries"}


def table(name: str) -> Table:
    """Return the declaration of a table.

    Raises
    ------
    StudyError
        If there is no such table; the message names the nearest one.

    Examples
    --------
    >>> table("firm_citations").key
    ('citing', 'cited', 'year')
    """
    for declared in TABLES:
        if declared.name == name:
            return declared
    raise StudyError(
        f"no input table is called {name!r}. {nearest(name, (t.name for t in TABLES))}"
    )


def flow_tables(network: str) -> dict[str, Table]:
    """Return by the name of a flow the table that it is made of, the first one of several.

    Parameters
    ----------
    network : str
        ``citations`` or ``trade``.

    Examples
    --------
    >>> [*flow_tables("citations")]
    ['firm_citations', 'patent_citations', 'industry_citations']
    >>> [*flow_tables("trade")], flow_tables("trade")["make_use"].name
    (['trade_links', 'io_flows', 'make_use'], 'make')
    """
    tables: dict[str, Table] = {}
    for declared in TABLES:
        if declared.network == network:
            tables.setdefault(declared.origin, declared)
    return tables
