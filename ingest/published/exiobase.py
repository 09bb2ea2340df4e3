"""EXIOBASE 3: a folder or zip with ``Z.txt``, ``Y.txt``, ``x.txt`` and accounts of payments.

Texts parted by tabs; region and sector stand in two columns and two rows, and a third row may
name the columns of labels.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...core.errors import InputError, show
from .block import EVERYTHING, FINAL, SECTOR, TOTAL, VALUE_ADDED, Block, Line, Numbers
from .files import File, Files
from .melt import About, symmetric
from .printed import read_plain, read_text
from .table import PublishedTable
from .years import the_year, years_in

__all__ = ["fits", "read"]

_MONEY = re.compile(r"m\.?\s?eur|mill|eur|usd", re.IGNORECASE)
#: Folders of accounts that hold payments, in the order in which they are looked at.
_ACCOUNTS = ("factor_inputs", "value_added", "satellite")


@dataclass(frozen=True, slots=True)
class _Matrix:
    file: str
    rows: list[tuple[str, ...]]
    columns: list[tuple[str, ...]]
    values: Numbers


def fits(names: set[str]) -> bool:
    """Whether files are those of EXIOBASE 3, by their names."""
    return {"Y.txt"} <= names and bool({"Z.txt", "A.txt"} & names)


def read(files: Files, year: int | None) -> PublishedTable:
    """Read ``IOT_2011_ixi``, a folder or a zip."""
    root = _root(files)
    demand = _read(files, _need(files, root, "Y.txt"), 2)
    output = _output(files, root)
    flows, notes = _flows(files, root, output)
    units = _units(files, root)
    payments = _payments(files, root)
    named = root.strip("/") or Path(files.given).name
    said = {"the folder's name": years_in(named.replace("_", " "))}
    found = the_year(files.given, said, year)
    block = _block(flows, demand, output, payments)
    money = sorted(set(units.values()))
    source = f"{files.given} ({flows.file}, {demand.file}, {payments.file})"
    return symmetric(
        block, About("exiobase", found, ", ".join(money) or "million euro", source, notes)
    )


def _root(files: Files) -> str:
    """Return the folder, inside what was given, in which Y.txt lies."""
    places = [each.within for each in files.files if each.within.split("/")[-1] == "Y.txt"]
    if len(places) != 1:
        raise InputError(
            f"{files.given}: EXIOBASE 3 has one Y.txt beside Z.txt, here are {len(places)}; name "
            "the folder or zip of one year."
        )
    return places[0][: -len("Y.txt")]


def _find(files: Files, root: str, name: str) -> File | None:
    return next((each for each in files.files if each.within == root + name), None)


def _need(files: Files, root: str, name: str) -> File:
    found = _find(files, root, name)
    if found is None:
        raise InputError(f"{files.given}: there is no {root}{name}; EXIOBASE 3 has it. Fetch it.")
    return found


def _read(files: Files, file: File, label_columns: int) -> _Matrix:
    """Read a matrix with two rows of labels above, and perhaps one that names the label columns."""
    path = files.plain(file)
    with path.open(encoding="utf-8-sig", errors="replace") as lines:
        head = [lines.readline().rstrip("\r\n").split("\t") for _ in range(3)]
    named = len(head[2]) > label_columns and not any(head[2][label_columns:])
    printed = read_text(
        path, file.name, header_rows=2 + named, label_columns=label_columns, delimiter="\t"
    )
    columns = list(zip(*printed.header[:2], strict=True))
    return _Matrix(file.name, list(printed.labels), columns, printed.values)


def _output(files: Files, root: str) -> dict[tuple[str, ...], float]:
    """Return gross output by region and sector, where x.txt is there."""
    file = _find(files, root, "x.txt")
    if file is None:
        return {}
    printed = read_text(
        files.plain(file), file.name, header_rows=1, label_columns=2, delimiter="\t"
    )
    if printed.values.shape[1] != 1:
        raise InputError(
            f"{file.name}: region, sector and one number are needed in a row, and "
            f"{printed.values.shape[1]} numbers are there."
        )
    return dict(zip(printed.labels, map(float, printed.values[:, 0]), strict=True))


def _flows(
    files: Files, root: str, output: dict[tuple[str, ...], float]
) -> tuple[_Matrix, tuple[str, ...]]:
    """Return Z, or A times output where the download has coefficients alone."""
    file = _find(files, root, "Z.txt")
    if file is not None:
        return _read(files, file, 2), ()
    if not output:
        raise InputError(
            f"{files.given}: there is {root}A.txt and neither Z.txt nor x.txt; flows are "
            "coefficients times output. Fetch Z.txt or x.txt of the same version."
        )
    shares = _read(files, _need(files, root, "A.txt"), 2)
    made = np.array([output.get(label, np.nan) for label in shares.columns])
    note = "there is no Z.txt: flows are A.txt times the output of x.txt"
    return _Matrix(shares.file, shares.rows, shares.columns, shares.values * made), (note,)


def _units(files: Files, root: str) -> dict[tuple[str, ...], str]:
    file = _find(files, root, "unit.txt")
    return _unit_file(files, file) if file is not None else {}


def _unit_file(files: Files, file: File) -> dict[tuple[str, ...], str]:
    lines = read_plain(files.plain(file), file.name).splitlines()[1:]
    parted = [line.split("\t") for line in lines if line.strip()]
    return {tuple(cells[:-1]): cells[-1].strip() for cells in parted}


def _payments(files: Files, root: str) -> _Matrix:
    """Return the rows that are payments in money: value added and taxes."""
    for account in _ACCOUNTS:
        file = _find(files, root, f"{account}/F.txt")
        if file is None:
            continue
        found = _read(files, file, 1)
        unit_file = _find(files, root, f"{account}/unit.txt")
        units = _unit_file(files, unit_file) if unit_file is not None else {}
        keep = [
            at for at, label in enumerate(found.rows) if _MONEY.search(units.get(label, "M.EUR"))
        ]
        rows = [found.rows[at] for at in keep]
        return _Matrix(found.file, rows, found.columns, found.values[keep])
    return _Matrix("no accounts of payments", [], [], np.zeros((0, 0)))


def _block(
    flows: _Matrix,
    demand: _Matrix,
    output: dict[tuple[str, ...], float],
    payments: _Matrix,
) -> Block:
    _require_same(flows.rows, flows.file, demand.rows, demand.file)
    if payments.rows:
        _require_same(flows.columns, flows.file, payments.columns, payments.file)
    rows = [_sector(label, f"row {at + 4:,}") for at, label in enumerate(flows.rows)]
    columns = [_sector(label, f"column {at + 3:,}") for at, label in enumerate(flows.columns)]
    columns += [
        Line(FINAL, f"{region}_{kind}", kind, region, f"column {at + 3:,} of Y.txt")
        for at, (region, kind) in enumerate(demand.columns)
    ]
    rows += [
        Line(VALUE_ADDED, label[0], label[0], "", f"row {at + 3:,} of F.txt")
        for at, label in enumerate(payments.rows)
    ]
    below = np.full((len(payments.rows), values_wide := len(columns)), np.nan)
    below[:, : len(flows.columns)] = payments.values if payments.rows else 0
    values = np.vstack([np.hstack([flows.values, demand.values]), below])
    assert values.shape[1] == values_wide
    if output:
        made = np.array([output.get(label, np.nan) for label in flows.rows])
        made = np.append(made, np.full(len(payments.rows), np.nan))
        values = np.column_stack([values, made])
        columns.append(Line(TOTAL, "x", "output", "", "x.txt", EVERYTHING))
    return Block("flows", flows.file, tuple(rows), tuple(columns), values)


def _sector(label: tuple[str, ...], place: str) -> Line:
    region, sector = label[:2]
    return Line(SECTOR, f"{region}_{sector}", sector, region, place)


def _require_same(
    mine: list[tuple[str, ...]], file: str, other: list[tuple[str, ...]], other_file: str
) -> None:
    """Refuse files whose sectors differ, in kind or order."""
    for at in range(max(len(mine), len(other))):
        here, there = (each[at] if at < len(each) else ("nothing",) for each in (mine, other))
        if here != there:
            raise InputError(
                f"{other_file}: sector {at + 1:,} is {show(' '.join(there))} and that of {file} is "
                f"{show(' '.join(here))}. The files are of two versions, or one is cut off."
            )
