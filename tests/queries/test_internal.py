"""Every statement of aggregation and export against brute force over the same tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

ORIGIN = "firm_citations"
INDUSTRIES = ("Industry", "Industry")
SLICED = {
    f"{what}_{flow}" for what in ("firm_to_fine", "total_firm") for flow in ("citations", "trade")
} | {
    "citing_firm_to_fine_citations",
    "citations_received_by_firms",
    "deliveries_made_by_firms",
    "patent_to_fine_citations",
    "patent_to_firm_citations",
    "firm_to_fine_citations_by_share",
    "firm_to_fine_trade_by_share",
    "patent_to_fine_citations_by_share",
    "patent_to_firm_citations_by_share",
}

some_worlds = pytest.mark.parametrize("world", ["tiny", "drawn"], indirect=True)


def run(world: Any, name: str, **given: object) -> list[tuple[Any, ...]]:
    """Ask; a statement that takes a slice of the years gets all, and its rows come in order."""
    if name not in SLICED:
        return list(world.answer(name, given))
    rows = world.answer(name, {"slices": 1, "slice": 0, **given})
    return sorted(each for row in rows for each in rolled_out(row))


def rolled_out(row: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """A row for each entry of the row's lists, which are of one length."""
    lengths = {len(value) for value in row if isinstance(value, list)} or {1}
    (n,) = lengths
    return [
        tuple(value[i] if isinstance(value, list) else value for value in row) for i in range(n)
    ]


def summed(rows: Iterable[tuple[tuple[Any, ...], tuple[float, ...]]]) -> list[tuple[Any, ...]]:
    """Sum (key, values) pairs by key, and return sorted flat rows."""
    sums: dict[tuple[Any, ...], list[float]] = {}
    for key, values in rows:
        old = sums.setdefault(key, [0.0] * len(values))
        sums[key] = [one + other for one, other in zip(old, values, strict=True)]
    return [(*key, *values) for key, values in sorted(sums.items())]


def industry_edges(world: Any, kind: str, classification: str) -> list[Mapping[str, Any]]:
    rows = world.economy.edges[kind, *INDUSTRIES]
    return [row for row in rows if row["from"].startswith(f"{classification}:")]


@some_worlds
def test_firm_to_fine_citations(world: Any) -> None:
    industry = {row["id"]: row["industry"] for row in world.economy.nodes["Firm"]}
    edges = world.economy.edges["CITES", "Firm", "Firm"]
    expected = summed(
        (
            (industry[e["from"]], industry[e["to"]], e["year"]),
            (e["count"], e["count"] * (e["from"] == e["to"])),
        )
        for e in edges
    )
    assert any(own for *_, own in expected)
    assert run(world, "firm_to_fine_citations") == expected
    totals = summed(((e["year"],), (e["count"],)) for e in edges)
    assert run(world, "total_firm_citations") == totals


@some_worlds
def test_citations_by_citing_firm_sum_to_those_by_industry(world: Any) -> None:
    industry = {row["id"]: row["industry"] for row in world.economy.nodes["Firm"]}
    expected = summed(
        (
            (e["from"], industry[e["to"]], e["year"]),
            (e["count"], e["count"] * (e["from"] == e["to"])),
        )
        for e in world.economy.edges["CITES", "Firm", "Firm"]
    )
    by_firm = run(world, "citing_firm_to_fine_citations")
    assert by_firm == expected
    firms = run(world, "industry_of_firms")
    assert firms == sorted(industry.items())
    to_industry = dict(firms)
    assert run(world, "firm_to_fine_citations") == summed(
        ((to_industry[firm], *rest), (count, own)) for firm, *rest, count, own in by_firm
    )


@some_worlds
def test_firms_off_their_industry(world: Any) -> None:
    code = {row["key"]: row["code"] for row in world.economy.nodes["Industry"]}
    industry = {row["id"]: row["industry"] for row in world.economy.nodes["Firm"]}
    edges = world.economy.edges["IN_INDUSTRY", "Firm", "Industry"]
    off = sum(industry[e["from"]] != code[e["to"]] for e in edges)
    assert edges
    assert run(world, "firms_off_their_industry") == [(off,)]


