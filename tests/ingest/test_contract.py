"""What a declared table says of itself is what the rest of the program does with it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from spillgraph.graph.schema import EDGES, NODES
from spillgraph.ingest.contract import TABLES, Table, flow_tables, table
from spillgraph.ingest.plan import _ITEMS

NAMES = [each.name for each in TABLES]


@pytest.mark.parametrize("declared", TABLES, ids=NAMES)
def test_a_table_needs_and_refers_to_tables_that_are_declared_before_it(declared: Table) -> None:
    referred = {column.refers for column in declared.columns if column.refers}
    assert referred <= set(NAMES[: NAMES.index(declared.name)])
    assert set(declared.requires) <= set(NAMES)


@pytest.mark.parametrize("declared", TABLES, ids=NAMES)
def test_a_flow_has_two_ends_of_one_kind_which_begin_its_key(declared: Table) -> None:
    if not declared.ends:
        assert not declared.network or declared.part_of
        return
    assert declared.network in {"citations", "trade"}
    assert set(declared.ends) == set(declared.key[:2])
    receiver, source = map(declared.column, declared.ends)
    assert (receiver.refers, receiver.code) == (source.refers, source.code)


@pytest.mark.parametrize("declared", TABLES, ids=NAMES)
def test_what_a_table_loads_is_in_the_schema(declared: Table) -> None:
    assert set(declared.loads) <= {each.name for each in (*NODES, *EDGES)}


def test_what_tables_load_is_what_the_load_has_a_select_of() -> None:
    loaded = {kind for each in TABLES for kind in each.loads}
    summed = {"INDUSTRY_CITES", "INDUSTRY_SUPPLIES"}  # made by the aggregation
    assert loaded - summed == {*_ITEMS, "HOLDS"}  # of one SELECT each with BELONGS_TO


def test_the_tables_of_what_is_coded_were_three_lists_by_hand() -> None:
    used = {each.name: each.industries for each in TABLES if each.counts and each.industries}
    assert used == {
        "firms": ("industry",),
        "firm_industries": ("industry",),
        "industry_citations": ("citing", "cited"),
        "io_flows": ("supplier", "user"),
        "io_output": ("industry",),
        "make": ("industry",),
    }
    assert table("make").codes == ("industry", "commodity")
    assert table("use").codes == ("commodity", "user")
    assert table("concordance").codes == ("from", "to")
    assert table("industries").codes == ("code",)


def test_what_is_needed_beside_a_table_was_a_list_by_hand() -> None:
    assert {each.name: each.requires for each in TABLES if each.requires} == {
        "patents": ("firms",),
        "patent_owners": ("patents",),
        "firm_industries": ("firms",),
        "ownership": ("firms",),
        "firm_citations": ("firms",),
        "patent_citations": ("patents",),
        "trade_links": ("firms",),
        "make": ("use",),
        "use": ("make",),
        "capital_goods": ("capital_flows",),
        "capital_flows": ("capital_goods",),
    }


def test_the_year_of_a_flow_is_its_own_or_that_of_the_citing_patent() -> None:
    dated = {name: each.dated for name, each in flow_tables("citations").items()}
    assert dated.pop("patent_citations") == "patents"
    assert all(name == of for name, of in dated.items())


ROOT = Path(__file__).parents[2]


def _names_in(node: ast.AST) -> set[str]:
    """Return the names of tables among the entries of a tuple, list, set or dict."""
    entries = getattr(node, "elts", []) + [each for each in getattr(node, "keys", []) if each]
    return {each.value for each in entries if isinstance(each, ast.Constant)} & set(NAMES)


@pytest.mark.parametrize("room", ["api", "capabilities", "cli", "graph", "ingest", "runs"])
def test_no_list_of_tables_stands_beside_their_declaration(room: str) -> None:
    lists = [
        f"{path.relative_to(ROOT)}:{node.lineno}: {sorted(names)}"
        for path in (ROOT / room).rglob("*.py")
        if path != ROOT / "ingest" / "contract.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Tuple | ast.List | ast.Set | ast.Dict)
        if len(names := _names_in(node)) > 1
    ]
    # an option of the study file, whose values are two of them; and what the field calls the parts
    # of a published table, which are no input tables
    own = ("study_model.py", "ingest/published/")
    assert [each for each in lists if not any(place in each for place in own)] == []
