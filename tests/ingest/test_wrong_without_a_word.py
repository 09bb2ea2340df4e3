"""What a user found to come out wrong without a word: each is told now."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from spillgraph.analytics import check_accounts
from spillgraph.analytics.accounts import lacks_payments
from spillgraph.core.errors import InputError, SpillgraphError, StudyError
from spillgraph.ingest.economy import Economy, prepare
from spillgraph.ingest.files.read import read_file
from spillgraph.ingest.stage import Staged, stage
from spillgraph.ingest.study import load_study
from spillgraph.ingest.study_model import Entry
from staging import connect, keys, staged

from .files.workbooks import text as cell
from .files.workbooks import xlsx

CITATIONS_ALONE = True


def prepared(path: Path, tmp_path: Path) -> tuple[dict[str, Staged], Economy]:
    study = load_study(path)
    with connect() as con:
        found = stage(con, study, tmp_path / "tables", tmp_path / "rejects")
        return found, prepare(con, study, found)


@pytest.fixture
def patents(tmp_path: Path) -> Path:
    """A study of three patents; the later ones cite the earlier ones."""
    (tmp_path / "firms.csv").write_text("id,industry\nF1,A\nF2,B\nF3,C\n")
    (tmp_path / "sectors.csv").write_text("code\nA\nB\nC\n")
    (tmp_path / "patents.csv").write_text("id,firm,year\nP1,F1,1990\nP2,F2,1995\nP3,F3,1999\n")
    (tmp_path / "pc.csv").write_text("x,y\nP2,P1\nP3,P1\nP3,P2\n")
    path = tmp_path / "study.toml"
    path.write_text(
        '[study]\nname = "s"\ntarget = "sec"\n'
        '[tables.industries]\nfile = "sectors.csv"\nclassification = "sec"\n'
        '[tables.firms]\nfile = "firms.csv"\nclassification = "sec"\n'
        '[tables.patents]\nfile = "patents.csv"\n'
        '[tables.patent_citations]\nfile = "pc.csv"\ncolumns = { citing = "x", cited = "y" }\n'
    )
    return path


@pytest.mark.parametrize(
    ("column", "values", "told"),
    [
        ("count", "321", True),
        ("n_citations", "311", True),
        ("count", "111", False),
        ("section", "321", False),
    ],
)
def test_counts_of_patent_citations_are_not_read(patents, tmp_path, column, values, told) -> None:
    rows = zip(("P2,P1", "P3,P1", "P3,P2"), values, strict=True)
    (tmp_path / "pc.csv").write_text(f"x,y,{column}\n" + "".join(f"{a},{n}\n" for a, n in rows))
    words = f"column '{column}' (1 to 3) is not read: every row of patent_citations is one citation"
    found = prepared(patents, tmp_path)[0]["patent_citations"].warnings
    assert [text.startswith(words) for text in found] == [True] * told
    patents.write_text(patents.read_text().replace('cited = "y"', 'cited = "y", count = ""'))
    assert prepared(patents, tmp_path)[0]["patent_citations"].warnings == ()


def test_no_table_takes_a_count_that_it_has_not(patents) -> None:
    patents.write_text(patents.read_text().replace('cited = "y"', 'cited = "y", count = "n"'))
    with pytest.raises(StudyError, match=r"unknown key 'tables\.patent_citations\.columns\.count'"):
        load_study(patents)


@pytest.mark.parametrize("unmatched", ["reject", "drop", "keep"])
def test_fractions_are_of_the_citations_left(patents, tmp_path, unmatched) -> None:
    """P3 cites P1, P2 and one that is nowhere: a half each, or a third."""
    (tmp_path / "pc.csv").write_text("x,y\nP2,P1\nP3,P1\nP3,P2\nP3,X\n")
    text = patents.read_text() + f'unmatched = "{unmatched}"\n'
    patents.write_text(text + '[options]\ncitation_weight = "fractional"\n')
    notes = prepared(patents, tmp_path)[1].notes
    told = [text for text in notes if text.startswith("citation_weight: ")]
    refused = (
        "citation_weight: 1 citation of a patent that is not in table patents was refused, so the "
        "weight of 1 that each citing patent has is shared by fewer citations, and each of these "
        'weighs more. To share it among all of them, say unmatched = "keep" in '
        "[tables.patent_citations]: the part of unknown patents is then in the residual."
    )
    assert told == ([refused] if unmatched != "keep" else [])


@pytest.mark.parametrize("unmatched", ["reject", "keep", "drop"])
def test_a_few_ids_in_another_spelling_are_told(tmp_path, patents, unmatched) -> None:
    """However few they are; what is dropped is dropped on purpose."""
    firms = "".join(f"{number:04},A\n" for number in range(1, 41))
    (tmp_path / "firms.csv").write_text(f"id,industry\nF1,A\nF2,B\nF3,C\n{firms}")
    rows = "".join(f"Q{number},{number:04},1990\n" for number in range(2, 41))
    lost = "P1,F1,1990\nP2,F2,1995\nP3,F3,1999\nQ1,1,1990\n"
    (tmp_path / "patents.csv").write_text(f"id,firm,year\n{lost}{rows}")
    text = '[tables.patents]\nfile = "patents.csv"\n'
    patents.write_text(patents.read_text().replace(text, f'{text}unmatched = "{unmatched}"\n'))
    told = [t for t in prepared(patents, tmp_path)[0]["patents"].warnings if "zfill = 4" in t]
    assert len(told) == (unmatched != "drop")
    if unmatched == "keep":
        assert told[0].startswith("1 of 43 rows has an unknown firm")


@pytest.mark.parametrize("exchanged", [False, True])
def test_citations_of_younger_patents_are_told(patents, tmp_path, exchanged) -> None:
    if exchanged:
        patents.write_text(patents.read_text().replace('"x", cited = "y"', '"y", cited = "x"'))
    warnings = prepared(patents, tmp_path)[1].warnings
    told = [
        text for text in warnings if "citing and cited of patent_citations are exchanged" in text
    ]
    assert bool(told) is exchanged


@pytest.mark.parametrize(("lag", "years"), [("", []), ("lag = [5, 5]", [1999])])
def test_a_report_year_whose_citations_the_lag_leaves_out_is_told(
    patents, tmp_path, lag, years
) -> None:
    with patents.open("a") as file:
        file.write(f"[years]\nreport = [1995, 1999]\n[options]\n{lag}\n")
    warnings = prepared(patents, tmp_path)[1].warnings
    told = [text for text in warnings if text.startswith("No citation is dated")]
    what = "a report year: W is the stock up to 1995."
    assert told == [f"No citation is dated {year}, {what}" for year in years]


def test_industries_that_no_list_names_are_told(tiny, tmp_path) -> None:
    tiny.replace('[[tables.industries]]\nfile = "fine.csv"\nclassification = "f"\n', "")
    tiny.append("firms.csv", "5,Five,zz unknown,,,,,\n")
    tiny.append("map.csv", "zz unknown,x,1\n")
    warnings = prepared(tiny.path, tmp_path)[1].warnings
    assert any("no list names the industries of 'f', so all 4 were taken" in w for w in warnings)
    assert any("'zz unknown'" in text for text in warnings)


@pytest.mark.whole
@pytest.mark.parametrize(
    "name",
    [
        "currency",
        "Currency Code",
        "REF_CURRENCY",
        "ccy",
        "curcd",
        "Währung",
        "moneda",
        "devise",
        "unit",
        "units",
        "UNIT_MEASURE",
        "Unit of measure",
        "Einheit",
        "unidad",
        "unité",
        "UNIT_MULT",
        "Unit Multiplier",
        "PowerCode Code",
        "scale",
        "magnitude",
        "单位",
    ],
)
def test_amounts_in_two_units_are_told(tiny, tmp_path, name) -> None:
    tiny.write("trade.csv", f"supplier,buyer,year,value,{name}\n1,2,2001,10,3\n2,1,2001,20,6\n")
    warnings = prepared(tiny.path, tmp_path)[0]["trade_links"].warnings
    assert any(f"column '{name}' has several values ('3', '6')" in text for text in warnings)
    keys(tiny, "trade.csv", f'where = {{ "{name}" = "3" }}')
    assert prepared(tiny.path, tmp_path)[0]["trade_links"].warnings == ()


@pytest.mark.whole
@pytest.mark.parametrize("name", ["unitid", "unit_price", "community", "current", "scaled"])
def test_not_every_column_with_a_unit_in_its_name_is_one(tiny, tmp_path, name) -> None:
    tiny.write("trade.csv", f"supplier,buyer,year,value,{name}\n1,2,2001,10,3\n2,1,2001,20,6\n")
    warnings = prepared(tiny.path, tmp_path)[0]["trade_links"].warnings
    assert not any("several values" in text for text in warnings)


@pytest.mark.whole
@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ("where_not = { unit = 'm' }", False),
        ("where = { kind = 'x' }", False),
        ("where = { unit = ['k', 'm'] }", True),
        ("where_not = { kind = 'z' }", True),
    ],
)
def test_units_are_those_of_the_rows_that_are_taken(tiny, tmp_path, chosen, told) -> None:
    rows = "1,2,2001,10,k,x\n2,1,2001,20,k,x\n1,3,2001,20,m,y\n"
    tiny.write("trade.csv", f"supplier,buyer,year,value,unit,kind\n{rows}")
    keys(tiny, "trade.csv", chosen)
    warnings = prepared(tiny.path, tmp_path)[0]["trade_links"].warnings
    assert any("column 'unit' has several values" in text for text in warnings) is told


@pytest.mark.whole
@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        (
            "where_not = { kind = 'Total' }",
            "'Total' in 'kind', as where_not wants it, but there is",
        ),
        ("where_not = { kind = ['Total', 'TOTAL'] }", None),
        ("where_not = { kind = 'imports' }", "'imports' in 'kind', as where_not wants it; "),
        ("where = { kind = ['x', 'y'] }", "'y' in 'kind', as where wants it."),
        ("where = { kind = ['x', 'TOTALS'] }", "wants it; the nearest that is there is 'TOTAL'."),
        (
            "where = { kind = ['x', 'total'] }",
            "wants it, but there is 'TOTAL' (1 row of trade.csv): values are compared",
        ),
        ("where = { kind = ['x', ''] }", None),
        ("where = { year = 2001 }", None),
    ],
)
def test_a_filter_that_chooses_nothing_is_told(tiny, tmp_path, chosen, told) -> None:
    rows = "1,2,2001,10,x\n2,1,2001,20,x\n1,3,2001,20,TOTAL\n"
    tiny.write("trade.csv", f"supplier,buyer,year,value,kind\n{rows}")
    keys(tiny, "trade.csv", chosen)
    warnings = prepared(tiny.path, tmp_path)[0]["trade_links"].warnings
    assert [told in text for text in warnings] == ([True] if told else [])


@pytest.mark.whole
def test_a_filter_needs_a_row_in_one_of_several_files(tiny, tmp_path) -> None:
    head = "supplier,buyer,year,value\n"
    tiny.write("t1.csv", f"{head}1,2,2001,10\n")
    tiny.write("t2.csv", f"{head}1,2,2002,10\n")
    tiny.replace('file = "trade.csv"', 'file = "t*.csv"\nwhere = { year = [2001, 2002] }')
    (tiny.folder / "trade.csv").unlink()
    assert prepared(tiny.path, tmp_path)[0]["trade_links"].warnings == ()


@pytest.mark.whole
def test_a_constant_never_replaces_a_column(tiny, tmp_path) -> None:
    keys(tiny, "trade.csv", "constants = { value = 1 }")
    with pytest.raises(InputError, match=r"'constants' gives value, but the file has a column"):
        prepared(tiny.path, tmp_path)
    tiny.replace("constants = { value = 1 }", 'constants = { value = 1 }\ncolumns = { value = "" }')
    assert prepared(tiny.path, tmp_path)[0]["trade_links"].total == 4


@pytest.mark.whole
def test_accounts_that_cannot_be_checked_are_told(tiny, tmp_path) -> None:
    tiny.write("output.csv", "industry,year,gross_output\nx,2001,100\ny,2001,80\n")
    warnings = prepared(tiny.path, tmp_path)[1].warnings
    assert any("The accounts of 2001 cannot be checked" in text for text in warnings)


@pytest.mark.parametrize(
    ("output", "domestic"),
    [
        ([100, 100, 100, 100, 1000], False),  # one output in another unit
        ([100, 100, 100, 100, 10], False),
        ([110, 112, 108, 115, 109], True),  # imports are missing everywhere
        ([110, 112, 108, 115, 50], False),
    ],
)
def test_one_bad_sector_is_no_story_of_imports(output, domestic) -> None:
    sectors = list("abcde")
    flows = pd.DataFrame(np.diag([20.0] * 5), sectors, sectors)
    table = pd.DataFrame({"gross_output": output, "value_added": 80.0}, sectors, dtype=float)
    assert lacks_payments(check_accounts(flows, table)) is domestic


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ('flags = ["1"]', "'1' is a part of numbers"),
        ('flags = [".0"]', "'.0' is a part of numbers"),
        ('format = "%Q"', "'%Q' has a letter that is not known"),
    ],
)
def test_keys_that_would_bend_values_are_refused(tiny, given, words) -> None:
    keys(tiny, "citations.csv", given)
    with pytest.raises(StudyError) as error:
        load_study(tiny.path)
    assert words in str(error.value)


@pytest.mark.parametrize(("form", "date"), [("%F", "2001-03-04"), ("%e.%m.%Y", "4.3.2001")])
def test_short_forms_of_dates_are_known(tiny, tmp_path, form, date) -> None:
    tiny.write("citations.csv", f"citing,cited,year,count\n1,2,{date},1\n")
    keys(tiny, "citations.csv", f'format = "{form}"')
    table = prepared(tiny.path, tmp_path)[0]["firm_citations"]
    assert pd.read_parquet(table.path)["year"].tolist() == [2001]


def test_codes_that_the_concordance_has_in_another_spelling_are_told(tiny, tmp_path) -> None:
    tiny.replace('[[tables.industries]]\nfile = "fine.csv"\nclassification = "f"\n', "")
    tiny.write("firms.csv", "id,industry\n1,111\n2,112\n3,2011\n4,\n")
    tiny.write("map.csv", "from,to\n0111,x\n0112,x\n2011,y\n")
    warnings = " ".join(prepared(tiny.path, tmp_path)[1].warnings)
    assert "2 of 3 codes have no target" in warnings and "'0111'" in warnings
    assert "zfill = 4" in warnings


def test_groups_of_nace_keep_their_point(tiny, tmp_path) -> None:
    tiny.replace('[[tables.industries]]\nfile = "fine.csv"\nclassification = "f"\n', "")
    tiny.write("firms.csv", "id,industry\n1,10.0\n2,11.0\n3,10.0\n4,11.0\n")
    tiny.write("map.csv", "from,to\n10.0,x\n10.1,y\n11.0,y\n")
    found, economy = prepared(tiny.path, tmp_path)
    assert pd.read_parquet(found["firms"].path)["industry"].tolist() == ["10.0", "11.0"] * 2
    assert economy.audits[0].unmapped == ()


@pytest.mark.whole
def test_a_choice_of_the_study_is_no_alarm(tiny, tmp_path) -> None:
    tiny.write("trade.csv", "supplier,buyer,year,value\n1,2,2001,10\n1,2,2001,10\n")
    keys(tiny, "trade.csv", 'repeat = "first"')
    table = prepared(tiny.path, tmp_path)[0]["trade_links"]
    assert table.rejected == 1 and table.warnings == ()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize(
    ("units", "eaten"),
    [
        ("1,2,2000,4", True),
        ('1,2,2000,"4,5"', True),
        ("1,2,2000,4 p", True),
        ("1,2,2000-01-31,4", True),
        ("id,id,a,citations", False),
        ("code,code,year,1000", False),
        (",,,1000", False),
        (",,Jahr,Mio. €", False),
        ("(1),(2),(3),(4)", False),
    ],
)
def test_a_row_of_units_that_holds_values_is_not_eaten(tiny, tmp_path, kind, units, eaten) -> None:
    text = f"citing,cited,year,count\n{units}\n2,1,2001,3\n3,2,2001,2\n"
    tiny.write("c.csv", text)
    if kind == "xlsx":
        table = pd.read_csv(tiny.folder / "c.csv", header=None, dtype=str, keep_default_na=False)
        cells = [
            "".join(cell(f"{'ABCD'[at]}{row}", each) for at, each in enumerate(line) if each)
            for row, line in enumerate(table.to_numpy(), start=1)
        ]
        xlsx(tiny.folder / "c.xlsx", {"Data": cells})
    tiny.replace('file = "citations.csv"', f'file = "c.{kind}"\nunits_row = true')
    if eaten:
        with pytest.raises(InputError, match="units_row = true, but the row below") as error:
            prepared(tiny.path, tmp_path)
        assert "'1', '2', '2000" in str(error.value)
        tiny.replace("\nunits_row = true", '\ndecimal = ","\nflags = ["p"]')
        assert prepared(tiny.path, tmp_path)[0]["firm_citations"].loaded == 3
    else:
        assert prepared(tiny.path, tmp_path)[0]["firm_citations"].total == 5


@pytest.mark.parametrize(("units", "eaten"), [("P1,F2", True), ("text,text", False), ("-,", False)])
def test_a_row_of_units_in_a_table_of_texts(tiny, tmp_path, units, eaten) -> None:
    tiny.write("fine.csv", f"code,name\n{units}\nP2,F1\nP3,F3\nA,a\nB,b\nC,c\n")
    tiny.replace('file = "fine.csv"', 'file = "fine.csv"\nunits_row = true')
    if eaten:
        with pytest.raises(InputError, match="'P1', 'F2'"):
            prepared(tiny.path, tmp_path)
    else:
        assert prepared(tiny.path, tmp_path)[0]["industries"].loaded == 7


@pytest.mark.parametrize("header_rows", [1, 2])
@pytest.mark.parametrize(
    ("head", "units", "rows"),
    [
        ("citing,cited,year,count", "A,D,2000,", ["B,C,2001,3", "C,E,2001,2"]),
        ("citing,cited,year,count", "A,D,2000,n/a", ["B,C,2001,3", "C,E,2001,2"]),
        ("id,lat,lon", "1,,", ["2,50.5,8", "3,49,7"]),
        ("from,to", "A,x", ["B,x", "C,y"]),
        ("from,to,weight", "A,x,n/a", ["B,x,0.5", "B,y,0.5"]),
    ],
)
def test_a_row_that_lacks_its_number_is_no_row_of_units(
    tmp_path, head, units, rows, header_rows
) -> None:
    above = "T" + "," * head.count(",") + "\n" if header_rows == 2 else ""
    (tmp_path / "c.csv").write_text("\n".join([f"{above}{head}", units, *rows, ""]))
    entry = Entry(file="c.csv", units_row=True, header_rows=header_rows)
    with (
        connect() as con,
        pytest.raises(InputError, match="units_row = true, but the row below") as told,
    ):
        read_file(con, entry, "c.csv", tmp_path / "c.csv", "raw", tmp_path)
    assert ", ".join(map(repr, units.split(","))) in str(told.value)


@pytest.mark.parametrize("header_rows", [1, 2])
@pytest.mark.parametrize(
    ("units", "doubtful"),
    [
        ("code,code,year,Mio", False),
        (",,,%", False),
        (",,,1000", True),
        ("A,D,,n/a", True),
        ("A,D,,", True),
    ],
)
def test_a_row_without_a_unit_that_is_left_out_is_shown(
    tmp_path, units, doubtful, header_rows
) -> None:
    above = "T,,,\n" if header_rows == 2 else ""
    text = f"{above}citing,cited,year,count\n{units}\nB,C,2001,3\nC,E,2001,2\n"
    (tmp_path / "c.csv").write_text(text)
    entry = Entry(file="c.csv", units_row=True, header_rows=header_rows)
    with connect() as con:
        found = read_file(con, entry, "c.csv", tmp_path / "c.csv", "raw", tmp_path).warnings
    listed = ", ".join(map(repr, units.split(",")))
    assert found == doubtful * (
        f"c.csv: units_row = true leaves out the row below the header: {listed}. Look whether it "
        "holds units; if not, take units_row out.",
    )


@pytest.mark.whole
@pytest.mark.parametrize(
    ("table", "head", "rows", "told"),
    [
        ("concordance", "from,to,weight", ["A,x,{100}", "B,x,{60}", "B,y,{40}", "C,y,{100}"], "1."),
        ("firm_industries", "firm,industry,share", ["1,A,{60}", "1,B,{40}"], "0.6."),
        ("firm_industries", "firm,industry,share", ["1,A,{60}"], "0.6."),
        ("ownership", "firm,owner,share", ["1,2,{60}"], "0.6."),
    ],
)
def test_shares_in_per_cent_are_told_and_divided_they_are_read(
    tiny, tmp_path, table, head, rows, told
) -> None:
    def lines(factor: int) -> str:
        given = {"{100}": 100 / factor, "{60}": 60 / factor, "{40}": 40 / factor}
        text = "\n".join([head, *rows, ""])
        for mark, value in given.items():
            text = text.replace(mark, f"{value:g}")
        return text

    file = "map.csv" if table == "concordance" else "shares.csv"
    tiny.write(file, lines(1))
    if table != "concordance":
        classified = 'classification = "f"\n' if table == "firm_industries" else ""
        entry = f'[tables.{table}]\nfile = "shares.csv"\n{classified}\n'
        tiny.replace("[tables.trade_links]", entry + "[tables.trade_links]")
    with pytest.raises(SpillgraphError, match="looks like per cent: divide all by 100") as error:
        prepared(tiny.path, tmp_path)
    assert str(error.value).endswith(f"in the file, so that it is {told}")
    tiny.write(file, lines(100))
    found, _ = prepared(tiny.path, tmp_path)
    column = "weight" if table == "concordance" else "share"
    assert pd.read_parquet(found[table].path)[column].max() == float(told.rstrip("."))


def test_two_whole_owners_are_no_per_cent(tiny, tmp_path) -> None:
    tiny.write("map.csv", "from,to,weight\nA,x,1\nA,y,1\nB,x,1\nC,y,1\n")
    with pytest.raises(SpillgraphError, match="add to more than 1") as error:
        prepared(tiny.path, tmp_path)
    assert "per cent" not in str(error.value)


@pytest.mark.parametrize(
    ("file", "renamed", "name", "holds"),
    [
        ("map.csv", "from,to,share_of_code", "weight", "a code is split equally"),
        ("citations.csv", "citing,cited,year,n", "count", "every row counts as one"),
    ],
)
def test_a_column_of_another_name_that_changes_numbers_is_asked_for(
    tiny, tmp_path, file, renamed, name, holds
) -> None:
    text = (tiny.folder / file).read_text(encoding="utf-8")
    tiny.write(file, renamed + text[text.index("\n") :])
    table = "concordance" if file == "map.csv" else "firm_citations"
    own = renamed.rpartition(",")[2]
    (told,) = staged(tiny, tmp_path)[table].warnings
    assert told == (
        f"there is no column '{name}', so {holds}, while '{own}' is not read. If one of the "
        f'file\'s columns is the {name}, map it with columns = {{ {name} = "…" }}, else say '
        f'columns = {{ {name} = "" }}.'
    )
    tiny.replace(f'file = "{file}"', f'file = "{file}"\ncolumns = {{ {name} = "" }}')
    assert staged(tiny, tmp_path)[table].warnings == ()


@pytest.mark.whole
@pytest.mark.parametrize(
    ("header", "name", "own"),
    [
        ("firm,owner,since,last_year", "first_year", "since"),
        ("firm,owner,x first_year,last_year", "first_year", "x first_year"),
        ("firm,owner,first_year,Last_Year of it", "last_year", "Last_Year of it"),
        ("firm,owner,first_year,last_year", "", ""),
    ],
)
def test_one_year_of_a_span_does_not_stand_for_the_other(tiny, tmp_path, header, name, own) -> None:
    tiny.write("owned.csv", f"{header}\n2,1,2000,2001\n")
    entry = '[tables.ownership]\nfile = "owned.csv"\ncolumns = { share = "" }\n'
    tiny.replace("[tables.trade_links]", f"{entry}[tables.trade_links]")
    told = [text for text in staged(tiny, tmp_path)["ownership"].warnings if "no column" in text]
    assert [f"no column '{name}'" in text and f"'{own}' is" in text for text in told] == (
        [True] * bool(name)
    )


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("3", True),
        ('"1,5"', True),
        ("50%", True),
        ("1.5 p", True),
        ("1 200", True),
        ("examiner", False),
        ("2010-03-01", False),
        ("B2", False),
        ("4f1a-77", False),
    ],
)
def test_no_column_of_words_or_dates_can_be_the_count(tiny, tmp_path, value, number) -> None:
    tiny.write("citations.csv", f"citing,cited,year,more\n1,2,2000,{value}\n2,1,2001,{value}\n")
    told = staged(tiny, tmp_path)["firm_citations"].warnings
    assert any("there is no column 'count'" in text for text in told) is number


@pytest.mark.whole
@pytest.mark.parametrize(
    ("theirs", "meant"),
    [
        ("Value added (mio)", True),
        ("x_value_added", True),
        ("VALUE-ADDED", True),
        ("value_added_tax", True),
        ("added_value", False),
        ("devalue_added", False),
    ],
)
def test_a_column_called_like_one_that_stays_empty_is_told(tiny, tmp_path, theirs, meant) -> None:
    tiny.write("output.csv", f"industry,year,gross_output,{theirs}\nx,2001,100,60\n")
    told = staged(tiny, tmp_path)["io_output"].warnings
    said = "there is no column 'value_added', so it stays empty, while"
    assert any(said in text for text in told) is meant
    keys(tiny, "output.csv", 'columns = { value_added = "" }')
    assert staged(tiny, tmp_path)["io_output"].warnings == ()


@pytest.mark.whole
def test_a_decimal_comma_in_a_comma_file_is_no_name_of_a_row(tiny, tmp_path) -> None:
    tiny.write("trade.csv", "supplier,buyer,year,value\n1,2,2001,1,5\n1,3,2001,2,5\n")
    with pytest.raises(InputError, match="whether a decimal comma parts numbers in two") as told:
        staged(tiny, tmp_path)
    assert "names = " not in str(told.value)


def test_optional_numbers_in_brackets_cost_the_value(tiny, tmp_path) -> None:
    tiny.replace('file = "firms.csv"', 'file = "firms.csv"\ncolumns = { lat = "", lon = "" }')
    tiny.write("firms.csv", "id,name,industry,size\n1,a,A,(10)\n2,b,B,10-\n3,c,C,5\n4,d,,\n")
    firms = staged(tiny, tmp_path)["firms"]
    assert (firms.loaded, sum(firms.lost.values())) == (4, 2)


def test_remarks_in_the_place_of_numbers_are_no_labels(tiny, tmp_path) -> None:
    study = (
        '[study]\nname = "x"\ntarget = "t"\n[tables.industry_citations]\nfile = "w.csv"\n'
        'classification = "t"\nconstants = { year = 2001 }\n'
        'wide = { rows = "citing", columns = "cited", values = "count" }\n'
    )
    tiny.path.write_text(study, encoding="utf-8")
    tiny.write("w.csv", "x,A,B,C\nA,c,2,1\nB,s,3,1\nC,4,3,1\n")
    found = staged(tiny, tmp_path)["industry_citations"]
    assert (found.read, found.loaded, found.rejected) == (9, 7, 2)


def test_an_owner_pasted_twice_stops_where_the_study_says_so(tiny, tmp_path) -> None:
    tiny.write("patents.csv", "id,firm,year\np1,,2000\np2,,2001\n")
    tiny.write("owners.csv", "patent,firm\np1,1\np1,1\np2,3\n")
    tiny.write("cites.csv", "citing,cited\np2,p1\n")
    tiny.replace('[tables.firm_citations]\nfile = "citations.csv"', "")
    with tiny.path.open("a", encoding="utf-8") as file:
        file.write(
            '\n[tables.patents]\nfile = "patents.csv"\n[tables.patent_citations]\n'
            'file = "cites.csv"\n[tables.patent_owners]\nfile = "owners.csv"\nrepeat = "refuse"\n'
        )
    with pytest.raises(InputError, match="row 2 repeats the key of row 1"):
        staged(tiny, tmp_path)


def test_folders_that_may_be_an_optional_column_are_told(tiny, tmp_path) -> None:
    (tiny.folder / "q" / "size=5").mkdir(parents=True)
    (tiny.folder / "q" / "size=5" / "f.csv").write_text("id,industry\n1,A\n2,B\n3,C\n4,\n")
    tiny.replace('file = "firms.csv"', 'file = "q/**/*.csv"')
    (told,) = staged(tiny, tmp_path)["firms"].warnings
    assert told == (
        "there is no column 'size', and a folder is called 'size=5': if it gives the column, say "
        'partitions = ["size"].'
    )
    tiny.replace('file = "q/**/*.csv"', 'file = "q/**/*.csv"\npartitions = ["size"]')
    assert staged(tiny, tmp_path)["firms"].warnings == ()
