"""Owners, industries by share, dates and lags: sums in the store are those made by hand."""

from __future__ import annotations

import importlib.util
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spillgraph.capabilities.studies import read_study
from spillgraph.core.errors import InputError, StudyError, TotalsError
from spillgraph.graph import aggregate as aggregation
from spillgraph.graph.aggregate import Totals, aggregate, start
from spillgraph.graph.ask import ask
from spillgraph.graph.open import open_store
from spillgraph.graph.store import GraphStore
from spillgraph.ingest.economy import Economy, prepare
from spillgraph.ingest.load import load
from spillgraph.ingest.owners.chains import ended_by_others, owners_by_year
from spillgraph.ingest.stage import stage
from spillgraph.ingest.study import load_study
from spillgraph.runs.firms import ask_firms
from staging import connect

SPEC = importlib.util.spec_from_file_location("by_hand", Path(__file__).with_name("by_hand.py"))
assert SPEC is not None and SPEC.loader is not None
by_hand = sys.modules.setdefault("by_hand", importlib.util.module_from_spec(SPEC))
SPEC.loader.exec_module(by_hand)

CLOSE = 1e-12


@contextmanager
def summed(
    path: Path, url: str, keep: str = "firms"
) -> Iterator[tuple[GraphStore, Economy, dict[str, Totals]]]:
    """A study's flows in a store, as a run has them."""
    study = read_study(path, keep)
    with connect() as con, open_store(url) as store:
        staged = stage(con, study, path.parent / "tables", None)
        economy = prepare(con, study, staged)
        given = {"industries": economy.industries, "maps": economy.maps}
        load(con, study, store, "mark", replace=True, rebuild=True, **given)
        start(store)
        totals = {
            flow.name: aggregate(
                store,
                replace(flow, cells=None) if keep == "firms" else flow,
                target="f",
                years=[],
                keep_diagonal=False,
                fingerprint="mark",
            )
            for flow in economy.flows
        }
        yield store, economy, totals


def cells(store: GraphStore, kind: str, origin: str, measure: str) -> dict[Any, float]:
    table = ask(store, f"industry_{kind}", {"classification": "f", "origin": origin})
    columns = [table[name].to_pylist() for name in ("receiver", "source", "year", measure)]
    return {(i, j, year): value for i, j, year, value in zip(*columns, strict=True) if value}


def assert_same(found: dict[Any, float], wanted: dict[Any, Fraction]) -> None:
    wanted = {cell: amount for cell, amount in wanted.items() if amount}
    assert found.keys() == wanted.keys()
    for cell, amount in wanted.items():
        assert found[cell] == pytest.approx(float(amount), rel=CLOSE)


def compare(
    records: Any, url: str, folder: Path, *, options: str = "", keep: str = "firms", **given: Any
) -> None:
    """Hold a store's sums against those by hand: cells, self-citations, and what is nobody's."""
    spread = given.pop("spread", False)
    path = by_hand.write(records, folder, options, given.pop("seed", None))
    origin = "patent_citations" if records.patents else "firm_citations"
    cited, delivered = by_hand.citations(records, **given), by_hand.deliveries(records, spread)
    with summed(path, url, keep) as (store, _, totals):
        if records.cites or records.firm_cites:
            assert_same(cells(store, "citations", origin, "count"), cited.cells)
            assert_same(cells(store, "citations", origin, "self_count"), cited.selfs)
            total = totals["citations"]
            assert total.input == pytest.approx(float(sum(cited.cells.values())), rel=CLOSE)
            assert total.lost.get("no firm", 0) == pytest.approx(float(cited.unowned), rel=1e-9)
            inside = sum(v for (i, j, _), v in cited.cells.items() if by_hand.NOBODY not in (i, j))
            assert total.target == pytest.approx(float(inside), rel=CLOSE)
            assert total.target + total.unmapped == pytest.approx(total.input, rel=CLOSE)
        if records.links:
            assert_same(cells(store, "trade", "trade_links", "value"), delivered.cells)


