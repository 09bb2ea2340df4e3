"""What errors say: names that exist, and characters that cannot be seen."""

from __future__ import annotations

import doctest

import pytest
from spillgraph.core import errors
from spillgraph.core.errors import nearest, show


def test_examples_run():
    result = doctest.testmod(errors)
    assert result.attempted > 0 and result.failed == 0


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("C26", "'C26'"),
        (" C26 ", "' C26 '"),
        ("C\t26\r\n", r"'C\t26\r\n'"),
        ("C26\u00a0", r"'C26\u00a0'"),
        ("\ufeffC26", r"'\ufeffC26'"),
        ("C\u200b26\u00ad", r"'C\u200b26\u00ad'"),
        ("C\u202e26\x00\x7f", r"'C\u202e26\u0000\u007f'"),
        ("C\u3000\u2007\u202f", r"'C\u3000\u2007\u202f'"),
        ("C\u3164\u2800\ufe0f", r"'C\u3164\u2800\ufe0f'"),
        ("\U000e0041", r"'\U000e0041'"),
        ("电气 Müller é", "'电气 Müller é'"),
        (r"\N", r"'\N'"),
        ("it's", '"it\'s"'),
        ("", "''"),
        (None, "'None'"),
        (1.5, "'1.5'"),
    ],
)
def test_what_cannot_be_seen_is_shown(value, shown):
    assert show(value) == shown


def test_a_long_value_is_cut_and_says_so():
    assert show("x" * 60) == f"'{'x' * 60}'"
    assert show("x" * 61) == f"'{'x' * 60}'…"
    # An escape is never cut in two.
    assert show("xx\u200b", limit=5) == "'xx'…"


def test_of_ten_thousand_names_twelve_are_listed():
    hint = nearest("zinc", (f"{code:05}" for code in range(10_000)))
    assert hint == (
        "Valid names: 00000, 00001, 00002, 00003, 00004, 00005, 00006, 00007, 00008, 00009, "
        "00010, 00011 and 9,988 more names."
    )
    assert nearest("zinc", map(str, range(12))).endswith(", 8, 9.")
    assert nearest("zinc", []) == "Valid names: none."


def test_a_near_name_shows_what_sets_it_apart():
    assert nearest("steel", ["steel\u00a0", "cars"]) == r"Did you mean 'steel\u00a0'?"
