"""GRAS: the published example, an independent optimiser, the form of the solution, margins."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from spillgraph.analytics import balance_gras
from spillgraph.core.errors import InputError


def series(values: object, prefix: str) -> pd.Series:
    return pd.Series({f"{prefix}{k}": float(v) for k, v in enumerate(values)})  # type: ignore[arg-type]


def frame(values: object) -> pd.DataFrame:
    array = np.asarray(values, dtype=float)
    rows, columns = ([f"{p}{k}" for k in range(n)] for p, n in zip("rc", array.shape, strict=True))
    return pd.DataFrame(array, rows, columns)


#: Junius & Oosterhaven (2003): goods, services and taxes by industries, consumption, net exports.
START = [[7, 3, 5, -3], [2, 9, 8, 0], [-2, 0, 2, 0]]
ROWS, COLUMNS = [15, 26, -1], [9, 16, 17, -2]
PUBLISHED = [
    [8.424340881, 3.375237362, 5.200422021, -2.0],
    [3.000997078, 12.624763744, 10.374239178, 0],
    [-2.425339135, 0, 1.425339135, 0],
]


def test_the_published_example() -> None:
    table = balance_gras(frame(START), series(ROWS, "r"), series(COLUMNS, "c"))
    np.testing.assert_allclose(table.Z.to_frame(), PUBLISHED, atol=3e-7)
    assert table.negative == 2 and table.residual < 26e-10


def random_case(seed: int, n: int, m: int) -> tuple[np.ndarray, np.ndarray]:
    """A table with negative entries, and one of the same signs that has the margins to be met."""
    rng = np.random.default_rng(seed)
    start = rng.lognormal(1, 1, (n, m)) * np.where(rng.random((n, m)) < 0.15, -1, 1)
    start[rng.random((n, m)) < 0.1] = 0
    return start, start * rng.uniform(0.6, 1.6, (n, m))


@pytest.mark.parametrize("seed", range(4))
def test_the_solution_is_that_of_an_independent_optimiser(seed: int) -> None:
    start, goal = random_case(seed, 3, 4)
    table = balance_gras(frame(start), series(goal.sum(axis=1), "r"), series(goal.sum(axis=0), "c"))
    cells = np.argwhere(start != 0)
    a = start[tuple(cells.T)]
    sums = np.zeros((7, len(a)))
    for k, (i, j) in enumerate(cells):
        sums[i, k] = sums[3 + j, k] = a[k]
    margins = np.concatenate([goal.sum(axis=1), goal.sum(axis=0)])
    found = minimize(
        lambda z: np.sum(np.abs(a) * z * (np.log(z) - 1)),
        np.ones(len(a)),
        jac=lambda z: np.abs(a) * np.log(z),
        # The last margin follows from the others.
        constraints={
            "type": "eq",
            "fun": lambda z: sums[:-1] @ z - margins[:-1],
            "jac": lambda z: sums[:-1],
        },
        bounds=[(1e-9, None)] * len(a),
        method="SLSQP",
        options={"ftol": 1e-15, "maxiter": 500},
    )
    ours = table.Z.to_frame().to_numpy()[tuple(cells.T)] / a
    np.testing.assert_allclose(ours, found.x, rtol=1e-5)


@pytest.mark.parametrize("seed", range(3))
def test_margins_are_met_and_entries_have_the_form_of_the_solution(seed: int) -> None:
    start, goal = random_case(seed, 40, 30)
    rows, columns = series(goal.sum(axis=1), "r"), series(goal.sum(axis=0), "c")
    table = balance_gras(frame(start), rows[::-1], columns.sample(frac=1, random_state=1))
    x = table.Z.to_frame().to_numpy()
    largest = max(np.abs(rows).max(), np.abs(columns).max())
    assert np.abs(x.sum(axis=1) - rows).max() <= 1e-10 * largest
    assert np.abs(x.sum(axis=0) - columns).max() <= 1e-10 * largest
    # Lagrange: ln z = λᵢ + τⱼ where a > 0, and −(λᵢ + τⱼ) where a < 0.
    factor = np.outer(table.row_factors, table.column_factors)
    expected = np.where(start > 0, start * factor, start / factor)
    np.testing.assert_allclose(x, expected, rtol=1e-12)
    assert (np.sign(x) == np.sign(start)).all()


def test_without_negative_entries_it_is_ras() -> None:
    rng = np.random.default_rng(5)
    start = rng.uniform(1, 5, (4, 3))
    rows, columns = np.array([10.0, 12, 9, 14]), np.array([20.0, 10, 15])
    x = start.copy()
    for _ in range(500):
        x *= (rows / x.sum(axis=1))[:, None]
        x *= columns / x.sum(axis=0)
    table = balance_gras(frame(start), series(rows, "r"), series(columns, "c"))
    np.testing.assert_allclose(table.Z.to_frame(), x, rtol=1e-9)


def test_a_table_that_has_its_margins_stays() -> None:
    start, _ = random_case(9, 5, 5)
    rows, columns = series(start.sum(axis=1), "r"), series(start.sum(axis=0), "c")
    table = balance_gras(frame(start), rows, columns)
    np.testing.assert_allclose(table.Z.to_frame(), start, rtol=1e-8)


def test_a_row_without_positive_entries_is_scaled() -> None:
    table = balance_gras(frame([[-2, -4], [5, 7]]), series([-3, 9], "r"), series([2, 4], "c"))
    assert (table.Z.to_frame().loc["r0"] < 0).all() and table.negative == 2


@pytest.mark.parametrize(
    ("rows", "columns", "message"),
    [
        ([10, 5], [8, 8], "row totals sum to 15 and the column totals to 16"),
        ([20, -5], [8, 7], "row 'r1': its total must be -5, but it has no negative entry"),
        ([15, 0], [8, 7], "row 'r1'.*no negative entry; a total above 0"),
    ],
)
def test_margins_that_signs_do_not_allow_are_named(rows, columns, message: str) -> None:
    with pytest.raises(InputError, match=message):
        balance_gras(frame([[1, 2], [3, 4]]), series(rows, "r"), series(columns, "c"))


def test_an_empty_column_with_a_total_is_named() -> None:
    with pytest.raises(InputError, match=r"column 'c1': its total must be 2, but .*nothing but 0"):
        balance_gras(frame([[1, 0], [3, 0]]), series([1, 3], "r"), series([2, 2], "c"))


def test_margins_that_the_zeros_do_not_allow_end_with_the_gap_that_is_left() -> None:
    # Row 1 sells to column 0 alone, and so it cannot sell 5 where column 0 buys 3.
    with pytest.raises(InputError, match=r"after 200 rounds the row 'r0' is still -2.* off"):
        balance_gras(frame([[1, 0], [1, 1]]), series([5, 5], "r"), series([3, 7], "c"), rounds=200)
    with pytest.raises(InputError, match=r"row totals: .*'r2'"):
        balance_gras(frame([[1, 2], [3, 4]]), series([1, 2, 3], "r"), series([3, 3], "c"))