@some_worlds
def test_patent_citations_to_firms_and_industries_keep_every_citation(world: Any) -> None:
    patent = {row["id"]: row for row in world.economy.nodes["Patent"]}
    edges = world.economy.edges["CITES", "Patent", "Patent"]
    owned = [e for e in edges if patent[e["from"]]["firm"] and patent[e["to"]]["firm"]]
    to_firms = summed(
        ((patent[e["from"]]["firm"], patent[e["to"]]["firm"], e["year"]), (e["count"],))
        for e in owned
    )
    assert any(row[0] == row[1] for row in to_firms)  # a firm may cite itself
    assert sorted(run(world, "patent_to_firm_citations")) == to_firms
    to_fine = summed(
        (
            (patent[e["from"]]["industry"], patent[e["to"]]["industry"], e["year"]),
            (
                e["count"],
                e["count"] * (patent[e["from"]]["firm"] == patent[e["to"]]["firm"] != ""),
            ),
        )
        for e in edges
    )
    assert run(world, "patent_to_fine_citations") == to_fine
    [(unowned,)] = run(world, "unowned_patent_citations")
    total = sum(e["count"] for e in edges)
    assert unowned == total - sum(e["count"] for e in owned)
    assert total == unowned + sum(row[3] for row in to_firms) == sum(row[3] for row in to_fine)


@some_worlds
def test_firm_to_fine_trade_points_from_source_to_receiver(world: Any) -> None:
    industry = {row["id"]: row["industry"] for row in world.economy.nodes["Firm"]}
    edges = world.economy.edges["SUPPLIES", "Firm", "Firm"]
    expected = summed(
        ((industry[e["to"]], industry[e["from"]], e["year"]), (e["value"],)) for e in edges
    )
    assert run(world, "firm_to_fine_trade") == expected
    totals = summed(((e["year"],), (e["value"],)) for e in edges)
    assert run(world, "total_firm_trade") == totals


@some_worlds
@pytest.mark.parametrize(
    ("name", "edge", "firm", "value"),
    [
        ("citations_received_by_firms", "CITES", "to", "count"),
        ("deliveries_made_by_firms", "SUPPLIES", "from", "value"),
    ],
)
def test_what_other_firms_draw_from_a_firm(
    world: Any, name: str, edge: str, firm: str, value: str
) -> None:
    edges = world.economy.edges[edge, "Firm", "Firm"]
    others = [e for e in edges if e["from"] != e["to"]]
    expected = summed(((e[firm], e["year"]), (e[value],)) for e in others)
    assert run(world, name) == expected


@some_worlds
def test_deliveries_between_firms_are_those_of_a_year_to_others(world: Any) -> None:
    edges = world.economy.edges["SUPPLIES", "Firm", "Firm"]
    for year in {e["year"] for e in edges}:
        mine = [e for e in edges if e["year"] == year and e["from"] != e["to"]]
        expected = summed(((e["from"], e["to"]), (e["value"],)) for e in mine)
        assert run(world, "deliveries_between_firms", year=year) == expected


def valid(edges: Iterable[Mapping[str, Any]], key: str, value: str, year: int) -> Any:
    """Ends with their shares in a year, by the other end."""
    found: dict[str, list[tuple[Mapping[str, Any], str]]] = defaultdict(list)
    for edge in edges:
        if edge["first_year"] <= year <= edge["last_year"]:
            found[edge[key]].append((edge, edge[value]))
    return found


