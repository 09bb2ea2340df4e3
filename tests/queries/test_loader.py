"""Headers, parameters and the two folders of query files."""

from __future__ import annotations

import doctest
import importlib
from importlib.resources import files

import numpy as np
import pytest
from spillgraph.core.errors import QueryError
from spillgraph.graph.ask import of_all_years
from spillgraph.queries import (
    Column,
    Parameter,
    is_read_only,
    lint,
    list_queries,
    load_query,
    parameters_of,
    parse_query,
)

MODULES = ["cases", "cypher", "lint", "loader", "patterns", "planner", "readonly", "sums", "values"]
INTERNAL = {
    "firm_to_fine_citations": ["receiver", "source", "year", "count", "self_count"],
    "patent_to_firm_citations": ["citing", "cited", "year", "count"],
    "patent_to_fine_citations": ["receiver", "source", "year", "count", "self_count"],
    "unowned_patent_citations": ["count"],
    "patent_to_firm_citations_by_share": ["citing", "cited", "year", "count"],
    "patent_to_fine_citations_by_share": ["receiver", "source", "year", "count", "unowned"],
    "firm_to_fine_citations_by_share": ["receiver", "source", "year", "count", "self_count"],
    "firm_to_fine_trade_by_share": ["receiver", "source", "year", "value"],
    "firms_off_their_industry": ["firms"],
    "citing_firm_to_fine_citations": ["firm", "source", "year", "count", "self_count"],
    "citations_received_by_firms": ["firm", "year", "amount"],
    "deliveries_made_by_firms": ["firm", "year", "amount"],
    "deliveries_between_firms": ["supplier", "buyer", "value"],
    "industry_of_firms": ["firm", "industry"],
    "firm_to_fine_trade": ["receiver", "source", "year", "value"],
    "fine_to_target_citations": ["receiver", "source", "year", "count", "self_count"],
    "fine_to_target_trade": ["receiver", "source", "year", "value"],
    "citations_to_year": ["receiver", "source", "count", "self_count"],
    "industry_citations": ["receiver", "source", "year", "count", "self_count"],
    "kept_of_the_graph": ["keep"],
    "industry_trade": ["receiver", "source", "year", "value"],
    "citation_stock": ["receiver", "source", "count", "self_count"],
    "total_firm_citations": ["year", "total"],
    "total_firm_trade": ["year", "total"],
    "total_industry_citations": ["total"],
    "total_industry_trade": ["total"],
    "industries": ["code", "name"],
    "study_of_the_graph": ["name", "target"],
}
HEADER = """// question: Which firms
//     are large?
// note: Firms without a size count as small.
// param size: float = 1e3 — smallest size
// param region: string — name of the region
// column firm: string — the firm's id
// column size: float — its size,
//     where it is known
"""
BODY = """MATCH (f:Firm) // not a header
WHERE f.region = $region AND f.size >= $size
RETURN f.id AS firm, f.size AS size
ORDER BY firm
"""


def stems(folder: str) -> set[str]:
    entries = files("spillgraph.queries").joinpath(folder).iterdir()
    return {entry.name.removesuffix(".cypher") for entry in entries}


