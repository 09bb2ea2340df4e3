"""The manual's reasons for refusal are those that the checks give, table by table."""

from __future__ import annotations

import csv
import importlib.util
from pathlib import Path

import duckdb
import pytest
from spillgraph.ingest.contract import TABLES, Column, Table
from spillgraph.ingest.stage import Staged, stage
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
    "is not a year": "abc",
    "is outside": "1000",
    "is negative": "-1",
    "is below": "-1000",
    "is above": "1000",
    "is not in": "nobody",
    "is 'unmapped'": "unmapped",
}

#: Said once for all tables, above them.
RESERVED = "*… is 'unmapped', the name of the residual*"


def reasons(table: Table) -> list[str]:
    """Return all documented reasons: those of the table, and the one for reserved names."""
    reserved = [
        RESERVED.strip("*").replace("…", column.name)
        for column in table.columns
        if column.reserved is not None
    ]
    return list(dict.fromkeys([*reserved, *generate.reasons(table)]))


def good(table: Table, id: str = "a") -> dict[str, str]:
    """Return a row that passes: ends are ``a`` and then ``b``, which other tables declare."""
    ends = iter("ab")

    def value(column: Column) -> str:
        if column.type == "string":
            linked = column.refers or column.code
            return next(ends) if linked else id if column.name in table.key else "x"
        return "2000" if column.type == "year" else "1"

    return {column.name: value(column) for column in table.columns}


def bad(table: Table, reason: str) -> list[str]:
    """Return a row that is refused for one reason and no other."""
    row = good(table)
    if reason.startswith("the row cannot be taken apart"):
        return [*row.values(), "too many"]
    if reason.endswith("are the same"):
        row[table.distinct[1]] = row[table.distinct[0]]
    elif reason != "repeats the key of an earlier row":
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
            writer.writerow([column.name for column in table.columns])
            writer.writerow(good(table).values())
            if table.key in {("id",), ("code",)}:
                writer.writerow(good(table, "b").values())
            writer.writerows(bad(table, reason) for reason in reasons(table))
        entry = Entry(file=path.name, **dict.fromkeys(table.tags, "c"))
        sources.append(TableSource(table, entry, ((path.name, path),), {}))
    study = Study(
        folder / "study.toml",
        About(name="Reasons", target="c"),
        Years(first=1990, last=2010),
        Options(),
        Outputs(),
        MakeUse(value_added=["v"], final_demand=["f"]),
        tuple(sources),
    )
    with duckdb.connect() as con:
        return stage(con, study, folder / "tables", folder / "rejects")


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_each_documented_reason_is_given_once_and_no_other(
    table: Table, staged: dict[str, Staged]
) -> None:
    wanted = [reason.replace("FIRST to LAST", "1990 to 2010") for reason in reasons(table)]
    told = {reason.split(":")[0]: rows for reason, rows in staged[table.name].reasons.items()}
    assert told == {reason.split(":")[0]: 1 for reason in wanted}
    assert staged[table.name].loaded == (2 if table.key in {("id",), ("code",)} else 1)


def test_the_reason_for_reserved_names_is_in_the_manual() -> None:
    text = " ".join((DOCS / "tables.md").read_text(encoding="utf-8").split())
    assert RESERVED in text
