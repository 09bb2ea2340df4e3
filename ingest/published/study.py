"""Write a published table as a study that is ready to run."""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Sequence
from pathlib import Path
from tempfile import mkdtemp

import pandas as pd

from ...core.errors import InputError, show
from .audit import Audit, audit, require_adds_up
from .crossings import crossings
from .frames import known_scrap, use_rows
from .table import COLUMNS, PublishedTable
from .traded import countries_of, final_use_of, is_world, sold_as, traded_uses

__all__ = ["require_ready", "write_study"]

#: From so many rows on, a table is written as Parquet.
LARGE = 1_000_000


def write_study(
    table: PublishedTable,
    out: str | Path,
    *,
    totals: str = "stop",
    scrap: Collection[str] = (),
    requirements: bool = False,
) -> Path:
    """Write a published table as a study: tables and ``study.toml``, ready to run.

    The study has a production network S and no citations. Of a table of several countries it says
    who uses what finally, too, and of any table what is exported, imported and put into stocks, as
    far as its columns tell. What lies beside its tables – ``value_added``, ``audit.json``,
    ``final_demand``, and ``printed/`` with the table as it was printed, where :func:`derive` made
    another – is for the reader.

    Parameters
    ----------
    table : PublishedTable
        Of :func:`read_published`.
    out : str or Path
        A new or empty folder. Nothing is left in it if writing fails.
    totals : str
        ``"stop"`` refuses a table whose printed totals contradict its cells by more than a
        hundredth, ``"warn"`` writes it all the same.
    scrap : collection of str
        Commodities that are scrap; those of the Bureau of Economic Analysis are known.
    requirements : bool
        Write direct and total requirements in all crossings of commodities and industries, too.

    Returns
    -------
    Path
        The study file.

    Raises
    ------
    InputError
        If the folder is not empty, the table contradicts itself, or an output is negative.
    """
    out = Path(out)
    require_ready(out, totals)
    found = audit(table)
    if totals == "stop":
        for each in (audit(table.printed), found) if table.printed else (found,):
            require_adds_up(each)
    _require_usable(table, scrap)
    needs = crossings(table, scrap) if requirements else {}
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    except OSError as error:
        raise InputError(f"the folder {out} cannot be made: {error}") from None
    try:
        _write(table, found, folder, scrap)
        for name, frame in needs.items():
            (folder / "requirements").mkdir(exist_ok=True)
            frame.to_csv(folder / "requirements" / f"{name}.csv", lineterminator="\n")
        folder.chmod(0o755)
        if out.is_dir():
            out.rmdir()
        folder.rename(out)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return out / "study.toml"


def require_ready(out: Path, totals: str = "stop") -> None:
    """Refuse what can be refused before a table is read.

    Parameters
    ----------
    out : Path
        Folder for the study.
    totals : str
        As in :func:`write_study`.

    Raises
    ------
    InputError
        If the folder is not empty, or ``totals`` is another word.
    """
    if totals not in ("stop", "warn"):
        raise InputError(f"totals = {totals!r}: 'stop' or 'warn' is needed.")
    if out.exists() and not out.is_dir():
        raise InputError(f"{out} is a file; name a folder for the study.")
    if out.is_dir() and any(out.iterdir()):
        raise InputError(
            f"the folder {out} is not empty, and nothing is overwritten; name another folder."
        )


def _require_usable(table: PublishedTable, scrap: Collection[str]) -> None:
    below = table.output[table.output["gross_output"] < 0]
    if len(below) and table.is_symmetric:
        sector, value = below.iloc[0][["industry", "gross_output"]]
        raise InputError(
            f"{table.source}: the output of {show(sector)} is {value:,.6g}; shares of a negative "
            "output are no network. Leave the sector out, or add it to another."
        )
    if not table.is_symmetric or (scrap and table.printed is None):
        known_scrap(table, scrap)


def _write(table: PublishedTable, found: Audit, folder: Path, scrap: Collection[str]) -> None:
    names = {"industries": _csv(table.sectors, folder, "industries")}
    for name in ("final_demand", "value_added"):
        names[name] = _file(getattr(table, name), folder, name)
    if table.is_symmetric:
        names["io_flows"] = _file(table.flows, folder, "io_flows")
        names["io_output"] = _csv(_outputs(table), folder, "io_output")
        keys = _symmetric_text(table, names)
    else:
        names["make"] = _file(table.make, folder, "make")
        names["use"] = _file(use_rows(table), folder, "use")
        keys = _make_use_text(table, names, scrap)
        if is_world(table):
            names["final_use"] = _file(final_use_of(table, scrap), folder, "final_use")
    if is_world(table):
        keys += _final_use_text(table, names)
    if table.printed is not None:
        _write_printed(table.printed, folder / "printed")
    _text(folder / "study.toml", _study_text(table, names, keys))
    _text(folder / "audit.json", _audit_text(found))


def _write_printed(table: PublishedTable, folder: Path) -> None:
    """Write all parts of the table as it was printed; those that it does not have are no files."""
    folder.mkdir()
    for name in COLUMNS:
        frame = getattr(table, name)
        if len(frame):
            _file(frame, folder, name)


