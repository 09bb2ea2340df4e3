"""The economy of all examples: two sectors, steel and cars, small enough to check by hand.

What each sector buys, in million US$; a row is a user, a column a supplier:

============  =====  ====  ===========  ============
user          steel  cars  value added  gross output
============  =====  ====  ===========  ============
steel         20     30    50           100
cars          20     80    100          200
final demand  60     90
============  =====  ====  ===========  ============

Steel cites its own patents 6 times and those of cars 4 times; cars cite steel once and themselves
3 times.

Attributes
----------
Z : LabelledMatrix, shape (2, 2)
    What users (rows) bought from suppliers (columns), million US$.
output : pandas.DataFrame, 2 rows
    ``gross_output``, ``value_added`` and ``final_demand`` of each sector, million US$.
K : LabelledMatrix, shape (2, 2)
    Citations that sectors (rows) made to sectors (columns).
S, W : LabelledMatrix, each shape (2, 2)
    Production shares and citation shares, which follow from the above.
b : pandas.Series, length 2
    Shares of final demand.

Examples
--------
>>> from spillgraph.analytics import citation_shares, production_shares, psi
>>> from spillgraph.analytics.steel_and_cars import K, S, W, Z, b, output
>>> production_shares(Z, output["gross_output"]).S.to_frame().equals(S.to_frame())
True
>>> citation_shares(K).W.to_frame().equals(W.to_frame())
True
>>> psi(S, W, weights=b).benefit.round(3).to_dict()
{'steel': 3.0, 'cars': 2.815}
"""

from __future__ import annotations

import pandas as pd

from ..core.matrix import LabelledMatrix

__all__ = ["K", "S", "W", "Z", "b", "output"]

_SECTORS = ["steel", "cars"]

Z = LabelledMatrix.build("Z", [[20, 30], [20, 80]], _SECTORS, unit="million US$")
output = pd.DataFrame(
    {"gross_output": [100.0, 200], "value_added": [50.0, 100], "final_demand": [60.0, 90]},
    index=_SECTORS,
)
K = LabelledMatrix.build("K", [[6, 4], [1, 3]], _SECTORS, unit="citations")
S = LabelledMatrix.build("S", [[0.2, 0.3], [0.1, 0.4]], _SECTORS, unit="share")
W = LabelledMatrix.build("W", [[0, 0.4], [0.25, 0]], _SECTORS, unit="share")
b = pd.Series([0.4, 0.6], _SECTORS, name="final demand")