def test_a_header_is_read() -> None:
    query = parse_query("large", HEADER + BODY)
    assert query.question == "Which firms are large?"
    assert query.notes == ("Firms without a size count as small.",)
    assert query.parameters == (
        Parameter("size", "float", 1000.0, "smallest size"),
        Parameter("region", "string", None, "name of the region"),
    )
    assert query.columns == (
        Column("firm", "string", "the firm's id"),
        Column("size", "float", "its size, where it is known"),
    )
    assert query.text == BODY.strip()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("// note:", "// nota:", "unknown header key 'nota'. Did you mean 'note'?"),
        ("// note: F", "// note on: F", "note takes no name"),
        ("// note: F", "//note F", "cannot read the header line"),
        ("// question: Which firms\n//     are large?\n", "", "needs one line '// question"),
        ("// note: F", "// question: F", "needs one line '// question"),
        ("float = 1e3", "flaot = 1e3", "unknown type 'flaot'. Did you mean 'float'?"),
        ("float = 1e3", "float = big", "default 'big' of parameter 'size' is not a finite number"),
        ("— smallest size", "- smallest size", "write 'TYPE — meaning' or"),
        ("param size:", "param Size:", "needs a name of small letters"),
        ("column size:", "column f.size:", "needs a name of small letters"),
        ("float = 1e3", "floats = 1,2", "unknown type 'floats'. Did you mean 'float'?"),
        ("column size: float", "column size: flaot", "column 'size' has unknown type 'flaot'. Did"),
        ("column size: float", "column size: double", "'double'. Valid names: boolean, float,"),
        (
            "firm: string — the",
            "firm: the",
            "column 'firm' is declared as \"the firm's id\"; write",
        ),
        ("firm: string — the", "firm: — the", "column 'firm' is declared as .* 'TYPE — meaning'"),
        ("firm: string —", "firm: string -", "column 'firm' is declared as .* 'TYPE — meaning'"),
        ("firm: string —", "firm: string = x —", "column 'firm' is declared as .* 'TYPE — meani"),
        ("firm: string — the firm's id", "firm: string —", "column 'firm' is declared as 'string"),
        ("column size:", "column firm:", "declares column 'firm' twice"),
        ("param size: float = 1e3", "param region: string", "declares parameter 'region' twice"),
        ("$size", "$sise", r"uses \$sise, which its header does not declare. Did you mean 'size'"),
        ("$size", "1000", "declares parameter 'size' and never uses it"),
        ("$size", "'$size'", "declares parameter 'size' and never uses it"),
        ("$size", "1000 // $size", "declares parameter 'size' and never uses it"),
        ("f.size AS size", "f.size AS large", r"returns the columns \['firm', 'large'\]"),
        ("f.id AS firm, f.size AS size", "f.size AS size, f.id AS firm", "declared order"),
        ("f.size AS size", "f.size", "name every column with AS"),
        ("RETURN", "WITH", "has no RETURN"),
        ("f.region", "'f.region", "opened with ' and never closed"),
        ("// column firm", "// column firm: x\n// note: x\n// column firm", "is out of order"),
    ],
)
def test_a_file_that_does_not_fit_its_header_is_refused(old: str, new: str, message: str) -> None:
    source = HEADER + BODY
    assert old in source
    with pytest.raises(QueryError, match=message):
        parse_query("large", source.replace(old, new))


def test_every_return_of_a_union_has_the_declared_columns() -> None:
    header = "// question: Which ids?\n// column id: string — the id\n"
    good = "MATCH (f:Firm) RETURN f.id AS id UNION ALL MATCH (p:Patent) RETURN p.id AS id"
    assert parse_query("ids", header + good).text == good
    with pytest.raises(QueryError, match="returns the columns"):
        parse_query("ids", header + good.removesuffix("id") + "number")


def test_bind_casts_texts_fills_defaults_and_keeps_the_order() -> None:
    query = parse_query("large", HEADER + BODY)
    bound = query.bind({"region": "C26, C39"})
    assert list(bound.items()) == [("size", 1000.0), ("region", "C26, C39")]
    assert query.bind({"region": "x", "size": "2"}) == {"region": "x", "size": 2.0}
    with pytest.raises(QueryError, match=r"has no parameter 'regoin'\. Did you mean 'region'"):
        query.bind({"regoin": "x"})
    with pytest.raises(QueryError, match=r"needs parameter 'region' \(name of the region\): give"):
        query.bind({"size": 2})


