"""Flows and output that spell the same codes in two ways: then no sector has both."""

from __future__ import annotations

import re
from collections.abc import Sequence

import duckdb
import pandas as pd
import pyarrow as pa

from ..contract import flow_tables
from ..contract import table as declared
from ..doubts.remedies import Sides
from ..doubts.spelling import spelled_otherwise
from ..study import Study
from ..values.likeness import bare

__all__ = ["spelled_in_two_ways"]

#: From this share of codes on that are like others it is the spelling, and no total among sectors.
_NEARLY_ALL = 0.9


def spelled_in_two_ways(
    study: Study, suppliers: Sequence[str], table: pd.DataFrame, alike: Sequence[str]
) -> str:
    """Return a sentence on suppliers without output that ``io_output`` has in another spelling.

    Leaving them out, as totals are, would leave nothing.

    Parameters
    ----------
    study : Study
        Says which tables the codes are of.
    suppliers : sequence of str
        Codes that supply and have no output.
    table : DataFrame
        Accounts of all codes.
    alike : sequence of str
        What is known of codes that are the same but for leading zeros, with the keys.

    Returns
    -------
    str
        Empty if the codes are others.
    """
    idle = (table["gross_output"] > 0) & ~(table["sales"] > 0) & ~(table["inputs"] > 0)
    others = [str(code) for code in table.index[idle]]
    known = {_plain(code) for code in others}
    like = sum(_plain(code) in known for code in suppliers)
    if not suppliers or like < _NEARLY_ALL * len(suppliers):
        return ""
    begins = f"Codes of {study.about.target!r} "
    mend = " ".join(text for text in alike if text.startswith(begins)) or _mend(
        study, suppliers, others
    )
    return (
        f"codes that io_output has in another spelling, so no sector has flows and output. {mend}"
        if mend
        else ""
    )


def _plain(code: str) -> str:
    """Return a code without what spellings differ in.

    Examples
    --------
    >>> [_plain(code) for code in ("01", "1.0", "a 01", "A-1", "1.01")]
    ['1', '1', 'a1', 'a1', '1.01']
    """
    return bare(re.sub(r"[^\w.]|_", "", code).casefold())


def _mend(study: Study, suppliers: Sequence[str], others: Sequence[str]) -> str:
    """Return what makes capitals or blanks one; only where the codes are the study's own."""
    target = study.about.target
    if study.output_in != target:
        return ""
    columns, name = _holder(study)
    sides = Sides(
        "industry of io_output",
        name,
        codes=True,
        noun="codes",
        own=("industry",),
        own_place=" in [tables.io_output]",
        other=columns,
        other_place=f" in [tables.{name}]",
    )
    with duckdb.connect() as con:
        con.register("own_", pa.table({"v": pa.array(others, pa.string())}))
        con.register("other_", pa.table({"id": pa.array(suppliers, pa.string())}))
        used = "SELECT v, 1 AS n FROM own_"
        text = spelled_otherwise(con, sides, used, "SELECT id FROM other_") or ""
    return text[:1].upper() + text[1:]


def _holder(study: Study) -> tuple[tuple[str, ...], str]:
    """Return the columns, and their table, that the suppliers' codes stand in."""
    flows = flow_tables("trade")[str(study.trade_from)]
    holder = declared(flows.between) if flows.between else flows
    if flows.ends and study.of(holder.name)[0].tags[0] == study.about.target:
        return holder.industries, holder.name
    return ("to",), "concordance"