def options_of(seed: int, patents: bool, links: bool = True) -> dict[str, Any]:
    """Options that change what counts, in turn."""
    spread, fractional = links and bool(seed % 2), patents and seed % 3 == 0
    lag = (0, 2) if patents and seed % 4 == 0 else None
    texts = ['interval = "spread"'] if spread else []
    texts += ['citation_weight = "fractional"'] if fractional else []
    texts += ["lag = [0, 2]"] if lag else []
    made: dict[str, Any] = {"options": "\n".join(texts), "spread": spread}
    return made | ({"lag": lag, "fractional": fractional} if patents else {})


@pytest.mark.parametrize("keep", ["firms", "industries"])
@pytest.mark.parametrize("patents", [True, False])
@settings(max_examples=8, derandomize=True, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_sums_are_those_made_by_hand(patents: bool, keep: str, seed: int) -> None:
    """In the graph, from its firms or patents, and from the tables, where it has none."""
    records = by_hand.drawn(seed, patents=patents)
    if not (records.cites or records.firm_cites):
        return
    with tempfile.TemporaryDirectory() as name:
        made = options_of(seed, patents, bool(records.links))
        compare(records, f"{name}/graph.lbug", Path(name), seed=seed, keep=keep, **made)


@pytest.mark.parametrize("patents", [True, False])
@pytest.mark.parametrize("seed", [3, 8])
def test_firm_by_firm_the_tables_say_what_the_graph_says(
    tmp_path: Path, patents: bool, seed: int
) -> None:
    path = by_hand.write(by_hand.drawn(seed, patents=patents), tmp_path)
    found = {}
    for keep in ("firms", "industries"):
        with summed(path, str(tmp_path / f"{keep}.lbug"), keep) as (store, economy, _):
            study = read_study(path, keep)
            names = [table.name for table in study.tables]
            tables = {name: path.parent / "tables" / f"{name}.parquet" for name in names}
            staged = {name: SimpleNamespace(name=name, path=at) for name, at in tables.items()}
            result = SimpleNamespace(study=study, staged=staged, economy=economy)
            found[keep] = {name: ask_firms(store, result, name) for name in BEHIND}  # type: ignore[arg-type]
            given = {"year": 2001}
            links = ask_firms(store, result, "deliveries_between_firms", given)  # type: ignore[arg-type]
            found[keep]["deliveries_between_firms"] = links
    assert sum(bool(len(table)) for table in found["firms"].values()) >= 3
    for name, table in found["firms"].items():
        pd.testing.assert_frame_equal(
            found["industries"][name], table, check_dtype=False, rtol=CLOSE
        )


BEHIND = (
    "citations_received_by_firms",
    "citing_firm_to_fine_citations",
    "deliveries_made_by_firms",
    "industry_of_firms",
    "total_firm_trade",
)


# -- identities ------------------------------------------------------------------------------------


def all_cells(records: Any, folder: Path, seed: int | None = None) -> dict[Any, float]:
    folder.mkdir()
    path = by_hand.write(records, folder, "", seed)
    origin = "patent_citations" if records.patents else "firm_citations"
    found = {}
    with summed(path, str(folder / "graph.lbug")) as (store, _, _):
        for measure in ("count", "self_count"):
            for cell, value in cells(store, "citations", origin, measure).items():
                found[measure, *cell] = value
        for cell, value in cells(store, "trade", "trade_links", "value").items():
            found["value", *cell] = value
    return found


@pytest.mark.parametrize("patents", [True, False])
def test_one_owner_one_industry_and_no_dates_are_the_study_without_them(
    patents: bool, tmp_path: Path
) -> None:
    plain = by_hand.drawn(5, patents=patents)
    plain.industries, plain.owners, plain.ownership = [], [], []
    plain.links = [row for row in plain.links if row[2] is not None]
    shared = by_hand.drawn(5, patents=patents)
    shared.ownership, shared.links = [], plain.links
    known = {firm: code for firm, code in plain.firms.items() if code}
    shared.industries = [(f, code, Fraction(1), None, None, None) for f, code in known.items()]
    shared.firms = dict.fromkeys(plain.firms)
    owned = {patent: firm for patent, (firm, _) in plain.patents.items() if firm}
    shared.owners = [(patent, firm, None, None) for patent, firm in owned.items()]
    shared.patents = {patent: (None, year) for patent, (_, year) in plain.patents.items()}
    assert known and bool(owned) == patents
    one, other = (all_cells(r, tmp_path / name) for r, name in ((plain, "a"), (shared, "b")))
    assert one == other and one  # to the last digit


@pytest.mark.parametrize("patents", [True, False])
def test_the_order_of_rows_changes_nothing(patents: bool, tmp_path: Path) -> None:
    records = by_hand.drawn(21, patents=patents)
    one, other = (all_cells(records, tmp_path / f"{seed}", seed) for seed in (1, 2))
    assert one.keys() == other.keys() and one
    assert all(other[cell] == pytest.approx(value, rel=CLOSE) for cell, value in one.items())


@pytest.mark.parametrize("seed", [6, 19, 183])
@pytest.mark.parametrize("patents", [True, False])
def test_sums_on_a_server_are_those_made_by_hand(
    patents: bool, seed: int, neo4j: Any, tmp_path: Path
) -> None:
    records = by_hand.drawn(seed, patents=patents)
    compare(records, neo4j.address, tmp_path, **options_of(seed, patents))


def test_a_sum_in_a_wrong_cell_stops_the_run(tmp_path: Path, monkeypatch: Any) -> None:
    """Totals agree though a flow is in the wrong place: the tables know better."""
    records = by_hand.drawn(6, patents=False)
    honest = aggregation.ask_by_slices

    def exchanged(store: GraphStore, name: str) -> Any:
        table = honest(store, name)
        if name != "firm_to_fine_citations_by_share":
            return table
        at = table.column_names.index("receiver")
        return table.set_column(
            at, "receiver", table["receiver"].take(list(range(len(table)))[::-1])
        )

    monkeypatch.setattr(aggregation, "ask_by_slices", exchanged)
    path = by_hand.write(records, tmp_path)
    with (
        pytest.raises(TotalsError, match="is not that of the tables"),
        summed(path, str(tmp_path / "graph.lbug")),
    ):
        pass


# -- owners by year -----------------------------------------------------------------------------


def test_ownership_changes_hands_at_its_date() -> None:
    rows = [("F2", "F1", None, 2005, None), ("F4", "F1", None, 2011, None)]
    stakes = owners_by_year(rows, (2000, 2012))
    assert [(s.firm, s.owner, s.share, s.first, s.last) for s in stakes] == [
        ("F2", "F2", 1.0, 2000, 2004),
        ("F2", "F1", 1.0, 2005, 2012),
        ("F4", "F4", 1.0, 2000, 2010),
        ("F4", "F1", 1.0, 2011, 2012),
    ]


def test_a_firm_on_its_own_again_and_one_with_an_end() -> None:
    rows = [
        ("A", "B", None, 2001, None),
        ("A", "A", None, 2003, None),
        ("C", "B", None, 2001, 2002),
    ]
    held = {
        (s.firm, year): s.owner
        for s in owners_by_year(rows, (2000, 2004))
        for year in range(s.first, s.last + 1)
    }
    assert "".join(held["A", year] for year in range(2000, 2005)) == "ABBAA"
    assert "".join(held["C", year] for year in range(2000, 2005)) == "CBBCC"


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("A", "B", None, 2000, None), ("B", "A", None, 2003, None)], "2003 .*circle: A ← B ← A"),
        ([("A", "B", None, 2000, None), ("A", "C", None, 2000, None)], r"'A' have 2 .*\(B, C\)"),
        ([("A", "B", 0.7, 2000, 2009), ("A", "C", 0.5, 2004, 2009)], "'A' have 1.2 of it in 2004"),
        ([("A", "B", None, 2005, 2004)], "last_year 2004 before first_year 2005"),
        ([(f"F{i}", f"F{i + 1}", None, None, None) for i in range(200)], "more than 100 owners"),
    ],
)
def test_owners_that_cannot_be_are_named(rows: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        owners_by_year(rows, (2000, 2010))


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([("A", "B", 0.6, 2003, None), ("A", "C", 0.3, 2005, None)], "1 share ends"),
        ([("A", "B", 0.6, None, None), ("A", "C", 0.4, 2005, 2009)], "1 share ends"),
        (
            [("A", "B", 0.2, 2003, None), ("A", "C", 0.3, 2003, None), ("A", "D", 0.5, 2005, None)],
            "2 shares end",
        ),
        ([("A", "B", 0.6, 2003, 2009), ("A", "C", 0.3, 2005, None)], None),  # both hold
        ([("A", "B", 0.6, 2003, 2004), ("A", "C", 0.3, 2005, None)], None),
        ([("A", "B", 0.6, 2003, None), ("A", "C", 0.5, 2005, None)], None),  # both cannot hold
        ([("A", "B", None, 2003, None), ("A", "C", 0.3, 2005, None)], None),
        ([("A", "B", None, 2003, None), ("A", "C", 0.0, 2005, None)], "1 share ends"),
        ([("A", "B", 0.3, 2003, None), ("A", "A", None, 2005, None)], None),  # on its own again
        ([("A", "B", 0.3, 2003, None), ("A", "B", 0.5, 2005, None)], None),  # its share grows
        (
            # each date names all owners
            [("A", "B", 0.2, 1, None), ("A", "C", 0.3, 1, None), ("A", "C", 0.5, 5, None)],
            None,
        ),
        (
            # C has the rest already
            [("A", "B", 0.4, 2003, None), ("A", "C", 0.5, 2003, 2009), ("A", "D", 0.3, 2005, None)],
            None,
        ),
    ],
)
def test_a_share_that_ends_where_both_could_hold_is_told(rows: Any, told: str | None) -> None:
    found = ended_by_others(rows)
    assert [each.partition("). ")[2] for each in found] == ([f"{told} so."] if told else [])
    for each in found:
        assert each.startswith("ownership: 'B' has ")
        assert " of firm 'A' until 2004 only: " in each


