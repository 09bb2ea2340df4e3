"""What the page shows of other indices: beside φ, and where they disagree."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ...reports.kit import Heading, Paragraph, Part, Rates
from ...reports.tables import Head, Table, label, make_table, show
from ._agreement import agreement, by_fifths, by_pair
from ._compute import Coagglomerated
from ._indices import OF_PAIRS, Indices

__all__ = ["index_parts", "index_sentence"]

#: Pairs and industries that tables show.
_PAIRS, _INDUSTRIES = 10, 25
_SHORT = {"ellison_glaeser_kerr": "EGK", "colocation": "Colocation", "M": "M", "m": "m", "K": "K"}


def index_parts(found: Coagglomerated) -> Iterator[Part]:
    """Yield what the page shows where other indices were asked for.

    Parameters
    ----------
    found : Coagglomerated
        What was computed.
    """
    if (indices := found.indices) is None:
        return
    yield Heading("Beside other indices")
    yield Paragraph(_what(found, indices))
    if indices.known:
        yield _rates(found, indices)
        yield _agreement_table(found, indices)
        yield from _disagreements(found, indices)
    yield _industries(found, indices)


def index_sentence(found: Coagglomerated) -> str:
    """Return for the screen with which index φ agrees most and least.

    Parameters
    ----------
    found : Coagglomerated
        What was computed; other indices were asked for.
    """
    if found.indices is None or not found.indices.known:
        return "No other index is known of any pair."
    order = agreement(found.indices).set_index("index")["correlation_phi"].dropna()
    if order.empty:
        return "All pairs have one verdict: nothing can be ranked beside it."
    order = order.sort_values(ascending=False)
    ends = [str(order.index[0]), str(order.index[-1])]
    most, least = (f"{OF_PAIRS[name]} ({show(order[name], 'value')})" for name in ends)
    other = f", least with {least}" if len(order) > 1 else ""
    return f"By rank correlation φ agrees most with {most}{other}: indices.parquet has all."


def _what(found: Coagglomerated, indices: Indices) -> str:
    km, employment = f"{indices.km:g}", found.options.weights == "employment"
    mass = "sites weigh as their employment" if employment else "each site counts the same"
    held = (
        f" K is held against {indices.draws:,} draws of all sites over all distances up to the "
        "median, with a global envelope (K_p, K_localized)."
        if indices.draws
        else " No envelope of K was drawn (indices_draws)."
    )
    return (
        f"The same pairs of the same sites; {mass}. Ellison–Glaeser–Kerr and colocation need "
        f"areas: squares of {km} km within each {found.place}. M looks at neighbours of j within "
        f"{km} km, m at those about {km} km away (bandwidth {indices.km / 2:g} km), K "
        f"is the smoothed share of the distances between j and k that are below {km} km. φ, M and "
        "m have a direction, the others have none. Location quotients take regions as areas."
        f"{held}"
    )


def _rates(found: Coagglomerated, indices: Indices) -> Rates:
    series = {}
    for name in indices.known:
        table = by_fifths(indices.pairs.dropna(subset=[name]), name)
        series[OF_PAIRS[name]] = table.set_axis([_called(at, len(table)) for at in table.index])
    return Rates(
        "coagglomeration_indices",
        "Links and other indices",
        f"Share of pairs with j → k, by fifths of each index among the pairs of a {found.place}, "
        "the lowest first. Pairs of one value stay in one group, so that groups may be fewer.",
        "pairs that are linked",
        series,
    )


def _called(group: int, groups: int) -> str:
    return f"{group}{' | lowest' if group == 1 else ' | highest' if group == groups else ''}"


def _agreement_table(found: Coagglomerated, indices: Indices) -> Table:
    heads = [
        Head("Index"),
        Head("Pairs", "count", f"of all {found.places} that have it"),
        Head("with φ", "value", "rank correlation"),
        Head("with nearness", "value", "rank correlation with −W"),
        Head("Linked, lowest group", "percent"),
        Head("Linked, highest group", "percent"),
    ]
    columns = ["pairs", "correlation_phi", "correlation_near", "linked_lowest", "linked_highest"]
    rows = [[OF_PAIRS[row["index"]], *row[columns]] for _, row in agreement(indices).iterrows()]
    note = (
        f"Spearman's, of the pairs of a {found.place}; the mean over these, weighted by pairs. φ "
        "has two values, so that not even a perfect ranking has 1."
    )
    return make_table("Rank correlations with other indices", heads, rows, note=note)


def _disagreements(found: Coagglomerated, indices: Indices) -> Iterator[Table]:
    pairs = by_pair(indices).dropna(subset=["rank"])
    # Over all its regions and years, so that a pair of a single one is not in front of all others.
    pairs = pairs.assign(
        ahead=pairs["linked"] * (1 - pairs["rank"]), behind=pairs["cells"] * pairs["rank"]
    )
    for caption, rows, by in (
        ("Linked, where other indices see little", pairs[pairs["linked"] > 0], "ahead"),
        ("Not linked, where other indices see much", pairs[pairs["linked"] == 0], "behind"),
    ):
        if len(rows):
            yield _pairs_table(found, indices, caption, rows.nlargest(_PAIRS, by))


def _pairs_table(
    found: Coagglomerated, indices: Indices, caption: str, pairs: pd.DataFrame
) -> Table:
    heads = [
        Head("Industry j"),
        Head("k"),
        Head("Linked in", "count"),
        Head("of", "count", f"{found.places} in which both are"),
        *(Head(_SHORT[name], "percent", "pairs that are no higher") for name in indices.known),
    ]
    rows = [
        [
            label(row["j"], found.names),
            label(row["k"], found.names),
            row["linked"],
            row["cells"],
            *row[indices.known],
        ]
        for _, row in pairs.iterrows()
    ]
    note = (
        f"By index: the share of the pairs of a {found.place} that it puts no higher, mean. Pairs "
        f"of several {found.places} come first."
    )
    return make_table(caption, heads, rows, note=note)


def _industries(found: Coagglomerated, indices: Indices) -> Table:
    table = indices.industries
    by_industry = table.groupby("industry")
    means = pd.DataFrame({name: _weighted(table, name) for name in ("ellison_glaeser", "M", "K")})
    known = table.dropna(subset=["location_quotient"])
    top = known.loc[known.groupby("industry")["location_quotient"].idxmax()].set_index("industry")
    means["cells"] = by_industry.size()
    order = means.sort_values("ellison_glaeser", ascending=False, kind="stable")
    heads = [
        Head("Industry"),
        Head("Compared in", "count", found.places),
        Head("Ellison–Glaeser", "value", "γ of squares, mean by sites"),
        Head("M", "value", "own, mean by sites"),
        Head("K", "percent", "own distances within reach, mean by sites"),
        Head("Location quotient", "value", "the largest of a region"),
        Head("there", "text"),
    ]
    rows = [
        [
            label(str(code), found.names),
            row["cells"],
            row["ellison_glaeser"],
            row["M"],
            row["K"],
            top["location_quotient"].get(code),
            top["region"].get(code),
        ]
        for code, row in order.head(_INDUSTRIES).iterrows()
    ]
    every = len(order)
    note = f"The {_INDUSTRIES} of {every:,} with the largest γ." if every > _INDUSTRIES else ""
    return make_table("How concentrated industries are", heads, rows, note=note)


def _weighted(table: pd.DataFrame, column: str) -> pd.Series[float]:
    """Return by industry the mean of an index over regions and years, weighted by sites."""
    known = table.dropna(subset=[column])
    sums = (known[column] * known["sites"]).groupby(known["industry"]).sum()
    mean: pd.Series[float] = sums / known.groupby("industry")["sites"].sum()
    return mean
