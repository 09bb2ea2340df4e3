"""Value added in trade: another program, closed forms, the definitions by brute force."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spillgraph.analytics import value_added_in_trade
from spillgraph.core.errors import ClosedClassError, InputError

ORACLES = Path(__file__).parent / "oracles"
SPLIT = ["DVA", "DDC", "FVA", "FDC", "other"]
many = settings(max_examples=8, deadline=None)


class World:
    """Made-up tables as they are printed, and what the function takes of them."""

    def __init__(self, Z: np.ndarray, Y: np.ndarray, names: list[str]) -> None:
        self.Z, self.Y, self.names = Z, Y, names
        self.size = len(Z) // len(names)
        self.home = np.repeat(names, self.size)
        labels = [f"{c}.{i}" for c in names for i in range(self.size)]
        self.x = Z.sum(axis=1) + Y.sum(axis=1)
        self.A = np.divide(Z, self.x, out=np.zeros_like(Z), where=self.x > 0)
        self.flows = pd.DataFrame(Z.T, labels, labels)
        self.final = pd.DataFrame(Y.T, names, labels)
        self.added = pd.Series(self.x - Z.sum(axis=0), labels)
        self.countries = pd.Series(self.home, labels)

    def split(self, v: object = None) -> pd.DataFrame:
        return value_added_in_trade(self.flows, v, self.final, self.countries)

    @classmethod
    def drawn(cls, seed: int) -> World:
        rng = np.random.default_rng(seed)
        names, size = list("ABCD")[: rng.integers(2, 5)], int(rng.integers(1, 4))
        n = size * len(names)
        Z = rng.random((n, n)) * (rng.random((n, n)) < 0.7)
        Y = rng.random((n, len(names))) + 0.05
        x = Z.sum(axis=1) + Y.sum(axis=1)
        # Value added may not be negative: the rest is sold at home.
        lacking = np.maximum(0.0, Z.sum(axis=0) * 1.2 - x)
        Y[np.arange(n), np.repeat(np.arange(len(names)), size)] += lacking
        return cls(Z, Y, names)


def close(got: object, want: object, rtol: float = 1e-11) -> None:
    np.testing.assert_allclose(np.asarray(got, float), np.asarray(want, float), rtol, atol=1e-11)


def test_the_split_is_that_of_exvatools():
    """Stored output of the R package; its script lies beside it."""
    Z = [
        [31, 7, 5, 3, 2, 0],
        [12, 44, 0, 9, 6, 4],
        [8, 1, 52, 17, 0, 11],
        [0, 13, 6, 61, 10, 2],
        [3, 0, 9, 0, 23, 15],
        [5, 8, 0, 4, 19, 37],
    ]
    Y = [[40, 6, 3], [55, 12, 8], [9, 70, 14], [2, 83, 5], [7, 0, 66], [11, 4, 90]]
    found = World(np.array(Z, float), np.array(Y, float), ["AAA", "BBB", "CCC"]).split()
    stored = pd.read_csv(ORACLES / "exvatools.csv")
    theirs = stored.pivot_table(index=["exporter", "importer"], columns="term", values="value")
    names = {"EXGR": "exports", "GVCF": "GVC_forward", "GVCB": "GVC_backward"}
    theirs = theirs.rename(columns=names).loc[found.index]
    assert set(theirs) == set(found) - {"other"}
    close(found[theirs.columns], theirs)
    close(found["other"], 0)


@many
@given(st.integers(0, 10_000))
def test_the_parts_add_up_to_exports_exactly(seed: int):
    world = World.drawn(seed)
    for v in (None, world.added, 0.8 * world.added):
        found = world.split(v)
        size = found["exports"].to_numpy()
        assert (abs(found[SPLIT].sum(axis=1) - size) <= 1e-12 * size).all()
        assert (abs(found["VAX"] + found["REF"] - found["DVA"]) <= 1e-12 * size).all()
        close(found["GVC_forward"] + found["GVC_backward"], found["GVC"])
    close(found["other"] / size > 1e-6, 1)  # a fifth of value added is nobody's


@many
@given(st.integers(0, 10_000))
def test_exports_are_goods_used_abroad(seed: int):
    world = World.drawn(seed)
    found = world.split()["exports"]
    for (s, r), exports in found.items():
        own, there = world.home == s, world.home == r
        goods = world.Z[np.ix_(own, there)].sum() + world.Y[own, world.names.index(r)].sum()
        assert exports == pytest.approx(goods, rel=1e-11)


@many
@given(st.integers(0, 10_000))
def test_value_added_is_what_leaves_a_country_first_by_definition(seed: int):
    """B of a world in which s exports no inputs: what leaves s then has not left it before."""
    world = World.drawn(seed)
    found, n = world.split(), len(world.x)
    v = world.added.to_numpy() / world.x
    B = np.linalg.inv(np.eye(n) - world.A)
    for (s, r), row in found.iterrows():
        own, there = world.home == s, world.home == r
        cut = world.A.copy()
        cut[np.ix_(own, ~own)] = 0.0
        first = np.linalg.inv(np.eye(n) - cut)
        E = world.Z[np.ix_(own, there)].sum(axis=1) + world.Y[own, world.names.index(r)]
        close(row["DVA"], v[own] @ first[np.ix_(own, own)] @ E)
        close(row["FVA"], v[~own] @ first[np.ix_(~own, own)] @ E)
        close(row["DDC"], v[own] @ (B - first)[np.ix_(own, own)] @ E)
        close(row["FDC"], v[~own] @ (B - first)[np.ix_(~own, own)] @ E)


@many
@given(st.integers(0, 10_000))
def test_vax_over_all_importers_is_that_of_johnson_and_noguera(seed: int):
    world = World.drawn(seed)
    found, v = world.split(), world.added.to_numpy() / world.x
    made = np.linalg.solve(np.eye(len(v)) - world.A, world.Y)  # for final users of each country
    for k, s in enumerate(world.names):
        own = world.home == s
        abroad = [c for c in range(len(world.names)) if c != k]
        close(found.loc[s, "VAX"].sum(), (v[own] @ made[own][:, abroad]).sum())


def test_two_countries_of_one_sector_in_closed_form():
    """a = inputs from home, c = from abroad: L = 1/(1−a), B_ss = (1−a)/((1−a)² − c²)."""
    a, c = 0.3, 0.2
    Z = np.array([[a, c], [c, a]]) * 100
    Y = np.array([[40.0, 10], [10, 40]])
    found = World(Z, Y, ["A", "B"]).split().loc["A", "B"]
    V, L, B_ss, B_ts = 1 - a - c, 1 / (1 - a), (1 - a) / ((1 - a) ** 2 - c**2), 0.0
    B_ts = c / ((1 - a) ** 2 - c**2)
    E = 30.0
    close(found[["exports", "DVA", "DDC"]], [E, V * L * E, V * (B_ss - L) * E])
    close(found["FVA"], V * B_ts / B_ss * L * E)
    close(found["FDC"], V * B_ts * (1 - L / B_ss) * E)
    close(found["DAVAX"], V * L * (10 + c * L * 40))
    close(found["REF"], V * L * c * (B_ss * 10 + B_ts * 40))


def test_goods_that_are_used_up_where_they_arrive_are_no_chains():
    Z, Y = np.diag([10.0, 20]), np.array([[30.0, 5], [7, 50]])
    found = World(Z, Y, ["A", "B"]).split()
    close(found["DVA"], found["exports"])
    close(found[["DDC", "FVA", "FDC", "REF", "GVC"]], 0)


def test_the_world_of_1995(data_folder: Path):
    """41 countries of seven groups of sectors: small open countries have least of their own."""
    folder = data_folder / "wiod2013"
    sectors = pd.read_csv(folder / "sectors.csv")
    uses = pd.read_csv(folder / "final_uses.csv")
    groups = (sectors["country"] + ":" + (sectors["ind_num"] // 6).astype(str)).to_numpy()
    with np.load(folder / "wiot_1995.npz") as table:
        bought, final = table["inter"].T.astype(float), table["final"].T.astype(float)
    Z = pd.DataFrame(bought, groups).groupby(level=0).sum().T.set_axis(groups)
    Y = pd.DataFrame(final, uses["country"]).groupby(level=0).sum().T.set_axis(groups)
    Z, Y = Z.groupby(level=0).sum(), Y.groupby(level=0).sum()
    home = pd.Series(Z.index.str.partition(":").get_level_values(0), Z.index)
    found = value_added_in_trade(Z.T, None, Y.T, home)
    close(found[SPLIT].sum(axis=1), found["exports"], 1e-9)
    assert len(found) == 41 * 40
    total = found.groupby("exporter").sum()
    own = (total["DVA"] / total["exports"]).sort_values()
    assert {"LUX", "BEL", "IRL"} < set(own.index[:5])
    assert set(own.index[-3:]) == {"BRA", "RUS", "JPN"}
    assert total["VAX"].sum() / total["exports"].sum() == pytest.approx(0.785, abs=0.02)


# -- what is refused -------------------------------------------------------------------------------


def test_tables_that_do_not_fit_together_are_refused():
    world = World.drawn(1)
    with pytest.raises(InputError, match="f: its rows are sectors and its columns countries"):
        value_added_in_trade(world.flows, None, world.final.T, world.countries)
    with pytest.raises(InputError, match="f: its rows are not the countries"):
        value_added_in_trade(world.flows, None, world.final.iloc[1:], world.countries)
    with pytest.raises(InputError, match="f: its columns are not the sectors"):
        value_added_in_trade(world.flows, None, world.final.iloc[:, 1:], world.countries)
    with pytest.raises(InputError, match="f: a DataFrame of countries by sectors"):
        value_added_in_trade(world.flows, None, world.added, world.countries)
    with pytest.raises(InputError, match="two or more are needed, got 1"):
        here = world.countries.map(lambda _: "A")
        value_added_in_trade(world.flows, None, world.final.groupby(lambda _: "A").sum(), here)


def test_sectors_that_buy_everything_from_each_other_are_named():
    Z, Y = np.array([[0.0, 10], [10, 0]]), np.zeros((2, 2))
    with pytest.raises(ClosedClassError, match=r"'A\.0', 'B\.0'"):
        World(Z, Y, ["A", "B"]).split()
    Y[0] = -3.0, -7.0
    with pytest.raises(InputError, match=r"'A\.0' buys inputs but sells 0 in all"):
        World(Z, Y, ["A", "B"]).split()