def test_a_circle_at_no_date_is_none() -> None:
    rows = [("A", "B", None, 2000, 2002), ("B", "A", None, 2003, None)]
    assert {s.share for s in owners_by_year(rows, (2000, 2010))} == {1.0}


# -- what cannot be used is told -----------------------------------------------------------------


PATENTS = {"P1": ("F1", 2001), "P2": (None, 2002)}
FIRMS = {"F1": "A", "F2": "B", "F3": None}
HALF = Fraction(1, 2)


def of_patents(*owners: tuple[Any, ...], **more: Any) -> Any:
    given = {"firms": FIRMS, "patents": PATENTS, "cites": [("P2", "P1")], "owners": list(owners)}
    return by_hand.Records(**{**given, **more})


def of_firms(*industries: tuple[Any, ...], **more: Any) -> Any:
    given = {"firms": FIRMS, "industries": list(industries), "firm_cites": [("F1", "F2", 2001, 1)]}
    return by_hand.Records(**{**given, **more})


@pytest.mark.parametrize(
    ("records", "words"),
    [
        (
            of_patents(("P2", "F1", HALF, None), ("P2", "F2", Fraction(3, 4), None)),
            "patent 'P2' has shares that add to 1.25, more than 1",
        ),
        (
            of_patents(("P2", "F1", HALF, None), ("P2", "F2", None, None)),
            "patent 'P2' has a share in some rows only",
        ),
        (
            of_patents(("P2", "F1", HALF, None), ("P2", "F1", HALF, None)),
            "patent 'P2' has firm 'F1' twice, with shares",
        ),
        (
            of_patents(("P1", "F2", None, None)),
            "'F1' owns patent 'P1', table patent_owners names others",
        ),
        (
            of_patents(("P2", "F1", None, 2001), ("P2", "F2", Fraction(5, 4), 2002)),
            "in 2002 shares that add to 1.25",
        ),
        (
            of_firms(
                ("F1", "A", HALF, None, None, None), ("F1", "B", Fraction(1), None, None, None)
            ),
            "firm 'F1' has shares that add to 1.5",
        ),
        (
            of_firms(("F1", "A", None, 2001, 2001, None)),
            "firm 'F1' with industry 'A' has a year and a first_year or last_year",
        ),
        (of_firms(("F1", "A", None, None, 2003, 2001)), "has last_year before first_year"),
        (
            of_firms(("F1", "A", None, 2001, None, None), ("F1", "B", None, None, None, None)),
            "with industry 'B' has no year, other rows of the firm have one",
        ),
        (
            of_firms(("F1", "Z", None, None, None, None), ("F1", "A", None, None, None, None)),
            r"firm_industries: 1 row was refused \(industry is not in the list of",
        ),
        (
            of_firms(links=[("F1", "F2", None, 2001, 2003, 5), ("F1", "F2", None, 2003, 2004, 5)]),
            "'F1' and buyer 'F2' have two links in 2003",
        ),
        (
            of_firms(links=[("F1", "F2", None, 2003, 2001, 5)]),
            "has last_year 2001 before first_year 2003",
        ),
        (
            of_firms(links=[("F1", "F2", None, 1990, 1995, 5)]),
            "none of its links lies in the years 2000 to 2005",
        ),
    ],
)
def test_shares_that_cannot_be_are_named(records: Any, words: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=words):
        prepared(by_hand.write(records, tmp_path))


