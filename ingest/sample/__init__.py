"""A synthetic economy of any size, with answers planted in it that the tools must find."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ...core.errors import InputError
from .citations import make_citations
from .design import (
    BUNDLED,
    CITED,
    CLOSED,
    HUBS,
    PAIRS,
    SELF,
    SUPPLIERS,
    Design,
    bundled,
    make_design,
)
from .files import Names, TableWriter, extension, study_text
from .firms import CLUSTER_KM, SITE_KM, Firms, firm_ids, firms_table, make_firms
from .trade import LEAST_LINKS, benchmark_years, make_trade

__all__ = ["write_sample"]

Progress = Callable[[str, float], None]

LEAST_FIRMS = 200
LEAST_CITATIONS = 5_000


@dataclass(frozen=True, slots=True)
class _Order:
    """What was asked for."""

    firms: int
    citations: int
    seed: int
    years: tuple[int, int]
    closed_class: bool
    trade_links: int

    @property
    def benchmarks(self) -> list[int]:
        return benchmark_years(self.years)

    @property
    def files(self) -> dict[str, str]:
        """File of each table of the study, by the table's name in the study file."""
        return {
            "firms": "firms.csv",
            "firm_citations": f"citations.{extension(self.citations)}",
            "trade_links": f"trade.{extension(self.trade_links)}",
            "io_output": "output.csv",
        }


