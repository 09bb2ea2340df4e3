"""Eora26: matrices without labels beside files of labels.

``Eora26_2013_bp_T.txt``, ``…_FD.txt``, ``…_VA.txt`` and ``labels_T.txt``, ``labels_FD.txt``,
``labels_VA.txt``, in one folder or zip or with the labels in ``indices.zip`` beside it. The
country ``ROW`` holds statistical discrepancies.
"""

from __future__ import annotations

import re
import zipfile

import numpy as np

from ...core.errors import InputError, show
from .block import FINAL, SECTOR, VALUE_ADDED, Block, Line, Numbers
from .files import File, Files
from .melt import About, symmetric
from .printed import read_plain, read_text
from .table import PublishedTable
from .years import the_year

__all__ = ["fits", "read"]

#: Eora prints thousands of current US dollars.
UNIT = "thousand US$"
_NAME = re.compile(r"Eora26_(\d{4})_(bp|pp)_(T|FD|VA)\.txt", re.IGNORECASE)
_DISCREPANCY = "ROW"


def fits(names: set[str]) -> bool:
    """Whether files are those of Eora26, by their names."""
    return any(_NAME.fullmatch(name) for name in names)


def read(files: Files, year: int | None) -> PublishedTable:
    """Read Eora26, a folder or a zip, of one year and one kind of prices."""
    parts, found, price = _parts(files, year)
    labels = {name: _labels(files, f"labels_{name}.txt") for name in ("T", "FD", "VA")}
    sectors = [(label[1], label[3] if len(label) > 3 else label[-1]) for label in labels["T"]]
    uses = [(label[1], label[3] if len(label) > 3 else label[-1]) for label in labels["FD"]]
    paid = ["/".join(part for part in dict.fromkeys(label) if part) for label in labels["VA"]]
    flows = _matrix(files, parts["T"], len(sectors), len(sectors))
    demand = _matrix(files, parts["FD"], len(sectors), len(uses))
    payments = _matrix(files, parts["VA"], len(paid), len(sectors))
    values = np.full((len(sectors) + len(paid), len(sectors) + len(uses)), np.nan)
    values[: len(sectors), : len(sectors)] = flows
    values[: len(sectors), len(sectors) :] = demand
    values[len(sectors) :, : len(sectors)] = payments
    rows = [_line(*label, f"row {at + 1:,}", VALUE_ADDED) for at, label in enumerate(sectors)]
    rows += [
        Line(VALUE_ADDED, name, name, "", f"row {at + 1:,} of VA") for at, name in enumerate(paid)
    ]
    columns = [_line(*label, f"column {at + 1:,}", FINAL) for at, label in enumerate(sectors)]
    columns += [
        Line(FINAL, f"{country}_{kind}", kind, country, f"column {at + 1:,} of FD")
        for at, (country, kind) in enumerate(uses)
    ]
    notes = (
        ("ROW, Eora's statistical discrepancies: its row is a payment, its column a final use",)
        if any(country == _DISCREPANCY for country, _ in sectors)
        else ()
    )
    block = Block("flows", parts["T"].name, tuple(rows), tuple(columns), values)
    prices = {"bp": "basic prices", "pp": "purchasers' prices"}[price]
    source = f"{files.given} ({prices})"
    return symmetric(block, About("eora26", found, UNIT, source, notes))


def _parts(files: Files, year: int | None) -> tuple[dict[str, File], int, str]:
    """Return the three matrices of one year and kind of prices."""
    sets: dict[tuple[int, str], dict[str, File]] = {}
    for file in files.files:
        match = _NAME.fullmatch(file.base)
        if match and year in (None, int(match[1])):
            own = sets.setdefault((int(match[1]), match[2].lower()), {})
            own[match[3].upper()] = file
    if not sets:
        raise InputError(
            f"{files.given}: there is no Eora26_YEAR_bp_T.txt{f' of {year}' if year else ''}."
        )
    if len(sets) > 1:
        there = ", ".join(f"{of} ({price})" for of, price in sorted(sets))
        raise InputError(
            f"{files.given}: there are tables of {there}; name a folder or zip of one, or give "
            "--year (year=…)."
        )
    (of, price), parts = next(iter(sets.items()))
    for name in ("T", "FD", "VA"):
        if name not in parts:
            raise InputError(f"{files.given}: there is no Eora26_{of}_{price}_{name}.txt.")
    return parts, the_year(files.given, {"the files' names": [of]}, year), price


def _labels(files: Files, name: str) -> list[tuple[str, ...]]:
    file = next((each for each in files.files if each.base == name), None) or _beside(files, name)
    if file is None:
        raise InputError(
            f"{files.given}: there is no {name}. It is in the download's indices.zip: put that "
            "beside the matrices, or give it as a second path."
        )
    lines = read_plain(files.plain(file), file.name).splitlines()
    found = [
        tuple(cell.strip() for cell in line.rstrip("\t").split("\t"))
        for line in lines
        if line.strip()
    ]
    short = next((at for at, cells in enumerate(found) if len(cells) < 2), None)
    if short is not None:
        raise InputError(f"{file.name}, row {short + 1:,}: {show(found[short][0])} is one label.")
    return found


def _beside(files: Files, name: str) -> File | None:
    """Return a file of labels in the indices.zip that lies beside what was given."""
    for file in files.files:
        path = file.path.parent / "indices.zip"
        if path.is_file() and zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                found = next((each for each in archive.namelist() if each.endswith(name)), None)
            if found:
                return File(f"{path} ({found})", name, path, found)
    return None


def _matrix(files: Files, file: File, rows: int, columns: int) -> Numbers:
    printed = read_text(
        files.plain(file), file.name, header_rows=0, label_columns=0, delimiter="\t"
    )
    if printed.values.shape != (rows, columns):
        there = " × ".join(f"{size:,}" for size in printed.values.shape)
        raise InputError(
            f"{file.name}: {there} numbers, and the labels are {rows:,} × {columns:,}. The file "
            "is cut off, or the labels are of another version; fetch both again."
        )
    return printed.values


def _line(country: str, name: str, place: str, other: str) -> Line:
    """Return a sector, or what the discrepancies are in a row or column."""
    if country == _DISCREPANCY:
        return Line(other, f"{country}_{name}", name, "", place)
    return Line(SECTOR, f"{country}_{name}", name, country, place)