def prepared(path: Path) -> tuple[Economy, dict[str, Any]]:
    study = load_study(path)
    with connect() as con:
        staged = stage(con, study, path.parent / "tables", None)
        return prepare(con, study, staged), staged


def test_a_refused_owner_stops_the_run_and_says_how_to_keep_it(tmp_path: Path) -> None:
    path = by_hand.write(of_patents(("P2", "F1", None, None), ("P2", "X", None, None)), tmp_path)
    economy, _ = prepared(path)
    assert economy.warnings == []
    text = path.read_text().replace(
        '"patent_owners.csv"\nunmatched = "keep"', '"patent_owners.csv"'
    )
    path.write_text(text)
    with pytest.raises(InputError, match=r'firm is not in table firms: 1.*unmatched = "keep"'):
        prepared(path)


def test_owners_of_patents_that_the_study_leaves_out_are_no_error(tmp_path: Path) -> None:
    path = by_hand.write(of_patents(("P2", "F1", None, None), ("P9", "F1", None, None)), tmp_path)
    _, staged = prepared(path)
    assert staged["patent_owners"].reasons == {"patent is not in table patents": 1}


@pytest.mark.parametrize(
    ("owner", "without"), [("F1", {}), ("X", {"firm": 1}), (None, {"firm": 1})]
)
def test_an_owner_in_the_other_table_is_one(
    tmp_path: Path, owner: str | None, without: Any
) -> None:
    """P1 has its owner in patents, P2 in patent_owners: who has none is in neither."""
    owners = [("P2", owner, None, None)] if owner else [("P1", "F1", None, None)]
    _, staged = prepared(by_hand.write(of_patents(*owners), tmp_path))
    assert staged["patents"].unmatched == without