def write_sample(
    out: Path,
    *,
    firms: int,
    citations: int,
    seed: int,
    years: tuple[int, int] = (1992, 2020),
    closed_class: bool = False,
    trade_links: int | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Write a synthetic study into a folder.

    The same arguments give the same bytes (with the same versions of numpy, pandas and pyarrow).
    Citations and deliveries are written as CSV, or as Parquet from a million on.

    Parameters
    ----------
    out : Path
        Folder, made if it is not there; must be empty.
    firms : int
        Number of firms, at least 200.
    citations : int
        Sum of the column ``count``, kept exactly; at least 5,000 and one per firm.
    seed : int
        Seed of ``numpy.random.default_rng``; not negative.
    years : tuple of int
        First and last year of citations. Deliveries and output are given for 2007, 2012, 2017
        and 2020 as far as these lie within, or for the last year.
    closed_class : bool
        Let three sectors cite only each other, so that I − W is singular.
    trade_links : int, optional
        Rows of deliveries, kept exactly; at least 600 for each year with trade. By default ten
        per firm, and at least 1,500 a year.
    progress : callable, optional
        Called with what is being written and the share of the whole work that is done.

    Returns
    -------
    dict
        The content of ``planted.json``: ``synthetic``, ``note``, ``seed``, ``arguments``,
        ``files``, ``sizes``, ``hubs``, ``coagglomerated_pairs``, ``closed_class``,
        ``self_citation_share``, ``input_share`` and ``how``.

    Raises
    ------
    InputError
        If a number is too small or too large, or the folder is not empty.
    """
    links = trade_links
    if links is None:
        links = max(10 * firms, 1_500 * len(benchmark_years(years)))
    order = _Order(firms, citations, seed, years, closed_class, links)
    _check(order)
    _make_folder(out)
    return _write(out, order, progress or (lambda stage, done: None))


def _check(order: _Order) -> None:
    """Refuse an order that could not keep its promises."""
    if order.firms < LEAST_FIRMS:
        raise InputError(
            f"a sample needs {LEAST_FIRMS} firms or more, {order.firms} were asked for: each of "
            "the 78 industries gets at least two, so that it can cite and trade within itself."
        )
    least = max(LEAST_CITATIONS, order.firms)
    if order.citations < least:
        raise InputError(
            f"a sample of {order.firms} firms needs {least} citations or more, {order.citations} "
            "were asked for: with fewer, small industries cite too little for their shares to "
            "mean anything, and most firms do not appear; ask for more citations or fewer firms."
        )
    first, last = order.years
    if not 1500 <= first <= last <= 2200:
        raise InputError(f"years {first} to {last}: give the first year and then the last.")
    if order.seed < 0:
        raise InputError(f"the seed must be 0 or greater, it is {order.seed}.")
    years = len(order.benchmarks)
    few, many = LEAST_LINKS * years, order.firms * (order.firms - 1) // 8 * years
    if not few <= order.trade_links <= many:
        raise InputError(
            f"{order.trade_links} trade links were asked for: {order.firms} firms in {years} "
            f"years can have {few} (each industry buys from itself and from the supplier hubs) "
            f"to {many} (one in eight pairs); choose a number in between."
        )


def _make_folder(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise InputError(f"{out} is a file; name a folder for the sample.")
    if out.is_dir() and any(out.iterdir()):
        raise InputError(
            f"the folder {out} is not empty, and nothing is overwritten; name another folder."
        )
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"the folder {out} cannot be made: {error}") from None


def _write(out: Path, order: _Order, tell: Progress) -> dict[str, Any]:
    tell("firms", 0.0)
    of_firms, of_citations, of_trade = np.random.default_rng(order.seed).spawn(3)
    design = make_design(closed_class=order.closed_class)
    firms = make_firms(design, order.firms, of_firms)
    table = firms_table(design, firms)
    table.to_csv(out / order.files["firms"], index=False, lineterminator="\n")
    sizes: dict[str, Any] = {"firms": {"rows": order.firms}}
    names = Names(firm_ids(order.firms))
    sizes["firm_citations"] = _citations(out, order, design, firms, names, of_citations, tell)
    sizes |= _trade(out, order, design, firms, names, of_trade, tell)
    for name in BUNDLED:
        text = bundled(name)
        (out / name).write_text(text, encoding="utf-8", newline="\n")
        sizes[name.removesuffix(".csv")] = {"rows": text.count("\n") - 1}
    study = study_text(
        seed=order.seed,
        firms=order.firms,
        citations=order.citations,
        first=order.years[0],
        last=order.years[1],
        report=order.benchmarks,
        citations_file=order.files["firm_citations"],
        trade_file=order.files["trade_links"],
    )
    (out / "study.toml").write_text(study, encoding="utf-8", newline="\n")
    planted = _planted(order, design, firms, sizes)
    text = json.dumps(planted, indent=2, ensure_ascii=False) + "\n"
    (out / "planted.json").write_text(text, encoding="utf-8", newline="\n")
    tell("done", 1.0)
    return planted


def _citations(
    out: Path,
    order: _Order,
    design: Design,
    firms: Firms,
    names: Names,
    rng: np.random.Generator,
    tell: Progress,
) -> dict[str, int]:
    total = itself = 0
    made = make_citations(design, firms, order.citations, order.years, rng)
    path = out / order.files["firm_citations"]
    with TableWriter(path, names, ("citing", "cited")) as table:
        for year, citing, cited, count in made:
            years = np.full(len(count), year, dtype=np.int32)
            table.write({"citing": citing, "cited": cited, "year": years, "count": count})
            total += int(count.sum())
            itself += int(count[citing == cited].sum())
            tell("citations", 0.05 + 0.75 * total / order.citations)
    return {"rows": table.rows, "sum": total, "self_citations": itself}


def _trade(
    out: Path,
    order: _Order,
    design: Design,
    firms: Firms,
    names: Names,
    rng: np.random.Generator,
    tell: Progress,
) -> dict[str, Any]:
    sums: dict[str, float] = {}
    outputs: dict[str, float] = {}
    made = make_trade(design, firms, order.trade_links, order.benchmarks, rng)
    output = out / order.files["io_output"]
    path = out / order.files["trade_links"]
    with TableWriter(path, names, ("supplier", "buyer")) as table:
        for each in made:
            years = np.full(len(each.value), each.year, dtype=np.int32)
            columns = {"supplier": each.supplier, "buyer": each.buyer, "year": years}
            table.write(columns | {"value": each.value})
            first = not sums
            each.output.to_csv(
                output, index=False, header=first, mode="w" if first else "a", lineterminator="\n"
            )
            sums[str(each.year)] = round(float(each.value.sum()), 4)
            outputs[str(each.year)] = round(float(each.output["gross_output"].sum()), 4)
            tell("trade", 0.8 + 0.2 * len(sums) / len(order.benchmarks))
    return {
        "trade_links": {"rows": table.rows, "sum": sums},
        "io_output": {"rows": len(design.sectors) * len(sums), "sum": outputs},
    }


def _planted(order: _Order, design: Design, firms: Firms, sizes: dict[str, Any]) -> dict[str, Any]:
    closed = [
        design.sectors[int(design.B[design.fine.index(code)].argmax())]
        for code in CLOSED
        if order.closed_class
    ]
    return {
        "synthetic": True,
        "note": "SYNTHETIC: every firm, citation and delivery is invented; the facts below were "
        "planted and hold in the data.",
        "seed": order.seed,
        "arguments": {
            "firms": order.firms,
            "citations": order.citations,
            "years": list(order.years),
            "closed_class": order.closed_class,
            "trade_links": order.trade_links,
        },
        "files": order.files | {name.removesuffix(".csv"): name for name in BUNDLED},
        "sizes": sizes,
        "hubs": dict(HUBS),
        "coagglomerated_pairs": [
            {"j": p.j, "k": p.k, "mutual": p.mutual, "regions": list(p.regions)}
            for p in firms.pairs
        ],
        "closed_class": closed,
        "self_citation_share": SELF,
        "input_share": {
            code: round(float(share), 6)
            for code, share in zip(design.sectors, design.input_share, strict=True)
        },
        "how": _how(order),
    }


def _how(order: _Order) -> dict[str, str]:
    """Return a sentence on how each fact was planted."""
    closed = ", ".join(CLOSED)
    return {
        "hubs.citations": f"{CITED[1]:.0%} of what every other industry cites outside itself goes "
        f"to {CITED[0]}, so its sector has the greatest sum of W's column.",
        "hubs.trade": f"{', '.join(SUPPLIERS)} sell every industry a fixed share of its inputs "
        f"({', '.join(map(str, SUPPLIERS.values()))}, and more where industries that sell little "
        "do not sell to it at all); in every year their sectors have the greatest column sums of "
        "S without its diagonal, and the greatest deliveries to other sectors, in this order.",
        "coagglomerated_pairs": f"Three quarters of the firms of {len(PAIRS)} pairs of industries "
        "(all, if an industry has fewer than 12) were moved into these regions. The firms of a "
        f"mutual pair share sites of {SITE_KM} km radius, at least one of each on every site. "
        f"Otherwise all of j and two fifths of k lie in one cluster of {CLUSTER_KM} km radius a "
        "region and the rest of k anywhere, so that j is near k but k is not near j. All other "
        "sites are drawn without regard to industry. A test within one region needs several "
        "firms of each, which samples of 3,000 firms and more have.",
        "closed_class": f"{closed} cite only each other, and neither themselves nor anybody else, "
        "so I − W is singular."
        if order.closed_class
        else "None: every industry cites itself.",
        "self_citation_share": "This share of every industry's citations is made by firms to "
        "themselves" + (", except in the closed class." if order.closed_class else "."),
        "input_share": "Gross output of a sector is its realised inputs over this number, so it "
        "is the sector's row sum of S in every year.",
    }
