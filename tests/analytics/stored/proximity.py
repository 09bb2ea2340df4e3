"""Make ``proximity.csv``: what the Growth Lab's own program says of a small table of exports.

    pip install --target FOLDER ecomplexity==0.5.3
    PYTHONPATH=FOLDER python tests/analytics/stored/proximity.py

Its asymmetric proximity of a and b is P(b | a).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from ecomplexity import proximity  # type: ignore[import-not-found]

rng = np.random.default_rng(20)
UNITS, INDUSTRIES = 30, 10
sizes = np.where(rng.random((UNITS, INDUSTRIES)) < 0.7, rng.geometric(0.02, (UNITS, INDUSTRIES)), 0)
unit, industry = np.indices(sizes.shape)
table = pd.DataFrame(
    {"year": 2000, "unit": unit.ravel(), "industry": industry.ravel(), "size": sizes.ravel()}
)
columns = {"time": "year", "loc": "unit", "prod": "industry", "val": "size"}
answers = [
    proximity(table, columns, asymmetric=asymmetric)["proximity"] for asymmetric in (True, False)
]
j, k = np.indices((INDUSTRIES, INDUSTRIES))
found = pd.DataFrame(
    {"j": j.ravel(), "k": k.ravel(), "asymmetric": answers[0], "symmetric": answers[1]}
)
here = Path(__file__).parent
found.to_csv(here / "proximity.csv", index=False)
table[["unit", "industry", "size"]].to_csv(here / "proximity_sizes.csv", index=False)
