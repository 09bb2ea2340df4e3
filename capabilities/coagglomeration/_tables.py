"""The files of coagglomeration: pairs and pools as Parquet, cells, industries and pairs as CSV."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pandas as pd

from ...analytics.pools import log_panel
from ...analytics.space import CellOutcome
from ...core.measures import POOLS
from ...runs.capability import Tables
from ...runs.plain import number
from ._agreement import agreement
from ._compute import Coagglomerated
from ._indices import OF_PAIRS

__all__ = [
    "MEANINGS",
    "cells_table",
    "industries_table",
    "pairs_table",
    "parquet",
    "tables",
    "values",
]

MEANINGS = {
    "region": "region of the sites",
    "year": "year of the sites; empty where they have none",
    "j": "industry that crowds, if phi is 1, around k",
    "k": "industry around which it crowds",
    "n_j": "sites of j",
    "n_k": "sites of k",
    "W": "mean distance of moving j onto k, or to the nearest site (option distance), km",
    "p": "(1 + draws at most as far) / (1 + draws); empty where the verdict needed fewer",
    "phi": "1 if j coagglomerates with k, j → k",
    "q": "p after Benjamini and Hochberg over the pairs of the region and year",
    "r_low": "draws at most as far, at least",
    "r_high": "draws at most as far, at most",
    "industry": "industry",
    "threshold": "share of draws that must be farther than the pair",
    "sites": "sites of the region and year",
    "dropped": "of them without a place, an industry or a weight",
    "industries": "industries compared",
    "excluded": "industries with too few sites",
    "pairs": "ordered pairs compared",
    "linked": "ordered pairs with j → k",
    "linked_share": "share of ordered pairs with j → k",
    "mutual_share": "mutual pairs in unordered pairs that are linked at all (b)",
    "reciprocity": "links that are answered in all links (r)",
    "seconds": "seconds that it took",
    "solved": "draws whose distance was solved for",
    "why": "why there are no verdicts",
    "cells": "regions and years in which it is compared",
    "outward": "links to others, over all regions and years",
    "inward": "links from others, over all regions and years",
    "outward_share": "share of its ordered pairs j → k that are links",
    "inward_share": "share of its ordered pairs k → j that are links",
    "share": "share of the regions and years in which j → k",
    "ellison_glaeser_kerr": "coagglomeration index of Ellison, Glaeser and Kerr, of squares",
    "colocation": "chance that a site of each lies in the same square",
    "M": "M of Marcon and Puech: k's share around j over that in the region",
    "m": "m of Lang, Marcon and Puech: the same about so far away",
    "K": "smoothed share of distances within reach, Duranton and Overman's K",
    "K_p": "p of K over all distances; empty without draws",
    "K_localized": "1 if K is above its global envelope somewhere",
    "ellison_glaeser": "agglomeration index of Ellison and Glaeser, of squares",
    "location_quotient": "share in the region over share in all regions",
    "index": "index that is held beside phi",
    "correlation_phi": "rank correlation with phi within regions and years",
    "correlation_near": "rank correlation with -W within regions and years",
    "linked_lowest": "share of linked pairs in the lowest fifth or group of equals",
    "linked_highest": "share of linked pairs in the highest fifth or group of equals",
    "co_occurrence": "share of regions and years strong in patents of j that are so of k, too",
    "citations": "W_jk of their sectors: share of k in the citations of j",
    "inputs": "S_jk of their sectors: input from k per unit of output of j",
    # Where a table means something else by a name that others have, too.
    "pairs.linked": "regions and years in which j → k",
    "indices.sites": "sites of the industry in the region and year",
    "indices.M": "M of Marcon and Puech of the industry around itself",
    "indices.m": "m of Lang, Marcon and Puech of the industry around itself",
    "indices.K": "smoothed share of the distances within the industry that are within reach",
    "indices_agreement.linked": "share of linked pairs in all",
    **POOLS,
    **{f"ln1p_{name}": f"ln(1 + x) of {text}" for name, text in POOLS.items()},
}
_PAIRS = ["region", "year", "j", "k", "n_j", "n_k", "W", "p", "phi", "q", "r_low", "r_high"]
_KEYS = ["region", "year", "industry", "threshold"]


def parquet(found: Coagglomerated) -> Tables:
    """Return pairs, pools, and pools ready for a regression.

    Parameters
    ----------
    found : Coagglomerated
        What was computed.
    """
    logs = log_panel(found.pools.drop(columns=_KEYS))
    of_indices = {}
    if found.indices is not None:
        columns = ["region", "year", "j", "k", "W", "phi", *OF_PAIRS, "K_p", "K_localized"]
        of_indices["indices"] = found.indices.pairs[columns]
    return {
        "coagglomeration": found.pairs[_PAIRS],
        "pools": found.pools,
        "pools_log": pd.concat([found.pools[_KEYS], logs], axis=1),
        "proximity": found.proximity,
        **of_indices,
    }


def tables(found: Coagglomerated) -> Tables:
    """Return cells, industries and pairs.

    Parameters
    ----------
    found : Coagglomerated
        What was computed.
    """
    of_indices = {}
    if found.indices is not None:
        of_indices["indices"] = found.indices.industries
        of_indices["indices_agreement"] = agreement(found.indices)
    return {
        "cells": cells_table(found),
        "industries": industries_table(found),
        "pairs": pairs_table(found),
        **of_indices,
    }


def cells_table(found: Coagglomerated) -> pd.DataFrame:
    """Return a row a region and year.

    Parameters
    ----------
    found : Coagglomerated
        What was computed.
    """
    rows = [_cell(found, cell) for cell in found.cells]
    return pd.DataFrame(rows).astype({"year": "Int64"}).drop(columns="work")


def _cell(found: Coagglomerated, cell: CellOutcome) -> dict[str, Any]:
    row: dict[str, Any] = {"region": cell.region, "year": cell.year, "sites": cell.sites}
    result = cell.found
    if result is None:
        return row | {"why": cell.why, "seconds": cell.seconds, "work": None}
    links = found.links[cell.region, cell.year]
    return row | {
        "dropped": sum(result.dropped.values()),
        "industries": result.pairs["j"].nunique(),
        "excluded": len(result.excluded),
        "pairs": len(result.pairs),
        "linked": links.linked,
        "linked_share": links.linked / len(result.pairs),
        "mutual_share": links.b,
        "reciprocity": links.r,
        "seconds": round(cell.seconds, 3),
        "work": asdict(result.work),
        "solved": result.work.solved,
        "why": "",
    }


def industries_table(found: Coagglomerated) -> pd.DataFrame:
    """Return links of each industry over all regions and years, the most outward ones first.

    Parameters
    ----------
    found : Coagglomerated
        What was computed.
    """
    pairs = found.pairs
    cells = pairs.drop_duplicates(["region", "year", "j"]).groupby("j").size()
    out = pairs.groupby("j")["phi"].agg(["sum", "mean"])
    into = pairs.groupby("k")["phi"].agg(["sum", "mean"])
    table = pd.DataFrame(
        {
            "cells": cells,
            "outward": out["sum"],
            "inward": into["sum"],
            "outward_share": out["mean"],
            "inward_share": into["mean"],
        }
    ).rename_axis(index="industry")
    return table.sort_values(["outward_share", "inward_share"], ascending=False, kind="stable")


def pairs_table(found: Coagglomerated) -> pd.DataFrame:
    """Return the ordered pairs that are linked anywhere, those in the most regions first.

    Parameters
    ----------
    found : Coagglomerated
        What was computed.
    """
    by_pair = found.pairs.groupby(["j", "k"]).agg(
        cells=("phi", "size"), linked=("phi", "sum"), share=("phi", "mean"), W=("W", "mean")
    )
    linked = by_pair[by_pair["linked"] > 0].reset_index()
    order = linked.sort_values(["linked", "share"], ascending=False, kind="stable")
    return order.reset_index(drop=True)


def values(found: Coagglomerated) -> dict[str, Any]:
    """Return plain values for coagglomeration.json.

    Parameters
    ----------
    found : Coagglomerated
        What was computed.
    """
    options = found.options
    return {
        "source": found.sites.source,
        "classification": found.sites.classification,
        "choices": options.model_dump(),
        "thresholds": list(found.thresholds),
        "direction": _direction(options.resample),
        "left_out": found.left,
        "linkages": {
            "year": found.networks_of,
            "groups": found.linkages.to_dict("records"),
        },
        "indices": _indices(found),
        "cells": [_plain(_cell(found, cell), cell) for cell in found.cells],
    }


def _indices(found: Coagglomerated) -> dict[str, Any] | None:
    """Return what other indices looked at, and how far they agree; None where nobody asked."""
    if found.indices is None:
        return None
    rows = agreement(found.indices).to_dict("records")
    agree = [
        {str(key): number(cell) if isinstance(cell, float) else cell for key, cell in row.items()}
        for row in rows
    ]
    return {"km": found.indices.km, "draws": found.indices.draws, "agreement": agree}


def _direction(resample: str) -> str:
    whose = "k" if resample == "target" else "j"
    return f"j → k: the sites of {whose} are redrawn, those of the other stay"


def _plain(row: dict[str, Any], cell: CellOutcome) -> dict[str, Any]:
    plain = {
        name: number(value) if isinstance(value, float) else value for name, value in row.items()
    }
    if cell.found is not None:
        plain |= {"dropped": cell.found.dropped, "excluded": cell.found.excluded}
        plain["notes"] = list(cell.found.notes)
    return plain
