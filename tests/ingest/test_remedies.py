"""What a message says to do is done, and ends in the right values."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from spillgraph.core.errors import InputError, StudyError
from spillgraph.ingest.economy import prepare
from spillgraph.ingest.stage import stage
from spillgraph.ingest.study import load_study

from ..helpers.staging import connect, keys, staged


def codes(tiny: Any, tmp_path: Path) -> dict[str, str]:
    frame = pd.read_parquet(staged(tiny, tmp_path)["firms"].path)
    return dict(zip(frame["id"], frame["industry"], strict=True))


# -- lists and maps that were pasted twice ---------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "row", "table"),
    [("map.csv", "A,x,1\n", "concordance"), ("sectors.csv", "x,First\n", "industries")],
)
def test_a_list_pasted_twice_is_read_with_repeat_first(tiny, tmp_path, file, row, table) -> None:
    right = {t: s.total for t, s in staged(tiny, tmp_path).items()}
    tiny.append(file, row)
    with pytest.raises(InputError, match='repeat = "first" if later rows are to be refused'):
        staged(tiny, tmp_path)
    for name in ("fine.csv", "sectors.csv") if table == "industries" else (file,):
        keys(tiny, name, 'repeat = "first"')
    found = staged(tiny, tmp_path)
    assert {t: s.total for t, s in found.items()} == right
    assert found[table].reasons == {"repeats the key of an earlier row": 1}


def test_an_empty_row_of_a_list_is_left_out_as_the_message_says(tiny, tmp_path) -> None:
    right = staged(tiny, tmp_path)["industries"].loaded
    tiny.append("fine.csv", ",\n")
    with pytest.raises(InputError, match=r'leave it out with where_not = \{ code = "" \};'):
        staged(tiny, tmp_path)
    keys(tiny, "fine.csv", 'where_not = { code = "" }')
    assert staged(tiny, tmp_path)["industries"].loaded == right


def test_an_unknown_code_of_a_map_is_left_out_as_the_message_says(tiny, tmp_path) -> None:
    tiny.append("map.csv", "C,zz,0\n")
    with pytest.raises(InputError, match='leave it out with unmatched = "drop";'):
        staged(tiny, tmp_path)
    keys(tiny, "map.csv", 'unmatched = "drop"')
    assert staged(tiny, tmp_path)["concordance"].loaded == 4


# -- codes in another spelling ---------------------------------------------------------------------


def number_codes(tiny: Any, of_firms: str, listed: str = "10") -> None:
    tiny.write("fine.csv", f"code,name\n{listed},Alpha\nB,Beta\nC,Gamma\n")
    tiny.write("map.csv", f"from,to,weight\n{listed},x,1\nB,x,0.25\nB,y,0.75\nC,y,1\n")
    firms = (tiny.folder / "firms.csv").read_text().replace("One,A,", f"One,{of_firms},")
    tiny.write("firms.csv", firms)


def hints(tiny: Any, tmp_path: Path) -> str:
    return " ".join(staged(tiny, tmp_path)["firms"].hints)


def test_a_point_of_a_float_is_cut_off_by_the_key_that_is_named(tiny, tmp_path) -> None:
    number_codes(tiny, "10.0")
    key = 'clean = { industry = { drop_suffix = ".0" } }'
    assert f"made a number of it; {key} cuts it off." in hints(tiny, tmp_path)
    keys(tiny, "firms.csv", key)
    assert codes(tiny, tmp_path)["1"] == "10"


def test_a_finer_code_is_not_cut_in_front(tiny, tmp_path) -> None:
    number_codes(tiny, "10.20", listed="20")
    said = hints(tiny, tmp_path)
    assert "drop_prefix" not in said
    assert "'10.20' is a part of '10'" in said


def test_a_prefix_of_letters_is_cut_off(tiny, tmp_path) -> None:
    number_codes(tiny, "TTL.10")
    key = 'clean = { industry = { drop_prefix = "TTL." } }'
    assert key in hints(tiny, tmp_path)
    keys(tiny, "firms.csv", key)
    assert codes(tiny, tmp_path)["1"] == "10"


@pytest.mark.parametrize("given", ["labels", "codes"])
def test_stata_names_the_other_of_labels_and_codes(tiny, tmp_path, given: str) -> None:
    other = {"labels": "codes", "codes": "labels"}[given]
    # what the list has are labels where codes were read, and codes where labels were
    values = {1: "A", 2: "B", 3: "C"} if given == "codes" else {65: "q1", 66: "q2", 67: "q3"}
    frame = pd.DataFrame({"id": ["1", "2", "3"], "industry": list(values)})
    frame.to_stata(tiny.folder / "f.dta", write_index=False, value_labels={"industry": values})
    if given == "labels":
        tiny.write("fine.csv", "code,name\n65,Alpha\n66,Beta\n67,Gamma\n")
        tiny.write("map.csv", "from,to,weight\n65,x,1\n66,x,0.25\n66,y,0.75\n67,y,1\n")
    tiny.replace('"firms.csv"', f'"f.dta"\nlabels = "{given}"')
    with pytest.raises(InputError, match=f'labels = "{other}" reads'):
        staged(tiny, tmp_path)
    tiny.replace(f'labels = "{given}"', f'labels = "{other}"')
    wanted = ["A", "B", "C"] if given == "codes" else ["65", "66", "67"]
    assert list(codes(tiny, tmp_path).values()) == wanted


# -- keys that have another form -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "right", "date"),
    [
        ("yyyy-mm-dd", "%Y-%m-%d", "2001-05-31"),
        ("DD.MM.YYYY", "%d.%m.%Y", "31.05.2001"),
        ("m/d/yyyy", "%m/%d/%Y", "5/31/2001"),
        ("dd-mmm-yyyy", "%d-%b-%Y", "31-May-2001"),
    ],
)
def test_forms_of_spreadsheets_name_ours(tiny, tmp_path, form: str, right: str, date: str) -> None:
    tiny.write("citations.csv", f"citing,cited,year,count\n1,2,{date},4\n")
    keys(tiny, "citations.csv", f'format = "{form}"')
    with pytest.raises(
        StudyError, match=f"no % sign; write each part of a date with one: '{right}'"
    ):
        staged(tiny, tmp_path)
    tiny.replace(f'format = "{form}"', f'format = "{right}"')
    found = pd.read_parquet(staged(tiny, tmp_path)["firm_citations"].path)
    assert found["year"].tolist() == [2001]


@pytest.mark.parametrize("name", ["ansi", "ANSI", "oem"])
def test_names_of_windows_name_its_encodings(tiny, tmp_path, name: str) -> None:
    keys(tiny, "firms.csv", f'encoding = "{name}"')
    with pytest.raises(StudyError, match=r"in the West say 'cp1252', .* in Korea 'cp949'\.$"):
        staged(tiny, tmp_path)


# -- final demand among the users ------------------------------------------------------------------


def test_final_demand_among_the_users_is_left_out_as_the_message_says(tiny, tmp_path) -> None:
    tiny.write("io.csv", "s,x,y,HFCE,GFCF\nx,10,20,40,30\ny,15,5,50,10\n")
    tiny.replace(
        '[tables.trade_links]\nfile = "trade.csv"',
        '[tables.io_flows]\nfile = "io.csv"\nclassification = "t"\n'
        'wide = { rows = "supplier", columns = "user", values = "value" }\n'
        "constants = { year = 2001 }",
    )
    tiny.write(
        "output.csv",
        "industry,year,gross_output,value_added,final_demand\nx,2001,100,75,70\ny,2001,80,55,60\n",
    )
    lists = '[[tables.industries]]\nfile = "sectors.csv"\nclassification = "t"\n'
    tiny.replace(lists, "")
    study = load_study(tiny.path)
    with connect() as con:
        found = stage(con, study, tmp_path / "tables", None)
        with pytest.raises(InputError) as caught:
            prepare(con, study, found)
    said = re.search(r"no sectors\. Leave them out: (where_not = {.*?}) under", str(caught.value))
    assert said is not None
    key = said[1]
    assert {"HFCE", "GFCF"} == set(re.findall('"(.*?)"', key))
    tiny.replace("constants = { year = 2001 }", f"constants = {{ year = 2001 }}\n{key}")
    with connect() as con:
        study = load_study(tiny.path)
        economy = prepare(con, study, stage(con, study, tmp_path / "tables", None))
    assert not [text for text in economy.warnings if "do not add up" in text]
    assert [flow.input for flow in economy.flows if flow.name == "trade"] == [50.0]


def test_a_repeated_key_names_the_row_that_has_it_whole(tiny, tmp_path) -> None:
    """It is what a user looks up first, and 60 characters would end within the name of the file."""
    long = "citations_of_the_years_2000_to_2002_and_of_all_offices.csv"
    (tiny.folder / "citations.csv").rename(tiny.folder / long)
    tiny.append(long, "1,2,2001,1\n1,2,2001,1\n")
    tiny.replace('file = "citations.csv"', f'file = "{long}"\nrepeat = "first"')
    (example, *_) = staged(tiny, tmp_path)["firm_citations"].examples.popitem()[1]
    assert str(example).count(f" of {long}") == 2 and "…" not in str(example)


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("1,2,2001,x", "'x' in row 1,201 of citations.csv"),
        ("1,1e+05,2001,1", "citations.csv, row 1,201: cited is '1e+05'"),
        ('1,2,2001,"8,5"', "citations.csv, row 1,201: count is '8,5'"),
        ('1,"2\n3",2001,1', "citations.csv, row 1,201: cited runs over several lines"),
        ('1,"2,2001,1\n2,1,2001,3', "citations.csv, row 1,201 (line 1,202): a quote is opened"),
    ],
)
def test_numbers_of_rows_have_commas(tiny, tmp_path, field: str, said: str) -> None:
    """So have all other numbers beside them, and a row is looked up by counting its digits."""
    rows = "".join(f"1,2,2001,{n % 7 + 0.5}\n" for n in range(1_200))
    tiny.write("citations.csv", f"citing,cited,year,count\n{rows}{field}\n")
    keys(tiny, "citations.csv", 'repeat = "add"')
    try:
        found = staged(tiny, tmp_path)["firm_citations"].examples
        assert said in " ".join(str(one) for some in found.values() for one in some)
    except InputError as error:
        assert said in str(error)
