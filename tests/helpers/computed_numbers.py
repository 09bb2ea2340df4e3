"""What a report must show, from the files of the run: psi.json, run.json, hubs, matrices.

The maps from file to page are written out here once more, on purpose: this is the other side of
the comparison, and shares no line with the code that fills the page.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from textwrap import shorten
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import binomtest
from spillgraph.core.matrix import LabelledMatrix
from spillgraph.graph.matrix_files import load_matrix

from .page_reader import Place

_NETWORKS = {"W": "W", "S": "S", "psi": "ψ"}
_CHANNELS = ("production", "innovation", "interaction")
_PRINTED = {"T1": "T1: S + S²", "T2": "T2: W + W²", "T3": "T3: all else"}
#: Names of quantities: in psi.json, on the page.
_DRAWN = {"benefit": "benefit", "loss_percent": "loss"}


class Computed:
    """The files of a run of 'spillgraph psi', and the numbers that the page takes of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.psi = json.loads((folder / "psi.json").read_text(encoding="utf-8"))
        self.run = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        self.years: dict[str, Any] = self.psi["years"]
        self.last = max(self.years)

    def matrix(self, name: str, year: str) -> LabelledMatrix:
        return load_matrix(self.folder / "matrices" / f"{name}_{year}.npz")

    def frame(self, name: str, year: str) -> pd.DataFrame:
        """A matrix as the page draws it: of ψ without the sector's own 1%."""
        frame = self.matrix(name, year).to_frame()
        return frame - np.eye(len(frame)) if name == "psi" else frame

    def hubs(self, name: str, year: str) -> pd.DataFrame:
        file = self.folder / "hubs" / f"{name}_{year}.csv"
        return pd.read_csv(file, dtype={"label": str}).set_index("label")

    # -- tables ------------------------------------------------------------------------------------

    def tables(self) -> dict[Place, object]:
        """Return every cell: caption, row, column. Numbers are numbers, all else is text."""
        return self._known_tables

    @functools.cached_property
    def _known_tables(self) -> dict[Place, object]:
        """A module compares many pages with the same files."""
        return {(caption, row, head): value for caption, row, head, value in self._cells()}

    def _cells(self) -> Iterator[tuple[str, str, str, object]]:
        yield from self._sectors()
        yield from self._by_year()
        yield from self._ranks()
        yield from self._paths()
        yield from self._choices()
        yield from self._hubs()
        yield from self._claims()
        yield from self._proof()
        yield from self._rows()
        yield from self._totals()
        yield from self._accounts()

    def _sectors(self) -> Iterator[tuple[str, str, str, object]]:
        year, caption = self.years[self.last], f"Sectors, {self.last}"
        loss, shares = year["loss_without_W"], year["mode_shares"]
        W, S = self.frame("W", self.last), self.frame("S", self.last)
        for code, name in self.psi["names"].items():
            row: dict[str, object] = {
                "Code": code,
                "Sector": name,
                "Benefit, %": year["benefit"][code],
                "of it spillover, %": year["benefit"][code] - 1.0,
                "Lost without W, %: benefit": loss["benefit"][code],
            }
            networks: dict[str, object] = {
                "Code": code,
                "Sector": name,
                "Own citations": year["own_citation_share"][code],
                "Row sum of W": W.loc[code].sum(),
                "Row sum of S": S.loc[code].sum(),
                "Value added in output": year["value_added_share"][code],
            }
            beside = f"The networks by sector, {self.last}"
            yield from ((beside, code, head, value) for head, value in networks.items())
            for weight, values in year["contribution"].items():
                row[f"Contribution, %: {weight}"] = values[code]
                lost = f"Lost without W, %: contribution, {weight}"
                row[lost] = loss["contribution"][weight][code]
            for part in _CHANNELS:
                row[f"Share of spillover: {part}"] = shares["exact"][part][code] / 100
            for part in _PRINTED:
                row[f"Share of spillover: {part}"] = shares["as_printed"][part][code] / 100
            yield from ((caption, code, head, value) for head, value in row.items())

    def _by_year(self) -> Iterator[tuple[str, str, str, object]]:
        caption = "Benefit by year"
        for key, year in self.years.items():
            benefit = pd.Series(year["benefit"])
            weight = next(iter(year["contribution"]))
            source = pd.Series(year["contribution"][weight]).idxmax()
            yield caption, key, "Year", float(key)
            yield caption, key, "Mean benefit, %", benefit.mean()
            yield caption, key, "of it spillover", (benefit - 1).sum() / benefit.sum()
            yield caption, key, "Largest receiver", self._label(str(benefit.idxmax()))
            yield caption, key, f"Largest source, weights: {weight}", self._label(str(source))

    def _ranks(self) -> Iterator[tuple[str, str, str, object]]:
        drawn = self.years[self.last]["uncertainty"]
        found = drawn["bootstrap"][0]["quantities"]
        for quantity, sectors in found.items():
            name = self._quantity(quantity)
            if name is None:
                continue
            for code, spread in sectors.items():
                heads = {
                    "Code": code,
                    "Sector": self.psi["names"][code],
                    "Estimate, %": spread["estimate"],
                    "Low": spread["low"],
                    "High": spread["high"],
                    "Rank": float(spread["rank"]),
                    "Rank, best": float(spread["rank_low"]),
                    "Rank, worst": float(spread["rank_high"]),
                    "p": drawn["permuted_citations"][quantity][code]["p_familywise"],
                }
                caption = f"Ranks with intervals: {name}, {self.last}"
                yield from ((caption, code, head, value) for head, value in heads.items())

    def _paths(self) -> Iterator[tuple[str, str, str, object]]:
        file = self.folder / "psi" / f"paths_{self.last}.csv"
        for _, row in pd.read_csv(file, dtype={"receiver": str, "source": str}).iterrows():
            cells = {
                "Receiver": self._label(row["receiver"]),
                "Source": self._label(row["source"]),
                "ψ, %": row["psi"],
                "Strength, %": row["strength"],
                "of ψ": row["share"],
                "cumulative": row["cumulative"],
            }
            for head, value in cells.items():
                yield f"Strongest paths, {self.last}", row["path"], head, value

    def _choices(self) -> Iterator[tuple[str, str, str, object]]:
        file = self.folder / "psi" / f"sensitivity_{self.last}.csv"
        table = pd.read_csv(file, dtype=str, keep_default_na=False)
        for row in table.to_dict("records"):
            value = row.pop("value")
            choice = row.pop("option") + (f" = {value}" if value else "")
            for name, text in row.items():
                head = str(name).replace("_percent", ", %").replace("_", " ")
                cell: object = text or "–"
                if str(name).endswith("_at") and text:
                    cell = self._label(text)
                elif name not in {"remark"} and not str(name).endswith("_at"):
                    cell = float(text) if text else None
                yield f"Other choices behind W, {self.last}", choice, head, cell

    def _quantity(self, quantity: str) -> str | None:
        """What the page calls a quantity that is drawn; nothing where it does not show it."""
        if quantity.startswith("contribution["):
            return f"contribution: {quantity[len('contribution[') : -1]}"
        return _DRAWN.get(quantity)

    def _hubs(self) -> Iterator[tuple[str, str, str, object]]:
        for name, shown in _NETWORKS.items():
            for code, row in self.hubs(name, self.last).iterrows():
                cells = {"Code": code, "Sector": self.psi["names"][code]}
                cells |= {str(key).replace("_", " "): value for key, value in row.items()}
                for head, value in cells.items():
                    yield f"Hubs of {shown}", str(code), head, value

    def _claims(self) -> Iterator[tuple[str, str, str, object]]:
        said = json.loads((self.folder / "hubs.json").read_text(encoding="utf-8"))
        caption = f"Leading hubs, with the evidence, {self.last}"
        for network, years in said["verdicts"].items():
            shown = _NETWORKS.get(network, network)
            for code, text in years[self.last].items():
                yield f"Verdicts: {shown}, {self.last}", code, "Verdict", text
            leading = list(self._leading(caption, shown, said[network][self.last]))
            yield from leading
            yield from self._again(caption, shown, said, network, {row for _, row, *_ in leading})
            if network in _NETWORKS:
                yield from self._users(network, {row for _, row, *_ in leading})

    def _again(
        self, caption: str, shown: str, said: Mapping[str, Any], network: str, rows: set[str]
    ) -> Iterator[tuple[str, str, str, object]]:
        """Whether hubs are hubs under the second null, too: p of it, and of the first, are 5%."""
        if said["chance"][network][self.last]["second"] is None:
            return
        for code, claim in said["claims"][network][self.last].items():
            if (row := f"{shown}: {self._label(code)}") in rows:
                yield caption, row, "2nd null", _remains(claim)

    def _users(self, network: str, rows: set[str]) -> Iterator[tuple[str, str, str, object]]:
        """Who draws most on a hub, each with its share of all that it draws itself."""
        matrix = self.matrix(network, self.last).to_frame().clip(lower=0.0)
        shares = matrix.div(matrix.sum(axis=1), axis=0)
        for code in matrix.columns:
            row = f"{_NETWORKS[network]}: {self._label(code)}"
            if row in rows:
                drawn = shares[code].drop(code).sort_values(ascending=False, kind="stable")
                text = "; ".join(
                    f"{shorten(self._label(user), 32, placeholder=' …')} {share:.1%}"
                    for user, share in drawn.head(3).items()
                    if share > 0
                )
                yield (
                    f"Who draws on the leading hubs, {self.last}",
                    row,
                    "Who draws most on it",
                    text,
                )

    def _leading(
        self, caption: str, shown: str, measures: Mapping[str, Any]
    ) -> Iterator[tuple[str, str, str, object]]:
        """Hubs by both in-degrees, adjusted together; the others count, each for itself."""
        names = ("in_degree_2", "in_degree_4")
        rows = [(name, code, row) for name in names for code, row in measures[name].items()]
        rows = [each for each in rows if each[2]["p"] is not None]
        adjusted = _holm([row["p"] for *_, row in rows])
        ends = [_ends(row) for *_, row in rows]
        low_p, high_p = _holm([low for low, _ in ends]), _holm([high for _, high in ends])
        best = sorted(
            range(len(rows)), key=lambda k: (adjusted[k], rows[k][2]["p"], rows[k][2]["rank"], k)
        )
        first: dict[str, int] = {}
        for k in best:
            first.setdefault(rows[k][1], k)
        leading = list(first.items())
        sure = [each for each in leading if adjusted[each[1]] <= 0.05]
        for code, k in sure or leading[:3]:
            measure, _, row = rows[k]
            head = f"{shown}: {self._label(code)}"
            low, high = row["rank_low"], row["rank_high"]
            places = "" if low is None else f" ({low}–{high})"
            settled = (low_p[k] <= 0.05) == (high_p[k] <= 0.05)
            word = "yes" if adjusted[k] <= 0.05 else "no"
            yield caption, head, "Hub", word if settled else f"{word}?"
            yield caption, head, "by", self._called(measure)
            yield caption, head, "Rank", f"{row['rank']}{places}"
            yield caption, head, "p, Holm", adjusted[k]
            if row["survives"] is not None:  # of which draws alone can tell
                yield caption, head, "In backbone", {True: "yes", False: "no"}[row["survives"]]
            yield caption, head, "Measures", _counted(measures, code)

    def _proof(self) -> Iterator[tuple[str, str, str, object]]:
        caption = "Spectral radii, condition numbers and residuals"
        for key, year in self.years.items():
            radius = {name: year["spectral_radius"][name] for name in ("S", "W")}
            found: dict[str, object] = {
                f"ρ({name})": (each["low"] + each["high"]) / 2 for name, each in radius.items()
            }
            found |= {
                "Year": float(key),
                "cond(I − S)": year["condition"]["I - S"],
                "cond(I − W)": year["condition"]["I - W"],
                "Residual": year["residual"],
                "Sectors that never cite": float(len(year["zero_rows"])),
                "Citations between sectors": self.matrix("citations", key).sum(),
                "Trade between sectors": self.matrix("trade", key).sum(),
            }
            yield from ((caption, key, head, value) for head, value in found.items())

    def _rows(self) -> Iterator[tuple[str, str, str, object]]:
        caption = "Rows read, loaded and rejected"
        for name, table in self.run["tables"].items():
            for head in ("Read", "Loaded", "Rejected"):
                yield caption, name, head, float(table[head.lower()])
            yield caption, name, "Rejected, share", table["rejected"] / table["read"]

    def _totals(self) -> Iterator[tuple[str, str, str, object]]:
        heads = {
            "Input files": "input",
            "Between firms": "firm",
            "Fine industries": "fine",
            "Named sectors": "target",
            "Unmapped": "unmapped",
        }
        rows = {"citations": "citations", "trade": "trade, million yuan"}  # with the sample's unit
        for name, levels in self.run["totals"].items():
            for head, level in heads.items():
                yield "Sum of each flow by level", rows[name], head, levels[level]

    def _accounts(self) -> Iterator[tuple[str, str, str, object]]:
        caption = "Accounts by year"
        for key, each in self.run["accounts"].items():
            yield caption, key, "Output − inputs − value added − imports", each["paid"]["misfit"]
            yield caption, key, "the same, median sector", each["paid"]["median"]
            yield caption, key, "Output − sales − final demand", each["sold"]["misfit"]
            yield caption, key, "the same, median sector (1)", each["sold"]["median"]
            yield caption, key, "Sectors", each["sectors"]
            yield caption, key, "Sectors checked", each["checked"]
            yield caption, key, "Fit to 1%", {True: "yes", False: "no", None: "–"}[each["balanced"]]

    def _called(self, measure: str) -> str:
        names = {"in_degree_2": "in-degree at 2%", "in_degree_4": "in-degree at 4%"}
        return names.get(measure, measure)

    def _label(self, code: str) -> str:
        return f"{code} {self.psi['names'][code]}"

    # -- figures -----------------------------------------------------------------------------------

    def figures(self) -> dict[Place, float]:
        """Return every number that a figure draws: id, choice with year, sector, part."""
        return self._known_figures

    @functools.cached_property
    def _known_figures(self) -> dict[Place, float]:
        found: dict[Place, float] = {}
        found |= self._backbones() | self._contours() | self._shocks() | self._hub_ranks()
        for key, year in self.years.items():
            found |= self._sums(key, year) | self._modes(key, year) | self._whiskers(key, year)
            for name in ("S", "W", "psi"):
                for code, row in self.frame(name, key).iterrows():
                    cells = row[row.abs() > 1e-14]
                    for other, value in cells.items():
                        found[f"figure-{name}", key, str(code), str(other)] = value
        return found

    @functools.cached_property
    def _networks(self) -> dict[str, pd.DataFrame]:
        """The networks of the last year whose hubs are tested, rows users, by name."""
        frames = {name: self.matrix(name, self.last).to_frame() for name in ("W", "S", "psi")}
        S = frames["S"]
        tables = self.folder / "tables"
        output = pd.read_parquet(tables / "io_output.parquet")
        output = output[output["year"] == int(self.last)].set_index("industry").loc[S.index]
        x, f = output["gross_output"].to_numpy(), output["final_demand"].to_numpy()
        bought = S.to_numpy() * x[:, None]
        primary = x - bought.sum(axis=1)
        sold = (bought - np.diag(np.diag(bought))).T
        one = np.eye(len(x))
        D = sold / (sold.sum(axis=1) + f)[:, None]
        share = f / (sold.sum(axis=1) + f)
        frames["UDS"] = pd.DataFrame(np.linalg.inv(one - D) * share, S.index, S.columns)
        cost = sold.sum(axis=0) + primary
        UCS = (primary / cost)[:, None] * np.linalg.inv(one - sold / cost)
        frames["UCS"] = pd.DataFrame(UCS.T, S.index, S.columns)
        return frames

    def _backbones(self) -> dict[Place, float]:
        found: dict[Place, float] = {}
        for name, frame in self._networks.items():
            kept = pd.read_csv(
                self.folder / "hubs" / f"backbone_{name}_{self.last}.csv",
                dtype={"receiver": str, "source": str},
            )
            place = "figure-backbone", f"{name}|{self.last}"
            for receiver, source in zip(kept["receiver"], kept["source"], strict=True):
                found[(*place, receiver, source)] = frame.loc[receiver, source]
            others = frame.sum(axis=0) - np.diag(frame)
            found |= {(*place, str(code), "size"): value for code, value in others.items()}
        return found

    def _contours(self) -> dict[Place, float]:
        found: dict[Place, float] = {}
        networks = self._networks
        for name, frame in (("UDS", networks["UDS"]), ("UCS", networks["UCS"].T)):
            for code, row in (frame - np.diag(np.diag(frame))).iterrows():
                cells = row[row.abs() > 1e-14]
                for other, value in cells.items():
                    found[f"figure-{name}", self.last, str(code), str(other)] = value
        return found

    def _shocks(self) -> dict[Place, float]:
        S, W = (self.matrix(name, self.last).to_frame() for name in ("S", "W"))
        one = np.eye(len(S))
        U, V = np.linalg.inv(one - S), np.linalg.inv(one - W)
        parts = {"production": U - one, "innovation": V - one, "interaction": (U - one) @ (V - one)}
        found: dict[Place, float] = {}
        whole = sum(parts.values())
        for j, source in enumerate(S.columns):
            first = np.argsort(-np.asarray(whole)[:, j], kind="stable")[:25]
            for name, part in parts.items():
                for i in first:
                    place = "figure-shock", f"{self._label(source)}|{self.last}", S.index[i], name
                    found[place] = float(np.asarray(part)[i, j])
        return found

    def _hub_ranks(self) -> dict[Place, float]:
        """Ranks with intervals, where hubs.json has them."""
        found: dict[Place, float] = {}
        said = json.loads((self.folder / "hubs.json").read_text(encoding="utf-8"))
        for network in said["verdicts"]:
            for year, measures in said[network].items():
                for measure, sectors in measures.items():
                    choice = f"{network}: {self._called(measure)}|{year}"
                    for code, row in sectors.items():
                        if row["rank_low"] is not None:
                            place = "figure-hub-ranks", choice, code
                            found[(*place, "rank")] = row["rank"]
                            found[(*place, "low")] = row["rank_low"]
                            found[(*place, "high")] = row["rank_high"]
        return found

    def _sums(self, key: str, year: Any) -> dict[Place, float]:
        found: dict[Place, float] = {}
        loss = year["loss_without_W"]
        for code in self.psi["names"]:
            for part in ("own", *_CHANNELS):
                found["figure-benefit", key, code, part] = year["modes"][part][code]
            found["figure-years", "benefit", code, key] = year["benefit"][code]
            own = year["own_citation_share"][code]
            if own is not None:
                found["figure-own", key, code, "own citations"] = 100 * own
            found["figure-loss", f"benefit (rows)|{key}", code, "loss"] = loss["benefit"][code]
            for weight, values in year["contribution"].items():
                choice = f"{weight}|{key}"
                found["figure-contribution", choice, code, "contribution"] = values[code]
                found["figure-years", f"contribution: {weight}", code, key] = values[code]
                lost = loss["contribution"][weight][code]
                found["figure-loss", f"contribution (columns): {choice}", code, "loss"] = lost
        return found

    def _modes(self, key: str, year: Any) -> dict[Place, float]:
        found: dict[Place, float] = {}
        shares = year["mode_shares"]
        for code in self.psi["names"]:
            for split in ("exact", "as printed"):
                place = "figure-modes", f"{split}|{key}", code
                found[(*place, "total")] = year["benefit"][code] - 1.0
                titles = {part: part for part in _CHANNELS} if split == "exact" else _PRINTED
                for part, title in titles.items():
                    found[(*place, title)] = shares[split.replace(" ", "_")][part][code]
        return found

    def _whiskers(self, key: str, year: Any) -> dict[Place, float]:
        found: dict[Place, float] = {}
        drawn = year["uncertainty"]["bootstrap"][0]["quantities"]
        for quantity, sectors in drawn.items():
            name = self._quantity(quantity)
            for code, spread in sectors.items():
                for side in ("low", "high"):
                    if name == "benefit":
                        found["figure-benefit", key, code, side] = spread[side]
                    elif name is not None and name.startswith("contribution: "):
                        choice = f"{name.removeprefix('contribution: ')}|{key}"
                        found["figure-contribution", choice, code, side] = spread[side]
        return found


