"""ESRI against the published code's own result and a simulation firm by firm."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from spillgraph.analytics import (
    carriers,
    failure_cascade,
    input_classes,
    most_systemic,
    systemic_risk,
)
from spillgraph.core.errors import InputError
from spillgraph.core.matrix import LabelledMatrix

# Printed as in the paper and its code: W[supplier, customer], CLASS[input, user].
W = np.array(
    [
        [0, 3, 2, 7, 5, 11],
        [4, 0, 9, 1, 8, 6],
        [10, 2, 0, 4, 3, 7],
        [6, 5, 1, 0, 9, 2],
        [8, 3, 6, 10, 0, 4],
        [2, 7, 5, 3, 11, 0],
    ],
    dtype=float,
)
CLASS = np.array([[2, 1, 0], [0, 2, 1], [1, 0, 2]])
FIRMS = [f"f{i}" for i in range(6)]
INDUSTRY = pd.Series(list("abcabc"), FIRMS)
DELIVERIES = LabelledMatrix.build("Z", W.T, FIRMS)
CLASSES = LabelledMatrix.build("classes", CLASS.T, list("abc"))


@pytest.mark.parametrize("engine", ["numpy", "compiled"])
def test_six_firms_equal_the_published_code(engine: Any) -> None:
    """fastcascade 0.9.3.1 with p_market = p: ESRI downstream, and what is left of each firm."""
    risk = systemic_risk(
        DELIVERIES, INDUSTRY, CLASSES, failing=["f0"], tolerance=1e-15, engine=engine
    )
    assert risk.loc["f0", "downstream"] == pytest.approx(0.5068798821474254, rel=3e-16)
    lost = failure_cascade(DELIVERIES, INDUSTRY, CLASSES, ["f0"], tolerance=1e-15)["downstream"]
    left = [0.0, 0.6, 0.7894068197483480, 0.0, 0.6111111111111110, 0.8786670560685980]
    assert (1 - lost).tolist() == pytest.approx(left, abs=1e-15)


# -- a simulation, firm by firm ------------------------------------------------------------------


def simulate(
    W: np.ndarray,
    industry: np.ndarray,
    classes: np.ndarray,
    market: np.ndarray | None,
    left: np.ndarray,
    tolerance: float,
    max_steps: int = 1000,
) -> tuple[np.ndarray, np.ndarray, int]:
    """What is left of each firm, by the equations of the paper, W[supplier, customer]."""
    n, sold = len(W), W.sum(axis=1)
    down, up, steps = left.copy(), left.copy(), 0
    while steps < max_steps:
        steps += 1
        sigma = np.ones(n)
        for i in range(n):
            if market is not None:
                there = sum(sold[j] * down[j] for j in range(n) if market[j] == market[i])
                sigma[i] = min(1.0, sold[i] / there) if there > 1e-10 else 1.0
        new_down, new_up = np.empty(n), np.empty(n)
        for j in range(n):
            inputs = [1.0]
            linear = 1.0
            for k in np.unique(industry):
                of_k = [i for i in range(n) if industry[i] == k and W[i, j] > 0]
                kind = classes[k, industry[j]]
                if kind == 2 and of_k:
                    whole = sum(W[i, j] for i in of_k)
                    gone = sum(W[i, j] * sigma[i] * (1 - down[i]) for i in of_k)
                    inputs.append(1 - gone / whole)
                if kind == 1:
                    gone = sum(W[i, j] * sigma[i] * (1 - down[i]) for i in of_k)
                    linear -= gone / W[:, j].sum() if of_k else 0.0
            new_down[j] = max(0.0, min(left[j], linear, *inputs))
            bought = [W[j, i] / sold[j] * (1 - up[i]) for i in range(n) if W[j, i] > 0]
            new_up[j] = max(0.0, min(left[j], 1 - sum(bought)))
        change = max((down - new_down).max(), (up - new_up).max())
        down, up = new_down, new_up
        if change <= tolerance:
            break
    return down, up, steps


def random_economy(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Firms of heavy-tailed size with few links, some without any, own deliveries among them."""
    rng = np.random.default_rng(seed)
    n, kinds = int(rng.integers(5, 30)), int(rng.integers(1, 5))
    size = rng.pareto(1.2, n) + 0.1
    W = np.outer(size, size) * rng.lognormal(0, 1, (n, n)) * (rng.random((n, n)) < 3 / n)
    W[0, 1] = 1.0
    industry = np.concatenate([np.arange(kinds), rng.integers(0, kinds, n - kinds)])
    return W, industry, rng.integers(0, 3, (kinds, kinds))


