"""Matrices on disk, in the formats of the users' other tools.

``.npz`` opens with :func:`scipy.sparse.load_npz` as it is and carries its labels; Matrix Market
for MATLAB, Julia and R; long Parquet for databases and pandas; dense CSV for spreadsheets; .dta
for Stata; GraphML for Gephi.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import scipy.io
from scipy import sparse

from ..core.errors import InputError, show
from ..core.matrix import LabelledMatrix
from .network_files import printable_name
from .stata_file import require_room, write_dta

__all__ = ["WRITERS", "load_matrix", "save_matrix"]


def save_matrix(
    matrix: LabelledMatrix | pd.DataFrame,
    stem: Path,
    formats: Sequence[str],
    names: Mapping[str, str] | None = None,
) -> list[Path]:
    """Write a matrix as ``STEM.npz`` and in further formats.

    Parameters
    ----------
    matrix : LabelledMatrix or frame
        What to write; a frame is called as the file is.
    stem : Path
        File name without ending; its folder exists.
    formats : sequence of str
        Among ``npz, mtx, parquet, csv, dta, graphml``; ``npz`` is always written.
    names : mapping of str to str, optional
        Names of the sectors, by code: what GraphML shows.

    Returns
    -------
    list of Path
        The files, ``.npz`` first.

    Raises
    ------
    InputError
        If a format is not known, the matrix has too many columns for one, or the folder is not
        there; nothing is written then.
    """
    if isinstance(formats, str):
        formats = [formats]
    if isinstance(matrix, pd.DataFrame):
        matrix = LabelledMatrix.build(Path(stem).name, matrix)
    elif not isinstance(matrix, LabelledMatrix):
        raise InputError(
            "save_matrix writes a LabelledMatrix or a frame with labels; make one of an array: "
            "pd.DataFrame(array, index=labels, columns=labels)."
        )
    unknown = [kind for kind in formats if kind not in WRITERS]
    if unknown:
        known = ", ".join(WRITERS)
        raise InputError(f"format {show(unknown[0])} of a matrix is not known; take {known}.")
    if "dta" in formats:
        require_room(matrix)
    if not Path(stem).parent.is_dir():
        raise InputError(f"{Path(stem).parent} is not a folder; make it before writing matrices.")
    stem = Path(stem)
    chosen = ["npz", *(kind for kind in dict.fromkeys(formats) if kind != "npz")]
    writers = WRITERS | {"graphml": partial(_write_graphml, names=names or {})}
    paths = []
    for kind in chosen:
        path = stem.with_name(f"{stem.name}.{kind}")
        writers[kind](matrix, path)
        paths.append(path)
    return paths


def load_matrix(path: Path) -> LabelledMatrix:
    """Read a matrix that :func:`save_matrix` wrote as ``.npz``.

    Raises
    ------
    InputError
        If the file is not there, is damaged, or is no matrix with labels.
    """
    if not Path(path).is_file():
        raise InputError(f"{path}: there is no such file.")
    try:
        with np.load(path, allow_pickle=False) as stored:
            about = json.loads(str(stored["about"]))
            held: Any = sparse.load_npz(path)
            values: sparse.csr_array = sparse.csr_array(held, dtype=np.float64)
            values.check_format(full_check=True)  # an index out of bounds would be read from memory
            return LabelledMatrix(
                about["name"],
                values,
                tuple(map(str, stored["row_labels"])),
                tuple(map(str, stored["col_labels"])),
                about["unit"],
                about["year"],
                about["provenance"],
                _axes(about["orientation"]),
            )
    # Of damaged archives numpy, zipfile, zlib and json raise a dozen kinds of errors.
    except Exception as error:
        reason = str(error).strip(".") or type(error).__name__
        raise InputError(
            f"{path} holds no labelled matrix, or is damaged: {reason}. Write it again with "
            "save_matrix, or run the study again."
        ) from error


def _axes(orientation: str) -> tuple[str, str]:
    """Return what rows and columns are, of ``M[receiver, source]``."""
    row, column = orientation.removeprefix("M[").removesuffix("]").split(", ")
    return row, column


def _about(matrix: LabelledMatrix) -> str:
    return json.dumps(
        {
            "name": matrix.name,
            "unit": matrix.unit,
            "year": matrix.year,
            "orientation": f"M[{', '.join(matrix.axes)}]",
            "provenance": matrix.provenance,
        },
        ensure_ascii=False,
        sort_keys=True,
    )


def _write_npz(matrix: LabelledMatrix, path: Path) -> None:
    # The first six entries are what scipy.sparse.save_npz writes; labels lie beside them.
    np.savez_compressed(
        path,
        indices=matrix.values.indices,
        indptr=matrix.values.indptr,
        format=np.bytes_("csr"),
        shape=np.asarray(matrix.shape),
        data=matrix.values.data,
        _is_array=np.bool_(True),
        row_labels=np.asarray(matrix.rows, dtype=np.str_),
        col_labels=np.asarray(matrix.columns, dtype=np.str_),
        about=np.str_(_about(matrix)),
    )


def _write_mtx(matrix: LabelledMatrix, path: Path) -> None:
    scipy.io.mmwrite(path, matrix.values.tocoo(), comment=_about(matrix), precision=17)
    for side, labels in (("rows", matrix.rows), ("columns", matrix.columns)):
        path.with_suffix(f".{side}.txt").write_text("\n".join(labels) + "\n", encoding="utf-8")


def _write_parquet(matrix: LabelledMatrix, path: Path) -> None:
    table = pa.Table.from_pandas(matrix.to_long(), preserve_index=False)
    pq.write_table(table.replace_schema_metadata({"spillgraph": _about(matrix)}), path)


def _write_csv(matrix: LabelledMatrix, path: Path) -> None:
    matrix.to_frame().to_csv(path)


def _write_graphml(
    matrix: LabelledMatrix, path: Path, names: Mapping[str, str] | None = None
) -> None:
    import networkx  # a quarter of a second that only this one needs

    graph = networkx.DiGraph(about=_about(matrix))
    known = names or {}
    graph.add_nodes_from((code, {"label": printable_name(code, known)}) for code in matrix.rows)
    long = matrix.to_long()
    # As in the graph store: the receiver points to the source.
    graph.add_weighted_edges_from(long.itertuples(index=False))
    networkx.write_graphml(graph, path)


WRITERS: dict[str, Callable[[LabelledMatrix, Path], None]] = {
    "npz": _write_npz,
    "mtx": _write_mtx,
    "parquet": _write_parquet,
    "csv": _write_csv,
    "dta": write_dta,
    "graphml": _write_graphml,
}