def test_an_industry_in_the_other_table_is_one(tmp_path: Path) -> None:
    _, staged = prepared(by_hand.write(of_firms(("F1", "A", None, None, None, None)), tmp_path))
    assert staged["firms"].unmatched == {"industry": 1}
    (tmp_path / "more").mkdir()
    rows = [(firm, "A", None, None, None, None) for firm in ("F1", "F3")]
    _, staged = prepared(by_hand.write(of_firms(*rows), tmp_path / "more"))
    assert staged["firms"].unmatched == {}


def test_an_owner_named_twice_counts_once_and_is_told(tmp_path: Path) -> None:
    rows = [("P2", "F1", None, None), ("P2", "F1", None, None), ("P2", "F2", None, None)]
    economy, _ = prepared(by_hand.write(of_patents(*rows), tmp_path))
    (warning,) = economy.warnings
    assert warning.startswith("patent_owners: 1 owners of a patent are named twice")
    found = {row["receiver"]: row["count"] for row in economy.flows[0].by_share.to_pylist()}
    assert found == {"A": 0.5, "B": 0.5}


def test_another_industry_in_the_register_is_told(tmp_path: Path) -> None:
    path = by_hand.write(of_firms(("F1", "C", None, None, None, None)), tmp_path)
    economy, _ = prepared(path)
    assert economy.warnings == [
        "firm_industries: 1 firm has an industry in table firms that is not among theirs here; "
        "what is here counts."
    ]


