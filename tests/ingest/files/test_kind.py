"""What a file is: bytes decide over names, and what is not read is called by its name."""

from __future__ import annotations

import bz2
import gzip
import zipfile

import pandas as pd
import pyarrow as pa
import pytest
from spillgraph.core.errors import InputError
from spillgraph.ingest.files.kind import kind_of

FRAME = pd.DataFrame({"id": ["a", "b"], "size": [1, 2]})
CSV = b"id,size\na,1\n"


def test_bytes_decide_over_the_name(tmp_path):
    writers = {
        "parquet": FRAME.to_parquet,
        "stata": lambda path: FRAME.to_stata(path, write_index=False, version=118),
        "gzip": lambda path: path.write_bytes(gzip.compress(CSV, mtime=0)),
        "bzip2": lambda path: path.write_bytes(bz2.compress(CSV)),
        "zstd": lambda path: path.write_bytes(pa.compress(CSV, "zstd", asbytes=True)),
    }
    for kind, write in writers.items():
        path = tmp_path / f"{kind}.csv"
        write(path)
        assert kind_of(path, "x", None) == kind


@pytest.mark.parametrize(
    "names", [["[Content_Types].xml", "xl/workbook.xml"], ["mimetype", "content.xml"]]
)
def test_an_office_file_is_a_sheet_and_another_zip_is_a_zip(tmp_path, names):
    for inside, kind in ((names, "sheet"), (["io.csv"], "zip")):
        path = tmp_path / "x.bin"
        with zipfile.ZipFile(path, "w") as archive:
            for name in inside:
                archive.writestr(name, "x")
        assert kind_of(path, "x", None) == kind


def test_excels_old_files_are_sheets(tmp_path):
    (tmp_path / "x.xls").write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 512)
    assert kind_of(tmp_path / "x.xls", "x", None) == "sheet"


@pytest.mark.parametrize(
    "name", ["x.csv", "x.tsv", "x.txt", "x.tab", "x.dat", "x.asc", "x.prn", "x", "x.xls", "x.dta"]
)
@pytest.mark.parametrize(
    "data",
    [
        CSV, b"", "id,größe\n".encode("cp1252"), "名称,值\n".encode("gb18030"),
        "id,ä\n".encode("utf-16"),
        "id,size\na,1\n".encode("utf-16-le"), "公司,名称\n上海,一\n".encode("utf-16-be"),
        "公司,名称\n上海汽车集团,一\n".encode("utf-32-le"), b"BZh is a name,1\n", b"PAR1,1\n",
        b"RDX,Rar!\n", b"id\x1a",
    ],
)  # fmt: skip
def test_text_of_any_suffix_and_encoding_is_csv(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    assert kind_of(tmp_path / name, name, None) == "csv"


@pytest.mark.parametrize("version", [114, 117, 118, 119])
def test_every_release_of_stata(tmp_path, version):
    FRAME.to_stata(tmp_path / "x.dta", write_index=False, version=version)
    assert kind_of(tmp_path / "x.dta", "x", "stata") == "stata"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"%PDF-1.7\n%\xe2\xe3", "a PDF document"),
        (b"SQLite format 3\0" + b"\0" * 90, "an SQLite database"),
        (gzip.compress(b"RDX3\nX\n\0\0\0\3", mtime=0), "an R data file"),
        (gzip.compress(b"X\n\0\0\0\3\0\4", mtime=0), "an R data file"),
        (b"\0" * 12 + bytes.fromhex("c2ea8160b31411cf"), "a SAS file"),
        (b"$FL2@(#) SPSS DATA FILE\0\0", "an SPSS file"),
        (b"<!DOCTYPE html><html><table>", "a web page"),
        (b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>', "an XML sheet"),
        (b"version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer"),
        (bytes(range(256)) * 8, "not a table that is read"),
    ],
)
def test_what_is_not_read_is_called_by_its_name(tmp_path, data, words):
    (tmp_path / "x.csv").write_bytes(data)
    with pytest.raises(
        InputError, match=rf"^io: .*{words}.*Read are text tables .*\.zst or \.bz2\."
    ):
        kind_of(tmp_path / "x.csv", "io", None)


def test_a_type_that_the_bytes_contradict(tmp_path):
    FRAME.to_parquet(tmp_path / "x.csv")
    with pytest.raises(InputError, match="says type = 'csv', but the file is a Parquet file"):
        kind_of(tmp_path / "x.csv", "x.csv", "csv")
    with pytest.raises(InputError, match=r"no type 'cvs'. Did you mean 'csv'"):
        kind_of(tmp_path / "x.csv", "x.csv", "cvs")
    (tmp_path / "y.csv.gz").write_bytes(gzip.compress(CSV, mtime=0))
    assert kind_of(tmp_path / "y.csv.gz", "y", "csv") == "gzip"


def test_no_file_is_no_traceback(tmp_path):
    with pytest.raises(InputError, match="No such file"):
        kind_of(tmp_path / "no.csv", "no.csv", None)


def test_a_delimiter_is_no_part_of_two_bytes_a_letter(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes("id,size\ra,1\r".encode("utf-16-le"))
    assert kind_of(path, "x", None, ",") == "csv"


def test_text_padded_with_nul_is_told_with_the_remedy(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(b"id,size\na\0\0\0\0\0\0\0\0\0,1\n" * 20)
    with pytest.raises(InputError, match=r"x.csv: the file is text padded with NUL .*tr -d"):
        kind_of(path, "x.csv", None)
