"""How a statement gets the names of a namespace: every kind of ours, and not a letter more."""

from __future__ import annotations

import itertools
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spillgraph.core.errors import InputError
from spillgraph.graph.namespace import PLAIN, Namespace, namespaces_among, require_namespace
from spillgraph.graph.schema import EDGES, MARK, NODES, WRITER
from spillgraph.queries import list_queries
from spillgraph.queries.cypher import Token, tokenize

STEEL = Namespace("steel")
KINDS = sorted({*(node.name for node in NODES), *(edge.name for edge in EDGES), MARK, WRITER})


# -- names ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["steel", "a", "neo4j", "x" * 31, "match", "spillgraph", "w2"])
def test_names_that_can_be_a_namespace(name: str) -> None:
    assert require_namespace(name) == name
    assert Namespace(name).kind(Namespace(name).stored("Firm")) == "Firm"


ODD = (
    *("", "Steel", "STEEL", "1a", "a_b", "a-b", "a b", " a", "a\n", "a.b", "ä", "鋼", "ſteel", "٣"),
    *("x" * 32, "x" * 99_999, "a`", "a'b", 'a"', "a;", "a//", "a/*", "$a", "a:b", "a\0"),
    "a}) DETACH DELETE n //",
)


@pytest.mark.parametrize("name", ODD)
def test_names_that_cannot(name: str) -> None:
    with pytest.raises(InputError, match="a namespace is 1 to 31 small letters and digits"):
        require_namespace(name)
    if name:
        with pytest.raises(InputError):
            Namespace(name)


def test_names_whose_kinds_a_store_takes_for_others_are_refused() -> None:
    """The embedded store reads in_Industry and IN_INDUSTRY as one."""
    for name in ("in", "of", "industry"):
        with pytest.raises(InputError, match=r"cannot tell from (IN|OF|INDUSTRY)_"):
            require_namespace(name)


def test_stored_names_of_all_namespaces_are_apart() -> None:
    names = [Namespace(name) for name in ("a", "ab", "firm", "w", "s", "run", "owns", "cites")]
    stored = [each.stored(kind).casefold() for each in [PLAIN, *names] for kind in KINDS]
    assert len(stored) == len(set(stored))
    for each in [PLAIN, *names]:
        assert [each.kind(each.stored(kind)) for kind in KINDS] == KINDS
        others = [
            other.stored(kind) for other in [PLAIN, *names] if other != each for kind in KINDS
        ]
        assert not any(each.kind(name) for name in others)


def test_studies_in_a_store_are_known_by_their_notes() -> None:
    labels = ["Firm", "LoadedBatch", "ab_LoadedBatch", "a_LoadedBatch", "a_Firm", "XLoadedBatch"]
    assert namespaces_among([*labels, "A_LoadedBatch", "a_b_LoadedBatch"]) == ["", "a", "ab"]


# -- statements ----------------------------------------------------------------------------------


def test_without_a_name_a_statement_is_what_it_was() -> None:
    for text in ("MATCH (f:Firm) RETURN f.id AS id", "not (closed '"):
        assert PLAIN.translate(text) == text


def test_a_kind_is_read_in_any_capitals_where_a_store_does_so() -> None:
    text = "MATCH (f:firm)-[:Cites]->(:FIRM) RETURN f.id AS id"
    assert STEEL.translate(text) == text
    named = "MATCH (f:steel_Firm)-[:steel_CITES]->(:steel_Firm) RETURN f.id AS id"
    assert STEEL.translate(text, any_case=True) == named


def test_kinds_of_others_are_left_to_them() -> None:
    text = "MATCH (a:`Firm`)-[:`CITES`]->(b:Paper:steel_Firm:cars_Firm) RETURN a.id AS id"
    assert STEEL.translate(text) == text


def test_library_and_internal_statements_get_every_kind() -> None:
    for query in list_queries():
        found = tokenize(STEEL.translate(query.text))
        assert not [each for each in _behind_colons(found) if each in KINDS], query.name
        assert tokenize(_undone(STEEL.translate(query.text))) == tokenize(query.text)


def _behind_colons(tokens: list[Token]) -> list[str]:
    """Return words behind a colon: in statements of the library all of them are kinds."""
    return [b.text for a, b in itertools.pairwise(tokens) if a.text in {":", "|"}]


def _undone(text: str) -> str:
    """Take the namespace from every word that is a name of it."""
    stored = {STEEL.stored(kind): kind for kind in KINDS}
    parts, end = [], 0
    for token in tokenize(text):
        if token.kind == "word" and token.text in stored:
            parts += [text[end : token.start], stored[token.text]]
            end = token.start + len(token.text)
    return "".join([*parts, text[end:]])


WORDS = [
    *KINDS[:12],
    "W",
    "S",
    "x",
    "n",
    "IS",
    "NOT",
    "NULL",
    "WHERE",
    "MATCH",
    "IN",
    "EXISTS",
    "AS",
]
SIGNS = [
    ":",
    "|",
    "&",
    "!",
    "%",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ".",
    "-",
    ">",
    "*",
    "..",
    "$",
    "=",
]
TEXT = st.text(string.ascii_letters + " :|(){}[]-`\"'\\/*é鋼\n", max_size=12)


def _quoted(text: str, quote: str) -> str:
    return quote + text.replace("\\", "\\\\").replace(quote, f"\\{quote}") + quote


PIECES = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(SIGNS),
    st.sampled_from([f":{kind}" for kind in KINDS]),
    st.builds(
        _quoted, TEXT | st.sampled_from([":Firm", "(:Firm)-[:W]->()"]), st.sampled_from("'\"")
    ),
    st.builds(lambda text: f"`{text.replace('`', '``')}`", TEXT | st.sampled_from(KINDS)),
    st.builds(
        lambda text: f"/*{text.replace('*/', '')} :Firm */", TEXT.filter(lambda t: "*" not in t)
    ),
    st.builds(lambda text: f"//{text} (:Firm)\n", TEXT.filter(lambda t: "\n" not in t)),
    st.sampled_from(["$Firm", "$`Firm`", "1", "2.5", "0..3"]),
)


@given(st.lists(st.tuples(PIECES, st.sampled_from([" ", "\n", "  "])), max_size=40), st.booleans())
def test_translation_changes_kinds_alone_and_can_be_undone(
    pieces: list[tuple[str, str]], any_case: bool
) -> None:
    text = "".join(part for piece in pieces for part in piece)
    named = STEEL.translate(text, any_case=any_case)
    assert _undone(named) == text
    assert STEEL.translate(named, any_case=any_case) == named
    before, after = tokenize(text), tokenize(named)
    assert [token.kind for token in before] == [token.kind for token in after]
    for old, new in zip(before, after, strict=True):
        assert new.text in {old.text, STEEL.stored(old.text)}
        assert new.text == old.text or (old.kind == "word" and old.text in KINDS)


@given(st.lists(st.sampled_from(KINDS), min_size=1, max_size=4), TEXT)
def test_every_kind_of_a_pattern_is_translated(kinds: list[str], text: str) -> None:
    quoted, ticked = _quoted(text, "'"), f"`{text.replace('`', '``')}`"
    pattern = (
        "MATCH (a:{0} {{id: {1}}})-[:{2}*1..3]->({3}:{0}) WHERE a:{2} RETURN {{W: {1}}} AS {3}"
    )
    own = "|".join(map(STEEL.stored, kinds))
    wanted = pattern.format(STEEL.stored(kinds[0]), quoted, own, ticked)
    assert STEEL.translate(pattern.format(kinds[0], quoted, "|".join(kinds), ticked)) == wanted
