"""The results of a run in the formats of other programs, from the files in its folder."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd

from ..core.errors import InputError
from ..core.measures import NETWORKS, scores
from ..graph.matrix_files import load_matrix
from ..graph.network_files import NETWORK_WRITERS, network_of, write_network
from ..reports.result_table import SYNTHETIC, TEXTS, ResultTable, coded_columns, result_table
from ..reports.stata_table import write_stata
from ..reports.text_table import latex, markdown
from ..reports.workbook import write_workbook
from .folder import hold
from .identity import hash_file
from .read import require_record

__all__ = ["FORMATS", "export_results", "names_of", "read_table", "tables_of"]

#: Takes the name of a capability and a column of its tables, or ``TABLE.column`` where one table
#: means something else by it; says what the column is, or nothing.
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

    A later run removes those of the folders that it writes anew. All are written beside their
    places first: where one cannot be, none is replaced.

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
        If a format is not known, the folder holds no run, a file of it is gone, damaged or
        changed, or a table does not fit a format.
    """
    unknown = [each for each in formats if each not in FORMATS]
    if unknown or not formats:
        what = f"format {unknown[0]!r} is not known" if unknown else "no format is given"
        raise InputError(f"--as: {what}; take some of {', '.join(FORMATS)}.")
    run = require_record(out)
    _require_said(out, run)
    with hold(out):
        return _put(_files(out, run, dict.fromkeys(formats), meaning))


def _require_said(out: Path, run: Mapping[str, Any]) -> None:
    """Refuse a run.json that lacks what is needed, or has another kind of value there."""
    options, matrices, files = run["options"], run["matrices"], run["capabilities"]
    known = {
        "synthetic": isinstance(run.get("synthetic"), bool),
        "options.target": isinstance(options, dict) and isinstance(options.get("target"), str),
        "matrices": isinstance(matrices, dict),
        "capabilities": isinstance(files, dict),
    }
    if known["matrices"]:
        for key, about in matrices.items():
            known[f"matrices.{key}"] = (
                isinstance(about, dict)
                and isinstance(about.get("file"), str)
                and isinstance(about.get("sum"), int | float)
                and isinstance(about.get("shape"), list)
                and re.fullmatch(r".+_\d+", key) is not None
            )
    if known["capabilities"]:
        for key, some in files.items():
            known[f"capabilities.{key}"] = isinstance(some, list) and all(
                isinstance(each, str) for each in some
            )
    for key, said in known.items():
        if not said:
            raise _changed(out / "run.json", f"{key} is missing, or of another kind")


def _files(
    out: Path, run: Mapping[str, Any], formats: Iterable[str], meaning: Meaning
) -> Iterator[tuple[Path, Callable[[Path], object]]]:
    """Yield each file that is to be written, and what writes it."""
    tables = tables_of(out, run, meaning)
    for each in formats:
        if each == "xlsx":
            for folder, some in tables.items():
                yield out / folder / f"{folder}.xlsx", partial(write_workbook, some)
        elif each in _EACH:
            for folder, some in tables.items():
                for table in some:
                    yield out / folder / f"{table.name}.{each}", partial(_EACH[each], table)
        else:
            for year, graph in _networks(out, run):
                path = out / "matrices" / f"network_{year}.{each}"
                yield path, partial(write_network, graph)


def _put(files: Iterable[tuple[Path, Callable[[Path], object]]]) -> list[Path]:
    """Write all files beside their places, then move them there: all are whole, or none is new."""
    fresh: dict[Path, Path] = {}
    try:
        for path, write in files:
            fresh[path] = path.with_name(f".new.{path.name}")
            write(fresh[path])
        for path, new in fresh.items():
            new.replace(path)
    finally:
        for new in fresh.values():
            new.unlink(missing_ok=True)
    return list(fresh)


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
    names, notice = names_of(out, run["options"]["target"]), SYNTHETIC if run["synthetic"] else ""
    # an older version did not list them
    files = {"hubs": [f"hubs/{path.name}" for path in sorted((out / "hubs").glob("*.csv"))]}
    files |= run["capabilities"]
    measures = {score.name: score.meaning for score in scores()}
    by_folder = {}
    for folder, places in files.items():
        tables = []
        for place in places:
            # Matrices have formats of their own.
            if not place.endswith(".csv") or place.replace(".csv", ".npz") in places:
                continue
            path = _require_as_written(out, place, run)
            frame = read_table(path)
            meanings = {
                column: meaning(folder, f"{path.stem}.{column}") or meaning(folder, column)
                for column in map(str, frame)
            }
            if folder == "hubs":  # of which matrix, the name of the file says
                of = path.stem.rpartition("_")[0]
                meanings |= {c: measures[f"{of}_{c}"] for c in meanings if f"{of}_{c}" in measures}
            known = {column: text for column, text in meanings.items() if text}
            tables.append(result_table(path.stem, frame, names, known, notice))
        if tables:
            by_folder[folder] = tables
    return by_folder


