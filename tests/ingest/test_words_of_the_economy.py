"""Warnings of the economy: codes that no flow has, where a hint belongs, years put together."""

from __future__ import annotations

from small_studies import economy
from spillgraph.ingest.accounts.check import _by_years


def test_codes_that_no_flow_has_are_not_called_unmapped(tiny, tmp_path) -> None:
    tiny.replace('[[tables.industries]]\nfile = "fine.csv"\nclassification = "f"\n', "")
    tiny.write("firms.csv", "id,industry\n1,A\n2,B\n3,C\n4,Z\n")
    tiny.write("more.csv", "firm,industry\n4,A\n")
    text = tiny.path.read_text(encoding="utf-8")

    def unmapped(more: str) -> tuple[str, ...]:
        tiny.path.write_text(text + more, encoding="utf-8")
        return economy(tiny.path, tmp_path).audits[0].unmapped

    entry = '\n[tables.firm_industries]\nfile = "more.csv"\nclassification = "f"\n'
    assert unmapped("") == ("Z",)
    assert unmapped(entry) == ()  # of firm 4 the other table counts


def test_a_hint_on_codes_names_table_and_column(tiny, tmp_path) -> None:
    tiny.replace('[[tables.industries]]\nfile = "fine.csv"\nclassification = "f"\n', "")
    tiny.write("firms.csv", "id,industry\n1,a\n2,b\n3,C\n4,C\n")
    (told,) = [each for each in economy(tiny.path, tmp_path).warnings if "no target" in each]
    assert 'clean = { industry = { case = "upper" } } makes them one' in told
    assert told.endswith("Of the data it is industry in [tables.firms].")


def test_what_is_the_same_in_all_years_is_told_once() -> None:
    texts = [(year, f"The accounts of {year} cannot be checked.") for year in (2001, 2002, 2003)]
    told = "The accounts of 2001 to 2003 cannot be checked."
    assert _by_years(texts) == [told]
    assert _by_years([*texts[:1], *texts[2:], (2002, "In 2002 none.")]) == [
        "The accounts of 2001, 2003 cannot be checked.",
        "In 2002 none.",
    ]
