"""Matrices on disk: what is written comes back, and what is damaged is told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from spillgraph.core.errors import InputError
from spillgraph.core.matrix import LabelledMatrix
from spillgraph.graph import stata_file
from spillgraph.graph.matrix_files import WRITERS, load_matrix, save_matrix

LABELS = ["16", "C26", "10-12", "v16", "if", "Köln Süd", "x" * 100, "_n", "str8", "x" * 101]


def matrix(labels: list[str] = LABELS) -> LabelledMatrix:
    values = np.random.default_rng(1).random((len(labels), len(labels)))
    values[values < 0.5] = 0.0
    return LabelledMatrix.build("W", values, labels, unit="share", year=2020)


def test_stata_gets_every_number_label_and_name(tmp_path: Path):
    W = matrix()
    paths = save_matrix(W, tmp_path / "W_2020", ["dta"])
    assert [path.name for path in paths] == ["W_2020.npz", "W_2020.dta"]
    with pd.read_stata(paths[1], iterator=True) as reader:
        frame, names = reader.read(), reader.variable_labels()
        assert reader.data_label == "W 2020, rows receive, in share"
    assert frame["receiver"].tolist() == LABELS
    assert (frame.iloc[:, 1:].to_numpy() == W.values.toarray()).all()
    columns = list(frame.columns)[1:]
    assert columns[:6] == ["v16", "C26", "v10_12", "v16_2", "v_if", "K_ln_S_d"]
    assert len({*columns, "receiver"}) == len(LABELS) + 1 and max(map(len, columns)) <= 32
    assert [names[c] for c in columns] == [label[:80] for label in LABELS]


def test_the_same_matrix_is_the_same_file(tmp_path: Path):
    for name in ("a", "b"):
        save_matrix(matrix(), tmp_path / name, ["dta"])
    assert (tmp_path / "a.dta").read_bytes() == (tmp_path / "b.dta").read_bytes()


def test_labels_that_are_longer_than_a_text_column_are_kept(tmp_path: Path):
    W = matrix(["a" * 3000, "b"])
    save_matrix(W, tmp_path / "W", ["dta"])
    assert pd.read_stata(tmp_path / "W.dta")["receiver"].tolist() == list(W.rows)


@pytest.mark.parametrize("formats", [["csv", "xlsx"], "xlsx", ["csv", None], ["CSV"]])
def test_an_unknown_format_is_refused_before_anything_is_written(tmp_path: Path, formats):
    with pytest.raises(InputError, match=r"format '(xlsx|None|CSV)' of a matrix.*mtx.*dta"):
        save_matrix(matrix(), tmp_path / "W", formats)
    assert not list(tmp_path.iterdir())


def test_more_columns_than_stata_holds_are_refused_before_anything_is_written(
    tmp_path: Path, monkeypatch
):
    monkeypatch.setattr(stata_file, "VARIABLES", len(LABELS))
    with pytest.raises(InputError, match="10 columns are more than the 9 that a Stata file holds"):
        save_matrix(matrix(), tmp_path / "W", ["csv", "dta"])
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_told(tmp_path: Path):
    with pytest.raises(InputError, match="is not a folder"):
        save_matrix(matrix(), tmp_path / "none" / "W", list(WRITERS))


def test_a_damaged_file_is_told_or_gives_the_right_numbers(tmp_path: Path):
    W = matrix()
    raw = save_matrix(W, tmp_path / "W", [])[0].read_bytes()
    rng, refused = np.random.default_rng(1), 0
    path = tmp_path / "damaged.npz"
    for k in range(200):
        hurt, at = bytearray(raw), int(rng.integers(len(raw)))
        if k % 3 == 0:
            hurt = hurt[:at]
        elif k % 3 == 1:
            hurt[at] ^= 1 << int(rng.integers(8))
        else:
            del hurt[at : at + int(rng.integers(1, 50))]
        path.write_bytes(hurt)
        try:
            found = load_matrix(path)
        except InputError as error:
            assert "damaged.npz holds no labelled matrix, or is damaged: " in str(error)
            refused += 1
        else:  # a byte that nothing depends on, such as a date of the archive
            assert found.rows == W.rows and (found.values != W.values).nnz == 0
    assert refused > 150


def test_an_index_out_of_bounds_is_never_followed(tmp_path: Path):
    path = save_matrix(matrix(), tmp_path / "W", [])[0]
    with np.load(path) as stored:
        parts = dict(stored)
    parts["indices"][0] = 10**6
    np.savez(path, **parts)
    with pytest.raises(InputError, match=r"is damaged: .*ind"):
        load_matrix(path)
    with pytest.raises(InputError, match="no such file"):
        load_matrix(tmp_path / "none.npz")
