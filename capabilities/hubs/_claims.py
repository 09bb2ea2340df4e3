"""Whether each sector is a hub of each network, as a table."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ._evidence import Evidence
from ._known import known

__all__ = ["claims_table", "words"]


COLUMNS = (
    *("code", "is_hub", "settled", "measure", "score", "rank", "rank_low", "rank_high"),
    *("p", "draws", "p_claim", "p_low", "p_high", "above", "above_low", "above_high", "tested"),
    *("survives", "null", "p_second", "p_second_low", "p_second_high"),
    *("remains", "remains_settled", "second_null"),
)


def claims_table(claims: Mapping[str, Evidence]) -> pd.DataFrame:
    """Return whether each sector is a hub of each network of a year, the surest first.

    Parameters
    ----------
    claims : mapping of str to Evidence
        By network.

    Returns
    -------
    DataFrame, index = network
        ``code``, ``is_hub``, and whether that is ``settled``; the ``measure`` by which it stands
        out, its ``score``, ``rank`` with ``rank_low`` and ``rank_high``, ``p``, how many ``draws``
        it counts, and ``p_claim``, which more draws may put between ``p_low`` and ``p_high``; by
        how many measures it is ``above`` chance, each for itself, or more draws may find it to be
        (``above_low`` to ``above_high``), of how many ``tested``; whether it ``survives``
        in the backbone; the ``null`` it is held against; ``p_second`` under the ``second_null``,
        with its ends, and whether hubs ``remains`` one, and that is settled. Networks that were not
        tested have no rows.
    """
    parts = []
    for network, claim in claims.items():
        table = claim.claims.rename_axis(index="code").reset_index()
        parts.append(
            table.assign(
                network=network,
                is_hub=words(table["hub"]),
                settled=words(table["settled"]),
                survives=words(table["survives"]),
                null=claim.found.null,
                remains=words(table["remains"]),
                remains_settled=words(table["remains_settled"]),
                second_null="" if claim.second is None else claim.second.called,
            )
        )
    return pd.concat(parts).set_index("network")[list(COLUMNS)]


def words(survives: pd.Series) -> pd.Series:
    """Return yes, no, or nothing where it is not known.

    Parameters
    ----------
    survives : Series of bool, with missing values
        Whether ranks last in the backbone, or hubs under another null.
    """
    told = {True: "yes", False: "no", None: ""}
    return pd.Series([told[known(value)] for value in survives], survives.index, dtype=object)