def test_lags_and_links_that_last_are_counted(tmp_path: Path) -> None:
    links = [("F1", "F2", None, 1999, 2001, 6), ("F2", "F1", 2001, None, None, 1)]
    records = of_patents(links=links, cites=[("P2", "P1"), ("P2", "old"), ("P1", "P2")])
    economy, _ = prepared(by_hand.write(records, tmp_path, 'lag = [1, 5]\ninterval = "spread"'))
    assert economy.notes == [
        "patent_citations: 1 of 3 is left out by lag = [1, 5]: 1 below, 0 above; 1 whose cited "
        "patent has no year is kept, and goes to the residual.",
        "trade_links: 1 link that lasts counts with its value spread over its years: 3 rows in "
        "all, 5 money units; 2 in years outside 2000 to 2005 are left out.",
    ]
    assert [flow.input for flow in economy.flows] == [2.0, 5.0]


@pytest.mark.parametrize(
    ("interval", "wanted"),
    [
        ("each", {2001: 10, 2002: 10, 2003: 15, 2004: 15, 2005: 15}),
        ("spread", {2001: 2, 2002: 2, 2003: 3, 2004: 3, 2005: 3}),
    ],
)
def test_contracts_that_overlap_add_up_year_by_year(tmp_path, interval, wanted) -> None:
    """One of 10 from 2001 to 2005; one of 5 or, over five years to 2007, 1 a year."""
    links = [("F1", "F2", None, 2001, 2005, 10), ("F1", "F2", None, 2003, 2007, 5)]
    path = by_hand.write(of_firms(links=links), tmp_path, f'interval = "{interval}"')
    file = 'file = "trade_links.csv"\n'
    assert file in path.read_text()
    path.write_text(path.read_text().replace(file, f'{file}repeat = "add"\n'))
    study = load_study(path)
    with connect() as con:
        economy = prepare(con, study, stage(con, study, tmp_path / "tables", None))
        rows = con.execute("SELECT year, value FROM counted_trade_links ORDER BY year").fetchall()
    assert dict(rows) == wanted
    assert len(rows) == len(wanted)
    (trade,) = (flow for flow in economy.flows if flow.name == "trade")
    assert trade.input == sum(wanted.values())


def test_an_open_link_needs_the_last_year(tmp_path: Path) -> None:
    path = by_hand.write(of_firms(links=[("F1", "F2", None, 2001, None, 5)]), tmp_path)
    economy, _ = prepared(path)
    assert economy.flows[1].input == 5 * 5
    path.write_text(path.read_text().replace("last = 2005\n", ""))
    with pytest.raises(InputError, match=r"1 link has a first_year and no last_year; set 'last'"):
        prepared(path)


