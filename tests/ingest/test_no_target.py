"""Codes without a target: first the coarser ones that the concordance has, then other spellings."""

from __future__ import annotations

import pytest
from small_studies import economy


def warnings(tiny, tmp_path, codes: list[str], known: list[str]) -> list[str]:
    """Return what a study warns of that has firms of these codes, and a map of those."""
    listed = '[[tables.industries]]\nfile = "fine.csv"\nclassification = "f"\n'
    if listed in tiny.path.read_text(encoding="utf-8"):
        tiny.replace(listed, "")
    firms = [f"{n},{code}" for n, code in enumerate(codes, start=1)]
    tiny.write("firms.csv", "\n".join(["id,industry", *firms]) + "\n")
    targets = [f"{code},{'xy'[n % 2]}" for n, code in enumerate(known)]
    tiny.write("map.csv", "\n".join(["from,to", *targets]) + "\n")
    return economy(tiny.path, tmp_path).warnings


def without(told: list[str]) -> list[str]:
    return [each for each in told if "no target" in each]


GROUPS = ["024", "0259", "241", "281", "2911"]


def test_coarser_codes_are_told_with_their_number_and_no_zeros(tiny, tmp_path) -> None:
    told = warnings(tiny, tmp_path, ["0241", "2911", "0259", "2812"], GROUPS)
    assert without(told) == [
        "2 of 4 codes have no target ('0241', '2812'): for 2 of them the concordance f → t has a "
        "code that they begin with ('024' for '0241', '281' for '2812'). If it is coarser, give it "
        "a row for each code of the data."
    ]
    assert "zeros" not in " ".join(told) and "zfill" not in " ".join(told)


def test_the_others_are_told_as_they_were(tiny, tmp_path) -> None:
    codes = ["0241", "0259", "b1", "2911"]
    (told,) = without(warnings(tiny, tmp_path, codes, [*GROUPS, "B1"]))
    assert "for 1 of them" in told and "('024' for '0241')" in told
    assert (
        'clean = { industry = { case = "upper" } } makes them one. It corrects the one code' in told
    )
    assert told.endswith("Of the data it is industry in [tables.firms].")


@pytest.mark.parametrize(
    ("codes", "known"),
    [
        (["101", "100", "10", "1"], ["1", "10", "100", "2"]),  # numbers, of which one is new
        (["9999", "0259", "2911", "241"], GROUPS),  # nothing that it begins with
        (["22.0", "22", "23", "24"], ["22", "23", "24"]),  # a number of a code
        (["22A", "22", "23", "24"], ["22", "23", "24"]),  # no level of digits
    ],
)
def test_what_is_no_coarser_code_is_not_told_as_one(tiny, tmp_path, codes, known) -> None:
    told = warnings(tiny, tmp_path, codes, known)
    assert "begin with" not in " ".join(told)


def test_zeros_that_are_lost_in_a_concordance_are_told(tiny, tmp_path) -> None:
    """One length with zeros proves nothing: 241 may be 0241, of which a program made a number."""
    told = " ".join(warnings(tiny, tmp_path, ["0241", "0259", "2911"], ["0259", "241", "2911"]))
    assert "the same but for leading zeros" in told
    assert "leading zeros are lost; clean = { from = { zfill = 4 } }" in told


def test_short_codes_of_the_data_are_told_beside_a_concordance_of_levels(tiny, tmp_path) -> None:
    told = " ".join(warnings(tiny, tmp_path, ["241", "0259"], ["0241", "024", "0259"]))
    assert "the same but for leading zeros" in told
    assert "leading zeros are lost; clean = { industry = { zfill = 4 } }" in told