def named(seed: int) -> tuple[Any, Any, Any]:
    """Return the same as labelled tables, in our orientation."""
    W, industry, classes = random_economy(seed)
    labels = [f"f{i}" for i in range(len(W))]
    names = [f"k{k}" for k in range(len(classes))]
    return (
        pd.DataFrame(W.T, labels, labels),
        pd.Series([names[k] for k in industry], labels),
        pd.DataFrame(classes.T, names, names),
    )


@pytest.mark.parametrize("engine", ["numpy", "compiled"])
@pytest.mark.parametrize("replaced", [True, False])
@pytest.mark.parametrize("tolerance", [0.01, 1e-9])
def test_every_failure_equals_the_simulation(engine: Any, replaced: bool, tolerance: float) -> None:
    for seed in range(4):
        W, industry, classes = random_economy(seed)
        found = systemic_risk(
            *named(seed),
            market="industry" if replaced else None,
            tolerance=tolerance,
            max_steps=60,
            engine=engine,
        )
        share = W.sum(axis=1) / W.sum()
        market = industry if replaced else None
        for i in range(0, len(W), 4):
            left = np.ones(len(W))
            left[i] = 0.0
            down, up, steps = simulate(W, industry, classes, market, left, tolerance, 60)
            lost = share @ (1 - np.minimum(down, up)), share @ (1 - down), share @ (1 - up)
            assert found.iloc[i, :3].to_list() == pytest.approx(lost, rel=1e-9, abs=1e-13)
            assert found["steps"].iloc[i] == steps


@pytest.mark.parametrize("engine", ["numpy", "compiled"])
def test_sets_and_partial_shocks_equal_the_simulation(engine: Any) -> None:
    W, industry, classes = random_economy(11)
    deliveries, own, table = named(11)
    sets = {"two": {"f1": 1.0, "f2": 1.0}, "parts": {"f0": 0.3, "f3": 0.75}, "none": {"f0": 0.0}}
    found = systemic_risk(deliveries, own, table, failing=sets, tolerance=1e-9, engine=engine)
    share = W.sum(axis=1) / W.sum()
    for name, sizes in sets.items():
        left = np.ones(len(W))
        for firm, size in sizes.items():
            left[int(firm[1:])] -= size
        down, up, _ = simulate(W, industry, classes, industry, left, 1e-9)
        lost = share @ (1 - np.minimum(down, up)), share @ (1 - down), share @ (1 - up)
        assert found.loc[name].to_list()[:3] == pytest.approx(lost, rel=1e-9, abs=1e-13)
    listed = systemic_risk(deliveries, own, table, failing={"two": ["f1", "f2"]}, tolerance=1e-9)
    assert listed.loc["two"].equals(found.loc["two"]) or engine == "numpy"


def dense_economy(n: int = 400) -> tuple[Any, Any, Any]:
    """Return an economy whose cascades need all links, so that these are read in order."""
    rng = np.random.default_rng(5)
    W = rng.lognormal(0, 2, (n, n)) * (rng.random((n, n)) < 0.03)
    labels = [f"f{i}" for i in range(n)]
    own = pd.Series([f"k{i % 7}" for i in range(n)], labels)
    names = [f"k{k}" for k in range(7)]
    classes = pd.DataFrame(rng.integers(0, 3, (7, 7)), names, names)
    return pd.DataFrame(W, labels, labels), own, classes


def test_compiled_equals_numpy_where_all_links_are_read() -> None:
    economy = dense_economy()
    odd = [f"f{i}" for i in range(0, 400, 5)]  # blocks that are full, and one that is not
    first, second = (
        systemic_risk(*economy, failing=odd, engine=engine, tolerance=0.003, max_steps=80)
        for engine in ("numpy", "compiled")
    )
    np.testing.assert_allclose(first, second, rtol=1e-11, atol=1e-14)
    assert first["steps"].nunique() > 1


# -- what must be so -----------------------------------------------------------------------------


def test_losses_grow_with_what_fails_and_with_what_is_essential() -> None:
    deliveries, own, classes = dense_economy(60)
    options: dict[str, Any] = {"tolerance": 1e-9, "max_steps": 500}
    one = failure_cascade(deliveries, own, classes, ["f3"], **options)
    two = failure_cascade(deliveries, own, classes, ["f3", "f4"], **options)
    assert (two >= one - 1e-12).all(axis=None)
    alone = failure_cascade(deliveries, own, classes, ["f3"], market=None, **options)
    assert (alone >= one - 1e-12).all(axis=None)
    leontief = failure_cascade(deliveries, own, "leontief", ["f3"], **options)
    linear = failure_cascade(deliveries, own, "linear", ["f3"], **options)
    assert (leontief >= linear - 1e-12).all(axis=None)


