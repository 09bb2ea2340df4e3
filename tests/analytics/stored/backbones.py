"""Make ``backbones.csv``: what the authors' own code says of a small directed network.

``backboning.py`` of Michele Coscia (michelecoscia.com, page_id=287; also at
github.com/idno0001/backboning, e0b2b86) is needed on the path:

    PYTHONPATH=FOLDER_OF_BACKBONING python tests/analytics/stored/backbones.py

There the source of a flow comes first, and links are tested among those of their source. The side
of the receiver is that of the transpose.
"""

from __future__ import annotations

from pathlib import Path

import backboning  # type: ignore[import-not-found]
import numpy as np
import pandas as pd

rng = np.random.default_rng(13)
N = 9
counts = np.where(rng.random((N, N)) < 0.6, rng.geometric(0.04, (N, N)), 0)
counts[3] = 0
counts[3, 5] = 7  # one source only
row, column = np.nonzero(counts)
links = pd.DataFrame({"receiver": row, "source": column, "nij": counts[row, column]})

parts = []
for own in (False, True):
    table = links if own else links[links["receiver"] != links["source"]]
    ends = {"source": "src", "receiver": "trg"}
    given = table.rename(columns=ends)
    nc = backboning.noise_corrected(given, return_self_loops=own)
    by_source = backboning.disparity_filter(given, return_self_loops=own)
    turned = table.rename(columns={"receiver": "src", "source": "trg"})
    by_receiver = backboning.disparity_filter(turned, return_self_loops=own)
    found = nc.merge(by_source[["src", "trg", "score"]].rename(columns={"score": "of_source"}))
    other = by_receiver[["src", "trg", "score"]]
    found = found.merge(other.rename(columns={"src": "trg", "trg": "src", "score": "of_receiver"}))
    parts.append(found.assign(own=own))
out = pd.concat(parts).rename(columns={"src": "source", "trg": "receiver", "nij": "value"})
out = out.sort_values(["own", "receiver", "source"])
order = ["own", "receiver", "source", "value", "score", "sdev_cij", "of_receiver", "of_source"]
out[order].to_csv(Path(__file__).with_suffix(".csv"), index=False)
