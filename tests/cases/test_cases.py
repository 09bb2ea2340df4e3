"""Small studies made after public bug reports, with what each should give.

They are not part of the repository: put them where SPILLGRAPH_CASES points (default:
``shared/cases`` beside the checkout). A key that the manual names is added to the study file where
the data need one; the data stay as they are.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import duckdb
import pytest
from spillgraph.core.errors import InputError
from spillgraph.ingest.economy import prepare
from spillgraph.ingest.stage import Staged, stage
from spillgraph.ingest.study import load_study

FOLDER = Path(os.environ.get("SPILLGRAPH_CASES") or Path(__file__).parents[3] / "shared" / "cases")


def under(file: str, keys: str) -> dict[str, str]:
    """Add keys to the entry of a file."""
    return {f'file = "{file}"': f'file = "{file}"\n{keys}'}


def at_the_end(text: str) -> dict[str, str]:
    """Add a table to a study."""
    return {"[study]": f"{text}\n[study]"}


CITATIONS = {"firms": (4, 4.0), "firm_citations": (7, 23.0)}
ACCOUNTS = {"io_flows": (5, 62.0), "io_output": (3, 230.0)}
WHOLE = CITATIONS | ACCOUNTS
PATENTS = {"firms": (4, 4.0), "patents": (3, 3.0), "patent_citations": (3, 3.0)}
NUMBER = "clean = { id = { patent = true } }"
ENDS = "clean = { citing = { patent = true }, cited = { patent = true } }"
GERMAN = 'decimal = ","\nthousands = "."'
OWNERS = (
    '[tables.patent_owners]\nfile = "patents.csv"\ncolumns = { patent = "id", first_year = "" }'
)
SHARES = (
    '[tables.firm_industries]\nfile = "firms.csv"\nclassification = "fine"\n'
    'columns = { firm = "id" }'
)
OECD = {
    'file = "oecd.csv"\nclassification = "sec"\nwide = { rows = "supplier"': (
        'file = "oecd.csv"\nclassification = "sec"\n'
        'where_not = { supplier = ["TXS_IMP_FNL", "TTL_INT_FNL", "VALU", "OUTPUT"], '
        'user = ["HFCE", "INVNT", "EXPO", "IMPO"] }\nwide = { rows = "supplier"'
    ),
    'wide = { rows = "year", columns = "industry", values = "gross_output" }': (
        'constants = { year = 2010 }\nprinted = { gross_output = "OUTPUT", value_added = '
        '["VALU", "TXS_IMP_FNL"], final_demand = ["HFCE", "INVNT", "EXPO", "IMPO"] }'
    ),
}
PATENTSVIEW = under("g_patent.tsv", 'quote = ""') | {
    'match = { firm = { file = "g_assignee.tsv", by = "patent_id", key = "patent_id", '
    'value = "assignee_id" } }': "",
    "[study]": (
        '[tables.patent_owners]\nfile = "g_assignee.tsv"\n'
        'columns = { patent = "patent_id", firm = "assignee_id" }\n[study]'
    ),
}
HEADLESS = 'header = false\nnames = ["citing", "cited", "year", "count"]'

#: By case: what the study file says besides, and rows loaded and their sum by table.
READ: dict[str, tuple[dict[str, str], dict[str, tuple[int, float]]]] = {
    "01-kind-codes": (
        under("patents.csv", NUMBER) | under("pcit.csv", ENDS),
        PATENTS | {"patent_citations": (4, 4.0)},
    ),
    "03-date-day-00": ({}, PATENTS | {"patents": (4, 4.0)}),
    "04-several-assignees": (
        under("patents.csv", 'repeat = "first"') | at_the_end(OWNERS),
        PATENTS | {"patent_owners": (5, 5.0)},
    ),
    "10-r-na-optional": ({}, WHOLE),
    "100-kpss-dates": (under("patents.csv", 'format = "%m/%d/%Y"'), PATENTS),
    "102-oecd-one-file": (OECD, {"io_flows": (9, 62.0), "io_output": (3, 230.0)}),
    "103-patentsview-as-downloaded": (
        PATENTSVIEW,
        {"patents": (3, 3.0), "patent_owners": (4, 4.0), "patent_citations": (3, 3.0)},
    ),
    "104-output-all-refused": ({}, WHOLE),
    "109-sep-line": ({}, CITATIONS),
    "10b-r-na-industry": ({}, WHOLE),
    "10c-r-na-industry-no-list": ({}, {"firms": (4, 4.0), "firm_citations": (8, 25.0)}),
    "111-quote-is-apostrophe": (under("cit.csv", 'quote = "\'"'), {"firm_citations": (1, 4.0)}),
    "114-no-header": (under("cit.csv", HEADLESS), {"firm_citations": (2, 7.0)}),
    "115-brackets-in-name": ({}, CITATIONS),
    "117-gz-content-named-csv": ({}, CITATIONS),
    "128-trailing-tab-ids": ({}, {"firms": (3, 3.0), "firm_citations": (3, 10.0)}),
    "13-eurostat-flags": (
        under("io.csv", 'flags = ["p", "e", "b", "c"]'),
        WHOLE | {"io_flows": (4, 57.5)},
    ),
    "16-thousands-dot": (
        under("io.csv", GERMAN) | under("out.csv", GERMAN),
        {"io_flows": (5, 38_450.0), "io_output": (3, 1_230_000.0)},
    ),
    "22-cp1252-as-latin1": ({}, CITATIONS),
    "22b-cp1252-unsaid": (under("firms.csv", 'encoding = "cp1252"'), CITATIONS),
    "23-gbk": ({}, CITATIONS),
    "23b-gbk-unsaid": (under("firms.csv", 'encoding = "gb18030"'), CITATIONS),
    "26-quoted-newline-name": ({}, CITATIONS),
    "27-stray-quote-tsv": (under("firms.tsv", 'quote = ""'), CITATIONS),
    "27d-open-quote-firms": (
        under("firms.csv", 'quote = ""'),
        {"firms": (6, 6.0), "firm_citations": (3, 11.0)},
    ),
    "31-lines-above-header": (under("io.csv", "skip = 3"), WHOLE),
    "34b-totals-in-matrix-no-list": (
        under("io.csv", 'where_not = { supplier = "Total", user = "Total" }')
        | under("out.csv", 'where_not = { industry = "Total" }'),
        WHOLE | {"io_flows": (9, 62.0)},
    ),
    "34e-totals-col-only": (
        under("io.csv", 'where_not = { supplier = "Total" }'),
        ACCOUNTS | {"io_flows": (5, 47.0)},
    ),
    "37d-labels-differ-in-case": ({}, WHOLE | {"io_flows": (9, 62.0)}),
    "38-semicolon-with-commas-in-names": ({}, WHOLE | {"io_flows": (4, 45.0)}),
    "43e-blank-first-line": ({}, WHOLE),
    "44d-zip": ({}, CITATIONS),
    "44e-no-suffix": ({}, CITATIONS),
    "45-float-ids-csv": ({}, {"firms": (4, 4.0), "firm_citations": (4, 10.0)}),
    "46-lost-zeros": (
        under("firms.parquet", "clean = { id = { zfill = 6 }, industry = { zfill = 4 } }"),
        {"firms": (4, 4.0), "firm_citations": (3, 9.0)},
    ),
    "50-pq-partitioned-folder": (
        under("cit", 'partitions = ["year"]'),
        {"firm_citations": (4, 10.0)},
    ),
    "50b-pq-partitioned-glob": (
        under("cit/*/*.parquet", 'partitions = ["year"]'),
        {"firm_citations": (4, 10.0)},
    ),
    "50d-pq-column-and-folder-differ": ({}, {"firm_citations": (4, 10.0)}),
    "51-stata-labelled-codes": (under("firms.dta", 'labels = "codes"'), CITATIONS),
    "51b-stata-partly-labelled": (under("firms.dta", 'labels = "codes"'), CITATIONS),
    "60h-conc-row-twice": (
        under("conc.csv", 'repeat = "add"'),
        CITATIONS | {"concordance": (4, 4.0)},
    ),
    "62-invisible-blanks": ({}, CITATIONS | {"concordance": (3, 3.0)}),
    "65-firm-many-industries": (
        under("firms.csv", 'repeat = "first"') | at_the_end(SHARES),
        CITATIONS | {"firm_industries": (5, 5.0)},
    ),
    "70-negative-flow": (
        under("io.csv", 'negative = "keep"'),
        ACCOUNTS | {"io_flows": (5, 22.0)},
    ),
    "75-invoices-same-pair-year": (
        under("trade.csv", 'repeat = "add"'),
        {"trade_links": (4, 16.0), "io_output": (3, 230.0)},
    ),
    "75b-dated-invoices": (
        under("trade.csv", 'repeat = "add"'),
        {"trade_links": (4, 16.0), "io_output": (3, 230.0)},
    ),
    "76-citations-by-category": (
        under("cit.csv", 'repeat = "add"'),
        {"firms": (4, 4.0), "firm_citations": (4, 16.0)},
    ),
    "80-size-is-a-word": (under("firms.csv", 'columns = { size = "" }'), CITATIONS),
    "81-lat-lon-swapped": ({}, CITATIONS),
    "88-sector-named-like-helpers": ({}, WHOLE | {"io_flows": (16, 22.0)}),
    "95-name-with-newline-kept-out": ({}, CITATIONS),
    "97-ownership-change": ({}, {"firms": (4, 4.0), "firm_citations": (4, 12.0)}),
}
#: By case, as it is: what the message says, the key that mends it among it.
REFUSED = {
    "100-kpss-dates": 'say format = "%m/%d/%Y"',
    "102-oecd-one-file": "table io_output: none of its 49 rows was accepted",
    "103-patentsview-as-downloaded": "[tables.patent_owners]",
    "104b-output-header-only": "table io_output has no rows",
    "105b-industries-header-only": "table industries has no rows",
    "111-quote-is-apostrophe": 'quote = "\'"',
    "114-no-header": "header = false",
    "13-eurostat-flags": "flags =",
    "15-thousands": 'thousands = [",", " "]',
    "16-thousands-dot": 'decimal = ",", thousands = "."',
    "23b-gbk-unsaid": 'encoding = "gb18030"',
    "27c-open-quote-then-quoted-row": "cit.csv, row 1 (line 2): a quote is opened",
    "27d-open-quote-firms": "firms.csv, row 1 (line 2): a quote is opened",
    "31-lines-above-header": "skip =",
    "34b-totals-in-matrix-no-list": "'Total' equals the sum of 3",
    "36-two-header-rows": "header_rows = 2",
    "46-lost-zeros": "zfill = 6",
    "50-pq-partitioned-folder": 'partitions = ["year"]',
    "50b-pq-partitioned-glob": 'partitions = ["year"]',
    "51-stata-labelled-codes": 'labels = "codes"',
    "60h-conc-row-twice": 'repeat = "add"',
    "70-negative-flow": "'-20' in row 2 of io.csv",
    "75-invoices-same-pair-year": 'repeat = "add"',
    "75b-dated-invoices": 'repeat = "add"',
    "76-citations-by-category": 'repeat = "add"',
}


@pytest.fixture
def case(tmp_path: Path):
    """Copy a case and add keys to its study file."""

    def copy(name: str, given: dict[str, str]) -> Path:
        if not (FOLDER / name).is_dir():
            pytest.skip(f"the cases are not at {FOLDER}: put them there or set SPILLGRAPH_CASES")
        shutil.copytree(FOLDER / name, tmp_path / name)
        path = tmp_path / name / "study.toml"
        path.chmod(0o644)
        text = path.read_text(encoding="utf-8")
        for old, new in given.items():
            assert old in text
            text = text.replace(old, new, 1)
        path.write_text(text, encoding="utf-8")
        return path

    return copy


def prepared(path: Path) -> dict[str, Staged]:
    study = load_study(path)
    with duckdb.connect() as con:
        found = stage(con, study, path.parent / "tables", None)
        prepare(con, study, found)
    return found


@pytest.mark.parametrize("name", READ)
def test_a_case_is_read_as_it_is_meant(case, name: str) -> None:
    given, wanted = READ[name]
    found = prepared(case(name, given))
    assert {table: (found[table].loaded, found[table].total) for table in wanted} == wanted


@pytest.mark.parametrize("name", REFUSED)
def test_a_case_that_needs_a_key_says_which(case, name: str) -> None:
    with pytest.raises(InputError) as error:
        prepared(case(name, {}))
    assert REFUSED[name] in str(error.value)
