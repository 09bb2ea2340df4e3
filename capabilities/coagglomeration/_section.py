"""What the page and the screen show of coagglomeration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from ...core.matrix import LabelledMatrix
from ...reports.kit import (
    Bars,
    Cards,
    Cells,
    Finding,
    HeatMap,
    Key,
    Links,
    Network,
    Paragraph,
    Part,
    Section,
    Stack,
)
from ...reports.tables import Head, Table, begin, label, make_table, show
from ...runs.capability import Grid, Shown
from ._compute import Coagglomerated
from ._index_pictures import index_parts, index_sentence
from ._maps import site_map
from ._pictures import linkage_rates, pool_parts, pool_sources_table
from ._tables import cells_table, industries_table, pairs_table

__all__ = ["screen", "section"]

#: Industries that a matrix or a drawing shows, pairs and cells that tables show.
_MOST, _PAIRS, _CELLS, _FEW = 60, 50, 60, 10
#: Industries and regions of the matrices by region.
_OF_REGION, _REGIONS = 40, 12
_CELL_HEADS = (
    Head("Sites", "count"),
    Head("Industries", "count"),
    Head("Pairs", "count", "ordered"),
    Head("Linked", "count", "j → k"),
    Head("Share", "percent", "of pairs that are linked"),
    Head("Mutual", "percent", "mutual pairs in unordered pairs that are linked at all, b"),
    Head("Reciprocity", "percent", "links that are answered in all links, r"),
)
_CELL_COLUMNS = [
    "sites",
    "industries",
    "pairs",
    "linked",
    "linked_share",
    "mutual_share",
    "reciprocity",
]


def section(found: Coagglomerated, names: Mapping[str, str]) -> Section:
    """Return the section of coagglomeration.

    Parameters
    ----------
    found : Coagglomerated
        What was computed.
    names : mapping of str to str
        Names of the sectors, by code.
    """
    every = _all(found)
    parts: list[Part | None] = [
        Paragraph(_what(found)),
        Paragraph(_direction(found)),
        Cards((_finding(found), _expected(found))),
        _pairs(found),
        site_map(found, every),
        _links(found),
        _matrix(found),
        _reach(found),
        pool_parts(found, every),
        pool_sources_table(found),
        linkage_rates(found),
        *index_parts(found),
        _cells(found),
    ]
    labels = {code: label(code, found.names) for code in industries_table(found).index}
    title = "Coagglomeration of industries"
    known = tuple(part for part in parts if part is not None)
    return Section("coagglomeration", title, known, _span(found), labels=labels)


def screen(found: Coagglomerated, names: Mapping[str, str]) -> list[Shown]:
    """Return what the command shows.

    Parameters
    ----------
    found : Coagglomerated
        What was computed.
    names : mapping of str to str
        Names of the sectors, by code.
    """
    table = pairs_table(found).head(_FEW)
    rows = [
        [
            f"{label(row['j'], found.names)} → {label(row['k'], found.names)}",
            show(row["linked"], "count"),
            show(row["cells"], "count"),
            show(row["W"], "value"),
        ]
        for _, row in table.iterrows()
    ]
    grid = Grid(f"Pairs in the most {found.places}", ["j → k", "Linked", "Compared", "km"], rows)
    said: list[Shown] = [f"{_what(found)} {_direction(found)}", _rate(found)]
    if found.indices is not None:
        said.append(index_sentence(found))
    return [*said, grid] if rows else said


def _span(found: Coagglomerated) -> str:
    years = sorted({cell.year for cell in found.cells if cell.year is not None})
    if not years:
        return ""
    return f", {years[0]}" if len(years) == 1 else f", {years[0]}–{years[-1]}"


def _what(found: Coagglomerated) -> str:
    options, pairs = found.options, found.pairs
    stays, drawn = ("j", "k") if options.resample == "target" else ("k", "j")
    how = (
        f"the mean distance from {stays}'s sites to the nearest of {drawn}"
        if options.distance == "nearest"
        else "the least mean distance over which one industry's sites can be moved onto the other's"
    )
    cells = sum(cell.found is not None for cell in found.cells)
    places = found.place if cells == 1 else found.places
    return (
        f"{len(pairs):,} ordered pairs of industries in {cells} {places}, of "
        f"{found.sites.source}. An industry j "
        f"coagglomerates with k, j → k, where at least {show(found.thresholds[0], 'percent')} of "
        f"{options.draws:,} draws of as many sites from "
        f"{'all sites' if options.pool == 'all' else 'all other sites'} of the region are farther "
        f"than k is; how far, is {how}."
    )


def _direction(found: Coagglomerated) -> str:
    stays, drawn = ("j", "k") if found.options.resample == "target" else ("k", "j")
    return (
        f"Here the sites of {stays} stay and those of {drawn} are redrawn; the other reading "
        "(resample) is the exact transpose, and exchanges outward and inward pools."
    )


def _rate(found: Coagglomerated) -> str:
    pairs = found.pairs
    level = 1 - found.thresholds[0]
    return (
        f"{show(pairs['phi'].mean(), 'percent')} of pairs are linked; without any pattern "
        f"{show(level, 'percent')} would be, at most."
    )


def _finding(found: Coagglomerated) -> Finding:
    top = pairs_table(found).head(3)
    items = tuple(
        (
            f"{label(row['j'], found.names)} → {label(row['k'], found.names)}",
            f"{row['linked']} of {row['cells']}",
        )
        for _, row in top.iterrows()
    )
    value = show(len(pairs_table(found)), "count")
    return Finding(
        "Pairs that coagglomerate somewhere", value, items, f"{found.places} in which j → k."
    )


def _expected(found: Coagglomerated) -> Finding:
    links = list(found.links.values())
    linked, mutual = sum(each.linked for each in links), sum(each.mutual for each in links)
    answered = 2 * mutual / linked if linked else float("nan")
    both = mutual / (linked - mutual) if linked else float("nan")
    items = (
        ("would be by chance, at most", show(1 - found.thresholds[0], "percent")),
        ("mutual in linked pairs, b", show(both, "percent")),
        ("answered in links, r", show(answered, "percent")),
    )
    share = show(found.pairs["phi"].mean(), "percent")
    return Finding("Links in all ordered pairs", share, items, "b = r / (2 − r).")


def _pairs(found: Coagglomerated) -> Table:
    heads = [
        Head("Industry j"),
        Head("crowds around k"),
        Head("Linked in", "count", found.places),
        Head("of", "count", "in which both are"),
        Head("Mean distance", "value", "km"),
    ]
    table = pairs_table(found)
    rows = [
        [label(r["j"], found.names), label(r["k"], found.names), r["linked"], r["cells"], r["W"]]
        for _, r in table.head(_PAIRS).iterrows()
    ]
    note = (
        "" if len(table) <= _PAIRS else f"The first {_PAIRS} of {len(table):,}; pairs.csv has all."
    )
    return make_table("Pairs that coagglomerate in the most regions", heads, rows, note=note)


def _most_linked(found: Coagglomerated, most: int) -> list[str]:
    """Return the industries with the most links, those that crowd around most in front."""
    order = industries_table(found)
    links = order["outward"] + order["inward"]
    codes = set(links[links > 0].nlargest(most, keep="first").index)
    return [code for code in order.index if code in codes] or list(order.index[:2])


def _share(pairs: pd.DataFrame, codes: list[str]) -> LabelledMatrix:
    """Return the share of regions and years in which j → k; the diagonal is 0."""
    share = pairs.groupby(["j", "k"])["phi"].mean().unstack("k")
    dense = np.array(share.reindex(index=codes, columns=codes).fillna(0.0))
    np.fill_diagonal(dense, 0.0)
    return LabelledMatrix.build("Phi", dense, codes, unit="share")


def _cut(shown: int, every: int) -> str:
    return "" if shown == every else f" The {shown} of {every} industries with the most links."


def _matrix(found: Coagglomerated) -> HeatMap:
    pairs, codes, every = found.pairs, _most_linked(found, _OF_REGION), _all(found)
    regions = [cell.region for cell in sorted(found.cells, key=lambda cell: -cell.sites)]
    known = set(pairs["region"])
    regions = [region for region in dict.fromkeys(regions) if region in known]
    series: dict[Key, Cells] = {(every,): Cells(_share(pairs, codes))}
    cut = ""
    if len(regions) > 1:
        series = {("all regions", every): series[every,]}
        for region in regions[:_REGIONS]:
            series[region, every] = Cells(_share(pairs[pairs["region"] == region], codes))
    if len(regions) > _REGIONS:
        cut = f" The {_REGIONS} of {len(regions):,} regions with the most sites."
    return HeatMap(
        "phi",
        "Who crowds around whom",
        f"Share of the {found.places} with both industries in which j → k: row j, column k."
        + _cut(len(codes), found.pairs["j"].nunique())
        + cut,
        ("industry j", "crowds around k"),
        series,
        choice="Region",
        reading="The row crowds around the column.",
    )


def _links(found: Coagglomerated) -> Network:
    codes = _most_linked(found, _MOST)
    matrix, every = _share(found.pairs, codes), found.pairs["j"].nunique()
    sites = found.used.groupby("industry").size().reindex(list(matrix.rows)).astype(float)
    floor = float(np.quantile(matrix.values.data, 0.8)) if matrix.values.nnz > 200 else 0.0
    dense = matrix.values.toarray()
    strong = LabelledMatrix.build(
        "Phi", np.where(dense >= floor, dense, 0.0), matrix.rows, unit="share"
    )
    return Network(
        "coagglomeration_links",
        "Directed links between industries",
        "A link from k to j says that j crowds around k; its width is the share of "
        f"{found.places} in which it does.{_cut(len(matrix.rows), every)}"
        + (" The strongest fifth of the links." if floor else ""),
        {(_all(found),): Links(strong, sites.fillna(0.0).rename("sites"))},
    )


def _all(found: Coagglomerated) -> str:
    return _span(found).removeprefix(", ") or "all"


def _reach(found: Coagglomerated) -> Bars:
    table = industries_table(found).head(_MOST)
    columns: dict[str, pd.Series[float]] = {
        "outward": 100 * table["outward_share"],
        "inward": 100 * table["inward_share"],
    }
    return Bars(
        "coagglomeration_reach",
        "Who crowds around others, and around whom others crowd",
        f"Share of the ordered pairs of an industry, over all {found.places}, that are links."
        + _cut(len(table), len(industries_table(found))),
        "% of its pairs",
        {"": ["links"]},
        {(way, _all(found)): Stack([values]) for way, values in columns.items()},
        choice="Direction",
    )


def _cells(found: Coagglomerated) -> Table:
    dated = bool(_span(found))
    heads = [Head("Region"), *([Head("Year", "year")] if dated else []), *_CELL_HEADS]
    heads.append(Head("No verdicts because"))
    rows = list(_cell_rows(cells_table(found), dated=dated))
    note = "" if len(rows) <= _CELLS else f"The first {_CELLS} of {len(rows):,}; cells.csv has all."
    return make_table(begin(found.places), heads, rows[:_CELLS], note=note)


def _cell_rows(table: pd.DataFrame, *, dated: bool) -> Iterator[list[object]]:
    whole = table.reindex(columns=["region", "year", *_CELL_COLUMNS, "why"])
    for _, row in whole.iterrows():
        numbers = [None if pd.isna(row[name]) else row[name] for name in _CELL_COLUMNS]
        year = None if pd.isna(row["year"]) else row["year"]
        why = row["why"] if isinstance(row["why"], str) else ""
        yield [row["region"], *([year] if dated else []), *numbers, why]
