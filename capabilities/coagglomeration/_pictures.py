"""What pools are made of, and what links have to do with citations and inputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from textwrap import shorten

import pandas as pd

from ...reports.kit import Bars, Key, Rates, Stack
from ...reports.tables import Head, Table, label, make_table, show
from ._compute import Coagglomerated

__all__ = ["linkage_rates", "pool_parts", "pool_sources", "pool_sources_table"]

#: Industries that the bars of pools and their table show, sources that a row names, and how long.
_INDUSTRIES, _ROWS, _SOURCES, _LETTERS = 40, 25, 5, 32
#: What pools are of, the first that sites have: name of the pool, column of sites, unit.
_QUANTITIES = (("size", "patents", "patents"), ("employment", "employment", "persons"))
_WAYS = {
    "outward": "of those around whom an industry crowds",
    "inward": "of those who crowd around it",
}
_NETWORKS = {"W": "By citations, W", "S": "By inputs, S"}


def _quantity(found: Coagglomerated) -> tuple[str, str, str] | None:
    """Return what pools are of: patents where sites have any, else employment."""
    for name, column, unit in _QUANTITIES:
        if (found.used[column] > 0).any():
            return name, column, unit
    return None


def pool_parts(found: Coagglomerated, every: str) -> Bars | None:
    """Return the pools of the largest industries, split into mutual and one-way links.

    Parameters
    ----------
    found : Coagglomerated
        What was computed.
    every : str
        What to call the year where sites have none.

    Returns
    -------
    Bars or None
        ``None`` if sites have neither patents nor employment.
    """
    if (quantity := _quantity(found)) is None:
        return None
    name, column, unit = quantity
    pools = found.pools[found.pools["threshold"] == found.thresholds[0]]
    pools = pools.assign(year=pools["year"].astype("string").fillna(every))
    series: dict[Key, Stack] = {}
    for way in _WAYS:
        whole, alone = f"{way}_{name}", f"{way}_{name}_one_way"
        for year, table in pools.groupby("year"):
            sums = table.groupby("industry")[[whole, alone]].sum(min_count=1).dropna()
            largest = sums[sums[whole] > 0].nlargest(_INDUSTRIES, whole)
            if len(largest):
                parts = [largest[whole] - largest[alone], largest[alone]]
                series[way, str(year)] = Stack(parts)
    if not series:
        return None
    return Bars(
        "coagglomeration_pools",
        f"What pools of {column} are made of",
        f"Pools of {column}, summed over regions: outward, {_WAYS['outward']}; inward, "
        f"{_WAYS['inward']}. A link is mutual where each crowds around the other. A "
        "region where part of a pool is not known is left out of its sum.",
        unit,
        {"": ["mutual links", "one-way links"]},
        series,
        choice="Pool",
    )


def pool_sources(found: Coagglomerated) -> pd.DataFrame:
    """Return what each industry's outward pool has from each other industry, in the last year.

    Parameters
    ----------
    found : Coagglomerated
        What was computed.

    Returns
    -------
    pandas.DataFrame
        ``j``, ``k`` and ``value``, summed over regions; none if sites have nothing to sum. The
        values of a ``j`` add up to its outward pool.
    """
    if (quantity := _quantity(found)) is None:
        return pd.DataFrame(columns=["j", "k", "value"])
    pairs = found.pairs
    last = pairs["year"].max()
    here = found.used
    if pd.notna(last):
        pairs, here = pairs[pairs["year"] == last], here[here["year"] == last]
    own = here.groupby(["region", "industry"])[quantity[1]].sum(min_count=1).rename("value")
    linked = pairs[pairs["phi"] == 1].merge(
        own, left_on=["region", "k"], right_index=True, how="left"
    )
    known = linked["value"].notna()
    whole = known.groupby([linked["region"], linked["j"]]).transform("all")
    return linked[whole].groupby(["j", "k"])["value"].sum().reset_index()


def pool_sources_table(found: Coagglomerated) -> Table | None:
    """Return from which industries the largest outward pools come.

    Parameters
    ----------
    found : Coagglomerated
        What was computed.

    Returns
    -------
    Table or None
        ``None`` if there is no pool.
    """
    sources, quantity = pool_sources(found), _quantity(found)
    sources = sources[sources["value"] > 0]
    if quantity is None or sources.empty:
        return None
    totals = sources.groupby("j")["value"].sum().nlargest(_ROWS)
    rows = list(_source_rows(sources, totals, found.names))
    last = found.pairs["year"].max()
    heads = [
        Head("Industry"),
        Head("Outward pool", "value", quantity[2]),
        Head("From the first five", "percent", "share of the five largest sources in the pool"),
        Head("Largest sources", note="share in the pool"),
    ]
    of = "" if pd.isna(last) else f", {int(last)}"
    every = sources["j"].nunique()
    note = "" if every <= _ROWS else f"The {_ROWS} largest of {every:,} pools."
    return make_table(f"Where outward pools of {quantity[1]} come from{of}", heads, rows, note=note)


def _source_rows(
    sources: pd.DataFrame, totals: pd.Series[float], names: Mapping[str, str]
) -> Iterator[list[object]]:
    for j, total in totals.items():
        own = sources[sources["j"] == j].set_index("k")["value"]
        first = own.sort_values(ascending=False, kind="stable").head(_SOURCES)
        text = "; ".join(
            f"{shorten(label(str(k), names), _LETTERS, placeholder=' …')} "
            f"{show(value / total, 'percent')}"
            for k, value in first.items()
        )
        yield [label(str(j), names), float(total), float(first.sum() / total), text]


def linkage_rates(found: Coagglomerated) -> Rates | None:
    """Return the share of coagglomerated pairs by fifths of citations and of inputs.

    Parameters
    ----------
    found : Coagglomerated
        What was computed.

    Returns
    -------
    Rates or None
        ``None`` if the study has no network that says anything of these industries.
    """
    if found.linkages.empty:
        return None
    series = {}
    for network, table in found.linkages.groupby("network", sort=False):
        named = table.assign(share=table["linked_share"], n=table["pairs"])
        named.index = pd.Index([_called(row) for _, row in table.iterrows()])
        series[f"{_NETWORKS[str(network)]}, {found.networks_of}"] = named[["share", "n", "mean"]]
    return Rates(
        "coagglomeration_linkages",
        "Links, citations and inputs",
        f"Share of the {found.places} in which j → k, by fifths of W_jk (share of k in the "
        "citations of j) and of S_jk (input from k per unit of output of j), the weakest first. A "
        "pair of sectors is one observation. Pairs of one value, as those without any link, stay "
        "in one group, so that groups may be fewer. Below a group are the range of its links and "
        "its pairs, n.",
        "pairs that are linked",
        series,
    )


def _called(row: pd.Series) -> str:
    """Return a group's number and, on a line of its own, the range of its links."""
    low, high = (f"{100 * float(row[end]):.2g}" for end in ("low", "high"))
    return f"{int(row['group'])} | {low}" + ("%" if low == high else f"–{high}%")
