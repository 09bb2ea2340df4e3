"""Half of a table without direction is told; a table with direction is not suspected."""

from __future__ import annotations

import numpy as np
import pytest
from spillgraph.core.matrix import LabelledMatrix
from spillgraph.runs.half_matrix import half_matrix
from spillgraph.runs.networks import year_networks


def matrix(values: np.ndarray) -> LabelledMatrix:
    return LabelledMatrix.build("C", values, [f"{i:02}" for i in range(len(values))])


@pytest.mark.parametrize("half", [np.triu, np.tril])
def test_a_half_matrix_is_told_on_the_first_screen(half) -> None:
    C = matrix(half(np.full((5, 5), 3.0)))
    (told,) = [each for each in year_networks(2000, C, {}, None).warnings if "pairs" in each]
    assert told.startswith("citations: each of the 10 pairs of sectors stands once ('0")
    assert "give each row both ways" in told


def test_a_half_matrix_in_no_order_is_told() -> None:
    place = np.random.default_rng(1).permutation(9)
    C = np.triu(np.ones((9, 9)))[np.ix_(place, place)]
    assert "36 pairs" in half_matrix(matrix(C), "citations")[0]


def test_a_sparse_half_in_the_order_of_the_codes_is_told() -> None:
    C = np.eye(400, k=1) * (np.arange(400) < 60)[:, None]
    assert "60 pairs" in half_matrix(matrix(C), "citations")[0]


def test_with_direction_there_is_no_alarm() -> None:
    one_back = np.triu(np.ones((9, 9)))
    one_back[5, 2] = 1.0
    assert half_matrix(matrix(one_back), "citations") == []
    assert half_matrix(matrix(np.ones((9, 9))), "citations") == []
    assert half_matrix(matrix(np.triu(np.ones((4, 4)))), "citations") == []  # 6 pairs: few
    sparse = np.zeros((400, 400))  # single citations among many sectors, some each way
    sparse[np.arange(0, 60, 2), np.arange(1, 60, 2)] = 1.0
    sparse[np.arange(101, 160, 2), np.arange(100, 160, 2)[:30]] = 1.0
    assert half_matrix(matrix(sparse), "citations") == []


def test_both_ways_mends_it() -> None:
    half = np.triu(np.ones((6, 6)))
    assert half_matrix(matrix(half), "citations")
    assert half_matrix(matrix(half + half.T), "citations") == []
