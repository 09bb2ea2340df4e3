"""The manual's reasons for refusal are those that the checks give, table by table."""

from __future__ import annotations

import csv
import importlib.util
from pathlib import Path

import duckdb
import pytest
from spillgraph.ingest.contract import TABLES, Column, Table
from spillgraph.ingest.one_by_one import OneByOne
from spillgraph.ingest.source import open_entries
from spillgraph.ingest.stage import Staged
from spillgraph.ingest.study import Study, TableSource
from spillgraph.ingest.study_model import About, Entry, MakeUse, Options, Outputs, Years

DOCS = Path(__file__).parents[2] / "docs"
SPEC = importlib.util.spec_from_file_location("docs_generate_reasons", DOCS / "generate.py")
assert SPEC is not None and SPEC.loader is not None
generate = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(generate)

WRONG = {
    "is missing": "",
    "is not a number": "abc",
    "is not finite": "inf",
    "is above 1e100": "1e101",
    "is not a year": "abc",
    "is outside": "1000",
    "is negative": "-1",
    "is below": "-1000",
    "is above": "1000",
    "is not above 0": "0",
    "is not in": "nobody",
    "is 'unmapped'": "unmapped",
    "is not readable": "M\ufffdller",
}

#: Said once for all tables, above them.
RESERVED = "*… is 'unmapped', the name of the residual*"


def reasons(table: Table) -> list[str]:
    """Return all documented reasons: those of the table, and the one for reserved names."""
    return list(dict.fromkeys([*_reserved(table, soft=False), *generate.reasons(table)]))


def losses(table: Table) -> list[str]:
    """Return all documented reasons for which a value is left empty, of the columns given here."""
    every = dict.fromkeys([*_reserved(table, soft=True), *generate.losses(table)])
    return [reason for reason in every if reason.split()[0] in good(table)]


def _reserved(table: Table, *, soft: bool) -> list[str]:
    return [
        RESERVED.strip("*").replace("…", column.name)
        for column in table.columns
        if column.reserved is not None and table.soft(column) is soft
    ]


def good(table: Table, id: str = "a") -> dict[str, str]:
    """Return a row that passes: ends are ``a`` and then ``b``, which other tables declare."""
    ends = iter("ab")

    def value(column: Column) -> str:
        if column.type == "string":
            linked = column.refers or column.code
            return next(ends) if linked else id if column.name in table.key else "x"
        return "2000" if column.type == "year" else "1"

    # of two pairs one is given: the last, for firms have the other
    other = {name for pair in table.pairs[:-1] for name in pair}
    row = {column.name: value(column) for column in table.columns if column.name not in other}
    dates = ("first_year", "last_year") if table.either else ()
    return row | dict.fromkeys(dates, "")


def bad(table: Table, reason: str) -> list[str]:
    """Return a row that is refused for one reason and no other."""
    row = good(table)
    if reason.startswith("the row cannot be taken apart"):
        return [*row.values(), "too many"]
    if reason.endswith("are both given"):
        row[reason.split()[2]] = "2000"
    elif reason.endswith("are the same"):
        row[table.distinct[1]] = row[table.distinct[0]]
    elif reason != "repeats the key of an earlier row":
        column, _, rest = reason.partition(" ")
        row[column] = next(value for start, value in WRONG.items() if rest.startswith(start))
    return list(row.values())


def spoilt(table: Table, number: int, reason: str) -> list[str]:
    """Return a row of a key of its own that loses one value for one reason."""
    row = good(table, f"s{number}")
    if table.key not in {("id",), ("code",)}:  # years apart, and not that of a good row
        row["year"] = str(2001 + number) if "year" in row else ""
    column, _, rest = reason.partition(" ")
    row[column] = next(value for start, value in WRONG.items() if rest.startswith(start))
    return list(row.values())


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Staged]:
    """Every table with two good rows and one bad row for each documented reason."""
    folder = tmp_path_factory.mktemp("reasons")
    sources = []
    for table in TABLES:
        path = folder / f"{table.name}.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(good(table))
            writer.writerow(good(table).values())
            if table.key in {("id",), ("code",)}:
                writer.writerow(good(table, "b").values())
            writer.writerows(bad(table, reason) for reason in reasons(table))
            writer.writerows(spoilt(table, n, why) for n, why in enumerate(losses(table)))
        entry = Entry(file=path.name, repeat="first", **dict.fromkeys(table.tags, "c"))
        sources.append(TableSource(table, entry, ((path.name, path),), {}))
    study = Study(
        folder / "study.toml",
        About(name="Reasons", target="c"),
        Years(first=1990, last=2030),
        Options(),
        Outputs(),
        MakeUse(value_added=["v"], final_demand=["f"]),
        tuple(sources),
    )
    (folder / "tables").mkdir()
    with duckdb.connect() as con:  # table by table: stage() stops at a list with a hole
        staged = {}
        for table in TABLES:
            opened = open_entries(con, study.of(table.name), folder)
            path = folder / "tables" / f"{table.name}.parquet"
            work = OneByOne(con, study, table, opened)
            staged[table.name] = work.run(path, folder / "rejects")
        return staged


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_each_documented_reason_is_given_once_and_no_other(
    table: Table, staged: dict[str, Staged]
) -> None:
    wanted = [reason.replace("FIRST to LAST", "1990 to 2030") for reason in reasons(table)]
    told = {reason.split(":")[0]: rows for reason, rows in staged[table.name].reasons.items()}
    assert told == {reason.split(":")[0]: 1 for reason in wanted}
    good_rows = 2 if table.key in {("id",), ("code",)} else 1
    assert staged[table.name].loaded == good_rows + len(losses(table))


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_each_documented_loss_is_counted_once_and_no_other(
    table: Table, staged: dict[str, Staged]
) -> None:
    assert staged[table.name].lost == dict.fromkeys(losses(table), 1)


def test_the_reason_for_reserved_names_is_in_the_manual() -> None:
    text = " ".join((DOCS / "tables.md").read_text(encoding="utf-8").split())
    assert RESERVED in text