VALUES = [
    ("string", "x'}) //", "x'}) //"),
    ("string", "", ""),
    ("integer", " 10 ", 10),
    ("integer", "-3", -3),
    ("integer", np.int32(7), 7),
    ("float", "1e-3", 0.001),
    ("float", ".5", 0.5),
    ("float", 2, 2.0),
    ("float", np.float64(0.5), 0.5),
    ("boolean", "Yes", True),
    ("boolean", "0", False),
    ("boolean", True, True),
    ("strings", "C26, C39", ["C26", "C39"]),
    ("strings", ("C26",), ["C26"]),
]
REFUSED = [
    ("string", 5),
    ("string", None),
    ("integer", "ten"),
    ("integer", "1.0"),
    ("integer", "1_000"),
    ("integer", "٣"),
    ("integer", 1.0),
    ("integer", True),
    ("integer", str(2**63)),
    ("integer", None),
    ("float", "nan"),
    ("float", "inf"),
    ("float", float("inf")),
    ("float", "1,5"),
    ("float", "1e999"),
    ("float", False),
    ("boolean", "maybe"),
    ("boolean", 1),
    ("strings", ""),
    ("strings", []),
    ("strings", "a,,b"),
    ("strings", [1]),
    ("strings", 1),
]


def of_type(kind: str) -> str:
    """A query with one parameter, declared as a type or as ``TYPE = DEFAULT``."""
    return (
        f"// question: x?\n// param x: {kind} — what it is\n"
        f"// column x: {kind.split()[0]} — x\nWITH $x AS x RETURN x"
    )


@pytest.mark.parametrize(("kind", "value", "expected"), VALUES)
def test_a_value_becomes_its_plain_type(kind: str, value: object, expected: object) -> None:
    [found] = parse_query("x", of_type(kind)).bind({"x": value}).values()
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(("kind", "value"), REFUSED)
def test_a_refused_value_is_named_with_its_parameter_and_a_remedy(kind: str, value: object) -> None:
    with pytest.raises(QueryError) as caught:
        parse_query("x", of_type(kind)).bind({"x": value})
    message = str(caught.value)
    assert "parameter 'x' (what it is)" in message
    assert f"got {value!r}" in message
    assert "give " in message


def test_a_bound_list_can_be_changed_without_changing_the_declaration() -> None:
    query = parse_query("x", of_type("strings = a,b"))
    for _ in range(2):
        bound = query.bind({})["x"]
        assert bound == ["a", "b"]
        assert isinstance(bound, list)
        bound.clear()


def test_an_empty_default_is_written_in_quotes() -> None:
    query = parse_query("x", of_type('string = ""'))
    assert query.bind({}) == {"x": ""}


def test_the_library_is_listed_by_name_without_internal_statements() -> None:
    names = [query.name for query in list_queries()]
    assert names == sorted(stems("library"))
    assert len(names) >= 14
    assert not set(names) & stems("internal")


@pytest.mark.parametrize("name", sorted(INTERNAL))
def test_internal_statements_keep_their_columns(name: str) -> None:
    assert [column.name for column in load_query(name).columns] == INTERNAL[name]


def test_every_internal_statement_is_known() -> None:
    assert stems("internal") == set(INTERNAL)


@pytest.mark.parametrize("name", sorted(stems("library") | stems("internal")))
def test_every_file_runs_on_both_stores_and_only_reads(name: str) -> None:
    query = load_query(name)
    assert lint(query.text) == []
    assert is_read_only(query.text)
    assert "UNWIND" not in query.text
    ordered = "ORDER BY" in query.text
    # slices are put together, and in order, outside the store
    sliced = "slices" in {parameter.name for parameter in query.parameters}
    alone = sliced or name.startswith(("total_", "unowned_", "firms_off_"))
    assert ordered != alone
    assert lint(of_all_years(query.text)) == []
    assert sliced == (of_all_years(query.text) != query.text)
    assert not {"slices", "slice"} & parameters_of(of_all_years(query.text))


@pytest.mark.parametrize("name", ["top_cited_firm", "../internal/industries", "a/b", ""])
def test_an_unknown_query_is_refused(name: str) -> None:
    with pytest.raises(QueryError, match=f"there is no query '{name}'"):
        load_query(name)


def test_the_nearest_name_is_offered() -> None:
    with pytest.raises(QueryError, match="Did you mean 'top_cited_firms'"):
        load_query("top_cited_firm")


@pytest.mark.parametrize("module", MODULES)
def test_examples_in_docstrings(module: str) -> None:
    result = doctest.testmod(importlib.import_module(f"spillgraph.queries.{module}"))
    assert result.attempted
    assert not result.failed
