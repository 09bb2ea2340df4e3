"""Every query of the library on the tiny economy, with answers worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest
from spillgraph.queries import list_queries

EVIL = "x'}) DETACH DELETE n //"  # as in conftest.py
Given = dict[str, object]
Case = tuple[str, Given, list[tuple[Any, ...]]]

F: Given = {"classification": "f"}
T: Given = {"classification": "t"}
AB: Given = {"first_industry": "A", "second_industry": "B"}
BC: Given = {"first_industry": "B", "second_industry": "C"}

# Firm a1 cites itself (4 in 2000), so do b1 (8 in 2001) and EVIL (2 in 2000).
FIRMS: list[Case] = [
    ("top_cited_firms", {"industry": "A"}, [("a1", "Alpha", 12, 5), ("a2", "Acme", 3, 1)]),
    ("top_cited_firms", {"industry": "C", "limit": "1"}, [("c1", "Gamma", 7, 2)]),
    ("top_cited_firms", {"industry": "C"}, [("c1", "Gamma", 7, 2), (EVIL, EVIL, 1, 1)]),
    ("top_cited_firms", {"industry": EVIL}, []),
    (
        "firms_that_carry_an_industry",
        {"industry": "A"},
        [("a1", "Alpha", 12, 5, 0.8), ("a2", "Acme", 3, 1, 0.2)],
    ),
    (
        "firms_that_carry_an_industry",
        {"industry": "A", "first_year": "2002"},
        [("a1", "Alpha", 8, 2, 1)],
    ),
    ("firms_that_carry_an_industry", {"industry": "A", "last_year": "1999"}, []),
    ("firms_that_carry_an_industry", {"industry": "C", "limit": 1}, [("c1", "Gamma", 7, 2, 7 / 8)]),
    (
        "firms_that_supply_for_an_industry",
        {"industry": "A"},
        [("a1", "Alpha", 25, 2, 25 / 33), ("a2", "Acme", 8, 1, 8 / 33)],
    ),
    (
        "firms_that_supply_for_an_industry",
        {"industry": "C", "first_year": 2001, "last_year": 2001},
        [(EVIL, EVIL, 4, 1, 4 / 7), ("c1", "Gamma", 3, 2, 3 / 7)],
    ),
    ("firms_that_supply_for_an_industry", {"industry": EVIL}, []),
    (
        "suppliers_of_suppliers",
        {"firm": "a1"},
        [("c1", "Gamma", "C", 2, 9), ("a2", "Acme", "A", 1, 8)],
    ),
    ("suppliers_of_suppliers", {"firm": "a1", "last_year": 2000}, [("c1", "Gamma", "C", 1, 6)]),
    (
        "suppliers_of_suppliers",
        {"firm": EVIL},
        [("b1", "Beta", "B", 1, 15), ("b2", None, "B", 1, 3)],
    ),
    ("suppliers_of_suppliers", {"firm": "a3"}, []),
    (
        "largest_customers_of_a_firm",
        {"firm": "a1"},
        [("b1", "Beta", "B", 20, 0.8), (EVIL, EVIL, "C", 5, 0.2)],
    ),
    ("largest_customers_of_a_firm", {"firm": EVIL}, [("a1", "Alpha", "A", 4, 1)]),
    (
        "largest_customers_of_a_firm",
        {"firm": "c1", "first_year": "2001"},
        [(EVIL, EVIL, "C", 2, 2 / 3), ("b1", "Beta", "B", 1, 1 / 3)],
    ),
    (
        "firms_of_a_region",
        {"region": "South"},
        [
            ("a2", "Acme", "A", "P", None),
            ("a3", "Lone", "A", "P", 1),
            ("b2", None, "B", "Q", 2),
            ("u1", "Umbra", "unmapped", "Q", None),
        ],
    ),
    ("firms_of_a_region", {"region": EVIL}, [(EVIL, EVIL, "C", "Q", 4)]),
    ("firms_of_a_region", {"region": "North", "limit": 1}, [("a1", "Alpha", "A", "P", 10)]),
    (
        "citation_flows_between_regions",
        {"first_region": "North", "second_region": "South"},
        [(2000, 0, 3), (2001, 3, 1), (2002, 2, 7)],
    ),
    (
        "citation_flows_between_regions",
        {"first_region": EVIL, "second_region": "North"},
        [(2002, 1, 1)],
    ),
    (
        "citation_flows_between_regions",
        {"first_region": "North", "second_region": "North"},
        [(2000, 3, 3), (2001, 9, 9), (2002, 3, 3)],
    ),
    (
        "firms_bridging_two_industries",
        AB,
        [("c1", "Gamma", "C", 3, 3, 3), ("a2", "Acme", "A", 1, 6, 1)],
    ),
    ("firms_bridging_two_industries", AB | {"limit": 0}, []),
    ("firms_cited_from_two_industries", BC, [("a1", "Alpha", "A", 9, 1, 1)]),
    ("firms_cited_from_two_industries", {"first_industry": "A", "second_industry": EVIL}, []),
]
PATENTS: list[Case] = [
    (
        "patents_without_owner",
        {},
        [(0, 1, 1, 1), (2000, 1, 0, 0), (2001, 3, 1, 1 / 3), (2002, 1, 0, 0)],
    ),
    (
        "most_cited_patents",
        {},
        [
            ("p1", "a1", "A", 3),
            ("p2", "a1", "A", 2),
            ("p5", "", "unmapped", 2),
            ("p3", "b1", "B", 1),
        ],
    ),
    (
        "most_cited_patents",
        {"drop_self": "no", "limit": 2},
        [("p1", "a1", "A", 4), ("p2", "a1", "A", 3)],
    ),
    (
        "most_cited_patents",
        {"first_year": 2002},
        [("p2", "a1", "A", 2), ("p1", "a1", "A", 1), ("p3", "b1", "B", 1)],
    ),
]
INDUSTRIES: list[Case] = [
    (
        "who_an_industry_learns_from",
        F | {"industry": "A"},
        [("B", "Name B", 11, 11 / 17), ("C", "Name C", 5, 5 / 17), ("A", "Name A", 1, 1 / 17)],
    ),
    (
        "who_an_industry_learns_from",
        F | {"industry": "A", "drop_self": "false"},
        [("B", "Name B", 11, 11 / 21), ("A", "Name A", 5, 5 / 21), ("C", "Name C", 5, 5 / 21)],
    ),
    (
        "who_an_industry_learns_from",
        F | {"industry": "B", "residual": "", "first_year": 2002},
        [("A", "Name A", 7, 0.7), ("unmapped", "Name unmapped", 2, 0.2), ("C", "Name C", 1, 0.1)],
    ),
    (
        "who_an_industry_learns_from",
        T | {"industry": "X", "limit": 1},
        [("Y", "Name Y", 10.4375, 10.4375 / 14.375)],
    ),
    ("who_an_industry_learns_from", F | {"industry": EVIL}, []),
    (
        "who_learns_from_an_industry",
        F | {"industry": "A"},
        [("B", "Name B", 9, 9 / 14), ("C", "Name C", 4, 4 / 14), ("A", "Name A", 1, 1 / 14)],
    ),
    (
        "who_learns_from_an_industry",
        F | {"industry": "B", "drop_self": False},
        [("A", "Name A", 11, 0.5), ("B", "Name B", 8, 8 / 22), ("C", "Name C", 3, 3 / 22)],
    ),
    (
        "self_citation_share_by_industry",
        F,
        [
            ("B", "Name B", 22, 8, 8 / 22),
            ("C", "Name C", 9, 2, 2 / 9),
            ("A", "Name A", 21, 4, 4 / 21),
        ],
    ),
    (
        "self_citation_share_by_industry",
        F | {"last_year": 2000, "residual": ""},
        [("C", "Name C", 2, 2, 1), ("A", "Name A", 8, 4, 0.5), ("B", "Name B", 2, 0, 0)],
    ),
    ("citation_trend_of_an_industry_pair", F | AB, [(2000, 3, 0), (2001, 2, 2), (2002, 6, 7)]),
    (
        "citation_trend_of_an_industry_pair",
        F | {"first_industry": "B", "second_industry": "B", "drop_self": False},
        [(2001, 8, 8)],
    ),
    (
        "citation_trend_of_an_industry_pair",
        F | {"first_industry": "B", "second_industry": "B"},
        [(2001, 0, 0)],
    ),
    (
        "mutual_citation_pairs",
        F,
        [("A", "B", 11, 9, 9), ("A", "C", 5, 4, 4), ("B", "C", 3, 3, 3)],
    ),
    (
        "mutual_citation_pairs",
        F | {"first_year": 2001, "last_year": 2001},
        [("A", "C", 5, 3, 3), ("A", "B", 2, 2, 2)],
    ),
    ("mutual_citation_pairs", T, [("X", "Y", 10.4375, 9.0625, 9.0625)]),
    (
        "industry_pairs_trade_and_citations",
        F | {"trade_origin": "trade_links", "minimum_share": "0.25"},
        [
            ("B", "A", 9, 9 / 12, 20, 20 / 27, 9 / 12 * 20 / 27),
            ("A", "B", 11, 11 / 17, 15, 15 / 28, 11 / 17 * 15 / 28),
            ("C", "A", 4, 4 / 7, 13, 13 / 25, 4 / 7 * 13 / 25),
            ("B", "C", 3, 3 / 12, 7, 7 / 27, 3 / 12 * 7 / 27),
        ],
    ),
    (
        "industry_pairs_trade_and_citations",
        F | {"trade_origin": "trade_links", "minimum_share": "0.25", "drop_self": "0", "limit": 1},
        [("B", "A", 9, 9 / 20, 20, 20 / 27, 9 / 20 * 20 / 27)],
    ),
    ("industry_pairs_trade_and_citations", F, []),
    (
        "industries_without_concordance",
        F | {"target": "t"},
        [("C", "Name C", 0.5, 9, 10), ("unmapped", "Name unmapped", 1, 1, 2)],
    ),
    (
        "industries_without_concordance",
        T | {"target": "f", "origin": EVIL},
        [
            ("X", "Name X", 1, 0, 0),
            ("Y", "Name Y", 1, 0, 0),
            ("unmapped", "Name unmapped", 1, 0, 0),
        ],
    ),
    (
        "concordance_of_an_industry",
        F | {"industry": "A", "target": "t"},
        [("X", "Name X", 0.75), ("Y", "Name Y", 0.25)],
    ),
    (
        "concordance_of_an_industry",
        F | {"industry": "C", "target": "t"},
        [("X", "Name X", 0.5), ("unmapped", "Name unmapped", 0.5)],
    ),
    (
        "unmapped_flow_by_year",
        F,
        [(2000, 12, 0, 0), (2001, 21, 1, 1 / 21), (2002, 20, 2, 0.1)],
    ),
    ("unmapped_flow_by_year", F | {"origin": EVIL}, []),
]
C_FROM_A: Given = {"receiver": "C", "source": "A"}
# S(C, B)·W(B, A) = 1/2·1/4 and S(C, C)·W(C, A) = 1/4·1/2: the code decides.
RESULTS: list[Case] = [
    (
        "runs",
        {},
        [
            (EVIL, EVIL, "2023-12-31 23:59 UTC", "t", "0.1.0"),
            ("r1", "Tiny", "2024-01-02 10:00 UTC", "t", "0.1.0"),
            ("r2", "Tiny", "2024-01-02 10:00 UTC", "f", "0.2.0"),
        ],
    ),
    (
        "industries_by_psi",
        {"run": "r1", "year": 2002},
        [("Y", "Name Y", 3, 1.5), ("X", "Name X", 1.5, 2.5)],
    ),
    ("industries_by_psi", {"run": "r1", "year": "2001"}, [("X", "Name X", 1.25, 1.5)]),
    (
        "industries_by_psi",
        {"run": "r2", "year": 2002, "limit": 2},
        [("A", "Name A", 2, 4), ("C", "Name C", 2, 1)],
    ),
    ("industries_by_psi", {"run": EVIL, "year": 2002}, [("X", "Name X", 7, 8)]),
    ("industries_by_psi", {"run": "r2", "year": 2001}, []),
    ("industries_by_psi", {"run": "nobody's", "year": 2002}, []),
    (
        "channels_between_industries",
        C_FROM_A | {"run": "r2", "year": 2002},
        [("B", "Name B", 0.5, 0.25, 0.125), ("C", "Name C", 0.25, 0.5, 0.125)],
    ),
    (
        "channels_between_industries",
        C_FROM_A | {"run": "r2", "year": 2002, "limit": 1},
        [("B", "Name B", 0.5, 0.25, 0.125)],
    ),
    (
        "channels_between_industries",
        C_FROM_A | {"run": "r2", "year": 2001},
        [("B", "Name B", 0.75, 0.5, 0.375)],
    ),
    (
        "channels_between_industries",
        C_FROM_A | {"run": EVIL, "year": 2002},
        [("B", "Name B", 0.625, 1, 0.625)],
    ),
    (
        "channels_between_industries",
        {"receiver": "B", "source": "A", "run": "r2", "year": 2002},
        [("C", "Name C", 0.375, 0.5, 0.1875)],
    ),
    (
        "channels_between_industries",
        {"receiver": "A", "source": "C", "run": "r2", "year": 2002},
        [],
    ),
    ("channels_between_industries", C_FROM_A | {"run": "r1", "year": 2002}, []),
]
R2: Given = {"run": "r2"}
COAGGLOMERATION: list[Case] = [
    (
        "industries_that_crowd_around_an_industry",
        R2 | {"industry": "B"},
        [("A", "Name A", 2, 3), ("C", "Name C", 1, 1)],
    ),
    (
        "industries_that_crowd_around_an_industry",
        R2 | {"industry": "B", "first_year": 2002},
        [("A", "Name A", 1, 1)],
    ),
    (
        "industries_that_crowd_around_an_industry",
        R2 | {"industry": "A", "last_year": "2002"},
        [("B", "Name B", 1, 1)],
    ),
    ("industries_that_crowd_around_an_industry", R2 | {"industry": "A", "last_year": 2001}, []),
    (
        "industries_that_crowd_around_an_industry",
        {"run": "r1", "industry": "Y", "first_year": 2001, "limit": 1},
        [("X", "Name X", 2, 2)],
    ),
    (
        "pairs_that_coagglomerate",
        R2,
        [("A", "B", 2, 3), ("A", "C", 1, 1), ("B", "A", 1, 1), ("C", "B", 1, 1)],
    ),
    ("pairs_that_coagglomerate", R2 | {"minimum_regions": 2}, [("A", "B", 2, 3)]),
    ("pairs_that_coagglomerate", R2 | {"first_year": 2002, "limit": 1}, [("A", "B", 1, 1)]),
    ("pairs_that_coagglomerate", {"run": EVIL}, [("C", "B", 1, 1)]),
    ("pairs_that_coagglomerate", {"run": "r1", "last_year": 1900}, [("X", "Y", 2, 2)]),
    (
        "what_a_pool_is_made_of",
        R2 | {"industry": "A", "region": "North"},
        [
            (2001, "B", "Name B", 4, 6, 1.5, None, 40),
            (2001, "C", "Name C", 2, None, None, 3, None),
            (2002, "B", "Name B", 5, 7, 2.5, 4, 50),
        ],
    ),
    (
        "what_a_pool_is_made_of",
        R2 | {"industry": "A", "region": "North", "last_year": 2001, "limit": 1},
        [(2001, "B", "Name B", 4, 6, 1.5, None, 40)],
    ),
    (
        "what_a_pool_is_made_of",
        R2 | {"industry": "A", "region": "South"},
        [(2001, "B", "Name B", 1, 2, 0.5, 6, 60)],
    ),
    (
        "what_a_pool_is_made_of",
        {"run": "r1", "industry": "X", "region": "South"},
        [(None, "Y", "Name Y", 7, 4, None, None, None)],
    ),
    (
        "what_a_pool_is_made_of",
        {"run": EVIL, "industry": "C", "region": EVIL},
        [(2001, "B", "Name B", 9, 9, 9, 9, 9)],
    ),
    ("what_a_pool_is_made_of", R2 | {"industry": "B", "region": "North"}, []),
]
CASES = [*FIRMS, *PATENTS, *INDUSTRIES, *RESULTS, *COAGGLOMERATION]


def answer(world: Any, name: str, given: Given) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = world.answer(name, given)
    return rows


def assert_rows(found: list[tuple[Any, ...]], expected: list[tuple[Any, ...]]) -> None:
    assert len(found) == len(expected), found
    for row, wanted in zip(found, expected, strict=True):
        assert len(row) == len(wanted), row
        for value, number in zip(row, wanted, strict=True):
            close = isinstance(number, int | float)
            assert value == (pytest.approx(number, rel=1e-12) if close else number), found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_answer_on_the_tiny_economy(world: Any, case: Case) -> None:
    name, given, expected = case
    assert_rows(answer(world, name, given), expected)


@pytest.mark.parametrize("world", ["backwards"], indirect=True)
def test_rows_and_their_order_do_not_depend_on_the_order_of_loading(world: Any) -> None:
    for name, given, expected in CASES:
        assert_rows(answer(world, name, given), expected)


@pytest.mark.parametrize("world", ["empty"], indirect=True)
def test_every_query_runs_on_an_empty_store(world: Any) -> None:
    for name, given, _ in CASES:
        assert answer(world, name, given) == []


def test_every_query_of_the_library_has_a_case() -> None:
    assert {name for name, _, _ in CASES} == {query.name for query in list_queries()}


def test_nothing_that_was_asked_has_changed_the_store(world: Any) -> None:
    for name, given, _ in CASES:
        answer(world, name, {key: EVIL if value == "A" else value for key, value in given.items()})
    nodes = sum(len(rows) for rows in world.economy.nodes.values())
    assert world.ask("MATCH (n) RETURN count(*) AS n") == [(nodes,)]


def test_a_firm_that_cites_only_itself_is_in_no_list(world: Any) -> None:
    given: Given = {"first_industry": "C", "second_industry": "C"}
    for name in ("firms_bridging_two_industries", "firms_cited_from_two_industries"):
        assert EVIL not in [row[0] for row in answer(world, name, given)]
