"""Whether each sector is a hub of each network, as a table."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ._evidence import Evidence
from ._known import known

__all__ = ["claims_table", "words"]


def claims_table(claims: Mapping[str, Evidence]) -> pd.DataFrame:
    """Return whether each sector is a hub of each network of a year, the surest first.

    Parameters
    ----------
    claims : mapping of str to Evidence
        By network.

    Returns
    -------
    DataFrame, index = network
        ``code``, ``is_hub``, the ``measure`` by which it stands out, its ``score``, ``rank``
        with ``rank_low`` and ``rank_high``, ``p`` and ``p_claim``; by how many measures it is
        ``above`` chance, each for itself, of how many ``tested``; whether it ``survives`` in the
        backbone; the ``null`` it is held against; and for hubs whether they ``remains`` one under
        the ``second_null``, with ``p_second`` of every sector. Networks that were not tested have
        no rows.
    """
    parts = []
    for network, claim in claims.items():
        table = claim.claims.rename_axis(index="code").reset_index()
        above, tested = claim.measures
        parts.append(
            table.assign(
                network=network,
                is_hub=np.where(table["hub"], "yes", "no"),
                above=table["code"].map(above),
                tested=table["code"].map(tested),
                survives=words(table["survives"]),
                null=claim.found.null,
                remains=words(table["remains"]),
                second_null="" if claim.second is None else claim.second.called,
            )
        )
    columns = [
        "code",
        "is_hub",
        "measure",
        "score",
        "rank",
        "rank_low",
        "rank_high",
        "p",
        "p_claim",
    ]
    columns += ["above", "tested", "survives", "null", "p_second", "remains", "second_null"]
    return pd.concat(parts).set_index("network")[columns]


def words(survives: pd.Series) -> pd.Series:
    """Return yes, no, or nothing where it is not known.

    Parameters
    ----------
    survives : Series of bool, with missing values
        Whether ranks last in the backbone, or hubs under another null.
    """
    told = {True: "yes", False: "no", None: ""}
    return pd.Series([told[known(value)] for value in survives], survives.index, dtype=object)