@some_worlds
def test_sums_by_share_of_firms_keep_every_flow(world: Any) -> None:
    belongs = world.economy.edges["BELONGS_TO", "Firm", "Industry"]
    for flow, ends, measure in (
        ("citations", ("from", "to"), "count"),
        ("trade", ("to", "from"), "value"),
    ):
        kind = "CITES" if flow == "citations" else "SUPPLIES"
        edges, rows = world.economy.edges[kind, "Firm", "Firm"], []
        for e in edges:
            at = valid(belongs, "from", "to", e["year"])
            for m, i in at[e[ends[0]]]:
                for n, j in at[e[ends[1]]]:
                    part = e[measure] * m["share"] * n["share"]
                    own = (part * (e["from"] == e["to"]),) if flow == "citations" else ()
                    rows.append(((i[2:], j[2:], e["year"]), (part, *own)))
        # shares are sums of powers of 2, so all sums are exact
        found = run(world, f"firm_to_fine_{flow}_by_share")
        assert found == summed(rows)
        assert sum(row[3] for row in found) == sum(e[measure] for e in edges)


@some_worlds
def test_sums_by_share_of_patents_keep_every_citation(world: Any) -> None:
    belongs = world.economy.edges["BELONGS_TO", "Patent", "Industry"]
    holds = world.economy.edges["HOLDS", "Firm", "Patent"]
    edges, fine, firms = world.economy.edges["CITES", "Patent", "Patent"], [], []
    for e in edges:
        at = valid(belongs, "from", "to", e["year"])
        for m, i in at[e["from"]]:
            for n, j in at[e["to"]]:
                part = e["count"] * m["share"] * n["share"]
                nobody = part * (1 - m["owned"] * n["owned"])
                fine.append(((i[2:], j[2:], e["year"]), (part, nobody)))
        held = valid(holds, "to", "from", e["year"])
        for m, f in held[e["from"]]:
            for n, g in held[e["to"]]:
                firms.append(((f, g, e["year"]), (e["count"] * m["share"] * n["share"],)))
    to_fine = run(world, "patent_to_fine_citations_by_share")
    to_firms = run(world, "patent_to_firm_citations_by_share")
    assert to_fine == summed(fine) and to_firms == summed(firms)
    total, unowned = sum(e["count"] for e in edges), sum(row[4] for row in to_fine)
    assert 0 < unowned < total == sum(row[3] for row in to_fine)
    assert sum(row[3] for row in to_firms) == total - unowned


def mapped(
    world: Any, edges: Iterable[Mapping[str, Any]], ends: tuple[str, str], keep: bool, *names: str
) -> list[tuple[Any, ...]]:
    """Split industry edges by the concordance, the diagonal kept or split like the rest."""
    shares: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for row in world.economy.edges["MAPS_TO", *INDUSTRIES]:
        shares[row["from"]].append((row["to"][2:], row["weight"]))
    found = []
    for edge in edges:
        receiver, source = edge[ends[0]], edge[ends[1]]
        if keep and receiver == source:
            parts = [(k, k, v) for k, v in shares[receiver]]
        else:
            parts = [(k, m, v * w) for k, v in shares[receiver] for m, w in shares[source]]
        found += [
            ((k, m, edge["year"]), tuple(edge[name] * part for name in names))
            for k, m, part in parts
        ]
    return summed(found)


@some_worlds
@pytest.mark.parametrize("keep", [False, True])
def test_fine_to_target_splits_both_ends_and_keeps_totals(world: Any, keep: bool) -> None:
    given = {"classification": "f", "target": "t", "keep_diagonal": keep}
    edges = industry_edges(world, "INDUSTRY_CITES", "f")
    found = run(world, "fine_to_target_citations", origin=ORIGIN, **given)
    # shares are sums of powers of 2 and counts are whole, so all sums are exact
    assert found == mapped(world, edges, ("from", "to"), keep, "count", "self_count")
    assert sum(row[3] for row in found) == sum(e["count"] for e in edges)
    assert sum(row[4] for row in found) == sum(e["self_count"] for e in edges)
    if not keep:
        assert found == run(world, "industry_citations", classification="t", origin=ORIGIN)

    edges = industry_edges(world, "INDUSTRY_SUPPLIES", "f")
    traded = run(world, "fine_to_target_trade", origin="trade_links", **given)
    assert traded == mapped(world, edges, ("to", "from"), keep, "value")
    assert sum(row[3] for row in traded) == sum(e["value"] for e in edges)
    if not keep:
        assert traded == run(world, "industry_trade", classification="t", origin="trade_links")


