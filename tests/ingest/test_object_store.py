"""Files on an object store are read as the same files on this machine."""

from __future__ import annotations

import gzip
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import duckdb
import fsspec
import pandas as pd
import pytest
from served import KEY, SECRET, Files, environment_of, files_served, s3_served
from spillgraph.capabilities.coagglomeration._regions import read_outlines
from spillgraph.capabilities.studies import read_study
from spillgraph.cli.main import _exit_code
from spillgraph.cli.trouble import disk_trouble
from spillgraph.core.errors import InputError, StudyError
from spillgraph.core.map_cells import processes
from spillgraph.ingest.remote import store
from spillgraph.ingest.stage import stage
from spillgraph.ingest.study import load_study
from spillgraph.runs.steps import Steps

CITATIONS = '"citations.csv"'


@pytest.fixture
def memory() -> Iterator[Any]:
    """A store in memory, empty in the end."""
    found = fsspec.filesystem("memory")
    yield found
    found.store.clear()
    found.pseudo_dirs[:] = [""]


@pytest.fixture
def served() -> Iterator[Files]:
    """Files by HTTP."""
    with files_served() as files:
        yield files


@pytest.fixture(scope="module")
def s3_address() -> Iterator[str]:
    with s3_served() as address:
        yield address


@pytest.fixture
def s3(s3_address: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A store of S3, its credentials in the environment."""
    for name, value in environment_of(s3_address).items():
        monkeypatch.setenv(name, value)
    fsspec.filesystem("s3").clear_instance_cache()
    found = fsspec.filesystem("s3")
    found.mkdir("tables")
    yield found
    found.rm("tables", recursive=True)
    found.clear_instance_cache()


def rows_of(study: Path, folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of all tables, as a check accepts them."""
    with duckdb.connect() as con:
        staged = stage(con, load_study(study), folder / "tables", folder / "rejects")
        return {
            name: con.execute(f"SELECT * FROM '{one.path}' ORDER BY ALL").fetchall()
            for name, one in staged.items()
        }


def copies(folder: Path) -> list[Path]:
    """Return all whole copies."""
    return sorted(
        path
        for path in (folder / ".spillgraph-cache").rglob("*")
        if path.is_file() and not path.name.startswith(".")
    )


def test_a_run_from_s3_gives_the_matrices_of_local_files(
    tiny: Any, s3: Any, tiny_results: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A pattern, a folder, a packed file and a variable; with processes."""
    head, *rows = (tiny.folder / "citations.csv").read_text().splitlines(keepends=True)
    for number in range(2):
        s3.pipe_file(f"tables/cit/part_{number}.csv", (head + "".join(rows[number::2])).encode())
    s3.pipe_file("tables/cit/_note.txt", b"nobody's data")
    s3.pipe_file("tables/trade/2001/trade.csv", (tiny.folder / "trade.csv").read_bytes())
    s3.pipe_file(
        "tables/more/firms.csv.gz", gzip.compress((tiny.folder / "firms.csv").read_bytes())
    )
    s3.pipe_file("tables/more/output.csv", (tiny.folder / "output.csv").read_bytes())
    tiny.replace('"citations.csv"', '"s3://tables/cit/part_*.csv"')
    tiny.replace('"trade.csv"', '"s3://tables/trade"')
    tiny.replace('"firms.csv"', '"${FAR:-s3://tables/more}/firms.csv.gz"')
    tiny.replace('"output.csv"', '"S3://tables/more/output.csv"')
    for name in ("citations", "trade", "firms", "output"):
        (tiny.folder / f"{name}.csv").unlink()
    out = tmp_path / "out"
    words = ["run", str(tiny.path), "--out", str(out), "--engine", "processes:2"]
    assert _exit_code(words, debug=True) == 0
    local = sorted((tiny_results / "matrices").iterdir())
    assert [path.name for path in local] == [p.name for p in sorted((out / "matrices").iterdir())]
    for path in local:
        assert path.read_bytes() == (out / "matrices" / path.name).read_bytes(), path.name
    record = json.loads((out / "run.json").read_text())
    assert set(record["inputs"]) == {
        *("study.toml", "fine.csv", "sectors.csv", "map.csv"),
        *("s3://tables/cit/part_0.csv", "s3://tables/cit/part_1.csv"),
        *("s3://tables/trade/2001/trade.csv", "${FAR}/firms.csv.gz", "S3://tables/more/output.csv"),
    }
    assert record["seconds"]["fetch"] > 0
    assert "fetch" in (told := capsys.readouterr()).err
    texts = [path.read_bytes() for path in out.rglob("*") if path.is_file()]
    for secret in (KEY, SECRET, ".spillgraph-cache"):
        assert not any(secret.encode() in text for text in texts)
        assert secret not in told.err + told.out
    assert (tiny.folder / ".spillgraph-cache" / ".gitignore").read_text() == "*\n"


def test_files_of_every_kind_give_the_rows_of_local_ones(
    tiny: Any, memory: Any, tmp_path: Path
) -> None:
    """Text, Parquet, Stata, a workbook and a zip; folders that give a column its values."""
    frames = {
        name: pd.read_csv(tiny.folder / f"{name}.csv", dtype={"citing": str, "cited": str})
        for name in ("citations", "trade", "output", "map")
    }
    frames["trade"].to_stata(tiny.folder / "trade.dta", write_index=False)
    frames["output"].to_excel(tiny.folder / "output.xlsx", index=False, engine="xlsxwriter")
    frames["map"].to_csv(tiny.folder / "map.zip", index=False)
    for year, rows in frames["citations"].groupby("year"):
        (folder := tiny.folder / "cit" / f"year={year}").mkdir(parents=True)
        rows.drop(columns="year").to_parquet(folder / "0.parquet")
    for old, new in (("trade", "trade.dta"), ("output", "output.xlsx"), ("map", "map.zip")):
        tiny.replace(f'"{old}.csv"', f'"{new}"')
    tiny.replace(CITATIONS, '"cit/**/*.parquet"\npartitions = ["year"]')
    local = rows_of(tiny.path, tmp_path / "local")
    for name in ("cit", "trade.dta", "output.xlsx", "map.zip"):
        memory.put(str(tiny.folder / name), f"/far/{name}", recursive=True)
        tiny.replace(f'"{name}', f'"memory://far/{name}')
    for name in ("trade.dta", "output.xlsx", "map.zip"):
        (tiny.folder / name).unlink()
    shutil.rmtree(tiny.folder / "cit")
    assert rows_of(tiny.path, tmp_path / "far") == local
    assert len(local["firm_citations"]) == 7
    names = [name for name, _ in load_study(tiny.path).of("firm_citations")[0].files]
    assert names[0] == "memory://far/cit/year=2000/0.parquet"


def test_a_refused_row_names_the_address(tiny: Any, memory: Any, tmp_path: Path) -> None:
    memory.pipe_file("/far/c.csv", b"citing,cited,year,count\n1,2,2001,4\n1,99,2001,4\n")
    tiny.replace(CITATIONS, '"memory://far/c.csv"')
    rows_of(tiny.path, tmp_path)
    refused = (tmp_path / "rejects" / "firm_citations.csv").read_text()
    assert "memory://far/c.csv,2," in refused
    assert "spillgraph-cache" not in refused


def test_what_has_not_changed_is_not_brought_again(tiny: Any, served: Files) -> None:
    served.files["/c.csv"] = b"citing,cited,year,count\n1,2,2001,4\n"
    tiny.replace(CITATIONS, f'"{served.address}/c.csv"')
    for brought in (True, False):
        served.sent.clear()
        read_study(tiny.path, steps=(steps := Steps()))
        assert bool(served.sent) == brought == ("fetch" in steps.seconds)
    (first,) = copies(tiny.folder)
    served.files["/c.csv"] = b"citing,cited,year,count\n1,2,2001,5\n"
    now = load_study(tiny.path).of("firm_citations")[0].files[0][1]
    assert now.read_bytes().endswith(b",5\n")
    assert first.read_bytes().endswith(b",4\n")  # whoever still reads it has it
    served.without_version = True  # then nobody knows whether it has changed
    for count in (6, 7):
        served.files["/c.csv"] = f"citing,cited,year,count\n1,2,2001,{count}\n".encode()
        now = load_study(tiny.path).of("firm_citations")[0].files[0][1]
        assert now.read_text().endswith(f",{count}\n")
    assert len(copies(tiny.folder)) == 3


def test_copies_lie_where_the_environment_says(
    tiny: Any, memory: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPILLGRAPH_CACHE", str(tmp_path / "shared"))
    monkeypatch.setenv("FAR", "memory://far/")
    memory.pipe_file("/far/c.csv", b"citing,cited,year,count\n1,2,2001,4\n")
    tiny.replace(CITATIONS, '"${FAR}/c.csv"')
    ((name, path),) = load_study(tiny.path).of("firm_citations")[0].files
    assert name == "${FAR}/c.csv"
    assert path.is_relative_to(tmp_path / "shared")
    processes(1).require_files([path])
    assert not copies(tiny.folder)
    monkeypatch.setenv("SPILLGRAPH_CACHE", str(tiny.path))
    with pytest.raises(InputError, match=r"copies of objects cannot be kept there \(File exists\)"):
        load_study(tiny.path)


def test_a_kill_leaves_nothing_half_and_what_is_whole_stays(tiny: Any, served: Files) -> None:
    served.files |= {
        f"/{n}.csv": b"citing,cited,year,count\n" + b"1,2,2001,4\n" * n for n in (1, 2)
    }
    second = f'\n[[tables.firm_citations]]\nfile = "{served.address}/2.csv"\nrepeat = "add"\n'
    tiny.replace("[tables.firm_citations]", "[[tables.firm_citations]]")
    tiny.replace(CITATIONS, f'"{served.address}/1.csv"\nrepeat = "add"\n{second}')
    load = (
        "import sys; from pathlib import Path; from spillgraph.ingest.study import load_study; "
        "load_study(Path(sys.argv[1]))"
    )

    def wait_for(pattern: str) -> list[Path]:
        end = time.monotonic() + 20
        while not (found := list(tiny.folder.glob(f".spillgraph-cache/http/*/{pattern}"))):
            assert time.monotonic() < end
            time.sleep(0.01)
        return found

    served.stalls = {"/2.csv"}
    with subprocess.Popen([sys.executable, "-c", load, str(tiny.path)]) as child:
        wait_for("1.csv")
        (half,) = wait_for(".2.csv.*")
        child.kill()
    assert [path.name for path in copies(tiny.folder)] == ["1.csv"]
    served.stalls, served.sent = set(), []
    os.utime(half, (0, 0))  # an hour later
    load_study(tiny.path)
    assert served.sent == ["/2.csv"]
    assert {path.read_bytes() for path in copies(tiny.folder)} == {*served.files.values()}
    assert not half.exists()


def many(tiny: Any, served: Files, number: int) -> None:
    """Put a citation into each of some files, all of which are read."""
    served.files |= {
        f"/{n}.csv": f"citing,cited,year,count\n1,2,2001,{n}\n".encode() for n in range(number)
    }
    entries = "".join(
        f'\n[[tables.firm_citations]]\nfile = "{served.address}/{n}.csv"\nrepeat = "add"\n'
        for n in range(1, number)
    )
    tiny.replace("[tables.firm_citations]", "[[tables.firm_citations]]")
    tiny.replace(CITATIONS, f'"{served.address}/0.csv"\nrepeat = "add"\n{entries}')


def test_many_objects_are_on_their_way_at_a_time(tiny: Any, served: Files) -> None:
    many(tiny, served, 5)
    served.stalls = {f"/{n}.csv" for n in range(4)}
    told: list[tuple[str, float]] = []

    def look(name: str, share: float) -> None:
        told.append((name, share))
        if share > 0.5 or len(told) > 200:  # half of four, and the fifth
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load_study(tiny.path, fetching=lambda: nullcontext(look))
    assert sorted(served.asked) == sorted(served.files)
    assert told[-1][1] == pytest.approx(0.6, abs=0.02)
    assert [path.name for path in copies(tiny.folder)] == ["4.csv"]
    assert not [path for path in tiny.folder.rglob(".*.csv*") if path.is_file()]
    served.stalls.clear()
    (one,) = {source.table.name for source in load_study(tiny.path).of("firm_citations")}
    assert one == "firm_citations" and len(copies(tiny.folder)) == 5


def test_stores_of_both_kinds_go_together(tiny: Any, served: Files, memory: Any) -> None:
    """One that takes several questions at a time, and one that takes one after the other."""
    many(tiny, served, 3)
    for number in range(3):
        memory.pipe_file(f"/far/{number}.csv", b"citing,cited,year,count\n1,2,2000,4\n")
    entry = '\n[[tables.firm_citations]]\nfile = "memory://far/*.csv"\nrepeat = "add"\n'
    with tiny.path.open("a") as file:
        file.write(entry)
    load_study(tiny.path)
    names = [path.name for path in copies(tiny.folder)]
    assert sorted(names) == sorted(["0.csv", "1.csv", "2.csv"] * 2)


def test_one_that_cannot_be_had_is_told_and_the_others_stay(tiny: Any, served: Files) -> None:
    many(tiny, served, 12)
    served.gone, served.mute = {"/7.csv"}, {"/2.csv"}
    begun = time.monotonic()
    with pytest.raises(InputError, match=r"there is no object .*/7\.csv"):
        load_study(tiny.path)
    assert time.monotonic() - begun < 15  # nobody waits for the one of which nothing is said
    served.mute.clear()
    there = {path.name for path in copies(tiny.folder)}
    assert "7.csv" not in there and len(there) >= 4
    served.gone, served.sent = set(), []
    load_study(tiny.path)
    assert len(copies(tiny.folder)) == 12
    assert not {path.removeprefix("/") for path in served.sent} & there  # nothing twice


def refused(tiny: Any, address: str, error: type[InputError] = StudyError) -> str:
    """Say why citations at an address are refused."""
    tiny.replace(CITATIONS, f'"{address}"')
    with pytest.raises(error) as told:
        load_study(tiny.path)
    assert ".spillgraph-cache" not in str(told.value)
    return str(told.value)


def test_what_is_not_there_is_told_with_what_is(tiny: Any, s3: Any) -> None:
    s3.pipe_file("tables/citations.csv", b"x")
    told = refused(tiny, "s3://tables/citation.csv")
    assert "key 'tables.firm_citations.file': there is no object 's3://tables/citation.csv'" in told
    assert "Did you mean 'citations.csv'?" in told
    for address, old in (
        ("s3://nobucket/c.csv", "s3://tables/citation.csv"),
        ("s3://tables/x/*.csv", "s3://nobucket/c.csv"),
    ):
        tiny.replace(old, address)
        above = address.rpartition("/")[0]
        with pytest.raises(
            StudyError, match=f"Nothing lies in '{above}'; look at the name of the bucket"
        ):
            load_study(tiny.path)


def test_without_credentials_it_says_which(
    tiny: Any, s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    s3.clear_instance_cache()
    told = refused(tiny, "s3://tables/c.csv")
    assert "there are no credentials for s3:// in the environment; set AWS_ACCESS_KEY_ID" in told


def test_a_store_that_refuses_stalls_or_is_not_there(
    tiny: Any, served: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    served.files["/c.csv"] = b"citing,cited,year,count\n" * 100
    served.refused = True
    told = refused(tiny, f"{served.address}/c.csv")
    assert "/c.csv': the store refuses. The credentials of the environment may not" in told
    served.refused, served.cut = False, {"/c.csv"}
    with pytest.raises(InputError, match=r"the connection ended before all of it had come\. Run"):
        load_study(tiny.path)
    assert not copies(tiny.folder)
    served.cut, served.stalls = set(), {"/c.csv"}
    monkeypatch.setattr(store, "ANSWER", 0.3)
    with pytest.raises(InputError, match="the store does not answer"):
        load_study(tiny.path)
    assert not copies(tiny.folder)
    tiny.replace(served.address, "http://127.0.0.1:1")
    with pytest.raises(StudyError, match=r"c\.csv': the store does not answer"):
        load_study(tiny.path)


def test_a_full_disk_is_told_as_one_and_leaves_nothing(tiny: Any, served: Files) -> None:
    served.files["/c.csv"] = b"citing,cited,year,count\n" * 1_000
    tiny.replace(CITATIONS, f'"{served.address}/c.csv"')
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, before[1]))
    try:
        with pytest.raises(OSError) as told:
            load_study(tiny.path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "/c.csv grew larger than this system allows" in (disk_trouble(told.value) or "")
    assert not [path for path in tiny.folder.rglob("*c.csv*") if path.is_file()]


def test_an_object_that_changes_while_it_is_read_is_refused(tiny: Any, served: Files) -> None:
    served.files["/c.csv"] = b"citing,cited,year,count\n"
    served.changes = True
    told = refused(tiny, f"{served.address}/c.csv", InputError)
    assert told.endswith(
        "the object has changed while it was read. Run again when nobody writes it."
    )
    assert not copies(tiny.folder)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("s3://me:hidden@bucket/c.csv", "a user or a password stands in the address"),
        ("https://hidden@host/c.csv", "a user or a password stands in the address"),
        ("https://me:hid/den@host/c.csv", "a user or a password stands in the address"),
        ("https://host/c.csv?X-Amz-Signature=hidden", "the address is signed"),
        ("${HOST}/c.csv?a=1&sig=hidden", "the address is signed"),
        ("htps://host/c.csv", "no object store is called 'htps'. Did you mean 'https'?"),
        ("s3://", "'s3://' is no address of an object"),
        ("file:///c.csv", "'file:///c.csv' is no address of an object; write a path"),
        ("zip://c.csv::s3://bucket/c.zip", "is no address of an object"),
    ],
)
def test_addresses_that_may_not_be(tiny: Any, address: str, said: str) -> None:
    told = refused(tiny, address)
    assert f"key 'tables.firm_citations.file': {said}" in told or said in told
    assert "hid" not in told


def test_a_password_is_never_repeated_whatever_else_is_wrong(tiny: Any) -> None:
    tiny.replace("target =", "targte =")
    for value in ('["https://me:hidden@host/c.csv"]', '"https://me:hidden@host/c.csv"\nx = 1'):
        tiny.replace(CITATIONS, value)
        with pytest.raises(StudyError, match="a user or a password") as told:
            load_study(tiny.path)
        assert "hidden" not in str(told.value)
        tiny.replace(value, CITATIONS)


def test_a_signed_address_from_the_environment_is_never_shown(
    tiny: Any, served: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGNED", f"{served.address}/c.csv?sig=hidden")
    told = refused(tiny, "${SIGNED}")
    assert "there is no object '${SIGNED}'" in told
    assert "hidden" not in told
    assert "127.0.0.1" not in told
    served.files["/c.csv?sig=hidden"] = b"citing,cited,year,count\n1,2,2001,4\n"
    assert load_study(tiny.path).of("firm_citations")[0].files[0][0] == "${SIGNED}"


def test_a_lookup_may_lie_there_and_outlines_may_not(
    tiny: Any, memory: Any, tmp_path: Path
) -> None:
    memory.pipe_file("/far/found.csv", b"old,new\n1,1\n2,2\n3,3\n")
    match = (
        '{ citing = { file = "memory://far/found.csv", key = "old", value = "new", by = "from" } }'
    )
    tiny.write("citations.csv", "from,cited,year,count\n1,2,2001,4\n")
    tiny.replace(CITATIONS, f'"citations.csv"\nmatch = {match}')
    assert rows_of(tiny.path, tmp_path)["firm_citations"][0][:2] == ("1", "2")
    assert "memory://far/found.csv" in load_study(tiny.path).files()
    with pytest.raises(
        InputError, match=r"'s3://b/regions\.geojson' is an address, and outlines are"
    ):
        read_outlines(load_study(tiny.path), "s3://b/regions.geojson", "name")


@pytest.mark.parametrize("package", ["fsspec", "s3fs"])
def test_what_is_not_installed_is_named(
    tiny: Any, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules["fsspec.registry"]._registry, "s3", raising=False)
    monkeypatch.setitem(sys.modules, package, None)
    told = refused(tiny, "s3://tables/c.csv")
    assert f"the package {package} is not installed" in told
    assert 'pip install "spillgraph[remote]"' in told


def test_local_studies_do_not_need_the_package(tiny: Any) -> None:
    code = (
        "import sys; sys.modules['fsspec'] = None; from pathlib import Path; "
        "from spillgraph.ingest.study import load_study; load_study(Path(sys.argv[1]))"
    )
    subprocess.run([sys.executable, "-c", code, str(tiny.path)], check=True, timeout=60)
    assert not (tiny.folder / ".spillgraph-cache").exists()