def test_linear_without_replacement_is_the_resolvent() -> None:
    """Downstream x = D'x with x_0 = 1 held: a solve, where each firm pays wages too."""
    deliveries, own, _ = dense_economy(60)
    costs = deliveries.sum(axis=1) * 1.5 + 1.0
    x = failure_cascade(
        deliveries, own, "linear", ["f0"], market=None, costs=costs, tolerance=1e-15
    )["downstream"]
    D = deliveries.div(costs, axis=0).to_numpy()
    rest = np.linalg.solve(np.eye(59) - D[1:, 1:], D[1:, 0])
    assert x.iloc[1:].to_list() == pytest.approx(rest.tolist(), rel=1e-12)


def test_upstream_is_the_chance_that_a_sale_ends_at_the_failed_firm() -> None:
    deliveries, own, _ = dense_economy(60)
    revenue = deliveries.sum(axis=0) * 2 + 1.0
    x = failure_cascade(deliveries, own, "linear", ["f0"], revenue=revenue, tolerance=1e-15)[
        "upstream"
    ]
    U = deliveries.div(revenue, axis=1).to_numpy().T
    hit = np.linalg.solve(np.eye(59) - U[1:, 1:], U[1:, 0])
    assert x.iloc[1:].to_list() == pytest.approx(hit.tolist(), rel=1e-12)


# -- the highest, certified ----------------------------------------------------------------------


@pytest.mark.parametrize("replaced", [True, False])
def test_certified_firms_are_those_of_all_cascades(replaced: bool) -> None:
    rng = np.random.default_rng(8)
    n = 1500
    size = np.minimum(rng.pareto(1.1, n) + 1, 200)
    chance = size**0.8 / (size**0.8).sum()
    i, j = rng.choice(n, 6000, p=chance), rng.choice(n, 6000, p=chance)
    value = size[i] * size[j] * rng.lognormal(0, 1, 6000)
    labels = [f"f{k}" for k in range(n)]
    names = [labels[k] for k in i], [labels[k] for k in j]
    deliveries = LabelledMatrix.from_long("Z", *names, value, labels)
    own = pd.Series([f"k{k}" for k in rng.integers(0, 40, n)], labels)
    kinds = [f"k{k}" for k in range(40)]
    classes = pd.DataFrame(rng.integers(1, 3, (40, 40)), kinds, kinds)
    market = "industry" if replaced else None
    top = most_systemic(deliveries, own, classes, k=20, market=market)
    every = systemic_risk(deliveries, own, classes, market=market, max_steps=100)
    assert top.certified and top.bound <= top.table["both"].min()
    assert top.table["both"].to_list() == every["both"].nlargest(20).to_list()
    assert top.firms < (n / 2 if replaced else n)  # unreplaced, nearly all cost nearly all
    cut = most_systemic(deliveries, own, classes, k=20, market=market, cascades=1)
    assert not cut.certified and cut.bound > cut.table["both"].min()


@pytest.mark.parametrize("seed", range(6))
def test_certified_firms_of_small_economies_are_the_sorted_index(seed: int) -> None:
    """With and without sales to others, of one class and of mixed ones."""
    deliveries, own, classes = named(seed)
    given: dict[str, Any] = {"revenue": deliveries.sum() * 2 + 1} if seed % 2 else {}
    kind = (classes, "linear", "leontief")[seed % 3]
    every = systemic_risk(deliveries, own, kind, max_steps=100, **given)["both"]
    top = most_systemic(deliveries, own, kind, k=3, **given)
    assert top.certified
    assert top.table["both"].to_list() == sorted(every, reverse=True)[:3]


def test_a_search_without_time_or_cascades_ends_and_says_so() -> None:
    economy = dense_economy(400)
    for limit in ({"seconds": 0.0}, {"cascades": 0}):
        cut = most_systemic(*economy, k=5, **limit)  # type: ignore[arg-type]
        assert not cut.certified and cut.groups == 0
        assert cut.firms == 42  # the likely ones
        assert cut.bound > cut.table["both"].min()


