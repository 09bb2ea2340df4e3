"""Stata files, written by pandas: labels or codes, dates, missing values, old encodings."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from spillgraph.core.errors import InputError
from spillgraph.ingest.files.stata import read_stata
from spillgraph.ingest.files.stata_dates import as_dates

LABELS = {1: "Agriculture", 2: "Building"}


def stata(path, frame, **options):
    frame.to_stata(path, write_index=False, **{"version": 118, **options})
    return path


def columns(path, labels="labels"):
    table, warnings = read_stata(path, "x.dta", labels)
    return table.to_pydict(), warnings


@pytest.mark.parametrize("version", [114, 117, 118, 119])
def test_labels_or_codes(tmp_path, version):
    frame = pd.DataFrame({"id": ["F1", "F2", "F3"], "industry": [1, 2, 1]})
    path = stata(tmp_path / "x.dta", frame, value_labels={"industry": LABELS}, version=version)
    ids = {"id": ["F1", "F2", "F3"]}
    assert columns(path) == ({**ids, "industry": ["Agriculture", "Building", "Agriculture"]}, [])
    assert columns(path, "codes") == ({**ids, "industry": [1, 2, 1]}, [])


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (1577923224000, "2010-01-01"),  # Stata's manual: 24 leap seconds until then
        (394415999999, "1972-06-30 23:59:59.999000"),
        (394416000500, "1972-06-30 23:59:59.999000"),  # the leap second itself
        (394416001000, "1972-07-01"),
        (-86400000, "1959-12-31"),
        (1893456027000, "2020-01-01"),
    ],
)
def test_leap_seconds_are_taken_out(milliseconds, text):
    assert as_dates(pd.Series([float(milliseconds)]), "%tC") == [text]


@pytest.mark.parametrize("version", [114, 117, 118])
def test_a_value_without_a_label_is_its_code_and_is_told(tmp_path, version):
    frame = pd.DataFrame({"industry": [1, 7, 3, 3]})
    path = stata(tmp_path / "x.dta", frame, value_labels={"industry": LABELS}, version=version)
    values, (warning,) = columns(path)
    assert values == {"industry": ["Agriculture", "7", "3", "3"]}
    assert warning.startswith("x.dta: column 'industry' has value labels for a part of its values")
    assert "3 rows keep their code, as '3'" in warning
    assert columns(path, "codes") == ({"industry": [1, 7, 3, 3]}, [])


def test_two_codes_of_one_label_are_told(tmp_path):
    path = stata(
        tmp_path / "x.dta",
        pd.DataFrame({"industry": [1, 2, 3]}),
        value_labels={"industry": {1: "Other", 2: "Other", 3: "Mining", 4: "Mining"}},
    )
    values, (warning,) = columns(path)
    assert values == {"industry": ["Other", "Other", "Mining"]}
    assert "codes 1 and 2 are all called 'Other'" in warning


def test_a_label_that_is_another_values_code_is_told(tmp_path):
    frame = pd.DataFrame({"industry": [1, 2]})
    path = stata(tmp_path / "x.dta", frame, value_labels={"industry": {1: "2"}})
    assert any("codes 1 and 2 are all called '2'" in each for each in columns(path)[1])


def test_missing_values_of_every_letter_are_missing(tmp_path):
    # .a, .z and . of a byte are 102, 127 and 101; pandas writes the last only.
    path = stata(tmp_path / "x.dta", pd.DataFrame({"size": np.array([77, 78, 79, 5], np.int8)}))
    data = path.read_bytes().replace(bytes([77, 78, 79, 5]), bytes([102, 127, 101, 5]))
    path.write_bytes(data)
    assert columns(path)[0] == {"size": [None, None, None, 5]}


def test_missing_in_labelled_text_and_float_columns(tmp_path):
    frame = pd.DataFrame({"industry": [1.0, np.nan], "name": ["a", ""], "x": [np.nan, 0.1]})
    path = stata(tmp_path / "x.dta", frame, value_labels={"industry": LABELS})
    expected = {"industry": ["Agriculture", None], "name": ["a", None], "x": [None, 0.1]}
    assert columns(path)[0] == expected


def test_whole_numbers_are_whole_whatever_their_type(tmp_path):
    frame = pd.DataFrame({"gvkey": [1004.0, 1e15], "year": np.array([1999, np.nan], np.float32)})
    assert columns(stata(tmp_path / "x.dta", frame))[0] == {
        "gvkey": [1004, 10**15],
        "year": [1999, None],
    }


def test_dates_are_iso_text(tmp_path):
    days = [dt.datetime(2010, 3, 1), dt.datetime(1950, 12, 20)]
    names = ["td", "tc", "tm", "tq", "th", "tw", "ty"]
    frame = pd.DataFrame(dict.fromkeys(names, days))
    path = stata(tmp_path / "x.dta", frame, convert_dates={name: name for name in names})
    assert columns(path)[0] == {
        "td": ["2010-03-01", "1950-12-20"],
        "tc": ["2010-03-01", "1950-12-20"],
        "tm": ["2010-03", "1950-12"],
        "tq": ["2010Q1", "1950Q4"],
        "th": ["2010H1", "1950H2"],
        "tw": ["2010W09", "1950W51"],
        "ty": [2010, 1950],
    }


def test_long_texts(tmp_path):
    frame = pd.DataFrame({"name": ["é" * 3_000, "b", ""]})
    path = stata(tmp_path / "x.dta", frame, version=117 + 1, convert_strl=["name"])
    assert columns(path)[0] == {"name": ["é" * 3_000, "b", None]}


def test_old_files_are_windows_1252(tmp_path):
    frame = pd.DataFrame({"name": ["Müller 12345"], "industry": [1]})
    labels = {"industry": {1: "Bücher"}}
    path = stata(tmp_path / "x.dta", frame, version=114, value_labels=labels)
    path.write_bytes(path.read_bytes().replace(b"12345", b"\x96\x80\x9e\x8c\x85"))
    assert columns(path)[0] == {"name": ["Müller \u2013€žŒ…"], "industry": ["Bücher"]}


def test_labels_that_the_file_lacks(tmp_path):
    frame = pd.DataFrame({"industry": [1, 2]})
    path = stata(tmp_path / "x.dta", frame, version=114, value_labels={"industry": LABELS})
    whole = path.read_bytes()
    path.write_bytes(whole[: whole.rindex(b"industry") - 4])  # Stata reads such files, too
    values, (warning,) = columns(path)
    assert values == {"industry": [1, 2]}
    assert "names value labels 'industry' that the file lacks" in warning


@pytest.mark.parametrize("version", [114, 117, 118])
def test_a_cut_file_is_one_error(tmp_path, version):
    frame = pd.DataFrame({"id": [f"F{i}" for i in range(90)], "size": range(90)})
    path = stata(tmp_path / "x.dta", frame, version=version)
    whole = path.read_bytes()
    ends = (0, 3, 60, 300, len(whole) // 2, len(whole) - 5)
    for end in ends:
        path.write_bytes(whole[:end])
        with pytest.raises(InputError, match=r"^x\.dta: the file cannot be read: .*damaged or cut"):
            columns(path)


def test_an_unknown_choice(tmp_path):
    with pytest.raises(InputError, match="Did you mean 'labels'"):
        read_stata(tmp_path / "x.dta", "x.dta", "label")