def _require_as_written(out: Path, place: str, run: Mapping[str, Any]) -> Path:
    """Return a file of the run; refuse one that was removed or is no longer what the run wrote."""
    path = out / place
    if not path.exists():
        raise InputError(f"{path} is missing, which run.json lists; run the study again.")
    known = run.get("outputs", {}).get(place)
    if known and known != hash_file(path):
        raise _changed(path, "it was changed")
    return path


def _changed(path: Path, what: str) -> InputError:
    """Return what is said of a file that is not as a run wrote it."""
    return InputError(f"{path}: {what}. It is not as the run wrote it; run the study again.")


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
    try:
        with path.open(encoding="utf-8", newline="") as file:
            lines = list(csv.reader(file, strict=True))
    except (OSError, ValueError, csv.Error) as error:
        raise _changed(path, f"it cannot be read ({str(error).strip('.')})") from None
    if not lines:
        raise _changed(path, "it is empty")
    head, *rows = lines
    if not all(head) or len(set(head)) < len(head):
        raise _changed(path, "a column has no name, or the name of another")
    for place, row in enumerate(rows, start=2):
        if len(row) != len(head):
            raise _changed(path, f"row {place} has {len(row)} of {len(head)} cells")
    texts = pd.DataFrame(rows, columns=head, dtype=object)
    wide = coded_columns(texts)
    plain = {n for n in head if (n in TEXTS or n.endswith("_at")) and n not in wide}
    return pd.DataFrame({n: texts[n] if n in plain else _type_column(texts[n], path) for n in head})


def _type_column(texts: pd.Series[Any], path: Path) -> pd.Series[Any]:
    """Return numbers; texts where no cell is a number."""
    known = [text for text in texts if text]
    if not known:
        return texts.map(lambda text: float("nan")).astype(float)
    words = [text for text in known if not _NUMBER.fullmatch(text)]
    if len(words) == len(known) and words:
        return texts
    if words:
        raise _changed(path, f"column {texts.name}: {words[0]!r} is no number as the others are")
    if len(known) == len(texts) and all(text.lstrip("-").isdigit() for text in known):
        return texts.map(int)
    return texts.map(lambda text: float(text or "nan")).astype(float)


def _networks(out: Path, run: Mapping[str, Any]) -> Iterator[tuple[int, Any]]:
    """Yield the network of each report year: matrices are its layers, hub tables its scores."""
    names, notice = names_of(out, run["options"]["target"]), SYNTHETIC if run["synthetic"] else ""
    years: dict[int, dict[str, Mapping[str, Any]]] = {}
    for key, about in run["matrices"].items():
        layer, _, year = key.rpartition("_")
        years.setdefault(int(year), {})[layer] = about
    for year, some in sorted(years.items()):
        layers = {
            layer: load_matrix(_require_as_written(out, about["file"], run))
            for layer, about in some.items()
        }
        yield year, network_of(year, layers, names, _scores(out, year, run), notice)


def _scores(out: Path, year: int, run: Mapping[str, Any]) -> pd.DataFrame:
    """Return the measures of a year, called as in the graph."""
    tables = []
    for name in NETWORKS:
        place = f"hubs/{name}_{year}.csv"
        if (out / place).exists():
            table = read_table(_require_as_written(out, place, run))
            tables.append(table.set_index("label").add_prefix(f"{name}_"))
    return pd.concat(tables, axis=1) if tables else pd.DataFrame()
