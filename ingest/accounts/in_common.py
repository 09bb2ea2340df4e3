"""Flows and output in two classifications: then they have few codes in common."""

from __future__ import annotations

import pandas as pd

from ..study import Study

__all__ = ["few_in_common"]

#: Up to this share of the codes of output that are among those of the flows, it is another list.
FEW = 0.2


def few_in_common(study: Study, table: pd.DataFrame) -> str:
    """Return a sentence on output whose codes are not those of the flows.

    Leaving out what has no output, as totals are, would leave nothing.

    Parameters
    ----------
    study : Study
        Says which tables the codes are of.
    table : DataFrame
        Accounts of all codes but the residual.

    Returns
    -------
    str
        Empty if enough codes are the same, or output comes by a concordance.
    """
    if study.output_in != study.about.target:
        return ""
    flows = (table["sales"] > 0) | (table["inputs"] > 0)
    producing = table["gross_output"] > 0
    n, m = int((flows & producing).sum()), int(producing.sum())
    if not m or n > FEW * m:
        return ""
    ours, theirs = table.index[flows & ~producing][0], table.index[producing & ~flows][0]
    return (
        f"io_output and {study.trade_from} have {n:,} of {m:,} codes in common ({theirs!r} is of "
        f"io_output, {ours!r} of {study.trade_from}): another classification? Give output in the "
        "codes of the flows, or say its own classification in [tables.io_output] and give a "
        "concordance."
    )