def test_a_cascades_numbers_do_not_depend_on_those_that_run_beside_it() -> None:
    economy = dense_economy()
    firms = [f"f{i}" for i in range(70)]  # lanes of several cascades, two threads where there are
    together = systemic_risk(*economy, failing=firms, engine="compiled")
    for firm in ("f3", "f37", "f69"):
        alone = systemic_risk(*economy, failing=[firm], engine="compiled")
        assert alone.loc[firm].equals(together.loc[firm])


# -- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"failing": ["f9"]}, r"failing: 'f9' is no firm of the deliveries"),
        ({"failing": "f1"}, r"failing: a list of firms is needed.*got 'f1'"),
        ({"failing": {"x": {"f1": 1.5}}}, r"scenario 'x': 'f1' loses 1.5 of its production"),
        ({"failing": {"x": []}}, r"scenario 'x': no firm is given"),
        ({"failing": {}}, r"no scenario is given"),
        ({"classes": "cobb"}, r"'cobb' is no production function"),
        ({"classes": pd.DataFrame([[3.0]], ["a"], ["a"])}, r"supplier 'a' has 3; needed is 2"),
        ({"classes": pd.DataFrame([[2.0]], ["a"], ["a"])}, r"industry 'b' has firms and no"),
        ({"industry": INDUSTRY.drop("f2")}, r"industry: .*missing: 'f2'"),
        ({"industry": INDUSTRY.replace("c", None)}, r"industry: 'f2' has none"),
        ({"market": "region"}, r"market: 'region' is none"),
        ({"weight": pd.Series(-1.0, FIRMS)}, r"weight: 'f0' has -1"),
        ({"tolerance": 1.0}, r"tolerance: got 1.0"),
        ({"max_steps": 0}, r"max_steps: got 0"),
        ({"engine": "gpu"}, r"engine: 'gpu' is none"),
        ({"deliveries": LabelledMatrix.build("Z", -W.T, FIRMS)}, r"'f0' receives from 'f1' is -4"),
        ({"deliveries": LabelledMatrix.build("Z", 0 * W, FIRMS)}, r"no firm delivers"),
    ],
)
def test_what_cannot_be_used_is_named(change: dict[str, Any], message: str) -> None:
    given = {"deliveries": DELIVERIES, "industry": INDUSTRY, "classes": CLASSES} | change
    with pytest.raises(InputError, match=message):
        systemic_risk(**given)


def test_classes_from_a_list() -> None:
    table = pd.DataFrame(
        [["*", "a", 2], ["b", "a", "ignored"], ["c", "c", "non-essential"]],
        columns=["user", "supplier", "class"],
    )
    found = input_classes(table, ["a", "b", "c"], other="ignored").to_frame()
    assert found.to_numpy().tolist() == [[2, 0, 0], [0, 0, 0], [2, 0, 1]]
    with pytest.raises(InputError, match="'d' is not among the industries"):
        input_classes(table.replace("c", "d"), ["a", "b", "c"])
    with pytest.raises(InputError, match="class 'vital' is none"):
        input_classes(table.replace("ignored", "vital"), ["a", "b", "c"])
    with pytest.raises(InputError, match="column 'class' is missing"):
        input_classes(table.drop(columns="class"), ["a"])


# -- who carries an industry ---------------------------------------------------------------------


def test_concentration_by_hand() -> None:
    scores = pd.DataFrame({"sales": [5.0, 5, 10, 0, 7], "risk": [0.0] * 5}, FIRMS[:5])
    found = carriers(scores, dict.fromkeys(FIRMS[:4], "a") | {"f4": "b"}, "a", k=2)
    assert found.top.index.tolist() == ["f2", "f0"]
    assert found.top["sales_share"].to_list() == [0.5, 0.25]
    sales = found.concentration.loc["sales"]
    assert sales.to_list() == [3, 20.0, 0.375, 1, 0.75]
    nothing = found.concentration.loc["risk"]
    assert nothing["firms"] == 0 and nothing[["hhi", "make_half", "top_share"]].isna().all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"industry": "z"}, "no firm is of 'z'"),
        ({"k": 0}, "k: got 0"),
        ({"firm_scores": pd.Series([-1.0, 2.0], ["f0", "f1"], name="s")}, "'f0' has -1 in 's'"),
        ({"firm_industry": {"f0": "a"}}, "missing: 'f1'"),
    ],
)
def test_carriers_name_what_cannot_be_used(change: dict[str, Any], message: str) -> None:
    scores = pd.Series([1.0, 2.0], ["f0", "f1"], name="s")
    given = {"firm_scores": scores, "firm_industry": {"f0": "a", "f1": "a"}, "industry": "a"}
    with pytest.raises(InputError, match=message):
        carriers(**(given | change))