def test_a_file_of_links_needs_one_kind_of_year(tmp_path: Path) -> None:
    path = by_hand.write(of_firms(links=[("F1", "F2", 2001, None, None, 5)]), tmp_path)
    for head, words in (
        (
            "supplier,buyer,value\nF1,F2,5\n",
            r"no column 'year' \(for trade_links.year\), nor 'first_year'",
        ),
        ("supplier,buyer,first_year,value\nF1,F2,2001,5\n", None),
    ):
        (tmp_path / "trade_links.csv").write_text(head)
        if words is None:
            assert prepared(path)[0].flows[1].input == 25.0
            continue
        with pytest.raises(InputError, match=words):
            prepared(path)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("[options]", "[options]\nlag = [3, 1]", "options.lag.*the first number is above"),
        ("[options]", "[options]\nlag = [3]", "options.lag"),
    ],
)
def test_keys_that_make_no_sense(old: str, new: str, words: str, tmp_path: Path) -> None:
    path = by_hand.write(of_patents(), tmp_path)
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(StudyError, match=words):
        load_study(path)


def test_a_lag_needs_patents_and_industries_the_classification_of_firms(tmp_path: Path) -> None:
    path = by_hand.write(of_firms(("F1", "A", None, None, None, None)), tmp_path, "lag = [0, 1]")
    with pytest.raises(StudyError, match=r"only .tables.patent_citations. has the years"):
        load_study(path)
    head, tail = path.read_text().replace("lag = [0, 1]", "").split("[tables.firm_industries]")
    other = tail.replace('classification = "f"', 'classification = "g"')
    path.write_text(f"{head}[tables.firm_industries]{other}")
    with pytest.raises(StudyError, match="need one classification, not 'g' and 'f'"):
        load_study(path)


def test_a_lookup_with_several_owners_names_the_table_for_them(tmp_path: Path) -> None:
    path = by_hand.write(of_patents(), tmp_path)
    (tmp_path / "assignees.csv").write_text("patent,firm\nP1,F1\nP1,F2\n")
    text = path.read_text().replace(
        'file = "patents.csv"',
        'file = "patents.csv"\ncolumns = { firm = "" }\n'
        'match = { firm = { file = "assignees.csv", by = "id", key = "patent", value = "firm" } }',
    )
    path.write_text(text)
    with pytest.raises(InputError, match=r"keep one.*\[tables.patent_owners\]"):
        prepared(path)


def test_owners_of_firms_alone_move_flows_to_the_owner(tmp_path: Path) -> None:
    """No shares of patents or industries: the sums of ordinary studies, of other firms."""
    records = by_hand.Records(
        firms={"F1": "A", "F2": "B", "F3": "C", "F4": "A"},
        ownership=[("F2", "F1", Fraction(1), 2003, None), ("F4", "F1", Fraction(1, 4), 2005, None)],
        firm_cites=[("F2", "F1", 2001, 4), ("F2", "F1", 2004, 4), ("F3", "F4", 2005, 8)],
        links=[("F2", "F3", None, 2002, 2004, 6)],
    )
    compare(records, str(tmp_path / "graph.lbug"), tmp_path)
    assert by_hand.citations(records).selfs == {("A", "A", 2004): 4}


def test_lags_alone_leave_the_sums_of_ordinary_studies(tmp_path: Path) -> None:
    patents = {"P1": ("F1", 2000), "P2": ("F2", 2001), "P3": ("F1", 2005)}
    cites = [("P3", "P1"), ("P3", "P2"), ("P3", "old"), ("P2", "P1"), ("P1", "P3")]
    records = by_hand.Records(firms={"F1": "A", "F2": "B"}, patents=patents, cites=cites)
    compare(records, str(tmp_path / "graph.lbug"), tmp_path, options="lag = [0, 4]", lag=(0, 4))
    found = by_hand.citations(records, (0, 4)).cells
    assert found == {("A", "B", 2005): 1, ("A", "unmapped", 2005): 1, ("B", "A", 2001): 1}
