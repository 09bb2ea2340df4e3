"""The tiny study without what a test of citations never looks at."""

from __future__ import annotations

from typing import Any

import pytest

_DELIVERIES = """
[tables.trade_links]
file = "trade.csv"

[tables.io_output]
file = "output.csv"
classification = "t"
"""


@pytest.fixture
def tiny(tiny: Any, request: pytest.FixtureRequest) -> Any:
    """The tiny study; without deliveries and output in a module that says ``CITATIONS_ALONE``.

    Their checks are a third of all that is checked. A test of such a module that is about them, or
    puts a table in front of them, is marked ``whole``.
    """
    alone = getattr(request.module, "CITATIONS_ALONE", False)
    if alone and request.node.get_closest_marker("whole") is None:
        tiny.replace(_DELIVERIES, "")
    return tiny