def test_keep_diagonal_moves_flow_only_onto_the_diagonal(world: Any) -> None:
    given = {"classification": "f", "target": "t", "origin": ORIGIN}
    both = [
        {
            row[:3]: row[3]
            for row in run(world, "fine_to_target_citations", keep_diagonal=k, **given)
        }
        for k in (False, True)
    ]
    # A's own citations of 2000 are 5: split, (X,Y) gets 5·.75·.25; kept, (X,X) gets 5·.75.
    # The only other flow of A and C into X that year is c1's firm EVIL citing itself, 2.
    split, kept = both
    assert kept["X", "X", 2000] - split["X", "X", 2000] == 5 * (0.75 - 0.75**2) + 2 * 0.25
    assert sum(kept.values()) == sum(split.values())


@some_worlds
def test_stock_and_cumulated_citations_agree(world: Any) -> None:
    for year in (1999, 2000, 2001, 2002, 2050):
        for classification in ("f", "t"):
            given = {"classification": classification, "year": year, "origin": ORIGIN}
            edges = industry_edges(world, "INDUSTRY_CITES", classification)
            expected = summed(
                ((e["from"][2:], e["to"][2:]), (e["count"], e["self_count"]))
                for e in edges
                if e["year"] <= year
            )
            assert run(world, "citations_to_year", **given) == expected
            stored = classification == "t" and 2000 <= year <= 2002
            assert run(world, "citation_stock", **given) == (expected if stored else [])


@some_worlds
@pytest.mark.parametrize("classification", ["f", "t"])
def test_industry_flows_come_out_as_they_are(world: Any, classification: str) -> None:
    edges = industry_edges(world, "INDUSTRY_CITES", classification)
    given = {"classification": classification, "origin": ORIGIN}
    assert run(world, "industry_citations", **given) == sorted(
        (e["from"][2:], e["to"][2:], e["year"], e["count"], e["self_count"]) for e in edges
    )
    [(total,)] = run(world, "total_industry_citations", **given)
    assert total == sum(e["count"] for e in edges)

    edges = industry_edges(world, "INDUSTRY_SUPPLIES", classification)
    given = {"classification": classification, "origin": "trade_links"}
    assert run(world, "industry_trade", **given) == sorted(
        (e["to"][2:], e["from"][2:], e["year"], e["value"]) for e in edges
    )
    [(total,)] = run(world, "total_industry_trade", **given)
    assert total == sum(e["value"] for e in edges)


@some_worlds
def test_industries_and_totals(world: Any) -> None:
    for classification in ("f", "t"):
        expected = sorted(
            (row["code"], row["name"])
            for row in world.economy.nodes["Industry"]
            if row["classification"] == classification
        )
        assert run(world, "industries", classification=classification) == expected


def test_the_study_of_the_graph(world: Any) -> None:
    assert run(world, "study_of_the_graph") == [("Tiny", "t")]


@pytest.mark.parametrize("world", ["empty"], indirect=True)
def test_totals_over_nothing_are_zero_and_the_rest_has_no_rows(world: Any) -> None:
    of = {"classification": "f", "origin": ORIGIN}
    for name, given in (
        ("total_industry_citations", of),
        ("total_industry_trade", of),
        ("unowned_patent_citations", {}),
    ):
        assert run(world, name, **given) == [(0.0,)]
    assert run(world, "firm_to_fine_citations") == []
    assert run(world, "total_firm_citations") == []
    assert run(world, "patent_to_firm_citations") == []
    assert run(world, "study_of_the_graph") == []
    assert run(world, "fine_to_target_trade", target="t", keep_diagonal=True, **of) == []


@some_worlds
@pytest.mark.parametrize("name", sorted(SLICED))
def test_slices_add_up_to_the_whole(world: Any, name: str) -> None:
    whole = run(world, name)
    parts = [run(world, name, slices=3, slice=each) for each in range(3)]
    assert sum(bool(part) for part in parts) > 1
    # no row is in two of them, so nothing has to be added up again
    assert sorted(row for part in parts for row in part) == whole
