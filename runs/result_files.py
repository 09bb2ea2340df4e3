"""The results of a run in the formats of other programs, from the files in its folder."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd

from ..core.errors import InputError
from ..core.measures import NETWORKS
from ..graph.matrix_files import load_matrix
from ..graph.network_files import NETWORK_WRITERS, network_of, write_network
from ..reports.result_table import CODES, ResultTable, result_table
from ..reports.stata_table import write_stata
from ..reports.text_table import latex, markdown
from ..reports.workbook import write_workbook
from .folder import hold
from .read import require_record

__all__ = ["FORMATS", "export_results", "names_of", "read_table", "tables_of"]

#: Takes the name of a capability and a column of its tables; says what the column is, or nothing.
Meaning: TypeAlias = Callable[[str, str], str]

#: Formats of a table, a file each.
_EACH: dict[str, Callable[[ResultTable, Path], object]] = {
    "dta": write_stata,
    "tex": lambda table, path: path.write_text(latex(table), encoding="utf-8"),
    "md": lambda table, path: path.write_text(markdown(table), encoding="utf-8"),
}
FORMATS = ("xlsx", *_EACH, *NETWORK_WRITERS)
#: What a column of numbers holds. A leading zero belongs to a code.
_NUMBER = re.compile(r"-?(?:(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|inf)")


def export_results(
    out: Path, formats: Sequence[str], meaning: Meaning = lambda name, column: ""
) -> list[Path]:
    """Write tables and networks of a run in further formats, beside its own files.

    A later run of other input or choices removes them with the files that they were made of.

    Parameters
    ----------
    out : Path
        Folder of the run.
    formats : sequence of str
        Among :data:`FORMATS`.
    meaning : callable
        Takes the name of a capability and a column of its tables; says what the column is.

    Returns
    -------
    list of Path
        The files, in the order of the formats.

    Raises
    ------
    InputError
        If a format is not known, the folder holds no run, or a table does not fit a format.
    """
    unknown = [each for each in formats if each not in FORMATS]
    if unknown or not formats:
        what = f"format {unknown[0]!r} is not known" if unknown else "no format is given"
        raise InputError(f"--as: {what}; take some of {', '.join(FORMATS)}.")
    run = require_record(out)
    written: list[Path] = []
    with hold(out):
        tables = tables_of(out, run, meaning)
        for each in dict.fromkeys(formats):
            if each == "xlsx":
                for folder, some in tables.items():
                    write = _workbook_of(some)
                    written.append(_put(out / folder / f"{folder}.xlsx", write))
            elif each in _EACH:
                for folder, some in tables.items():
                    for table in some:
                        written.append(_put(out / folder / f"{table.name}.{each}", _one(table)))
            else:
                written += _networks(out, run, each)
    return written


def _put(path: Path, write: Callable[[Path], object]) -> Path:
    """Write a file beside its place, then move it there: it is never half a file."""
    fresh = path.with_name(f".new.{path.name}")
    try:
        write(fresh)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    return path


def _one(table: ResultTable) -> Callable[[Path], object]:
    return lambda path: _EACH[path.suffix[1:]](table, path)


def _workbook_of(tables: Sequence[ResultTable]) -> Callable[[Path], object]:
    return lambda path: write_workbook(tables, path)


def tables_of(out: Path, run: Mapping[str, Any], meaning: Meaning) -> dict[str, list[ResultTable]]:
    """Return the tables of a run by folder, which is that of a capability.

    Parameters
    ----------
    out : Path
        Folder of the run.
    run : mapping
        What its run.json holds.
    meaning : callable
        As in :func:`export_results`.

    Returns
    -------
    dict of str to list of ResultTable
        Names of sectors stand beside their codes. Folders without a table are left out.
    """
    names = names_of(out, str(run["options"]["target"]))
    files = {"hubs": sorted((out / "hubs").glob("*.csv"))}  # an older version did not list them
    files |= {name: [out / each for each in some] for name, some in run["capabilities"].items()}
    by_folder = {}
    for folder, paths in files.items():
        tables = []
        # Matrices have formats of their own.
        for path in (p for p in paths if p.suffix == ".csv" and not p.with_suffix(".npz").exists()):
            _require_there(path)
            frame = read_table(path)
            meanings = {column: meaning(folder, column) for column in map(str, frame)}
            known = {column: text for column, text in meanings.items() if text}
            tables.append(result_table(path.stem, frame, names, known))
        if tables:
            by_folder[folder] = tables
    return by_folder


def _require_there(path: Path) -> None:
    """Refuse a folder from which a file of the run was removed."""
    if not path.exists():
        raise InputError(f"{path} is missing, which run.json lists; run the study again.")


def names_of(out: Path, target: str) -> dict[str, str]:
    """Return the names of the sectors by code, from the list of industries that a run accepted.

    Parameters
    ----------
    out : Path
        Folder of the run.
    target : str
        The classification of its matrices.
    """
    path = out / "tables" / "industries.parquet"
    if not path.exists():
        return {}
    rows = pd.read_parquet(path)
    rows = rows[(rows["classification"] == target) & rows["name"].notna()]
    return dict(zip(rows["code"].astype(str), rows["name"].astype(str), strict=True))


def read_table(path: Path) -> pd.DataFrame:
    """Read a table that a run wrote: every digit of its numbers, and codes as they are.

    Parameters
    ----------
    path : Path
        A CSV file of ours.

    Returns
    -------
    DataFrame
        Numbers where all that a column holds are numbers; codes are text, and NA is Namibia.
    """
    texts = pd.read_csv(path, dtype=str, keep_default_na=False)
    return pd.DataFrame({str(name): _type_column(texts[name]) for name in texts})


def _type_column(texts: pd.Series[str]) -> pd.Series[Any]:
    known = [text for text in texts if text]
    name = str(texts.name)
    if name in CODES or name.endswith("_at") or not all(map(_NUMBER.fullmatch, known)):
        return texts.astype(object)
    if len(known) == len(texts) and all(text.lstrip("-").isdigit() for text in known):
        return texts.map(int)
    return texts.map(lambda text: float(text or "nan")).astype(float)


def _networks(out: Path, run: Mapping[str, Any], ending: str) -> Iterator[Path]:
    """Write a file for each report year: its matrices are the layers, its hub tables the scores."""
    names = names_of(out, str(run["options"]["target"]))
    years: dict[int, dict[str, Path]] = {}
    for key, about in run["matrices"].items():
        layer, _, year = key.rpartition("_")
        years.setdefault(int(year), {})[layer] = out / about["file"]
    for year, files in sorted(years.items()):
        for file in files.values():
            _require_there(file)
        layers = {layer: load_matrix(path) for layer, path in files.items()}
        graph = network_of(year, layers, names, _scores(out / "hubs", year))
        path = out / "matrices" / f"network_{year}.{ending}"
        yield _put(path, lambda fresh, graph=graph: write_network(graph, fresh))  # type: ignore[misc]


def _scores(hubs: Path, year: int) -> pd.DataFrame:
    """Return the measures of a year, called as in the graph."""
    files = {name: hubs / f"{name}_{year}.csv" for name in NETWORKS}
    tables = [
        read_table(path).set_index("label").add_prefix(f"{name}_")
        for name, path in files.items()
        if path.exists()
    ]
    return pd.concat(tables, axis=1) if tables else pd.DataFrame()
