"""Keys of the study file that nothing would come of are refused, or told if they may be meant."""

from __future__ import annotations

import pandas as pd
import pytest
from small_studies import MAKE, USE, economy, made
from spillgraph.core.errors import InputError, StudyError
from spillgraph.ingest.study import load_study

from ..helpers.staging import keys, staged


@pytest.mark.parametrize(
    ("file", "said", "key", "why"),
    [
        ("fine.csv", 'decimal = ","', "industries", "decimal' has no meaning .* numbers"),
        ("fine.csv", 'thousands = ","', "industries", "thousands' has no meaning"),
        ("fine.csv", 'flags = ["p"]', "industries", "flags' has no meaning"),
        ("firms.csv", 'format = "%Y"', "firms", "format' has no meaning .* no column of years"),
        ("firms.csv", "fiscal = { begins = 7 }", "firms", "fiscal' has no meaning"),
        (
            "firms.csv",
            'quote = ""\nescape = "#"',
            "firms",
            'escape\' does nothing beside quote = ""',
        ),
        ("firms.csv", 'quote = ""\nline_breaks = true', "firms", "line_breaks' does nothing"),
        ("firms.csv", "header = false\nheader_rows = 2", "firms", "header_rows' does nothing"),
        (
            "firms.csv",
            'constants = { size = 1 }\nmatch = { size = { file = "fine.csv", by = "id", '
            'key = "code", value = "name" } }',
            "firms",
            "match.size' does nothing, for constants give size to all rows",
        ),
    ],
)
def test_a_key_that_does_nothing_is_refused(tiny, file, said, key, why) -> None:
    load_study(tiny.path)
    keys(tiny, file, said)
    with pytest.raises(StudyError, match=rf"key 'tables\.{key}[^']*\.{why}"):
        load_study(tiny.path)


@pytest.mark.parametrize("said", ["depreciation = 0.1", "window = 3"])
def test_an_option_without_its_table_is_refused(tiny, said) -> None:
    tiny.replace("[options]", f"[options]\n{said}")
    assert load_study(tiny.path).citations_from == "firm_citations"
    text = tiny.path.read_text()
    at = text.index("[tables.firm_citations]")
    tiny.path.write_text(text[:at] + text[text.index("[", at + 1) :])
    option = said.split()[0]
    with pytest.raises(StudyError, match=rf"'options.{option}' does nothing without .*citations"):
        load_study(tiny.path)


def test_production_from_links_needs_links(tmp_path) -> None:
    path = made(tmp_path, {2000: MAKE}, {2000: USE}, 'final_demand = ["F"]\nvalue_added = ["W"]')
    economy(path, tmp_path)
    path.write_text(path.read_text() + '\n[options]\nproduction = "trade_links"\n')
    with pytest.raises(StudyError, match=r"production' does nothing without \[tables.trade_links"):
        load_study(path)


def test_a_constant_against_a_folder_is_refused(tiny, tmp_path) -> None:
    (tiny.folder / "c" / "year=2001").mkdir(parents=True)
    (tiny.folder / "c" / "year=2002").mkdir(parents=True)
    tiny.write("c/year=2001/a.csv", "citing,cited,count\n1,2,5\n")
    tiny.replace('"citations.csv"', '"c/**/*.csv"\nconstants = { year = 2001 }')
    assert staged(tiny, tmp_path)["firm_citations"].total == 5
    tiny.write("c/year=2002/a.csv", "citing,cited,count\n1,2,7\n")
    with pytest.raises(StudyError, match=r"c/year=2002/a.csv says year=2002") as told:
        load_study(tiny.path)
    assert 'Say partitions = ["year"] in its place' in str(told.value)
    tiny.replace("constants = { year = 2001 }", 'partitions = ["year"]')
    found = pd.read_parquet(staged(tiny, tmp_path)["firm_citations"].path)
    assert found[["year", "count"]].values.tolist() == [[2001, 5], [2002, 7]]


def test_one_column_for_two_of_ours_is_told_unless_both_are_mapped(tiny, tmp_path) -> None:
    keys(tiny, "citations.csv", 'columns = { count = "year" }')
    (told,) = staged(tiny, tmp_path)["firm_citations"].warnings
    assert told == (
        "columns 'year' and 'count' are both read from 'year' of the file. If both "
        'are meant, say so: columns = { year = "year", count = "year" }.'
    )
    tiny.replace('columns = { count = "year" }', 'columns = { year = "year", count = "year" }')
    assert staged(tiny, tmp_path)["firm_citations"].warnings == ()


def test_cleaning_of_a_column_that_is_not_there_is_told(tiny, tmp_path) -> None:
    tiny.write("firms.csv", "id,industry\n1,A\n2,B\n3,C\n")
    keys(tiny, "firms.csv", 'clean = { id = { case = "upper" }, region = { case = "upper" } }')
    (told,) = staged(tiny, tmp_path)["firms"].warnings
    assert told.startswith("'clean' is about 'region', and there is no such column")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ('imports = ["a"]', "names 'a' in imports, and an industry makes it"),
        ('imports = ["F"]', "names 'F' in imports, whose codes are rows; .* a column alone"),
        ('imports = ["n"]', "names 'n' in imports: no row of the use table is. Did you mean 'N'"),
        ('imports = ["W"]', "names 'W' in imports and in value_added"),
        ('scrap = ["F"]', "names 'F' in scrap, whose codes are commodities; .* a column alone"),
    ],
)
def test_codes_of_make_use_that_are_something_else_are_refused(tmp_path, said, why) -> None:
    given = 'value_added = ["W"]\nfinal_demand = ["F"]\n'
    use = USE | {("N", "1"): 1, ("N", "F"): -1}
    economy(made(tmp_path, {2000: MAKE}, {2000: use}, f'{given}imports = ["N"]'), tmp_path)
    with pytest.raises(InputError, match=rf"\[make_use\] {why}"):
        economy(made(tmp_path, {2000: MAKE}, {2000: use}, given + said), tmp_path)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ('value_added = ["W", "F"]\nfinal_demand = ["F"]', "names 'F' in value_added"),
        (
            'value_added = ["W"]\nfinal_demand = ["F", "a"]',
            "names 'a' in final_demand, .* a row al",
        ),
    ],
)
def test_rows_are_no_final_users_and_columns_no_value_added(tmp_path, given, why) -> None:
    with pytest.raises(InputError, match=why):
        economy(made(tmp_path, {2000: MAKE}, {2000: USE}, given), tmp_path)


def test_what_is_made_in_one_year_may_be_imported_in_another(tmp_path) -> None:
    given = 'value_added = ["W"]\nfinal_demand = ["F"]\nimports = ["N"]'
    use = USE | {("N", "1"): 1, ("N", "F"): -1}
    years = {2000: MAKE, 2001: MAKE | {("1", "N"): 1}}
    economy(made(tmp_path, years, dict.fromkeys(years, use), given), tmp_path)