def _csv(frame: pd.DataFrame, folder: Path, name: str) -> str:
    frame.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
    return f"{name}.csv"


def _file(frame: pd.DataFrame, folder: Path, name: str) -> str:
    """Write a long table, a large one as Parquet."""
    if len(frame) < LARGE:
        return _csv(frame, folder, name)
    frame.to_parquet(folder / f"{name}.parquet", index=False)
    return f"{name}.parquet"


def _text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _outputs(table: PublishedTable) -> pd.DataFrame:
    """Return output, value added, final demand, imports, and what is traded, by sector."""
    frame = table.output.set_index("industry")
    for name, source, label in (
        ("value_added", table.value_added, "industry"),
        ("final_demand", table.final_demand, "supplier"),
        ("imports", table.imports, "industry"),
    ):
        if len(source):
            values = source["value"].astype(float)
            sums = values.groupby(source[label].astype(object)).sum()
            frame[name] = sums.reindex(frame.index).fillna(0.0)
    for name, codes in traded_uses(table).items():
        sums = sold_as(table, codes).reindex(frame.index).fillna(0.0)
        frame[name] = 0.0 - sums if name == "product_imports" else sums
    return frame.reset_index()


def _study_text(table: PublishedTable, names: dict[str, str], keys: str) -> str:
    sectors = f"{len(table.sectors):,} sectors"
    countries = len(countries_of(table))
    world = f" in {countries} countries" if countries > 1 else ""
    said = (table.source, f"{sectors}{world}", *table.notes)
    about = " ".join(f"{text.rstrip('.')}." for text in said)
    return f"""\
# A published table, read as {table.format}. S only: there are no citations.
# Written by 'spillgraph published'; audit.json says how it adds up.

[study]
name = {_quoted(f"{table.format} {table.year}")}
description = {_quoted(about)}
target = {_quoted(table.format)}
money = {_quoted(table.unit)}

[years]
first = {table.year}
last = {table.year}
report = [{table.year}]

[tables.industries]
file = {_quoted(names["industries"])}
classification = {_quoted(table.format)}

{keys}"""


def _symmetric_text(table: PublishedTable, names: dict[str, str]) -> str:
    negative = (table.flows["value"].astype(float) < 0).any()
    keep = (
        'negative = "keep"              # as printed: audit.json names them\n' if negative else ""
    )
    return f"""\
[tables.io_flows]
file = {_quoted(names["io_flows"])}
classification = {_quoted(table.format)}
{keep}
[tables.io_output]
file = {_quoted(names["io_output"])}
classification = {_quoted(table.format)}
"""


def _make_use_text(table: PublishedTable, names: dict[str, str], scrap: Collection[str]) -> str:
    made = set(table.make["commodity"])
    known = known_scrap(table, scrap)
    final = [*dict.fromkeys(table.final_demand["use"]), *dict.fromkeys(table.supply["part"])]
    used = dict.fromkeys(table.use["commodity"])
    lists = {
        "scrap": known,
        "value_added": list(dict.fromkeys(table.value_added["part"])),
        "final_demand": final,
        "imports": [
            *(code for code in used if code not in made),
            *dict.fromkeys(table.imports["part"]),
        ],
        **traded_uses(table),
    }
    keys = "".join(f"{key} = {_listed(codes)}\n" for key, codes in lists.items() if codes)
    if table.model == "C":
        keys += 'technology = "commodity"      # model C\n'
    return f"""\
[make_use]
{keys}
[tables.make]
file = {_quoted(names["make"])}
classification = {_quoted(table.format)}

[tables.use]
file = {_quoted(names["use"])}
"""


def _final_use_text(table: PublishedTable, names: dict[str, str]) -> str:
    """Return the entry of final use by country: as printed, or of make and use by industry."""
    keys = ""
    if table.is_symmetric:
        keys = 'columns = { industry = "supplier" }\n'
        if (table.final_demand["country"].astype(object) == "").any():
            keys += 'where_not = { country = "" }   # discrepancies and the like: nobody\'s use\n'
    return f"""
[tables.final_use]
file = {_quoted(names["final_demand" if table.is_symmetric else "final_use"])}
classification = {_quoted(table.format)}
{keys}repeat = "add"                 # a country has several uses
"""


def _audit_text(found: Audit) -> str:
    content = {
        "cells": dict(found.table.cells),
        "totals": found.totals.to_dict("records"),
        "balance": found.balance.to_dict("records"),
        "negative": found.negative.to_dict("records"),
        "zero_output": list(found.zero_output),
        "notes": list(found.table.notes),
    }
    return json.dumps(content, indent=2, ensure_ascii=False, default=str) + "\n"


def _quoted(text: str) -> str:
    """Return a text as TOML writes it, which is as JSON does."""
    return json.dumps(text, ensure_ascii=False)


def _listed(codes: Sequence[str]) -> str:
    return f"[{', '.join(_quoted(code) for code in codes)}]"