def _counted(measures: Mapping[str, Any], code: str) -> str:
    """By how many measures a sector is above chance, by how many it may be, of how many."""
    above, few, many = [], [], []
    for rows in measures.values():
        ends = {each: _ends(row) for each, row in rows.items() if row["p"] is not None}
        if code in ends:
            at = [*ends].index(code)
            above.append(rows[code]["p_holm"] <= 0.05)
            few.append(_holm([high for _, high in ends.values()])[at] <= 0.05)
            many.append(_holm([low for low, _ in ends.values()])[at] <= 0.05)
    more = f" ({sum(few)}–{sum(many)})" if sum(few) < sum(many) else ""
    return f"{sum(above)}{more} of {len(above)}"


def _remains(claim: Mapping[str, Any]) -> str:
    """Whether a hub is one under the second null, with a question mark where that is open."""
    if not claim["hub"]:
        return "–"
    if (p := claim["p_second"]) is None:
        return "not tested"
    word = "yes" if p <= 0.05 else "no"
    return word if claim["p_second_low"] > 0.05 or claim["p_second_high"] <= 0.05 else f"{word}?"


def _holm(p: Sequence[float]) -> list[float]:
    """Each p times how many are as large, at least those before it."""
    adjusted, before = [0.0] * len(p), 0.0
    for place, k in enumerate(sorted(range(len(p)), key=p.__getitem__)):
        before = max(before, min(1.0, (len(p) - place) * p[k]))
        adjusted[k] = before
    return adjusted


def _ends(row: Mapping[str, Any]) -> tuple[float, float]:
    """Where the chance behind a p lies, of which so many draws were as high."""
    if not row["draws"]:
        return row["p"], row["p"]
    high = round(row["p"] * (row["draws"] + 1)) - 1
    found = binomtest(high, row["draws"]).proportion_ci(0.99, "exact")
    return found.low, found.high
